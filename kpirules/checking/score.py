"""The score: whether it can be published as a decimal, and whether rounding can change the band."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..diagnostics import Diagnostic
from ..diagnostics.codes import At, banding
from ..exact import is_finite_decimal, to_text
from ..model import Band, Criterion, Rulebook
from .facts import Facts
from .gaps import reach

__all__ = ["check_band_on", "check_rounding", "edge_crossed"]


def check_rounding(facts: Facts) -> Iterator[Diagnostic]:
    """A score that can be an unending decimal must say how it is rounded."""
    root = facts.rulebook.root
    if root is None:
        return
    at = At(root.words.span, root.words.path)
    if root.round is None:
        if facts.grid is None:
            yield banding.score_needs_round(at, "nothing says how it is rounded")
    elif not is_finite_decimal(root.round.step):
        yield banding.score_needs_round(at, f"it is rounded to multiples of {to_text(root.round.step)}")


def check_band_on(facts: Facts) -> Iterator[Diagnostic]:
    """Where rounding can carry a score over the end of a band, the rulebook says which one decides."""
    root, crossed = facts.rulebook.root, edge_crossed(facts)
    if root is not None and root.round is not None and crossed is not None:
        at = At(root.words.span, root.words.path)
        yield banding.band_on_not_written(at, to_text(crossed[0]), root.round.describe())


def edge_crossed(facts: Facts) -> tuple[Fraction, Fraction] | None:
    """An end of a band over which rounding may carry a score, with the step of the rounding."""
    rulebook, root = facts.rulebook, facts.rulebook.root
    if root is None or root.round is None or rulebook.bands_on_written:
        return None
    if rulebook.bands is None or rulebook.bands.measure is not None:
        return None
    edge = _edge_that_rounding_crosses(rulebook, root, facts.grid)
    return None if edge is None else (edge, root.round.step)


def _edge_that_rounding_crosses(rulebook: Rulebook, root: Criterion, grid: Fraction | None) -> Fraction | None:
    """An end of a band over which rounding may carry a score, or None."""
    assert root.round is not None
    assert rulebook.bands is not None
    step = root.round.step
    if grid is not None and (grid / step).denominator == 1:
        return None
    mode = root.round.mode
    if root.min is not None and root.min >= 0:
        mode = {"down": "floor", "up": "ceiling"}.get(mode, mode)
    for band in rulebook.bands.levels:
        for edge, begins_above in _edges(band):
            if _is_beyond(root, edge, begins_above):
                continue
            is_on_grid = (edge / step).denominator == 1
            # Rounding down never carries a score over a number on the grid where a band begins with it.
            if is_on_grid and mode == ("ceiling" if begins_above else "floor"):
                continue
            return edge
    return None


def _is_beyond(root: Criterion, edge: Fraction, begins_above: bool) -> bool:
    """Whether all scores lie on one side of an end, rounded or not."""
    assert root.round is not None
    low, high = root.min, reach(root)
    if low is not None and (edge < low or (edge == low and not begins_above)):
        return True
    if high is None:
        return False
    high = max(high, root.round.apply(high))
    return edge > high or (edge == high and begins_above)


def _edges(band: Band) -> Iterator[tuple[Fraction, bool]]:
    """The ends of a band, and whether what lies above the end begins after it."""
    interval = band.interval
    if interval.lower is not None:
        yield interval.lower, interval.is_lower_open
    if interval.upper is not None:
        yield interval.upper, not interval.is_upper_open
