"""Program × subject → Assessment: validate, run an engine, make the record."""

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
from ...engines.scalar import Decision, Fault, Mark, unpacked_value
from ...errors import FaultError, SubjectError
from ...kernel.exact import to_text
from ...kernel.mappings import FrozenMap
from ...language.expressions import Meter
from ...language.expressions.tree import OfCohort
from ...language.model import Condition, Criterion, Entered, ListDomain, Named, Rulebook
from ...plan.steps import Variable
from ...record import Assessment, Comparison, Margin, WrittenMap
from ...reference import Knowledge, MissingInput, ReferenceEngine, StepFault
from ..margins import Ratio
from ..program import Program
from .agreement import differences
from .choosing import part_of
from .details import Details
from .values import Values, missing_input, take, worded

__all__ = ["assess", "by_reference", "diagnosed"]

Cohort = Mapping[OfCohort, Fraction | None]
"""Values of the cohort functions for a subject."""

MOST_READINGS = 8
"""Maximum number of values that a fault names."""


def assess(program: Program, subject: object, *, engine: str = "scalar", budget: int | None = None) -> Assessment:
    """Rate a subject, with an explanation.

    Args:
        program: a compiled rulebook; with several variants or editions, the subject chooses its own.
        subject: its values: a mapping of input ids to values, or an object of an attrs or data class.
            Numbers are int, Decimal, Fraction, float (meaning its shortest text) or NumPy scalars.
        engine: `scalar` runs generated integer code and computes details when they are read; `reference` walks the
            rulebook itself, and defines its meaning. Both give equal records.
        budget: limit on units of work, at most and by default 1,000,000. If a subject may exceed it (see
            `Program.work`), the reference engine counts.

    Returns:
        The record of all results. `status` is `rated` or says why there is no rating.

    Raises:
        SubjectError: with every problem of the inputs, or if the rulebook compares subjects, which needs
            `assess_cohort`.
        FaultError: if a number has no value, or more work is needed than allowed.
        RulebookError: if nothing chooses the edition of the subject.

    Rounding: only where the rulebook says so; all else is exact.

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
    meter = Meter(limit=budget) if budget is not None and budget < program.work else None
    if engine == "scalar" and meter is None:
        return _by_scalar(program, subject)
    if engine in ("scalar", "reference"):
        values = take(program.rulebook.inputs, subject)
        return by_reference(program, values, initial_knowledge(program, values, meter=meter))
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
        # An exemption may still hold; otherwise the problems are reported.
        return by_reference(program, values)
    arguments = scalar.pack(values.given)
    decision = scalar.decide(arguments)
    if type(decision) is Decision:
        return Assessment.deferred(Deferred(program, arguments, decision, FrozenMap(values.assumed)))
    return _explained(program, values, decision)


def _explained(program: Program, values: Values, decision: Decision | Fault | None) -> Assessment:
    """Find out with the reference engine why there is no decision."""
    try:
        record = by_reference(program, values)
    except FaultError as found:
        (diagnostic,) = found.report
        _agreed(decision is None or (isinstance(decision, Fault) and decision.path == diagnostic.path), "the fault")
        raise
    # A row that leaves a validation open ends the assessment without a decision.
    _agreed(decision is None and record.status == "undefined" and not record.outcomes, "whether there is a decision")
    return record


def _agreed(holds: bool, what: str) -> None:
    """Stop if the engines disagree; unlike `assert`, `-O` does not skip this."""
    if not holds:
        disagreed(what)


def disagreed(what: str) -> NoReturn:
    """Stop because the engines disagree.

    Args:
        what: the subject of the disagreement.
    """
    raise AssertionError(f"the engines disagree, which is a bug in kpirules: {what}")


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
        knowledge: the engine's knowledge of it; by default of its values alone.

    Raises:
        SubjectError: with every problem of the inputs.
        FaultError: if a number has no value.
    """
    engine = program.reference
    knowledge = knowledge or initial_knowledge(program, values)
    with _reported():
        record = _settled_early(engine, knowledge, values) or engine.rate(knowledge)
    return completed(program, record, knowledge, values)


def begun_by_reference(program: Program, values: Values) -> tuple[Assessment | None, dict[OfCohort, Any]]:
    """Return the early end of an assessment, or else the subject's values for its cohort.

    Raises:
        SubjectError: with every problem of the inputs.
        FaultError: if a number has no value.
    """
    engine = program.reference
    knowledge = initial_knowledge(program, values)
    with _reported():
        if (record := _settled_early(engine, knowledge, values)) is not None:
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
        _settled_early(engine, knowledge, values)
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


