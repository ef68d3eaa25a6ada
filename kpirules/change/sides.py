"""One side of a comparison: rules of one variant and edition, and the rulebook that subjects are given to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from attrs import evolve, field, frozen

from ..analysis.proving.choosing import Period, choosing, holds, in_both
from ..errors import FaultError, KpirulesError
from ..kernel.budget import spend
from ..kernel.mappings import FrozenMap
from ..language.model import Domain, Rulebook
from ..rating.assessing import assess, part_of
from ..rating.program import Program
from ..record import Assessment

__all__ = ["Side", "Standing", "has_choice_of", "is_refused", "sides"]

AS_LONG_AS_RATINGS = 12
"""How many ratings take as long as a refusal."""

Standing = Assessment | KpirulesError
"""What rules make of a subject by itself: an assessment, a fault, or a refusal."""


def is_refused(standing: Standing) -> bool:
    """Whether a subject is not accepted; a fault is an answer, though none that anybody wants."""
    return isinstance(standing, KpirulesError) and not isinstance(standing, FaultError)


@frozen(slots=False, eq=False)
class Side:
    """One side of a comparison.

    A subject of it is one that the whole rulebook takes and rates by these rules.

    Args:
        program: the rules of one variant and edition.
        whole: the rulebook that they are part of, in which subjects tell their variant and edition; where they tell
            neither, the program itself.
        period: the days that both sides of the comparison are about.
        part: the inputs that tell in the other rulebook who belongs to the part that is compared, with their values;
            None where the comparison is about whole rulebooks.
    """

    program: Program
    whole: Program
    period: Period = field(factory=Period)
    part: FrozenMap[str, Domain] | None = None

    @property
    def days(self) -> Period:
        """The days of its `effective`, of those that the comparison is about."""
        rules = self.program.rulebook
        return Period(rules.effective_from, rules.effective_until) & self.period

    @property
    def choice(self) -> tuple[object, ...]:
        """How subjects, or `on`, choose these rules; of a part, its subjects have."""
        by = (self.whole.variant_by, self.whole.edition_by) if self.part is None else ()
        return *by, self.days

    @cached_property
    def own(self) -> dict[str, Domain] | None:
        """The inputs that choose these rules, with the values of their subjects; None where they have none."""
        by = self.whole
        found = choosing(self.program.rulebook, variant_by=by.variant_by, edition_by=by.edition_by, period=self.days)
        return None if found is None else in_both(found, self.part or {})

    @cached_property
    def meant(self) -> dict[str, Domain]:
        """The same of rules that were chosen already: they take every subject, and are meant for these."""
        rules = self.program.rulebook
        return choosing(rules, variant_by=rules.variant_by, edition_by=rules.edition_by) or {}

    @cached_property
    def inputs(self) -> frozenset[str]:
        """What these rules take."""
        return frozenset(one.id for one in self.program.rulebook.inputs)

    def given(self, subject: Mapping[str, Any]) -> dict[str, Any]:
        """What these rules take of a subject that may have the inputs of other rules too."""
        return {one.id: subject[one.id] for one in self.program.rulebook.inputs if one.id in subject}

    def standing(self, subject: Mapping[str, Any]) -> Standing:
        """What these rules make of a subject, of what they take of it."""
        return _assessed(self.program, self.given(subject))

    def taken(self, given: Mapping[str, Any]) -> Standing:
        """What the whole rulebook makes of all that is given."""
        return _assessed(self.whole, given)

    def rates(self, given: Mapping[str, Any]) -> bool:
        """Whether a subject is of the part, and rated by these rules and no others of the rulebook."""
        told = {name: domain for name, domain in (self.part or {}).items() if name in self.inputs}
        if not all(name in given and holds(domain, given[name]) for name, domain in told.items()):
            return False
        if not self.whole.parts:
            return True
        try:
            return part_of(self.whole, given)[0] is self.program
        except KpirulesError:
            return False

    def with_rules(self, program: Program) -> Side:
        """The same side with other rules of its own, which are chosen as its own are.

        Args:
            program: rules that stand for those of this side.
        """
        if program is self.program:
            return self
        own = self.program.rulebook
        chosen = program.chosen_as(own)
        other = Program.made(evolve(chosen.rulebook, version=own.version), chosen.report, chosen.scalar)
        if not self.whole.parts:
            return evolve(self, program=other, whole=other)
        parts = FrozenMap((key, other if part is self.program else part) for key, part in self.whole.parts.items())
        return evolve(self, program=other, whole=evolve(self.whole, rulebook=other.rulebook, parts=parts))

    def chosen_like(self, other: Side) -> Side:
        """The same side, whose `effective`, `variant_by` and `edition_by` are those of the other one.

        Args:
            other: whose rules subjects choose in another way.
        """
        own = self.program.rulebook.version
        key = next((key for key, part in self.whole.parts.items() if part is self.program), (own.variant, own.from_))
        theirs = other.program.rulebook
        parts = {at: part.chosen_as(theirs) for at, part in (self.whole.parts or {key: self.program}).items()}
        program = parts[key]
        choice = other.whole.variant_by, other.whole.edition_by
        if len(parts) == 1 and not any(choice):
            return evolve(self, program=program, whole=program)
        whole = Program(program.rulebook, self.whole.report, FrozenMap(parts), *choice)
        return evolve(self, program=program, whole=whole)


def has_choice_of(rules: Rulebook, others: Rulebook) -> bool:
    """Whether rules are in force when others are, and chosen by the same inputs.

    Args:
        rules, others: of one variant and edition each.
    """
    ways = [(one.effective_from, one.effective_until, one.variant_by, one.edition_by) for one in (rules, others)]
    return ways[0] == ways[1]


def _assessed(program: Program, given: Mapping[str, Any]) -> Standing:
    parts = 4 + len(program.rulebook.inputs) + len(program.plan.steps)
    spend("rating", parts)
    try:
        return assess(program, given)
    except KpirulesError as refusal:
        # The reasons for it come from the reference engine.
        spend("rating", AS_LONG_AS_RATINGS * parts)
        return refusal


def sides(old: Program, new: Program, wholes: tuple[Program, Program] | None = None) -> tuple[Side, Side]:
    """Both sides of a comparison.

    Args:
        old, new: rules of one variant and edition each.
        wholes: the rulebooks that they are parts of.
    """
    both = wholes or (old, new)
    period = Period()
    if wholes is not None:
        versions = [one.rulebook.version for one in (old, new)]
        common = Period(versions[0].from_, versions[0].until) & Period(versions[1].from_, versions[1].until)
        # Editions that were chosen for different days face each other on all of them.
        period = period if common.is_empty else common
    if all(len(one.whole) == 1 for one in both):
        return Side(old, both[0], period), Side(new, both[1], period)
    told = [
        choosing(part.rulebook, variant_by=whole.variant_by, edition_by=whole.edition_by, period=period) or {}
        for part, whole in zip((old, new), both, strict=True)
    ]
    mine, theirs = map(FrozenMap, told)
    return Side(old, both[0], period, theirs), Side(new, both[1], period, mine)
