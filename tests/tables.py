"""Subjects as data frames of every kind, and a comparison of rating by columns and by rows."""

from __future__ import annotations

import random
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa

from kpirules import Program, assess_table
from kpirules.errors import KpirulesError
from kpirules.language.model import BooleanDomain, ChoiceDomain, DateDomain, ListDomain, NumberDomain
from tests.budget import by_budget

__all__ = ["KINDS", "NoForm", "differences", "equal", "frame", "with_records"]

Mapped = dict[str, Any]


class NoForm(Exception):
    """The table has no column form."""


def _polars(columns: dict[str, pa.Array]) -> pl.DataFrame:
    found = pl.from_arrow(pa.table(columns))
    assert isinstance(found, pl.DataFrame)
    return found


def _pandas(columns: dict[str, pa.Array]) -> pd.DataFrame:
    return pa.table(columns).to_pandas(
        types_mapper=lambda kind: _other(kind) or (pd.BooleanDtype() if kind == pa.bool_() else None)
    )


def _nullable(columns: dict[str, pa.Array]) -> pd.DataFrame:
    kinds = {
        **{
            getattr(pa, name)(): getattr(pd, f"{name.title()}Dtype")() for name in ("int8", "int16", "int32", "int64")
        },
        pa.uint64(): pd.UInt64Dtype(),
        pa.float64(): pd.Float64Dtype(),
        pa.float32(): pd.Float32Dtype(),
        pa.bool_(): pd.BooleanDtype(),
        pa.string(): pd.StringDtype(),
    }
    return pa.table(columns).to_pandas(types_mapper=lambda kind: _other(kind) or kinds.get(kind))


def _other(kind: pa.DataType) -> Any:
    """Return a series of dates or decimals, which pandas holds as objects or by Arrow."""
    return pd.ArrowDtype(kind) if pa.types.is_date(kind) or pa.types.is_decimal(kind) else None


def _arrow(columns: dict[str, pa.Array]) -> pd.DataFrame:
    return pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype)


KINDS: dict[str, Callable[[dict[str, pa.Array]], Any]] = {
    "polars": _polars,
    "pandas": _pandas,
    "nullable": _nullable,
    "pandas on Arrow": _arrow,
    "pyarrow": pa.table,
}
"""How a data frame of each kind is made of the columns of Arrow."""


def with_records(
    source: random.Random, program: Program, subjects: list[Mapped], kind: str
) -> tuple[Any, dict[str, Any]]:
    """Return subjects as a data frame, and the options of `assess_table` with the records as frames of their own.

    Args:
        source: where chance comes from.
        program: declares the inputs.
        subjects: a row each.
        kind: of `KINDS`.
    """
    lists = {id_: one.domain for id_, one in program.inputs.items() if isinstance(one.domain, ListDomain)}
    numbers = pa.array(range(len(subjects)))
    table = frame(source, program, subjects, kind, without=lists, more={"row number": numbers})
    records = {}
    for id_, domain in lists.items():
        order = list(range(len(subjects)))
        if source.random() < 0.3:
            source.shuffle(order)
        rows = [(number, one) for number in order for one in _records(subjects[number].get(id_)) or ()]
        if source.random() < 0.3:
            source.shuffle(rows)
        columns = {"row number": pa.array([number for number, _ in rows], pa.int64())}
        for field in domain.fields:
            cells = [record.get(field.id) for _, record in rows]
            if any(cell is not None for cell in cells):
                columns[field.id] = _column(source, field.domain, cells)
        records[id_] = KINDS[kind](columns)
    return table, {"key": "row number", "records": records}


def frame(
    source: random.Random,
    program: Program,
    subjects: list[Mapped],
    kind: str,
    *,
    without: Container[str] = (),
    more: Mapping[str, pa.Array] | None = None,
) -> Any:
    """Return subjects as a data frame of a kind, each number in a type that holds it.

    Args:
        source: where chance comes from.
        program: declares the inputs.
        subjects: a row each.
        kind: of `KINDS`.
        without: inputs to leave out.
        more: further columns.
    """
    columns: dict[str, pa.Array] = dict(more or {})
    for id_, declared in program.inputs.items():
        cells = [one.get(id_) for one in subjects]
        if all(cell is None for cell in cells) or id_ in without:
            continue
        columns[id_] = _column(source, declared.domain, cells)
    return KINDS[kind](columns or {"nothing": pa.nulls(len(subjects), pa.bool_())})


def _column(source: random.Random, domain: Any, cells: list[Any]) -> pa.Array:
    match domain:
        case NumberDomain():
            return _numbers(source, list(map(_exact, cells)))
        case BooleanDomain():
            return pa.array([cell if isinstance(cell, bool) else None for cell in cells], pa.bool_())
        case DateDomain():
            return pa.array(list(map(_day, cells)), pa.date32())
        case ListDomain(fields=fields):
            return _lists(source, fields, list(map(_records, cells)))
        case ChoiceDomain() if source.random() < 0.2:
            return pa.array([None if cell is None else str(cell) for cell in cells], pa.string()).dictionary_encode()
    return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())


def _records(cell: Any) -> list[Mapped] | None:
    """Records of a list; None for anything else."""
    if not isinstance(cell, list | tuple) or not all(isinstance(one, Mapping) for one in cell):
        return None
    return [dict(one) for one in cell]


