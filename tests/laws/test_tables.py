"""Laws of `assess_table` where rows share quotas: it rates as `assess_cohort` does, cohort by cohort."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from kpirules import assess_cohort, assess_table, loads

HEAD = """
kpirules: 1
id: demo.shared
inputs:
  unit: {type: choice, options: [a, b, c]}
  team: {type: integer, min: 0, max: 1}
  x: {type: integer, min: 0, max: 9}
criteria: {work: {max: 9, points: x}}
bands: {top: {from: 6}, good: {from: 3}, low: {from: 0}}
"""
QUOTAS = """
  quotas:
    few: {band: top, at_most: 40%, of: all, base: before, round: down, minimum: 0, order: [score], ties: undecided,
      demote_to: good, within: [team]}
    half: {band: good, at_most: 50%, of: all, base: before, round: up, minimum: 1, order: [score], ties: keep,
      demote_to: low}
"""
SHARED = loads(f"{HEAD}cohort:\n  within: [unit]\n{QUOTAS}")
COMPARED = loads(f"{HEAD}outputs: {{rank: cohort_rank(x)}}\ncohort:\n  within: [unit]\n{QUOTAS}")

ROWS = st.lists(
    st.fixed_dictionaries({"unit": st.sampled_from("abc"), "team": st.integers(0, 1), "x": st.integers(0, 9)}),
    min_size=1,
    max_size=12,
)
PROGRAMS = st.sampled_from([SHARED, COMPARED])
KINDS = {"rows": list, "pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.Table.from_pylist}


def told(rated: Any) -> list[tuple[Any, Any]]:
    """Return the status and band of each row of any kind of table."""
    if isinstance(rated, pa.Table):
        rated = rated.to_pylist()
    if isinstance(rated, pl.DataFrame):
        rated = rated.to_dicts()
    if isinstance(rated, pd.DataFrame):
        rated = rated.astype(object).where(rated.notna(), None).to_dict("records")
    return [(row["status"], row["band"]) for row in rated]


@given(PROGRAMS, ROWS, st.sampled_from(sorted(KINDS)), st.booleans())
def test_a_table_is_rated_as_its_cohort(program: Any, rows: list[dict[str, Any]], kind: str, allocate: bool) -> None:
    found = assess_cohort(program, rows, is_allocated=allocate)
    rated = assess_table(program, KINDS[kind](rows), allocate=allocate)
    assert told(rated) == [(one.status, one.band) for one in found.values()]


@given(PROGRAMS, ROWS, st.data())
def test_an_invalid_row_leaves_its_cohort_unrated_and_no_other(
    program: Any, rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    unit = rows[place]["unit"]
    others = [row for row in rows if row["unit"] != unit]
    expected = iter(assess_cohort(program, others).values())
    broken = [row | {"x": 10} if number == place else row for number, row in enumerate(rows)]
    for row, rated in zip(broken, assess_table(program, broken, on_error="report"), strict=True):
        if row["unit"] == unit:
            assert (rated["status"], rated["score"], rated["band"]) == (None, None, None)
            assert rated["error"].startswith("KR604" if row["x"] == 10 else "KR857")
        else:
            one = next(expected)
            assert (rated["status"], rated["band"], rated["error"]) == (one.status, one.band, None)


@given(PROGRAMS, ROWS, st.data())
def test_a_row_without_its_cohort_leaves_all_unrated(
    program: Any, rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    broken = [row | {"unit": "?"} if number == place else row for number, row in enumerate(rows)]
    assert {status for status, _ in told(assess_table(program, broken, on_error="report"))} == {None}


@given(PROGRAMS, ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_means_nothing(program: Any, rows: list[dict[str, Any]], random: Any) -> None:
    rated = told(assess_table(program, rows))
    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = told(assess_table(program, [rows[place] for place in order]))
    assert shuffled == [rated[place] for place in order]
