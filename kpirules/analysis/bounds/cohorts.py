"""Bounds of functions over a cohort, and the work of comparing its members."""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

from ...language.expressions.evaluation import SERIES_WORK, steps_of_sorting, work_of_step
from ...plan.ops import Const
from ...plan.steps import CohortValue
from . import numbers
from .aggregates import Counting, average, between, total
from .ends import INFINITE, multiple_bits
from .irrational import SERIES
from .numbers import ABSENT, NOTHING, Factor, Nothing, Num, settled
from .values import Truth, Value, flagged

__all__ = ["compared"]


class Weighing(Counting, Protocol):
    """An evaluation of bounds that also collects faults."""

    def fault(self, kind: str, op: object, *, is_certain: bool, path: str = "") -> None: ...


def compared(evaluation: Weighing, function: CohortValue, value: Value, most: int) -> tuple[Value, int]:
    """Return the bounds of a function over a cohort, and the work of computing it for all members.

    Args:
        evaluation: the evaluation; intermediate numbers are measured there, but their work is not kept.
        function: the function.
        value: the bounds of the compared value of a member.
        most: the most members of a cohort.
    """
    before = evaluation.work
    # Each member has its own denominator, though it is constant in its own assessment.
    if isinstance(value, Num):
        of_members = tuple(factor._replace(tag=("member", *factor.tag)) for factor in value.factors)
        value = value._replace(factors=of_members, flags=value.flags & ABSENT)
    result = _result(evaluation, function, value, most)
    work, evaluation.work = evaluation.work - before, before
    return flagged(result, ABSENT if function.type.is_optional else 0), work


def _result(evaluation: Weighing, function: CohortValue, value: Value, most: int) -> Value:
    if function.function == "cohort_count":
        evaluation.work += most
        mask = value.mask if isinstance(value, Truth) else 0
        is_every = isinstance(function.op, Const)
        return settled(int(is_every), most if mask & 1 else 0, 1, (), 64, 1, not is_every, 0)
    if not isinstance(value, Num):
        return numbers.ZERO if function.function == "cohort_sum" else NOTHING if value.flags == 0 else Nothing(ABSENT)
    if function.function in ("cohort_rank", "cohort_percentile"):
        evaluation.work += most * work_of_step(max(value.top, value.bottom))
        if function.function == "cohort_rank":
            return settled(1, most, 1, (), 64, 1, False, 0)
        bits = most.bit_length()
        return settled(0, 1, 1, (Factor(("", function.id), bits, multiple_bits(most), most),), bits, bits, True, 0)
    if function.function in ("cohort_min", "cohort_max"):
        evaluation.work += most * work_of_step(max(value.top, value.bottom))
        factors = tuple(factor._replace(tag=("", function.id, factor.tag)) for factor in value.factors)
        return value._replace(factors=factors, flags=0)
    if function.function in ("cohort_median", "cohort_quantile"):
        evaluation.work += steps_of_sorting(most) * work_of_step(max(value.top, value.bottom))
        part = function.constants[0] if function.constants else Fraction(1, 2)
        return between(evaluation, function, value._replace(flags=0), part)
    is_certain = not function.is_rated and not value.flags & ABSENT
    of_all = total(evaluation, function, value._replace(flags=0), int(is_certain), most)
    if function.function == "cohort_sum":
        return of_all
    if function.function == "cohort_avg":
        return average(function, value, of_all, most)
    return _deviation(evaluation, function, value._replace(flags=0), of_all, most)


def _deviation(evaluation: Weighing, function: CohortValue, value: Num, of_all: Num, most: int) -> Value:
    """Return the bounds of a standard deviation, the root of (Σx² − (Σx)²/n)/(n − 1)."""
    squares = total(evaluation, function, numbers.raised(value, 2), 2, most)
    bottom = min(squares.bottom + 2 * of_all.bottom + 2 * most.bit_length(), INFINITE)
    spread = None if value.low is None or value.high is None else value.high - value.low
    # Two members at opposite ends of the range differ most.
    high = None if spread is None else spread * spread
    top = min(squares.top + 2 * of_all.top + bottom, INFINITE)
    factor = Factor(("", function.id), bottom, INFINITE, 0)
    variance = settled(0, high, 1, (factor,), top, bottom, True, 0)
    evaluation.weigh(max(variance.top, variance.bottom))
    evaluation.work += SERIES_WORK
    return SERIES["root"](evaluation, function, [variance], 0)
