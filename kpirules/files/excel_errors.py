"""The error values of a sheet, such as `#DIV/0!`, which its reader gives as empty cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, BinaryIO
from xml.etree.ElementTree import Element, iterparse, parse
from zipfile import ZipFile

__all__ = ["cell_errors"]

CHUNK = 1 << 20

_ERROR = re.compile(rb"""\st=["']e["']""")

_LONGEST = 8
"""Bytes of such an attribute, which two chunks may share."""


def cell_errors(stream: BinaryIO) -> dict[tuple[int, int], str]:
    """Return the error of each cell of the first sheet that has one, by its row and column, counted from 0.

    Args:
        stream: an Excel file.
    """
    with ZipFile(stream) as book:
        names = {name.lower(): name for name in book.namelist()}
        with book.open(names["xl/workbook.xml"]) as part:
            first = next(one for one in parse(part).iter() if _tag(one) == "sheet")
        id_ = next(value for name, value in first.items() if name.endswith("}id"))
        with book.open(names["xl/_rels/workbook.xml.rels"]) as part:
            target = next(one.attrib["Target"] for one in parse(part).iter() if one.get("Id") == id_)
        path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        with book.open(names[path.lower()]) as part:
            has_errors = _has_errors(part)
        if not has_errors:
            return {}
        with book.open(names[path.lower()]) as part:
            return dict(_errors(part))


def _has_errors(part: IO[bytes]) -> bool:
    """Return whether some cell has an error, without reading the others."""
    tail = b""
    while chunk := part.read(CHUNK):
        if _ERROR.search(tail + chunk):
            return True
        tail = chunk[-_LONGEST:]
    return False


def _errors(part: IO[bytes]) -> Iterator[tuple[tuple[int, int], str]]:
    row = column = -1
    for event, one in iterparse(part, ("start", "end")):
        tag = _tag(one)
        if event == "start" and tag == "row":
            row, column = int(one.get("r") or row + 2) - 1, -1
        elif event == "start" and tag == "c":
            column = _column(one.get("r") or "") if one.get("r") else column + 1
        elif event == "end" and tag == "c":
            if one.get("t") == "e":
                yield (row, column), next((child.text or "" for child in one if _tag(child) == "v"), "")
        elif event == "end" and tag == "row":
            one.clear()


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _column(reference: str) -> int:
    """Return the column of a cell, counted from 0.

    >>> _column("A1"), _column("AB12")
    (0, 27)
    """
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = 26 * number + ord(letter) - 64
    return number - 1
