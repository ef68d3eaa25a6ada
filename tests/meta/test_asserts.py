"""`python -O` leaves asserts out, so none decides anything: they only tell the type checker what a value is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "kpirules"
MODULES = sorted(PACKAGE.rglob("*.py"))


def narrows(test: ast.expr) -> bool:
    """Whether a condition says of one value no more than its class, or that it is there."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return narrows(operand)
        case ast.Call(func=ast.Name(id="isinstance")):
            return True
        case ast.Compare(ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return True
        case ast.BoolOp(values=values):
            return all(map(narrows, values))
    return False


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_an_assert_only_narrows_a_type(module: Path) -> None:
    nodes = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    others = [ast.unparse(node) for node in nodes if isinstance(node, ast.Assert) and not narrows(node.test)]
    assert not others


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nothing_asks_whether_python_optimizes(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert "__debug__" not in text
    assert "sys.flags" not in text


@pytest.mark.parametrize(
    ("text", "is_narrow"),
    [
        ("isinstance(x, int)", True),
        ("x is not None", True),
        ("x is None or not isinstance(x, int)", True),
        ("x", False),
        ("x > 0", False),
        ("len(x) == len(y)", False),
        ("x is not None and x > 0", False),
    ],
)
def test_what_narrows(text: str, is_narrow: bool) -> None:
    assert narrows(ast.parse(text, mode="eval").body) is is_narrow
