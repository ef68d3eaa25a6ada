"""The limits of quotas as steps on integers."""

from __future__ import annotations

from .steps import Building

__all__ = ["limit_of", "order_of"]

Ratio = tuple[int, int]
"""A number by the steps of its numerator and its denominator, which is above zero."""


def limit_of(to: Building, share: Ratio, base: int, least: int, mode: str, *, is_left_out: bool) -> int:
    """Return how many members of a group may have a band.

    Args:
        to: takes the steps.
        share: the share of the base, at least 0.
        base: how many members the base has.
        least: the minimum of the limit.
        mode: the rounding mode.
        is_left_out: whether those who keep the band are not in the base, which is then that of all if all moved.
    """
    above, below = share
    product = to.arithmetic("*", above, base)
    if is_left_out:
        found = _largest(to, product, below, to.arithmetic("+", below, above), mode)
    else:
        found = _rounded(to, product, below, mode)
    return to.choose(to.compare("<", found, least), least, found)


def _rounded(to: Building, above: int, below: int, mode: str) -> int:
    """Return a fraction from 0 up as a whole number."""
    one, two = to.integer(1), to.integer(2)
    if mode in ("down", "floor"):
        return to.arithmetic("//", above, below)
    most = to.arithmetic("-", below, one)
    if mode in ("up", "ceiling"):
        return to.arithmetic("//", to.arithmetic("+", above, most), below)
    twice, unit = to.arithmetic("*", two, above), to.arithmetic("*", two, below)
    if mode == "half_down":
        return to.arithmetic("//", to.arithmetic("+", twice, most), unit)
    raised = to.arithmetic("+", twice, below)
    found = to.arithmetic("//", raised, unit)
    if mode == "half_up":
        return found
    is_tie = to.both(_is_zero(to, raised, unit), to.negate(_is_zero(to, found, two)))
    return to.choose(is_tie, to.arithmetic("-", found, one), found)


def _largest(to: Building, product: int, below: int, whole: int, mode: str) -> int:
    """Return the largest x with x ≤ round(share · (base − x)).

    Args:
        to: takes the steps.
        product: the numerator of share · base.
        below: the denominator of the share.
        whole: its numerator more: the denominator of 1 + share is `below`, its numerator is `whole`.
        mode: the rounding mode.
    """
    one, two = to.integer(1), to.integer(2)
    if mode in ("down", "floor"):
        return to.arithmetic("//", product, whole)
    if mode in ("up", "ceiling"):
        return to.arithmetic("-", _rounded(to, to.arithmetic("+", below, product), whole, "up"), one)
    # The end of the ray: (1/2 + share · base) / (1 + share).
    end = to.arithmetic("+", below, to.arithmetic("*", two, product))
    unit = to.arithmetic("*", two, whole)
    at_most = to.arithmetic("//", end, unit)
    if mode == "half_up":
        return at_most
    below_end = to.arithmetic("-", _rounded(to, end, unit, "up"), one)
    if mode == "half_down":
        return below_end
    is_taken = to.both(_is_zero(to, end, unit), _is_zero(to, at_most, two))
    return to.choose(is_taken, at_most, below_end)


def _is_zero(to: Building, number: int, unit: int) -> int:
    """Return whether a number is a multiple of a unit."""
    return to.compare("==", to.arithmetic("%", number, unit), to.integer(0))


def order_of(to: Building, value: int, denominator: int) -> int:
    """Return an integer that orders members as a fraction does, with ties where fractions are equal.

    Two fractions with denominators up to D differ by 1/D² or more, so that their multiples by D² differ by 1 or more,
    and the whole parts of these too.

    Args:
        to: takes the steps.
        value: the numerator.
        denominator: the denominator, above zero.
    """
    if to.constant(denominator) is not None:
        return value
    most = to.steps[denominator].high
    return to.arithmetic("//", to.arithmetic("*", value, to.integer(most * most)), denominator)
