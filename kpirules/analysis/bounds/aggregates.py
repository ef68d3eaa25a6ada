"""Bounds of aggregates over the records of a list, or over the children of a group."""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

from ...language.expressions import AGGREGATES
from ...language.expressions.evaluation import steps_of_sorting, work_of_step
from ...plan.ops import Op, Over
from . import numbers
from .assuming import assume
from .context import Context
from .ends import INFINITE, multiple_bits
from .named import Named
from .numbers import ABSENT, NOTHING, Factor, Nothing, Num, settled
from .parts import sum_of_parts
from .values import Count, Truth, Value, truth

__all__ = ["Counting", "average", "between", "over", "total"]

PIECES = 16
"""The number of sections of a long sum; the work of each is measured at its last step."""


class Counting(Protocol):
    """The part of an evaluation that aggregates use."""

    context: Context
    values: dict[int, Value]
    named: dict[str, Named]
    bound: dict[str, Op]
    work: int
    widest: tuple[int, str]

    def value(self, op: Op) -> Value: ...

    def weigh(self, bits: int, times: int = 1) -> None: ...

    def record_condition(self, op: Op, part: str) -> None: ...


def over(evaluation: Counting, op: Over) -> Value:
    """Return the bounds of an aggregate."""
    context = evaluation.context
    records = context.bounds_of(op.records.name)
    if not isinstance(records, Count):
        return records or NOTHING
    start = evaluation.work
    least, most = records.least, records.most
    with context.inside(f"{op.records.name}."):
        body: Value = NOTHING
        is_reached, flags = most > 0, 0
        if is_reached and op.condition is not None:
            condition = evaluation.value(op.condition)
            evaluation.record_condition(op.condition, "condition")
            flags = condition.flags & ~ABSENT
            mask = condition.mask if isinstance(condition, Truth) else 0
            least = least if mask == 1 else 0
            is_reached = bool(mask & 1) and assume(evaluation, op.condition, True)
        if is_reached:
            body = evaluation.value(op.body)
            if isinstance(body, Num):
                evaluation.weigh(max(body.top, body.bottom))
            else:
                evaluation.work += 1
        most = most if is_reached else 0
    evaluation.work = start + (evaluation.work - start) * records.most
    flags |= (body.flags & ~ABSENT) | records.flags
    if isinstance(body, Nothing):
        most = 0  # no record reaches this
        if is_reached and not body.flags:
            least = 0
    value = _aggregated(evaluation, op, body, least, most)
    return value._replace(flags=value.flags | flags)


def _aggregated(evaluation: Counting, op: Over, body: Value, least: int, most: int) -> Value:
    function, row = op.function, AGGREGATES[op.function]
    needed = int(row.needed(*op.constants))
    of_nothing = ABSENT if least < needed else 0
    if function in ("any", "all"):
        mask = body.mask if isinstance(body, Truth) else 0
        stops = 1 if function == "any" else 2
        can_stop = bool(mask & stops) and most > 0
        # It visits all records if there is none, or none but those of the other kind.
        goes_on = least == 0 or bool(mask & (3 - stops))
        return truth(can_stop, goes_on, 0) if function == "any" else truth(goes_on, can_stop, 0)
    if function in ("count", "share"):
        mask = body.mask if isinstance(body, Truth) else 0
        low, high = (least if mask == 1 else 0), (most if mask & 1 else 0)
        if function == "count":
            return settled(low, high, 1, (), 64, 1, low == 0, 0)
        return _share(op, mask, most, of_nothing)
    if not isinstance(body, Num):
        if row.is_sure and least == 0:
            return numbers.ZERO
        return Nothing(of_nothing)
    body = body._replace(flags=0)
    if row.is_sorting:
        evaluation.work += steps_of_sorting(most) * work_of_step(max(body.top, body.bottom))
        if most < needed:
            return Nothing(of_nothing)
        return _ordered(evaluation, op, body, least, most)._replace(flags=of_nothing)
    if function in ("min", "max"):
        return _picked(op, body)._replace(flags=of_nothing)
    of_all = total(evaluation, op, body, least, most)
    if function == "sum":
        return sum_of_parts(evaluation, op, of_all)
    return average(op, body, of_all, most)._replace(flags=of_nothing)


