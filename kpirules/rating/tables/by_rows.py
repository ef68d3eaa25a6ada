"""Rates the rows of a table one by one, or together where the rulebook compares them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...diagnostics import Diagnostic, Report
from ...diagnostics.report import MOST_REPORTED, cut_short
from ...errors import FaultError, KpirulesError, SubjectError
from ...record import Assessment
from ..assessing import assess
from ..assessing.together import (
    COHORT_IN_ERROR,
    CohortMember,
    Outcome,
    is_rated_together,
    known_cohort,
    rate_together,
)
from ..program import Program
from .asked import ERROR, Asked, Joined, place_of

__all__ = ["member_names", "values_of"]


def values_of(
    asked: Asked,
    program: Program,
    numbered: list[tuple[int, dict[str, Any]]],
    names: Sequence[str],
    joined: Joined,
    engine: str,
) -> list[dict[str, Any]]:
    """Return the values of the columns to add for some rows of a table.

    Args:
        program: the rules.
        numbered: the rows with their indexes.
        names: the names of all rows of the table.
        joined: records by row.
        engine: as for `assess`.
    """
    found: list[dict[str, Any]] = []
    problems: list[Diagnostic] = []
    reported: dict[int, Diagnostic] = {}
    has_invalid = False
    outcomes = _outcomes(asked, program, numbered, names, joined, engine)
    for (number, row), outcome in zip(numbered, outcomes, strict=False):
        if isinstance(outcome, Assessment):
            found.append({column.name: column.of(outcome) for column in asked.columns})
            continue
        message = " · ".join(
            f"{diagnostic.code} {diagnostic.message}" + (f" ({diagnostic.help})" if diagnostic.help else "")
            for diagnostic in outcome
        )
        found.append(
            {column.name: None for column in asked.chosen} | ({ERROR: message} if asked.keeps_errors else {})
        )
        if not asked.keeps_errors:
            # The row that leaves others unrated has the reason.
            own = [
                diagnostic
                for diagnostic in outcome
                if diagnostic.code != COHORT_IN_ERROR and id(diagnostic) not in reported
            ]
            # A diagnostic about a whole cohort is the same object in each of its rows.
            reported |= {id(diagnostic): diagnostic for diagnostic in own}
            has_invalid |= any(diagnostic.span is None for diagnostic in own)
            problems += [_of_row(diagnostic, number, row, asked.key) for diagnostic in own]
            if len(problems) >= MOST_REPORTED:
                if number + 1 < len(names):
                    cut_short(problems, place_of(number, row, asked.key))
                break
    if problems:
        raise (SubjectError if has_invalid else FaultError)(Report(tuple(problems)))
    return found


def _outcomes(
    asked: Asked,
    program: Program,
    numbered: list[tuple[int, dict[str, Any]]],
    names: Sequence[str],
    joined: Joined,
    engine: str,
) -> Iterator[Outcome]:
    """Yield the outcome of each row."""
    if not is_rated_together(program, is_allocated=asked.is_allocated):
        for _, row in numbered:
            try:
                yield assess(program, asked.given(row, joined), engine=engine)
            except KpirulesError as refusal:
                yield refusal.report
        return
    members = []
    for number, row in numbered:
        given = asked.given(row, joined)
        cohort = known_cohort(program, given)
        members.append(CohortMember(names[number], program, given, cohort, cohort))
    rate_together(program, members, is_allocated=asked.is_allocated)
    yield from (member.outcome for member in members)


def member_names(asked: Asked, rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return the names of the rows of a table for quotas: their keys if unique, else their indexes.

    Args:
        asked: the options of the table.
        rows: all rows, of which only the columns of the key are read.
    """
    names = [", ".join(map(str, asked.key_of(row))) for row in rows]
    return names if len(set(names)) == len(names) else [f"rows[{number}]" for number in range(len(rows))]


def _of_row(diagnostic: Diagnostic, number: int, row: Mapping[str, Any], key: tuple[str, ...]) -> Diagnostic:
    """Return a diagnostic about a row."""
    return diagnostic.about(place_of(number, row, key))
