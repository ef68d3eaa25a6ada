"""Criteria of drawn rulebooks: leaves of every form, and groups of every combination."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from attrs import define

from kpirules.kernel.exact import MODES

from .drafting import CRITERIA, GIVEN, Column, Drafting, Earned, Mapped, Where

__all__ = ["DECIMAL_MULTIPLES", "Judged", "rounding", "tree"]

SHARED = ("mean", "geometric_mean", "harmonic_mean", "min", "max", "product")
MEANS = SHARED[:3]
WEIGHTS = {
    1: (("100%",), (1,)),
    2: (("40%", "60%"), ("1/3", "2/3"), (Decimal("0.25"), Decimal("0.75"))),
    3: (("25%", "25%", "50%"), ("1/3", "1/3", "1/3"), ("20%", Decimal("0.3"), "1/2")),
    4: (("25%", "25%", "25%", "25%"),),
}
MULTIPLES = (Decimal("0.25"), Decimal("0.5"), 5, 1, "1/3")
DECIMAL_MULTIPLES = MULTIPLES[:-1]
RELATIVE = (1, 2, Decimal("0.5"), "1/3", "30%")


@define
class Judged:
    """The properties of a drawn criterion.

    Args:
        body: the criterion as a mapping.
        most: its max; None where there is none.
        least: its min; None where there is none.
        is_sure: whether its points are there in every assessment.
        can_leave: whether it may be excluded.
    """

    body: Mapped
    most: Decimal | None
    least: Decimal | None
    is_sure: bool
    can_leave: bool


@define
class Place:
    """The place of a criterion.

    Args:
        is_free: whether only sums are above it, so that it may do without a max.
        is_strict: whether a mean of products is above it, so that its points may not be negative.
        is_sure: whether everything above it always applies.
        in_sum: whether it is a child of a sum.
    """

    is_free: bool = True
    is_strict: bool = False
    is_sure: bool = True
    in_sum: bool = True


def rounding(draft: Drafting, multiples: Sequence[Any] = MULTIPLES) -> Mapped:
    """Return a rounding to places or to a multiple, in any mode."""
    if draft.chance(0.5):
        how: Mapped = {"places": draft.amount(draft.one((0, 0, 1, 2, 3, -1)))}
    else:
        how = {"to": draft.amount(draft.one(multiples))}
    return how if draft.chance(0.1) else {**how, "mode": draft.one(MODES)}


# -- leaves ---------------------------------------------------------------------------------------


def leaf(draft: Drafting, id_: str, place: Place) -> Judged:
    """Return a leaf of any form."""
    form = draft.one(_FORMS)
    most = Decimal(draft.one((10, 20, 25, 40, 100, 100)))
    body: Mapped = {}
    where = Where(CRITERIA)
    applies = ""
    if draft.chance(0.4 if form == "entered" else 0.15):
        stage = Where(GIVEN) if form == "entered" else where
        applies = draft.condition(stage, 1)
    policy = draft.one(("exclude", "zero", "full", "unrated")) if draft.chance(0.22) else ""
    is_fault_free = not draft.is_risky()
    read = ""
    match form:
        case "points":
            read = draft.maybe(where, 2) if policy else draft.number(where, 3)
            if is_fault_free and draft.chance(0.6):
                read = f"clamp({read}, 0, {most})"
            body["points"] = read
            if draft.chance(0.2) and place.is_free and place.in_sum:
                return unlimited(draft, body, read, policy, applies, place)
        case "rate":
            rate = draft.maybe(where, 1) if policy else draft.number(where, 2)
            scaled = draft.one((f"{rate} / 10", f"ratio({rate}, {draft.number(where, 0)}, if_zero=0.5)", rate))
            read = f"clamp({scaled}, 0, 1)" if is_fault_free else scaled
            body["rate"] = read
        case "met":
            read = draft.maybe_condition(where, 2) if policy else draft.condition(where, 2)
            body["met"] = read
        case "entered":
            body["entered"] = draft.one(({}, {"step": draft.amount(Decimal("0.5"))}, {"step": 5}))
        case "cases":
            body |= cases(draft, where, most, may_be_open=not is_fault_free, may_be_absent=bool(policy))
            read = str(body)
        case "lookup":
            kind = draft.one(("boolean", *draft.choices()))
            if kind == "boolean":
                read = draft.maybe_condition(where, 1) if policy else draft.condition(where, 1)
            else:
                read = draft.absent(where, kind) if policy else draft.choice(kind, where, 1)
            rated = draft.chance(0.4)
            body |= {
                "measure": read,
                "lookup": draft.looked_up(kind, lambda: part(draft, most), "points")
                if not rated
                else {
                    option: {"rate": draft.amount(draft.one((0, 1, "50%", "1/3")))}
                    for option in draft.looked_up(kind, lambda: 0, "points")
                },
            }
        case _:
            read = draft.maybe(where, 1) if policy else draft.number(where, draft.one((0, 1, 2)))
            body["measure"] = read
            if form == "steps":
                body["steps"] = draft.rows(lambda: row(draft, most), "points", 0)
            elif form == "scale":
                body["scale"] = draft.knots(most)
                if is_fault_free:
                    body["outside"] = "clamp"
            else:
                body["thresholds"] = draft.thresholds(most)
    body["max"] = draft.amount(most)
    least = Decimal(0)
    if draft.chance(0.08) and not place.is_strict and form != "entered":
        body["min"], least = -5, Decimal(-5)
    if is_fault_free and form in ("points", "rate") and draft.chance(0.8):
        body["outside"] = "clamp"
    return finished(draft, id_, body, read, policy, applies, place, most, least)


def cases(draft: Drafting, where: Where, most: Decimal, *, may_be_open: bool, may_be_absent: bool) -> Mapped:
    """Return a decision table with conditions, and with conditions by name."""
    names = [_asked(draft, where, may_be_absent=may_be_absent) for _ in range(draft.one((1, 2, 2, 3)))]
    rows: list[Mapped] = []
    for _ in range(draft.one((1, 2, 3, 4))):
        if draft.chance(0.25):
            when: Any = draft.maybe_condition(where, 1) if may_be_absent else draft.condition(where, 1)
        else:
            asked = draft.random.sample(names, draft.random.randint(1, len(names)))
            when = {name: draft.needed(kind) for name, kind in asked}
        rows.append({"when": when, **row(draft, most)})
    if draft.chance(0.2) and not draft.has_sure_score:
        rows[-1] = {"when": rows[-1]["when"], "undefined": True}
    if not may_be_open:
        rows.append({"points": part(draft, most)})
    return {"cases": rows, **({"unique": True} if may_be_open and draft.chance(0.5) else {})}


def _asked(draft: Drafting, where: Where, *, may_be_absent: bool) -> tuple[str, str]:
    """Return the name of an input, a named value or the points of a criterion, and its kind."""
    kind = draft.one(("number", "number", "boolean", "date", "text", *draft.choices()))
    sure = [one.id for one in draft.earned if one.is_sure]
    if kind == "number" and sure and draft.chance(0.3):
        return f"points.{draft.one(sure)}", kind
    if may_be_absent and draft.chance(0.6):
        return draft.input(kind, is_optional=True), kind
    named = draft.named(kind, where) if draft.chance(0.3) else None
    return named or draft.input(kind), kind


def part(draft: Drafting, most: Decimal) -> Any:
    """Return the points of a row, sometimes as a parameter or beyond the max."""
    if draft.is_lenient and draft.chance(0.05):
        return draft.amount(most + 1)
    return draft.amount(most * draft.one((0, 1, Decimal("0.5"), Decimal("0.75"), Decimal("0.1"))))


def row(draft: Drafting, most: Decimal) -> Mapped:
    if draft.chance(0.3):
        return {"rate": draft.amount(draft.one((0, 1, "50%", "1/3", Decimal("0.9"))))}
    return {"points": part(draft, most)}


def unlimited(draft: Drafting, body: Mapped, read: str, policy: str, applies: str, place: Place) -> Judged:
    """Return a leaf without a max."""
    if policy:
        body["missing"] = "zero" if policy == "full" else policy
    if applies:
        body["applies"] = applies
    if draft.chance(0.3):
        body["round"] = rounding(draft)
    is_sure = place.is_sure and not policy and not applies and not draft.is_unclear(read)
    return Judged(body, None, None, is_sure, can_leave=bool(applies) or policy == "exclude")


def finished(
    draft: Drafting,
    id_: str,
    body: Mapped,
    read: str,
    policy: str,
    applies: str,
    place: Place,
    most: Decimal,
    least: Decimal,
) -> Judged:
    """Return a leaf with the keys that any leaf may have."""
    if policy:
        body["missing"] = policy
    if applies:
        body["applies"] = applies
    if "entered" not in body and draft.chance(0.25):
        body["round"] = rounding(draft)
    is_unclear = "undefined" in str(body) or draft.is_unclear(read) or draft.is_unclear(applies)
    is_sure = place.is_sure and not policy and not applies and not is_unclear
    if "entered" in body:
        may_be_absent = bool(policy or applies) or not place.is_sure
        draft.entered.append(Column(id_, "number", may_be_absent))
    return Judged(body, most, least, is_sure, can_leave=bool(applies) or policy == "exclude")


# -- groups ---------------------------------------------------------------------------------------


def tree(draft: Drafting, count: int) -> tuple[Mapped, Judged]:
    """Return the criteria of a rulebook, and the score with the keys of a group."""
    judged = group(draft, "", count, 0, Place())
    criteria = judged.body.pop("criteria")
    policy = judged.body.get("missing")
    if policy == "exclude":
        judged.body["missing"] = "unrated"
    return criteria, judged


def group(draft: Drafting, id_: str, count: int, level: int, place: Place) -> Judged:
    """Return a group of any combination; the empty id is the score."""
    combine = draft.one(("sum", "sum", "sum", "sum", "points", *SHARED))
    applies = ""
    is_early = False
    if id_ and draft.chance(0.12):
        is_early = draft.chance(0.5)
        applies = draft.condition(Where(GIVEN if is_early else CRITERIA), 1)
    below = Place(
        is_free=place.is_free and combine == "sum",
        is_strict=place.is_strict or combine in ("geometric_mean", "harmonic_mean"),
        is_sure=place.is_sure and not applies,
        in_sum=combine == "sum",
    )
    children: dict[str, Judged] = {}
    regular = Decimal(0)
    before = len(draft.entered)
    for index in range(count):
        child_id = f"{id_ or 'k'}{'abcdef'[index]}"
        if level < 2 and draft.chance(0.25):
            child = group(draft, child_id, draft.one((1, 2, 2, 3)), level + 1, below)
        else:
            child = leaf(draft, child_id, below)
            if applies and not is_early and "entered" in child.body:
                # What asks an assessor reads inputs alone, also above.
                del child.body["entered"]
                draft.entered.pop()
                child.body |= {"met": draft.condition(Where(CRITERIA), 1)}
        if combine == "sum" and index and draft.chance(0.15):
            aside(draft, child, below)
        children[child_id] = child
        is_extra = child.body.get("extra", False)
        if child.most is not None and not is_extra:
            regular += child.most
        draft.earned.append(Earned(child_id, child.is_sure, child.most, "criteria" in child.body))
    if applies and not is_early and len(draft.entered) > before:
        applies = draft.condition(Where(GIVEN), 1)
    body: Mapped = {"criteria": {name: child.body for name, child in children.items()}}
    judged = list(children.values())
    can_leave = [child for child in judged if child.can_leave]
    if combine == "points":
        body["points"] = points(draft, children)
    elif combine != "sum" or draft.chance(0.2):
        body["combine"] = combine
    if combine in MEANS and draft.chance(0.6):
        weigh(draft, body, judged)
    most, least = limited(draft, body, combine, judged, regular, place)
    policy = ""
    if can_leave:
        if combine == "sum":
            body["rescale"] = draft.chance(0.5)
        if draft.chance(0.4):
            body["require_share"] = draft.amount(draft.one(("50%", "80%", "1/3", 1)))
        policy = draft.one(("", "exclude", "zero", "full", "unrated"))
        if (policy == "full" and most is None) or (least is not None and least > 0):
            policy = "unrated"
        if policy:
            body["missing"] = policy
    if applies:
        body["applies"] = applies
    if id_ and draft.chance(0.15):
        body["round"] = rounding(draft)
    is_sure = place.is_sure and not applies and not can_leave and all(child.is_sure for child in judged)
    return Judged(body, most, least, is_sure, can_leave=bool(applies) or policy == "exclude")


def aside(draft: Drafting, child: Judged, place: Place) -> None:
    """Return extra points of a sum, or a deduction."""
    if draft.chance(0.5) or place.is_strict or "criteria" in child.body:
        child.body["extra"] = True
    elif not child.body.get("missing"):
        applies = {key: child.body[key] for key in ("applies",) if key in child.body}
        if "entered" in child.body:
            draft.entered.pop()
        child.body = {"min": -5, "max": 0, "points": f"-clamp({draft.number(Where(CRITERIA), 1)}, 0, 5)", **applies}
        child.most, child.least = Decimal(0), Decimal(-5)
        child.is_sure = False


def points(draft: Drafting, children: dict[str, Judged]) -> str:
    """Return the points of a group as a formula over those of its children."""
    read = [f"points.{id_}" if one.is_sure else f"default(points.{id_}, 0)" for id_, one in children.items()]
    first = next(iter(children))
    if children[first].most and draft.chance(0.4):
        share = f"share.{first}" if children[first].is_sure else f"default(share.{first}, 1)"
        return f"clamp({share} * 60 + {read[-1]}, 0, 100)"
    tenths = [f"({one} / 10)" for one in read]
    forms = (
        f"clamp({' + '.join(read)}, 0, 100)",
        f"clamp({' * '.join(tenths)}, 0, 100)",
        f"min(100, {', '.join(read)})",
    )
    return str(draft.one(forms))


def weigh(draft: Drafting, body: Mapped, children: list[Judged]) -> None:
    """Add weights to the children of a mean, which sum to one or are relative."""
    if len(children) not in WEIGHTS or draft.chance(0.35):
        body["weights"] = "relative"
        weights = [draft.one(RELATIVE) for _ in children]
    else:
        weights = list(draft.one(WEIGHTS[len(children)]))
    for child, weight in zip(children, weights, strict=True):
        child.body["weight"] = draft.amount(weight)


def limited(
    draft: Drafting, body: Mapped, combine: str, children: list[Judged], regular: Decimal, place: Place
) -> tuple[Decimal | None, Decimal | None]:
    """Return the max and min of a group, written or not, sometimes as a cap."""
    if combine != "sum":
        most = Decimal(100)
        if draft.chance(0.3):
            most = Decimal(draft.one((50, 70, 100)))
            body["max"] = draft.amount(most)
        if draft.chance(0.5):
            body["outside"] = "clamp"
        return most, Decimal(0)
    has_no_end = any(child.most is None for child in children if not child.body.get("extra"))
    if has_no_end:
        if draft.chance(0.5) or not place.is_free:
            body |= {"max": 100, "outside": "clamp"}
            return Decimal(100), Decimal(0)
        return None, None
    lows = [child.least for child in children]
    least = None if None in lows else sum((low for low in lows if low is not None), Decimal(0))
    if regular == 0 or draft.chance(0.25) or (place.is_strict and (least is None or least < 0)):
        # A cap below what the children add up to, or above it.
        most = draft.one((regular, regular - 5, Decimal(30))) if regular > 5 else Decimal(10)
        body |= {"max": draft.amount(most), "outside": "clamp"}
        return most, Decimal(0)
    if draft.is_lenient and draft.chance(0.15):
        most = regular - draft.one((-5, 1, 5))
        if most > 0:
            body["max"] = draft.amount(most)
            return most, Decimal(0)
    if draft.chance(0.3):
        body["max"] = draft.amount(regular)
        return regular, Decimal(0)
    return regular, least


_FORMS = (
    *("points", "points", "rate", "rate", "met"),
    *("steps", "steps", "scale", "scale", "thresholds", "lookup", "cases", "entered"),
)
