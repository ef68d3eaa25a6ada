"""KR6xx: a subject's inputs, and faults while it is assessed."""

from __future__ import annotations

from collections.abc import Iterable

from ...kernel.brief import shortened
from ..report import did_you_mean, listed
from .catalogue import Say, error


@error("KR600")
def not_a_subject(found: str) -> Say:
    """A subject that has no named values.

    **What it checks**
    A subject, or a record of a list input, is a mapping from names to values, or an object of an attrs or
    data class.

    **Why it matters**
    Inputs are told apart by their names; a bare value could mean any of them.

    **Fails**
    ```json
    [{"tasks": [3, 4]}]
    ```

    **Passes**
    ```json
    [{"tasks": [{"completed": 3}, {"completed": 4}]}]
    ```
    """
    return Say(f"this is {found}, not a mapping from names to values", "give each value its name")


@error("KR601")
def unknown_input(name: str, known: Iterable[str] | None, of: str, *, twin: str = "") -> Say:
    """An input that the rulebook does not have.

    **What it checks**
    Every name that is given is an input of the rulebook, or a field of the list: its id or its `column`, not both.

    **Why it matters**
    A misspelt name would leave the real input absent, and a score would come from less than was given.

    **Fails**
    ```json
    {"complted": 3}
    ```

    **Passes**
    ```json
    {"completed": 3}
    ```
    """
    if twin:
        return Say(f"`{shortened(name)}` is the column of `{twin}`, which is given too", "give one of the two")
    problem = f"{of} has no input `{shortened(name)}`"
    if known is None:
        return Say(problem, "see the rulebook's inputs")
    names = tuple(known)
    return Say(
        problem,
        did_you_mean(name, names, _all_of(names)),
    )


def _all_of(names: tuple[str, ...]) -> str:
    """What can be given instead, where that is not too much to read."""
    if not names:
        return "it takes none"
    return f"its inputs are {listed(names, 'and')}" if len(names) <= 20 else "see the rulebook's inputs"


@error("KR602")
def missing_input(name: str, allowed: str) -> Say:
    """A required input that was not given.

    **What it checks**
    Every input is given unless the rulebook says `optional` or `default`, an exemption ends the assessment
    first, or the criterion it belongs to does not apply.

    **Why it matters**
    A silent zero is a judgement about a person that nobody made.

    **Fails**
    ```json
    {"tasks": []}
    ```

    **Passes**
    ```json
    {"tasks": [], "disciplined": false}
    ```
    """
    return Say(f"`{name}` is not given", f"give {allowed}")


@error("KR603")
def wrong_kind(name: str, found: str, allowed: str, help: str = "") -> Say:
    """A value of another kind than its input.

    **What it checks**
    Numbers are numbers, yes and no are booleans, options and texts are strings, dates are dates. Nothing is
    converted, except that a date may be a string such as `2026-03-31`. A text with half of a character
    (`"\\ud83d"`) is none.

    **Why it matters**
    `"12"` and `true` are not twelve and one: a conversion would hide a wrong column. No file can hold half of a
    character, and so no result either.

    **Fails**
    ```json
    {"completed": "3"}
    ```

    **Passes**
    ```json
    {"completed": 3}
    ```
    """
    return Say(f"`{name}` is {found}", help or f"allowed: {allowed}", notes=(f"allowed: {allowed}",) if help else ())


@error("KR604")
def outside_domain(name: str, value: str, problem: str, allowed: str, help: str = "") -> Say:
    """A value that its input does not allow.

    **What it checks**
    Limits, decimals, steps, options and lengths as the rulebook declares them. Binary arithmetic leaves remainders
    such as `0.30000000000000004`; the message then shows how to round them away.

    **Why it matters**
    What is proved of a rulebook holds for the values it declares, and for no others. Nothing is clamped or rounded.

    **Fails**
    ```json
    {"ethics": 10.1}
    ```

    **Passes**
    ```json
    {"ethics": 10}
    ```
    """
    allowed = f"allowed: {allowed}"
    return Say(f"`{name}` is {value}, {problem}", help or allowed, notes=(allowed,) if help else ())


