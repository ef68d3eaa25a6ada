"""Functions without a formula, over unknowns."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ....kernel.calendars import OutsideCalendar
from ....kernel.exact import DomainError, TooWide
from ....language.expressions import FUNCTIONS, Function
from ....language.expressions.functions import ImpossibleDate
from .linear import ZERO, Lin, constant
from .nonlinear import whole
from .terms import Terms
from .values import Payload, Thing, Value, number_of

if TYPE_CHECKING:
    from .operations import Operations

__all__ = ["call"]

MOST_STEPS = 150
"""The most values of a monotone function of one date for which each start is listed."""


def call(to: Operations, function: str, parts: Sequence[Payload]) -> Payload | Value:
    """Return a function of present values."""
    terms, row = to.terms, FUNCTIONS[function]
    constants = [_plain(part, kind) for part, kind in zip(parts, _kinds(row, len(parts)), strict=True)]
    if all(one is not None for one in constants):
        return _by_meaning(to, row, constants)
    match function:
        case "min" | "max":
            found, *others = map(number_of, parts)
            for other in others:
                found = terms.least(found, other) if function == "min" else terms.greatest(found, other)
            return found
        case "floor":
            return whole(terms, number_of(parts[0]))
        case "days":
            return number_of(parts[1]).minus(number_of(parts[0]))
    return _free(to, row, parts, constants)


def _kinds(row: Function, count: int) -> list[str]:
    kinds = [parameter.kind for parameter in row.parameters]
    return kinds + kinds[-1:] * (count - len(kinds))


def _plain(part: Payload, kind: str) -> Any:
    """Return a constant as its value; None if it varies."""
    match part:
        case Lin(constant=value) if part.is_constant:
            return date.fromordinal(int(value)) if kind == "date" else value
        case Thing(value=value):
            return value
        case _:
            return None


def _by_meaning(to: Operations, row: Function, constants: Sequence[Any]) -> Value:
    try:
        result = row.meaning(*constants)
    except (DomainError, TooWide, ImpossibleDate, OutsideCalendar):
        return Value(ZERO, False, {(to.path, row.fault): True})
    return Value(_number(result))


def _number(result: Any) -> Lin:
    return constant(result.toordinal() if isinstance(result, date) else Fraction(result))


def _free(to: Operations, row: Function, parts: Sequence[Payload], constants: Sequence[Any]) -> Value:
    """Return a function that is not translated: any number of its range, possibly a fault; equal calls are equal."""
    terms = to.terms
    key = (row.name, *(part.value if isinstance(part, Thing) else number_of(part) for part in parts))
    low, high = (row.low, row.high) if row.gives == "number" else (1, date.max.toordinal())
    unit = Fraction(1) if row.is_whole or row.gives == "date" else None
    ends = (None if end is None else Fraction(end) for end in (low, high))
    if row.fault:
        fault = terms.bit((*key, "fault"))
        return Value(terms.number(key, unit, *ends), terms.opposite(fault), {(to.path, row.fault): fault})
    line = _line(terms, row, parts, constants)
    return Value(terms.number(key, unit, *ends) if line is None else _by_steps(terms, key, line))


@frozen
class _Line:
    """A whole number that grows or shrinks with one date.

    Args:
        day: the date.
        first, last: the ordinals of its first and last day.
        at: returns the number for an ordinal.
        is_growing: False if it shrinks.
    """

    day: Lin
    first: int
    last: int
    at: Callable[[int], int]
    is_growing: bool


def _line(terms: Terms, row: Function, parts: Sequence[Payload], constants: Sequence[Any]) -> _Line | None:
    varying = [place for place, one in enumerate(constants) if one is None]
    if not row.is_whole or not row.trend or row.cycle is not None or len(varying) != 1:
        return None
    (place,) = varying
    if row.parameters[place].kind != "date" or not row.trend[place]:
        return None
    low, high = terms.range(number_of(parts[place]))

    def at(day: int) -> int:
        return int(row.meaning(*constants[:place], date.fromordinal(day), *constants[place + 1 :]))

    last = int(high or date.max.toordinal())
    return _Line(number_of(parts[place]), int(low or 1), last, at, row.trend[place] > 0)


def _by_steps(terms: Terms, key: Hashable, line: _Line) -> Lin:
    """Return such a number as a list of the days where its values begin."""
    low, high = sorted((line.at(line.first), line.at(line.last)))
    found = terms.number(key, Fraction(1), Fraction(low), Fraction(high))
    if found.terms and high - low <= MOST_STEPS:
        sign = ">=" if line.is_growing else "<="
        terms.unknowns[found.terms[0][0]].facts = [
            terms.alike(
                terms.compare(">=", found, constant(value)),
                terms.compare(sign, line.day, constant(_edge(line, value))),
            )
            for value in range(low + 1, high + 1)
        ]
    return found


def _edge(line: _Line, value: int) -> int:
    """Return the first day from which such a number is not below a value; if it shrinks, the last."""
    first, last = line.first, line.last
    while first < last:
        middle = (first + last + (not line.is_growing)) // 2
        if (line.at(middle) >= value) is line.is_growing:
            first, last = (first, middle) if line.is_growing else (first, middle - 1)
        else:
            first, last = (middle + 1, last) if line.is_growing else (middle, last)
    return first
