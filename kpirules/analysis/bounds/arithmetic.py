"""Bounds of operations on numbers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

from ...language.expressions import FUNCTIONS, work_of_rows
from ...plan import ops
from ...plan.ops import Op
from . import numbers
from .apart import option_by_option
from .context import LOCAL, key_of
from .ends import INFINITE
from .functions import at_ends, call
from .narrowing import met
from .num import NOTHING, Nothing, Num
from .parts import part_of_whole
from .rest import average_of_rest
from .restricting import stands_for, valued
from .values import Value, flagged

if TYPE_CHECKING:
    from .evaluating import Evaluation

__all__ = ["ARITHMETIC"]


READ_AGAIN = (ops.Const, ops.Read, ops.Item)
"""Operations that a formula reads directly, without naming them."""


def _bind(evaluation: Evaluation, op: ops.Bind) -> Value:
    if not op.names:
        return _in_place(evaluation, op)
    values = [evaluation.value(value) for value in op.values]
    flags = 0
    for value in values:
        flags |= value.flags
    if any(type(value) is Nothing for value in values):
        return Nothing(flags)
    mark = evaluation.context.mark()
    before = evaluation.bound
    if op.function:
        evaluation.bound = dict(before)
    for name, argument, value in zip(op.names, op.values, values, strict=True):
        if op.function:
            if type(argument) in READ_AGAIN and not argument.type.is_optional:
                continue
            evaluation.bound[LOCAL + name] = argument
        evaluation.context.learn(LOCAL + name, flagged(value, 0))
    # Conditions in rows and formulas of functions are not counted as work. Those of cases are, for a single call.
    is_quiet, conditions_before = bool(op.function) or op.names == (ops.MEASURED,), evaluation.conditions
    if is_quiet:
        evaluation.around.append(evaluation.quiet)
        evaluation.quiet += 1
    else:
        evaluation.conditions = {}
    body = evaluation.value(op.body)
    evaluation.conditions = conditions_before
    if is_quiet:
        evaluation.quiet = evaluation.around.pop()
    evaluation.bound = before
    evaluation.context.back(mark)
    if is_quiet and not evaluation.quiet and isinstance(op.body, ops.Cases):
        evaluation.work += work_of_rows(op.body.rows)
    if op.function and (row := FUNCTIONS[op.function]).trend and type(body) is Num:
        ends = at_ends(row, values, [name.split(".")[1].rstrip("'") for name in op.names])
        body = numbers.within(body, *ends) or body
    return flagged(body, body.flags | flags)


def _in_place(evaluation: Evaluation, op: ops.Bind) -> Value:
    """Return the bounds of an argument inlined in a formula; its steps count as work."""
    quiet = evaluation.quiet
    evaluation.quiet = evaluation.around.pop()
    value = evaluation.value(op.body)
    evaluation.around.append(evaluation.quiet)
    evaluation.quiet = quiet
    return value


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
        if (parts := ops.remainder(op)) is not None:
            return _remainder(evaluation, *parts)
        found = numbers.added(left, numbers.negated(right))
        one, other = key_of(op.left, evaluation.context.scope), key_of(op.right, evaluation.context.scope)
        if one and other and (ends := evaluation.context.difference(one, other)) is not None:
            return met(found, *ends)
        return found
    if operator == "*":
        return numbers.multiplied(left, right)
    if right.has_zero:
        by_option = option_by_option(evaluation, op.right, right)
        right = by_option if type(by_option) is Num else right
    if right.has_zero:
        evaluation.fault("division", op, is_certain=numbers.exact(right) == 0 and not (left.flags | right.flags))
    return _quotient(evaluation, op.left, op.right, left, right)


def _quotient(evaluation: Evaluation, dividend: Op, divisor: Op, left: Num, right: Num) -> Value:
    """Return the bounds of a quotient, narrowed for sums of names that a condition compares."""
    dividend, divisor = stands_for(evaluation, dividend), stands_for(evaluation, divisor)
    scope = evaluation.context.scope
    key = key_of(divisor, scope)
    tag = (scope if key.startswith(scope) else "", key) if key else (scope, id(divisor))
    quotient = numbers.divided(left, right, tag)
    is_proper = type(quotient) is Num and right.low is not None and right.low >= 0
    if not is_proper or type(quotient) is not Num:
        return quotient
    if ends := part_of_whole(evaluation, dividend, divisor) or average_of_rest(evaluation, dividend, divisor):
        return numbers.within(quotient, *ends) or Nothing(quotient.flags)
    if _is_at_most(evaluation, dividend, divisor):
        return numbers.within(quotient, None, 1) or Nothing(quotient.flags)
    return quotient


def _remainder(evaluation: Evaluation, a: Op, b: Op) -> Value:
    """Return the bounds of the remainder of a division by a nonzero number."""
    x, y = valued(evaluation, a), valued(evaluation, b)
    if type(x) is not Num or type(y) is not Num:
        return NOTHING
    divisor = numbers.exact(y)
    if (
        divisor
        and x.low is not None
        and x.high is not None
        and (times := floor(x.low / Fraction(divisor))) == floor(x.high / Fraction(divisor))
    ):
        return numbers.added(x, numbers.constant(-times * divisor))._replace(flags=x.flags | y.flags)
    rest, whole, size = numbers.joined(x, y), numbers.added(x, y), numbers.magnitude(y)
    low = 0 if y.low is not None and y.low >= 0 else None if size is None else -size
    high = 0 if y.high is not None and y.high <= 0 else size
    if low == 0 and x.low is not None and x.low >= 0:
        high = x.high if high is None or (x.high is not None and x.high < high) else high
    # The quotient is a whole number, so the subtracted part has the denominator of the divisor.
    top = INFINITE if size is None else int(size + 1).bit_length() + whole.bottom
    found = numbers.settled(low, high, rest.denominator, rest.factors, top, whole.bottom, True, x.flags | y.flags)
    if low == 0 and size is not None and high == size:
        return numbers.narrowed(found, "<", numbers.constant(size)) or found
    return found


MOST_TERMS = 12
"""The most names of a sum that are compared with those of another."""


def _is_at_most(evaluation: Evaluation, one: Op, other: Op) -> bool:
    """Return whether one sum is never above another: each name in it is at most a different name in the other."""
    context = evaluation.context
    if not (context.lasting.differences or context.passing.differences):
        return False
    less, more = _terms(evaluation, one), _terms(evaluation, other)
    if not less or not more:
        return False
    left = list(more)
    for key in less:
        greater = next((name for name in left if name == key or _is_below(evaluation, key, name)), None)
        if greater is None:
            return False
        left.remove(greater)
    values = [context.bounds_of(key) for key in left]
    return all(type(value) is Num and value.low is not None and value.low >= 0 for value in values)


def _is_below(evaluation: Evaluation, key: str, other: str) -> bool:
    ends = evaluation.context.difference(key, other)
    return ends is not None and ends[1] is not None and ends[1] <= 0


def _terms(evaluation: Evaluation, op: Op) -> list[str]:
    """Return the names in a sum, also through `let`; empty for any other operation."""
    scope, found, pending = evaluation.context.scope, list[str](), [op]
    while pending:
        part = pending.pop()
        key = key_of(part, scope)
        if key and key in evaluation.named:
            pending.append(evaluation.named[key].value.op)
        elif key:
            found.append(key)
        elif type(part) is ops.Arithmetic and part.operator == "+":
            pending += [part.left, part.right]
        else:
            return []
        if len(found) + len(pending) > MOST_TERMS:
            return []
    return found


def _power(evaluation: Evaluation, op: ops.Power) -> Value:
    value = evaluation.value(op.base)
    if not evaluation.quiet:
        evaluation.work += 1
    return numbers.raised(value, op.exponent) if type(value) is Num else value


def _call(evaluation: Evaluation, op: ops.Call) -> Value:
    return call(evaluation, op, [evaluation.value(argument) for argument in op.arguments])


ARITHMETIC: dict[type, Callable[[Evaluation, Any], Value]] = {
    ops.Bind: _bind,
    ops.Negate: _negate,
    ops.Arithmetic: _arithmetic,
    ops.Power: _power,
    ops.Call: _call,
}
"""The bounds of each operation, by its type."""