@error("KR605")
def failed_validation(id: str, condition: str, label: str) -> Say:
    """A relation between inputs that does not hold.

    **What it checks**
    Every validation of the rulebook, and of a list's records.

    **Why it matters**
    Values that are each allowed may still contradict one another.

    **Fails**
    ```json
    {"assigned": 3, "completed_on_time": 5}
    ```

    **Passes**
    ```json
    {"assigned": 5, "completed_on_time": 3}
    ```
    """
    return Say(f"the validation `{id}` does not hold" + (f": {label}" if label else ""), f"it demands `{condition}`")


@error("KR606")
def entered_without_need(name: str, formula: str) -> Say:
    """Points entered for a criterion that does not apply.

    **What it checks**
    An assessor enters points only where the criterion, and every group above it, applies. It does not apply where
    `applies` is false, and where it is absent. Where a row that says `undefined` leaves it open, nothing is refused:
    the status says so.

    **Why it matters**
    Points that are given and never counted are a judgement that is lost.

    **Fails**
    ```json
    {"serves_public": false, "attitude": 2.5}
    ```

    **Passes**
    ```json
    {"serves_public": false}
    ```
    """
    return Say(
        f"points are entered for `{name}`, which does not apply",
        "leave it out, or correct what decides whether it applies",
        notes=(f"it applies where `{formula}`",),
    )


@error("KR607")
def repeated_record(fields: Iterable[str], first: int) -> Say:
    """A record that stands twice.

    **What it checks**
    The fields named by `unique` have no equal values in two records of a list.

    **Why it matters**
    A task that is listed twice is counted twice.

    **Fails**
    ```json
    {"tasks": [{"code": "A"}, {"code": "A"}]}
    ```

    **Passes**
    ```json
    {"tasks": [{"code": "A"}, {"code": "B"}]}
    ```
    """
    names = tuple(fields)
    verb = "is" if len(names) == 1 else "are"
    return Say(f"{listed(names, 'and')} {verb} the same as in record {first}", "remove one of the records")


@error("KR608")
def record_count(name: str, found: int, allowed: str) -> Say:
    """Too few or too many records.

    **What it checks**
    The number of records lies between `min_items` and `max_items` (10,000 unless written).

    **Why it matters**
    The work of an assessment is bounded by the length of its lists.

    **Fails**
    ```json
    {"months": []}
    ```

    **Passes**
    ```json
    {"months": [{"score": 91}]}
    ```
    """
    return Say(f"`{name}` has {found:,} records", f"allowed: {allowed}")


@error("KR620")
def divided_by_zero(readings: str) -> Say:
    """A quotient by zero.

    **What it checks**
    The divisor of `/` and of `mod` is not zero.

    **Why it matters**
    No number answers it, and a regulation that does not say what happens must not be completed by a program.

    **Fails**
    ```yaml
    rate: completed / assigned      # where assigned may be 0
    ```

    **Passes**
    ```yaml
    rate: ratio(completed, assigned, if_zero=0)
    ```
    """
    return Say("a number is divided by zero" + readings, "say what stands in: `ratio(a, b, if_zero=…)`")


@error("KR621")
def outside_function(reason: str, readings: str) -> Say:
    """A function asked for what it does not have.

    **What it checks**
    `sqrt`, `root`, `ln` and `power` get numbers for which they have a value.

    **Why it matters**
    The square root of a negative number has no place in a score.

    **Fails**
    ```yaml
    points: ln(income)              # where income may be 0
    ```

    **Passes**
    ```yaml
    points: ln(max(income, 1))
    ```
    """
    return Say(reason + readings, "keep the argument inside the domain, for example by `max` or `clamp`")


@error("KR622")
def impossible_date(reason: str, readings: str) -> Say:
    """A day that no calendar has.

    **What it checks**
    `date(y, m, d)` names a day that exists.

    **Why it matters**
    31 June is a mistake in the data or in the rule, not 1 July.

    **Fails**
    ```yaml
    points: days(date(2026, 6, 31), finished)
    ```

    **Passes**
    ```yaml
    points: days(date(2026, 6, 30), finished)
    ```
    """
    return Say(reason + readings, "correct the year, month or day")


@error("KR623")
def outside_calendar(reason: str, readings: str) -> Say:
    """A date for which a calendar does not know the working days.

    **What it checks**
    Both dates of `workdays` lie between `from` and `until` of the calendar.

    **Why it matters**
    Holidays of a year that was not entered would be counted as working days.

    **Fails**
    ```yaml
    points: workdays(due, done, office)   # office ends with 2026, done is in 2027
    ```

    **Passes**
    ```yaml
    calendars: {office: {from: 2026-01-01, until: 2028-01-01}}
    ```
    """
    return Say(reason + readings, "extend the calendar, with the holidays of those days")


