"""Dates, completed months and years, and working days of a declared calendar."""

import re
from bisect import bisect_right
from calendar import monthrange
from datetime import date, timedelta

from attrs import field, frozen

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of the week as rulebooks write them; a calendar knows them by their place here."""

ISO_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
"""The grammar of a date, as a regular expression."""

_ISO = re.compile(ISO_DATE)


def period_in_words(first: date | None, until: date | None) -> str:
    """Return a half-open period in words, with its last day.

    Args:
        first: its first day, None if it has no beginning.
        until: the day after its last one, None if it has no end.

    >>> year = period_in_words(date(2026, 1, 1), date(2027, 1, 1))
    >>> year, period_in_words(None, date(2026, 1, 1)), period_in_words(None, None)
    ('from 2026-01-01 to 2026-12-31', 'to 2025-12-31', 'on every day')
    """
    if until is not None and until <= (first or date.min):
        return "on no day"
    last = None if until is None else until - timedelta(days=1)
    return " ".join([f"from {first}"] * bool(first) + [f"to {last}"] * bool(last)) or "on every day"


class OutsideCalendar(ValueError):
    """A date that a calendar does not cover.

    Args:
        outside: The date.
        calendar: The calendar.

    >>> year = Calendar(frozenset(), frozenset(), frozenset(), date(2026, 1, 1), date(2027, 1, 1))
    >>> OutsideCalendar(date(2027, 1, 1), year).date
    datetime.date(2027, 1, 1)
    """

    def __init__(self, outside: date, calendar: "Calendar") -> None:
        super().__init__(outside, calendar)
        self.date = outside
        self.calendar = calendar

    def __str__(self) -> str:
        known = self.calendar
        return f"{self.date} is outside the calendar, which runs {period_in_words(known.from_, known.until)}"


@frozen
class Calendar:
    """The working days between two dates.

    A day is a working day if it is in `makeup`, or else on neither a weekend nor a holiday.

    Args:
        weekend: Weekday numbers of days off, Monday is 0.
        holidays: Days off.
        makeup: Working days although they are on a weekend or a holiday.
        from_: First day covered.
        until: First day no longer covered.

    Raises:
        ValueError: A weekday is outside 0…6, or `until` is not after `from_`.

    >>> tet = frozenset({date(2026, 2, 17)})
    >>> year = Calendar(frozenset({5, 6}), tet, frozenset(), date(2026, 1, 1), date(2027, 1, 1))
    >>> year.works(date(2026, 2, 17))
    False
    """

    weekend: frozenset[int]
    holidays: frozenset[date]
    makeup: frozenset[date]
    from_: date
    until: date
    _lost: tuple[int, ...] = field(init=False, eq=False, repr=False)
    _won: tuple[int, ...] = field(init=False, eq=False, repr=False)

    @_lost.default
    def _holidays_on_workdays(self) -> tuple[int, ...]:
        closed = self.holidays - self.makeup
        return tuple(sorted(d.toordinal() for d in closed if d.weekday() not in self.weekend))

    @_won.default
    def _makeup_on_weekends(self) -> tuple[int, ...]:
        return tuple(sorted(d.toordinal() for d in self.makeup if d.weekday() in self.weekend))

    def __attrs_post_init__(self) -> None:
        if not self.weekend <= frozenset(range(7)):
            raise ValueError("a weekday is a number from 0 (Monday) to 6 (Sunday)")
        if self.until <= self.from_:
            raise ValueError("a calendar ends after it begins")

    def works(self, day: date) -> bool:
        """Whether a day is a working day.

        Args:
            day: A date inside the calendar.

        Returns:
            True for a working day.

        Raises:
            OutsideCalendar: The date is outside.

        >>> week = Calendar(frozenset({6}), frozenset(), frozenset(), date(2026, 1, 1), date(2027, 1, 1))
        >>> week.works(date(2026, 2, 15))
        False
        """
        self._require(day)
        return day in self.makeup or (day.weekday() not in self.weekend and day not in self.holidays)

    def _require(self, day: date) -> None:
        if not self.from_ <= day < self.until:
            raise OutsideCalendar(day, self)

    def _worked_until(self, day: date) -> int:
        """Return the number of working days up to a day, as if the calendar covered all time."""
        n = day.toordinal()
        # Ordinal 1 is a Monday, so (n + 6 - k) // 7 counts the days of weekday k among 1…n.
        weekdays = sum((n + 6 - k) // 7 for k in range(7) if k not in self.weekend)
        return weekdays - bisect_right(self._lost, n) + bisect_right(self._won, n)


def workdays(a: date, b: date, calendar: Calendar) -> int:
    """Number of working days d with a < d ≤ b, negative when b is before a.

    Args:
        a: The day after which counting starts.
        b: The last day counted.
        calendar: The working days.

    Returns:
        The count; `workdays(b, a)` is its opposite.

    Raises:
        OutsideCalendar: Either date is outside the calendar, even if not counted itself.

    >>> week = Calendar(frozenset({5, 6}), frozenset(), frozenset(), date(2026, 1, 1), date(2027, 1, 1))
    >>> workdays(date(2026, 1, 2), date(2026, 1, 9), week)
    5
    """
    for day in (a, b):
        calendar._require(day)
    return calendar._worked_until(b) - calendar._worked_until(a)


def days(a: date, b: date) -> int:
    """Number of days from one date to another, b − a.

    Args:
        a: The date counted from.
        b: The date counted to.

    Returns:
        The count, negative when b is before a.

    >>> days(date(2026, 2, 27), date(2026, 3, 1))
    2
    """
    return (b - a).days


def months(a: date, b: date) -> int:
    """Number of completed months from one date to another.

    The n-th month is completed on the same day of the month, or on the last one where the month is shorter:
    from 31 January, one month is completed on 28 February.

    Args:
        a: The date counted from.
        b: The date counted to.

    Returns:
        The largest n for which a plus n months is not after b; when b is before a, the opposite of
        `months(b, a)`.

    >>> months(date(2026, 1, 31), date(2026, 2, 28)), months(date(2026, 1, 31), date(2026, 3, 30))
    (1, 1)
    """
    if b < a:
        return -months(b, a)
    reached = b.day >= min(a.day, monthrange(b.year, b.month)[1])
    return (b.year - a.year) * 12 + b.month - a.month - (not reached)


def years(a: date, b: date) -> int:
    """Number of completed years from one date to another.

    Args:
        a: The date counted from.
        b: The date counted to.

    Returns:
        The completed dozens of `months`: from 29 February, a common year is completed on 28 February;
        when b is before a, the opposite of `years(b, a)`.

    >>> years(date(2000, 5, 17), date(2026, 5, 16)), years(date(2000, 5, 17), date(2026, 5, 17))
    (25, 26)
    """
    return -years(b, a) if b < a else months(a, b) // 12


def parse_date(text: str) -> date | None:
    """Calendar date written YYYY-MM-DD.

    Args:
        text: Ten characters, without a time; no shorter form.

    Returns:
        The date, or None where the text is not one.

    >>> parse_date("2026-02-28"), parse_date("2026-02-30")
    (datetime.date(2026, 2, 28), None)
    """
    if _ISO.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
