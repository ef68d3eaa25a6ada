"""Rows that are rated together: compared with each other, or under quotas."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from ..integers import IntegerProgram
from .comparing import Comparison, Early
from .quotas import Quotas
from .wanted import Wanted

__all__ = ["Together"]


@frozen
class Together:
    """The cohorts of rows, and the functions and quotas over them.

    Args:
        within: the inputs that are equal in a cohort.
        max_members: how many rows a cohort may have.
        is_compared: whether functions compare rows.
        early: the functions that are known before any row is rated, and the faults of what they compare.
        late: the functions that compare ratings.
        quotas: the quotas that decide who keeps a band, if they act.
    """

    within: tuple[str, ...]
    max_members: int
    is_compared: bool
    early: Early | None = None
    late: tuple[Comparison, ...] = ()
    quotas: Quotas | None = None

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps that windows read."""
        late = tuple(number for one in self.late for number in one.steps)
        return (*late, *(() if self.quotas is None else self.quotas.steps))

    @property
    def windows(self) -> tuple[tuple[int, ...], ...]:
        """The steps that each group of windows gives, in order."""
        late = tuple(number for one in self.late for number in one.reads.values())
        return (late, *(() if self.quotas is None else self.quotas.windows))

    def needed(self, program: IntegerProgram, names: Mapping[str, str]) -> Together:
        """Return the same with only the functions that some results need.

        Args:
            program: the rules.
            names: the results, by column.
        """
        own = evolve(self, late=())
        read = {*Wanted(program, names, own.steps).numbers}
        found = evolve(self, late=tuple(one for one in self.late if read.intersection(one.reads.values())))
        early = self.early
        if early is not None:
            read = {*Wanted(program, names, found.steps).numbers}
            kept = tuple(one for one in early.comparisons if read.intersection(one.reads.values()))
            early = evolve(early, comparisons=kept)
        has_early = early is not None and bool(early.comparisons or early.wanted.refusals)
        return evolve(found, early=early if has_early else None)
