"""Bounds of functions without a formula: their values at the ends of their arguments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any

from ...kernel.calendars import Calendar, OutsideCalendar
from ...kernel.exact import DomainError, TooWide
from ...language.expressions import FUNCTIONS, Function
from ...language.expressions.evaluation import SERIES_WORK
from ...language.expressions.functions import ImpossibleDate
from ...plan.ops import Call
from .ends import End
from .irrational import SERIES, Counting
from .numbers import NOTHING, Nothing, Num, constant, exact, joined, settled
from .values import FIRST_DAY, LAST_DAY, Days, Options, Thing, Value

__all__ = ["at_ends", "call"]

FAULTS = (DomainError, TooWide, ZeroDivisionError, ImpossibleDate, OutsideCalendar)


def call(evaluation: Counting, op: Call, arguments: list[Value]) -> Value:
    """Return the bounds of a function whose arguments are present."""
    flags = 0
    for argument in arguments:
        flags |= argument.flags
    if any(type(argument) is Nothing for argument in arguments):
        return Nothing(flags)
    row = FUNCTIONS[op.function]
    numbers = [argument for argument in arguments if type(argument) is Num]
    if row.name in ("min", "max"):
        return _extreme(numbers, flags, is_least=row.name == "min")
    result: Value
    if row.name == "floor":
        (x,) = numbers
        low, high = (None if end is None else floor(end) for end in (x.low, x.high))
        result = settled(low, high, 1, (), x.top + 1, 1, True, 0)
    elif row.series:
        evaluation.work += SERIES_WORK
        result = _of_constants(row, numbers) or SERIES[row.series](evaluation, op, numbers, flags)
    else:
        result = _of_ends(evaluation, op, row, arguments, flags)
    return result._replace(flags=flags)


def _extreme(xs: list[Num], flags: int, *, is_least: bool) -> Num:
    result = xs[0]
    for x in xs[1:]:
        result = joined(result, x)
    if is_least:
        highs = [x.high for x in xs if x.high is not None]
        low, high = result.low, min(highs, default=None)
    else:
        lows = [x.low for x in xs if x.low is not None]
        low, high = max(lows, default=None), result.high
    has_zero = any(x.has_zero for x in xs)
    return settled(low, high, result.denominator, result.factors, result.top, result.bottom, has_zero, flags)


def _of_constants(row: Function, xs: list[Num]) -> Value | None:
    """Return the value of a function of known arguments, if it has one."""
    values = [exact(x) for x in xs]
    known = [Fraction(value) for value in values if value is not None]
    if len(known) < len(values):
        return None
    try:
        return constant(row.meaning(*known))
    except FAULTS:
        return None


# -- by the ends of arguments ---------------------------------------------------------------------


def at_ends(row: Function, arguments: Sequence[Value], names: Sequence[str]) -> tuple[Any, Any]:
    """Return the least and the greatest value of a function, None where it has none.

    Args:
        row: the row of the function, with the arguments in which it grows.
        arguments: the bounds of the arguments.
        names: the names of their parameters.
    """
    trends = dict(zip((parameter.name for parameter in row.parameters), row.trend, strict=True))
    ends = []
    for direction in (-1, 1):
        corner = {
            name: _end(argument, direction * trends[name]) for name, argument in zip(names, arguments, strict=True)
        }
        ends.append(None if None in corner.values() else _answer(row, corner))
    if row.cycle is not None and None not in ends:
        (argument,) = arguments
        if row.cycle(_end(argument, -1)) != row.cycle(_end(argument, 1)):
            return row.low, row.high
    return ends[0], ends[1]


def _answer(row: Function, corner: dict[str, Any]) -> Any:
    try:
        # Only optional arguments are passed by name; a meaning may name the others differently.
        is_whole = len(corner) == len(row.parameters)
        return row.meaning(*corner.values()) if is_whole else row.meaning(**corner)
    except FAULTS:
        return None


def _end(argument: Value, direction: int) -> Any:
    """Return the greatest or the least value of an argument, or None."""
    match argument:
        case Num(low=low, high=high) if direction or low == high:
            end = high if direction > 0 else low
            return None if end is None else Fraction(end)
        case Days(first=first, last=last) if direction or first == last:
            return date.fromordinal(last if direction > 0 else first)
        case Options(among=frozenset() as among) if len(among) == 1:
            return next(iter(among))
        case Thing(value=value):
            return value
        case _:
            return None


def _of_ends(evaluation: Counting, op: Call, row: Function, arguments: list[Value], flags: int) -> Value:
    inside = [_inside(row, argument, arguments) for argument in arguments]
    are_inside = all(narrowed is argument for narrowed, argument in zip(inside, arguments, strict=True))
    if None in inside:
        evaluation.fault(row.fault, op, is_certain=not flags)
        return NOTHING
    kept = [narrowed for narrowed in inside if narrowed is not None]
    names = [parameter.name for parameter in row.parameters]
    low, high = at_ends(row, kept, names)
    if row.fault and not (are_inside and _is_safe(row, kept, low, high)):
        is_known = all(_end(narrowed, 0) is not None for narrowed in kept)
        evaluation.fault(row.fault, op, is_certain=is_known and low is None and not flags)
        if is_known and low is None:
            return NOTHING
    if row.gives == "date":
        return Days(FIRST_DAY if low is None else low.toordinal(), LAST_DAY if high is None else high.toordinal(), 0)
    return _whole(row.low if low is None else low, row.high if high is None else high)


def _inside(row: Function, argument: Value, arguments: list[Value]) -> Value | None:
    """Return an argument restricted to the values for which the function has a result; None if there are none."""
    if row.fault == "date" and type(argument) is Num:
        # Days have no fractions.
        low = None if argument.low is None else ceil(argument.low)
        high = None if argument.high is None else floor(argument.high)
        if low is not None and high is not None and low > high:
            return None
        is_whole = argument.denominator == 1 and not argument.factors
        return argument if is_whole else settled(low, high, 1, (), argument.top, 1, argument.has_zero, 0)
    if row.fault == "calendar" and type(argument) is Days:
        calendar = next(argument.value for argument in arguments if type(argument) is Thing)
        assert isinstance(calendar, Calendar)
        begin, end = calendar.from_.toordinal(), calendar.until.toordinal() - 1
        if begin <= argument.first and argument.last <= end:
            return argument
        first, last = max(argument.first, begin), min(argument.last, end)
        return Days(first, last, 0) if first <= last else None
    return argument


def _is_safe(row: Function, arguments: list[Value], low: Any, high: Any) -> bool:
    """Return whether the function certainly has a result."""
    if not row.safe:
        return low is not None and high is not None
    numbers = [argument for argument in arguments if type(argument) is Num]
    return all(
        x.low is not None and x.high is not None and least <= x.low and x.high <= most
        for x, (least, most) in zip(numbers, row.safe, strict=True)
    )


def _whole(low: End, high: End) -> Num:
    return settled(low, high, 1, (), 64, 1, True, 0)
