"""A rulebook lowered once: its inputs, named values, and the steps of an assessment in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from fractions import Fraction

from attrs import field, frozen

from ..kernel.mappings import FrozenMap
from ..language.expressions.tree import Node
from .ops import Item, Op, Read, Undefined, walk
from .steps import (
    Applies,
    Banding,
    CohortValue,
    Combination,
    Exempt,
    Holds,
    Judge,
    Output,
    Override,
    Records,
    Step,
    Total,
    Validate,
    Value,
    Variable,
)

__all__ = ["Member", "Plan", "formulas", "may_be_undefined"]


@frozen
class Member:
    """A child of a group, as an aggregate over `children.<group>` reads it."""

    id: str
    max: Fraction | None
    weight: Fraction
    has_share: bool


@frozen(eq=False)
class Plan:
    """The ordered, typed steps that engines run.

    Args:
        inputs: the inputs, in the order of the rulebook.
        records: the computed fields of records, by list.
        let: named values by id, each after those it reads.
        children: the children that aggregates go through, by group.
        steps: the steps, in the order of an assessment.
        criteria: the max of every criterion below the score, in the order of the rulebook.
        bands: the ids of the bands, best first.
        tables: the body of each called table over `Local`, by its id and the kind of its argument.
        undefined: the `let` and computed fields (`list.field`) that a row may leave undefined.
        cohort: the values that are compared between members.
        max_members: the most members that a cohort may have.
        moves: the bands that quotas limit, each with the band that members move to.
        origins: the expressions that operations were lowered from, by the identity of the operation.
    """

    inputs: tuple[Variable, ...]
    records: FrozenMap[str, Records]
    let: FrozenMap[str, Value]
    children: FrozenMap[str, tuple[Member, ...]]
    steps: tuple[Step, ...]
    criteria: FrozenMap[str, Fraction | None]
    bands: tuple[str, ...]
    tables: FrozenMap[tuple[str, tuple[Op, ...]], Op]
    undefined: frozenset[str]
    cohort: tuple[CohortValue, ...] = ()
    max_members: int = 1
    moves: tuple[tuple[str, str], ...] = ()
    origins: Mapping[int, tuple[Op, Node]] = field(factory=dict, repr=False)

    def origin(self, op: Op) -> Node | None:
        """Return the expression that an operation was lowered from."""
        found = self.origins.get(id(op))
        return None if found is None else found[1]

    def may_be_undefined(self, op: Op) -> bool:
        """Return whether a row may leave an operation undefined, directly or through what it reads."""
        return may_be_undefined(op, self.undefined)

    def operations(self) -> Iterator[tuple[str, Op]]:
        """Yield every formula with its path in the document."""
        for records in self.records.values():
            for value in records.let:
                yield value.path, value.op
        for value in self.let.values():
            yield value.path, value.op
        for compared in self.cohort:
            yield compared.path, compared.op
        for step in self.steps:
            yield from formulas(step)


def may_be_undefined(op: Op, undefined: Set[str]) -> bool:
    """Return whether a row may leave an operation undefined, given the `let` and fields that may be."""
    for part in walk(op):
        match part:
            case Undefined():
                return True
            case Read(name=name) if name in undefined:
                return True
            case Item(name=name, is_let=True) if any(field.endswith(f".{name}") for field in undefined):
                return True
    return False


def formulas(step: Step) -> Iterator[tuple[str, Op]]:
    """Yield the formulas of a step, each with its path."""
    match step:
        case Exempt(when=op, path=path) | Applies(when=op, path=path):
            yield path, op
        case Validate(that=op, path=path) | Holds(that=op, path=path) | Output(op=op, path=path):
            yield path, op
        case Judge(body=Combination(points=points), key=key):
            if points is not None:
                yield key, points
        case Judge(body=op, key=key):
            assert not isinstance(op, Combination)
            yield key, op
        case Total(limits=limits):
            for limit in limits:
                if limit.when is not None:
                    yield f"{limit.path}.when", limit.when
                yield f"{limit.path}.at_most", limit.at_most
        case Banding(levels=levels, measure=measure, path=path):
            if measure is not None:
                yield f"{path}.measure", measure
            for level in levels:
                for requirement in level.requires:
                    yield requirement.path, requirement.that
        case Override(when=when, target=target, kind=kind, path=path):
            if when is not None:
                yield f"{path}.when", when
            if not isinstance(target, str):
                yield f"{path}.{kind}", target
        case _:
            return
