"""Finds the outcomes of decisions for one subject, from its record or by evaluating again."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from typing import Any

from attrs import define, field, frozen

from ..analysis.checking.places import places
from ..errors import KpirulesError
from ..language.expressions import Meter, UndefinedRow, tree
from ..language.expressions.arguments import positional
from ..language.model import Cases, Criterion, Lookup, Shape, Steps
from ..rating.assessing.by_reference import by_reference, initial_knowledge
from ..rating.assessing.choosing import part_of
from ..rating.assessing.values import Values, take
from ..rating.program import Program
from ..record import Assessment, QuotaOutcome
from ..reference import MissingInput, StepFault
from .decisions import OPPOSITE, Decision, Point, decisions, side_of_end

__all__ = ["Watcher"]

PASSES: Mapping[str, Callable[[Any, Any], bool]] = {
    "above": operator.gt, "from": operator.ge, "below": operator.lt, "to": operator.le,
}  # fmt: skip
"""When a number is on the side of an end that its word says."""


@define(eq=False)
class _RecordingMeter(Meter):
    """A meter of the reference engine that also records the values of formulas' parts.

    Args:
        calls: by the identity of each watched node, the nodes whose last values are recorded with its own.
        last: the last value of each of those nodes.
        seen: the results of each watched node: its own value, and those recorded with it.
        cases: the identities of the cases that decided tables.
    """

    calls: Mapping[int, tuple[int, ...]] = field(factory=dict)
    inner: frozenset[int] = field(default=frozenset())
    last: dict[int, Any] = field(factory=dict)
    seen: dict[int, set[tuple[Any, ...]]] = field(factory=dict)
    cases: set[int] = field(factory=set)

    def record_case(self, case: object) -> None:
        self.cases.add(id(case))

    def weigh(self, value: object, node: tree.Node | None = None) -> None:
        super().weigh(value)
        key = id(node)
        if key in self.inner:
            self.last[key] = value
        if key in self.calls:
            found = (value, *(self.last.get(argument) for argument in self.calls[key]))
            self.seen.setdefault(key, set()).add(found)


@frozen(eq=False, slots=False)
class _Part:
    """The decisions of one variant and edition.

    Args:
        program: its rules.
    """

    program: Program

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(decisions(self.program.rulebook))

    @cached_property
    def calls_by_table(self) -> dict[str, list[tree.Call]]:
        """The calls of each table, by its id."""
        ids = {table.id for table in self.program.rulebook.tables}
        found: dict[str, list[tree.Call]] = {id_: [] for id_ in ids}
        for place in places(self.program.rulebook):
            for node in place.expression.nodes:
                if isinstance(node, tree.Call) and node.function in ids:
                    found[node.function].append(node)
        return found

    @cached_property
    def calls(self) -> dict[int, tuple[int, ...]]:
        """The nodes to watch: conditions, functions that choose, and calls of tables."""
        nodes = [decision.about for decision in self.decisions if decision.kind in ("condition", "function")]
        nodes += [node for calls in self.calls_by_table.values() for node in calls]
        return {id(node): tuple(map(id, _arguments(node))) for node in nodes}

    @cached_property
    def inner(self) -> frozenset[int]:
        return frozenset(key for keys in self.calls.values() for key in keys)


def _arguments(node: tree.Node) -> tuple[tree.Node, ...]:
    """Return the arguments of a call, without a leading `+`, which is not an operation."""
    return tuple(map(_step_of, positional(node).arguments)) if isinstance(node, tree.Call) else ()


def _step_of(node: tree.Node) -> tree.Node:
    return _step_of(node.operand) if isinstance(node, tree.Sign) and node.operator == "+" else node


@frozen(eq=False, slots=False)
class Watcher:
    """Finds out which points of a rulebook subjects cover.

    Args:
        program: the rules, with all their variants and editions.
    """

    program: Program
    _parts: dict[int, _Part] = field(init=False, factory=dict)

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Every point of every variant and edition, each once, in the order of the document."""
        found = [
            point
            for part in self.program.whole
            for decision in self._part_of(part).decisions
            for point in decision.points
        ]
        return tuple(sorted(dict.fromkeys(found), key=_place))

    def _part_of(self, program: Program) -> _Part:
        return self._parts.setdefault(id(program), _Part(program))

    def covered(self, program: Program, subject: object, assessment: Assessment | None = None) -> set[Point]:
        """Return the points that one subject covers.

        Args:
            program: the rules that assess it: the same, or one of their variants and editions.
            subject: its values.
            assessment: its assessment, if there is one; for a member, the one in its cohort.
        """
        try:
            rules, given = part_of(program, subject) if program.parts else (program, subject)
        except KpirulesError:
            return set()
        part = self._part_of(rules)
        values = take(rules.rulebook.inputs, given)
        watch = _RecordingMeter(calls=part.calls, inner=part.inner)
        compared = () if assessment is None else assessment.compared
        cohort: dict[tree.OfCohort, Any] = {
            function.node: found.value for function, found in zip(rules.compared, compared, strict=False)
        }
        record, knowledge = None, initial_knowledge(rules, values, cohort, watch)
        if assessment is not None or not rules.compared:
            # A member that an exemption holds for is compared with nobody.
            with suppress(KpirulesError):
                record = by_reference(rules, values, knowledge)
        quotas = () if assessment is None else assessment.quotas
        seeing = _OutcomeFinder(part, watch, record, knowledge.banded_on, values, quotas)
        return {Point(decision, outcome) for decision in part.decisions for outcome in seeing.outcomes(decision)}


