"""Functions of dates and of shares as steps on integers: a date is its day number, 1 for 0001-01-01."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import ceil, log2

from ...kernel.calendars import Calendar
from .steps import BEYOND, FALSE, TRUE, Building

__all__ = ["DATES", "IRRATIONAL", "SHARES", "Ratio", "Share", "part_of_date", "workdays"]

Ratio = tuple[int, int]
"""A number by the steps of its numerator and its denominator."""

LAST = date.max.toordinal()


def part_of_date(to: Building, part: str, day: int) -> int:
    """Return the year, month or day of a date.

    Args:
        to: collects the steps.
        part: `year`, `month` or `day`.
        day: the number of the day.
    """
    return dict(zip(("year", "month", "day"), _civil(to, day), strict=True))[part]


def _civil(to: Building, day: int) -> tuple[int, int, int]:
    """Return the year, month and day of a day number; years are counted from March, in cycles of 400."""
    shifted = to.arithmetic("+", day, to.integer(305))
    of_era = _by(to, "%", shifted, 146_097)
    leap = _sum(to, of_era, _by(to, "//", of_era, 36_524), less=[_by(to, "//", of_era, n) for n in (1_460, 146_096)])
    year = _by(to, "//", leap, 365)
    before = _sum(to, _by(to, "*", year, 365), _by(to, "//", year, 4), less=[_by(to, "//", year, 100)])
    of_year = to.arithmetic("-", of_era, before)
    month = _by(to, "//", _by(to, "+", _by(to, "*", of_year, 5), 2), 153)
    first = _by(to, "//", _by(to, "+", _by(to, "*", month, 153), 2), 5)
    is_late = to.compare("<", month, to.integer(10))
    whole = _sum(to, year, _by(to, "*", _by(to, "//", shifted, 146_097), 400))
    return (
        to.choose(is_late, whole, _by(to, "+", whole, 1)),
        to.choose(is_late, _by(to, "+", month, 3), _by(to, "-", month, 9)),
        _by(to, "+", to.arithmetic("-", of_year, first), 1),
    )


def _ordinal(to: Building, year: int, month: int, day: int) -> int:
    """Return the day number of a year, month and day."""
    is_early = to.compare("<=", month, to.integer(2))
    years = to.choose(is_early, _by(to, "+", year, 4_799), _by(to, "+", year, 4_800))
    months = to.choose(is_early, _by(to, "+", month, 9), _by(to, "-", month, 3))
    days = _by(to, "//", _by(to, "+", _by(to, "*", months, 153), 2), 5)
    leap = [_by(to, "//", years, n) for n in (4, 400)]
    found = _sum(to, day, days, _by(to, "*", years, 365), *leap, less=[_by(to, "//", years, 100)])
    return _by(to, "-", found, 32_045 + 1_721_425)


def _by(to: Building, sign: str, x: int, constant: int) -> int:
    return to.arithmetic(sign, x, to.integer(constant))


def _sum(to: Building, *parts: int, less: list[int] | None = None) -> int:
    found = parts[0]
    for part in parts[1:]:
        found = to.arithmetic("+", found, part)
    for part in less or []:
        found = to.arithmetic("-", found, part)
    return found


def _whole(to: Building, x: Ratio, low: int, high: int) -> tuple[int, int]:
    """Return the flag under which a number is whole and within limits, and the number clipped to them."""
    number = to.arithmetic("//", *x)
    is_whole = to.compare("==", to.arithmetic("%", *x), to.integer(0))
    is_low, is_high = to.compare("<", number, to.integer(low)), to.compare(">", number, to.integer(high))
    kept = to.choose(is_low, to.integer(low), to.choose(is_high, to.integer(high), number))
    return to.both(is_whole, to.negate(to.either(is_low, is_high))), kept


def _date(to: Building, year: Ratio, month: Ratio, day: Ratio) -> tuple[int, int]:
    flags, parts = zip(
        *(_whole(to, part, 1, most) for part, most in ((year, 9_999), (month, 12), (day, 31))), strict=True
    )
    found = _ordinal(to, *parts)
    is_there = to.compare("==", part_of_date(to, "day", found), parts[2])
    for flag in flags:
        is_there = to.both(is_there, flag)
    return is_there, found


def _add_days(to: Building, day: Ratio, count: Ratio) -> tuple[int, int]:
    is_whole, number = _whole(to, count, -LAST, LAST)
    later = to.arithmetic("+", day[0], number)
    is_there, found = _whole(to, (later, to.integer(1)), 1, LAST)
    return to.both(is_whole, is_there), found


def _add_months(to: Building, day: Ratio, count: Ratio) -> tuple[int, int]:
    is_whole, number = _whole(to, count, -120_000, 120_000)
    year, month, of_month = _civil(to, day[0])
    months = _sum(to, _by(to, "*", year, 12), month, number, less=[to.integer(1)])
    is_there, year = _whole(to, (_by(to, "//", months, 12), to.integer(1)), 1, 9_999)
    month = _by(to, "+", _by(to, "%", months, 12), 1)
    first = _ordinal(to, year, month, to.integer(1))
    is_last = to.compare("==", month, to.integer(12))
    following = _ordinal(
        to,
        to.choose(is_last, _by(to, "+", year, 1), year),
        to.choose(is_last, to.integer(1), _by(to, "+", month, 1)),
        to.integer(1),
    )
    longest = to.arithmetic("-", following, first)
    is_short = to.compare("<", longest, of_month)
    found = _sum(to, first, to.choose(is_short, longest, of_month), less=[to.integer(1)])
    return to.both(is_whole, is_there), found


def _days(to: Building, a: Ratio, b: Ratio) -> tuple[int, int]:
    return TRUE, to.arithmetic("-", b[0], a[0])


def _months(to: Building, a: Ratio, b: Ratio) -> tuple[int, int]:
    """Return completed months; a shorter month is completed on its last day."""
    is_reversed = to.compare("<", b[0], a[0])
    first, last = to.choose(is_reversed, b[0], a[0]), to.choose(is_reversed, a[0], b[0])
    (year, month, day), (later_year, later_month, later_day) = _civil(to, first), _civil(to, last)
    between = _by(to, "*", to.arithmetic("-", later_year, year), 12)
    found = _sum(to, between, later_month, less=[month])
    is_month_end = to.compare("==", part_of_date(to, "day", _by(to, "+", last, 1)), to.integer(1))
    is_complete = to.either(to.compare("<=", day, later_day), is_month_end)
    found = to.choose(is_complete, found, _by(to, "-", found, 1))
    return TRUE, to.choose(is_reversed, to.arithmetic("-", to.integer(0), found), found)


def _years(to: Building, a: Ratio, b: Ratio) -> tuple[int, int]:
    months = _months(to, a, b)[1]
    is_below = to.compare("<", months, to.integer(0))
    opposite = to.arithmetic("-", to.integer(0), months)
    found = _by(to, "//", to.choose(is_below, opposite, months), 12)
    return TRUE, to.choose(is_below, to.arithmetic("-", to.integer(0), found), found)


DATES: dict[str, tuple[str, Callable[..., tuple[int, int]]]] = {
    "days": ("integer", _days),
    "months": ("integer", _months),
    "years": ("integer", _years),
    "date": ("date", _date),
    "add_days": ("date", _add_days),
    "add_months": ("date", _add_months),
}
"""Functions of dates by name: the kind of the result, and what makes the flag of a result and the result."""


def workdays(to: Building, calendar: Calendar, first: int, last: int) -> tuple[int, int]:
    """Return working days between two dates, with the flag under which a calendar covers both.

    Args:
        to: takes the steps.
        calendar: the working days.
        first, last: the numbers of the days.
    """
    start, end = to.integer(calendar.from_.toordinal()), to.integer(calendar.until.toordinal())
    is_covered = TRUE
    for day in (first, last):
        is_covered = to.both(is_covered, to.both(to.compare("<=", start, day), to.compare("<", day, end)))
    return is_covered, to.arithmetic("-", _worked_until(to, calendar, last), _worked_until(to, calendar, first))


def _worked_until(to: Building, calendar: Calendar, day: int) -> int:
    """Return the number of working days up to a day."""
    found = to.integer(0)
    for weekday in range(7):
        if weekday not in calendar.weekend:
            found = to.arithmetic("+", found, _by(to, "//", _by(to, "+", day, 6 - weekday), 7))
    for sign, days in (("-", calendar.holidays - calendar.makeup), ("+", calendar.makeup)):
        for one in sorted(days):
            if (one.weekday() in calendar.weekend) == (sign == "+") and calendar.from_ < one < calendar.until:
                is_past = to.compare("<=", to.integer(one.toordinal()), day)
                found = to.arithmetic(sign, found, to.choose(is_past, to.integer(1), to.integer(0)))
    return found


Share = tuple[int, Ratio, Ratio]
"""The share and the weight of a child, with the flag under which it is present."""


def _extreme(sign: str) -> Callable[[Building, list[Share]], Ratio]:
    def found(to: Building, shares: list[Share]) -> Ratio:
        best, is_any = (to.integer(0), to.integer(1)), FALSE
        for flag, (n, d), _ in shares:
            is_better = to.compare(sign, to.arithmetic("*", n, best[1]), to.arithmetic("*", best[0], d))
            is_taken = to.both(flag, to.either(to.negate(is_any), is_better))
            best = to.choose(is_taken, n, best[0]), to.choose(is_taken, d, best[1])
            is_any = to.either(is_any, flag)
        return best

    return found


def _product(to: Building, shares: list[Share]) -> Ratio:
    n = d = to.integer(1)
    for flag, (above, below), _ in shares:
        n = to.choose(flag, to.arithmetic("*", n, above), n)
        d = to.choose(flag, to.arithmetic("*", d, below), d)
    return n, d


def _harmonic(to: Building, shares: list[Share]) -> Ratio:
    """Return Σw/Σ(w/s), or zero if a share is zero."""
    above, below, is_zero = (to.integer(0), to.integer(1)), (to.integer(0), to.integer(1)), FALSE
    for flag, (n, d), (weight, whole) in shares:
        is_zero = to.either(is_zero, to.both(flag, to.compare("==", n, to.integer(0))))
        above = _added(to, flag, above, (weight, whole))
        below = _added(to, flag, below, (to.arithmetic("*", weight, d), to.arithmetic("*", whole, n)))
    found = to.arithmetic("*", above[0], below[1]), to.arithmetic("*", above[1], below[0])
    return to.choose(is_zero, to.integer(0), found[0]), to.choose(is_zero, to.integer(1), found[1])


def _added(to: Building, flag: int, x: Ratio, y: Ratio) -> Ratio:
    """Return a number with another added if a flag holds."""
    if x[1] == y[1]:
        n, d = to.arithmetic("+", x[0], y[0]), x[1]
    else:
        n = to.arithmetic("+", to.arithmetic("*", x[0], y[1]), to.arithmetic("*", y[0], x[1]))
        d = to.arithmetic("*", x[1], y[1])
    return to.choose(flag, n, x[0]), to.choose(flag, d, x[1])


SHARES: dict[str, Callable[[Building, list[Share]], Ratio]] = {
    "min": _extreme("<"),
    "max": _extreme(">"),
    "product": _product,
    "harmonic_mean": _harmonic,
}
"""The ways to combine shares, by name."""

MOST_EXPONENT = 800
"""Bits of the result of a power or exponential that is still computed by steps."""


def _ends(to: Building, x: Ratio) -> tuple[int, int]:
    """Return an interval of whole numbers around a fraction."""
    if to.steps[x[1]].is_real:  # it may be as near to zero as one likes
        return -BEYOND, BEYOND
    above, below = to.steps[x[0]], max(to.steps[x[1]].low, 1)
    return min(above.low // below, above.low), max(-(-above.high // below), above.high if above.high < 0 else 0)


def _positive(to: Building, x: Ratio, *, or_zero: bool = False) -> tuple[int, Ratio]:
    """Return the flag under which a number is positive, and the number, replaced by 1 where it is not."""
    flag = to.compare("<=" if or_zero else "<", to.integer(0), x[0])
    return flag, (to.choose(flag, x[0], to.integer(1)), x[1])


def _irrational(to: Building, name: str, ends: tuple[int, int], *arguments: Ratio) -> int:
    operands = [part for one in arguments for part in one]
    return to.add("irrational", *operands, value=name, within=ends)


Found = tuple[int, int]
"""The flag under which the arguments are within the domain, and the value."""


def _root(to: Building, x: Ratio, n: Ratio) -> Found | None:
    order = to.constant(n[0])
    if order is None or to.constant(n[1]) != 1 or not 1 <= order <= 64:
        return None
    flag, base = _positive(to, x, or_zero=True)
    return flag, _irrational(to, "root", (0, _ends(to, base)[1] + 1), base, n)


def _power(to: Building, x: Ratio, y: Ratio) -> Found | None:
    flag, base = _positive(to, x)
    above, below = (to.steps[part] for part in base)
    if below.is_real or (above.is_real and _ends(to, y)[0] < 0):  # a base near zero gives a power without end
        return None
    largest = log2(max(above.high, 1)) - log2(max(below.low, 1))
    smallest = log2(max(above.low, 1)) - log2(max(below.high, 1))
    exponent = max(map(abs, _ends(to, y)))
    if exponent > MOST_EXPONENT**2:
        return None
    bits = ceil(max(abs(largest), abs(smallest)) * exponent) + 1
    if bits > MOST_EXPONENT:
        return None
    return flag, _irrational(to, "power", (0, 1 << bits), base, y)


def _exp(to: Building, x: Ratio) -> Found | None:
    most = _ends(to, x)[1]
    if most > MOST_EXPONENT // 2:
        return None
    return TRUE, _irrational(to, "exp", (0, 3 ** max(most, 0) + 1), x)


def _ln(to: Building, x: Ratio) -> Found | None:
    flag, base = _positive(to, x)
    above, below = (to.steps[part] for part in base)
    if above.is_real or below.is_real:
        return None
    return flag, _irrational(to, "ln", (-below.bits - 1, above.bits + 1), base)


def _geometric(to: Building, shares: list[Share]) -> Found | None:
    """Return Πs^(w/Σw), or zero if a share is zero."""
    is_positive, is_zero, is_any, most = TRUE, FALSE, FALSE, 1
    arguments: list[Ratio] = []
    for flag, share, weight in shares:
        is_zero = to.either(is_zero, to.both(flag, to.compare("==", share[0], to.integer(0))))
        own, (n, d) = _positive(to, share)
        is_positive = to.both(is_positive, to.either(to.negate(flag), to.compare("<=", to.integer(0), share[0])))
        one, zero = to.integer(1), to.integer(0)
        is_used, is_any = to.both(flag, own), to.either(is_any, flag)
        arguments += [
            (to.choose(is_used, n, one), to.choose(is_used, d, one)),
            (to.choose(flag, weight[0], zero), weight[1]),
        ]
        # A share is at most 1 where it is used, whatever its denominator.
        if not to.steps[d].is_real:
            most = max(most, _ends(to, arguments[-2])[1] + 1)
    if not arguments:  # every share is absent, of all subjects
        return TRUE, to.integer(0)
    # Without members, the mean is not used.
    arguments[1] = to.choose(is_any, arguments[1][0], to.integer(1)), arguments[1][1]
    mean = _irrational(to, "geometric_mean", (0, most), *arguments)
    return is_positive, to.choose(is_zero, to.integer(0), mean)


IRRATIONAL: dict[str, Callable[..., Found | None]] = {
    "sqrt": lambda to, x: _root(to, x, (to.integer(2), to.integer(1))),
    "root": _root,
    "power": _power,
    "exp": _exp,
    "ln": _ln,
    "normal_cdf": lambda to, x: (TRUE, _irrational(to, "normal_cdf", (0, 1), x)),
    "geometric_mean": _geometric,
}
"""Functions with irrational values by name; each returns None if its values may be too wide."""
