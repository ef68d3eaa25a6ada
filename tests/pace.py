"""Measures how slow the machine is while a test with a time limit runs.

A limit of seconds holds for a machine that does nothing else. Where other processes share its cores and
caches, even seconds of the processor grow, and a test would fail by its neighbours. So the same small piece
of work is timed beside what is measured, and the seconds are told as those of the machine that the limits
were written for. What takes too long by itself still fails: it is too long on any machine.
"""

from __future__ import annotations

import time
from fractions import Fraction
from statistics import mean, median

__all__ = ["calm_seconds", "pace"]

UNDISTURBED = 0.0135
"""Seconds that the piece takes by itself, on the machine that the limits were written for."""

_TRIES = 5


def pace() -> float:
    """Return how many times slower than undisturbed the machine is now, at least 1."""
    return max(1.0, median(_once() for _ in range(_TRIES)) / UNDISTURBED)


def calm_seconds(seconds: float, *paces: float) -> float:
    """Return the seconds that work would take on an undisturbed machine.

    Args:
        seconds: of the processor, as measured.
        paces: before and after; neighbours come and go, so what was between them is their mean.
    """
    return seconds / mean(paces)


def _once() -> float:
    """Do a small piece of typical work: exact numbers, texts, attributes of many small objects."""
    begun = time.process_time()
    total, words = Fraction(), {}
    for number in range(1, 8_000):
        total += Fraction(number % 97, 8)
        words[f"word {number}"] = (number, isinstance(total, Fraction), str(number).isascii())
    assert len(sorted(words, key=len)) == 7_999
    return time.process_time() - begun
