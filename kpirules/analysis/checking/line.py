"""The numbers a measure can have, cut where a rule changes, with a number inside each piece."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from math import ceil, floor
from operator import itemgetter
from typing import TypeVar

from attrs import field, frozen

from ...diagnostics.phrases import Phrase
from ...kernel.exact import to_text
from ...language.expressions import Expression
from ...language.expressions.tree import Name
from ...language.model import Interval, NumberDomain, Rulebook

__all__ = ["EVERY_NUMBER", "Line", "Stretch", "line_of_input", "line_of_measure", "stretches"]

K = TypeVar("K", bound=Hashable)

PLAIN_STEPS = tuple(Fraction(1, 10**places) for places in range(7))
"""Numbers that are easy to read, the simplest first."""


@frozen
class Line:
    """The possible numbers.

    Args:
        interval: their limits.
        step: the number of which they are multiples; None for any number.
    """

    interval: Interval = field(factory=Interval)
    step: Fraction | None = None

    def __contains__(self, x: Fraction) -> bool:
        return x in self.interval and (self.step is None or (x / self.step).denominator == 1)

    def between(self, low: Fraction | None, high: Fraction | None) -> Fraction | None:
        """Return a possible number strictly between two, as simple as possible; None if there is none."""
        least, most = self.interval.lower, self.interval.upper
        if (high is not None and least is not None and high <= least) or (
            low is not None and most is not None and low >= most
        ):
            return None
        for step in (*PLAIN_STEPS, self.step):
            found = _inside(low, high, step)
            if (low is None or found > low) and (high is None or found < high) and found in self:
                return found
        return None


def _inside(low: Fraction | None, high: Fraction | None, step: Fraction | None) -> Fraction:
    """Return a multiple of a step near an end, or without a step the middle; callers check that it is possible."""
    if step is None:
        return ((low or Fraction(0)) + (high or Fraction(0))) / 2
    if low is not None:
        return (floor(low / step) + 1) * step
    return Fraction(0) if high is None else (ceil(high / step) - 1) * step


EVERY_NUMBER = Line()


@frozen
class Stretch:
    """Neighbouring numbers that rules treat alike.

    Args:
        low, high: the ends, or None.
        has_low, has_high: whether the ends are included.
        witness: a possible number inside.
    """

    low: Fraction | None
    has_low: bool
    high: Fraction | None
    has_high: bool
    witness: Fraction

    def __str__(self) -> str:
        if self.low is not None and self.low == self.high:
            return f"exactly {to_text(self.low)}"
        words = []
        if self.low is not None:
            words += ["from" if self.has_low else "above", to_text(self.low)]
        if self.high is not None:
            words += ["to"] * (self.has_high or bool(words)) + ["below"] * (not self.has_high)
            words.append(to_text(self.high))
        return " ".join(words) or "any number"

    @property
    def phrase(self) -> Phrase | None:
        """The interval in words of any language; None if it has no ends."""
        if self.low is not None and self.low == self.high:
            return Phrase.of("page_open_exactly", low=to_text(self.low))
        ends: dict[str, str] = {}
        names = []
        if self.low is not None:
            names.append("from" if self.has_low else "above")
            ends["low"] = to_text(self.low)
        if self.high is not None:
            names.append("to" if self.has_high else "below")
            ends["high"] = to_text(self.high)
        return Phrase.of("_".join(names), **ends) if ends else None


def stretches(
    line: Line, intervals: Sequence[Interval], treat: Callable[[Sequence[int]], K]
) -> Iterator[tuple[K, Stretch]]:
    """Yield the line as intervals whose numbers are treated alike.

    Args:
        line: the possible numbers.
        intervals: the intervals that the treatment depends on.
        treat: returns the treatment of numbers, by the indices of the intervals that contain them, in order.

    Returns:
        The treatment, and the whole interval with it, in ascending order.

    >>> halves = [Interval(upper=Fraction(5), is_upper_open=True), Interval(lower=Fraction(5))]
    >>> [(key, str(stretch)) for key, stretch in stretches(EVERY_NUMBER, halves, tuple)]
    [((0,), 'below 5'), ((1,), 'from 5')]
    """
    pieces = ((treat(holding), piece) for holding, piece in _swept(line, intervals))
    for key, group in groupby(pieces, key=itemgetter(0)):
        yield key, _joined([piece for _, piece in group])


def _swept(line: Line, intervals: Sequence[Interval]) -> Iterator[tuple[Sequence[int], Stretch]]:
    """Yield each piece between two ends, and each end, with the intervals that contain it, in one pass.

    The list of intervals is the same object, which changes from piece to piece.
    """
    all_intervals = (line.interval, *intervals)
    cuts = sorted({end for i in all_intervals for end in (i.lower, i.upper) if end is not None})
    begins, ends = _events(cuts, intervals)
    holding: list[int] = []
    for place in range(2 * len(cuts) + 1):
        for index in begins.get(place, ()):
            insort(holding, index)
        piece = _piece(line, cuts, place)
        if piece is not None:
            yield holding, piece
        for index in ends.get(place, ()):
            holding.pop(bisect_left(holding, index))


def _events(cuts: list[Fraction], intervals: Sequence[Interval]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return where intervals begin and end; index 2k + 1 is the cut k, even indices are between cuts."""
    rank = {cut: place for place, cut in enumerate(cuts)}
    begins: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for index, interval in enumerate(intervals):
        first = 0 if interval.lower is None else 2 * rank[interval.lower] + 1 + interval.is_lower_open
        last = 2 * len(cuts)
        if interval.upper is not None:
            last = 2 * rank[interval.upper] + 1 - interval.is_upper_open
        if first <= last:
            begins.setdefault(first, []).append(index)
            ends.setdefault(last, []).append(index)
    return begins, ends


def _piece(line: Line, cuts: list[Fraction], place: int) -> Stretch | None:
    """Return the piece at an index, if it contains a possible number."""
    index, is_cut = divmod(place, 2)
    if is_cut:
        cut = cuts[index]
        return Stretch(cut, True, cut, True, cut) if cut in line else None
    low = cuts[index - 1] if index > 0 else None
    high = cuts[index] if index < len(cuts) else None
    inside = line.between(low, high)
    return None if inside is None else Stretch(low, False, high, False, inside)


def _joined(pieces: Sequence[Stretch]) -> Stretch:
    first, last = pieces[0], pieces[-1]
    witness = next((p.witness for p in pieces if p.has_low), first.witness)
    return Stretch(first.low, first.has_low, last.high, last.has_high, witness)


def line_of_input(domain: NumberDomain) -> Line:
    """Return the values of a number input; a grid only if the rulebook writes one."""
    low, is_open = domain.minimum, False
    if domain.above is not None and (low is None or domain.above >= low):
        low, is_open = domain.above, True
    high, is_high_open = domain.maximum, False
    if domain.below is not None and (high is None or domain.below <= high):
        high, is_high_open = domain.below, True
    step = domain.step
    if step is None and domain.is_integer:
        step = Fraction(1)
    if step is None and domain.decimals is not None:
        step = Fraction(1, 10**domain.decimals)
    return Line(Interval(low, is_open, high, is_high_open), step)


def line_of_measure(rulebook: Rulebook, measure: Expression) -> Line:
    """Return the possible numbers of a measure; every number unless the measure is a plain input."""
    if isinstance(measure.tree, Name):
        for declared in rulebook.inputs:
            if declared.id == measure.tree.id and isinstance(declared.domain, NumberDomain):
                return line_of_input(declared.domain)
    return EVERY_NUMBER
