"""Ends of intervals: exact while they are short, else moved outwards to numbers that are."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import log2

__all__ = ["INFINITE", "End", "Point", "greatest", "least", "lower", "multiple_bits", "plain", "upper"]

Point = int | Fraction
"""A number; whole ones are ints, which are several times faster."""

End = int | Fraction | None
"""The end of an interval, None where there is none."""

NARROW = 256
"""Bits that an end may have."""

KEPT = 128
"""Bits that are left of an end with more."""

FAR = 1 << 1024
"""What is beyond has no end."""

SHORT = 1 << NARROW

MAX_PRIMES = 25_000
"""The greatest N for which the least common multiple of 1…N is looked at closely: it is beyond 32,768 bits."""

INFINITE = 1 << 62
"""Bits that stand for no bound at all; sums and products of some of them stay cheap."""


def plain(x: Point) -> Point:
    """The same number, a whole one as an int."""
    return x.numerator if type(x) is not int and x.denominator == 1 else x


def lower(x: End) -> End:
    """A number not above another, short enough to go on with."""
    if type(x) is int:
        if -SHORT < x < SHORT:
            return x
        if not -FAR < x < FAR:
            return None if x < 0 else FAR
        shift = x.bit_length() - KEPT
        return x >> shift << shift
    if x is None:
        return None
    n, d = x.numerator, x.denominator
    if d == 1:
        return lower(n)
    size, below = n.bit_length(), d.bit_length()
    if size <= NARROW and below <= NARROW:
        return x
    shift = min(KEPT + below - size, NARROW)
    if shift <= 0:
        return lower(n // d)
    return plain(Fraction((n << shift) // d, 1 << shift))


def upper(x: End) -> End:
    """A number not below another, short enough to go on with."""
    if type(x) is int and -SHORT < x < SHORT:
        return x
    if x is None:
        return None
    end = lower(-x)
    return None if end is None else -end


def least(one: End, other: End) -> End:
    """The lower of two lower ends."""
    if one is None or other is None:
        return None
    return one if one <= other else other


def greatest(one: End, other: End) -> End:
    """The upper of two upper ends."""
    if one is None or other is None:
        return None
    return one if one >= other else other


def multiple_bits(most: int) -> int:
    """Bits that the least common multiple of 1…`most` has at most.

    >>> multiple_bits(10), multiple_bits(1000)
    (12, 1438)
    """
    if most > MAX_PRIMES:
        return 3 * most // 2 + 2  # Rosser and Schoenfeld 1962: its natural logarithm is below 1.03883·N
    steps, sizes = _logarithms()
    return int(sizes[bisect_right(steps, most)] + 1e-6) + 1


@lru_cache(maxsize=1)
def _logarithms() -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The prime powers at which the least common multiple grows, and its binary logarithm before each."""
    sieve = bytearray([1]) * (MAX_PRIMES + 1)
    grows = []
    for n in range(2, MAX_PRIMES + 1):
        if sieve[n]:
            if n * n <= MAX_PRIMES:
                sieve[n * n :: n] = bytes(len(range(n * n, MAX_PRIMES + 1, n)))
            power = n
            while power <= MAX_PRIMES:
                grows.append((power, log2(n)))
                power *= n
    grows.sort()
    return tuple(n for n, _ in grows), tuple(accumulate((size for _, size in grows), initial=0.0))
