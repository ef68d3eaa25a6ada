"""Rates a file batch by batch; rated batches wait as parts until the whole file can be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from attrs import define, evolve, field

from .. import __version__
from ..diagnostics import did_you_mean, listed
from ..language.model import ListDomain
from ..rating.assessing.together import is_rated_together
from ..rating.program import Program
from ..rating.tables import assess_table
from ..rating.tables.asked import ERROR
from .batches import Batch
from .parts import Parts
from .reading import FileError, Source
from .writing import Target

__all__ = ["stream"]

NUMBER = "#"
"""The column with the number of a record; no input has such a name."""


def stream(
    source: Source,
    target: Target,
    key: tuple[str, ...],
    records: Mapping[str, Path],
    options: Mapping[str, Any],
    *,
    is_resumed: bool,
) -> tuple[int, int, int, int]:
    """Rate a file.

    Args:
        source: the file to read.
        target: the file to write, with the rules.
        key: the columns that join records to rows.
        records: the files of records, by list input.
        options: the options of `assess_table`.
        is_resumed: whether to use the parts of an interrupted run.

    Returns:
        The numbers of rows, of rows with errors, of rows that an earlier run had rated, and of records without a row.
    """
    paths = (source.path, *records.values())
    for path in paths:
        if target.path.exists() and target.path.samefile(path):
            raise FileError(f"{path}: the output would overwrite an input file")
    lists = [_Records.of(target.program, id_, path, source, key) for id_, path in records.items()]
    rating = _Rating(target.program, key, lists, options)
    rating.check(source)
    stated = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    rules = [part.rulebook.content_hash for part in target.program.whole]
    made_by = (
        __version__,
        rules,
        stated,
        *records,
        key,
        *options.items(),
        source.rows,
        source.delimiter,
        source.is_copied,
    )
    parts = Parts.of(target.path, made_by, is_resumed=is_resumed)
    rows = errors = resumed = count = 0
    for number, batch in enumerate(rating.batches(source)):
        is_known = parts.has(number)
        if is_known:
            rating.match(batch.given)
            table = parts.read(number)
        else:
            table = rating.rated(batch, rows)
            parts.write(number, table)
        rows, resumed, count = rows + len(table), resumed + is_known * len(table), count + 1
        errors += len(table) - table[ERROR].null_count
    parts.join(target, count)
    return rows, errors, resumed, sum(one.strays for one in lists)


@define
class _Records:
    """The records of a list input.

    Args:
        id: the input.
        path: their file.
        batch: all of them.
        key: the columns that join them to rows.
        is_matched: whether each has a row so far.
    """

    id: str
    path: Path
    batch: Batch
    key: tuple[str, ...]
    is_matched: pl.Series

    @classmethod
    def of(cls, program: Program, id_: str, path: Path, source: Source, key: tuple[str, ...]) -> _Records:
        """Read the records of a list input."""
        lists = {one.id: one.domain.fields for one in program.gathered.inputs if isinstance(one.domain, ListDomain)}
        if id_ not in lists:
            otherwise = f"there are {listed(lists, 'and')}" if lists else "there is none"
            raise FileError(f"records: `{id_}` is not a list input; {did_you_mean(id_, lists, otherwise)}")
        if not key:
            raise FileError("records need `key`: the columns that join records to rows")
        keys = [one for one in program.gathered.inputs if one.id in key or one.column in key]
        own = {one.id for one in lists[id_]}
        inputs = (*lists[id_], *(one for one in keys if one.id not in own))
        batch = evolve(source, path=path, inputs=inputs, advance=lambda _: None).whole()
        _check_key(key, batch.given.columns, path)
        return cls(id_, path, batch, key, pl.repeat(False, len(batch.given), dtype=pl.Boolean, eager=True))

    def matching(self, rows: pl.DataFrame) -> pl.DataFrame | list[dict[str, Any]]:
        """Return the records of some rows."""
        keys = self.batch.given.select(self.key)
        own_keys = rows.select(pl.col(name).cast(keys.schema[name], strict=False) for name in self.key)
        numbers = keys.with_row_index(NUMBER).join(own_keys, on=self.key, how="semi")[NUMBER].sort()
        if self.is_matched[numbers].any():
            twice = keys[numbers.filter(self.is_matched[numbers])[0]].row(0)
            raise FileError(f"{self.path}: two rows have the same key {twice} of records")
        self.is_matched = self.is_matched.scatter(numbers, True)
        found = Batch(
            self.batch.table[:0],
            self.batch.given[numbers],
            {place: self.batch.odd[number] for place, number in enumerate(numbers) if number in self.batch.odd},
        )
        return found.rows() if found.odd else found.given

    @property
    def strays(self) -> int:
        """How many records match no row."""
        return int((~self.is_matched).sum())


@define
class _Rating:
    """Rates batches.

    Args:
        program: the rules.
        key: the columns that identify rows.
        lists: the records.
        options: the options of `assess_table`.
        added: the columns that it adds, with their types.
    """

    program: Program
    key: tuple[str, ...]
    lists: list[_Records]
    options: Mapping[str, Any]
    added: dict[str, Any] = field(init=False)

    def check(self, source: Source) -> None:
        """Refuse columns that are no inputs, before any row is rated."""
        empty = next(source.batches()).given
        _check_key(self.key, empty.columns, source.path)
        rated = self._assessed(empty, empty)
        self.added = {name: type_ for name, type_ in rated.schema.items() if name not in empty.columns}

    @property
    def is_together(self) -> bool:
        return is_rated_together(self.program, is_allocated=self.options["allocate"])

    def batches(self, source: Source) -> Iterator[Batch]:
        """Yield the rows that are rated at once."""
        return iter([source.whole()]) if self.is_together else source.batches()

    def match(self, rows: pl.DataFrame) -> dict[str, Any]:
        """Return the records of some rows, by list input."""
        return {one.id: one.matching(rows) for one in self.lists}

    def rated(self, batch: Batch, start: int) -> pa.Table:
        """Return the table of a batch with the added columns.

        Args:
            batch: the rows.
            start: the number of the first row in the file.
        """
        try:
            added = self._added(batch)
        except ValueError as error:
            raise FileError(f"in the rows from {start} on, which are counted from 0 here: {error}") from None
        table = batch.table
        for name, column in zip(added.columns, added.to_arrow().columns, strict=True):
            table = table.append_column(name, column)
        return table

    def _added(self, batch: Batch) -> pl.DataFrame:
        if not batch.odd:
            return self._of_frame(batch.given)
        rows = batch.rows()
        odd = [number for number in range(len(rows)) if self.is_together or number in batch.odd]
        others = [number for number in range(len(rows)) if not self.is_together and number not in batch.odd]
        by_row = self._assessed([rows[number] for number in odd], batch.given[odd])
        found = [self._of_frame(batch.given[others]), self._of_rows(by_row)]
        return pl.concat(found)[pl.Series([*others, *odd]).arg_sort()]

    def _of_frame(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the added columns of a data frame."""
        rated: pl.DataFrame = self._assessed(rows, rows)
        return rated.select(list(self.added))

    def _of_rows(self, rows: list[dict[str, Any]]) -> pl.DataFrame:
        """Return the added columns of rows that were rated one by one."""
        return pl.DataFrame([{name: _stored(row[name]) for name in self.added} for row in rows], schema=self.added)

    def _assessed(self, table: Any, rows: pl.DataFrame) -> Any:
        """Return a table with its ratings.

        Args:
            table: a data frame, or rows.
            rows: the same as a data frame, to find their records.
        """
        records = self.match(rows)
        declared = {name for one in self.program.gathered.inputs for name in (one.id, one.column)}
        is_keyed = bool(records) or self.is_together
        ignored = () if is_keyed else (name for name in self.key if name not in declared)
        options = {**self.options, "ignore": (*self.options["ignore"], *ignored)}
        key = self.key if is_keyed else ()
        return assess_table(self.program, table, key=key, records=records, on_error="report", **options)


def _check_key(key: tuple[str, ...], columns: list[str], path: Path) -> None:
    for name in key:
        if name not in columns:
            raise FileError(f"{path}: there is no column `{name}`, which `key` names")


def _stored(value: Any) -> Any:
    """Return a value for a column; a number as the nearest double."""
    return float(value) if isinstance(value, Decimal | Fraction) else value
