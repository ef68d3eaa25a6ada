"""From generated text to a function that can refer to nothing but what it is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

from ...kernel.budget import spend
from ...language.expressions import one_at_a_time

__all__ = ["function", "syntax"]

OURS = re.compile(
    r"""(?:
        [ \n()\[\]{},;:<>=!+*/%-]                                        # layout, brackets and operators
        | 0x[0-9a-f]+ | [0-9]+
        | \.(?:append|get|numerator|denominator|year|month|day|place)\b
        | (?:def|return|if|elif|else|for|in|while|break|pass|raise|try|except|nonlocal|and|or|not|is)\b
        | (?:None|True|False|core|admit|get|iget|step|hole[0-9]+)\b
        | \#[ ]step[ ][0-9]+
        | f_[a-z_]+\b | k_[a-z]+\b                                      # functions and types we hand over
        | [a-zA-Z]{1,3}[0-9]*(?:_[0-9]+)?[dq]?\b                         # names we have made
    )*+""",
    re.VERBOSE,
)
"""Everything that generated code may consist of: no quotes, no dunder, no word of a rulebook."""


def function(text: str, name: str, objects: Mapping[str, object]) -> Callable[..., Any]:
    """The function of a text that holds nothing but our own words.

    Args:
        text: defines it; names in it are mangled, constants are integers, booleans and None.
        name: of the function.
        objects: what the text refers to; there are no builtins.
    """
    spend("code", len(text))
    if not OURS.fullmatch(text):
        raise RuntimeError("generated code holds a word that is not ours: please report this rulebook")
    names: dict[str, Any] = {"__builtins__": {}, **objects}
    exec(one_at_a_time(compile, _readable(text), "<kpirules>", "exec"), names)
    found: Callable[..., Any] = names[name]
    return found


def syntax(text: str) -> ast.Module:
    """The syntax tree of generated code."""
    found = _readable(text)
    return one_at_a_time(ast.parse, found) if isinstance(found, str) else found


def _readable(text: str) -> str | ast.Module:
    """A text, or its syntax tree where it has more levels of blocks than Python reads in one go."""
    if f"\n{' ' * DEEPEST * INDENT} " not in text:
        return text
    return ast.fix_missing_locations(ast.Module(_parsed(text.splitlines()), []))


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
    found = one_at_a_time(ast.parse, "\n".join(kept)).body
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
