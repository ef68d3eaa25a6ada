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


def part_of_date(build: Building, part: str, day: int) -> int:
    """Return the year, month or day of a date.

    Args:
        build: collects the steps.
        part: `year`, `month` or `day`.
        day: the number of the day.
    """
    return dict(zip(("year", "month", "day"), _civil(build, day), strict=True))[part]


def _civil(build: Building, day: int) -> tuple[int, int, int]:
    """Return the year, month and day of a day number; years are counted from March, in cycles of 400."""
    shifted = build.arithmetic("+", day, build.integer(305))
    of_era = _by(build, "%", shifted, 146_097)
    leap = _sum(
        build, of_era, _by(build, "//", of_era, 36_524), less=[_by(build, "//", of_era, n) for n in (1_460, 146_096)]
    )
    year = _by(build, "//", leap, 365)
    before = _sum(build, _by(build, "*", year, 365), _by(build, "//", year, 4), less=[_by(build, "//", year, 100)])
    of_year = build.arithmetic("-", of_era, before)
    month = _by(build, "//", _by(build, "+", _by(build, "*", of_year, 5), 2), 153)
    first = _by(build, "//", _by(build, "+", _by(build, "*", month, 153), 2), 5)
    is_late = build.compare("<", month, build.integer(10))
    whole = _sum(build, year, _by(build, "*", _by(build, "//", shifted, 146_097), 400))
    return (
        build.choose(is_late, whole, _by(build, "+", whole, 1)),
        build.choose(is_late, _by(build, "+", month, 3), _by(build, "-", month, 9)),
        _by(build, "+", build.arithmetic("-", of_year, first), 1),
    )


def _ordinal(build: Building, year: int, month: int, day: int) -> int:
    """Return the day number of a year, month and day."""
    is_early = build.compare("<=", month, build.integer(2))
    years = build.choose(is_early, _by(build, "+", year, 4_799), _by(build, "+", year, 4_800))
    months = build.choose(is_early, _by(build, "+", month, 9), _by(build, "-", month, 3))
    days = _by(build, "//", _by(build, "+", _by(build, "*", months, 153), 2), 5)
    leap = [_by(build, "//", years, n) for n in (4, 400)]
    found = _sum(build, day, days, _by(build, "*", years, 365), *leap, less=[_by(build, "//", years, 100)])
    return _by(build, "-", found, 32_045 + 1_721_425)


def _by(build: Building, sign: str, x: int, constant: int) -> int:
    return build.arithmetic(sign, x, build.integer(constant))


def _sum(build: Building, *parts: int, less: list[int] | None = None) -> int:
    found = parts[0]
    for part in parts[1:]:
        found = build.arithmetic("+", found, part)
    for part in less or []:
        found = build.arithmetic("-", found, part)
    return found


def _whole(build: Building, x: Ratio, low: int, high: int) -> tuple[int, int]:
    """Return the flag under which a number is whole and within limits, and the number clipped to them."""
    number = build.arithmetic("//", *x)
    is_whole = build.compare("==", build.arithmetic("%", *x), build.integer(0))
    is_low, is_high = build.compare("<", number, build.integer(low)), build.compare(">", number, build.integer(high))
    kept = build.choose(is_low, build.integer(low), build.choose(is_high, build.integer(high), number))
    return build.both(is_whole, build.negate(build.either(is_low, is_high))), kept


def _date(build: Building, year: Ratio, month: Ratio, day: Ratio) -> tuple[int, int]:
    flags, parts = zip(
        *(_whole(build, part, 1, most) for part, most in ((year, 9_999), (month, 12), (day, 31))), strict=True
    )
    found = _ordinal(build, *parts)
    is_there = build.compare("==", part_of_date(build, "day", found), parts[2])
    for flag in flags:
        is_there = build.both(is_there, flag)
    return is_there, found


