"""The library for computing: Polars if it is installed, whatever the library of the table, else narwhals.

Both have the same names for all that is used here. Expressions of narwhals for Polars take ten times longer to build.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import narwhals.stable.v2 as nw

__all__ = ["Expr", "float64", "int64", "lib", "of_frame", "ones", "whole_number"]

Expr = Any
"""An expression of the library."""


@cache
def lib() -> Any:
    """Return Polars if it is installed, else narwhals."""
    try:
        import polars as pl
    except ImportError:
        return nw
    return pl


def of_frame(frame: nw.DataFrame[Any]) -> Any:
    """Return the library whose expressions read a frame as it is given.

    Args:
        frame: a table.
    """
    return lib() if frame.implementation.is_polars() else nw


def float64(value: float) -> Expr:
    """Return a constant double.

    Args:
        value: the number.
    """
    if lib() is nw:
        return nw.lit(float(value), nw.Float64)
    return lib().lit(float(value))  # Polars casts a literal of a given type, which takes ten times as long


def int64(value: int) -> Expr:
    """Return a constant integer of 64 bits.

    Args:
        value: the integer.
    """
    return lib().lit(value, lib().Int64)


def ones(column: str) -> Expr:
    """Return a column of the double 1 that Polars does not simplify to a single number.

    Polars holds a column as one number if it knows that all rows are equal, and divides by that with its reciprocal.

    Args:
        column: a column of flags.
    """
    rows = lib().col(column).cast(nw.Int64) if lib() is nw else lib().int_range(lib().len())
    return rows * 0.0 + 1.0


def whole_number(double: Expr) -> Expr:
    """Return doubles that hold small whole numbers, such as indexes of texts and days, as integers.

    Args:
        double: the doubles.
    """
    if lib() is nw:
        return double.cast(nw.Int64)
    return double.cast(lib().Int32, wrap_numerical=True)  # which takes half the time of a cast that checks them
