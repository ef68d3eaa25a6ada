"""Outcomes of criteria without a subject, and the places of the values that depend on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from ..engines.scalar import Slot
from ..kernel.mappings import FrozenMap
from ..language.model import Criterion, Entered, Group, Measure, Rulebook
from ..language.model.order import formula
from ..record import Outcome
from ..record.plain import bare
from ..reference import words

__all__ = ["Outline", "Place", "outlines"]

Place = tuple[int, int, int | None]
"""The place of a number among an engine's results: numerator, constant denominator, place of a variable one."""

NOTHING: FrozenMap[str, Any] = FrozenMap()


@frozen(eq=False)
class Outline:
    """The outcome of a criterion without a subject.

    Args:
        criterion: the criterion.
        known: attributes of its outcome.
        plain: its outcome as plain data without formulas, as a template.
        state, why: the places of its state, and of the reason if it is not scored (or None).
        points, earned: the places of its points, and of those before its limits.
        within: the place of its points before rounding, or None.
        is_adjusted: whether limits or rounding may change its points.
        row: the place of the index of the row, or None.
        rows: all rows in words.
        lines: the place of each child's line in a sum or mean; None if its own points are the only line.
        rescale: the place of the line for rescaling, or None.
        share: denominator and numerator of its max, None if it has no share.
    """

    criterion: Criterion
    known: Mapping[str, Any]
    plain: dict[str, Any]
    state: int
    why: int | None
    points: Place
    earned: Place
    within: Place | None
    is_adjusted: bool
    row: Place | None
    rows: tuple[str, ...]
    lines: tuple[tuple[str, Place], ...] | None
    rescale: Place | None
    share: tuple[int, int] | None


def outlines(rulebook: Rulebook, slots: Mapping[str, Slot]) -> tuple[Outline, ...]:
    """Return the outlines of all criteria, the score first, in the order of the rulebook.

    Args:
        rulebook: the rules.
        slots: the slots of its plan's detailed function.
    """
    if rulebook.root is None:
        return ()
    parents = {child.id: group.id for group in rulebook.groups() for child in group.children}
    return tuple(_outline(criterion, parents.get(criterion.id, ""), slots) for criterion in rulebook.root.walk())


def _outline(criterion: Criterion, parent: str, slots: Mapping[str, Slot]) -> Outline:
    def place(key: str) -> Place | None:
        slot = slots.get(key)
        return None if slot is None else (slot.place, slot.denominator, slot.at)

    def sure(key: str) -> Place:
        found = place(key)
        assert found is not None
        return found

    weight = criterion.weight.value if criterion.weight else None
    known: dict[str, Any] = {
        "id": criterion.id,
        "min": criterion.min,
        "max": criterion.max,
        "weight": weight,
        "parent": parent,
    }
    known |= {"why": "", "policy": "", "remains": None, "required": None, "row": ""}
    plain = bare(Outcome(outcome="", **known))
    if criterion.applies is None and formula(criterion) is None:
        known["computations"] = NOTHING
    lines: tuple[tuple[str, Place], ...] | None = None
    rows: tuple[str, ...] = ()
    match criterion.body:
        case Group(combine="sum" | "mean" as combine):
            kind = "points" if combine == "sum" else f"line.{criterion.id}"
            lines = tuple((child.id, sure(f"{kind}.{child.id}")) for child in criterion.children)
        case Measure(shape=shape):
            rows = words(shape)
        case Entered():
            rows = ("entered",)
    most = None if not criterion.max else criterion.max.as_integer_ratio()
    return Outline(
        criterion,
        known,
        plain,
        sure(f"outcome.{criterion.id}")[0],
        slots[f"why.{criterion.id}"].place if f"why.{criterion.id}" in slots else None,
        sure(f"points.{criterion.id}"),
        sure(f"earned.{criterion.id}"),
        place(f"limited.{criterion.id}"),
        criterion.is_clamped or criterion.round is not None,
        place(f"row.{criterion.id}"),
        rows,
        lines,
        place(f"rescale.{criterion.id}"),
        None if most is None else (most[1], most[0]),
    )
