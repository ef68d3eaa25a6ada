"""Rates lazy frames when they are computed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .elsewhere import Job, by_arrow, by_dask, by_duckdb, by_spark

__all__ = ["is_lazy", "lazy_frame"]

LIBRARIES = ("polars", "pyspark", "dask", "duckdb", "_duckdb", "pyarrow")
"""The packages of lazy frames."""


def is_lazy(table: Any) -> bool:
    """Return whether a table is a lazy frame of Polars, Spark or Dask, a relation of DuckDB, or a reader of PyArrow.

    Args:
        table: any table.
    """
    return _kind(table) is not None


def _kind(table: Any) -> Callable[[Job], Any] | None:
    """Return the function that rates a kind of lazy frame; None for another table."""
    if not {part.__module__.partition(".")[0] for part in type(table).__mro__} & sys.modules.keys() & {*LIBRARIES}:
        return None
    from narwhals import dependencies as of

    for is_of, rate in (
        (of.is_polars_lazyframe, by_polars),
        (of.is_pyspark_dataframe, by_spark),
        (of.is_pyspark_connect_dataframe, by_spark),
        (of.is_dask_dataframe, by_dask),
        (of.is_duckdb_relation, by_duckdb),
        (_is_reader, by_arrow),
    ):
        if is_of(table):
            return rate
    return None


def _is_reader(table: Any) -> bool:
    arrow = sys.modules.get("pyarrow")
    return arrow is not None and isinstance(table, arrow.RecordBatchReader)


def _names(table: Any) -> list[str]:
    """Return the columns of a lazy frame."""
    if hasattr(table, "collect_schema"):
        return list(table.collect_schema().names())
    return list(table.columns if hasattr(table, "columns") else table.schema.names)


def lazy_frame(job: Job) -> Any:
    """Return a lazy frame whose rows are rated when it is computed.

    Args:
        job: the frame with its options.
    """
    rate = _kind(job.table)
    if rate is None:
        raise TypeError(f"{type(job.table).__name__} is no lazy frame")
    if not job.asked.keeps_errors:
        raise ValueError('a lazy frame needs on_error="report": nobody is there to raise to')
    job.asked.check_columns(_names(job.table), "the table")
    return rate(job)


def by_polars(job: Job) -> Any:
    """Return a rated lazy frame of Polars."""
    import polars as pl

    types: dict[str, Any] = {"number": pl.Float64(), "boolean": pl.Boolean(), "date": pl.Date()}
    added = {name: types.get(kind, pl.String()) for name, kind in job.kinds.items()}

    def rate(batch: pl.DataFrame) -> pl.DataFrame:
        # Records are those of all batches; so are keys.
        own = {
            id_: one.lazy().collect() if isinstance(one, pl.LazyFrame) else one for id_, one in job.records.items()
        }
        found: pl.DataFrame = job.rated(batch, own)
        return found

    return job.table.map_batches(
        rate,
        schema={**job.table.collect_schema(), **added},
        streamable=not (job.records or job.is_together),
        projection_pushdown=False,
        predicate_pushdown=False,
        slice_pushdown=False,
    )
