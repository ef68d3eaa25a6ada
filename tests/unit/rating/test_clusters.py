"""Frames of Spark, Dask and Ray are rated by several workers as one data frame is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import pandas as pd
import polars as pl
import pytest

from kpirules import Program, assess_table, loads
from tests.frames import BY_BATCH, BY_QUERY, ROWS, RULEBOOK, TOGETHER, expected, told

# Spark and Dask warn of new versions of pandas.
pytestmark = [pytest.mark.engines, pytest.mark.filterwarnings("ignore")]

TASKS = """
kpirules: 1
inputs:
  tasks: {type: list, min_items: 0, fields: {hours: {type: integer, min: 0, max: 40}, code: {type: text, optional: true}}}
criteria: {c: {max: 100, points: 'min(sum(t.hours for t in tasks), 100)'}}
outputs: {worked: 'sum(t.hours for t in tasks)', grown: 'round(exp(count(tasks)), 1)'}
"""


@pytest.fixture(scope="module")
def program() -> Program:
    return loads(RULEBOOK)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # which workers run
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.mark.parametrize("columns", [BY_QUERY, BY_BATCH])
def test_spark_rates_by_a_query_or_by_batches(columns: list[str], program: Program, spark: Any) -> None:
    frame = spark.createDataFrame(pl.DataFrame(ROWS).to_arrow()).repartition(2)
    found = assess_table(program, frame, ignore="name", columns=columns, on_error="report")
    plan = found._jdf.queryExecution().toString()
    assert ("MapInArrow" in plan) == (columns == BY_BATCH)
    rows = sorted(found.toArrow().to_pylist(), key=lambda row: row["name"])
    assert told(rows) == expected(program, columns)


def test_spark_rates_rows_together_by_a_query(spark: Any) -> None:
    done = [5, 9, 7, 6, 8, 1, 5, 5]
    frame = spark.createDataFrame(pd.DataFrame({"done": done})).repartition(2)
    names = ["band", "outputs.rank"]
    rows = assess_table(loads(TOGETHER), frame, columns=names, on_error="report").toArrow().to_pylist()
    alone = assess_table(loads(TOGETHER), [{"done": one} for one in done], columns=names)
    found, wanted = (
        sorted((row["done"], row["band"], row["outputs.rank"]) for row in some) for some in (rows, alone)
    )
    assert found == wanted
    with pytest.raises(ValueError, match="no partition of this frame has all of them"):
        assess_table(loads(TOGETHER), frame, columns=["because"], on_error="report")


@pytest.mark.parametrize("column", ["outputs.worked", "outputs.grown"])
def test_records_of_spark_are_joined_to_rows_on_every_worker(column: str, spark: Any) -> None:
    people = spark.createDataFrame([("A",), ("B",), ("C",)], "person string").repartition(2)
    tasks = spark.createDataFrame([("B", 4), ("A", 2), ("B", 5)], "person string, hours int")
    found = assess_table(
        loads(TASKS), people, key="person", records={"tasks": tasks}, columns=[column], on_error="report"
    )
    values = {row["person"]: row[column] for row in found.collect()}
    assert values == ({"A": 2, "B": 9, "C": 0} if column == "outputs.worked" else {"A": 2.7, "B": 7.4, "C": 1})


@pytest.fixture(scope="module")
def workers() -> Iterator[None]:
    from dask.distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
        Client(cluster),
    ):
        yield


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("columns", [BY_QUERY, BY_BATCH])
def test_dask_rates_its_partitions(columns: list[str], program: Program) -> None:
    import dask.dataframe as dd

    frame = dd.from_pandas(pd.DataFrame(ROWS), npartitions=2)
    found = assess_table(program, frame, ignore="name", columns=columns, on_error="report")
    assert isinstance(found, dd.DataFrame)
    assert list(found.columns) == [*ROWS, *columns, "error"]
    rows = found.compute().astype(object)
    assert told(rows.where(rows.notna(), None).to_dict("records")) == expected(program, columns)
    assert found[found["score"] > 50]["name"].compute().tolist() == ["Bình"]


@pytest.mark.usefixtures("workers")
def test_records_of_dask_are_joined_to_rows_of_every_partition() -> None:
    import dask.dataframe as dd

    people = dd.from_pandas(pd.DataFrame({"person": ["A", "B", "C"]}), npartitions=3)
    tasks = dd.from_pandas(pd.DataFrame({"person": ["B", "A", "B"], "hours": [4, 2, 5]}), npartitions=2)
    found = assess_table(loads(TASKS), people, key="person", records={"tasks": tasks}, on_error="report")
    assert found["score"].compute().tolist() == [2, 9, 0]


def test_ray_rates_its_batches(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_raylet_start_wait_time_s", "120")  # it starts slowly on a busy machine
    import ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        people = ray.data.from_arrow(pl.DataFrame(ROWS).to_arrow()).repartition(2)
        options: dict[str, Any] = {"ignore": "name", "columns": BY_BATCH, "on_error": "report"}
        found = people.map_batches(lambda batch: assess_table(program, batch, **options), batch_format="pyarrow")
        rows = sorted(found.take_all(), key=lambda row: row["name"])
        assert told(rows) == expected(program, BY_BATCH)
    finally:
        ray.shutdown()
