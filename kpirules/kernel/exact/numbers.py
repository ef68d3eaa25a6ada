"""Exact rationals from texts and Python values, and back to text."""

import math
import re
from collections.abc import Callable, Iterator
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from numbers import Integral, Real
from operator import index
from struct import pack, unpack
from typing import TypeVar

from .grammar import MAX_EXPONENT, PLAIN

MAX_BITS = 32_768
"""The widest numerator or denominator any number of the language may have."""

_LONGEST_TEXT = 1_000

# Every integer of the widest width has fewer digits than this, and so has every value of a double.
_MOST_DIGITS = 10_000
_LARGEST_DECIMAL_EXPONENT = 400

_LONGEST_EXACT_TEXT = 100_000
_WRITTEN = re.compile(r"(-?[0-9]+)(?:\.([0-9]+)|/([0-9]+))?")

_POWERS_OF_TEN = {10**places: places for places in range(40)}

_PLAINLY_PRINTED = 2_048
"""Bits below which Python prints an integer whatever limit of digits is set."""

_LOG_5_OF_2 = math.log(2) / math.log(5)


def from_text(text: str) -> Fraction | None:
    """Exact value of a plain decimal number as YAML 1.2 or JSON writes it.

    Args:
        text: `12`, `-0.5`, `+3`, `1e3`, `.5`, `1.`; ASCII digits without separators.

    Returns:
        The value, or None where the text is not such a number.

    Raises:
        ValueError: The number has more than 1,000 characters, or an exponent outside ±30.

    >>> from_text("0.1")
    Fraction(1, 10)
    >>> from_text("1_000") is None
    True
    """
    if len(text) <= _LONGEST_TEXT:
        return _from_short_text(text)
    if PLAIN.fullmatch(text) is None:
        return None
    raise ValueError(f"a number of more than {_LONGEST_TEXT:,} characters")


@lru_cache(maxsize=1024)
def _from_short_text(text: str) -> Fraction | None:
    """Return the number of a short text, from a cache."""
    match = PLAIN.fullmatch(text)
    if match is None:
        return None
    # The limits come before the conversion, which would take a power of ten of any size.
    if abs(int(match[1] or 0)) > MAX_EXPONENT:
        raise ValueError(f"the exponent {match[1]} is outside ±{MAX_EXPONENT}")
    return Fraction(text)


def from_value(value: object) -> Fraction | None:
    """Exact value of a Python or NumPy number.

    A float means its shortest decimal text, in its own precision: `0.1` is one tenth.

    Args:
        value: Anything.

    Returns:
        The value, or None for what is no number: booleans, texts, NaN, infinities, other types; and for
        numbers wider than 32,768 bits or decimals with an exponent outside ±400.

    >>> from_value(0.1)
    Fraction(1, 10)
    >>> from_value(True) is None
    True
    """
    exact: Fraction | None = None
    match value:
        case bool():
            pass
        case Fraction():
            # A subclass may override comparison.
            exact = value if type(value) is Fraction else Fraction(value.numerator, value.denominator)
        case Integral():
            # NumPy's time spans claim to be whole numbers but have no index.
            exact = Fraction(int.__index__(index(value))) if hasattr(value, "__index__") else None
        case Decimal():
            exact = _from_decimal(value)
        case float():
            # A subclass may override `repr`: repr(numpy.float64(0.1)) is 'np.float64(0.1)'.
            exact = _from_real_text(float.__repr__(value))
        case Real():
            exact = _from_real_text(str(value))
    return exact if exact is not None and _is_narrow(exact) else None


def _is_narrow(x: Fraction) -> bool:
    return max(x.numerator.bit_length(), x.denominator.bit_length()) <= MAX_BITS


def _from_decimal(value: Decimal) -> Fraction | None:
    if not value.is_finite():
        return None
    _, digits, exponent = value.as_tuple()
    if len(digits) > _MOST_DIGITS or abs(int(exponent)) > _LARGEST_DECIMAL_EXPONENT:
        return None
    return Fraction(value)


def _from_real_text(text: str) -> Fraction | None:
    match = PLAIN.fullmatch(text)
    # NumPy's long doubles reach 10^±4951, which is still narrow enough.
    if match is None or len(text) > _LONGEST_TEXT or abs(int(match[1] or 0)) > _MOST_DIGITS:
        return None
    return Fraction(text)


