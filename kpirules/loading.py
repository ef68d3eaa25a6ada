"""From a path, text or mapping to a program: the only module of the library that reads files."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path

from .diagnostics import Diagnostic, Report
from .errors import RulebookError
from .model import Rulebook
from .program import Program, compile, examined
from .reading import Document, build, format_of, read_bytes, read_mapping, read_text

__all__ = ["check", "load", "loads"]

Readable = str | PathLike[str] | Mapping[str, object]
"""A path to a YAML or JSON file, or the same as a mapping."""


def load(source: Readable) -> Program:
    """The program of a rulebook, from its file or from a mapping.

    Args:
        source: path of a `.kpi.yaml`, `.yaml`, `.yml` or `.json` file, or the same content as a mapping.

    Raises:
        RulebookError: with the whole report, where the rulebook has errors.
        OSError: where the file can't be read.

    >>> load({"kpirules": 1, "id": "tiny", "inputs": {"x": {"type": "number"}},
    ...       "outputs": {"double": "x * 2"}}).id
    'tiny'
    """
    return _program(*_built(*_read(source)))


def loads(text: str, *, name: str = "<text>") -> Program:
    """The program of a rulebook, from its YAML or JSON text.

    Args:
        text: the whole document.
        name: what diagnostics call it; a name that ends in `.json` makes it strict JSON.

    Raises:
        RulebookError: with the whole report, where the rulebook has errors.

    >>> loads("kpirules: 1\\nid: tiny\\noutputs: {half: 1 / 2}").id
    'tiny'
    """
    return _program(*_built(*read_text(text, name, format_of(name))))


def check(source: Readable | Rulebook | Program | None = None, *, text: str | None = None) -> Report:
    """Everything that can be said of a rulebook without a subject, in document order.

    Args:
        source: a path, mapping, rulebook or program.
        text: the rulebook's YAML or JSON text instead.

    Returns:
        The report; `report.errors` would stop `load`, `report.findings` are for somebody to act on.

    Raises:
        OSError: where the file can't be read.

    >>> [d.code for d in check(text="kpirules: 1\\nid: tiny\\noutputs: {double: x * 2}")]
    ['KR201']
    """
    if (source is None) == (text is None):
        raise TypeError("check takes a source or a text")
    if isinstance(source, Program):
        return source.report
    if isinstance(source, Rulebook):
        return examined(source)[0]
    if text is not None:
        rulebook, found = _built(*read_text(text, "<text>"))
    else:
        assert source is not None
        rulebook, found = _built(*_read(source))
    return Report.of(found) if rulebook is None else examined(rulebook, found)[0]


def _read(source: Readable) -> tuple[Document | None, list[Diagnostic]]:
    if isinstance(source, Mapping):
        return read_mapping(source)
    path = Path(fspath(source))
    return read_bytes(path.read_bytes(), str(source))


def _built(document: Document | None, found: list[Diagnostic]) -> tuple[Rulebook | None, tuple[Diagnostic, ...]]:
    if document is None:
        return None, tuple(found)
    rulebook, more = build(document)
    return rulebook, (*found, *more)


def _program(rulebook: Rulebook | None, found: tuple[Diagnostic, ...]) -> Program:
    if rulebook is None:
        raise RulebookError(Report.of(found))
    return compile(rulebook, found=found)
