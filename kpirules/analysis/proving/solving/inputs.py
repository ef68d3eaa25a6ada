"""Translates inputs to unknowns, and models of z3 back to inputs."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from fractions import Fraction
from itertools import chain, combinations, islice
from typing import Any

from attrs import define, evolve, field

from ....language.model import BooleanDomain, ChoiceDomain, DateDomain, ListDomain, NumberDomain, TextDomain
from ....plan.steps import Variable
from ..records import some_texts, texts_of
from .linear import ZERO, Lin, constant
from .operations import Operations, Record, Records
from .terms import Bit, Node
from .values import Options, Payload, Untranslated, Value, number_of

__all__ = ["Inputs"]

MOST_TEXTS = 12
"""The most texts besides those in rules that a subject may have to distinguish."""


@define(eq=False)
class Inputs:
    """The inputs of a plan as unknowns.

    Args:
        operations: stores their values.
        most: the number of records translated one by one; None for none, with any number of other records.
        own: an input, or `list.field` of the first record, and a name: the unknown of its value has that name, so
            that two subjects over the same terms may differ in it. Its list then has a separate first record.
        texts: the texts that rules compare with; by default those of the plan.
        valid: the conditions of their domains.
        is_whole: whether all subjects are included.
    """

    operations: Operations
    most: int | None
    own: tuple[str, str] = ("", "")
    texts: tuple[str, ...] | None = None
    valid: list[Bit] = field(factory=list)
    is_whole: bool = True
    _values: dict[Hashable, Value] = field(factory=dict)
    _texts_left: int = MOST_TEXTS

    def declare(self) -> None:
        for variable in self.operations.plan.inputs:
            if isinstance(variable.domain, ListDomain):
                self._list(variable, variable.domain)
            else:
                self.operations.names[variable.id] = self._one(variable, self._key(variable.id))
        for compared in self.operations.plan.cohort:
            there = self.operations.terms.bit((compared.id, "there")) if compared.type.is_optional else True
            self.operations.names[compared.id] = Value(self.operations.terms.number((compared.id,), None), there)

    def _key(self, *place: Hashable) -> tuple[Hashable, ...]:
        """Return the key of the unknown of an input or a field; it includes a name if the unknown is not shared."""
        list_, _, field_ = self.own[0].partition(".")
        return (*place, self.own[1]) if place == ((list_, 0, field_) if field_ else (list_,)) else place

    def _one(self, variable: Variable, key: tuple[Hashable, ...]) -> Value:
        there: Bit = self.operations.terms.bit((*key, "there")) if variable.type.is_optional else True
        found = self._values[key] = Value(self._present(variable, key), there)
        return found

    def value_of(self, name: str) -> Value:
        """Return the value of an input, or of `list.field` in the first record.

        Args:
            name: of the input, or of the list and its field.

        Raises:
            Untranslated: no record is translated by itself.
        """
        list_, _, field_ = name.partition(".")
        if not field_:
            return self._values[self._key(name)]
        if not self.operations.records[list_].each:
            raise Untranslated
        found = self._values[self._key(list_, 0, field_)]
        present = self.operations.records[list_].each[0][0]
        return evolve(found, there=self.operations.terms.all([self._values[list_,].there, present, found.there]))

    def _present(self, variable: Variable, key: tuple[Hashable, ...]) -> Payload:
        terms = self.operations.terms
        match variable.domain:
            case NumberDomain(grid=grid):
                if grid.low > grid.high:
                    self.valid.append(False)
                    return ZERO
                return terms.number(key, grid.unit, grid.low * grid.unit, grid.high * grid.unit)
            case BooleanDomain():
                return terms.bit(key)
            case ChoiceDomain(options=options):
                return self._options(options, key)
            case TextDomain(max_length=longest):
                return self._options(self._texts(longest), key)
            case DateDomain(minimum=first, maximum=last):
                low, high = (first or date.min).toordinal(), (last or date.max).toordinal()
                if low > high:
                    self.valid.append(False)
                    return constant(1)
                return terms.number(key, Fraction(1), Fraction(low), Fraction(high))
            case _:
                raise Untranslated

    def _texts(self, longest: int) -> tuple[str, ...]:
        """Return the texts in rules, and as many others as one subject may need."""
        # Rules only compare texts for equality: each text of a subject may be distinct.
        self._texts_left -= 1
        self.is_whole = self.is_whole and self._texts_left >= 0
        compared = texts_of(self.operations.plan) if self.texts is None else self.texts
        known = [text for text in compared if len(text) <= longest]
        others = (text for text in chain(some_texts(longest), [""]) if text not in known)
        return (*islice(others, MOST_TEXTS), *known)

    def _options(self, options: tuple[str, ...], key: tuple[Hashable, ...]) -> Options:
        place = self.operations.terms.number(key, Fraction(1), Fraction(0), Fraction(len(options) - 1))
        return Options(
            {
                option: self.operations.terms.compare("==", place, constant(index))
                for index, option in enumerate(options)
            }
        )

    # -- lists ----------------------------------------------------------------------------------------

    def _list(self, variable: Variable, domain: ListDomain) -> None:
        terms, name = self.operations.terms, variable.id
        there: Bit = terms.bit((name, "there")) if variable.type.is_optional else True
        fields = self.operations.plan.records[name].fields
        most = domain.max_items
        each: list[tuple[Bit, Record]] = []
        typical: Record | None = None
        first = domain.min_items
        is_apart = self.most is None and self.own[0].partition(".")[0] == name
        if self.most is not None:
            most = min(max(self.most, domain.min_items), domain.max_items)
            if most > 4 * max(self.most, 1):
                raise Untranslated
            self.is_whole = self.is_whole and most == domain.max_items
        if is_apart:
            first, most = max(first - 1, 0), most - 1
        size = terms.number((name, "size"), Fraction(1), Fraction(first), Fraction(most))
        if self.most is None:
            typical = {one.id: self._one(one, (name, "typical", one.id)) for one in fields}
        for index in range(1 if is_apart else 0 if self.most is None else most):
            record = {one.id: self._one(one, self._key(name, index, one.id)) for one in fields}
            each.append((True if is_apart else terms.compare(">", size, constant(index)), record))
        if self.most is not None:
            for (_, one), (present, other) in combinations(each, 2) if domain.unique else ():
                same = terms.all(self._equal(one[id_], other[id_]) for id_ in domain.unique)
                self.valid.append(terms.opposite(terms.all([there, present, same])))
        self.operations.names[name] = self._values[name,] = Value(size, there)
        self.operations.records[name] = Records(size, each, typical)

    def _equal(self, one: Value, other: Value) -> Bit:
        """Return the condition that two fields are equal, absent ones too."""
        terms = self.operations.terms
        both = terms.all([one.there, other.there, self.operations.compared("==", one.payload, other.payload)])
        return terms.any([both, terms.opposite(terms.any([one.there, other.there]))])

    def alternatives(self) -> list[list[dict[Node, bool]]]:
        """Return, for each boolean input and each choice, its values as assumed conditions."""
        found: list[list[dict[Node, bool]]] = []
        for variable in self.operations.plan.inputs:
            payload = self._values[self._key(variable.id)].payload
            if isinstance(payload, Node):
                found.append([{payload: True}, {payload: False}])
            elif isinstance(payload, Options) and isinstance(variable.domain, ChoiceDomain):
                bits = [bit for bit in payload.conditions.values() if isinstance(bit, Node)]
                found.append([{bit: bit is chosen for bit in bits} for chosen in bits])
        return [ways for ways in found if ways]

    # -- models as inputs -------------------------------------------------------------------------------

    def arguments(self, numbers: Mapping[int, Fraction | bool]) -> tuple[Any, ...]:
        """Return the arguments of the engine from the values of unknowns by number."""
        return tuple(self._argument(variable, numbers) for variable in self.operations.plan.inputs)

    def _argument(self, variable: Variable, numbers: Mapping[int, Fraction | bool]) -> Any:
        name = variable.id
        if not isinstance(variable.domain, ListDomain):
            return self._back(variable, self._key(name), numbers)
        found = self._values[name,]
        if not self._holds(found.there, numbers):
            return None
        size = int(_of(number_of(found.payload), numbers))
        fields = self.operations.plan.records[name].fields
        return tuple(
            tuple(self._back(one, self._key(name, index, one.id), numbers) for one in fields) for index in range(size)
        )

    def _back(self, variable: Variable, key: tuple[Hashable, ...], numbers: Mapping[int, Fraction | bool]) -> Any:
        value = self._values[key]
        if not self._holds(value.there, numbers):
            return None
        payload = value.payload
        if isinstance(payload, Options):
            return next(option for option, bit in payload.conditions.items() if self._holds(bit, numbers))
        if not isinstance(payload, Lin):
            return self._holds(payload, numbers)
        number = _of(payload, numbers)
        if isinstance(variable.domain, NumberDomain):
            return int(number * variable.domain.denominator)
        return date.fromordinal(int(number))

    def _holds(self, bit: Any, numbers: Mapping[int, Fraction | bool]) -> bool:
        """Return whether a condition of an input holds: one bit, or an index among options."""
        if isinstance(bit, bool):
            return bit
        match bit.kind:
            case "bit":
                return bool(numbers.get(bit.parts[0], False))
            case "not":
                return not self._holds(bit.parts[0], numbers)
            case "le":
                return _of(bit.parts[0], numbers) <= 0
            case _:
                return _of(bit.parts[0], numbers) == 0


def _of(form: Lin, numbers: Mapping[int, Fraction | bool]) -> Fraction:
    return form.constant + sum((c * numbers[n] for n, c in form.terms), Fraction(0))
