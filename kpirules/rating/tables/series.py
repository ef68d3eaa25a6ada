"""Writes the columns of a rated data frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import inf, isinf
from typing import TYPE_CHECKING, Any

from ...plan.steps import Output
from ..columns import Column
from ..program import Program

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["MIXED", "in_one_series", "in_order", "kinds_of", "row_numbers", "series_of"]

HELD = ("number", "boolean", "date")
"""The types that data frames hold besides text."""

MIXED = "mixed"
"""The type of a value that has different ones in variants or editions, and is written as text."""

_OF_PANDAS = {"boolean": "boolean", "date": "object"}
"""Plain booleans of pandas have no missing value, and it has dates only with PyArrow."""


def series_of(column: Column, kind: str, rows: list[dict[str, Any]], frame: Any) -> Any:
    """Return a column of a data frame."""
    import narwhals.stable.v2 as nw

    values = [_stored(row[column.name], column.name) for row in rows]
    if kind in _OF_PANDAS and frame.implementation.is_pandas_like():
        native = frame.implementation.to_native_namespace()
        return nw.from_native(native.Series(values, name=column.name, dtype=_OF_PANDAS[kind]), series_only=True)
    types: dict[str, Any] = {"number": nw.Float64, "boolean": nw.Boolean, "date": nw.Date}
    return nw.new_series(column.name, values, types.get(kind, nw.String), backend=frame.implementation)


def row_numbers(rows: Iterable[int], frame: Any) -> nw.Series[Any]:
    """Return the indexes of rows as a series of the library of a data frame.

    Args:
        rows: the indexes.
        frame: the data frame.
    """
    import narwhals.stable.v2 as nw

    return nw.new_series("row numbers", rows, nw.Int64, backend=frame.implementation)


def in_one_series(pieces: Sequence[nw.Series[Any]]) -> nw.Series[Any]:
    """Return the values of several series of one name, one after the other.

    Args:
        pieces: the series.
    """
    import narwhals.stable.v2 as nw

    return nw.concat([piece.to_frame() for piece in pieces])[pieces[0].name]


def in_order(parts: Sequence[tuple[Iterable[int], list[Any]]], frame: Any) -> list[Any]:
    """Return the columns of parts of a table in the order of its rows; a later part replaces an earlier one.

    Args:
        parts: the indexes of rows, and their columns.
        frame: the table.
    """
    import narwhals.stable.v2 as nw

    if len(parts) == 1:
        return parts[0][1]
    order, start = row_numbers(range(len(frame)), frame), 0
    for rows, _ in parts:
        own = rows if isinstance(rows, nw.Series) else row_numbers(rows, frame)
        order = order.scatter(own, row_numbers(range(start, start + len(own)), frame))
        start += len(own)
    found = []
    for same in zip(*(columns for _, columns in parts), strict=True):
        whole = in_one_series(same)
        if whole.implementation.is_pandas():
            native = whole.to_native().iloc[order.to_numpy()].reset_index(drop=True)
            found.append(nw.from_native(native, series_only=True))
        else:
            found.append(whole[order])
    return found


def _stored(value: Any, column: str) -> Any:
    """Return a value for a data frame; a number as the nearest double."""
    if not isinstance(value, Decimal | Fraction):
        return value
    try:
        found = float(value)
    except OverflowError:
        found = inf
    if isinf(found):
        raise ValueError(
            f"a number of `{column}` exceeds 1.8e308, the largest that a data frame can hold; "
            "give the rows as a list of mappings, which has exact numbers"
        )
    return found


def kinds_of(program: Program) -> dict[str, str]:
    """Return the types of named values and outputs, by column: as data frames hold them."""
    kinds: dict[str, str] = {}
    for plan in (part.plan for part in program.whole):
        steps = [step for step in plan.steps if isinstance(step, Output)]
        own = {f"outputs.{step.id}": step.op.type.kind for step in steps}
        own |= {f"let.{id_}": value.op.type.kind for id_, value in plan.let.items()}
        for name, kind in own.items():
            held = kind if kind in HELD else "text"
            kinds[name] = held if kinds.get(name, held) == held else MIXED
    return kinds
