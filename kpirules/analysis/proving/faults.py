"""What can go wrong while a valid subject is assessed (§4.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations, islice

from attrs import evolve

from ...diagnostics import Diagnostic, Span
from ...diagnostics.codes import At, proving, scoring
from ...engines.scalar import Fault
from ...kernel.exact import to_text
from ...language.model import Cases, bands_before
from ...plan.ops import Cases as Choice
from ...plan.ops import If, Op, divisors
from ...plan.steps import Judge, Step
from ..bounds import PossibleFault
from ..checking.facts import Facts
from ..checking.groups import Leaving, leaving, named
from .decisions import Decided, decided
from .goals import Answer, Goal
from .prover import Prover, possible

__all__ = ["check_faults", "nearest", "spans_of"]

_GUARD = "guard the formula with a condition, or limit the inputs"

NO_CASE, SEVERAL_CASES = "KR362", "KR364"

MOST_PAIRS = 5
"""Pairs of cases for which subjects are sought: one that holds at once is enough."""

UNIQUE = ".unique"
"""Ends the way to where two cases of a decision table hold at once."""

WORDS = {
    "domain": ("a function can be asked for what it has no answer for", _GUARD),
    "date": (
        "a formula can ask for a date that does not exist",
        f"a date has a whole year from 1 to 9999, a month and a day, in this order; {_GUARD}",
    ),
    "calendar": ("a day outside the calendar can be asked for", _GUARD),
    "scale": ("a value outside the scale can be asked for", f"write `outside: clamp`, {_GUARD}"),
}
"""What can be asked for, and the way out."""


def check_faults(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Everything that can fault, with a subject for which it does."""
    texts = {place.path: place.expression.text for place in facts.places}
    spans = spans_of(facts)
    operations: dict[str, list[Op]] = {}
    for path, op in prover.plan.operations():
        operations.setdefault(path, []).append(op)
    for fault in prover.bounds.faults:
        at = At(nearest(spans, fault.path), fault.path)
        diagnostic = _said(fault, at, texts.get(fault.path, ""), facts)
        criterion = facts.by_path.get(fault.path.removesuffix(UNIQUE))
        if fault.kind == "scale" and criterion is not None and isinstance(criterion.body, Cases):
            about = _of_cases(fault, at, criterion.id, decided(criterion.body, prover.plan))
            if about is None:
                continue
            diagnostic = about
        told = _leaving(facts, prover, fault)
        if told:
            yield from _shown_apart(told, diagnostic, fault, prover)
            continue
        if diagnostic.code in (NO_CASE, SEVERAL_CASES):
            goals = list(_goals_of_cases(fault, prover))
        else:
            goals = _goals(fault, operations.get(fault.path, []), prover)
        shown = prover.show_any(diagnostic, goals)
        if shown is not None:
            yield possible(diagnostic) if _needs_others(facts, fault.path) else shown


def _of_cases(fault: PossibleFault, at: At, id_: str, known: Decided) -> Diagnostic | None:
    """What a decision table may come to; None where going through it shows that it does not."""
    if fault.path.endswith(UNIQUE):
        is_refuted = known.is_whole and not known.has_expressions and not known.several[0]
        return None if is_refuted else scoring.several_cases_hold(at, f"`{id_}`", *known.several)
    is_refuted = known.is_whole and not known.uncovered
    return None if is_refuted else scoring.no_case_holds(at, f"`{id_}`", known.uncovered)


def _leaving(facts: Facts, prover: Prover, fault: PossibleFault) -> list[Leaving]:
    """How the children of a group may take it out of its limits, where the bounds allow that."""
    if fault.kind != "points":
        return []
    judged = _judged(fault, prover)
    is_below, is_above = prover.bounds.outside.get(judged, (False, False))
    found = [one for one in leaving(facts) if one.id == judged]
    return [one for one in found if (is_below if one.is_below else is_above)]


def _shown_apart(
    told: list[Leaving], otherwise: Diagnostic, fault: PossibleFault, prover: Prover
) -> Iterator[Diagnostic]:
    """A group that leaves its limits, at each end with a subject of its own."""
    goals = _goals(fault, [], prover)
    outside = prover.bounds.outside[told[0].id]
    said = {one.is_below: one.diagnostic for one in told}
    for is_below in (end for end, is_outside in zip((True, False), outside, strict=True) if is_outside):
        asked = prover
        if all(outside):
            # Without the other limit, only what goes beyond this one is a fault.
            steps = tuple(_limited_at(step, told[0].id, is_below=is_below) for step in prover.plan.steps)
            asked = prover.over(evolve(prover.plan, steps=steps))
        shown = asked.show_any(said.get(is_below, otherwise), goals)
        if shown is not None:
            yield shown


def _limited_at(step: Step, id_: str, *, is_below: bool) -> Step:
    """A step, which of one criterion knows the limit at one end alone."""
    if not isinstance(step, Judge) or step.id != id_:
        return step
    return evolve(step, high=None) if is_below else evolve(step, low=None)


def _judged(fault: PossibleFault, prover: Prover) -> str:
    """The criterion that is judged where a fault occurs, or empty."""
    return prover.judged.get(fault.path, "")


def _needs_others(facts: Facts, path: str) -> bool:
    """Whether somebody may come to a formula only once a higher quota has moved them."""
    quotas = facts.rulebook.quotas
    orders = [one for one in quotas if path.startswith(f"{one.words.path}.order[")]
    return any(bands_before(quotas, one.band) != {one.band} for one in orders)


def spans_of(facts: Facts) -> dict[str, Span | None]:
    """Where formulas and criteria stand, by the way to them."""
    spans = {place.path: place.expression.span for place in facts.places}
    return spans | {path: one.words.span for path, one in facts.by_path.items()}


def nearest(spans: Mapping[str, Span | None], path: str) -> Span | None:
    """The place of a formula, or of what it belongs to."""
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
    """What would show a fault: one goal for each divisor that may be zero, as far as they are told apart."""

    def reached(answer: Answer) -> bool:
        return answer == Fault(fault.path, fault.kind)

    told = fault.path, fault.kind
    found = [divisor for op in operations for divisor in divisors(op) if _can_be_zero(divisor, prover)]
    judged = _judged(fault, prover)
    if judged:
        return [Goal(reached, criterion=judged, fault=told)]
    if fault.kind != "division" or not found:
        return [Goal(reached, fault=told)]
    return [Goal(reached, faulting=((divisor, Fraction(0)),), fault=told) for divisor in found]


def _goals_of_cases(fault: PossibleFault, prover: Prover) -> Iterator[Goal]:
    """How no case of a decision table may hold, or which two may; none where the bounds rule all of it out."""
    judged = _judged(evolve(fault, path=fault.path.removesuffix(UNIQUE)), prover)
    op = next(step.body for step in prover.plan.steps if isinstance(step, Judge) and step.id == judged)
    op = op.then if isinstance(op, If) else op
    asked = [case for case, _ in op.cases if case is not None] if isinstance(op, Choice) else []
    told = fault.path, fault.kind
    ways: Iterator[tuple[tuple[Op, bool], ...]] = iter([tuple((one, False) for one in asked)])
    if fault.path.endswith(UNIQUE):
        pairs = (((one, True), (other, True)) for one, other in combinations(asked, 2))
        ways = islice((pair for pair in pairs if prover.bounds.can_come_out(pair)), MOST_PAIRS)
    for outcomes in ways:
        yield Goal(lambda answer: answer == Fault(*told), outcomes=outcomes, fault=told)


def _can_be_zero(op: Op, prover: Prover) -> bool:
    bound = prover.bounds.of(op)
    return bound is None or bound.can_be_zero
