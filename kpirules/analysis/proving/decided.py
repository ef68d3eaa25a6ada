"""Reports conditions that always have the same outcome, and overrides that never decide."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics import Diagnostic, Span
from ...diagnostics.codes import At, proving
from ...language.expressions import Expression
from ...language.expressions import walk as nodes
from ...language.expressions.tree import Conditional, Field, Literal, Name, Node, Unreadable
from ...language.model import Override
from ...plan.ops import Chain, Item, Local, Member, Op, Read, walk, written
from ..bounds import Decided
from ..checking.facts import Facts
from .prover import Prover, proved

__all__ = ["check_decided", "check_shadowed", "reads_something"]

ASKED = ("when", "that", "applies", "requires", "condition")

MOST_QUOTED = 60
"""The most characters of a condition that a message quotes."""


def check_decided(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Report conditions with the same outcome for every subject, and comparisons of constants."""
    places = {place.path: place.expression for place in facts.places}
    seen: set[tuple[str, Span | None]] = set()
    faulting = {fault.path for fault in prover.bounds.faults}
    implied = prover.bounds.implied
    for decided in (
        *(decided for decided in prover.bounds.decided if not _is_demand(decided)),
        *implied,
        *_compared_constants(prover),
    ):
        expression, asked = places.get(decided.path), prover.plan.origin(decided.op)
        if decided.part not in ASKED or expression is None:
            continue
        # A switch that only parameters decide is intended.
        if _is_switch(decided.op, asked):
            continue
        if _is_guard(decided.path, expression):
            continue
        is_whole = asked is None or asked is expression.tree
        span = expression.span if asked is None or is_whole else asked.span
        if (decided.path, span) in seen:
            continue
        seen.add((decided.path, span))
        outcome = "true" if decided.outcome else "false"
        if decided in implied:
            outcome += ": the domains and the other validations imply it"
        elif decided.path in faulting:
            outcome += " wherever it has a value"
        elif not is_whole and not prover.bounds.is_decided(decided.op, decided.outcome):
            outcome += " where it is evaluated"
        what = "the condition" if is_whole or asked is None or asked.part is None else f"`{_short(asked.part.text)}`"
        yield proved(proving.always_decided(At(span, decided.path), what, outcome))


def _is_demand(decided: Decided) -> bool:
    """Return whether a condition is meant to hold always, such as an invariant, or is checked elsewhere."""
    return decided.outcome and (decided.part == "that" or decided.path.startswith("invariants"))


def _compared_constants(prover: Prover) -> Iterator[Decided]:
    """Yield comparisons that read nothing, anywhere in a condition."""
    for path, op in prover.plan.operations():
        for part in written(op):
            if not isinstance(part, Chain | Member) or reads_something(part):
                continue
            bound = prover.bounds.of(part)
            if bound is not None and bound.can_be_true != bound.can_be_false:
                yield Decided(path, part, "condition", bound.can_be_true)


def reads_something(op: Op) -> bool:
    """Return whether a condition depends on more than constants and parameters."""
    return any(isinstance(part, Read | Item | Local) for part in walk(op))


def _is_switch(op: Op, asked: Node | None) -> bool:
    """Return whether only parameters decide a condition, or it is a bare `True` or `False`."""
    if reads_something(op):
        return False
    return asked is None or isinstance(asked, Literal) or any(isinstance(part, Name | Field) for part in nodes(asked))


def _short(text: str) -> str:
    """Return a condition on one line, cut if it is long."""
    words = " ".join(text.split())
    return words if len(words) <= MOST_QUOTED else f"{words[: MOST_QUOTED - 1].rstrip()}…"


def _is_guard(path: str, written: Expression) -> bool:
    """Return whether a condition is the `when` of a quota inside its share or minimum, which is checked elsewhere."""
    if not path.startswith("cohort.quotas.") or path.endswith(".when"):
        return False
    return not any(isinstance(one, Conditional) for one in written.nodes)


def check_shadowed(facts: Facts) -> Iterator[Diagnostic]:
    """Report overrides that decide for no subject, mostly because another one always prevails."""
    bands = facts.rulebook.bands
    ids = () if bands is None else bands.ids
    every = facts.rulebook.overrides
    lowest_ceiling = max((_place(override, ids) for override in every if override.kind == "band_at_most"), default=-1)
    # Nothing is known of an override whose condition could not be read.
    overrides = tuple(
        override for override in every if override.when is None or not isinstance(override.when.tree, Unreadable)
    )
    for override in overrides:
        outranking = (other for other in overrides if _shadows(other, override, overrides, ids, lowest_ceiling))
        prevailing = next(outranking, None)
        if prevailing is None and override.kind == "band_at_most" and ids and override.target == ids[0]:
            yield proved(proving.changes_nothing(_at(override), override.id, "no band is above the best one"))
        elif prevailing is None and override.kind == "band_at_least" and ids and override.target == ids[-1]:
            yield proved(proving.changes_nothing(_at(override), override.id, "no band is below the worst one"))
        elif prevailing is not None:
            yield proved(
                proving.changes_nothing(_at(override), override.id, f"`{prevailing.id}` always prevails over it")
            )


def _at(override: Override) -> At:
    return At(override.words.span, override.words.path)


def _place(override: Override, ids: tuple[str, ...]) -> int:
    """Return the index of the lowest band that an override can give; a computed band may be the worst."""
    target = override.target
    return ids.index(target) if isinstance(target, str) and target in ids else len(ids) - 1


def _shadows(
    other: Override, one: Override, overrides: tuple[Override, ...], ids: tuple[str, ...], lowest_ceiling: int
) -> bool:
    """Return whether `one` decides for no subject, because `other` fires whenever it does.

    Two with one effect decide together, so neither shadows the other. Neither does a lower forced band, or a higher
    floor, if a ceiling may be below both: then all forced bands, or all floors, decide besides that ceiling.

    Args:
        other, one: two overrides.
        overrides: all of them, in order.
        ids: the ids of the bands, best first.
        lowest_ceiling: the index of the lowest band that a ceiling may give, -1 if there is none.
    """
    always = other.when is None or other.when.constant is True
    if other is one:
        return False
    if not always and (one.when is None or other.when is None or other.when.text != one.when.text):
        return False
    if other.kind == "unrated":
        is_first = overrides.index(other) < overrides.index(one)
        return one.kind != "unrated" or (is_first and one.target != other.target)
    if not (isinstance(one.target, str) and isinstance(other.target, str)):
        return False
    if one.kind == "unrated" or one.target not in ids or other.target not in ids:
        return False
    own, outranking = ids.index(one.target), ids.index(other.target)
    match one.kind, other.kind:
        case ("band_at_most", "band_at_most") | ("band_at_most", "band"):
            return outranking > own
        case ("band", "band"):
            return outranking > own and lowest_ceiling < outranking
        case ("band_at_least", "band_at_least"):
            return outranking < own and lowest_ceiling < own
        case ("band_at_least", "band"):
            return outranking != own and lowest_ceiling < max(own, outranking)
        case ("band_at_least", "band_at_most"):
            return other.target == ids[-1]
        case _:
            return False
