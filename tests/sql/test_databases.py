"""Printed queries, run by DuckDB and SQLite: the values of the scalar engine, exactly."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from itertools import product
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import kpirules as kr
from kpirules.testing.engines import Database, is_same, opened
from tests.budget import by_budget, some
from tests.examples.test_tables import EXAMPLES
from tests.shipped import shipped
from tests.sql.agreeing import BY_QUERY, example_differences
from tests.sql.comparing import differences, shown
from tests.sql.drawn import agree

FIRST = 70_000

DRAWN = {"duckdb": by_budget(2, 2_000), "sqlite": by_budget(2, 300)}


@pytest.fixture(scope="module", params=["duckdb", "sqlite"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with opened(request.param) as found:
        yield found


@pytest.mark.parametrize("name", some(BY_QUERY, 5))
def test_the_cases_of_an_example_are_rated_alike(name: str, database: Database) -> None:
    assert example_differences(database, name) == []


def test_quotients_by_one_total_are_added_over_it() -> None:
    program = shipped(EXAMPLES / "nd335/staff.kpi.yaml").part()
    with opened("duckdb") as database:
        assert {"status", "band"} <= set(shown(program, database.name))
        assert example_differences(database, "nd335/staff") == []


def test_drawn_tables_are_rated_alike(database: Database) -> None:
    count = DRAWN[database.name]
    printed, found = agree(database, range(FIRST, FIRST + count), rows=by_budget(6, 12))
    assert found == []
    assert printed


FLAGGED = """
kpirules: 1
inputs: {warned: {type: boolean}, done: {type: integer, min: 0, max: 9}}
criteria: {work: {max: 9, points: '0 if warned else done'}}
"""


def test_a_number_is_a_condition_only_if_it_is_0_or_1(database: Database) -> None:
    query = kr.loads(FLAGGED).sql(dialect=database.name, table="people", key="person", columns=["score"])
    columns = {"person": "integer", "warned": "integer", "done": "integer"}
    rows = database.run({"people": (columns, [(1, 0, 7), (2, 1, 7), (3, 2, 7), (4, -1, 7)])}, query)
    found = {row["person"]: row["error"] and row["error"][:5] for row in rows}
    assert found == {1: None, 2: None, 3: "KR604", 4: "KR604"}


def test_a_quotient_of_small_numbers_does_not_overflow(database: Database) -> None:
    rules = """
    kpirules: 1
    inputs: {a: {type: integer, min: -1000000000, max: 1000}, k: {type: choice, options: [x, y]}}
    tables: {t: {lookup: {x: 7600, y: 950}}}
    outputs: {q: floor(a * 7 / t(k))}
    """
    query = kr.loads(rules).sql(dialect=database.name, table="people", key="a")
    rows = database.run({"people": ({"a": "integer", "k": "text"}, [(-999_999_999, "x"), (-5, "y")])}, query)
    assert {row["a"]: row["outputs.q"] for row in rows} == {-999_999_999: -921_053, -5: -1}


def test_a_text_is_no_condition() -> None:
    query = kr.loads(FLAGGED).sql(dialect="sqlite", table="people", key="person", columns=["score"])
    columns = {"person": "integer", "warned": "text", "done": "integer"}
    with opened("sqlite") as database:
        rows = database.run({"people": (columns, [(1, "1", 7)])}, query)
    assert [row["error"][:5] for row in rows] == ["KR604"]


def test_a_condition_is_no_number() -> None:
    query = kr.loads(FLAGGED).sql(dialect="duckdb", table="people", key="person", columns=["score"])
    columns = {"person": "integer", "warned": "boolean", "done": "boolean"}
    with opened("duckdb") as database:
        rows = database.run({"people": (columns, [(1, False, True)])}, query)
    assert [row["error"][:5] for row in rows] == ["KR604"]


@pytest.mark.parametrize(
    ("people", "tasks", "expected"),
    [
        ("TEXT COLLATE NOCASE", "TEXT", {"An": 1, "AN": 2, "B": 0}),
        ("TEXT", "TEXT COLLATE NOCASE", {"An": 1, "AN": 2, "B": 0}),
        ("BIGINT", "TEXT", {1: 0, 2: 0}),
        ("TEXT", "BIGINT", {"1": 0, "2": 0}),
        ("BIGINT", "DOUBLE", {1: 1, 2: 2}),
    ],
)
@pytest.mark.parametrize("name", ["duckdb", "sqlite"])
def test_records_are_joined_by_code_points_and_a_text_is_no_number(
    name: str, people: str, tasks: str, expected: dict[Any, int]
) -> None:
    rules = """
    kpirules: 1
    inputs:
      tasks: {type: list, max_items: 4, fields: {hours: {type: integer, min: 0, max: 9}}}
    criteria: {work: {max: 36, points: sum(t.hours for t in tasks)}}
    """
    text = kr.loads(rules).sql(dialect=name, table="people", key="person", records={"tasks": "tasks"})
    database: Any = duckdb.connect() if name == "duckdb" else sqlite3.connect(":memory:")
    with closing(database):
        database.execute(f"CREATE TABLE people (person {people})")
        database.execute(f"CREATE TABLE tasks (person {tasks}, hours INTEGER)")
        is_text = "An" in expected
        keys, given = ("An", "AN", "B") if is_text else (1, 2), ("An", "AN", "b") if is_text else (1, 2, 3)
        database.executemany("INSERT INTO people VALUES (?)", [(one,) for one in keys])
        database.executemany("INSERT INTO tasks VALUES (?, ?)", list(zip(given, (1, 2, 4), strict=False)))
        assert {person: score for person, _, score, *_ in database.execute(text).fetchall()} == expected


@pytest.mark.parametrize("type_", ["INTEGER", "REAL", "TEXT", ""])
def test_a_number_is_no_text_whatever_the_column_is(type_: str) -> None:
    program = kr.loads("""
    kpirules: 1
    inputs: {grade: {type: choice, options: ["1", "2"]}, note: {type: text, max_length: 3}}
    outputs: {is_first: grade == '1', is_seventh: note == '7'}
    """)
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE TABLE people (grade {type_}, note {type_})")
        database.executemany("INSERT INTO people VALUES (?, ?)", [("1", 7), (1, "7"), ("2", b"7"), ("1", "7")])
        rows = database.execute("SELECT * FROM people").fetchall()
        names = ["outputs.is_first", "outputs.is_seventh"]
        found = database.execute(program.sql(dialect="sqlite", table="people", columns=names)).fetchall()
    given = [dict(zip(("grade", "note"), row, strict=True)) for row in rows]
    expected = kr.assess_table(program, given, columns=names, on_error="report", engine="reference")
    for (*_, is_first, is_seventh, error), one in zip(found, expected, strict=True):
        assert (is_first, is_seventh, error is None) == (*(one[name] for name in names), one["error"] is None)


EXEMPTED = """
kpirules: 1
inputs:
  a: {type: integer, min: 0, max: 9}
  b: {type: integer, min: 0, max: 9}
  c: {type: boolean}
  g: {type: choice, options: [x, y], optional: true}
  done: {type: integer, min: 0, max: 9}
