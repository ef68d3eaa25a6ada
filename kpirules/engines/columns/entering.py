"""Turns columns of a data frame into integers, with a flag for cells that the scalar engine must read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from itertools import count
from typing import Any

import narwhals.stable.v2 as nw
from attrs import frozen

from ...language.model import BooleanDomain, ChoiceDomain, DateDomain, NumberDomain, TextDomain
from ...plan.steps import Variable
from ..integers import IntegerProgram

__all__ = ["Entered", "Unreadable", "entered"]

EPOCH = 719_163
"""The day number of 1970-01-01; that of 0001-01-01 is 1."""

SIGNED = (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.UInt8, nw.UInt16, nw.UInt32)

TEXTS = (nw.String, nw.Categorical, nw.Enum)

MOST_DIGITS = {nw.Float64: 15, nw.Float32: 6, nw.Decimal: 14}
"""Decimal digits up to which only one decimal has the value of a cell."""


class Unreadable(Exception):
    """A column of a type without a column form; the argument names both."""


Keep = Callable[[int, nw.Expr], nw.Expr]
"""Adds an expression as a column of a stage, and returns that column."""


@frozen
class Entered:
    """An input as columns.

    Args:
        value: an integer within the domain, or a flag; any if the cell is missing or not valid.
        is_given: whether the cell is present; None if all are.
        is_valid: whether it may be rated by columns; None if all may.
    """

    value: nw.Expr
    is_given: nw.Expr | None = None
    is_valid: nw.Expr | None = None


def entered(
    program: IntegerProgram,
    variable: Variable,
    column: nw.Series[Any] | None,
    fallback: int | None,
    keep: Keep,
    zero: nw.Expr,
) -> Entered:
    """Return an input as expressions over columns.

    Args:
        program: has the indexes of texts.
        variable: the input.
        column: its column; None if the table has none.
        fallback: the integer for a missing cell, or None.
        keep: adds columns; stage 0 is the frame, and the value is a column after stage 4.
        zero: a column of the double 0.

    Raises:
        Unreadable: if the column is of a type that has no column form for the input.
    """
    low, high, step = _ends(program, variable)
    absent = low if fallback is None else fallback
    is_flag = isinstance(variable.domain, BooleanDomain)
    if column is None:
        constant = nw.lit(bool(absent)) if is_flag else nw.lit(absent, nw.Int64)
        value = nw.when(zero == 0.0).then(constant).otherwise(constant)
        return Entered(keep(2, value), keep(2, zero != 0.0))
    dtype, cell = column.dtype, nw.col(column.name)
    is_given = keep(0, ~cell.is_null()) if column.null_count() else None

    def filled(cell: nw.Expr, by: bool | float | str) -> nw.Expr:
        return keep(0, cell if is_given is None else cell.fill_null(by))

    if is_flag and dtype == nw.Boolean:
        return Entered(filled(cell, bool(absent)), is_given)
    scale = 1
    match variable.domain:
        case NumberDomain(denominator=denominator) if dtype in SIGNED or dtype == nw.UInt64:
            cell = (cell.clip(upper_bound=1 << 62) if dtype == nw.UInt64 else cell).cast(nw.Int64)
            inside, most = -(-low // denominator), high // denominator
            if inside > most:
                raise Unreadable(f"no whole number is in the domain of `{variable.id}`")
            number = filled(cell, inside)
            is_valid = (number >= inside) & (number <= most)
            scale = denominator
        case NumberDomain(denominator=denominator) if dtype in (nw.Float64, nw.Float32) or dtype == nw.Decimal:
            number, is_valid = _from_decimals(denominator, filled(cell.cast(nw.Float64), 0.0), column, keep, zero)
            inside, is_valid = low, is_valid & (number >= low) & (number <= high)
        case ChoiceDomain(options=options) if dtype in TEXTS:
            text = filled(cell if dtype == nw.String else cell.cast(nw.String), options[0])
            found = nw.lit(-1, nw.Int64)
            for option in reversed(options):
                code = nw.lit(program.texts.index(option), nw.Int64)
                found = nw.when(text == option).then(code).otherwise(found)
            number, inside = keep(1, found), low
            is_valid = number >= 0
        case TextDomain(max_length=longest) if dtype == nw.String:
            # No step reads a text that is not among options.
            is_valid = keep(1, filled(cell, "").str.len_chars() <= longest)
            return Entered(is_valid, is_given, is_valid)
        case DateDomain() if dtype == nw.Date:
            number, inside = filled(cell.cast(nw.Int32).cast(nw.Int64), low - EPOCH), low
            number = number + EPOCH
            is_valid = (number >= low) & (number <= high)
        case _:
            raise Unreadable(f"the column `{column.name}` is {dtype}, which is no column form of `{variable.id}`")
    if is_given is not None:
        is_valid = is_valid | ~is_given
    is_valid = keep(3, is_valid & (number * scale % step == 0) if step != 1 else is_valid)
    # A cell beyond its domain would be too wide for what follows.
    is_used = is_valid if is_given is None else is_valid & is_given
    value = nw.when(is_valid).then(number).otherwise(nw.lit(inside, nw.Int64))
    value = value if scale == 1 else value * scale
    if is_given is not None:
        value = nw.when(is_used).then(value).otherwise(nw.lit(absent, nw.Int64))
    return Entered(keep(4, value), is_given, is_valid)


def _ends(program: IntegerProgram, variable: Variable) -> tuple[int, int, int]:
    """Return the ends of an input, and the number of which its integers are multiples."""
    match variable.domain:
        case NumberDomain(grid=grid, denominator=denominator):
            step = (grid.unit * denominator).numerator
            return grid.low * step, grid.high * step, step
        case DateDomain(minimum=minimum, maximum=maximum):
            return (minimum or date.min).toordinal(), (maximum or date.max).toordinal(), 1
        case ChoiceDomain(options=options):
            codes = [program.texts.index(option) for option in options]
            return min(codes), max(codes), 1
    return 0, 1, 1


def _from_decimals(
    denominator: int, cell: nw.Expr, column: nw.Series[Any], keep: Keep, zero: nw.Expr
) -> tuple[nw.Expr, nw.Expr]:
    """Return floats or decimals as integers, valid if one short decimal has the value of the cell."""
    kind = next(kind for kind in MOST_DIGITS if column.dtype == kind)
    places = next(n for n in count() if 10**n % denominator == 0)
    scale, by = places, denominator
    if kind is nw.Decimal:
        scale = _scale(column)
        by = 10**scale
    most = 10 ** MOST_DIGITS[kind] * by // 10**scale
    # Not a number and the infinities are beyond these ends on every engine.
    is_narrow = (cell > -most / by) & (cell < most / by)
    kept = keep(1, nw.when(is_narrow).then(cell).otherwise(nw.lit(0.0)))
    number = keep(2, (kept * float(by) if by != 1 else kept).round(0).cast(nw.Int64))
    back = number.cast(nw.Float64) / (zero + float(by)) if by != 1 else number.cast(nw.Float64)
    if kind is nw.Float32:
        back = back.cast(nw.Float32).cast(nw.Float64)
    if kind is not nw.Decimal:
        return number, back == cell
    # The digits of a decimal are few enough, so what is narrow is exact.
    is_valid, ratio = kept == cell, Fraction(denominator, by)
    if ratio.denominator != 1:
        is_valid, number = is_valid & (number % ratio.denominator == 0), number // ratio.denominator
    return number * ratio.numerator, is_valid


def _scale(column: nw.Series[Any]) -> int:
    """Return the decimal places of a column of decimals."""
    native: Any = column.to_native()
    type_ = getattr(native, "dtype", None) or native.type
    type_ = getattr(type_, "pyarrow_dtype", type_)
    scale: int = type_.scale
    if not 0 <= scale <= MOST_DIGITS[nw.Decimal]:
        raise Unreadable(f"the column `{column.name}` has {scale} decimals")
    return scale
