"""Reads files of subjects batch by batch: a table of formats."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, time
from decimal import Decimal
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet
from attrs import frozen

from ..diagnostics import listed
from ..language.model import Domain, Input
from .batches import Batch, domains_of, of_rows, of_table, of_texts
from .excel_errors import cell_errors
from .json_text import json_text

__all__ = ["READERS", "FileError", "Source", "format_of"]

BLOCK = 2 << 20
"""Bytes of CSV in a batch."""


class FileError(ValueError):
    """A file that can't be read or written as a whole; the argument is one line about it."""


@frozen
class Source:
    """A file to read.

    Args:
        path: its path.
        inputs: the inputs that its columns may be.
        rows: the rows in a batch; a batch of CSV has about two million bytes.
        delimiter: the character between cells of CSV.
        is_copied: whether values are written as they were read, because the format stays the same.
        advance: is called with the bytes or rows that were read.
    """

    path: Path
    inputs: Sequence[Input]
    rows: int
    delimiter: str = ","
    is_copied: bool = False
    advance: Callable[[int], None] = lambda _: None

    @property
    def domains(self) -> dict[str, Domain]:
        return domains_of(self.inputs)

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in the order of the file, in the same batches each time; at least one.

        Raises:
            FileError: if the file can't be read.
        """
        read = READERS[format_of(self.path)]
        with self._opened() as stream:
            yield from read(self, stream)

    def size(self) -> int:
        """Return the rows of the file if it tells them, else its bytes."""
        if format_of(self.path) != "parquet":
            return self.path.stat().st_size
        with self._opened() as stream:
            rows: int = pa.parquet.ParquetFile(stream).metadata.num_rows
            return rows

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """Open the file, and name it in errors."""
        try:
            with self.path.open("rb") as stream:
                yield stream
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise FileError(f"{self.path}: {' '.join(str(error).split())}") from None

    def whole(self) -> Batch:
        """Return all rows as one batch."""
        found = list(self.batches())
        starts = accumulate((len(one.given) for one in found), initial=0)
        odd = {
            start + place: row for start, one in zip(starts, found, strict=False) for place, row in one.odd.items()
        }
        return Batch(pa.concat_tables(one.table for one in found), pl.concat(one.given for one in found), odd)


def format_of(path: Path) -> str:
    """Return the format that the name of a file implies.

    Raises:
        FileError: if it implies none.
    """
    found = _ENDINGS.get(path.suffix.lower())
    if found is None:
        raise FileError(f"{path}: the name must end in {listed(_ENDINGS, 'or')}")
    return found


_ENDINGS = {
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "xlsx",
}


def _empty(schema: Any) -> Any:
    """Return a table without rows; `schema.empty_table()` would import pandas."""
    return pa.Table.from_batches([], schema)


def _parquet(source: Source, stream: BinaryIO) -> Iterator[Batch]:
    file = pa.parquet.ParquetFile(stream)
    yield of_table(_empty(file.schema_arrow))
    for batch in file.iter_batches(source.rows):
        yield of_table(pa.Table.from_batches([batch]))
        source.advance(len(batch))


def _arrow(source: Source, stream: BinaryIO) -> Iterator[Batch]:
    schema, batches = _arrow_batches(stream)
    yield of_table(_empty(schema))
    done = 0
    for batch in batches:
        for start in range(0, len(batch), source.rows):
            yield of_table(pa.Table.from_batches([batch[start : start + source.rows]]))
        source.advance(stream.tell() - done)
        done = stream.tell()


def _arrow_batches(stream: BinaryIO) -> tuple[pa.Schema, Iterable[pa.RecordBatch]]:
    """Return the columns and batches of a file or a stream of Arrow."""
    try:
        file = pa.ipc.open_file(stream)
    except pa.ArrowInvalid:
        stream.seek(0)
        file = pa.ipc.open_stream(stream)
        return file.schema, file
    return file.schema, map(file.get_batch, range(file.num_record_batches))


def _csv(source: Source, stream: BinaryIO) -> Iterator[Batch]:
    parse = pa.csv.ParseOptions(delimiter=source.delimiter, newlines_in_values=True)
    names = pa.csv.open_csv(stream, parse_options=parse).schema.names
    _check_names(source, names)
    stream.seek(0)
    file = pa.csv.open_csv(
        stream,
        read_options=pa.csv.ReadOptions(block_size=BLOCK, use_threads=False),
        parse_options=parse,
        convert_options=pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.large_string())),
    )
    domains = source.domains
    yield of_texts(_empty(file.schema), domains, is_copied=source.is_copied)
    done = 0
    for batch in file:
        yield of_texts(pa.Table.from_batches([batch]), domains, is_copied=source.is_copied)
        source.advance(stream.tell() - done)
        done = stream.tell()


def _jsonl(source: Source, stream: BinaryIO) -> Iterator[Batch]:
    lines = ((number, line) for number, line in enumerate(stream, start=1) if line.strip())
    names: list[str] = []
    while chunk := list(islice(lines, source.rows)):
        rows = [_of_json(source.path, number, line) for number, line in chunk]
        if not names:
            names = _names(source, rows)
            yield of_rows([], names, source.domains, is_copied=source.is_copied)
        for (number, _), row in zip(chunk, rows, strict=True):
            if strange := row.keys() - set(names):
                raise FileError(
                    f"{source.path}:{number}: `{min(strange)}` is no column of the first lines, nor an input"
                )
        yield of_rows(rows, names, source.domains, is_copied=source.is_copied)
        source.advance(sum(len(line) for _, line in chunk))
    if not names:
        yield of_rows([], _names(source, []), source.domains, is_copied=source.is_copied)


def _names(source: Source, rows: list[dict[str, Any]]) -> list[str]:
    """Return the columns of rows, and the inputs that later rows may have."""
    names = dict.fromkeys(name for row in rows for name in row)
    others = [one.id for one in source.inputs if one.id not in names and one.column not in names]
    return [*names, *others]


def _of_json(path: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        text = line.decode("utf-8-sig")
        found = json.loads(text, parse_float=Decimal, parse_constant=_refused, object_pairs_hook=_unique)
        if "\\u" in text:
            json_text(found).encode("utf-8")  # half of a pair is no character
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise FileError(f"{path}:{number}: this is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise FileError(f"{path}:{number}: a line is an object, with values by column")
    return found


def _refused(word: str) -> None:
    raise ValueError(f"{word} is not a number; leave out unknown values")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"duplicate key `{next(name for name in names if names.count(name) > 1)}`")
    return found


def _xlsx(source: Source, stream: BinaryIO) -> Iterator[Batch]:
    try:
        from python_calamine import load_workbook
    except ImportError:
        raise ImportError('Excel files need an extra: pip install "kpirules[excel]"') from None
    sheet = load_workbook(stream).get_sheet_by_index(0)
    lines = _with_errors(sheet, cell_errors(stream))
    names = [str(name).strip() for name in next(lines, [])]
    _check_names(source, names)
    yield of_rows([], names, source.domains)
    while chunk := list(islice(lines, source.rows)):
        rows = [dict(zip(names, map(_of_cell, line), strict=False)) for line in chunk]
        yield of_rows(rows, names, source.domains)
    source.advance(source.size())


def _with_errors(sheet: Any, errors: Mapping[tuple[int, int], str]) -> Iterator[list[Any]]:
    """Yield the rows of a sheet, with cell errors as texts, since these cells are not empty."""
    first = sheet.start[1] if sheet.start else 0
    for number, line in enumerate(sheet.iter_rows()):
        yield [errors.get((number, place), cell) for place, cell in enumerate(line, start=first)] if errors else line


def _check_names(source: Source, names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise FileError(f"{source.path}: two columns are named `{twice}`")


def _of_cell(cell: Any) -> Any:
    """Return the value of a cell of Excel, where every number is a double, and an empty cell is a text."""
    match cell:
        case "":
            return None
        case datetime() if cell.time() == time():
            return cell.date()
        case float():
            exact = Decimal(repr(cell))
            return int(exact) if exact == exact.to_integral_value() else exact
    return cell


READERS: Mapping[str, Callable[[Source, BinaryIO], Iterator[Batch]]] = {
    "parquet": _parquet,
    "arrow": _arrow,
    "csv": _csv,
    "jsonl": _jsonl,
    "xlsx": _xlsx,
}
