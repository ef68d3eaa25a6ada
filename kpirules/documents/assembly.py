"""Assembles nodes while a text is scanned, for YAML and JSON."""

from __future__ import annotations

from attrs import define, field

from ..diagnostics import Diagnostic, Source, Span
from ..diagnostics.codes import At
from ..diagnostics.codes.document import duplicate_key, no_mapping, too_deep, unusable_key
from ..kernel.budget import spend
from .commas import Split, quoted, rejoined_entries, rejoined_items
from .document import Document, Entry, Listing, Mapping, Node, Scalar
from .limits import MAX_DEPTH, MAX_NODES, step

__all__ = ["Assembly", "ReadingError"]


class ReadingError(Exception):
    """Stops reading a text.

    Args:
        diagnostic: the reason.
        partial: True if the text before is a complete document.
    """

    def __init__(self, diagnostic: Diagnostic, *, partial: bool = False) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic
        self.partial = partial


@define
class _Open:
    """A mapping or list that is not closed yet; a mapping has keys and values in turn."""

    is_mapping: bool
    flow: bool
    start: int
    nodes: list[Node] = field(factory=list)


@define
class Assembly:
    """The part of a document read so far.

    Open collections are a list, so that no text can exhaust the stack by recursion.

    Args:
        source: the text being scanned.
        open: collections not yet closed, outermost first.
        roots: finished nodes outside all collections.
        diagnostics: the findings so far.
        is_whole: False once a part was dropped that later stages would report as missing.
    """

    source: Source
    open: list[_Open] = field(factory=list)
    roots: list[Node] = field(factory=list)
    diagnostics: list[Diagnostic] = field(factory=list)
    is_whole: bool = True
    nodes: int = 0

    def span(self, start: int, end: int) -> Span:
        return Span(self.source, start, end)

    def at(self, start: int, end: int) -> At:
        """Return a place in the text, with its path in the document."""
        return At(Span(self.source, start, end), self.path())

    def path(self, key: str = "") -> str:
        """Return the path of the next node."""
        steps = "".join(
            f"[{len(level.nodes)}]" if not level.is_mapping else _step(level.nodes) for level in self.open
        )
        return (steps + (f".{step(key)}" if key else "")).removeprefix(".")

    @property
    def wants_key(self) -> bool:
        return bool(self.open) and self.open[-1].is_mapping and len(self.open[-1].nodes) % 2 == 0

    def begin(self, start: int, *, mapping: bool, flow: bool = True) -> None:
        """Open a collection.

        Raises:
            ReadingError: it is nested too deeply.
        """
        if len(self.open) >= MAX_DEPTH:
            raise ReadingError(too_deep(At(self.span(start, start + 1)), "levels of nesting", MAX_DEPTH))
        self.open.append(_Open(mapping, flow, start))

    def add(self, node: Node) -> None:
        """Add a finished node to the innermost collection.

        Raises:
            ReadingError: there are too many nodes.
        """
        self.nodes += 1
        spend("nodes")
        if self.nodes > MAX_NODES:
            raise ReadingError(too_deep(At(node.span), "nodes in one document", MAX_NODES))
        (self.open[-1].nodes if self.open else self.roots).append(node)

    def end(self, end: int) -> None:
        """Close the innermost collection; `end` is the end of its bracket, if it has one."""
        level = self.open.pop()
        # The parser ends a block where the next token starts; for a reader it ends with its last value.
        last = end if level.flow else level.nodes[-1].span.end
        span = Span(self.source, level.start, last)
        if level.is_mapping:
            self.add(Mapping(self._entries(level), span))
            return
        items, splits = rejoined_items(level.nodes) if level.flow else (level.nodes, [])
        self._report(splits)
        self.add(Listing(tuple(items), span))

    def document(self) -> Document | None:
        """Return the document, if its root is a mapping and no part was dropped."""
        root = self.roots[0] if self.roots else None
        if isinstance(root, Mapping):
            return Document(root, self.source) if self.is_whole else None
        end = root.span.end if root else 0
        at = At(self.span(root.span.start if root else 0, end))
        self.diagnostics.append(no_mapping(at, _described(root)))
        return None

    def _report(self, splits: list[Split]) -> None:
        for split in splits:
            at = At(split.span, self.path(split.key))
            found = unusable_key(at, split.problem, split.remedy, split.label)
            self.diagnostics.append(found.with_fix(split.fix, is_safe=True) if split.fix else found)
            self.is_whole &= split.is_mended

    def _entries(self, level: _Open) -> tuple[Entry, ...]:
        pairs = list(zip(level.nodes[::2], level.nodes[1::2], strict=True))
        if level.flow:
            pairs, splits = rejoined_entries(pairs)
            self._report(splits)
        entries: dict[str, Entry] = {}
        for key, value in pairs:
            if not isinstance(key, Scalar) or key.value is None or not key.text:
                self._refuse_key(key)
            elif (first := entries.get(key.text)) is not None:
                at = At(key.span, self.path(key.text))
                self.diagnostics.append(duplicate_key(at, key.text, first.key.span.line))
            else:
                entries[key.text] = Entry(key, value)
        return tuple(entries.values())

    def _refuse_key(self, key: Node) -> None:
        at, fix = At(key.span, self.path()), ""
        if not isinstance(key, Scalar):
            problem, remedy = "a key is a single text", "quote it, if these brackets belong to a text"
        elif key.text:
            problem, remedy = (
                f"`{key.text}` is not a text, so it can't be a key",
                f"quote it: `{quoted(key.text)}`",
            )
            fix = quoted(key.text)
        else:
            problem, remedy = "a key is empty", "write the key before the colon"
        found = unusable_key(at, problem, remedy)
        self.diagnostics.append(found.with_fix(fix, is_safe=True) if fix else found)
        self.is_whole = False


def _step(nodes: list[Node]) -> str:
    key = nodes[-1] if len(nodes) % 2 else None
    return f".{step(key.text)}" if isinstance(key, Scalar) else ""


def _described(root: Node | None) -> str:
    if root is None or (isinstance(root, Scalar) and not root.text):
        return "the document is empty"
    return "the document is a list" if isinstance(root, Listing) else "the document is a single value"
