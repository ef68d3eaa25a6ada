"""Cohorts of subjects that are compared, and quotas on their bands."""

from __future__ import annotations

from attrs import field, frozen

from ..expressions import Expression
from .nodes import NOWHERE, Words

__all__ = ["BASES", "DEFAULT_MAX_MEMBERS", "MOST_MEMBERS", "TIES", "Cohort", "Quota"]

BASES = ("before", "after")
"""When the base of a quota is counted: before anything moves, or after the surplus has moved."""

TIES = ("undecided", "demote", "keep")
"""What happens to a tie across the limit: people decide, all move, or all stay."""

DEFAULT_MAX_MEMBERS = 1_000_000
"""The most members of a cohort unless the rulebook says otherwise."""

MOST_MEMBERS = 10_000_000
"""The greatest maximum that a rulebook may set."""


@frozen
class Quota:
    """A limit on the members of a group that may have a band.

    The limit is `at_most` times the base, rounded, and never less than `minimum`.

    Args:
        id: its name.
        band: the band that it limits.
        at_most: the share of the base, by parameters and the inputs in `uniform`.
        of: the bands whose members are the base, best first, or None for every rated member.
        base: one of `BASES`.
        round: the rounding mode that makes a whole number of members.
        minimum: the least limit, by parameters and the inputs in `uniform`.
        order: the expressions that rank members, most important first; greater is better.
        ties: one of `TIES`.
        demote_to: the band of members beyond the limit.
        within: inputs that divide the cohort further.
        uniform: inputs that are equal throughout a group.
        when: the condition under which a group has the quota, or None for always.
    """

    id: str
    band: str
    at_most: Expression
    of: tuple[str, ...] | None
    base: str
    round: str
    minimum: Expression
    order: tuple[Expression, ...]
    ties: str
    demote_to: str
    within: tuple[str, ...] = ()
    uniform: tuple[str, ...] = ()
    when: Expression | None = None
    words: Words = field(default=NOWHERE, metadata={"wording": True})

    @property
    def counts_its_band(self) -> bool:
        """Whether the base includes the members of its band."""
        return self.of is None or self.band in self.of


@frozen
class Cohort:
    """Subjects that are compared with each other.

    Args:
        within: the inputs that must be equal in a cohort; empty for a single cohort.
        max_members: how many subjects a cohort may have.
        quotas: the quotas of the rulebook.
    """

    within: tuple[str, ...] = ()
    max_members: int = DEFAULT_MAX_MEMBERS
    quotas: tuple[Quota, ...] = ()
    words: Words = field(default=NOWHERE, metadata={"wording": True})
