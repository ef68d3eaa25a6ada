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

__all__ = ["part_of_whole"]

MOST_FACTORS = 12
"""The most factors of a term that are kept separately."""


class Known(Protocol):
    """An evaluation in which both sums are evaluated."""

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


def part_of_whole(found: Known, part: Op, whole: Op) -> tuple[End, End] | None:
    """Return the ends of `part / whole` for a positive `whole`, None if nothing is known.

    Args:
        found: the evaluation.
        part: the dividend.
        whole: the divisor, which is never negative.
    """
    one, other = _sum(found, part), _sum(found, whole)
    if one is None or other is None or one.records != other.records:
        return None
    if any(each not in one.filters for each in other.filters):
        return None
    ends = _ends(found, one, other)
    if ends is None or len(one.filters) == len(other.filters):
        return ends
    # Records that count only in the divisor contribute zero.
    low, high = ends
    return None if low is None else min(low, 0), None if high is None else max(high, 0)


def _ends(found: Known, one: _Sum, other: _Sum) -> tuple[End, End] | None:
    """Return the ends of the quotient of two terms, none of which is negative."""
    rest, lacking, common = list(one.factors), list[Op](), list[Op]()
    for factor in other.factors:
        if factor in rest:
            rest.remove(factor)
            common.append(factor)
        else:
            lacking.append(factor)
    if not all(_is_never_negative(found, factor) for factor in other.factors):
        return None
    if not lacking:
        result = numbers.constant(1)
        for factor in rest:
            value = _number(found, factor)
            if value is None:
                return None
            result = numbers.multiplied(result, value)
        return result.low, result.high
    if len(lacking) == len(rest) == 1 and _is_below(found, one.records, rest[0], lacking[0]):
        return (0 if _is_never_negative(found, rest[0]) else None), 1
    return None


def _number(found: Known, factor: Op) -> Num | None:
    """Return the bounds of a factor."""
    if isinstance(factor, ops.Const) and isinstance(factor.value, Fraction):
        return numbers.constant(factor.value)
    value = found.values.get(id(factor))
    return value if isinstance(value, Num) else None


def _is_never_negative(found: Known, factor: Op) -> bool:
    value = _number(found, factor)
    return value is not None and value.low is not None and value.low >= 0


def _is_below(found: Known, records: str, one: Op, other: Op) -> bool:
    """Return whether a validation keeps one field from exceeding another."""
    if not (isinstance(one, ops.Item) and isinstance(other, ops.Item)):
        return False
    ends = found.context.difference(f"{records}.{one.name}", f"{records}.{other.name}")
    return ends is not None and ends[1] is not None and ends[1] <= 0


def _sum(found: Known, op: Op) -> _Sum | None:
    """Return a sum or a count, also through `let`; None for anything else."""
    while isinstance(op, ops.Read) and op.name in found.named:
        op = found.named[op.name].value.op
    if not isinstance(op, Over) or op.function not in ("sum", "count"):
        return None
    filters = [] if op.condition is None else _conditions(op.condition)
    if op.function == "count":
        filters += [] if isinstance(op.body, ops.Const) else _conditions(op.body)
        return _Sum(op.records.name, tuple(dict.fromkeys(filters)), ())
    factors = _factors(found, op.records.name, op.body)
    return None if factors is None else _Sum(op.records.name, tuple(dict.fromkeys(filters)), factors)


def _conditions(op: Op) -> list[Op]:
    """Return the conditions that must all hold."""
    return list(op.operands) if isinstance(op, ops.Logic) and op.operator == "and" else [op]


def _factors(found: Known, records: str, op: Op) -> tuple[Op, ...] | None:
    """Return the factors of a product, also through computed fields, without ones."""
    factors, waiting = list[Op](), [op]
    while waiting:
        factor = waiting.pop()
        if isinstance(factor, ops.Arithmetic) and factor.operator == "*":
            waiting += [factor.right, factor.left]
        elif isinstance(factor, ops.Item) and factor.is_let:
            waiting.append(found.named[f"{records}.{factor.name}"].value.op)
        elif not (isinstance(factor, ops.Const) and factor.value == Fraction(1)):
            factors.append(factor)
        if len(factors) + len(waiting) > MOST_FACTORS:
            return None
    return tuple(factors)
