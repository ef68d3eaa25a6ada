"""Bounds of irrational functions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor, gcd, isqrt, log2
from typing import Protocol

from ...kernel.exact.irrational import WIDEST_EXPONENT, WIDEST_POWER
from ...kernel.exact.nearest import FINEST_PLACES
from ...language.expressions import MAX_BITS
from . import numbers
from .ends import INFINITE, End, Point, plain
from .numbers import NOTHING, Factor, Num, exact, settled
from .values import Value

__all__ = ["FINEST", "SERIES", "Counting"]

FINEST = 10**FINEST_PLACES
"""Irrational values are multiples of 1 over this number."""

LEAST_EXPONENT = -94
FARTHEST_LOGARITHM = 22_715
LN_2 = 0.6931471805599453
DIGITS = 10**12


class Counting(Protocol):
    """The part of an evaluation that counts work and collects faults."""

    work: int

    def fault(self, kind: str, op: object, *, is_certain: bool, path: str = "") -> None: ...


def _is_short(x: Point) -> bool:
    """Return whether a number has so few digits that rounding to 28 digits can't pass it."""
    return x.denominator == 1 and -DIGITS < x < DIGITS


def _root_ends(x: Point, n: int) -> tuple[Point, Point]:
    """Return bounds of the n-th root of a nonnegative number."""
    if n == 2:
        whole = isqrt(x.numerator * x.denominator)
        if whole * whole == x.numerator * x.denominator:
            root = plain(Fraction(whole, x.denominator))
            if _is_short(root):
                return root, root
        scale = 1 << 128
        near = isqrt(x.numerator * scale // x.denominator)
        low, high = Fraction(near, 1 << 64), Fraction(near + 1, 1 << 64)
        return low * (1 - Fraction(1, 10**20)), high * (1 + Fraction(1, 10**20)) + Fraction(1, 10**20)
    if x == 0:
        return 0, 0
    guess = round(2 ** (_log2(x) / n)) if _log2(x) / n < 40 else 0
    if guess and x == guess**n:
        return guess, guess
    return _around(_log2(x) / n)


def _log2(x: Point) -> float:
    """Return the binary logarithm of a positive number, with an error below 10⁻⁹."""
    shift = x.numerator.bit_length() - x.denominator.bit_length()
    near = Fraction(x) / (1 << shift) if shift >= 0 else Fraction(x) * (1 << -shift)
    return shift + log2(near)


def _around(exponent: float) -> tuple[Point, Point]:
    """Return bounds of a power of two whose exponent is known up to a relative and absolute error of 10⁻⁹."""
    error = 1e-8 * (1 + abs(exponent))
    if abs(exponent) > 900:
        low, high = floor(exponent - error), ceil(exponent + error)
        if low > MAX_BITS:
            return 1 << MAX_BITS, 1 << MAX_BITS + 1
        if high < -200:
            return 0, Fraction(1, 1 << 130)
        return (1 << low, 1 << high) if low >= 0 else (0, 1 << max(high, 0))
    low_, high_ = Fraction(2 ** (exponent - error)), Fraction(2 ** (exponent + error)) + Fraction(1, FINEST)
    # A value nearer to zero may have been rounded to it.
    return (low_ if low_ > Fraction(1, 10**39) else 0), high_


def _root(evaluation: Counting, op: object, xs: list[Num], flags: int) -> Value:
    x, n = xs[0], exact(xs[1]) if len(xs) > 1 else 2
    if n is None or n.denominator != 1 or not 1 <= n <= 64:
        evaluation.fault("domain", op, is_certain=n is not None and not flags)
        return settled(None, None, 1, (Factor(("", object()), INFINITE, INFINITE, 0),), INFINITE, INFINITE, True, 0)
    n = int(n)
    low, high = x.low, x.high
    if n % 2 == 0 and (low is None or low < 0):
        evaluation.fault("domain", op, is_certain=high is not None and high < 0 and not flags)
        if high is not None and high < 0:
            return NOTHING
        low = 0
    if n == 1:
        return x
    least_ = None if low is None else _root_ends(low, n)[0] if low >= 0 else -Fraction(_root_ends(-low, n)[1])
    most = None if high is None else _root_ends(high, n)[1] if high >= 0 else -Fraction(_root_ends(-high, n)[0])
    return _irrational(x, least_, most, x.denominator, x.factors, max(x.bottom, 133), x.top, x.has_zero)


def _irrational(
    x: Num, low: End, high: End, denominator: int, factors: tuple[Factor, ...], bottom: int, top: int, has_zero: bool
) -> Num:
    """Return the bounds of a value that is exact if rational, else a multiple of 10⁻⁴⁰."""
    return settled(
        low,
        high,
        denominator * FINEST // gcd(denominator, FINEST),
        factors,
        max(top, 133) + 133,
        bottom,
        has_zero or low is None or high is None or low <= Fraction(1, 10**39),
        0,
    )


def _power(evaluation: Counting, op: object, xs: list[Num], flags: int) -> Value:
    x, y = xs
    fixed = not y.factors and y.denominator == 1
    is_negative = x.low is None or x.low < 0
    if (is_negative and not fixed) or (x.has_zero and (y.low is None or y.low < 0)):
        is_certain = not flags and exact(x) == 0 and y.high is not None and y.high < 0
        evaluation.fault("domain", op, is_certain=is_certain)
    n = exact(y)
    if fixed and n is not None and 0 <= n <= 64:
        return numbers.raised(x, int(n))
    most = numbers.magnitude(y)
    if most is None or y.top > WIDEST_POWER or most > 1 << 64:
        return _unknown()
    off = float(most) * 1e-13
    # Exact values are powers of x, or of its root, with bits proportional to the exponent; others are rounded.
    bits = min(int(max(x.top, x.bottom) * most) + 2, INFINITE)
    low: End = None
    high: End = None
    if x.low is not None and x.low > 0 and x.high is not None and y.low is not None and y.high is not None:
        ends = [_log2(a) * float(b) for a in (x.low, x.high) for b in (y.low, y.high)]
        low, high = _around(min(ends) - off)[0], _around(max(ends) + off)[1]
    elif not is_negative and x.high is not None and y.low is not None and y.low >= 0 and y.high is not None:
        ends = [_log2(x.high) * float(b) for b in (y.low, y.high)] if x.high > 0 else [0.0]
        low, high = 0, max(_around(max(ends) + off)[1], 1)
    elif not is_negative:
        low = 0
    if high is not None and high > 1 << MAX_BITS:
        return _unknown()
    if high is not None:
        top = max(bits, int(high + 1).bit_length() + 133)
    else:
        top = bits + 133
    factor = Factor(("", object()), max(bits, 133), INFINITE, 0)
    return settled(low, high, 1, (factor,), top, max(bits, 133), True, 0)


def _unknown() -> Num:
    """Return a number of unbounded width."""
    factor = Factor(("", object()), INFINITE, INFINITE, 0)
    return settled(None, None, 1, (factor,), INFINITE, INFINITE, True, 0)


def _logarithm(evaluation: Counting, op: object, xs: list[Num], flags: int) -> Value:
    (x,) = xs
    if x.low is None or x.low < 0 or (x.low == 0 and x.has_zero):
        is_certain = x.high is not None and x.high <= 0
        evaluation.fault("domain", op, is_certain=is_certain and not flags)
        if is_certain:
            return NOTHING
    least_ = x.low if x.low is not None and x.low > 0 else numbers.smallest(x)
    low: Point = -FARTHEST_LOGARITHM
    if least_:
        low = _slightly(_log2(least_) * LN_2, is_up=False) if least_ != 1 else 0
    high: Point = FARTHEST_LOGARITHM
    if x.high is not None:
        high = _slightly(_log2(x.high) * LN_2, is_up=True) if x.high != 1 else 0
    return settled(low, high, FINEST, (), 200, 133, low <= 0 <= high, 0)


def _slightly(x: float, *, is_up: bool) -> Fraction:
    off = 1e-8 * (1 + abs(x))
    return Fraction(x + off if is_up else x - off)


def _exponential(evaluation: Counting, op: object, xs: list[Num], flags: int) -> Value:
    (x,) = xs
    if x.high is None or x.high > WIDEST_EXPONENT:
        return _unknown()
    low, high = 0, _around(float(x.high) / LN_2)[1] if x.high > LEAST_EXPONENT else Fraction(1, FINEST)
    least_: End = 0
    if x.low is not None and x.low > -80:
        least_ = _around(float(x.low) / LN_2)[0] if x.low != 0 else 1
    if x.high == 0:
        high = Fraction(1)
    top = int(high + 1).bit_length() + 133
    return settled(least_ or low, high, FINEST, (), top, 133, least_ == 0, 0)


def _distribution(evaluation: Counting, op: object, xs: list[Num], flags: int) -> Value:
    (x,) = xs
    half = Fraction(1, 2)
    low, high = (half if x.low is not None and x.low >= 0 else 0), (half if (x.high or 1) <= 0 else 1)
    return settled(low, high, FINEST, (), 133, 133, x.low is None or x.low < -13, 0)


SERIES: dict[str, Callable[[Counting, object, list[Num], int], Value]] = {
    "root": _root,
    "power": _power,
    "logarithm": _logarithm,
    "exponential": _exponential,
    "distribution": _distribution,
}
"""The bounds of irrational functions, by their series in the table of functions."""
