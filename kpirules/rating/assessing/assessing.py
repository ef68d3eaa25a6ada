"""Program × subject → Assessment: validate, run an engine, record what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from functools import cached_property
from typing import Any, NoReturn

from attrs import evolve, frozen

from ...diagnostics import Diagnostic, Report
from ...diagnostics.codes import At, inputs
from ...diagnostics.phrases import Phrase
from ...engines.scalar import Decision, Fault, Mark
from ...errors import FaultError, SubjectError
from ...kernel.exact import to_decimal, to_text
from ...kernel.mappings import FrozenMap
from ...language.expressions import Meter
from ...language.expressions.tree import OfCohort
from ...language.model import Condition, Criterion, Entered, ListDomain, Named, Rulebook
from ...record import Assessment, Comparison, Margin, Run
from ...reference import Knowledge, MissingInput, ReferenceEngine, StepFault
from ..margins import Ratio
from ..program import Program
from .agreement import differences
from .choosing import part_of
from .details import Details
from .values import Values, missing_input, take, worded

__all__ = ["assess", "by_reference", "diagnosed"]

Cohort = Mapping[OfCohort, Fraction | None]
"""What functions over the cohort of a subject came to."""

MOST_READINGS = 8
"""Values that a fault names; a longer list helps nobody."""


def assess(program: Program, subject: object, *, engine: str = "scalar", budget: int | None = None) -> Assessment:
    """The explained rating of a subject.

    Args:
        program: a compiled rulebook; of one with several variants or editions, the one of the subject is picked.
        subject: what is known: a mapping from input ids to values, or an object of an attrs or data class.
            Numbers are int, Decimal, Fraction, float (meaning its shortest text) or NumPy scalars.
        engine: `scalar` runs generated integer code and finds out details when they are looked at;
            `reference` walks the rulebook itself, the definition of what it means. Both give equal records.
        budget: units of work that it may take, at most and without it 1,000,000. Where some subject may take more,
            which `Program.work` tells, the reference engine counts.

    Returns:
        The record of everything that came out. `status` is `rated` or says why there is no rating.

    Raises:
        SubjectError: with every problem of the inputs, or where the rulebook compares a subject with others:
            then `assess_cohort` takes all of them.
        FaultError: where a number has no answer, or more work is needed than is allowed.
        RulebookError: where nothing tells which edition the subject is rated by.

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
    if program.parts:
        program, subject = part_of(program, subject)
    if program.compared:
        raise SubjectError(Report((inputs.asks_for_its_cohort(At(None, "")),)))
    if budget is not None and (isinstance(budget, bool) or not isinstance(budget, int) or budget < 1):
        raise ValueError(f"`budget` is a whole number of units above zero, not {budget!r}")
    is_counted = budget is not None and budget < program.work
    if engine == "scalar" and not is_counted:
        return _by_scalar(program, subject)
    if engine in ("scalar", "reference"):
        values = take(program.rulebook.inputs, subject)
        run = by_reference(program, values, meter=Meter(limit=budget) if is_counted and budget is not None else None)
        return recorded(program, run, values)
    raise ValueError(f"there is no engine `{engine}`: there are scalar and reference")


def _by_scalar(program: Program, subject: object) -> Assessment:
    scalar = program.scalar
    admitted = scalar.admit(subject)
    if admitted is not None:
        arguments, marks = admitted
        decision = scalar.decide(arguments)
        if type(decision) is Decision:
            return Assessment.deferred(Deferred(program, arguments, decision, marks))
        return _explained(program, Values(scalar.unpack(arguments), dict(scalar.assumed(marks))), decision)
    values = take(program.rulebook.inputs, subject)
    if values.problems or values.missing:
        # An exemption may hold all the same, or they are reported.
        return recorded(program, by_reference(program, values), values)
    arguments = scalar.pack(values.given)
    decision = scalar.decide(arguments)
    if type(decision) is Decision:
        return Assessment.deferred(Deferred(program, arguments, decision, FrozenMap(values.assumed)))
    return _explained(program, values, decision)


