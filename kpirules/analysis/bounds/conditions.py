"""Bounds of conditions, and of the operations they select."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...kernel.certain import certain
from ...language.expressions import work_of_rows
from ...plan import ops
from ...plan.ops import Op
from . import numbers
from .assuming import assume
from .context import key_of
from .num import ABSENT, NOTHING, UNDEFINED, Nothing, Num
from .values import EITHER, FALSE, TRUE, Options, Truth, Value, compared, flagged, join, known, truth

if TYPE_CHECKING:
    from .evaluating import Evaluation

__all__ = ["CONDITIONS"]


def _chain(evaluation: Evaluation, op: ops.Chain) -> Value:
    right = evaluation.value(op.operands[0])
    mask, flags, goes_on = 0, right.flags, True
    for operator, part in zip(op.operators, op.operands[1:], strict=True):
        left, right = right, evaluation.value(part)
        flags |= right.flags
        found = compared(operator, left, right, op.ranks)
        if type(found) is not Truth:
            goes_on = False
            break
        found = _differing(evaluation, op, operator, part, found)
        mask |= found.mask & 2
        if not found.mask & 1:
            goes_on = False
            break
    mask |= 1 if goes_on else 0
    return Truth(mask, flags) if mask else Nothing(flags)


def _differing(evaluation: Evaluation, op: ops.Chain, operator: str, part: Op, truth: Truth) -> Truth:
    """Narrow a comparison of two names whose difference a condition has bounded."""
    if truth.mask != 3 or len(op.operands) != 2:
        return truth
    one, other = key_of(op.operands[0], evaluation.context.scope), key_of(part, evaluation.context.scope)
    ends = evaluation.context.difference(one, other) if one and other else None
    if ends is None:
        return truth
    difference = numbers.settled(ends[0], ends[1], 1, (), 0, 0, ends[2], 0)
    narrowed_truth = compared(operator, difference, numbers.ZERO, ())
    return narrowed_truth._replace(flags=truth.flags) if type(narrowed_truth) is Truth else truth


def _member(evaluation: Evaluation, op: ops.Member) -> Value:
    value = evaluation.value(op.operand)
    if not evaluation.quiet:
        evaluation.work += 1
        for option in op.options:
            number = known(option)
            evaluation.weigh(max(number.top, number.bottom) if type(number) is Num else 1)
    mask = 0
    for option in op.options:
        found = compared("==", value, known(option), ())
        if type(found) is Nothing:
            return Nothing(value.flags)
        found = certain(found, Truth, "a comparison is true, false or absent")
        mask |= found.mask & 1
        if found.mask == 1:
            mask = 1
            break
    else:
        mask |= 2
        if type(value) is Options and value.among is not None and value.among <= set(op.options):
            mask = 1
    if op.is_negated:
        mask = (mask & 1) << 1 | mask >> 1
    return Truth(mask, value.flags)


def _logic(evaluation: Evaluation, op: ops.Logic) -> Value:
    goes_on = op.operator == "and"
    mark = evaluation.context.mark()
    mask, flags, is_through = 0, 0, True
    last = len(op.operands) - 1
    for index, part in enumerate(op.operands):
        found = evaluation.value(part)
        evaluation.record_condition(part, "operand")
        flags |= found.flags
        stays = type(found) is Truth and bool(found.mask & (1 if goes_on else 2))
        stops = type(found) is Truth and bool(found.mask & (2 if goes_on else 1))
        if stays and index < last and not assume(evaluation, part, goes_on):
            stays = False
        if stops:
            mask |= 2 if goes_on else 1
        if not stays:
            is_through = False
            break
    if is_through:
        mask |= 1 if goes_on else 2
    evaluation.context.back(mark)
    return Truth(mask, flags) if mask else Nothing(flags)


def _not(evaluation: Evaluation, op: ops.Not) -> Value:
    value = evaluation.value(op.operand)
    if type(value) is not Truth:
        return value
    return {1: FALSE, 2: TRUE, 3: EITHER}[value.mask]._replace(flags=value.flags)


def _if(evaluation: Evaluation, op: ops.If) -> Value:
    condition = evaluation.value(op.condition)
    evaluation.record_condition(op.condition, "condition")
    mask = condition.mask if type(condition) is Truth else 0
    start = most = evaluation.work
    found: Value = NOTHING
    for outcome, branch in ((True, op.then), (False, op.otherwise)):
        if mask & (1 if outcome else 2):
            mark = evaluation.context.mark()
            # A condition in a function's formula is not the author's: if its outcome is known, nothing is reported.
            if (evaluation.around and mask != 3) or assume(evaluation, op.condition, outcome):
                evaluation.work = start
                if isinstance(branch, ops.Stop):
                    is_certain = mask == (1 if outcome else 2)
                    evaluation.fault(branch.kind, branch, is_certain=is_certain, path=branch.path)
                found = join(found, evaluation.value(branch))
                most = max(most, evaluation.work)
            evaluation.context.back(mark)
    evaluation.work = most
    return flagged(found, found.flags | condition.flags)


def _given(evaluation: Evaluation, op: ops.Given) -> Value:
    value = evaluation.value(op.operand)
    is_present = type(value) is not Nothing
    return truth(is_present, bool(value.flags & ABSENT), value.flags & UNDEFINED)


def _default(evaluation: Evaluation, op: ops.Default) -> Value:
    value = evaluation.value(op.operand)
    if not value.flags & ABSENT:
        return value
    otherwise = evaluation.value(op.otherwise)
    return flagged(join(value, otherwise), (value.flags & UNDEFINED) | otherwise.flags)


MOST_ROWS = 200
"""The most rows of a table for which the values left for the rows below are tracked."""


def _cases(evaluation: Evaluation, op: ops.Cases) -> Value:
    mark = evaluation.context.mark()
    found: Value = NOTHING
    taken, flags = 0, 0
    stops: list[ops.Stop] = []
    evaluation.work += 0 if evaluation.quiet else work_of_rows(op.rows)
    start = most = evaluation.work
    for index, (condition, result) in enumerate(op.cases):
        mask = 1
        if condition is not None:
            truth = evaluation.value(condition)
            flags |= truth.flags
            mask = truth.mask if type(truth) is Truth else 0
        start = evaluation.work
        if mask & 1:
            here = evaluation.context.mark()
            if condition is None or assume(evaluation, condition, True):
                taken |= 1 << index
                if isinstance(result, ops.Stop):
                    stops.append(result)
                found = join(found, evaluation.value(result))
                most = max(most, evaluation.work)
            evaluation.context.back(here)
        evaluation.work = start
        if not mask & 2:
            break
        if condition is not None and index < MOST_ROWS and not assume(evaluation, condition, False):
            break
    evaluation.context.back(mark)
    evaluation.work = max(most, start)
    for stop in stops:
        evaluation.fault(stop.kind, stop, is_certain=taken.bit_count() == len(stops), path=stop.path)
    before = evaluation.taken.get(id(op))
    evaluation.taken[id(op)] = (evaluation.path, op, taken | (before[2] if before else 0))
    return flagged(found, found.flags | flags)


CONDITIONS: dict[type, Callable[[Evaluation, Any], Value]] = {
    ops.Chain: _chain,
    ops.Member: _member,
    ops.Logic: _logic,
    ops.Not: _not,
    ops.If: _if,
    ops.Given: _given,
    ops.Default: _default,
    ops.Cases: _cases,
}
"""The bounds of each operation, by its type."""
