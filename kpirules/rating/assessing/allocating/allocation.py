"""Members of a cohort, and what its quotas made of them, as values."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from ....diagnostics import Diagnostic, Report
from ....kernel.brief import brief, counted, shortened
from ....kernel.mappings import FrozenMap
from ....kernel.widths import half_character, whole
from ....record import Assessment, Value
from ...program import Program

__all__ = ["Allocation", "Member", "QuotaGroup", "about_member", "check_names", "member_told"]


def member_told(name: object) -> str:
    """How diagnostics call a member, on one line.

    Args:
        name: of the member.

    >>> member_told("An")
    'members[An]'
    """
    return f"members[{' '.join(str(name).split())}]"


def about_member(name: object, found: Iterable[Diagnostic]) -> Report:
    """What stands in the way of a member, with its name.

    Args:
        name: of the member.
        found: what it is.
    """
    return Report(tuple(one.about(member_told(name)) for one in found))


def check_names(names: Iterable[object]) -> None:
    """Refuse names of members that are no whole texts: records and files hold them, and tell them apart.

    Args:
        names: of all members.

    Raises:
        TypeError: with the first that is none.
        ValueError: with the first that has half of a character.
    """
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"members are named by texts, and {shortened(repr(name))} is none: give `str(id)`")
        if half := half_character(name):
            raise ValueError(f"the name of {member_told(whole(name))} has {half}, which no file can hold")


@frozen
class Member:
    """One of those that quotas compare.

    Args:
        name: unique in the cohort.
        given: what is known of the member, as `assess` took it.
        program: the rules: those of the others, or another variant of them.
        assessment: what they made of that.
    """

    name: str
    given: Any = field(repr=False)
    program: Program = field(repr=False)
    assessment: Assessment = field(repr=False)


@frozen
class QuotaGroup:
    """The members of a cohort that share a quota, and how it came out for them.

    Args:
        quota: its id.
        band: that it limits.
        within: the values that make the group, by input.
        at_most: the share of the base.
        minimum: how many may have the band however small the base.
        base: how many members count.
        limit: how many may have the band.
        held: how many had it when the quota acted.
        kept: how many have it for good.
        moved: the names of those who have no place, best first, equals by name.
        undecided: the names of those whose band people decide for want of a place here, by name.
        places: how many places are left for these.
        last: the names of all who hold the last place, by name; where people decide who has it, of the undecided.
    """

    quota: str
    band: str
    within: FrozenMap[str, Value]
    at_most: Fraction
    minimum: int
    base: int
    limit: int
    held: int
    kept: int
    moved: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    places: int = 0
    last: tuple[str, ...] = ()

    def __repr__(self) -> str:
        within = ", ".join(f"{name} {value}" for name, value in self.within.items())
        counts = f"limit {self.limit} of {self.base}", f"kept {self.kept}", f"moved {len(self.moved)}"
        return brief(self, self.quota, within, *counts, f"undecided {len(self.undecided)}")


@frozen
class Allocation:
    """A cohort after its quotas have acted.

    Args:
        assessments: by name of member, in the order they were given; each has the final band, and in `quotas`
            what brought it about.
        groups: how every quota came out for every group, in the order the quotas acted.
    """

    assessments: FrozenMap[str, Assessment] = field(repr=False)
    groups: tuple[QuotaGroup, ...]

    def __repr__(self) -> str:
        moved = sum(len(group.moved) for group in self.groups)
        undecided = sum(len(group.undecided) for group in self.groups)
        counts = counted(len(self.assessments), "member"), counted(len(self.groups), "group")
        return brief(self, *counts, f"{moved} moved", f"{undecided} undecided")

    @property
    def moved(self) -> FrozenMap[str, tuple[str, ...]]:
        """The quotas that moved each member who was moved, by name."""
        return self._names("moved")

    @property
    def undecided(self) -> FrozenMap[str, tuple[str, ...]]:
        """The quotas that left each member's band to people, by name."""
        return self._names("undecided")

    def _names(self, kind: str) -> FrozenMap[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for group in self.groups:
            for name in getattr(group, kind):
                found[name] = (*found.get(name, ()), group.quota)
        return FrozenMap({name: found[name] for name in self.assessments if name in found})
