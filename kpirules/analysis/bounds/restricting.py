"""Narrows numbers by comparisons, and values that must be present."""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

from ...plan import ops
from ...plan.ops import Op
from . import numbers
from .context import Context, key_of
from .named import Named
from .numbers import ABSENT, Num
from .values import Truth, Value, compared, flagged, known

__all__ = ["MIRRORED", "Evaluated", "absent", "present", "restrict", "stands_for", "valued"]

MOST_PARTS = 24
"""The most operations of an expression whose bounds are stored as a whole."""

MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Evaluated(Protocol):
    """The part of an evaluation that narrowing reads and changes."""

    context: Context
    values: dict[int, Value]
    named: dict[str, Named]
    bound: dict[str, Op]


def stands_for(evaluation: Evaluated, op: Op) -> Op:
    """Return an operation; for a name bound by a `Bind`, its argument."""
    while isinstance(op, ops.Local) and (key := key_of(op, "")) in evaluation.bound:
        op = evaluation.bound[key]
    return op


def valued(evaluation: Evaluated, op: Op) -> Value:
    """Return the bounds of an operation, as narrowed here."""
    if isinstance(op, ops.Const):
        return known(op.value)
    key = key_of(op, evaluation.context.scope)
    value = (evaluation.context.bounds_of(key) if key else None) or evaluation.values.get(id(op))
    return numbers.NOTHING if value is None else value


def restrict(evaluation: Evaluated, op: Op, sign: str, other: Num, depth: int) -> bool:
    """Narrow a number by a comparison with another; return False if it can't hold."""
    if depth == 0 or isinstance(op, ops.Const):
        return True
    key = key_of(op, evaluation.context.scope)
    if key:
        known = evaluation.context.bounds_of(key)
        if not isinstance(known, Num):
            return True
        learnt = numbers.narrowed(known, sign, other)
        if learnt is None:
            return False
        if learnt is not known:
            evaluation.context.learn(key, learnt)
        if key in evaluation.bound and not restrict(evaluation, evaluation.bound[key], sign, other, depth - 1):
            return False
        if key not in evaluation.named:
            return True
        inner = evaluation.named[key].value.op
        # A sum over records is remembered as a whole: sums of its parts depend on it.
        follow = restrict if isinstance(inner, ops.Over) else _follow
        return follow(evaluation, inner, sign, other, depth - 1)
    value = evaluation.values.get(id(op))
    if isinstance(value, Num):
        learnt = numbers.narrowed(value, sign, other)
        if learnt is None:
            return False
        if learnt is not value and evaluation.context.has_room and _is_short(op):
            evaluation.context.learn_fact(op, learnt)
    return _follow(evaluation, op, sign, other, depth)


def _follow(evaluation: Evaluated, op: Op, sign: str, other: Num, depth: int) -> bool:
    """Narrow the operands of a number by its comparison with another."""
    if depth == 0:
        return True
    match op:
        case ops.Negate(operand=operand):
            return restrict(evaluation, operand, MIRRORED[sign], numbers.negated(other), depth - 1)
        case ops.Arithmetic(operator=operator, left=left, right=right):
            return _follow_arithmetic(evaluation, operator, (left, right), sign, other, depth)
        case ops.Default(operand=operand, otherwise=otherwise):
            comparison = compared(sign, valued(evaluation, otherwise), other, ())
            if isinstance(comparison, Truth) and not comparison.mask & 1:
                return present(evaluation, operand) and restrict(evaluation, operand, sign, other, depth - 1)
            return True
        case ops.Call(function="min", arguments=parts) if sign in (">", ">="):
            return all(restrict(evaluation, part, sign, other, depth - 1) for part in parts)
        case ops.Call(function="max", arguments=parts) if sign in ("<", "<="):
            return all(restrict(evaluation, part, sign, other, depth - 1) for part in parts)
        case ops.Read() | ops.Item():
            return restrict(evaluation, op, sign, other, depth)
        case _:
            return True


def _follow_arithmetic(
    evaluation: Evaluated, operator: str, parts: tuple[Op, Op], sign: str, other: Num, depth: int
) -> bool:
    left, right = parts
    x, y = valued(evaluation, left), valued(evaluation, right)
    if not isinstance(x, Num) or not isinstance(y, Num):
        return True
    other = other._replace(flags=0)
    if operator == "+":
        return restrict(evaluation, left, sign, numbers.added(other, numbers.negated(y)), depth - 1) and restrict(
            evaluation, right, sign, numbers.added(other, numbers.negated(x)), depth - 1
        )
    if operator == "-":
        return restrict(evaluation, left, sign, numbers.added(other, y), depth - 1) and restrict(
            evaluation, right, MIRRORED[sign], numbers.added(x, numbers.negated(other)), depth - 1
        )
    constant_bounds, varying_op = (y, left) if numbers.exact(y) is not None else (x, right)
    factor = numbers.exact(constant_bounds)
    if factor and (operator == "*" or constant_bounds is y):
        times = 1 / Fraction(factor) if operator == "*" else factor
        sign = MIRRORED[sign] if factor < 0 else sign
        return restrict(evaluation, varying_op, sign, numbers.scaled(other, times), depth - 1)
    is_not_zero = compared("==", other, numbers.ZERO, ())
    if sign == "!=":
        is_apart = numbers.exact(other) == 0
    else:
        low = other.low if sign in (">", ">=", "==") else None
        high = other.high if sign in ("<", "<=", "==") else None
        is_apart = (low is not None and (low > 0 or (low == 0 and sign == ">"))) or (
            high is not None and (high < 0 or (high == 0 and sign == "<"))
        )
        is_apart = is_apart or (sign == "==" and isinstance(is_not_zero, Truth) and is_not_zero.mask == 2)
    if is_apart:
        return restrict(evaluation, left, "!=", numbers.ZERO, depth - 1) and (
            operator == "/" or restrict(evaluation, right, "!=", numbers.ZERO, depth - 1)
        )
    return True


def _is_short(op: Op) -> bool:
    return sum(1 for _, _ in zip(ops.written(op), range(MOST_PARTS + 1), strict=False)) <= MOST_PARTS


def present(evaluation: Evaluated, op: Op) -> bool:
    """Narrow a value that must be present; return False if it can't be."""
    context = evaluation.context
    pending = [op]
    while pending:
        part = pending.pop()
        key = key_of(part, context.scope)
        if key:
            known = context.bounds_of(key)
            if known is not None and known.flags & ABSENT:
                if isinstance(known, numbers.Nothing):
                    return False
                context.learn(key, flagged(known, known.flags & ~ABSENT))
                if key in evaluation.named:
                    pending.append(evaluation.named[key].value.op)
        elif part.type.is_optional:
            match part:
                case ops.Arithmetic() | ops.Negate() | ops.Power() | ops.Call() | ops.Member() | ops.Not():
                    pending += ops.operands(part)
                case ops.Chain(operands=parts):
                    pending += parts[:2]
                case ops.Bind(values=values):
                    pending += values
                case ops.If(condition=value):
                    pending.append(value)
                case ops.Logic(operands=parts):
                    pending.append(parts[0])
    return True


def absent(evaluation: Evaluated, op: Op) -> bool:
    """Narrow a value that must be absent; return False if it can't be."""
    key = key_of(op, evaluation.context.scope)
    if key:
        known = evaluation.context.bounds_of(key)
        if known is not None:
            if not known.flags & ABSENT:
                return False
            evaluation.context.learn(key, numbers.Nothing(ABSENT))
    return True
