"""What is shown of a rulebook, and with which subject."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import Factory, evolve, field, frozen

from ...diagnostics import Diagnostic
from ...engines.scalar import Decision, ScalarEngine
from ...kernel.budget import spend
from ...kernel.exact import to_text
from ...plan import Plan
from ...plan.ops import Read, written
from ...plan.steps import Banding, Judge
from ..bounds import Bounds, bounds
from .goals import Arguments, Goal
from .plainer import plainer
from .search import Search
from .solving import Forms, solver_for
from .subjects import are_valid

if TYPE_CHECKING:
    from .solving.solver import Solver

__all__ = ["Prover", "as_json", "possible", "proved"]

MOST_GOALS = 40
"""Findings of a rulebook for which the search tries subjects; among more nobody reads them."""

MOST_PROOFS = 400
"""The same where proofs are asked for: then there is time."""

LARGEST_FORMS = 1_000
"""Operations, inputs and steps up to which a check that asks for no proofs writes the rules as formulas."""

LARGEST = 5_000
"""Operations, inputs and steps of a rulebook up to which the search tries subjects: nobody writes as many by hand."""


@frozen(slots=False, eq=False)
class Prover:
    """One rulebook, with what there is to prove things of it.

    Every subject that a finding shows passes `_confirmed`: it is valid, this rulebook rates it, and what the finding
    says happens to it.

    Args:
        plan: its steps.
        rated: the same, with inputs that leave only subjects that this variant and edition rates.
        does_prove: whether z3 is asked where neither bounds nor a search give an answer.
        refuted: takes the findings that z3 alone has proved impossible.
        told_by: the engine that says what a subject comes to.
        known: the bounds of the plan, where they are known already.
        has_rating: whether the rating of a subject is known: not where errors leave a part of the rules unresolved.
    """

    plan: Plan
    rated: Plan = field(default=Factory(lambda self: self.plan, takes_self=True))
    does_prove: bool = False
    refuted: list[Diagnostic] = field(factory=list)
    told_by: ScalarEngine = field(default=Factory(lambda self: self.engine, takes_self=True))
    _known: Bounds | None = None
    has_rating: bool = True
    _asked: list[Goal] = field(factory=list)

    def over(self, plan: Plan) -> Prover:
        """A prover for the same subjects by other steps, such as some with an output that tells more.

        Args:
            plan: the plan with other steps and the same inputs.
        """
        rated = evolve(plan, inputs=self.rated.inputs)
        return Prover(plan, rated, self.does_prove, self.refuted, self.told_by, has_rating=self.has_rating)

    @cached_property
    def bounds(self) -> Bounds:
        return bounds(self.plan) if self._known is None else self._known

    @cached_property
    def judged(self) -> Mapping[str, str]:
        """The criteria that are judged, by their path."""
        return {step.path: step.id for step in reversed(self.plan.steps) if isinstance(step, Judge)}

    @cached_property
    def engine(self) -> ScalarEngine:
        return ScalarEngine(self.plan)

    @cached_property
    def _search(self) -> Search:
        return Search(self.rated, self.engine)

    @cached_property
    def _forms(self) -> Forms:
        return Forms(self.rated)

    @cached_property
    def solver(self) -> Solver | None:
        """What asks z3, where that is wanted."""
        return solver_for(self._forms, self.engine) if self.does_prove else None

    @cached_property
    def _size(self) -> int:
        operations = sum(1 for _, op in self.plan.operations() for _ in written(op))
        return operations + len(self.plan.inputs) + len(self.plan.steps)

    @property
    def _can_ask_forms(self) -> bool:
        return self.does_prove or self._size <= LARGEST_FORMS

    def show(self, diagnostic: Diagnostic, goal: Goal) -> Diagnostic | None:
        """What a check says, with a subject that shows it; None where it is proved that it never happens."""
        if len(self._asked) >= (MOST_PROOFS if self.does_prove else MOST_GOALS) or self._size > LARGEST:
            return possible(diagnostic)
        self._asked.append(goal)
        if not self._search.has_subjects:
            return None
        arguments = self._search.find(goal)
        if arguments is None and self._search.is_whole and not self.plan.cohort:
            return None
        if arguments is None and self.plan.cohort and goal.faulting:
            # It may be in what members are compared by, which is no step of an assessment.
            return possible(diagnostic)
        if arguments is None and not self._can_come_out(goal):
            return None
        if arguments is None:
            arguments = self._search.descend(goal)
        if arguments is None and self._can_ask_forms and self._forms.rule_out(goal):
            return None
        if arguments is None and self.solver is not None:
            spend("proving", self._size)
            found = self.solver.find(goal)
            if found.status == "impossible":
                self.refuted.append(diagnostic)
                return None
            if found.status != "shown":
                return possible(diagnostic, found.reason)
            arguments = plainer(self.rated, self.engine, goal, found.arguments)
        if arguments is None:
            return possible(diagnostic)
        arguments = self._search.plain(goal, arguments)
        return self._shown(diagnostic, arguments) if self._confirmed(goal, arguments) else possible(diagnostic)

    def _can_come_out(self, goal: Goal) -> bool:
        """Whether the bounds allow a goal, with each input of few values gone through."""
        if not goal.number and not goal.outcomes:
            return True
        banding = next((step for step in self.plan.steps if isinstance(step, Banding)), None)
        name = goal.number
        if name == "banded_on" and banding is not None:
            name = "exact_score" if banding.is_on_exact else "score"
            if banding.measure is not None:
                name = banding.measure.name if isinstance(banding.measure, Read) else ""
        return self.bounds.can_come_out(goal.outcomes, {name: goal.stretch} if name else {})

    def is_refuted(self, goal: Goal) -> bool:
        """Whether z3 proves that no valid subject reaches a goal, and none that was tried does."""
        if self._size > LARGEST or not self._search.has_subjects or self._search.find(goal) is not None:
            return False
        return self.solver is not None and self.solver.find(goal).status == "impossible"

    def show_any(self, ways: Iterable[tuple[Diagnostic, Goal]]) -> Diagnostic | None:
        """The first of several findings that a subject shows, else the first that is possible; None for neither."""
        unshown: Diagnostic | None = None
        for diagnostic, goal in ways:
            found = self.show(diagnostic, goal)
            if found is not None and found.evidence == "shown":
                return found
            unshown = unshown or found
        return unshown

    def _confirmed(self, goal: Goal, arguments: Arguments) -> bool:
        """Whether a subject is valid, this rulebook rates it, and the goal is reached by it."""
        return are_valid(self.rated, arguments) and goal.reached(self.engine.alone(arguments))

    def _shown(self, diagnostic: Diagnostic, arguments: Arguments) -> Diagnostic:
        witness = as_json(self.engine.unpack(arguments))
        said = f"shown with {witness}{self._comes_to(arguments)}"
        return evolve(diagnostic, evidence="shown", witness=witness, notes=(*diagnostic.notes, said))

    def _comes_to(self, arguments: Arguments) -> str:
        if not self.has_rating:
            return ""
        decision = self.told_by.alone(arguments)
        if not isinstance(decision, Decision) or decision.is_early:
            return ""
        score, band = decision.number("score"), decision.band("band")
        parts = [] if score is None else [f"score {to_text(score)}"]
        parts.append(f"band `{band}`" if band is not None else f"status `{decision.status}`")
        return f": {', '.join(parts)}"


def possible(diagnostic: Diagnostic, reason: str = "") -> Diagnostic:
    """What a check says, where nothing shows that it happens.

    Args:
        diagnostic: the finding.
        reason: why there is no proof either, where proofs are asked for.
    """
    said = f"possible, not shown: {reason}" if reason else "possible, not shown"
    return evolve(diagnostic, evidence="possible", notes=(*diagnostic.notes, said))


def proved(diagnostic: Diagnostic) -> Diagnostic:
    """What a check says, where it follows from the rules for every valid subject."""
    return evolve(diagnostic, evidence="proved", notes=(*diagnostic.notes, "proved for every valid subject"))


def as_json(values: Mapping[str, Any]) -> str:
    """Inputs as they can be pasted under `given`; numbers are exact."""
    given = {name: value for name, value in values.items() if value is not None}
    return f"{{{', '.join(f'{json.dumps(name)}: {_text(value)}' for name, value in given.items())}}}"


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Fraction():
            return to_text(value)
        case date():
            return f'"{value.isoformat()}"'
        case str():
            return json.dumps(value, ensure_ascii=False)
        case records:
            return f"[{', '.join(as_json(record) for record in records)}]"
