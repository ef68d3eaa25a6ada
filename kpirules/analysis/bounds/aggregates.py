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
from .values import Count, Truth, Value, truth

__all__ = ["Counting", "average", "between", "over", "total"]

PIECES = 16
"""The number of sections of a long sum; the work of each is measured at its last step."""


class Counting(Protocol):
    """An evaluation of bounds, as aggregates use it."""

    context: Context
    values: dict[int, Value]
    named: dict[str, Named]
    bound: dict[str, Op]
    work: int
    widest: tuple[int, str]

    def value(self, op: Op) -> Value: ...

    def weigh(self, bits: int, times: int = 1) -> None: ...

    def asked(self, op: Op, part: str) -> None: ...


def over(found: Counting, op: Over) -> Value:
    """Return the bounds of an aggregate."""
    context = found.context
    records = context.look(op.records.name)
    if not isinstance(records, Count):
        return records or NOTHING
    start = found.work
    least, most = records.least, records.most
    with context.inside(f"{op.records.name}."):
        body: Value = NOTHING
        is_reached, flags = most > 0, 0
        if is_reached and op.condition is not None:
            asked = found.value(op.condition)
            found.asked(op.condition, "condition")
            flags = asked.flags & ~ABSENT
            mask = asked.mask if isinstance(asked, Truth) else 0
            least = least if mask == 1 else 0
            is_reached = bool(mask & 1) and assume(found, op.condition, True)
        if is_reached:
            body = found.value(op.body)
            if isinstance(body, Num):
                found.weigh(max(body.top, body.bottom))
            else:
                found.work += 1
        most = most if is_reached else 0
    found.work = start + (found.work - start) * records.most
    flags |= (body.flags & ~ABSENT) | records.flags
    if isinstance(body, Nothing):
        most = 0  # no record reaches this
        if is_reached and not body.flags:
            least = 0
    value = _aggregated(found, op, body, least, most)
    return value._replace(flags=value.flags | flags)


def _aggregated(found: Counting, op: Over, body: Value, least: int, most: int) -> Value:
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
        found.work += steps_of_sorting(most) * work_of_step(max(body.top, body.bottom))
        if most < needed:
            return Nothing(of_nothing)
        return _ordered(found, op, body, least, most)._replace(flags=of_nothing)
    if function in ("min", "max"):
        return _picked(op, body)._replace(flags=of_nothing)
    of_all = total(found, op, body, least, most)
    if function == "sum":
        return of_all
    return average(op, body, of_all, most)._replace(flags=of_nothing)


def _ordered(found: Counting, op: Over, body: Num, least: int, most: int) -> Num:
    """Return the bounds of a function of sorted numbers, if there are enough of them."""
    constants = [int(one) for one in op.constants]
    match op.function:
        case "largest" | "smallest":
            return _picked(op, body)
        case "sum_largest" | "sum_smallest":
            return total(found, op, body, min(least, constants[0]), min(most, constants[0]))
        case "trimmed_avg":
            kept = most - sum(constants)
            return average(op, body, total(found, op, body, min(least, kept), kept), kept)
        case "median":
            return between(found, op, body, Fraction(1, 2))
        case _:
            return between(found, op, body, op.constants[0])


def between(found: Counting, op: object, body: Num, part: Fraction) -> Num:
    """Return the bounds of an interpolation between two neighbours."""
    of_two = total(found, op, body, 1, 2)
    bits = part.denominator.bit_length()
    bottom, top = of_two.bottom + bits, of_two.top + bits + 1
    denominator = of_two.denominator * part.denominator
    return settled(body.low, body.high, denominator, of_two.factors, top, bottom, True, 0)


def _share(op: Over, mask: int, most: int, flags: int) -> Value:
    if most == 0:
        return Nothing(flags)
    low, high = int(mask == 1), int(bool(mask & 1))
    bits = most.bit_length()
    factor = Factor(("", id(op)), bits, multiple_bits(most), most)
    return settled(low, high, 1, (factor,), bits, bits, low == 0, flags)


def _picked(op: Over, body: Num) -> Num:
    """Return the bounds of the number of any one record."""
    factors = tuple(
        Factor(("", id(op), one.tag), one.once, one.every, one.most) if one.tag[0] else one for one in body.factors
    )
    return body._replace(factors=factors)


def total(found: Counting, op: object, body: Num, least: int, most: int) -> Num:
    """Return the bounds of the sum; its denominator divides the least common multiple of all record denominators."""
    low = None if body.low is None else body.low * (least if body.low >= 0 else most)
    high = None if body.high is None else body.high * (least if body.high <= 0 else most)
    factors = tuple(_every(op, one, most) for one in body.factors)
    bottom = min(body.bottom * most, body.denominator.bit_length() + sum(one.once for one in factors))
    top = body.top + bottom + most.bit_length()
    result = settled(low, high, body.denominator, factors, top, bottom, True, 0, body.multiple)
    # Denominators multiply as records are added, up to the denominator of the total.
    size, done = numbers.magnitude(body), 0
    for piece in range(1, PIECES + 1):
        until = most * piece // PIECES
        if until > done:
            below = min(result.bottom, body.bottom * until)
            above = result.top if size is None else min(result.top, int(size * until + 1).bit_length() + below)
            found.weigh(max(below, above), until - done)
            done = until
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
