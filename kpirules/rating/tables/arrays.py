"""Rates tables by way of another kind of table: arrays by column, record batches, and frames of Modin."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any, Literal

from ...diagnostics import listed

__all__ = ["frame_of_arrays", "is_modin", "is_record_batch", "rated_arrays", "rated_modin", "rated_record_batch"]

LIBRARIES: tuple[Literal["polars", "pyarrow", "pandas"], ...] = ("polars", "pyarrow", "pandas")
"""The libraries that may hold arrays as a data frame, the fastest first."""

LARGEST = 2**53
"""The whole numbers up to this size are doubles."""


def rated_arrays(table: Mapping[str, Any], rated: Callable[[Any], Any]) -> dict[str, Any]:
    """Return arrays with those of the ratings: of NumPy if one is, else lists.

    Args:
        table: arrays or lists of one length, by column.
        rated: rates a data frame.

    Raises:
        TypeError: if a value is neither.
        ImportError: without the extra `table`, or a library of data frames.
    """
    frame = frame_of_arrays(table)
    import narwhals.stable.v2 as nw

    found = nw.from_native(rated(frame))
    is_numpy = any(hasattr(values, "dtype") for values in table.values())
    added = [name for name in found.columns if name not in table]
    return {**table, **{name: found[name].to_numpy() if is_numpy else found[name].to_list() for name in added}}


def frame_of_arrays(table: Mapping[str, Any]) -> Any:
    """Return arrays as a data frame, of the fastest library that is installed.

    Args:
        table: arrays or lists of one length, by column.

    Raises:
        TypeError: if a value is neither.
        ImportError: without the extra `table`, or a library of data frames.
    """
    for name, values in table.items():
        if isinstance(values, str | bytes | Mapping) or not hasattr(values, "__len__"):
            raise TypeError(
                "a table is an iterable of mappings, a data frame, or a mapping of columns to arrays; "
                f"`{name}` is no array, but {type(values).__name__}"
            )
    library = next((name for name in LIBRARIES if find_spec(name)), None)
    if library is None or not find_spec("narwhals"):
        raise ImportError('arrays need an extra and a library of data frames: pip install "kpirules[table]" polars')
    import narwhals.stable.v2 as nw

    frame = nw.from_dict({name: _values(name, values) for name, values in table.items()}, backend=library)
    floats = [name for name, values in table.items() if _kind(values) == "f"]
    # NumPy has no other mark for a missing number.
    return frame.with_columns(nw.col(name).fill_nan(None) for name in floats).to_native()


def is_record_batch(table: Any) -> bool:
    """Return whether a table is a record batch of PyArrow."""
    arrow = sys.modules.get("pyarrow")
    return arrow is not None and isinstance(table, arrow.RecordBatch)


def rated_record_batch(batch: Any, rated: Callable[[Any], Any]) -> Any:
    """Return a record batch of PyArrow with its ratings.

    Args:
        batch: the record batch.
        rated: rates a table.
    """
    import pyarrow as pa

    found = rated(pa.Table.from_batches([batch])).combine_chunks()
    return next(iter(found.to_batches()), pa.RecordBatch.from_pylist([], found.schema))


def is_modin(table: Any) -> bool:
    """Return whether a table is a data frame of Modin."""
    modin = sys.modules.get("modin.pandas")
    return modin is not None and isinstance(table, modin.DataFrame)


def rated_modin(table: Any, rated: Callable[[Any], Any]) -> Any:
    """Return a data frame of Modin with its ratings; pandas holds it while it is rated.

    Args:
        table: the data frame.
        rated: rates a data frame of pandas.
    """
    return type(table)(rated(table.modin.to_pandas()))


def _values(name: str, values: Any) -> Any:
    """Return an array as a data frame takes it; objects one by one, all of one type, so that none is converted."""
    if not isinstance(values, list | tuple) and _kind(values) != "O":
        return values
    objects = list(values)
    types = {type(one) for one in objects if one is not None}
    if types == {int, float} and all(abs(one) <= LARGEST for one in objects if type(one) is int):
        return [None if one is None else float(one) for one in objects]
    if len(types) > 1:
        raise TypeError(
            f"`{name}` has values of several types ({listed(sorted(one.__name__ for one in types), 'and')}): "
            "give values of one type, or rows as mappings"
        )
    return objects


def _kind(values: Any) -> str:
    """Return the letter for the type of an array of NumPy, or an empty text."""
    return str(getattr(getattr(values, "dtype", None), "kind", ""))
