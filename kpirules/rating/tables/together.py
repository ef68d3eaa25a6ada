"""Rates the rows of a data frame that are compared, or share quotas, by columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import KpirulesError
from ..assessing.allocating import member_label
from .column_form import NoColumnForm
from .comparing import Together, ready_to_rate
from .groups import NotByColumns, alike, merged_by_value
from .moving import moved
from .quotas import Members, allocated, order_columns
from .series import row_numbers
from .sheet import Found, Sheet

if TYPE_CHECKING:
    from ...engines.columns.rating import Rated
    from ...engines.integers import IntegerProgram

__all__ = ["rated_together"]

MOST_ATTEMPTS = 5
"""Attempts at most: one by the rows alone, one by each kind of comparison, one by ratings, and one by quotas."""


def rated_together(sheet: Sheet, unread: list[int]) -> tuple[Found, list[int]]:
    """Return the ratings of cohorts, and the rows of those that must be rated one by one.

    Args:
        sheet: the table.
        unread: the rows with a cell that columns can't read.
    """
    rows: Sequence[int] = range(len(sheet.frame))
    others: list[int] = []
    cohort_of: list[int] = []
    for _ in range(MOST_ATTEMPTS):
        part = sheet.of(row_numbers(rows, sheet.frame)) if others else sheet
        try:
            if unread and not others:
                raise NotByColumns(unread)
            found = _of_cohorts(part)
        except NotByColumns as refused:
            cohort_of = cohort_of or _cohorts(sheet, unread)
            broken = {cohort_of[rows[i]] for i in refused.rows} if cohort_of else set()
            left = [i for i in rows if cohort_of[i] not in broken] if broken else []
            if not left:
                break
            others += [i for i in rows if cohort_of[i] in broken]
            rows = left
        except NoColumnForm:
            if not others:
                raise
            break  # the lists of the remaining rows may all be empty, and then tell no type
        else:
            return [(_indexes(rows, own), columns) for own, columns in found], sorted(others)
    return [], list(range(len(sheet.frame)))


def _indexes(rows: Sequence[int], own: Iterable[int]) -> Iterable[int]:
    """Return the indexes in the table of some rows of a part."""
    return own if isinstance(rows, range) else [rows[i] for i in own]


def _cohorts(sheet: Sheet, unread: list[int]) -> list[int]:
    """Return the number of each row's cohort; empty if an error has to be reported for all cohorts."""
    cohort, count = sheet.program.rulebook.cohort, len(sheet.frame)
    if cohort is None or not count:
        return []
    for name in (sheet.inputs[id_] for id_ in cohort.within if id_ in sheet.inputs):
        missing = sheet.frame[name].is_null().to_list() if unread else []
        if any(missing[i] for i in unread):
            return []  # a cell that columns can't read is missing here, and its row may be of any cohort
    same = alike(sheet.frame, sheet.inputs, cohort.within, range(count))
    try:
        groups = merged_by_value(sheet.program, cohort.within, same, Members(sheet, {}).given)
    except KpirulesError:
        return []
    if max(map(len, groups)) > cohort.max_members:
        return []
    found = [0] * count
    for number, group in enumerate(groups):
        for i in group:
            found[i] = number
    return found


def _of_cohorts(sheet: Sheet) -> Found:
    """Return the ratings of all rows.

    Raises:
        NotByColumns: if columns can't rate a cohort.
    """
    program, rows = sheet.program, range(len(sheet.frame))
    together = _compared(sheet) if program.is_compared else Together(program.integers, sheet.frame, sheet.inputs)
    is_allocated = program.has_quotas and sheet.asked.is_allocated
    exact = order_columns(program, together.integers) if is_allocated else []
    rated = sheet.rated_together(together, [*sheet.results, *(["band", *exact] if is_allocated else [])])
    if program.is_compared and rated.refused:
        raise NotByColumns(rated.refused)
    found: Found = [(rows, sheet.series(program, rated))]
    if is_allocated:
        members = Members(sheet, together.known)
        try:
            found += moved(sheet, together, members, rated, allocated(members, rated, exact))
        except KpirulesError as error:
            raise NotByColumns(_rows_of(error, rows)) from None
    return found


def _rows_of(error: KpirulesError, rows: range) -> list[int]:
    """Return the rows that an error of quotas is about."""
    named = {member_label(Members.name_of(i)): i for i in rows}
    return [named[one.subject] for one in error.report if one.subject in named]


def _compared(sheet: Sheet) -> Together:
    """Return compared rows, ready to be rated."""

    def rate(integers: IntegerProgram, frame: Any, inputs: Mapping[str, str], results: Sequence[str]) -> Rated:
        return sheet.rated_together(Together(integers, frame, inputs), results)

    return ready_to_rate(sheet.program, sheet.frame, sheet.inputs, Members(sheet, {}).given, rate)
