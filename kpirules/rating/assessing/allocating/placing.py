"""Places of a band: quotas on numbered members, best band first."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

from attrs import define, field

from ....language.model import Quota
from .caps import largest, rounded

__all__ = ["KEPT", "MOVED", "NONE", "OVER", "UNDECIDED", "Group", "Placing", "Terms"]

NONE, KEPT, MOVED, UNDECIDED, OVER = range(5)
"""Effects of a quota on a member: none, a place, a lower band, undecided, or a place beyond the limit."""

OUTSIDE = -1
"""The number of a missing band or group."""


@define(eq=False)
class Terms:
    """The numbers of a quota for a group.

    Args:
        at_most: the share of the base.
        minimum: how many may have the band, however small the base.
    """

    at_most: Fraction
    minimum: int


@define(eq=False)
class Group:
    """The members that share a quota, while their band is decided.

    Args:
        quota: their quota.
        terms: its numbers, or None if its `when` does not hold.
        held: how many have the band.
        base: how many count in the base.
        limit: how many may have the band.
        is_minimum: True if the share alone would allow fewer.
        taken: the number of places taken; undecided members count as if they had one.
        open: how many of these are undecided.
        is_closed: True once tied members moved together: no worse member may pass them.
        seen: how many members came before.
        demand: how many of the current tied members still want a place.
        equals: how many of these tied members had the band.
        last: the members that hold the last place, or the tied members between whom people must decide.
        is_last_open: True if people must decide.
    """

    quota: Quota
    terms: Terms | None
    held: int = 0
    base: int = 0
    limit: int = 0
    is_minimum: bool = False
    taken: int = 0
    open: int = 0
    is_closed: bool = False
    seen: int = 0
    demand: int = 0
    equals: int = 0
    last: list[int] = field(factory=list)
    is_last_open: bool = False

    @property
    def is_full(self) -> bool:
        return self.is_closed or self.taken >= self.limit

    def settle(self, first: int, standing: int) -> None:
        """Count the base, and set the limit.

        Args:
            first: members of the base before any move.
            standing: current members of the base.
        """
        quota, terms = self.quota, self.terms
        assert terms is not None, "only groups with terms are settled"
        if quota.base == "before":
            self.base = first
            found = rounded(terms.at_most, first, quota.round)
        elif quota.counts_its_band:
            # Moved members stay in the base.
            self.base = standing
            found = rounded(terms.at_most, standing, quota.round)
        else:
            total = standing + self.held
            found = largest(terms.at_most, total, quota.round)
            self.base = total - min(self.held, max(found, terms.minimum))
        self.limit = max(found, terms.minimum)
        self.is_minimum = found < terms.minimum


@define(eq=False)
class Marks:
    """The effects of one quota on all members.

    Args:
        groups: the groups of the quota.
        group: the group number of each member, or `OUTSIDE`.
        effect: the effect on each member.
        rank: 1 plus the number of members of the group that come before.
        tied: the number of tied members of the group.
        places: the places left for tied members that want more, by the identity of the group.
    """

    groups: list[Group]
    group: array[int]
    effect: array[int]
    rank: array[int]
    tied: array[int]
    places: dict[int, int] = field(factory=dict)


@define(eq=False)
class Placing:
    """The bands of members while quotas act on them.

    Args:
        bands: ids, best first.
        first: the number of each member's band before any move; `OUTSIDE` for none.
        now: the same now.
        is_open: 1 for undecided members.
        marks: the effects of each quota, in the order in which they acted.
    """

    bands: tuple[str, ...]
    first: array[int]
    now: array[int] = field(init=False)
    is_open: bytearray = field(init=False)
    marks: list[tuple[Quota, Marks]] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.now = array("h", self.first)
        self.is_open = bytearray(len(self.first))

    def changes(self, i: int) -> bool:
        """Return whether quotas change the band of a member, or leave it to people.

        Args:
            i: the number of the member.
        """
        return bool(self.is_open[i]) or self.now[i] != self.first[i]

    def act(
        self,
        quotas: Sequence[Quota],
        grouped: Callable[[Quota], tuple[list[Group], array[int]]],
        ordered: Callable[[Quota, list[int]], Sequence[int]],
    ) -> None:
        """Apply the quotas of one band.

        Members with the band are processed from first to last, tied members together. A member of a full group gets
        no place. Among the others, a member gets one if each of its groups has room for all tied members that want
        one. For the rest, the policy for ties decides; so nothing depends on the order of members.

        Args:
            quotas: the quotas of the band, by id; their `order`, `ties` and `demote_to` are equal.
            grouped: returns the groups of a quota, and the group number of each member.
            ordered: returns a rank for each of some members, as whole numbers: greater is better.
        """
        band = self.bands.index(quotas[0].band)
        target = self.bands.index(quotas[0].demote_to)
        acting = [self._counted(quota, band, *grouped(quota)) for quota in quotas]
        self.marks += zip(quotas, acting, strict=True)
        limited = [i for i, now in enumerate(self.now) if now == band and any(_has(marks, i) for marks in acting)]
        places = ordered(quotas[0], limited)
        by_place = sorted(range(len(limited)), key=places.__getitem__, reverse=True)
        start = 0
        while start < len(by_place):
            end = start + 1
            while end < len(by_place) and places[by_place[end]] == places[by_place[start]]:
                end += 1
            self._decide([limited[i] for i in by_place[start:end]], acting, quotas[0].ties, target)
            start = end

    def _counted(self, quota: Quota, band: int, groups: list[Group], group: array[int]) -> Marks:
        """Return the groups of a quota with their bases and limits."""
        all_bands = range(len(self.bands))
        counted_bands = frozenset(all_bands if quota.of is None else map(self.bands.index, quota.of))
        counts_now = [0] * len(groups)
        counts_first = [0] * len(groups)
        for number, now, first in zip(group, self.now, self.first, strict=True):
            if number != OUTSIDE:
                counts_now[number] += now in counted_bands
                counts_first[number] += first in counted_bands
                groups[number].held += now == band
        for each_group, before, standing in zip(groups, counts_first, counts_now, strict=True):
            if each_group.terms is not None:
                each_group.settle(before, standing)
        zeros = bytes(4 * len(group))
        return Marks(groups, group, array("b", bytes(len(group))), array("i", zeros), array("i", zeros))

    def _decide(self, equals: list[int], acting: list[Marks], ties: str, target: int) -> None:
        """Decide the places of tied members."""
        groups_of_member = {i: list(_groups(acting, i)) for i in equals}
        groups_concerned = {id(group): group for groups in groups_of_member.values() for _, group in groups}.values()
        candidates = []
        for i, groups in groups_of_member.items():
            for _, group in groups:
                group.equals += 1
            if not any(group.is_full for _, group in groups):
                candidates.append(i)
                for _, group in groups:
                    group.demand += 1
        for i in equals:
            for marks, group in groups_of_member[i]:
                marks.rank[i], marks.tied[i] = group.seen + 1, group.equals
        is_short = {id(group): group.taken + group.demand > group.limit for group in groups_concerned}
        is_full = {id(group): group.is_full for group in groups_concerned}
        places = {id(group): group.limit - group.taken for group in groups_concerned}
        candidate_set = set(candidates)
        for i, groups in groups_of_member.items():
            if i not in candidate_set:
                self._mark(i, groups, MOVED, is_full)
                self.now[i] = target
            elif not any(is_short[id(group)] for _, group in groups):
                self._take(i, groups, KEPT)
            else:
                for marks, group in groups:
                    if is_short[id(group)]:
                        marks.places[id(group)] = places[id(group)]
                self._break_tie(i, groups, ties, target, is_short)
        for group in groups_concerned:
            group.is_closed = group.is_closed or is_short[id(group)]
            group.seen += group.equals
            group.equals = group.demand = 0

    def _break_tie(
        self, i: int, groups: list[tuple[Marks, Group]], ties: str, target: int, is_short: dict[int, bool]
    ) -> None:
        """Decide the place of one of the tied members for whom there are too few places."""
        if ties == "demote":
            self._mark(i, groups, MOVED, is_short)
            self.now[i] = target
        elif ties == "keep":
            self._take(i, groups, KEPT, OVER, is_short)
        else:
            self.is_open[i] = 1
            self._mark(i, groups, UNDECIDED, is_short)
            for marks, group in groups:
                _hold(marks, group, i)
                group.open += 1
                group.is_last_open = is_short[id(group)]

    def _mark(self, i: int, groups: Iterable[tuple[Marks, Group]], effect: int, is_affected: dict[int, bool]) -> None:
        for marks, group in groups:
            if is_affected[id(group)]:
                marks.effect[i] = effect

    def _take(
        self,
        i: int,
        groups: Iterable[tuple[Marks, Group]],
        effect: int,
        beyond: int = KEPT,
        is_short: dict[int, bool] | None = None,
    ) -> None:
        for marks, group in groups:
            marks.effect[i] = beyond if is_short is not None and is_short[id(group)] else effect
            _hold(marks, group, i)


def _hold(marks: Marks, group: Group, i: int) -> None:
    """Count a place of a group as taken by a member, and add it to the holders of the last place."""
    if not group.last or marks.rank[group.last[0]] != marks.rank[i]:
        group.last.clear()
    group.last.append(i)
    group.taken += 1


def _has(marks: Marks, i: int) -> bool:
    number = marks.group[i]
    return number != OUTSIDE and marks.groups[number].terms is not None


def _groups(acting: list[Marks], i: int) -> Iterator[tuple[Marks, Group]]:
    """Yield the groups of a member in which the quota applies."""
    for marks in acting:
        if _has(marks, i):
            yield marks, marks.groups[marks.group[i]]
