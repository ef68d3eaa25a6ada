"""Recognises values in brackets that a comma has split, and joins them again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeGuard

from attrs import frozen

from ..diagnostics import Span
from ..diagnostics.report import with_point
from ..kernel.brief import shortened
from .document import Node, Scalar

__all__ = ["Split", "quoted", "rejoined_entries", "rejoined_items"]

Pair = tuple[Node, Node]

_TIGHT = re.compile(r"([a-z][a-z0-9_]*):(\S.*)")
"""The pattern matches a key and its value without a space: `max:30`."""

_MOST_PARTS = 50
"""The most items that one value may have been split into; without a limit, a list of `(` takes quadratic time."""


@frozen
class Split:
    """A value that a comma has split, with a message about it.

    Args:
        key: the key of the value, if it is known.
        span: the place of the whole value.
        is_mended: True if the parts were joined again, so that nothing is lost.
        fix: the corrected text; empty if it is not known.
    """

    key: str
    span: Span
    problem: str
    remedy: str
    label: str
    is_mended: bool
    fix: str = ""


def quoted(text: str) -> str:
    """Return a text as a YAML string on one line, in quotes that need no escapes if possible.

    >>> print(quoted("Order, discipline"), quoted('x in ("a", "b")'))
    "Order, discipline" 'x in ("a", "b")'
    """
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def rejoined_entries(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Split]]:
    """Return the entries of a flow mapping; keys without a colon are joined to the value before them.

    `{label: Order, discipline}` has the entries `label: Order` and `discipline:`; the author meant
    `label: "Order, discipline"`.
    """
    if not any(_lacks_colon(key, value) for key, value in pairs):
        return list(pairs), []
    kept: list[Pair] = []
    splits: list[Split] = []
    index = 0
    while index < len(pairs):
        key, value = pairs[index]
        stop = index + 1
        while stop < len(pairs) and _lacks_colon(*pairs[stop]):
            stop += 1
        rest = [other for other, _ in pairs[index + 1 : stop]]
        if _lacks_colon(key, value):
            splits.extend(_without_value(keyless) for keyless in [key, *rest])
        elif not rest:
            kept.append((key, value))
        elif isinstance(key, Scalar) and _is_plain(value) and all(map(_is_plain, rest)):
            whole = _joined([value, *rest])
            splits.append(_split(key.text, whole, f"{key.text}: ", rest[0]))
            kept.append((key, whole))
        else:
            splits.extend(_without_value(keyless) for keyless in rest)
            kept.append((key, value))
        index = stop
    return kept, splits


def rejoined_items(items: Sequence[Node]) -> tuple[list[Node], list[Split]]:
    """Return the items of a flow list; those that a comma split inside brackets are joined."""
    kept: list[Node] = []
    splits: list[Split] = []
    index = 0
    while index < len(items):
        stop = _closing(items, index)
        if stop > index:
            whole = _joined(items[index : stop + 1])
            splits.append(_split("", whole, "", items[index + 1]))
            kept.append(whole)
        else:
            kept.append(items[index])
        index = stop + 1
    return kept, splits


def _closing(items: Sequence[Node], index: int) -> int:
    """Return the index of the item that closes all brackets opened in an item; the item itself if none does."""
    depth = 0
    for place in range(index, min(index + _MOST_PARTS, len(items))):
        item = items[place]
        if not _is_plain(item):
            return index
        depth += item.text.count("(") - item.text.count(")")
        if depth <= 0:
            return place
    return index


def _is_plain(node: Node) -> TypeGuard[Scalar]:
    return isinstance(node, Scalar) and bool(node.text) and node.span.source.text[node.span.start] not in "'\"|>"


def _lacks_colon(key: Node, value: Node) -> bool:
    if not isinstance(value, Scalar) or value.text or value.value is not None:
        return False
    return not key.span.source.text[key.span.end : value.span.end + 1].lstrip().startswith(":")


def _joined(parts: Sequence[Node]) -> Scalar:
    """Return the scalar that extends from the first part to the last."""
    span = Span(parts[0].span.source, parts[0].span.start, parts[-1].span.end)
    text = " ".join(span.text.split())
    offsets = tuple(range(span.start, span.end)) if text == span.text else ()
    return Scalar(text, text, span, offsets)


def _split(key: str, whole: Scalar, prefix: str, rest: Node) -> Split:
    label = f"`{shortened(rest.span.text)}` is read as {'a key' if key else 'an item'} of its own"
    remedy = with_point(whole.text) or f"quote it: `{shortened(prefix + quoted(whole.text), 100)}`"
    problem = f"a comma has split `{shortened(whole.text)}`"
    fix = "" if with_point(whole.text) else quoted(whole.text)
    return Split(key, whole.span, problem, remedy, label, is_mended=True, fix=fix)


def _without_value(key: Node) -> Split:
    text = shortened(key.text if isinstance(key, Scalar) else key.span.text)
    remedy = f"write `{text}: …`; if the brackets or a comma belong to a text, quote the whole text"
    if match := _TIGHT.match(text):
        remedy = f"write a space after the colon: `{match[1]}: {match[2]}`"
    return Split("", key.span, f"`{text}` has no value", remedy, "no colon after this", is_mended=False)