def _add_days(build: Building, day: Ratio, count: Ratio) -> tuple[int, int]:
    is_whole, number = _whole(build, count, -LAST, LAST)
    later = build.arithmetic("+", day[0], number)
    is_there, found = _whole(build, (later, build.integer(1)), 1, LAST)
    return build.both(is_whole, is_there), found


def _add_months(build: Building, day: Ratio, count: Ratio) -> tuple[int, int]:
    is_whole, number = _whole(build, count, -120_000, 120_000)
    year, month, of_month = _civil(build, day[0])
    months = _sum(build, _by(build, "*", year, 12), month, number, less=[build.integer(1)])
    is_there, year = _whole(build, (_by(build, "//", months, 12), build.integer(1)), 1, 9_999)
    month = _by(build, "+", _by(build, "%", months, 12), 1)
    first = _ordinal(build, year, month, build.integer(1))
    is_last = build.compare("==", month, build.integer(12))
    following = _ordinal(
        build,
        build.choose(is_last, _by(build, "+", year, 1), year),
        build.choose(is_last, build.integer(1), _by(build, "+", month, 1)),
        build.integer(1),
    )
    longest = build.arithmetic("-", following, first)
    is_short = build.compare("<", longest, of_month)
    found = _sum(build, first, build.choose(is_short, longest, of_month), less=[build.integer(1)])
    return build.both(is_whole, is_there), found


def _days(build: Building, a: Ratio, b: Ratio) -> tuple[int, int]:
    return TRUE, build.arithmetic("-", b[0], a[0])


def _months(build: Building, a: Ratio, b: Ratio) -> tuple[int, int]:
    """Return completed months; a shorter month is completed on its last day."""
    is_reversed = build.compare("<", b[0], a[0])
    first, last = build.choose(is_reversed, b[0], a[0]), build.choose(is_reversed, a[0], b[0])
    (year, month, day), (later_year, later_month, later_day) = _civil(build, first), _civil(build, last)
    between = _by(build, "*", build.arithmetic("-", later_year, year), 12)
    found = _sum(build, between, later_month, less=[month])
    is_month_end = build.compare("==", part_of_date(build, "day", _by(build, "+", last, 1)), build.integer(1))
    is_complete = build.either(build.compare("<=", day, later_day), is_month_end)
    found = build.choose(is_complete, found, _by(build, "-", found, 1))
    return TRUE, build.choose(is_reversed, build.arithmetic("-", build.integer(0), found), found)


def _years(build: Building, a: Ratio, b: Ratio) -> tuple[int, int]:
    months = _months(build, a, b)[1]
    is_below = build.compare("<", months, build.integer(0))
    opposite = build.arithmetic("-", build.integer(0), months)
    found = _by(build, "//", build.choose(is_below, opposite, months), 12)
    return TRUE, build.choose(is_below, build.arithmetic("-", build.integer(0), found), found)


DATES: dict[str, tuple[str, Callable[..., tuple[int, int]]]] = {
    "days": ("integer", _days),
    "months": ("integer", _months),
    "years": ("integer", _years),
    "date": ("date", _date),
    "add_days": ("date", _add_days),
    "add_months": ("date", _add_months),
}
"""Functions of dates by name: the kind of the result, and what makes the flag of a result and the result."""


def workdays(build: Building, calendar: Calendar, first: int, last: int) -> tuple[int, int]:
    """Return working days between two dates, with the flag under which a calendar covers both.

    Args:
        build: takes the steps.
        calendar: the working days.
        first, last: the numbers of the days.
    """
    start, end = build.integer(calendar.from_.toordinal()), build.integer(calendar.until.toordinal())
    is_covered = TRUE
    for day in (first, last):
        is_covered = build.both(is_covered, build.both(build.compare("<=", start, day), build.compare("<", day, end)))
    return is_covered, build.arithmetic(
        "-", _worked_until(build, calendar, last), _worked_until(build, calendar, first)
    )


