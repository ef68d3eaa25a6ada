"""The columns that a query returns: the results, and the problem of a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..integers import FALSE, TRUE, Refusal, Result
from .cells import EPOCH, Reading
from .dialects import Dialect
from .numbers import decimal_text, places_of
from .terms import Terms
from .wanted import Wanted

__all__ = ["choice_of", "missing_value", "of_cells", "problems", "refused", "shown"]

FAULTS = {
    "division": ("KR620", "a division by zero"),
    "domain": ("KR621", "a number that a function does not take"),
    "date": ("KR622", "a date that does not exist"),
    "calendar": ("KR623", "a day outside its calendar"),
    "scale": ("KR624", "a value outside its scale"),
    "no_case": ("KR624", "a value outside its scale"),
    "several": ("KR624", "a value outside its scale"),
    "points": ("KR625", "points outside its limits"),
    "width": ("KR630", "a number that is too wide"),
    "work": ("KR631", "too much work"),
    "validation": ("KR605", "the validation does not hold"),
    "open": ("KR605", "it reads an undefined row; `kpirules assess` gives the status `undefined`"),
    "entered": ("KR606", "points are given where it does not apply, or missing where it does"),
}
"""The code and the words of a refusal, by kind."""


def problems(
    terms: Terms,
    wanted: Wanted,
    read: Reading,
    listed: Sequence[tuple[str, str]],
    compared: Sequence[tuple[str, str]] = (),
) -> Iterator[tuple[str, str]]:
    """Yield the problems of a row: the condition under which each holds, and the expression of its text.

    Args:
        terms: the expressions so far.
        wanted: the results.
        read: how its cells are read.
        listed: the problems of its records.
        compared: the faults of the values that it is compared by.
    """
    yield from of_cells(terms, read)
    for asked, text in listed:
        yield asked, terms.text_literal(text)
    # An exemption needs what it reads, and then nothing else is needed.
    for one in read.missing:
        if flag := wanted.asked.get(one.name, FALSE):
            needed = one.asked if flag == TRUE else f"{one.asked} AND {terms.within(flag, 4)}"
            yield needed, terms.text_literal(one.text())
    yield from (refused(terms, refusal) for refusal in wanted.refusals if refusal.is_early)
    is_early = terms.program.is_early
    for one in read.missing:
        if wanted.asked.get(one.name) != TRUE:
            needed = one.asked if is_early == FALSE else f"{one.asked} AND NOT {terms.within(is_early, 9)}"
            yield needed, terms.text_literal(one.text())
    yield from compared
    yield from (refused(terms, refusal) for refusal in wanted.refusals if not refusal.is_early)


def of_cells(terms: Terms, read: Reading) -> Iterator[tuple[str, str]]:
    """Yield the problems of cells that are not valid, as `problems` does.

    Args:
        terms: the expressions so far.
        read: how the cells are read.
    """
    for found in read.wrong:
        *cases, last = found
        branches = "".join(f" WHEN {one.asked} THEN {terms.text_literal(one.text())}" for one in cases)
        yield last.asked, f"CASE{branches} ELSE {terms.text_literal(last.text())} END"
    for one in read.invalid:
        yield one.asked, terms.text_literal(one.text())


def choice_of(found: Sequence[tuple[str, str]]) -> str:
    """Return the text of the first problem that a row has, else NULL.

    Args:
        found: the condition and the text of each problem.
    """
    return f"CASE{''.join(f' WHEN {asked} THEN {text}' for asked, text in found)} END"


def refused(terms: Terms, refusal: Refusal) -> tuple[str, str]:
    """Return the condition of a refusal, and the expression of its text.

    Args:
        terms: the expressions so far.
        refusal: the reason why a row has no rating.
    """
    code, text = FAULTS[refusal.kind]
    return terms.within(refusal.flag, 0), terms.text_literal(f"{code} {refusal.path}: {text}")


def missing_value(dialect: Dialect, kind: str) -> str:
    """Return a missing result.

    Args:
        dialect: the forms of the database.
        kind: of the result.
    """
    types = {"boolean": dialect.boolean, "date": dialect.day_type, "number": dialect.integer}
    return dialect.no_text if kind == "text" else f"CAST(NULL AS {types[kind]})"


def shown(terms: Terms, result: Result, problem: str, is_open: str = "") -> str:
    """Return a result as a value of the database; NULL if it is absent or the row is not valid.

    Args:
        terms: the expressions so far.
        result: the result.
        problem: the column with the problem of a row, or empty.
        is_open: the condition under which it is left open, or empty.
    """
    asked = [f"{problem} IS NULL"] if problem else []
    asked += [f"NOT ({is_open})"] if is_open else []
    asked += [terms.within(result.given, 3)] if result.given != TRUE else []
    if result.given == FALSE:
        asked = [terms.flag_literal(False)]
    value = _value(terms, result)
    return f"CASE WHEN {' AND '.join(asked)} THEN {value} END" if asked else value


def _value(terms: Terms, result: Result) -> str:
    match result.kind:
        case "boolean":
            expression = terms.within(result.value, 0)
            return expression if terms.dialect.has_booleans else f"CASE WHEN {expression} THEN 1 ELSE 0 END"
        case "text":
            return _words(terms, result.value)
        case "date":
            days = terms.within(result.value, 6)
            return terms.dialect.date.format(x=f"({days} - {EPOCH})")
    below = terms.program.steps[result.denominator]
    value = terms.within(result.value, 9)
    if terms.is_small(result.value):
        value = terms.as_integer(terms.within(result.value, 0))
    if below.low == below.high == 1:
        return value
    places = places_of(below.low) if below.operation == "constant" else None
    if places is None:
        over = terms.dialect.double.format(x=terms.within(result.denominator, 0))
        return f"{terms.dialect.double.format(x=terms.within(result.value, 0))} / {over}"
    step = terms.program.steps[result.value]
    most = max(abs(step.low), abs(step.high)) // below.low
    factor = Fraction(1, below.low)
    return terms.dialect.decimal.format(
        x=value,
        factor=decimal_text(factor),
        factor_digits=places + 1,
        places=places,
        digits=len(str(most)) + places,
        numerator=1,
        denominator=below.low,
    ).replace(" * 1 / ", " / ")


def _words(terms: Terms, number: int) -> str:
    """Return an expression for the text whose number a step gives."""
    step = terms.program.steps[number]
    if step.operation == "constant":
        return terms.text_literal(terms.program.texts[step.low])
    if step.operation == "select" and number not in terms.columns:
        asked, texts, last = [], [], number
        while terms.program.steps[last].operation == "select" and last not in terms.columns:
            flag, then, last = terms.program.steps[last].operands
            asked.append(flag)
            texts.append(_words(terms, then))
        chosen = zip(terms.conditions(asked), texts, strict=True)
        return (
            "CASE" + "".join(f" WHEN {one} THEN {text}" for one, text in chosen) + f" ELSE {_words(terms, last)} END"
        )
    cases = "".join(
        f" WHEN {code} THEN {terms.text_literal(terms.program.texts[code])}"
        for code in range(max(step.low, 0), min(step.high, len(terms.program.texts) - 1) + 1)
    )
    return f"CASE {terms.within(number, 9)}{cases} END"