def _lists(source: random.Random, fields: Any, cells: list[list[Mapped] | None]) -> pa.Array:
    flat = [record for cell in cells for record in cell or ()]
    columns = {}
    for field in fields:
        values = [record.get(field.id) for record in flat]
        columns[field.id] = _column(source, field.domain, values)
        if pa.types.is_dictionary(columns[field.id].type):
            columns[field.id] = columns[field.id].cast(pa.string())
    ends, offsets = 0, []
    for cell in cells:
        offsets.append(None if cell is None else ends)
        ends += len(cell or ())
    records = pa.StructArray.from_arrays(list(columns.values()), names=list(columns))
    return pa.ListArray.from_arrays(pa.array([*offsets, ends], pa.int32()), records)


def _numbers(source: random.Random, cells: list[Fraction | None]) -> pa.Array:
    """Return numbers in a type that holds them, some with binary rounding errors."""
    there = [cell for cell in cells if cell is not None]
    kinds: list[Any] = [pa.float64()]
    if all(cell.denominator == 1 and abs(cell) < 1 << 62 for cell in there):
        kinds += [pa.int64()]
        kinds += [type_ for bits, type_ in ((7, pa.int8()), (15, pa.int16()), (31, pa.int32())) if _fit(there, bits)]
        kinds += [pa.uint64()] if min(there, default=0) >= 0 else []
    elif all((cell * 10**4).denominator == 1 and abs(cell) < 10**9 for cell in there):
        kinds += [pa.decimal128(18, 4), pa.float32()]
    kind = source.choice(kinds)
    if pa.types.is_decimal(kind):
        return pa.array([None if one is None else Decimal(one.numerator) / one.denominator for one in cells], kind)
    if pa.types.is_floating(kind):
        values = [None if one is None else float(one) for one in cells]
        if values and source.random() < 0.2:
            place = source.randrange(len(values))
            values[place] = source.choice([float("nan"), float("inf"), -0.0, 1e300, 0.1 + 0.2, values[place]])
        return pa.array(values, kind)
    return pa.array([None if one is None else int(one) for one in cells], kind)


def _fit(cells: list[Fraction], bits: int) -> bool:
    return all(-(1 << bits) <= cell < 1 << bits for cell in cells)


def _exact(cell: Any) -> Fraction | None:
    """Return a number as its exact intended value; None for anything else."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal | Fraction):
        return None
    try:
        return Fraction(str(cell)) if isinstance(cell, float) else Fraction(cell)
    except (ValueError, OverflowError):
        return None


def _day(cell: Any) -> date | None:
    try:
        return date.fromisoformat(cell) if isinstance(cell, str) else date(cell.year, cell.month, cell.day)
    except (ValueError, AttributeError):
        return None


def differences(
    program: Program, table: Any, columns: Sequence[str] | None = None, *, engine: str = "scalar", **options: Any
) -> list[str]:
    """Return what is different between a table rated by columns and row by row.

    Args:
        program: the rules.
        table: a data frame.
        columns: to add.
        engine: which rates row by row.
        options: of `assess_table`.
    """
    ignore = ["nothing"] if "nothing" in _names(table) else []
    ignore += ["row number"] if "row number" in _names(table) else []

    def came(engine: str, on_error: str) -> Any:
        try:
            return assess_table(
                program, table, ignore=ignore, columns=columns, engine=engine, on_error=on_error, **options
            )
        except KpirulesError as refused:
            return type(refused), str(refused)
        except ValueError as refused:
            if engine == "columns":
                raise NoForm(str(refused)) from None
            return type(refused), str(refused)

    found = []
    for on_error in ("report", "raise"):
        one, other = came("columns", on_error), came(engine, on_error)
        if isinstance(one, tuple) or isinstance(other, tuple):
            if not (isinstance(one, tuple) and isinstance(other, tuple) and one == other):
                found.append(f"{on_error}: {one} != {other}")
            continue
        found += [
            f"{name}: {list(own)} != {list(others)}"
            for name in _names(other)
            if not equal(own := one[name], others := other[name])
        ]
        if by_budget(not _has_errors(other), False):
            break
    return found


def _has_errors(table: Any) -> bool:
    """Return whether some row of a rated table has an error; without one nothing is raised either."""
    cells = table["error"] if "error" in _names(table) else []
    return any(isinstance(cell, str) for cell in (cells.to_pylist() if hasattr(cells, "to_pylist") else cells))


def _names(table: Any) -> list[str]:
    return list(table.column_names if isinstance(table, pa.Table) else table.columns)


def equal(one: Any, other: Any) -> bool:
    """Return whether two columns are equal, including types and missing cells."""
    if isinstance(one, pa.ChunkedArray):
        return one.type == other.type and [repr(cell) for cell in one.to_pylist()] == [
            repr(cell) for cell in other.to_pylist()
        ]
    if isinstance(one, pl.Series):
        return one.dtype == other.dtype and [repr(cell) for cell in one] == [repr(cell) for cell in other]
    return (
        one.dtype == other.dtype and list(map(repr, one)) == list(map(repr, other)) and one.index.equals(other.index)
    )
