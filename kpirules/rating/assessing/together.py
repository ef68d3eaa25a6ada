"""Members of cohorts: where one can't be assessed its cohort stays unrated; the others are rated (KR857)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from enum import Enum
from typing import Any, Final, TypeVar

from attrs import define, field

from ...diagnostics import Diagnostic, Report
from ...diagnostics.codes import At
from ...diagnostics.codes.appraisals import cohort_in_error
from ...diagnostics.codes.inputs import too_many_members
from ...errors import KpirulesError, RulebookError
from ...language.model import by_id, ids_by_column
from ...plan import quota_rules
from ...record import Assessment
from ..program import Program
from .allocating import QuotaGroup, allocate, member_told
from .assessing import assess
from .choosing import part_of
from .cohorts import assess_cohort, assess_members
from .values import named, take

__all__ = [
    "COHORT_IN_ERROR",
    "UNKNOWN",
    "Entrant",
    "Outcome",
    "Parts",
    "Unknown",
    "allocate_cohorts",
    "are_together",
    "compare",
    "rate_together",
    "refuse_cohorts",
    "told_cohort",
]

Outcome = Assessment | Report
"""What becomes of a subject: its assessment, or every reason why there is none."""


COHORT_IN_ERROR = "KR857"
"""The code of what is told of members whom another one of their cohort leaves unrated."""


class Unknown(Enum):
    """What a row that could not be assessed does not tell: it might be anything."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN

Parts = tuple[Any, ...]
"""The values that make a cohort, `UNKNOWN` for those that a member does not tell."""


@define
class Entrant:
    """A member of a cohort on its way to a rating.

    Args:
        name: that no other member has, which messages and quotas tell.
        rules: the program that rates it, with all its variants and editions.
        given: what is known of it.
        cohort: what makes its cohort.
        told_cohort: as much of that as it tells where it can't be assessed.
        part: the rules of its own variant and edition, None where `rules` find them.
        is_broken: True where its file already said why it can't be assessed.
        outcome: its assessment, or every reason why there is none; an empty report until that is known.
        left_out_by: the name of the member that leaves it unrated, empty where none does.
    """

    name: str
    rules: Program
    given: Any
    cohort: Parts
    told_cohort: Parts
    part: Program | None = None
    is_broken: bool = False
    outcome: Outcome = field(factory=Report)
    left_out_by: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether it can't be assessed for a reason of its own."""
        return isinstance(self.outcome, Report) and (len(self.outcome) > 0 or self.is_broken)

    def leave_out(self, culprit: str, *, is_certain: bool) -> None:
        """Leave it unrated because another member can't be assessed; the exempt are not compared.

        Args:
            culprit: the name of the other one.
            is_certain: whether that is of the same cohort, or only may be.
        """
        if not _is_exempt(self.outcome):
            self.outcome = Report((cohort_in_error(At(None, ""), culprit, is_certain),))
            self.left_out_by = culprit


Entered = TypeVar("Entered", bound=Entrant)


def are_together(program: Program, *, is_allocated: bool = True) -> bool:
    """Whether subjects are rated with their cohort and not one by one.

    Args:
        program: the rules.
        is_allocated: whether quotas act.
    """
    return program.is_compared or (is_allocated and program.has_quotas)


def told_cohort(program: Program, given: object, *, is_broken: bool = False) -> Parts:
    """Return the values that make the cohort of a subject, as far as it tells them.

    Args:
        program: the rules.
        given: what is known of the subject, valid or not.
        is_broken: True where its file could not be followed, so that what is not there may be lost.
    """
    cohort, known = program.rulebook.cohort, named(given, [])
    if cohort is None:
        return ()
    if known is None:
        return (UNKNOWN,) * len(cohort.within)
    known = by_id(known, ids_by_column(program.gathered.inputs))
    return tuple(_told(program, id_, known.get(id_), is_broken) for id_ in cohort.within)


def _told(program: Program, id_: str, value: object, is_broken: bool) -> Any:
    if value is None and is_broken:
        return UNKNOWN
    # Variants and editions may declare it otherwise; which is meant the subject need not tell.
    for part in program.whole:
        declared = [one for one in part.rulebook.inputs if one.id == id_]
        values = take(declared, {id_: value}, is_whole=False)
        if id_ in values.given:
            return values.given[id_]
    return UNKNOWN


def rate_together(
    program: Program, members: Sequence[Entrant], *, engine: str = "scalar", is_allocated: bool = True
) -> tuple[QuotaGroup, ...]:
    """Give members their outcomes.

    Args:
        program: the rules of all of them.
        members: each without an outcome, or refused already.
        engine: of `assess`.
        is_allocated: whether quotas act.

    Returns:
        How every quota came out for every group.
    """
    ready = [one for one in members if not one.is_refused]
    if program.is_compared:
        compare(program, members, ready, engine=engine)
    else:
        for one in ready:
            try:
                one.outcome = assess(program, one.given, engine=engine)
            except KpirulesError as refusal:
                one.outcome = refusal.report
    if are_together(program, is_allocated=is_allocated):
        refuse_cohorts(members)
    return allocate_cohorts(program, members) if is_allocated else ()