def _explained(program: Program, values: Values, decision: Decision | Fault | None) -> Assessment:
    """Something stands in the way of a decision: the reference engine says what, and where."""
    try:
        run = by_reference(program, values)
    except FaultError as found:
        (diagnostic,) = found.report
        _agreed(decision is None or (isinstance(decision, Fault) and decision.path == diagnostic.path), "the fault")
        raise
    # A row that leaves a validation open ends the assessment without a decision.
    _agreed(decision is None and run.status == "undefined" and not run.outcomes, "whether there is a decision")
    return recorded(program, run, values)


def _agreed(holds: bool, what: str) -> None:
    """Stop where the engines differ; no rating may come of that, so Python's `-O` must not skip it."""
    if not holds:
        disagreed(what)


def disagreed(what: str) -> NoReturn:
    """Stop where the engines differ.

    Args:
        what: in which they do.
    """
    raise AssertionError(f"the engines differ, which is a fault of kpirules: {what}")


def by_reference(program: Program, values: Values, cohort: Cohort | None = None, meter: Meter | None = None) -> Run:
    """What the reference engine makes of values.

    Args:
        program: the rules.
        values: what is known of the subject.
        cohort: what functions over its cohort came to.
        meter: counts the work.

    Raises:
        SubjectError: with every problem of the inputs.
        FaultError: where a number has no answer.
    """
    engine = program.reference
    knowledge = engine.know(values.given, meter, cohort=cohort, partial=values.partial)
    with _reported():
        return _settled_early(engine, knowledge, values) or engine.rate(knowledge)


def begun_by_reference(program: Program, values: Values) -> tuple[Run | None, dict[OfCohort, Any]]:
    """The end of an assessment before anything is judged, or else what the cohort compares of the subject.

    Raises:
        SubjectError: with every problem of the inputs.
        FaultError: where a number has no answer.
    """
    engine = program.reference
    knowledge = engine.know(values.given, partial=values.partial)
    with _reported():
        run = _settled_early(engine, knowledge, values)
        early = [one for one in program.compared if not one.is_rated]
        return run, {} if run is not None else engine.compared(knowledge, early)


def rated_by_reference(program: Program, values: Values, cohort: Cohort) -> dict[OfCohort, Any] | None:
    """What the cohort compares of the rating of a subject, None where it is not rated.

    Raises:
        FaultError: where a number has no answer.
    """
    engine = program.reference
    knowledge = engine.know(values.given, cohort=cohort)
    with _reported():
        _settled_early(engine, knowledge, values)
        if not engine.rate_alone(knowledge).is_rated:
            return None
        return engine.compared(knowledge, [one for one in program.compared if one.is_rated])


@contextmanager
def _reported() -> Iterator[None]:
    """Faults as reports."""
    try:
        yield
    except StepFault as fault:
        raise FaultError(Report((diagnosed(fault),))) from None


@frozen(eq=False, slots=False)
class Again:
    """An assessment made once more, by the reference engine, where somebody looks at formulas.

    Args:
        program: the rules.
        arguments: what is known of the subject.
        decision: what the scalar engine decided.
        cohort: what functions over the cohort came to.
    """

    program: Program
    arguments: tuple[Any, ...]
    decision: Decision
    cohort: Cohort

    @cached_property
    def run(self) -> Run:
        """What the reference engine makes of the subject: the formulas at work are taken from there."""
        values = Values(self.program.scalar.unpack(self.arguments))
        run = by_reference(self.program, values, self.cohort)
        apart = differences(self.decision, run)
        _agreed(not apart, "; ".join(apart))
        return run


