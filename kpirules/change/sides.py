"""One side of a comparison: the rules of one variant and edition, and the rulebook that contains them."""

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
"""How many ratings take as long as one refusal."""

Standing = Assessment | KpirulesError
"""The result of rules for a subject alone: an assessment, a fault, or a refusal."""


def is_refused(standing: Standing) -> bool:
    """Return whether a subject is not accepted; a fault counts as a result."""
    return isinstance(standing, KpirulesError) and not isinstance(standing, FaultError)


@frozen(slots=False, eq=False)
class Side:
    """One side of a comparison.

    Its subjects are those that the whole rulebook accepts and rates by these rules.

    Args:
        program: the rules of one variant and edition.
        whole: the rulebook that contains them, in which subjects name their variant and edition; if they name
            neither, the program itself.
        period: the days that the comparison covers.
        part: the inputs, with their values, that identify the compared part in the other rulebook; None if whole
            rulebooks are compared.
    """

    program: Program
    whole: Program
    period: Period = field(factory=Period)
    part: FrozenMap[str, Domain] | None = None

    @property
    def days(self) -> Period:
        """The days of its `effective` that the comparison covers."""
        rules = self.program.rulebook
        return Period(rules.effective_from, rules.effective_until) & self.period

    @property
    def choice(self) -> tuple[object, ...]:
        """How subjects, or `on`, choose these rules; only the days if a part is compared."""
        choosing_inputs = (self.whole.variant_by, self.whole.edition_by) if self.part is None else ()
        return *choosing_inputs, self.days

    @cached_property
    def own(self) -> dict[str, Domain] | None:
        """The choosing inputs, with the values that choose these rules; None if no subject can have them."""
        whole = self.whole
        found = choosing(
            self.program.rulebook, variant_by=whole.variant_by, edition_by=whole.edition_by, period=self.days
        )
        return None if found is None else in_both(found, self.part or {})

    @cached_property
    def meant(self) -> dict[str, Domain]:
        """The choosing inputs, with the values of subjects for whom rules that were chosen by name are meant."""
        rules = self.program.rulebook
        return choosing(rules, variant_by=rules.variant_by, edition_by=rules.edition_by) or {}

    @cached_property
    def inputs(self) -> frozenset[str]:
        """The inputs of these rules."""
        return frozenset(input_.id for input_ in self.program.rulebook.inputs)

    def given(self, subject: Mapping[str, Any]) -> dict[str, Any]:
        """Return a subject's values for the inputs of these rules."""
        return {input_.id: subject[input_.id] for input_ in self.program.rulebook.inputs if input_.id in subject}

    def standing(self, subject: Mapping[str, Any]) -> Standing:
        """Assess a subject by these rules, with their inputs only."""
        return _assessed(self.program, self.given(subject))

    def taken(self, given: Mapping[str, Any]) -> Standing:
        """Assess all given values by the whole rulebook."""
        return _assessed(self.whole, given)

    def rates(self, given: Mapping[str, Any]) -> bool:
        """Return whether a subject belongs to the part, and these rules of the rulebook rate it."""
        choosing_inputs = {name: domain for name, domain in (self.part or {}).items() if name in self.inputs}
        if not all(name in given and holds(domain, given[name]) for name, domain in choosing_inputs.items()):
            return False
        if not self.whole.parts:
            return True
        try:
            return part_of(self.whole, given)[0] is self.program
        except KpirulesError:
            return False

    def with_rules(self, program: Program) -> Side:
        """Return the same side with other rules, chosen in the same way.

        Args:
            program: the rules that replace this side's.
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
        """Return the same side with the other side's `effective`, `variant_by` and `edition_by`.

        Args:
            other: the side whose rules are chosen differently.
        """
        own = self.program.rulebook.version
        key = next((key for key, part in self.whole.parts.items() if part is self.program), (own.variant, own.from_))
        other_rules = other.program.rulebook
        parts = {at: part.chosen_as(other_rules) for at, part in (self.whole.parts or {key: self.program}).items()}
        program = parts[key]
        choice = other.whole.variant_by, other.whole.edition_by
        if len(parts) == 1 and not any(choice):
            return evolve(self, program=program, whole=program)
        whole = Program(program.rulebook, self.whole.report, FrozenMap(parts), *choice)
        return evolve(self, program=program, whole=whole)


def has_choice_of(rules: Rulebook, others: Rulebook) -> bool:
    """Return whether two sets of rules are in force on the same days, and chosen by the same inputs.

    Args:
        rules, others: rules of one variant and edition each.
    """
    choices = [
        (rulebook.effective_from, rulebook.effective_until, rulebook.variant_by, rulebook.edition_by)
        for rulebook in (rules, others)
    ]
    return choices[0] == choices[1]


def _assessed(program: Program, given: Mapping[str, Any]) -> Standing:
    parts = 4 + len(program.rulebook.inputs) + len(program.plan.steps)
    spend("rating", parts)
    try:
        return assess(program, given)
    except KpirulesError as refusal:
        # The reference engine finds the reasons.
        spend("rating", AS_LONG_AS_RATINGS * parts)
        return refusal


def sides(old: Program, new: Program, wholes: tuple[Program, Program] | None = None) -> tuple[Side, Side]:
    """Return both sides of a comparison.

    Args:
        old, new: rules of one variant and edition each.
        wholes: the rulebooks that contain them.
    """
    both = wholes or (old, new)
    period = Period()
    if wholes is not None:
        versions = [program.rulebook.version for program in (old, new)]
        common = Period(versions[0].from_, versions[0].until) & Period(versions[1].from_, versions[1].until)
        # Editions chosen for different days are compared on all of them.
        period = period if common.is_empty else common
    if all(len(program.whole) == 1 for program in both):
        return Side(old, both[0], period), Side(new, both[1], period)
    shared_days = [
        choosing(part.rulebook, variant_by=whole.variant_by, edition_by=whole.edition_by, period=period) or {}
        for part, whole in zip((old, new), both, strict=True)
    ]
    old_domains, new_domains = map(FrozenMap, shared_days)
    return Side(old, both[0], period, new_domains), Side(new, both[1], period, old_domains)