def _place(point: Point) -> tuple[str, int]:
    span = point.decision.span
    return ("", 0) if span is None else (span.source.name, span.start)


@frozen(eq=False)
class _OutcomeFinder:
    """Finds the outcomes of decisions for one subject.

    Args:
        part: the rules.
        watch: the recorded values of formulas' parts.
        record: the record, None if the subject is refused or its assessment faulted.
        banded_on: the number that was banded.
        values: its valid inputs, including those that took their default.
        quotas: the effects of quotas on it.
    """

    part: _Part
    watch: _RecordingMeter
    record: Assessment | None
    banded_on: Fraction | None
    values: Values
    quotas: Sequence[QuotaOutcome]

    def outcomes(self, decision: Decision) -> Iterator[str]:
        """Yield the outcomes of a decision, which may be reached more than once."""
        match decision.kind:
            case "condition":
                for value, *_ in self.watch.seen.get(id(decision.about), ()):
                    if value is not None:
                        yield "true" if value else "false"
            case "function":
                yield from self._chosen(decision.about)
            case "exemption":
                yield from self._exempted(decision)
            case "validation":
                yield from self._validated(decision)
            case "input":
                if decision.about in self.values.given:
                    is_absent = self.values.given[decision.about] is None or decision.about in self.values.assumed
                    yield "absent" if is_absent else "given"
            case _ if self.record is not None:
                yield from self._recorded(decision, self.record)

    def _recorded(self, decision: Decision, record: Assessment) -> Iterator[str]:
        """Yield the outcomes of a decision according to the record."""
        match decision.kind:
            case "version":
                yield "used"
            case "criterion" if decision.about in record.outcomes:
                yield record.outcomes[decision.about].outcome
            case "limit":
                yield from self._limited(decision, record)
            case "row" | "edge":
                yield from self._placed(decision, record)
            case "band":
                if record.band == decision.about:
                    yield "given"
            case "requirement":
                for found in record.requirements:
                    if (found.band, found.id) == decision.about:
                        yield "held" if found.held else "failed"
            case "override":
                fired = [found for found in record.overrides if found.id == decision.about]
                if record.exemption is None:
                    yield "fired" if fired else "did not fire"
                if any(found.decided for found in fired):
                    yield "decided"
            case "quota":
                yield from self._allocated(decision.about)

    def _chosen(self, call: tree.Call) -> Iterator[str]:
        """Yield the arguments of a function that decided its value."""
        for value, *arguments in self.watch.seen.get(id(call), ()):
            match call.function:
                case "min" | "max" if value is not None:
                    for outcome, argument in zip(_outcomes_of(self.part, call), arguments, strict=True):
                        if argument == value:
                            yield outcome
                case "clamp" if value is not None:
                    x, low, high = arguments
                    yield "below" if x < low else "above" if x > high else "inside"
                case "default":
                    yield "absent" if arguments[0] is None else "given"
                case "ratio" if value is not None:
                    yield "by zero" if arguments[1] == 0 else "divided"

    def _exempted(self, decision: Decision) -> Iterator[str]:
        rules = self.part.program
        ids = [exemption.id for exemption in rules.rulebook.exemptions]
        place = ids.index(decision.about)
        ended = self.record.exemption.id if self.record is not None and self.record.exemption is not None else None
        if ended == decision.about:
            yield "held"
        elif self.record is not None and (ended is None or ids.index(ended) > place):
            yield "did not hold"
        elif ended is not None and ended == (ids[place - 1] if place else None):
            exemption = rules.rulebook.exemptions[place]
            knowledge = rules.reference.know(self.values.given)
            try:
                if knowledge.compute(exemption.when, decision.path).value is True:
                    yield f"held behind {ended}"
            except (MissingInput, StepFault, UndefinedRow):
                return

    def _validated(self, decision: Decision) -> Iterator[str]:
        rules = self.part.program
        if self.record is not None:
            if self.record.exemption is None:
                yield "held"
            return
        knowledge = rules.reference.know(self.values.given)
        (validation,) = [found for found in rules.rulebook.validations if found.words.path == decision.path]
        try:
            yield "held" if knowledge.compute(validation.that, decision.path).value is True else "failed"
        except (MissingInput, StepFault, UndefinedRow):
            return

    def _limited(self, decision: Decision, record: Assessment) -> Iterator[str]:
        """Yield whether a limit lowered the score, or points were cut to their limits."""
        for limit in record.limits:
            if limit.id == decision.about and decision.path.endswith(f".limits.{decision.about}"):
                if limit.decided:
                    yield "decided"
                elif not limit.held:
                    yield "did not hold"
                return
        if decision.about in record.outcomes and (lines := record.outcomes[decision.about].contributions):
            yield "cut" if any(line.kind == "clamp" for line in lines) else "not cut"

    def _placed(self, decision: Decision, record: Assessment) -> Iterator[str]:
        """Yield the sides of an end, or the row, where measured numbers were."""
        if decision.text.startswith("require_share"):
            outcome = record.outcomes.get(decision.about)
            if outcome is not None and outcome.outcome != "excluded":
                yield "too little remains" if outcome.why == "too_little_remains" else "enough remains"
            return
        about, *rest = decision.about
        if isinstance(about, str) and isinstance(rest[0], Cases):
            if id(rest[1]) in self.watch.cases:
                yield "reached"
            return
        for value in self._measured(about, record):
            if decision.kind == "row":
                if _is_in_row(rest[0], rest[1], value):
                    yield "reached"
            else:
                word, end = rest
                yield side_of_end(word if PASSES[word](value, end) else OPPOSITE[word], end)

    def _measured(self, about: Any, record: Assessment) -> Iterator[Any]:
        """Yield the values that a criterion, a table or the bands looked up."""
        if isinstance(about, Criterion):
            outcome = record.outcomes.get(about.id)
            found = {} if outcome is None else outcome.computations
            values = [found["measure"].value] if "measure" in found else []
            if outcome is not None and "cases" in found:
                values = [outcome.row]
        elif isinstance(about, str):
            calls = self.part.calls_by_table[about]
            values = [argument for call in calls for _, argument, *_ in self.watch.seen.get(id(call), ())]
        else:
            values = [self.banded_on]
        yield from (value for value in values if value is not None)

    def _allocated(self, id_: str) -> Iterator[str]:
        for quota in self.quotas:
            if quota.id != id_:
                continue
            yield "cut" if quota.held > quota.limit else "not cut"
            if quota.rank <= quota.limit < quota.rank + quota.tied - 1:
                yield "tie across the line"


def _outcomes_of(part: _Part, call: tree.Call) -> tuple[str, ...]:
    return next(decision.outcomes for decision in part.decisions if decision.about is call)


def _is_in_row(shape: Shape | Cases, row: Any, value: Any) -> bool:
    """Return whether a value is in a row of a shape, and in no earlier row."""
    match shape:
        case Cases():
            return bool(row.in_words == value)
        case Steps(rows=rows):
            return next((row for row in rows if row.holds(value)), None) is row
        case Lookup(rows=rows):
            named = [row for row in rows if row.option == value and not row.is_rest]
            return bool((named or [row for row in rows if row.is_rest])[:1] == [row])
        case _:
            low, high = row
            return bool(low <= value <= high)