@frozen(eq=False)
class Deferred:
    """The rest of an assessment by the scalar engine, found out where somebody looks at it.

    Args:
        program: the rules.
        arguments: what is known of the subject.
        decision: what the scalar engine decided.
        marks: of the inputs that took their default, or these themselves.
        counts: how many members had a value of what each function over the cohort compares; nothing where the
            assessment ended before, or there are no such functions.
    """

    program: Program
    arguments: tuple[Any, ...]
    decision: Decision
    marks: list[Mark] | FrozenMap[str, Any]
    counts: tuple[int, ...] = ()

    @property
    def assumed(self) -> FrozenMap[str, Any]:
        return self.marks if isinstance(self.marks, FrozenMap) else self.program.scalar.assumed(self.marks)

    def named(self, kind: str, parts: tuple[Named, ...]) -> FrozenMap[str, Any]:
        """Values by id, those that were computed, in the order of the rulebook."""
        return FrozenMap(self.decision.named(kind, [one.id for one in parts]))

    def not_needed(self) -> tuple[str, ...]:
        return tuple(one.id for one in self.program.rulebook.let if not self.decision.has(f"let.{one.id}"))

    def outputs(self) -> FrozenMap[str, Any]:
        is_rated = self.decision.status == "rated"
        return self.named("outputs", self.program.rulebook.outputs) if is_rated else FrozenMap()

    def cohort(self) -> dict[OfCohort, Fraction | None]:
        """What functions over the cohort came to."""
        if not self.counts:
            return {}
        parts = self.arguments[len(self.program.plan.inputs) :]
        values = [None if n is None else Fraction(n, d) for n, d in zip(parts[::2], parts[1::2], strict=True)]
        return {one.node: value for one, value in zip(self.program.compared, values, strict=True)}

    def compared(self) -> tuple[Comparison, ...]:
        if not self.counts:
            return ()
        values = self.cohort().values()
        return tuple(
            Comparison(one.text, value, count)
            for one, value, count in zip(self.program.compared, values, self.counts, strict=False)
        )

    def fill(self, names: Iterable[str]) -> Mapping[str, Any]:
        """Attributes: as they were decided, or from the details. Of what all records share, everything at once."""
        shared = self.program.shared_record
        found: dict[str, Any] = {}
        undecided = []
        for name in names:
            if name in DECIDED:
                found[name] = DECIDED[name](self)
            elif name in shared:
                found.update(shared)
            elif name in ("given", "records"):
                found.update(told(self.program, self.values))
            else:
                undecided.append(name)
        if undecided:
            tells = self.whole if len(self.program.plan.steps) > MOST_DETAILED else self.details
            found.update((name, getattr(tells, name)) for name in undecided)
        return found

    @property
    def values(self) -> Values:
        """What is known of the subject, as the reference engine takes it."""
        return Values(self.program.scalar.unpack(self.arguments), dict(self.assumed))

    @cached_property
    def whole(self) -> Assessment:
        """The record that the reference engine makes."""
        return recorded(self.program, self.again.run, self.values)

    @cached_property
    def details(self) -> Details:
        """What the scalar engine tells of the way to the rating."""
        return Details(self.program, self.arguments, self.decision, self.again)

    @cached_property
    def again(self) -> Again:
        """The assessment once more, by the reference engine."""
        return Again(self.program, self.arguments, self.decision, self.cohort())


MOST_DETAILED = 1_000
"""Steps of a plan whose details have a function of their own; to make a larger one takes longer than to rate once."""

DECIDED: dict[str, Callable[[Deferred], Any]] = {
    "status": lambda self: self.decision.status,
    "score": lambda self: self.decision.decimal("score"),
    "exact_score": lambda self: self.decision.number("exact_score"),
    "band": lambda self: self.decision.band("band"),
    "points": lambda self: self.program.scalar.points(self.decision),
    "share": lambda self: self.program.scalar.shares(self.decision),
    "let": lambda self: self.named("let", self.program.rulebook.let),
    "not_needed": lambda self: self.not_needed(),
    "outputs": lambda self: self.outputs(),
    "assumed": lambda self: self.assumed,
    "compared": lambda self: self.compared(),
    "given_hash": lambda self: "",
    "margin": lambda self: margin(
        self.program,
        self.decision.band("before"),
        self.decision.pair("banded_on"),
        self.decision.pair("exact_score"),
    ),
}
"""Attributes that the decision tells by itself."""