# -- comparing ------------------------------------------------------------------------------------


def compare(program: Program, members: Sequence[Entrant], ready: Sequence[Entrant], *, engine: str) -> None:
    """Assess members that are compared with each other, without cohorts in which one can't be.

    Args:
        program: the rules.
        members: all of them.
        ready: those that nothing refuses so far.
        engine: of `assess`.
    """
    while ready:
        failed = {one.cohort for one in members if isinstance(one.outcome, Report) and len(one.outcome)}
        ready = [one for one in ready if one.cohort not in failed]
        try:
            found = _assessed(program, ready, engine)
        except KpirulesError as refusal:
            _spread(refusal.report, ready)
            continue
        for one, assessment in zip(ready, found, strict=True):
            one.outcome = assessment
        return


def _assessed(program: Program, members: Sequence[Entrant], engine: str) -> tuple[Assessment, ...]:
    """The assessments of members, by the rules of their own variant and edition where these are known."""
    placed = [(one.part, one.given) for one in members if one.part is not None]
    if len(placed) == len(members):
        return assess_members(program, placed, engine=engine)
    found = assess_cohort(program, [one.given for one in members], engine=engine, is_allocated=False)
    return tuple(found.values())


def _spread(report: Report, members: Sequence[Entrant]) -> None:
    """Give what stands in the way to the members it is about; to all where it is about none of them."""
    found: dict[int, list[Diagnostic]] = {}
    places = {member_told(str(place)): [place] for place in range(len(members))}
    for diagnostic in report:
        for place in places.get(diagnostic.subject, range(len(members))):
            found.setdefault(place, []).append(diagnostic.alone)
    for place, told_of in found.items():
        members[place].outcome = Report(tuple(told_of))


@define
class _Ties:
    """What ties members of a cohort together: functions over the cohort, and quotas that act on all of them alike.

    Args:
        rules: the quotas of all parts so far, as values; a tie names them by their place.
        seen: the ties of a variant and edition of a rulebook.
    """

    rules: list[object] = field(factory=list)
    seen: dict[tuple[int, int], frozenset[object]] = field(factory=dict)

    def of(self, member: Entrant) -> frozenset[object]:
        """The ties of a member; of one that does not tell its variant and edition those of all."""
        return frozenset().union(*self._possible(member))

    def are_certain(self, member: Entrant) -> bool:
        """Whether a member has these ties, whichever variant and edition it is of."""
        return len(set(self._possible(member))) == 1

    def _possible(self, member: Entrant) -> list[frozenset[object]]:
        return [self._of(member.rules, one) for one in (_part(member) or member.rules).whole]

    def _of(self, rules: Program, part: Program) -> frozenset[object]:
        key = id(rules), id(part)
        if key not in self.seen:
            compared = [("compared", id(rules))] if rules.is_compared else []
            own = [self.place(part)] if part.rulebook.quotas else []
            self.seen[key] = frozenset((*compared, *own))
        return self.seen[key]

    def place(self, part: Program) -> int:
        """The place of the quotas of a variant and edition among those that differ."""
        rules = quota_rules(part.rulebook)
        if rules not in self.rules:
            self.rules.append(rules)
        return self.rules.index(rules)


def _part(member: Entrant) -> Program | None:
    """The rules of the variant and edition of a member, None where it does not tell them."""
    if member.part is not None or not member.rules.parts:
        return member.part or member.rules
    if member.is_broken or member.given is None:
        return None
    try:
        return part_of(member.rules, member.given)[0]
    except KpirulesError:
        return None


def refuse_cohorts(members: Sequence[Entrant], strays: Collection[str] = ()) -> None:
    """Rate nobody who is compared, or shares a quota, with a member that can't be assessed; the exempt are not.

    Args:
        members: of all cohorts.
        strays: what else there is that may concern any of them, in words.
    """
    ties = _Ties()
    culprits = _Culprits()
    for one in sorted(members, key=lambda one: one.name):
        if one.is_refused:
            is_certain = UNKNOWN not in one.told_cohort and ties.are_certain(one)
            culprits.add(ties.of(one), one.told_cohort, one.name, is_certain=is_certain)
    left = [(one, own) for one in members if not one.is_refused and (own := ties.of(one))]
    anybody = next(iter(strays), None)
    while left:
        found = [(one, own, culprits.of(own, one.cohort)) for one, own in left]
        if anybody is not None:
            found = [(one, own, culprit or (anybody, False)) for one, own, culprit in found]
        for one, own, culprit in found:
            if culprit is not None:
                one.leave_out(culprit[0], is_certain=culprit[1])
                if one.is_refused:
                    # Who shares a quota with one that is left out is left out too.
                    culprits.add(own, one.cohort, culprit[0], is_certain=culprit[1])
        kept = [(one, own) for one, own, culprit in found if culprit is None]
        left = kept if len(kept) < len(left) else []


