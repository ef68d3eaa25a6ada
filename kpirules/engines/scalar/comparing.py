"""What functions over a cohort come to, on pairs of integers, in time that grows little faster than the cohort.

The table of functions says what they mean; here each is computed once a cohort, and ranks by sorting once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import floor

from ...kernel.exact.irrational import sqrt

__all__ = ["Pair", "comparison"]

Pair = tuple[int | None, int]
"""A number as numerator and denominator, not in lowest terms; None over 1 where it is absent."""

ABSENT: Pair = (None, 1)

Numbers = list[tuple[int, int]]


def comparison(function: str, values: Sequence[Pair], constants: Sequence[Fraction] = ()) -> Pair | list[Pair]:
    """What a function over a cohort comes to, or, where each member has its own result, all of them in order.

    Args:
        function: of the table of cohort functions.
        values: what is compared of each member; conditions are 1 and 0.
        constants: what the function takes besides.
    """
    there = [(n, d) for n, d in values if n is not None]
    if function in OWN:
        return OWN[function](values, there)
    found = SHARED[function](there, *constants)
    return ABSENT if found is None else (found.numerator, found.denominator)


def _sum(there: Numbers) -> Fraction:
    """Numbers over one denominator are added first: mostly there is only one."""
    totals: dict[int, int] = {}
    for n, d in there:
        totals[d] = totals.get(d, 0) + n
    return sum((Fraction(n, d) for d, n in totals.items()), Fraction(0))


def _mean(there: Numbers) -> Fraction | None:
    return _sum(there) / len(there) if there else None


def _deviation(there: Numbers) -> Fraction | None:
    count = len(there)
    if count < 2:
        return None
    squares = _sum([(n * n, d * d) for n, d in there])
    return sqrt((squares - _sum(there) ** 2 / count) / (count - 1))


def _picked(there: Numbers, pick: Callable[..., int]) -> dict[int, int]:
    """The least or the greatest over each denominator."""
    found: dict[int, int] = {}
    for n, d in there:
        found[d] = pick(found.get(d, n), n)
    return found


def _least(there: Numbers) -> Fraction | None:
    return min((Fraction(n, d) for d, n in _picked(there, min).items()), default=None)


def _greatest(there: Numbers) -> Fraction | None:
    return max((Fraction(n, d) for d, n in _picked(there, max).items()), default=None)


def _quantile(there: Numbers, part: Fraction = Fraction(1, 2)) -> Fraction | None:
    """Sorting numerators where all have one denominator."""
    if not there:
        return None
    denominators = {d for _, d in there}
    unit = Fraction(1, denominators.pop()) if len(denominators) == 1 else Fraction(1)
    ordered = sorted(n for n, _ in there) if not denominators else sorted(Fraction(n, d) for n, d in there)
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


def _keys(values: Sequence[Pair], there: Numbers) -> tuple[list[int | Fraction | None], list[int | Fraction]]:
    """Numbers that can be compared: their numerators where all have one denominator."""
    if len({d for _, d in there}) < 2:
        return [n for n, _ in values], sorted(n for n, _ in there)
    keys = [None if n is None else Fraction(n, d) for n, d in values]
    return [*keys], sorted(key for key in keys if key is not None)


def _ranks(values: Sequence[Pair], there: Numbers) -> list[Pair]:
    keys, ordered = _keys(values, there)
    count = len(ordered)
    return [ABSENT if key is None else (1 + count - bisect_right(ordered, key), 1) for key in keys]


def _percentiles(values: Sequence[Pair], there: Numbers) -> list[Pair]:
    keys, ordered = _keys(values, there)
    others = len(ordered) - 1
    if others == 0:
        return [ABSENT if key is None else (1, 1) for key in keys]
    return [ABSENT if key is None else (bisect_left(ordered, key), others) for key in keys]


OWN: dict[str, Callable[[Sequence[Pair], Numbers], list[Pair]]] = {
    "cohort_rank": _ranks,
    "cohort_percentile": _percentiles,
}
