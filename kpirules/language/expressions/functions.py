"""The one table of functions: every engine, the checker, the reference page and the tests read these rows."""

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
        name: how it is written by name.
        kind: number, date, calendar, mode, or any (a value of any type).
        is_required: False where it may be left out.
        is_constant: True where only a literal or a parameter of the rulebook may stand.
        is_named: True where it is written by name only.
        is_lazy: True where it is evaluated only when it is needed.
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
        name: as it is called.
        parameters: in order.
        gives: the kind of the result; `any` for the kind of the first argument.
        meaning: from exact values to the exact value, as an int or a fraction; from unevaluated arguments where it
            is lazy.
        summary: one sentence for the reference page.
        example: a call and what it gives.
        is_variadic: True where the last parameter may be repeated.
        is_lazy: True where an argument is looked at only when it is needed, or may be absent.
        formula: what it is in the language itself, over its parameters, where it can be said so. Everything but
            the reference engine reads it instead of `meaning`.
        fault: of a function without a formula, the kind of fault that it can have: `domain`, `date` or `calendar`;
            empty where it always has an answer.
        is_whole: of a function without a formula, True where its numbers are whole.
        low, high: likewise ends of its numbers; None for none.
        trend: for each parameter 1 where the result grows with it, -1 where it shrinks, 0 where neither is sure. A
            function with a formula has one where the formula alone says too little of its ends.
        cycle: from a result's argument to what must stay the same for the trend to hold, or None.
        safe: for each parameter the numbers for which there surely is an answer; empty where that follows from the
            answers at the ends.
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
        """As the reference page prints it.

        >>> FUNCTIONS["ratio"].signature
        'ratio(a, b, if_zero=…)'
        """
        written = [f"{p.name}=…" if p.is_named or not p.is_required else p.name for p in self.parameters]
        return f"{self.name}({', '.join(written)}{', …' if self.is_variadic else ''})"


@frozen
class Aggregation:
    """One row of the table of aggregates over records or children.

    Args:
        name: as it is called.
        body: the kind of what is aggregated, number or boolean.
        gives: the kind of the result.
        meaning: from the values to the result; None for absent.
        of_nothing: what it is of nothing, in words.
        summary: one sentence for the reference page.
        example: a call and what it gives for `tasks` with hours 1, 2 and 6.
        parameters: constants that come first, `p` a part, `k` a number of records from 1, `low` and `high` from 0.
        is_sorting: True where values are put in order.
        added: from the values to those that are added up, on the way; None where nothing is.
        needed: from the constants to how many records it takes to be there; 0 where it always is.
        combines: how an explanation writes the values: as a `sum`, a `mean`, a `choice` of some of them in order, or
            a `condition` that each record satisfies or not.
        chosen: from the values to those that make the result, if there is one; None if these are the ones that are
            added up, or all.
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
        """Return the values that make the result.

        >>> AGGREGATES["trimmed_avg"].making([Fraction(n) for n in (9, 1, 5)], [Fraction(1), Fraction(1)])
        [Fraction(5, 1)]
        """
        chosen = self.chosen or self.added
        return values if chosen is None else chosen(values, *constants)

    @property
    def is_sure(self) -> bool:
        """Whether it is there however few records there are."""
        return self.of_nothing in ("0", "False", "True")

    @property
    def of_no_record(self) -> Any:
        """What it is where there is no record, whatever its constants are; None for absent."""
        return self.meaning([], *(Fraction(1) for _ in self.parameters))

    @property
    def signature(self) -> str:
        """As the reference page prints it.

        >>> AGGREGATES["quantile"].signature, AGGREGATES["sum"].signature
        ('quantile(p, (…))', 'sum')
        """
        return f"{self.name}({', '.join(self.parameters)}, (…))" if self.parameters else self.name


@frozen
class CohortFunction:
    """One row of the table of functions over the members of a cohort.

    Args:
        name: as it is called.
        body: the kind of what is compared, number or boolean.
        meaning: from the values of the members, absent ones left out, to the result; None for absent. Where
            `is_own`, it takes the value of the member as well.
        of_nothing: what it is where no member has a value, in words.
        summary: one sentence for the reference page.
        example: a call and what it gives the second of members with hours 1, 2 and 6.
        is_own: True where each member has its own result.
        parameters: constants that come first; the meaning takes them after the values.
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
        """As the reference page prints it.

        >>> COHORT_FUNCTIONS["cohort_rank"].signature, COHORT_FUNCTIONS["cohort_quantile"].signature
        ('cohort_rank(E)', 'cohort_quantile(p, E)')
        """
        return f"{self.name}({', '.join((*self.parameters, 'E' if self.body == 'number' else 'C'))})"


