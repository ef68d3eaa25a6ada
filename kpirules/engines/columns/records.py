"""Records of a list input as a table of their own, each with the row of its subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
from attrs import frozen

from .entering import Unreadable

__all__ = ["BROKEN", "ROW", "Listed", "Unmatched", "absent", "from_column", "from_table"]

ROW, BROKEN = "kpirules row", "is broken"
"""The columns with the row of the subject, and whether a record is missing; no field has such a name."""


class Unmatched(Exception):
    """Keys of subjects or records that can't be joined."""


@frozen
class Listed:
    """The records of a list input.

    Args:
        frame: a data frame of Polars with a row for each record: `ROW`, flagged if in order, and its fields by id.
        length: the number of records of each subject.
        is_given: whether each subject has a list; None if all have.
    """

    frame: nw.DataFrame[Any]
    length: nw.Series[Any]
    is_given: nw.Series[Any] | None = None

    def of(self, rows: nw.Series[Any]) -> Listed:
        """Return the records of some subjects, with the rows renumbered.

        Args:
            rows: their indexes.
        """
        import polars as pl

        own, long = rows.to_polars(), self.frame.to_native()
        places = pl.repeat(None, len(self.length), dtype=pl.Int64, eager=True)
        places = places.scatter(own, pl.int_range(len(own), dtype=pl.Int64, eager=True))
        found = places.gather(long[ROW]).alias(ROW)
        long = long.with_columns(found).filter(found.is_not_null())
        if long[ROW].is_sorted():
            long = long.with_columns(pl.col(ROW).set_sorted())
        kept = nw.from_native(own, series_only=True)
        return Listed(
            nw.from_native(long, eager_only=True),
            self.length[kept],
            None if self.is_given is None else self.is_given[kept],
        )


def from_column(column: nw.Series[Any], fields: Mapping[str, str]) -> Listed:
    """Return the records of a column of lists.

    Args:
        column: the column.
        fields: the id of each field by each of its names.

    Raises:
        Unreadable: if it is not a column of lists of records with these fields.
    """
    import polars as pl

    if not column.implementation.is_polars():
        try:
            native: Any = pl.from_arrow(column.to_arrow())
        except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
            raise Unreadable(f"the column `{column.name}` has no column form: {error}") from None
        column = nw.from_native(native.alias(column.name), series_only=True)
    name, dtype = column.name, column.dtype
    if not isinstance(dtype, nw.List) or not isinstance(dtype.inner, nw.Struct):
        raise Unreadable(f"the column `{name}` is {dtype}, which is not a list of records")
    found: dict[str, Any] = {}
    for cell_field in dtype.inner.fields:
        if cell_field.name not in fields or fields[cell_field.name] in found:
            raise Unreadable(f"the records of `{name}` have a field `{cell_field.name}` too many")
        found[fields[cell_field.name]] = pl.col("x").struct.field(cell_field.name)
    cells: Any = column.to_native()
    long = pl.DataFrame({ROW: pl.int_range(len(cells), dtype=pl.Int64, eager=True), "x": cells})
    long = long.filter(pl.col("x").list.len() > 0).explode("x").with_columns(pl.col(ROW).set_sorted())
    frame = long.select(ROW, pl.col("x").is_null().alias(BROKEN), **found)
    length = cells.list.len().fill_null(0)
    is_given = cells.is_not_null() if cells.null_count() else None
    return Listed(
        nw.from_native(frame, eager_only=True),
        nw.from_native(length, series_only=True),
        None if is_given is None else nw.from_native(is_given, series_only=True),
    )


def from_table(
    subjects: nw.DataFrame[Any], records: nw.DataFrame[Any], key: Sequence[str], fields: Mapping[str, str]
) -> Listed:
    """Return the records of a table of their own.

    Args:
        subjects: the table of subjects.
        records: the table of records.
        key: the columns that both have.
        fields: the id of each field by the name of its column.

    Raises:
        Unmatched: if a key is missing, occurs twice, or is that of no subject, or Polars has no such column.
    """
    import polars as pl

    try:
        names = [f"key {place}" for place in range(len(key))]
        renamed = [pl.col(column).alias(name) for column, name in zip(key, names, strict=True)]
        keys = subjects.select(*key).to_polars().select(renamed).with_row_index(ROW).cast({ROW: pl.Int64})
        long = records.select(*dict.fromkeys((*key, *fields))).to_polars()
        long = long.select(*renamed, *(pl.col(name).alias(id_) for name, id_ in fields.items()))
        own = long.select(names)
        runs = own.select(pl.struct(names).rle_id()).to_series() if len(names) > 1 else own[names[0]].rle_id()
        lengths = runs.rle().struct.field("len").cast(pl.Int64)
        heads = own[lengths.cum_sum() - lengths]
        rows = _rows_of(heads, keys, names)
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:  # objects of several types are no column
        raise Unmatched(str(error)) from None
    # Polars takes one NaN for another, and rows do not.
    if any(keys[name].dtype.is_float() and keys[name].is_nan().any() for name in names):
        raise Unmatched("a key is not a number")
    if rows.null_count():
        raise Unmatched("a record matches no row")
    counted, is_sorted = pl.DataFrame([rows, lengths]), rows.is_sorted()
    if not is_sorted:
        counted = counted.group_by(ROW).agg(pl.col("len").sum())
    length = pl.zeros(len(keys), dtype=pl.Int64, eager=True).scatter(counted[ROW], counted["len"])
    rows = rows[runs]
    return Listed(
        nw.from_native(long.drop(names).with_columns(rows.set_sorted() if is_sorted else rows), eager_only=True),
        nw.from_native(length, series_only=True),
    )


def _rows_of(heads: Any, keys: Any, names: Sequence[str]) -> Any:
    """Return the row of each subject, given the key of its first record; null if no subject has the key.

    Args:
        heads: the keys of the first records of subjects.
        keys: the keys of subjects with their rows.
        names: the columns of the key.
    """
    import polars as pl

    own, known = heads[names[0]], keys[names[0]]
    is_whole = len(names) == 1 and own.dtype == known.dtype and known.dtype.is_integer()
    if is_whole and len(known) and not known.null_count() and (known[1:] > known[:-1]).all():
        if own.equals(known):
            return keys[ROW]
        places = known.search_sorted(own).clip(upper_bound=len(known) - 1)
        return pl.select(pl.when(known[places] == own).then(places.cast(pl.Int64)).alias(ROW)).to_series()
    return heads.join(keys, on=names, how="left", validate="m:1", maintain_order="left")[ROW]


def absent(count: int) -> Listed:
    """Return the records of a list that no subject has.

    Args:
        count: the number of subjects.
    """
    import polars as pl

    length = pl.zeros(count, dtype=pl.Int64, eager=True)
    return Listed(
        nw.from_native(pl.DataFrame({ROW: pl.Series([], dtype=pl.Int64)}), eager_only=True),
        nw.from_native(length, series_only=True),
        nw.from_native(length > 0, series_only=True),
    )
