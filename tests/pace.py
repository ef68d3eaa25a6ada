"""Measures how slow the machine is while a test with a time limit runs.

A limit of seconds holds for a machine that does nothing else. Where other processes share its cores and
caches, even seconds of the processor grow, and a test would fail by its neighbours. So the same small piece
of work is timed beside what is measured, and the seconds are told as those of the machine that the limits
were written for. What takes too long by itself still fails: it is too long on any machine. Neighbours only slow work
down, so the fewest seconds of several tries are the nearest to the truth.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from statistics import mean, median

__all__ = ["TRIES", "calm_seconds", "fewest_seconds", "pace", "seconds_of"]

UNDISTURBED = 0.0135
"""Seconds that the piece takes by itself, on the machine that the limits were written for."""

_SAMPLES = 5
"""How often the piece is timed for one pace."""

TRIES = 8
"""How often work is done that seems to take too long."""


def pace() -> float:
    """Return how many times slower than undisturbed the machine is now, at least 1."""
    return max(1.0, median(_once() for _ in range(_SAMPLES)) / UNDISTURBED)


def calm_seconds(seconds: float, *paces: float) -> float:
    """Return the seconds that work would take on an undisturbed machine.

    Args:
        seconds: of the processor, as measured.
        paces: before and after; neighbours come and go, so what was between them is their mean.
    """
    return seconds / mean(paces)


def seconds_of(work: Callable[[], object]) -> float:
    """Return the seconds of the processor that work takes once."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def fewest_seconds(measure: Callable[[], float], limit: float) -> float:
    """Return the fewest seconds of work in several tries; the first try below the limit is the last.

    Args:
        measure: does the work, and returns its seconds of the processor.
        limit: of seconds, on an undisturbed machine.
    """
    fewest = measure()
    for _ in range(TRIES - 1):
        if fewest < limit:
            break
        before = pace()
        fewest = min(fewest, calm_seconds(measure(), before, pace()))
    return fewest


def _once() -> float:
    """Do a small piece of typical work: exact numbers, texts, attributes of many small objects."""
    begun = time.process_time()
    total, words = Fraction(), {}
    for number in range(1, 8_000):
        total += Fraction(number % 97, 8)
        words[f"word {number}"] = (number, isinstance(total, Fraction), str(number).isascii())
    assert len(sorted(words, key=len)) == 7_999
    return time.process_time() - begun
