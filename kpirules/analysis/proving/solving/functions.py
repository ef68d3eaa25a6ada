"""Functions and rounding over unknowns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ....kernel.calendars import OutsideCalendar
from ....kernel.exact import DomainError, TooWide
from ....language.expressions import FUNCTIONS
from ....language.expressions.functions import ImpossibleDate
from .linear import ONE, ZERO, Lin, constant
from .nonlinear import whole
from .terms import Bit, Terms
from .values import Payload, Thing, Value, number_of

if TYPE_CHECKING:
    from .operations import Operations

__all__ = ["call", "rounded"]

HALF = Fraction(1, 2)

MOST_YEARS = 150
"""Years of a domain up to which the year of a date is told by where each begins."""

ON_DATES = ("days", "months", "years", "workdays", "year", "month", "day")

RANGES = {"month": (1, 12), "day": (1, 31), "normal_cdf": (0, 1)}
FROM_ZERO = ("sqrt", "exp")
WHOLE = ("months", "years", "workdays", "month", "day", "year")

KINDS = {"date": "date", "workdays": "calendar"}
"""The fault of a function that can fault; `domain` of those that are not here."""

FAULTING = ("sqrt", "root", "power", "ln", "exp", "date", "workdays", "normal_cdf")


def rounded(terms: Terms, x: Lin, step: Fraction, mode: str) -> Lin:
    """The multiple of a step that a mode chooses."""
    return _whole_by(terms, x.times(1 / step), mode).times(step)


def _whole_by(terms: Terms, x: Lin, mode: str) -> Lin:
    def up(shift: Fraction) -> Lin:
        return whole(terms, x.plus(constant(shift)).times(Fraction(-1))).times(Fraction(-1))

    def down(shift: Fraction) -> Lin:
        return whole(terms, x.plus(constant(shift)))

    match mode:
        case "floor":
            return down(Fraction(0))
        case "ceiling":
            return up(Fraction(0))
        case "half_even":
            upper = down(HALF)
            half = whole(terms, upper.times(HALF))
            is_odd = terms.compare("==", upper.minus(half.times(Fraction(2))), ONE)
            is_tie = terms.compare("==", upper, x.plus(constant(HALF)))
            return upper.minus(terms.indicator(terms.all([is_odd, is_tie])))
        case "half_up" | "half_down":
            ways = (down, up) if mode == "half_up" else (up, down)
            shifts = (HALF, -HALF) if mode == "half_up" else (-HALF, HALF)
            not_below, below = ways[0](shifts[0]), ways[1](shifts[1])
        case "up":
            not_below, below = up(Fraction(0)), down(Fraction(0))
        case _:
            not_below, below = down(Fraction(0)), up(Fraction(0))
    return terms.chosen(terms.compare(">=", x, ZERO), not_below, below)


def call(to: Operations, function: str, parts: Sequence[Payload]) -> Payload | Value:
    """A function of values that are there."""
    terms = to.terms
    constants = [_plain(part, function) for part in parts]
    if all(one is not None for one in constants):
        return _by_meaning(to, function, constants)
    numbers = [part for part in parts if isinstance(part, Lin)]
    match function:
        case "min" | "max":
            found = numbers[0]
            for other in numbers[1:]:
                found = terms.least(found, other) if function == "min" else terms.greatest(found, other)
            return found
        case "abs":
            return terms.greatest(numbers[0], numbers[0].times(Fraction(-1)))
        case "clamp":
            x, low, high = numbers
            below = terms.compare("<", x, low)
            return terms.chosen(below, low, terms.least(x, high))
        case "sign":
            signs = [terms.indicator(terms.compare(sign, numbers[0], ZERO)) for sign in "><"]
            return signs[0].minus(signs[1])
        case "floor" | "ceil" | "trunc":
            mode = {"floor": "floor", "ceil": "ceiling", "trunc": "down"}[function]
            return rounded(terms, numbers[0], Fraction(1), mode)
        case "days":
            return numbers[1].minus(numbers[0])
        case "mod" if numbers[1].is_constant and numbers[1].constant:
            by = numbers[1].constant
            return numbers[0].minus(whole(terms, numbers[0].times(1 / by)).times(by))
        case "year":
            return _year(terms, numbers[0])
    return _free(to, function, parts)


def _plain(part: Payload, function: str) -> Any:
    """A constant as it is; None where it varies."""
    match part:
        case Lin(constant=value) if part.is_constant:
            return date.fromordinal(int(value)) if function in ON_DATES else value
        case Thing(value=value):
            return value
        case _:
            return None


def _by_meaning(to: Operations, function: str, constants: Sequence[Any]) -> Value:
    try:
        result = FUNCTIONS[function].meaning(*constants)
    except ZeroDivisionError:
        kind = "division"
    except ImpossibleDate:
        kind = "date"
    except OutsideCalendar:
        kind = "calendar"
    except (DomainError, TooWide):
        kind = "domain"
    else:
        return Value(constant(result.toordinal() if isinstance(result, date) else Fraction(result)))
    return Value(ZERO, False, {(to.path, kind): True})


def _year(terms: Terms, day: Lin) -> Lin:
    """The year of a date, by where each year of its domain begins."""
    low, high = terms.range(day)
    first, last = date.fromordinal(int(low or 1)).year, date.fromordinal(int(high or date.max.toordinal())).year
    found = terms.number(("year", day), Fraction(1), Fraction(first), Fraction(last))
    if found.terms and last - first <= MOST_YEARS:
        facts: list[Bit] = []
        for year in range(first + 1, last + 1):
            is_from = terms.compare(">=", found, constant(year))
            begins = terms.compare(">=", day, constant(date(year, 1, 1).toordinal()))
            facts.append(terms.alike(is_from, begins))
        terms.unknowns[found.terms[0][0]].facts = facts
    return found


def _free(to: Operations, function: str, parts: Sequence[Payload]) -> Value:
    """A function that is not translated: any number of its range, and perhaps a fault; equal ones are the same."""
    key = (function, *(part.value if isinstance(part, Thing) else number_of(part) for part in parts))
    low, high = RANGES.get(function, (0 if function in FROM_ZERO else None, None))
    ends = (None if low is None else Fraction(low), None if high is None else Fraction(high))
    found: Value
    if function == "date":
        ends = Fraction(1), Fraction(date.max.toordinal())
    unit = Fraction(1) if function in (*WHOLE, "date") else None
    payload = to.terms.number(key, unit, *ends)
    stops: dict[tuple[str, str], Bit] = {}
    there: Bit = True
    if function in (*FAULTING, "mod"):
        kind = "division" if function == "mod" else KINDS.get(function, "domain")
        fault = to.terms.bit((*key, "fault"))
        stops = {(to.path, kind): fault}
        there = to.terms.opposite(fault)
    found = Value(payload, there, stops)
    return found
