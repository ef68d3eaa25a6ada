"""Conditions over variables, as bits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..plan import ops
from ..plan.ops import Op
from .linear_forms import ONE, ZERO, Form, Options, Payload, Quotient, Value, need, payload_of

if TYPE_CHECKING:
    from .linear_ops import Evaluator

__all__ = ["chain", "compared", "logic", "member"]


def compared(to: Evaluator, sign: str, x: Payload, y: Payload, ranks: tuple[str, ...] = ()) -> Form:
    if isinstance(x, Options) and isinstance(y, Options):
        return _compared_texts(to, sign, x, y, ranks)
    difference = to.subtracted(x, y)
    if isinstance(difference, Quotient):
        difference = difference.over
    return to.model.compare(need(difference), sign)


def _compared_texts(to: Evaluator, sign: str, x: Options, y: Options, ranks: tuple[str, ...]) -> Form:
    if sign == "!=":
        return to.model.opposite(_compared_texts(to, "==", x, y, ranks))
    place = {text: index for index, text in enumerate(ranks)}

    def stands(one: str, other: str) -> bool:
        if sign == "==":
            return one == other
        a, b = place[one], place[other]
        return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]

    total = ZERO
    for other, there in y.are.items():
        mine = ZERO
        for one, bit in x.are.items():
            if stands(one, other):
                mine = mine.plus(bit)
        total = total.plus(to.model.product(there, mine))
    return total


def chain(to: Evaluator, op: ops.Chain) -> Value:
    left = to.value(op.operands[0])
    return _onwards(to, op, 0, left)


def _onwards(to: Evaluator, op: ops.Chain, index: int, left: Value) -> Value:
    right = to.value(op.operands[index + 1])
    first = to.strict([left, right], lambda x, y: compared(to, op.operators[index], x, y, op.ranks))
    if index + 1 == len(op.operators):
        return first
    rest = Value(right.payload)
    return _also(to, first, lambda: _onwards(to, op, index + 1, rest), "and")


def _also(to: Evaluator, so_far: Value, then: Callable[[], Value], word: str) -> Value:
    """`so_far and …`, or `so_far or …`, up to what is absent or decides."""

    def rest() -> Value:
        held = need(so_far.payload)
        decided = Value(ZERO if word == "and" else ONE)
        return to.choose(held if word == "and" else to.model.opposite(held), then, lambda: decided)

    return to.following(so_far, rest)


def logic(to: Evaluator, word: str, parts: Sequence[Op]) -> Value:
    values = []
    for part in parts:
        one = to.value(part)
        is_plain = one.there is ONE and one.fault is ZERO and one.open is ZERO and one.hit is ZERO
        if not is_plain:
            break
        values.append(need(one.payload))
    else:
        return Value(to.model.all(values) if word == "and" else to.model.any(values))
    result = to.value(parts[0])
    for part in parts[1:]:
        result = _also(to, result, partial(to.value, part), word)
    return result


def member(to: Evaluator, op: ops.Member, x: Payload) -> Payload:
    found = ZERO
    for option in dict.fromkeys(op.options):
        found = found.plus(compared(to, "==", x, payload_of(option)))
    return to.model.opposite(found) if op.is_negated else found
