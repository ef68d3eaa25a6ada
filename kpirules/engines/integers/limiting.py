"""The limits of quotas as steps on integers."""

from __future__ import annotations

from .steps import Building

__all__ = ["limit_of", "order_of"]

Ratio = tuple[int, int]
"""A number by the steps of its numerator and its denominator, which is above zero."""


def limit_of(build: Building, share: Ratio, base: int, least: int, mode: str, *, is_left_out: bool) -> int:
    """Return how many members of a group may have a band.

    Args:
        build: takes the steps.
        share: the share of the base, at least 0.
        base: how many members the base has.
        least: the minimum of the limit.
        mode: the rounding mode.
        is_left_out: whether those who keep the band are not in the base, which is then that of all if all moved.
    """
    above, below = share
    product = build.arithmetic("*", above, base)
    if is_left_out:
        found = _largest(build, product, below, build.arithmetic("+", below, above), mode)
    else:
        found = _rounded(build, product, below, mode)
    return build.choose(build.compare("<", found, least), least, found)


def _rounded(build: Building, above: int, below: int, mode: str) -> int:
    """Return a fraction from 0 up as a whole number."""
    one, two = build.integer(1), build.integer(2)
    if mode in ("down", "floor"):
        return build.arithmetic("//", above, below)
    most = build.arithmetic("-", below, one)
    if mode in ("up", "ceiling"):
        return build.arithmetic("//", build.arithmetic("+", above, most), below)
    twice, unit = build.arithmetic("*", two, above), build.arithmetic("*", two, below)
    if mode == "half_down":
        return build.arithmetic("//", build.arithmetic("+", twice, most), unit)
    raised = build.arithmetic("+", twice, below)
    found = build.arithmetic("//", raised, unit)
    if mode == "half_up":
        return found
    is_tie = build.both(_is_zero(build, raised, unit), build.negate(_is_zero(build, found, two)))
    return build.choose(is_tie, build.arithmetic("-", found, one), found)


def _largest(build: Building, product: int, below: int, whole: int, mode: str) -> int:
    """Return the largest x with x ≤ round(share · (base − x)).

    Args:
        build: takes the steps.
        product: the numerator of share · base.
        below: the denominator of the share.
        whole: its numerator more: the denominator of 1 + share is `below`, its numerator is `whole`.
        mode: the rounding mode.
    """
    one, two = build.integer(1), build.integer(2)
    if mode in ("down", "floor"):
        return build.arithmetic("//", product, whole)
    if mode in ("up", "ceiling"):
        return build.arithmetic("-", _rounded(build, build.arithmetic("+", below, product), whole, "up"), one)
    # The end of the ray: (1/2 + share · base) / (1 + share).
    end = build.arithmetic("+", below, build.arithmetic("*", two, product))
    unit = build.arithmetic("*", two, whole)
    at_most = build.arithmetic("//", end, unit)
    if mode == "half_up":
        return at_most
    below_end = build.arithmetic("-", _rounded(build, end, unit, "up"), one)
    if mode == "half_down":
        return below_end
    is_taken = build.both(_is_zero(build, end, unit), _is_zero(build, at_most, two))
    return build.choose(is_taken, at_most, below_end)


def _is_zero(build: Building, number: int, unit: int) -> int:
    """Return whether a number is a multiple of a unit."""
    return build.compare("==", build.arithmetic("%", number, unit), build.integer(0))


def order_of(build: Building, value: int, denominator: int) -> int:
    """Return an integer that orders members as a fraction does, with ties where fractions are equal.

    Two fractions with denominators up to D differ by 1/D² or more, so that their multiples by D² differ by 1 or more,
    and the whole parts of these too.

    Args:
        build: takes the steps.
        value: the numerator.
        denominator: the denominator, above zero.
    """
    if build.constant(denominator) is not None:
        return value
    most = build.steps[denominator].high
    return build.arithmetic("//", build.arithmetic("*", value, build.integer(most * most)), denominator)
