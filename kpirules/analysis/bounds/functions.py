"""What functions and roundings can come to."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import ceil, floor, trunc

from ...kernel.calendars import Calendar, months, years
from ...kernel.exact import MODE_TABLE, DomainError, TooWide
from ...language.expressions import FUNCTIONS
from ...language.expressions.evaluation import SERIES_WORK
from ...language.expressions.functions import ImpossibleDate
from ...plan.ops import Call
from . import numbers
from .ends import INFINITE, End, greatest, least, plain
from .irrational import FINEST, Counting, exponential, logarithm, power, root
from .numbers import NOTHING, Nothing, Num, constant, exact, joined, settled
from .values import Days, Thing, Value

__all__ = ["call", "rounded"]

SERIES = frozenset({"sqrt", "root", "power", "exp", "ln", "normal_cdf"})


def rounded(x: Num, step: Fraction, mode: str) -> Num:
    """A number rounded to a multiple."""
    rule, n, d = MODE_TABLE[mode].rule, step.numerator, step.denominator
    low, high = (
        None if end is None else plain(step * rule(end.numerator * d, end.denominator * n)) for end in (x.low, x.high)
    )
    top = x.top + d.bit_length() + n.bit_length() + 1
    # Half a step may become zero.
    has_zero = low is None or high is None or low <= 0 <= high
    return settled(low, high, d, (), top, d.bit_length(), has_zero, x.flags, n)


def call(found: Counting, op: Call, arguments: list[Value]) -> Value:
    """A function of values that are there."""
    flags = 0
    for argument in arguments:
        flags |= argument.flags
    if any(type(argument) is Nothing for argument in arguments):
        return Nothing(flags)
    name = op.function
    if name in SERIES:
        found.work += SERIES_WORK
    xs = [argument for argument in arguments if type(argument) is Num]
    if name in ("min", "max"):
        return _extreme(xs, flags, is_least=name == "min")
    if name == "clamp":
        return _clamped(*xs)._replace(flags=flags)
    if len(xs) == len(arguments):
        result = _of_constants(op, xs) or _of_numbers(found, op, xs, flags)
    else:
        result = _of_dates(found, op, arguments, flags)
    return result._replace(flags=flags)


def _of_constants(op: Call, xs: list[Num]) -> Value | None:
    """What a function makes of numbers that are known, where it has an answer."""
    values = [exact(x) for x in xs]
    known = [Fraction(value) for value in values if value is not None]
    if op.function not in SERIES or len(known) < len(values):
        return None
    try:
        return constant(FUNCTIONS[op.function].meaning(*known))
    except (DomainError, TooWide, ZeroDivisionError):
        return None


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


def _clamped(x: Num, low: Num, high: Num) -> Num:
    """`low` where `x` is below it, else `high` where it is above that."""
    least_, most = x.low, x.high
    if low.low is not None and (least_ is None or least_ < low.low):
        least_ = low.low
    if high.high is not None and (most is None or most > high.high):
        most = high.high
    # The lower limit is looked at first, so where they cross it is the one that stands.
    if x.low is None or low.high is None or x.low < low.high:
        most = greatest(most, low.high)
    if x.high is None or high.low is None or x.high > high.low:
        least_ = least(least_, high.low)
    result = joined(joined(x, low), high)
    return settled(least_, most, result.denominator, result.factors, result.top, result.bottom, result.has_zero, 0)


def _of_numbers(found: Counting, op: Call, xs: list[Num], flags: int) -> Value:
    x = xs[0]
    low: End
    high: End
    match op.function:
        case "abs":
            return _size(x)
        case "floor" | "ceil" | "trunc":
            low, high = _whole_end(op.function, x.low), _whole_end(op.function, x.high)
            return settled(low, high, 1, (), x.top + 1, 1, True, 0)
        case "sign":
            low = -1 if x.low is None or x.low < 0 else 0 if x.has_zero and x.low <= 0 else 1
            high = 1 if x.high is None or x.high > 0 else 0 if x.has_zero and x.high >= 0 else -1
            return settled(low, high, 1, (), 1, 1, x.has_zero, 0)
        case "mod":
            return _remainder(found, op, x, xs[1], flags)
        case "date":
            return _date(found, op, xs, flags)
        case "sqrt" | "root":
            return root(found, op, x, xs[1] if len(xs) > 1 else constant(2), flags)
        case "power":
            return power(found, op, x, xs[1], flags)
        case "ln":
            return logarithm(found, op, x, flags)
        case "exp":
            return exponential(x)
        case "normal_cdf":
            half = Fraction(1, 2)
            low, high = (half if x.low is not None and x.low >= 0 else 0), (half if (x.high or 1) <= 0 else 1)
            return settled(low, high, FINEST, (), 133, 133, x.low is None or x.low < -13, 0)
    raise TypeError(f"`{op.function}` has no bounds")


def _whole_end(function: str, x: End) -> End:
    if x is None:
        return None
    return floor(x) if function == "floor" else ceil(x) if function == "ceil" else trunc(x)


def _size(x: Num) -> Num:
    if x.low is not None and x.low >= 0:
        return x
    if x.high is not None and x.high <= 0:
        return numbers.negated(x)
    return settled(0, numbers.magnitude(x), x.denominator, x.factors, x.top, x.bottom, x.has_zero, 0)


def _remainder(found: Counting, op: Call, a: Num, b: Num, flags: int) -> Value:
    """`a - b * floor(a / b)`."""
    if b.has_zero:
        found.fault("division", op, is_certain=exact(b) == 0 and not flags)
    if exact(b) == 0:
        return NOTHING
    # The quotient is a whole number, so what is taken away has the denominator of b.
    rest = joined(a, b)
    size = numbers.magnitude(b)
    low = 0 if b.low is not None and b.low >= 0 else None if size is None else -size
    high = 0 if b.high is not None and b.high <= 0 else size
    if low == 0 and a.low is not None and a.low >= 0:
        high = a.high if high is None or (a.high is not None and a.high < high) else high
    denominator, factors = rest.denominator, rest.factors
    whole = numbers.added(a, b)
    top = INFINITE if size is None else int(size + 1).bit_length() + whole.bottom
    result = settled(low, high, denominator, factors, top, whole.bottom, True, 0)
    if low == 0 and size is not None and high == size:
        return numbers.narrowed(result, "<", constant(size)) or result
    return result


def _date(found: Counting, op: Call, xs: list[Num], flags: int) -> Value:
    """The date of a year, month and day."""
    y, m, d = xs
    is_sure = all(not x.factors and x.denominator == 1 for x in xs) and all(
        low <= (x.low or 0) and x.high is not None and x.high <= high
        for x, low, high in ((y, 1, 9999), (m, 1, 12), (d, 1, 28))
    )
    one = [exact(x) for x in xs]
    value: Value = Days(1, 3_652_059, 0)
    if y.low is not None and y.high is not None and y.low >= 1 and y.high <= 9999:
        first, last = date(ceil(y.low), 1, 1), date(max(ceil(y.low), floor(y.high)), 12, 31)
        value = Days(first.toordinal(), last.toordinal(), 0)
    if None not in one:
        try:
            on = FUNCTIONS["date"].meaning(*(Fraction(x) for x in one if x is not None))
            return Days(on.toordinal(), on.toordinal(), 0)
        except ImpossibleDate:
            found.fault("date", op, is_certain=not flags)
            return NOTHING
    if not is_sure:
        found.fault("date", op, is_certain=False)
    return value


# -- dates ----------------------------------------------------------------------------------------


def _of_dates(found: Counting, op: Call, arguments: list[Value], flags: int) -> Value:
    days = [argument for argument in arguments if type(argument) is Days]
    a = days[0]
    first, last = date.fromordinal(a.first), date.fromordinal(a.last)
    match op.function:
        case "year":
            return _whole(first.year, last.year)
        case "month":
            return _whole(first.month, last.month) if first.year == last.year else _whole(1, 12)
        case "day":
            is_one = (first.year, first.month) == (last.year, last.month)
            return _whole(first.day, last.day) if is_one else _whole(1, 31)
    b = days[1]
    low, high = b.first - a.last, b.last - a.first
    match op.function:
        case "days":
            return _whole(low, high)
        case "months":
            return _months(a, b, 1)
        case "years":
            return _months(a, b, 12)
    calendar = next(argument.value for argument in arguments if type(argument) is Thing)
    assert isinstance(calendar, Calendar)
    begin, end = calendar.from_.toordinal(), calendar.until.toordinal() - 1
    if any(one.first < begin or one.last > end for one in days):
        is_certain = any(one.last < begin or one.first > end for one in days)
        found.fault("calendar", op, is_certain=is_certain and not flags)
        if is_certain:
            return NOTHING
        a, b = (Days(max(one.first, begin), min(one.last, end), 0) for one in days)
        low, high = b.first - a.last, b.last - a.first
    return _whole(min(low, 0) if low <= 0 else 0, max(high, 0) if high >= 0 else 0)


def _whole(low: int, high: int) -> Num:
    return settled(low, high, 1, (), 64, 1, low <= 0 <= high, 0)


def _months(a: Days, b: Days, each: int) -> Num:
    """Completed months, or dozens of them, which grow with the second date and shrink with the first."""
    count = months if each == 1 else years
    low = count(date.fromordinal(a.last), date.fromordinal(b.first))
    high = count(date.fromordinal(a.first), date.fromordinal(b.last))
    return _whole(low, high)
