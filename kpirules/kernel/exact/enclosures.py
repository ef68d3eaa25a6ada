"""Integers that provably enclose irrational values.

Every bound is rounded in its own direction, lower ones down and upper ones up, so an enclosure holds whatever
the working precision; precision only decides how narrow it is.
"""

import math
from fractions import Fraction
from functools import lru_cache

from attrs import frozen

_SPARE = 16


@frozen
class Enclosure:
    """Two numbers between which a value lies: lo·2^exponent ≤ value ≤ hi·2^exponent.

    Args:
        lo: The lower mantissa.
        hi: The upper mantissa.
        exponent: The power of two that scales both.

    >>> Enclosure(1, 2, -1)
    Enclosure(lo=1, hi=2, exponent=-1)
    """

    lo: int
    hi: int
    exponent: int


def floor_shift(n: int, places: int) -> int:
    """Largest integer not above n / 2^places.

    Args:
        n: Any integer.
        places: Binary places, of either sign.

    Returns:
        The integer.

    >>> floor_shift(-5, 1), floor_shift(5, -1)
    (-3, 10)
    """
    return n >> places if places >= 0 else n << -places


def ceil_shift(n: int, places: int) -> int:
    """Smallest integer not below n / 2^places.

    Args:
        n: Any integer.
        places: Binary places, of either sign.

    Returns:
        The integer.

    >>> ceil_shift(-5, 1), ceil_shift(5, 1)
    (-2, 3)
    """
    return -floor_shift(-n, places)


