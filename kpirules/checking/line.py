"""The line of numbers a measure can take, cut where a rule changes, with a number inside each piece."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from math import ceil, floor
from typing import TypeVar

from attrs import field, frozen

from ..exact import to_text
from ..expressions import Expression
from ..expressions.tree import Name
from ..model import Interval, NumberDomain, Rulebook

__all__ = ["EVERY_NUMBER", "Line", "Stretch", "line_of_input", "line_of_measure", "stretches"]

K = TypeVar("K", bound=Hashable)

PLAIN_STEPS = tuple(Fraction(1, 10**places) for places in range(7))
"""Numbers that are easy to read, the plainest first."""


@frozen
class Line:
    """The numbers that are possible.

    Args:
        interval: where they end.
        step: they are whole multiples of it; None for any number.
    """

    interval: Interval = field(factory=Interval)
    step: Fraction | None = None

    def __contains__(self, x: Fraction) -> bool:
        return x in self.interval and (self.step is None or (x / self.step).denominator == 1)

    def between(self, low: Fraction | None, high: Fraction | None) -> Fraction | None:
        """A possible number strictly between two, as plain as can be; None where there is none."""
        for step in (*PLAIN_STEPS, self.step):
            found = _inside(low, high, step)
            if (low is None or found > low) and (high is None or found < high) and found in self:
                return found
        return None


def _inside(low: Fraction | None, high: Fraction | None, step: Fraction | None) -> Fraction:
    """The multiple of a step next to an end, or the middle without one; it may be outside."""
    if step is None:
        return ((low or Fraction(0)) + (high or Fraction(0))) / 2
    if low is not None:
        return (floor(low / step) + 1) * step
    return Fraction(0) if high is None else (ceil(high / step) - 1) * step


EVERY_NUMBER = Line()


@frozen
class Stretch:
    """Neighbouring numbers that are treated alike.

    Args:
        low, high: its ends, None where there is none.
        has_low, has_high: whether the ends belong to it.
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


def _pieces(line: Line, edges: Iterable[Fraction]) -> Iterator[Stretch]:
    """The possible numbers, cut at the edges and at the ends of the line."""
    ends = (line.interval.lower, line.interval.upper)
    cuts = sorted({*edges, *(end for end in ends if end is not None)})
    low: Fraction | None = None
    for cut in cuts:
        if (inside := line.between(low, cut)) is not None:
            yield Stretch(low, False, cut, False, inside)
        if cut in line:
            yield Stretch(cut, True, cut, True, cut)
        low = cut
    if (inside := line.between(low, None)) is not None:
        yield Stretch(low, False, None, False, inside)


def stretches(
    line: Line, edges: Iterable[Fraction], treat: Callable[[Fraction], K]
) -> Iterator[tuple[K, Stretch]]:
    """The line as stretches whose numbers are treated alike.

    Args:
        line: the numbers that are possible.
        edges: where the treatment can change.
        treat: what happens to a number.

    Returns:
        What happens, and the whole stretch where it does, upwards.

    >>> [(key, str(s)) for key, s in stretches(EVERY_NUMBER, [Fraction(5)], lambda x: x >= 5)]
    [(False, 'below 5'), (True, 'from 5')]
    """
    pieces = _pieces(line, edges)
    for key, alike in groupby(pieces, key=lambda piece: treat(piece.witness)):
        yield key, _joined(list(alike))


def _joined(pieces: Sequence[Stretch]) -> Stretch:
    first, last = pieces[0], pieces[-1]
    witness = next((p.witness for p in pieces if p.has_low), first.witness)
    return Stretch(first.low, first.has_low, last.high, last.has_high, witness)


def line_of_input(domain: NumberDomain) -> Line:
    """The values of a number input; a grid only where the rulebook writes one."""
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
    """The numbers a measure can take, as far as a plain input tells."""
    if isinstance(measure.tree, Name):
        for declared in rulebook.inputs:
            if declared.id == measure.tree.id and isinstance(declared.domain, NumberDomain):
                return line_of_input(declared.domain)
    return EVERY_NUMBER
