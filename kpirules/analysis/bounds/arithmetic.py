"""What operations on numbers can come to."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ...language.expressions import NUMBER, work_of_rows, work_of_step
from ...plan import ops
from ...plan.ops import Op
from . import numbers
from .apart import option_by_option
from .assuming import assume
from .context import LOCAL, key_of
from .functions import call, rounded
from .narrowing import met
from .num import NOTHING, Nothing, Num
from .parts import part_of_whole
from .rest import average_of_rest
from .values import Truth, Value, compared, flagged, join

if TYPE_CHECKING:
    from .evaluating import Evaluation

__all__ = ["ARITHMETIC"]

ZERO = ops.Const(Fraction(0), NUMBER)


def _bind(evaluation: Evaluation, op: ops.Bind) -> Value:
    values = [evaluation.value(value) for value in op.values]
    flags = 0
    for value in values:
        flags |= value.flags
    if any(type(value) is Nothing for value in values):
        return Nothing(flags)
    mark = evaluation.context.mark()
    for name, value in zip(op.names, values, strict=True):
        evaluation.context.learn(LOCAL + name, flagged(value, 0))
    evaluation.quiet += 1
    body = evaluation.value(op.body)
    evaluation.quiet -= 1
    evaluation.context.back(mark)
    if not evaluation.quiet:
        rows = op.body
        count = rows.rows if isinstance(rows, ops.Cases) else len(getattr(rows, "thresholds", ()))
        evaluation.work += work_of_rows(count)
    return flagged(body, body.flags | flags)


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
        apart = option_by_option(evaluation, op.right, right)
        right = apart if type(apart) is Num else right
    if right.has_zero:
        evaluation.fault("division", op, is_certain=numbers.exact(right) == 0 and not (left.flags | right.flags))
    return _quotient(evaluation, op.left, op.right, left, right)


def _quotient(evaluation: Evaluation, over_: Op, under: Op, left: Num, right: Num) -> Value:
    """A quotient; of sums of names where one was said not to be above the other."""
    scope = evaluation.context.scope
    key = key_of(under, scope)
    tag = (scope if key.startswith(scope) else "", key) if key else (scope, id(under))
    found = numbers.divided(left, right, tag)
    is_proper = type(found) is Num and right.low is not None and right.low >= 0
    if not is_proper or type(found) is not Num:
        return found
    if ends := part_of_whole(evaluation, over_, under) or average_of_rest(evaluation, over_, under):
        return numbers.within(found, *ends) or Nothing(found.flags)
    if _is_at_most(evaluation, over_, under):
        return numbers.within(found, None, 1) or Nothing(found.flags)
    return found


MOST_TERMS = 12
"""Names of a sum that are compared with those of another."""


def _is_at_most(evaluation: Evaluation, one: Op, other: Op) -> bool:
    """Whether one sum of names is certainly not above another: each of its names has one there that is as great."""
    context = evaluation.context
    if not (context.lasting.differences or context.passing.differences):
        return False
    less, more = _terms(evaluation, one), _terms(evaluation, other)
    if not less or not more:
        return False
    left = list(more)
    for key in less:
        greater = next((there for there in left if there == key or _is_below(evaluation, key, there)), None)
        if greater is None:
            return False
        left.remove(greater)
    values = [context.look(key) for key in left]
    return all(type(value) is Num and value.low is not None and value.low >= 0 for value in values)


def _is_below(evaluation: Evaluation, key: str, other: str) -> bool:
    ends = evaluation.context.difference(key, other)
    return ends is not None and ends[1] is not None and ends[1] <= 0


def _terms(evaluation: Evaluation, op: Op) -> list[str]:
    """The names that are added up, also through `let`; none where anything else is."""
    scope, found, waiting = evaluation.context.scope, list[str](), [op]
    while waiting:
        part = waiting.pop()
        key = key_of(part, scope)
        if key and key in evaluation.named:
            waiting.append(evaluation.named[key].value.op)
        elif key:
            found.append(key)
        elif type(part) is ops.Arithmetic and part.operator == "+":
            waiting += [part.left, part.right]
        else:
            return []
        if len(found) + len(waiting) > MOST_TERMS:
            return []
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
        evaluation.work += 2 * work_of_step(size) + 1
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
