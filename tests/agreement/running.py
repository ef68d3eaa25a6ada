"""The pairs that every change is checked on, in blocks, and what each file of tests runs of them.

The runner keeps a file of tests in one process, so the blocks are spread over several files. Each file counts
what its own pairs reach, and must reach its share of what all of them together must.
"""

from __future__ import annotations

from .coverage import EXPECTED
from .pairs import SUBJECTS, Tally, agree

__all__ = ["AT_LEAST", "BLOCKS", "FILES", "PAIRS", "Part"]

PAIRS = 20_000
FILES = 2
BLOCKS = 10
"""Blocks of a file."""

AT_LEAST = 100
"""How often all pairs together must reach each feature."""

_SEEDS = PAIRS // SUBJECTS // FILES // BLOCKS


class Part:
    """The blocks of one file of tests, each run once."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.tallies: dict[int, Tally] = {}

    def tally(self, block: int) -> Tally:
        """What came of a block."""
        if block not in self.tallies:
            first = (self.number * BLOCKS + block) * _SEEDS
            self.tallies[block] = agree(range(first, first + _SEEDS))
        return self.tallies[block]

    def differences(self, block: int) -> str:
        """The pairs of a block on which the engines differ, as text; empty where they agree."""
        return self.tally(block).told()

    def lacking(self) -> dict[str, int]:
        """Features that the blocks of this file reach less often than their share, with how often."""
        total = Tally()
        for block in range(BLOCKS):
            total.add(self.tally(block))
        assert total.pairs == PAIRS // FILES
        return {name: total.counts[name] for name in EXPECTED if total.counts[name] < AT_LEAST // FILES}