def _ordered(evaluation: Counting, op: Over, body: Num, least: int, most: int) -> Num:
    """Return the bounds of a function of sorted numbers, if there are enough of them."""
    constants = [int(constant) for constant in op.constants]
    match op.function:
        case "largest" | "smallest":
            return _picked(op, body)
        case "sum_largest" | "sum_smallest":
            return total(evaluation, op, body, min(least, constants[0]), min(most, constants[0]))
        case "trimmed_avg":
            kept = most - sum(constants)
            return average(op, body, total(evaluation, op, body, min(least, kept), kept), kept)
        case "median":
            return between(evaluation, op, body, Fraction(1, 2))
        case _:
            return between(evaluation, op, body, op.constants[0])


def between(evaluation: Counting, op: object, body: Num, part: Fraction) -> Num:
    """Return the bounds of an interpolation between two neighbours."""
    total_of_two = total(evaluation, op, body, 1, 2)
    bits = part.denominator.bit_length()
    bottom, top = total_of_two.bottom + bits, total_of_two.top + bits + 1
    denominator = total_of_two.denominator * part.denominator
    return settled(body.low, body.high, denominator, total_of_two.factors, top, bottom, True, 0)


def _share(op: Over, mask: int, most: int, flags: int) -> Value:
    if most == 0:
        return Nothing(flags)
    low, high = int(mask == 1), int(bool(mask & 1))
    bits = most.bit_length()
    factor = Factor(("", id(op)), bits, multiple_bits(most), most)
    return settled(low, high, 1, (factor,), bits, bits, low == 0, flags)


def _picked(op: Over, body: Num) -> Num:
    """Return the bounds of a number from an arbitrary record."""
    factors = tuple(
        Factor(("", id(op), factor.tag), factor.once, factor.every, factor.most) if factor.tag[0] else factor
        for factor in body.factors
    )
    return body._replace(factors=factors)


def total(evaluation: Counting, op: object, body: Num, least: int, most: int) -> Num:
    """Return the bounds of the sum; its denominator divides the least common multiple of all record denominators."""
    low = None if body.low is None else body.low * (least if body.low >= 0 else most)
    high = None if body.high is None else body.high * (least if body.high <= 0 else most)
    factors = tuple(_every(op, factor, most) for factor in body.factors)
    bottom = min(body.bottom * most, body.denominator.bit_length() + sum(factor.once for factor in factors))
    top = body.top + bottom + most.bit_length()
    result = settled(low, high, body.denominator, factors, top, bottom, True, 0, body.multiple)
    # Denominators multiply as records are added, up to the denominator of the total.
    size, start = numbers.magnitude(body), 0
    for piece in range(1, PIECES + 1):
        end = most * piece // PIECES
        if end > start:
            below = min(result.bottom, body.bottom * end)
            above = result.top if size is None else min(result.top, int(size * end + 1).bit_length() + below)
            evaluation.weigh(max(below, above), end - start)
            start = end
    return result


def _every(op: object, factor: Factor, most: int) -> Factor:
    """Return the factor of a record's denominator in the sum of all records."""
    if not factor.tag[0]:
        return factor
    once = min(factor.once * most, factor.every)
    if factor.most:
        # Factors up to the same number have the same multiple, whichever list they come from.
        once = min(factor.once * most, multiple_bits(factor.most))
        if once < factor.once * most:
            return Factor(("", "every", factor.most), once, once, 0)
    return Factor(("", id(op), factor.tag), min(once, INFINITE), INFINITE, 0)


def average(op: object, body: Num, of_all: Num, most: int) -> Num:
    """Return the bounds of the mean, from those of the sum."""
    bits = most.bit_length()
    factor = Factor(("", "count", id(op)), bits, multiple_bits(most), most)
    return settled(
        body.low,
        body.high,
        of_all.denominator,
        (*of_all.factors, factor),
        of_all.top,
        of_all.bottom + bits,
        True,
        0,
    )
