"""Merges an overlay into a document by key; the overlay has the shape of the document."""

from __future__ import annotations

from attrs import define, field

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, overlays
from ...kernel.budget import spend
from ..document import Entry, Mapping, Node, Scalar
from ..limits import step

__all__ = ["merged"]

REPLACE = "replace"


def merged(
    base: Mapping, overlay: Mapping, diagnostics: list[Diagnostic], exempt: frozenset[str] = frozenset()
) -> Mapping:
    """Return a mapping changed by an overlay.

    Maps merge by key and may add; scalars and lists replace; the word `null` removes; a map with
    `replace: true` replaces. Every node of the result is one of the two, or a map around such nodes.

    Args:
        base: the mapping to change.
        overlay: the changes.
        diagnostics: collects their mistakes.
        exempt: keys of the overlay that may repeat a value.

    >>> from kpirules.documents import read_mapping
    >>> documents = [{"a": {"x": 1, "y": 2}, "b": 3}, {"a": {"x": 4, "y": None}, "c": 5}]
    >>> base, overlay = (read_mapping(document)[0].root for document in documents)
    >>> print({entry.key.text: entry.value.__class__.__name__ for entry in merged(base, overlay, [])})
    {'a': 'Mapping', 'b': 'Scalar', 'c': 'Scalar'}
    """
    return _Merger(diagnostics, exempt).into(base, overlay, "")


@define
class _Merger:
    found: list[Diagnostic]
    exempt: frozenset[str]
    is_inside: bool = field(default=False)

    def into(self, base: Mapping, overlay: Mapping, path: str) -> Mapping:
        spend("merging", 1 + len(base.entries) + len(overlay.entries))
        entries = {entry.key.text: entry for entry in base}
        for entry in overlay:
            key = entry.key.text
            inner = f"{path}.{step(key)}".removeprefix(".")
            kept = self.entry(entries.get(key), entry, inner, base)
            if kept is None:
                entries.pop(key, None)
            else:
                entries[key] = kept
        return Mapping(tuple(entries.values()), base.span)

    def entry(self, old: Entry | None, new: Entry, path: str, parent: Mapping) -> Entry | None:
        """Return the merged entry of a key, or None if it is removed."""
        value = new.value
        if isinstance(value, Scalar) and value.value is None:
            return self.removed(old, new, path, parent)
        if isinstance(value, Mapping):
            if _replaces(value):
                return self.replaced(old, new, value, path)
            if old is not None and isinstance(old.value, Mapping):
                return Entry(old.key, self.into(old.value, value, path))
            return Entry(new.key, self.added(value, path))
        if old is not None and old.value == value and path not in self.exempt:
            self.found.append(overlays.already_so(At(new.key.span, path), path))
        return new

    def removed(self, old: Entry | None, new: Entry, path: str, parent: Mapping) -> Entry | None:
        if new.value.span.text != "null":
            at = At(new.key.span, path)
            self.found.append(overlays.empty_in_overlay(at, path))
            return old
        if old is None:
            near = [entry.key.text for entry in parent]
            self.found.append(overlays.removes_absent(At(new.key.span, path), path, near))
        return None

    def replaced(self, old: Entry | None, new: Entry, value: Mapping, path: str) -> Entry:
        rest = self.added(Mapping(tuple(entry for entry in value if entry.key.text != REPLACE), value.span), path)
        if old is None or not isinstance(old.value, Mapping):
            self.found.append(overlays.replaces_absent(At(new.key.span, path), path))
        elif old.value == rest:
            self.found.append(overlays.already_so(At(new.key.span, path), path))
        return Entry(new.key, rest)

    def added(self, value: Mapping, path: str) -> Mapping:
        """Return a new map, in which nothing can be removed or replaced."""
        return self.into(Mapping((), value.span), value, path)


def _replaces(value: Mapping) -> bool:
    mark: Node | None = value.get(REPLACE)
    return isinstance(mark, Scalar) and mark.value is True
