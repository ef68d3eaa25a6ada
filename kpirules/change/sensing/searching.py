"""Searches for the values of a number between which no standing changes, if they can't be computed directly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attrs import evolve, frozen

from ...analysis.checking import check
from ...diagnostics import Report
from ...engines.scalar import Decision
from ...errors import FaultError, KpirulesError
from ...kernel.exact import is_finite_decimal, to_text
from ...language.model import Rulebook
from ...rating.assessing import assess
from ...rating.program import Program
from ..rewriting import unproved
from .acting import REFUSED
from .numbers import Number
from .rules import Rules
from .spans import End
from .standing import FAULT, Rated

__all__ = ["Side", "searched", "usual_step"]

MOST_PLACES = 6
"""The most decimals of the usual step, for a number without a finite decimal."""


@frozen
class Side:
    """The result of a search on one side of a number.

    Args:
        last: the last value tried with which no standing changes.
        first: the first value tried with which one does; None if none was found.
        changed: the subjects that change there, with their standing; empty if the rules can't be read there.
    """

    last: Fraction
    first: Fraction | None = None
    changed: tuple[tuple[Rated, str], ...] = ()


def usual_step(value: Fraction) -> Fraction:
    """Return a tenth of the unit of the last decimal of a number."""
    places = len(to_text(value).partition(".")[2]) if is_finite_decimal(value) else MOST_PLACES
    return Fraction(1, 10 ** (places + 1))


def searched(rules: Rules, number: Number, people: Sequence[Rated], step: Fraction, sign: int) -> Side:
    """Return the values on one side of a number with which nobody's standing changes, by bisection.

    Args:
        rules: the rules.
        number: the number.
        people: the rated subjects.
        step: the distance of the values that are tried.
        sign: 1 for greater values, -1 for lesser ones.
    """
    end = number.domain.high if sign > 0 else number.domain.low
    current = number.value
    if end is None:
        # Without limits of its own, up to twice the number and down to zero.
        end = End(current + sign * (abs(current) or 1), False, "")
    last = abs(end.at - current) // step
    if end.is_open and last * step == abs(end.at - current):
        last -= 1
    low, high = 0, int(last)
    if high < 1:
        return Side(current)
    changed = _changed(rules, number, people, current + sign * high * step)
    if not changed and changed is not None:
        return Side(current + sign * high * step)
    while high - low > 1:
        middle = (low + high) // 2
        # Only those who change further out are tried again.
        asked = people if changed is None else [person for person, _ in changed]
        found = _changed(rules, number, asked, current + sign * middle * step)
        if found or found is None:
            high, changed = middle, found
        else:
            low = middle
    return Side(current + sign * low * step, current + sign * high * step, tuple(changed or ()))


def _changed(
    rules: Rules, number: Number, people: Sequence[Rated], value: Fraction
) -> list[tuple[Rated, str]] | None:
    """Return the subjects whose standing changes with another value; None if the rules can't be read."""
    rulebook = _with(rules, number, value)
    if rulebook is None:
        return None
    program = Program(rulebook, Report(()))
    labels = [(person, _standing(program, person)) for person in people]
    return [(person, label) for person, label in labels if label != person.standing]


def _with(rules: Rules, number: Number, value: Fraction) -> Rulebook | None:
    """Return the rules with another value of a number."""
    if not number.is_in_formulas:
        return unproved(rules.program, number.changes(value))
    id_ = number.path.removeprefix("parameters.")
    changed = [evolve(one, value=value) if one.id == id_ else one for one in rules.rulebook.parameters]
    rulebook = evolve(
        rules.rulebook, parameters=tuple(changed), outputs=(), invariants=(), directions=(), cohort=None
    )
    return None if Report.of(check(rulebook)).errors else rulebook


def _standing(program: Program, person: Rated) -> str:
    """Return the standing of a subject by other rules."""
    if program.rulebook.inputs == person.rules.rulebook.inputs:
        answer = program.scalar.alone(person.arguments)
        if isinstance(answer, Decision):
            return answer.status if answer.is_early else answer.band("band") or answer.status
        return REFUSED if answer is None else FAULT
    try:
        assessment = assess(program, person.subject)
    except FaultError:
        return FAULT
    except KpirulesError:
        return REFUSED
    return assessment.band or assessment.status
