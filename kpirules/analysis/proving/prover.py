"""Proves findings about a rulebook, or shows them with subjects."""

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
from ...language.model import Rulebook
from ...plan import Plan
from ...plan.ops import Read, written
from ...plan.steps import Banding, Judge
from ..bounds import Bounds, bounds
from .examples import subjects_of_examples
from .goals import Arguments, Goal
from .plainer import is_everyday, plainer
from .search import Search
from .solving import Forms, solver_for
from .subjects import are_valid

if TYPE_CHECKING:
    from .solving.solver import Solver

__all__ = ["Prover", "as_json", "possible", "proved"]

MOST_GOALS = 40
"""The most findings for which subjects are searched; nobody reads more."""

MOST_PROOFS = 400
"""The most findings if proofs are requested, which may take longer."""

LARGEST_FORMS = 1_000
"""The most operations, inputs and steps for which a check without proofs translates the rules to formulas."""

LARGEST = 5_000
"""The most operations, inputs and steps for which subjects are searched: nobody writes as many by hand."""


@frozen(slots=False, eq=False)
class Prover:
    """Proves findings about one rulebook.

    Every subject that a finding shows passes `_confirmed`: it is valid, this rulebook rates it, and the finding
    applies to it.

    Args:
        plan: the plan of the rulebook.
        rated: the plan with inputs restricted to subjects that this variant and edition rates.
        does_prove: whether to ask z3 if neither bounds nor the search decide.
        refuted: collects the findings that only z3 proved impossible.
        display_engine: the engine that rates the subjects of findings, for display.
        known: the bounds of the plan, if they are already known.
        has_rating: whether ratings are known: not if errors leave a part of the rules unresolved.
        rulebook: the rules, whose examples are tried first, or None.
    """

    plan: Plan
    rated: Plan = field(default=Factory(lambda self: self.plan, takes_self=True))
    does_prove: bool = False
    refuted: list[Diagnostic] = field(factory=list)
    display_engine: ScalarEngine = field(default=Factory(lambda self: self.engine, takes_self=True))
    _known: Bounds | None = None
    has_rating: bool = True
    rulebook: Rulebook | None = None
    _asked: list[Goal] = field(factory=list)

    def over(self, plan: Plan) -> Prover:
        """Return a prover for the same subjects with other steps, such as more outputs.

        Args:
            plan: the plan with other steps and the same inputs.
        """
        rated = evolve(plan, inputs=self.rated.inputs)
        return Prover(
            plan,
            rated,
            self.does_prove,
            self.refuted,
            self.display_engine,
            has_rating=self.has_rating,
            rulebook=self.rulebook,
        )

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
    def search(self) -> Search:
        rules = self.rulebook
        first = () if rules is None else subjects_of_examples(rules, self.rated, self.engine)
        return Search(self.rated, self.engine, first)

    @cached_property
    def _forms(self) -> Forms:
        return Forms(self.rated)

    @cached_property
    def solver(self) -> Solver | None:
        """The solver that asks z3, if proofs are requested."""
        return solver_for(self._forms, self.engine) if self.does_prove else None

    @cached_property
    def _size(self) -> int:
        operations = sum(1 for _, op in self.plan.operations() for _ in written(op))
        return operations + len(self.plan.inputs) + len(self.plan.steps)

    @property
    def _can_ask_forms(self) -> bool:
        return self.does_prove or self._size <= LARGEST_FORMS

    def show(self, diagnostic: Diagnostic, goal: Goal) -> Diagnostic | None:
        """Return a finding with a subject that shows it; None if it is proved impossible."""
        if len(self._asked) >= (MOST_PROOFS if self.does_prove else MOST_GOALS) or self._size > LARGEST:
            return possible(diagnostic)
        self._asked.append(goal)
        if not self.search.has_subjects:
            return None
        arguments = self.search.find(goal)
        if arguments is None and self.search.is_whole and not self.plan.cohort:
            return None
        if arguments is None and self.plan.cohort and goal.faulting:
            # It may be in a compared value, which is not a step of an assessment.
            return possible(diagnostic)
        if arguments is None and not self._can_come_out(goal):
            return None
        if arguments is None:
            arguments = self.search.descend(goal)
        if arguments is None and self._can_ask_forms and self._forms.rule_out(goal):
            return None
        if arguments is None and self.solver is not None:
            spend("proving", self._size)
            found = self.solver.find(goal)
            if found.status == "impossible":
                self.refuted.append(diagnostic)
                return None
            if found.shown is None:
                return possible(diagnostic, found.reason)
            arguments = self.search.simplified(goal, found.shown)
        if arguments is None:
            return possible(diagnostic)
        if self.search.first:
            arguments = self.search.simplified(goal, arguments)
        else:
            arguments = self.search.plain(goal, arguments)
        if not is_everyday(self.rated, arguments):
            arguments = plainer(self.rated, self.engine, goal, arguments)
        return self._shown(diagnostic, arguments) if self._confirmed(goal, arguments) else possible(diagnostic)

    def _can_come_out(self, goal: Goal) -> bool:
        """Return whether the bounds allow a goal, trying each value of inputs with few values."""
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
        """Return whether z3 proves that no valid subject reaches a goal, and no subject tried does."""
        if self._size > LARGEST or not self.search.has_subjects or self.search.find(goal) is not None:
            return False
        return self.solver is not None and self.solver.find(goal).status == "impossible"

    def show_any(self, ways: Iterable[tuple[Diagnostic, Goal]]) -> Diagnostic | None:
        """Return the first of several findings that a subject shows, else the first possible one, or None."""
        unshown: Diagnostic | None = None
        for diagnostic, goal in ways:
            found = self.show(diagnostic, goal)
            if found is not None and found.evidence == "shown":
                return found
            unshown = unshown or found
        return unshown

    def _confirmed(self, goal: Goal, arguments: Arguments) -> bool:
        """Return whether a subject is valid, this rulebook rates it, and it reaches the goal."""
        return are_valid(self.rated, arguments) and goal.reached(self.engine.alone(arguments))

    def _shown(self, diagnostic: Diagnostic, arguments: Arguments) -> Diagnostic:
        witness = as_json(self.engine.unpack(arguments))
        said = f"shown with {witness}{self._comes_to(arguments)}"
        return evolve(diagnostic, evidence="shown", witness=witness, notes=(*diagnostic.notes, said))

    def shown_by_two(self, diagnostic: Diagnostic, less: Arguments, more: Arguments) -> Diagnostic:
        """Return a finding with two subjects that show it together."""
        texts = [as_json(self.engine.unpack(one)) for one in (less, more)]
        said = [f"{text}{self._comes_to(one)}" for text, one in zip(texts, (less, more), strict=True)]
        notes = (*diagnostic.notes, f"shown with {said[0]}", f"and with {said[1]}")
        return evolve(diagnostic, evidence="shown", witness=texts[1], notes=notes)

    def _comes_to(self, arguments: Arguments) -> str:
        if not self.has_rating:
            return ""
        decision = self.display_engine.alone(arguments)
        if not isinstance(decision, Decision) or decision.is_early:
            return ""
        score, band = decision.number("score"), decision.band("band")
        parts = [] if score is None else [f"score {to_text(score)}"]
        parts.append(f"band `{band}`" if band is not None else f"status `{decision.status}`")
        return f": {', '.join(parts)}"


def possible(diagnostic: Diagnostic, reason: str = "") -> Diagnostic:
    """Return a finding marked as possible, since no subject shows it.

    Args:
        diagnostic: the finding.
        reason: why there is no proof, if proofs are requested.
    """
    said = f"possible, not shown: {reason}" if reason else "possible, not shown"
    return evolve(diagnostic, evidence="possible", notes=(*diagnostic.notes, said))


def proved(diagnostic: Diagnostic) -> Diagnostic:
    """Return a finding marked as proved, since the rules imply it for every valid subject."""
    return evolve(diagnostic, evidence="proved", notes=(*diagnostic.notes, "proved for every valid subject"))


def as_json(values: Mapping[str, Any]) -> str:
    """Return inputs as JSON that can be pasted under `given`, with exact numbers."""
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
