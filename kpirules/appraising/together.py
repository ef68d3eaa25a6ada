"""Stages whose subjects are compared, or share quotas: they are rated as a whole."""

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
    Entrant,
    Outcome,
    Parts,
    allocate_cohorts,
    are_together,
    compare,
    refuse_cohorts,
)
from ..rating.program import Program
from .known import Filled
from .names import key_text
from .running import Running, StageRow, assessed
from .wiring import AppraisalProgram

__all__ = ["Together", "assess_together", "group_of", "is_rated_whole"]


def is_rated_whole(program: AppraisalProgram, unit: Sequence[str]) -> bool:
    """Whether the subjects of stages are rated as a whole and not one by one.

    Args:
        program: the appraisal.
        unit: the stages, more than one where they are allocated together.
    """
    return len(unit) > 1 or any(are_together(program.programs[stage]) for stage in unit)


def group_of(program: AppraisalProgram, stage: str, row: Mapping[str, Any]) -> str:
    """The cohort of a row in words; empty where its stage has one for all.

    Args:
        program: the appraisal.
        stage: whose row it is.
        row: by column.
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


def _told_cohort(program: AppraisalProgram, stage: str, row: StageRow, given: Mapping[str, Any]) -> Parts:
    """As much of the cohort as a row tells that could not be assessed, `UNKNOWN` for the rest."""
    cohort = program.programs[stage].rulebook.cohort
    names = program.names[stage]
    told = [names.told(name, given, is_broken=row.is_broken) for name in (() if cohort is None else cohort.within)]
    return tuple(UNKNOWN if value is UNKNOWN else key_text(value) for value in told)


@frozen
class Together:
    """What stages came to that are rated as a whole.

    Args:
        outcomes: by stage, of its rows in their order.
        groups: how every quota came out, by cohort.
    """

    outcomes: Mapping[str, list[Outcome]]
    groups: tuple[QuotaGroup, ...] = ()


@define
class _Member(Entrant):
    """One row of one of the stages.

    Args:
        stage: whose row it is.
        row: with its key.
        filled: its inputs, None where it can't be assessed whatever they are.
    """

    stage: str = field(kw_only=True)
    row: StageRow = field(kw_only=True)
    filled: Filled | None = field(kw_only=True)


def assess_together(
    running: Running,
    rows: Mapping[str, Sequence[StageRow]],
    *,
    engine: str = "scalar",
    strays: Collection[str] = (),
) -> Together:
    """What becomes of the rows of stages that are rated as a whole.

    Where a row can't be assessed nobody of its cohort is: they are compared with it, or share a quota.

    Args:
        running: the run, in which everything that they take from is known.
        rows: by stage.
        engine: of `assess`.
        strays: what else there is that may concern anybody, in words.
    """
    placed = [(stage, row) for stage in rows for row in rows[stage]]
    names = _names(placed, len(rows) > 1)
    members = [_member(running, stage, row, name) for name, (stage, row) in zip(names, placed, strict=True)]
    for stage in rows:
        program = running.program.programs[stage]
        own = [one for one in members if one.stage == stage]
        if program.is_compared:
            _compare(program, own, engine)
        else:
            for one in own:
                if one.filled is not None:
                    one.outcome = assessed(one.filled, engine=engine)
    refuse_cohorts(members, strays)
    groups = allocate_cohorts(running.program.programs[next(iter(rows))], members)
    found: dict[str, list[Outcome]] = {stage: [] for stage in rows}
    for one in members:
        found[one.stage].append(one.outcome)
    return Together(found, groups)


def _names(placed: Sequence[tuple[str, StageRow]], are_several: bool) -> list[str]:
    """What members are called, as quotas name who holds the last place: by their keys where these read apart."""
    stages = [f"{stage}: " if are_several else "" for stage, _ in placed]
    keys = [", ".join(row.key) or row.name for _, row in placed]
    numbers = [f"row {row.number + 1}" + (f" {row.name}" if row.key else "") for _, row in placed]
    often = Counter(zip(stages, keys, strict=True))
    apart = [
        key if often[stage, key] == 1 else number for stage, key, number in zip(stages, keys, numbers, strict=True)
    ]
    names = [f"{stage}{name}" for stage, name in zip(stages, apart, strict=True)]
    if len(set(names)) < len(names):
        # A key reads like the number of another row.
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
        _told_cohort(running.program, stage, row, whole),
        None if filled is None else filled.program,
        row.is_broken,
        Report(row.problems),
        stage=stage,
        row=row,
        filled=filled,
    )


# -- comparing ------------------------------------------------------------------------------------


def _compare(whole: Program, members: Sequence[_Member], engine: str) -> None:
    """Assess members that are compared with each other, cohorts without those in which somebody can't be."""
    ready = []
    for one in members:
        if one.filled is None:
            continue
        if one.part is None:
            one.outcome = Report(tuple(one.filled.problems))
        elif one.filled.problems or one.filled.needed:
            one.outcome = _alone(one.part, one.filled, engine)
        else:
            ready.append(one)
    compare(whole, members, ready, engine=engine)


def _alone(program: Program, filled: Filled, engine: str) -> Outcome:
    """A member some of whose inputs could not be filled; an exemption may make that needless."""
    problems = list(filled.problems)
    try:
        found = assess_cohort(program, [filled.given], engine=engine, is_allocated=False)["0"]
    except KpirulesError as refusal:
        told = [one.alone for one in refusal.report]
        problems += [one for one in told if one.path not in filled.needed or one.span is not None]
        problems += filled.needed.values()
    else:
        if not problems:
            return found
    return Report(tuple(problems))
