"""Reads the rows of tables of any kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...kernel.exact import widened

__all__ = ["as_frame", "check_name", "columns_in", "frame_rows", "read", "rows_in", "rows_of"]


def rows_of(table: Any) -> list[dict[str, Any]]:
    """Return the rows of an iterable of mappings, or of a data frame, with None for missing values.

    Args:
        table: an iterable or a data frame.
    """
    return read(table)[1]


def read(table: Any) -> tuple[Any, list[dict[str, Any]]]:
    """Return a table as a data frame (None if it is not one), and its rows."""
    frame = as_frame(table)
    return frame, rows_in(table) if frame is None else frame_rows(frame)


def rows_in(table: Any) -> list[dict[str, Any]]:
    """Return the rows of an iterable of mappings."""
    if isinstance(table, Mapping | str | bytes) or not isinstance(table, Iterable):
        raise TypeError(f"a table is an iterable of mappings or a data frame, not {type(table).__name__}")
    rows = []
    for number, row in enumerate(table):
        if not isinstance(row, Mapping):
            raise TypeError(f"rows[{number}] must be a mapping, not {type(row).__name__}")
        rows.append(dict(row))
    return rows


def columns_in(rows: list[dict[str, Any]], frame: Any) -> list[str]:
    """Return the names of all columns, for an iterable in order of appearance."""
    return list(frame.columns if frame is not None else dict.fromkeys(name for row in rows for name in row))


def as_frame(table: Any) -> Any:
    """Return a data frame of any kind with one interface, None for anything else."""
    if not any(hasattr(type(table), name) for name in ("__dataframe__", "columns", "collect_schema")):
        return None
    try:
        import narwhals.stable.v2 as nw
    except ImportError:
        raise ImportError('data frames need an extra: pip install "kpirules[table]"') from None
    try:
        frame = nw.from_native(table)
    except nw.exceptions.DuplicateError as error:
        raise ValueError(f"a table names each column once: {' '.join(str(error).split())}; rename them") from None
    if isinstance(frame, nw.LazyFrame):
        raise TypeError("a lazy frame of this library has no rows yet: give its computed rows")
    for name in frame.columns:
        check_name(name, "the table")
    return frame


def frame_rows(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a data frame, with None for missing values."""
    if not frame.columns:
        return [{} for _ in range(len(frame))]
    columns = {}
    for name in frame.columns:
        series = frame[name]
        values, missing, read = series.to_list(), series.is_null().to_list(), _reader(series.dtype) or _plain
        columns[name] = [
            None if is_missing else read(value) for value, is_missing in zip(values, missing, strict=True)
        ]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _reader(dtype: Any) -> Callable[[Any], Any] | None:
    """Return a function that restores 16-bit and 32-bit floats from doubles, None for a column without any."""
    import narwhals.stable.v2 as nw

    if dtype in (nw.Float16, nw.Float32):
        bits = 16 if dtype == nw.Float16 else 32
        return lambda value: widened(value, bits) if isinstance(value, float) else value
    if isinstance(dtype, nw.List | nw.Array) and (read := _reader(dtype.inner)) is not None:
        return lambda values: [None if value is None else read(value) for value in values]
    if isinstance(dtype, nw.Struct):
        readers = {field.name: reader for field in dtype.fields if (reader := _reader(field.dtype)) is not None}
        if readers:
            return lambda record: {
                name: readers[name](value) if name in readers and value is not None else value
                for name, value in record.items()
            }
    return None


def _plain(value: Any) -> Any:
    """Return a value; lists of records may be stored as an array."""
    return value.tolist() if hasattr(value, "tolist") and getattr(value, "ndim", 0) == 1 else value


def check_name(name: object, what: str) -> None:
    """Refuse a column that no rulebook can name."""
    if not isinstance(name, str):
        raise ValueError(f"{what} has a column {name!r}, whose name is not a text; rename it")
