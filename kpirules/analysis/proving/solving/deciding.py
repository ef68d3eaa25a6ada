"""Whether an override decides, as a condition: see `kpirules.engines.scalar.deciding`."""

from __future__ import annotations

from ....plan.steps import Override
from .rating import Rating
from .terms import Bit

__all__ = ["decides"]


def decides(rating: Rating, id_: str) -> Bit:
    """Return a condition that holds whenever an override is among those that decide.

    Args:
        rating: the rating over unknowns.
        id_: the id of the override.
    """
    terms, bands = rating.terms, rating.plan.bands
    overrides = [one for one in rating.plan.steps if isinstance(one, Override)]
    step = next(one for one in overrides if one.id == id_)
    target = rating.targets[id_]
    if step.kind == "unrated":
        earlier = [one for one in overrides[: overrides.index(step)] if one.kind == "unrated"]
        others = [bit for one in earlier if one.target != step.target for bit in rating.targets[one.id].values()]
        return terms.all([*target.values(), *map(terms.opposite, others)])
    before = [rating.before.get(band, False) for band in bands]
    forced, floors, ceilings = (
        _given(rating, [one for one in overrides if one.kind == kind])
        for kind in ("band", "band_at_least", "band_at_most")
    )
    has_none = terms.opposite(terms.any(before))
    found: list[Bit] = []
    for place, band in enumerate(bands):
        # If the subject gets `band`, something else must give it a better or a worse one.
        better = terms.any([*before[:place], *floors[:place], *forced[:place]])
        worse = terms.any([*before[place + 1 :], *forced[place + 1 :]])
        match step.kind:
            case "band":
                giving = terms.all([target.get(band, False), terms.any([better, worse, has_none])])
                # Forced bands decide together with the ceiling that lowers them.
                ceiled = terms.all([ceilings[place], terms.any([has_none, *before[place + 1 :]])])
                acts = terms.any([giving, terms.all([terms.any(target.values()), ceiled])])
            case "band_at_most":
                acts = terms.all([target.get(band, False), better])
            case _:
                raised = terms.any(target.get(one, False) for one in bands[: place + 1])
                acts = terms.all([raised, terms.any(before[place + 1 :])])
        found.append(terms.all([rating.after[band], acts]))
    return terms.any(found)


def _given(rating: Rating, overrides: list[Override]) -> list[Bit]:
    """Return, by the index of each band, the condition that one of the overrides fires and gives it."""
    bands = rating.plan.bands
    return [rating.terms.any(rating.targets[one.id].get(band, False) for one in overrides) for band in bands]
