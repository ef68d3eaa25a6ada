"""Loads the rulebook that a command names, in the chosen variants and editions; reports that z3 is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from ..errors import KpirulesError
from ..loading.loading import load, load_whole
from ..rating.program import Program
from .failure import CommandError, files
from .terminal import say

__all__ = ["load_chosen", "needs_z3"]


def load_chosen(path: str, variant: str | None, on: date | None, root: str | None) -> Program:
    """Load a rulebook, with all variants and editions that are not excluded.

    Args:
        path: its file.
        variant: the only variant, or None.
        on: the day of the only edition, or None.
        root: the folder of files that it names, or None.
    """
    with files(path):
        try:
            if variant is not None:
                return load(path, variant=variant, on=on, root=root)
            whole = load_whole(path, root=root)
            return whole if on is None else whole.narrowed(on=on)
        except KpirulesError as mistaken:
            say(*str(mistaken).split("\n"), aside=True)
            raise CommandError(f"{path}: the rulebook has errors") from None


@contextmanager
def needs_z3() -> Iterator[None]:
    """Replace a failed import of z3 inside the block by an error message of one line."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if missing.name != "z3":
            raise
        raise CommandError(str(missing)) from None
