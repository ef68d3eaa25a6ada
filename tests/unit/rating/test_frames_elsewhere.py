"""Tables of arrays and lazy frames of other libraries are rated as a data frame is."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from kpirules import Program, assess_table, load, loads
from tests.budget import by_budget
from tests.frames import BY_BATCH, BY_QUERY, RECORDS, ROWS, RULEBOOK, TASKS, TOGETHER, WITH_RECORDS, expected, told

loaded = cache(loads)


@pytest.fixture(scope="module")
def program() -> Program:
    return loads(RULEBOOK)


def test_arrays_come_back_as_arrays(program: Program) -> None:
    arrays = {name: np.array(values) for name, values in ROWS.items() if name != "money"}
    arrays["money"] = np.array([np.nan, 5.01, 4.0, 6.0])
    found = assess_table(program, arrays, ignore="name", columns=BY_BATCH, on_error="report")
    assert list(found) == [*arrays, *BY_BATCH, "error"]
    assert found["Work done"] is arrays["Work done"]
    assert isinstance(found["score"], np.ndarray)
    assert found["band"].tolist() == ["low", "top", None, "low"]
    lists = assess_table(program, ROWS, ignore="name", columns=BY_QUERY, on_error="report")
    assert lists["score"] == [42.9, 110.0, None, 24.3]


@pytest.mark.parametrize("rows", [4, 0])
def test_a_record_batch_gives_a_record_batch_and_a_reader_a_reader(rows: int, program: Program) -> None:
    table = pl.DataFrame(ROWS).head(rows).to_arrow()
    batch = pa.RecordBatch.from_pylist(table.to_pylist(), table.schema)
    options: dict[str, Any] = {"ignore": "name", "columns": BY_BATCH, "on_error": "report"}
    found = assess_table(program, batch, **options)
    assert isinstance(found, pa.RecordBatch)
    assert told(found.to_pylist()) == expected(program, BY_BATCH)[:rows]
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=3))
    read = assess_table(program, reader, **options)
    assert isinstance(read, pa.RecordBatchReader)
    assert told(read.read_all().to_pylist()) == expected(program, BY_BATCH)[:rows]


def test_values_of_a_list_are_never_converted_to_one_type() -> None:
    book = {
        "kpirules": 1,
        "inputs": {"x": {"type": "number", "optional": True}},
        "outputs": {"least": "x - 9007199254740992"},
    }
    program = load(book)
    for values in ([0.5, 2**53 + 1], [1, True], np.array([1.5, Decimal(1)], dtype=object)):
        with pytest.raises(TypeError, match="`x` has values of several types"):
            assess_table(program, {"x": values})
    found = assess_table(program, {"x": [0.5, 2**53, None]}, columns=["outputs.least"])
    assert found["outputs.least"] == [0.5 - 2**53, 0.0, None]


def test_a_mapping_of_other_values_is_refused(program: Program) -> None:
    with pytest.raises(TypeError, match="a mapping of columns to arrays; `done` is no array, but int"):
        assess_table(program, {"done": 3})


@pytest.mark.parametrize("columns", [BY_QUERY, BY_BATCH])
def test_a_relation_of_duckdb_gives_a_relation(columns: list[str], program: Program) -> None:
    connection = duckdb.connect()
    people = pl.DataFrame(ROWS)
    connection.register("people", people.to_arrow())
    found = assess_table(program, connection.table("people"), ignore="name", columns=columns, on_error="report")
    assert isinstance(found, duckdb.DuckDBPyRelation)
    assert told(found.pl().to_dicts()) == expected(program, columns)
    kept = found.filter("score > 50")
    assert [row[0] for row in kept.fetchall()] == ["Bình"]


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("kept", "1"),
        ("kept", "'true'"),
        ("day", "TIMESTAMP '2026-01-01'"),
        ("kind", "'a'::ENUM('a')"),
        ("done", "[5]"),
    ],
)
def test_a_database_converts_no_value_of_another_type(name: str, cell: str) -> None:
    inputs: dict[str, Any] = {
        "done": {"type": "integer", "min": 0, "max": 9},
        "kept": {"type": "boolean"},
        "day": {"type": "date"},
    }
    inputs["kind"] = {"type": "choice", "options": ["a", "b"]}
    program = load({"kpirules": 1, "inputs": {name: inputs[name]}, "outputs": {"same": name}})
    relation: Any = duckdb.sql(f"SELECT {cell} AS {name}")
    rows = relation.to_arrow_table()
    columns = ["outputs.same"]
    (expected_,) = assess_table(program, rows, columns=columns, on_error="report", engine="scalar").to_pylist()
    (found,) = assess_table(program, relation, columns=columns, on_error="report").to_arrow_table().to_pylist()
    assert found == expected_


def test_options_that_a_query_has_not_go_by_batch(program: Program) -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE people AS SELECT 7 AS done, true AS kept, 'a' AS kind")
    for options in ({"language": "vi"}, {"engine": "scalar"}):
        found = assess_table(program, connection.table("people"), columns=["band"], on_error="report", **options)
        assert found.fetchall() == [(7, True, "a", "Tốt" if "language" in options else "top", None)]


def test_a_relation_needs_a_report_and_columns_that_are_inputs(program: Program) -> None:
    relation = duckdb.connect().sql("SELECT 7 AS done, true AS kept")
    with pytest.raises(ValueError, match='a lazy frame needs on_error="report"'):
        assess_table(program, relation)
    with pytest.raises(ValueError, match="`dome`"):
        assess_table(program, relation.project("done AS dome"), on_error="report")


@pytest.mark.parametrize("is_relation", [True, False])
def test_a_relation_has_records_in_another_table(is_relation: bool) -> None:
    connection = duckdb.connect()
    connection.register("people", pl.DataFrame({"person": ["An", "Bình", "Chi"]}).to_arrow())
    connection.register("tasks", pl.DataFrame(TASKS).to_arrow())
    people, tasks = connection.table("people"), connection.table("tasks")
    records = {"tasks": tasks if is_relation else tasks.to_arrow_table()}
    options: dict[str, Any] = {"key": "person", "columns": RECORDS, "on_error": "report"}
    found = assess_table(loaded(WITH_RECORDS), people, records=records, **options)
    assert isinstance(found, duckdb.DuckDBPyRelation)
    rows = found.to_arrow_table().to_pylist()
    assert [(row["person"], row["outputs.hours"]) for row in rows] == [("An", 7), ("Bình", 0), ("Chi", None)]
    assert [bool(row["error"]) for row in rows] == [False, False, True]


def _with_tasks(kind: str, tasks: Any) -> list[tuple[str, Any]]:
    """Return the hours of three people, whose records are in another table; the reader has batches of one row."""
    people = pl.DataFrame({"person": ["An", "Bình", "Chi"]}).to_arrow()
    options: dict[str, Any] = {"key": "person", "columns": RECORDS, "on_error": "report"}
    connection = duckdb.connect()
    connection.register("people", people)
    reader = pa.RecordBatchReader.from_batches(people.schema, people.to_batches(max_chunksize=1))
    table: Any = connection.table("people") if kind == "relation" else reader
    found: Any = assess_table(loaded(WITH_RECORDS), table, records={"tasks": tasks}, **options)
    rows = (found.to_arrow_table() if kind == "relation" else found.read_all()).to_pylist()
    return [(row["person"], row["outputs.hours"]) for row in rows]


@pytest.mark.parametrize("kind", ["relation", "reader"])
def test_records_of_another_library_match_by_key_or_are_reported(kind: str) -> None:
    tasks = pl.DataFrame(TASKS)
    assert _with_tasks(kind, tasks) == [("An", 7), ("Bình", 0), ("Chi", None)]
    plain: Any = tasks.to_arrow().cast(pa.schema([("person", pa.string()), *[*tasks.to_arrow().schema][1:]]))
    assert _with_tasks(kind, plain) == [("An", 7), ("Bình", 0), ("Chi", None)]
    stray = tasks.with_columns(person=pl.col("person").str.replace("An", "Am"))
    with pytest.raises(ValueError, match=r"records of `tasks` match no row: \(Am\)"):
        _with_tasks(kind, stray)
    reason = "records of `tasks` match no row" if kind == "relation" else "the key `person` is int32 .* give both one"
    with pytest.raises(ValueError, match=reason):
        _with_tasks(kind, tasks.with_columns(person=pl.lit(1)))
    assert _with_tasks(kind, tasks.to_dicts()) == [("An", 7), ("Bình", 0), ("Chi", None)]
    assert _with_tasks(kind, tasks.head(0)) == [("An", 0), ("Bình", 0), ("Chi", 0)]
    with pytest.raises(ValueError, match="the table of `tasks` has no column `person`"):
        _with_tasks(kind, tasks.drop("person"))


@pytest.mark.parametrize("kind", ["relation", "reader", "polars", "streamed"])
def test_rows_of_a_lazy_frame_are_rated_together(kind: str) -> None:
    program, people = loaded(TOGETHER), pl.DataFrame({"done": [5, 9, 7, 6, 8, 1, 5, 5]})
    connection = duckdb.connect()
    connection.register("people", people.to_arrow())
    options: dict[str, Any] = {"columns": ["band", "outputs.rank"], "on_error": "report"}
    if kind == "relation":
        found = assess_table(program, connection.table("people"), **options).to_arrow_table()
    elif kind == "reader":
        batches = pa.Table.from_batches(people.to_arrow().to_batches(max_chunksize=3)).to_reader(3)
        found = assess_table(program, batches, **options).read_all()
    else:
        lazy = assess_table(program, people.lazy(), **options)
        found = lazy.collect(engine="streaming" if kind == "streamed" else "in-memory").to_arrow()
    assert [row["band"] for row in found.to_pylist()] == ["low", "top", "low", "low", "top", "low", "low", "low"]
    assert [row["outputs.rank"] for row in found.to_pylist()] == [5, 1, 3, 4, 2, 8, 5, 5]


OF_UNITS = """
kpirules: 1
inputs:
  unit: {type: choice, options: [a, b]}
  done: {type: integer, min: 0, max: 9}
  away: {type: boolean}
