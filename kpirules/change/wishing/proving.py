"""Asks z3 for ever lesser changes that reach a band, until it proves that there is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from attrs import evolve

from ...analysis.proving.goals import Arguments
from ...analysis.proving.solving.asking import Answered, Asking
from ...analysis.proving.solving.linear import ZERO, Lin, constant
from ...analysis.proving.solving.rating import Rating
from ...analysis.proving.solving.terms import Bit
from ...analysis.proving.solving.values import Options, Untranslated, Value, bit_of
from ...language.model import DateDomain, ListDomain, NumberDomain
from ...plan.steps import Variable
from .axes import Axis
from .searching import Wish

__all__ = ["least_proved"]

MOST_RECORDS = 24
"""The most records of a list for which z3 is asked."""

MOST_ROUNDS = 40
"""The most questions for one answer: each halves what is left of the cost."""


def least_proved(wish: Wish, found: Arguments | None) -> tuple[Arguments | None, bool]:
    """Return the least change that reaches the band, None if none does, and whether that is proved.

    Args:
        wish: the subject and its band.
        found: a change that reaches the band; None if none is known.
    """
    records = [value for value in wish.arguments if isinstance(value, tuple | list)]
    if any(len(value) > MOST_RECORDS for value in records):
        return found, False
    try:
        return _Least(wish, max(map(len, records), default=0)).narrowed(found)
    except (Untranslated, RecursionError):
        return found, False


class _Least:
    """The rating of a subject of which only some inputs may change.

    Args:
        wish: the subject and its band.
        records: the most records of its lists.
    """

    def __init__(self, wish: Wish, records: int) -> None:
        plan = wish.program.plan
        changing = {axis.id for axis in wish.axes}
        pairs = zip(plan.inputs, wish.arguments, strict=True)
        inputs = tuple(one if one.id in changing else _fixed(one, value) for one, value in pairs)
        self.wish = wish
        self.rating = Rating(evolve(plan, inputs=inputs), records)

    def narrowed(self, found: Arguments | None) -> tuple[Arguments | None, bool]:
        """Return the least change, by bisection between a cost that is impossible and the cost of a found change."""
        most = Fraction(sum(1 for _ in self.wish.axes))
        low = Fraction(0)
        if found is None:
            answered = self._asked("<=", most)
            if answered.shown is None:
                return None, answered.status == "impossible"
            found = answered.shown
        for _ in range(MOST_ROUNDS):
            high = self.wish.cost(found)
            answered = self._asked("<", high)
            if answered.shown is None:
                return found, answered.status == "impossible"
            found = answered.shown
            middle = (low + self.wish.cost(found)) / 2
            answered = self._asked("<=", middle)
            if answered.shown is not None:
                found = answered.shown
            elif answered.status == "impossible":
                low = middle
        return found, False

    def _asked(self, sign: str, cost: Fraction) -> Answered[Arguments]:
        def confirms(arguments: Arguments) -> bool:
            is_less = self.wish.cost(arguments) < cost or (sign == "<=" and self.wish.cost(arguments) == cost)
            return is_less and self.wish.is_reached(arguments)

        asking = Asking(self.rating.terms, self._arguments, confirms)
        return asking.ask(lambda: self._conditions(sign, cost), is_shown=True)

    def _arguments(self, numbers: Any) -> Arguments:
        """Return the arguments of a model; those of inputs that stay are the subject's own."""
        read, changing = self.rating.inputs.arguments(numbers), {axis.at for axis in self.wish.axes}
        pairs = enumerate(zip(read, self.wish.arguments, strict=True))
        return tuple(found if at in changing else own for at, (found, own) in pairs)

    # -- conditions -------------------------------------------------------------------------------------

    def _conditions(self, sign: str, most: Fraction) -> Iterator[Bit]:
        terms, rating = self.rating.terms, self.rating
        yield rating.going
        yield terms.any(rating.after[band] for band in self.wish.bands)
        total = ZERO
        for axis in self.wish.axes:
            value = rating.inputs.value_of(axis.id)
            total = total.plus(self._cost(axis, value))
            if axis.now is not None:
                yield value.there
        yield terms.compare(sign, total, constant(most))
        changing = {axis.id for axis in self.wish.axes}
        for variable, own in zip(self.wish.program.plan.inputs, self.wish.arguments, strict=True):
            if variable.id not in changing:
                yield from self._same(variable, own)

    def _cost(self, axis: Axis, value: Value) -> Lin:
        """Return what the change of an input costs."""
        terms, payload = self.rating.terms, value.payload
        if axis.now is None:
            return terms.indicator(value.there)
        if isinstance(payload, Lin):
            at, unit = _number(axis.variable, axis.now), _unit(axis.variable)
            more = payload.minus(constant(at))
            return terms.greatest(more, more.times(Fraction(-1))).times(1 / (unit * axis.span))
        if isinstance(payload, Options):
            found = ZERO
            for option, bit in payload.conditions.items():
                found = found.plus(terms.indicator(bit).times(axis.cost(option)))
            return found
        return terms.indicator(terms.opposite(terms.alike(bit_of(payload), axis.now)))

    def _same(self, variable: Variable, own: Any) -> Iterator[Bit]:
        """Yield the conditions that an input keeps its own value."""
        terms, value = self.rating.terms, self.rating.inputs.value_of(variable.id)
        yield terms.alike(value.there, own is not None)
        if own is None:
            return
        if not isinstance(variable.domain, ListDomain):
            yield self._equals(variable, value, own)
            return
        records = self.rating.operations.records[variable.id]
        yield terms.compare("==", records.size, constant(len(own)))
        fields = self.wish.program.plan.records[variable.id].fields
        for (_, record), values in zip(records.each, own, strict=False):
            for one, part in zip(fields, values, strict=True):
                yield terms.alike(record[one.id].there, part is not None)
                if part is not None:
                    yield self._equals(one, record[one.id], part)

    def _equals(self, variable: Variable, value: Value, own: Any) -> Bit:
        match value.payload:
            case Lin() as form:
                return self.rating.terms.compare("==", form, constant(_number(variable, own)))
            case Options(conditions=bits):
                if own not in bits:
                    raise Untranslated
                return bits[own]
            case payload:
                return self.rating.terms.alike(bit_of(payload), own)


def _fixed(variable: Variable, own: Any) -> Variable:
    """Return an input whose only value is its own, so that it is a constant in the rules."""
    match variable.domain:
        case NumberDomain(is_integer=is_integer) if own is not None:
            value = _number(variable, own)
            decimals, step = variable.domain.decimals, variable.domain.step
            domain = NumberDomain(value, value, decimals=decimals, step=step, is_integer=is_integer)
            return evolve(variable, domain=domain)
        case DateDomain() if own is not None:
            return evolve(variable, domain=DateDomain(own, own))
        case _:
            return variable


def _number(variable: Variable, value: Any) -> Fraction:
    """Return a number or date as the formulas have it."""
    if isinstance(value, date):
        return Fraction(value.toordinal())
    assert isinstance(variable.domain, NumberDomain)
    return Fraction(value, variable.domain.denominator)


def _unit(variable: Variable) -> Fraction:
    return variable.domain.grid.unit if isinstance(variable.domain, NumberDomain) else Fraction(1)
