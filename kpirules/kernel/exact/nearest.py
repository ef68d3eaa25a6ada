"""The published form of an irrational value: 28 significant digits, never finer than 10^-40."""

from collections.abc import Callable
from fractions import Fraction

from .enclosures import Enclosure
from .factors import integer_root
from .numbers import MAX_BITS

SIGNIFICANT_DIGITS = 28
FINEST_PLACES = 40

# The first leaves 59 bits beyond the 10^-40 grid; the third is beyond what arguments of 4,096 bits can ask
# for, unless by a coincidence that nobody can compute.
_PRECISIONS = (192, 1_024, 9_216, 20_480)


class TooWide(ValueError):
    """A number is wider than the language allows, or too wide to compute with in bounded time.

    Args:
        message: Which number.

    >>> TooWide("a result of more than 32,768 bits").args
    ('a result of more than 32,768 bits',)
    """


def require_narrow(x: Fraction) -> Fraction:
    """Return the same number, if the language allows its width.

    Args:
        x: Any number.

    Returns:
        The number.

    Raises:
        TooWide: Its numerator or denominator has more than 32,768 bits.

    >>> require_narrow(Fraction(1, 3))
    Fraction(1, 3)
    """
    if max(x.numerator.bit_length(), x.denominator.bit_length()) > MAX_BITS:
        raise TooWide(f"a number of more than {MAX_BITS:,} bits")
    return x


def settle(enclosure: Callable[[int], Enclosure]) -> Fraction:
    """Return the number to which both ends of an enclosure round, raising the precision until they agree.

    Args:
        enclosure: Encloses the same irrational value at each precision asked for, in bits.

    Returns:
        The value correctly rounded.

    Raises:
        TooWide: 20,480 bits don't distinguish the value from a tie.

    Source:
        Ziv 1991, Fast evaluation of elementary mathematical functions with correctly rounded last bit.

    >>> settle(lambda bits: Enclosure(2**bits // 3, 2**bits // 3 + 1, -bits))
    Fraction(3333333333333333333333333333, 10000000000000000000000000000)
    """
    for bits in _PRECISIONS:
        found = enclosure(bits)
        # Rounding is monotone: if both ends round to one number, so does the value between them.
        low, high = (
            nearest_quotient(end << max(found.exponent, 0), 1 << max(-found.exponent, 0))
            for end in (found.lo, found.hi)
        )
        if low == high:
            return low
    # No irrational value is a tie, so only contrived arguments of thousands of digits get here.
    raise TooWide(f"a result that {_PRECISIONS[-1]:,} bits do not tell from a tie")


def nearest_quotient(n: int, d: int) -> Fraction:
    """Number nearest to a quotient that has 28 significant digits and no place finer than 10^-40.

    Args:
        n: Any integer.
        d: A positive integer.

    Returns:
        The number; of a tie, the greater one.

    >>> nearest_quotient(2, 3 * 10**39)
    Fraction(7, 10000000000000000000000000000000000000000)
    """
    # An upper bound on the decade of n/d: 0.30103 is a little above log10(2).
    decade = (abs(n).bit_length() - d.bit_length() + 1) * 30_103 // 100_000 + 1
    while decade + 1 - SIGNIFICANT_DIGITS > -FINEST_PLACES and _is_below_decade(abs(n), d, decade):
        decade -= 1
    place = max(decade + 1 - SIGNIFICANT_DIGITS, -FINEST_PLACES)
    above, below = _power_of_ten(-place), _power_of_ten(place)
    return Fraction((2 * n * above + d * below) // (2 * d * below) * below, above)


def _is_below_decade(n: int, d: int, decade: int) -> bool:
    return n * _power_of_ten(-decade) < d * _power_of_ten(decade)


def _power_of_ten(places: int) -> int:
    return int(10 ** max(places, 0))


def nearest_root(x: Fraction, n: int) -> Fraction:
    """Correctly rounded n-th root of a positive number whose root is irrational.

    Every possible result, and every tie between two, is a whole multiple of 1 / (2·10^k). So the root and the next
    multiple below it round to the same number, and integers decide without a working precision.

    Args:
        x: A positive number.
        n: An integer ≥ 2.

    Returns:
        The root to 28 significant digits, never finer than 10^-40.

    >>> nearest_root(Fraction(2), 2)
    Fraction(353553390593273762200422181, 250000000000000000000000000)
    """
    least_bits = (x.numerator.bit_length() - x.denominator.bit_length() - 1) // n
    k = min(FINEST_PLACES, SIGNIFICANT_DIGITS - (least_bits * 30_103 // 100_000 - 1))
    above, below = 2 * _power_of_ten(k), _power_of_ten(-k)
    root = integer_root(x.numerator * above**n // (x.denominator * below**n), n)
    return nearest_quotient(root * below, above)
