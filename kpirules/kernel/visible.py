"""Visible texts: no invisible characters, and none that a terminal or a CI runner interprets."""

from __future__ import annotations

import re
from unicodedata import category

__all__ = ["neutral", "neutral_lines", "seen"]

_TAB = "    "

# Joiners shape letters and emoji; every other format character is invisible or reverses the text.
_JOINERS = "\u200c\u200d"

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")

# A line of output that begins with `::name::` is a command to GitHub; `##[name]` and `##vso[name]` anywhere in a line
# # are commands to its older runners, to Azure Pipelines and to TeamCity. Wrapping may put any word at the start of a
# # line, so the signs are replaced everywhere, each by a similar one of the same width.
_COMMAND = re.compile(r":(?=:)|(?<=:):|#(?=#?\w*\[)")
_LOOKS = {":": "∶", "#": "♯"}


def neutral(text: str) -> str:
    """Return a text on one line without invisible characters or commands to a terminal or a CI runner.

    Args:
        text: any text.

    >>> neutral("red: " + chr(27) + "[31m"), neutral("::error::late")
    ('red: ␛[31m', '∶∶error∶∶late')
    """
    text = seen(text)
    if "::" in text or "#" in text:
        return _COMMAND.sub(lambda found: _LOOKS[found[0]], text)
    return text


def neutral_lines(text: str) -> str:
    """Return a text of several lines, each neutralised.

    Args:
        text: any text; its line feeds stay.

    >>> print(neutral_lines("one\\n::two::"))
    one
    ∶∶two∶∶
    """
    return "\n".join(map(neutral, text.split("\n")))


def seen(text: str) -> str:
    """Return a text on one line without invisible characters.

    Args:
        text: any text.

    >>> seen("a" + chr(0x202E) + "b")
    'a<U+202E>b'
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    code = ord(character)
    if character == "\t":
        return _TAB
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if category(character) in _UNSEEN and character not in _JOINERS:
        return f"<U+{code:04X}>"
    return character
