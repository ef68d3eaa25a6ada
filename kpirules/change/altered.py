"""The operations in which two plans differ: the smallest ones, and the numbers in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any

from attrs import evolve, fields, frozen

from ..language.model import Rulebook
from ..plan import Plan
from ..plan.ops import Bind, Const, Op, Over, Read, is_closed, operands, walk

__all__ = ["Altered", "altered", "numbers_apart", "only_in_one"]

Wrap = Callable[[Op], Op]

MOST_NUMBERS = 24


@frozen
class Altered:
    """An operation of one plan with the operation of the other plan in its place.

    Args:
        path: the path of the formula.
        old, new: the operations; both can be evaluated by themselves.
    """

    path: str
    old: Op
    new: Op


def altered(old: Plan, new: Plan) -> Iterator[Altered]:
    """Yield the formulas that differ, each whole, then the smallest parts of it that differ.

    Formulas of records, and those that read what the old plan lacks, are left out.

    Args:
        old, new: two plans.
    """
    known = _names(old)
    for path, one, other in _pairs(old, new):
        for before, after in dict.fromkeys([(one, other), *_smallest(one, other, lambda op: op)]):
            if is_closed(before) and is_closed(after) and _reads(after) <= known:
                yield Altered(path, before, after)


def only_in_one(old: Plan, new: Plan) -> Iterator[tuple[str, Op]]:
    """Yield the conditions that only one of two plans has, if the old one has what they read.

    Args:
        old, new: two plans.
    """
    before, after, known = dict(old.operations()), dict(new.operations()), _names(old)
    for path, op in (*before.items(), *after.items()):
        is_in_both = path in before and path in after
        if not is_in_both and op.type.kind == "boolean" and is_closed(op) and _reads(op) <= known:
            yield path, op


def numbers_apart(old: Plan, new: Plan, *rulebooks: Rulebook) -> tuple[Fraction, ...]:
    """Return the numbers in which two plans differ, then the others in the formulas that differ.

    Args:
        old, new: two plans.
        rulebooks: those that declare the bands of both.
    """
    pairs = list(_pairs(old, new))
    parts = [part for _, one, other in pairs for pair in _smallest(one, other, lambda op: op) for part in pair]
    ends = [_ends(rulebook) for rulebook in rulebooks]
    apart = [number for own in ends for number in own if not all(number in other for other in ends)]
    wholes = [op for _, *pair in pairs for op in pair]
    found = dict.fromkeys([*apart, *(number for op in (*parts, *wholes) for number in _numbers(op))])
    return tuple(found)[:MOST_NUMBERS]


def _pairs(old: Plan, new: Plan) -> Iterator[tuple[str, Op, Op]]:
    others = dict(new.operations())
    for path, op in old.operations():
        if path in others and others[path] != op:
            yield path, op, others[path]


def _smallest(one: Op, other: Op, wrap: Wrap) -> Iterator[tuple[Op, Op]]:
    """Yield the smallest pairs that differ, with the values that they need bound around them."""
    if one == other:
        return
    parts, others = operands(one), operands(other)
    if _own(one) != _own(other) or len(parts) != len(others) or isinstance(one, Over) or not parts:
        yield wrap(one), wrap(other)
        return
    for part, its in zip(parts, others, strict=True):
        is_body = isinstance(one, Bind) and part is one.body
        yield from _smallest(part, its, _bound(one, wrap) if isinstance(one, Bind) and is_body else wrap)


def _bound(bind: Bind, wrap: Wrap) -> Wrap:
    is_optional = any(value.type.is_optional for value in bind.values)
    return lambda op: wrap(evolve(bind, body=op, type=op.type.optional if is_optional else op.type))


def _own(op: Op) -> tuple[Any, ...]:
    """Return what an operation is besides its operands."""
    kind: Any = type(op)
    return kind, *(getattr(op, name) for name in _names_of_own(kind))


@cache
def _names_of_own(kind: Any) -> tuple[str, ...]:
    holding = {"operand", "operands", "left", "right", "base", "arguments", "condition", "then", "otherwise"}
    holding |= {"values", "body", "in_place", "cases", "records"}
    return tuple(attribute.name for attribute in fields(kind) if attribute.name not in holding)


def _names(plan: Plan) -> set[str]:
    """Return the names that formulas of a plan may read."""
    read = {name for _, op in plan.operations() for name in _reads(op)}
    return read | {input_.id for input_ in plan.inputs} | set(plan.let)


def _reads(op: Op) -> set[str]:
    return {part.name for part in walk(op) if isinstance(part, Read)}


def _numbers(op: Op) -> Iterator[Fraction]:
    yield from (part.value for part in walk(op) if isinstance(part, Const) and isinstance(part.value, Fraction))


def _ends(rulebook: Rulebook) -> dict[Fraction, None]:
    levels = () if rulebook.bands is None else rulebook.bands.levels
    found = (end for level in levels for end in (level.interval.lower, level.interval.upper))
    return dict.fromkeys(end for end in found if end is not None)
