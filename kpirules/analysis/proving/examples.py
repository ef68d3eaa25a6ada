"""The subjects of a rulebook's own examples: searches begin with them, and move what they find towards them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from ...engines.scalar import ScalarEngine
from ...kernel.mappings import FrozenMap
from ...language.model import DateDomain, Domain, Example, ListDomain, Rulebook
from ...plan import Plan
from .goals import Arguments
from .subjects import are_valid

__all__ = ["given_in_examples", "hashable", "nearer", "subjects_of_examples"]

NEAREST = 3
"""Examples whose values a subject takes over, to be plainer."""


def given_in_examples(rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """Yield the inputs of each example, and of each member of its cohort, with those of the examples it extends."""
    by_name = {example.name: example for example in rulebook.examples}
    for example in rulebook.examples:
        given = _with_inherited(example, by_name)
        for own in example.members.values() or [FrozenMap[str, object]()]:
            yield {id_: value for id_, value in {**given, **own}.items() if value is not None}


def _with_inherited(example: Example, by_name: Mapping[str, Example]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    name: str | None = example.name
    while name is not None:
        given = {**by_name[name].given, **given}
        name = by_name[name].like
    return given


def subjects_of_examples(rulebook: Rulebook, plan: Plan, engine: ScalarEngine) -> tuple[Arguments, ...]:
    """Return the valid subjects of a rulebook's examples, as the engine takes them.

    Args:
        rulebook: the rules.
        plan: its plan; its inputs may be narrowed to one variant and edition.
        engine: the engine that takes them.
    """
    declared = {input_.id: input_.domain for input_ in plan.inputs}
    found: dict[Arguments, None] = {}
    for given in given_in_examples(rulebook):
        own = {id_: _typed(value, declared[id_]) for id_, value in given.items() if id_ in declared}
        admitted = engine.admit(own)
        arguments = None if admitted is None else hashable(admitted[0])
        if arguments is not None and are_valid(plan, arguments):
            found[arguments] = None
    return tuple(found)


def _typed(value: Any, domain: Domain) -> Any:
    """Return a value with days as dates; anything else unchanged."""
    match domain:
        case DateDomain() if isinstance(value, str):
            with suppress(ValueError):
                return date.fromisoformat(value)
        case ListDomain(fields=fields) if isinstance(value, Sequence):
            own = {field.id: field.domain for field in fields}
            return [
                {id_: _typed(part, own[id_]) if id_ in own else part for id_, part in record.items()}
                for record in value
            ]
    return value


def hashable(arguments: Arguments) -> Arguments:
    """Return arguments with the records of a list as a tuple."""
    return tuple(tuple(value) if isinstance(value, list) else value for value in arguments)


def nearer(arguments: Arguments, examples: Sequence[Arguments], is_wanted: Callable[[Arguments], bool]) -> Arguments:
    """Return a wanted subject with as many inputs as possible taken from a few examples, the nearest first.

    Args:
        arguments: a wanted subject.
        examples: other subjects.
        is_wanted: whether a subject may replace it.
    """
    taken: set[int] = set()
    near = sorted(examples, key=lambda other: -sum(map(_equal, arguments, other)))
    for other in near[:NEAREST]:
        free = [place for place in range(len(arguments)) if place not in taken]
        arguments = _with_values_of(arguments, other, free, is_wanted)
        taken |= {place for place, value in enumerate(arguments) if _equal(value, other[place])}
    return arguments


def _equal(value: Any, other: Any) -> bool:
    return bool(value == other)


def _with_values_of(
    arguments: Arguments, other: Arguments, places: list[int], is_wanted: Callable[[Arguments], bool]
) -> Arguments:
    pending = [[place for place in places if arguments[place] != other[place]]]
    while pending:
        replaced = pending.pop()
        following = tuple(other[place] if place in replaced else value for place, value in enumerate(arguments))
        if is_wanted(following):
            arguments = following
        elif len(replaced) > 1:
            # Few inputs matter, so the others are replaced many at a time.
            middle = len(replaced) // 2
            pending += [replaced[middle:], replaced[:middle]]
    return arguments
