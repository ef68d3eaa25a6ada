"""Functions without a formula, over unknowns."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ....kernel.calendars import OutsideCalendar
from ....kernel.exact import DomainError, TooWide
from ....language.expressions import FUNCTIONS, Function
from ....language.expressions.functions import ImpossibleDate
from ....plan import Plan
from ...bounds import bounds
from .linear import ZERO, Lin, constant
from .nonlinear import whole
from .terms import Terms
from .values import Payload, Thing, Value, number_of

if TYPE_CHECKING:
    from .operations import Operations

__all__ = ["call"]

MOST_STEPS = 150
"""The most values of a monotone function of one date for which each start is listed."""


def call(operations: Operations, function: str, parts: Sequence[Payload]) -> Payload | Value:
    """Return the translation of a function whose arguments are present."""
    terms, row = operations.terms, FUNCTIONS[function]
    constants = [_plain(part, kind) for part, kind in zip(parts, _kinds(row, len(parts)), strict=True)]
    if all(one is not None for one in constants):
        return _by_meaning(operations, row, constants)
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
    return _free(operations, row, parts, constants)


def _kinds(row: Function, count: int) -> list[str]:
    kinds = [parameter.kind for parameter in row.parameters]
    return kinds + kinds[-1:] * (count - len(kinds))


def _plain(part: Payload, kind: str) -> Any:
    """Return the value of an argument that is constant, else None."""
    match part:
        case Lin(constant=value) if part.is_constant:
            return date.fromordinal(int(value)) if kind == "date" else value
        case Thing(value=value):
            return value
        case _:
            return None


def _by_meaning(operations: Operations, row: Function, constants: Sequence[Any]) -> Value:
    try:
        result = row.meaning(*constants)
    except (DomainError, TooWide, ImpossibleDate, OutsideCalendar):
        return Value(ZERO, False, {(operations.path, row.fault): True})
    return Value(_number(result))


def _number(result: Any) -> Lin:
    return constant(result.toordinal() if isinstance(result, date) else Fraction(result))


def _free(operations: Operations, row: Function, parts: Sequence[Payload], constants: Sequence[Any]) -> Value:
    """Return an unknown in place of a function that is not translated; equal calls are equal."""
    terms = operations.terms
    key = (row.name, *(part.value if isinstance(part, Thing) else number_of(part) for part in parts))
    low, high = (row.low, row.high) if row.gives == "number" else (1, date.max.toordinal())
    unit = Fraction(1) if row.is_whole or row.gives == "date" else None
    ends = (None if end is None else Fraction(end) for end in (low, high))
    if row.series:
        return _irrational(operations, row, key, terms.number(key, None, *ends), parts)
    line = None if row.fault else _line(terms, row, parts, constants)
    found = _grown(terms, row, parts, terms.number(key, unit, *ends)) if line is None else _by_steps(terms, key, line)
    if not row.fault or (operations.path, row.fault) not in _possible_faults(operations.plan):
        return Value(found)
    fault = terms.bit((*key, "fault"))
    return Value(found, terms.opposite(fault), {(operations.path, row.fault): fault})


def _grown(terms: Terms, row: Function, parts: Sequence[Payload], found: Lin) -> Lin:
    """Return the unknown of an untranslated function, after noting how it grows with its arguments."""
    if row.trend and row.cycle is None:
        name = (row.name, *(part.value for part in parts if isinstance(part, Thing)))
        pairs = [(part, trend) for part, trend in zip(parts, row.trend, strict=True) if isinstance(part, Lin)]
        for number, _ in found.terms:
            terms.unknowns[number].grows = name, tuple(pairs)
    return found


def _irrational(operations: Operations, row: Function, key: Hashable, found: Lin, parts: Sequence[Payload]) -> Value:
    """Return an irrational function as a monotone unknown; it faults only where its bounds allow that."""
    terms, arguments = operations.terms, tuple(map(number_of, parts))
    first, *others = arguments
    trend = 1
    if row.series == "power":
        # A power of a positive number grows with it if the exponent is positive.
        low, (exponent,) = terms.range(first)[0], others
        is_known = exponent.is_constant and low is not None and low >= 0
        trend = 0 if not is_known else 1 if exponent.constant >= 0 else -1
    for number, _ in found.terms:
        terms.unknowns[number].grows = row.name, ((first, trend), *((one, 0) for one in others))
    if (operations.path, row.fault) not in _possible_faults(operations.plan):
        return Value(found)
    fault = terms.bit((key, "fault"))
    if row.series in ("root", "logarithm"):
        fault = terms.all([fault, terms.compare("<" if row.series == "root" else "<=", first, ZERO)])
    stops = {(operations.path, row.fault): fault} if fault is not False else {}
    return Value(found, terms.opposite(fault), stops)


@lru_cache(maxsize=4)
def _possible_faults(plan: Plan) -> frozenset[tuple[str, str]]:
    return frozenset((fault.path, fault.kind) for fault in bounds(plan).faults)


@frozen
class _Line:
    """A whole number as a monotone function of one date.

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
    """Return a number of a date, such as its year, as a selection by the first day of each value."""
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
    """Return the first day on which a growing number reaches a value; for a shrinking one, the last."""
    first, last = line.first, line.last
    while first < last:
        middle = (first + last + (not line.is_growing)) // 2
        if (line.at(middle) >= value) is line.is_growing:
            first, last = (first, middle) if line.is_growing else (first, middle - 1)
        else:
            first, last = (middle + 1, last) if line.is_growing else (middle, last)
    return first
