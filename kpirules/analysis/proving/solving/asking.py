"""Asks z3 for a model of some conditions that an engine confirms, in stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import Any, Generic, Literal, TypeVar

import z3
from attrs import define, frozen

from .lemmas import Lemmas
from .linear import Lin, constant, form_of
from .printing import RLIMIT, SMALL_RLIMIT, Question, TooManyFacts
from .terms import Bit, Equation, Terms
from .totals import add_totals
from .values import Untranslated

__all__ = ["Answered", "Asking", "Numbers", "exactly"]

Numbers = Mapping[int, Fraction | bool]
"""The values of unknowns by number."""

Shown = TypeVar("Shown")

MOST_CHECKS = 100
"""The most further checks of z3 for one question, since `rlimit` limits each by itself."""

EXACT_RLIMIT = 400_000
"""The most work of z3 for exact equations, which it mostly answers at once or not at all."""

MOST_OTHERS = 24
"""The most further models, if only untranslated parts can be the obstacle."""

NEAR = (1, 0, 10, 100, 2, 5)
"""The most values that a factor gets if the model's value fails."""

NOT_FOUND = "z3 neither finds a subject nor rules it out"
TOO_MANY_FACTS = "the rules take more facts than a question may hold"
AT_ITS_LIMIT = "z3 gives up at its limit of work"


@frozen
class Answered(Generic[Shown]):
    """The answer to one question.

    Args:
        status: shown, impossible, or unknown.
        shown: what shows it: a subject, or several.
        reason: why the answer is unknown; empty if the conditions have a model and none was read.
    """

    status: Literal["shown", "impossible", "unknown"]
    shown: Shown | None = None
    reason: str = ""


@define(eq=False)
class Asking(Generic[Shown]):
    """One question over some terms.

    Args:
        terms: the unknowns.
        read: returns what the values of unknowns show.
        confirms: whether an engine confirms it.
        has_copies: whether unknowns of several subjects or rulebooks are compared.
        lemmas: what z3 proves of values between the inputs of two subjects and their ratings.
    """

    terms: Terms
    read: Callable[[Numbers], Shown]
    confirms: Callable[[Shown], bool]
    has_copies: bool = False
    lemmas: Lemmas | None = None
    _checks_left: int = MOST_CHECKS
    _is_refuted: bool = False

    def ask(self, conditions: Callable[[], Iterable[Bit]], *, is_shown: bool) -> Answered[Shown]:
        """Ask in stages: with linear facts; with fixed factors; then with the exact equations.

        Args:
            conditions: returns the conditions that must hold together.
            is_shown: whether models are read; if not, only a proof is wanted.
        """
        try:
            question = Question(self.terms)
            question.add(conditions())
            for most in self._stages(question, conditions):
                answer = question.check(most=most)
                if answer == "unsat":
                    return Answered("impossible")
                if answer == "sat" and is_shown and self.confirms(shown := self.read(question.numbers())):
                    return Answered("shown", shown)
        except TooManyFacts:
            return Answered("unknown", reason=TOO_MANY_FACTS)
        except Untranslated:
            return Answered("unknown", reason="the question is not translated for z3")
        if answer == "unknown":
            return Answered("unknown", reason=AT_ITS_LIMIT)
        if not is_shown:
            return Answered("unknown")
        for shown in self._models(question):
            if self.confirms(shown):
                return Answered("shown", shown)
        return Answered("impossible") if self._is_refuted else Answered("unknown", reason=NOT_FOUND)

    def _stages(self, question: Question, conditions: Callable[[], Iterable[Bit]]) -> Iterator[int]:
        """Add facts that take ever longer to find; after each addition, yield the work limit for an answer."""
        has_totals = any(self.terms.unknowns[number].total is not None for number in question.unknowns)
        needed = (
            (self.has_copies or has_totals, self._add_totals),
            (self.lemmas is not None, partial(self._add_lemmas, conditions)),
        )
        adding = [add for is_needed, add in needed if is_needed]
        yield SMALL_RLIMIT if adding else RLIMIT
        for place, add in enumerate(adding, 1):
            add(question)
            yield SMALL_RLIMIT if place < len(adding) else RLIMIT

    def _add_totals(self, question: Question) -> None:
        add_totals(self.terms, question, has_copies=self.has_copies)

    def _add_lemmas(self, conditions: Callable[[], Iterable[Bit]], question: Question) -> None:
        assert self.lemmas is not None
        facts = self.lemmas.about(question)
        question.add([False] if self.lemmas.rule_out(conditions()) else facts)

    # -- models -----------------------------------------------------------------------------------------

    def _models(self, question: Question) -> Iterator[Shown]:
        """Yield the subjects that models show, from the weakest question to the exact one."""
        numbers = question.numbers()
        if question.equations:
            for equations in (question.equations, question.equations[::-1]):
                yield from self._fixed(question, equations, numbers)
            yield from self._exact(question)
        else:
            yield from self._others(question, numbers)

    def _fixed(self, question: Question, equations: Iterable[Equation], numbers: Numbers) -> Iterator[Shown]:
        """Yield models in which one factor of each equation is fixed, so that the rest is linear."""
        question.solver.push()
        for equation in equations:
            found = self._fix(question, equation, numbers)
            if found is None:
                break
            # What the question is about may need few of the equations.
            numbers = found
            yield self.read(numbers)
        while question.solver.num_scopes():
            question.solver.pop()

    def _fix(self, question: Question, equation: Equation, numbers: Numbers) -> Numbers | None:
        """Return a model in which a factor of an equation is fixed; None if none was found."""
        for side, other in ((equation.right, equation.left), (equation.left, equation.right)):
            for value in dict.fromkeys([_of(side, numbers), *map(Fraction, NEAR)]):
                question.solver.push()
                question.solver.add(question.number(side) == question.number(constant(value)))
                product = question.number(equation.product) == question.number(other.times(value))
                question.solver.add(z3.Implies(question.formula(equation.guard), product))
                self._checks_left -= 1
                if self._checks_left > 0 and question.check() == "sat":
                    return question.numbers()
                question.solver.pop()
        return None

    def _exact(self, question: Question) -> Iterator[Shown]:
        """Yield models of the exact equations; if there is none, that is a proof."""
        for equation in question.equations:
            question.solver.add(exactly(question, equation))
        answer = question.check(most=EXACT_RLIMIT)
        if answer == "unsat":
            self._is_refuted = True
        if answer == "sat":
            yield self.read(question.numbers())

    def _others(self, question: Question, numbers: Numbers) -> Iterator[Shown]:
        """Yield further models, with another value of one unknown at a time."""
        for number, unknown in list(question.unknowns.items())[:MOST_OTHERS]:
            value = numbers[number]
            if isinstance(value, bool):
                differs = unknown != z3.BoolVal(value, ctx=question.context)
            else:
                differs = question.number(form_of(number)) != question.number(constant(value))
            if question.check(differs) == "sat":
                yield self.read(question.numbers())


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
