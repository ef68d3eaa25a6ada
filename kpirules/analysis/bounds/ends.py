"""Ends of intervals: exact while they are short, else rounded outwards to shorter numbers."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import log2

__all__ = ["INFINITE", "End", "Point", "greatest", "least", "lower", "multiple_bits", "plain", "upper"]

Point = int | Fraction
"""A number; a whole one is an int, which is several times faster."""

End = int | Fraction | None
"""An end of an interval, or None."""

NARROW = 256
"""The most bits of an exact end."""

KEPT = 128
"""The bits kept of a longer end."""

FAR = 1 << 1024
"""An end beyond this counts as infinite."""

SHORT = 1 << NARROW

MAX_PRIMES = 25_000
"""The greatest N for which the least common multiple of 1…N is computed exactly: it exceeds 32,768 bits."""

INFINITE = 1 << 62
"""A bit count that means unbounded; sums and products of a few of them stay cheap."""


def plain(x: Point) -> Point:
    """Return the same number, as an int if it is whole."""
    return x.numerator if type(x) is not int and x.denominator == 1 else x


def lower(x: End) -> End:
    """Return a number not above another, and short."""
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
    """Return an end rounded up to a short number; short ones are unchanged."""
    if type(x) is int and -SHORT < x < SHORT:
        return x
    if x is None:
        return None
    end = lower(-x)
    return None if end is None else -end


def least(one: End, other: End) -> End:
    """Return the lower of two lower ends."""
    if one is None or other is None:
        return None
    return one if one <= other else other


def greatest(one: End, other: End) -> End:
    """Return the upper of two upper ends."""
    if one is None or other is None:
        return None
    return one if one >= other else other


def multiple_bits(most: int) -> int:
    """Return an upper bound on the bits of the least common multiple of 1…`most`.

    >>> multiple_bits(10), multiple_bits(1000)
    (12, 1438)
    """
    if most > MAX_PRIMES:
        return 3 * most // 2 + 2  # Rosser and Schoenfeld 1962: its natural logarithm is below 1.03883·N
    steps, sizes = _logarithms()
    return int(sizes[bisect_right(steps, most)] + 1e-6) + 1


@lru_cache(maxsize=1)
def _logarithms() -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Return the prime powers at which the least common multiple grows, and its binary logarithm before each."""
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
