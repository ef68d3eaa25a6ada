"""Laws of static bounds: every value of an assessment is inside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import given, settings

from kpirules import FaultError, Program, SubjectError, assess
from kpirules.analysis.bounds import Bound, Bounds, bounds
from kpirules.language.expressions import Meter
from kpirules.language.model import ListDomain
from kpirules.plan import plan
from kpirules.rating.assessing.values import Values, take
from kpirules.record import Assessment
from kpirules.reference import Knowledge, MissingInput, StepFault
from tests.budget import examples
from tests.strategies import Case, cases

seldom = settings(max_examples=examples(50))


def is_within(value: object, bound: Bound) -> bool:
    """Return whether a value is inside its bound."""
    match value:
        case None:
            return bound.can_be_absent
        case bool():
            return bound.kind == "boolean" and (bound.can_be_true if value else bound.can_be_false)
        case Fraction():
            return (
                bound.kind == "number"
                and (bound.low is None or bound.low <= value)
                and (bound.high is None or value <= bound.high)
                and (value != 0 or bound.can_be_zero)
                and value.numerator.bit_length() <= bound.numerator_bits
                and value.denominator.bit_length() <= bound.denominator_bits
                and (bound.denominator is None or is_multiple(value * bound.denominator, bound.multiple))
            )
        case str():
            return bound.kind == "option" and (bound.options is None or value in bound.options)
        case date():
            earliest, latest = bound.earliest, bound.latest
            return earliest is not None and latest is not None and earliest <= value <= latest
        case _:
            return bound.kind == "list" and bound.low is not None and bound.high is not None


def is_multiple(value: Fraction, of: int) -> bool:
    return value == 0 if of == 0 else (value / of).denominator == 1


def run_through(
    program: Program, subject: object, meter: Meter
) -> tuple[Assessment | None, Knowledge, StepFault | None, Values]:
    """Return an assessment by the reference engine, with its knowledge at the end."""
    values = take(program.rulebook.inputs, subject)
    engine = program.reference
    knowledge = engine.know(values.given, meter)
    try:
        try:
            record = engine.exempted(knowledge)
        except MissingInput:
            record = None
        if record is None:
            _, record, first = engine.failed_validations(knowledge)
            _, other = engine.applicable(knowledge)
            for found in filter(None, (first, other)):
                raise found
        return record or engine.rate(knowledge), knowledge, None, values
    except StepFault as fault:
        return None, knowledge, fault, values


def check(program: Program, subject: object, found: Bounds) -> None:
    """Check that every value of an assessment is inside the bounds."""
    try:
        assess(program, subject)
    except SubjectError:
        return
    except FaultError:
        pass
    meter = Meter()
    record, knowledge, fault, values = run_through(program, subject, meter)
    assert meter.work <= found.work
    assert meter.widest <= found.widest
    if fault is not None:
        known = {(one.path, one.kind) for one in found.faults}
        assert (fault.path, fault.fault.kind) in known, (fault.path, fault.fault.kind, known)
    for declared in program.rulebook.inputs:
        if declared.id in values.given:
            value = values.given[declared.id]
            assert is_within(value, found.names[declared.id]), declared.id
            if isinstance(declared.domain, ListDomain) and value is not None:
                for item in knowledge.known[declared.id] or ():
                    check_names({f"{declared.id}.{name}": part for name, part in item.items()}, found)
    if record is not None:
        check_record(record, knowledge, found)


def check_names(values: Mapping[str, Any], found: Bounds) -> None:
    for name, value in values.items():
        plainly = str(value) if isinstance(value, str) else value
        assert is_within(plainly, found.names[name]), (name, value, found.names[name])


def check_record(record: Assessment, knowledge: Knowledge, found: Bounds) -> None:
    rating = found.rating
    assert record.status in rating.statuses, (record.status, rating)
    check_names(record.let, found)
    check_names(record.outputs, found)
    if record.band is not None:
        assert record.band in rating.bands
    assert set(record.bands_inside) <= rating.inside
    if (number := knowledge.banded_on) is not None:
        assert is_within(number, rating.banded_on), (number, rating.banded_on)
    if record.score is not None:
        check_names({"score": Fraction(record.score), "exact_score": record.exact_score}, found)
    for id_, outcome in record.outcomes.items():
        bound = found.criteria[id_]
        possible = {"scored": bound.scored, "excluded": bound.excluded, "missing": bound.missing or bound.lacking}
        assert possible[outcome.outcome], (id_, outcome.outcome, outcome.why)
        if outcome.outcome == "missing":
            assert bound.lacking if outcome.points is None else bound.missing
        if id_ != "score":
            check_names({f"points.{id_}": outcome.points, f"share.{id_}": outcome.share}, found)


@seldom
@given(cases())
def test_nothing_is_outside_the_bounds(case: Case) -> None:
    check(case.program, case.subject, bounds(plan(case.program.rulebook)))
