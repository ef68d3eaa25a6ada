"""Turns columns of a data frame into integers, and flags cells that only the scalar engine can read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import reduce
from itertools import count
from operator import and_
from typing import Any

import narwhals.stable.v2 as nw
from attrs import define, frozen

from ...language.model import BooleanDomain, ChoiceDomain, DateDomain, NumberDomain, TextDomain
from ...plan.steps import Variable
from .library import Expr, float64, int64, lib
from .values import Number
from .widths import DOUBLE_BITS

__all__ = ["ENTERED", "EPOCH", "FLOATS", "Entered", "Entering", "Unreadable"]

ENTERED = 4
"""The stage after which all inputs are integers."""

EPOCH = 719_163
"""The day number of 1970-01-01; that of 0001-01-01 is 1."""

SIGNED = (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.UInt8, nw.UInt16, nw.UInt32)

FLOATS = (nw.Float64, nw.Float32)

TEXTS = (nw.String, nw.Categorical, nw.Enum)

MOST_DIGITS = {nw.Float64: 15, nw.Float32: 6, nw.Decimal: 14}
"""Decimal digits up to which only one decimal has the value of a cell."""


class Unreadable(Exception):
    """A column of a type without a column form; the argument names both."""


@frozen
class Entered:
    """An input as columns.

    Args:
        value: an integer within the domain, or a flag; any if the cell is missing or not valid.
        is_given: whether the cell is present; None if all are.
        is_valid: whether it may be rated by columns; None if all may.
    """

    value: Number | Expr
    is_given: Expr | None = None
    is_valid: Expr | None = None


@define(eq=False)
class Entering:
    """Reads the columns of a frame.

    Args:
        texts: the texts of the rulebook, then those of the frame.
        first: the library whose expressions read the frame.
        keep: adds an expression as a column of a stage, and returns that column; stage 0 is the frame.
        one: a column of the double 1.
        is_clamped: whether a cell that is not valid must become an integer within the domain.
        ends: the least and the greatest number of each column of Polars whose cells are all numbers.
        divisors: a column for each constant divisor. Polars divides by one number by multiplying with its reciprocal.
    """

    texts: list[str]
    first: Any
    keep: Callable[[int, Expr], Expr]
    one: Expr
    is_clamped: bool
    ends: Mapping[str, tuple[Any, Any]]
    divisors: dict[float, Expr]

    def entered(
        self, variable: Variable, column: nw.Series[Any] | None, fallback: int | None, *, is_read: bool
    ) -> Entered:
        """Return an input as expressions over columns; its value is a column after stage 4.

        This is long since it has one case for each type of input.

        Args:
            variable: the input.
            column: its column; None if the table has none.
            fallback: the integer for a missing cell, or None.
            is_read: whether a step reads it.

        Raises:
            Unreadable: if the column is of a type that has no column form for the input.
        """
        low, high, step = self._ends(variable)
        absent = low if fallback is None else fallback
        is_flag = isinstance(variable.domain, BooleanDomain)
        if column is None:
            value = self.one == float(absent) if is_flag else Number(self.one * float(absent))
            if not is_flag and max(-low, high).bit_length() > DOUBLE_BITS:
                value = Number(None, lib().when(self.one == 1.0).then(int64(absent)))
            if isinstance(value, Number):
                return Entered(value.kept(lambda part: self.keep(2, part)), self.keep(2, self.one == 0.0))
            return Entered(self.keep(2, value), self.keep(2, self.one == 0.0))
        dtype, cell = column.dtype, self.first.col(column.name)
        is_given = self.keep(0, ~cell.is_null()) if column.null_count() else None

        def filled(cell: Expr, value: bool | float | str) -> Expr:
            return self.keep(0, cell if is_given is None else cell.fill_null(value))

        if is_flag and dtype == nw.Boolean:
            return Entered(filled(cell, bool(absent)), is_given)
        match variable.domain:
            case NumberDomain() if max(-low, high).bit_length() > DOUBLE_BITS and (
                dtype in SIGNED or dtype == nw.UInt64
            ):
                return self._of_wholes(variable.domain, (low, high, step, absent), column, filled, is_given)
            case NumberDomain(denominator=denominator) if dtype in SIGNED or dtype == nw.UInt64:
                # Whole numbers beyond a double are beyond the domain.
                number = self._held(cell, dtype).cast(self.first.Float64)
                number = filled(number if denominator == 1 else number * float(denominator), float(absent))
                if step == 1 and self._are_within(column, low, high, denominator):
                    return Entered(Number(number), is_given)
                is_valid = (number >= float(low)) & (number <= float(high))
            case NumberDomain() if dtype in FLOATS or dtype == nw.Decimal:
                return self._of_decimals(variable.domain, (low, high, step, absent), column, filled, is_given)
            case ChoiceDomain(options=options) if dtype in TEXTS:
                text = filled(cell if dtype == nw.String else cell.cast(self.first.String), self.texts[absent])
                found = float64(-1.0)
                for option in reversed(options):
                    code = float64(self.texts.index(option))
                    found = lib().when(text == option).then(code).otherwise(found)
                number = self.keep(1, found)
                is_valid = number >= 0.0
            case TextDomain(max_length=longest) if dtype == nw.String:
                text = filled(cell, "" if fallback is None else self.texts[fallback])
                is_valid = self.keep(1, text.str.len_chars() <= longest)
                number = self.keep(1, self._coded(text, column, fallback)) if is_read else self.one
                return Entered(Number(number), is_given, is_valid)
            case DateDomain() if dtype == nw.Date:
                number = filled(cell.cast(self.first.Int32).cast(self.first.Float64), absent - EPOCH) + float(EPOCH)
                is_valid = (number >= float(low)) & (number <= float(high))
            case _:
                raise Unreadable(f"the column `{column.name}` is {dtype}, which is no column form of `{variable.id}`")
        if step != 1:
            is_valid = is_valid & self._is_multiple(number, step)
        return self._checked(number, low, is_given, is_valid, is_clamped=self.is_clamped)

    def _checked(self, number: Expr, low: int, is_given: Expr | None, is_valid: Expr, *, is_clamped: bool) -> Entered:
        """Return numbers with a check; one that is not valid may become the least of the domain."""
        is_valid = self.keep(3, is_valid)
        if is_clamped:
            number = lib().when(is_valid).then(number).otherwise(float64(low))
        return Entered(Number(self.keep(ENTERED, number)), is_given, is_valid)

    def _held(self, cell: Expr, dtype: nw.dtypes.DType) -> Expr:
        """Return whole numbers clipped to those that doubles hold, since Arrow casts no others."""
        if self.first is not nw or dtype not in (nw.Int64, nw.UInt64):
            return cell
        most = 1 << DOUBLE_BITS
        return cell.clip(-most, most) if dtype == nw.Int64 else self._at_most(cell, most)

    def _at_most(self, cell: Expr, most: int) -> Expr:
        """Return unsigned numbers clipped to an unsigned limit: Arrow can't compare them with a signed number."""
        return cell.clip(upper_bound=self.first.lit(most, self.first.UInt64))

    def _is_multiple(self, number: Expr, step: int) -> Expr:
        """Return whether numbers are multiples of a step."""
        return (number / self._divisor(float(step))).floor() * float(step) == number

    def _are_within(self, column: nw.Series[Any], low: int, high: int, denominator: int) -> bool:
        """Return whether a Polars column is within limits, by its least and greatest number, which is faster."""
        if column.name not in self.ends:
            return False
        least, most = self.ends[column.name]
        if column.dtype in FLOATS:
            # A number between two short decimals is nearest to one that is between them.
            return bool(low / denominator <= least and most <= high / denominator)
        return low <= Fraction(least) * denominator and Fraction(most) * denominator <= high

    def _coded(self, text: Expr, column: nw.Series[Any], fallback: int | None) -> Expr:
        """Return the indexes of texts."""
        numbers = {text: number for number, text in enumerate(self.texts)}
        found = {cell for cell in column.unique().to_list() if isinstance(cell, str)} | {""}
        if fallback is not None:
            found.add(self.texts[fallback])
        for one in sorted(found):
            if one not in numbers:
                numbers[one] = len(self.texts)
                self.texts.append(one)
        known = sorted(found)
        return text.replace_strict(known, [float(numbers[one]) for one in known], return_dtype=lib().Float64)

    def _of_wholes(
        self,
        domain: NumberDomain,
        ends: tuple[int, int, int, int],
        column: nw.Series[Any],
        filled: Callable[[Expr, float], Expr],
        is_given: Expr | None,
    ) -> Entered:
        """Return whole numbers that are too wide for doubles, with their checks."""
        low, high, step, absent = ends
        scale, cell = domain.denominator, self.first.col(column.name)
        cell = (self._at_most(cell, 1 << 62) if column.dtype == nw.UInt64 else cell).cast(self.first.Int64)
        inside, most = -(-low // scale), high // scale
        if inside > most:
            raise Unreadable(f"no whole number is in the domain of `{column.name}`")
        number = filled(cell, inside)
        is_valid = (number >= inside) & (number <= most)
        if is_given is not None:
            is_valid = is_valid | ~is_given
        is_valid = self.keep(3, is_valid & (number * scale % step == 0) if step != 1 else is_valid)
        is_used = is_valid if is_given is None else is_valid & is_given
        # A cell beyond its domain would be too wide for what follows.
        value = lib().when(is_valid).then(number).otherwise(int64(inside)) * scale
        if is_given is not None:
            value = lib().when(is_used).then(value).otherwise(int64(absent))
        return Entered(Number(None, self.keep(ENTERED, value)), is_given, is_valid)

    def _ends(self, variable: Variable) -> tuple[int, int, int]:
        """Return the least and the greatest integer of an input, and the unit of which all are multiples."""
        match variable.domain:
            case NumberDomain(grid=grid, denominator=denominator):
                step = (grid.unit * denominator).numerator
                return grid.low * step, grid.high * step, step
            case DateDomain(minimum=minimum, maximum=maximum):
                return (minimum or date.min).toordinal(), (maximum or date.max).toordinal(), 1
            case ChoiceDomain(options=options):
                codes = [self.texts.index(option) for option in options]
                return min(codes), max(codes), 1
        return 0, 1, 1

    def _of_decimals(
        self,
        domain: NumberDomain,
        ends: tuple[int, int, int, int],
        column: nw.Series[Any],
        filled: Callable[[Expr, float], Expr],
        is_given: Expr | None,
    ) -> Entered:
        """Return floats or decimals; valid are those that equal exactly one short decimal of the domain."""
        low, high, step, absent = ends
        kind = next(kind for kind in MOST_DIGITS if column.dtype == kind)
        checks: list[Expr] = []
        if kind is nw.Decimal:
            number, is_multiple = self._scaled(column, domain.denominator, filled)
            checks += [] if is_multiple is None else [is_multiple]
            if is_given is not None:
                number = lib().when(is_given).then(number).otherwise(float64(absent))
        else:
            cell = filled(self.first.col(column.name).cast(self.first.Float64), absent / domain.denominator)
            number, is_decimal = self._nearest(cell, domain.denominator, is_narrow=kind is nw.Float32)
            checks.append(is_decimal)
        is_within = self._are_within(column, low, high, domain.denominator)
        if not is_within:
            # What is not a number and the infinities are beyond the ends of the domain on every engine.
            checks += [number >= float(low), number <= float(high)]
        places = next(n for n in count() if 10**n % domain.denominator == 0)
        most = (
            10 ** MOST_DIGITS[kind] * domain.denominator // 10 ** (_scale(column) if kind is nw.Decimal else places)
        )
        if max(-low, high) >= most:
            checks += [number > float(-most), number < float(most)]
        if step != 1:
            checks.append(self._is_multiple(number, step))
        if not checks:
            return Entered(Number(self.keep(ENTERED, number)), is_given)
        is_valid = reduce(and_, checks)
        return self._checked(number, low, is_given, is_valid, is_clamped=self.is_clamped and not is_within)

    def _nearest(self, cell: Expr, denominator: int, *, is_narrow: bool) -> tuple[Expr, Expr]:
        """Return the nearest integers of floats, and whether each float is the nearest one to its integer."""
        if denominator == 1:
            number = self.keep(2, (cell + 0.5).floor())
            return number, number == cell
        number = self.keep(2, (cell * float(denominator) + 0.5).floor())
        back = number / self._divisor(float(denominator))
        return number, (back.cast(lib().Float32).cast(lib().Float64) if is_narrow else back) == cell

    def _scaled(
        self, column: nw.Series[Any], denominator: int, filled: Callable[[Expr, float], Expr]
    ) -> tuple[Expr, Expr | None]:
        """Return decimals as integers, and whether each is one; None if all are."""
        cell, factor = self.first.col(column.name), 10 ** _scale(column)
        if self.first is nw:
            number = (filled(cell.cast(nw.Float64), 0.0) * float(factor) + 0.5).floor()
        else:
            number = filled(cell.to_physical().cast(self.first.Float64), 0.0)
        ratio = Fraction(denominator, factor)
        if ratio.denominator == 1:
            return number if ratio == 1 else number * float(ratio.numerator), None
        number = self.keep(1, number)
        quotient = (number / self._divisor(float(ratio.denominator))).floor()
        return quotient * float(ratio.numerator), quotient * float(ratio.denominator) == number

    def _divisor(self, value: float) -> Expr:
        if value not in self.divisors:
            self.divisors[value] = self.keep(2, self.one * value)
        return self.divisors[value]


def _scale(column: nw.Series[Any]) -> int:
    """Return the decimal places of a column of decimals."""
    native: Any = column.to_native()
    type_ = getattr(native, "dtype", None) or native.type
    type_ = getattr(type_, "pyarrow_dtype", type_)
    scale: int = type_.scale
    if not 0 <= scale <= MOST_DIGITS[nw.Decimal]:
        raise Unreadable(f"the column `{column.name}` has {scale} decimals")
    return scale
