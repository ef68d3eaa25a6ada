"""Modules of the package as syntax trees, each parsed once in a process."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

__all__ = ["statements"]


@cache
def statements(module: Path) -> tuple[ast.AST, ...]:
    """Return the module of a file, and its statements at every depth."""
    found: list[ast.AST] = [ast.parse(module.read_text(encoding="utf-8"))]
    for node in found:  # which grows meanwhile
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, field, ())
            found += inner if isinstance(inner, list) else ()
    return tuple(found)
