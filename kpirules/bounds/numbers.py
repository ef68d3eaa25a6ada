"""What is known of a number: its interval, its denominator, and how wide it may be."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from math import gcd
from typing import NamedTuple

from .ends import INFINITE, End, Point, greatest, least, lower, multiple_bits, plain, upper

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

ABSENT, UNDEFINED = 1, 2
"""Flags of a value: it may be absent, a row may leave it undefined."""

MAX_DENOMINATOR = 1024
"""Bits of a denominator that is worked out; of a longer one only the bits are kept."""

MAX_FACTORS = 8
"""Varying factors of a denominator that are told apart."""

MAX_PLAIN = 14
"""Bits of a whole number up to which the least common multiple of all up to it is worth a look."""

SMALLEST = 200
"""Bits of a denominator up to which a number that is not zero is known to be that far from it."""


class Factor(NamedTuple):
    """A varying factor of a denominator.

    Args:
        tag: what it is: factors with equal tags are equal in one assessment, or powers of the same number.
            The first part is the list whose record it belongs to, or empty.
        once: bits that it has at most.
        every: bits of the least common multiple of all that it can be.
        most: the greatest it can be where it is a plain whole number, else 0.
    """

    tag: tuple[Hashable, ...]
    once: int
    every: int
    most: int


class Num(NamedTuple):
    """A number.

    Every value is a whole multiple of one over `denominator` times the factors. In lowest terms its
    numerator has at most `top` bits and its denominator at most `bottom`.

    Args:
        low, high: the ends of the interval, which belong to it; None for none.
        denominator: the constant part.
        factors: the varying parts; none where the denominator is fixed.
        top, bottom: bits.
        has_zero: False where it is never zero.
        flags: whether it may be absent or undefined.
    """

    low: End
    high: End
    denominator: int
    factors: tuple[Factor, ...]
    top: int
    bottom: int
    has_zero: bool
    flags: int


class Nothing(NamedTuple):
    """No value at all: always absent or undefined, or never reached."""

    flags: int


NOTHING = Nothing(0)


def constant(x: Point) -> Num:
    """A number that is known."""
    n, d = x.numerator, x.denominator
    return Num(lower(plain(x)), upper(plain(x)), d, (), n.bit_length(), d.bit_length(), n == 0, 0)


ZERO = constant(0)


def magnitude(number: Num) -> End:
    """The greatest that its size can be."""
    low, high = number.low, number.high
    if low is None or high is None:
        return None
    return high if high >= -low else -low


def smallest(number: Num) -> Point:
    """A size that a number which is not zero has at least; 0 where that is too small to say."""
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
) -> Num:
    """A number from bounds that may not have been compared with each other yet."""
    low, high = lower(low), upper(high)
    size = denominator.bit_length()
    if size > MAX_DENOMINATOR:
        # A number of its own, which is the same in every assessment: its multiple is itself.
        factors = _united(factors, (Factor(("", denominator), size, size, 0),))
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
    return Num(low, high, denominator, factors, min(top, INFINITE), min(bottom, INFINITE), has_zero, flags)


def _gathered(factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Factors as one, where there are too many to tell them apart."""
    once = sum(factor.once for factor in factors)
    every = sum(factor.every for factor in factors)
    scope = next((factor.tag[0] for factor in factors if factor.tag[0]), "")
    return (Factor((scope, object()), min(once, INFINITE), min(every, INFINITE), 0),)


