"""Compiles generated text to a function that can refer only to the objects it is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

from ...kernel.budget import spend
from ...language.expressions import one_at_a_time

__all__ = ["function", "syntax"]

GENERATED_WORDS = re.compile(
    r"""(?:
        [ \n()\[\]{},;:<>=!+*/%-]                                        # layout, brackets and operators
        | 0x[0-9a-f]+ | [0-9]+
        | \.(?:append|get|numerator|denominator|year|month|day|place)\b
        | (?:def|return|if|elif|else|for|in|while|break|pass|raise|try|except|nonlocal|and|or|not|is)\b
        | (?:None|True|False|core|admit|get|iget|step|hole[0-9]+)\b
        | \#[ ]step[ ][0-9]+
        | f_[a-z_]+\b | k_[a-z]+\b                                      # functions and types that are passed in
        | [a-zA-Z]{1,3}[0-9]*(?:_[0-9]+)?[dq]?\b                         # generated names
    )*+""",
    re.VERBOSE,
)
"""All tokens of generated code: no quotes, no dunder names, no word of a rulebook."""


def function(text: str, name: str, objects: Mapping[str, object]) -> Callable[..., Any]:
    """Return the function that a text defines, if the text holds only generated words.

    Args:
        text: the definition; names in it are mangled, constants are integers, booleans and None.
        name: the name of the function.
        objects: the objects the text refers to; there are no builtins.
    """
    spend("code", len(text))
    if not GENERATED_WORDS.fullmatch(text):
        raise RuntimeError("generated code holds an unexpected word: please report this rulebook")
    names: dict[str, Any] = {"__builtins__": {}, **objects}
    exec(one_at_a_time(compile, _readable(text), "<kpirules>", "exec"), names)
    found: Callable[..., Any] = names[name]
    return found


def syntax(text: str) -> ast.Module:
    """Return the syntax tree of generated code."""
    found = _readable(text)
    return one_at_a_time(ast.parse, found) if isinstance(found, str) else found


def _readable(text: str) -> str | ast.Module:
    """Return a text, or its syntax tree if its blocks nest deeper than Python parses at once."""
    if f"\n{' ' * MAX_BLOCK_DEPTH * INDENT} " not in text:
        return text
    return ast.fix_missing_locations(ast.Module(_parsed(text.splitlines()), []))


MAX_BLOCK_DEPTH = 80
"""The deepest nesting of blocks to parse at once; Python stops at 100."""

INDENT = 4


def _parsed(lines: list[str]) -> list[ast.stmt]:
    """Return the statements of some lines; blocks that nest too deeply are parsed separately."""
    deep_blocks: dict[str, list[str]] = {}
    kept: list[str] = []
    cut = MAX_BLOCK_DEPTH * INDENT
    hole = ""
    for line in lines:
        if line.startswith(" " * cut):
            if not hole:
                hole = f"hole{len(deep_blocks)}"
                deep_blocks[hole] = []
                kept.append(f"{' ' * cut}{hole}")
            deep_blocks[hole].append(line[cut:])
        else:
            hole = ""
            kept.append(line)
    found = one_at_a_time(ast.parse, "\n".join(kept)).body
    if deep_blocks:
        inside = {name: _parsed(block) for name, block in deep_blocks.items()}
        found = _filled(found, inside)
    return found


def _filled(statements: list[ast.stmt], inside: Mapping[str, list[ast.stmt]]) -> list[ast.stmt]:
    """Return statements with the separately parsed blocks put back."""
    found: list[ast.stmt] = []
    for statement in statements:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Name) and statement.value.id in inside:
            found += inside[statement.value.id]
            continue
        for name in ("body", "orelse", "finalbody"):
            if isinstance(getattr(statement, name, None), list):
                setattr(statement, name, _filled(getattr(statement, name), inside))
        for handler in getattr(statement, "handlers", ()):
            handler.body = _filled(handler.body, inside)
        found.append(statement)
    return found
