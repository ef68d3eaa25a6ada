"""Conditions as code: comparisons, logic, membership."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from attrs import evolve

from ...plan.ops import Chain, Logic, Member
from .emitted import Emitted, Other
from .numbers import Num, compare, number
from .writing import MAX_EXPRESSION_LENGTH

if TYPE_CHECKING:
    from .operations import Operations

__all__ = ["chain", "logic", "member"]


OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def _compared(operations: Operations, sign: str, x: Emitted, y: Emitted, ranks: tuple[str, ...]) -> str:
    if isinstance(x, Num) and isinstance(y, Num):
        return compare(sign, x, y)
    assert isinstance(x, Other)
    assert isinstance(y, Other)
    if ranks and sign not in ("==", "!="):
        table = operations.writer.refer(ranks, key=("ranks", ranks))
        operations.writer.objects[table] = {option: place for place, option in enumerate(ranks)}
        return f"({table}[{x.code}] {sign} {table}[{y.code}])"
    return f"({x.code} {sign} {y.code})"


def chain(operations: Operations, op: Chain) -> Other:
    left, right = operations.emit(op.operands[0]), operations.emit(op.operands[1])
    first = _pair(operations, op, 0, left, right)

    def following() -> Iterator[Callable[[], Other]]:
        """Yield the code of each further comparison, whose left side is already known to be present."""
        before = operations.held(right) if len(op.operands) > 2 else right
        for index in range(1, len(op.operators)):

            def pair(index: int = index) -> Other:
                nonlocal before
                left, right = before, operations.held(operations.emit(op.operands[index + 1]))
                result = _pair(operations, op, index, left.present, right)
                before = right
                return result

            yield pair

    return _joined(operations, "and", first, following())


def _pair(operations: Operations, op: Chain, index: int, left: Emitted, right: Emitted) -> Other:
    sign = op.operators[index]
    result = operations.strict([left, right], lambda x, y: Other(_compared(operations, sign, x, y, op.ranks)))
    assert isinstance(result, Other)
    return result


def _combined(operations: Operations, so_far: Other, lines: list[str], result: Other, word: str) -> Other:
    """Return `so_far and result` or `so_far or result`; `result` may need lines before it."""
    if result == Other(str(word == "and")) and not lines:
        return so_far
    if not (lines or so_far.is_optional or result.is_optional):
        if so_far == Other(str(word == "and")):
            return result
        return Other(f"({so_far.code} {word} {result.code})")
    target = operations.writer.fresh()
    operations.writer.line(f"{target} = {so_far.code}")
    head = f"if {target}:" if word == "and" else f"if {target} is False:"
    operations.writer.put(head, [*lines, f"{target} = {result.code}"])
    return Other(target, so_far.is_optional or result.is_optional)


def logic(operations: Operations, op: Logic) -> Other:
    first, *others = op.operands
    return _joined(
        operations, op.operator, operations.flag(first), (partial(operations.flag, part) for part in others)
    )


def _joined(operations: Operations, word: str, first: Other, others: Iterable[Callable[[], Other]]) -> Other:
    """Write conditions one after the other, up to the first that decides.

    Each is evaluated only if the one before does not decide: a branch in a branch.
    """
    result = first
    saved = dict(operations.values), dict(operations.items), dict(operations.aggregated)
    for write in others:
        with operations.writer.capture() as lines:
            following = write()
        result = _combined(operations, result, lines, following, word)
        if len(result.code) > MAX_EXPRESSION_LENGTH:
            result = evolve(result, code=str(operations.writer.hold(result.code)))
    operations.values, operations.items, operations.aggregated = saved
    return result


def member(operations: Operations, op: Member, x: Emitted) -> Other:
    word = "not in" if op.is_negated else "in"
    if isinstance(x, Num):
        x_ = operations.held(x)
        options = [option for option in op.options if isinstance(option, Fraction)]
        found = " or ".join(compare("==", x_, number(option)) for option in options) or "False"
        return Other(f"(not ({found}))" if op.is_negated else f"({found})")
    among = operations.writer.refer(op.options, key=("among", op.options, tuple(map(type, op.options))))
    return Other(f"({x.code} {word} {among})")
