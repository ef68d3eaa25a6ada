"""What the outcome of a criterion has alike for every subject, and where an engine notes the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from ..engines.scalar import Slot
from ..kernel.mappings import FrozenMap
from ..language.model import Cases, Criterion, Entered, Group, Measure, Rulebook
from ..language.model.order import formulas
from ..record import Outcome
from ..record.plain import bare
from ..reference import words

__all__ = ["Outline", "Place", "outlines"]

Place = tuple[int, int, int | None]
"""Of a number in what an engine gives: its numerator, its denominator, and the place of one that is not constant."""

NOTHING: FrozenMap[str, Any] = FrozenMap()


@frozen(eq=False)
class Outline:
    """The outcome of a criterion without a subject.

    Args:
        criterion: the criterion.
        is_score: whether it is the score.
        known: attributes of its outcome where it is scored, without points.
        plain: the same as plain data without formulas.
        state, why: the places of its state, and of why it is not plainly scored or None.
        points, earned: the places of its points, and of those before its limits.
        within: the place of its points before they are rounded, or None.
        is_adjusted: whether limits or rounding may change its points.
        row: the place of the row that is reached, or None where there is one at most.
        rows: all rows in words.
        lines: the place of the line of each child of a sum or mean; None where its own points are the only line.
        rescale: the place of the line of the rest that stands for the whole, or None.
        share: denominator and numerator of its max, None where it has no share.
    """

    criterion: Criterion
    is_score: bool
    known: dict[str, Any]
    plain: dict[str, Any]
    state: int
    why: int | None
    points: Place
    earned: Place
    within: Place | None
    is_adjusted: bool
    row: int | None
    rows: tuple[str, ...]
    lines: tuple[tuple[str, Place], ...] | None
    rescale: Place | None
    share: tuple[int, int] | None


def outlines(rulebook: Rulebook, slots: Mapping[str, Slot]) -> dict[str, Outline]:
    """The outlines of all criteria by id, the score first, in the order of the rulebook.

    Args:
        rulebook: the rules.
        slots: of the detailed function of its plan.
    """
    if rulebook.root is None:
        return {}
    parents = {child.id: group.id for group in rulebook.groups() for child in group.children}
    return {one.id: _outline(one, parents.get(one.id, ""), slots) for one in rulebook.root.walk()}


def _outline(one: Criterion, parent: str, slots: Mapping[str, Slot]) -> Outline:
    def place(key: str) -> Place | None:
        slot = slots.get(key)
        return None if slot is None else (slot.place, slot.denominator, slot.at)

    def at(key: str) -> int | None:
        return slots[key].place if key in slots else None

    def sure(key: str) -> Place:
        found = place(key)
        assert found is not None
        return found

    weight = one.weight.value if one.weight else None
    known: dict[str, Any] = {"id": one.id, "min": one.min, "max": one.max, "weight": weight, "parent": parent}
    known |= {"outcome": "scored", "why": "", "policy": "", "remains": None, "required": None}
    lines: tuple[tuple[str, Place], ...] | None = None
    rows: tuple[str, ...] = ()
    match one.body:
        case Group(combine="sum" | "mean" as combine):
            kind = "points" if combine == "sum" else f"line.{one.id}"
            lines = tuple((child.id, sure(f"{kind}.{child.id}")) for child in one.children)
        case Measure(shape=shape):
            rows = words(shape)
        case Cases(rows=cases):
            rows = tuple(case.in_words for case in cases)
        case Entered():
            rows = ("entered",)
    known |= {"row": rows[0] if rows else "", "points": None, "share": None}
    plain = bare(Outcome(**known))
    if one.applies is None and not formulas(one):
        known["computations"] = NOTHING
    most = None if not one.max else one.max.as_integer_ratio()
    return Outline(
        one,
        not parent,
        known,
        plain,
        sure(f"outcome.{one.id}")[0],
        at(f"why.{one.id}"),
        sure(f"points.{one.id}"),
        sure(f"earned.{one.id}"),
        place(f"limited.{one.id}"),
        one.is_clamped or one.round is not None,
        at(f"row.{one.id}") if rows else None,
        rows,
        lines,
        place(f"rescale.{one.id}"),
        None if most is None else (most[1], most[0]),
    )
