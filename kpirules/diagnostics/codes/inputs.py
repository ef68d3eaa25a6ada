"""KR6xx: inputs of a subject, and faults while assessing it."""

from __future__ import annotations

from collections.abc import Iterable

from ...kernel.brief import shortened
from ..phrases import Phrase
from ..report import did_you_mean, listed
from .catalogue import Say, error


@error("KR600")
def not_a_subject(found: str) -> Say:
    """Subject without named values.

    **What it checks**
    That a subject, or a record of a list input, is a mapping of names to values, or an object of an attrs or data
    class.

    **Why it matters**
    Inputs are identified by name; a bare value could belong to any of them.

    **Fails**
    ```json
    [{"tasks": [3, 4]}]
    ```

    **Passes**
    ```json
    [{"tasks": [{"completed": 3}, {"completed": 4}]}]
    ```
    """
    return Say(f"this is {found}, not a mapping of names to values", "give each value its name")


@error("KR601")
def unknown_input(name: str, known: Iterable[str] | None, of: str, *, twin: str = "") -> Say:
    """Input that the rulebook does not have.

    **What it checks**
    That every given name is an input of the rulebook, or a field of the list: its id or its `column`, not both.

    **Why it matters**
    A misspelt name would leave the real input absent, and the score would omit its value.

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
        return Say(f"`{shortened(name)}` is the column of `{twin}`, which is also given", "give one of them")
    short = shortened(name)
    problem = f"{of} has no input `{short}`"
    if known is None:
        # A long report leaves out suggestions and the wording for people who do not know the rulebook.
        return Say(problem, "see the rulebook's inputs")
    names = tuple(known)
    wording = Phrase.of("problem_KR601", name=short)
    return Say(problem, did_you_mean(name, names, _all_of(names)), wording=wording)


def _all_of(names: tuple[str, ...]) -> str:
    """Return the names that can be given, unless there are too many to read."""
    if not names:
        return "it has no inputs"
    return f"its inputs are {listed(names, 'and')}" if len(names) <= 20 else "see the rulebook's inputs"


@error("KR602")
def missing_input(name: str, allowed: str) -> Say:
    """Required input that is missing.

    **What it checks**
    That every input is given, unless it is `optional` or has a `default`, an exemption ends the assessment first, or
    its criterion does not apply.

    **Why it matters**
    A silent zero would be a judgement that nobody made.

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
    """Value of the wrong type.

    **What it checks**
    That numbers are numbers, booleans are booleans, options and texts are strings, and dates are dates. Nothing is
    converted, except a date written as a string such as `2026-03-31`. A text with a lone surrogate (`"\\ud83d"`) is
    not a text.

    **Why it matters**
    `"12"` and `true` are not twelve and one: a conversion would hide a wrong column. No file can hold a lone
    surrogate, so no result can either.

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
    """Value that its input does not allow.

    **What it checks**
    That values respect the limits, decimals, steps, options and lengths that the rulebook declares. Binary arithmetic
    leaves remainders such as `0.30000000000000004`; the message then shows how to round them.

    **Why it matters**
    Proofs about a rulebook hold only for the declared values. Nothing is clamped or rounded.

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
    """Inputs that contradict each other.

    **What it checks**
    That every validation of the rulebook, and of a list's records, holds.

    **Why it matters**
    Values that are allowed separately may contradict one another.

    **Fails**
    ```json
    {"assigned": 3, "completed_on_time": 5}
    ```

    **Passes**
    ```json
    {"assigned": 5, "completed_on_time": 3}
    ```
    """
    return Say(f"the validation `{id}` does not hold" + (f": {label}" if label else ""), f"it requires `{condition}`")


@error("KR606")
def entered_without_need(name: str, formula: str) -> Say:
    """Points entered for a criterion that does not apply.

    **What it checks**
    That points are entered only if the criterion, and every group above it, applies. It does not apply if `applies`
    is false or absent. If an `undefined` row leaves it open, nothing is refused: the status says so.

    **Why it matters**
    Entered points that never count would be a lost judgement.

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
        "remove it, or correct the condition",
        notes=(f"it applies where `{formula}`",),
    )


@error("KR607")
def repeated_record(fields: Iterable[str], first: int) -> Say:
    """Duplicate record.

    **What it checks**
    That no two records of a list have equal values in the fields of `unique`.

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
    That the number of records lies between `min_items` and `max_items` (10,000 by default).

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
    """Division by zero.

    **What it checks**
    That the divisor of `/` and of `mod` is not zero.

    **Why it matters**
    The quotient does not exist, and a program must not fill a gap in the regulation.

    **Fails**
    ```yaml
    rate: completed / assigned      # where assigned may be 0
    ```

    **Passes**
    ```yaml
    rate: ratio(completed, assigned, if_zero=0)
    ```
    """
    return Say("a number is divided by zero" + readings, "write the value for this case: `ratio(a, b, if_zero=…)`")