def _worked_until(build: Building, calendar: Calendar, day: int) -> int:
    """Return the number of working days up to a day."""
    found = build.integer(0)
    for weekday in range(7):
        if weekday not in calendar.weekend:
            found = build.arithmetic("+", found, _by(build, "//", _by(build, "+", day, 6 - weekday), 7))
    for sign, days in (("-", calendar.holidays - calendar.makeup), ("+", calendar.makeup)):
        for special in sorted(days):
            if (special.weekday() in calendar.weekend) == (sign == "+") and calendar.from_ < special < calendar.until:
                is_past = build.compare("<=", build.integer(special.toordinal()), day)
                found = build.arithmetic(sign, found, build.choose(is_past, build.integer(1), build.integer(0)))
    return found


Share = tuple[int, Ratio, Ratio]
"""The share and the weight of a child, with the flag under which it is present."""


def _extreme(sign: str) -> Callable[[Building, list[Share]], Ratio]:
    def found(build: Building, shares: list[Share]) -> Ratio:
        best, is_any = (build.integer(0), build.integer(1)), FALSE
        for flag, (n, d), _ in shares:
            is_better = build.compare(sign, build.arithmetic("*", n, best[1]), build.arithmetic("*", best[0], d))
            is_taken = build.both(flag, build.either(build.negate(is_any), is_better))
            best = build.choose(is_taken, n, best[0]), build.choose(is_taken, d, best[1])
            is_any = build.either(is_any, flag)
        return best

    return found


def _product(build: Building, shares: list[Share]) -> Ratio:
    n = d = build.integer(1)
    for flag, (above, below), _ in shares:
        n = build.choose(flag, build.arithmetic("*", n, above), n)
        d = build.choose(flag, build.arithmetic("*", d, below), d)
    return n, d


def _harmonic(build: Building, shares: list[Share]) -> Ratio:
    """Return Σw/Σ(w/s), or zero if a share is zero."""
    above, below, is_zero = (build.integer(0), build.integer(1)), (build.integer(0), build.integer(1)), FALSE
    for flag, (n, d), (weight, whole) in shares:
        is_zero = build.either(is_zero, build.both(flag, build.compare("==", n, build.integer(0))))
        above = _added(build, flag, above, (weight, whole))
        below = _added(build, flag, below, (build.arithmetic("*", weight, d), build.arithmetic("*", whole, n)))
    found = build.arithmetic("*", above[0], below[1]), build.arithmetic("*", above[1], below[0])
    return build.choose(is_zero, build.integer(0), found[0]), build.choose(is_zero, build.integer(1), found[1])


def _added(build: Building, flag: int, x: Ratio, y: Ratio) -> Ratio:
    """Return a number with another added if a flag holds."""
    if x[1] == y[1]:
        n, d = build.arithmetic("+", x[0], y[0]), x[1]
    else:
        n = build.arithmetic("+", build.arithmetic("*", x[0], y[1]), build.arithmetic("*", y[0], x[1]))
        d = build.arithmetic("*", x[1], y[1])
    return build.choose(flag, n, x[0]), build.choose(flag, d, x[1])


SHARES: dict[str, Callable[[Building, list[Share]], Ratio]] = {
    "min": _extreme("<"),
    "max": _extreme(">"),
    "product": _product,
    "harmonic_mean": _harmonic,
}
"""The ways to combine shares, by name."""

MOST_EXPONENT = 800
"""Bits of the result of a power or exponential that is still computed by steps."""


