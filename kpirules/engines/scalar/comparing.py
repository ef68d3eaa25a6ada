"""Functions over a cohort, on pairs of integers, in nearly linear time.

The table of functions defines them; here each is computed once for a cohort, and ranks are found by sorting once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import floor

from ...kernel.exact.irrational import sqrt

__all__ = ["Pair", "comparison"]

Pair = tuple[int | None, int]
"""A number as numerator and denominator, not in lowest terms; (None, 1) if it is absent."""

ABSENT: Pair = (None, 1)

Numbers = list[tuple[int, int]]


def comparison(function: str, values: Sequence[Pair], constants: Sequence[Fraction] = ()) -> Pair | list[Pair]:
    """Return the value of a function over a cohort, or a list if each member has its own.

    Args:
        function: its name in the table of cohort functions.
        values: the compared value of each member; conditions are 1 and 0.
        constants: the further arguments of the function.
    """
    present = [(n, d) for n, d in values if n is not None]
    if function in OWN:
        return OWN[function](values, present)
    found = SHARED[function](present, *constants)
    return ABSENT if found is None else (found.numerator, found.denominator)


def _sum(present: Numbers) -> Fraction:
    """Add numbers with equal denominators first: usually all have the same."""
    totals: dict[int, int] = {}
    for n, d in present:
        totals[d] = totals.get(d, 0) + n
    return sum((Fraction(n, d) for d, n in totals.items()), Fraction(0))


def _mean(present: Numbers) -> Fraction | None:
    return _sum(present) / len(present) if present else None


def _deviation(present: Numbers) -> Fraction | None:
    count = len(present)
    if count < 2:
        return None
    squares = _sum([(n * n, d * d) for n, d in present])
    return sqrt((squares - _sum(present) ** 2 / count) / (count - 1))


def _picked(present: Numbers, pick: Callable[..., int]) -> dict[int, int]:
    """Return the least or greatest numerator for each denominator."""
    found: dict[int, int] = {}
    for n, d in present:
        found[d] = pick(found.get(d, n), n)
    return found


def _least(present: Numbers) -> Fraction | None:
    return min((Fraction(n, d) for d, n in _picked(present, min).items()), default=None)


def _greatest(present: Numbers) -> Fraction | None:
    return max((Fraction(n, d) for d, n in _picked(present, max).items()), default=None)


def _quantile(present: Numbers, part: Fraction = Fraction(1, 2)) -> Fraction | None:
    """Find a quantile; numerators are sorted if all have one denominator."""
    if not present:
        return None
    denominators = {d for _, d in present}
    unit = Fraction(1, denominators.pop()) if len(denominators) == 1 else Fraction(1)
    ordered = sorted(n for n, _ in present) if not denominators else sorted(Fraction(n, d) for n, d in present)
    place = (len(ordered) - 1) * part
    below = floor(place)
    value = Fraction(ordered[below])
    if place != below:
        value += (place - below) * (ordered[below + 1] - ordered[below])
    return value * unit


SHARED: dict[str, Callable[..., Fraction | None]] = {
    "cohort_count": _sum,
    "cohort_sum": _sum,
    "cohort_avg": _mean,
    "cohort_min": _least,
    "cohort_max": _greatest,
    "cohort_stdev": _deviation,
    "cohort_median": _quantile,
    "cohort_quantile": _quantile,
}


def _keys(values: Sequence[Pair], present: Numbers) -> tuple[list[int | Fraction | None], list[int | Fraction]]:
    """Return comparable keys: numerators if all have one denominator."""
    if len({d for _, d in present}) < 2:
        return [n for n, _ in values], sorted(n for n, _ in present)
    keys = [None if n is None else Fraction(n, d) for n, d in values]
    return [*keys], sorted(key for key in keys if key is not None)


def _ranks(values: Sequence[Pair], present: Numbers) -> list[Pair]:
    keys, ordered = _keys(values, present)
    count = len(ordered)
    return [ABSENT if key is None else (1 + count - bisect_right(ordered, key), 1) for key in keys]


def _percentiles(values: Sequence[Pair], present: Numbers) -> list[Pair]:
    keys, ordered = _keys(values, present)
    others = len(ordered) - 1
    if others == 0:
        return [ABSENT if key is None else (1, 1) for key in keys]
    return [ABSENT if key is None else (bisect_left(ordered, key), others) for key in keys]


OWN: dict[str, Callable[[Sequence[Pair], Numbers], list[Pair]]] = {
    "cohort_rank": _ranks,
    "cohort_percentile": _percentiles,
}
