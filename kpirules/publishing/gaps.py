"""The section about what the rules leave open: accepted findings of the check, and rows without a result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ..diagnostics import Diagnostic, Report
from ..kernel.markup import element, joined
from ..language.model import Cases, Lookup, Measure, Shape, Steps, Words
from .criteria import case_when, when
from .reader import Cell, Reader, Section, table

__all__ = ["gaps_section", "part_named"]

_KINDS = (
    *("criteria", "inputs", "bands", "requires", "limits", "exemptions", "overrides", "quotas", "outputs", "let"),
    *("parameters", "tables", "functions", "validations", "invariants", "calendars"),
)


def gaps_section(reader: Reader, report: Report) -> Section:
    """Return what the check found and the author accepts, with the reasons, and the rows that the rules leave open.

    Args:
        reader: the reader.
        report: what the check found.
    """
    rows = [*_accepted(reader, report), *_undefined(reader)]
    heads = [reader.say(f"head_{head}") for head in ("name", "finding", "reason")]
    return reader.section("gaps", table(heads, rows))


def _accepted(reader: Reader, report: Report) -> Iterator[tuple[Cell, ...]]:
    for found in report:
        if found.allowed is not None:
            # A rulebook does not name the language of a reason.
            reason = element("span", found.allowed, lang="")
            yield part_named(found.path, reader), _finding(found, reader), reason


def _finding(found: Diagnostic, reader: Reader) -> Cell:
    """Return what was found: in the words of the page, else in the English of the check."""
    if found.wording is not None:
        return _labelled(found.wording.text(reader.language), reader)
    return element("span", _labelled(found.message, reader), lang="en")


def _labelled(message: str, reader: Reader) -> str:
    """Return a finding with the labels of the parts that it names by their ids."""

    def named(found: re.Match[str]) -> str:
        kinds = (kind for kind in _KINDS if f"{kind}.{found[1]}" in reader.voice.legend.entries)
        return f"«{reader.voice.title(next(kinds, ''), found[1])}»"

    return re.sub(r"`([^`]*)`", named, message)


def part_named(path: str, reader: Reader) -> Cell:
    """Return the label of the part of a rulebook that a path leads to; the path if it leads to none with a label.

    Args:
        path: of the part.
        reader: the reader.
    """
    steps = path.split(".")
    named = [(kind, id_) for kind, id_ in pairwise(steps) if kind in _KINDS]
    if not named:
        return path
    kind, id_ = named[-1]
    return reader.title(kind, f"{steps[1]}.{id_}" if kind == "requires" else id_)


def _undefined(reader: Reader) -> Iterator[tuple[Cell, ...]]:
    for kind, id_, row, words in _rows(reader):
        label = "" if words.label is None else reader.label(words.label)
        finding = f"«{row}»: {reader.say('undefined')}"
        yield reader.title(kind, id_), finding, joined((label, reader.note(words)), " ")


def _rows(reader: Reader) -> Iterator[tuple[str, str, str, Words]]:
    """Yield each row without a result: the kind and id of its part, when it holds, and its words."""
    shapes: list[tuple[str, str, Shape | Cases, str]] = [
        ("tables", table.id, table.shape, "") for table in reader.rulebook.tables
    ]
    for criterion in reader.rulebook.criteria():
        body = criterion.body
        if isinstance(body, Measure):
            shapes.append(("criteria", criterion.id, body.shape, next(iter(body.measure.names), "")))
        elif isinstance(body, Cases):
            shapes.append(("criteria", criterion.id, body, ""))
    for kind, id_, shape, measured in shapes:
        if isinstance(shape, Steps | Lookup):
            yield from ((kind, id_, when(row, reader, measured), row.words) for row in shape.rows if row.is_undefined)
        elif isinstance(shape, Cases):
            yield from ((kind, id_, case_when(case, reader), case.words) for case in shape.rows if case.is_undefined)
