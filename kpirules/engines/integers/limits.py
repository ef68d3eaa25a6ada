"""Moves limits of points behind their rounding, where an integer is compared instead of a fraction.

A rounding never swaps two numbers, so `round(clamp(x, low, high))` is `clamp(round(x), round(low), round(high))`. The
notes of a record need the points before they are rounded; integers do not.
"""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve, frozen

from ...kernel.exact import round_multiple
from ...plan import Plan
from ...plan.ops import MEASURED, Arithmetic, Bind, Call, Const, Negate, Op
from ...plan.steps import Combination, Judge

__all__ = ["with_limits_last"]


def with_limits_last(plan: Plan) -> Plan:
    """Return a plan with the same points, whose criteria are rounded before they are limited where that is equal.

    Args:
        plan: the steps of an assessment.
    """
    return evolve(plan, steps=tuple(_judge(step) if isinstance(step, Judge) else step for step in plan.steps))


def _judge(step: Judge) -> Judge:
    if step.round is None or isinstance(step.body, Combination) or step.body.type.is_optional:
        return step
    limited = _limited(step.body)
    low, high = (limited.low, limited.high) if not step.is_clamped else limited.within(step.low, step.high).ends
    if low is high is None or not (step.is_clamped or _implies(limited, step)):
        return step
    number = limited.op.type
    body: Op = Bind((MEASURED,), (limited.op,), step.round.op, number)
    for function, end in (("max", low), ("min", high)):
        if end is not None:
            rounded = round_multiple(end, step.round.step, step.round.mode)
            body = Call(function, (body, Const(rounded, number)), number)
    return evolve(step, body=body, round=None, low=None, high=None, is_clamped=False)


@frozen
class _Limited:
    """An operation with limits: the greater of the lower end and the lesser of it and the upper end.

    Args:
        op: the operation.
        low, high: its ends, None for no end; the lower one is not above the other.
    """

    op: Op
    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def ends(self) -> tuple[Fraction | None, Fraction | None]:
        return self.low, self.high

    def within(self, low: Fraction | None, high: Fraction | None) -> _Limited:
        """Return the operation within further limits; the lower one must not exceed the upper one."""

        def inside(end: Fraction | None) -> Fraction | None:
            if end is not None and low is not None:
                end = max(end, low)
            return min(end, high) if end is not None and high is not None else end

        return _Limited(
            self.op, low if self.low is None else inside(self.low), high if self.high is None else inside(self.high)
        )

    def mapped(self, op: Op, factor: Fraction, shift: Fraction) -> _Limited:
        """Return an operation that multiplies it by a factor and adds a shift."""
        low, high = (None if end is None else end * factor + shift for end in self.ends)
        return _Limited(op, low, high) if factor > 0 else _Limited(op, high, low)


def _implies(limited: _Limited, step: Judge) -> bool:
    """Return whether points can't be outside the limits of their criterion."""
    is_above = step.low is None or (limited.low is not None and limited.low >= step.low)
    return is_above and (step.high is None or (limited.high is not None and limited.high <= step.high))


def _limited(op: Op) -> _Limited:
    """Return an operation without the limits that hold for its result."""
    match op:
        case Bind(function="clamp", values=(x, low, high)):
            ends = _constant(low), _constant(high)
            if ends[0] is not None and ends[1] is not None and ends[0] <= ends[1]:
                return _limited(x).within(*ends)
        case Call(function="min" | "max" as function, arguments=(one, other)):
            for x, end in ((one, _constant(other)), (other, _constant(one))):
                if end is not None:
                    return _limited(x).within(*((None, end) if function == "min" else (end, None)))
        case Negate(operand=operand):
            inner = _limited(operand)
            return inner.mapped(evolve(op, operand=inner.op), Fraction(-1), Fraction(0))
        case Arithmetic(operator=sign, left=left, right=right):
            return _arithmetic(op, sign, left, right)
    return _Limited(op)


def _arithmetic(op: Arithmetic, sign: str, left: Op, right: Op) -> _Limited:
    a, b = _constant(left), _constant(right)
    zero, one = Fraction(0), Fraction(1)
    if b is not None:
        ways = {"+": (one, b), "-": (one, -b), "*": (b, zero), "/": (1 / b if b else zero, zero)}
        inner = _limited(left)
        changed = evolve(op, left=inner.op)
    elif a is not None:
        ways = {"+": (one, a), "-": (-one, a), "*": (a, zero)}
        inner = _limited(right)
        changed = evolve(op, right=inner.op)
    else:
        return _Limited(op)
    factor, shift = ways.get(sign, (zero, zero))
    return inner.mapped(changed, factor, shift) if factor else _Limited(op)


def _constant(op: Op) -> Fraction | None:
    match op:
        case Const(value=Fraction() as value):
            return value
        case Negate(operand=Const(value=Fraction() as value)):
            return -value
    return None