def _kept(function: Callable[..., Fraction]) -> Callable[..., Fraction]:
    """A function that takes long, with its last values kept: records ask for the same ones again."""
    return lru_cache(maxsize=1_024)(function)


def _clamp(x: Fraction, lo: Fraction, hi: Fraction) -> Fraction:
    return lo if x < lo else hi if x > hi else x


def _mod(a: Fraction, b: Fraction) -> Fraction:
    return a - b * floor(a / b)


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
        raise ImpossibleDate("a year, month and day are whole numbers")
    try:
        return date(int(y), int(m), int(d))
    except (ValueError, OverflowError):
        raise ImpossibleDate(f"there is no day {d} of month {m} of the year {y}") from None


def _add_days(d: date, n: Fraction) -> date:
    if n.denominator != 1:
        raise ImpossibleDate("days are added as a whole number")
    try:
        return date.fromordinal(d.toordinal() + int(n))
    except (ValueError, OverflowError):
        raise ImpossibleDate(f"{to_text(n)} days from {d.isoformat()} lie outside the years 1 to 9999") from None


def _add_months(d: date, n: Fraction) -> date:
    if n.denominator != 1:
        raise ImpossibleDate("months are added as a whole number")
    years, month = divmod(12 * d.year + d.month - 1 + int(n), 12)
    if not date.min.year <= years <= date.max.year:
        raise ImpossibleDate(f"{to_text(n)} months from {d.isoformat()} lie outside the years 1 to 9999")
    return date(years, month + 1, min(d.day, monthrange(years, month + 1)[1]))


