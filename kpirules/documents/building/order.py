"""The order in which parts that read each other are computed, and the cycles among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["dependency_order"]


def dependency_order(
    reads: Mapping[str, Iterable[str]],
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return ids in order, each after those it reads, and the cycles that prevent such an order.

    Args:
        reads: for each id the ids it reads; unknown ones are ignored.

    Returns:
        The order, without ids that are in a cycle or read from one; and one cycle for each connected group, with its
        first id repeated at the end.

    >>> dependency_order({"c": ["b"], "b": ["a"], "a": []})
    (('a', 'b', 'c'), ())
    >>> dependency_order({"a": ["b"], "b": ["a"]})
    ((), (('a', 'b', 'a'),))
    """
    waiting = {id_: {other for other in others if other in reads} for id_, others in reads.items()}
    readers: dict[str, list[str]] = {id_: [] for id_ in waiting}
    for id_, others in waiting.items():
        for other in others:
            readers[other].append(id_)
    order = [id_ for id_, others in waiting.items() if not others]
    for done in order:
        for reader in readers[done]:
            waiting[reader].discard(done)
            if not waiting[reader]:
                order.append(reader)
    left = {id_: others for id_, others in waiting.items() if others}
    return tuple(order), tuple(_cycles(left))


def _cycles(left: Mapping[str, set[str]]) -> Iterable[tuple[str, ...]]:
    """Yield one cycle for each connected group of ids, each of which reads another one."""
    met: set[str] = set()
    for start in left:
        way: list[str] = []
        place = start
        while place not in met:
            met.add(place)
            way.append(place)
            place = min(left[place])
        if place in way:
            cycle = way[way.index(place) :]
            first = cycle.index(min(cycle))
            turned = cycle[first:] + cycle[:first]
            yield (*turned, turned[0])