let: {q: a + b}
exemptions:
  first: {when: not c and (q > 5 and b > 3), status: on_leave}
  second: {when: "10 / b > 3 or c and a > 0 or given(g) and g == 'y'", status: departed}
criteria: {work: {max: 9, points: done}}
"""


def test_an_exemption_needs_only_what_it_reads(database: Database) -> None:
    program = kr.loads(EXEMPTED)
    cells: dict[str, list[Any]] = {
        "a": [None, 1, 7],
        "b": [None, 0, 4, 99],
        "c": [None, True, False],
        "g": [None, "x", "y"],
        "done": [None, 2],
    }
    kinds = {"row": "integer", "a": "integer", "b": "integer", "c": "boolean", "g": "text", "done": "integer"}
    rows = [(number, *cells) for number, cells in enumerate(product(*cells.values()))]
    query = program.sql(dialect=database.name, table="people", key="row", columns=["status", "score"])
    found = sorted(database.run({"people": (kinds, rows)}, query), key=lambda row: row["row"])
    subjects = [dict(zip(cells, row[1:], strict=True)) for row in rows]
    expected = kr.assess_table(program, subjects, columns=["status", "score"], on_error="report", engine="reference")
    for row, one in zip(found, expected, strict=True):
        assert (row["status"], row["score"]) == (one["status"], one["score"])
        assert (row["error"] or "")[:5] in (one["error"] or "")
        assert (row["error"] is None) == (one["error"] is None)


BY_CASES = """
kpirules: 1
inputs:
  x: {type: integer, min: 0, max: 9}
  on: {type: boolean}
  done: {type: integer, min: 0, max: 9}
