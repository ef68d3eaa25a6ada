"""One row of a stage: its lines in the results, and its values for later stages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from io import StringIO
from typing import Any

from attrs import define, evolve, field, frozen

from ...appraising import Outcome, Reading, Running, Tally, group_of
from ...diagnostics import Report
from ...errors import KpirulesError
from ...kernel.mappings import FrozenMap
from ...rating.assessing import assess
from ...record import Assessment
from ..columns import Column, columns_of, line_of
from .plain import from_plain, to_plain
from .tables import TableRow

__all__ = ["Block", "StageWriter", "taken_over"]

ERROR = "error"
"""The column for the reasons why a row could not be rated."""


@define
class Block:
    """The lines and outcomes of rows that are saved together."""

    table: StringIO = field(factory=StringIO)
    records: StringIO = field(factory=StringIO)
    rows: list[list[Any]] = field(factory=list)
    strays: list[str] = field(factory=list)
    quotas: list[FrozenMap[str, Any]] = field(factory=list)
    complaints: list[str] = field(factory=list)


@frozen(slots=False)
class StageWriter:
    """Writes the rows of a stage.

    Args:
        reading: reads its rows.
        folder: the folder of the tables, which no result mentions.
        is_brief: True to leave out whole records.
        formulas: the value of `--csv-formulas`.
    """

    reading: Reading
    folder: str
    is_brief: bool
    formulas: str

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the table except `error`."""
        program = self.reading.program
        rulebook = program.programs[self.reading.id].gathered
        return columns_of(rulebook, program.stage(self.reading.id).key, None, None)

    def head(self) -> str:
        """The first line of the table."""
        return line_of((*(column.name for column in self.columns), ERROR), self.formulas)

    def outcome(self, running: Running, row: TableRow, outcome: Outcome | None = None) -> Outcome | None:
        """Return the outcome of a row; None if the row itself is malformed.

        Args:
            running: the current run.
            row: a row of the table.
            outcome: its outcome, if it was rated together with others.
        """
        if row.row.problems:
            return None
        if not isinstance(row.row.given, Mapping):
            return _refused(running, self.reading, row)
        return running.assess(self.reading, row.staged) if outcome is None else outcome

    def write(self, running: Running, row: TableRow, outcome: Outcome | None, block: Block) -> None:
        """Add a row to a block, and its values to those that later stages read.

        Args:
            running: the current run.
            row: a row of the table.
            outcome: its outcome.
            block: the block it is added to.
        """
        given = running.known.whole(self.reading, row.staged.given)
        values = running.note(self.reading, row.staged, given, Report() if outcome is None else outcome)
        plain = [to_plain(value) for value in values]
        if isinstance(outcome, Assessment):
            because = "" if outcome.status == "rated" else " ".join(outcome.because)
            group = group_of(self.reading.program, self.reading.id, given)
            block.rows.append([list(row.staged.key), plain, outcome.status, outcome.band, because, group])
            self._rated(row, outcome, block)
            return
        reasons = row.row.own_complaints() if outcome is None else row.row.complaints(outcome)
        block.complaints += reasons
        bare_reasons = (
            [self.bare(problem) for problem in row.row.problems]
            if outcome is None
            else [f"{diagnostic.code} {diagnostic.message}" for diagnostic in outcome]
        )
        block.rows.append([list(row.staged.key), plain, row.name, bare_reasons])
        self._failed(row, bare_reasons, block)

    def _rated(self, row: TableRow, assessment: Assessment, block: Block) -> None:
        keyed = row.row if row.row.key == row.staged.key else evolve(row.row, key=row.staged.key)
        cells = (column.of(keyed, assessment) for column in self.columns)
        block.table.write(line_of((*cells, ""), self.formulas))
        if not self.is_brief:
            self._record(row, {"assessment": assessment.to_data()}, block)

    def _failed(self, row: TableRow, reasons: list[str], block: Block) -> None:
        columns = self.reading.program.stage(self.reading.id).key
        cells = list(row.staged.key) or list(row.row.key) or [""] * len(columns)
        blanks = [""] * (len(self.columns) - len(columns))
        block.table.write(line_of((*cells, *blanks, " · ".join(reasons)), self.formulas))
        if not self.is_brief:
            self._record(row, {"errors": reasons}, block)

    def _record(self, row: TableRow, what: Mapping[str, Any], block: Block) -> None:
        columns = self.reading.program.stage(self.reading.id).key
        data: dict[str, Any] = {"row": row.staged.number + 1}
        if row.staged.key:
            data = {"key": dict(zip(columns, row.staged.key, strict=True))}
        data.update(what)
        block.records.write(json.dumps(data, ensure_ascii=False) + "\n")

    def bare(self, text: str) -> str:
        """Return a text without the folder of the tables."""
        return text.replace(self.folder, "")


def _refused(running: Running, reading: Reading, row: TableRow) -> Report:
    """Return why a row is not a valid subject before any assessment."""
    try:
        assess(running.program.programs[reading.id], row.row.given)
    except KpirulesError as refusal:
        return refusal.report
    raise AssertionError("a value that is not a mapping can't be assessed")


def taken_over(running: Running, stage: str, rows: list[list[Any]], tally: Tally) -> None:
    """Restore the rows of a finished block.

    Args:
        running: the current run.
        stage: the stage they belong to.
        rows: the saved rows.
        tally: the stage's tally.
    """
    for row in rows:
        key, known = tuple(row[0]), tuple(map(from_plain, row[1]))
        if len(row) == 4:
            running.known.add_failed(stage, f"({row[2]})" if key else row[2], known)
            tally.failed(row[2], row[3])
        else:
            running.known.add(stage, key, known)
            tally.rated(", ".join(key), *row[2:])


def count(row: TableRow, block: Block, tally: Tally) -> None:
    """Count the last row of a block."""
    last = block.rows[-1]
    if len(last) == 4:
        tally.failed(last[2], last[3])
    else:
        tally.rated(", ".join(row.staged.key), *last[2:])
