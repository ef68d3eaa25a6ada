"""Records of the scalar engine, whose details are computed when they are first read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from attrs import frozen

from ...engines.scalar import Decision, Mark, unpacked_value
from ...kernel.mappings import FrozenMap
from ...language.expressions.tree import OfCohort
from ...language.model import Named
from ...plan.steps import Variable
from ...record import Assessment, Comparison, WrittenMap
from ..program import Program
from .agreement import agreed, differences
from .by_reference import Cohort, by_reference, initial_knowledge, margin
from .details import Details
from .values import Values

__all__ = ["Deferred"]


@frozen(eq=False, slots=False)
class ReferenceRecord:
    """A record by the reference engine, made because an assessment's formulas are read.

    Args:
        program: the rules.
        arguments: the values of the subject.
        decision: the decision of the scalar engine.
        cohort: the values of the cohort functions.
    """

    program: Program
    arguments: tuple[Any, ...]
    decision: Decision
    cohort: Cohort

    @cached_property
    def record(self) -> Assessment:
        """The record, without the inputs that took their default."""
        values = Values(self.program.scalar.unpack(self.arguments))
        knowledge = initial_knowledge(self.program, values, self.cohort)
        record = by_reference(self.program, values, knowledge)
        found_differences = differences(self.decision, record, knowledge)
        agreed(not found_differences, "; ".join(found_differences))
        return record


@frozen(eq=False)
class Deferred:
    """The details of an assessment by the scalar engine, computed when they are first read.

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

    def recorded_inputs(self) -> dict[str, Any]:
        """Return the inputs of the subject as assessments record them, each built when it is first read."""
        plan = self.program.scalar.plan
        given: dict[str, tuple[Variable, Any]] = {}
        lists: dict[str, tuple[Variable, Any]] = {}
        # What follows the inputs are values of the cohort.
        for variable, value in zip(plan.inputs, self.arguments, strict=False):
            if variable.id not in plan.records:
                given[variable.id] = variable, value
            elif value is not None:
                lists[variable.id] = variable, value

        def value_of(part: tuple[Variable, Any]) -> Any:
            return unpacked_value(*part, plan)

        def records(part: tuple[Variable, Any]) -> tuple[FrozenMap[str, Any], ...]:
            return tuple(map(FrozenMap, unpacked_value(*part, plan)))

        def written(parts: dict[str, tuple[Variable, Any]]) -> dict[str, Any]:
            writers = self.program.writers
            return {id_: writers[id_](part[1]) for id_, part in parts.items()}

        return {
            "given": WrittenMap(given, value_of, lambda: written(given)),
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
        return FrozenMap(self.decision.named(kind, [part.id for part in parts]))

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
                found.update(self.recorded_inputs())
            else:
                undecided.append(name)
        if undecided:
            reference_or_details = (
                self.by_reference.record if len(self.program.plan.steps) > MOST_DETAILED else self.details
            )
            found.update((name, getattr(reference_or_details, name)) for name in undecided)
        return found

    @cached_property
    def details(self) -> Details:
        """The details that the scalar engine provides."""
        return Details(self.program, self.arguments, self.decision, self.by_reference)

    @cached_property
    def by_reference(self) -> ReferenceRecord:
        """The record by the reference engine, built when it is first read."""
        return ReferenceRecord(self.program, self.arguments, self.decision, self.cohort())


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