@error("KR621")
def outside_function(reason: str, readings: str) -> Say:
    """Argument outside the domain of a function.

    **What it checks**
    That `sqrt`, `root`, `ln` and `power` get numbers for which they are defined.

    **Why it matters**
    A score can't contain the square root of a negative number.

    **Fails**
    ```yaml
    points: ln(income)              # where income may be 0
    ```

    **Passes**
    ```yaml
    points: ln(max(income, 1))
    ```
    """
    return Say(reason + readings, "keep the argument inside the domain, for example with `max` or `clamp`")


@error("KR622")
def impossible_date(reason: str, readings: str) -> Say:
    """Date that does not exist.

    **What it checks**
    That `date(y, m, d)` is a day that exists.

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
    """Date outside a calendar.

    **What it checks**
    That both dates of `workdays` lie between `from` and `until` of the calendar.

    **Why it matters**
    Outside the calendar no holidays are known, so holidays would count as working days.

    **Fails**
    ```yaml
    points: workdays(due, done, office)   # office ends with 2026, done is in 2027
    ```

    **Passes**
    ```yaml
    calendars: {office: {weekend: [], from: 2026-01-01, until: 2028-01-01}}
    ```
    """
    return Say(reason + readings, "extend the calendar, with the holidays of those days")


@error("KR624")
def outside_scale(reason: str, readings: str) -> Say:
    """Measure outside a scale or table.

    **What it checks**
    That the measured number lies between the ends of a scale, or in a row. That a case of a decision table holds;
    with `unique: true`, only one.

    **Why it matters**
    A line extended beyond its ends gives points that nobody decided on.

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
    remedy = "change the cases: exactly one must hold" if "at once" in reason else "add a case"
    return Say(reason + readings, remedy if is_decided else "extend it, or write `outside: clamp`")


@error("KR625")
def points_out_of_range(reason: str) -> Say:
    """Points outside the limits of a criterion.

    **What it checks**
    That the points lie between `min` and `max`.

    **Why it matters**
    The limits are part of the rule; only the rule may move points to a limit.

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
    """Number that needs too many digits.

    **What it checks**
    That numerators and denominators have at most 32,768 bits.

    **Why it matters**
    Exact numbers can grow without end; the limit keeps assessments fast. A rulebook that could exceed it is refused
    when it is loaded (KR260); the reference engine also checks each number. A query (`kpirules sql`) holds fewer
    numbers: a cell beyond them has this code.

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
    """Assessment that takes too much work.

    **What it checks**
    That an assessment takes at most 1,000,000 units of work, or the `budget=` of `assess`. A step counts one, on
    n-bit numbers ⌈n/256⌉²; an irrational function 100; four rows of a table one.

    **Why it matters**
    A rulebook from an untrusted source can then run without a time limit. One that could exceed the limit is refused
    when it is loaded (KR261); the reference engine also counts the work.

    **Fails**
    ```yaml
    points: sum(power(t.a, t.b) for t in tasks)       # a hundred thousand wide records
    ```

    **Passes**
    ```yaml
    inputs: {tasks: {type: list, max_items: 1000}}
    ```
    """
    return Say(reason + readings, "lower `max_items`, or compute a value once in `let`")


@error("KR640")
def asks_for_its_cohort() -> Say:
    """Subject assessed alone, by a rulebook that compares members.

    **What it checks**
    That a subject of a rulebook with cohort functions is assessed together with the other members.

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
    """Cohort with too many members.

    **What it checks**
    That no cohort has more members than `max_members` of the rulebook's `cohort`.

    **Why it matters**
    The limits on work and number width hold only for cohorts of that size.

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
        f"the cohort{place} has {found:,} members, but only {most:,} are allowed", "raise `max_members` of the cohort"
    )
