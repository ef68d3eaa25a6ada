"""The values of unknowns for one subject, by their definitions."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from math import floor
from typing import Any

from attrs import define, field

from kpirules.analysis.proving.goals import Answer, Arguments
from kpirules.analysis.proving.solving.deciding import decides
from kpirules.analysis.proving.solving.linear import Lin
from kpirules.analysis.proving.solving.rating import Rating
from kpirules.analysis.proving.solving.terms import Bit
from kpirules.analysis.proving.solving.values import Value
from kpirules.engines.scalar import Fault
from kpirules.engines.scalar.criteria import LACKING
from kpirules.language.model import BooleanDomain, ChoiceDomain, DateDomain, ListDomain, NumberDomain
from kpirules.plan.steps import Override, Variable


class Free(Exception):
    """An untranslated part: a function, or a text that rules do not distinguish from others."""


@define
class Meaning:
    """The values of unknowns for one subject.

    Args:
        rating: the translation, with as many records of each list as the subject has, or more.
        arguments: the subject.
    """

    rating: Rating
    arguments: Arguments
    values: dict[int, Any] = field(factory=dict)
    _bits: dict[int, bool] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        plan = self.rating.plan
        for variable, value in zip(plan.inputs, self.arguments, strict=True):
            if not isinstance(variable.domain, ListDomain):
                self._input(variable, (variable.id,), value)
                continue
            self._give((variable.id, "there"), value is not None)
            self._give((variable.id, "size"), Fraction(len(value or ())))
            for index in range(len(self.rating.operations.records[variable.id].each)):
                record = value[index] if index < len(value or ()) else None
                for place, one in enumerate(plan.records[variable.id].fields):
                    self._input(one, (variable.id, index, one.id), None if record is None else record[place])

    def _give(self, key: Hashable, value: Any) -> None:
        unknown = self.rating.terms._by_key.get(key)
        if unknown is not None:
            self.values[unknown.number] = value

    def _input(self, variable: Variable, key: tuple[Hashable, ...], value: Any) -> None:
        self._give((*key, "there"), value is not None)
        unknown = self.rating.terms._by_key.get(key)
        if unknown is None:
            return
        number: Any
        match variable.domain:
            case _ if value is None:
                number = False if unknown.is_bit else (unknown.low or Fraction(0))
            case NumberDomain(denominator=denominator):
                number = Fraction(value, denominator)
            case BooleanDomain():
                number = value
            case DateDomain():
                number = Fraction(value.toordinal())
            case ChoiceDomain(options=options):
                number = Fraction(options.index(value))
            case domain:
                texts = list(self.rating.inputs._texts(domain.max_length))
                if value not in texts:
                    raise Free
                number = Fraction(texts.index(value))
        self.values[unknown.number] = number

    # -- values -----------------------------------------------------------------------------------------

    def unknown(self, number: int) -> Any:
        if number not in self.values:
            self.values[number] = self._defined(number)
        return self.values[number]

    def _defined(self, number: int) -> Fraction:
        unknown = self.rating.terms.unknowns[number]
        if unknown.cases:
            (form,) = [form for bit, form in unknown.cases if self.holds(bit)]
            return self.number(form)
        if unknown.whole is not None:
            return Fraction(floor(self.number(unknown.whole)))
        if unknown.quotient is not None:
            over, by = map(self.number, unknown.quotient)
            free = unknown.low if unknown.low is not None else unknown.high
            return over / by if by else free or Fraction(0)
        if unknown.equation is not None:
            return self.number(unknown.equation.left) * self.number(unknown.equation.right)
        raise Free

    def number(self, form: Lin) -> Fraction:
        return sum((c * self.unknown(n) for n, c in form.terms), form.constant)

    def holds(self, bit: Bit) -> bool:
        if isinstance(bit, bool):
            return bit
        if id(bit) not in self._bits:
            match bit.kind:
                case "bit":
                    found = self.unknown(bit.parts[0])
                case "not":
                    found = not self.holds(bit.parts[0])
                case "and":
                    found = all(self.holds(part) for part in bit.parts)
                case "or":
                    found = any(self.holds(part) for part in bit.parts)
                case kind:
                    number = self.number(bit.parts[0])
                    found = {"le": number <= 0, "lt": number < 0, "eq": number == 0}[kind]
            self._bits[id(bit)] = found
        return self._bits[id(bit)]

    # -- agreement --------------------------------------------------------------------------------------

    def check_facts(self) -> None:
        """Check that every fact holds, since proofs rest on them."""
        for unknown in self.rating.terms.unknowns:
            try:
                value = self.unknown(unknown.number)
                if not unknown.is_bit:
                    assert unknown.low is None or value >= unknown.low
                    assert unknown.high is None or value <= unknown.high
                    assert unknown.unit is None or (value / unknown.unit).denominator == 1
                assert all(self.holds(fact) for fact in unknown.facts)
            except Free:
                continue

    def check(self, answer: Answer) -> None:
        """Check that the translation agrees with the engine.

        Raises:
            Free: if it depends on a function that is not translated.
        """
        rating = self.rating
        faults = [stop for stop, bit in rating.faults.items() if self.holds(bit)]
        if isinstance(answer, Fault):
            assert faults == [(answer.path, answer.kind)]
            return
        if answer is None:
            # A validation that does not hold is looked for beyond a fault, too.
            assert faults or not self.holds(rating.going)
            return
        assert self.holds(rating.going) is not answer.is_early
        if answer.is_early:
            return
        assert not faults
        assert self.holds(rating.rated) is (answer.status == "rated")
        if rating.plan.bands:
            for key, bands in (("before", rating.before), ("band", rating.after)):
                band = answer.band(key)
                assert [one for one, bit in bands.items() if self.holds(bit)] == ([] if band is None else [band])
        self._is("banded_on", rating.banded_on, answer.number("banded_on"))
        for key, slot in answer.slots.items():
            kind, _, id_ = key.partition(".")
            if key in ("score", "exact_score") or (kind in ("points", "outputs") and slot.is_number):
                self._is(key, rating.operations.read(key), answer.number(key))
            elif kind == "outcome":
                assert self.holds(rating.criteria.lacking[id_]) is (answer.part(key) == LACKING)
            elif kind == "fired":
                assert any(map(self.holds, rating.targets[id_].values())) is bool(answer.part(key))
        for step in rating.plan.steps:
            if isinstance(step, Override) and step.id in answer.decided:
                assert self.holds(decides(rating, step.id))

    def _is(self, key: str, value: Value, expected: Fraction | None) -> None:
        assert self.holds(value.there) is (expected is not None), key
        if expected is not None:
            assert isinstance(value.payload, Lin)
            assert self.number(value.payload) == expected, key
