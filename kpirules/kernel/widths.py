"""Source lines as a terminal shows them: neutralised, with carets that line up."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from unicodedata import category, east_asian_width, normalize

from attrs import frozen

from .visible import neutral

__all__ = ["Excerpt", "distinguishable", "excerpt", "lone_surrogate", "whole", "width"]

_LONGEST_LINE = 160
_LEAD = 60
"""Characters of a long line that are kept before the marked place."""

_HALF = re.compile("[\ud800-\udfff]")
"""A lone surrogate, which no file can hold."""


@frozen
class Excerpt:
    """A line as shown, and the columns to underline."""

    text: str
    indent: int
    carets: int


def lone_surrogate(text: str) -> str:
    """Return the description of the first lone surrogate in a text; empty if there is none.

    >>> lone_surrogate("a" + chr(0xD83D)), lone_surrogate("à")
    ('half of a character, U+D83D', '')
    """
    found = None if text.isascii() else _HALF.search(text)
    return f"half of a character, U+{ord(found[0]):04X}" if found else ""


def whole(text: str) -> str:
    """Return a text that any file can hold, with lone surrogates spelled out.

    >>> whole("a" + chr(0xD83D))
    'a<U+D83D>'
    """
    return text if text.isascii() else _HALF.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def width(text: str) -> int:
    """Return the number of columns that a neutralised text takes on a terminal.

    >>> width("Kỷ luật"), width("等级")
    (7, 4)
    """
    return len(text) if text.isascii() else sum(map(_width, text))


def excerpt(line: str, start: int, end: int) -> Excerpt:
    """Return a line as shown, with the place of `line[start:end]`; a very long line is cut around it."""
    first = max(0, min(start - _LEAD, len(line) - _LONGEST_LINE))
    last = min(len(line), first + _LONGEST_LINE)
    start, end = min(start, last), min(end, last)
    before, underlined = neutral(line[first:start]), neutral(line[start:end])
    left, right = "…" if first else "", "…" if last < len(line) else ""
    # The signs of a command may be on both sides of a place; each is replaced by one of the same width.
    text = neutral(left + before + underlined + neutral(line[end:last]) + right)
    return Excerpt(text, width(left) + width(before), max(width(underlined), 1))


# Texts of one language use few characters, and every line of an explanation is measured.
@lru_cache(maxsize=4096)
def _width(character: str) -> int:
    # The middle and last parts of a decomposed Korean syllable join its first.
    if category(character) in ("Mn", "Me", "Cf") or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


# -- texts that look alike ------------------------------------------------------------------------

_ALIKE = str.maketrans("ÐƉАВЕКМНОРСТХаеорсухіΑΒΕΗΙΚΜΝΟΡΤΥΧο", "ĐĐABEKMHOPCTXaeopcyxiABEHIKMNOPTYXo")
"""Letters of other alphabets that look like Latin ones."""


def distinguishable(text: str, other: str) -> tuple[str, str]:
    """Return two texts for display beside each other; where they differ but look alike, code points are added.

    >>> distinguishable("To" + chr(0x302) + chr(0x301) + "t", "Tốt")[1]
    'Tố<U+1ED1>t'
    >>> distinguishable("good", "fair")
    ('good', 'fair')
    """
    if text == other or _as_seen(text) != _as_seen(other):
        return text, other
    clusters, other_clusters = _clusters(text), _clusters(other)
    parts: tuple[list[str], list[str]] = ([], [])
    for kind, a, b, c, d in SequenceMatcher(None, clusters, other_clusters, autojunk=False).get_opcodes():
        for part, letters in zip(parts, (clusters[a:b], other_clusters[c:d]), strict=True):
            part.extend(letters if kind == "equal" or not letters else [_with_code_points("".join(letters))])
    return "".join(parts[0]), "".join(parts[1])


def _as_seen(text: str) -> str:
    visible = "".join(character for character in normalize("NFKC", text) if category(character) not in ("Cf", "Cc"))
    return " ".join(visible.translate(_ALIKE).split())


def _clusters(text: str) -> list[str]:
    """Return letters, each with its combining marks."""
    found: list[str] = []
    for character in text:
        if found and category(character) in ("Mn", "Me"):
            found[-1] += character
        else:
            found.append(character)
    return found


def _with_code_points(text: str) -> str:
    return f"{text}<{' '.join(f'U+{ord(character):04X}' for character in text)}>"
