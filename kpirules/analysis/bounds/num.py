"""The bounds of a number: its interval, its denominator, and its width in bits."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from math import gcd
from typing import NamedTuple

from .ends import INFINITE, End, Point, lower, plain, upper

__all__ = [
    "ABSENT",
    "MAX_DENOMINATOR",
    "NOTHING",
    "SMALLEST",
    "UNDEFINED",
    "ZERO",
    "Factor",
    "Nothing",
    "Num",
    "constant",
    "exact",
    "factors_of_product",
    "magnitude",
    "settled",
    "shared_multiple",
    "smallest",
    "united",
]

ABSENT, UNDEFINED = 1, 2
"""Flags of a value: it may be absent; a row may leave it undefined."""

MAX_DENOMINATOR = 1024
"""The most bits of a denominator that is computed; of a longer one only its bits are known."""

MAX_FACTORS = 8
"""The most varying factors of a denominator that are kept separately."""

SMALLEST = 200
"""The most bits of a denominator for which a nonzero number has a known distance from zero."""


class Factor(NamedTuple):
    """A varying factor of a denominator.

    Args:
        tag: its identity: factors with equal tags are equal in one assessment, or powers of the same number.
            The first part is the list whose record it belongs to, or empty.
        once: its most bits.
        every: the bits of the least common multiple of all its values.
        most: its greatest value if it is a plain whole number, else 0.
    """

    tag: tuple[Hashable, ...]
    once: int
    every: int
    most: int


class Num(NamedTuple):
    """The bounds of a number.

    Every value is a whole multiple of `multiple` over `denominator` times the factors. In lowest terms its
    numerator has at most `top` bits and its denominator at most `bottom`.

    Args:
        low, high: the ends of the interval, included; None for no end.
        denominator: the constant part of the denominator.
        factors: the varying parts of the denominator; empty if it is constant.
        top, bottom: bits.
        has_zero: False if it is never zero.
        flags: whether it may be absent or undefined.
        multiple: 0 for the constant zero.
    """

    low: End
    high: End
    denominator: int
    factors: tuple[Factor, ...]
    top: int
    bottom: int
    has_zero: bool
    flags: int
    multiple: int = 1


class Nothing(NamedTuple):
    """No value: always absent or undefined, or never reached."""

    flags: int


NOTHING = Nothing(0)


def constant(x: Point) -> Num:
    """Return the bounds of a constant."""
    n, d = x.numerator, x.denominator
    return Num(lower(plain(x)), upper(plain(x)), d, (), n.bit_length(), d.bit_length(), n == 0, 0, abs(n))


ZERO = constant(0)


def magnitude(number: Num) -> End:
    """Return the greatest absolute value."""
    low, high = number.low, number.high
    if low is None or high is None:
        return None
    return high if high >= -low else -low


def smallest(number: Num) -> Point:
    """Return a lower bound on the absolute value if it is not zero; 0 if it is unknown."""
    if not number.factors and number.denominator.bit_length() <= SMALLEST:
        return 1 if number.denominator == 1 else Fraction(1, number.denominator)
    return Fraction(1, 1 << number.bottom) if number.bottom <= SMALLEST else 0


def settled(
    low: End,
    high: End,
    denominator: int,
    factors: tuple[Factor, ...],
    top: int,
    bottom: int,
    has_zero: bool,
    flags: int,
    multiple: int = 1,
) -> Num:
    """Return a number from bounds that may be inconsistent or redundant."""
    low, high = lower(low), upper(high)
    if low is not None and low == high:
        denominator, factors, multiple = low.denominator, (), abs(low.numerator)
    elif multiple != 1 and multiple.bit_length() > MAX_DENOMINATOR:
        multiple = 1
    size = denominator.bit_length()
    if size > MAX_DENOMINATOR:
        # A constant is its own multiple.
        factors = united(factors, (Factor(("", denominator), size, size, 0),))
        denominator = 1
    if len(factors) > MAX_FACTORS:
        factors = _gathered(factors)
    if factors:
        for factor in factors:
            size += factor.once
    bottom = min(bottom, size)
    if low is not None and high is not None:
        most = high if high >= -low else -low
        top = min(top, (most if type(most) is int else int(most) + 1).bit_length() + bottom)
        if not factors:
            top = min(top, int(most * denominator).bit_length())
        if (low > 0 or high < 0) and has_zero:
            has_zero = False
    return Num(low, high, denominator, factors, min(top, INFINITE), min(bottom, INFINITE), has_zero, flags, multiple)


def shared_multiple(x: Num, y: Num, denominator: int) -> int:
    """Return the common unit of all values of two numbers, over a common denominator."""
    m, n = x.multiple, y.multiple
    if m == 1 or n == 1:
        return 1
    return gcd(m * (denominator // x.denominator), n * (denominator // y.denominator))


def _gathered(factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Return a single factor, if there are too many to keep separately."""
    once = sum(factor.once for factor in factors)
    every = sum(factor.every for factor in factors)
    scope = next((factor.tag[0] for factor in factors if factor.tag[0]), "")
    return (Factor((scope, object()), min(once, INFINITE), min(every, INFINITE), 0),)


def united(one: tuple[Factor, ...], other: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Return factors whose product is a multiple of either product."""
    if not one or not other or one == other:
        return one or other
    found = {factor.tag: factor for factor in one}
    for factor in other:
        earlier = found.get(factor.tag)
        if earlier is None or (earlier.once, earlier.every) < (factor.once, factor.every):
            found[factor.tag] = factor
    return tuple(found.values())


def factors_of_product(one: tuple[Factor, ...], other: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Return the factors of the product of two numbers."""
    if not one or not other:
        return one or other
    found = {factor.tag: factor for factor in one}
    for factor in other:
        earlier = found.get(factor.tag)
        if earlier is not None:
            every = min(earlier.every + factor.every, INFINITE)
            found[factor.tag] = Factor(factor.tag, earlier.once + factor.once, every, 0)
        else:
            found[factor.tag] = factor
    return tuple(found.values())


def exact(x: Num) -> Point | None:
    """Return the only value of a number, None if it can have several."""
    return x.low if x.low is not None and x.low == x.high else None
