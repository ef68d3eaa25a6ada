"""KR5xx: dates, periods, calendars and sources."""

from __future__ import annotations

from ...kernel.brief import shortened
from .catalogue import Say, error, warning

__all__ = [
    "day_outside_calendar",
    "day_twice",
    "empty_period",
    "no_date",
    "no_source",
]


@error("KR501")
def no_date(place: str, text: str) -> Say:
    """Text that is not a calendar date.

    **What it checks**

    That dates are written YYYY-MM-DD and exist.

    **Why it matters**

    `31/12/2026` and `12/31/2026` are read differently in different countries; 30 February is a mistake.

    **Fails**

    ```yaml
    kpirules: 1
    effective: {from: 2026-02-30}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    effective: {from: 2026-02-28}
    ```
    """
    return Say(f"{place} must be a date, but `{shortened(text)}` is not", "write an existing date as YYYY-MM-DD")


@error("KR502")
def empty_period(from_: str, until: str) -> Say:
    """Period that ends before it begins.

    **What it checks**

    That `until` comes after `from`. The period is half-open: `until` is the first day no longer in it.

    **Why it matters**

    Such a period contains no day.

    **Fails**

    ```yaml
    kpirules: 1
    effective: {from: 2026-01-01, until: 2026-01-01}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    effective: {from: 2026-01-01, until: 2027-01-01}
    ```
    """
    return Say(f"the period from {from_} until {until} contains no day", "`until` is the first day no longer in it")


@warning("KR503")
def day_outside_calendar(day: str, period: str) -> Say:
    """Holiday outside its calendar.

    **What it checks**

    That `holidays` and `makeup` dates lie between `from` and `until` of the calendar.

    **Why it matters**

    The date has no effect; usually its year is a mistake, and the intended day counts as a working day.

    **Fails**

    ```yaml
    kpirules: 1
    calendars:
      office: {weekend: [sat, sun], holidays: [2025-09-02], from: 2026-01-01, until: 2027-01-01}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    calendars:
      office: {weekend: [sat, sun], holidays: [2026-09-02], from: 2026-01-01, until: 2027-01-01}
    ```
    """
    return Say(
        f"{day} is outside the calendar, which runs {period}",
        "correct the date, or remove it",
    )


@warning("KR504")
def day_twice(day: str) -> Say:
    """Duplicate date in a calendar.

    **What it checks**

    That the dates in `holidays` and `makeup` have no duplicates.

    **Why it matters**

    The second is usually a mistake for another day.

    **Fails**

    ```yaml
    kpirules: 1
    calendars:
      office: {weekend: [sat, sun], holidays: [2026-09-02, 2026-09-02], from: 2026-01-01, until: 2027-01-01}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    calendars:
      office: {weekend: [sat, sun], holidays: [2026-09-01, 2026-09-02], from: 2026-01-01, until: 2027-01-01}
    ```
    """
    return Say(f"duplicate date {day}", "correct the date, or remove it")


@error("KR510", can_be_allowed=True)
def no_source(what: str) -> Say:
    """Rule without a source.

    **What it checks**

    If a rulebook says `require_sources: true`: that every leaf criterion, parameter, table, exemption, limit, band
    and override has a `source`, its own or that of a group around it.

    **Why it matters**

    Rated people may ask for the legal basis.

    **Fails**

    ```yaml
    kpirules: 1
    require_sources: true
    criteria: {quality: {max: 10, entered: {step: 1}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    require_sources: true
    criteria: {quality: {max: 10, entered: {step: 1}, source: Article 14}}
    ```
    """
    return Say(f"{what} has no source", "write `source`, here or on a group around it")
