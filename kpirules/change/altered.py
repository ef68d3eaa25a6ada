"""The operations in which two plans differ: the smallest ones, and the numbers in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any

from attrs import evolve, fields, frozen

from ..language.expressions import BOOLEAN
from ..language.model import Rulebook
from ..plan import Plan
from ..plan.ops import Bind, Chain, Const, Default, Item, Logic, Not, Op, Over, Read, is_closed, operands, walk

__all__ = ["Altered", "altered", "numbers_apart", "only_in_one", "records_apart"]

Wrap = Callable[[Op], Op]

MOST_NUMBERS = 24
"""The most numbers that subjects are tried with."""


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


def records_apart(old: Plan, new: Plan) -> Iterator[Op]:
    """Yield conditions that hold if a record of a list has different values under two plans.

    Args:
        old, new: two plans.
    """
    known = _names(old)
    for own in old.records.values():
        known |= {field.id for field in own.fields} | {value.id for value in own.let}
    for records, one, other in _pairs_of_records(old, new):
        for before, after in dict.fromkeys([*_smallest(one, other, lambda op: op), (one, other)]):
            for condition in _conditions_apart(before, after):
                if is_closed(condition, in_records=True) and _reads(condition, Read | Item) <= known:
                    yield Over("any", records, None, _never_absent(condition), BOOLEAN)


def _conditions_apart(one: Op, other: Op) -> Iterator[Op]:
    """Yield conditions for which two operations have, or may have, different values."""
    if one.type.kind == other.type.kind == "boolean":
        for holds, fails in ((one, other), (other, one)):
            yield Logic("and", (_never_absent(holds), Not(_never_absent(fails), BOOLEAN)), BOOLEAN)
        return
    if one.type.kind == other.type.kind == "number":
        is_optional = one.type.is_optional or other.type.is_optional
        yield Chain((one, other), ("!=",), (), BOOLEAN.optional if is_optional else BOOLEAN)
    yield from (part for part in _in_one_only(one, other) if part.type.kind == "boolean")


def _never_absent(condition: Op) -> Op:
    # Distances to a goal are measured inside a condition, but not inside `default`.
    return Default(condition, Const(False, BOOLEAN), BOOLEAN) if condition.type.is_optional else condition


def _in_one_only(one: Op, other: Op) -> Iterator[Op]:
    """Yield the parts that only one of two operations has."""
    parts, others = set(walk(one)), set(walk(other))
    yield from (part for part in walk(one) if part not in others)
    yield from (part for part in walk(other) if part not in parts)


def _pairs_of_records(old: Plan, new: Plan) -> Iterator[tuple[Read, Op, Op]]:
    """Yield formulas about records that differ: computed fields, then the conditions and bodies of aggregates."""
    lists = {variable.id: variable.type for variable in old.inputs}
    for id_, records in old.records.items():
        others = {value.id: value.op for value in new.records[id_].let} if id_ in new.records else {}
        pairs = [(value.op, others[value.id]) for value in records.let if value.id in others]
        yield from ((Read(id_, lists[id_]), one, other) for one, other in pairs if one != other)
    for _, formula, formula_after in _pairs(old, new):
        for one, other in _smallest(formula, formula_after, lambda op: op):
            if isinstance(one, Over) and isinstance(other, Over) and one.records == other.records:
                if one.records.name not in lists:
                    continue
                if one.condition is not None and other.condition is not None and one.condition != other.condition:
                    yield one.records, one.condition, other.condition
                if one.body != other.body:
                    yield one.records, one.body, other.body


def only_in_one(old: Plan, new: Plan) -> Iterator[tuple[str, Op]]:
    """Yield the conditions that only one of two plans has, if the old plan has the names that they read.

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
    """Return the attributes of an operation other than its operands."""
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


def _reads(op: Op, kinds: Any = Read) -> set[str]:
    return {part.name for part in walk(op) if isinstance(part, kinds)}


def _numbers(op: Op) -> Iterator[Fraction]:
    yield from (part.value for part in walk(op) if isinstance(part, Const) and isinstance(part.value, Fraction))


def _ends(rulebook: Rulebook) -> dict[Fraction, None]:
    levels = () if rulebook.bands is None else rulebook.bands.levels
    found = (end for level in levels for end in (level.interval.lower, level.interval.upper))
    return dict.fromkeys(end for end in found if end is not None)
