"""Stages whose subjects are compared, or share quotas: they are rated as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from ..assessing import QuotaGroup, allocate, assess_cohort, assess_members, member_told
from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import At
from ..diagnostics.codes import appraisals as say
from ..errors import KpirulesError
from ..program import Program
from ..record import Assessment
from .known import Filled
from .names import UNKNOWN, Unknown, key_text
from .running import Outcome, Running, StageRow, assessed
from .wiring import AppraisalProgram

__all__ = ["Together", "are_together", "assess_together", "group_of"]

_Parts = tuple[str | Unknown | None, ...]
"""The texts of what makes a cohort, as far as they are known."""


def are_together(program: AppraisalProgram, unit: Sequence[str]) -> bool:
    """Whether the subjects of stages are rated as a whole and not one by one.

    Args:
        program: the appraisal.
        unit: the stages, more than one where they are allocated together.
    """
    programs = [program.programs[stage] for stage in unit]
    return len(unit) > 1 or any(one.is_compared or one.has_quotas for one in programs)


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


def _told_cohort(program: AppraisalProgram, stage: str, row: StageRow, given: Mapping[str, Any]) -> _Parts:
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
class _Member:
    """One row of one of the stages.

    Args:
        stage: whose row it is.
        row: with its key.
        name: that no other member has, which messages and quotas tell.
        cohort: the texts of what makes its cohort.
        told_cohort: as much of that as it tells where it can't be assessed.
        filled: its inputs, None where it can't be assessed whatever they are.
        outcome: of the row.
    """

    stage: str
    row: StageRow
    name: str
    cohort: tuple[str | None, ...]
    told_cohort: _Parts
    filled: Filled | None
    outcome: Outcome = field(factory=Report)


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
    members = {name: _member(running, stage, row, name) for name, (stage, row) in zip(names, placed, strict=True)}
    for stage in rows:
        program = running.program.programs[stage]
        own = {name: one for name, one in members.items() if one.stage == stage}
        if program.is_compared:
            _compare(program, own, engine)
        else:
            for one in own.values():
                if one.filled is not None:
                    one.outcome = assessed(one.filled, engine=engine)
    _refuse_cohorts(running.program, members, strays)
    groups = _allocated(running.program, tuple(rows), members)
    found: dict[str, list[Outcome]] = {stage: [] for stage in rows}
    for one in members.values():
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
    cohort = _cohort(running.program, stage, whole)
    told = _told_cohort(running.program, stage, row, whole)
    if row.problems or row.is_broken:
        return _Member(stage, row, name, cohort, told, None, Report(row.problems))
    filled = running.known.fill(running.reading(stage), row.given)
    return _Member(stage, row, name, cohort, told, filled)


# -- comparing ------------------------------------------------------------------------------------


def _compare(whole: Program, members: Mapping[str, _Member], engine: str) -> None:
    """Assess members that are compared with each other, cohorts without those in which somebody can't be."""
    ready = {}
    for name, one in members.items():
        if one.filled is None:
            continue
        program = one.filled.program
        if program is None:
            one.outcome = Report(tuple(one.filled.problems))
        elif one.filled.problems or one.filled.needed:
            one.outcome = _alone(program, one.filled, engine)
        else:
            ready[name] = one
    while ready:
        failed = {one.cohort for one in members.values() if isinstance(one.outcome, Report) and len(one.outcome)}
        ready = {name: one for name, one in ready.items() if one.cohort not in failed}
        in_order = [one for one in ready.values() if one.filled is not None]
        filled = [one.filled for one in in_order if one.filled is not None]
        given = [(one.program, one.given) for one in filled if one.program is not None]
        try:
            found = assess_members(whole, given, engine=engine)
        except KpirulesError as refusal:
            _spread(refusal.report, in_order)
            continue
        for one, assessment in zip(in_order, found, strict=True):
            one.outcome = assessment
        return


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


