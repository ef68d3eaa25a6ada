"""The places of a slider, as exact numbers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import count
from math import ceil, floor
from typing import Any

from ..kernel.exact import is_finite_decimal, to_text
from ..language.model import NumberDomain

__all__ = ["between", "slider"]

MOST_STOPS = 1000
"""The most places of a slider; more are closer together than a finger or a pointer can tell."""

STOPS_BETWEEN = 150
"""The most places of a slider over a rulebook's own number, whose rules are compiled at each."""


def slider(domain: NumberDomain) -> dict[str, Any] | None:
    """Return the places of a slider over a domain as plain data; None without both ends, or without decimals.

    The places are the least value, all multiples of `step` from `low` to `high` times it, and the greatest value.
    Where the domain has more values than a slider has places, other values can only be typed.

    >>> slider(NumberDomain(Fraction(0), Fraction(10), step=Fraction(1, 2)))
    {'first': '0', 'last': '10', 'low': 1, 'high': 19, 'step': '5', 'places': 1}
    """
    has_ends = all(
        any(end is not None for end in ends)
        for ends in ((domain.minimum, domain.above), (domain.maximum, domain.below))
    )
    grid = domain.grid
    if not has_ends or grid.low >= grid.high or not is_finite_decimal(grid.unit):
        return None
    factor = next(one for one in _factors() if (grid.high - grid.low) // one <= MOST_STOPS)
    # An end that does not belong to the domain has no nearest value worth a place of its own.
    first = grid.low if domain.minimum is not None else ceil(Fraction(grid.low, factor)) * factor
    last = grid.high if domain.maximum is not None else floor(Fraction(grid.high, factor)) * factor
    step = grid.unit * factor
    places = next(places for places in count() if (step * 10**places).denominator == 1)
    return {
        "first": to_text(first * grid.unit),
        "last": to_text(last * grid.unit),
        "low": first // factor + 1,
        "high": ceil(Fraction(last, factor)) - 1,
        "step": str(int(step * 10**places)),
        "places": places,
    }


def between(low: Fraction, high: Fraction, step: Fraction | None = None) -> NumberDomain:
    """Return the numbers that a slider of a rulebook's own number offers.

    Args:
        low, high: its ends.
        step: the distance between its places; by default about a hundred places, whole numbers between whole ends.

    >>> between(Fraction(0), Fraction(140)).step, between(Fraction(0), Fraction(1, 2)).step
    (Fraction(1, 1), Fraction(1, 200))
    """
    if step is None:
        are_whole = low.denominator == high.denominator == 1
        finest = Fraction(1) if are_whole else Fraction(1, 10**30)
        step = next(one * finest for one in _factors() if (high - low) / (one * finest) <= STOPS_BETWEEN)
    return NumberDomain(low, high, step=step)


def _factors() -> Iterator[int]:
    """Yield 1, 2, 5, 10, 20, 50, 100 and so on."""
    for power in count():
        yield from (10**power, 2 * 10**power, 5 * 10**power)
