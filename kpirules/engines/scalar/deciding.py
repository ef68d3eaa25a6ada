"""Which of the overrides that fired decided the rating."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

__all__ = ["Fired", "deciding"]


@frozen
class Fired:
    """An override that fired.

    Args:
        id: the override.
        kind: `band`, `band_at_most`, `band_at_least` or `unrated`.
        target: the place of the band that it gives, 0 for the best, or its status.
    """

    id: str
    kind: str
    target: int | str


def deciding(fired: Iterable[Fired], before: int | None, after: int | None) -> set[str]:
    """The overrides in smallest sets without which the status or the band would be another.

    At most three sets are smallest. A rating rises once all that give it are away: forced bands if others are left,
    else all of them, and ceilings. It falls once all forced bands and all floors from it up are away.

    Args:
        fired: the overrides that fired, in the order of the rulebook.
        before: the place of the band that the number gave, None where it gave none.
        after: the place of the band once they have acted, None for none.
    """
    by_kind: dict[str, list[Fired]] = {}
    for one in fired:
        by_kind.setdefault(one.kind, []).append(one)
    if statuses := by_kind.get("unrated"):
        return set(_first_alike(statuses))
    if after is None:
        return set()
    forced, floors = by_kind.get("band", []), by_kind.get("band_at_least", [])
    giving = {one.id for one in forced if one.target == after}
    holding = {one.id for one in by_kind.get("band_at_most", []) if one.target == after}
    everyone = {one.id for one in forced}
    if before is None:
        sets = [everyone]  # without forced bands there is no band at all
    else:
        places = [one.target for one in floors if isinstance(one.target, int)]
        sets = [everyone | holding] if min([before, *places]) < after else []
        if before > after:
            sets.append(everyone | {one.id for one, place in zip(floors, places, strict=True) if place <= after})
    if len(giving) < len(forced):
        sets.append(giving | holding)
    return set().union(*(one for one in sets if not any(other < one for other in sets)))


def _first_alike(statuses: list[Fired]) -> Iterable[str]:
    """The first with those that give its status before another one is given."""
    for one in statuses:
        if one.target != statuses[0].target:
            return
        yield one.id
