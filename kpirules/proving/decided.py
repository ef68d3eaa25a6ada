"""Conditions that always come out the same, and overrides that never change anything."""

from __future__ import annotations

from collections.abc import Iterator

from ..checking.facts import Facts
from ..diagnostics import Diagnostic
from ..diagnostics.codes import At, proving
from ..expressions import Expression
from ..expressions.tree import Conditional
from ..model import Override
from ..plan.ops import Item, Read, walk
from .prover import Prover, proved

__all__ = ["check_decided", "check_shadowed"]

ASKED = ("when", "that", "applies", "requires", "condition")


def check_decided(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Conditions of the author that no subject decides."""
    places = {place.path: place.expression for place in facts.places}
    seen: set[tuple[str, str]] = set()
    faulting = {fault.path for fault in prover.bounds.faults}
    for one in prover.bounds.decided:
        expression = places.get(one.path)
        # What is decided by parameters alone is a switch, and an invariant that always holds is a good one.
        is_switch = not any(isinstance(part, Read | Item) for part in walk(one.op))
        if one.part not in ASKED or expression is None or is_switch:
            continue
        if _is_guard(one.path, expression):
            continue
        if one.outcome and (one.path.startswith("invariants") or one.path.startswith("validations")):
            continue
        if (one.path, one.part) not in seen:
            seen.add((one.path, one.part))
            is_part = one.part == "condition" and not one.path.endswith(".met")
            outcome = "true" if one.outcome else "false"
            if one.path in faulting:
                outcome += " wherever it has an answer"
            what = "a condition in this formula" if is_part else "the condition"
            yield proved(proving.always_decided(At(expression.span, one.path), what, outcome))


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
