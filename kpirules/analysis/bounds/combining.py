"""Bounds of groups: the sum of their children's points, or the mean of their shares."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import lcm
from typing import Protocol

from attrs import frozen

from ...plan.steps import Combination, Combined
from . import numbers
from .ends import End, Point, plain
from .irrational import FINEST
from .numbers import ZERO, Factor, Num, constant, settled

__all__ = ["Part", "combined"]

MOST_SUBSETS = 6
"""The most children that may be excluded for which all subsets are examined."""

ONE = constant(1)


@frozen
class Part:
    """A child of a group.

    Args:
        child: the child as the group combines it.
        points: the bounds of its points while it remains.
        stays: True if it always remains.
    """

    child: Combined
    points: Num
    stays: bool

    @property
    def share(self) -> Num:
        """The bounds of its points divided by its max."""
        most = self.child.max
        return numbers.scaled(self.points, 1 / most) if most else self.points


class Counting(Protocol):
    """The part of an evaluation that counts work and collects faults."""

    def weigh(self, bits: int, times: int = 1) -> None: ...

    def fault(self, kind: str, op: object, *, is_certain: bool, path: str = "") -> None: ...


def combined(evaluation: Counting, body: Combination, parts: Sequence[Part], most: Fraction | None, path: str) -> Num:
    """Return the bounds of a group's points before its limits.

    Args:
        evaluation: the evaluation, which counts the work.
        body: how the group combines its children.
        parts: the children that may remain.
        most: the max of the group.
        path: the path of the group.
    """
    if body.function == "sum":
        return _sum(evaluation, body, parts)
    whole = _counted(evaluation, [part.child.weight for part in parts])
    share = _shared(evaluation, body, parts, whole, path)
    points = numbers.scaled(share, most or 0)
    # In a mean each child has its own contribution.
    evaluation.weigh(max(points.top, points.bottom), max(len(parts), 1))
    return points


def _weigh(evaluation: Counting, number: Num) -> None:
    evaluation.weigh(max(number.top, number.bottom))


def _added(evaluation: Counting, parts: Sequence[Num]) -> Num:
    """Return the bounds of a sum, counting each step."""
    total = ZERO
    for part in parts:
        total = numbers.added(total, part)
        _weigh(evaluation, total)
    return total


def _counted(evaluation: Counting, parts: Sequence[Fraction]) -> Fraction:
    """Return the sum of constants, counting each step."""
    total = Fraction(0)
    for part in parts:
        total += part
        evaluation.weigh(max(total.numerator.bit_length(), total.denominator.bit_length()))
    return total


def _remaining(part: Part) -> Num:
    """Return the bounds of a child's points, including zero if it may be excluded."""
    return part.points if part.stays else numbers.joined(part.points, ZERO)


# -- sums -----------------------------------------------------------------------------------------


def _sum(evaluation: Counting, body: Combination, parts: Sequence[Part]) -> Num:
    total = _added(evaluation, [_remaining(part) for part in parts])
    regular = [part for part in parts if part.child.is_regular]
    if not body.rescale:
        return total
    regular_children = [child for child in body.children if child.is_regular]
    whole = _counted(evaluation, [child.max or Fraction(0) for child in regular_children])
    sizes = [part.child.max or Fraction(0) for part in regular]
    _counted(evaluation, sizes)
    earned = _added(evaluation, [_remaining(part) for part in regular])
    if all(part.stays for part in regular) and len(regular) == len(regular_children):
        return total
    stretched = _stretched(earned, regular, sizes, whole)
    irregular = [_remaining(part) for part in parts if not part.child.is_regular]
    low, high = _mean_ends(regular, sizes)
    low, high = None if low is None else low * whole, None if high is None else high * whole
    stretched = numbers.within(stretched, low, high) or stretched
    for number in irregular:
        stretched = numbers.added(stretched, number)
    _weigh(evaluation, stretched)
    return stretched


def _stretched(earned: Num, parts: Sequence[Part], sizes: Sequence[Fraction], whole: Fraction) -> Num:
    """Return the bounds of a sum that is scaled up from the remaining part to the whole."""
    excludable_sizes = [size for part, size in zip(parts, sizes, strict=True) if not part.stays]
    staying = sum((size for part, size in zip(parts, sizes, strict=True) if part.stays), Fraction(0))
    denominator, factors = earned.denominator, earned.factors
    if len(excludable_sizes) <= MOST_SUBSETS:
        times, most = 1, 1
        for count in range(len(excludable_sizes) + 1):
            for some in combinations(excludable_sizes, count):
                rest = staying + sum(some, Fraction(0))
                if rest > 0:
                    factor = whole / rest
                    times = lcm(times, factor.denominator)
                    most = max(most, factor.numerator)
        denominator *= times
        size, more = times.bit_length(), most.bit_length()
    else:
        # The remaining amount is a multiple of the common unit of all amounts.
        common = lcm(*(part.denominator for part in sizes))
        size = int(sum(sizes, Fraction(0)) * common).bit_length()
        more = int(whole * common + 1).bit_length()
        factors = (*factors, Factor(("", object()), size, size, 0))
    return settled(None, None, denominator, factors, earned.top + more, earned.bottom + size, True, earned.flags)


def _mean_ends(parts: Sequence[Part], weights: Sequence[Fraction]) -> tuple[End, End]:
    """Return the least and the greatest weighted mean of the shares that may remain."""
    return _best_mean(parts, weights, -1), _best_mean(parts, weights, 1)


