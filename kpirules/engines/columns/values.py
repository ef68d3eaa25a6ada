"""Integers as columns, and the operations on them.

An integer of up to 53 bits is a double, one of up to 62 bits a 64-bit integer. A wider one is held twice: as a double
near it, and modulo 2⁶⁴. The double tells its sign unless it is near zero; then the remainder is the integer itself.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from attrs import define, field, frozen

from ..integers import MOST_BITS, Step
from .library import Expr, float64, int64, lib
from .widths import DOUBLE_BITS, is_near, is_wide

__all__ = ["Number", "Operations"]

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
}

ULP = 2.0**-53
"""Largest relative error of one operation on doubles."""

SLACK = 1.001
"""Factor on bounds of errors, for the errors of the bounds themselves."""

QUOTIENT_BITS = 50
"""Maximum bits of a dividend whose quotient rounded down is exact if half is added first."""

IRRATIONAL_ERROR = 2.0**-36
"""Largest relative error of an irrational function of doubles, with that of its arguments magnified."""

NORMAL_ERROR = 2.0**-24
"""Largest relative error of the normal distribution; that of its approximation is 10⁻⁸."""

HART = (
    (
        3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931,
        220.206867912376,
    ),
    (
        8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
        793.826512519948, 440.413735824752,
    ),
)  # fmt: skip
"""The coefficients of the numerator and the denominator of the approximation near zero."""

TINY = 1e-20
"""Added to the bound of an irrational number: its error is not below 10⁻⁴⁰."""

NEAREST = 2.0**MOST_BITS
"""A number below this is known by its remainder modulo 2⁶⁴."""


@frozen
class Number:
    """A column of integers: as doubles, and modulo 2⁶⁴ where doubles are not exact.

    Args:
        double: the nearest double, or one within `error · most`; None if only the integer is there.
        whole: the integer modulo 2⁶⁴; None if the double is exact.
        most: at least the absolute value of the integer, up to rounding; None if that of the double is.
        error: the relative error of the double.
    """

    double: Expr | None = None
    whole: Expr | None = None
    most: Expr | None = None
    error: float = 0.0

    @property
    def as_double(self) -> Any:
        if self.double is not None:
            return self.double
        assert self.whole is not None
        return self.whole.cast(lib().Float64)

    @property
    def as_whole(self) -> Any:
        if self.whole is not None:
            return self.whole
        assert self.double is not None
        return self.double.cast(lib().Int64)

    @property
    def bound(self) -> Any:
        """An upper bound on the absolute value."""
        return self.as_double.abs() if self.most is None else self.most

    def kept(self, keep: Callable[[Expr], Expr]) -> Number:
        """Return the number with each of its parts as a column."""
        double, whole, most = (None if part is None else keep(part) for part in (self.double, self.whole, self.most))
        return Number(double, whole, most, self.error)


@define(eq=False)
class Operations:
    """Writes operations on integers, and gathers the flags of rows that they can't decide.

    Args:
        one: a column of the double 1, by which a constant divisor becomes a column.
        refusals: flags under which the scalar engine must rate the row.
    """

    one: Expr
    refusals: list[Expr] = field(factory=list)

    def constant(self, value: int) -> Number:
        if value.bit_length() <= DOUBLE_BITS:
            return Number(float64(value))
        remainder = (value + (1 << 63)) % (1 << 64) - (1 << 63)
        whole = int64(remainder)
        return Number(float64(value), whole, None, ULP if is_wide(value.bit_length()) else 0.0)

    def column(self, number: Number) -> Number:
        """Return a constant as whole columns."""
        if number.whole is not None:
            return Number(None, lib().when(self.one == 1.0).then(number.whole).otherwise(number.whole))
        return Number(self.one * number.as_double)

    def fitted(self, step: Step, number: Number) -> Number:
        """Return a number as the kind of column that its step needs: a double, an integer, or both."""
        if is_near(step):
            return number
        if step.bits <= DOUBLE_BITS:
            return number if number.whole is None else Number(number.whole.cast(lib().Float64))
        return Number(None, number.as_whole)

    def arithmetic(self, step: Step, x: Step, y: Step, a: Number, b: Number) -> Number:
        """Return `+ - *` of two integers."""
        compute = OPERATORS[step.operation]
        bits = max(step.bits, x.bits, y.bits)
        if bits <= DOUBLE_BITS and not step.is_real:
            return Number(compute(a.as_double, b.as_double))
        if step.is_real:
            whole = None
        else:
            whole = compute(a.as_whole, b.as_whole)
            if not is_wide(bits):
                return self.fitted(step, Number(None, whole))
        double = compute(a.as_double, b.as_double)
        errors = self._errors(x, y, a, b)
        if step.operation == "*":
            is_plain = a.most is None and b.most is None
            return self.fitted(step, Number(double, whole, None if is_plain else a.bound * b.bound, _sum(*errors)))
        is_plain = step.operation == "+" and a.most is None and b.most is None and min(x.low, y.low) >= 0
        most = None if is_plain else a.bound + b.bound
        return self.fitted(step, Number(double, whole, most, _sum(max(errors))))

    def _errors(self, x: Step, y: Step, a: Number, b: Number) -> tuple[float, float]:
        return tuple(  # type: ignore[return-value]
            number.error or (ULP if step.bits > DOUBLE_BITS else 0.0) for step, number in ((x, a), (y, b))
        )

    def select(self, step: Step, flag: Expr, x: Step, y: Step, a: Number, b: Number) -> Number:
        """Return one of two integers."""

        def chosen(then: Expr, otherwise: Expr) -> Expr:
            return lib().when(flag).then(then).otherwise(otherwise)

        bits = max(step.bits, x.bits, y.bits)
        if step.is_real:
            whole = None
        elif bits <= DOUBLE_BITS:
            return Number(chosen(a.as_double, b.as_double))
        else:
            whole = chosen(a.as_whole, b.as_whole)
            if not is_wide(bits):
                return self.fitted(step, Number(None, whole))
        most = None if a.most is None and b.most is None else chosen(a.bound, b.bound)
        error = max(self._errors(x, y, a, b))
        return self.fitted(step, Number(chosen(a.as_double, b.as_double), whole, most, error))

    def compare(self, sign: str, x: Step, y: Step, a: Number, b: Number) -> Expr:
        """Return a comparison of two integers."""
        compute, bits = OPERATORS[sign], max(x.bits, y.bits)
        found: Expr
        is_real = x.is_real or y.is_real
        if bits <= DOUBLE_BITS and not is_real:
            found = compute(a.as_double, b.as_double)
            return found
        if not is_wide(bits) and not is_real:
            found = compute(a.as_whole, b.as_whole)
            return found
        error = _sum(max(self._errors(x, y, a, b)))
        above, distance = a.as_double - b.as_double, (a.bound + b.bound) * error
        is_near = above.abs() <= distance
        if is_real:
            self.refusals.append(is_near)
            found = is_near if sign == "==" else above < 0.0
            return found
        rest = a.as_whole - b.as_whole
        if error * 2.0 ** (bits + 1) >= NEAREST:
            self.refusals.append(is_near & (distance >= NEAREST))
        if sign == "==":
            found = is_near & (rest == 0)
            return found
        return lib().when(is_near).then(compute(rest, 0)).otherwise(above < 0.0)

    def divide(self, step: Step, x: Step, y: Step, a: Number, b: Number) -> Number:
        """Return a quotient rounded down, or its remainder; the result of a zero divisor is not used."""
        divisor = y.low if y.operation == "constant" else None
        if divisor is None and y.low <= 0 <= y.high:
            b = self._without_zero(y, b)
        if x.is_real or y.is_real:
            return self._divide_wide(step, x, y, a, b)
        if max(x.bits, y.bits) <= QUOTIENT_BITS:
            above, below = a.as_double, b.as_double
            # Half is added since Polars may hold a divisor as one number, and then multiplies by its reciprocal.
            if divisor is not None:
                found = ((above + (0.5 if divisor > 0 else -0.5)) * (1.0 / divisor)).floor()
            else:
                half = lib().when(below < 0.0).then(float64(-0.5)).otherwise(float64(0.5)) if y.low < 0 else 0.5
                found = ((above + half) / below).floor()
            return Number(found if step.operation == "//" else above - found * below)
        if not is_wide(max(x.bits, y.bits)):
            return self.fitted(step, Number(None, self._divide_wholes(step.operation, x, y, a, b)))
        return self._divide_wide(step, x, y, a, b)

    def _without_zero(self, y: Step, b: Number) -> Number:
        is_zero = b.as_double == 0.0

        def other(part: Expr | None, one: Expr) -> Expr | None:
            return None if part is None else lib().when(is_zero).then(one).otherwise(part)

        double, whole = float64(1.0), int64(1)
        return Number(other(b.double, double), other(b.whole, whole), other(b.most, double), b.error)

    def _divide_wholes(self, sign: str, x: Step, y: Step, a: Number, b: Number) -> Expr:
        value, divisor, shift = a.as_whole, y.low if y.operation == "constant" else b.as_whole, 0
        if sign == "//" and y.operation == "constant" and x.low < 0 < y.low:
            # A quotient from zero up is the same whether rounded down or truncated.
            shift = -(x.low // y.low)
            if (x.high + shift * y.low).bit_length() <= MOST_BITS:
                value = value + shift * y.low
            else:
                shift = 0
        found: Expr = value // divisor if sign == "//" else value % divisor
        return found - shift if shift else found

    def _divide_wide(self, step: Step, x: Step, y: Step, a: Number, b: Number) -> Number:
        """Divide by doubles; if the quotient is near an integer, the remainder tells on which side it is."""
        error = _sum(*self._errors(x, y, a, b)) + 4 * ULP
        quotient = a.as_double / b.as_double
        distance = a.bound * error / b.as_double
        most = (max(-x.low, x.high) // max(y.low, 1)).bit_length()
        if most >= MOST_BITS:
            self.refusals.append((quotient.abs() + distance) >= NEAREST / 2)
        upper = (quotient + distance).floor().clip(-NEAREST, NEAREST)
        lower = (quotient - distance).floor().clip(-NEAREST, NEAREST)
        is_near = upper != lower
        if x.is_real or y.is_real:
            self.refusals.append(is_near)
            if step.operation == "%":
                rest = a.as_double - upper * b.as_double
                return Number(rest, None, a.bound + upper.abs() * b.bound, error)
            if step.bits <= DOUBLE_BITS:
                return Number(upper)
            return self.fitted(step, Number(upper, upper.cast(lib().Int64), None, ULP))
        whole = upper.cast(lib().Int64)
        rest = a.as_whole - whole * b.as_whole
        self.refusals.append(is_near & ((a.bound * (error * 4) >= NEAREST) | (distance >= 0.25)))
        is_below = is_near & (rest < 0)
        if step.operation == "%":
            found = lib().when(is_below).then(rest + b.as_whole).otherwise(rest)
            return self.fitted(step, Number(found.cast(lib().Float64), found, None, ULP))
        if step.bits <= DOUBLE_BITS:
            return Number(lib().when(is_below).then(upper - 1.0).otherwise(upper))
        found = lib().when(is_below).then(whole - 1).otherwise(whole)
        return self.fitted(step, Number(found.cast(lib().Float64), found, None, ULP))

    def irrational(self, name: str, parts: list[tuple[Step, Number]]) -> Number:
        """Return the value of a function at fractions, with a bound on its error that holds for any library.

        Args:
            name: the function.
            parts: the numerators and denominators of its arguments.
        """
        ratios = [
            above.as_double / below.as_double for (_, above), (_, below) in zip(parts[::2], parts[1::2], strict=True)
        ]
        found: Expr
        match name:
            case "root":
                found = ratios[0].sqrt() if parts[2][0].low == 2 else ratios[0] ** (1.0 / parts[2][0].low)
            case "power":
                found = (ratios[0].log() * ratios[1]).exp()
            case "exp":
                found = ratios[0].exp()
            case "ln":
                found = ratios[0].log()
            case "normal_cdf":
                found = _normal(ratios[0])
            case _:
                total = sum(ratios[3::2], ratios[1])
                weighted = [share.log() * weight for share, weight in zip(ratios[::2], ratios[1::2], strict=True)]
                found = (sum(weighted[1:], weighted[0]) / total).exp()
        # A value is rounded to 28 digits, and never finer than 10⁻⁴⁰; a logarithm may be near zero.
        error = NORMAL_ERROR if name == "normal_cdf" else IRRATIONAL_ERROR
        return Number(found, None, found.abs() + (1.0 if name == "ln" else TINY), error)


def _normal(x: Expr) -> Expr:
    """Return the share of a normal distribution below a number, by Hart's approximation as West wrote it."""
    distance = x.abs()
    above, below = (_polynomial(distance, coefficients) for coefficients in HART)
    fraction: Any = distance + 0.65
    for term in (4.0, 3.0, 2.0, 1.0):
        fraction = distance + term / fraction
    near = lib().when(distance < 7.07106781186547).then(above / below).otherwise(1.0 / (fraction * 2.506628274631))
    tail = (distance * distance * -0.5).exp() * near
    return lib().when(x > 0.0).then(1.0 - tail).otherwise(tail)


def _polynomial(x: Expr, coefficients: tuple[float, ...]) -> Expr:
    found = x * coefficients[0] + coefficients[1]
    for one in coefficients[2:]:
        found = found * x + one
    return found


def _sum(*errors: float) -> float:
    """Return the error of a result from those of its operands."""
    return (sum(errors) + 2 * ULP) * SLACK
