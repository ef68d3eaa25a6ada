"""The part of each criterion's outcome that is equal for all subjects, and the slots of all other values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from ..engines.scalar import Slot
from ..kernel.mappings import FrozenMap
from ..language.model import Cases, Criterion, Entered, Group, Leaf, Measure, Rulebook
from ..language.model.order import formulas
from ..record import Outcome
from ..record.plain import bare
from ..reference import words

__all__ = ["Outline", "Place", "outlines", "rows_in_words"]

Place = tuple[int, int, int | None]
"""The place of a number among an engine's results: numerator, constant denominator, place of a variable one."""

NOTHING: FrozenMap[str, Any] = FrozenMap()


@frozen(eq=False)
class Outline:
    """The part of a criterion's outcome that is equal for all subjects, and the slots of all other values.

    Args:
        criterion: the criterion.
        is_score: whether it is the score.
        known: the attributes of its outcome if it is scored, without points.
        plain: the same as plain data without formulas.
        state, why: the slots of its state, and of the reason if it is not scored (or None).
        points, earned: the slots of its points, and of its points before limits.
        within: the slot of its points before rounding, or None.
        is_adjusted: whether limits or rounding may change its points.
        row: the slot of the row that was reached, or None if there is at most one row.
        rows: all rows in words.
        lines: the slot of each child's line in a sum or mean; None if its own points are the only line.
        rescale: the slot of the line for rescaling, or None.
        share: denominator and numerator of its max, None if it has no share.
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
    """Return the outlines of all criteria by id, the score first, in the order of the rulebook.

    Args:
        rulebook: the rules.
        slots: the slots of its plan's detailed function.
    """
    if rulebook.root is None:
        return {}
    parents = {child.id: group.id for group in rulebook.groups() for child in group.children}
    return {item.id: _outline(item, parents.get(item.id, ""), slots) for item in rulebook.root.walk()}


def rows_in_words(body: Leaf | Group) -> tuple[str, ...]:
    """Return the rows of a criterion in words, as outcomes show them.

    Args:
        body: what it is made of.
    """
    match body:
        case Measure(shape=shape):
            return words(shape)
        case Cases(rows=cases):
            return tuple(case.in_words for case in cases)
        case Entered():
            return ("entered",)
    return ()


def _known(criterion: Criterion, parent: str, row: str) -> dict[str, Any]:
    """Return the attributes of the outcome of a scored criterion, without points."""
    return {
        "id": criterion.id,
        "outcome": "scored",
        "points": None,
        "min": criterion.min,
        "max": criterion.max,
        "share": None,
        "weight": criterion.weight.value if criterion.weight else None,
        "parent": parent,
        "why": "",
        "policy": "",
        "remains": None,
        "required": None,
        "row": row,
    }


def _outline(criterion: Criterion, parent: str, slots: Mapping[str, Slot]) -> Outline:
    """Return the outline of one criterion. This is long since it names each field once."""

    def place(key: str) -> Place | None:
        slot = slots.get(key)
        return None if slot is None else (slot.place, slot.denominator, slot.at)

    def at(key: str) -> int | None:
        return slots[key].place if key in slots else None

    def sure(key: str) -> Place:
        found = place(key)
        assert found is not None
        return found

    rows = rows_in_words(criterion.body)
    lines: tuple[tuple[str, Place], ...] | None = None
    if isinstance(criterion.body, Group) and criterion.body.combine in ("sum", "mean"):
        kind = "points" if criterion.body.combine == "sum" else f"line.{criterion.id}"
        lines = tuple((child.id, sure(f"{kind}.{child.id}")) for child in criterion.children)
    known = _known(criterion, parent, rows[0] if rows else "")
    plain = bare(Outcome(**known))
    # The case that holds is recorded, even if it has no formula.
    if criterion.applies is None and not formulas(criterion) and not isinstance(criterion.body, Cases):
        known["computations"] = NOTHING
    most = None if not criterion.max else criterion.max.as_integer_ratio()
    return Outline(
        criterion,
        not parent,
        known,
        plain,
        sure(f"outcome.{criterion.id}")[0],
        at(f"why.{criterion.id}"),
        sure(f"points.{criterion.id}"),
        sure(f"earned.{criterion.id}"),
        place(f"limited.{criterion.id}"),
        criterion.is_clamped or criterion.round is not None,
        at(f"row.{criterion.id}") if rows else None,
        rows,
        lines,
        place(f"rescale.{criterion.id}"),
        None if most is None else (most[1], most[0]),
    )
