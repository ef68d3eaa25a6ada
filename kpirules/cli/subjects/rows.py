"""Subjects as written in a file."""

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
        number: its number in the file, from 1.
        key: its key, empty if no columns are chosen as key.
        given: its values; `assess` refuses anything but a mapping.
        problems: the reasons why it is not assessed, in words.
        is_text: True if every value was a text, as in CSV.
        records: places of the joined records, by list input.
        cells: the values of `given` as written, before conversion by type.
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
        """The name of the row in messages."""
        return ",".join(self.key) if self.key else f"row {self.number}"

    def complaints(self, report: Report) -> list[str]:
        """Return one complaint, with file and line, for every problem of the row.

        Args:
            report: the reasons why it can't be assessed.
        """
        return [self._complaint(diagnostic) for diagnostic in report]

    def own_complaints(self) -> list[str]:
        """Return one line for each problem found before assessing."""
        return [f"{self.place}: error: {neutral(problem)}" for problem in self.problems]

    def _complaint(self, diagnostic: Diagnostic) -> str:
        place, context = self.place, ""
        record_path = _RECORD.match(diagnostic.path) if diagnostic.span is None else None
        if record_path and record_path[1] in self.records:
            place, context = self.records[record_path[1]][int(record_path[2])], f" (of {self.name})"
        if diagnostic.span is not None:
            context = f" (in the formula at {diagnostic.span.source.name}:{diagnostic.span.line})"
        sentences = [diagnostic.message + context, *diagnostic.notes]
        # Every cell of a CSV is a text, so the help to drop the quotes does not apply.
        if not (self.is_text and diagnostic.code == "KR603" and diagnostic.notes):
            sentences.append(diagnostic.help)
        return f"{place}: error[{diagnostic.code}]: {neutral('; '.join(filter(None, sentences)))}"


@frozen
class Subjects:
    """All subjects of a file.

    Args:
        key: the columns of the key.
        rows: in the order of the file.
        complaints: one line about each record that matches no subject.
    """

    key: tuple[str, ...]
    rows: tuple[Row, ...]
    complaints: tuple[str, ...] = ()


def key_text(given: Mapping[str, object], columns: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the key of a subject or record as texts, or None if a part is missing.

    Args:
        given: values by column.
        columns: the columns of the key.
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
