"""Arithmetic on the bounds of numbers."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from math import gcd

from .ends import INFINITE, End, Point, multiple_bits, plain
from .narrowing import joined, narrowed, within
from .num import (
    ABSENT,
    MAX_DENOMINATOR,
    NOTHING,
    UNDEFINED,
    ZERO,
    Factor,
    Nothing,
    Num,
    constant,
    exact,
    factors_of_product,
    magnitude,
    settled,
    shared_multiple,
    smallest,
    united,
)

__all__ = [
    "ABSENT",
    "NOTHING",
    "UNDEFINED",
    "ZERO",
    "Factor",
    "Nothing",
    "Num",
    "added",
    "constant",
    "divided",
    "exact",
    "joined",
    "magnitude",
    "multiplied",
    "narrowed",
    "negated",
    "raised",
    "scaled",
    "settled",
    "smallest",
    "within",
]

MAX_PLAIN = 14
"""The greatest bits of a whole number for which the least common multiple up to it is computed."""


def negated(x: Num) -> Num:
    low, high = None if x.high is None else -x.high, None if x.low is None else -x.low
    return Num(low, high, x.denominator, x.factors, x.top, x.bottom, x.has_zero, x.flags, x.multiple)


def added(x: Num, y: Num) -> Num:
    """Return the bounds of `x + y`."""
    low = None if x.low is None or y.low is None else x.low + y.low
    high = None if x.high is None or y.high is None else x.high + y.high
    d, e = x.denominator, y.denominator
    denominator = d if d == e else d * e // gcd(d, e)
    top = max(x.top + y.bottom, y.top + x.bottom) + 1
    factors = united(x.factors, y.factors)
    multiple = shared_multiple(x, y, denominator)
    return settled(low, high, denominator, factors, top, x.bottom + y.bottom, True, x.flags | y.flags, multiple)


def scaled(x: Num, factor: Point) -> Num:
    """Return the bounds of `x` times a constant."""
    if factor == 1:
        return x
    n, d = factor.numerator, factor.denominator
    low = None if x.low is None else plain(x.low * factor)
    high = None if x.high is None else plain(x.high * factor)
    if n < 0:
        low, high = high, low
    elif n == 0:
        return ZERO._replace(flags=x.flags)
    whole, multiple = x.denominator * d, x.multiple * abs(n)
    common = gcd(whole, multiple)
    top, bottom = x.top + n.bit_length(), x.bottom + d.bit_length()
    denominator, multiple = whole // common, multiple // common
    return settled(low, high, denominator, x.factors, top, bottom, x.has_zero, x.flags, multiple)


def multiplied(x: Num, y: Num) -> Num:
    """Return the bounds of `x * y`."""
    if (constant := exact(x)) is not None:
        return scaled(y, constant)._replace(flags=x.flags | y.flags)
    if (constant := exact(y)) is not None:
        return scaled(x, constant)._replace(flags=x.flags | y.flags)
    a, b, c, d = x.low, x.high, y.low, y.high
    low: End
    high: End
    if a is None or b is None or c is None or d is None:
        is_positive = a is not None and a >= 0 and c is not None and c >= 0
        low, high = (a * c if a is not None and c is not None and is_positive else None), None
    elif a >= 0 and c >= 0:
        low, high = a * c, b * d
    else:
        corners = (a * c, a * d, b * c, b * d)
        low, high = min(corners), max(corners)
    factors = factors_of_product(x.factors, y.factors)
    denominator, multiple = x.denominator * y.denominator, x.multiple * y.multiple
    if multiple != 1:
        common = gcd(denominator, multiple)
        denominator, multiple = denominator // common, multiple // common
    top, bottom, has_zero = x.top + y.top, x.bottom + y.bottom, x.has_zero or y.has_zero
    return settled(low, high, denominator, factors, top, bottom, has_zero, x.flags | y.flags, multiple)


def divided(x: Num, y: Num, tag: tuple[Hashable, ...]) -> Num | Nothing:
    """Return the bounds of `x / y` for a nonzero `y`.

    Args:
        x: the dividend.
        y: the divisor.
        tag: the identity of the divisor: equal tags for equal numbers.
    """
    flags = x.flags | y.flags
    if (constant := exact(y)) is not None:
        return scaled(x, Fraction(1) / constant)._replace(flags=flags) if constant else Nothing(flags)
    low, high = _quotient(x, y)
    common = gcd(x.denominator, y.denominator)
    most = magnitude(y)
    once = y.top
    plainly = 0
    if not y.factors and most is not None:
        plainly = int(most * y.denominator)  # over its denominator, not necessarily in lowest terms
        once = plainly.bit_length()
    elif once <= MAX_PLAIN:
        plainly = 1 << once
    every = min(multiple_bits(plainly), INFINITE) if plainly else INFINITE
    factor = Factor((*tag, y.denominator, bool(y.factors)), once, max(every, once), plainly)
    factors = factors_of_product(x.factors, (factor,))
    bottom = x.bottom + min(once, y.top)
    return settled(low, high, x.denominator // common, factors, x.top + y.bottom, bottom, x.has_zero, flags)


def _quotient(x: Num, y: Num) -> tuple[End, End]:
    a, b, c, d = x.low, x.high, y.low, y.high
    if (c is None or c < 0) and (d is None or d > 0):
        greatest, least = magnitude(x), smallest(y)
        if greatest is None or not least:
            return None, None
        return -Fraction(greatest) / least, Fraction(greatest) / least
    if c is None or c < 0:
        a, b = (None if b is None else -b), (None if a is None else -a)
        c, d = (None if d is None else -d), (None if c is None else -c)
    if not c:
        c = smallest(y)
    # From here on the divisor is positive and between c and d.
    low = _quotient_end(a, d if a is not None and a >= 0 else c)
    high = _quotient_end(b, c if b is not None and b >= 0 else d)
    return low, high


def _quotient_end(x: End, y: End) -> End:
    if x is None:
        return None
    if y is None or x == 0:
        return 0
    return plain(Fraction(x) / y) if y else None


def raised(x: Num, n: int) -> Num:
    """Return the bounds of `x ** n`."""
    if n == 0:
        return constant(1)._replace(flags=x.flags)
    if n == 1:
        return x
    low, high = x.low, x.high
    if n % 2 == 0:
        greatest = magnitude(x)
        least: Point = low if low is not None and low > 0 else -high if high is not None and high < 0 else 0
        low, high = least**n, None if greatest is None else greatest**n
    else:
        low, high = (None if end is None else end**n for end in (low, high))
    factors = tuple(Factor(f.tag, f.once * n, min(f.every * n, INFINITE), 0) for f in x.factors)
    size = x.denominator.bit_length()
    denominator = x.denominator
    if size * n <= 4 * MAX_DENOMINATOR:
        denominator = denominator**n
    else:
        denominator, factors = 1, (*factors, Factor(("", x.denominator, n), size * n, size * n, 0))
    return settled(low, high, denominator, factors, x.top * n, x.bottom * n, x.has_zero, x.flags)