class ImpossibleDate(ValueError):
    """A year, month and day that no calendar has."""


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
        "The size of a number without its sign.",
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
        "`x`, but not below `lo` and not above `hi`; below `lo` is looked at first.",
        ("clamp(120%, 0, 1)", "1"),
        formula="lo if x < lo else min(x, hi)",
    ),
    Function("floor", _X, "number", floor, "The next whole number below.", ("floor(-1.5)", "-2")),
    Function(
        "ceil",
        _X,
        "number",
        ceil,
        "The next whole number above.",
        ("ceil(1.2)", "2"),
        formula="-floor(-x)",
    ),
    Function(
        "trunc",
        _X,
        "number",
        trunc,
        "The number without its fraction, towards zero.",
        ("trunc(-1.5)", "-1"),
        formula="floor(x) if x >= 0 else -floor(-x)",
    ),
    Function(
        "mod",
        (Parameter("a"), Parameter("b")),
        "number",
        _mod,
        "The remainder of `a` by `b`, with the sign of `b`.",
        ("mod(-7, 3)", "2"),
        formula="a - b * floor(a / b)",
    ),
    Function(
        "sign",
        _X,
        "number",
        _sign,
        "-1, 0 or 1.",
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
        "`a` over `b`; where `b` is zero, `if_zero`, which is looked at only then.",
        ("ratio(3, 0, if_zero=1)", "1"),
        is_lazy=True,
        formula="if_zero if b == 0 else a / b",
    ),
    Function(
        "given",
        (Parameter("x", "any"),),
        "boolean",
        lambda x: x() is not None,
        "Whether an optional value is there.",
        ("given(1)", "True"),
        is_lazy=True,
    ),
    Function(
        "default",
        (Parameter("x", "any"), Parameter("v", "any")),
        "any",
        _default,
        "`x`, or `v` where `x` is absent; `v` is looked at only then.",
        ("default(1, 2)", "1"),
        is_lazy=True,
    ),
    Function(
        "sqrt",
        _X,
        "number",
        _kept(irrational.sqrt),
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
        _kept(irrational.root),
        "The `n`-th root, `n` from 1 to 64; of a negative number only where `n` is odd.",
        ("root(27, 3)", "3"),
        fault="domain",
        series="root",
    ),
    Function(
        "power",
        (Parameter("x"), Parameter("y")),
        "number",
        _kept(irrational.power),
        "`x` to the power `y`; a negative `x` takes a whole `y`.",
        ("power(4, 1.5)", "8"),
        fault="domain",
        series="power",
    ),
    Function(
        "exp",
        _X,
        "number",
        _kept(irrational.exp),
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
        _kept(irrational.ln),
        "The natural logarithm of a positive number.",
        ("ln(1)", "0"),
        fault="domain",
        series="logarithm",
    ),
    Function(
        "normal_cdf",
        _X,
        "number",
        _kept(irrational.normal_cdf),
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
        "The same day `n` months later, or the last day of that month where it has no such day.",
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
    """On the line from neighbour to neighbour, the least of n values at 0 and the greatest at 1."""
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
        "How many records satisfy a condition; `count(tasks)` counts all.",
        ("count(t.hours > 1 for t in tasks)", "2"),
    ),
    Aggregation(
        "share",
        "boolean",
        "number",
        lambda values: Fraction(sum(values), len(values)) if values else None,
        "absent",
        "The part of the records that satisfies a condition, 0 to 1.",
        ("share(t.hours > 5 for t in tasks)", "1/3"),
        needed=_one,
    ),
    Aggregation(
        "median",
        "number",
        "number",
        _median,
        "absent",
        "The middle of the numbers in order, or the mean of the middle two.",
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
        "The number below which the part `p` of the numbers lies, 0 to 1, on the line between neighbours.",
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
        "absent, as of fewer than `k`",
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
        "absent, as of fewer than `k`",
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
        "The sum of the `k` greatest numbers; of fewer, of all.",
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
        "The sum of the `k` least numbers; of fewer, of all.",
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
        "absent, as of `low` + `high` or fewer",
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
    """The root of (Σx² − (Σx)²/n)/(n − 1): the squares of the distances from the mean, over one less than n."""
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
        "How many members of the cohort satisfy a condition; `cohort_count()` counts all.",
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
        "The sample standard deviation of a number over the members of the cohort; of one member it is absent.",
        ("cohort_stdev(hours)", "2.645751311064590590501615754"),
    ),
    CohortFunction(
        "cohort_median",
        "number",
        _median,
        "absent",
        "The middle of a number of the members in order, or the mean of the middle two.",
        ("cohort_median(hours)", "2"),
    ),
    CohortFunction(
        "cohort_quantile",
        "number",
        _quantile,
        "absent",
        "The number below which the part `p` of the members lies, 0 to 1, on the line between neighbours.",
        ("cohort_quantile(0.75, hours)", "4"),
        parameters=("p",),
    ),
    CohortFunction(
        "cohort_rank",
        "number",
        _rank,
        "absent",
        "The place of the member: 1 and as many as have a greater number. Equal numbers share a place.",
        ("cohort_rank(hours)", "2"),
        is_own=True,
    ),
    CohortFunction(
        "cohort_percentile",
        "number",
        _percentile,
        "absent",
        "The part of the other members that have a smaller number; alone it is 1.",
        ("cohort_percentile(hours)", "1/2"),
        is_own=True,
    ),
)

COHORT_FUNCTIONS: dict[str, CohortFunction] = {row.name: row for row in _COHORT_ROWS}
"""Every function over the cohort of a subject by name."""

FUNCTION_NAMES = frozenset(FUNCTIONS) | frozenset(AGGREGATES) | frozenset(COHORT_FUNCTIONS)
"""Names that no table or function of a rulebook may take."""

ROUNDING_MODES = MODES
