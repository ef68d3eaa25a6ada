"""The overrides that decided a rating."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

__all__ = ["Fired", "deciding"]


@frozen
class Fired:
    """An override that fired.

    Args:
        id: the id of the override.
        kind: `band`, `band_at_most`, `band_at_least` or `unrated`.
        target: the index of the band that it gives, 0 for the best, or its status.
    """

    id: str
    kind: str
    target: int | str


def deciding(fired: Iterable[Fired], before: int | None, after: int | None) -> set[str]:
    """Return the overrides that decided: those in smallest sets whose removal changes the status or band.

    At most three sets are smallest. The rating rises without all that give it: forced bands if others remain,
    else all of them, and ceilings. It falls without all forced bands and all floors from it up.

    Args:
        fired: the overrides that fired, in the order of the rulebook.
        before: the index of the band that the number gave, or None.
        after: the index of the band after overrides, or None.
    """
    by_kind: dict[str, list[Fired]] = {}
    for override in fired:
        by_kind.setdefault(override.kind, []).append(override)
    if statuses := by_kind.get("unrated"):
        return set(_with_first_status(statuses))
    if after is None:
        return set()
    forced, floors = by_kind.get("band", []), by_kind.get("band_at_least", [])
    giving = {override.id for override in forced if override.target == after}
    holding = {override.id for override in by_kind.get("band_at_most", []) if override.target == after}
    all_forced = {override.id for override in forced}
    if before is None:
        sets = [all_forced]  # without forced bands there is no band at all
    else:
        places = [floor.target for floor in floors if isinstance(floor.target, int)]
        sets = [all_forced | holding] if min([before, *places]) < after else []
        if before > after:
            sets.append(
                all_forced | {floor.id for floor, place in zip(floors, places, strict=True) if place <= after}
            )
    if len(giving) < len(forced):
        sets.append(giving | holding)
    return set().union(*(removed for removed in sets if not any(other < removed for other in sets)))


def _with_first_status(statuses: list[Fired]) -> Iterable[str]:
    """Yield the ids of the leading overrides with the same status as the first one."""
    for override in statuses:
        if override.target != statuses[0].target:
            return
        yield override.id
