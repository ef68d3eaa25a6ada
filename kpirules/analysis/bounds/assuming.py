"""Narrows bounds by a condition that has held, or has failed."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from ...plan import ops
from ...plan.ops import Op
from . import numbers
from .context import key_of
from .numbers import Num
from .restricting import MIRRORED, Evaluated, absent, present, restrict, valued
from .values import FALSE, TRUE, Days, Options, Truth, Value, compared, known, places_of

__all__ = ["assume"]

DEEPEST = 5
"""The most operations and named values that a condition is followed into."""

OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def assume(evaluation: Evaluated, op: Op, outcome: bool, depth: int = DEEPEST) -> bool:
    """Narrow bounds by a condition with an outcome; return False if that outcome is impossible.

    Args:
        evaluation: the evaluation to narrow.
        op: the condition, already evaluated.
        outcome: its outcome.
        depth: how far to follow the condition.
    """
    if depth == 0:
        return True
    match op:
        case ops.Const(value=value):
            return value is outcome
        case ops.Read() | ops.Item() | ops.Local():
            return _assume_name(evaluation, op, outcome, depth)
        case ops.Chain():
            return _assume_chain(evaluation, op, outcome, depth)
        case ops.Logic(operator=word, operands=parts):
            if (word == "and") == outcome:
                return all(assume(evaluation, part, outcome, depth - 1) for part in parts)
            return _assume_stopped(evaluation, parts, outcome, depth)
        case ops.Not(operand=operand):
            return assume(evaluation, operand, not outcome, depth - 1)
        case ops.Given(operand=operand):
            return present(evaluation, operand) if outcome else absent(evaluation, operand)
        case ops.Member():
            return _assume_member(evaluation, op, outcome, depth)
        case ops.If(condition=condition, then=then, otherwise=otherwise):
            for branch_outcome, other, branch in ((False, then, otherwise), (True, otherwise, then)):
                if isinstance(other, ops.Const) and other.value is (not outcome):
                    return assume(evaluation, condition, branch_outcome, depth - 1) and assume(
                        evaluation, branch, outcome, depth - 1
                    )
            return True
        case ops.Default(operand=operand, otherwise=ops.Const(value=value)) if value is (not outcome):
            return present(evaluation, operand) and assume(evaluation, operand, outcome, depth - 1)
        case _:
            return True


def _assume_name(evaluation: Evaluated, op: Op, outcome: bool, depth: int) -> bool:
    key = key_of(op, evaluation.context.scope)
    value = evaluation.context.bounds_of(key)
    if isinstance(value, Truth):
        if not value.mask & (1 if outcome else 2):
            return False
        evaluation.context.learn(key, TRUE if outcome else FALSE)
    if key in evaluation.named:
        return assume(evaluation, evaluation.named[key].value.op, outcome, depth - 1)
    return True


def _assume_stopped(evaluation: Evaluated, parts: tuple[Op, ...], outcome: bool, depth: int) -> bool:
    """Narrow by a false `and` or a true `or`, if only one operand can have that outcome."""
    possible_parts = [part for part in parts if _can_be(evaluation, part, outcome)]
    if not possible_parts:
        return False
    if len(possible_parts) == 1:
        before = parts[: parts.index(possible_parts[0])]
        return all(assume(evaluation, part, not outcome, depth - 1) for part in before) and assume(
            evaluation, possible_parts[0], outcome, depth - 1
        )
    return present(evaluation, parts[0]) if parts else True


def _can_be(evaluation: Evaluated, op: Op, outcome: bool) -> bool:
    """Return whether a condition can have an outcome, as far as it was evaluated."""
    value = known(op.value) if isinstance(op, ops.Const) else evaluation.values.get(id(op))
    if value is None:
        return False
    return isinstance(value, Truth) and bool(value.mask & (1 if outcome else 2))


def _assume_chain(evaluation: Evaluated, op: ops.Chain, outcome: bool, depth: int) -> bool:
    if outcome:
        pairs = zip(pairwise(op.operands), op.operators, strict=True)
        return all(_compare(evaluation, x, sign, y, op.ranks, depth) for (x, y), sign in pairs)
    if len(op.operators) == 1:
        x, y = op.operands
        return _compare(evaluation, x, OPPOSITE[op.operators[0]], y, op.ranks, depth)
    # If all pairs but one certainly hold, that one fails.
    possible_parts = []
    for (x, y), sign in zip(pairwise(op.operands), op.operators, strict=True):
        result = compared(sign, valued(evaluation, x), valued(evaluation, y), op.ranks)
        if not isinstance(result, Truth) or result.mask & 2:
            possible_parts.append((x, sign, y))
    if len(possible_parts) == 1:
        x, sign, y = possible_parts[0]
        return _compare(evaluation, x, OPPOSITE[sign], y, op.ranks, depth)
    return bool(possible_parts) and present(evaluation, op.operands[0]) and present(evaluation, op.operands[1])


def _compare(evaluation: Evaluated, x: Op, sign: str, y: Op, ranks: tuple[str, ...], depth: int) -> bool:
    """Narrow bounds by a comparison that holds."""
    if not (present(evaluation, x) and present(evaluation, y)):
        return False
    one, other = valued(evaluation, x), valued(evaluation, y)
    result = compared(sign, one, other, ranks)
    if isinstance(result, Truth) and not result.mask & 1:
        return False
    if isinstance(one, Num) and isinstance(other, Num):
        keys = key_of(x, evaluation.context.scope), key_of(y, evaluation.context.scope)
        if all(keys):
            low = 0 if sign in (">", ">=", "==") else None
            high = 0 if sign in ("<", "<=", "==") else None
            evaluation.context.learn_difference(*keys, low, high, has_zero="=" in sign and sign != "!=")
        mirrored = MIRRORED[sign]
        return restrict(evaluation, x, sign, other, depth) and restrict(evaluation, y, mirrored, one, depth)
    for part, sign_, value in ((x, sign, other), (y, MIRRORED[sign], one)):
        key = key_of(part, evaluation.context.scope)
        known = evaluation.context.bounds_of(key) if key else None
        if known is not None:
            learnt = _narrowed(known, sign_, value, ranks)
            if learnt is None:
                return False
            evaluation.context.learn(key, learnt)
    return True


def _narrowed(value: Value, sign: str, other: Value, ranks: tuple[str, ...]) -> Value | None:
    """Return a date, option or boolean narrowed by a comparison that holds; None if that is impossible."""
    match value, other:
        case Days(first=first, last=last, flags=flags), Days(first=least, last=most):
            first = max(first, least) if sign == "==" else max(first, least + (sign == ">")) if ">" in sign else first
            last = min(last, most) if sign == "==" else min(last, most - (sign == "<")) if "<" in sign else last
            return Days(first, last, flags) if first <= last else None
        case Options(among=None, flags=flags), Options(among=among) if sign == "==":
            return Options(among, flags)
        case Options(among=among, flags=flags), Options(among=equal_) if among is not None and sign == "==":
            remaining = among if equal_ is None else among & equal_
            return Options(remaining, flags) if remaining else None
        case Options(among=among, flags=flags), Options(among=equal_) if among is not None and sign == "!=":
            remaining = among - equal_ if equal_ is not None and len(equal_) == 1 else among
            return Options(remaining, flags) if remaining else None
        case Options(among=among, flags=flags), Options(among=equal_) if among is not None:
            remaining = _comparable(among, sign, equal_, ranks)
            return Options(remaining, flags) if remaining else None
        case Truth(mask=mask, flags=flags), Truth(mask=equal) if sign == "==":
            return Truth(mask & equal, flags) if mask & equal else None
        case Truth(mask=mask, flags=flags), Truth(mask=equal) if sign == "!=" and equal != 3:
            return Truth(mask & ~equal, flags) if mask & ~equal else None
        case _:
            return value


def _comparable(
    among: frozenset[str], sign: str, other: frozenset[str] | None, ranks: tuple[str, ...]
) -> frozenset[str]:
    """Return the options that are below or above at least one of some other options."""
    others = [] if other is None else places_of(other, ranks)
    if not others:
        return among
    if sign in ("<", "<="):
        kept = ranks[: others[-1] + (sign == "<=")]
    else:
        kept = ranks[others[0] + (sign == ">") :]
    return among.intersection(kept)


def _assume_member(evaluation: Evaluated, op: ops.Member, outcome: bool, depth: int) -> bool:
    if not present(evaluation, op.operand):
        return False
    is_among = outcome != op.is_negated
    if is_among and not op.options:
        return False
    key = key_of(op.operand, evaluation.context.scope)
    known = evaluation.context.bounds_of(key) if key else None
    if isinstance(known, Options):
        options = frozenset(option for option in op.options if isinstance(option, str))
        if is_among:
            among = options if known.among is None else known.among & options
        elif known.among is None:
            return True
        else:
            among = known.among - options
        if not among:
            return False
        evaluation.context.learn(key, Options(among, known.flags))
    elif is_among and all(isinstance(option, Fraction) for option in op.options):
        least = numbers.constant(min(option for option in op.options if isinstance(option, Fraction)))
        most = numbers.constant(max(option for option in op.options if isinstance(option, Fraction)))
        return restrict(evaluation, op.operand, ">=", least, depth) and restrict(
            evaluation, op.operand, "<=", most, depth
        )
    elif not is_among:
        for option in op.options:
            if isinstance(option, Fraction) and not restrict(
                evaluation, op.operand, "!=", numbers.constant(option), depth
            ):
                return False
    return True
