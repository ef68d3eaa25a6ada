"""Functions of more than 40 lines and files of more than 400 say why they are long."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.meta.parsing import statements

PACKAGE = Path(__file__).parents[2] / "kpirules"
MODULES = sorted(PACKAGE.rglob("*.py"))

MOST_LINES = 400
"""Lines of a file without a reason."""

MOST_STATEMENTS = 40
"""Lines of the body of a function without a reason; its signature and its docstring are aside."""

TABLES = PACKAGE / "diagnostics" / "codes"
"""The catalogue of codes: a table, whose cells are the pages of the codes."""


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines the body of a function has, without its docstring."""
    body = function.body[ast.get_docstring(function) is not None :]
    return function.body[-1].end_lineno - body[0].lineno + 1 if body else 0  # type: ignore[operator]


def docstring(node: ast.AST) -> str:
    """Return the docstring of a function or file on one line, or an empty text."""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module)
    return " ".join((ast.get_docstring(node) or "").split())


def test_a_long_function_says_why() -> None:
    long = [
        f"{module.relative_to(PACKAGE)}: {node.name} has {body_lines(node)} lines"
        for module in MODULES
        for node in statements(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and body_lines(node) > MOST_STATEMENTS
        and "is long since" not in docstring(node)
    ]
    assert long == []


def test_a_long_file_says_why() -> None:
    long = [
        f"{module.relative_to(PACKAGE)} has {count} lines"
        for module in MODULES
        if not module.is_relative_to(TABLES)
        and (count := module.read_text(encoding="utf-8").count("\n")) > MOST_LINES
        and "The file is long since" not in docstring(statements(module)[0])
    ]
    assert long == []
