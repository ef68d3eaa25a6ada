"""The pairs that every run of the tests checks, in blocks, and the features of the language that they reach."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ..budget import by_budget
from .coverage import EXPECTED
from .pairs import SUBJECTS, Tally, agree

__all__ = ["AT_LEAST", "BLOCKS", "differences", "lacking"]

REACHING = (21, 94, 103, 156, 182, 224, 246, 260, 273, 301, 316, 345, 356, 395, 422, 433)
"""Seeds that were looked for: their rulebooks and subjects reach every feature."""

SEEDS: Sequence[int] = by_budget(REACHING, range(2_500))

BLOCKS = 4
"""Tests over which the pairs are spread."""

AT_LEAST = by_budget(1, 100)
"""How often all pairs together must reach each feature."""


@cache
def _tally(block: int) -> Tally:
    """Return the result of a block, which each process computes once."""
    return agree(SEEDS[block::BLOCKS])


def differences(block: int) -> str:
    """Return the pairs of a block on which the engines differ, as text; empty where they agree."""
    return _tally(block).told()


def lacking() -> dict[str, int]:
    """Return the features that the pairs reach too seldom, with how often they do."""
    total = Tally()
    for block in range(BLOCKS):
        total.add(_tally(block))
    assert total.pairs == len(SEEDS) * SUBJECTS
    return {name: total.counts[name] for name in EXPECTED if total.counts[name] < AT_LEAST}
