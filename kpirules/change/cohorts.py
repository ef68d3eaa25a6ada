"""Cohorts that two editions may rate differently: those that people wrote down, then those at the edges of quotas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, cycle, islice

from attrs import frozen

from ..errors import KpirulesError
from ..kernel.budget import spend
from ..language.model import Cohort, Quota
from ..rating.assessing import assess_cohort
from ..record import Assessment
from .common_subjects import Subjects
from .known import Given
from .sides import Side
from .standings import is_together

__all__ = ["Together", "rated_differently"]

Members = Mapping[str, Given]

MOST_MEMBERS = 12
"""Members of a cohort at the edge of a quota: a share of a tenth is a whole number of them once."""

MOST_OF_A_BAND = 16
"""Subjects of each band among which members are chosen."""

MOST_COMPARED = 6
"""Members of a cohort without quotas."""

MOST_RATED = 400
"""Subjects of which bands are looked at."""

STARTS = 12
"""Places in the list of subjects where such a cohort begins."""


@frozen
class Together:
    """A member of a cohort, rated differently by two editions.

    Args:
        members: the values of all members, by name.
        name: the name of the member.
        old, new: its ratings.
    """

    members: Members
    name: str
    old: Assessment
    new: Assessment


def rated_differently(old: Side, new: Side, subjects: Subjects) -> Together | None:
    """Return a member of a cohort whose rating differs, in a cohort of as few members as possible; None if not found.

    Args:
        old, new: two sides.
        subjects: the subjects of both, of which members are chosen.
    """
    if not (is_together(old.program) or is_together(new.program)):
        return None
    cohorts: Iterable[Members] = chain(subjects.cohorts, _made(old, new, subjects))
    for members in cohorts:
        found = _differing(old, new, members)
        if found is not None:
            return _smaller(old, new, found)
    return None


def _differing(old: Side, new: Side, members: Members) -> Together | None:
    spend("rating", 2 * sum(map(len, members.values())))
    try:
        before, after = (
            assess_cohort(side.whole, {name: side.given(given) for name, given in members.items()})
            for side in (old, new)
        )
    except KpirulesError:
        return None
    for name, one in before.items():
        if _compared(one) != _compared(after[name]):
            return Together(members, name, one, after[name])
    return None


def _compared(assessment: Assessment) -> object:
    return assessment.status, assessment.band, assessment.score, assessment.exact_score, assessment.outputs


def _smaller(old: Side, new: Side, found: Together) -> Together:
    """Return a cohort without the members that are not needed to show the difference."""
    for name in list(found.members):
        others = {other: given for other, given in found.members.items() if other != name}
        found = (_differing(old, new, others) if others else None) or found
    return found


# -- cohorts to try -------------------------------------------------------------------------------


def _made(old: Side, new: Side, subjects: Subjects) -> Iterator[dict[str, Given]]:
    declared = [side.program.rulebook.cohort or Cohort() for side in (old, new)]
    quotas = {quota.id: quota for cohort in declared for quota in cohort.quotas}.values()
    shared = {name for cohort in declared for name in cohort.within}
    shared |= {name for quota in quotas for name in (*quota.within, *quota.uniform)}
    rated = list(_rated(old, subjects))
    for members in (*_compared_with_each_other([subject for _, subject in rated]), *_limited(quotas, rated)):
        common = {name: members[0][name] for name in shared if name in members[0]}
        yield {f"m{number}": {**given, **common} for number, given in enumerate(members, start=1)}


def _rated(side: Side, subjects: Subjects) -> Iterator[tuple[str | None, Given]]:
    """Yield the subjects that are rated in a cohort of their own, each with its band."""
    for subject in subjects.all[:MOST_RATED]:
        spend("rating", len(subject))
        try:
            (found,) = assess_cohort(side.whole, [side.given(subject)], is_allocated=False).values()
        except KpirulesError:
            continue
        if found.status == "rated":
            yield found.band, subject


def _compared_with_each_other(rated: Sequence[Given]) -> Iterator[list[Given]]:
    for size in range(1, MOST_COMPARED + 1):
        yield from (list(rated[start : start + size]) for start in range(0, min(STARTS, len(rated)), size))
        yield from [[rated[0]] * size] if rated else ()


def _limited(quotas: Iterable[Quota], rated: Sequence[tuple[str | None, Given]]) -> Iterator[list[Given]]:
    """Yield cohorts of every size, with every number of members who have the limited band: different, and tied."""
    for quota in quotas:
        inside = [subject for band, subject in rated if band == quota.band][:MOST_OF_A_BAND]
        outside = [subject for band, subject in rated if band != quota.band][:MOST_OF_A_BAND]
        for size in range(1, MOST_MEMBERS + 1):
            for held in range(1, size + 1):
                if inside and (outside or held == size):
                    others = list(islice(cycle(outside), size - held))
                    yield [*islice(cycle(inside), held), *others]
                    yield [*inside[:1] * held, *others]
