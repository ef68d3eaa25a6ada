"""Inputs as variables: numbers and dates by integers, booleans and choices by bits, lists by their size."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import chain, combinations, islice
from typing import Any

from attrs import define, evolve, field

from ..model import BooleanDomain, ChoiceDomain, DateDomain, ListDomain, NumberDomain, TextDomain
from ..plan import Plan
from ..plan.steps import Variable
from .linear_conditions import compared
from .linear_forms import ONE, ZERO, Beyond, Demand, Form, Options, Value
from .linear_model import Model
from .linear_ops import Evaluator
from .records import some_texts

__all__ = ["MOST_RECORDS", "Inputs"]

MOST_RECORDS = 2
"""Records of a list beyond the least number that are gone through."""

MOST_BITS = 2_000
"""Variables of all records of a list: solving for more takes too long."""

MOST_COMPARED = 20_000
"""The same for records that must differ, each from each."""


@define(eq=False)
class Inputs:
    """The inputs of a plan in one attempt.

    Args:
        plan: whose inputs they are.
        to: takes their values.
        texts: those that the rules know of.
    """

    plan: Plan
    to: Evaluator
    texts: tuple[str, ...]
    _values: dict[Hashable, Value] = field(factory=dict)
    _counts: dict[str, int | None] = field(factory=dict)

    @property
    def model(self) -> Model:
        return self.to.model

    def declare(self) -> None:
        for variable in self.plan.inputs:
            if isinstance(variable.domain, ListDomain):
                self._list(variable, variable.domain)
            else:
                self.to.names[variable.id] = self._one(variable, variable.id)

    def _one(self, variable: Variable, key: Hashable) -> Value:
        """One value, absent where it may be."""
        there = ONE
        if variable.type.is_optional:
            there = self.model.variable(("there", key), 0, 1)
        found = Value(self._present(variable, key, there), there)
        self._values[key] = found
        return found

    def _present(self, variable: Variable, key: Hashable, there: Form) -> Form | Options:
        match variable.domain:
            case NumberDomain() as domain:
                grid = domain.grid
                return self._integer(key, grid.low, grid.high, grid.unit, there).times(grid.unit)
            case BooleanDomain():
                return self._integer(key, 0, 1, Fraction(1), there)
            case ChoiceDomain(options=options):
                return self._options(options, key)
            case TextDomain(max_length=longest):
                return self._options(self._texts(longest), key)
            case DateDomain(minimum=first, maximum=last):
                ends = (first or date.min).toordinal(), (last or date.max).toordinal()
                return self._integer(key, *ends, Fraction(1), ONE)
            case _:
                raise TypeError(variable.domain)

    def _texts(self, longest: int) -> list[str]:
        """Texts that a text may be: those that the rules know, and others as many as may have to be different."""
        known = [text for text in self.texts if len(text) <= longest]
        others = (text for text in chain(some_texts(longest), [""]) if text not in known)
        return [*islice(others, cells_of_text(self.plan)), *known]

    def _integer(self, key: Hashable, low: int, high: int, unit: Fraction, there: Form) -> Form:
        if there is ONE:
            return self.model.variable(key, low, high, unit)
        # What is absent is zero, so that a sum may add it without a look at whether it is there.
        form = self.model.variable(key, min(low, 0), max(high, 0), unit)
        self.model.within(form.minus(there.times(Fraction(low))), 0, None)
        self.model.within(there.times(Fraction(high)).minus(form), 0, None)
        for number in form.terms:
            self.model.with_bit[number] = there.key
        return form

    def _options(self, options: tuple[str, ...] | list[str], key: Hashable) -> Options:
        """A bit for each option but the first, which is what the others leave."""
        bits = {option: self.model.variable((key, "is", option), 0, 1) for option in options[1:]}
        first = ONE
        for bit in bits.values():
            first = first.minus(bit)
        self.model.within(first, 0, None)
        return Options({options[0]: first, **bits})

    # -- lists ----------------------------------------------------------------------------------------

    def _list(self, variable: Variable, domain: ListDomain) -> None:
        model, name = self.model, variable.id
        there = model.variable(("there", name), 0, 1) if variable.type.is_optional else ONE
        if not there.is_constant:
            raise Demand(tuple(there.terms))
        self.to.names[name] = Value(ZERO, there)
        self._counts[name] = None
        self.to.records[name] = []
        if not there.constant:
            return
        size = model.variable(("size", name), domain.min_items, domain.max_items)
        if not size.is_constant:
            model.registry.sizes |= set(size.terms)
            raise Demand(tuple(size.terms))
        self._counts[name] = size.constant
        fields = self.plan.records[name].fields
        if self._width(fields) * size.constant > MOST_BITS:
            raise Beyond
        if domain.unique and self._width(fields) * size.constant**2 > MOST_COMPARED:
            raise Beyond
        for index in range(size.constant):
            record = {one.id: self._one(one, (name, index, one.id)) for one in fields}
            self.to.records[name].append((ONE, record))
        if domain.unique:
            for one, other in combinations(self.to.records[name], 2):
                model.fails(model.all(self._equal(one[1][id_], other[1][id_]) for id_ in domain.unique))

    def _width(self, fields: Sequence[Variable]) -> int:
        """How many variables a record takes."""
        texts = cells_of_text(self.plan) + len(self.texts)
        widths = {TextDomain: texts, NumberDomain: 1, BooleanDomain: 1, DateDomain: 1}
        return sum(
            len(one.domain.options) if isinstance(one.domain, ChoiceDomain) else widths[type(one.domain)]
            for one in fields
        )

    def _equal(self, one: Value, other: Value) -> Form:
        """Whether two fields are the same, absent ones too."""
        same = compared(self.to, "==", one.payload, other.payload)
        if one.there is ONE and other.there is ONE:
            return same
        both = self.model.all([one.there, other.there, same])
        return self.model.any([both, self.model.all(map(self.model.opposite, (one.there, other.there)))])

    # -- entered points -------------------------------------------------------------------------------

    def given_where(self, name: str, applies: Form) -> None:
        """Let an optional input be there where something applies, and nowhere else."""
        value = self._values[name]
        self.model.within(value.there.minus(applies), 0, 0)
        payload = value.payload
        if isinstance(payload, Form):
            for number in payload.terms:
                self.model.with_bit[number] = applies.key
        self._values[name] = self.to.names[name] = evolve(value, there=applies)

    # -- back -----------------------------------------------------------------------------------------

    def arguments(self, values: Mapping[int, int]) -> tuple[Any, ...]:
        """What the engine takes, from values of variables."""
        return tuple(self._argument(variable, values) for variable in self.plan.inputs)

    def _argument(self, variable: Variable, values: Mapping[int, int]) -> Any:
        name = variable.id
        if not isinstance(variable.domain, ListDomain):
            return self._back(variable, name, values)
        size = self._counts[name]
        if size is None:
            return None
        fields = self.plan.records[name].fields
        return [tuple(self._back(one, (name, index, one.id), values) for one in fields) for index in range(size)]

    def _back(self, variable: Variable, key: Hashable, values: Mapping[int, int]) -> Any:
        value = self._values[key]
        if not value.there.of(values):
            return None
        payload = value.payload
        if isinstance(payload, Options):
            return next(option for option, bit in payload.are.items() if bit.of(values))
        assert isinstance(payload, Form)
        number = payload.of(values)
        match variable.domain:
            case NumberDomain() as domain:
                return int(number * domain.denominator)
            case BooleanDomain():
                return bool(number)
            case _:
                return date.fromordinal(int(number))


@lru_cache(maxsize=2)
def cells_of_text(plan: Plan) -> int:
    """How many texts a subject has at most, as far as lists of records are gone through.

    Rules only ever ask whether texts are equal, so others than these need not be told apart.
    """
    found = sum(isinstance(one.domain, TextDomain) for one in plan.inputs)
    for one in plan.inputs:
        if isinstance(one.domain, ListDomain):
            texts = sum(isinstance(each.domain, TextDomain) for each in plan.records[one.id].fields)
            found += texts * (one.domain.min_items + MOST_RECORDS)
    return found
