"""What the rules compare among the members of a cohort (§8)."""

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
    """A function over the cohort, as often as it may be written.

    Args:
        node: the function, with what is compared.
        text: as the author wrote it where it stands first.
        path: the way to the formula in which that is.
        is_rated: True where the rating of members is compared, so that only rated ones count.
    """

    node: OfCohort
    text: str
    path: str
    is_rated: bool


def compared(rulebook: Rulebook) -> tuple[Compared, ...]:
    """Every function over the cohort that the rules ask for, each once, in the order of an assessment."""
    found: dict[OfCohort, Compared] = {}
    for path, expression in _formulas(rulebook):
        for node in expression.nodes:
            if isinstance(node, OfCohort) and node not in found:
                text = node.part.text if node.part is not None else node.function
                found[node] = Compared(node, text, path, reads_rating(node, rulebook))
    return tuple(found.values())


def reads_rating(node: Node, rulebook: Rulebook) -> bool:
    """Whether an expression reads what only a rating gives, also through `let`.

    Args:
        node: the expression.
        rulebook: in which it stands.
    """
    lets = {named.id: named.value for named in rulebook.let}
    waiting, seen = list(reads(node)), set[str]()
    while waiting:
        name = waiting.pop()
        if name in RATED or name.startswith(RATED_PREFIXES):
            return True
        if name in lets and name not in seen:
            seen.add(name)
            waiting += lets[name].names
    return False


@frozen
class ComparingRules:
    """What decides with whom members can be compared: members of rulebooks with equal rules can be.

    Args:
        definitions: of all that each compared expression reads but points and scores, by name, by that expression.
        separating: the inputs that separate cohorts, with their definitions.
    """

    definitions: Mapping[Node, Mapping[str, object]]
    separating: tuple[tuple[str, object], ...]


def comparing_rules(rulebook: Rulebook) -> ComparingRules:
    """What members are compared by, with the definitions of what that reads (§8).

    Args:
        rulebook: without errors.
    """
    bodies = [one.node.body for one in compared(rulebook) if one.node.body is not None]
    within = () if rulebook.cohort is None else rulebook.cohort.within
    by_name = _definitions(rulebook)
    separating = tuple((id_, _plain(by_name[id_])) for id_ in sorted(within))
    return ComparingRules({body: _read_by(body, rulebook, by_name) for body in bodies}, separating)


def _read_by(body: Node, rulebook: Rulebook, by_name: dict[str, object]) -> dict[str, object]:
    """The definitions of all that an expression reads, also through `let`, by name."""
    lets = {named.id: named.value.tree for named in rulebook.let}
    tables = {table.id: table for table in rulebook.tables}
    found: dict[str, object] = {}
    waiting = [body]
    while waiting:
        node = waiting.pop()
        called = {part.function for part in walk(node) if isinstance(part, Call)}
        found |= {f"{id_}()": _plain(tables[id_]) for id_ in called & tables.keys()}
        for name in reads(node):
            if name in found or name in RATED or name.startswith(("points.", "share.")):
                continue
            found[name] = lets[name] if name in lets else _plain(by_name.get(name))
            waiting += [lets[name]] if name in lets else []
    return found


def _definitions(rulebook: Rulebook) -> dict[str, object]:
    """What names other than `let` stand for."""
    found: dict[str, object] = {one.id: one for one in rulebook.inputs}
    found |= {one.id: (one.type, one.value) for one in rulebook.parameters}
    found |= {one.id: one.calendar for one in rulebook.calendars}
    found |= {f"max.{one.id}": one.max for one in rulebook.criteria()}
    for group in rulebook.groups():
        found[f"children.{group.id}"] = tuple((one.id, one.max, one.weight) for one in group.children)
    return found


def _plain(value: Any) -> object:
    """A part of the model without its wording, so that equal ones mean the same."""
    if isinstance(value, Expression):
        return value.tree
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if has(type(value)):
        kept = [one.name for one in fields(type(value)) if one.eq and not one.metadata.get("wording")]
        return (type(value).__name__, *(_plain(getattr(value, name)) for name in kept))
    return type(value).__name__, value


def comparing_let(rulebook: Rulebook) -> frozenset[str]:
    """The `let` that compare members, also through other `let`."""
    readers: dict[str, list[str]] = {}
    waiting = []
    for named in rulebook.let:
        if any(isinstance(node, OfCohort) for node in named.value.nodes):
            waiting.append(named.id)
        for name in named.value.names:
            readers.setdefault(name, []).append(named.id)
    found: set[str] = set()
    while waiting:
        id_ = waiting.pop()
        if id_ not in found:
            found.add(id_)
            waiting += readers.get(id_, ())
    return frozenset(found)


def _formulas(rulebook: Rulebook) -> Iterator[tuple[str, Expression]]:
    """The formulas in which members may be compared, with the way to each."""
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
            yield from ((one.words.path, one.that) for one in by_id(band.requires))
    for override in rulebook.overrides:
        if override.when is not None:
            yield f"{override.words.path}.when", override.when
        if isinstance(override.target, Expression):
            yield f"{override.words.path}.{override.kind}", override.target
    for named in rulebook.outputs:
        yield named.words.path, named.value
    for invariant in by_id(rulebook.invariants):
        yield invariant.words.path, invariant.that
