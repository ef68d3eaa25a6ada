"""Translates rules and goals to formulas, and answers some questions by their ranges, without z3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import define, field

from ....language.model import ListDomain
from ....plan import Plan
from ..goals import Goal
from .deciding import decides
from .linear import Lin
from .rating import Rating
from .supposing import Supposing
from .terms import Bit, Node
from .values import Untranslated

__all__ = ["Forms", "wanted"]

MOST_SPLIT = 12
"""The most values of an input for which each is assumed in turn."""


@define(eq=False)
class Forms:
    """The translations of one plan, each built once.

    Args:
        plan: the rules.
    """

    plan: Plan
    _ratings: dict[int | None, Rating | None] = field(factory=dict)

    @property
    def loosest(self) -> int | None:
        """The number of records to distinguish so that all subjects are covered: None with lists, else 0."""
        return None if any(isinstance(one.domain, ListDomain) for one in self.plan.inputs) else 0

    def rating(self, most: int | None) -> Rating | None:
        """Return the assessment of any subject, None if it can't be translated.

        Args:
            most: the records of each list that are kept apart; None for none, with any number of others.
        """
        if most not in self._ratings:
            try:
                self._ratings[most] = Rating(self.plan, most)
            except (Untranslated, RecursionError):
                self._ratings[most] = None
        return self._ratings[most]

    def needs_others(self, goal: Goal) -> bool:
        """Return whether a cohort member may reach a goal that no assessment of a single subject shows.

        Members are compared before they are assessed. Steps after the band are evaluated once quotas have moved it.
        """
        return goal.fault is not None and bool(self.plan.cohort or self.plan.moves)

    def rule_out(self, goal: Goal) -> bool:
        """Return whether the ranges of the formulas show, without z3, that no subject reaches a goal."""
        rating = self.rating(self.loosest)
        if rating is None or not rating.inputs.is_whole or self.needs_others(goal):
            return False
        try:
            asked = list(wanted(rating, goal))
            if any(bit is False for bit in asked):
                return True
            return any(
                all(_contradict(rating, asked, supposed) for supposed in ways)
                for ways in rating.inputs.alternatives()[:MOST_SPLIT]
            )
        except (Untranslated, RecursionError):
            return False


def _contradict(rating: Rating, asked: Sequence[Bit], supposed: Mapping[Node, bool]) -> bool:
    supposing = Supposing(rating.terms, supposed)
    return any(supposing.truth(bit) is False for bit in asked)


def wanted(rating: Rating, goal: Goal) -> Iterator[Bit]:
    """Return the condition that a subject reaches a goal.

    Args:
        rating: the rating over unknowns.
        goal: the goal to reach.

    Raises:
        Untranslated: a part of the goal is not translated.
    """
    terms = rating.terms
    if goal.fault is not None:
        yield rating.faults.get(goal.fault, False)
        return
    yield rating.going
    if goal.number:
        value = rating.banded_on if goal.number == "banded_on" else rating.operations.read(goal.number)
        yield value.there
        if not isinstance(value.payload, Lin):
            raise Untranslated
        yield rating.inside(value.payload, goal.stretch)
    for op, outcome in goal.outcomes:
        found = rating.operations.value(op)
        yield terms.opposite(rating.operations.stopped(found))
        holds = rating.operations.is_true(found)
        yield holds if outcome else terms.opposite(holds)
    if goal.band:
        yield rating.before[goal.band]
    if goal.is_undefined:
        yield terms.opposite(terms.any([rating.rated, rating.unrated, *rating.before.values()]))
    if goal.lowering:
        yield rating.lowers[goal.lowering]
    if goal.lacking:
        yield rating.criteria.lacking[goal.lacking]
    if goal.deciding:
        yield decides(rating, goal.deciding)
