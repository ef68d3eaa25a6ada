"""Checks of step tables, scales, thresholds and options: gaps and unreachable rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, expression, scoring
from ...diagnostics.report import MOST_SUGGESTIONS
from ...kernel.exact import to_text
from ...language.expressions import UNKNOWN, Type
from ...language.model import Cases, Interval, Lookup, Measure, Row, Shape, Steps, Thresholds
from .facts import Facts
from .line import EVERY_NUMBER, Line, line_of_measure, stretches

__all__ = ["check_rows", "row_in_words"]


def check_rows(facts: Facts) -> Iterator[Diagnostic]:
    """Check the tables of criteria and of the rulebook."""
    for criterion in facts.rulebook.criteria():
        if isinstance(criterion.body, Measure):
            at = At(criterion.words.span, criterion.words.path)
            line = line_of_measure(facts.rulebook, criterion.body.measure)
            measure_type = facts.measures.get(criterion.id, UNKNOWN)
            yield from _check_shape(criterion.body.shape, at, f"`{criterion.id}`", line, measure_type)
    for table in facts.rulebook.tables:
        at = At(table.words.span, table.words.path)
        if isinstance(table.shape, Cases):
            continue
        yield from _check_shape(table.shape, at, f"the table `{table.id}`", EVERY_NUMBER, table.takes)


def _check_shape(shape: Shape, at: At, what: str, line: Line, measure_type: Type) -> Iterator[Diagnostic]:
    match shape:
        case Steps(rows=rows):
            yield from _check_steps(rows, at, what, line)
        case Thresholds():
            yield from _check_thresholds(shape, at, what)
        case Lookup(rows=rows):
            yield from _check_options(rows, at, what, measure_type)


def _check_steps(rows: tuple[Row, ...], at: At, what: str, line: Line) -> Iterator[Diagnostic]:
    reached: set[int] = set()
    intervals = [_interval(row) for row in rows]
    for index, stretch in stretches(line, intervals, lambda holding: holding[0] if holding else None):
        if index is None:
            yield scoring.uncovered(at, what, str(stretch), to_text(stretch.witness))
        else:
            reached.add(index)
    for index, row in enumerate(rows):
        if index not in reached:
            place = At(row.words.span or at.span, row.words.path or at.path)
            yield scoring.unreachable_row(place, what, row_in_words(row))


def _interval(row: Row) -> Interval:
    """Return the numbers for which a row holds."""
    if row.equals is not None:
        return Interval(row.equals.value, False, row.equals.value, False)
    low = None if row.lower is None else row.lower.value
    high = None if row.upper is None else row.upper.value
    return Interval(low, row.is_lower_open, high, row.is_upper_open)


def row_in_words(row: Row) -> str:
    """Return the condition of a row as the rulebook writes it."""
    if row.equals is not None:
        return f"equals {to_text(row.equals.value)}"
    ends = []
    if row.lower is not None:
        ends.append(f"{'above' if row.is_lower_open else 'from'} {to_text(row.lower.value)}")
    if row.upper is not None:
        ends.append(f"{'below' if row.is_upper_open else 'to'} {to_text(row.upper.value)}")
    return " ".join(ends)


def _check_thresholds(shape: Thresholds, at: At, what: str) -> Iterator[Diagnostic]:
    values = [threshold.value for threshold in shape.thresholds]
    pairs = tuple(pairwise(values))
    if len(set(values)) < len(values):
        twice, _ = Counter(values).most_common(1)[0]
        yield scoring.thresholds_out_of_order(at, what, f"{to_text(twice)} is repeated")
    elif not (all(a < b for a, b in pairs) or all(a > b for a, b in pairs)):
        yield scoring.thresholds_out_of_order(at, what, "they neither rise nor fall")


def _check_options(rows: tuple[Row, ...], at: At, what: str, measure_type: Type) -> Iterator[Diagnostic]:
    if measure_type.kind not in ("choice", "boolean", "string"):
        return
    options: tuple[str | bool, ...] = (True, False) if measure_type.kind == "boolean" else measure_type.options
    known, words = frozenset(options), tuple(map(_word, options))
    written = {row.option for row in rows if row.option is not None}
    found = 0
    for row in rows:
        if row.option is not None and row.option not in known:
            place = At(row.words.span or at.span, row.words.path or at.path)
            yield expression.unknown_option(place, _word(row.option), words if found < MOST_SUGGESTIONS else None)
            found += 1
    missing = [_word(option) for option in options if option not in written]
    rest = next((row for row in rows if row.is_rest), None)
    if rest is None and missing:
        yield scoring.lookup_incomplete(at, what, missing)
    # A table for any choice with its options can't know the other options.
    if rest is not None and not missing and measure_type.kind != "string":
        place = At(rest.words.span or at.span, rest.words.path or at.path)
        yield scoring.unreachable_row(place, what, "else")


def _word(option: str | bool) -> str:
    return str(option).lower() if isinstance(option, bool) else option