def _spread(report: Report, members: Sequence[_Member]) -> None:
    """Give what stands in the way to the members it is about; to all where it is about none of them."""
    found: dict[int, list[Diagnostic]] = {}
    places = {member_told(str(place)): [place] for place in range(len(members))}
    for diagnostic in report:
        for place in places.get(diagnostic.subject, range(len(members))):
            found.setdefault(place, []).append(diagnostic.alone)
    for place, told_of in found.items():
        members[place].outcome = Report(tuple(told_of))


def _refuse_cohorts(program: AppraisalProgram, members: Mapping[str, _Member], strays: Collection[str]) -> None:
    """Rate nobody of a cohort in which somebody can't be assessed; the exempt are not compared."""
    culprits: dict[_Parts, str] = {}
    for name in sorted(members):
        one = members[name]
        if isinstance(one.outcome, Report) and (len(one.outcome) or one.row.is_broken):
            culprits.setdefault(one.told_cohort, name)
    uncertain = {told: name for told, name in culprits.items() if UNKNOWN in told}
    anybody = next(iter(strays), None)
    for one in members.values():
        rules = program.programs[one.stage]
        culprit = _culprit(one.cohort, culprits, uncertain)
        if culprit is None and anybody is not None:
            culprit = anybody, False
        if culprit is None or not (rules.is_compared or rules.has_quotas):
            continue
        refusal = Report((say.cohort_in_error(At(None, ""), *culprit),))
        if isinstance(one.outcome, Assessment):
            if not _is_exempt(one.outcome):
                one.outcome = refusal
        elif not len(one.outcome) and not one.row.is_broken:
            one.outcome = refusal


def _culprit(
    cohort: tuple[str | None, ...], culprits: Mapping[_Parts, str], uncertain: Mapping[_Parts, str]
) -> tuple[str, bool] | None:
    """Who can't be assessed of a cohort or may be of it, and whether it is for certain."""
    if cohort in culprits:
        return culprits[cohort], True
    for told, name in uncertain.items():
        if all(part is UNKNOWN or part == own for part, own in zip(told, cohort, strict=True)):
            return name, False
    return None


def _is_exempt(assessment: Assessment) -> bool:
    return assessment.status != "rated" and assessment.exemption is not None


# -- allocating -----------------------------------------------------------------------------------


def _allocated(
    program: AppraisalProgram, unit: tuple[str, ...], members: Mapping[str, _Member]
) -> tuple[QuotaGroup, ...]:
    """Let the quotas act on everybody who could be assessed."""
    rules = program.programs[unit[0]]
    if not rules.has_quotas:
        return ()
    ready = {name: one for name, one in members.items() if isinstance(one.outcome, Assessment)}
    try:
        return _allocate(rules, ready)
    except KpirulesError:
        # One cohort stands in the way of none of the others.
        return tuple(group for cohort in _cohorts(ready) for group in _one_cohort(rules, cohort))


def _one_cohort(rules: Program, members: Mapping[str, _Member]) -> tuple[QuotaGroup, ...]:
    try:
        return _allocate(rules, members)
    except KpirulesError as refusal:
        for one in members.values():
            one.outcome = refusal.report
        return ()


def _cohorts(members: Mapping[str, _Member]) -> Iterator[dict[str, _Member]]:
    by_cohort: dict[tuple[str | None, ...], dict[str, _Member]] = {}
    for name, one in members.items():
        by_cohort.setdefault(one.cohort, {})[name] = one
    for cohort in sorted(by_cohort, key=lambda parts: [part or "" for part in parts]):
        yield by_cohort[cohort]


def _allocate(rules: Program, members: Mapping[str, _Member]) -> tuple[QuotaGroup, ...]:
    allocation = allocate(
        rules,
        {name: one.filled.given for name, one in members.items() if one.filled is not None},
        {name: one.outcome for name, one in members.items() if isinstance(one.outcome, Assessment)},
        programs={name: one.filled.program for name, one in members.items() if one.filled and one.filled.program},
    )
    for name, assessment in allocation.assessments.items():
        members[name].outcome = assessment
    return allocation.groups
