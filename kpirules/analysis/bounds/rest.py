"""Bounds of averages without the lowest or the highest value: between the least and the greatest value.

The bounds of each part alone don't show that for `(sum(t.s for t in tasks) - min(t.s for t in tasks)) /
(count(tasks) - 1)` or `(a + b + c - max(a, b, c)) / 2`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from ...plan import ops
from ...plan.ops import Op, Over
from .ends import End
from .named import Named
from .num import Num
from .values import Value, known

__all__ = ["average_of_rest"]

MOST_TERMS = 24
"""The most terms of a sum that are kept separately."""

EXTREMES = ("min", "max")


class Known(Protocol):
    """An evaluation in which both operations are evaluated."""

    values: dict[int, Value]
    named: dict[str, Named]


def average_of_rest(evaluation: Known, part: Op, whole: Op) -> tuple[End, End] | None:
    """Return the ends of `part / whole` if it is an average without some extremes, else None.

    Args:
        evaluation: the evaluation.
        part: the dividend.
        whole: the divisor, which is positive.
    """
    terms = _terms(evaluation, part)
    if terms is None:
        return None
    added, taken = terms
    if not 1 <= len(taken) <= 2:
        return None
    if len(added) == 1 and isinstance(added[0], Over):
        return _of_records(evaluation, added[0], taken, whole)
    return _of_terms(evaluation, added, taken, whole)


def _of_records(evaluation: Known, total: Over, taken: Sequence[Op], whole: Op) -> tuple[End, End] | None:
    """Return the ends of an average over records without some extremes."""
    extremes = [_settled(evaluation, op) for op in taken]
    functions = []
    for extreme in extremes:
        if not isinstance(extreme, Over) or (extreme.records, extreme.condition, extreme.body) != (
            total.records,
            total.condition,
            total.body,
        ):
            return None
        functions.append(extreme.function)
    divisor = _terms(evaluation, whole)
    if total.function != "sum" or not _are_extremes(functions) or divisor is None:
        return None
    added, less = divisor
    if not all(isinstance(operation, ops.Const) for operation in less) or len(added) != 1:
        return None
    constants = [operation.value for operation in less if isinstance(operation, ops.Const)]
    subtracted = sum((value for value in constants if isinstance(value, Fraction)), Fraction(0))
    if subtracted != len(taken) or not _counts(added[0], total):
        return None
    body = _value(evaluation, total.body)
    return None if body is None else (body.low, body.high)


def _of_terms(evaluation: Known, added: Sequence[Op], taken: Sequence[Op], whole: Op) -> tuple[End, End] | None:
    """Return the ends of an average of terms without some extremes."""
    if not isinstance(whole, ops.Const) or whole.value != len(added) - len(taken):
        return None
    terms = Counter(added)
    extremes = [resolved for op in taken if isinstance(resolved := _named(evaluation, op), ops.Call)]
    if len(extremes) < len(taken) or not _are_extremes([extreme.function for extreme in extremes]):
        return None
    if any(Counter(extreme.arguments) != terms for extreme in extremes):
        return None
    values = [_value(evaluation, op) for op in added]
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(values):
        return None
    lows, highs = [number.low for number in numbers], [number.high for number in numbers]
    low = None if None in lows else min(end for end in lows if end is not None)
    high = None if None in highs else max(end for end in highs if end is not None)
    return low, high


def _are_extremes(functions: Sequence[str]) -> bool:
    """Return whether the lowest, the highest, or each of them is subtracted once."""
    return set(functions) <= set(EXTREMES) and len(set(functions)) == len(functions)


def _counts(op: Op, total: Over) -> bool:
    """Return whether an operation counts the records that are summed."""
    if not isinstance(op, Over) or op.function != "count" or op.records != total.records:
        return False
    is_plain = isinstance(op.body, ops.Const) and op.body.value is True
    counted_if = op.condition if is_plain else op.body if op.condition is None else None
    return counted_if == total.condition and (counted_if is not None or is_plain)


def _settled(evaluation: Known, op: Op) -> Op:
    """Return an extreme without its default for no records; any other operation unchanged."""
    op = _named(evaluation, op)
    return _named(evaluation, op.operand) if isinstance(op, ops.Default) else op


def _named(evaluation: Known, op: Op) -> Op:
    """Return an operation, resolved through `let`."""
    while isinstance(op, ops.Read) and op.name in evaluation.named:
        op = evaluation.named[op.name].value.op
    return op


def _terms(evaluation: Known, op: Op) -> tuple[list[Op], list[Op]] | None:
    """Return the added and the subtracted terms of a chain, also through `let`; None if it is too long."""
    added, taken = list[Op](), list[Op]()
    pending = [(op, True)]
    while pending:
        part, is_added = pending.pop()
        inner = _named(evaluation, part)
        if isinstance(inner, ops.Arithmetic) and inner.operator in "+-":
            pending += [(inner.right, is_added == (inner.operator == "+")), (inner.left, is_added)]
        else:
            (added if is_added else taken).append(part if isinstance(part, ops.Read) else inner)
        if len(added) + len(taken) + len(pending) > MOST_TERMS:
            return None
    # A `let` that is not a sum is a single term.
    return [_whole(evaluation, term) for term in added], taken


def _whole(evaluation: Known, op: Op) -> Op:
    inner = _named(evaluation, op)
    return inner if isinstance(inner, Over) else op


def _value(evaluation: Known, op: Op) -> Num | None:
    value = known(op.value) if isinstance(op, ops.Const) else evaluation.values.get(id(op))
    return value if isinstance(value, Num) else None
