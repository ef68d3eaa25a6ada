"""One subject under two rulebooks: whether they may rate it differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import Any

from attrs import evolve, frozen

from ....language.model import ChoiceDomain, DateDomain, ListDomain, NumberDomain
from ....plan import Plan
from ....plan.steps import Exempt, Override, Variable
from ..records import texts_of
from .lemmas import Lemmas
from .linear import Lin, constant
from .rating import Rating
from .terms import Bit, Terms
from .values import Options, Untranslated, Value, bit_of

__all__ = ["Both", "incomparable_input"]


def incomparable_input(old: Plan, new: Plan) -> str:
    """Return an input that the rulebooks read in ways that can't be compared; empty if there is none.

    Args:
        old, new: two rulebooks.
    """
    for one, other in _shared(old, new):
        if type(one.domain) is not type(other.domain) or _records(one, old) != _records(other, new):
            return one.id
        if _may_be_absent(one) and _may_be_absent(other) and one.default != other.default:
            return one.id
    return ""


def _may_be_absent(variable: Variable) -> bool:
    return variable.type.is_optional or variable.default is not None


def _records(variable: Variable, plan: Plan) -> tuple[object, ...]:
    """Return the fields and limits of a list; empty for any other input."""
    if not isinstance(variable.domain, ListDomain):
        return ()
    fields = [(one.id, one.domain, one.type.is_optional, one.default) for one in plan.records[variable.id].fields]
    domain = variable.domain
    return fields, domain.unique, domain.min_items, domain.max_items


def _shared(old: Plan, new: Plan) -> Iterator[tuple[Variable, Variable]]:
    others = {variable.id: variable for variable in new.inputs}
    yield from ((one, others[one.id]) for one in old.inputs if one.id in others)


@frozen(slots=False, eq=False)
class Both:
    """A subject under two rulebooks: an input that both have is one unknown.

    Args:
        old, new: the rulebooks.
        most: the records of each list that are translated one by one; None for none, with any number of others.
    """

    old: Plan
    new: Plan
    most: int | None

    @cached_property
    def terms(self) -> Terms:
        found = Terms()
        for one, other in _shared(self.old, self.new):
            match one.domain, other.domain:
                case NumberDomain(grid=mine), NumberDomain(grid=its):
                    low, high = (
                        max(mine.low * mine.unit, its.low * its.unit),
                        min(mine.high * mine.unit, its.high * its.unit),
                    )
                    if low < high:
                        found.number((one.id,), _common(mine.unit, its.unit), low, high)
                case DateDomain(), DateDomain():
                    first, last = max(_first(one), _first(other)), min(_last(one), _last(other))
                    if first < last:
                        found.number((one.id,), Fraction(1), Fraction(first), Fraction(last))
        return found

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*texts_of(self.old), *texts_of(self.new))))

    @cached_property
    def was(self) -> Rating:
        return self._rating(self.old)

    @cached_property
    def now(self) -> Rating:
        return self._rating(self.new)

    @cached_property
    def lemmas(self) -> Lemmas:
        """The facts that z3 proves about the values between the inputs and the ratings."""
        return Lemmas(self.was, self.now, "", tuple, can_be_equal=True)

    def _rating(self, plan: Plan) -> Rating:
        options = {one.id: _options(one, other) for one, other in _shared(self.old, self.new)}
        inputs = tuple(
            evolve(one, domain=evolve(one.domain, options=options[one.id]))
            if isinstance(one.domain, ChoiceDomain) and one.id in options
            else one
            for one in plan.inputs
        )
        return Rating(evolve(plan, inputs=inputs), self.most, self.terms, texts=self.texts)

    @property
    def accepted(self) -> Iterator[Bit]:
        """The conditions that both accept the subject: no validation fails, and no value is outside its domain."""
        for rating, plan in ((self.was, self.old), (self.now, self.new)):
            yield self.terms.any([rating.going, rating.exempt, *rating.faults.values()])
            for variable in plan.inputs:
                yield from self._inside(rating, variable)

    def _inside(self, rating: Rating, variable: Variable) -> Iterator[Bit]:
        """Yield the conditions that the value of an input is in its own domain."""
        value = rating.operations.read(variable.id)
        match value.payload, variable.domain:
            case Lin() as form, NumberDomain(grid=grid):
                inside = self._between(form, grid.low * grid.unit, grid.high * grid.unit)
            case Lin() as form, DateDomain():
                inside = self._between(form, Fraction(_first(variable)), Fraction(_last(variable)))
            case Options(conditions=bits), ChoiceDomain(options=options):
                inside = self.terms.any(bits[option] for option in options)
            case _:
                inside = True
        yield self.terms.implies(value.there, inside)
        if not variable.type.is_optional:
            others = [other for other in (self.was, self.now) if variable.id in other.operations.names]
            yield from (other.operations.read(variable.id).there for other in others)

    def _between(self, form: Lin, low: Fraction, high: Fraction) -> Bit:
        ends = self.terms.compare(">=", form, constant(low)), self.terms.compare("<=", form, constant(high))
        return self.terms.all(ends)

    def rated_differently(self) -> Bit:
        """Return the condition that status, band, score, exact score or an output differ, or only one faults."""
        terms = self.terms
        one, other = self._states(self.was, self.old), self._states(self.now, self.new)
        differ = [terms.opposite(terms.alike(one.get(key, False), other.get(key, False))) for key in {**one, **other}]
        going = terms.all([self.was.going, self.now.going])
        names = [f"outputs.{id_}" for id_ in dict.fromkeys((*_outputs(self.was), *_outputs(self.now)))]
        values = [self._differ(name) for name in ("score", "exact_score", *names)]
        return terms.any([*differ, *(terms.all([going, bit]) for bit in values)])

    def _states(self, rating: Rating, plan: Plan) -> Mapping[Any, Bit]:
        """Return, for each status and each band, the condition that a subject has it."""
        terms = self.terms
        found: dict[Any, Bit] = {"fault": terms.any(rating.faults.values())}
        for step, bit in zip((s for s in plan.steps if isinstance(s, Exempt)), rating.exempt_as, strict=True):
            found["status", step.status] = terms.any([found.get(("status", step.status), False), bit])
        left = rating.going
        for override in (s for s in plan.steps if isinstance(s, Override) and s.kind == "unrated"):
            for target, fires in rating.targets[override.id].items():
                here = terms.all([left, fires])
                found["status", target] = terms.any([found.get(("status", target), False), here])
            left = terms.all([left, *map(terms.opposite, rating.targets[override.id].values())])
        found |= {("band", band): terms.all([rating.going, bit]) for band, bit in rating.after.items()}
        has_none = terms.all([left, terms.opposite(rating.rated)])
        found["insufficient"] = terms.all([has_none, rating.criteria.insufficient])
        return found | {"rated": terms.all([rating.going, rating.rated])}

    def _differ(self, name: str) -> Bit:
        """Return the condition that the values of a name differ, or that only one rulebook has one."""
        one, other = (
            rating.operations.read(name) if name in rating.operations.names else None
            for rating in (self.was, self.now)
        )
        if one is None or other is None:
            return (one or other) is not None
        same = self._equal(one, other)
        both = self.terms.all([one.there, other.there, self.terms.opposite(same)])
        return self.terms.any([both, self.terms.opposite(self.terms.alike(one.there, other.there))])

    def _equal(self, one: Value, other: Value) -> Bit:
        if type(one.payload) is not type(other.payload):
            if not {type(one.payload), type(other.payload)} & {Lin, Options}:
                return self.terms.alike(bit_of(one.payload), bit_of(other.payload))
            if one.there is False or other.there is False:
                return True
            raise Untranslated
        return self.was.operations.compared("==", one.payload, other.payload)

    def loses(self, bands: Sequence[str]) -> Bit:
        """Return the condition that the subject had a band and now has a worse one, or none.

        Args:
            bands: the bands in the order of the new rulebook, the best first.
        """
        terms = self.terms
        ways: list[Bit] = []
        for place, band in enumerate(bands):
            kept = terms.any(self.now.after.get(one, False) for one in bands[: place + 1])
            # A subject that is exempt now, or that faults, has no band.
            lost = terms.opposite(terms.all([self.now.going, kept]))
            ways.append(terms.all([self.was.going, self.was.after.get(band, False), lost]))
        gone = [terms.all([self.was.going, bit]) for band, bit in self.was.after.items() if band not in bands]
        return terms.any([*ways, *gone])


def _outputs(rating: Rating) -> Iterator[str]:
    yield from (name.removeprefix("outputs.") for name in rating.operations.names if name.startswith("outputs."))


def _common(one: Fraction, other: Fraction) -> Fraction:
    """Return the least number that is a multiple of both."""
    return Fraction(lcm(one.numerator, other.numerator), gcd(one.denominator, other.denominator))


def _options(one: Variable, other: Variable) -> tuple[str, ...]:
    domains = one.domain, other.domain
    return tuple(
        dict.fromkeys(option for domain in domains if isinstance(domain, ChoiceDomain) for option in domain.options)
    )


def _first(variable: Variable) -> int:
    domain = variable.domain
    return ((domain.minimum if isinstance(domain, DateDomain) else None) or date.min).toordinal()


def _last(variable: Variable) -> int:
    domain = variable.domain
    return ((domain.maximum if isinstance(domain, DateDomain) else None) or date.max).toordinal()
