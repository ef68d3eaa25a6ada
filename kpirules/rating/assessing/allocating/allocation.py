"""Members of a cohort, and the results of its quotas, as values."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from ....diagnostics import Diagnostic, Report
from ....kernel.brief import brief, counted, shortened
from ....kernel.mappings import FrozenMap
from ....kernel.widths import lone_surrogate, whole
from ....record import Assessment, Value
from ...program import Program

__all__ = ["Allocation", "Member", "QuotaGroup", "about_member", "check_names", "member_label"]


def member_label(name: object) -> str:
    """Return the name of a member in diagnostics, on one line.

    Args:
        name: the name.

    >>> member_label("An")
    'members[An]'
    """
    return f"members[{' '.join(str(name).split())}]"


def about_member(name: object, diagnostics: Iterable[Diagnostic]) -> Report:
    """Return diagnostics about a member, with its name.

    Args:
        name: the name.
        diagnostics: the diagnostics.
    """
    return Report(tuple(diagnostic.about(member_label(name)) for diagnostic in diagnostics))


def check_names(names: Iterable[object]) -> None:
    """Refuse names of members that are not valid texts, because records and files must hold and distinguish them.

    Args:
        names: the names of all members.

    Raises:
        TypeError: with the first that is not a text.
        ValueError: with the first that has a lone surrogate.
    """
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"names of members must be texts, not {shortened(repr(name))}: give `str(id)`")
        if half := lone_surrogate(name):
            raise ValueError(f"the name of {member_label(whole(name))} has {half}, which no file can hold")


@frozen
class Member:
    """A member that quotas compare.

    Args:
        name: unique in the cohort.
        given: its values, as passed to `assess`.
        program: its rules: those of the others, or of another variant.
        assessment: its assessment.
    """

    name: str
    given: Any = field(repr=False)
    program: Program = field(repr=False)
    assessment: Assessment = field(repr=False)


@frozen
class QuotaGroup:
    """The members of a cohort that share a quota, and the result for them.

    Args:
        quota: its id.
        band: the band that it limits.
        within: the values that define the group, by input.
        at_most: the share of the base.
        minimum: how many may have the band, however small the base.
        base: how many members count.
        limit: how many may have the band.
        held: how many had it when the quota acted.
        kept: how many keep it.
        moved: the names of members without a place, best first, ties by name.
        undecided: the names of members between whom people must decide, by name.
        places: the number of places left for these.
        last: the names of all who hold the last place, by name; if people must decide, the undecided.
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
        assessments: by name of member, in the given order; each has the final band, and in `quotas` the reasons.
        groups: the result of every quota for every group, in the order in which they acted.
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
        """The quotas that moved each moved member, by name."""
        return self._names("moved")

    @property
    def undecided(self) -> FrozenMap[str, tuple[str, ...]]:
        """The quotas whose places people must decide, by the name of each undecided member."""
        return self._names("undecided")

    def _names(self, kind: str) -> FrozenMap[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for group in self.groups:
            for name in getattr(group, kind):
                found[name] = (*found.get(name, ()), group.quota)
        return FrozenMap({name: found[name] for name in self.assessments if name in found})
