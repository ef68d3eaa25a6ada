"""Inputs that may change: their values by place, and what a change costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from attrs import frozen

from ...analysis.proving.search import candidates, mentioned_in
from ...language.model import BooleanDomain, ChoiceDomain, DateDomain, NumberDomain
from ...plan import Plan
from ...plan.steps import Variable

__all__ = ["Axis", "axis"]


@frozen
class Axis:
    """An input that may change, with its values in order, each at a place.

    A change costs its share of the whole domain. Without an order, and from an absent value, every change costs 1.

    Args:
        variable: the input.
        at: its place among the inputs.
        now: its value, as the engine takes it.
        first, last: the places of its least and greatest value.
        is_ordered: whether near values cost less than far ones.
    """

    variable: Variable
    at: int
    now: Any
    first: int
    last: int
    is_ordered: bool

    @property
    def id(self) -> str:
        return self.variable.id

    @property
    def count(self) -> int:
        """The number of its values."""
        return self.last - self.first + 1

    @property
    def span(self) -> int:
        """The places between its ends, at least 1."""
        return max(self.last - self.first, 1)

    def value(self, place: int) -> Any:
        """Return the value at a place, as the engine takes it."""
        match self.variable.domain:
            case NumberDomain() as domain:
                return place * int(domain.grid.unit * domain.denominator)
            case DateDomain():
                return date.fromordinal(place)
            case ChoiceDomain(options=options):
                return options[place]
            case _:
                return bool(place)

    def place(self, value: Any) -> int:
        """Return the place of a value."""
        match self.variable.domain:
            case NumberDomain() as domain:
                return int(value) // int(domain.grid.unit * domain.denominator)
            case DateDomain():
                return int(value.toordinal())
            case ChoiceDomain(options=options):
                return options.index(value)
            case _:
                return int(value)

    def cost(self, value: Any) -> Fraction:
        """Return what it costs to change to a value."""
        if value == self.now:
            return Fraction(0)
        if self.now is None or not self.is_ordered:
            return Fraction(1)
        return Fraction(abs(self.place(value) - self.place(self.now)), self.span)

    def values(self) -> Iterator[Any]:
        """Yield every value, with its own."""
        if self.now is None:
            yield None
        yield from map(self.value, range(self.first, self.last + 1))

    def some(self, plan: Plan) -> list[Any]:
        """Return its own value, and values near the numbers that rules mention."""
        found = [one for one in candidates(plan, self.variable, mentioned_in(plan)) if one is not None]
        return list(dict.fromkeys([self.now, *found]))

    def between(self, value: Any) -> tuple[int, int] | None:
        """Return the places of its own value and of another one; None if there is nothing between them."""
        if self.now is None or not self.is_ordered:
            return None
        return self.place(self.now), self.place(value)


def axis(plan: Plan, id_: str, arguments: Sequence[Any]) -> Axis | None:
    """Return an input as an axis; None if its values have no places: lists, and texts.

    Args:
        plan: the rules.
        id_: the input.
        arguments: the values of the subject.
    """
    at = next(place for place, one in enumerate(plan.inputs) if one.id == id_)
    variable, now = plan.inputs[at], arguments[at]
    match variable.domain:
        case NumberDomain(grid=grid):
            return Axis(variable, at, now, grid.low, grid.high, True)
        case DateDomain(minimum=first, maximum=last):
            return Axis(variable, at, now, (first or date.min).toordinal(), (last or date.max).toordinal(), True)
        case ChoiceDomain(options=options, order=order):
            return Axis(variable, at, now, 0, len(options) - 1, order is not None)
        case BooleanDomain():
            return Axis(variable, at, now, 0, 1, True)
        case _:
            return None
