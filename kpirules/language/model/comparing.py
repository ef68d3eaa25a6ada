"""The values that rules compare among the members of a cohort (§8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import fields, frozen, has

from ..expressions import Expression
from ..expressions.tree import Call, Node, OfCohort, reads, walk
from .criteria import Group, Measure, Met, Points, Rate
from .decisions import Cases
from .order import by_id
from .rulebook import Rulebook

__all__ = ["Compared", "ComparingRules", "compared", "comparing_let", "comparing_rules", "reads_rating"]

RATED = ("score", "exact_score")
RATED_PREFIXES = ("points.", "share.", "children.")


@frozen
class Compared:
    """A function over the cohort that the rules use, however often.

    Args:
        node: the function with its body.
        text: as the author wrote it first.
        path: the path of the formula that has it first.
        is_rated: True if ratings are compared, so that only rated members count.
    """

    node: OfCohort
    text: str
    path: str
    is_rated: bool


def compared(rulebook: Rulebook) -> tuple[Compared, ...]:
    """Return every function over the cohort that the rules use, each once, in the order of an assessment."""
    found: dict[OfCohort, Compared] = {}
    for path, expression in _formulas(rulebook):
        for node in expression.nodes:
            if isinstance(node, OfCohort) and node not in found:
                text = node.part.text if node.part is not None else node.function
                found[node] = Compared(node, text, path, reads_rating(node, rulebook))
    return tuple(found.values())


def reads_rating(node: Node, rulebook: Rulebook) -> bool:
    """Return whether an expression reads a result of the rating, directly or through `let`.

    Args:
        node: the expression.
        rulebook: the rulebook of the expression.
    """
    lets = {named.id: named.value for named in rulebook.let}
    pending, seen = list(reads(node)), set[str]()
    while pending:
        name = pending.pop()
        if name in RATED or name.startswith(RATED_PREFIXES):
            return True
        if name in lets and name not in seen:
            seen.add(name)
            pending += lets[name].names
    return False


@frozen
class ComparingRules:
    """The rules by which members are compared; only members with equal rules can be compared.

    Args:
        definitions: by compared expression, the definitions it reads by name, except points and scores.
        separating: the inputs that divide cohorts, with their definitions.
    """

    definitions: Mapping[Node, Mapping[str, object]]
    separating: tuple[tuple[str, object], ...]


def comparing_rules(rulebook: Rulebook) -> ComparingRules:
    """Return the rules that members are compared by, with the definitions they read (§8).

    Args:
        rulebook: the rules, without errors.
    """
    bodies = [function.node.body for function in compared(rulebook) if function.node.body is not None]
    within = () if rulebook.cohort is None else rulebook.cohort.within
    by_name = _definitions(rulebook)
    separating = tuple((id_, _without_wording(by_name[id_])) for id_ in sorted(within))
    return ComparingRules({body: _read_by(body, rulebook, by_name) for body in bodies}, separating)


def _read_by(body: Node, rulebook: Rulebook, by_name: dict[str, object]) -> dict[str, object]:
    """Return the definitions that an expression reads, directly or through `let`, by name."""
    lets = {named.id: named.value.tree for named in rulebook.let}
    tables = {table.id: table for table in rulebook.tables}
    found: dict[str, object] = {}
    pending = [body]
    while pending:
        node = pending.pop()
        called = {part.function for part in walk(node) if isinstance(part, Call)}
        found |= {f"{id_}()": _without_wording(tables[id_]) for id_ in called & tables.keys()}
        for name in reads(node):
            if name in found or name in RATED or name.startswith(("points.", "share.")):
                continue
            found[name] = lets[name] if name in lets else _without_wording(by_name.get(name))
            pending += [lets[name]] if name in lets else []
    return found


def _definitions(rulebook: Rulebook) -> dict[str, object]:
    """Return the definitions of names other than `let`."""
    found: dict[str, object] = {input_.id: input_ for input_ in rulebook.inputs}
    found |= {parameter.id: (parameter.type, parameter.value) for parameter in rulebook.parameters}
    found |= {calendar.id: calendar.calendar for calendar in rulebook.calendars}
    found |= {f"max.{criterion.id}": criterion.max for criterion in rulebook.criteria()}
    for group in rulebook.groups():
        found[f"children.{group.id}"] = tuple((child.id, child.max, child.weight) for child in group.children)
    return found


def _without_wording(value: Any) -> object:
    """Return a part of the model without its wording, so that parts with equal meaning are equal."""
    if isinstance(value, Expression):
        return value.tree
    if isinstance(value, tuple):
        return tuple(map(_without_wording, value))
    if has(type(value)):
        kept = [field.name for field in fields(type(value)) if field.eq and not field.metadata.get("wording")]
        return (type(value).__name__, *(_without_wording(getattr(value, name)) for name in kept))
    return type(value).__name__, value


def comparing_let(rulebook: Rulebook) -> frozenset[str]:
    """Return the `let` that compare members, directly or through other `let`."""
    readers: dict[str, list[str]] = {}
    pending = []
    for named in rulebook.let:
        if any(isinstance(node, OfCohort) for node in named.value.nodes):
            pending.append(named.id)
        for name in named.value.names:
            readers.setdefault(name, []).append(named.id)
    found: set[str] = set()
    while pending:
        id_ = pending.pop()
        if id_ not in found:
            found.add(id_)
            pending += readers.get(id_, ())
    return frozenset(found)


def _formulas(rulebook: Rulebook) -> Iterator[tuple[str, Expression]]:
    """Yield the formulas that may compare members, each with its path."""
    for named in rulebook.let:
        yield named.words.path, named.value
    for criterion in rulebook.root.walk() if rulebook.root is not None else ():
        path = criterion.words.path
        if criterion.applies is not None:
            yield f"{path}.applies", criterion.applies
        match criterion.body:
            case Points(value=formula) | Group(points=Expression() as formula):
                yield f"{path}.points", formula
            case Rate(value=formula):
                yield f"{path}.rate", formula
            case Met(condition=formula):
                yield f"{path}.met", formula
            case Measure(measure=formula):
                yield f"{path}.measure", formula
            case Cases(rows=rows):
                yield from ((f"{path}.cases", formula) for row in rows for formula in row.conditions)
    for limit in rulebook.score_limits:
        if limit.when is not None:
            yield f"{limit.words.path}.when", limit.when
        yield f"{limit.words.path}.at_most", limit.at_most
    if rulebook.bands is not None:
        if rulebook.bands.measure is not None:
            yield f"{rulebook.bands.words.path}.measure", rulebook.bands.measure
        for band in rulebook.bands.levels:
            yield from ((requirement.words.path, requirement.that) for requirement in by_id(band.requires))
    for override in rulebook.overrides:
        if override.when is not None:
            yield f"{override.words.path}.when", override.when
        if isinstance(override.target, Expression):
            yield f"{override.words.path}.{override.kind}", override.target
    for named in rulebook.outputs:
        yield named.words.path, named.value
    for invariant in by_id(rulebook.invariants):
        yield invariant.words.path, invariant.that
