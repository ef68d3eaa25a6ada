"""Spans of a number in which a standing stays as it is, carried back through the steps of a rating."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from attrs import evolve, frozen

from ...kernel.exact import Rounding

__all__ = ["EVERYWHERE", "End", "Span", "is_tighter"]


@frozen
class End:
    """An end of a span.

    Args:
        at: the number.
        is_open: whether the number itself is outside.
        then: the standing just outside.
    """

    at: Fraction
    is_open: bool
    then: str


@frozen
class Span:
    """An interval of numbers; None is no end."""

    low: End | None = None
    high: End | None = None

    def before_affine(self, slope: Fraction, offset: Fraction) -> Span:
        """Return the numbers x for which `slope * x + offset` is inside."""
        if slope == 0:
            return EVERYWHERE
        low, high = (
            None if end is None else evolve(end, at=(end.at - offset) / slope) for end in (self.low, self.high)
        )
        return Span(low, high) if slope > 0 else Span(high, low)

    def before_quotient(self, top: tuple[Fraction, Fraction], bottom: tuple[Fraction, Fraction]) -> Span:
        """Return the numbers x for which `(a + b x) / (c + d x)` is inside, where the divisor is positive.

        Args:
            top: a and b.
            bottom: c and d.
        """
        (a, b), (c, d) = top, bottom
        found = EVERYWHERE
        for end, sign in ((self.low, 1), (self.high, -1)):
            if end is not None:
                # (a + b x) - end (c + d x) is not negative; for the upper end, not positive
                half = Span(evolve(end, at=Fraction(0))).before_affine(
                    sign * (b - end.at * d), sign * (a - end.at * c)
                )
                found = found.both(half)
        return found

    def inverted(self, top: Fraction) -> Span:
        """Return the positive numbers x for which `top / x` is inside; there must be some."""
        if top == 0:
            return EVERYWHERE
        zero = Fraction(0)
        # top / x >= end is top - end * x >= 0
        return self.before_quotient((top, zero), (zero, Fraction(1)))

    def before_clamp(self, least: Fraction | None, most: Fraction | None) -> Span:
        """Return the numbers that are inside once they are moved within limits."""
        low, high = self.low, self.high
        if low is not None and least is not None and (low.at, low.is_open) <= (least, False):
            low = None
        if high is not None and most is not None and (high.at, not high.is_open) >= (most, True):
            high = None
        return Span(low, high)

    def before_rounding(self, rounding: Rounding, standing: Callable[[Fraction], str]) -> Span:
        """Return the numbers that are inside once they are rounded.

        Args:
            rounding: to a multiple.
            standing: the standing that a rounded number gives.
        """
        step = rounding.step
        low = high = None
        if self.low is not None:
            first = -(-self.low.at // step) * step
            first += step if self.low.is_open and first == self.low.at else 0
            at, goes_up = _switch(rounding, first - step)
            low = End(at, not goes_up, standing(first - step))
        if self.high is not None:
            last = self.high.at // step * step
            last -= step if self.high.is_open and last == self.high.at else 0
            at, goes_up = _switch(rounding, last)
            high = End(at, goes_up, standing(last + step))
        return Span(low, high)

    def both(self, other: Span) -> Span:
        """Return the intersection of two spans; of equal ends the first is kept."""
        return Span(_tighter(self.low, other.low, 1), _tighter(self.high, other.high, -1))

    def holds(self, value: Fraction) -> bool:
        """Return whether a number is inside."""
        low, high = self.low, self.high
        if low is not None and (value < low.at or (low.is_open and value == low.at)):
            return False
        return high is None or not (value > high.at or (high.is_open and value == high.at))


EVERYWHERE = Span()


def is_tighter(end: End, than: End, sign: int) -> bool:
    """Return whether an end excludes more than another; `sign` is 1 for lower ends, -1 for upper ones."""
    return (sign * end.at, end.is_open) > (sign * than.at, than.is_open)


def _tighter(end: End | None, other: End | None, sign: int) -> End | None:
    if end is None or other is None:
        return end or other
    return other if is_tighter(other, end, sign) else end


def _switch(rounding: Rounding, multiple: Fraction) -> tuple[Fraction, bool]:
    """Return where rounding goes from a multiple to the next one, and whether that number itself goes up."""
    step = rounding.step
    middle = multiple + step / 2
    if rounding.apply(middle) > multiple:
        is_at_multiple = rounding.apply(multiple + step / 4) > multiple
        return (multiple, False) if is_at_multiple else (middle, True)
    is_at_middle = rounding.apply(middle + step / 4) > multiple
    return (middle, False) if is_at_middle else (multiple + step, True)
