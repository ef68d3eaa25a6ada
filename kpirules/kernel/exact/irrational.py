"""Irrational functions of exact numbers.

A rational result is exact. Any other is correctly rounded to 28 significant digits, and never finer than
10^-40.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from .enclosures import Enclosure, ceil_shift, exp_enclosure, floor_shift, ln_enclosure, normal_cdf_enclosure
from .factors import perfect_root, products_by_exponent, rational_mean, whole_exponents
from .nearest import TooWide, nearest_root, require_narrow, settle
from .numbers import MAX_BITS

__all__ = [
    "MAX_ROOT",
    "WIDEST_EXPONENT",
    "WIDEST_POWER",
    "DomainError",
    "TooWide",
    "exp",
    "geometric_mean",
    "ln",
    "normal_cdf",
    "power",
    "root",
    "sqrt",
]

MAX_ROOT = 64
"""The greatest order of a root."""

# e^-93 < 10^-40 / 2, e^22714 > 2^32768, Φ(-14) < 10^-40 / 2.
_VANISHING_EXPONENT = -93
WIDEST_EXPONENT = 22_714
_FARTHEST_DEVIATION = 14

WIDEST_POWER = 4_096
_WIDEST_MEAN = 131_072


class DomainError(ValueError):
    """A function was called outside its domain.

    Args:
        message: What was asked, in the rule's words.

    >>> DomainError("the logarithm of zero").args
    ('the logarithm of zero',)
    """


def sqrt(x: Fraction) -> Fraction:
    """Square root of a number.

    Args:
        x: A number ≥ 0.

    Returns:
        The root ≥ 0.

    Raises:
        DomainError: The number is negative.
        TooWide: The number has more than 32,768 bits.

    Rounding:
        Exact where rational, else to 28 significant digits and never finer than 10^-40.

    >>> sqrt(Fraction(9, 16))
    Fraction(3, 4)
    """
    if x < 0:
        raise DomainError("the square root of a negative number")
    return root(x, 2)


def root(x: Fraction, n: int | Fraction) -> Fraction:
    """Real n-th root of a number.

    Args:
        x: A number, ≥ 0 unless n is odd.
        n: An integer from 1 to 64.

    Returns:
        The root, of the same sign as x.

    Raises:
        DomainError: The number is negative and n even, or n is not an integer from 1 to 64.
        TooWide: The number has more than 32,768 bits.

    Rounding:
        Exact where rational, else to 28 significant digits and never finer than 10^-40.

    >>> root(Fraction(-8), 3)
    Fraction(-2, 1)
    """
    order = int(n)
    if order != n or not 1 <= order <= MAX_ROOT:
        raise DomainError(f"a root whose order is not an integer from 1 to {MAX_ROOT}")
    require_narrow(x)
    if x < 0:
        if order % 2 == 0:
            raise DomainError("an even root of a negative number")
        return -root(-x, order)
    exact = perfect_root(x, order)
    return nearest_root(x, order) if exact is None else exact


def power(x: Fraction, y: Fraction) -> Fraction:
    """Number raised to any rational power.

    Args:
        x: The base, ≥ 0 unless y is an integer.
        y: The exponent, > 0 where the base is 0; 0 to the power of 0 is 1.

    Returns:
        x to the power of y.

    Raises:
        DomainError: A negative base has a fractional exponent, or 0 a negative one.
        TooWide: The result would have more than 32,768 bits, or the exponent is beyond ±2^4096.

    Rounding:
        Exact where rational, else to 28 significant digits and never finer than 10^-40.

    >>> power(Fraction(4, 9), Fraction(3, 2))
    Fraction(8, 27)
    """
    require_narrow(x)
    require_narrow(y)
    if x < 0 and y.denominator > 1:
        raise DomainError("a fractional power of a negative number")
    if x == 0:
        if y < 0:
            raise DomainError("a negative power of zero")
        return Fraction(int(y == 0))
    # In lowest terms x^(a/b) is rational only where x itself is a perfect b-th power.
    base = perfect_root(x, y.denominator)
    if base is not None:
        return _integer_power(base, y.numerator)
    if y.denominator <= MAX_ROOT and abs(y.numerator) * _width(x) <= MAX_BITS:
        return nearest_root(x**y.numerator, y.denominator)
    if y.numerator.bit_length() - y.denominator.bit_length() > WIDEST_POWER:
        raise TooWide(f"an exponent beyond 2^{WIDEST_POWER:,}")
    return _product_of_powers([(x.numerator, x.denominator, y.numerator)], y.denominator)


def exp(x: Fraction) -> Fraction:
    """Exponential of a number, e^x.

    Args:
        x: Any number.

    Returns:
        e to the power of x; 0 below x = -93, where it is nearer to 0 than to 10^-40.

    Raises:
        TooWide: The result would have more than 32,768 bits, which it has from x = 22,714 on.

    Rounding:
        Exact at 0, else to 28 significant digits and never finer than 10^-40.

    >>> exp(Fraction(1))
    Fraction(2718281828459045235360287471, 1000000000000000000000000000)
    """
    require_narrow(x)
    if x == 0:
        return Fraction(1)

    def bounds(scale: int) -> tuple[int, int]:
        low = (x.numerator << scale) // x.denominator
        return low, low + 1

    return _exponential(bounds)


def ln(x: Fraction) -> Fraction:
    """Natural logarithm of a number.

    Args:
        x: A number > 0.

    Returns:
        The y for which e^y is x.

    Raises:
        DomainError: The number is zero or negative.
        TooWide: The number has more than 32,768 bits.

    Rounding:
        Exact at 1, else to 28 significant digits and never finer than 10^-40.

    >>> ln(Fraction(1))
    Fraction(0, 1)
    """
    require_narrow(x)
    if x <= 0:
        raise DomainError("the logarithm of a negative number" if x < 0 else "the logarithm of zero")
    if x == 1:
        return Fraction(0)
    return settle(lambda bits: Enclosure(*ln_enclosure(x.numerator, x.denominator, bits), -bits))


def normal_cdf(x: Fraction) -> Fraction:
    """Share of a standard normal distribution below a number, Φ(x) = (1 + erf(x/√2)) / 2.

    Args:
        x: Any number, in standard deviations.

    Returns:
        The share; far below it rounds to 0, far above to 1.

    Raises:
        TooWide: The number has more than 32,768 bits.

    Rounding:
        Exact at 0, else to 28 significant digits and never finer than 10^-40.

    >>> normal_cdf(Fraction(0)), normal_cdf(Fraction(12))
    (Fraction(1, 2), Fraction(1, 1))
    """
    require_narrow(x)
    if x == 0:
        return Fraction(1, 2)
    if abs(x) > _FARTHEST_DEVIATION:
        return Fraction(int(x > 0))
    return settle(lambda bits: normal_cdf_enclosure(x, bits))


def geometric_mean(pairs: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    """Weighted geometric mean as one value, Π share^(weight / total weight).

    Args:
        pairs: Shares and their weights, none of them negative; weights may have any sum.

    Returns:
        The mean; 0 if a share with a positive weight is 0.

    Raises:
        DomainError: A share or a weight is negative, or no weight is above 0.
        TooWide: A number has more than 32,768 bits, or different ones more than 131,072 together.

    Rounding:
        Exact where rational, else once, to 28 significant digits and never finer than 10^-40.

    >>> geometric_mean([(Fraction(2), Fraction(1)), (Fraction(8), Fraction(1))])
    Fraction(4, 1)
    """
    if any(share < 0 or weight < 0 for share, weight in pairs):
        raise DomainError("the geometric mean of a negative share or weight")
    for share, weight in pairs:
        require_narrow(share)
        require_narrow(weight)
    counted = [(share, weight) for share, weight in pairs if weight]
    if not counted:
        raise DomainError("the geometric mean of nothing")
    if any(share == 0 for share, _ in counted):
        return Fraction(0)
    if max(sum(map(_width, set(numbers))) for numbers in zip(*counted, strict=True)) > _WIDEST_MEAN:
        raise TooWide(f"shares or weights of more than {_WIDEST_MEAN:,} bits together")
    exponents, order = whole_exponents(counted)
    if order <= MAX_ROOT and sum(_width(x) * n for x, n in exponents.items()) <= MAX_BITS:
        return root(math.prod((x**n for x, n in exponents.items()), start=Fraction(1)), order)
    exact = rational_mean(exponents, order)
    if exact is not None:
        return exact
    products = products_by_exponent(exponents)
    return _product_of_powers([(n, d, k) for k, (n, d) in products.items()], order)


def _width(x: Fraction) -> int:
    return x.numerator.bit_length() + x.denominator.bit_length()


def _integer_power(x: Fraction, n: int) -> Fraction:
    # k bits to the power of n are more than (k - 1)·n, so a too wide result is detected without computing it.
    bits = max(x.numerator.bit_length(), x.denominator.bit_length())
    if (bits - 1) * abs(n) > MAX_BITS:
        raise TooWide(f"a power of more than {MAX_BITS:,} bits")
    return require_narrow(x**n)


def _product_of_powers(factors: Sequence[tuple[int, int, int]], order: int) -> Fraction:
    """Return Π (n/d)^(k/order) over all (n, d, k), correctly rounded, if irrational."""
    # Places for the whole part of an exponent, by which it magnifies an error, and for one unit a factor.
    largest = max(abs(k) for _, _, k in factors)
    spare = 8 + len(factors).bit_length() + max(0, largest.bit_length() - order.bit_length() + 1)

    def bounds(scale: int) -> tuple[int, int]:
        low = high = 0
        for n, d, k in factors:
            ends = sorted(k * end for end in ln_enclosure(n, d, scale + spare))
            low += ends[0] // order
            high -= -ends[1] // order
        return floor_shift(low, spare), ceil_shift(high, spare)

    return _exponential(bounds)


def _exponential(bounds: Callable[[int], tuple[int, int]]) -> Fraction:
    """Correctly rounded e^t for an irrational power, t within `bounds(scale)` / 2^scale."""
    low, high = (Fraction(end, 2**64) for end in bounds(64))
    if high < _VANISHING_EXPONENT:
        return Fraction(0)
    if low > WIDEST_EXPONENT:
        raise TooWide(f"a result of more than {MAX_BITS:,} bits")
    return require_narrow(settle(lambda bits: exp_enclosure(*bounds(bits), bits, bits)))
