"""Assessments after quotas: the same record, with another band and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from ....kernel.mappings import FrozenMap
from ....language.model import Rulebook
from ....record import Assessment, QuotaOutcome
from ....reference import StepFault
from ..assessing import recorded
from ..values import Values
from .allocation import Member
from .placing import KEPT, MOVED, NONE, OVER, UNDECIDED, Group, Marks, Placing
from .reading import fault_of, known

__all__ = ["MOST_NAMED", "Allotted", "computed_again", "follows_from_band"]

MOST_NAMED = 3
"""Names of those who hold the last place that a record holds; of thousands of equals each would hold all."""

WORDS = {KEPT: "kept", MOVED: "moved", UNDECIDED: "undecided", OVER: "over"}

FOLLOWING = (
    "status",
    "score",
    "exact_score",
    "band",
    "because",
    "outcomes",
    "overrides",
    "let",
    "not_needed",
    "let_computations",
    "outputs",
    "output_computations",
    "invariants",
    "margin",
)
"""What of a record may be another once the band is: a row may leave an output for it, and so all, undefined."""


@frozen(eq=False)
class Allotted:
    """What is known of a member after the quotas: the record of before, and what has changed.

    Args:
        before: the record.
        changed: attributes that are others now.
        placing: what the quotas made of all members.
        last: who holds the last place of each group, or may have it.
        number: of the member.
    """

    before: Assessment
    changed: Mapping[str, Any]
    placing: Placing
    last: Mapping[int, tuple[str, ...]]
    number: int

    def fill(self, names: Iterable[str]) -> Mapping[str, Any]:
        """Attributes: those that changed, what the quotas made of the member, or those of before."""
        return {name: self.one(name) for name in names}

    def one(self, name: str) -> Any:
        """One attribute."""
        if name in self.changed:
            return self.changed[name]
        return tuple(self.quotas()) if name == "quotas" else getattr(self.before, name)

    def quotas(self) -> Iterator[QuotaOutcome]:
        """What each quota made of the member, in the order they acted."""
        for quota, marks in self.placing.marks:
            effect = marks.effect[self.number]
            if effect != NONE:
                group = marks.groups[marks.group[self.number]]
                yield self.outcome(group, marks, effect, quota.base == "after")

    def outcome(self, group: Group, marks: Marks, effect: int, is_after: bool) -> QuotaOutcome:
        terms, i = group.terms, self.number
        assert terms is not None, "who is marked has the quota"
        is_tied = effect == UNDECIDED
        return QuotaOutcome(
            group.quota.id,
            group.quota.band,
            WORDS[effect],
            group.quota.demote_to,
            terms.at_most,
            group.base,
            terms.minimum,
            group.limit,
            group.held,
            marks.rank[i],
            marks.tied[i],
            marks.places[id(group)] if is_tied else 0,
            self.last[id(group)],
            len(group.last),
            group.quota.round,
            is_after,
            group.is_minimum,
            group.is_last_open,
        )


def follows_from_band(rulebook: Rulebook) -> bool:
    """Whether an output or an invariant reads the band, so that it is computed again where quotas change it."""
    formulas = [named.value for named in rulebook.outputs] + [one.that for one in rulebook.invariants]
    return any("band" in formula.names for formula in formulas)


def computed_again(member: Member, band: str | None) -> dict[str, Any]:
    """What follows from the band a member has in the end, or from having none.

    Raises:
        FaultError: where an output has no answer for that band.
    """
    knowledge, engine = known(member), member.program.reference
    try:
        run = engine.allot(engine.rate(knowledge), knowledge, band)
    except StepFault as fault:
        raise fault_of(member, fault) from None
    found = recorded(member.program, run, Values())
    return {name: getattr(found, name) for name in FOLLOWING}


def opened() -> dict[str, Any]:
    """What of a record goes with the band where nothing reads it."""
    return {"status": "undecided", "outputs": FrozenMap(), "output_computations": FrozenMap()}
