"""Bounds of a part of a whole: the quotient of two sums over the same records, term by term.

If `w` is never negative, `sum(w * x for …) / sum(w for …)` is a mean of `x`. If the dividend leaves out records
of the divisor, the quotient is nearer to zero.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

from attrs import frozen

from ...plan import ops
from ...plan.ops import Op, Over
from . import numbers
from .context import Context
from .ends import End
from .named import Named
from .num import Num
from .values import Value

__all__ = ["part_of_whole", "sum_of_parts"]

MOST_FACTORS = 12
"""The most factors of a term that are kept separately."""


class Known(Protocol):
    """The part of an evaluation that is read: both sums are already evaluated."""

    context: Context
    values: dict[int, Value]
    named: dict[str, Named]


@frozen
class _Sum:
    """A sum over the records of a list.

    Args:
        records: the list.
        filters: the conditions on the records that count.
        factors: the factors of the summed term; without any, the term is 1.
    """

    records: str
    filters: tuple[Op, ...]
    factors: tuple[Op, ...]


def part_of_whole(evaluation: Known, part: Op, whole: Op) -> tuple[End, End] | None:
    """Return the ends of `part / whole` for a positive `whole`, None if nothing is known.

    Args:
        evaluation: the evaluation.
        part: the dividend.
        whole: the divisor, which is never negative.
    """
    one, other = _sum(evaluation, part), _sum(evaluation, whole)
    if one is None or other is None or one.records != other.records:
        return None
    if any(filter_ not in one.filters for filter_ in other.filters):
        return None
    ends = _ends(evaluation, one, other)
    if ends is None or len(one.filters) == len(other.filters):
        return ends
    # Records that count only in the divisor contribute zero.
    low, high = ends
    return None if low is None else min(low, 0), None if high is None else max(high, 0)


def sum_of_parts(evaluation: Known, part: Over, value: Num) -> Num:
    """Return the bounds of a sum, narrowed by the sums of its factors that a condition bounded.

    If weights are never negative and their sum is 100, the sum of `weight * x` is at most 100 times the greatest `x`.

    Args:
        evaluation: the evaluation.
        part: the sum.
        value: its bounds.
    """
    for whole, known in evaluation.context.known_sums():
        ends = part_of_whole(evaluation, part, whole)
        if ends is not None:
            low, high = _times(ends[0], known, -1), _times(ends[1], known, 1)
            value = numbers.within(value, low, high) or value
    return value


def _times(end: End, whole: Num, side: int) -> End:
    """Return the least (side -1) or greatest (side 1) product of an end and a number that is never negative."""
    if end is None:
        return None
    factor = whole.high if end * side > 0 else max(whole.low or 0, 0)
    return None if factor is None else end * factor


def _ends(evaluation: Known, one: _Sum, other: _Sum) -> tuple[End, End] | None:
    """Return the ends of the quotient of two terms, none of which is negative."""
    rest, lacking, common = list(one.factors), list[Op](), list[Op]()
    for factor in other.factors:
        if factor in rest:
            rest.remove(factor)
            common.append(factor)
        else:
            lacking.append(factor)
    if not all(_is_never_negative(evaluation, factor) for factor in other.factors):
        return None
    if not lacking:
        result = numbers.constant(1)
        for factor in rest:
            value = _number(evaluation, factor)
            if value is None:
                return None
            result = numbers.multiplied(result, value)
        return result.low, result.high
    if len(lacking) == len(rest) == 1 and _is_below(evaluation, one.records, rest[0], lacking[0]):
        return (0 if _is_never_negative(evaluation, rest[0]) else None), 1
    return None


def _number(evaluation: Known, factor: Op) -> Num | None:
    """Return the bounds of a factor."""
    if isinstance(factor, ops.Const) and isinstance(factor.value, Fraction):
        return numbers.constant(factor.value)
    value = evaluation.values.get(id(factor))
    return value if isinstance(value, Num) else None


def _is_never_negative(evaluation: Known, factor: Op) -> bool:
    value = _number(evaluation, factor)
    return value is not None and value.low is not None and value.low >= 0


def _is_below(evaluation: Known, records: str, one: Op, other: Op) -> bool:
    """Return whether a validation keeps one field from exceeding another."""
    if not (isinstance(one, ops.Item) and isinstance(other, ops.Item)):
        return False
    ends = evaluation.context.difference(f"{records}.{one.name}", f"{records}.{other.name}")
    return ends is not None and ends[1] is not None and ends[1] <= 0


def _sum(evaluation: Known, op: Op) -> _Sum | None:
    """Return a sum or a count, also through `let`; None for anything else."""
    while isinstance(op, ops.Read) and op.name in evaluation.named:
        op = evaluation.named[op.name].value.op
    if not isinstance(op, Over) or op.function not in ("sum", "count"):
        return None
    filters = [] if op.condition is None else _conditions(op.condition)
    if op.function == "count":
        filters += [] if isinstance(op.body, ops.Const) else _conditions(op.body)
        return _Sum(op.records.name, tuple(dict.fromkeys(filters)), ())
    factors = _factors(evaluation, op.records.name, op.body)
    return None if factors is None else _Sum(op.records.name, tuple(dict.fromkeys(filters)), factors)


def _divisor(op: Op) -> Fraction:
    """Return the constant that an operation is, 0 for anything else."""
    return op.value if isinstance(op, ops.Const) and isinstance(op.value, Fraction) else Fraction(0)


def _conditions(op: Op) -> list[Op]:
    """Return the conditions that must all hold."""
    return list(op.operands) if isinstance(op, ops.Logic) and op.operator == "and" else [op]


def _factors(evaluation: Known, records: str, op: Op) -> tuple[Op, ...] | None:
    """Return the factors of a product, also inside computed fields, except constants of 1."""
    factors, pending = list[Op](), [op]
    while pending:
        factor = pending.pop()
        if isinstance(factor, ops.Arithmetic) and factor.operator == "*":
            pending += [factor.right, factor.left]
        elif isinstance(factor, ops.Arithmetic) and factor.operator == "/" and _divisor(factor.right):
            pending += [ops.Const(1 / _divisor(factor.right), factor.right.type), factor.left]
        elif isinstance(factor, ops.Item) and factor.is_let:
            pending.append(evaluation.named[f"{records}.{factor.name}"].value.op)
        elif not (isinstance(factor, ops.Const) and factor.value == Fraction(1)):
            factors.append(factor)
        if len(factors) + len(pending) > MOST_FACTORS:
            return None
    return tuple(factors)
