"""Subjects as they stand in a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from attrs import evolve, field, frozen

from ...diagnostics import Diagnostic, Report
from ...kernel.exact import to_text
from ...kernel.mappings import FrozenMap
from ...kernel.visible import neutral

__all__ = ["Row", "Subjects", "key_text"]

_RECORD = re.compile(r"([a-z][a-z0-9_]*)\[([0-9]+)\]")


@frozen
class Row:
    """One subject of a file.

    Args:
        place: file and line.
        number: which one it is, from 1.
        key: what tells it apart, empty where no column does.
        given: what is known; anything but a mapping is no subject, and assessing says so.
        problems: why it is not assessed, in words.
        is_text: True where every value was a text, as in CSV.
        records: where the records of list inputs stand that were joined to it.
        cells: the same as `given` before inputs said what texts mean.
    """

    place: str
    number: int
    key: tuple[str, ...]
    given: object
    problems: tuple[str, ...] = ()
    is_text: bool = False
    records: FrozenMap[str, tuple[str, ...]] = field(factory=FrozenMap)
    cells: FrozenMap[str, object] = field(factory=FrozenMap)

    def with_problem(self, problem: str) -> Row:
        return evolve(self, problems=(*self.problems, problem))

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return ",".join(self.key) if self.key else f"row {self.number}"

    def complaints(self, report: Report) -> list[str]:
        """Lines that say everything that is wrong with it, each with file and line.

        Args:
            report: why it can't be assessed.
        """
        return [self._complaint(diagnostic) for diagnostic in report]

    def own_complaints(self) -> list[str]:
        """Lines for what was wrong before anything was assessed."""
        return [f"{self.place}: error: {neutral(problem)}" for problem in self.problems]

    def _complaint(self, diagnostic: Diagnostic) -> str:
        place, of = self.place, ""
        joined = _RECORD.match(diagnostic.path) if diagnostic.span is None else None
        if joined and joined[1] in self.records:
            place, of = self.records[joined[1]][int(joined[2])], f" (of {self.name})"
        if diagnostic.span is not None:
            of = f" (in the formula at {diagnostic.span.source.name}:{diagnostic.span.line})"
        said = [diagnostic.message + of, *diagnostic.notes]
        # Every cell is a text: that it should not stand in quotes helps nobody here.
        if not (self.is_text and diagnostic.code == "KR603" and diagnostic.notes):
            said.append(diagnostic.help)
        return f"{place}: error[{diagnostic.code}]: {neutral('; '.join(filter(None, said)))}"


@frozen
class Subjects:
    """All subjects of a file.

    Args:
        key: the columns that tell them apart.
        rows: in the order of the file.
        complaints: lines about what belongs to no subject.
    """

    key: tuple[str, ...]
    rows: tuple[Row, ...]
    complaints: tuple[str, ...] = ()


def key_text(given: Mapping[str, object], columns: tuple[str, ...]) -> tuple[str, ...] | None:
    """The key of a subject or record as texts, or None where a part of it is not there.

    Args:
        given: by column.
        columns: of the key.
    """
    parts = [_text(given.get(column)) for column in columns]
    present = tuple(part for part in parts if part is not None)
    return present if len(present) == len(parts) else None


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return to_text(value)
    return value if isinstance(value, str) and value else None
