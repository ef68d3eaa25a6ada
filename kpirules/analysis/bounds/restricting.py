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
    """The state of an evaluation."""

    context: Context
    values: dict[int, Value]
    named: dict[str, Named]
    bound: dict[str, Op]


def stands_for(found: Evaluated, op: Op) -> Op:
    """Return an operation; for a name bound by a `Bind`, its argument."""
    while isinstance(op, ops.Local) and (key := key_of(op, "")) in found.bound:
        op = found.bound[key]
    return op


def valued(found: Evaluated, op: Op) -> Value:
    """Return the bounds of an operation, as narrowed here."""
    if isinstance(op, ops.Const):
        return known(op.value)
    key = key_of(op, found.context.scope)
    value = (found.context.look(key) if key else None) or found.values.get(id(op))
    return numbers.NOTHING if value is None else value


def restrict(found: Evaluated, op: Op, sign: str, other: Num, depth: int) -> bool:
    """Narrow a number by a comparison with another; return False if it can't hold."""
    if depth == 0 or isinstance(op, ops.Const):
        return True
    key = key_of(op, found.context.scope)
    if key:
        there = found.context.look(key)
        if not isinstance(there, Num):
            return True
        learnt = numbers.narrowed(there, sign, other)
        if learnt is None:
            return False
        if learnt is not there:
            found.context.learn(key, learnt)
        if key in found.bound and not restrict(found, found.bound[key], sign, other, depth - 1):
            return False
        return key not in found.named or _follow(found, found.named[key].value.op, sign, other, depth - 1)
    value = found.values.get(id(op))
    if isinstance(value, Num):
        learnt = numbers.narrowed(value, sign, other)
        if learnt is None:
            return False
        if learnt is not value and found.context.has_room and _is_short(op):
            found.context.learn_fact(op, learnt)
    return _follow(found, op, sign, other, depth)


def _follow(found: Evaluated, op: Op, sign: str, other: Num, depth: int) -> bool:
    """Narrow the operands of a number by its comparison with another."""
    if depth == 0:
        return True
    match op:
        case ops.Negate(operand=operand):
            return restrict(found, operand, MIRRORED[sign], numbers.negated(other), depth - 1)
        case ops.Arithmetic(operator=operator, left=left, right=right):
            return _follow_arithmetic(found, operator, (left, right), sign, other, depth)
        case ops.Default(operand=operand, otherwise=otherwise):
            instead = compared(sign, valued(found, otherwise), other, ())
            if isinstance(instead, Truth) and not instead.mask & 1:
                return present(found, operand) and restrict(found, operand, sign, other, depth - 1)
            return True
        case ops.Call(function="min", arguments=parts) if sign in (">", ">="):
            return all(restrict(found, part, sign, other, depth - 1) for part in parts)
        case ops.Call(function="max", arguments=parts) if sign in ("<", "<="):
            return all(restrict(found, part, sign, other, depth - 1) for part in parts)
        case ops.Read() | ops.Item():
            return restrict(found, op, sign, other, depth)
        case _:
            return True


def _follow_arithmetic(
    found: Evaluated, operator: str, parts: tuple[Op, Op], sign: str, other: Num, depth: int
) -> bool:
    left, right = parts
    x, y = valued(found, left), valued(found, right)
    if not isinstance(x, Num) or not isinstance(y, Num):
        return True
    other = other._replace(flags=0)
    if operator == "+":
        return restrict(found, left, sign, numbers.added(other, numbers.negated(y)), depth - 1) and restrict(
            found, right, sign, numbers.added(other, numbers.negated(x)), depth - 1
        )
    if operator == "-":
        return restrict(found, left, sign, numbers.added(other, y), depth - 1) and restrict(
            found, right, MIRRORED[sign], numbers.added(x, numbers.negated(other)), depth - 1
        )
    one, by = (y, left) if numbers.exact(y) is not None else (x, right)
    factor = numbers.exact(one)
    if factor and (operator == "*" or one is y):
        times = 1 / Fraction(factor) if operator == "*" else factor
        sign = MIRRORED[sign] if factor < 0 else sign
        return restrict(found, by, sign, numbers.scaled(other, times), depth - 1)
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
        return restrict(found, left, "!=", numbers.ZERO, depth - 1) and (
            operator == "/" or restrict(found, right, "!=", numbers.ZERO, depth - 1)
        )
    return True


def _is_short(op: Op) -> bool:
    return sum(1 for _, _ in zip(ops.written(op), range(MOST_PARTS + 1), strict=False)) <= MOST_PARTS


def present(found: Evaluated, op: Op) -> bool:
    """Narrow a value that must be present; return False if it can't be."""
    context = found.context
    waiting = [op]
    while waiting:
        part = waiting.pop()
        key = key_of(part, context.scope)
        if key:
            there = context.look(key)
            if there is not None and there.flags & ABSENT:
                if isinstance(there, numbers.Nothing):
                    return False
                context.learn(key, flagged(there, there.flags & ~ABSENT))
                if key in found.named:
                    waiting.append(found.named[key].value.op)
        elif part.type.is_optional:
            match part:
                case ops.Arithmetic() | ops.Negate() | ops.Power() | ops.Call() | ops.Member() | ops.Not():
                    waiting += ops.operands(part)
                case ops.Chain(operands=parts):
                    waiting += parts[:2]
                case ops.Bind(values=values):
                    waiting += values
                case ops.If(condition=value):
                    waiting.append(value)
                case ops.Logic(operands=parts):
                    waiting.append(parts[0])
    return True


def absent(found: Evaluated, op: Op) -> bool:
    """Narrow a value that must be absent; return False if it can't be."""
    key = key_of(op, found.context.scope)
    if key:
        there = found.context.look(key)
        if there is not None:
            if not there.flags & ABSENT:
                return False
            found.context.learn(key, numbers.Nothing(ABSENT))
    return True