_NARROW = {16: ("e", 3, 5, 2.0**-14), 32: ("f", 6, 9, 2.0**-126)}
"""16-bit and 32-bit floats: their `struct` code, the digits that they always hold, the digits that distinguish
neighbours, and the least number with that precision."""


def widened(value: float, bits: int) -> float:
    """Return the double with the same decimal text as a narrower float.

    Args:
        value: A float of 16 or 32 bits, converted to a double.
        bits: Its width.

    Returns:
        The double with the same shortest decimal text; NaN and infinities unchanged.

    >>> widened(0.10000000149011612, 32)
    0.1
    """
    if not math.isfinite(value):
        return value
    code, fewest, most, normal = _NARROW[bits]
    for digits in range(fewest if abs(value) >= normal else 1, most + 1):
        for found in _near(value, digits):
            # The largest floats end in digits that round down, so no decimal overflows.
            if unpack(code, pack(code, found))[0] == value:
                return found
    raise ValueError(f"{value!r} is not a float of {bits} bits")


def _near(value: float, digits: int) -> Iterator[float]:
    """Yield decimals of some digits that may equal a float, the nearest one first."""
    yield float(f"{value:.{digits}g}")
    if abs(math.frexp(value)[0]) == 0.5:
        # Below a power of two floats lie closer together, so the next decimal away from zero may be the only one.
        nearest = Decimal(f"{abs(value):.{digits}g}")
        yield math.copysign(float(Context(prec=digits).next_plus(nearest)), value)


def is_finite_decimal(x: Fraction) -> bool:
    """Whether a number can be written as a decimal that ends.

    Args:
        x: Any rational.

    Returns:
        True if the denominator has no prime factor except 2 and 5.

    >>> is_finite_decimal(Fraction(1, 8)), is_finite_decimal(Fraction(1, 3))
    (True, False)
    """
    return _places(x) is not None


def _places(x: Fraction) -> int | None:
    """Return the decimal places of a finite decimal, None if it does not end."""
    return _places_of(x.denominator)


def _places_of(below: int) -> int | None:
    """Return the decimal places of a quotient with this denominator, None if it does not end."""
    twos = (below & -below).bit_length() - 1
    odd = below >> twos
    # 5^k has floor(k·log2(5)) + 1 bits, which differs for every k, so there is one candidate.
    fives = math.ceil((odd.bit_length() - 1) * _LOG_5_OF_2)
    return max(twos, fives) if 5**fives == odd else None


def to_decimal(x: Fraction) -> Decimal:
    """Return the equal `Decimal`, independent of the ambient decimal context.

    Args:
        x: A rational with a finite decimal.

    Returns:
        The decimal with no trailing zero after the point and no positive exponent: 1000, never 1E+3.
        (`str` uses an exponent below 0.000001; `to_text` never does.)

    Raises:
        ValueError: The decimal does not end.

    >>> to_decimal(Fraction(4479, 50))
    Decimal('89.58')
    """
    places = _places(x)
    if places is None:
        raise ValueError(f"{to_text(x)} has no decimal that ends")
    # Constructors are exact where arithmetic would round to the ambient context.
    whole = Decimal(int(x * 10**places)).as_tuple()
    return Decimal((whole.sign, whole.digits, -places))


def decimal_of(n: int, d: int) -> Decimal | Fraction:
    """Return n/d as the decimal of `to_decimal` if it ends, else as a fraction.

    Args:
        n: The numerator.
        d: The denominator, positive; the two need not be in lowest terms.

    >>> decimal_of(8958, 100), decimal_of(2, 6)
    (Decimal('89.58'), Fraction(1, 3))
    """
    places = _POWERS_OF_TEN.get(d)
    if places is None:
        exact = Fraction(n, d)
        return to_decimal(exact) if is_finite_decimal(exact) else exact
    while places and n % 10 == 0:
        n //= 10
        places -= 1
    return Decimal(f"{_digits(n)}E-{places}")


