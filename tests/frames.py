"""One table and one rulebook for data frames of every library."""

from __future__ import annotations

from typing import Any

from kpirules import Program, assess_table

__all__ = [
    "BY_BATCH",
    "BY_QUERY",
    "RECORDS",
    "ROWS",
    "RULEBOOK",
    "TASKS",
    "TOGETHER",
    "WITH_RECORDS",
    "expected",
    "told",
]

RULEBOOK = """
kpirules: 1
id: demo.frames
inputs:
  done: {type: integer, min: 0, max: 7, column: Work done}
  money: {type: number, min: 0, max: 1000, decimals: 2, optional: true}
  kept: {type: boolean}
  kind: {type: choice, options: [a, b], default: a}
criteria:
  work: {max: 100, rate: done / 7}
  cash: {max: 10, points: '10 if default(money, 0) > 5 and kept else 0'}
score: {round: {places: 1}, band_on: rounded}
bands: {top: {from: 50, label: {vi: Tốt}}, low: {from: 0}}
overrides:
  short: {when: done < 2, band: low}
outputs: {grown: 'round(exp(done), 2)'}
"""

ROWS: dict[str, list[Any]] = {
    "name": ["An", "Bình", "Chi", "Dung"],
    "Work done": [3, 7, 8, 1],
    "money": [None, 5.01, 4.0, 6.0],
    "kept": [True, True, False, True],
}

BY_QUERY = ["status", "score", "band", "points.work"]

BY_BATCH = [*BY_QUERY, "outputs.grown"]


WITH_RECORDS = """
kpirules: 1
inputs:
  tasks: {type: list, max_items: 9, fields: {hours: {type: integer, min: 0, max: 9}}}
outputs: {hours: sum(t.hours for t in tasks)}
"""

TASKS: dict[str, list[Any]] = {"person": ["An", "An", "Chi"], "hours": [3, 4, 10]}

RECORDS = ["outputs.hours"]


TOGETHER = """
kpirules: 1
inputs: {done: {type: integer, min: 0, max: 9}}
criteria: {work: {max: 9, points: done}}
bands: {top: {from: 5}, low: {from: 0}}
cohort:
  quotas:
    third: {band: top, at_most: 1/3, of: all, base: before, round: down, minimum: 0, order: [score], ties: demote,
            demote_to: low}
outputs: {rank: cohort_rank(done)}
"""


def expected(program: Program, columns: list[str]) -> list[dict[str, Any]]:
    """Return the rows as a data frame of Polars has them."""
    import polars as pl

    found = assess_table(program, pl.DataFrame(ROWS), ignore="name", columns=columns, on_error="report").to_dicts()
    assert found[2]["error"].startswith("KR604 `done`")
    return told(found)


def told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with the code and the input of an error only, which every way of rating tells."""
    return [{**row, "error": row["error"] and row["error"][:12]} for row in rows]
