"""The order of evaluation: each part after all it reads, otherwise by id (§4.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from heapq import heapify, heappop, heappush
from operator import attrgetter
from typing import Any, TypeVar

from ..expressions import Expression, reads
from .criteria import Criterion, Group, Measure, Met, Points, Rate
from .decisions import Cases
from .nodes import Named
from .rulebook import Rulebook

__all__ = ["by_id", "formula", "formulas", "judging_order", "output_order"]

Part = TypeVar("Part", bound=Any)


def by_id(parts: Iterable[Part]) -> list[Part]:
    """Return parts sorted by id, so that the first fault does not depend on their order."""
    return sorted(parts, key=attrgetter("id"))


def judging_order(rulebook: Rulebook) -> tuple[Criterion, ...]:
    """Return criteria in the order they are judged: a group after its children, the score last."""
    if rulebook.root is None:
        return ()
    criteria = {criterion.id: criterion for criterion in rulebook.root.walk()}
    lets = {named.id: named.value for named in rulebook.let}

    def read(expressions: list[Expression]) -> set[str]:
        """Return the criteria that expressions read, directly or through `let`."""
        found: set[str] = set()
        seen: set[str] = set()
        while expressions:
            for name in reads(expressions.pop().tree):
                owner, _, id_ = name.rpartition(".")
                if owner in ("points", "share"):
                    found.add(id_)
                elif owner == "children":
                    found.update(child.id for child in criteria[id_].children)
                elif name in lets and name not in seen:
                    seen.add(name)
                    expressions.append(lets[name])
        return found

    needs: dict[str, set[str]] = {}

    def visit(criterion: Criterion, above: set[str]) -> None:
        """Visit a criterion; the conditions above it come before anything below."""
        above = above | read([criterion.applies] if criterion.applies else [])
        needs[criterion.id] = above | read(list(formulas(criterion))) | {c.id for c in criterion.children}
        for child in criterion.children:
            visit(child, above)

    visit(rulebook.root, set())
    return tuple(criteria[id_] for id_ in _in_order(needs))


def output_order(rulebook: Rulebook) -> tuple[Named, ...]:
    """Return outputs in the order they are computed, without those that an input or `let` of the same name hides."""
    outputs = {named.id: named for named in rulebook.outputs}
    flat = (rulebook.inputs, rulebook.parameters, rulebook.calendars, rulebook.let)
    readable = outputs.keys() - {part.id for parts in flat for part in parts}
    needs = {id_: readable & set(reads(named.value.tree)) for id_, named in outputs.items()}
    return tuple(outputs[id_] for id_ in _in_order(needs))


def _in_order(needs: Mapping[str, Set[str]]) -> list[str]:
    """Return ids, each after those it waits for, otherwise sorted."""
    waiting_for = {id_: len(others) for id_, others in needs.items()}
    readers: dict[str, list[str]] = {id_: [] for id_ in needs}
    for id_, others in needs.items():
        for other in others:
            readers[other].append(id_)
    ready = [id_ for id_, count in waiting_for.items() if count == 0]
    heapify(ready)
    order = []
    while ready:
        order.append(heappop(ready))
        for id_ in readers[order[-1]]:
            waiting_for[id_] -= 1
            if waiting_for[id_] == 0:
                heappush(ready, id_)
    return order


def formulas(criterion: Criterion) -> tuple[Expression, ...]:
    """Return the expressions that give a criterion's points; none if they are entered or combined."""
    if isinstance(criterion.body, Cases):
        return tuple(condition for row in criterion.body.rows for condition in row.conditions)
    only_formula = formula(criterion)
    return () if only_formula is None else (only_formula,)


def formula(criterion: Criterion) -> Expression | None:
    """Return the only expression that gives a criterion's points; None if there are none or several."""
    match criterion.body:
        case Points(value=expression) | Rate(value=expression):
            return expression
        case Met(condition=expression) | Measure(measure=expression):
            return expression
        case Group(points=points):
            return points
        case _:
            return None
