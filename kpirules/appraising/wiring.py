"""A checked appraisal with the programs of its stages, ready to run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from attrs import evolve, field, frozen

from ..analysis.checking.allow import apply
from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import At, appraisals
from ..errors import RulebookError, SubjectError
from ..kernel.brief import brief, counted
from ..kernel.mappings import FrozenMap
from ..language.model import Appraisal, Stage, Words
from ..rating.assessing import part_of
from ..rating.assessing.values import day_of
from ..rating.program import Program
from .checking import check_wires
from .names import Names

__all__ = ["AppraisalProgram", "wire", "wires_examined"]

Matches = tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]
"""The lists of names that find a stage's assessments, each with the indexes of these among its values."""


@frozen(slots=False)
class AppraisalProgram:
    """An appraisal without errors, with the programs of its stages; immutable.

    Args:
        appraisal: the appraisal as written.
        programs: programs of the stages, by id.
        report: what the check found: warnings, notes, and allowed findings.
    """

    appraisal: Appraisal
    programs: FrozenMap[str, Program]
    report: Report = field(eq=False, repr=False)

    def __repr__(self) -> str:
        return brief(self, self.appraisal.id, counted(len(self.appraisal.stages), "stage"))

    @property
    def id(self) -> str:
        """The id of the appraisal."""
        return self.appraisal.id

    @property
    def order(self) -> tuple[tuple[str, ...], ...]:
        """The stages in the order they run; stages allocated together form one unit."""
        return self.appraisal.order

    def stage(self, id_: str) -> Stage:
        """Return the stage of a name.

        Args:
            id_: the name.
        """
        return self.appraisal.stage(id_)

    def part(self, id_: str, row: Mapping[str, Any], given: dict[str, Any]) -> tuple[Program, dict[str, Any]]:
        """Return the rules for a row of a stage, and its inputs without those of other variants.

        Args:
            id_: the stage.
            row: values by column.
            given: its inputs.

        Raises:
            KpirulesError: if the row does not name its variant or edition.
        """
        program, on = self.programs[id_], self.stage(id_).on
        if on is not None:
            program = self._edition_program(id_, row.get(on), on)
        if not program.parts:
            return program, given
        part, own = part_of(program, given)
        return part, dict(own) if isinstance(own, Mapping) else given

    def _edition_program(self, id_: str, value: Any, name: str) -> Program:
        """Return the program of the edition in force on a date."""
        day = day_of(value)
        if day is None:
            raise SubjectError(Report((appraisals.no_edition_day(At(None, name), name),)))
        days = self._editions
        if (id_, day) not in days:
            try:
                days[id_, day] = self.programs[id_].narrowed(on=day)
            except RulebookError as refusal:
                days[id_, day] = refusal.report
        found = days[id_, day]
        if isinstance(found, Report):
            raise SubjectError(Report(tuple(evolve(diagnostic, span=None, path=name) for diagnostic in found)))
        return found

    @cached_property
    def _editions(self) -> dict[tuple[str, date], Program | Report]:
        """A cache of the editions in force, by stage and date."""
        return {}

    @cached_property
    def names(self) -> Mapping[str, Names]:
        """The names that can be read from each stage."""
        return {stage.id: Names(stage, self.programs[stage.id]) for stage in self.appraisal.stages}

    @cached_property
    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """The names that later stages read, by stage; the status first, which explains an absent value."""
        found: dict[str, dict[str, None]] = {stage.id: {"status": None} for stage in self.appraisal.stages}
        for source, names in self._wires():
            found[source].update(dict.fromkeys(names))
        return {id_: tuple(names) for id_, names in found.items()}

    @cached_property
    def matches(self) -> Mapping[str, Matches]:
        """The names by which other stages find assessments, by stage."""
        found: dict[str, dict[tuple[str, ...], None]] = {stage.id: {} for stage in self.appraisal.stages}
        for stage in self.appraisal.stages:
            for take in stage.take:
                for source in take.stages:
                    found[source][take.match] = None
        return {
            id_: tuple((match, tuple(self.reads[id_].index(name) for name in match)) for match in matches)
            for id_, matches in found.items()
        }

    def readers(self, id_: str) -> tuple[str, ...]:
        """Return the stages that take values from a stage.

        Args:
            id_: the stage.
        """
        return tuple(stage.id for stage in self.appraisal.stages if id_ in stage.sources)

    def _wires(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for stage in self.appraisal.stages:
            for take in stage.take:
                for source in take.stages:
                    yield source, (*take.match, *take.reads)


def wires_examined(
    appraisal: Appraisal, programs: Mapping[str, Program], found: tuple[Diagnostic, ...] = ()
) -> Report:
    """Check an appraisal without rating any subject.

    Args:
        appraisal: the appraisal as written.
        programs: programs of the stages whose rulebook could be loaded.
        found: diagnostics from reading these.
    """
    names = {stage.id: Names(stage, programs[stage.id]) for stage in appraisal.stages if stage.id in programs}
    return Report.of(apply(_words(appraisal), (*found, *check_wires(appraisal, names))))


def _words(appraisal: Appraisal) -> Iterator[Words]:
    yield appraisal.words
    for stage in appraisal.stages:
        yield stage.words
        yield from (take.words for take in stage.take)


def wire(
    appraisal: Appraisal, programs: Mapping[str, Program], *, found: tuple[Diagnostic, ...] = ()
) -> AppraisalProgram:
    """Return the program of an appraisal.

    Args:
        appraisal: the appraisal as written.
        programs: programs of its stages, by id.
        found: diagnostics from reading these.

    Raises:
        RulebookError: with the whole report, if it has errors.
    """
    report = wires_examined(appraisal, programs, found)
    if report.errors or len(programs) < len(appraisal.stages):
        raise RulebookError(report)
    return AppraisalProgram(appraisal, FrozenMap(programs), report)
