"""`python -O` removes asserts, so every assert only tells the type checker the class of a value."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.meta.parsing import statements

PACKAGE = Path(__file__).parents[2] / "kpirules"
MODULES = sorted(PACKAGE.rglob("*.py"))


def narrows(test: ast.expr) -> bool:
    """Return whether a condition only tests the class of a value, or that it is not None."""
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


def test_an_assert_only_narrows_a_type() -> None:
    others = [
        f"{module}: {ast.unparse(node)}"
        for module in MODULES
        for node in statements(module)
        if isinstance(node, ast.Assert) and not narrows(node.test)
    ]
    assert others == []


def test_no_code_depends_on_python_optimization() -> None:
    texts = {module: module.read_text(encoding="utf-8") for module in MODULES}
    assert [
        f"{module}: {word}" for module, text in texts.items() for word in ("__debug__", "sys.flags") if word in text
    ] == []


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
