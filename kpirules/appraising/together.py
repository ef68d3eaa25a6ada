"""Rates stages together if their subjects are compared or share quotas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from ..diagnostics import Report
from ..errors import KpirulesError
from ..rating.assessing import QuotaGroup, assess_cohort
from ..rating.assessing.together import (
    UNKNOWN,
    CohortMember,
    Outcome,
    Parts,
    allocate_cohorts,
    compare,
    is_rated_together,
    refuse_cohorts,
)
from ..rating.program import Program
from .known import Filled
from .names import key_text
from .running import Running, StageRow, assessed
from .wiring import AppraisalProgram

__all__ = ["Together", "assess_together", "group_of", "is_rated_whole"]


def is_rated_whole(program: AppraisalProgram, unit: Sequence[str]) -> bool:
    """Whether the subjects of stages are rated together.

    Args:
        program: the appraisal.
        unit: the stages; several if they are allocated together.
    """
    return len(unit) > 1 or any(is_rated_together(program.programs[stage]) for stage in unit)


def group_of(program: AppraisalProgram, stage: str, row: Mapping[str, Any]) -> str:
    """Return the cohort of a row in words; empty if all rows of its stage are in one cohort.

    Args:
        program: the appraisal.
        stage: the row's stage.
        row: values by column.
    """
    cohort = program.programs[stage].rulebook.cohort
    if cohort is None:
        return ""
    parts = _cohort(program, stage, row)
    return ", ".join(f"{name} {part or 'absent'}" for name, part in zip(cohort.within, parts, strict=True))


def _cohort(program: AppraisalProgram, stage: str, given: Mapping[str, Any]) -> tuple[str | None, ...]:
    cohort = program.programs[stage].rulebook.cohort
    names = program.names[stage]
    return () if cohort is None else tuple(key_text(names.column(name)(given)) for name in cohort.within)


def _known_cohort(program: AppraisalProgram, stage: str, row: StageRow, given: Mapping[str, Any]) -> Parts:
    """Return the cohort of a row that could not be assessed, with `UNKNOWN` where it is unknown."""
    cohort = program.programs[stage].rulebook.cohort
    names = program.names[stage]
    values = [
        names.known_value(name, given, is_broken=row.is_broken) for name in (() if cohort is None else cohort.within)
    ]
    return tuple(UNKNOWN if value is UNKNOWN else key_text(value) for value in values)


@frozen
class Together:
    """Results of stages that are rated together.

    Args:
        outcomes: outcomes of rows by stage, in order.
        groups: results of all quotas, by cohort.
    """

    outcomes: Mapping[str, list[Outcome]]
    groups: tuple[QuotaGroup, ...] = ()


@define
class _Member(CohortMember):
    """One row of a stage.

    Args:
        stage: the row's stage.
        row: the row with its key.
        filled: its inputs; None if it can't be assessed whatever they are.
    """

    stage: str = field(kw_only=True)
    row: StageRow = field(kw_only=True)
    filled: Filled | None = field(kw_only=True)


def assess_together(
    running: Running,
    rows: Mapping[str, Sequence[StageRow]],
    *,
    engine: str = "scalar",
    stray_records: Collection[str] = (),
) -> Together:
    """Assess the rows of stages that are rated together.

    If a row can't be assessed, its whole cohort is refused, because members are compared or share a quota.

    Args:
        running: the run, with the results of all stages that these take from.
        rows: rows by stage.
        engine: as for `assess`.
        stray_records: descriptions of records that may belong to any row.
    """
    placed = [(stage, row) for stage in rows for row in rows[stage]]
    names = _names(placed, len(rows) > 1)
    members = [_member(running, stage, row, name) for name, (stage, row) in zip(names, placed, strict=True)]
    for stage in rows:
        program = running.program.programs[stage]
        own = [member for member in members if member.stage == stage]
        if program.is_compared:
            _compare(program, own, engine)
        else:
            for member in own:
                if member.filled is not None:
                    member.outcome = assessed(member.filled, engine=engine)
    refuse_cohorts(members, stray_records)
    groups = allocate_cohorts(running.program.programs[next(iter(rows))], members)
    found: dict[str, list[Outcome]] = {stage: [] for stage in rows}
    for member in members:
        found[member.stage].append(member.outcome)
    return Together(found, groups)


def _names(placed: Sequence[tuple[str, StageRow]], are_several: bool) -> list[str]:
    """Return the names of members for messages about quotas: keys if they differ, else numbers."""
    stages = [f"{stage}: " if are_several else "" for stage, _ in placed]
    keys = [", ".join(row.key) or row.name for _, row in placed]
    numbers = [f"row {row.number + 1}" + (f" {row.name}" if row.key else "") for _, row in placed]
    counts = Counter(zip(stages, keys, strict=True))
    unique = [
        key if counts[stage, key] == 1 else number for stage, key, number in zip(stages, keys, numbers, strict=True)
    ]
    names = [f"{stage}{name}" for stage, name in zip(stages, unique, strict=True)]
    if len(set(names)) < len(names):
        # A key equals the number of another row.
        return [f"{stage}{number}" for stage, number in zip(stages, numbers, strict=True)]
    return names


def _member(running: Running, stage: str, row: StageRow, name: str) -> _Member:
    whole = running.known.whole(running.reading(stage), row.given)
    filled = None
    if not row.problems and not row.is_broken:
        filled = running.known.fill(running.reading(stage), row.given)
    return _Member(
        name,
        running.program.programs[stage],
        None if filled is None else filled.given,
        _cohort(running.program, stage, whole),
        _known_cohort(running.program, stage, row, whole),
        None if filled is None else filled.program,
        row.is_broken,
        Report(row.problems),
        stage=stage,
        row=row,
        filled=filled,
    )


# -- comparing ------------------------------------------------------------------------------------


def _compare(whole: Program, members: Sequence[_Member], engine: str) -> None:
    """Assess members that are compared with each other, without cohorts that have a member in error."""
    ready = []
    for member in members:
        if member.filled is None:
            continue
        if member.part is None:
            member.outcome = Report(tuple(member.filled.problems))
        elif member.filled.problems or member.filled.needed:
            member.outcome = _assess_alone(member.part, member.filled, engine)
        else:
            ready.append(member)
    compare(whole, members, ready, engine=engine)


def _assess_alone(program: Program, filled: Filled, engine: str) -> Outcome:
    """Assess a member without its unfilled inputs, which an exemption may not need."""
    problems = list(filled.problems)
    try:
        found = assess_cohort(program, [filled.given], engine=engine, is_allocated=False)["0"]
    except KpirulesError as refusal:
        diagnostics = [problem.alone for problem in refusal.report]
        problems += [
            problem for problem in diagnostics if problem.path not in filled.needed or problem.span is not None
        ]
        problems += filled.needed.values()
    else:
        if not problems:
            return found
    return Report(tuple(problems))
