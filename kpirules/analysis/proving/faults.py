"""Possible faults in the assessment of a valid subject (§4.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations, islice

from attrs import define, evolve, field

from ...diagnostics import Diagnostic, Span
from ...diagnostics.codes import At, proving, scoring
from ...engines.scalar import Fault
from ...kernel.exact import to_text
from ...language.model import bands_before
from ...plan.ops import Cases as Choice
from ...plan.ops import If, Op, divisors, is_closed, walk
from ...plan.steps import Judge, Step
from ..bounds import PossibleFault
from ..checking.facts import Facts
from ..checking.groups import Leaving, leaving, named
from .decisions import Called, Decided, DecisionTables
from .goals import Answer, Goal
from .prover import Prover, possible

__all__ = ["check_faults", "nearest", "spans_of"]

_GUARD = "guard the formula with a condition, or limit the inputs"

MOST_PAIRS = 5
"""The most pairs of cases for which subjects are searched: one that holds at once is enough."""

OF_TABLES = NO_CASE, SEVERAL = ("no_case", "several")
"""The faults of tables of cases: none holds, or two hold at once."""

UNIQUE = ".unique"
"""The end of the path of two cases that hold at once."""

WORDS = {
    "domain": ("a function can have arguments without a result", _GUARD),
    "date": (
        "a formula can make a date that does not exist",
        f"a date has a whole year from 1 to 9999, a month and a day, in this order; {_GUARD}",
    ),
    "calendar": ("a day can be outside the calendar", _GUARD),
    "scale": ("a value can be outside the scale", f"write `outside: clamp`, {_GUARD}"),
}
"""The message and the help for each kind of fault."""


def check_faults(facts: Facts, prover: Prover, tables: DecisionTables) -> Iterator[Diagnostic]:
    """Report every possible fault, with a subject that has it.

    Args:
        facts: the facts of the rulebook.
        prover: the prover of its plan.
        tables: the results for its decision tables.
    """
    texts = {place.path: place.expression.text for place in facts.places}
    spans = spans_of(facts)
    operations: dict[str, list[Op]] = {}
    for path, op in prover.plan.operations():
        operations.setdefault(path, []).append(op)
    tables_of_cases = _Tables({id(part): one for one in reversed(tables.called) for part in walk(one.op)})
    for fault in prover.bounds.faults:
        if tables_of_cases.takes(fault):
            continue
        at = At(nearest(spans, fault.path), fault.path)
        diagnostic = _said(fault, at, texts.get(fault.path, ""), facts)
        criterion = facts.by_path.get(fault.path.removesuffix(UNIQUE))
        if fault.kind == "scale" and criterion is not None and criterion.id in tables.of_criteria:
            body = next(
                step.body for step in prover.plan.steps if isinstance(step, Judge) and step.id == criterion.id
            )
            is_unique = fault.path.endswith(UNIQUE)
            ways = _of_cases(
                fault, at, f"`{criterion.id}`", body, tables.of_criteria[criterion.id], prover, is_unique=is_unique
            )
            shown = prover.show_any(ways)
            if shown is not None:
                yield possible(shown) if _needs_others(facts, fault.path) else shown
            continue
        leavings = _leaving(facts, prover, fault)
        if leavings:
            yield from _shown_apart(leavings, diagnostic, fault, prover)
            continue
        goals = _goals(fault, operations.get(fault.path, []), prover)
        shown = prover.show_any((diagnostic, goal) for goal in goals)
        if shown is not None:
            yield possible(diagnostic) if _needs_others(facts, fault.path) else shown
    yield from tables_of_cases.shown(facts, prover)


@define
class _Tables:
    """The possible faults of decision tables, each reported once for all calls of a table.

    Args:
        calls: the call of a table that each of its operations belongs to, by the identity of the operation.
        faults: by table and whether two cases hold at once, each with its call.
    """

    calls: Mapping[int, Called]
    faults: dict[tuple[str, str], list[tuple[PossibleFault, Called]]] = field(factory=dict)

    def takes(self, fault: PossibleFault) -> bool:
        """Record a fault if a table causes it; return whether one does."""
        if fault.kind not in OF_TABLES:
            return False
        found = self.calls[fault.op]
        self.faults.setdefault((found.table.id, fault.kind), []).append((fault, found))
        return True

    def shown(self, facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
        for (id_, kind), found in self.faults.items():
            words = found[0][1].table.words
            at, name = At(words.span, words.path), f"the table `{id_}`"
            ways = (
                way
                for fault, one in found
                for way in _of_cases(fault, at, name, one.op, one.known, prover, is_unique=kind == SEVERAL)
            )
            shown = prover.show_any(ways)
            if shown is not None:
                yield possible(shown) if any(_needs_others(facts, fault.path) for fault, _ in found) else shown


Ways = Iterator[tuple[Diagnostic, Goal]]
"""A finding, each with the goal that shows it."""


def _of_cases(
    fault: PossibleFault, at: At, name: str, op: object, known: Decided, prover: Prover, *, is_unique: bool
) -> Ways:
    """Yield the possible faults of a decision table: that no case holds, or that two do."""
    op = op.then if isinstance(op, If) else op
    asked = [case for case, _ in op.cases if case is not None] if isinstance(op, Choice) else []
    kind_of_fault = fault.path, fault.kind

    def goal(*outcomes: tuple[Op, bool]) -> Goal:
        # A condition on a call's arguments can't be evaluated by itself.
        closed = tuple(one for one in outcomes if is_closed(one[0]))
        return Goal(lambda answer: answer == Fault(*kind_of_fault), outcomes=closed, fault=kind_of_fault)

    if not is_unique:
        if not known.is_whole or known.uncovered is not None:
            yield scoring.no_case_holds(at, name, known.uncovered or ""), goal(*((one, False) for one in asked))
        return
    is_complete = known.is_whole and not known.has_expressions
    pairs = (
        pair for pair in combinations(range(len(asked)), 2) if not is_complete or _numbers(pair) in known.several
    )
    if not all(map(is_closed, asked)):
        # A subject that shows it may do so by any two cases.
        yield scoring.several_cases_hold(at, name, "two cases", ""), goal()
        return
    may_hold = (pair for pair in pairs if prover.bounds.can_come_out([(asked[place], True) for place in pair]))
    for one, other in islice(may_hold, MOST_PAIRS):
        words = known.several.get(_numbers((one, other)), "")
        finding = scoring.several_cases_hold(at, name, f"cases {one + 1} and {other + 1}", words)
        yield finding, goal((asked[one], True), (asked[other], True))


def _numbers(places: tuple[int, int]) -> tuple[int, int]:
    return places[0] + 1, places[1] + 1


def _leaving(facts: Facts, prover: Prover, fault: PossibleFault) -> list[Leaving]:
    """Return how the children of a group may take it outside its limits, as far as the bounds allow it."""
    if fault.kind != "points":
        return []
    judged = _judged(fault, prover)
    is_below, is_above = prover.bounds.outside.get(judged, (False, False))
    found = [one for one in leaving(facts) if one.id == judged]
    return [one for one in found if (is_below if one.is_below else is_above)]


def _shown_apart(
    leavings: list[Leaving], otherwise: Diagnostic, fault: PossibleFault, prover: Prover
) -> Iterator[Diagnostic]:
    """Report a group that leaves its limits; each end is shown with its own subject."""
    goals = _goals(fault, [], prover)
    outside = prover.bounds.outside[leavings[0].id]
    reported = {one.is_below: one.diagnostic for one in leavings}
    for is_below in (end for end, is_outside in zip((True, False), outside, strict=True) if is_outside):
        asked = prover
        if all(outside):
            # Without the other limit, only points beyond this one are a fault.
            steps = tuple(_limited_at(step, leavings[0].id, is_below=is_below) for step in prover.plan.steps)
            asked = prover.over(evolve(prover.plan, steps=steps))
        shown = asked.show_any((reported.get(is_below, otherwise), goal) for goal in goals)
        if shown is not None:
            yield shown


def _limited_at(step: Step, id_: str, *, is_below: bool) -> Step:
    """Return a step; the judging of the named criterion keeps only its limit at one end."""
    if not isinstance(step, Judge) or step.id != id_:
        return step
    return evolve(step, high=None) if is_below else evolve(step, low=None)


def _judged(fault: PossibleFault, prover: Prover) -> str:
    """Return the criterion that is judged when a fault occurs, or empty."""
    return prover.judged.get(fault.path, "")


def _needs_others(facts: Facts, path: str) -> bool:
    """Return whether a formula may be evaluated only after a higher quota has moved a member."""
    quotas = facts.rulebook.quotas
    orders = [one for one in quotas if path.startswith(f"{one.words.path}.order[")]
    return any(bands_before(quotas, one.band) != {one.band} for one in orders)


def spans_of(facts: Facts) -> dict[str, Span | None]:
    """Return the places of formulas and criteria, by path."""
    spans = {place.path: place.expression.span for place in facts.places}
    return spans | {path: one.words.span for path, one in facts.by_path.items()}


def nearest(spans: Mapping[str, Span | None], path: str) -> Span | None:
    """Return the place of a formula, or of the part that contains it."""
    while path and path not in spans:
        path = path.rpartition(".")[0]
    return spans.get(path)


def _said(fault: PossibleFault, at: At, text: str, facts: Facts) -> Diagnostic:
    if fault.kind == "division":
        return proving.can_divide_by_zero(at, text)
    if fault.kind == "points":
        criterion = facts.by_path[fault.path]
        low, high = criterion.limits
        ends = " to ".join("…" if end is None else to_text(end) for end in (low, high))
        return proving.points_can_leave(at, named(criterion), ends)
    return proving.can_fault(at, *WORDS[fault.kind])


def _goals(fault: PossibleFault, operations: list[Op], prover: Prover) -> list[Goal]:
    """Yield goals that show a fault: one for each divisor that may be zero, as far as they are known."""

    def reached(answer: Answer) -> bool:
        return answer == Fault(fault.path, fault.kind)

    kind_of_fault = fault.path, fault.kind
    found = [divisor for op in operations for divisor in divisors(op) if _can_be_zero(divisor, prover)]
    judged = _judged(fault, prover)
    if judged:
        return [Goal(reached, criterion=judged, fault=kind_of_fault)]
    if fault.kind != "division" or not found:
        return [Goal(reached, fault=kind_of_fault)]
    return [Goal(reached, faulting=((divisor, Fraction(0)),), fault=kind_of_fault) for divisor in found]


def _can_be_zero(op: Op, prover: Prover) -> bool:
    bound = prover.bounds.of(op)
    return bound is None or bound.can_be_zero
