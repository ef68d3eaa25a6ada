"""The scale of a rating, cut at the ends of its bands, with the bands that may apply to each number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen

from ...language.model import Band, Bands, Interval, Rulebook
from .line import EVERY_NUMBER, Line, Stretch, line_of_measure, stretches

__all__ = ["MANY", "Inside", "Scale", "band_may_be_absent", "banded_line", "has_ends", "scale"]


MANY = 500
"""The most bands of one number that are all examined; no rating has nearly as many."""

FEW = 5


@frozen
class Inside:
    """The bands whose interval contains a number.

    Args:
        sure: the indices of bands without requirements, best first.
        conditional: the indices of bands with requirements.
    """

    sure: tuple[int, ...]
    conditional: tuple[int, ...]

    @property
    def all(self) -> tuple[int, ...]:
        return tuple(sorted((*self.sure, *self.conditional)))


@frozen
class Scale:
    """The possible numbers, cut at the ends of the bands.

    Args:
        bands: the rating scale.
        pieces: intervals with the bands that may apply to them, in ascending order.
        last_sure: the index of the worst band without requirements, -1 if there is none.
    """

    bands: Bands
    pieces: tuple[tuple[Inside, Stretch], ...]
    last_sure: int

    def falls_safely(self, inside: Inside) -> bool:
        """Return whether a failed requirement certainly leads to a lower band."""
        return self.bands.falls_to_next and self.last_sure > inside.all[0]

    def is_certain(self, inside: Inside) -> bool:
        """Return whether exactly one band certainly applies to these numbers."""
        found = inside.all
        if not found or (len(found) > 1 and self.bands.overlap is None):
            return False
        return bool(inside.sure) or self.falls_safely(inside)


def banded_line(rulebook: Rulebook, grid: Fraction | None = None) -> Line:
    """Return the numbers that bands divide.

    Args:
        rulebook: the rules.
        grid: a number of which the exact score is a multiple, if known.
    """
    root, bands = rulebook.root, rulebook.bands
    if bands is not None and bands.measure is not None:
        return line_of_measure(rulebook, bands.measure)
    if root is None:
        return EVERY_NUMBER
    low, high = root.min, root.unrounded_reach
    if root.round is None or rulebook.bands_on_exact:
        return Line(Interval(low, False, high, False), grid)
    low = None if low is None else root.round.apply(low)
    high = None if high is None else root.round.apply(high)
    return Line(Interval(low, False, high, False), root.round.step)


def scale(bands: Bands, line: Line) -> Scale:
    """Return the numbers of a line, with the bands that may apply to them."""
    count = len(bands.levels)
    sure = [index for index, band in enumerate(bands.levels) if not band.requires]
    places = [*sure, *(index for index, band in enumerate(bands.levels) if band.requires)]
    most = count if count <= MANY else FEW

    def inside(holding: Sequence[int]) -> Inside:
        split = bisect_left(holding, len(sure))
        found = holding[: min(split, most)], holding[split : split + most]
        return Inside(*(tuple(places[index] for index in part) for part in found))

    intervals = [bands.levels[index].interval for index in places]
    return Scale(bands, tuple(stretches(line, intervals, inside)), max(sure, default=-1))


def band_may_be_absent(rulebook: Rulebook) -> bool:
    """Return whether no band, or several, may apply to some number."""
    if rulebook.bands is None:
        return True
    found = scale(rulebook.bands, banded_line(rulebook))
    return not all(found.is_certain(inside) for inside, _ in found.pieces)


def has_ends(band: Band) -> bool:
    """Return whether the band depends on a number."""
    return (band.interval.lower, band.interval.upper) != (None, None)
