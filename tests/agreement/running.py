"""The pairs that every run of the tests checks, in blocks, and the features of the language that they reach."""

from __future__ import annotations

from functools import cache

from ..budget import by_budget
from .coverage import EXPECTED
from .pairs import SUBJECTS, Tally, agree

__all__ = ["AT_LEAST", "BLOCKS", "differences", "lacking"]

SEEDS = by_budget(range(198, 443, 7), range(2_500))
"""Seeds of the rulebooks; those of the fixed budget were looked for, as few of them reach every feature."""

BLOCKS = 5
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