def _ends(build: Building, x: Ratio) -> tuple[int, int]:
    """Return an interval of whole numbers around a fraction."""
    if build.steps[x[1]].is_real:  # it may be as near to zero as one likes
        return -BEYOND, BEYOND
    above, below = build.steps[x[0]], max(build.steps[x[1]].low, 1)
    return min(above.low // below, above.low), max(-(-above.high // below), above.high if above.high < 0 else 0)


def _positive(build: Building, x: Ratio, *, or_zero: bool = False) -> tuple[int, Ratio]:
    """Return the flag under which a number is positive, and the number, replaced by 1 where it is not."""
    flag = build.compare("<=" if or_zero else "<", build.integer(0), x[0])
    return flag, (build.choose(flag, x[0], build.integer(1)), x[1])


def _irrational(build: Building, name: str, ends: tuple[int, int], *arguments: Ratio) -> int:
    operands = [part for one in arguments for part in one]
    return build.add("irrational", *operands, value=name, within=ends)


Found = tuple[int, int]
"""The flag under which the arguments are within the domain, and the value."""


def _root(build: Building, x: Ratio, n: Ratio) -> Found | None:
    order = build.constant(n[0])
    if order is None or build.constant(n[1]) != 1 or not 1 <= order <= 64:
        return None
    flag, base = _positive(build, x, or_zero=True)
    return flag, _irrational(build, "root", (0, _ends(build, base)[1] + 1), base, n)


def _power(build: Building, x: Ratio, y: Ratio) -> Found | None:
    flag, base = _positive(build, x)
    above, below = (build.steps[part] for part in base)
    if below.is_real or (above.is_real and _ends(build, y)[0] < 0):  # a base near zero gives a power without end
        return None
    largest = log2(max(above.high, 1)) - log2(max(below.low, 1))
    smallest = log2(max(above.low, 1)) - log2(max(below.high, 1))
    exponent = max(map(abs, _ends(build, y)))
    if exponent > MOST_EXPONENT**2:
        return None
    bits = ceil(max(abs(largest), abs(smallest)) * exponent) + 1
    if bits > MOST_EXPONENT:
        return None
    return flag, _irrational(build, "power", (0, 1 << bits), base, y)


def _exp(build: Building, x: Ratio) -> Found | None:
    most = _ends(build, x)[1]
    if most > MOST_EXPONENT // 2:
        return None
    return TRUE, _irrational(build, "exp", (0, 3 ** max(most, 0) + 1), x)


def _ln(build: Building, x: Ratio) -> Found | None:
    flag, base = _positive(build, x)
    above, below = (build.steps[part] for part in base)
    if above.is_real or below.is_real:
        return None
    return flag, _irrational(build, "ln", (-below.bits - 1, above.bits + 1), base)


def _geometric(build: Building, shares: list[Share]) -> Found | None:
    """Return Πs^(w/Σw), or zero if a share is zero."""
    is_positive, is_zero, is_any, most = TRUE, FALSE, FALSE, 1
    arguments: list[Ratio] = []
    for flag, share, weight in shares:
        is_zero = build.either(is_zero, build.both(flag, build.compare("==", share[0], build.integer(0))))
        own, (n, d) = _positive(build, share)
        is_positive = build.both(
            is_positive, build.either(build.negate(flag), build.compare("<=", build.integer(0), share[0]))
        )
        one, zero = build.integer(1), build.integer(0)
        is_used, is_any = build.both(flag, own), build.either(is_any, flag)
        arguments += [
            (build.choose(is_used, n, one), build.choose(is_used, d, one)),
            (build.choose(flag, weight[0], zero), weight[1]),
        ]
        # A share is at most 1 where it is used, whatever its denominator.
        if not build.steps[d].is_real:
            most = max(most, _ends(build, arguments[-2])[1] + 1)
    if not arguments:  # every share is absent, of all subjects
        return TRUE, build.integer(0)
    # Without members, the mean is not used.
    arguments[1] = build.choose(is_any, arguments[1][0], build.integer(1)), arguments[1][1]
    mean = _irrational(build, "geometric_mean", (0, most), *arguments)
    return is_positive, build.choose(is_zero, build.integer(0), mean)


IRRATIONAL: dict[str, Callable[..., Found | None]] = {
    "sqrt": lambda build, x: _root(build, x, (build.integer(2), build.integer(1))),
    "root": _root,
    "power": _power,
    "exp": _exp,
    "ln": _ln,
    "normal_cdf": lambda build, x: (TRUE, _irrational(build, "normal_cdf", (0, 1), x)),
    "geometric_mean": _geometric,
}
"""Functions with irrational values by name; each returns None if its values may be too wide."""