tables:
  kind: {args: [a, b], gives: {options: [low, high]}, cases: [{when: {a: {from: 5}, b: false}, value: low}, {value: high}]}
let: {found: "kind(x, on)"}
exemptions: {gone: {when: "x > 7 or found == 'high'", status: gone}}
criteria: {work: {max: 9, points: done}}
"""


def test_an_exemption_needs_all_arguments_of_a_table(database: Database) -> None:
    program = kr.loads(BY_CASES)
    rows = [{"x": x, "on": on, "done": 3} for x in (None, *range(10)) for on in (None, True, False)]
    assert differences(database, program, pa.Table.from_pylist(rows), ["status", "score"]) == []


OF_RECORDS = """
kpirules: 1
inputs:
  l: {type: choice, options: [low, high]}
  tasks:
    type: list
    max_items: 3
    fields: {hours: {type: integer, min: 0, max: 40}}
    let: {least: item.limit, limit: "5 if l in ('low',) else 10"}
  plans: {type: list, max_items: 3, fields: {hours: {type: integer, min: 0, max: 40}}, let: {least: "3"}}
exemptions: {gone: {when: "any(t.hours > t.least for t in tasks) or any(t.hours > t.least for t in plans)", status: gone}}
criteria: {work: {max: 120, points: sum(t.hours for t in tasks)}}
"""


def test_an_exemption_needs_what_the_records_that_it_reads_need(database: Database) -> None:
    program = kr.loads(OF_RECORDS)
    lists = [[], [{"hours": 4}], [{"hours": 7}, {"hours": 30}]]
    rows = [
        {"l": cell, "tasks": tasks, "plans": plans}
        for cell in ("low", "high", None)
        for tasks in lists
        for plans in lists
    ]
    assert differences(database, program, pa.Table.from_pylist(rows), ["status", "score"]) == []


def test_a_number_beyond_a_query_is_told_from_one_that_is_not_valid(database: Database) -> None:
    rules = """
    kpirules: 1
    inputs: {done: {type: number, min: 0, max: 100}, plan: {type: number, above: 0, decimals: 2}}
    outputs: {x: "done + plan"}
    """
    query = kr.loads(rules).sql(dialect=database.name, table="people", key="row")
    given = [(1.0, 2.25), (0.1234567, 1.0), (101.0, 1.0), (1.0, 2e9), (1.0, 0.0), (1.0, 1.125), (1.0, math.inf)]
    kinds = {"row": "integer", "done": "double", "plan": "double"}
    rows = database.run({"people": (kinds, [(number, *one) for number, one in enumerate(given)])}, query)
    found = [(row["error"] or "")[:12] for row in sorted(rows, key=lambda row: row["row"])]
    told = ["", "KR630 `done`", "KR604 `done`", "KR630 `plan`", "KR604 `plan`", "KR604 `plan`", "KR604 `plan`"]
    assert found == told


VERSIONS = """
kpirules: 1
variant_by: kind
edition_by: day
effective: {from: 2026-01-01, until: 2027-01-01}
inputs:
  kind: {type: choice, options: [office, field]}
  day: {type: date, min: 2025-01-01, max: 2030-01-01}
  done: {type: integer, min: 0, max: 9}
