"""A mapping of a rulebook after its keys and kinds were checked against the table of shapes."""

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
    """One value that means something only once the names of the rulebook are known.

    Args:
        scalar: the value as it was read.
        path: the way to it through the document.
        place: what it is called in messages.
    """

    scalar: Scalar
    path: str
    place: str = ""

    @property
    def at(self) -> At:
        return At(self.scalar.span, self.path)


@frozen
class Fields:
    """A mapping with fixed keys; values that could not be read are left out.

    Args:
        shape: the name of its shape.
        values: by key.
        spans: where each key stands that was written, also those with a broken value.
        nodes: what was written under each of them.
        path: the way to the mapping through the document.
        span: where it is shown: its own key, or itself where it stands in a list.
        words: what it says about itself.
        has_unknown: whether a key was written that stands for none of the shape: what is missing may be meant by it.
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
        """Whether a key was written, be its value usable or not."""
        return key in self.spans

    def at_key(self, key: str) -> At:
        return At(self.spans[key], f"{self.path}.{key}".removeprefix("."))

    def at_value(self, key: str, index: int = 0) -> At:
        """Where a value stands, or an item of it where it is a list."""
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
