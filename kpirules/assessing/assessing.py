"""Program × subject → Assessment: validate, run an engine, record what came out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import At, inputs
from ..errors import FaultError, SubjectError
from ..exact import is_finite_decimal, to_decimal, to_text
from ..mappings import FrozenMap
from ..model import Band, Condition, Criterion, Entered, Rulebook
from ..program import Program
from ..record import Assessment, Margin, Run
from ..reference import Knowledge, MissingInput, ReferenceEngine, StepFault
from .allowed import allowed
from .values import Values, take

__all__ = ["assess"]

MOST_READINGS = 8
"""Values that a fault names; a longer list helps nobody."""


def assess(program: Program, subject: object) -> Assessment:
    """The explained rating of a subject.

    Args:
        program: a compiled rulebook.
        subject: what is known: a mapping from input ids to values, or an object of an attrs or data class.
            Numbers are int, Decimal, Fraction, float (meaning its shortest text) or NumPy scalars.

    Returns:
        The record of everything that came out. `status` is `rated` or says why there is no rating.

    Raises:
        SubjectError: with every problem of the inputs.
        FaultError: where a number has no answer, or more work is needed than is allowed.

    Rounding: only where the rulebook writes it; everything else is exact.

    >>> from kpirules import load
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 7}},
    ...     "criteria": {"work": {"max": 100, "rate": "done / 7"}},
    ...     "score": {"round": {"places": 2}, "band_on": "rounded"},
    ... })
    >>> assessment = assess(program, {"done": 6})
    >>> assessment.score, assessment.exact_score
    (Decimal('85.71'), Fraction(600, 7))
    """
    engine = program.reference
    values = take(program.rulebook.inputs, subject)
    knowledge = engine.know(values.given)
    try:
        run = _settled_early(engine, knowledge, values) or engine.rate(knowledge)
    except StepFault as fault:
        raise FaultError(Report((_diagnosed(fault),))) from None
    return _recorded(program, run, values)


def _settled_early(engine: ReferenceEngine, knowledge: Knowledge, values: Values) -> Run | None:
    """The end of the assessment before anything is judged, or None; every problem of the inputs at once.

    Where an exemption holds, what is missing is not needed, but what is given must be valid all the same.
    Problems of the inputs outrank faults, which may only follow from them.
    """
    run = _exempted(engine, knowledge, values)
    problems = list(values.problems)
    if run is None:
        problems += values.missing
        try:
            failed, run = engine.failed_validations(knowledge)
            problems += [_failed(way, validation) for way, validation in failed]
            problems += _entered(engine, knowledge, values)
        except StepFault:
            if not problems:
                raise
    if problems:
        raise SubjectError(Report(tuple(problems)))
    return run


def _exempted(engine: ReferenceEngine, knowledge: Knowledge, values: Values) -> Run | None:
    """The end of the assessment by an exemption, None where none holds or that can't be told."""
    try:
        return engine.exempted(knowledge)
    except MissingInput:
        return None
    except StepFault:
        if not values.problems:
            raise
        return None


def _failed(way: str, validation: Condition) -> Diagnostic:
    label = validation.words.label.text() if validation.words.label else ""
    return inputs.failed_validation(At(None, way), validation.id, validation.that.text, label)


def _entered(engine: ReferenceEngine, knowledge: Knowledge, values: Values) -> Iterator[Diagnostic]:
    """What is wrong between the points that assessors entered and the criteria that apply."""
    applicable = engine.applicable(knowledge)
    domains = {declared.id: declared.domain for declared in engine.rulebook.inputs}
    for criterion, formulas in _entered_criteria(engine.rulebook.root):
        id_ = criterion.id
        if id_ not in values.given:
            continue  # it is reported as missing or not valid
        applies, is_given = applicable[id_], values.given[id_] is not None
        if applies is False and is_given:
            yield inputs.entered_without_need(At(None, id_), id_, "` and `".join(formulas))
        elif applies is True and not is_given and criterion.missing is None:
            yield inputs.missing_input(At(None, id_), id_, allowed(domains[id_]))


def _entered_criteria(
    criterion: Criterion | None, above: tuple[str, ...] = ()
) -> Iterator[tuple[Criterion, tuple[str, ...]]]:
    """The entered criteria with the conditions under which they apply."""
    if criterion is not None:
        formulas = above if criterion.applies is None else (*above, criterion.applies.text)
        if isinstance(criterion.body, Entered):
            yield criterion, formulas
        for child in criterion.children:
            yield from _entered_criteria(child, formulas)


def _diagnosed(step: StepFault) -> Diagnostic:
    """A fault as a diagnostic at its place in the rulebook."""
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


# -- the record -----------------------------------------------------------------------------------


def _recorded(program: Program, run: Run, values: Values) -> Assessment:
    rulebook = program.rulebook
    return Assessment(
        rulebook=rulebook.id,
        edition=rulebook.edition,
        variant="",
        scoring_hash=rulebook.scoring_hash,
        content_hash=rulebook.content_hash,
        status=run.status,
        score=None if run.score is None else to_decimal(run.score),
        exact_score=run.exact_score,
        band=run.band,
        because=run.because,
        outcomes=run.outcomes,
        let=run.let,
        not_needed=run.not_needed,
        let_computations=run.let_computations,
        band_measure=run.band_measure,
        bands_inside=run.bands_inside,
        requirements=run.requirements,
        overrides=run.overrides,
        exemption=run.exemption,
        limits=run.limits,
        outputs=run.outputs,
        output_computations=run.output_computations,
        invariants=run.invariants,
        assumed=FrozenMap(values.assumed),
        margin=_margin(rulebook, run),
        legend=program.legend,
    )


def _margin(rulebook: Rulebook, run: Run) -> Margin | None:
    """The distance from the number banded on to the bands above and below the one it gave."""
    bands, x = rulebook.bands, run.banded_on
    if bands is None or x is None or run.band_before_overrides is None:
        return None
    place = bands.ids.index(run.band_before_overrides)
    up, better = _nearest(reversed(bands.levels[:place]), x)
    down, worse = _nearest(bands.levels[place + 1 :], x)
    is_rounded = bands.measure is None and not rulebook.bands_on_exact
    exact = run.exact_score if is_rounded and run.exact_score is not None else x
    rounding_decided = any((x in level.interval) != (exact in level.interval) for level in bands.levels)
    return Margin(up, down, rounding_decided=rounding_decided, better=better, worse=worse)


def _nearest(levels: Iterable[Band], x: Fraction) -> tuple[Decimal | Fraction | None, str]:
    """The distance to the nearest of some bands, and that band; one that holds the number is no neighbour."""
    distances = {level.id: _distance(level, x) for level in levels if x not in level.interval}
    if not distances:
        return None, ""
    nearest = min(distances, key=lambda id_: distances[id_])
    distance = distances[nearest]
    return to_decimal(distance) if is_finite_decimal(distance) else distance, nearest


def _distance(level: Band, x: Fraction) -> Fraction:
    """How far a number is from a band that does not hold it."""
    ends = (level.interval.lower, level.interval.upper)
    return min(abs(end - x) for end in ends if end is not None)
