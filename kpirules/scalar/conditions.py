"""Conditions as code: comparisons, logic, membership."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import evolve

from ..plan.ops import Chain, Logic, Member
from .emitted import Emitted, Other
from .numbers import Num, compare, number
from .writing import LONGEST

if TYPE_CHECKING:
    from .operations import Operations

__all__ = ["chain", "logic", "member"]


def _compared(to: Operations, sign: str, x: Emitted, y: Emitted, ranks: tuple[str, ...]) -> str:
    if isinstance(x, Num) and isinstance(y, Num):
        return compare(sign, x, y)
    assert isinstance(x, Other)
    assert isinstance(y, Other)
    if ranks and sign not in ("==", "!="):
        table = to.writer.refer(ranks, key=("ranks", ranks))
        to.writer.objects[table] = {option: place for place, option in enumerate(ranks)}
        return f"({table}[{x.code}] {sign} {table}[{y.code}])"
    return f"({x.code} {sign} {y.code})"


def chain(to: Operations, op: Chain) -> Other:
    left, right = to.emit(op.operands[0]), to.emit(op.operands[1])
    result = _pair(to, op, 0, left, right)
    if len(op.operands) > 2:
        return _onwards(to, op, 1, result, to.held(right))
    return result


def _pair(to: Operations, op: Chain, index: int, left: Emitted, right: Emitted) -> Other:
    sign = op.operators[index]
    result = to.strict([left, right], lambda x, y: Other(_compared(to, sign, x, y, op.ranks)))
    assert isinstance(result, Other)
    return result


def _onwards(to: Operations, op: Chain, index: int, so_far: Other, left: Emitted) -> Other:
    """The rest of a chain, looked at only where all before holds."""
    with to.branch() as lines:
        right = to.emit(op.operands[index + 1])
        result = _pair(to, op, index, left.present, right)
        if index + 2 < len(op.operands):
            result = _onwards(to, op, index + 1, result, to.held(right))
    return _also(to, so_far, lines, result, "and")


def _also(to: Operations, so_far: Other, lines: list[str], result: Other, word: str) -> Other:
    """`so_far and result` or `so_far or result`, where the second needs some lines."""
    if not (lines or so_far.is_optional or result.is_optional):
        return Other(f"({so_far.code} {word} {result.code})")
    target = to.writer.fresh()
    to.writer.line(f"{target} = {so_far.code}")
    head = f"if {target}:" if word == "and" else f"if {target} is False:"
    to.writer.put(head, [*lines, f"{target} = {result.code}"])
    return Other(target, so_far.is_optional or result.is_optional)


def logic(to: Operations, op: Logic) -> Other:
    first, *others = op.operands
    result = to.flag(first)
    # What stands after an operand is looked at only where that does not decide: a branch in a branch.
    saved = dict(to.values), dict(to.items), dict(to.aggregated)
    for part in others:
        with to.writer.apart() as lines:
            following = to.flag(part)
        if lines or result.is_optional or following.is_optional:
            result = _also(to, result, lines, following, op.operator)
        else:
            result = Other(f"({result.code} {op.operator} {following.code})")
        if len(result.code) > LONGEST:
            result = evolve(result, code=str(to.writer.hold(result.code)))
    to.values, to.items, to.aggregated = saved
    return result


def member(to: Operations, op: Member, x: Emitted) -> Other:
    word = "not in" if op.is_negated else "in"
    if isinstance(x, Num):
        x_ = to.held(x)
        assert isinstance(x_, Num)
        options = [option for option in op.options if isinstance(option, Fraction)]
        found = " or ".join(compare("==", x_, number(option)) for option in options) or "False"
        return Other(f"(not ({found}))" if op.is_negated else f"({found})")
    among = to.writer.refer(op.options, key=("among", op.options, tuple(map(type, op.options))))
    return Other(f"({x.code} {word} {among})")
