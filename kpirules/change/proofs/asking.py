"""Questions about the subjects of one variant and edition: a search first, then z3; both engines confirm subjects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from attrs import frozen

from ...analysis.proving import of_its_subjects
from ...analysis.proving.examples import subjects_of_examples
from ...analysis.proving.goals import Answer, Arguments, Goal
from ...analysis.proving.prover import as_json
from ...analysis.proving.search import Search
from ...analysis.proving.solving import Forms
from ...analysis.proving.solving.asking import AT_ITS_LIMIT, NOT_FOUND, TOO_MANY_FACTS, Answered, Asking
from ...analysis.proving.solving.attempts import (
    KNOWS,
    NOT_TRANSLATED,
    TOO_DEEP,
    Attempt,
    first_settled,
    sizes,
    untranslated,
)
from ...analysis.proving.solving.rating import Rating
from ...analysis.proving.solving.terms import Bit
from ...analysis.proving.solving.values import Untranslated
from ...analysis.proving.subjects import are_valid
from ...errors import FaultError, SubjectError
from ...plan import Plan
from ...rating.assessing import assess
from ...rating.assessing.agreement import agreed
from ...rating.program import Program
from ...record import Assessment
from ..meaning import rating_in_words
from .claims import Claim

__all__ = ["ALONE", "CHOOSES", "COMPARED", "NEEDS_OTHERS", "Asker", "Outcome", "reasoned"]

Outcome = Assessment | FaultError | SubjectError

NEEDS_OTHERS = "a fault may need other members of the cohort"
ALONE = "subjects are compared with each other, and none can be rated alone"
COMPARED = "subjects are compared with each other, and more of it may change the others' ratings too"
CHOOSES = "it chooses the rules, and each variant and edition is proved by itself"

OF_COHORTS = "assess a cohort of real subjects, and test it with `kpirules.testing`"
USUAL = "narrow `max_items`, or test it with `kpirules.testing`"

HELPS = {
    NOT_FOUND: "test it with `kpirules.testing`, which draws subjects near everything that the rules mention",
    AT_ITS_LIMIT: "narrow the domains of inputs that no real subject uses up",
    TOO_MANY_FACTS: "ask one variant at a time, or narrow `max_items` and the domains of inputs",
    TOO_DEEP: "name parts of the deepest formula with `let`",
    NOT_TRANSLATED: "narrow `max_items`; the subjects of a list that needs many records are not translated",
    NEEDS_OTHERS: OF_COHORTS,
    ALONE: OF_COHORTS,
    COMPARED: OF_COHORTS,
    CHOOSES: "demand it of the inputs that its rules read",
}


def reasoned(claim: Claim, reason: str) -> Claim:
    """Return a claim with the answer `unknown`, a reason, and help."""
    helps = HELPS.get(reason, USUAL)
    if reason.startswith(KNOWS):
        helps = "replace the function by a table, or test it with `kpirules.testing`"
    return Claim(claim.kind, claim.path, claim.says, "unknown", reason=reason, help=helps)


@frozen(slots=False, eq=False)
class Asker:
    """Answers questions about one variant and edition.

    Args:
        program: its rules.
    """

    program: Program

    @cached_property
    def plan(self) -> Plan:
        """The plan, with the inputs of the subjects that it rates."""
        return of_its_subjects(self.program.plan, self.program.rulebook)

    @cached_property
    def search(self) -> Search:
        first = subjects_of_examples(self.program.rulebook, self.plan, self.program.scalar)
        return Search(self.plan, self.program.scalar, first)

    @cached_property
    def forms(self) -> Forms:
        return Forms(self.plan)

    @cached_property
    def sizes(self) -> tuple[int | None, ...]:
        """The number of records of a list that each attempt distinguishes; None for any number."""
        return sizes(self.plan)

    @cached_property
    def untranslated(self) -> str:
        """The functions of which z3 knows only the range and the direction, in words; empty if there are none."""
        return untranslated(self.plan)

    def answer(self, arguments: Arguments) -> Answer:
        return self.program.scalar.alone(arguments)

    def given(self, arguments: Arguments) -> dict[str, Any]:
        """Return arguments as the values of a subject."""
        return {id_: value for id_, value in self.program.scalar.unpack(arguments).items() if value is not None}

    # -- questions --------------------------------------------------------------------------------------

    def find(
        self,
        reached: Callable[[Answer], bool],
        conditions: Callable[[Rating], Iterable[Bit]],
        confirms: Callable[[Mapping[str, Any]], bool] | None = None,
        goal: Goal | None = None,
    ) -> Answered[Arguments]:
        """Return a valid subject for which something happens, or a proof that there is none.

        Args:
            reached: whether it happened, by the result of the scalar engine.
            conditions: the same as conditions of which all must hold.
            confirms: a further condition on the given values of a subject; then the search is not asked first.
            goal: what a downhill search moves subjects towards, if z3 neither finds one nor rules it out.
        """
        if not self.search.has_subjects:
            return Answered("impossible")
        if confirms is not None:
            return self._asked(reached, conditions, confirms)
        found = next((one for one, answer in self.search.subjects() if reached(answer)), None)
        if found is None and self.search.is_whole and not self.plan.cohort:
            return Answered("impossible")
        if found is None:
            answered = self._asked(reached, conditions)
            if answered.status == "impossible":
                return answered
            found = self.search.descend(goal) if answered.shown is None and goal is not None else answered.shown
            if found is None:
                return answered
        return Answered("shown", self.search.simplified(Goal(reached), found))

    def _asked(
        self,
        reached: Callable[[Answer], bool],
        conditions: Callable[[Rating], Iterable[Bit]],
        confirms: Callable[[Mapping[str, Any]], bool] | None = None,
    ) -> Answered[Arguments]:
        def is_confirmed(arguments: Arguments) -> bool:
            if not are_valid(self.plan, arguments) or not reached(self.answer(arguments)):
                return False
            return confirms is None or confirms(self.given(arguments))

        def attempt(most: int | None) -> Attempt[Arguments]:
            rating = self.forms.rating(most)
            if rating is None:
                raise Untranslated
            asking = Asking(rating.terms, rating.inputs.arguments, is_confirmed)
            return Attempt(asking, partial(conditions, rating), rating.inputs.is_whole)

        return first_settled(self.sizes, attempt, self.untranslated)

    # -- subjects ---------------------------------------------------------------------------------------

    def confirmed(self, given: Mapping[str, Any]) -> Outcome:
        """Return the result of both engines for a subject; they must agree."""
        first, second = (self._assessed(given, engine) for engine in ("scalar", "reference"))
        agreed(_comparable(first) == _comparable(second), as_json(given))
        return first

    def _assessed(self, given: Mapping[str, Any], engine: str) -> Outcome:
        try:
            return assess(self.program, given, engine=engine)
        except (FaultError, SubjectError) as refusal:
            return refusal

    def shown_by(self, claim: Claim, answer: str, found: Sequence[Arguments]) -> Claim:
        """Return a claim with the answer that subjects show, or unknown if they need a cohort.

        Args:
            claim: the statement.
            answer: the answer that they show.
            found: the subjects.
        """
        givens = [self.given(arguments) for arguments in found]
        outcomes = [self.confirmed(given) for given in givens]
        if any(isinstance(outcome, SubjectError) for outcome in outcomes):
            return reasoned(claim, ALONE)
        ratings = tuple(rating_in_words(outcome, outcome) for outcome in outcomes)
        return Claim(claim.kind, claim.path, claim.says, answer, tuple(map(as_json, givens)), ratings)


def _comparable(outcome: Outcome) -> object:
    return outcome if isinstance(outcome, Assessment) else [diagnostic.code for diagnostic in outcome.report]