def _best_mean(parts: Sequence[Part], weights: Sequence[Fraction], sign: int) -> End:
    """Return the greatest mean, or the least if `sign` is -1, by adding the children that raise it, in order."""
    total: Point = 0
    whole: Point = 0
    free: list[tuple[Point, Point, Point]] = []
    for part, weight in zip(parts, weights, strict=True):
        end = part.points.high if sign > 0 else part.points.low
        if end is None:
            return None
        most = part.child.max
        share = sign * end * weight / most if most and weight != most else sign * end
        if part.stays:
            total, whole = total + share, whole + weight
        elif weight:
            free.append((share / weight, share, weight))
    free.sort(reverse=True)
    for mean, share, size in free:
        if whole and mean * whole <= total:
            break
        total, whole = total + share, whole + size
    return plain(sign * (Fraction(total) / whole)) if whole else None


# -- shares ---------------------------------------------------------------------------------------


def _shared(evaluation: Counting, body: Combination, parts: Sequence[Part], whole: Fraction, path: str) -> Num:
    """Return the bounds of a group that works on shares."""
    weights = [part.child.weight for part in parts]
    shares = [part.share for part in parts]
    all_stay = all(part.stays for part in parts)
    if not parts:
        return ZERO
    match body.function:
        case "mean":
            total = _added(
                evaluation, [numbers.scaled(share, weight) for share, weight in zip(shares, weights, strict=True)]
            )
            weight = sum(weights, Fraction(0))
            if all_stay:
                mean = numbers.scaled(total, 1 / weight) if weight else total
            else:
                mean = _stretched(total, parts, weights, Fraction(1))
            ends = _mean_ends(parts, weights)
            return numbers.within(mean, *ends) or mean
        case "min" | "max":
            return _extreme(parts, shares, is_least=body.function == "min")
        case "product":
            result = ONE
            for share, part in zip(shares, parts, strict=True):
                result = numbers.multiplied(result, share if part.stays else numbers.joined(share, ONE))
                _weigh(evaluation, result)
            return result
        case "harmonic_mean":
            return _harmonic(evaluation, parts, shares, whole)
        case _:
            return _geometric(evaluation, parts, shares, path)


def _extreme(parts: Sequence[Part], shares: Sequence[Num], *, is_least: bool) -> Num:
    result = shares[0]
    for share in shares[1:]:
        result = numbers.joined(result, share)
    sure = [share for share, part in zip(shares, parts, strict=True) if part.stays]
    if not sure:
        return result
    if is_least:
        high = min((share.high for share in sure if share.high is not None), default=None)
        return numbers.within(result, None, high) or result
    low = max((share.low for share in sure if share.low is not None), default=None)
    return numbers.within(result, low, None) or result


def _hull(shares: Sequence[Num]) -> tuple[End, End]:
    result = shares[0]
    for share in shares[1:]:
        result = numbers.joined(result, share)
    return result.low, result.high


def _harmonic(evaluation: Counting, parts: Sequence[Part], shares: Sequence[Num], weights: Fraction) -> Num:
    """Return the bounds of the total weight divided by the sum of weights over shares; zero if a share is."""
    quotients = []
    for part, share in zip(parts, shares, strict=True):
        quotient = numbers.divided(constant(part.child.weight), share, ("", "share", part.child.id))
        if isinstance(quotient, Num):
            quotients.append(quotient if part.stays else numbers.joined(quotient, ZERO))
    total = _added(evaluation, quotients)
    whole = constant(weights)
    rest = whole if all(part.stays for part in parts) else numbers.joined(whole, ZERO)
    rest = rest._replace(top=whole.top + 1, bottom=whole.bottom)
    low, high = _hull(shares)
    bits = rest.top + total.bottom, rest.bottom + total.top
    mean = settled(low, high, 1, (Factor(("", object()), bits[1], bits[1], 0),), bits[0], bits[1], True, 0)
    return numbers.joined(mean, ZERO) if low is None or low <= 0 else mean


def _geometric(evaluation: Counting, parts: Sequence[Part], shares: Sequence[Num], path: str) -> Num:
    """Return the bounds of the mean: exact if it is rational, else a multiple of 10⁻⁴⁰."""
    low, high = _hull(shares)
    bits = max(max(share.top, share.bottom) for share in shares)
    bits_of_product = sum(share.top + share.bottom for share in shares)
    if bits_of_product > 131_072:
        evaluation.weigh(bits_of_product // 2, 0)
    is_one = low is not None and high is not None and low == high
    denominator = FINEST
    factors: tuple[Factor, ...] = (Factor(("", object()), bits, bits, 0),)
    if all(not share.factors for share in shares):
        # A rational root of a product of multiples of 1/d is itself a multiple of 1/d.
        factors = ()
        denominator = lcm(FINEST, *(share.denominator for share in shares))
    least, most = low, high
    if not is_one:
        # Rounding to 28 digits may exceed an end that has more digits.
        margin = Fraction(1, 10**20)
        least = low if low is None or low in (0, 1) else low - margin if low > margin else 0
        most = high if high is None or high in (0, 1) else high + margin * (1 + (high if high >= 0 else -high))
    return settled(least, most, denominator, factors, max(bits, 133) + 133, max(bits, 133), True, 0)
