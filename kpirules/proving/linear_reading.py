"""What a plan says about where operations stand, and with which numbers it compares."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..plan import Plan, ops
from ..plan.ops import Item, Op, Read, walk
from ..plan.plan import formulas

__all__ = ["constants_of", "places_of"]


def places_of(plan: Plan, op: Op) -> Iterator[int]:
    """The steps in which an operation may be evaluated."""
    holding = {name for name, value in plan.let.items() if _holds(value.op, op)}
    fields = {
        (records.id, value.id) for records in plan.records.values() for value in records.let if _holds(value.op, op)
    }
    changed = True
    while changed:
        size = len(holding), len(fields)
        holding |= {name for name, value in plan.let.items() if _reads(value.op, holding, fields)}
        fields |= {
            (records.id, value.id)
            for records in plan.records.values()
            for value in records.let
            if _reads(value.op, holding, fields)
        }
        changed = size != (len(holding), len(fields))
    for index, step in enumerate(plan.steps):
        if any(_holds(one, op) or _reads(one, holding, fields) for _, one in formulas(step)):
            yield index


def _holds(op: Op, part: Op) -> bool:
    return any(one is part for one in walk(op))


def _reads(op: Op, names: set[str], fields: set[tuple[str, str]]) -> bool:
    items = {name for _, name in fields}
    return any(
        (isinstance(one, Read) and one.name in names) or (isinstance(one, Item) and one.name in items)
        for one in walk(op)
    )


def constants_of(plan: Plan) -> tuple[Fraction, ...]:
    """Numbers that the rules compare with."""
    found: dict[Fraction, None] = {}
    for _, op in plan.operations():
        for part in walk(op):
            if isinstance(part, ops.Chain):
                values = [one.value for one in part.operands if isinstance(one, ops.Const)]
                found |= {value: None for value in values if isinstance(value, Fraction)}
            elif isinstance(part, ops.Passed):
                found |= dict.fromkeys(part.thresholds)
    return tuple(found)[:20]