@frozen(eq=False, slots=False)
class Again:
    """The record by the reference engine, made for the formulas of an assessment.

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
    def record(self) -> Assessment:
        """The record, but for the defaults that were taken."""
        values = Values(self.program.scalar.unpack(self.arguments))
        knowledge = initial_knowledge(self.program, values, self.cohort)
        record = by_reference(self.program, values, knowledge)
        apart = differences(self.decision, record, knowledge)
        _agreed(not apart, "; ".join(apart))
        return record


@frozen(eq=False)
class Deferred:
    """The rest of an assessment by the scalar engine, computed when it is read.

    Args:
        program: the rules.
        arguments: the values of the subject.
        decision: the decision of the scalar engine.
        marks: marks of the inputs that took their default, or these inputs.
        counts: the number of members with a value, by cohort function; empty if the assessment ended early, or
            without such functions.
    """

    program: Program
    arguments: tuple[Any, ...]
    decision: Decision
    marks: list[Mark] | FrozenMap[str, Any]
    counts: tuple[int, ...] = ()

    def told(self) -> dict[str, Any]:
        """Return the inputs and the records of list inputs as `told` does, each made when it is first read."""
        plan = self.program.scalar.plan
        given: dict[str, tuple[Variable, Any]] = {}
        lists: dict[str, tuple[Variable, Any]] = {}
        # What follows the inputs are values of the cohort.
        for variable, value in zip(plan.inputs, self.arguments, strict=False):
            if variable.id not in plan.records:
                given[variable.id] = variable, value
            elif value is not None:
                lists[variable.id] = variable, value

        def one(part: tuple[Variable, Any]) -> Any:
            return unpacked_value(*part, plan)

        def records(part: tuple[Variable, Any]) -> tuple[FrozenMap[str, Any], ...]:
            return tuple(map(FrozenMap, unpacked_value(*part, plan)))

        def written(parts: dict[str, tuple[Variable, Any]]) -> dict[str, Any]:
            writers = self.program.writers
            return {id_: writers[id_](part[1]) for id_, part in parts.items()}

        return {
            "given": WrittenMap(given, one, lambda: written(given)),
            "records": WrittenMap(lists, records, lambda: written(lists)),
        }

    @cached_property
    def assumed(self) -> FrozenMap[str, Any]:
        marks, program = self.marks, self.program
        if isinstance(marks, FrozenMap):
            return marks
        values = dict(map(program.scalar.defaults.__getitem__, marks))
        return WrittenMap(values, lambda value: value, lambda: dict(map(program.defaults_written.__getitem__, marks)))

    def named(self, kind: str, parts: tuple[Named, ...]) -> FrozenMap[str, Any]:
        """Return the computed values by id, in the order of the rulebook."""
        return FrozenMap(self.decision.named(kind, [one.id for one in parts]))

    def not_needed(self) -> tuple[str, ...]:
        return tuple(let.id for let in self.program.rulebook.let if not self.decision.has(f"let.{let.id}"))

    def outputs(self) -> FrozenMap[str, Any]:
        is_rated = self.decision.status == "rated"
        return self.named("outputs", self.program.rulebook.outputs) if is_rated else FrozenMap()

    def cohort(self) -> dict[OfCohort, Fraction | None]:
        """Return the values of the cohort functions."""
        if not self.counts:
            return {}
        parts = self.arguments[len(self.program.plan.inputs) :]
        values = [None if n is None else Fraction(n, d) for n, d in zip(parts[::2], parts[1::2], strict=True)]
        return {function.node: value for function, value in zip(self.program.compared, values, strict=True)}

    def compared(self) -> tuple[Comparison, ...]:
        if not self.counts:
            return ()
        values = self.cohort().values()
        return tuple(
            Comparison(function.text, value, count)
            for function, value, count in zip(self.program.compared, values, self.counts, strict=False)
        )

    def fill(self, names: Iterable[str]) -> Mapping[str, Any]:
        """Return attributes from the decision or the details; all at once if records share them."""
        shared = self.program.shared_record
        found: dict[str, Any] = {}
        undecided = []
        for name in names:
            if name in found:
                continue
            if name in DECIDED:
                found[name] = DECIDED[name](self)
            elif name in shared:
                found.update(shared)
            elif name in ("given", "records"):
                found.update(self.told())
            else:
                undecided.append(name)
        if undecided:
            tells = self.again.record if len(self.program.plan.steps) > MOST_DETAILED else self.details
            found.update((name, getattr(tells, name)) for name in undecided)
        return found

    @cached_property
    def details(self) -> Details:
        """The details by the scalar engine."""
        return Details(self.program, self.arguments, self.decision, self.again)

    @cached_property
    def again(self) -> Again:
        """The record by the reference engine, made when it is first read."""
        return Again(self.program, self.arguments, self.decision, self.cohort())


MOST_DETAILED = 1_000
"""Maximum number of steps with generated details; generating more takes longer than rating once."""

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
"""Attributes that the decision holds."""


def _settled_early(engine: ReferenceEngine, knowledge: Knowledge, values: Values) -> Assessment | None:
    """Return the early end of the assessment, or None; raise all problems of the inputs at once.

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
        problems += [_failed(way, validation) for way, validation in failed]
        problems += _entered(engine.rulebook, applicable, values)
        faults = [fault, other]
    if problems:
        raise SubjectError(Report(tuple(problems)))
    for fault in filter(None, faults):
        raise fault
    return record


def _exempted(engine: ReferenceEngine, knowledge: Knowledge, values: Values) -> Assessment | None:
    """Return the early end by an exemption, None if none holds or that is unknown."""
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


# -- the record -----------------------------------------------------------------------------------


def told(program: Program, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs and the records of list inputs as a record holds them.

    Args:
        program: whose inputs they are.
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
        record: as the engine returned it.
        knowledge: the engine's knowledge of the subject in the end.
        values: the values of the subject.
    """
    number, exact = (
        None if number is None else number.as_integer_ratio() for number in (knowledge.banded_on, record.exact_score)
    )
    return evolve(
        record,
        assumed=FrozenMap(values.assumed),
        margin=margin(program, knowledge.band_before_overrides, number, exact),
        **told(program, values.given),
    )


def margin(program: Program, band: str | None, banded_on: Ratio | None, exact: Ratio | None) -> Margin | None:
    """Return the distance from the banded number to the bands above and below."""
    if program.margins is None or band is None or banded_on is None:
        return None
    return program.margins.of(band, banded_on, exact)