def to_text(x: Fraction) -> str:
    """Return the shortest exact text of a number.

    Args:
        x: Any rational.

    Returns:
        The decimal if it ends, else numerator/denominator in lowest terms.

    >>> to_text(Fraction(4479, 50)), to_text(Fraction(-3)), to_text(Fraction(385, 6))
    ('89.58', '-3', '385/6')
    """
    return TEXTS[x.as_integer_ratio()]


def _text(n: int, d: int) -> str:
    """Return the text of n/d in lowest terms."""
    if d == 1:
        return _digits(n)
    places = _places_of(d)
    if places is None:
        return f"{_digits(n)}/{_digits(d)}"
    sign = "-" if n < 0 else ""
    digits = _digits(abs(n) * (10**places // d)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


_Made = TypeVar("_Made")


class RatioCache(dict[tuple[int, int], _Made]):
    """A cache of a function's results by numerator and denominator, since points repeat.

    The two need not be in lowest terms, and the denominator is positive.

    Args:
        make: computes a result from a numerator and a denominator.

    >>> RatioCache(lambda n, d: n / d)[1, 4]
    0.25
    """

    def __init__(self, make: Callable[[int, int], _Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, ratio: tuple[int, int]) -> _Made:
        n, d = ratio
        made = self._make(n, d)
        if -_WIDE < n < _WIDE and d < _WIDE:
            if len(self) >= MAX_KEPT:
                self.clear()
            self[ratio] = made
        return made


MAX_KEPT = 65_536
"""Numbers of which something is kept: about 15 MB."""

_WIDE = 2**64
"""Numbers from here on are not cached, to save memory."""


def _new_text(n: int, d: int) -> str:
    ending = _ENDINGS.get(d)
    if ending is None:
        shared = math.gcd(n, d)
        shared = -shared if d < 0 else shared
        return _text(n // shared, d // shared)
    if n < 0:
        return f"-{_new_text(-n, d)}"
    factor, unit = ending
    whole, part = divmod(n * factor, unit)
    return f"{_digits(whole)}.{str(unit + part)[1:].rstrip('0')}" if part else _digits(whole)


_ENDINGS = {
    2**twos * 5**fives: (10 ** max(twos, fives) // (2**twos * 5**fives), 10 ** max(twos, fives))
    for twos in range(13)
    for fives in range(13)
}
"""Usual denominators of decimals that end, each with the factor that makes it a power of ten, and with that power."""


TEXTS = RatioCache(_new_text)
"""The exact text of each number, as `to_text` gives it."""

FRACTIONS = RatioCache(Fraction)
"""Each number as a fraction."""


def _digits(n: int) -> str:
    # Decimal prints integers above 4,300 digits, which Python itself refuses to.
    return str(n) if n.bit_length() < _PLAINLY_PRINTED else str(Decimal(n))


def parse_text(text: str) -> Fraction:
    """Return the number with this exact text: the inverse of `to_text`.

    Args:
        text: An integer, a decimal or a fraction; neither shortest form nor lowest terms are required.

    Returns:
        The value.

    Raises:
        ValueError: The text has another form, a zero denominator or more than 100,000 characters.

    >>> parse_text("385/6")
    Fraction(385, 6)
    """
    match = _WRITTEN.fullmatch(text) if len(text) <= _LONGEST_EXACT_TEXT else None
    if match is None:
        raise ValueError(f"{text[:40]!r} is not the exact text of a number")
    whole, places, below = match[1], match[2] or "", match[3]
    denominator = int(Decimal(below)) if below else 10 ** len(places)
    if denominator == 0:
        raise ValueError(f"{text[:40]!r} has a zero denominator")
    return Fraction(int(Decimal(whole + places)), denominator)


def approximate_text(x: Fraction, digits: int = 6) -> str:
    """Return a short text of a number for people.

    Args:
        x: Any rational.
        digits: Most places after the point.

    Returns:
        The exact decimal where it has no more places, else "≈ " and the nearest that has.

    Rounding:
        Half up, ties away from zero; for display only.

    >>> approximate_text(Fraction(385, 6)), approximate_text(Fraction(1, 8))
    ('≈ 64.166667', '0.125')
    """
    places = _places(x)
    if places is not None and places <= digits:
        return to_text(x)
    nearest = Fraction(math.floor(abs(x) * 10**digits + Fraction(1, 2)), 10**digits)
    return f"≈ {to_text(-nearest if x < 0 else nearest)}"
