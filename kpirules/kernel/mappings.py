"""A mapping that cannot change, for values that are shared, compared, hashed and pickled."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, ValuesView
from typing import Any, TypeVar

from .brief import mapped

__all__ = ["FrozenMap", "LazyMap"]

K = TypeVar("K")
V = TypeVar("V")


class FrozenMap(Mapping[K, V]):
    """An immutable, picklable mapping in the order given; equal to any mapping with the same items.

    >>> points = FrozenMap({"ethics": 9})
    >>> points["ethics"], points == {"ethics": 9}
    (9, True)
    """

    __slots__ = ("_items",)
    _items: dict[K, V]

    def __init__(self, items: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        object.__setattr__(self, "_items", dict(items))

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def items(self) -> ItemsView[K, V]:
        return self._items.items()

    def values(self) -> ValuesView[V]:
        return self._items.values()

    def __eq__(self, other: object) -> bool:
        return self._items == dict(other) if isinstance(other, Mapping) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return mapped(self._items)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a FrozenMap cannot change")

    def __reduce__(self) -> tuple[type[FrozenMap[K, V]], tuple[dict[K, V]]]:
        return type(self), (dict(self._items),)


class LazyMap(FrozenMap[K, V]):
    """A frozen mapping that computes each value when it is first read.

    Args:
        parts: the argument of `make` for each key.
        make: computes a value.

    >>> halves = LazyMap({"a": 1, "b": 4}, lambda n: n / 2)
    >>> halves["b"], halves == {"a": 0.5, "b": 2.0}
    (2.0, True)
    """

    __slots__ = ("_made", "_make", "_parts")
    _parts: Mapping[K, Any]
    _make: Callable[[Any], V]
    _made: dict[K, V]

    def __init__(self, parts: Mapping[K, Any], make: Callable[[Any], V]) -> None:
        object.__setattr__(self, "_parts", parts)
        object.__setattr__(self, "_make", make)
        object.__setattr__(self, "_made", {})

    @property
    def _items(self) -> dict[K, V]:  # type: ignore[override]
        return {key: self[key] for key in self._parts}

    def __getitem__(self, key: K) -> V:
        if key not in self._made:
            self._made[key] = self._make(self._parts[key])
        return self._made[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __contains__(self, key: object) -> bool:
        return key in self._parts

    def __reduce__(self) -> tuple[type[FrozenMap[K, V]], tuple[dict[K, V]]]:
        return FrozenMap, (self._items,)
