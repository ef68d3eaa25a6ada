"""The table of functions, read by every engine, the checker, the reference page and the tests.

The file is long since it is a table.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, trunc
from operator import attrgetter
from typing import Any

from attrs import field, frozen

from ...kernel import calendars
from ...kernel.exact import irrational, to_text
from ...kernel.exact.rounding import MODES, round_multiple, round_places

__all__ = ["AGGREGATES", "COHORT_FUNCTIONS", "FUNCTIONS", "Aggregation", "CohortFunction", "Function", "Parameter"]


@frozen
class Parameter:
    """One parameter of a function.

    Args:
        name: its name in a call.
        kind: number, date, calendar, mode, or any (a value of any type).
        is_required: False if it is optional.
        is_constant: True if it takes only a literal or a parameter of the rulebook.
        is_named: True if it is written by name only.
        is_lazy: True if it is evaluated only when needed.
    """

    name: str
    kind: str = "number"
    is_required: bool = True
    is_constant: bool = False
    is_named: bool = False
    is_lazy: bool = False


@frozen
class Function:
    """One row of the table of functions.

    Args:
        name: its name in a call.
        parameters: the parameters in order.
        gives: the kind of the result; `any` for the kind of the first argument.
        meaning: from exact values to the exact result, an int or a fraction; from unevaluated arguments if it
            is lazy.
        summary: one sentence for the reference page.
        example: a call and its result.
        is_variadic: True if the last parameter may be repeated.
        is_lazy: True if an argument is evaluated only when needed, or may be absent.
        formula: its definition in the language itself, over its parameters, or empty. Everything but
            the reference engine reads it instead of `meaning`.
        fault: for a function without a formula, its kind of fault: `domain`, `date` or `calendar`; empty if it
            never faults.
        is_whole: for a function without a formula, True if its results are whole.
        low, high: for a function without a formula, limits of its results, or None.
        trend: for each parameter 1 if the result grows with it, -1 if it shrinks, 0 if neither is certain. A
            function with a formula has one if the formula alone gives too wide bounds.
        cycle: maps an argument to the part that must stay the same for the trend to hold, or None.
        safe: for each parameter the numbers that never fault; empty if that follows from the results
            at the ends.
        series: how an irrational function is bounded: `root`, `power`, `logarithm`, `exponential` or `distribution`.
    """

    name: str
    parameters: tuple[Parameter, ...]
    gives: str
    meaning: Callable[..., Any] = field(eq=False)
    summary: str
    example: tuple[str, str]
    is_variadic: bool = False
    is_lazy: bool = False
    formula: str = ""
    fault: str = ""
    is_whole: bool = False
    low: int | None = None
    high: int | None = None
    trend: tuple[int, ...] = ()
    cycle: Callable[[Any], Any] | None = field(default=None, eq=False)
    safe: tuple[tuple[int, int], ...] = ()
    series: str = ""

    @property
    def signature(self) -> str:
        """The signature as the reference page prints it.

        >>> FUNCTIONS["ratio"].signature
        'ratio(a, b, if_zero=…)'
        """
        written = [f"{p.name}=…" if p.is_named or not p.is_required else p.name for p in self.parameters]
        return f"{self.name}({', '.join(written)}{', …' if self.is_variadic else ''})"


@frozen
class Aggregation:
    """One row of the table of aggregates over records or children.

    Args:
        name: its name in a call.
        body: the kind of the aggregated value, number or boolean.
        gives: the kind of the result.
        meaning: from the values to the result; None for absent.
        of_nothing: its result without any value, in words.
        summary: one sentence for the reference page.
        example: a call and its result for `tasks` with hours 1, 2 and 6.
        parameters: the constants before the body: `p` a part, `k` a count from 1, `low` and `high` counts from 0.
        is_sorting: True if it sorts its values.
        added: from the values to those that are added up one by one, or None.
        needed: from the constants to the least number of records for a result; 0 if it always has one.
        combines: how an explanation writes the values: as a `sum`, a `mean`, a `choice` of some of them in order, or
            a `condition` that each record satisfies or not.
        chosen: from the values to those that determine the result, if there is one; None if these are all values, or
            those that are added up.
    """

    name: str
    body: str
    gives: str
    meaning: Callable[..., Any] = field(eq=False)
    of_nothing: str
    summary: str
    example: tuple[str, str]
    parameters: tuple[str, ...] = ()
    is_sorting: bool = False
    added: Callable[..., Sequence[Fraction]] | None = field(default=None, eq=False)
    needed: Callable[..., Fraction] = field(default=lambda *constants: Fraction(0), eq=False)
    combines: str = field(kw_only=True)
    chosen: Callable[..., Sequence[Any]] | None = field(default=None, eq=False)

    @combines.default
    def _as_body(self) -> str:
        return "choice" if self.body == "number" else "condition"

    def making(self, values: Sequence[Any], constants: Sequence[Any]) -> Sequence[Any]:
        """Return the values that determine the result.

        >>> AGGREGATES["trimmed_avg"].making([Fraction(n) for n in (9, 1, 5)], [Fraction(1), Fraction(1)])
        [Fraction(5, 1)]
        """
        chosen = self.chosen or self.added
        return values if chosen is None else chosen(values, *constants)

    @property
    def is_sure(self) -> bool:
        """Whether it has a result for any number of records."""
        return self.of_nothing in ("0", "False", "True")

    @property
    def of_no_record(self) -> Any:
        """The result without records, for any constants; None for absent."""
        return self.meaning([], *(Fraction(1) for _ in self.parameters))

    @property
    def signature(self) -> str:
        """The signature as the reference page prints it.

        >>> AGGREGATES["quantile"].signature, AGGREGATES["sum"].signature
        ('quantile(p, (…))', 'sum')
        """
        return f"{self.name}({', '.join(self.parameters)}, (…))" if self.parameters else self.name


@frozen
class CohortFunction:
    """One row of the table of functions over the members of a cohort.

    Args:
        name: its name in a call.
        body: the kind of the compared value, number or boolean.
        meaning: from the values of the members, absent ones left out, to the result; None for absent. If
            `is_own`, it also takes the value of the member.
        of_nothing: its result if no member has a value, in words.
        summary: one sentence for the reference page.
        example: a call and its result for the second of members with hours 1, 2 and 6.
        is_own: True if each member has its own result.
        parameters: the constants before the body; the meaning takes them after the values.
    """

    name: str
    body: str
    meaning: Callable[..., Any] = field(eq=False)
    of_nothing: str
    summary: str
    example: tuple[str, str]
    is_own: bool = False
    parameters: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """The signature as the reference page prints it.

        >>> COHORT_FUNCTIONS["cohort_rank"].signature, COHORT_FUNCTIONS["cohort_quantile"].signature
        ('cohort_rank(E)', 'cohort_quantile(p, E)')
        """
        return f"{self.name}({', '.join((*self.parameters, 'E' if self.body == 'number' else 'C'))})"


def _cached(function: Callable[..., Fraction]) -> Callable[..., Fraction]:
    """Return a slow function with its last results cached, since records compute the same ones again."""
    return lru_cache(maxsize=1_024)(function)


def _clamp(x: Fraction, lo: Fraction, hi: Fraction) -> Fraction:
    return lo if x < lo else hi if x > hi else x


def _mod(a: Fraction, b: Fraction) -> Fraction:
    return a % b  # a - b * floor(a / b), with one new fraction instead of four


def _sign(x: Fraction) -> Fraction:
    return Fraction((x > 0) - (x < 0))


def _round(
    x: Fraction,
    places: Fraction | None = None,
    mode: str = "half_up",
    to: Fraction | None = None,
) -> Fraction:
    if to is not None:
        return round_multiple(x, to, mode)
    return round_places(x, int(places or 0), mode)


def _ratio(
    a: Callable[[], Fraction | None],
    b: Callable[[], Fraction | None],
    if_zero: Callable[[], Fraction | None],
) -> Fraction | None:
    numerator, denominator = a(), b()
    if numerator is None or denominator is None:
        return None
    return if_zero() if denominator == 0 else numerator / denominator


def _default(x: Callable[[], Any], v: Callable[[], Any]) -> Any:
    value = x()
    return v() if value is None else value


def _date(y: Fraction, m: Fraction, d: Fraction) -> date:
    if any(part.denominator != 1 for part in (y, m, d)):
        raise ImpossibleDate("year, month and day must be whole numbers")
    try:
        return date(int(y), int(m), int(d))
    except (ValueError, OverflowError):
        raise ImpossibleDate(f"there is no day {d} of month {m} of the year {y}") from None


def _add_days(d: date, n: Fraction) -> date:
    if n.denominator != 1:
        raise ImpossibleDate("the number of days must be whole")
    try:
        return date.fromordinal(d.toordinal() + int(n))
    except (ValueError, OverflowError):
        raise ImpossibleDate(f"{to_text(n)} days from {d.isoformat()} are outside the years 1 to 9999") from None


def _add_months(d: date, n: Fraction) -> date:
    if n.denominator != 1:
        raise ImpossibleDate("the number of months must be whole")
    years, month = divmod(12 * d.year + d.month - 1 + int(n), 12)
    if not date.min.year <= years <= date.max.year:
        raise ImpossibleDate(f"{to_text(n)} months from {d.isoformat()} are outside the years 1 to 9999")
    return date(years, month + 1, min(d.day, monthrange(years, month + 1)[1]))


class ImpossibleDate(ValueError):
    """A year, month and day that are not a date."""


ROUNDINGS = {
    "half_up": "floor(x / to + 1/2) * to if x >= 0 else -floor(1/2 - x / to) * to",
    "half_even": "-floor(1/2 - x / to) * to if mod(floor(x / to), 2) == 0 else floor(x / to + 1/2) * to",
    "half_down": "-floor(1/2 - x / to) * to if x >= 0 else floor(x / to + 1/2) * to",
    "up": "-floor(-x / to) * to if x >= 0 else floor(x / to) * to",
    "down": "floor(x / to) * to if x >= 0 else -floor(-x / to) * to",
    "ceiling": "-floor(-x / to) * to",
    "floor": "floor(x / to) * to",
}
"""The formula of each rounding mode, over a number `x` and the step `to`."""

_X = (Parameter("x"),)
_AB_DATES = (Parameter("a", "date"), Parameter("b", "date"))
_ON = (Parameter("on", "date"),)


_ROWS = (
    Function(
        "abs",
        _X,
        "number",
        abs,
        "The absolute value.",
        ("abs(-3)", "3"),
        formula="x if x >= 0 else -x",
    ),
    Function(
        "min",
        (Parameter("x"), Parameter("y")),
        "number",
        lambda *xs: min(xs),
        "The smallest of two or more numbers.",
        ("min(3, 1, 2)", "1"),
        is_variadic=True,
    ),
    Function(
        "max",
        (Parameter("x"), Parameter("y")),
        "number",
        lambda *xs: max(xs),
        "The greatest of two or more numbers.",
        ("max(3, 1, 2)", "3"),
        is_variadic=True,
    ),
    Function(
        "clamp",
        (Parameter("x"), Parameter("lo"), Parameter("hi")),
        "number",
        _clamp,
        "`x` limited to `lo` to `hi`; `lo` takes precedence.",
        ("clamp(120%, 0, 1)", "1"),
        formula="lo if x < lo else min(x, hi)",
    ),
    Function("floor", _X, "number", floor, "The greatest whole number not above `x`.", ("floor(-1.5)", "-2")),
    Function(
        "ceil",
        _X,
        "number",
        ceil,
        "The least whole number not below `x`.",
        ("ceil(1.2)", "2"),
        formula="-floor(-x)",
    ),
    Function(
        "trunc",
        _X,
        "number",
        trunc,
        "`x` rounded towards zero.",
        ("trunc(-1.5)", "-1"),
        formula="floor(x) if x >= 0 else -floor(-x)",
    ),
    Function(
        "mod",
        (Parameter("a"), Parameter("b")),
        "number",
        _mod,
        "The remainder of `a` divided by `b`, with the sign of `b`.",
        ("mod(-7, 3)", "2"),
        formula="a - b * floor(a / b)",
    ),
    Function(
        "sign",
        _X,
        "number",
        _sign,
        "The sign: -1, 0 or 1.",
        ("sign(-2.5)", "-1"),
        formula="1 if x > 0 else -1 if x < 0 else 0",
    ),
    Function(
        "round",
        (
            Parameter("x"),
            Parameter("places", is_required=False, is_constant=True),
            Parameter("mode", "mode", is_required=False, is_constant=True),
            Parameter("to", is_required=False, is_constant=True, is_named=True),
        ),
        "number",
        _round,
        "`x` rounded to decimal `places` (0), or to a multiple (`to`); `mode` is half_up unless written.",
        ("round(2.675, 2)", "2.68"),
        trend=(1, 0, 0, 0),
    ),
    Function(
        "ratio",
        (Parameter("a"), Parameter("b"), Parameter("if_zero", is_named=True, is_lazy=True)),
        "number",
        _ratio,
        "`a` divided by `b`; if `b` is zero, `if_zero`, which is evaluated only then.",
        ("ratio(3, 0, if_zero=1)", "1"),
        is_lazy=True,
        formula="if_zero if b == 0 else a / b",
    ),
    Function(
        "given",
        (Parameter("x", "any"),),
        "boolean",
        lambda x: x() is not None,
        "Whether an optional value is present.",
        ("given(1)", "True"),
        is_lazy=True,
    ),
    Function(
        "default",
        (Parameter("x", "any"), Parameter("v", "any")),
        "any",
        _default,
        "`x`, or `v` if `x` is absent; `v` is evaluated only then.",
        ("default(1, 2)", "1"),
        is_lazy=True,
    ),
    Function(
        "sqrt",
        _X,
        "number",
        _cached(irrational.sqrt),
        "The square root.",
        ("sqrt(2.25)", "1.5"),
        fault="domain",
        low=0,
        series="root",
    ),
    Function(
        "root",
        (Parameter("x"), Parameter("n", is_constant=True)),
        "number",
        _cached(irrational.root),
        "The `n`-th root, `n` from 1 to 64; of a negative number only if `n` is odd.",
        ("root(27, 3)", "3"),
        fault="domain",
        series="root",
    ),
    Function(
        "power",
        (Parameter("x"), Parameter("y")),
        "number",
        _cached(irrational.power),
        "`x` to the power `y`; a negative `x` needs a whole `y`.",
        ("power(4, 1.5)", "8"),
        fault="domain",
        series="power",
    ),
    Function(
        "exp",
        _X,
        "number",
        _cached(irrational.exp),
        "e to the power `x`.",
        ("exp(0)", "1"),
        fault="domain",
        low=0,
        series="exponential",
    ),
    Function(
        "ln",
        _X,
        "number",
        _cached(irrational.ln),
        "The natural logarithm of a positive number.",
        ("ln(1)", "0"),
        fault="domain",
        series="logarithm",
    ),
    Function(
        "normal_cdf",
        _X,
        "number",
        _cached(irrational.normal_cdf),
        "The standard normal distribution function.",
        ("normal_cdf(0)", "0.5"),
        fault="domain",
        low=0,
        high=1,
        series="distribution",
    ),
    Function(
        "days",
        _AB_DATES,
        "number",
        calendars.days,
        "The days from `a` to `b`, `b` − `a`.",
        ("days(date(2026, 1, 1), date(2026, 3, 1))", "59"),
        is_whole=True,
        trend=(-1, 1),
    ),
    Function(
        "workdays",
        (*_AB_DATES, Parameter("calendar", "calendar")),
        "number",
        calendars.workdays,
        "The working days after `a` up to and including `b` in a calendar; negative when reversed.",
        ("workdays(date(2026, 1, 2), date(2026, 1, 5), office)", "1"),
        fault="calendar",
        is_whole=True,
        trend=(-1, 1, 0),
    ),
    Function(
        "months",
        _AB_DATES,
        "number",
        calendars.months,
        "The completed months from `a` to `b`.",
        ("months(date(2026, 1, 15), date(2026, 3, 14))", "1"),
        is_whole=True,
        trend=(-1, 1),
    ),
    Function(
        "years",
        _AB_DATES,
        "number",
        calendars.years,
        "The completed years from `a` to `b`.",
        ("years(date(2020, 3, 1), date(2026, 2, 28))", "5"),
        is_whole=True,
        trend=(-1, 1),
    ),
    Function(
        "year",
        _ON,
        "number",
        attrgetter("year"),
        "The year of a date.",
        ("year(date(2026, 3, 1))", "2026"),
        is_whole=True,
        low=1,
        high=9999,
        trend=(1,),
    ),
    Function(
        "quarter",
        (Parameter("d", "date"),),
        "number",
        lambda d: (d.month + 2) // 3,
        "The quarter of a date, 1 to 4.",
        ("quarter(date(2026, 3, 31))", "1"),
        formula="floor((month(d) + 2) / 3)",
    ),
    Function(
        "month",
        _ON,
        "number",
        attrgetter("month"),
        "The month of a date, 1 to 12.",
        ("month(date(2026, 3, 1))", "3"),
        is_whole=True,
        low=1,
        high=12,
        trend=(1,),
        cycle=attrgetter("year"),
    ),
    Function(
        "day",
        _ON,
        "number",
        attrgetter("day"),
        "The day of the month of a date.",
        ("day(date(2026, 3, 1))", "1"),
        is_whole=True,
        low=1,
        high=31,
        trend=(1,),
        cycle=attrgetter("year", "month"),
    ),
    Function(
        "weekday",
        (Parameter("d", "date"),),
        "number",
        date.isoweekday,
        "The day of the week, from 1 for Monday to 7 for Sunday.",
        ("weekday(date(2026, 3, 1))", "7"),
        formula="mod(days(date(1, 1, 1), d), 7) + 1",
    ),
    Function(
        "date",
        (Parameter("y"), Parameter("m"), Parameter("d")),
        "date",
        _date,
        "The date of a year, month and day.",
        ("date(2026, 3, 1)", "2026-03-01"),
        fault="date",
        trend=(1, 1, 1),
        safe=((1, 9999), (1, 12), (1, 28)),
    ),
    Function(
        "add_days",
        (Parameter("d", "date"), Parameter("n")),
        "date",
        _add_days,
        "The day `n` days later.",
        ("add_days(date(2026, 2, 28), 1)", "2026-03-01"),
        fault="date",
        trend=(1, 1),
    ),
    Function(
        "add_months",
        (Parameter("d", "date"), Parameter("n")),
        "date",
        _add_months,
        "The same day `n` months later, or the last day of that month if it has no such day.",
        ("add_months(date(2026, 1, 31), 1)", "2026-02-28"),
        fault="date",
        trend=(1, 1),
    ),
)

FUNCTIONS: dict[str, Function] = {row.name: row for row in _ROWS}
"""Every built-in function by name."""


def _mean(values: list[Fraction]) -> Fraction | None:
    return sum(values, Fraction(0)) / len(values) if values else None


def _one(*constants: Fraction) -> Fraction:
    return Fraction(1)


def _everything(values: list[Fraction]) -> Sequence[Fraction]:
    return values


def _median(values: list[Fraction]) -> Fraction | None:
    return _quantile(values, Fraction(1, 2))


def _quantile(values: list[Fraction], p: Fraction) -> Fraction | None:
    """Return a quantile by interpolation: the least value is at 0 and the greatest at 1."""
    if not values:
        return None
    ordered, place = sorted(values), (len(values) - 1) * p
    below = floor(place)
    value = ordered[below]
    return value if place == below else value + (place - below) * (ordered[below + 1] - value)


def _neighbours(values: list[Fraction], p: Fraction) -> Sequence[Fraction]:
    place = (len(values) - 1) * p
    return sorted(values)[floor(place) : ceil(place) + 1]


def _largest(values: list[Fraction], k: Fraction) -> Fraction | None:
    return sorted(values)[-int(k)] if k <= len(values) else None


def _smallest(values: list[Fraction], k: Fraction) -> Fraction | None:
    return sorted(values)[int(k) - 1] if k <= len(values) else None


def _best(values: list[Fraction], k: Fraction) -> Sequence[Fraction]:
    return sorted(values)[-int(k) :]


def _worst(values: list[Fraction], k: Fraction) -> Sequence[Fraction]:
    return sorted(values)[: int(k)]


def _middle(values: list[Fraction], low: Fraction, high: Fraction) -> Sequence[Fraction]:
    return sorted(values)[int(low) : max(len(values) - int(high), 0)]


_AGGREGATE_ROWS = (
    Aggregation(
        "sum",
        "number",
        "number",
        lambda values: sum(values, Fraction(0)),
        "0",
        "The sum of a number over the records.",
        ("sum(t.hours for t in tasks)", "9"),
        added=_everything,
        combines="sum",
    ),
    Aggregation(
        "avg",
        "number",
        "number",
        _mean,
        "absent",
        "The mean of a number over the records.",
        ("avg(t.hours for t in tasks)", "3"),
        added=_everything,
        needed=_one,
        combines="mean",
    ),
    Aggregation(
        "min",
        "number",
        "number",
        lambda values: min(values, default=None),
        "absent",
        "The smallest of a number over the records.",
        ("min(t.hours for t in tasks)", "1"),
        needed=_one,
        chosen=lambda values: [min(values)],
    ),
    Aggregation(
        "max",
        "number",
        "number",
        lambda values: max(values, default=None),
        "absent",
        "The greatest of a number over the records.",
        ("max(t.hours for t in tasks)", "6"),
        needed=_one,
        chosen=lambda values: [max(values)],
    ),
    Aggregation(
        "any",
        "boolean",
        "boolean",
        any,
        "False",
        "Whether a condition holds for at least one record.",
        ("any(t.hours > 5 for t in tasks)", "True"),
    ),
    Aggregation(
        "all",
        "boolean",
        "boolean",
        all,
        "True",
        "Whether a condition holds for every record.",
        ("all(t.hours > 5 for t in tasks)", "False"),
    ),
    Aggregation(
        "count",
        "boolean",
        "number",
        lambda values: Fraction(sum(values)),
        "0",
        "The number of records that satisfy a condition; `count(tasks)` counts all.",
        ("count(t.hours > 1 for t in tasks)", "2"),
    ),
    Aggregation(
        "share",
        "boolean",
        "number",
        lambda values: Fraction(sum(values), len(values)) if values else None,
        "absent",
        "The part of the records that satisfy a condition, 0 to 1.",
        ("share(t.hours > 5 for t in tasks)", "1/3"),
        needed=_one,
    ),
    Aggregation(
        "median",
        "number",
        "number",
        _median,
        "absent",
        "The median: the middle number in order, or the mean of the middle two.",
        ("median(t.hours for t in tasks)", "2"),
        is_sorting=True,
        needed=_one,
        chosen=lambda values: _neighbours(values, Fraction(1, 2)),
    ),
    Aggregation(
        "quantile",
        "number",
        "number",
        _quantile,
        "absent",
        "The `p` quantile, `p` from 0 to 1, interpolated between neighbours.",
        ("quantile(0.75, (t.hours for t in tasks))", "4"),
        ("p",),
        is_sorting=True,
        needed=_one,
        chosen=_neighbours,
    ),
    Aggregation(
        "largest",
        "number",
        "number",
        _largest,
        "absent, also for fewer than `k`",
        "The `k`-th greatest number; equal ones count each.",
        ("largest(2, (t.hours for t in tasks))", "2"),
        ("k",),
        is_sorting=True,
        needed=lambda k: k,
        chosen=lambda values, k: [_largest(values, k)],
    ),
    Aggregation(
        "smallest",
        "number",
        "number",
        _smallest,
        "absent, also for fewer than `k`",
        "The `k`-th least number; equal ones count each.",
        ("smallest(2, (t.hours for t in tasks))", "2"),
        ("k",),
        is_sorting=True,
        needed=lambda k: k,
        chosen=lambda values, k: [_smallest(values, k)],
    ),
    Aggregation(
        "sum_largest",
        "number",
        "number",
        lambda values, k: sum(_best(values, k), Fraction(0)),
        "0",
        "The sum of the `k` greatest numbers, or of all if there are fewer.",
        ("sum_largest(2, (t.hours for t in tasks))", "8"),
        ("k",),
        is_sorting=True,
        added=_best,
        combines="sum",
    ),
    Aggregation(
        "sum_smallest",
        "number",
        "number",
        lambda values, k: sum(_worst(values, k), Fraction(0)),
        "0",
        "The sum of the `k` least numbers, or of all if there are fewer.",
        ("sum_smallest(2, (t.hours for t in tasks))", "3"),
        ("k",),
        is_sorting=True,
        added=_worst,
        combines="sum",
    ),
    Aggregation(
        "trimmed_avg",
        "number",
        "number",
        lambda values, low, high: _mean(list(_middle(values, low, high))),
        "absent, also for `low` + `high` or fewer",
        "The mean of the numbers without the `low` least and the `high` greatest.",
        ("trimmed_avg(0, 1, (t.hours for t in tasks))", "1.5"),
        ("low", "high"),
        is_sorting=True,
        added=_middle,
        needed=lambda low, high: low + high + 1,
        combines="mean",
    ),
)

AGGREGATES: dict[str, Aggregation] = {row.name: row for row in _AGGREGATE_ROWS}
"""Every aggregate by name."""


def _deviation(values: list[Fraction]) -> Fraction | None:
    """Return the sample standard deviation, the root of (Σx² − (Σx)²/n)/(n − 1)."""
    count = len(values)
    if count < 2:
        return None
    squares = sum((value**2 for value in values), Fraction(0))
    return irrational.sqrt((squares - sum(values, Fraction(0)) ** 2 / count) / (count - 1))


def _rank(values: list[Fraction], own: Fraction) -> Fraction:
    return Fraction(1 + sum(value > own for value in values))


def _percentile(values: list[Fraction], own: Fraction) -> Fraction:
    if len(values) == 1:
        return Fraction(1)
    return Fraction(sum(value < own for value in values), len(values) - 1)


_COHORT_ROWS = (
    CohortFunction(
        "cohort_count",
        "boolean",
        lambda values: Fraction(sum(values)),
        "0",
        "The number of members of the cohort that satisfy a condition; `cohort_count()` counts all.",
        ("cohort_count(hours > 1)", "2"),
    ),
    CohortFunction(
        "cohort_sum",
        "number",
        lambda values: sum(values, Fraction(0)),
        "0",
        "The sum of a number over the members of the cohort.",
        ("cohort_sum(hours)", "9"),
    ),
    CohortFunction(
        "cohort_avg",
        "number",
        _mean,
        "absent",
        "The mean of a number over the members of the cohort.",
        ("cohort_avg(hours)", "3"),
    ),
    CohortFunction(
        "cohort_min",
        "number",
        lambda values: min(values, default=None),
        "absent",
        "The smallest of a number over the members of the cohort.",
        ("cohort_min(hours)", "1"),
    ),
    CohortFunction(
        "cohort_max",
        "number",
        lambda values: max(values, default=None),
        "absent",
        "The greatest of a number over the members of the cohort.",
        ("cohort_max(hours)", "6"),
    ),
    CohortFunction(
        "cohort_stdev",
        "number",
        _deviation,
        "absent",
        "The sample standard deviation of a number over the members of the cohort; absent for one member.",
        ("cohort_stdev(hours)", "2.645751311064590590501615754"),
    ),
    CohortFunction(
        "cohort_median",
        "number",
        _median,
        "absent",
        "The median of a number over the members of the cohort.",
        ("cohort_median(hours)", "2"),
    ),
    CohortFunction(
        "cohort_quantile",
        "number",
        _quantile,
        "absent",
        "The `p` quantile of a number over the members, `p` from 0 to 1, interpolated between neighbours.",
        ("cohort_quantile(0.75, hours)", "4"),
        parameters=("p",),
    ),
    CohortFunction(
        "cohort_rank",
        "number",
        _rank,
        "absent",
        "The rank of the member: 1 plus the number of members with a greater number. Equal numbers share a rank.",
        ("cohort_rank(hours)", "2"),
        is_own=True,
    ),
    CohortFunction(
        "cohort_percentile",
        "number",
        _percentile,
        "absent",
        "The part of the other members that have a smaller number; 1 if there are none.",
        ("cohort_percentile(hours)", "1/2"),
        is_own=True,
    ),
)

COHORT_FUNCTIONS: dict[str, CohortFunction] = {row.name: row for row in _COHORT_ROWS}
"""Every function over the cohort by name."""

FUNCTION_NAMES = frozenset(FUNCTIONS) | frozenset(AGGREGATES) | frozenset(COHORT_FUNCTIONS)
"""Names that no table or function of a rulebook may take."""

ROUNDING_MODES = MODES
