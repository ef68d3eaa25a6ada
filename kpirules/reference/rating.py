"""Turns a number into a rating: bands, requirements, overrides (§6, §7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product, takewhile
from operator import eq, le

from attrs import evolve, frozen

from ..language.model import Band, Bands
from ..record import Contribution, OverrideOutcome, Requirement

__all__ = ["Banding", "band", "limited", "overrule"]


def limited(total: Fraction, holding: Sequence[tuple[str, Fraction]]) -> tuple[frozenset[str], Contribution | None]:
    """Return the limits that decided the score, and the points they cut as one contribution.

    The lowest limit decides; of equal ones the contribution names the first.

    Args:
        total: the points of the root.
        holding: the id and the value of each limit that holds, in order.
    """
    lowest = min((at_most for _, at_most in holding), default=total)
    decided = [id_ for id_, at_most in holding if at_most == lowest < total]
    return frozenset(decided), Contribution("limit", decided[0], lowest - total) if decided else None


@frozen
class Banding:
    """The band of a number.

    Args:
        band: the band that applies, or None.
        inside: the bands whose interval contains the number.
        requirements: the requirements evaluated, in order.
        because: if there is no band, the failed requirements, the hole or the overlap.
    """

    band: str | None
    inside: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    because: tuple[str, ...] = ()


def band(bands: Bands, number: Fraction | None, evaluate: Callable[[Band], list[Requirement]]) -> Banding:
    """Return the band that applies.

    A band applies when the number is inside and all requirements hold. One applies: it is the
    rating. None: undefined, unless `fall: next` takes the best lower band that holds. Several:
    undefined, unless `overlap` says which.

    Args:
        bands: the bands, best first.
        number: the banded number, None if bands have requirements only.
        evaluate: returns the outcomes of a band's requirements.
    """
    inside = [level for level in bands.levels if number is None or number in level.interval]
    requirements: list[Requirement] = []
    applying = []
    for level in inside:
        evaluated = evaluate(level)
        requirements += evaluated
        if all(requirement.held for requirement in evaluated):
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
                evaluated = evaluate(level)
                requirements += evaluated
                if all(requirement.held for requirement in evaluated):
                    return Banding(level.id, ids, tuple(requirements))
    failed = tuple(f"requires.{r.band}.{r.id}" for r in requirements if not r.held)
    return Banding(None, ids, tuple(requirements), failed or ("bands",))


def overrule(
    band: str | None, fired: list[OverrideOutcome], bands: tuple[str, ...]
) -> tuple[str | None, str | None, tuple[OverrideOutcome, ...]]:
    """Return the band and status after overrides, and which overrides decided.

    The result is the lowest of the ceilings and (the lowest forced band, else the highest of the
    floors and the band). `unrated` takes precedence over all.

    An override decided if it belongs to a smallest set whose removal changes the result: no proper
    subset of it does.

    Returns:
        The band, the status of the first `unrated` override or None, and the overrides that fired.
    """
    outcome = _outcome(band, fired, bands)
    indexes = range(len(fired))
    changing = [
        removed
        for removed in _removals(fired, outcome, bands)
        if _outcome(band, [fired[index] for index in indexes if index not in removed], bands) != outcome
    ]
    smallest = [removed for removed in changing if not any(other < removed for other in changing)]
    decided = frozenset[int]().union(*smallest)
    marked = tuple(evolve(override, decided=place in decided) for place, override in enumerate(fired))
    return *outcome, marked


def _removals(
    fired: list[OverrideOutcome], outcome: tuple[str | None, str | None], bands: tuple[str, ...]
) -> Iterator[frozenset[int]]:
    """Yield sets of fired overrides, by index, including all smallest ones whose removal changes the result.

    Only the first status, the lowest forced band, the highest floor and the lowest ceiling count. So a smallest
    set removes, of each kind, nothing or all at or beyond some level. Only two levels matter: the one that lets
    the result rise (remove what gives the result) or fall (remove every floor from the result up). Without any
    forced band, the band and the floors decide.
    """
    final, status = outcome

    def places(kind: str, *, is_at: Callable[[int, int], bool] | None = None) -> frozenset[int]:
        """Return the indices of the overrides of a kind whose band satisfies `is_at` with the result."""
        rank = bands.index
        return frozenset(
            place
            for place, override in enumerate(fired)
            if override.kind == kind
            and (is_at is None or (final is not None and is_at(rank(override.target), rank(final))))
        )

    nothing = frozenset[int]()
    statuses = sorted(places("unrated"))
    first = frozenset(takewhile(lambda place: fired[place].target == status, statuses))
    choices = (
        {nothing, first},
        {nothing, places("band", is_at=eq), places("band")},
        {nothing, places("band_at_least", is_at=le)},
        {nothing, places("band_at_most", is_at=eq)},
    )
    for parts in product(*choices):
        yield nothing.union(*parts)


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
