"""Program × subject → Assessment: validate, run an engine, make the record."""

from __future__ import annotations

from ...diagnostics import Report
from ...diagnostics.codes import At, inputs
from ...engines.scalar import Decision, Fault
from ...errors import FaultError, SubjectError
from ...kernel.mappings import FrozenMap
from ...language.expressions import Meter
from ...record import Assessment
from ..program import Program
from .agreement import agreed
from .by_reference import by_reference, initial_knowledge
from .choosing import part_of
from .deferred import Deferred
from .values import Values, take

__all__ = ["assess"]


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
    """Assess a subject with the reference engine, which explains why the scalar engine reached no decision."""
    try:
        record = by_reference(program, values)
    except FaultError as found:
        (diagnostic,) = found.report
        agreed(decision is None or (isinstance(decision, Fault) and decision.path == diagnostic.path), "the fault")
        raise
    # A row that leaves a validation open ends the assessment without a decision.
    agreed(decision is None and record.status == "undefined" and not record.outcomes, "whether there is a decision")
    return record
