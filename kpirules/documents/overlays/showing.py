"""A merged document as YAML, with the source of each line."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator

from ...diagnostics import Span
from ...kernel.visible import neutral
from ..document import Document, Listing, Mapping, Node, Scalar
from ..yaml_scalars import plain_value

__all__ = ["show_document"]

_PLAIN = re.compile(r"[^\W_](?:[\w /().+=;%*<>-]|(?<=\w),(?= )|, )*")
"""Texts that need no quotes in a block; some others need none either but are quoted."""
_PLAIN_IN_FLOW = re.compile(r"[^\W_][\w /().+=-]*")
MAX_KEY_LENGTH = 1000
"""The most characters of a key before a colon: YAML reads 1,024, and a longer key only after a question mark."""

_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def show_document(document: Document, left_out: Collection[str] = ()) -> str:
    """Return the YAML of a document; a line from another source ends with its file and line.

    Reading the text again gives an equal document.

    Args:
        document: the document with overlays merged, or as read.
        left_out: keys of the document to leave out.

    >>> from kpirules.documents import read_mapping
    >>> print(show_document(read_mapping({"kpirules": 1, "bands": {"good": {"from": 50}}})[0]), end="")
    kpirules: 1
    bands:
      good:
        from: 50
    """
    main = document.source.name
    root = Mapping(tuple(entry for entry in document.root if entry.key.text not in left_out), document.root.span)
    return "".join(
        f"{line}{'' if span.source.name == main else f'  # from {neutral(span.source.name)}:{span.line}'}\n"
        for line, span in _map(root, "")
    )


def _map(node: Mapping, margin: str) -> Iterator[tuple[str, Span]]:
    for entry in node:
        key = _text(entry.key.text, _PLAIN_IN_FLOW)
        if len(key) <= MAX_KEY_LENGTH:
            yield from _value(f"{margin}{key}:", entry.key.span, entry.value, margin)
        else:
            yield f"{margin}? {key}", entry.key.span
            yield from _value(f"{margin}:", entry.key.span, entry.value, margin)


def _value(lead: str, span: Span, node: Node, margin: str) -> Iterator[tuple[str, Span]]:
    """Yield a value after its key or dash."""
    match node:
        case Mapping(entries=()):
            yield f"{lead} {{}}", node.span
        case Mapping():
            yield lead, span
            yield from _map(node, margin + "  ")
        case Listing() if _is_flat(node):
            yield f"{lead} {_flow(node)}", node.span
        case Listing():
            yield lead, span
            for item in node.items:
                yield from _item(item, margin + "  ")
        case _:
            yield f"{lead} {_scalar(node, _PLAIN)}", node.span


def _item(node: Node, margin: str) -> Iterator[tuple[str, Span]]:
    if not isinstance(node, Mapping) or not node.entries:
        yield from _value(f"{margin}-", node.span, node, margin)
        return
    for index, (line, span) in enumerate(_map(node, margin + "  ")):
        yield (f"{margin}- {line[len(margin) + 2 :]}" if index == 0 else line), span


def _is_flat(node: Listing) -> bool:
    """Return whether a list is short: values, or rows of values."""
    return all(
        isinstance(item, Scalar)
        or (isinstance(item, Listing) and all(isinstance(value, Scalar) for value in item.items))
        for item in node.items
    )


def _flow(node: Listing) -> str:
    return f"[{', '.join(_flow(i) if isinstance(i, Listing) else _in_flow(i) for i in node.items)}]"


def _in_flow(node: Node) -> str:
    assert isinstance(node, Scalar), "a short list holds values"
    return _scalar(node, _PLAIN_IN_FLOW)


def _scalar(node: Scalar, plain: re.Pattern[str]) -> str:
    if isinstance(node.value, str):
        return _text(node.value, plain)
    return node.text or "null"


def _text(text: str, plain: re.Pattern[str]) -> str:
    """Return a text without quotes if YAML reads it back, else in quotes."""
    if plain.fullmatch(text) and not text.endswith(" ") and _is_text(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _is_text(text: str) -> bool:
    """Return whether YAML reads a text without quotes as itself."""
    try:
        return plain_value(text) == text
    except ValueError:
        # It looks like a number that can't be read.
        return False
