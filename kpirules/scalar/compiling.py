"""From generated text to a function that can refer to nothing but what it is given."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["function"]

NODES = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.For, ast.While,
    ast.If, ast.Raise, ast.Try, ast.ExceptHandler, ast.Nonlocal, ast.Expr, ast.Pass, ast.Break, ast.BoolOp,
    ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call, ast.Constant, ast.Attribute, ast.Subscript, ast.Name,
    ast.List, ast.Dict, ast.Tuple, ast.boolop, ast.operator, ast.unaryop, ast.cmpop, ast.expr_context,
)  # fmt: skip
"""Syntax that generated code consists of: no import, no definition but functions, no text."""

ATTRIBUTES = ("append", "get", "numerator", "denominator", "year", "month", "day")


def function(text: str, name: str, objects: Mapping[str, object]) -> Callable[..., Any]:
    """The function of a text that holds nothing but our own words.

    Args:
        text: defines it; names in it are mangled, constants are integers, booleans and None.
        name: of the function.
        objects: what the text refers to; there are no builtins.
    """
    tree = ast.Module(_parsed(text.splitlines()), [])
    for node in ast.walk(tree):
        assert isinstance(node, NODES), node
        if isinstance(node, ast.Constant):
            assert isinstance(node.value, int | None), node.value
        elif isinstance(node, ast.Attribute):
            assert node.attr in ATTRIBUTES, node.attr
    names: dict[str, Any] = {"__builtins__": {}, **objects}
    exec(compile(ast.fix_missing_locations(tree), "<kpirules>", "exec"), names)
    found: Callable[..., Any] = names[name]
    return found


DEEPEST = 80
"""Levels of blocks that Python reads in one go; it stops at 100."""

INDENT = 4


def _parsed(lines: list[str]) -> list[ast.stmt]:
    """The statements of some lines; blocks that lie too deep are read by themselves."""
    apart: dict[str, list[str]] = {}
    kept: list[str] = []
    cut = DEEPEST * INDENT
    hole = ""
    for line in lines:
        if line.startswith(" " * cut):
            if not hole:
                hole = f"hole{len(apart)}"
                apart[hole] = []
                kept.append(f"{' ' * cut}{hole}")
            apart[hole].append(line[cut:])
        else:
            hole = ""
            kept.append(line)
    found = ast.parse("\n".join(kept)).body
    if apart:
        inside = {name: _parsed(block) for name, block in apart.items()}
        found = _filled(found, inside)
    return found


def _filled(statements: list[ast.stmt], inside: Mapping[str, list[ast.stmt]]) -> list[ast.stmt]:
    """Statements with what was read apart in its place."""
    found: list[ast.stmt] = []
    for one in statements:
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Name) and one.value.id in inside:
            found += inside[one.value.id]
            continue
        for name in ("body", "orelse", "finalbody"):
            if isinstance(getattr(one, name, None), list):
                setattr(one, name, _filled(getattr(one, name), inside))
        for handler in getattr(one, "handlers", ()):
            handler.body = _filled(handler.body, inside)
        found.append(one)
    return found