EXEMPTIONS
criteria: {work: {max: 9, points: done}}
bands: {top: {from: 5}, low: {from: 0}}
cohort:
  within: [unit]
  quotas:
    third: {band: top, at_most: 1/3, of: all, base: before, round: down, minimum: 0, order: [score], ties: undecided,
            demote_to: low}
outputs: {rank: cohort_rank(score)}
"""


@pytest.mark.parametrize(
    ("exemptions", "is_by_query"),
    [
        ("", True),
        ("exemptions: {gone: {when: away, status: gone}}", True),
        # A query may ask for what such an exemption does not read.
        ("exemptions: {gone: {when: 'away if done > 3 else False', status: gone}}", False),
    ],
)
def test_a_query_rates_a_relation_together_in_its_order(exemptions: str, is_by_query: bool) -> None:
    program = loads(OF_UNITS.replace("EXEMPTIONS", exemptions))
    connection, count = duckdb.connect(), by_budget(700, 3_000)
    connection.execute(
        "CREATE TABLE people AS SELECT i AS person, CASE WHEN i % 3 = 0 THEN 'a' ELSE 'b' END AS unit, "
        "CASE WHEN i = 500 THEN NULL ELSE hash(i) % 10 END AS done, hash(i + 1) % 8 = 0 AS away FROM "
        f"range({count}) t(i)"
    )
    names = ["status", "band", "outputs.rank"]
    options: dict[str, Any] = {"key": "person", "columns": names, "on_error": "report"}
    found = assess_table(program, connection.table("people"), **options)
    assert ("RANK() OVER" in found.sql_query()) == is_by_query
    rows = found.to_arrow_table().to_pylist()
    assert [row["person"] for row in rows] == list(range(count))
    given = [{name: row[name] for name in ("person", "unit", "done", "away")} for row in rows]
    for row, one in zip(rows, assess_table(program, given, **options), strict=True):
        assert [row[name] for name in names] == [one[name] for name in names]
        assert (row["error"] or "")[:5] == (one["error"] or "")[:5]
    assert {"rated", "undecided", None} <= {row["status"] for row in rows}


def test_no_partition_has_all_rows_that_are_rated_together() -> None:
    import dask.dataframe as dd
    import pandas as pd

    table = dd.from_pandas(pd.DataFrame({"done": [5, 9]}), npartitions=2)
    with pytest.raises(
        ValueError, match=r"no partition of this frame has all of them: give its computed rows, such as"
    ):
        assess_table(loads(TOGETHER), table, on_error="report")


@pytest.mark.engines
def test_frames_of_modin(program: Program) -> None:
    # Modin needs an older pandas than the other tests, and so an environment of its own.
    python = Path(sys.executable).with_name("python-of-modin")
    command = [str(python), "-W", "ignore", "-m", "tests.modin_table"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    by_rows, by_columns, joined = json.loads(done.stdout.splitlines()[-1])
    assert told(by_rows) == told(by_columns) == expected(program, BY_BATCH)
    assert [(row["person"], row["outputs.hours"]) for row in joined] == [("An", 7), ("Bình", 0), ("Chi", None)]
