"""A number that depends on the same choice in several places, option by option.

Six maxima that six tables give for one position are never all the greatest at once. What is known of each alone does
not say so; with the option fixed, it does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..plan import ops
from ..plan.ops import Op, operands
from .narrowing import met
from .num import Num
from .values import Options, Truth, Value, join

if TYPE_CHECKING:
    from .evaluating import Evaluation

__all__ = ["option_by_option"]

MOST_OPTIONS, MOST_OPERATIONS = 16, 4_000
"""Options that are gone through, and operations that are evaluated for all of them."""


def option_by_option(evaluation: Evaluation, op: Op, value: Num) -> Value:
    """What an operation comes to, where that is known better for each option of a choice that it reads twice.

    Args:
        evaluation: in which it was evaluated.
        op: the operation.
        value: what it came to.
    """
    if evaluation.is_apart:
        return value
    size, names = evaluation.read_twice.get(id(op)) or _read_twice(evaluation, op)
    for name in names:
        options = list(_options(evaluation.context.look(name)))
        if 1 < len(options) <= MOST_OPTIONS and size * len(options) <= MOST_OPERATIONS:
            found = _joined(evaluation, op, name, options)
            return met(value, found.low, found.high, found.has_zero, value.flags) if isinstance(found, Num) else value
    return value


def _read_twice(evaluation: Evaluation, op: Op) -> tuple[int, tuple[str, ...]]:
    """The size of an operation and what it reads more than once, most often first; nothing of one too large."""
    reads, size = Counter[str](), 0
    for part in _parts(evaluation, op):
        size += 1
        if isinstance(part, ops.Read):
            reads[part.name] += 1
        if size > MOST_OPERATIONS // 2:
            reads.clear()
            break
    found = evaluation.read_twice[id(op)] = size, tuple(name for name, times in reads.most_common() if times > 1)
    return found


def _parts(evaluation: Evaluation, op: Op) -> Iterator[Op]:
    """The operation and everything below it, also through `let`."""
    waiting = [op]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += operands(part)
        if isinstance(part, ops.Read) and part.name in evaluation.named:
            waiting.append(evaluation.named[part.name].value.op)


def _options(value: Value | None) -> Iterator[Value]:
    """Each value that a choice, or yes and no, may have."""
    if isinstance(value, Options) and value.among is not None:
        yield from (Options(frozenset({one}), value.flags) for one in sorted(value.among))
    elif isinstance(value, Truth) and value.mask == 3:
        yield from (Truth(1, value.flags), Truth(2, value.flags))


def _joined(evaluation: Evaluation, op: Op, name: str, options: list[Value]) -> Value | None:
    """What the operation comes to with one option or another; nothing of it is kept."""
    before = (evaluation.work, evaluation.again, evaluation.widest, evaluation.faults)
    evaluation.faults, evaluation.is_apart = dict(evaluation.faults), True
    evaluation.quiet += 1
    found: Value | None = None
    for option in options:
        mark = evaluation.context.mark()
        evaluation.context.learn(name, option)
        value = evaluation.value(op)
        evaluation.context.back(mark)
        found = value if found is None else join(found, value)
    evaluation.quiet -= 1
    evaluation.work, evaluation.again, evaluation.widest, evaluation.faults = before
    evaluation.is_apart = False
    return found
