"""Bins of a number that end at the ends of bands, and an exact count of the subjects in each."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any

from attrs import evolve, frozen

from ..kernel.exact import Rounding, approximate_text, to_decimal
from ..kernel.mappings import FrozenMap
from ..language.model import Bands, Interval, Named
from ..rating.program import Program
from .levels import Level
from .subjects import Rated

__all__ = ["Banded", "Bins", "banded", "bins_of", "counts_in"]

FEW, MANY = 10, 30
"""The fewest and the most bins, unless the bands need more."""

MOST_EDGES = 20
"""The most ends of bands that are drawn as lines: more would hide the bars."""

DIGITS = 15
"""A decimal of so many digits is the shortest one of its nearest double, so that the double tells it exactly."""


@frozen
class Banded:
    """The number that bands are about.

    Args:
        program: the rules; a measure that bands are about is among their outputs.
        column: the column of a table that holds it.
        name: its name for people.
        places: the most places after the point that it has; None if they are not limited.
        edges: the ends of bands, ascending; True if a number at the end belongs to what lies below.
        inner: those that have bands on both sides, which are always drawn.
    """

    program: Program
    column: str
    name: str
    places: int | None
    edges: FrozenMap[Fraction, bool]
    inner: frozenset[Fraction]

    def exact(self, number: Any) -> Fraction | None:
        """Return the exact value of which a number is the nearest double; None if several have it.

        Args:
            number: a number of a table.
        """
        if not isinstance(number, float):
            return Fraction(number)
        if self.places is None or abs(number) >= 10 ** (DIGITS - self.places):
            return None
        return Fraction(Decimal(repr(number)))


def banded(program: Program, language: str | None) -> Banded:
    """Return the number that the bands of a program are about: the score, or else a measure.

    Args:
        program: the rules.
        language: of its label.

    Raises:
        ValueError: if it has neither a score nor bands, or its variants and editions differ in what they band.
    """
    rulebooks = [part.rulebook for part in program.whole]
    kinds = {_kind(rulebook.bands, rulebook.bands_on_exact, rulebook.root is not None) for rulebook in rulebooks}
    if kinds == {""}:
        raise ValueError("the rulebook has neither a score nor bands: nothing is distributed")
    if len(kinds) > 1:
        raise ValueError("variants or editions band different numbers: draw each of them, by `program.part(…)`")
    (kind,) = kinds
    intervals = [band.interval for one in rulebooks if one.bands is not None for band in one.bands.levels]
    edges = FrozenMap(sorted(_edges(intervals).items()))
    inner = edges.keys() - _outer(intervals)
    first = rulebooks[0]
    if kind == "measure":
        assert first.bands is not None, "a measure is that of bands"
        label = first.bands.words.label
        name = str(first.bands.measure) if label is None else label.text(language)
        id_ = "banded_number" + "_" * any(output.id == "banded_number" for one in rulebooks for output in one.outputs)
        return Banded(_with_measure(program, id_), f"outputs.{id_}", name, None, edges, frozenset(inner))
    label = None if first.root is None else first.root.words.label
    roundings = [None if one.root is None else one.root.round for one in rulebooks]
    places = [_places(rounding) for rounding in roundings] if kind == "score" else [None]
    known = [place for place in places if place is not None]
    most = max(known) if len(known) == len(places) else None
    return Banded(program, kind, "score" if label is None else label.text(language), most, edges, frozenset(inner))


def _kind(bands: Bands | None, is_on_exact: bool, has_score: bool) -> str:
    if bands is not None and bands.measure is not None:
        return "measure"
    if not has_score:
        return ""
    return "exact_score" if bands is not None and is_on_exact else "score"


def _with_measure(program: Program, id_: str) -> Program:
    """Return a program that also gives the measure of its bands, as an output."""
    if program.parts:
        parts = FrozenMap((key, _with_measure(part, id_)) for key, part in program.parts.items())
        return evolve(program, rulebook=next(iter(parts.values())).rulebook, parts=parts)
    rulebook = program.rulebook
    measure = None if rulebook.bands is None else rulebook.bands.measure
    outputs = rulebook.outputs if measure is None else (*rulebook.outputs, Named(id_, measure))
    return Program(evolve(rulebook, outputs=outputs), program.report)


def _places(rounding: Rounding | None) -> int | None:
    """Return the most places of a rounded number, None if it may have any number of them."""
    if rounding is None:
        return None
    if rounding.to is None:
        return max(rounding.places or 0, 0)
    # The check refuses steps that are no decimals.
    return max(-int(to_decimal(rounding.to).as_tuple().exponent), 0)


def _edges(intervals: Iterable[Interval]) -> dict[Fraction, bool]:
    """Return the ends of bands, and whether a number at an end belongs to the interval below it."""
    edges: dict[Fraction, bool] = {}
    for interval in intervals:
        for end, is_below in _ends(interval):
            edges[end] = edges.get(end, True) and is_below
    return edges


def _outer(intervals: Sequence[Interval]) -> set[Fraction]:
    """Return the outermost ends of bands, unless a band lies beyond them."""
    lower = {interval.lower for interval in intervals if interval.lower is not None}
    upper = {interval.upper for interval in intervals if interval.upper is not None}
    ends = lower | upper
    return ({min(ends)} - upper) | ({max(ends)} - lower) if ends else set()


def _ends(interval: Interval) -> Iterator[tuple[Fraction, bool]]:
    if interval.lower is not None:
        yield interval.lower, interval.is_lower_open
    if interval.upper is not None:
        yield interval.upper, not interval.is_upper_open


# -- bins ----------------------------------------------------------------------------------------------


@frozen
class Bins:
    """Adjacent intervals.

    Args:
        ends: their ends, ascending; one more than there are bins.
        edges: the ends that are ends of bands; True if a number there belongs to the bin below.
        step: the width of a bin that no band cuts.
    """

    ends: tuple[Fraction, ...]
    edges: FrozenMap[Fraction, bool]
    step: Fraction

    def __len__(self) -> int:
        return len(self.ends) - 1

    @property
    def are_equal(self) -> bool:
        """Whether all have the same width."""
        return len({high - low for low, high in pairwise(self.ends)}) == 1

    @property
    def drawn_edges(self) -> tuple[Fraction, ...]:
        """The ends of bands, unless they are too many for lines."""
        return tuple(self.edges) if len(self.edges) <= MOST_EDGES else ()

    def place(self, number: Fraction) -> int:
        """Return the index of the bin of a number; the outer bins include all numbers beyond them."""
        index = bisect_right(self.ends, number) - 1
        if 0 <= index < len(self.ends) and self.ends[index] == number and self.edges.get(number, False):
            index -= 1
        return min(max(index, 0), len(self) - 1)

    def text(self, index: int) -> str:
        """Return the interval of a bin in short."""
        low, high = self.ends[index], self.ends[index + 1]
        is_last = index == len(self) - 1
        lower = ">" if self.edges.get(low, False) else "≥"
        upper = "≤" if self.edges.get(high, False) or (is_last and high not in self.edges) else "<"
        return f"{lower} {approximate_text(low)}, {upper} {approximate_text(high)}"


def bins_of(numbers: Iterable[Any], banded_number: Banded) -> Bins:
    """Return bins for numbers, whose ends include all ends of bands.

    Args:
        numbers: the numbers.
        banded_number: what they are.
    """
    seen = list(numbers)
    outermost = [Fraction(min(seen)), Fraction(max(seen))] if seen else []
    edges = {
        edge: is_below
        for edge, is_below in banded_number.edges.items()
        if edge in banded_number.inner or (outermost and outermost[0] <= edge <= outermost[1])
    }
    values = [*outermost, *edges] or [*banded_number.edges] or [Fraction(0)]
    low, high = min(values), max(values)
    grain = Fraction(1, 10**banded_number.places) if banded_number.places is not None else None
    step = _step(high - low, edges, grain)
    # A number at the outermost end may belong to what lies beyond it.
    if low in outermost and edges.get(low, False):
        low = (ceil(low / step) - 1) * step
    if high in outermost and not edges.get(high, True):
        high = (floor(high / step) + 1) * step
    if low not in edges:
        low = floor(low / step) * step
    if high not in edges:
        high = ceil(high / step) * step
    if low == high:
        high += step
    marks = [low, *(edge for edge in edges if low < edge < high), high]
    ends = [low]
    for start, end in pairwise(marks):
        count = _count(end - start, step, grain or step / 1000)
        ends += [start + (end - start) * (part + 1) / count for part in range(count)]
    return Bins(tuple(ends), FrozenMap(edges), step)


def _count(reach: Fraction, step: Fraction, unit: Fraction) -> int:
    """Return into how many equal bins to cut the part between two ends of bands; their width is short if possible.

    Args:
        reach: the width of the part.
        step: the width that bins should have.
        unit: a short width is a multiple of it.
    """
    ideal = max(1, round(reach / step))
    near = range(max(1, ideal * 3 // 4), ideal * 5 // 4 + 1)
    return min(near, key=lambda count: ((reach / count / unit).denominator > 1, abs(count - ideal)))


def _step(reach: Fraction, edges: Iterable[Fraction], grain: Fraction | None) -> Fraction:
    """Return a round width of bins, of which the ends of bands are multiples if possible.

    Args:
        reach: the distance between the outermost ends.
        edges: the ends of bands.
        grain: the numbers are multiples of it; None if they may be any.
    """
    if reach == 0:
        return grain or Fraction(1)
    magnitude = Fraction(10) ** (len(str(ceil(reach))) if reach >= 1 else 1 - len(str(floor(1 / reach))))
    steps: list[Fraction] = [
        nice * magnitude / 10**power
        for power in range(4, -1, -1)
        for nice in (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5))
    ]
    fine = [step for step in steps if reach / step <= MANY and (grain is None or (step / grain).denominator == 1)]
    fitting = [step for step in fine if reach / step >= FEW and all((edge / step).denominator == 1 for edge in edges)]
    coarse = reach / MANY if grain is None else grain * ceil(reach / grain / MANY)
    return [*fitting, *fine, coarse][0]


# -- counting ------------------------------------------------------------------------------------------


def counts_in(
    bins: Bins, found: Rated, banded_number: Banded, numbers: Sequence[Any], levels: Sequence[Level]
) -> list[Counter[Level]]:
    """Count the subjects of each level in each bin, exactly.

    A double is the nearest one to the number, and rounding keeps the order: it lies on the same side of an end of a
    bin as the number, unless it is the double of that end. Then the number is known from its digits, or rated again.

    Args:
        bins: the bins.
        found: the subjects.
        banded_number: the number.
        numbers: the number of each subject; None for those not to be counted.
        levels: the level of each subject.
    """
    counts: list[Counter[Level]] = [Counter() for _ in range(len(bins))]
    inner = {float(end) for end in bins.ends[1:-1]}
    places: dict[Any, int | None] = {}
    open_: list[int] = []
    for index, (number, level) in enumerate(zip(numbers, levels, strict=True)):
        if number is None:
            continue
        if number not in places:
            exact = banded_number.exact(number)
            if exact is None and number not in inner:
                exact = Fraction(number)
            places[number] = None if exact is None else bins.place(exact)
        place = places[number]
        if place is None:
            open_.append(index)
        else:
            counts[place][level] += 1
    if open_:
        for index, number in zip(open_, found.exactly(open_, banded_number.column), strict=True):
            counts[bins.place(Fraction(number))][levels[index]] += 1
    return counts
