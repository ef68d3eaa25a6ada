"""Printed queries on DuckDB against queries on doubles written by hand.

    python -m tests.benchmarks.queries [ROWS]

Prints seconds, ratios in one run, of the clock and of the time of all processors, which is steady on a busy machine,
and how many bands of the doubles are wrong.
"""

from __future__ import annotations

import sys
from time import perf_counter, process_time
from typing import Any

import duckdb
import polars as pl

from .by_hand import GROUPS, LOOKUP
from .nutriscore_by_hand import query_by_hand
from .tables import TERMS, Contest, contests

__all__ = ["main", "run"]


def _half_up(value: str) -> str:
    return f"(CASE WHEN {value} >= 0 THEN FLOOR({value} * 100 + 0.5::DOUBLE) ELSE -FLOOR(0.5::DOUBLE - {value} * 100) END / 100)"


def _ten_by_hand() -> str:
    terms = ", ".join(f"LEAST(GREATEST(10 * a{n} / b{n}::DOUBLE, -10), 10)::DOUBLE AS t{n}" for n in range(TERMS))
    score = " + ".join(_half_up(f"t{n}") for n in range(TERMS))
    bands = "".join(
        f" WHEN score >= {limit} THEN '{band}'" for band, limit in zip("abcd", (60, 30, 0, -30), strict=True)
    )
    return (
        f"WITH terms AS (SELECT nth, {terms} FROM people), total AS (SELECT nth, {score} AS score FROM terms) "
        f"SELECT nth, score, CASE{bands} ELSE 'e' END AS band FROM total"
    )


def _weighted_by_hand() -> str:
    points, groups = [], []
    for _, (group, id1, id2, id3, id4, id5, _, actual1, plan1, actual2, plan2, late) in GROUPS:
        for id_, actual, plan in ((id1, actual1, plan1), (id2, actual2, plan2)):
            points.append(f"LEAST({actual} / {plan}, 1.2::DOUBLE) / 1.2::DOUBLE * 100 AS p_{id_}")
        points.append(
            f"CASE WHEN {id3} <= 5 THEN 100 - 2 * {id3} WHEN {id3} <= 20 THEN 90 - ({id3} - 5) * 10 / 3 "
            f"WHEN {id3} <= 50 THEN 40 - ({id3} - 20) * 4 / 3 ELSE 0 END AS p_{id3}"
        )
        steps = f"CASE WHEN {id4} >= 95 THEN 100 WHEN {id4} >= 90 THEN 80 WHEN {id4} >= 80 THEN 60 WHEN {id4} >= 70 THEN 40 ELSE 0 END"
        found = "".join(f" WHEN '{option}' THEN {value}" for option, value in LOOKUP.items())
        groups.append(
            f"0.25::DOUBLE * {_half_up(f'p_{id1}')} + 0.2::DOUBLE * {_half_up(f'p_{id2}')}"
            f" + 0.2::DOUBLE * {_half_up(f'p_{id3}')} + 0.15::DOUBLE * {steps}"
            f" + 0.1::DOUBLE * CASE {id5}{found} ELSE 0 END"
            f" + 0.1::DOUBLE * GREATEST(100 - 12.5::DOUBLE * {late}, 0) AS g_{group}"
        )
    total = " + ".join(f"{weight}::DOUBLE * g_{group}" for weight, (group, *_) in GROUPS)
    return (
        f"WITH points AS (SELECT *, {', '.join(points)} FROM people), "
        f"groups AS (SELECT *, {', '.join(groups)} FROM points), total AS (SELECT *, {total} AS total FROM groups), "
        f"scored AS (SELECT *, {_half_up('total')} AS score FROM total), "
        "placed AS (SELECT *, CASE WHEN score >= 90 AND g_growth >= 85 THEN 0 WHEN score >= 70 THEN 1 "
        "WHEN score >= 50 THEN 2 ELSE 3 END AS place FROM scored), "
        "last AS (SELECT *, CASE WHEN reprimanded AND place < 2 THEN 2 ELSE place END AS last FROM placed) "
        "SELECT nth, score, CASE last WHEN 0 THEN 'excellent' WHEN 1 THEN 'good' WHEN 2 THEN 'fair' ELSE 'poor' END AS band FROM last"
    )


ROUNDS = 5
"""How often each query runs; the least time counts."""


def run(contest: Contest, rows: int, by_hand: str, *, are_decimals: bool = False) -> str:
    """Return a line of what was measured.

    Args:
        contest: the rules and the first rows of the table.
        rows: of the table, which repeats the first ones.
        by_hand: the same rules as a query on doubles.
        are_decimals: whether doubles of the table become decimals, with two places.
    """
    with duckdb.connect() as connection:
        cells = pl.selectors.float().cast(pl.Decimal(18, 2)) if are_decimals else pl.all()
        first = contest.table.with_columns(cells)
        connection.register("given", pl.concat([first] * (rows // len(first))))
        connection.execute("CREATE TABLE people AS SELECT row_number() OVER () AS nth, * FROM given")
        connection.unregister("given")
        rated = contest.program.sql(dialect="duckdb", table="people", key="nth", columns=["score", "band"])
        # Both queries write as many columns.
        query = f"SELECT nth, score, band, error FROM ({rated.rstrip().rstrip(';')})"
        times = [(_asked(connection, "exact", query), _asked(connection, "floats", by_hand)) for _ in range(ROUNDS)]
        exact, floats = (tuple(map(min, zip(*found, strict=True))) for found in zip(*times, strict=True))
        both = "FROM exact JOIN floats USING (nth)"
        ((wrong, errors),) = connection.execute(
            f"SELECT COUNT(*) FILTER (exact.band <> floats.band), COUNT(error) {both}"
        ).fetchall()
    clock, work = (x / y for x, y in zip(exact, floats, strict=True))
    return (
        f"{contest.name}{' as decimals' * are_decimals}: {rows} rows, printed {exact[0]:.2f} s, "
        f"doubles by hand {floats[0]:.2f} s ({clock:.1f}×, of processors {work:.1f}×); "
        f"{wrong} bands of the doubles are wrong, {errors} errors"
    )


def _asked(connection: Any, table: str, query: str) -> tuple[float, float]:
    """Make a table of a query; return the seconds of the clock and of the processors."""
    start, work = perf_counter(), process_time()
    connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM ({query.rstrip().rstrip(';')})")
    return perf_counter() - start, process_time() - work


def main(rows: int) -> None:
    """Print what was measured.

    Args:
        rows: of each table, a multiple of 2,000.
    """
    queries = {"ten": _ten_by_hand, "weighted30": _weighted_by_hand, "Nutri-Score": query_by_hand}
    for contest in contests(2_000):
        if contest.records is not None:
            continue  # steps on its records are too wide for DuckDB
        (by_hand,) = (query() for name, query in queries.items() if contest.name.startswith(name))
        print(run(contest, rows, by_hand), flush=True)
        if contest.name == "ten terms, floats":
            print(run(contest, rows, by_hand, are_decimals=True), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
