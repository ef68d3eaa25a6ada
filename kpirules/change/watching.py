"""The outcomes of decisions for one subject: read from its record, or evaluated again."""

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
from ..language.model import Cases, Criterion, Lookup, Shape, Steps
from ..rating.assessing.by_reference import by_reference, initial_knowledge
from ..rating.assessing.choosing import part_of
from ..rating.assessing.values import Values, take
from ..rating.program import Program
from ..record import Assessment, QuotaOutcome
from ..reference import MissingInput, StepFault
from .decisions import OPPOSITE, Decision, Point, decisions, told_end

__all__ = ["Watcher"]

PASSES: Mapping[str, Callable[[Any, Any], bool]] = {
    "above": operator.gt, "from": operator.ge, "below": operator.lt, "to": operator.le,
}  # fmt: skip
"""When a number is on the side of an end that its word says."""


@define(eq=False)
class _Watch(Meter):
    """A meter of the reference engine that keeps what parts of formulas came to.

    Args:
        calls: by the identity of a node that is looked at, the nodes whose last values belong to its own.
        last: the last value of each of these.
        seen: what came out, for each node that is looked at: its own value and those that belong to it.
        cases: the identities of the cases that tables came to.
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
            found = (value, *(self.last.get(one) for one in self.calls[key]))
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
    def of_tables(self) -> dict[str, list[tree.Call]]:
        """The calls of each table."""
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
        nodes = [one.about for one in self.decisions if one.kind in ("condition", "function")]
        nodes += [node for calls in self.of_tables.values() for node in calls]
        return {id(node): tuple(map(id, _arguments(node))) for node in nodes}

    @cached_property
    def inner(self) -> frozenset[int]:
        return frozenset(key for keys in self.calls.values() for key in keys)


def _arguments(node: tree.Node) -> tuple[tree.Node, ...]:
    """Return the arguments of a call, without a leading `+`, which is not an operation."""
    return tuple(map(_step_of, node.arguments)) if isinstance(node, tree.Call) else ()


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
        found = [point for part in self.program.whole for one in self._of(part).decisions for point in one.points]
        return tuple(sorted(dict.fromkeys(found), key=_place))

    def _of(self, program: Program) -> _Part:
        return self._parts.setdefault(id(program), _Part(program))

    def covered(self, program: Program, subject: object, assessment: Assessment | None = None) -> set[Point]:
        """The points that one subject covers.

        Args:
            program: the rules it is assessed by: these, or one of their variants and editions.
            subject: what is given of it.
            assessment: of the subject, where there is one: of a member, that among its cohort.
        """
        try:
            rules, own = part_of(program, subject) if program.parts else (program, subject)
        except KpirulesError:
            return set()
        part = self._of(rules)
        values = take(rules.rulebook.inputs, own)
        watch = _Watch(calls=part.calls, inner=part.inner)
        compared = () if assessment is None else assessment.compared
        cohort: dict[tree.OfCohort, Any] = {
            one.node: found.value for one, found in zip(rules.compared, compared, strict=False)
        }
        record, knowledge = None, initial_knowledge(rules, values, cohort, watch)
        if assessment is not None or not rules.compared:
            # A member that an exemption holds for is compared with nobody.
            with suppress(KpirulesError):
                record = by_reference(rules, values, knowledge)
        quotas = () if assessment is None else assessment.quotas
        seeing = _Seeing(part, watch, record, knowledge.banded_on, values, quotas)
        return {Point(one, outcome) for one in part.decisions for outcome in seeing.outcomes(one)}


def _place(point: Point) -> tuple[str, int]:
    span = point.decision.span
    return ("", 0) if span is None else (span.source.name, span.start)


@frozen(eq=False)
class _Seeing:
    """Watches the decisions of one subject.

    Args:
        part: the rules.
        watch: what parts of formulas came to.
        record: the record, None where the subject is refused or has no answer.
        banded_on: the number that was banded.
        values: its valid inputs, and those that took their default.
        quotas: what became of it among others.
    """

    part: _Part
    watch: _Watch
    record: Assessment | None
    banded_on: Fraction | None
    values: Values
    quotas: Sequence[QuotaOutcome]

    def outcomes(self, one: Decision) -> Iterator[str]:
        """How a decision came out, possibly more than once."""
        match one.kind:
            case "condition":
                for value, *_ in self.watch.seen.get(id(one.about), ()):
                    if value is not None:
                        yield "true" if value else "false"
            case "function":
                yield from self._chosen(one.about)
            case "exemption":
                yield from self._exempted(one)
            case "validation":
                yield from self._validated(one)
            case "input":
                if one.about in self.values.given:
                    is_absent = self.values.given[one.about] is None or one.about in self.values.assumed
                    yield "absent" if is_absent else "given"
            case _ if self.record is not None:
                yield from self._recorded(one, self.record)

    def _recorded(self, one: Decision, record: Assessment) -> Iterator[str]:
        """Note the outcomes that the record has."""
        match one.kind:
            case "version":
                yield "used"
            case "criterion" if one.about in record.outcomes:
                yield record.outcomes[one.about].outcome
            case "limit":
                yield from self._limited(one, record)
            case "row" | "edge":
                yield from self._placed(one, record)
            case "band":
                if record.band == one.about:
                    yield "given"
            case "requirement":
                for found in record.requirements:
                    if (found.band, found.id) == one.about:
                        yield "held" if found.held else "failed"
            case "override":
                fired = [found for found in record.overrides if found.id == one.about]
                if record.exemption is None:
                    yield "fired" if fired else "did not fire"
                if any(found.decided for found in fired):
                    yield "decided"
            case "quota":
                yield from self._allocated(one.about)

    def _chosen(self, call: tree.Call) -> Iterator[str]:
        """Which argument of a function decided."""
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

    def _exempted(self, one: Decision) -> Iterator[str]:
        rules = self.part.program
        ids = [exemption.id for exemption in rules.rulebook.exemptions]
        place = ids.index(one.about)
        ended = self.record.exemption.id if self.record is not None and self.record.exemption is not None else None
        if ended == one.about:
            yield "held"
        elif self.record is not None and (ended is None or ids.index(ended) > place):
            yield "did not hold"
        elif ended is not None and ended == (ids[place - 1] if place else None):
            exemption = rules.rulebook.exemptions[place]
            knowledge = rules.reference.know(self.values.given)
            try:
                if knowledge.compute(exemption.when, one.path).value is True:
                    yield f"held behind {ended}"
            except (MissingInput, StepFault, UndefinedRow):
                return

    def _validated(self, one: Decision) -> Iterator[str]:
        rules = self.part.program
        if self.record is not None:
            if self.record.exemption is None:
                yield "held"
            return
        knowledge = rules.reference.know(self.values.given)
        (validation,) = [found for found in rules.rulebook.validations if found.words.path == one.path]
        try:
            yield "held" if knowledge.compute(validation.that, one.path).value is True else "failed"
        except (MissingInput, StepFault, UndefinedRow):
            return

    def _limited(self, one: Decision, record: Assessment) -> Iterator[str]:
        """A limit on the score, or whether points were cut."""
        for limit in record.limits:
            if limit.id == one.about and one.path.endswith(f".limits.{one.about}"):
                if limit.decided:
                    yield "decided"
                elif not limit.held:
                    yield "did not hold"
                return
        if one.about in record.outcomes and (lines := record.outcomes[one.about].contributions):
            yield "cut" if any(line.kind == "clamp" for line in lines) else "not cut"

    def _placed(self, one: Decision, record: Assessment) -> Iterator[str]:
        """Where on a scale numbers lay."""
        if one.text.startswith("require_share"):
            outcome = record.outcomes.get(one.about)
            if outcome is not None and outcome.outcome != "excluded":
                yield "too little remains" if outcome.why == "too_little_remains" else "enough remains"
            return
        about, *rest = one.about
        if isinstance(about, str) and isinstance(rest[0], Cases):
            if id(rest[1]) in self.watch.cases:
                yield "reached"
            return
        for value in self._measured(about, record):
            if one.kind == "row":
                if _is_in_row(rest[0], rest[1], value):
                    yield "reached"
            else:
                word, end = rest
                yield told_end(word if PASSES[word](value, end) else OPPOSITE[word], end)

    def _measured(self, about: Any, record: Assessment) -> Iterator[Any]:
        """The values that a criterion, a table or the bands have looked up."""
        if isinstance(about, Criterion):
            outcome = record.outcomes.get(about.id)
            found = {} if outcome is None else outcome.computations
            values = [found["measure"].value] if "measure" in found else []
            if outcome is not None and "cases" in found:
                values = [outcome.row]
        elif isinstance(about, str):
            calls = self.part.of_tables[about]
            values = [argument for call in calls for _, argument, *_ in self.watch.seen.get(id(call), ())]
        else:
            values = [self.banded_on]
        yield from (value for value in values if value is not None)

    def _allocated(self, id_: str) -> Iterator[str]:
        for one in self.quotas:
            if one.id != id_:
                continue
            yield "cut" if one.held > one.limit else "not cut"
            if one.rank <= one.limit < one.rank + one.tied - 1:
                yield "tie across the line"


def _outcomes_of(part: _Part, call: tree.Call) -> tuple[str, ...]:
    return next(one.outcomes for one in part.decisions if one.about is call)


def _is_in_row(shape: Shape | Cases, row: Any, value: Any) -> bool:
    """Whether a value is in a row of a shape, and in none before it."""
    match shape:
        case Cases():
            return bool(row.in_words == value)
        case Steps(rows=rows):
            return next((one for one in rows if one.holds(value)), None) is row
        case Lookup(rows=rows):
            named = [one for one in rows if one.option == value and not one.is_rest]
            return bool((named or [one for one in rows if one.is_rest])[:1] == [row])
        case _:
            low, high = row
            return bool(low <= value <= high)
