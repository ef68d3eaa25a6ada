"""Which bands may apply to which numbers: the scale of a rating, cut at the ends of its bands."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import frozen

from ..model import Band, Bands, Criterion, Group, Interval, Rulebook
from .line import EVERY_NUMBER, Line, Stretch, line_of_measure, stretches

__all__ = ["Inside", "band_may_be_absent", "banded_line", "reach", "scale"]


@frozen
class Inside:
    """The bands whose interval holds a number.

    Args:
        sure: places of those without requirements, best first.
        conditional: places of those with requirements.
    """

    sure: tuple[int, ...]
    conditional: tuple[int, ...]

    @property
    def all(self) -> tuple[int, ...]:
        return tuple(sorted((*self.sure, *self.conditional)))


def reach(criterion: Criterion) -> Fraction | None:
    """The most points a criterion may have: its max, and in a sum the extras on top."""
    most = criterion.max
    if most is None or criterion.is_clamped or not isinstance(criterion.body, Group):
        return most
    if criterion.body.combine == "sum":
        for child in criterion.children:
            if child.is_extra:
                extra = reach(child)
                if extra is None:
                    return None
                most += extra
    return most


def banded_line(rulebook: Rulebook, grid: Fraction | None = None) -> Line:
    """The numbers that bands divide.

    Args:
        rulebook: the rules.
        grid: what the exact score is a multiple of, where that is known.
    """
    root, bands = rulebook.root, rulebook.bands
    if bands is not None and bands.measure is not None:
        return line_of_measure(rulebook, bands.measure)
    if root is None:
        return EVERY_NUMBER
    low, high = root.min, reach(root)
    if root.round is None or rulebook.bands_on_exact:
        return Line(Interval(low, False, high, False), grid)
    low = None if low is None else root.round.apply(low)
    high = None if high is None else root.round.apply(high)
    return Line(Interval(low, False, high, False), root.round.step)


def scale(bands: Bands, line: Line) -> Iterator[tuple[Inside, Stretch]]:
    """The possible numbers, with the bands that may apply to them."""
    ends = {end for b in bands.levels for end in (b.interval.lower, b.interval.upper) if end is not None}

    def inside(x: Fraction) -> Inside:
        holding = [(i, band) for i, band in enumerate(bands.levels) if x in band.interval]
        return Inside(
            tuple(i for i, band in holding if not band.requires),
            tuple(i for i, band in holding if band.requires),
        )

    return stretches(line, ends, inside)


def falls_safely(bands: Bands, inside: Inside) -> bool:
    """Whether a failed requirement certainly leads to a lower band."""
    first = inside.all[0]
    return bands.falls_to_next and any(not band.requires for band in bands.levels[first + 1 :])


def is_certain(bands: Bands, inside: Inside) -> bool:
    """Whether exactly one band certainly is the rating of these numbers."""
    if not inside.all:
        return False
    if len(inside.all) > 1 and bands.overlap is None:
        return False
    return bool(inside.sure) or falls_safely(bands, inside)


def band_may_be_absent(rulebook: Rulebook) -> bool:
    """Whether for some number none may apply, or several."""
    bands = rulebook.bands
    if bands is None:
        return True
    return not all(is_certain(bands, inside) for inside, _ in scale(bands, banded_line(rulebook)))


def has_ends(band: Band) -> bool:
    """Whether the band depends on a number."""
    return (band.interval.lower, band.interval.upper) != (None, None)
