"""A population rated by several programs: the band or status and the score of each subject, or its refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from ..diagnostics import Report
from ..engines.scalar import Decision
from ..errors import KpirulesError
from ..rating.assessing import assess, assess_cohort, part_of
from ..rating.assessing.values import take
from ..rating.program import Program
from ..rating.tables import Subject
from ..record import Assessment

__all__ = ["ERROR", "Level", "Standing", "Standings", "is_together", "key_of", "standings", "standings_of_whole"]

Level = tuple[str, str]
"""`band` or `status`, with its name: the two may share names."""

ERROR: Level = ("error", "error")
"""The level of subjects that can't be assessed."""

Standing = tuple[Level, Fraction | None]
"""The band, or else the status; and the published score."""

NO_ANSWER: Standing = (ERROR, None)


@frozen
class Standings:
    """The results of a population under one program.

    Args:
        each: one result a subject, in the order of the population.
        refused: reasons of the subjects that can't be assessed, by index.
    """

    each: list[Standing] = field(factory=list)
    refused: dict[int, Report] = field(factory=dict)

    def add(self, found: Standing | Report) -> None:
        """Add the result of the next subject."""
        if isinstance(found, Report):
            self.refused[len(self.each)] = found
            found = NO_ANSWER
        self.each.append(found)

    def refuse(self, refused: Mapping[int, Report]) -> None:
        """Replace results by refusals.

        Args:
            refused: reasons, by index.
        """
        for place, report in refused.items():
            self.each[place] = NO_ANSWER
            self.refused[place] = report

    def only(self, places: Sequence[int]) -> Standings:
        """Return the results of some subjects.

        Args:
            places: their indexes.
        """
        refused = {at: self.refused[place] for at, place in enumerate(places) if place in self.refused}
        return Standings([self.each[place] for place in places], refused)


def standings(programs: Sequence[Program], population: Sequence[Subject]) -> list[Standings]:
    """Rate every subject by several programs, each of one variant and edition.

    Programs with equal inputs take equal arguments, so each subject is validated once for all of them.

    Args:
        programs: the rules.
        population: subjects.
    """
    groups: list[list[int]] = []
    for place, program in enumerate(programs):
        same = next((group for group in groups if _takes_alike(programs[group[0]], program)), None)
        if same is None:
            groups.append([place])
        else:
            same.append(place)
    found = [Standings() for _ in programs]
    # Few results differ, so equal ones are shared.
    known: dict[Standing, Standing] = {}
    for places in groups:
        first = programs[places[0]]
        taken = frozenset(input_.id for input_ in first.rulebook.inputs)
        for place in [other for other in places if is_together(programs[other])]:
            places.remove(place)
            given = [_taken(subject, first, taken) for subject in population]
            found[place] = _together(programs[place], population, given)
        for subject in population if places else ():
            given_values = _taken(subject, first, taken)
            admitted = first.scalar.admit(given_values)
            for place in places:
                standing = _alone(programs[place], given_values, admitted)
                found[place].add(standing if isinstance(standing, Report) else known.setdefault(standing, standing))
    return found


def _taken(subject: Subject, program: Program, taken: frozenset[str]) -> dict[str, Any]:
    """Return a subject's values for the inputs of a program."""
    return {id_: value for id_, value in subject.values_for(program.rulebook).items() if id_ in taken}


def is_together(program: Program) -> bool:
    """Return whether a rating depends on other subjects."""
    return program.is_compared or program.has_quotas


def key_of(subject: Subject, index: int) -> tuple[str, ...]:
    """Return the key of a subject, or its row from 1.

    Args:
        subject: a subject of a population.
        index: its index there.
    """
    return tuple(map(str, subject.key)) or (str(index + 1),)


def _takes_alike(program: Program, other: Program) -> bool:
    plan, other_plan = program.plan, other.plan
    return plan.inputs == other_plan.inputs and all(
        plan.records[id_].fields == other_plan.records[id_].fields for id_ in plan.records
    )


def _alone(
    program: Program, given: Mapping[str, Any], admitted: tuple[tuple[Any, ...], Any] | None
) -> Standing | Report:
    decision = None if admitted is None else program.scalar.decide(admitted[0])
    if type(decision) is Decision:
        band = decision.band("band")
        return ("status", decision.status) if band is None else ("band", band), decision.number("score")
    try:
        return _standing(assess(program, given))
    except KpirulesError as refusal:
        return refusal.report


def _standing(assessment: Assessment) -> Standing:
    level = ("status", assessment.status) if assessment.band is None else ("band", assessment.band)
    return level, None if assessment.score is None else Fraction(assessment.score)


# -- rated together -------------------------------------------------------------------------------


def _together(program: Program, population: Sequence[Subject], given: Sequence[Mapping[str, Any]]) -> Standings:
    """Rate all subjects together; invalid ones take no part."""
    names = [", ".join(key_of(subject, index)) for index, subject in enumerate(population)]
    if len(set(names)) < len(names):
        names = [str(index + 1) for index in range(len(names))]
    refused = {name: _refused(program, name, own) for name, own in zip(names, given, strict=True)}
    members = {name: own for name, own in zip(names, given, strict=True) if refused[name] is None}
    found = Standings()
    try:
        assessed: Mapping[str, Assessment] = assess_cohort(program, members)
    except KpirulesError as refusal:
        assessed, refused = {}, {name: refused[name] or refusal.report for name in names}
    for name in names:
        found.add(refused[name] or _standing(assessed[name]))
    return found


def _refused(program: Program, name: str, given: Mapping[str, Any]) -> Report | None:
    """Return why a subject can't be a member; None if its values are valid, or it is exempt."""
    try:
        part, own = part_of(program, given) if program.parts else (program, given)
        if part.scalar.admit(own) is not None:
            return None
        values = take(part.rulebook.inputs, own)
        if values.problems or values.missing:
            assess_cohort(part, {name: own}, is_allocated=False)
    except KpirulesError as refusal:
        return refusal.report
    return None


def standings_of_whole(program: Program, population: Sequence[Subject]) -> Standings:
    """Rate all subjects together, each by its own variant and edition.

    Args:
        program: a program of several variants or editions, which share quotas.
        population: subjects.
    """
    return _together(program, population, [_values_of_part(program, subject) for subject in population])


def _values_of_part(program: Program, subject: Subject) -> Mapping[str, Any]:
    """Return a subject's values for the inputs of its part."""
    given = subject.values_for(program.gathered)
    try:
        part, _ = part_of(program, given)
    except KpirulesError:
        return given
    return _taken(subject, part, frozenset(input_.id for input_ in part.rulebook.inputs))