def _settled_early(engine: ReferenceEngine, knowledge: Knowledge, values: Values) -> Run | None:
    """The end of the assessment before anything is judged, or None; every problem of the inputs at once.

    Where an exemption holds, what is missing is not needed, but what is given must be valid all the same.
    A validation that reads valid values alone is looked at whatever else is wrong.
    Problems of the inputs outrank faults, which may only follow from them.
    """
    run = _exempted(engine, knowledge, values)
    problems = list(values.problems)
    faults: list[StepFault | None] = []
    if run is None:
        problems += values.missing
        failed, run, fault = engine.failed_validations(knowledge)
        applicable, other = engine.applicable(knowledge)
        problems += [_failed(way, validation) for way, validation in failed]
        problems += _entered(engine.rulebook, applicable, values)
        faults = [fault, other]
    if problems:
        raise SubjectError(Report(tuple(problems)))
    for fault in filter(None, faults):
        raise fault
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
    told = inputs.failed_validation(At(None, way), validation.id, validation.that.text, label)
    wording = Phrase.of("problem_KR605", label=validation.words.label or validation.that.text)
    return evolve(told, wording=wording)


def _entered(rulebook: Rulebook, applicable: Mapping[str, bool | None], values: Values) -> Iterator[Diagnostic]:
    """What is wrong between the points that assessors entered and the criteria that apply."""
    declared = {one.id: one for one in rulebook.inputs}
    for criterion, formulas in _entered_criteria(rulebook.root):
        id_ = criterion.id
        if id_ not in values.given:
            continue  # it is reported as missing or not valid
        applies, is_given = applicable[id_], values.given[id_] is not None
        if applies is False and is_given:
            told = inputs.entered_without_need(At(None, id_), id_, "` and `".join(formulas))
            yield worded(told, declared[id_])
        elif applies is True and not is_given and criterion.missing is None:
            yield missing_input(declared[id_], id_)


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


def diagnosed(step: StepFault) -> Diagnostic:
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


def told(program: Program, values: Values) -> dict[str, Any]:
    """Return the inputs and the records of list inputs as a record holds them.

    Args:
        program: whose inputs they are.
        values: what is known of the subject.
    """
    given: dict[str, Any] = {}
    records: dict[str, Any] = {}
    for declared in program.rulebook.inputs:
        if declared.id not in values.given:
            continue
        value = values.given[declared.id]
        if not isinstance(declared.domain, ListDomain):
            given[declared.id] = value
        elif value is not None:
            records[declared.id] = tuple(map(FrozenMap, value))
    return {"given": FrozenMap(given), "records": FrozenMap(records)}


def recorded(program: Program, run: Run, values: Values) -> Assessment:
    """Return the assessment that a run of the reference engine comes to.

    Args:
        program: the rules.
        run: what they made of the subject.
        values: what is known of it.
    """
    exact = None if run.exact_score is None else run.exact_score.as_integer_ratio()
    return Assessment(
        **program.shared_record,
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
        **told(program, values),
        margin=margin(
            program,
            run.band_before_overrides,
            None if run.banded_on is None else run.banded_on.as_integer_ratio(),
            exact,
        ),
    )


def margin(program: Program, band: str | None, banded_on: Ratio | None, exact: Ratio | None) -> Margin | None:
    """The distance from the number banded on to the bands above and below the one it gave."""
    if program.margins is None or band is None or banded_on is None:
        return None
    return program.margins.of(band, banded_on, exact)
