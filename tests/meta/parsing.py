"""Modules of the package as syntax trees, each parsed once in a process."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

__all__ = ["nodes"]


@cache
def nodes(module: Path) -> tuple[ast.AST, ...]:
    """Return all nodes of a file."""
    return tuple(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
