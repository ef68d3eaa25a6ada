"""CSV lines, with the same bytes on every Python; no spreadsheet reads a cell as a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["FORMULA", "csv_line", "quoted", "shielded", "unshielded"]

# Spreadsheets evaluate cells that begin like this; some skip leading blanks, or accept the full-width sign.
FORMULA = re.compile("'*[=+@\\-\t\r\n\uff1d\uff0b\uff0d\uff20]")

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?")

_QUOTED = re.compile('[,;"\t\r\n]')


def csv_line(cells: Iterable[str]) -> str:
    """Return a line of CSV with its end.

    Args:
        cells: the texts of the cells.

    >>> csv_line(["An, B", "1/3", ""])
    '"An, B",1/3,\\n'
    """
    line = ",".join(map(quoted, cells))
    # A line without anything would be skipped.
    return f"{line or chr(34) * 2}\n"


def quoted(text: str) -> str:
    """Return a cell, quoted if a reader with any usual delimiter might end it early.

    Args:
        text: the text of the cell.

    >>> quoted("a"), quoted("a;b"), quoted("a" + chr(13))
    ('a', '"a;b"', '"a\\r"')
    """
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def shielded(text: str) -> str:
    """Return a text for a cell, with an apostrophe in front if a spreadsheet would evaluate it.

    `unshielded` is the inverse, so a text that begins with such an apostrophe gets another one. A text that looks
    like a number stays unchanged, because it evaluates to itself.

    Args:
        text: the text of the cell; numbers are not passed to this function.

    >>> shielded("=1+1"), shielded("-3"), shielded("'=1"), shielded("'a")
    ("'=1+1", '-3', "''=1", "'a")
    """
    return f"'{text}" if FORMULA.match(text) and not _NUMBER.fullmatch(text.lstrip("'")) else text


def unshielded(text: str) -> str:
    """Return the original text of a cell.

    Args:
        text: the text of a cell.

    >>> unshielded("'=1+1"), unshielded("''=1"), unshielded("'a"), unshielded("'-3")
    ('=1+1', "'=1", "'a", "'-3")
    """
    rest = text.removeprefix("'")
    return rest if rest != text and shielded(rest) == text else text
