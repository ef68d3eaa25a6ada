"""What the rules compare among the members of a cohort (§8)."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from ..expressions import Expression
from ..expressions.tree import Node, OfCohort, reads
from .criteria import Group, Measure, Met, Points, Rate
from .order import by_id
from .rulebook import Rulebook

__all__ = ["Compared", "compared", "comparing_let", "reads_rating"]

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
