"""Finds a subject that reaches a goal, or proves that there is none, with z3."""

from __future__ import annotations

from functools import partial

from attrs import define

from ....engines.scalar import ScalarEngine
from ..goals import Arguments, Goal
from .asking import Answered, Asking
from .attempts import Attempt, first_settled, sizes
from .forms import Forms, wanted
from .values import Untranslated

__all__ = ["Solver"]


@define(eq=False)
class Solver:
    """Answers questions about one rulebook.

    Args:
        forms: the rules as formulas.
        engine: confirms subjects.
    """

    forms: Forms
    engine: ScalarEngine

    def find(self, goal: Goal) -> Answered[Arguments]:
        """Return a valid subject that reaches a goal, or a proof that there is none."""
        if self.forms.needs_others(goal):
            return Answered("unknown", reason="a fault may need other members of the cohort")

        def attempt(most: int | None) -> Attempt[Arguments]:
            rating = self.forms.rating(most)
            if rating is None:
                raise Untranslated
            asking = Asking(
                rating.terms, rating.inputs.arguments, lambda shown: goal.reached(self.engine.alone(shown))
            )
            return Attempt(asking, partial(wanted, rating, goal), rating.inputs.is_whole)

        return first_settled(sizes(self.forms.plan), attempt)
