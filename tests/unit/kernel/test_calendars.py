"""Dates, completed months and years, and working days."""

import pickle
from datetime import date, timedelta

import pytest

from kpirules.kernel.calendars import (
    Calendar,
    OutsideCalendar,
    days,
    months,
    parse_date,
    period_in_words,
    workdays,
    years,
)
from tests.pace import fewest_seconds, seconds_of

HOLIDAYS = frozenset({date(2026, 1, 1), date(2026, 2, 14), *(date(2026, 2, day) for day in range(16, 21))})
MAKEUP = frozenset({date(2026, 2, 28), date(2026, 2, 20), date(2026, 3, 3), date(2026, 2, 14)})
YEAR = Calendar(frozenset({5, 6}), HOLIDAYS, MAKEUP, date(2026, 1, 1), date(2027, 1, 1))


def test_a_period_that_ends_as_it_begins_is_on_no_day() -> None:
    assert period_in_words(date(2026, 1, 1), date(2026, 1, 1)) == "on no day"


def counted(a, b, calendar):
    """Return the number of working days by testing each day."""
    return sum(calendar.works(a + timedelta(n)) for n in range(1, (b - a).days + 1))


def test_a_day_is_worked_unless_weekend_or_holiday_or_if_made_up():
    assert YEAR.works(date(2026, 1, 2))
    assert not YEAR.works(date(2026, 1, 1))
    assert not YEAR.works(date(2026, 1, 3))
    assert not YEAR.works(date(2026, 2, 17))
    assert YEAR.works(date(2026, 2, 28))
    assert YEAR.works(date(2026, 2, 20))
    assert YEAR.works(date(2026, 2, 14))
    assert YEAR.works(date(2026, 3, 3))


def test_the_first_day_is_not_counted_and_the_last_one_is():
    assert workdays(date(2026, 1, 5), date(2026, 1, 9), YEAR) == 4
    assert workdays(date(2026, 1, 4), date(2026, 1, 9), YEAR) == 5
    assert workdays(date(2026, 1, 9), date(2026, 1, 11), YEAR) == 0


def test_counting_agrees_with_looking_at_each_day():
    starts = [date(2026, 1, 1) + timedelta(n) for n in range(0, 80, 3)]

    for a in starts:
        for b in starts:
            expected = counted(a, b, YEAR) if a <= b else -counted(b, a, YEAR)

            assert workdays(a, b, YEAR) == expected


@pytest.mark.parametrize("weekend", [frozenset(), frozenset({4}), frozenset({6}), frozenset(range(7))])
def test_any_weekdays_may_be_the_weekend(weekend):
    calendar = Calendar(weekend, HOLIDAYS, MAKEUP, date(2026, 1, 1), date(2027, 1, 1))

    for end in range(1, 365, 13):
        a, b = date(2026, 1, 1), date(2026, 1, 1) + timedelta(end)

        assert workdays(a, b, calendar) == counted(a, b, calendar)


def test_nothing_lies_between_a_day_and_itself():
    assert workdays(date(2026, 1, 5), date(2026, 1, 5), YEAR) == 0


@pytest.mark.parametrize(
    ("a", "b", "outside"),
    [
        (date(2025, 12, 31), date(2026, 1, 5), date(2025, 12, 31)),
        (date(2026, 1, 5), date(2027, 1, 1), date(2027, 1, 1)),
        (date(2027, 1, 1), date(2025, 12, 31), date(2027, 1, 1)),
        (date(2027, 1, 1), date(2027, 1, 1), date(2027, 1, 1)),
    ],
)
def test_both_ends_lie_inside_the_calendar(a, b, outside):
    with pytest.raises(OutsideCalendar) as caught:
        workdays(a, b, YEAR)

    assert caught.value.date == outside
    assert caught.value.calendar == YEAR
    assert str(caught.value) == f"{outside} is outside the calendar, which runs from 2026-01-01 to 2026-12-31"


def test_a_date_outside_survives_pickling():
    error = pickle.loads(pickle.dumps(OutsideCalendar(date(2027, 1, 1), YEAR)))

    assert (error.date, error.calendar) == (date(2027, 1, 1), YEAR)


