"""Checks of the score: whether it has a finite decimal, and whether rounding can change the band."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from math import ceil, floor

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, banding
from ...kernel.exact import Rounding, is_finite_decimal, to_text
from ...language.model import Band, Criterion, Interval
from .facts import Facts

__all__ = ["carried", "check_band_on", "check_rounding", "crossings"]


def check_rounding(facts: Facts) -> Iterator[Diagnostic]:
    """Report a score without rounding that can be an infinite decimal."""
    root = facts.rulebook.root
    if root is None:
        return
    at = At(root.words.span, root.words.path)
    bands = facts.rulebook.bands
    has_bands = bands is not None and bands.measure is None and not facts.rulebook.bands_on_written
    if root.round is None:
        if facts.exact_score is not None and facts.grid is None:
            yield banding.score_needs_round(at, "it has no `round`", has_bands=has_bands)
    elif not is_finite_decimal(root.round.step):
        yield banding.score_needs_round(
            at, f"it is rounded to multiples of {to_text(root.round.step)}", has_bands=has_bands
        )


def check_band_on(facts: Facts) -> Iterator[Diagnostic]:
    """Report a missing `band_on` if rounding can carry a score over the end of a band."""
    yield from islice((diagnostic for diagnostic, _, _ in crossings(facts)), 1)


def crossings(facts: Facts) -> Iterator[tuple[Diagnostic, Interval, Fraction]]:
    """Yield, for each end of a band that rounding may cross, the finding, the scores that cross, and the end."""
    rulebook, root = facts.rulebook, facts.rulebook.root
    if root is None or root.round is None or rulebook.bands_on_written:
        return
    if rulebook.bands is None or rulebook.bands.measure is not None:
        return
    if facts.grid is not None and (facts.grid / root.round.step).denominator == 1:
        return
    at = At(root.words.span, root.words.path)
    for edge, begins_above in dict.fromkeys(end for band in rulebook.bands.levels for end in _edges(band)):
        stretch = carried(root.round, edge, begins_above)
        if stretch is not None and not _is_beyond(root, edge, begins_above):
            yield banding.band_on_not_written(at, to_text(edge), root.round.describe()), stretch, edge


def carried(rounding: Rounding, edge: Fraction, begins_above: bool) -> Interval | None:
    """Return the numbers that rounding moves over the end of a band, or None.

    From some number on, all are rounded to the first multiple beyond the end, or to a greater one. By the mode,
    that number is a whole step or half a step before the multiple, or the multiple itself.
    """
    step = rounding.step
    beyond = (floor(edge / step) + 1) * step if begins_above else ceil(edge / step) * step
    first = beyond
    if rounding.apply(beyond - step * 3 / 4) >= beyond:
        first = beyond - step
    elif rounding.apply(beyond - step / 4) >= beyond:
        first = beyond - step / 2
    is_open = rounding.apply(first) < beyond
    if first < edge or (first == edge and begins_above and not is_open):
        return Interval(first, is_open, edge, not begins_above)
    if first > edge or (first == edge and is_open and not begins_above):
        return Interval(edge, begins_above, first, not is_open)
    return None


def _is_beyond(root: Criterion, edge: Fraction, begins_above: bool) -> bool:
    """Return whether all scores are on one side of an end, rounded or not."""
    assert root.round is not None
    low, high = root.min, root.unrounded_reach
    if low is not None and (edge < low or (edge == low and not begins_above)):
        return True
    if high is None:
        return False
    high = max(high, root.round.apply(high))
    return edge > high or (edge == high and begins_above)


def _edges(band: Band) -> Iterator[tuple[Fraction, bool]]:
    """Yield the ends of a band, and whether the numbers above the end begin after it."""
    interval = band.interval
    if interval.lower is not None:
        yield interval.lower, interval.is_lower_open
    if interval.upper is not None:
        yield interval.upper, not interval.is_upper_open
