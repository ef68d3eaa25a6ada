"""From a number to a rating: bands, requirements, overrides (§6, §7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from attrs import evolve, frozen

from ..model import Band, Bands
from ..record import Contribution, OverrideOutcome, Requirement

__all__ = ["Banding", "band", "limited", "overrule"]


def limited(total: Fraction, limits: Iterable[tuple[str, Fraction]]) -> tuple[Fraction, list[Contribution]]:
    """The total under its limits, and a line for each limit that lowers it.

    Args:
        total: the points of the whole.
        limits: the id and the value of each limit that holds, in order.
    """
    lines = []
    for id_, at_most in limits:
        if at_most < total:
            lines.append(Contribution("limit", id_, at_most - total))
            total = at_most
    return total, lines


@frozen
class Banding:
    """What the bands make of a number.

    Args:
        band: the one that applies, or None.
        inside: those whose stretch of the scale holds the number.
        requirements: those looked at, in order.
        because: where there is no band, the failed requirements, the hole or the overlap.
    """

    band: str | None
    inside: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    because: tuple[str, ...] = ()


def band(bands: Bands, number: Fraction | None, look: Callable[[Band], list[Requirement]]) -> Banding:
    """The band that applies.

    A band applies when the number is inside and all requirements hold. One applies: it is the
    rating. None: undefined, unless `fall: next` takes the best lower band that holds. Several:
    undefined, unless `overlap` says which.

    Args:
        bands: best first.
        number: what is banded on, None where bands have requirements only.
        look: finds out which requirements of a band hold.
    """
    inside = [level for level in bands.levels if number is None or number in level.interval]
    requirements: list[Requirement] = []
    applying = []
    for level in inside:
        looked_at = look(level)
        requirements += looked_at
        if all(requirement.held for requirement in looked_at):
            applying.append(level.id)
    ids = tuple(level.id for level in inside)

    if len(applying) == 1 or (applying and bands.overlap == "best"):
        return Banding(applying[0], ids, tuple(requirements))
    if applying and bands.overlap == "worst":
        return Banding(applying[-1], ids, tuple(requirements))
    if applying:
        because = tuple(f"bands.{id_}" for id_ in applying)
        return Banding(None, ids, tuple(requirements), because)
    if inside and bands.falls_to_next:
        for level in bands.levels[bands.ids.index(ids[0]) + 1 :]:
            if level.id not in ids:
                looked_at = look(level)
                requirements += looked_at
                if all(requirement.held for requirement in looked_at):
                    return Banding(level.id, ids, tuple(requirements))
    failed = tuple(f"requires.{r.band}.{r.id}" for r in requirements if not r.held)
    return Banding(None, ids, tuple(requirements), failed or ("bands",))


def overrule(
    band: str | None, fired: list[OverrideOutcome], bands: tuple[str, ...]
) -> tuple[str | None, str | None, tuple[OverrideOutcome, ...]]:
    """The band and status after overrides, and which of them changed the rating.

    The result is the lowest of the ceilings and (the lowest forced band, else the highest of the
    floors and the band). `unrated` outranks all.

    Returns:
        The band, the status of the first `unrated` override or None, and the overrides that fired.
    """
    outcome = _outcome(band, fired, bands)
    marked = tuple(
        evolve(one, changed=_outcome(band, [o for o in fired if o is not one], bands) != outcome) for one in fired
    )
    return *outcome, marked


def _outcome(band: str | None, fired: list[OverrideOutcome], bands: tuple[str, ...]) -> tuple[str | None, str | None]:
    def targets(kind: str) -> list[str]:
        return [override.target for override in fired if override.kind == kind]

    if statuses := targets("unrated"):
        return None, statuses[0]
    rank = bands.index  # greater is worse
    if forced := targets("band"):
        band = max(forced, key=rank)
    elif band is not None:
        band = min([band, *targets("band_at_least")], key=rank)
    if band is not None:
        band = max([band, *targets("band_at_most")], key=rank)
    return band, None
