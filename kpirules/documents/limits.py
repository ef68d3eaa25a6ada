"""What a text must satisfy before anything reads it, and the limits of what is read."""

from __future__ import annotations

import re
from unicodedata import category

from ..diagnostics import Diagnostic, Source, Span
from ..diagnostics.codes import At
from ..diagnostics.codes.document import refused_character, too_large

__all__ = [
    "BEGINNING",
    "BYTE_ORDER_MARK",
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_NODES",
    "character_name",
    "refused_in_text",
    "refused_in_value",
    "step",
    "without_mark",
]

MAX_BYTES = 1 << 20
MAX_DEPTH = 60
"""Later stages recurse over a document; this keeps them far from the recursion limit of Python."""
MAX_NODES = 60_000
"""Three nodes for each part of an expression a rulebook may have; more would take seconds to read."""
MAX_DIGITS = 100
"""Enough for any declared domain; far below the 4,300 digits at which Python refuses to convert."""

LONGEST_STEP = 200
"""Characters of a key in the way through a document, which every diagnostic below that key repeats."""

BEGINNING = 10_000
"""Characters of a text that is too large which a report may quote."""

BYTE_ORDER_MARK = "\ufeff"

_NEVER = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
_IN_VALUE = re.compile(rf"[{_NEVER}]|\r(?!\n)")
# YAML 1.1 scanners end a line at these; a person, an editor and YAML 1.2 do not.
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
    """The source without a byte order mark at its beginning, which no editor counts as a column."""
    return Source(source.name, source.text[1:]) if source.text.startswith(BYTE_ORDER_MARK) else source


def step(key: str) -> str:
    """A key as the way through a document names it.

    >>> step("criteria")
    'criteria'
    """
    return key if len(key) <= LONGEST_STEP else f"{key[:LONGEST_STEP]}…"


def refused_in_text(source: Source, *, yaml: bool) -> list[Diagnostic]:
    """What keeps a text from being read at all: its size, or characters that nobody can see.

    Each character is reported once, at its first place.
    """
    is_long = len(source.text) > MAX_BYTES
    size = None if is_long else len(source.text.encode("utf-8", "surrogatepass"))
    if size is None or size > MAX_BYTES:
        # What nobody reads is not kept: a report of a large text would hold all its lines.
        beginning = Source(source.name, source.text[:BEGINNING])
        return [too_large(At(Span(beginning, 0, 0)), size, MAX_BYTES)]
    places: dict[str, list[int]] = {}
    for match in (_IN_YAML if yaml else _IN_VALUE).finditer(source.text):
        places.setdefault(match[0], []).append(match.start())
    return [_refused(source, character, offsets) for character, offsets in places.items()]


def refused_in_value(text: str) -> int | None:
    """The index of the first character that no value may hold, or None."""
    match = _IN_VALUE.search(text)
    return match.start() if match else None


def character_name(character: str) -> str:
    """What a character that cannot be seen is called.

    >>> character_name(chr(0))
    'the control character U+0000 (NUL)'
    """
    kind = {"Cs": "half of a character,", "Cc": "the control character"}.get(
        category(character), "the invisible character"
    )
    known = f" ({_NAMES[character]})" if character in _NAMES else ""
    return f"{kind} U+{ord(character):04X}{known}"


def _refused(source: Source, character: str, offsets: list[int]) -> Diagnostic:
    more = (f"it stands in {len(offsets)} places",) if len(offsets) > 1 else ()
    at = At(Span(source, offsets[0], offsets[0] + 1))
    return refused_character(at, f"{character_name(character)} is not allowed", "remove it", more)