def _united(one: tuple[Factor, ...], other: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Factors whose product is a multiple of either product."""
    if not one or not other or one == other:
        return one or other
    found = {factor.tag: factor for factor in one}
    for factor in other:
        there = found.get(factor.tag)
        if there is None or (there.once, there.every) < (factor.once, factor.every):
            found[factor.tag] = factor
    return tuple(found.values())


def _together(one: tuple[Factor, ...], other: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Factors whose product is the product of both."""
    if not one or not other:
        return one or other
    found = {factor.tag: factor for factor in one}
    for factor in other:
        there = found.get(factor.tag)
        if there is not None:
            every = min(there.every + factor.every, INFINITE)
            found[factor.tag] = Factor(factor.tag, there.once + factor.once, every, 0)
        else:
            found[factor.tag] = factor
    return tuple(found.values())


# -- operations -----------------------------------------------------------------------------------


def negated(x: Num) -> Num:
    low, high = None if x.high is None else -x.high, None if x.low is None else -x.low
    return Num(low, high, x.denominator, x.factors, x.top, x.bottom, x.has_zero, x.flags)


def added(x: Num, y: Num) -> Num:
    """`x + y`."""
    low = None if x.low is None or y.low is None else x.low + y.low
    high = None if x.high is None or y.high is None else x.high + y.high
    d, e = x.denominator, y.denominator
    denominator = d if d == e else d * e // gcd(d, e)
    top = max(x.top + y.bottom, y.top + x.bottom) + 1
    factors = _united(x.factors, y.factors)
    return settled(low, high, denominator, factors, top, x.bottom + y.bottom, True, x.flags | y.flags)


def scaled(x: Num, by: Point) -> Num:
    """`x` times a constant."""
    if by == 1:
        return x
    n, d = by.numerator, by.denominator
    low = None if x.low is None else plain(x.low * by)
    high = None if x.high is None else plain(x.high * by)
    if n < 0:
        low, high = high, low
    elif n == 0:
        return ZERO._replace(flags=x.flags)
    whole = x.denominator * d
    denominator = whole // gcd(whole, n)
    top, bottom = x.top + n.bit_length(), x.bottom + d.bit_length()
    return settled(low, high, denominator, x.factors, top, bottom, x.has_zero, x.flags)


def exact(x: Num) -> Point | None:
    """The one value that a number has, None where it may have several."""
    return x.low if x.low is not None and x.low == x.high else None


def multiplied(x: Num, y: Num) -> Num:
    """`x * y`."""
    if (one := exact(x)) is not None:
        return scaled(y, one)._replace(flags=x.flags | y.flags)
    if (one := exact(y)) is not None:
        return scaled(x, one)._replace(flags=x.flags | y.flags)
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
    factors = _together(x.factors, y.factors)
    denominator = x.denominator * y.denominator
    has_zero = x.has_zero or y.has_zero
    return settled(low, high, denominator, factors, x.top + y.top, x.bottom + y.bottom, has_zero, x.flags | y.flags)


def divided(x: Num, y: Num, tag: tuple[Hashable, ...]) -> Num | Nothing:
    """`x / y`, where `y` is not zero.

    Args:
        x: the dividend.
        y: the divisor.
        tag: what the divisor is: equal tags for equal numbers.
    """
    flags = x.flags | y.flags
    if (one := exact(y)) is not None:
        return scaled(x, Fraction(1) / one)._replace(flags=flags) if one else Nothing(flags)
    low, high = _quotient(x, y)
    common = gcd(x.denominator, y.denominator)
    most = magnitude(y)
    once = y.top
    plainly = 0
    if not y.factors and most is not None:
        plainly = int(most * y.denominator)  # in terms of its denominator, which need not be the lowest ones
        once = plainly.bit_length()
    elif once <= MAX_PLAIN:
        plainly = 1 << once
    every = min(multiple_bits(plainly), INFINITE) if plainly else INFINITE
    factor = Factor((*tag, y.denominator, bool(y.factors)), once, max(every, once), plainly)
    factors = _together(x.factors, (factor,))
    bottom = x.bottom + min(once, y.top)
    return settled(low, high, x.denominator // common, factors, x.top + y.bottom, bottom, x.has_zero, flags)


def _quotient(x: Num, y: Num) -> tuple[End, End]:
    a, b, c, d = x.low, x.high, y.low, y.high
    if (c is None or c < 0) and (d is None or d > 0):
        far, near = magnitude(x), smallest(y)
        if far is None or not near:
            return None, None
        return -Fraction(far) / near, Fraction(far) / near
    if c is None or c < 0:
        a, b = (None if b is None else -b), (None if a is None else -a)
        c, d = (None if d is None else -d), (None if c is None else -c)
    if not c:
        c = smallest(y)
    # From here on the divisor is between c and d, and positive.
    low = _over(a, d if a is not None and a >= 0 else c)
    high = _over(b, c if b is not None and b >= 0 else d)
    return low, high


def _over(x: End, y: End) -> End:
    if x is None:
        return None
    if y is None or x == 0:
        return 0
    return plain(Fraction(x) / y) if y else None


def raised(x: Num, n: int) -> Num:
    """`x ** n`."""
    if n == 0:
        return constant(1)._replace(flags=x.flags)
    if n == 1:
        return x
    low, high = x.low, x.high
    if n % 2 == 0:
        far = magnitude(x)
        near: Point = low if low is not None and low > 0 else -high if high is not None and high < 0 else 0
        low, high = near**n, None if far is None else far**n
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


# -- several at once ------------------------------------------------------------------------------


def joined(x: Num, y: Num) -> Num:
    """What is known of a number that is one of two."""
    if x is y:
        return x
    d, e = x.denominator, y.denominator
    return settled(
        least(x.low, y.low),
        greatest(x.high, y.high),
        d if d == e else d * e // gcd(d, e),
        _united(x.factors, y.factors),
        max(x.top, y.top),
        max(x.bottom, y.bottom),
        x.has_zero or y.has_zero,
        x.flags | y.flags,
    )


def within(x: Num, low: End, high: End) -> Num | None:
    """A number that is known to lie between two more ends; None where it cannot."""
    if low is not None and (x.low is None or low > x.low):
        if not x.factors and x.denominator.bit_length() <= SMALLEST:
            low = low if x.denominator == 1 and type(low) is int else _grid(low, x.denominator)
    else:
        low = x.low
    if high is not None and (x.high is None or high < x.high):
        if not x.factors and x.denominator.bit_length() <= SMALLEST:
            high = high if x.denominator == 1 and type(high) is int else -_grid(-high, x.denominator)
    else:
        high = x.high
    if low is x.low and high is x.high:
        return x
    if low is not None and high is not None and low > high:
        return None
    return settled(low, high, x.denominator, x.factors, x.top, x.bottom, x.has_zero, x.flags)


def _grid(x: Point, denominator: int) -> Point:
    """The least multiple of one over a denominator that is not below a number."""
    return plain(Fraction(-(-x.numerator * denominator // x.denominator), denominator))


def narrowed(x: Num, operator: str, y: Num) -> Num | None:
    """What is known of `x` where it stands in a comparison that holds; None where that cannot be."""
    match operator:
        case "==":
            found = within(x, y.low, y.high)
            return None if found is not None and not y.has_zero and exact(found) == 0 else found
        case "!=":
            one = exact(y)
            return x if one is None else _apart(x, one)
        case "<=":
            return within(x, None, y.high)
        case ">=":
            return within(x, y.low, None)
        case "<":
            found = within(x, None, y.high)
            return found if found is None or y.high is None else _beside(found, y.high, is_below=True)
        case _:
            found = within(x, y.low, None)
            return found if found is None or y.low is None else _beside(found, y.low, is_below=False)


def _apart(x: Num, from_: Point) -> Num | None:
    """A number that is not one of its ends."""
    if from_ == 0 and x.has_zero:
        x = x._replace(has_zero=False)
    if x.low is not None and x.low == from_:
        return _beside(x, from_, is_below=False)
    if x.high is not None and x.high == from_:
        return _beside(x, from_, is_below=True)
    return x


def _beside(x: Num, end: Point, *, is_below: bool) -> Num | None:
    """A number that is truly below or above one of its ends."""
    if end == 0 and x.has_zero:
        x = x._replace(has_zero=False)
    edge = x.high if is_below else x.low
    if edge is None or edge != end:
        return x
    # What is not equal to n/d differs from it by at least one over d times its own denominator.
    near = smallest(x)
    if near and not x.factors:
        rest = x.denominator * end.denominator // gcd(x.denominator, end.denominator)
        near = Fraction(1, rest)
    elif near:
        near = Fraction(near) / end.denominator
    return within(x, None, end - near) if is_below else within(x, end + near, None)
