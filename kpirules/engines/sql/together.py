"""Rows that are rated together: compared with each other, or under quotas."""

from __future__ import annotations

from attrs import frozen

from .comparing import Comparison, Early
from .quotas import Quotas

__all__ = ["Together"]


@frozen
class Together:
    """What rows of a cohort share.

    Args:
        within: the inputs that are equal in a cohort.
        max_members: how many rows a cohort may have.
        early: the functions that are known before any row is rated, if there are any.
        late: the functions that compare ratings.
        quotas: the quotas that decide who keeps a band, if they act.
    """

    within: tuple[str, ...]
    max_members: int
    early: Early | None = None
    late: tuple[Comparison, ...] = ()
    quotas: Quotas | None = None

    @property
    def is_compared(self) -> bool:
        """Whether functions compare rows."""
        return self.early is not None or bool(self.late)

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
