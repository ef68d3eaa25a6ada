"""Finds a subject that reaches a goal, or proves that there is none, with z3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Literal

import z3
from attrs import define, frozen

from ....engines.scalar import ScalarEngine
from ..goals import Arguments, Goal
from .forms import Forms, wanted
from .linear import Lin, constant
from .printing import Question, TooManyFacts
from .rating import Rating
from .terms import Equation
from .values import Untranslated

__all__ = ["Found", "Solver", "exactly"]

RECORDS = (2, 4)
"""The numbers of records of each list that are kept apart, one attempt after the other."""

MOST_CHECKS = 100
"""The most further checks of z3 for one question, since `rlimit` limits each by itself."""

MOST_OTHERS = 24
"""The most further models, if only untranslated parts can be the obstacle."""

NEAR = (1, 0, 10, 100, 2, 5)
"""The most values that a factor gets if the model's value fails."""

TOO_DEEP = "the rules are nested too deeply to be translated"
NOT_FOUND = "z3 neither finds a subject nor rules it out"


@frozen
class Found:
    """The answer of z3.

    Args:
        status: shown with a subject, impossible for every valid subject, or unknown.
        arguments: the subject, as the core of the scalar engine takes it.
        reason: why the answer is unknown.
    """

    status: Literal["shown", "impossible", "unknown"]
    arguments: Arguments = ()
    reason: str = ""


@define(eq=False)
class Solver:
    """Answers questions about one rulebook.

    Args:
        forms: the rules as formulas.
        engine: confirms subjects.
    """

    forms: Forms
    engine: ScalarEngine

    def find(self, goal: Goal) -> Found:
        """Return a valid subject that reaches a goal, or a proof that there is none."""
        if self.forms.needs_others(goal):
            return Found("unknown", reason="a fault may need other members of the cohort")
        try:
            return self._find(goal)
        except RecursionError:
            return Found("unknown", reason=TOO_DEEP)

    def _find(self, goal: Goal) -> Found:
        reason = "the rules hold something that is not translated for z3"
        for most in (self.forms.loosest, *(RECORDS if self.forms.loosest is None else ())):
            rating = self.forms.rating(most)
            if rating is None:
                continue
            attempt = _Attempt(rating, self.engine, goal)
            found = attempt.run(is_shown=most is not None)
            if found.status == "shown":
                return found
            if found.status == "impossible" and rating.inputs.is_whole:
                return found
            reason = found.reason or f"no list of up to {most} records shows it, and longer ones may"
        return Found("unknown", reason=reason)


@define(eq=False)
class _Attempt:
    rating: Rating
    engine: ScalarEngine
    goal: Goal
    checks_left: int = MOST_CHECKS
    is_refuted: bool = False

    def run(self, *, is_shown: bool) -> Found:
        """Ask in stages: with linear facts; with fixed factors; then with the exact equations."""
        try:
            asked = list(wanted(self.rating, self.goal))
            question = Question(self.rating.terms)
            question.add(asked)
        except TooManyFacts:
            return Found("unknown", reason="the rules take more facts than a question may hold")
        except Untranslated:
            return Found("unknown", reason="the question is not translated for z3")
        answer = question.check()
        if answer == "unsat":
            return Found("impossible")
        if answer == "unknown":
            return Found("unknown", reason="z3 gives up at its limit of work")
        if not is_shown:
            return Found("unknown")
        for arguments in self._subjects(question):
            if self._reaches(arguments):
                return Found("shown", arguments)
        return Found("impossible") if self.is_refuted else Found("unknown", reason=NOT_FOUND)

    # -- subjects ---------------------------------------------------------------------------------------

    def _subjects(self, question: Question) -> Iterator[Arguments]:
        """Yield subjects from models, from the weakest question to the exact one."""
        numbers = question.numbers()
        yield self._arguments(numbers)
        if question.equations:
            yield from self._fixed(question, numbers)
            yield from self._exact(question)
        else:
            yield from self._others(question, numbers)

    def _arguments(self, numbers: Mapping[int, Fraction | bool]) -> Arguments:
        return self.rating.inputs.arguments(numbers)

    def _reaches(self, arguments: Arguments) -> bool:
        return self.goal.reached(self.engine.alone(arguments))

    def _fixed(self, question: Question, numbers: Mapping[int, Fraction | bool]) -> Iterator[Arguments]:
        """Yield models in which one factor of each equation is fixed, so that the rest is linear."""
        question.solver.push()
        for equation in question.equations:
            found = self._fix(question, equation, numbers)
            if found is None:
                break
            numbers = found
        else:
            yield self._arguments(numbers)
        while question.solver.num_scopes():
            question.solver.pop()

    def _fix(
        self, question: Question, equation: Equation, numbers: Mapping[int, Fraction | bool]
    ) -> Mapping[int, Fraction | bool] | None:
        """Return a model in which a factor of an equation is fixed; None if none was found."""
        for side, other in ((equation.right, equation.left), (equation.left, equation.right)):
            for value in dict.fromkeys([_of(side, numbers), *map(Fraction, NEAR)]):
                question.solver.push()
                question.solver.add(question.number(side) == question.number(constant(value)))
                product = question.number(equation.product) == question.number(other.times(value))
                question.solver.add(z3.Implies(question.formula(equation.guard), product))
                self.checks_left -= 1
                if self.checks_left > 0 and question.check() == "sat":
                    return question.numbers()
                question.solver.pop()
        return None

    def _exact(self, question: Question) -> Iterator[Arguments]:
        """Yield models of the exact equations; if there is none, that is a proof."""
        for equation in question.equations:
            question.solver.add(exactly(question, equation))
        answer = question.check()
        if answer == "unsat":
            self.is_refuted = True
        if answer == "sat":
            yield self._arguments(question.numbers())

    def _others(self, question: Question, numbers: Mapping[int, Fraction | bool]) -> Iterator[Arguments]:
        """Yield further models, with another value of one unknown at a time."""
        for number, unknown in list(question.unknowns.items())[:MOST_OTHERS]:
            value = numbers[number]
            if isinstance(value, bool):
                differs = unknown != z3.BoolVal(value, ctx=question.context)
            else:
                differs = question.number(_single(number)) != question.number(constant(value))
            if question.check(differs) == "sat":
                yield self._arguments(question.numbers())


def _single(number: int) -> Lin:
    return Lin(((number, Fraction(1)),), Fraction(0))


def _of(form: Lin, numbers: Mapping[int, Fraction | bool]) -> Fraction:
    return form.constant + sum((c * numbers[n] for n, c in form.terms), Fraction(0))


def exactly(question: Question, equation: Equation) -> Any:
    """Return an equation as z3 takes it.

    Args:
        question: the question with the equation.
        equation: the equation of one of its unknowns.
    """
    left, right = question.number(equation.left), question.number(equation.right)
    return z3.Implies(question.formula(equation.guard), question.number(equation.product) == left * right)
