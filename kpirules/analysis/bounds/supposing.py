"""Whether conditions can have given outcomes together, trying each value of inputs with few values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from math import prod
from typing import TYPE_CHECKING

from ...language.model import Interval
from ...plan import ops
from ...plan.ops import Op
from .assuming import assume
from .banding import overlap
from .num import Num
from .numbers import constant
from .values import Options, Truth, Value, flagged

if TYPE_CHECKING:
    from .evaluating import Evaluation

__all__ = ["can_come_out", "is_decided", "supposing"]

MOST_VALUES = 32
"""The most values of an input that are tried one by one."""

MOST_COMBINATIONS, MOST_OPERATIONS = 2_000, 10_000
"""The most combinations of values that are tried, and the most operations evaluated for all of them."""

COPIED = ("faults", "values", "conditions", "taken")
RESTORED = (*COPIED, "work", "again", "widest", "too_wide", "evaluated_again")
"""The state that evaluating changes besides the context; the first are mappings."""


def can_come_out(
    evaluation: Evaluation,
    outcomes: Sequence[tuple[Op, bool]],
    numbers: Mapping[str, Interval],
    most: int = MOST_OPERATIONS,
) -> bool:
    """Return whether some subject may have these outcomes; False if none can.

    Args:
        evaluation: the evaluation of a plan so far.
        outcomes: conditions, each with its outcome.
        numbers: intervals that must contain named numbers.
        most: the most operations evaluated for all combinations together.
    """
    with supposing(evaluation):
        context = evaluation.context
        for name, interval in numbers.items():
            known = context.bounds_of(name)
            inside = overlap(known, interval) if isinstance(known, Num) else None
            if isinstance(known, Num) and inside is None:
                return False
            if inside is not None:
                context.learn(name, inside)
        return any(
            _are_possible(evaluation, outcomes, values) for values in _combinations(evaluation, outcomes, most)
        )


def is_decided(evaluation: Evaluation, op: Op, outcome: bool) -> bool:
    """Return whether a condition has an outcome for every subject, even where it is not evaluated."""
    if not ops.is_closed(op):
        return False
    with supposing(evaluation):
        value = evaluation.value(op)
    return isinstance(value, Truth) and value.mask == (1 if outcome else 2)


@contextmanager
def supposing(evaluation: Evaluation) -> Iterator[None]:
    """Restore the state of an evaluation at the end of the block."""
    before = {name: getattr(evaluation, name) for name in RESTORED}
    mark = evaluation.context.mark()
    evaluation.evaluated_again = 0
    for name in COPIED:
        setattr(evaluation, name, dict(before[name]))
    evaluation.is_apart = True
    evaluation.quiet += 1
    try:
        yield
    finally:
        evaluation.quiet -= 1
        evaluation.is_apart = False
        evaluation.context.back(mark)
        for name, value in before.items():
            setattr(evaluation, name, value)


def _are_possible(evaluation: Evaluation, outcomes: Sequence[tuple[Op, bool]], values: Mapping[str, Value]) -> bool:
    """Return whether the outcomes are possible with these values of some inputs."""
    context = evaluation.context
    mark = context.mark()
    for name, value in values.items():
        context.learn(name, value)
    try:
        # A later condition may rule out an earlier one.
        for op, outcome in (*outcomes, *outcomes[:-1]):
            value = evaluation.value(op)
            if not isinstance(value, Truth) or not value.mask & (1 if outcome else 2):
                return False
            if not assume(evaluation, op, outcome):
                return False
        return True
    finally:
        context.back(mark)


def _combinations(
    evaluation: Evaluation, outcomes: Sequence[tuple[Op, bool]], most: int
) -> Iterator[Mapping[str, Value]]:
    """Yield every combination of values of the inputs that conditions read, if they have few."""
    names, size = _reads(evaluation, [op for op, _ in outcomes])
    most = min(MOST_COMBINATIONS, most // max(size, 1))
    chosen: dict[str, list[Value]] = {}
    for name in names:
        values = list(islice(_values(evaluation.context.bounds_of(name)), MOST_VALUES + 1))
        if 1 < len(values) <= MOST_VALUES and len(values) * prod(map(len, chosen.values())) <= most:
            chosen[name] = values
    yield from _crossed(list(chosen.items()))


def _crossed(chosen: list[tuple[str, list[Value]]]) -> Iterator[dict[str, Value]]:
    if not chosen:
        yield {}
        return
    (name, values), *rest = chosen
    for others in _crossed(rest):
        for value in values:
            yield {name: value, **others}


def _reads(evaluation: Evaluation, pending: list[Op]) -> tuple[list[str], int]:
    """Return the inputs that operations read, also through `let`, fewest values first; and the total size."""
    found: dict[str, None] = {}
    size, seen = 0, set[str]()
    inputs = {variable.id for variable in evaluation.plan.inputs}
    while pending:
        for part in ops.written(pending.pop()):
            size += 1
            if not isinstance(part, ops.Read) or part.name in seen:
                continue
            seen.add(part.name)
            if part.name in evaluation.named:
                pending.append(evaluation.named[part.name].value.op)
            elif part.name in inputs:
                found[part.name] = None
    kinds = {name: isinstance(evaluation.context.bounds_of(name), Num) for name in found}
    return sorted(found, key=lambda name: kinds[name]), size


def _values(value: Value | None) -> Iterator[Value]:
    """Yield each value of an input with few values."""
    match value:
        case Options(among=among) if among is not None:
            yield from (Options(frozenset({option}), value.flags) for option in sorted(among))
        case Truth(mask=3):
            yield from (Truth(1, value.flags), Truth(2, value.flags))
        case Num(low=low, high=high, denominator=denominator, factors=()) if low is not None and high is not None:
            count = (high - low) * denominator
            first = low * denominator
            if count <= MOST_VALUES and Fraction(first).denominator == 1:
                for index in range(int(count) + 1):
                    yield flagged(constant(Fraction(int(first) + index, denominator)), value.flags)
        case _:
            return
