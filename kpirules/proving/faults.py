"""What can go wrong while a valid subject is assessed (§4.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from ..bounds import PossibleFault
from ..checking.facts import Facts
from ..checking.groups import check_limits, named
from ..diagnostics import Diagnostic, Span
from ..diagnostics.codes import At, proving
from ..exact import to_text
from ..model import Criterion, bands_before
from ..plan.ops import Arithmetic, Call, Op, walk
from ..plan.steps import Judge
from ..scalar import Fault
from .goals import Answer, Goal
from .prover import Prover, possible

__all__ = ["check_faults", "nearest", "spans_of"]

LEAVES_LIMITS = "KR312"
"""Says of a group already that its children take it out of its limits."""

_GUARD = "guard the formula with a condition, or limit the inputs"

WORDS = {
    "domain": ("a function can be asked for what it has no answer for", _GUARD),
    "date": (
        "`date` can be asked for a day that there is not",
        f"`date` takes the year, the month, the day; {_GUARD}",
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
    told = {one.path for one in check_limits(facts) if one.code == LEAVES_LIMITS}
    for fault in prover.bounds.faults:
        if fault.kind == "points" and fault.path in told:
            continue
        at = At(nearest(spans, fault.path), fault.path)
        diagnostic = _said(fault, at, texts.get(fault.path, ""), facts)
        shown = prover.show_any(diagnostic, _goals(fault, operations.get(fault.path, []), prover))
        if shown is not None:
            yield possible(diagnostic) if _needs_others(facts, fault.path) else shown


def _needs_others(facts: Facts, path: str) -> bool:
    """Whether somebody may come to a formula only once a higher quota has moved them."""
    quotas = facts.rulebook.quotas
    orders = [one for one in quotas if path.startswith(f"{one.words.path}.order[")]
    return any(bands_before(quotas, one.band) != {one.band} for one in orders)


def spans_of(facts: Facts) -> dict[str, Span | None]:
    """Where formulas and criteria stand, by the way to them."""
    spans = {place.path: place.expression.span for place in facts.places}
    return spans | {one.words.path: one.words.span for one in _criteria(facts)}


def _criteria(facts: Facts) -> Iterator[Criterion]:
    """The score and every criterion."""
    if facts.rulebook.root is not None:
        yield from facts.rulebook.root.walk()


def nearest(spans: Mapping[str, Span | None], path: str) -> Span | None:
    """The place of a formula, or of what it belongs to."""
    while path and path not in spans:
        path = path.rpartition(".")[0]
    return spans.get(path)


def _said(fault: PossibleFault, at: At, text: str, facts: Facts) -> Diagnostic:
    if fault.kind == "division":
        return proving.can_divide_by_zero(at, text)
    if fault.kind == "points":
        criterion = next(one for one in _criteria(facts) if one.words.path == fault.path)
        low, high = criterion.limits
        ends = " to ".join("…" if end is None else to_text(end) for end in (low, high))
        return proving.points_can_leave(at, named(criterion), ends)
    return proving.can_fault(at, *WORDS[fault.kind])


def _goals(fault: PossibleFault, operations: list[Op], prover: Prover) -> list[Goal]:
    """What would show a fault: one goal for each divisor that may be zero, as far as they are told apart."""

    def reached(answer: Answer) -> bool:
        return answer == Fault(fault.path, fault.kind)

    divisors = [
        part.right
        for op in operations
        for part in walk(op)
        if isinstance(part, Arithmetic) and part.operator == "/" and _can_be_zero(part.right, prover)
    ]
    has_others = any(isinstance(part, Call) and part.function == "mod" for op in operations for part in walk(op))
    judged = [step.id for step in prover.plan.steps if isinstance(step, Judge) and step.path == fault.path]
    if judged:
        return [Goal(reached, criterion=judged[0])]
    if fault.kind != "division" or has_others or not divisors:
        return [Goal(reached)]
    return [Goal(reached, faulting=((divisor, Fraction(0)),)) for divisor in divisors]


def _can_be_zero(op: Op, prover: Prover) -> bool:
    bound = prover.bounds.of(op)
    return bound is None or bound.can_be_zero
