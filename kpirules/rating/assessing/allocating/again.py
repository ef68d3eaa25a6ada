"""Assessments after quotas: the same record with another band, and the values that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from ....kernel.mappings import FrozenMap
from ....language.model import Rulebook
from ....record import Assessment, QuotaOutcome
from ....reference import StepFault
from ..by_reference import completed
from ..values import Values
from .allocation import Member
from .placing import KEPT, MOVED, NONE, OVER, UNDECIDED, Group, Marks, Placing
from .reading import fault_of, known

__all__ = ["MOST_NAMED", "MemberAfterQuotas", "attributes_after_quotas", "is_band_read"]

MOST_NAMED = 3
"""Maximum number of holders of the last place that a record names; thousands of tied members would each name all."""

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
    "computed_fields",
    "outputs",
    "output_computations",
    "invariants",
    "margin",
)
"""Attributes of a record that can change with the band: an `undefined` row may leave all outputs undefined."""


@frozen(eq=False)
class MemberAfterQuotas:
    """A member after the quotas: the earlier record, and the changes.

    Args:
        before: the earlier record.
        changed: attributes that have changed.
        placing: the result of the quotas for all members.
        last: the members that hold, or may hold, the last place of each group.
        number: the member's number.
    """

    before: Assessment
    changed: Mapping[str, Any]
    placing: Placing
    last: Mapping[int, tuple[str, ...]]
    number: int

    def fill(self, names: Iterable[str]) -> Mapping[str, Any]:
        """Return attributes: changed ones, the results of the quotas, or the earlier ones."""
        return {name: self.attribute(name) for name in names}

    def attribute(self, name: str) -> Any:
        """Return one attribute."""
        if name in self.changed:
            return self.changed[name]
        return tuple(self.quotas()) if name == "quotas" else getattr(self.before, name)

    def quotas(self) -> Iterator[QuotaOutcome]:
        """Yield the result of each quota for the member, in the order in which they act."""
        for quota, marks in self.placing.marks:
            effect = marks.effect[self.number]
            if effect != NONE:
                group = marks.groups[marks.group[self.number]]
                yield self.outcome(group, marks, effect, quota.base == "after")

    def outcome(self, group: Group, marks: Marks, effect: int, is_after: bool) -> QuotaOutcome:
        terms, i = group.terms, self.number
        assert terms is not None, "a marked member has the quota"
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


def is_band_read(rulebook: Rulebook) -> bool:
    """Whether an output or an invariant reads the band, so that it is computed again when quotas change the band."""
    formulas = [named.value for named in rulebook.outputs] + [invariant.that for invariant in rulebook.invariants]
    return any("band" in formula.names for formula in formulas)


def attributes_after_quotas(member: Member, band: str | None) -> dict[str, Any]:
    """Return the attributes that follow from a member's final band, or from having none.

    Raises:
        FaultError: if an output has no value for that band.
    """
    knowledge, engine = known(member), member.program.reference
    try:
        record = engine.with_final_band(engine.rate(knowledge), knowledge, band)
    except StepFault as fault:
        raise fault_of(member, fault) from None
    found = completed(member.program, record, knowledge, Values())
    return {name: getattr(found, name) for name in FOLLOWING}


def undecided_attributes() -> dict[str, Any]:
    """Return the attributes of a member whose place people must decide, because others are tied with it."""
    return {"status": "undecided", "outputs": FrozenMap(), "output_computations": FrozenMap()}
