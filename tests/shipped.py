"""Loads the shipped rulebooks and those of the conformance suite, each once in a process.

A test that says something of loading itself loads for itself.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kpirules import Program, load

__all__ = ["EXAMPLES", "shipped"]

EXAMPLES = Path(__file__).parents[1] / "examples"


@cache
def shipped(path: Path) -> Program:
    """Return the program of a file."""
    return load(path, root=EXAMPLES if path.is_relative_to(EXAMPLES) else None)
