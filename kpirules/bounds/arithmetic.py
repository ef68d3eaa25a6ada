"""What operations on numbers can come to."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..expressions import NUMBER
from ..plan import ops
from ..plan.ops import Op
from . import numbers
from .assuming import assume
from .context import LOCAL, key_of
from .functions import call, rounded
from .narrowing import met
from .num import NOTHING, Nothing, Num, weight
from .values import Truth, Value, compared, flagged, join

if TYPE_CHECKING:
    from .evaluating import Evaluation

__all__ = ["ARITHMETIC"]

ZERO = ops.Const(Fraction(0), NUMBER)


def _bind(evaluation: Evaluation, op: ops.Bind) -> Value:
    value = evaluation.value(op.value)
    if type(value) is Nothing:
        return value
    mark = evaluation.context.mark()
    evaluation.context.learn(LOCAL, flagged(value, 0))
    evaluation.quiet += 1
    body = evaluation.value(op.body)
    evaluation.quiet -= 1
    evaluation.context.back(mark)
    if not evaluation.quiet:
        rows = op.body
        evaluation.work += rows.rows if isinstance(rows, ops.Cases) else len(getattr(rows, "thresholds", ()))
    return flagged(body, body.flags | value.flags)


def _negate(evaluation: Evaluation, op: ops.Negate) -> Value:
    value = evaluation.value(op.operand)
    return numbers.negated(value) if type(value) is Num else value


def _arithmetic(evaluation: Evaluation, op: ops.Arithmetic) -> Value:
    links = []
    node: Op = op
    while type(node) is ops.Arithmetic:
        links.append(node)
        node = node.left
    result = evaluation.value(node)
    while links:
        link = links.pop()
        right = evaluation.value(link.right)
        result = _linked(evaluation, link, result, right)
        if links:
            result = evaluation.noted(link, result)
    return result


def _linked(evaluation: Evaluation, op: ops.Arithmetic, left: Value, right: Value) -> Value:
    if type(left) is not Num or type(right) is not Num:
        return Nothing(left.flags | right.flags)
    operator = op.operator
    if operator == "+":
        return numbers.added(left, right)
    if operator == "-":
        found = numbers.added(left, numbers.negated(right))
        one, other = key_of(op.left, evaluation.context.scope), key_of(op.right, evaluation.context.scope)
        if one and other and (ends := evaluation.context.difference(one, other)) is not None:
            return met(found, *ends)
        return found
    if operator == "*":
        return numbers.multiplied(left, right)
    if right.has_zero:
        evaluation.fault("division", op, is_certain=numbers.exact(right) == 0 and not (left.flags | right.flags))
    return _quotient(evaluation, op.left, op.right, left, right)


def _quotient(evaluation: Evaluation, over_: Op, under: Op, left: Num, right: Num) -> Value:
    """A quotient; of names where one was said not to be above the other."""
    scope = evaluation.context.scope
    key = key_of(under, scope)
    tag = (scope if key.startswith(scope) else "", key) if key else (scope, id(under))
    found = numbers.divided(left, right, tag)
    one = key_of(over_, scope)
    if type(found) is Num and one and key and right.low is not None and right.low >= 0:
        ends = evaluation.context.difference(one, key)
        if ends is not None and ends[1] is not None and ends[1] <= 0:
            return numbers.within(found, None, 1) or Nothing(found.flags)
    return found


def _power(evaluation: Evaluation, op: ops.Power) -> Value:
    value = evaluation.value(op.base)
    if not evaluation.quiet:
        evaluation.work += 1
    return numbers.raised(value, op.exponent) if type(value) is Num else value


def _ratio(evaluation: Evaluation, op: ops.Ratio) -> Value:
    left, right = evaluation.value(op.left), evaluation.value(op.right)
    flags = left.flags | right.flags
    if type(left) is not Num or type(right) is not Num:
        return Nothing(flags)
    otherwise: Value = NOTHING
    if right.has_zero:
        mark = evaluation.context.mark()
        if assume(evaluation, ops.Chain((op.right, ZERO), ("==",), (), op.type), True):
            otherwise = evaluation.value(op.if_zero)
        evaluation.context.back(mark)
    found = _quotient(evaluation, op.left, op.right, left, right)
    return join(found, flagged(otherwise, otherwise.flags | flags))


def _round(evaluation: Evaluation, op: ops.Round) -> Value:
    value = evaluation.value(op.operand)
    if not evaluation.quiet:  # places or a multiple, with its sign, and the mode
        size = max(op.step.numerator.bit_length(), op.step.denominator.bit_length())
        evaluation.work += 2 * weight(size) + 1
    return rounded(value, op.step, op.mode) if type(value) is Num else value


def _call(evaluation: Evaluation, op: ops.Call) -> Value:
    return call(evaluation, op, [evaluation.value(argument) for argument in op.arguments])


def _passed(evaluation: Evaluation, op: ops.Passed) -> Value:
    value = evaluation.value(op.operand)
    if type(value) is not Num:
        return value
    least = most = 0
    sign = {"above": ">", "from": ">=", "below": "<", "to": "<="}[op.comparison]
    for threshold in op.thresholds:
        found = compared(sign, value, numbers.constant(threshold), ())
        mask = found.mask if type(found) is Truth else 3
        least += mask == 1
        most += mask & 1
    count = numbers.settled(least, most, 1, (), 64, 1, least == 0, value.flags)
    return numbers.scaled(count, op.each)


ARITHMETIC: dict[type, Callable[[Evaluation, Any], Value]] = {
    ops.Bind: _bind,
    ops.Negate: _negate,
    ops.Arithmetic: _arithmetic,
    ops.Power: _power,
    ops.Ratio: _ratio,
    ops.Round: _round,
    ops.Call: _call,
    ops.Passed: _passed,
}
"""What each operation means, by its type."""
