"""Program × subject → Assessment: validate, run an engine, record what came out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import At, inputs
from ..errors import FaultError, SubjectError
from ..exact import is_finite_decimal, to_decimal, to_text
from ..expressions import Meter
from ..mappings import FrozenMap
from ..model import Bands, Condition, Entered, Rulebook
from ..program import Program
from ..record import Assessment, Margin, Run
from ..reference import MissingInput, ReferenceEngine, StepFault
from .allowed import allowed
from .values import Values, take

__all__ = ["assess"]


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
    """
    engine, rulebook = program.reference, program.rulebook
    values = take(rulebook.inputs, subject)
    meter = Meter()
    try:
        run = _exempted(engine, rulebook, values, meter)
        if run is None:
            _demand(engine, rulebook, values, meter)
            run = engine.rate(values.given, meter)
    except StepFault as fault:
        raise FaultError(Report((_diagnosed(fault),))) from None
    return _recorded(program, run, values)


def _exempted(
    engine: ReferenceEngine, rulebook: Rulebook, values: Values, meter: Meter
) -> Run | None:
    """The end by an exemption; else every problem of what is given, and of what is missing."""
    try:
        run = engine.exempted(values.given, meter)
    except MissingInput:
        run = None
    problems = values.problems if run is not None else [*values.problems, *values.missing]
    if problems:
        raise SubjectError(Report(tuple(problems)))
    return run


def _demand(engine: ReferenceEngine, rulebook: Rulebook, values: Values, meter: Meter) -> None:
    """Refuse a subject whose inputs contradict one another, or the criteria that apply."""
    problems = [
        _failed(path, validation)
        for path, validation in engine.failed_validations(values.given, meter)
    ]
    if not problems:
        problems = list(_entered(engine, rulebook, values, meter))
    if problems:
        raise SubjectError(Report(tuple(problems)))


def _failed(path: str, validation: Condition) -> Diagnostic:
    label = validation.words.label.text() if validation.words.label else ""
    return inputs.failed_validation(At(None, path), validation.id, validation.that.text, label)


def _entered(
    engine: ReferenceEngine, rulebook: Rulebook, values: Values, meter: Meter
) -> list[Diagnostic]:
    """What is wrong between the points that assessors entered and the criteria that apply."""
    problems = []
    applicable = engine.applicable(values.given, meter)
    declared = {one.id: one for one in rulebook.inputs}
    for criterion in rulebook.criteria():
        if not isinstance(criterion.body, Entered):
            continue
        is_given = values.given[criterion.id] is not None
        at = At(None, criterion.id)
        applies = applicable[criterion.id]
        if applies is False and is_given:
            formula = criterion.applies.text if criterion.applies else "its group applies"
            problems.append(inputs.entered_without_need(at, criterion.id, formula))
        elif applies is True and not is_given and criterion.missing is None:
            domain = declared[criterion.id].domain
            problems.append(inputs.missing_input(at, criterion.id, allowed(domain)))
    return problems


def _diagnosed(step: StepFault) -> Diagnostic:
    """A fault as a diagnostic at its place in the rulebook."""
    fault = step.fault
    node = fault.node
    span = node.span if node is not None else step.expression.span if step.expression else None
    read = ", ".join(
        f"{reading.text} = {_shown(reading.value)}" for reading in step.readings[:8]
    )
    readings = f" ({read})" if read else ""
    at = At(span, step.path)
    if fault.kind == "division":
        return inputs.divided_by_zero(at, readings)
    if fault.kind == "points":
        return inputs.points_outside(at, fault.reason)
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
    if value is None:
        return "absent"
    return to_text(value) if isinstance(value, Fraction) else str(value)


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
    other = run.exact_score if not rulebook.bands_on_exact and bands.measure is None else x
    return Margin(
        _nearest(bands, range(place), x),
        _nearest(bands, range(place + 1, len(bands.levels)), x),
        rounding_decided=other is not None and _inside(bands, other) != _inside(bands, x),
    )


def _inside(bands: Bands, x: Fraction) -> list[str]:
    return [band.id for band in bands.levels if x in band.interval]


def _nearest(bands: Bands, places: range, x: Fraction) -> Decimal | Fraction | None:
    """The distance to the nearest of some bands; one that holds the number itself is no neighbour."""
    distances = []
    for place in places:
        interval = bands.levels[place].interval
        if x in interval:
            continue
        ends = [end for end in (interval.lower, interval.upper) if end is not None]
        distances.append(min(abs(end - x) for end in ends))
    if not distances:
        return None
    nearest = min(distances)
    return to_decimal(nearest) if is_finite_decimal(nearest) else nearest
