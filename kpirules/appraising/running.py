"""The rows of a stage: told apart, filled, and assessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define, frozen

from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import At, inputs
from ..diagnostics.codes import appraisals as say
from ..errors import KpirulesError
from ..kernel.widths import half_character
from ..rating.assessing import assess
from ..rating.assessing.together import Outcome
from ..record import Assessment
from .known import Filled, Known, Reading
from .wiring import AppraisalProgram

__all__ = ["Outcome", "Running", "StageRow", "told_apart"]


@frozen
class StageRow:
    """One row of a stage's table.

    Args:
        number: which one it is, from 0.
        key: the texts of its key; empty where a part is not given.
        given: by column.
        problems: why it is not assessed, whatever else is known.
        is_broken: True where the file that holds it already said why.
    """

    number: int
    key: tuple[str, ...]
    given: Mapping[str, Any]
    problems: tuple[Diagnostic, ...] = ()
    is_broken: bool = False

    @property
    def name(self) -> str:
        """What messages call it: its key, or its number where it has none."""
        return f"({', '.join(self.key)})" if self.key else f"row {self.number + 1}"


def told_apart(reading: Reading, rows: Sequence[Mapping[str, Any]]) -> list[StageRow]:
    """The rows with their keys; those without one and those that share one have a problem.

    Args:
        reading: how rows of the stage are read.
        rows: by column.
    """
    keys = [reading.key(row) for row in rows]
    often = Counter(keys)
    columns = reading.program.stage(reading.id).key
    found = []
    for number, (key, row) in enumerate(zip(keys, rows, strict=True)):
        whole = tuple(part for part in key if part is not None)
        if len(whole) < len(key):
            missing = [name for name, part in zip(columns, key, strict=True) if part is None]
            problems = tuple(say.key_not_given(At(None, name), name) for name in missing)
            found.append(StageRow(number, (), row, problems))
        elif half := half_character("".join(whole)):
            problem = inputs.wrong_kind(
                At(None, ", ".join(columns)), ", ".join(columns), f"a key with {half}", "a text"
            )
            found.append(StageRow(number, (), row, (problem,)))
        elif often[key] > 1:
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
        known: what finished stages came to.
    """

    program: AppraisalProgram
    known: Known

    @classmethod
    def of(cls, program: AppraisalProgram) -> Running:
        """A run that has not begun."""
        return cls(program, Known(program))

    def reading(self, stage: str) -> Reading:
        """How rows of a stage are read."""
        return Reading(self.program, stage)

    def assess(self, reading: Reading, row: StageRow, *, engine: str = "scalar") -> Outcome:
        """What becomes of a row.

        Args:
            reading: how rows of its stage are read.
            row: with its key.
            engine: of `assess`.
        """
        if row.problems:
            return Report(row.problems)
        filled = self.known.fill(reading, row.given)
        return assessed(filled, engine=engine)

    def note(self, reading: Reading, row: StageRow, given: Mapping[str, Any], outcome: Outcome) -> tuple[Any, ...]:
        """Take in what became of a row, for stages that read it.

        Args:
            reading: how rows of its stage are read.
            row: with its key.
            given: the whole of it, with what it takes.
            outcome: of the row.

        Returns:
            What is read of it.
        """
        if isinstance(outcome, Assessment):
            values = reading.values(given, outcome)
            self.known.add(reading.id, row.key, values)
        else:
            values = reading.of_row(given, is_broken=row.is_broken)
            self.known.add_failed(reading.id, row.name, values)
        return values


def assessed(filled: Filled, *, engine: str = "scalar") -> Outcome:
    """What becomes of a subject some of whose inputs are taken.

    A required one that could not be filled is missing: an exemption may make it needless.

    Args:
        filled: the inputs, and the rules.
        engine: of `assess`.
    """
    if filled.program is None:
        return Report(tuple(filled.problems))
    found: Assessment | None = None
    problems = list(filled.problems)
    try:
        found = assess(filled.program, filled.given, engine=engine)
    except KpirulesError as refusal:
        problems += [one for one in refusal.report if one.path not in filled.needed or one.span is not None]
        problems += filled.needed.values()
    if found is not None and not problems:
        return found
    return Report(tuple(problems))