def test_a_weekday_is_a_number_from_0_to_6():
    with pytest.raises(ValueError, match="a weekday is a number from 0"):
        Calendar(frozenset({7}), frozenset(), frozenset(), date(2026, 1, 1), date(2027, 1, 1))


def test_a_calendar_ends_after_it_begins():
    with pytest.raises(ValueError, match="a calendar ends after it begins"):
        Calendar(frozenset(), frozenset(), frozenset(), date(2026, 1, 1), date(2026, 1, 1))


def test_millennia_are_counted_at_once():
    ever = Calendar(frozenset({5, 6}), HOLIDAYS, MAKEUP, date.min, date.max)

    def count():
        for _ in range(100):
            workdays(date.min, date(9999, 12, 30), ever)

    assert fewest_seconds(lambda: seconds_of(count), 0.1) < 0.1
    # 0001-01-01 is a Monday and 9999-12-30 a Thursday; five holidays stay lost, two Saturdays are won.
    assert workdays(date.min, date(9999, 12, 30), ever) == (date(9999, 12, 30).toordinal() // 7 * 5 + 4) - 1 - 5 + 2


def test_days_are_a_difference():
    assert days(date(2024, 2, 28), date(2024, 3, 1)) == 2
    assert days(date(2024, 3, 1), date(2024, 2, 28)) == -2


@pytest.mark.parametrize(
    ("a", "b", "completed"),
    [
        ("2026-01-15", "2026-01-15", 0),
        ("2026-01-15", "2026-02-14", 0),
        ("2026-01-15", "2026-02-15", 1),
        ("2026-01-31", "2026-02-27", 0),
        ("2026-01-31", "2026-02-28", 1),
        ("2024-01-31", "2024-02-28", 0),
        ("2024-01-31", "2024-02-29", 1),
        ("2026-01-31", "2026-03-30", 1),
        ("2026-01-31", "2026-03-31", 2),
        ("2026-01-30", "2026-02-28", 1),
        ("2025-12-31", "2026-04-30", 4),
        ("2020-05-17", "2026-05-16", 71),
        ("2026-02-14", "2026-01-15", 0),
        ("2026-02-15", "2026-01-15", -1),
        ("2026-02-28", "2026-01-31", -1),
    ],
)
def test_a_month_is_completed_on_its_day_or_on_the_last_one(a, b, completed):
    assert months(date.fromisoformat(a), date.fromisoformat(b)) == completed


@pytest.mark.parametrize(
    ("a", "b", "completed"),
    [
        ("2000-05-17", "2026-05-16", 25),
        ("2000-05-17", "2026-05-17", 26),
        ("2024-02-29", "2025-02-27", 0),
        ("2024-02-29", "2025-02-28", 1),
        ("2024-02-29", "2028-02-28", 3),
        ("2024-02-29", "2028-02-29", 4),
        ("2026-05-17", "2025-05-18", 0),
        ("2026-05-17", "2025-05-17", -1),
        ("2026-05-17", "2026-05-17", 0),
    ],
)
def test_a_year_is_completed_on_its_day(a, b, completed):
    assert years(date.fromisoformat(a), date.fromisoformat(b)) == completed


@pytest.mark.parametrize("text", ["2026-02-28", "0001-01-01", "9999-12-31", "2024-02-29"])
def test_a_date_is_written_year_month_day(text):
    assert parse_date(text) == date.fromisoformat(text)


@pytest.mark.parametrize("text", ["2026-02-30", "2025-02-29", "2026-13-01", "0000-01-01"])
def test_a_day_that_does_not_exist_is_no_date(text):
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["", "2026-2-8", "20260208", "2026-W05-1", "28-02-2026", "2026-02-28T00:00"])
def test_other_forms_are_no_dates(text):
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["2026-02-28\n", " 2026-02-28", "٢٠٢٦-02-28"])
def test_other_texts_are_no_dates(text):
    assert parse_date(text) is None
