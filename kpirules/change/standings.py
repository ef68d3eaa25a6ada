"""A population by each of several programs: the band or status and the score of everybody, or why there is none."""

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
"""`band` or `status` with its name: the two may share names."""

ERROR: Level = ("error", "error")
"""What stands for subjects that can't be assessed."""

Standing = tuple[Level, Fraction | None]
"""Band, or status where there is none; and the published score."""

NO_ANSWER: Standing = (ERROR, None)


@frozen
class Standings:
    """What becomes of a population by one program.

    Args:
        each: of everybody, in the order of the population.
        refused: why those can't be assessed that can't, by their place.
    """

    each: list[Standing] = field(factory=list)
    refused: dict[int, Report] = field(factory=dict)

    def add(self, found: Standing | Report) -> None:
        """Take what became of the next one."""
        if isinstance(found, Report):
            self.refused[len(self.each)] = found
            found = NO_ANSWER
        self.each.append(found)

    def refuse(self, refused: Mapping[int, Report]) -> None:
        """Take back the answers about some.

        Args:
            refused: why, by the place of each.
        """
        for place, report in refused.items():
            self.each[place] = NO_ANSWER
            self.refused[place] = report

    def only(self, places: Sequence[int]) -> Standings:
        """Those of some of the population.

        Args:
            places: of these.
        """
        refused = {at: self.refused[place] for at, place in enumerate(places) if place in self.refused}
        return Standings([self.each[place] for place in places], refused)


def standings(programs: Sequence[Program], population: Sequence[Subject]) -> list[Standings]:
    """What becomes of everybody by each of several programs, each of one variant and edition.

    Programs with equal inputs take equal arguments, so a subject is looked at once for all of them.

    Args:
        programs: the rules.
        population: subjects.
    """
    alike: list[list[int]] = []
    for place, program in enumerate(programs):
        same = next((group for group in alike if _takes_alike(programs[group[0]], program)), None)
        if same is None:
            alike.append([place])
        else:
            same.append(place)
    found = [Standings() for _ in programs]
    # There are few different ones, and many subjects.
    known: dict[Standing, Standing] = {}
    for places in alike:
        first = programs[places[0]]
        taken = frozenset(one.id for one in first.rulebook.inputs)
        for place in [one for one in places if is_together(programs[one])]:
            places.remove(place)
            given = [_taken(one, first, taken) for one in population]
            found[place] = _together(programs[place], population, given)
        for subject in population if places else ():
            own = _taken(subject, first, taken)
            admitted = first.scalar.admit(own)
            for place in places:
                one = _alone(programs[place], own, admitted)
                found[place].add(one if isinstance(one, Report) else known.setdefault(one, one))
    return found


def _taken(subject: Subject, program: Program, taken: frozenset[str]) -> dict[str, Any]:
    """What a program takes of a subject."""
    return {id_: value for id_, value in subject.by(program.rulebook).items() if id_ in taken}


def is_together(program: Program) -> bool:
    """Whether a rating depends on who else is rated."""
    return program.is_compared or program.has_quotas


def key_of(subject: Subject, index: int) -> tuple[str, ...]:
    """What tells a subject apart: its key, or its row from 1.

    Args:
        subject: one of a population.
        index: its place there.
    """
    return tuple(map(str, subject.key)) or (str(index + 1),)


def _takes_alike(program: Program, other: Program) -> bool:
    mine, theirs = program.plan, other.plan
    return mine.inputs == theirs.inputs and all(
        mine.records[id_].fields == theirs.records[id_].fields for id_ in mine.records
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


def _standing(found: Assessment) -> Standing:
    level = ("status", found.status) if found.band is None else ("band", found.band)
    return level, None if found.score is None else Fraction(found.score)


# -- rated together -------------------------------------------------------------------------------


def _together(program: Program, population: Sequence[Subject], given: Sequence[Mapping[str, Any]]) -> Standings:
    """What becomes of everybody where all are rated together; who is not valid takes no part."""
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
    """Why a subject may be no member: its values are not valid, and it is not exempt without some of them."""
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
    """What becomes of everybody by the variants and editions that they tell, all together.

    Args:
        program: of several variants or editions, which share quotas.
        population: subjects.
    """
    return _together(program, population, [_own(program, subject) for subject in population])


def _own(program: Program, subject: Subject) -> Mapping[str, Any]:
    """What the part of a subject takes of it."""
    given = subject.by(program.gathered)
    try:
        part, _ = part_of(program, given)
    except KpirulesError:
        return given
    return _taken(subject, part, frozenset(one.id for one in part.rulebook.inputs))
