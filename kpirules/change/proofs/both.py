"""The answers about one variant under two editions."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from attrs import evolve, frozen

from ...analysis.proving.choosing import holds
from ...analysis.proving.goals import Arguments, Goal
from ...analysis.proving.prover import as_json
from ...analysis.proving.solving.editions import Both
from ...analysis.proving.solving.terms import Bit
from ...language.expressions import UndefinedRow
from ...language.model import Condition
from ...plan import Plan
from ...rating.assessing.values import take
from ...rating.program import Program
from ...record import Assessment
from ...reference import MissingInput, StepFault
from ..asked import Given, ask_both
from ..common_subjects import Subjects, as_given
from ..meaning import compared, rating_in_words, signified
from ..proof import prints
from ..sides import Standing, is_refused, sides
from .asking import ALONE, Asker, reasoned
from .claims import ONLY_WHERE, Claim, PartProofs

__all__ = ["change_proofs"]

Differs = Callable[[Standing, Standing, Given], bool]
"""Whether results of the old and the new edition for a subject differ in what is asked."""


def change_proofs(
    name: str, old: Program, new: Program, where: Program | None, *, nobody_loses_a_band: bool
) -> PartProofs:
    """Return the answers about one variant under two editions.

    Args:
        name: the variant's name.
        old, new: its rules.
        where: the new rules with a condition as the invariant `only_where`, or None.
        nobody_loses_a_band: whether to ask who loses a band.
    """
    asking = _Both(old, new if where is None else where)
    claims = []
    if nobody_loses_a_band:
        claims.append(asking.nobody_loses())
    if where is not None:
        claims.append(asking.only_where())
    if not claims:
        claims = [asking.alike(), asking.accepted()]
    notes = ["bands are those before quotas"] if old.has_quotas or new.has_quotas else []
    return PartProofs(name, tuple(claims), (), tuple(notes))


@frozen(slots=False, eq=False)
class _Both:
    """Asks about the subjects of two editions.

    Args:
        old, new: the rules of one variant each.
    """

    old: Program
    new: Program

    @cached_property
    def askers(self) -> tuple[Asker, Asker]:
        return Asker(self.old), Asker(self.new)

    @cached_property
    def subjects(self) -> Subjects:
        return Subjects(*sides(self.old, self.new))

    # -- claims -----------------------------------------------------------------------------------------

    def alike(self) -> Claim:
        claim = Claim("alike", "", "every subject that both accept is rated alike", "proved")
        if prints(self.old).ratings == prints(self.new).ratings:
            return claim
        found = self._answered(claim, _differ, lambda both: both.rated_differently())
        if found.answer == "proved" and (self.old.has_quotas or self.new.has_quotas):
            return reasoned(claim, "each is rated alike by itself, but quotas decide among members of a cohort")
        if found.answer == "unknown":
            # A comparison also moves subjects towards ends of bands, and conditions that differ.
            witness = signified(self.subjects.old, self.subjects.new, self.subjects).witness
            if witness:
                return self._shown(claim, self._read(witness))
        return found

    def accepted(self) -> Claim:
        claim = Claim("accepted", "inputs", "both accept the same subjects", "proved")
        if prints(self.old).accepted == prints(self.new).accepted:
            return claim
        found = signified(self.subjects.old, self.subjects.new, self.subjects)
        if found.accepted == "same":
            return claim
        if found.accepted == "possible":
            return reasoned(claim, "no subject was found that only one of them accepts")
        shown = tuple(one.witness for one in (found.refused, found.admitted) if one is not None)
        return evolve(claim, answer="refuted", subjects=shown, ratings=found.reasons[-len(shown) :] if shown else ())

    def nobody_loses(self) -> Claim:
        bands = self.new.plan.bands
        places = {band: place for place, band in enumerate(bands)}

        def loses(was: Standing, now: Standing, _: Given) -> bool:
            if not isinstance(was, Assessment) or was.band is None:
                return False
            band = now.band if isinstance(now, Assessment) else None
            return band is None or places[band] > places.get(was.band, -1)

        claim = Claim("loses", "bands", "nobody who has a band gets a worse one, or none", "proved")
        return self._answered(claim, loses, lambda both: both.loses(bands))

    def only_where(self) -> Claim:
        invariant = next(one for one in self.new.rulebook.invariants if one.id == ONLY_WHERE)

        def differs_elsewhere(was: Standing, now: Standing, given: Given) -> bool:
            return _differ(was, now, given) and not _holds(self.new, invariant, now, given)

        def conditions(both: Both) -> Bit:
            held = both.now.held.get(invariant.id, False)
            return both.terms.all([both.rated_differently(), both.terms.opposite(held)])

        claim = Claim("only_where", "", f"ratings differ only where {invariant.that.text}", "proved")
        return self._answered(claim, differs_elsewhere, conditions)

    # -- answers ----------------------------------------------------------------------------------------

    def _answered(self, claim: Claim, differs: Differs, condition: Callable[[Both], Bit]) -> Claim:
        """Return a claim that no subject is treated differently, with its answer."""
        if self.old.is_compared or self.new.is_compared:
            return reasoned(claim, ALONE)
        found = self._tried(differs)
        if found is None:
            answered = ask_both(self.old, self.new, condition, partial(self._confirms, differs))
            if answered.status == "impossible":
                return claim
            if answered.shown is None:
                return reasoned(claim, answered.reason)
            found = answered.shown
        return self._shown(claim, self._plainer(found, differs))

    def _read(self, witness: str) -> Given:
        """Return the exact values of a subject that a comparison shows."""
        given = json.loads(witness, parse_float=Decimal)
        inputs = {one.id: one for program in (self.old, self.new) for one in program.rulebook.inputs}
        return take([one for id_, one in inputs.items() if id_ in given], given, is_whole=False).given

    def _shown(self, claim: Claim, given: Given) -> Claim:
        askers = self.askers
        was, now = (asker.confirmed(_own(asker.program, given)) for asker in askers)
        ratings = f"{rating_in_words(was, now)} → {rating_in_words(now, was)}"
        return evolve(claim, answer="refuted", subjects=(as_json(given),), ratings=(ratings,))

    def _tried(self, differs: Differs) -> Given | None:
        """Return a subject of the search that is treated differently."""
        for subject, was in self.subjects.results_by(self.subjects.old):
            if self._differs(differs, was, subject):
                return subject
        return None

    def _differs(self, differs: Differs, was: Standing, subject: Given) -> bool:
        if not self._are_chosen(subject):
            return False
        now = self.subjects.new.standing(subject)
        return not is_refused(was) and not is_refused(now) and differs(was, now, subject)

    def _are_chosen(self, subject: Given) -> bool:
        """Return whether a subject belongs to the variant and the period of both editions."""
        sides_ = self.subjects.old, self.subjects.new
        meant = [one for side in sides_ for one in side.meant.items() if one[0] in subject]
        return all(holds(domain, subject[name]) for name, domain in meant)

    def _confirms(self, differs: Differs, given: Given) -> bool:
        return self._differs(differs, self.subjects.old.standing(given), given)

    def _plainer(self, given: Given, differs: Differs) -> Given:
        """Return a simpler subject: that of the old edition, with the inputs that only the new one reads."""
        asker, program = self.askers[0], self.old
        only_new = {id_: value for id_, value in given.items() if id_ not in self.subjects.old.inputs}
        try:
            arguments = program.scalar.pack(_packed(asker.plan, given))
        except (KeyError, TypeError, ValueError):
            return given

        def accepts(following: Arguments) -> bool:
            return self._confirms(differs, {**only_new, **as_given(program, following)})

        if not accepts(arguments):
            return given
        plain = asker.search.simplified(Goal(lambda _: True), arguments, accepts)
        return {**only_new, **as_given(program, plain)}


def _packed(plan: Plan, given: Given) -> dict[str, Any]:
    """Return the values of a plan's inputs, with defaults."""
    values = {variable.id: given.get(variable.id) for variable in plan.inputs}
    return {one.id: one.default if values[one.id] is None else values[one.id] for one in plan.inputs}


def _own(program: Program, given: Given) -> dict[str, Any]:
    ids = {one.id for one in program.rulebook.inputs}
    return {id_: value for id_, value in given.items() if id_ in ids}


def _differ(was: Standing, now: Standing, _: Given) -> bool:
    return compared(was) != compared(now)


def _holds(program: Program, condition: Condition, now: Standing, given: Given) -> bool:
    """Return whether a condition holds for a subject, also one that is exempt."""
    if isinstance(now, Assessment) and now.exemption is None:
        return any(one.held for one in now.invariants if one.id == condition.id)
    knowledge = program.reference.know(take(program.rulebook.inputs, _own(program, given)).given)
    with suppress(MissingInput, StepFault, UndefinedRow):
        return knowledge.compute(condition.that, condition.words.path).value is True
    return False