def _series(z: int, scale: int, step: int, sign: int, terms: int = 0) -> tuple[int, int, int]:
    """Bound on Σ t^k / (r_1…r_k) with r_k = step·k + step − 1 and t = z / 2^scale ≥ 0.

    With sign 1 all is floored, and terms are added until the next one vanishes and the rest at least halve.
    With sign -1 all is negative, where flooring enlarges, and exactly `terms` are added. Terms are gathered
    in columns, so that few of the multiplications are long (Smith 1989). Returns the sum, the number of
    terms, and a bound on the next one.
    """
    columns = [0] * (math.isqrt(scale) // 8 + 1)
    powers = [sign << scale]
    for _ in columns:
        powers.append(powers[-1] * z >> scale)
    *powers, leap = map(abs, powers)
    term, k = sign << scale, 0
    while True:
        for i in range(len(columns)):
            columns[i] += term
            k += 1
            term //= step * k + step - 1
        term = term * leap >> scale
        if k == terms or (not term and (z + 1) << 1 <= (step * (k + 2) - 1) << scale):
            break
    total = sum(column * power for column, power in zip(columns, powers, strict=True)) >> scale
    return abs(total), k, abs(term)


def _series_bounds(lo: int, hi: int, scale: int, step: int) -> tuple[int, int]:
    """Bounds on the series for every t in [lo, hi] / 2^scale, where hi ≤ lo + 1 or is close to it."""
    below, terms, _ = _series(lo, scale, step, 1)
    above, _, rest = _series(hi, scale, step, -1, terms)
    # From here on each term is at most half of the one before: together at most twice the first.
    return below, above + 2 * rest


def exp_enclosure(lo: int, hi: int, scale: int, bits: int) -> Enclosure:
    """Enclosure of e^t for every t in [lo, hi] / 2^scale.

    The argument is halved until small, the series summed, and the sum squared back.

    Args:
        lo: The lower argument.
        hi: The upper argument, at most 2^scale above.
        scale: Binary places of both.
        bits: Relative precision aimed at.

    Returns:
        Bounds on all the values.

    >>> exp_enclosure(0, 0, 0, 8).lo > 0
    True
    """
    small = math.isqrt(bits) // 2
    halvings = max(0, lo.bit_length() - scale + small)
    working = bits + halvings + _SPARE
    places = scale + halvings - working
    below, above = _series_bounds(floor_shift(abs(lo), places), ceil_shift(abs(lo), places), working, 1)
    exponent = -working
    for _ in range(halvings):
        below, above, exponent = below * below, above * above, 2 * exponent
        excess = above.bit_length() - working
        below, above, exponent = below >> excess, ceil_shift(above, excess), exponent + excess
    if lo < 0:
        unit = 1 << 2 * working
        below, above, exponent = unit // above, -(-unit // below), -2 * working - exponent
    # e^d ≤ 1 + 2d for d in [0, 1].
    return Enclosure(below, above + ceil_shift(2 * above * (hi - lo), scale), exponent)


def ln_enclosure(n: int, d: int, scale: int) -> tuple[int, int]:
    """Bounds on ln(n / d) in units of 2^-scale.

    With a guess y, ln x = y + ln(1 + δ) where 1 + δ = x / e^y. The guess (from doubles, then from this
    function at a third of the precision) only has to make δ small; its error is part of the result.

    Args:
        n: A positive integer.
        d: A positive integer.
        scale: Binary places of the result.

    Returns:
        The lower and the upper bound.

    >>> ln_enclosure(2, 1, 10)
    (709, 710)
    """
    if scale <= 90:
        places = 32
        guess = round((math.log(n) - math.log(d)) * 2**places)
    else:
        places = scale // 3 + 8
        guess, _ = ln_enclosure(n, d, places)
    working = max(scale, places) + _SPARE
    power = exp_enclosure(guess, guess, places, working)
    top, bottom = _leading(n, working), _leading(d, working)
    shift = working + top.exponent - bottom.exponent - power.exponent
    low = (top.lo << shift) // (bottom.hi * power.hi) - (1 << working)
    high = -((-top.hi << shift) // (bottom.lo * power.lo)) - (1 << working)
    # |ln(1 + δ) − (δ − δ²/2)| ≤ |δ|³ for |δ| ≤ 1/2, and ln rises: the ends of δ give those of the logarithm.
    low -= ceil_shift(low * low, working + 1) + ceil_shift(abs(low) ** 3, 2 * working)
    high -= floor_shift(high * high, working + 1) - ceil_shift(abs(high) ** 3, 2 * working)
    base = guess << (working - places)
    return floor_shift(base + low, working - scale), ceil_shift(base + high, working - scale)


def _leading(n: int, bits: int) -> Enclosure:
    excess = max(0, n.bit_length() - bits - _SPARE)
    return Enclosure(n >> excess, ceil_shift(n, excess), excess)


def _inverse_arctangent(n: int, scale: int) -> tuple[int, int]:
    total, terms = 0, 0
    power = (1 << scale) // n
    while power:
        total += (-1) ** terms * (power // (2 * terms + 1))
        power //= n * n
        terms += 1
    # Each term is floored once, as repeated floor division is one; the alternating rest is below 1.
    return total - terms - 1, total + terms + 1


@lru_cache(maxsize=8)
def pi_enclosure(scale: int) -> tuple[int, int]:
    """Bounds on π in units of 2^-scale.

    Args:
        scale: Binary places.

    Returns:
        The lower and the upper bound.

    Source:
        Machin 1706: π/4 = 4·arctan(1/5) − arctan(1/239).

    >>> low, high = pi_enclosure(64)
    >>> low < 0x3243F6A8885A308D3 < high
    True
    """
    (low_5, high_5), (low_239, high_239) = _inverse_arctangent(5, scale), _inverse_arctangent(239, scale)
    return 16 * low_5 - 4 * high_239, 16 * high_5 - 4 * low_239


def normal_cdf_enclosure(x: Fraction, bits: int) -> Enclosure:
    """Enclosure of the normal distribution function Φ at a moderate argument.

    Φ(x) = 1/2 + x·e^(−x²/2)/√(2π) · Σ x^(2k)/(3·5…(2k+1)), all of whose terms are positive.

    Args:
        x: The argument; cost grows with its square.
        bits: Binary places aimed at.

    Returns:
        Bounds on the value.

    Source:
        Marsaglia 2004, Evaluating the normal distribution, formula (2).

    >>> normal_cdf_enclosure(Fraction(-1), 64).lo > 0
    True
    """
    size = abs(x)
    # The terms grow to e^(x²/2), and columns by up to x² each: places that only serve narrowness.
    scale = bits + 2 * math.ceil(size * size) + math.isqrt(bits) + 64
    low = (size.numerator << scale) // size.denominator
    square_low, square_high = low * low >> scale, ceil_shift((low + 1) ** 2, scale)
    series_low, series_high = _series_bounds(square_low, square_high, scale, 2)
    power = exp_enclosure(-square_high, -square_low, scale + 1, scale)
    pi_low, pi_high = pi_enclosure(scale)
    root_low, root_high = math.isqrt(2 * pi_low << scale), math.isqrt(2 * pi_high << scale) + 1
    part_low = floor_shift(low * series_low * power.lo, -power.exponent) // root_high
    part_high = -(-ceil_shift((low + 1) * series_high * power.hi, -power.exponent) // root_low)
    half = 1 << (scale - 1)
    if x < 0:
        return Enclosure(half - part_high, half - part_low, -scale)
    return Enclosure(half + part_low, half + part_high, -scale)