criteria: {work: {max: 9, points: done}}
bands: {good: {from: 5}, poor: {from: 0}}
variants:
  office: {}
  field:
    inputs: {km: {type: integer, min: 0, max: 100}}
    criteria: {work: {max: 9, points: 'min(km / 10, 9)'}}
    outputs: {far: km > 50}
amendments:
  - {from: 2026-07-01, change: {criteria: {work: {points: done / 2}}}}
"""


def test_each_row_is_rated_by_its_variant_and_edition(database: Database) -> None:
    program = kr.loads(VERSIONS)
    kinds = {"row": "integer", "kind": "text", "day": "date", "done": "integer", "km": "integer"}
    days = [None, *(date(year, month, 1) for year, month in ((2024, 2), (2025, 12), (2026, 6), (2026, 7), (2027, 1)))]
    cells = product(["office", "field", "Office", None], days, [None, 3, 9], [None, 40, 77])
    rows = [dict(zip(kinds, (number, *one), strict=True)) for number, one in enumerate(cells)]
    query = program.sql(dialect=database.name, table="people", key="row")
    table = {"people": (kinds, [list(row.values()) for row in rows])}
    found = sorted(database.run(table, query), key=lambda row: row["row"])
    names = ["status", "score", "band", "points.work", "outputs.far"]
    assert list(found[0]) == ["row", *names, "error"]
    expected = kr.assess_table(program, rows, columns=names, ignore=["row"], on_error="report", engine="scalar")
    for row, one in zip(found, expected, strict=True):
        assert all(is_same(row[name], one[name]) for name in names)
        assert (row["error"] or "")[:5] in (one["error"] or "")
        assert (row["error"] is None) == (one["error"] is None)


def test_a_day_on_which_the_rulebook_is_not_in_force_is_an_error(database: Database) -> None:
    rules = """
    kpirules: 1
    inputs: {day: {type: date, min: 2026-01-01, max: 2026-12-31}, done: {type: integer, min: 0, max: 9}}
    edition_by: day
    effective: {from: 2026-02-01, until: 2026-11-01}
    criteria: {work: {max: 9, points: done}}
    """
    query = kr.loads(rules).sql(dialect=database.name, table="people", key="day", columns=["score"])
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 10, 31), date(2026, 11, 1)]
    rows = database.run({"people": ({"day": "date", "done": "integer"}, [(day, 7) for day in days])}, query)
    assert sorted((str(row["day"]), row["score"]) for row in rows if row["error"] is None) == [
        ("2026-02-01", 7),
        ("2026-10-31", 7),
    ]


def test_duckdb_knows_the_ends_of_a_score() -> None:
    rules = """
kpirules: 1
inputs:
  done: {type: number, min: -1000, max: 1000, decimals: 2}
  planned: {type: integer, min: 1, max: 1000}
criteria: {work: {max: 10, min: -10, points: "clamp(10 * done / planned, -10, 10)", round: {places: 2, mode: half_up}}}
"""
    text = kr.loads(rules).sql(dialect="duckdb", table="people", columns=["score"])
    tables, _, _ = text.rpartition("\nSELECT\n")
    with duckdb.connect() as connection:
        for cells in ("12.5::DOUBLE", "12.5::DECIMAL(9, 2)", "12::BIGINT"):
            connection.execute(f"CREATE OR REPLACE TABLE people AS SELECT {cells} AS done, 7 AS planned")
            ((known,),) = connection.execute(f"{tables} SELECT stats(score_n) FROM rated").fetchall()
            # Without them each operation looks for overflow, and takes several times as long.
            assert {"min", "max"} <= known.keys()
