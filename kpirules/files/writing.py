"""Writes tables to files batch by batch: a table of formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
from attrs import frozen

from ..kernel.csv_lines import FORMULA, shielded
from ..rating.program import Program
from .batches import JSON, of_table
from .json_text import json_text
from .reading import format_of
from .workbook import write_workbook

__all__ = ["WRITERS", "Target", "write_arrow"]


@frozen
class Target:
    """A file to write.

    Args:
        path: its path.
        program: the rules that rate the rows.
        language: the language of bands, as for `assess_table`.
        are_formulas_kept: whether texts that a spreadsheet would read as formulas are written unchanged.
    """

    path: Path
    program: Program
    language: str | None = None
    are_formulas_kept: bool = False

    def write(self, tables: Iterator[pa.Table], stream: BinaryIO) -> None:
        """Write tables with the same columns in order; at least one."""
        WRITERS[format_of(self.path)](self, tables, stream)


def _parquet(_: Target, tables: Iterator[pa.Table], stream: BinaryIO) -> None:
    first = next(tables)
    with pa.parquet.ParquetWriter(stream, first.schema, compression="zstd") as writer:
        for table in chain([first], tables):
            writer.write_table(table)


def _arrow(_: Target, tables: Iterator[pa.Table], stream: BinaryIO) -> None:
    write_arrow(tables, stream)


def write_arrow(tables: Iterator[pa.Table], stream: BinaryIO) -> None:
    """Write tables with the same columns in order; at least one.

    Args:
        tables: the tables.
        stream: the file.
    """
    first = next(tables)
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_file(stream, first.schema, options=options) as writer:
        for table in chain([first], tables):
            writer.write_table(table)


def _csv(target: Target, tables: Iterator[pa.Table], stream: BinaryIO) -> None:
    for number, table in enumerate(tables):
        frame = pl.DataFrame([_flat(column) for column in of_table(table).given.iter_columns()])
        if not target.are_formulas_kept:
            frame = pl.DataFrame([_shielded(column) for column in frame.iter_columns()])
        frame.write_csv(stream, include_header=number == 0)


def _flat(column: pl.Series) -> pl.Series:
    """Return a column whose cells have a form in CSV: records, lists, bytes and durations are as in JSON."""
    if not (column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Duration)):
        return column
    texts = [None if cell is None else json_text(cell).strip('"') for cell in column.to_list()]
    return pl.Series(column.name, texts, pl.String)


def _shielded(column: pl.Series) -> pl.Series:
    """Return a column whose name and texts no spreadsheet evaluates."""
    column = column.alias(shielded(column.name))
    if column.dtype != pl.String:
        return column
    is_formula = column.str.contains(f"^(?:{FORMULA.pattern})").fill_null(False)
    if not is_formula.any():
        return column
    return column.scatter(is_formula.arg_true(), [shielded(cell) for cell in column.filter(is_formula)])


def _jsonl(_: Target, tables: Iterator[pa.Table], stream: BinaryIO) -> None:
    for table in tables:
        columns = [
            list(_json_cells(field, column)) for field, column in zip(table.schema, table.columns, strict=True)
        ]
        for cells in zip(*columns, strict=True):
            stream.write(("{" + ", ".join(filter(None, cells)) + "}\n").encode("utf-8"))


def _json_cells(field: pa.Field, column: pa.ChunkedArray) -> Iterator[str]:
    """Yield the cells of a column with their key, empty for a key that a row of JSON did not have."""
    key = f"{json_text(field.name)}: "
    if field.metadata == JSON:
        yield from ("" if cell is None else key + cell for cell in column.to_pylist())
    else:
        yield from (key + json_text(cell) for cell in column.to_pylist())


def _xlsx(target: Target, tables: Iterator[pa.Table], stream: BinaryIO) -> None:
    write_workbook(target.program, target.language, tables, stream)


WRITERS: Mapping[str, Callable[[Target, Iterator[pa.Table], BinaryIO], None]] = {
    "parquet": _parquet,
    "arrow": _arrow,
    "csv": _csv,
    "jsonl": _jsonl,
    "xlsx": _xlsx,
}
