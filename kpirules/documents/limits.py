"""Checks of a text before it is read, and limits on its size, depth and characters."""

from __future__ import annotations

import re
from unicodedata import category

from ..diagnostics import Diagnostic, Source, Span
from ..diagnostics.codes import At
from ..diagnostics.codes.document import refused_character, too_large

__all__ = [
    "BYTE_ORDER_MARK",
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_NODES",
    "MAX_QUOTED_LENGTH",
    "character_name",
    "refused_in_text",
    "refused_in_value",
    "step",
    "without_mark",
]

MAX_BYTES = 1 << 20
MAX_DEPTH = 60
"""Later stages recurse over a document; this keeps them far from Python's recursion limit."""
MAX_NODES = 60_000
"""Three nodes for each part of an expression that a rulebook may have; more would take seconds to read."""
MAX_DIGITS = 100
"""Enough for any declared domain, and far below the 4,300 digits that Python refuses to convert."""

MAX_STEP_LENGTH = 200
"""The most characters of a key in a path, since every diagnostic below that key repeats it."""

MAX_QUOTED_LENGTH = 10_000
"""The most characters that a report quotes from a text that is too large."""

BYTE_ORDER_MARK = "\ufeff"

_NEVER = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
_IN_VALUE = re.compile(rf"[{_NEVER}]|\r(?!\n)")
# YAML 1.1 scanners end a line at these; people, editors and YAML 1.2 do not.
_IN_YAML = re.compile(rf"[{_NEVER}\u2028\u2029\ufeff]|\r(?!\n)")

_NAMES = {
    "\0": "NUL",
    "\x1b": "escape",
    "\x7f": "delete",
    "\r": "carriage return",
    "\x85": "next line",
    "\u2028": "line separator",
    "\u2029": "paragraph separator",
    "\ufeff": "byte order mark",
}


def without_mark(source: Source) -> Source:
    """Return the source without a byte order mark at its start, which no editor counts as a column."""
    return Source(source.name, source.text[1:]) if source.text.startswith(BYTE_ORDER_MARK) else source


def step(key: str) -> str:
    """Return a key as it appears in a path.

    >>> step("criteria")
    'criteria'
    """
    return key if len(key) <= MAX_STEP_LENGTH else f"{key[:MAX_STEP_LENGTH]}…"


def refused_in_text(source: Source, *, yaml: bool) -> list[Diagnostic]:
    """Return the reasons not to read a text at all: its size, or invisible characters.

    Each character is reported once, at its first place.
    """
    is_long = len(source.text) > MAX_BYTES
    size = None if is_long else len(source.text.encode("utf-8", "surrogatepass"))
    if size is None or size > MAX_BYTES:
        # A report of a large text must not keep all its lines.
        beginning = Source(source.name, source.text[:MAX_QUOTED_LENGTH])
        return [too_large(At(Span(beginning, 0, 0)), size, MAX_BYTES)]
    places: dict[str, list[int]] = {}
    for match in (_IN_YAML if yaml else _IN_VALUE).finditer(source.text):
        places.setdefault(match[0], []).append(match.start())
    return [_refused(source, character, offsets) for character, offsets in places.items()]


def refused_in_value(text: str) -> int | None:
    """Return the index of the first character that no value may contain, or None."""
    match = _IN_VALUE.search(text)
    return match.start() if match else None


def character_name(character: str) -> str:
    """Return the name of an invisible character.

    >>> character_name(chr(0))
    'the control character U+0000 (NUL)'
    """
    kind = {"Cs": "the lone surrogate", "Cc": "the control character"}.get(
        category(character), "the invisible character"
    )
    known = f" ({_NAMES[character]})" if character in _NAMES else ""
    return f"{kind} U+{ord(character):04X}{known}"


def _refused(source: Source, character: str, offsets: list[int]) -> Diagnostic:
    more = (f"it occurs {len(offsets)} times",) if len(offsets) > 1 else ()
    at = At(Span(source, offsets[0], offsets[0] + 1))
    return refused_character(at, f"{character_name(character)} is not allowed", "remove it", more)
