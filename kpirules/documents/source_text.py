"""Reads texts and bytes as Documents, in the format of the file name or the caller."""

from __future__ import annotations

from typing import Literal

from ..diagnostics import Diagnostic, Source, Span
from ..diagnostics.codes import At
from ..diagnostics.codes.document import refused_character, too_large
from .document import Document
from .json_text import read_json
from .limits import MAX_BYTES, MAX_QUOTED_LENGTH
from .yaml_text import read_yaml

__all__ = ["Format", "format_of", "read_bytes", "read_text"]

Format = Literal["yaml", "json"]

_OTHER_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def format_of(name: str) -> Format:
    """Return the format of a file by its name.

    >>> format_of("staff.kpi.yaml"), format_of("staff.JSON")
    ('yaml', 'json')
    """
    return "json" if name.lower().endswith(".json") else "yaml"


def read_text(text: str, name: str, format: Format = "yaml") -> tuple[Document | None, list[Diagnostic]]:
    """Return the document of a text, and all mistakes of the text.

    Args:
        text: YAML or JSON.
        name: the name of the text in diagnostics.
        format: YAML or JSON.

    Returns:
        The document, or None if too little of it can be read; the diagnostics.

    >>> document, diagnostics = read_text('{"kpirules": 1}', "a.json", "json")
    >>> len(document.root.entries), diagnostics
    (1, [])
    """
    return (read_json if format == "json" else read_yaml)(Source(name, text))


def read_bytes(data: bytes, name: str) -> tuple[Document | None, list[Diagnostic]]:
    """Return the document of a file's bytes, and all mistakes of the file.

    Args:
        data: the whole file, or at least one byte more than a document may have.
        name: its name; one that ends with `.json` is read as JSON.

    Returns:
        The document, or None if too little of it can be read; the diagnostics.

    >>> read_bytes(b"kpirules: 1", "a.kpi.yaml")[1]
    []
    """
    if len(data) > MAX_BYTES:
        source = Source(name, data[:MAX_QUOTED_LENGTH].decode("utf-8", "replace"))
        return None, [too_large(At(Span(source, 0, 0)), None, MAX_BYTES)]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [_not_utf8(data, name, error.start)]
    return read_text(text, name, format_of(name))


def _not_utf8(data: bytes, name: str, place: int) -> Diagnostic:
    start = len(data[:place].decode("utf-8"))
    at = At(Span(Source(name, data.decode("utf-8", "replace")), start, start + 1))
    encoding = _OTHER_ENCODINGS.get(data[:2])
    problem = f"the text is {encoding}, not UTF-8" if encoding else f"the byte 0x{data[place]:02X} is not UTF-8"
    return refused_character(at, problem, "save the file as UTF-8")
