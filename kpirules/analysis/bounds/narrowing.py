"""Narrower bounds: the union of two numbers, and a number restricted by a comparison."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from .ends import End, Point, greatest, least, plain
from .num import SMALLEST, Nothing, Num, exact, settled, shared_multiple, smallest, united

__all__ = ["joined", "met", "narrowed", "within"]


def joined(x: Num, y: Num) -> Num:
    """Return the union of two numbers' bounds."""
    if x is y:
        return x
    d, e = x.denominator, y.denominator
    denominator = d if d == e else d * e // gcd(d, e)
    return settled(
        least(x.low, y.low),
        greatest(x.high, y.high),
        denominator,
        united(x.factors, y.factors),
        max(x.top, y.top),
        max(x.bottom, y.bottom),
        x.has_zero or y.has_zero,
        x.flags | y.flags,
        shared_multiple(x, y, denominator),
    )


def within(x: Num, low: End, high: End) -> Num | None:
    """Return a number restricted to an interval; None if that is impossible."""
    if low is not None and (x.low is None or low > x.low):
        if not x.factors and x.denominator.bit_length() <= SMALLEST:
            low = low if x.denominator == 1 and type(low) is int else _rounded_up(low, x.denominator)
    else:
        low = x.low
    if high is not None and (x.high is None or high < x.high):
        if not x.factors and x.denominator.bit_length() <= SMALLEST:
            high = high if x.denominator == 1 and type(high) is int else -_rounded_up(-high, x.denominator)
    else:
        high = x.high
    if low is x.low and high is x.high:
        return x
    if low is not None and high is not None and (low > high or (low == high == 0 and not x.has_zero)):
        return None
    return settled(low, high, x.denominator, x.factors, x.top, x.bottom, x.has_zero, x.flags, x.multiple)


def _rounded_up(x: Point, denominator: int) -> Point:
    """Return a number rounded up to a multiple of 1/denominator."""
    return plain(Fraction(-(-x.numerator * denominator // x.denominator), denominator))


def narrowed(x: Num, operator: str, y: Num) -> Num | None:
    """Return the bounds of `x`, given a comparison that holds; None if that is impossible."""
    match operator:
        case "==":
            found = within(x, y.low, y.high)
            return None if found is not None and not y.has_zero and exact(found) == 0 else found
        case "!=":
            constant = exact(y)
            return x if constant is None else _without_end(x, constant)
        case "<=":
            return within(x, None, y.high)
        case ">=":
            return within(x, y.low, None)
        case "<":
            found = within(x, None, y.high)
            return found if found is None or y.high is None else _strictly_beside(found, y.high, is_below=True)
        case _:
            found = within(x, y.low, None)
            return found if found is None or y.low is None else _strictly_beside(found, y.low, is_below=False)


def _without_end(x: Num, from_: Point) -> Num | None:
    """Exclude a point from a number, if it is one of its ends."""
    if from_ == 0 and x.has_zero:
        x = x._replace(has_zero=False)
    if x.low is not None and x.low == from_:
        return _strictly_beside(x, from_, is_below=False)
    if x.high is not None and x.high == from_:
        return _strictly_beside(x, from_, is_below=True)
    return x


def _strictly_beside(x: Num, end: Point, *, is_below: bool) -> Num | None:
    """Restrict a number to values strictly below or above an end."""
    if end == 0 and x.has_zero:
        x = x._replace(has_zero=False)
    edge = x.high if is_below else x.low
    if edge is None or edge != end:
        return x
    # A number other than n/d differs from it by at least 1 over d times its own denominator.
    near = smallest(x)
    if near and not x.factors:
        rest = x.denominator * end.denominator // gcd(x.denominator, end.denominator)
        near = Fraction(1, rest)
    elif near:
        near = Fraction(near) / end.denominator
    return within(x, None, end - near) if is_below else within(x, end + near, None)


def met(value: Num, low: End, high: End, has_zero: bool, flags: int = 3) -> Num | Nothing:
    """Return a number narrowed by further bounds."""
    found = within(value, low, high)
    if found is None:
        return Nothing(value.flags)
    return found._replace(has_zero=found.has_zero and has_zero, flags=value.flags & flags)