@define
class _Culprits:
    """Those who can't be assessed, by a tie and by the cohort that they tell.

    Args:
        certain: who tells the whole cohort, and the variant and edition where these matter.
        uncertain: who may be of several.
    """

    certain: dict[tuple[object, Parts], str] = field(factory=dict)
    uncertain: dict[tuple[object, Parts], str] = field(factory=dict)

    def add(self, ties: Collection[object], cohort: Parts, name: str, *, is_certain: bool) -> None:
        found = self.certain if is_certain else self.uncertain
        for tie in ties:
            found.setdefault((tie, cohort), name)

    def of(self, ties: Collection[object], cohort: Parts) -> tuple[str, bool] | None:
        """Who can't be assessed of a cohort or may be of it, and whether it is for certain."""
        certain = [self.certain[tie, cohort] for tie in ties if (tie, cohort) in self.certain]
        if certain:
            return min(certain), True
        for (tie, told), name in self.uncertain.items():
            if tie in ties and all(part is UNKNOWN or part == own for part, own in zip(told, cohort, strict=True)):
                return name, False
        return None


def _is_exempt(outcome: Outcome) -> bool:
    return isinstance(outcome, Assessment) and outcome.status != "rated" and outcome.exemption is not None


# -- allocating -----------------------------------------------------------------------------------


def allocate_cohorts(rules: Program, members: Sequence[Entrant]) -> tuple[QuotaGroup, ...]:
    """Let quotas act on all who could be assessed; a cohort for which they can't stays unrated.

    Args:
        rules: of all members, or of the first of several rulebooks with the same quotas.
        members: with their outcomes.
    """
    if not rules.has_quotas:
        return ()
    _check_sizes(members)
    ready = [one for one in members if isinstance(one.outcome, Assessment)]
    try:
        return _allocate(rules, ready)
    except KpirulesError:
        # One cohort stands in the way of none of the others.
        return tuple(group for cohort in _cohorts(ready) for group in _one_cohort(rules, cohort))


def _check_sizes(members: Sequence[Entrant]) -> None:
    """Leave cohorts unrated that have more members than their rules allow, over all variants and editions."""
    cohorts: dict[object, list[Entrant]] = {}
    for one in members:
        if isinstance(one.outcome, Assessment) and not _is_exempt(one.outcome):
            key = one.rules.id, one.cohort
            cohorts.setdefault(key, []).append(one)
    for cohort in cohorts.values():
        first, *others = cohort
        declared = first.rules.rulebook.cohort
        if declared is not None and len(cohort) > declared.max_members:
            of = "" if len(cohorts) == 1 else f" of {' '.join(first.name.split())}"
            found = too_many_members(At(None, ""), len(cohort), declared.max_members, of)
            first.outcome = Report((found,))
            for one in others:
                one.leave_out(first.name, is_certain=True)


def _one_cohort(rules: Program, members: Sequence[Entrant]) -> tuple[QuotaGroup, ...]:
    """Let quotas act on a cohort; where those of one edition can't, they stand in the way of no other."""
    try:
        return _allocate(rules, members)
    except RulebookError as refusal:
        _refuse_about(refusal.report, members)
        return ()
    except KpirulesError:
        ties, alike = _Ties(), defaultdict[int, list[Entrant]](list)
        for one in members:
            alike[ties.place(_part(one) or one.rules)].append(one)
        return tuple(group for some in alike.values() for group in _alike(rules, some))


def _alike(rules: Program, members: Sequence[Entrant]) -> tuple[QuotaGroup, ...]:
    try:
        return _allocate(rules, members)
    except KpirulesError as refusal:
        _refuse_about(refusal.report, members)
        return ()


def _refuse_about(report: Report, members: Sequence[Entrant]) -> None:
    """Give what stands in the way of a cohort to the members it is about, and to the others that these are."""
    names = {member_told(one.name): one.name for one in members}
    culprit = next((names[one.subject] for one in report if one.subject in names), None)
    for one in members:
        own = tuple(found.alone for found in report if culprit is None or names.get(found.subject) == one.name)
        if own or culprit is None:
            one.outcome = Report(own)
        else:
            one.leave_out(culprit, is_certain=True)


def _cohorts(members: Sequence[Entered]) -> Iterator[list[Entered]]:
    by_cohort: dict[Parts, list[Entered]] = {}
    for one in members:
        by_cohort.setdefault(one.cohort, []).append(one)
    for cohort in sorted(by_cohort, key=lambda parts: [str(part or "") for part in parts]):
        yield by_cohort[cohort]


def _allocate(rules: Program, members: Sequence[Entrant]) -> tuple[QuotaGroup, ...]:
    allocation = allocate(
        rules,
        {one.name: one.given for one in members},
        {one.name: one.outcome for one in members if isinstance(one.outcome, Assessment)},
        programs={one.name: one.part for one in members if one.part is not None},
    )
    for one in members:
        one.outcome = allocation.assessments[one.name]
    return allocation.groups
