"""Converts columns of other types, such as objects or datetimes, to types that can be rated by columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from importlib.util import find_spec
from typing import Any

from ...kernel.exact import from_value
from ..assessing.values import day_of, is_boolean
from ..program import Program
from .frames import frame_rows

__all__ = ["readable"]

WIDEST = 1 << 53
"""A whole number below this is a double, and an integer of 64 bits."""


def readable(program: Program, frame: Any, inputs: Mapping[str, str]) -> tuple[Any, list[int]]:
    """Return a table whose columns have types that can be rated by columns, and the rows with unreadable cells.

    Args:
        program: declares the inputs.
        frame: the table.
        inputs: its columns by input.
    """
    kinds: dict[str, str] = {}
    for part in program.whole:
        for input_ in part.rulebook.inputs:
            kind = input_.type.kind
            kinds[input_.id] = kind if kinds.get(input_.id, kind) == kind else ""
    columns, others = [], set[int]()
    for id_, name in inputs.items():
        kind = kinds.get(id_, "")
        if kind not in READERS or _has_form(frame.get_column(name), kind):
            continue
        cells = [row[name] for row in frame_rows(frame.select(name))]
        read = _read(cells, READERS[kind])
        unread = [
            i for i, (cell, own) in enumerate(zip(cells, read, strict=True)) if cell is not None and own is None
        ]
        if unread and len(unread) + cells.count(None) == len(cells):
            continue  # the column has another meaning
        if (column := _column(name, read, kind, frame)) is not None:
            columns.append(column)
            others.update(unread)
    return (frame.with_columns(*columns) if columns else frame), sorted(others)


def _has_form(column: Any, kind: str) -> bool:
    """Return whether a column of an input has a type that is rated by columns."""
    import narwhals.stable.v2 as nw

    dtype = column.dtype
    texts = (nw.String, nw.Categorical, nw.Enum)
    forms = {"date": (nw.Date,), "boolean": (nw.Boolean,), "text": (nw.String,), "choice": texts}
    if kind == "choice" and dtype in texts[1:]:
        return all(type(one) is str for one in column.drop_nulls().unique().to_list())  # 1 is not the option "1"
    return bool(dtype.is_numeric()) if kind == "number" else dtype in forms[kind]


def _read(cells: list[Any], reader: Callable[[Any], Any]) -> list[Any]:
    """Return cells as the scalar engine reads them, each distinct cell read once; None for unreadable ones."""
    known: dict[tuple[type, Any], Any] = {}
    found: list[Any] = []
    for cell in cells:
        if cell is None:
            found.append(None)
            continue
        try:
            key = type(cell), cell
            if key not in known:
                known[key] = reader(cell)
            found.append(known[key])
        except TypeError:  # not hashable
            found.append(None)
    return found


def _number(cell: Any) -> int | float | None:
    """Return a cell as an integer or a float; None where that would not be exact."""
    number = from_value(cell)
    if number is None:
        return None
    if number.denominator == 1:
        return int(number) if abs(number) < WIDEST else None
    nearest = float(number)
    return nearest if Fraction(repr(nearest)) == number else None


READERS: Mapping[str, Callable[[Any], Any]] = {
    "number": _number,
    "boolean": lambda cell: bool(cell) if is_boolean(cell) else None,
    "date": day_of,
    "text": lambda cell: cell if type(cell) is str else None,
    "choice": lambda cell: cell if type(cell) is str else None,
}
"""What reads a cell of each kind of input."""


def _column(name: str, cells: list[Any], kind: str, frame: Any) -> Any:
    """Return a column of the type of an input; None if the library has no such type."""
    import narwhals.stable.v2 as nw

    types: dict[str, Any] = {
        "number": nw.Int64,
        "boolean": nw.Boolean,
        "date": nw.Date,
        "text": nw.String,
        "choice": nw.String,
    }
    if kind == "number" and any(isinstance(cell, float) for cell in cells):
        types["number"] = nw.Float64
        cells = [None if cell is None else float(cell) for cell in cells]
    if not frame.implementation.is_pandas():
        return nw.new_series(name, cells, types.get(kind, nw.String), backend=frame.implementation)
    native = frame.implementation.to_native_namespace()
    dtypes: dict[str, Any] = {"number": types["number"].__name__, "boolean": "boolean"}
    if kind == "date":
        if find_spec("pyarrow") is None:
            return None
        import pyarrow as pa

        dtypes["date"] = native.ArrowDtype(pa.date32())
    series = native.Series(cells, name=name, dtype=dtypes.get(kind, "string"), index=frame.to_native().index)
    return nw.from_native(series, series_only=True)
