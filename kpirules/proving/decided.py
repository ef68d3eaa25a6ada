"""Conditions that always come out the same, and overrides that never change anything."""

from __future__ import annotations

from collections.abc import Iterator

from ..bounds import Decided
from ..checking.facts import Facts
from ..diagnostics import Diagnostic, Span
from ..diagnostics.codes import At, proving
from ..expressions import Expression
from ..expressions import walk as nodes
from ..expressions.tree import Conditional, Field, Literal, Name, Node
from ..model import Override
from ..plan.ops import Chain, Item, Local, Member, Op, Read, walk
from .prover import Prover, proved

__all__ = ["check_decided", "check_shadowed", "reads_something"]

ASKED = ("when", "that", "applies", "requires", "condition")

MOST_QUOTED = 60
"""Characters of a condition that a message quotes."""


def check_decided(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Conditions of the author that no subject decides, and comparisons of constants."""
    places = {place.path: place.expression for place in facts.places}
    seen: set[tuple[str, Span | None]] = set()
    faulting = {fault.path for fault in prover.bounds.faults}
    implied = prover.bounds.implied
    for one in (
        *(one for one in prover.bounds.decided if not _is_demand(one)),
        *implied,
        *_compared_constants(prover),
    ):
        expression, asked = places.get(one.path), prover.plan.origin(one.op)
        if one.part not in ASKED or expression is None:
            continue
        # A switch that parameters alone decide is the author's.
        if _is_switch(one.op, asked):
            continue
        if _is_guard(one.path, expression):
            continue
        is_whole = asked is None or asked is expression.tree
        span = expression.span if asked is None or is_whole else asked.span
        if (one.path, span) in seen:
            continue
        seen.add((one.path, span))
        outcome = "true" if one.outcome else "false"
        if one in implied:
            outcome += ": the domains and the other validations imply it"
        elif one.path in faulting:
            outcome += " wherever it has an answer"
        elif not is_whole and not prover.bounds.is_decided(one.op, one.outcome):
            outcome += " where it is asked"
        what = "the condition" if is_whole or asked is None or asked.part is None else f"`{_short(asked.part.text)}`"
        yield proved(proving.always_decided(At(span, one.path), what, outcome))


def _is_demand(one: Decided) -> bool:
    """Whether it holds in an invariant, where that is good, or is a validation, which is looked at apart."""
    return one.outcome and (one.part == "that" or one.path.startswith("invariants"))


def _compared_constants(prover: Prover) -> Iterator[Decided]:
    """Comparisons that read nothing, wherever they stand in a condition."""
    for path, op in prover.plan.operations():
        for part in walk(op):
            if not isinstance(part, Chain | Member) or reads_something(part):
                continue
            bound = prover.bounds.of(part)
            if bound is not None and bound.can_be_true != bound.can_be_false:
                yield Decided(path, part, "condition", bound.can_be_true)


def reads_something(op: Op) -> bool:
    """Whether a condition depends on more than constants and parameters."""
    return any(isinstance(part, Read | Item | Local) for part in walk(op))


def _is_switch(op: Op, asked: Node | None) -> bool:
    """Whether parameters alone decide a condition, or it is a bare `True` or `False`."""
    if reads_something(op):
        return False
    return asked is None or isinstance(asked, Literal) or any(isinstance(part, Name | Field) for part in nodes(asked))


def _short(text: str) -> str:
    """A condition on one line, cut where it is long."""
    words = " ".join(text.split())
    return words if len(words) <= MOST_QUOTED else f"{words[: MOST_QUOTED - 1].rstrip()}…"


def _is_guard(path: str, written: Expression) -> bool:
    """Whether a condition is the `when` of a quota around its share or minimum, which is looked at by itself."""
    if not path.startswith("cohort.quotas.") or path.endswith(".when"):
        return False
    return not any(isinstance(one, Conditional) for one in written.nodes)


def check_shadowed(facts: Facts) -> Iterator[Diagnostic]:
    """Overrides beside which another one always has the last word."""
    bands = facts.rulebook.bands
    ids = () if bands is None else bands.ids
    overrides = facts.rulebook.overrides
    for index, one in enumerate(overrides):
        by = next((other for other in overrides if other is not one and _shadows(other, one, ids)), None)
        if by is None and one.kind == "band_at_most" and ids and one.target == ids[0]:
            yield proved(proving.changes_nothing(_at(one), one.id, "no band is above the best one"))
        elif by is None and one.kind == "band_at_least" and ids and one.target == ids[-1]:
            yield proved(proving.changes_nothing(_at(one), one.id, "no band is below the worst one"))
        elif by is not None and not (_shadows(one, by, ids) and index < overrides.index(by)):
            yield proved(proving.changes_nothing(_at(one), one.id, f"`{by.id}` always outranks it"))


def _at(override: Override) -> At:
    return At(override.words.span, override.words.path)


def _shadows(other: Override, one: Override, ids: tuple[str, ...]) -> bool:
    """Whether `one` changes nothing wherever it fires, because of `other`."""
    always = other.when is None or other.when.constant is True
    if not always and (one.when is None or other.when is None or other.when.text != one.when.text):
        return False
    if other.kind == "unrated":
        return one.kind != "unrated"
    if not (isinstance(one.target, str) and isinstance(other.target, str)):
        return False
    if one.kind == "unrated" or one.target not in ids or other.target not in ids:
        return False
    is_lower = ids.index(other.target) >= ids.index(one.target)
    match one.kind, other.kind:
        case ("band", "band") | ("band_at_most", "band_at_most") | ("band_at_most", "band"):
            return is_lower
        case ("band_at_least", "band_at_least"):
            return not is_lower or other.target == one.target
        case ("band_at_least", "band"):
            return True
        case _:
            return False
