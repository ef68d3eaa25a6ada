"""What is known once a condition has held, or has not."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Protocol

from ..plan import ops
from ..plan.ops import Op
from . import numbers
from .context import Context, key_of
from .named import Named
from .numbers import ABSENT, Num
from .values import FALSE, TRUE, Days, Options, Truth, Value, compared, flagged, known

__all__ = ["assume"]

DEEPEST = 6
"""Operations inside each other, and named values one after another, that a condition is followed into."""

MOST_PARTS = 24
"""Operations of a number that is remembered as it is written."""

OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Evaluated(Protocol):
    """What an evaluation has found so far."""

    context: Context
    values: dict[int, Value]
    named: dict[str, Named]


def assume(found: Evaluated, op: Op, outcome: bool, depth: int = DEEPEST) -> bool:
    """Learn what a condition says that came out as `outcome`; False where it cannot.

    Args:
        found: takes what is learnt.
        op: the condition, evaluated before.
        outcome: what it came out as.
        depth: how far it is followed.
    """
    if depth == 0:
        return True
    match op:
        case ops.Const(value=value):
            return value is outcome
        case ops.Read() | ops.Item() | ops.Local():
            return _assume_name(found, op, outcome, depth)
        case ops.Chain():
            return _assume_chain(found, op, outcome, depth)
        case ops.Logic(operator=word, operands=parts):
            if (word == "and") == outcome:
                return all(assume(found, part, outcome, depth - 1) for part in parts)
            return _assume_stopped(found, parts, outcome, depth)
        case ops.Not(operand=operand):
            return assume(found, operand, not outcome, depth - 1)
        case ops.Given(operand=operand):
            return _present(found, operand) if outcome else _absent(found, operand)
        case ops.Member():
            return _assume_member(found, op, outcome, depth)
        case ops.If(condition=condition, then=then, otherwise=otherwise):
            for asked, other, one in ((False, then, otherwise), (True, otherwise, then)):
                if isinstance(other, ops.Const) and other.value is (not outcome):
                    return assume(found, condition, asked, depth - 1) and assume(found, one, outcome, depth - 1)
            return True
        case ops.Default(operand=operand, otherwise=ops.Const(value=value)) if value is (not outcome):
            return _present(found, operand) and assume(found, operand, outcome, depth - 1)
        case _:
            return True


def _assume_name(found: Evaluated, op: Op, outcome: bool, depth: int) -> bool:
    key = key_of(op, found.context.scope)
    there = found.context.look(key)
    if isinstance(there, Truth):
        if not there.mask & (1 if outcome else 2):
            return False
        found.context.learn(key, TRUE if outcome else FALSE)
    if key in found.named:
        return assume(found, found.named[key].value.op, outcome, depth - 1)
    return True


def _assume_stopped(found: Evaluated, parts: tuple[Op, ...], outcome: bool, depth: int) -> bool:
    """`and` that is False, or `or` that is True: where only one operand can be so, it is."""
    able = [part for part in parts if _can_be(found, part, outcome)]
    if not able:
        return False
    if len(able) == 1:
        before = parts[: parts.index(able[0])]
        return all(assume(found, part, not outcome, depth - 1) for part in before) and assume(
            found, able[0], outcome, depth - 1
        )
    return _present(found, parts[0]) if parts else True


def _can_be(found: Evaluated, op: Op, outcome: bool) -> bool:
    """Whether a condition can come out so, as far as it was evaluated at all."""
    value = known(op.value) if isinstance(op, ops.Const) else found.values.get(id(op))
    if value is None:
        return False
    return isinstance(value, Truth) and bool(value.mask & (1 if outcome else 2))


def _assume_chain(found: Evaluated, op: ops.Chain, outcome: bool, depth: int) -> bool:
    if outcome:
        pairs = zip(pairwise(op.operands), op.operators, strict=True)
        return all(_compare(found, x, sign, y, op.ranks, depth) for (x, y), sign in pairs)
    if len(op.operators) == 1:
        x, y = op.operands
        return _compare(found, x, OPPOSITE[op.operators[0]], y, op.ranks, depth)
    # Where all pairs but one hold for sure, that one does not.
    able = []
    for (x, y), sign in zip(pairwise(op.operands), op.operators, strict=True):
        result = compared(sign, _valued(found, x), _valued(found, y), op.ranks)
        if not isinstance(result, Truth) or result.mask & 2:
            able.append((x, sign, y))
    if len(able) == 1:
        x, sign, y = able[0]
        return _compare(found, x, OPPOSITE[sign], y, op.ranks, depth)
    return bool(able) and _present(found, op.operands[0]) and _present(found, op.operands[1])


def _valued(found: Evaluated, op: Op) -> Value:
    """What an operation can come to, as far as that is known here."""
    if isinstance(op, ops.Const):
        return known(op.value)
    key = key_of(op, found.context.scope)
    value = (found.context.look(key) if key else None) or found.values.get(id(op))
    return numbers.NOTHING if value is None else value


def _compare(found: Evaluated, x: Op, sign: str, y: Op, ranks: tuple[str, ...], depth: int) -> bool:
    """Learn that a comparison holds."""
    if not (_present(found, x) and _present(found, y)):
        return False
    one, other = _valued(found, x), _valued(found, y)
    result = compared(sign, one, other, ranks)
    if isinstance(result, Truth) and not result.mask & 1:
        return False
    if isinstance(one, Num) and isinstance(other, Num):
        keys = key_of(x, found.context.scope), key_of(y, found.context.scope)
        if all(keys):
            low = 0 if sign in (">", ">=", "==") else None
            high = 0 if sign in ("<", "<=", "==") else None
            found.context.learn_difference(*keys, low, high, has_zero="=" in sign and sign != "!=")
        mirrored = MIRRORED[sign]
        return _restrict(found, x, sign, other, depth) and _restrict(found, y, mirrored, one, depth)
    for part, sign_, value in ((x, sign, other), (y, MIRRORED[sign], one)):
        key = key_of(part, found.context.scope)
        there = found.context.look(key) if key else None
        if there is not None:
            learnt = _narrowed(there, sign_, value, ranks)
            if learnt is None:
                return False
            found.context.learn(key, learnt)
    return True


def _narrowed(there: Value, sign: str, other: Value, ranks: tuple[str, ...]) -> Value | None:
    """A date, option or boolean of which a comparison holds; None where it cannot."""
    match there, other:
        case Days(first=first, last=last, flags=flags), Days(first=least, last=most):
            first = max(first, least) if sign == "==" else max(first, least + (sign == ">")) if ">" in sign else first
            last = min(last, most) if sign == "==" else min(last, most - (sign == "<")) if "<" in sign else last
            return Days(first, last, flags) if first <= last else None
        case Options(among=None, flags=flags), Options(among=among) if sign == "==":
            return Options(among, flags)
        case Options(among=among, flags=flags), Options() if among is not None:
            left = frozenset(
                option
                for option in among
                if not isinstance(held := compared(sign, Options(frozenset({option}), 0), other, ranks), Truth)
                or held.mask & 1
            )
            return Options(left, flags) if left else None
        case Truth(mask=mask, flags=flags), Truth(mask=equal) if sign == "==":
            return Truth(mask & equal, flags) if mask & equal else None
        case Truth(mask=mask, flags=flags), Truth(mask=equal) if sign == "!=" and equal != 3:
            return Truth(mask & ~equal, flags) if mask & ~equal else None
        case _:
            return there


def _assume_member(found: Evaluated, op: ops.Member, outcome: bool, depth: int) -> bool:
    if not _present(found, op.operand):
        return False
    is_among = outcome != op.is_negated
    key = key_of(op.operand, found.context.scope)
    there = found.context.look(key) if key else None
    if isinstance(there, Options):
        options = frozenset(option for option in op.options if isinstance(option, str))
        if is_among:
            among = options if there.among is None else there.among & options
        elif there.among is None:
            return True
        else:
            among = there.among - options
        if not among:
            return False
        found.context.learn(key, Options(among, there.flags))
    elif is_among and all(isinstance(option, Fraction) for option in op.options):
        least = numbers.constant(min(option for option in op.options if isinstance(option, Fraction)))
        most = numbers.constant(max(option for option in op.options if isinstance(option, Fraction)))
        return _restrict(found, op.operand, ">=", least, depth) and _restrict(found, op.operand, "<=", most, depth)
    elif not is_among:
        for option in op.options:
            if isinstance(option, Fraction) and not _restrict(
                found, op.operand, "!=", numbers.constant(option), depth
            ):
                return False
    return True


# -- numbers --------------------------------------------------------------------------------------


def _restrict(found: Evaluated, op: Op, sign: str, other: Num, depth: int) -> bool:
    """Learn that a number stands so to another; False where it cannot."""
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
        return key not in found.named or _follow(found, found.named[key].value.op, sign, other, depth - 1)
    value = found.values.get(id(op))
    if isinstance(value, Num):
        learnt = numbers.narrowed(value, sign, other)
        if learnt is None:
            return False
        if learnt is not value and _is_short(op):
            found.context.learn_fact(op, learnt)
    return _follow(found, op, sign, other, depth)


def _follow(found: Evaluated, op: Op, sign: str, other: Num, depth: int) -> bool:
    """Learn of the operands of a number what its standing to another says."""
    if depth == 0:
        return True
    match op:
        case ops.Negate(operand=operand):
            return _restrict(found, operand, MIRRORED[sign], numbers.negated(other), depth - 1)
        case ops.Arithmetic(operator=operator, left=left, right=right):
            return _follow_arithmetic(found, operator, (left, right), sign, other, depth)
        case ops.Default(operand=operand, otherwise=otherwise):
            instead = compared(sign, _valued(found, otherwise), other, ())
            if isinstance(instead, Truth) and not instead.mask & 1:
                return _present(found, operand) and _restrict(found, operand, sign, other, depth - 1)
            return True
        case ops.Call(function="min", arguments=parts) if sign in (">", ">="):
            return all(_restrict(found, part, sign, other, depth - 1) for part in parts)
        case ops.Call(function="max", arguments=parts) if sign in ("<", "<="):
            return all(_restrict(found, part, sign, other, depth - 1) for part in parts)
        case ops.Read() | ops.Item():
            return _restrict(found, op, sign, other, depth)
        case _:
            return True


def _follow_arithmetic(
    found: Evaluated, operator: str, parts: tuple[Op, Op], sign: str, other: Num, depth: int
) -> bool:
    left, right = parts
    x, y = _valued(found, left), _valued(found, right)
    if not isinstance(x, Num) or not isinstance(y, Num):
        return True
    other = flagged(other, 0)  # type: ignore[assignment]
    if operator == "+":
        return _restrict(found, left, sign, numbers.added(other, numbers.negated(y)), depth - 1) and _restrict(
            found, right, sign, numbers.added(other, numbers.negated(x)), depth - 1
        )
    if operator == "-":
        return _restrict(found, left, sign, numbers.added(other, y), depth - 1) and _restrict(
            found, right, MIRRORED[sign], numbers.added(x, numbers.negated(other)), depth - 1
        )
    one, by = (y, left) if numbers.exact(y) is not None else (x, right)
    factor = numbers.exact(one)
    if factor and (operator == "*" or one is y):
        times = 1 / Fraction(factor) if operator == "*" else factor
        sign = MIRRORED[sign] if factor < 0 else sign
        return _restrict(found, by, sign, numbers.scaled(other, times), depth - 1)
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
        return _restrict(found, left, "!=", numbers.ZERO, depth - 1) and (
            operator == "/" or _restrict(found, right, "!=", numbers.ZERO, depth - 1)
        )
    return True


def _is_short(op: Op) -> bool:
    return sum(1 for _, _ in zip(ops.walk(op), range(MOST_PARTS + 1), strict=False)) <= MOST_PARTS


# -- presence -------------------------------------------------------------------------------------


def _present(found: Evaluated, op: Op) -> bool:
    """Learn that a value is there; False where it cannot be."""
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
                case (
                    ops.Arithmetic()
                    | ops.Negate()
                    | ops.Power()
                    | ops.Round()
                    | ops.Call()
                    | ops.Member()
                    | ops.Not()
                ):
                    waiting += ops.operands(part)
                case ops.Ratio(left=left, right=right):
                    waiting += (left, right)
                case ops.Chain(operands=parts):
                    waiting += parts[:2]
                case ops.Bind(value=value) | ops.If(condition=value):
                    waiting.append(value)
                case ops.Logic(operands=parts):
                    waiting.append(parts[0])
    return True


def _absent(found: Evaluated, op: Op) -> bool:
    """Learn that a value is not there; False where it must be."""
    key = key_of(op, found.context.scope)
    if key:
        there = found.context.look(key)
        if there is not None:
            if not there.flags & ABSENT:
                return False
            found.context.learn(key, numbers.Nothing(ABSENT))
    return True
