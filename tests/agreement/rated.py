"""The later parts of a drawn rulebook: limits, bands, overrides, outputs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .drafting import BAND, CRITERIA, GIVEN, INVARIANT, ORDERED, OUTPUT, SCORE, Column, Drafting, Mapped, Where

__all__ = ["BAND_SHAPES", "bands", "exemptions", "invariants", "limits", "outputs", "overrides", "validations"]

BAND_SHAPES = ("higher", "higher", "higher", "lower", "hole", "hole", "overlap", "endless")


def limits(draft: Drafting) -> Mapped:
    """Return limits on the score."""
    found: Mapped = {}
    where = Where(CRITERIA)
    if draft.chance(0.7):
        at_most = draft.one((5, 40, 90, draft.number(where, 1)))
        found["cap"] = {"when": draft.condition(where, 1), "at_most": at_most, "label": "A cap"}
    if draft.chance(0.4):
        absent = draft.absent(where, "number")
        found["by_input"] = {"when": f"given({absent})", "at_most": absent}
    if draft.chance(0.4) or not found:
        found["always"] = {"at_most": draft.one((95, 150))}
    return found


# -- bands ----------------------------------------------------------------------------------------


def bands(draft: Drafting, most: Decimal) -> Mapped:
    """Return a rating scale, on the score or on a measure."""
    shape = draft.one(BAND_SHAPES) if draft.has_score or draft.chance(0.7) else "endless"
    ids = draft.bands
    levels: dict[str, Mapped] = {id_: {} for id_ in ids}
    cuts = _cuts(draft, most, len(ids))
    if shape == "higher":
        _rising(draft, levels, cuts)
    elif shape == "lower":
        for id_, cut in zip(ids, reversed(cuts), strict=False):
            levels[id_][draft.one(("to", "to", "below"))] = draft.amount(cut)
        if draft.chance(0.5):
            last = levels[ids[-2]]
            levels[ids[-1]]["from" if "below" in last else "above"] = next(iter(last.values()))
    elif shape == "hole":
        _rising(draft, levels, cuts)
        lower = draft.one(("from", "above"))
        levels[ids[0]] = {lower: cuts[0]}
        if draft.chance(0.5) or len(ids) == 2:
            levels[ids[-1]] = {"to": cuts[-1] * Decimal("0.5")}
        else:
            levels[ids[1]] |= {"to": cuts[1] + (cuts[0] - cuts[1]) / 4}
    elif shape == "overlap":
        for id_, cut in zip(ids, [*cuts, Decimal(-1000)], strict=False):
            levels[id_] |= (
                {"from": cut - 5, "to": cut + most / 2} if cut > -1000 else {"to": cuts[-1] + min(5, most / 2)}
            )
    found: Mapped = {"levels": levels}
    part = 0.9 if shape == "endless" else 0.35
    for id_ in ids[:-1] if draft.chance(0.8) else ids:
        if draft.chance(part):
            levels[id_]["requires"] = requires(draft)
    if any("requires" in level for level in levels.values()) and draft.chance(0.5):
        found["fall"] = "next"
    if shape in ("overlap", "endless") and draft.chance(0.65):
        found["overlap"] = draft.one(("best", "worst"))
    if shape != "endless" and (not draft.has_score or draft.chance(0.15)):
        found["measure"] = draft.number(Where(SCORE), 1)
    if shape == "lower" and "measure" in found:
        found["better"] = "lower"
    if draft.chance(0.4) and len(found) == 1:
        return levels
    return found


def _cuts(draft: Drafting, most: Decimal, count: int) -> list[Decimal]:
    """Return the ends of bands in descending order, some of them between whole numbers."""
    parts = sorted(draft.random.sample((2, 3, 4, 5, 6, 7, 8, 9), count - 1), reverse=True)
    fine = draft.one((Decimal(0), Decimal(0), Decimal("0.5"), Decimal("0.01")))
    return [most * part / 10 + fine for part in parts]


def _rising(draft: Drafting, levels: dict[str, Mapped], cuts: list[Decimal]) -> None:
    lower = draft.one(("from", "from", "above"))
    ids = list(levels)
    for id_, cut in zip(ids, cuts, strict=False):
        levels[id_][lower] = draft.amount(cut)
    drawn = draft.random.random()
    if drawn < 0.3:
        levels[ids[-1]]["from"] = draft.one((0, -100))
    elif drawn < 0.6:
        levels[ids[-1]]["below" if lower == "from" else "to"] = cuts[-1]


def requires(draft: Drafting) -> Any:
    """Return one condition, or several by id."""
    where = Where(SCORE)
    if draft.chance(0.5):
        return draft.condition(where, 1)
    found: Mapped = {"reached": {"that": draft.condition(where, 1), "label": "Reached"}}
    for id_ in ("also", "never_eleven")[: draft.one((1, 1, 2))]:
        that = draft.condition(where, 1)
        found[id_] = draft.one((that, {"that": that}))
    return found


# -- who is rated, and what outranks the score -----------------------------------------------------


def exemptions(draft: Drafting) -> Mapped:
    where = Where(GIVEN)
    statuses = ("not_classified", "On_Leave")[: draft.one((1, 2))]
    return {f"e{index}": {"when": rare(draft, where), "status": status} for index, status in enumerate(statuses)}


def rare(draft: Drafting, where: Where) -> str:
    """Return a condition that seldom holds."""
    return f"({draft.condition(where, 1)} and {draft.condition(where, 0)})"


def validations(draft: Drafting) -> Mapped:
    where = Where(GIVEN)
    count = draft.one((1, 1, 2))
    return {
        f"c{index}": {"that": draft.nearly_always(where)} if index else draft.nearly_always(where)
        for index in range(count)
    }


def overrides(draft: Drafting, count: int) -> Mapped:
    """Return overrides of all kinds, with and without a condition."""
    found: Mapped = {}
    where = Where(BAND)
    for index in range(count):
        override: Mapped = {}
        kinds = ("band", "band", "band_at_most", "band_at_least", "unrated") if draft.bands else ("unrated",)
        kind = draft.one(kinds)
        is_always = kind in ("band_at_most", "band_at_least") and draft.chance(0.25)
        if not is_always:
            override["when"] = rare(draft, where) if kind in ("band", "unrated") else draft.condition(where, 1)
        if kind == "band" and draft.has_score and draft.chance(0.6):
            override["when"] = draft.one(
                ("not given(score)", "not given(score)", f"not given(band) or {override['when']}")
            )
        if kind == "unrated":
            override[kind] = draft.one(("set_aside", "under_review"))
        elif draft.chance(0.75 if kind == "band" else 0.5):
            override[kind] = draft.one(draft.bands)
        elif not is_always and draft.chance(0.3):
            absent = draft.absent(where, "bands")
            override |= {"when": f"given({absent})", kind: absent}
        else:
            override[kind] = draft.choice("bands", where, 2)
        found[f"o{index}"] = override
    return found


# -- what is computed last ------------------------------------------------------------------------


def outputs(draft: Drafting, count: int) -> Mapped:
    """Return outputs of every type, of which later ones read earlier ones."""
    found: Mapped = {}
    where = Where(OUTPUT)
    for index in range(count):
        kind = draft.one(("number", "number", "number", "boolean", "boolean", "date", "text", *draft.choices()))
        is_optional = draft.chance(0.25)
        if is_optional:
            text = draft.maybe(where, 2, kind)
        else:
            text = draft.value(kind, where, 2)
        id_ = f"r{index}"
        found[id_] = {"value": text, "label": {"en": "An output"}} if draft.chance(0.2) else text
        draft.outputs.append(Column(id_, kind, is_optional))
    if draft.chance(0.6):
        found["special"] = draft.featured(where, 1)
    if draft.chance(0.3):
        found["featured"] = draft.featured(where, 1)
    if draft.chance(0.5):
        for function in draft.random.sample(ORDERED, 2):
            found[f"of_{function}"] = draft.aggregate(where, (function,))
    if draft.chance(0.35):
        found["daring"] = draft.faulting(where)
    if draft.chance(0.2) and draft.bands:
        found["pay"] = f"{draft.one((100, 250))} if band == {draft.quoted('bands')} else {draft.number(where, 1)}"
    # What is drawn here shifts nothing that is drawn after it.
    before = draft.random.getstate()
    found["called"] = f"{draft.call('number', where, 1)} + {draft.call('number', where, 1)}"
    found["sorted"] = f"default({draft.aggregate(where, (draft.one(ORDERED),))}, 0)"
    if draft.chance(0.4):
        found["dated"] = draft.call("date", where, 1)
    draft.random.setstate(before)
    return found


def invariants(draft: Drafting) -> Mapped:
    where = Where(INVARIANT)
    return {
        f"i{index}": {"that": draft.condition(where, 2), "label": "Holds"} for index in range(draft.one((1, 1, 2)))
    }
