"""One subject by the reference engine: inputs, exemptions, faults, and the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from attrs import evolve

from ...diagnostics import Diagnostic, Report
from ...diagnostics.codes import At, inputs
from ...diagnostics.phrases import Phrase
from ...errors import FaultError, SubjectError
from ...kernel.exact import to_text
from ...kernel.mappings import FrozenMap
from ...language.expressions import Meter
from ...language.expressions.tree import OfCohort
from ...language.model import Condition, Criterion, Entered, ListDomain, Rulebook
from ...record import Assessment, Margin
from ...reference import Knowledge, MissingInput, ReferenceEngine, StepFault
from ..margins import Ratio
from ..program import Program
from .values import Values, missing_input, worded

__all__ = [
    "Cohort",
    "begun_by_reference",
    "by_reference",
    "completed",
    "diagnosed",
    "initial_knowledge",
    "margin",
    "rated_by_reference",
]


Cohort = Mapping[OfCohort, Fraction | None]
"""Values of the cohort functions for a subject."""

MOST_READINGS = 8
"""Maximum number of values that a fault names."""


def initial_knowledge(
    program: Program, values: Values, cohort: Cohort | None = None, meter: Meter | None = None
) -> Knowledge:
    """Return the reference engine's initial knowledge of a subject.

    Args:
        program: the rules.
        values: the values of the subject.
        cohort: values of the cohort functions.
        meter: counts the work.
    """
    return program.reference.know(values.given, meter, cohort=cohort, partial=values.partial)


def by_reference(program: Program, values: Values, knowledge: Knowledge | None = None) -> Assessment:
    """Rate a subject with the reference engine.

    Args:
        program: the rules.
        values: the values of the subject.
        knowledge: the engine's knowledge of it; by default only its values.

    Raises:
        SubjectError: with every problem of the inputs.
        FaultError: if a number has no value.
    """
    engine = program.reference
    knowledge = knowledge or initial_knowledge(program, values)
    with _reported():
        record = _early_assessment(engine, knowledge, values) or engine.rate(knowledge)
    return completed(program, record, knowledge, values)


def begun_by_reference(program: Program, values: Values) -> tuple[Assessment | None, dict[OfCohort, Any]]:
    """Return the assessment if it ends early, or else the subject's values to compare in its cohort.

    Raises:
        SubjectError: with every problem of the inputs.
        FaultError: if a number has no value.
    """
    engine = program.reference
    knowledge = initial_knowledge(program, values)
    with _reported():
        if (record := _early_assessment(engine, knowledge, values)) is not None:
            return completed(program, record, knowledge, values), {}
        return None, engine.compared(knowledge, [function for function in program.compared if not function.is_rated])


def rated_by_reference(program: Program, values: Values, cohort: Cohort) -> dict[OfCohort, Any] | None:
    """Return the values of a subject's rating for its cohort, None if it is not rated.

    Raises:
        FaultError: if a number has no value.
    """
    engine = program.reference
    knowledge = engine.know(values.given, cohort=cohort)
    with _reported():
        _early_assessment(engine, knowledge, values)
        if not engine.rate_alone(knowledge).is_rated:
            return None
        return engine.compared(knowledge, [function for function in program.compared if function.is_rated])


@contextmanager
def _reported() -> Iterator[None]:
    """Turn faults into reports."""
    try:
        yield
    except StepFault as fault:
        raise FaultError(Report((diagnosed(fault),))) from None


def _early_assessment(engine: ReferenceEngine, knowledge: Knowledge, values: Values) -> Assessment | None:
    """Return the assessment if it ends early, else None; raise all problems of the inputs at once.

    If an exemption holds, missing inputs are not needed, but given ones must be valid. A validation that reads only
    valid values is checked whatever else is wrong. Problems of inputs take precedence over faults, which may be their
    consequence.
    """
    record = _exempted(engine, knowledge, values)
    problems = list(values.problems)
    faults: list[StepFault | None] = []
    if record is None:
        problems += values.missing
        failed, record, fault = engine.failed_validations(knowledge)
        applicable, other = engine.applicable(knowledge)
        problems += [_failed(path, validation) for path, validation in failed]
        problems += _entered(engine.rulebook, applicable, values)
        faults = [fault, other]
    if problems:
        raise SubjectError(Report(tuple(problems)))
    for fault in filter(None, faults):
        raise fault
    return record


def _exempted(engine: ReferenceEngine, knowledge: Knowledge, values: Values) -> Assessment | None:
    """Return the assessment if an exemption ends it; None if no exemption holds, or a condition is unknown."""
    try:
        return engine.exempted(knowledge)
    except MissingInput:
        return None
    except StepFault:
        if not values.problems:
            raise
        return None


def _failed(path: str, validation: Condition) -> Diagnostic:
    label = validation.words.label.text() if validation.words.label else ""
    diagnostic = inputs.failed_validation(At(None, path), validation.id, validation.that.text, label)
    wording = Phrase.of("problem_KR605", label=validation.words.label or validation.that.text)
    return evolve(diagnostic, wording=wording)


def _entered(rulebook: Rulebook, applicable: Mapping[str, bool | None], values: Values) -> Iterator[Diagnostic]:
    """Yield the contradictions between entered points and the criteria that apply."""
    declared = {input_.id: input_ for input_ in rulebook.inputs}
    for criterion, formulas in _entered_criteria(rulebook.root):
        id_ = criterion.id
        if id_ not in values.given:
            continue  # it is reported as missing or not valid
        applies, is_given = applicable[id_], values.given[id_] is not None
        if applies is False and is_given:
            diagnostic = inputs.entered_without_need(At(None, id_), id_, "` and `".join(formulas))
            yield worded(diagnostic, declared[id_])
        elif applies is True and not is_given and criterion.missing is None:
            yield missing_input(declared[id_], id_)


def _entered_criteria(
    criterion: Criterion | None, above: tuple[str, ...] = ()
) -> Iterator[tuple[Criterion, tuple[str, ...]]]:
    """Yield the entered criteria with the conditions under which they apply."""
    if criterion is not None:
        formulas = above if criterion.applies is None else (*above, criterion.applies.text)
        if isinstance(criterion.body, Entered):
            yield criterion, formulas
        for child in criterion.children:
            yield from _entered_criteria(child, formulas)


def diagnosed(step: StepFault) -> Diagnostic:
    """Return a fault as a diagnostic at its place in the rulebook."""
    read = ", ".join(f"{text} = {_shown(value)}" for text, value in step.readings[:MOST_READINGS])
    readings = f" ({read})" if read else ""
    at, fault = At(step.span, step.path), step.fault
    if fault.kind == "division":
        return inputs.divided_by_zero(at, readings)
    if fault.kind == "points":
        return inputs.points_out_of_range(at, fault.reason + readings)
    words = {
        "domain": inputs.outside_function,
        "date": inputs.impossible_date,
        "calendar": inputs.outside_calendar,
        "scale": inputs.outside_scale,
        "no_case": inputs.outside_scale,
        "several": inputs.outside_scale,
        "width": inputs.too_wide,
        "work": inputs.too_much_work,
    }
    return words[fault.kind](at, fault.reason, readings)


def _shown(value: Any) -> str:
    match value:
        case None:
            return "absent"
        case Fraction():
            return to_text(value)
        case str():
            return f'"{value}"'
    return str(value)


def recorded_inputs(program: Program, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of a subject, with the records of list inputs, in the form that assessments store.

    Args:
        program: the rules that declare the inputs.
        known: the values of the subject by input.
    """
    given: dict[str, Any] = {}
    records: dict[str, Any] = {}
    for declared in program.rulebook.inputs:
        if declared.id not in known:
            continue
        value = known[declared.id]
        if not isinstance(declared.domain, ListDomain):
            given[declared.id] = value
        elif value is not None:
            records[declared.id] = tuple(map(FrozenMap, value))
    return {"given": FrozenMap(given), "records": FrozenMap(records)}


def completed(program: Program, record: Assessment, knowledge: Knowledge, values: Values) -> Assessment:
    """Return a record of the reference engine with its margin and the inputs of the subject.

    Args:
        program: the rules.
        record: the record as the engine returned it.
        knowledge: the engine's knowledge at the end of the assessment.
        values: the values of the subject.
    """
    number, exact = (
        None if number is None else number.as_integer_ratio() for number in (knowledge.banded_on, record.exact_score)
    )
    return evolve(
        record,
        assumed=FrozenMap(values.assumed),
        margin=margin(program, knowledge.band_before_overrides, number, exact),
        **recorded_inputs(program, values.given),
    )


def margin(program: Program, band: str | None, banded_on: Ratio | None, exact: Ratio | None) -> Margin | None:
    """Return the distance from the banded number to the bands above and below."""
    if program.margins is None or band is None or banded_on is None:
        return None
    return program.margins.of(band, banded_on, exact)
