"""A mapping of a rulebook, with keys and kinds checked against the table of shapes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, cast

from attrs import field, frozen

from ...diagnostics import Span
from ...diagnostics.codes import At
from ...language.model import Words
from ..document import Listing, Node, Scalar

__all__ = ["Fields", "Written"]


@frozen
class Written:
    """One value whose meaning depends on the names of the rulebook.

    Args:
        scalar: the value as read.
        path: its path in the document.
        place: its name in messages.
    """

    scalar: Scalar
    path: str
    place: str = ""

    @property
    def at(self) -> At:
        return At(self.scalar.span, self.path)


@frozen
class Fields:
    """A mapping with fixed keys, without values that could not be read.

    Args:
        shape: the name of its shape.
        values: the values by key.
        spans: the place of each key that was written, even with a broken value.
        nodes: the node under each key.
        path: the path of the mapping in the document.
        span: the place to show: its own key, or itself in a list.
        words: its label, note and source.
        has_unknown: whether it has an unknown key: a missing key may be meant by it.
    """

    shape: str
    values: Mapping[str, Any]
    spans: Mapping[str, Span]
    nodes: Mapping[str, Node]
    path: str
    span: Span
    words: Words = field(factory=Words)
    has_unknown: bool = False

    @property
    def at(self) -> At:
        return At(self.span, self.path)

    def has(self, key: str) -> bool:
        """Return whether a key was written, with a usable value or not."""
        return key in self.spans

    def at_key(self, key: str) -> At:
        return At(self.spans[key], f"{self.path}.{key}".removeprefix("."))

    def at_value(self, key: str, index: int = 0) -> At:
        """Return the place of a value, or of an item of a list."""
        node, path = self.nodes[key], f"{self.path}.{key}".removeprefix(".")
        if isinstance(node, Listing) and index < len(node.items):
            return At(node.items[index].span, f"{path}[{index}]")
        return At(node.span, path)

    def written(self, key: str) -> Written | None:
        return cast("Written | None", self.values.get(key))

    def number(self, key: str) -> Fraction | None:
        return cast("Fraction | None", self.values.get(key))

    def whole(self, key: str) -> int | None:
        number = self.number(key)
        return None if number is None else int(number)

    def day(self, key: str) -> date | None:
        return cast("date | None", self.values.get(key))

    def flag(self, key: str) -> bool:
        return self.values.get(key) is True

    def text(self, key: str) -> str | None:
        return cast("str | None", self.values.get(key))

    def fields(self, key: str) -> Fields | None:
        found = self.values.get(key)
        return found if isinstance(found, Fields) else None

    def entries(self, key: str) -> Mapping[str, Fields]:
        found = self.values.get(key)
        return found if isinstance(found, Mapping) else {}

    def items(self, key: str) -> tuple[Any, ...]:
        found = self.values.get(key)
        return found if isinstance(found, tuple) else ()
