"""A document as read: plain nodes with their places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import field, frozen

from ..diagnostics import Source, Span

__all__ = ["Document", "Entry", "Listing", "Mapping", "Node", "Scalar"]


@frozen
class Scalar:
    """A null, boolean, number or string.

    Args:
        value: None, a boolean, a Fraction (exact) or a string.
        text: the characters of the value, after unquoting and folding.
        span: its place, quotes included.
        offsets: for each character of `text`, its offset in the source; empty if unknown.
    """

    value: bool | Fraction | str | None
    text: str
    span: Span = field(eq=False)
    offsets: Sequence[int] = field(default=(), eq=False, repr=False)

    def within(self, start: int, end: int) -> Span:
        """Return the place of `text[start:end]` in the source, or the whole scalar if that is unknown."""
        if not self.offsets or start >= len(self.offsets):
            return self.span
        last = self.offsets[max(start, min(end, len(self.offsets)) - 1)]
        return Span(self.span.source, self.offsets[start], last + 1)


@frozen
class Listing:
    """A list of nodes."""

    items: tuple[Node, ...]
    span: Span = field(eq=False)


@frozen
class Entry:
    """One key of a mapping with its value."""

    key: Scalar
    value: Node


@frozen
class Mapping:
    """Keys and values in the order of the text; every key is a string and occurs once."""

    entries: tuple[Entry, ...]
    span: Span = field(eq=False)

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


Node = Scalar | Listing | Mapping


@frozen
class Document:
    """A whole text with its root, which is a mapping."""

    root: Mapping
    source: Source = field(eq=False)
