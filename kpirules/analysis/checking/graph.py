"""The dependency graph of a rulebook: the order of evaluation, and cycles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from ...language.model import Criterion, ListDomain, Rulebook
from .places import GIVEN, ITEM, OUTPUT, TABLE, Place, applies_of

__all__ = ["Graph", "dependencies", "node_of"]

Edges = dict[str, tuple[str, ...]]


@frozen
class Graph:
    """The named parts of a rulebook, each after all it reads.

    Args:
        order: `let` by id, criteria as `points.<id>` (the score as `score`), the conditions of
            criteria, outputs, computed fields; parts of a cycle follow as early as possible.
        cycles: cycles, each from the reader to what it reads, with the first repeated at the end.
        reads: the nodes that each node depends on.
        names: the nodes of each name in formulas.
    """

    order: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...]
    reads: Mapping[str, tuple[str, ...]]
    names: Mapping[str, tuple[str, ...]]


def dependencies(rulebook: Rulebook, places: tuple[Place, ...]) -> Graph:
    """Return the dependency graph of a rulebook, sorted."""
    targets = _targets(rulebook)
    edges = _edges(rulebook, places, targets)
    rank = {node: index for index, node in enumerate(edges)}
    unread = {node: set(reads_) for node, reads_ in edges.items()}
    readers: dict[str, list[str]] = {node: [] for node in edges}
    for node, others in unread.items():
        for other in others:
            readers[other].append(node)
    order: dict[str, None] = {}
    cycles: list[tuple[str, ...]] = []
    ready = [node for node in edges if not unread[node]]
    while len(order) < len(edges):
        for node in ready:
            order[node] = None
            for reader in readers[node]:
                unread[reader].discard(node)
                if not unread[reader] and reader not in order:
                    ready.append(reader)
        # The rest waits for a cycle: continue as if one node in each waited for nothing.
        found = list(_cycles({node: unread[node] for node in edges if node not in order}, rank))
        cycles += found
        ready = [cycle[0] for cycle in found]
    return Graph(tuple(order), tuple(cycles), edges, targets)


def _cycles(unordered: Mapping[str, set[str]], rank: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    """Yield the cycles among unsorted nodes, one for each path that leads into a cycle."""
    seen: set[str] = set()
    for start in unordered:
        path: list[str] = []
        node = start
        while node not in seen:
            seen.add(node)
            path.append(node)
            node = min(unordered[node], key=rank.__getitem__)
        if node in path:
            cycle = path[path.index(node) :]
            first = min(range(len(cycle)), key=lambda index: rank[cycle[index]])
            yield (*cycle[first:], *cycle[:first], cycle[first])


def _edges(rulebook: Rulebook, places: tuple[Place, ...], targets: Mapping[str, tuple[str, ...]]) -> Edges:
    """Return the names that each named part reads, in the order of the rulebook."""
    known: dict[str, list[str]] = {place.owner: [] for place in places if place.owner}
    root = rulebook.root
    if root is not None:
        known.update({node_of(criterion): [] for criterion in root.walk()})
        for criterion, above in _with_ancestors(root, ()):
            conditions = [applies_of(c) for c in (*above, criterion) if c.applies is not None]
            known[node_of(criterion)] += [*map(node_of, criterion.children), *conditions]
            if criterion.applies is not None:
                known[applies_of(criterion)] += [applies_of(c) for c in above if c.applies is not None]
    outputs = {named.id: (f"output {named.id}",) for named in rulebook.outputs}
    for place in places:
        if not place.owner:
            continue
        for name in place.expression.names:
            if place.stage.startswith(ITEM):
                owner, _, computed = name.partition(".")
                inside = place.stage.removeprefix(ITEM)
                found: tuple[str, ...] = (f"{inside}.{computed}",) if owner == "item" else ()
            elif place.stage.startswith(TABLE):
                found = ()
            else:
                # A condition evaluated before judging can't wait for a criterion; that is reported separately.
                is_late = place.stage == GIVEN and "." in name
                found = () if is_late else targets.get(name, ())
                if place.stage == OUTPUT and name not in targets:
                    found = outputs.get(name, ())
            known[place.owner] += found
    return {node: tuple(dict.fromkeys(n for n in conditions if n in known)) for node, conditions in known.items()}


def _targets(rulebook: Rulebook) -> Mapping[str, tuple[str, ...]]:
    """Return, by name in expressions, the nodes that must be known before it can be read."""
    targets: Edges = {}
    for declared in rulebook.inputs:
        computed = declared.domain.let if isinstance(declared.domain, ListDomain) else ()
        targets[declared.id] = tuple(f"{declared.id}.{named.id}" for named in computed)
    targets |= {id_: (id_,) for id_ in [let.id for let in rulebook.let] + [table.id for table in rulebook.tables]}
    for criterion in rulebook.criteria():
        targets[f"points.{criterion.id}"] = targets[f"share.{criterion.id}"] = (node_of(criterion),)
    for group in rulebook.groups():
        targets[f"children.{group.id}"] = tuple(map(node_of, group.children))
    return targets


def node_of(criterion: Criterion) -> str:
    """Return the node of a criterion, or of the score."""
    return "score" if criterion.id == "score" else f"points.{criterion.id}"


def _with_ancestors(
    criterion: Criterion, above: tuple[Criterion, ...]
) -> Iterator[tuple[Criterion, tuple[Criterion, ...]]]:
    yield criterion, above
    for child in criterion.children:
        yield from _with_ancestors(child, (*above, criterion))
