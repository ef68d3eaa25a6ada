"""Tables of drawn subjects that columns and rows must rate alike."""

from __future__ import annotations

from tests.budget import by_budget

from .tables import agree

FIRST = 40_004

RAISING = 60_433
"""Draws a table of cases, every row of which ends the assessment."""


def test_columns_rate_drawn_tables_as_rows_do() -> None:
    tally = agree([RAISING, *range(FIRST, FIRST + by_budget(2, 2_000))], rows=by_budget(6, 12))
    assert tally.differences == []
    assert tally.tables
