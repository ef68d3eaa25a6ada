"""Narrower bounds of a number that depends on a choice in several places, found option by option.

Six maxima from six tables for one position are never all greatest at once. The bounds of each alone can't
show that; with the option fixed, they can.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ...plan import ops
from ...plan.ops import Op
from .narrowing import met
from .num import Num
from .values import Options, Truth, Value, join

if TYPE_CHECKING:
    from .evaluating import Evaluation

__all__ = ["option_by_option"]

MOST_OPTIONS, MOST_OPERATIONS = 16, 4_000
"""The most options that are tried, and the most operations that are evaluated for all of them."""

MOST_EVALUATED = MOST_OPERATIONS // 2
"""The most operations that are evaluated for each option: there are at least two."""


class Content(NamedTuple):
    """The operations below an operation.

    Args:
        size: the number of operations, each counted as often as it is read.
        reads: how often each choice, text or boolean is read; empty if the operation is too large.
    """

    size: int
    reads: Counter[str]

    def plus(self, other: Content, times: int) -> Content:
        reads = self.reads + Counter({name: times * read for name, read in other.reads.items()})
        return _cut(self.size + times * other.size, reads)


def _cut(size: int, reads: Counter[str]) -> Content:
    """Return the size of an operation with its reads; no reads if it is too large to evaluate again."""
    return Content(size, reads) if size <= MOST_EVALUATED else Content(MOST_EVALUATED + 1, Counter())


def option_by_option(evaluation: Evaluation, op: Op, value: Num) -> Value:
    """Return the bounds of an operation, narrowed by trying each option of a choice that it reads twice.

    Args:
        evaluation: the evaluation of its bounds.
        op: the operation.
        value: its bounds so far.
    """
    if evaluation.is_apart:
        return value
    size, names = evaluation.read_twice.get(id(op)) or _read_twice(evaluation, op)
    for name in names:
        options = list(_options(evaluation.context.bounds_of(name)))
        if 1 < len(options) <= MOST_OPTIONS and size * len(options) <= MOST_OPERATIONS:
            found = _joined(evaluation, op, name, options)
            return met(value, found.low, found.high, found.has_zero, value.flags) if isinstance(found, Num) else value
    return value


def _read_twice(evaluation: Evaluation, op: Op) -> tuple[int, tuple[str, ...]]:
    """Return the size of an operation and the names it reads more than once, most frequent first."""
    content = _content(evaluation, op)
    names_read_twice = tuple(name for name, times in content.reads.most_common() if times > 1)
    found = evaluation.read_twice[id(op)] = content.size, names_read_twice
    return found


def _content(evaluation: Evaluation, op: Op) -> Content:
    """Return the content of an operation, including that of each `let` once."""
    known, pending = evaluation.contents, [("", op)]
    while True:
        key, part = pending[-1]
        operations = list(islice(ops.written(part), MOST_EVALUATED + 1))
        reads = Counter(read.name for read in operations if isinstance(read, ops.Read))
        below = {name: evaluation.named[name].value.op for name in reads if name in evaluation.named}
        unknown = [(name, named) for name, named in below.items() if name not in known]
        if unknown:
            pending += unknown
            continue
        pending.pop()
        choices = (read for read in operations if isinstance(read, ops.Read) and read.type.kind != "number")
        content = _cut(len(operations), Counter(choice.name for choice in choices))
        for name in below:
            content = content.plus(known[name], reads[name])
        if not pending:
            return content
        known[key] = content


def _options(value: Value | None) -> Iterator[Value]:
    """Yield each value that a choice, or a boolean, can have."""
    if isinstance(value, Options) and value.among is not None:
        yield from (Options(frozenset({option}), value.flags) for option in sorted(value.among))
    elif isinstance(value, Truth) and value.mask == 3:
        yield from (Truth(1, value.flags), Truth(2, value.flags))


def _joined(evaluation: Evaluation, op: Op, name: str, options: list[Value]) -> Value | None:
    """Return the union of the operation's bounds for all options, without keeping anything."""
    before = (evaluation.work, evaluation.again, evaluation.widest, evaluation.too_wide, evaluation.faults)
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
    evaluation.work, evaluation.again, evaluation.widest, evaluation.too_wide, evaluation.faults = before
    evaluation.is_apart = False
    return found
