"""What a plan says about where operations stand, and with which numbers it compares."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from ..plan import Plan, ops
from ..plan.ops import Item, Op, Read, walk
from ..plan.plan import formulas

__all__ = ["constants_of", "places_of"]


def places_of(plan: Plan, op: Op) -> Iterator[int]:
    """The steps in which an operation may be evaluated."""
    holders, readers = _uses(plan)
    found = dict.fromkeys(holders.get(id(op), ()))
    waiting = list(found)
    while waiting:
        place = waiting.pop()
        more = [] if isinstance(place, int) else [one for one in readers.get(place, ()) if one not in found]
        found |= dict.fromkeys(more)
        waiting += more
    yield from sorted(place for place in found if isinstance(place, int))


_Place = int | tuple[str, str]
"""A step, or what it may read: a `let` with its name, a computed field with its name."""


@lru_cache(maxsize=2)
def _uses(plan: Plan) -> tuple[dict[int, dict[_Place, None]], dict[_Place, dict[_Place, None]]]:
    """Where each part of an operation stands, by its identity, and who reads what is computed."""
    holders: dict[int, dict[_Place, None]] = {}
    readers: dict[_Place, dict[_Place, None]] = {}
    for place, op in _formulas(plan):
        for part in walk(op):
            holders.setdefault(id(part), {})[place] = None
            match part:
                case Read(name=name):
                    readers.setdefault(("let", name), {})[place] = None
                case Item(name=name):
                    # Fields of one name are treated alike, whatever list they are of.
                    readers.setdefault(("item", name), {})[place] = None
                case _:
                    pass
    return holders, readers


def _formulas(plan: Plan) -> Iterator[tuple[_Place, Op]]:
    for name, value in plan.let.items():
        yield ("let", name), value.op
    for records in plan.records.values():
        for value in records.let:
            yield ("item", value.id), value.op
    for index, step in enumerate(plan.steps):
        for _, op in formulas(step):
            yield index, op


@lru_cache(maxsize=2)
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
