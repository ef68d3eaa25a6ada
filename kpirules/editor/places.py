"""Places as an editor names them: URIs of files, and lines with columns in code units."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from functools import cached_property
from urllib.parse import quote, unquote, urlsplit

from attrs import frozen

__all__ = ["Lines", "path_of", "uri_of"]

_LINE_END = re.compile(r"\r\n|\r|\n")

_DRIVE = re.compile(r"/[A-Za-z]:")

_WIDTHS = {
    "utf-8": lambda text: len(text.encode("utf-8", "surrogatepass")),
    "utf-16": lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    "utf-32": len,
}
"""The number of code units of a text, by encoding."""


@frozen(slots=False)
class Lines:
    """The lines of a text, with columns in the code units of an editor.

    Lines and columns count from 0. Lines end as the protocol says: with a line feed, a carriage return, or both.

    Args:
        text: the whole text.
        encoding: utf-8, utf-16 or utf-32.
    """

    text: str
    encoding: str = "utf-16"

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Offsets of the starts of lines."""
        return (0, *(found.end() for found in _LINE_END.finditer(self.text)))

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset in code points.

        >>> Lines("a: 1\\nb: 'ế 😀 x'").position(12), Lines("b: '😀 x'", "utf-32").position(6)
        ((1, 8), (0, 6))
        """
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self.starts, offset) - 1
        return line, _WIDTHS[self.encoding](self.text[self.starts[line] : offset])

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and column; the nearest one of a place outside the text.

        >>> Lines("a: 1\\nb: 'ế 😀 x'").offset(1, 8), Lines("a: 1\\nb: 2").offset(0, 99), Lines("a").offset(7, 0)
        (12, 4, 1)
        """
        if line >= len(self.starts):
            return len(self.text)
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
        content = self.text[self.starts[line] : end].rstrip("\r\n")
        width = _WIDTHS[self.encoding]
        count = min(column, len(content))
        # A character has at least one unit, so the column is reached after at most that many characters.
        while count and width(content[:count]) > column:
            count -= 1
        return self.starts[line] + count


def path_of(uri: str, *, windows: bool = os.name == "nt") -> str | None:
    """Return the path of a `file:` URI; None for any other, such as that of a text that was never saved.

    Args:
        uri: the URI, percent-encoded.
        windows: whether paths have drives and backslashes.

    >>> path_of("file:///tmp/%C4%91i%E1%BB%83m/a%20b.kpi.yaml", windows=False)
    '/tmp/điểm/a b.kpi.yaml'
    >>> path_of("file:///c%3A/rules/a.kpi.yaml", windows=True), path_of("file://host/share/a.yaml", windows=True)
    ('c:\\\\rules\\\\a.kpi.yaml', '\\\\\\\\host\\\\share\\\\a.yaml')
    >>> path_of("untitled:Untitled-1")
    """
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    path = unquote(parts.path)
    if parts.scheme.lower() != "file" or not path or "\0" in path:
        return None
    if not windows:
        return path if parts.netloc in ("", "localhost") else None
    if parts.netloc not in ("", "localhost"):
        path = f"//{parts.netloc}{path}"
    elif _DRIVE.match(path):
        path = path[1:]
    return path.replace("/", "\\")


def uri_of(path: str, *, windows: bool = os.name == "nt") -> str:
    """Return the `file:` URI of an absolute path.

    Args:
        path: the path.
        windows: whether paths have drives and backslashes.

    >>> uri_of("/tmp/điểm/a b.kpi.yaml", windows=False)
    'file:///tmp/%C4%91i%E1%BB%83m/a%20b.kpi.yaml'
    >>> uri_of("c:\\\\rules\\\\a.yaml", windows=True), uri_of("\\\\\\\\host\\\\share\\\\a.yaml", windows=True)
    ('file:///c%3A/rules/a.yaml', 'file://host/share/a.yaml')
    """
    if windows:
        path = path.replace("\\", "/")
        if path.startswith("//"):
            return f"file:{quote(path)}"
        path = f"/{path.lstrip('/')}"
    return f"file://{quote(path)}"