@error("KR624")
def outside_scale(reason: str, readings: str) -> Say:
    """A measure beyond a scale or table.

    **What it checks**
    The measured number lies between the ends of a scale, or in a row. Some case of a decision table holds; with
    `unique: true`, no other one does.

    **Why it matters**
    A line that is extended beyond its ends gives points that nobody decided on.

    **Fails**
    ```yaml
    scale: [[0, 0], [100, 10]]      # and the measure is 120
    ```

    **Passes**
    ```yaml
    scale: [[0, 0], [100, 10]]
    outside: clamp
    ```
    """
    is_decided = "case" in reason
    way_out = "change the cases: exactly one must hold" if "at once" in reason else "add a case"
    return Say(reason + readings, way_out if is_decided else "extend it, or write `outside: clamp`")


@error("KR625")
def points_out_of_range(reason: str) -> Say:
    """Points beyond the limits of a criterion.

    **What it checks**
    The points that come out lie between `min` and `max`.

    **Why it matters**
    The limits are part of the rule; moving points to a limit must be the rule's word.

    **Fails**
    ```yaml
    results: {max: 70, rate: done / planned}    # and more is done than planned
    ```

    **Passes**
    ```yaml
    results: {max: 70, rate: done / planned, outside: clamp}
    ```
    """
    return Say(reason, "limit the expression, or write `outside: clamp`")


@error("KR630")
def too_wide(reason: str, readings: str) -> Say:
    """A number that needs more digits than any score does.

    **What it checks**
    Numerators and denominators have at most 32,768 bits.

    **Why it matters**
    Exact numbers can grow without end; the limit keeps every assessment fast. A rulebook that could come to it is
    refused when it is loaded (KR260); the reference engine counts all the same.

    **Fails**
    ```yaml
    points: sum(t.done / t.planned for t in tasks)     # thousands of different divisors
    ```

    **Passes**
    ```yaml
    points: sum(round(t.done / t.planned, 6) for t in tasks)
    ```
    """
    return Say(reason + readings, "round quotients before they are added")


@error("KR631")
def too_much_work(reason: str, readings: str) -> Say:
    """An assessment that takes too much work.

    **What it checks**
    An assessment takes at most 1,000,000 units of work, or as many as `budget=` of `assess` allows. A step counts
    one, on n-bit numbers ⌈n/256⌉²; an irrational function 100; four rows of a table one.

    **Why it matters**
    A rulebook from anywhere can be run without a clock beside it. One that could come to the limit is refused when it
    is loaded (KR261); the reference engine counts all the same.

    **Fails**
    ```yaml
    points: sum(power(t.a, t.b) for t in tasks)       # a hundred thousand wide records
    ```

    **Passes**
    ```yaml
    inputs: {tasks: {type: list, max_items: 1000}}
    ```
    """
    return Say(reason + readings, "lower `max_items`, or compute once under `let` what is used often")


@error("KR640")
def asks_for_its_cohort() -> Say:
    """One subject, and a rulebook that compares members.

    **What it checks**
    A subject of a rulebook with functions over its cohort is assessed together with the other members.

    **Why it matters**
    A rank or a mean of one subject alone would look like that of its cohort.

    **Fails**
    ```python
    assess(program, {"hours": 8})  # outputs: {rank: cohort_rank(hours)}
    ```

    **Passes**
    ```python
    assess_cohort(program, {"An": {"hours": 8}, "Bình": {"hours": 6}})
    ```
    """
    return Say(
        "the rulebook compares a subject with its cohort", "give all members: `assess_cohort(program, members)`"
    )


@error("KR641")
def too_many_members(found: int, most: int, place: str) -> Say:
    """A cohort with more members than the rulebook allows.

    **What it checks**
    No cohort has more members than `max_members` of the rulebook's `cohort`.

    **Why it matters**
    The limits on work and on the width of numbers hold for cohorts of that size.

    **Fails**
    ```yaml
    cohort: {within: [unit], max_members: 100}      # and a unit of 120
    ```

    **Passes**
    ```yaml
    cohort: {within: [unit], max_members: 1000}
    ```
    """
    return Say(
        f"the cohort{place} has {found:,} members, and {most:,} are allowed", "raise `max_members` of the cohort"
    )
