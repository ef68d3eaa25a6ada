"""The order in which things that read each other are computed, and the circles among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["dependency_order"]


def dependency_order(
    reads: Mapping[str, Iterable[str]],
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Ids with everything after what it reads, and the circles that have no such order.

    Args:
        reads: for each id the ids it reads; others are passed over.

    Returns:
        The order, without what is in a circle or reads from one; one circle for each tangle, its first id
        again at its end.

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
    return tuple(order), tuple(_circles(left))


def _circles(left: Mapping[str, set[str]]) -> Iterable[tuple[str, ...]]:
    """One circle for each start that leads to one not met before; everything left reads something left."""
    met: set[str] = set()
    for start in left:
        way: list[str] = []
        place = start
        while place not in met:
            met.add(place)
            way.append(place)
            place = min(left[place])
        if place in way:
            circle = way[way.index(place) :]
            first = circle.index(min(circle))
            turned = circle[first:] + circle[:first]
            yield (*turned, turned[0])
