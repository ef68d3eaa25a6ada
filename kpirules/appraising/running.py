"""Runs a stage: finds the keys of its rows, fills their inputs, and assesses them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define, frozen

from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import At, inputs
from ..diagnostics.codes import appraisals as say
from ..errors import KpirulesError
from ..kernel.widths import lone_surrogate
from ..rating.assessing import assess
from ..rating.assessing.together import Outcome
from ..record import Assessment
from .known import Filled, Known, Reading
from .wiring import AppraisalProgram

__all__ = ["Outcome", "Running", "StageRow", "keyed_rows"]


@frozen
class StageRow:
    """One row of a stage's table.

    Args:
        number: its number in the table, from 0.
        key: the texts of its key; empty if a part is missing.
        given: values by column.
        problems: reasons why it is not assessed, whatever the rulebook says.
        is_broken: True if the reading of its file already reported it.
    """

    number: int
    key: tuple[str, ...]
    given: Mapping[str, Any]
    problems: tuple[Diagnostic, ...] = ()
    is_broken: bool = False

    @property
    def name(self) -> str:
        """The name of the row in messages: its key, or else its number."""
        return f"({', '.join(self.key)})" if self.key else f"row {self.number + 1}"


def keyed_rows(reading: Reading, rows: Sequence[Mapping[str, Any]]) -> list[StageRow]:
    """Return the rows with their keys; missing and duplicate keys are problems.

    Args:
        reading: reads the rows of the stage.
        rows: values by column.
    """
    keys = [reading.key(row) for row in rows]
    counts = Counter(keys)
    columns = reading.program.stage(reading.id).key
    found = []
    for number, (key, row) in enumerate(zip(keys, rows, strict=True)):
        whole = tuple(part for part in key if part is not None)
        if len(whole) < len(key):
            missing = [name for name, part in zip(columns, key, strict=True) if part is None]
            problems = tuple(say.key_not_given(At(None, name), name) for name in missing)
            found.append(StageRow(number, (), row, problems))
        elif half := lone_surrogate("".join(whole)):
            problem = inputs.wrong_kind(
                At(None, ", ".join(columns)), ", ".join(columns), f"a key with {half}", "a text"
            )
            found.append(StageRow(number, (), row, (problem,)))
        elif counts[key] > 1:
            found.append(
                StageRow(number, whole, row, (say.key_twice(At(None, ", ".join(columns)), ", ".join(whole)),))
            )
        else:
            found.append(StageRow(number, whole, row))
    return found


@define
class Running:
    """One run of an appraisal, stage by stage.

    Args:
        program: the appraisal.
        known: results of finished stages.
    """

    program: AppraisalProgram
    known: Known

    @classmethod
    def of(cls, program: AppraisalProgram) -> Running:
        """Return a run before its first stage."""
        return cls(program, Known(program))

    def reading(self, stage: str) -> Reading:
        """Return the reader of a stage's rows."""
        return Reading(self.program, stage)

    def assess(self, reading: Reading, row: StageRow, *, engine: str = "scalar") -> Outcome:
        """Assess a row.

        Args:
            reading: reads the rows of its stage.
            row: the row with its key.
            engine: as for `assess`.
        """
        if row.problems:
            return Report(row.problems)
        filled = self.known.fill(reading, row.given)
        return assessed(filled, engine=engine)

    def note(self, reading: Reading, row: StageRow, given: Mapping[str, Any], outcome: Outcome) -> tuple[Any, ...]:
        """Save the outcome of a row for stages that read it.

        Args:
            reading: reads the rows of its stage.
            row: the row with its key.
            given: all its values, including those it takes.
            outcome: the row's outcome.

        Returns:
            The values that are read from it.
        """
        if isinstance(outcome, Assessment):
            values = reading.values(given, outcome)
            self.known.add(reading.id, row.key, values)
        else:
            values = reading.of_row(given, is_broken=row.is_broken)
            self.known.add_failed(reading.id, row.name, values)
        return values


def assessed(filled: Filled, *, engine: str = "scalar") -> Outcome:
    """Assess a subject whose inputs come partly from other stages.

    A required input that could not be filled is missing; an exemption may not need it.

    Args:
        filled: its inputs and rules.
        engine: as for `assess`.
    """
    if filled.program is None:
        return Report(tuple(filled.problems))
    found: Assessment | None = None
    problems = list(filled.problems)
    try:
        found = assess(filled.program, filled.given, engine=engine)
    except KpirulesError as refusal:
        problems += [
            problem for problem in refusal.report if problem.path not in filled.needed or problem.span is not None
        ]
        problems += filled.needed.values()
    if found is not None and not problems:
        return found
    return Report(tuple(problems))
