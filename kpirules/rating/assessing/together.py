"""Members of cohorts: if one can't be assessed, its cohort stays unrated and the others are rated (KR857).

The file is long since what refuses one member changes what is known of the others.
"""

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
from .allocating import QuotaGroup, allocate, member_label
from .assessing import assess
from .choosing import part_of
from .cohorts import assess_cohort, assess_members
from .values import named, take

__all__ = [
    "COHORT_IN_ERROR",
    "UNKNOWN",
    "CohortMember",
    "Outcome",
    "Parts",
    "Unknown",
    "allocate_cohorts",
    "compare",
    "is_rated_together",
    "known_cohort",
    "rate_together",
    "refuse_cohorts",
]

Outcome = Assessment | Report
"""The outcome of a subject: its assessment, or every reason why there is none."""


COHORT_IN_ERROR = "KR857"
"""The code for members of a cohort that another member leaves unrated."""


class Unknown(Enum):
    """A value that is unknown because its row could not be assessed."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN

Parts = tuple[Any, ...]
"""The values that define a cohort, `UNKNOWN` for missing ones."""


@define
class CohortMember:
    """A member of a cohort before and after rating.

    Args:
        name: a unique name, for messages and quotas.
        rules: the program that rates it, with all its variants and editions.
        given: its values.
        cohort: the values that define its cohort.
        known_cohort: the same, as far as known, if it can't be assessed.
        part: the rules of its variant and edition, None if `rules` choose them.
        is_broken: True if the reading of its file already reported an error.
        outcome: its assessment, or every reason why there is none; an empty report before rating.
        left_out_by: the name of the member that leaves it unrated, or empty.
    """

    name: str
    rules: Program
    given: Any
    cohort: Parts
    known_cohort: Parts
    part: Program | None = None
    is_broken: bool = False
    outcome: Outcome = field(factory=Report)
    left_out_by: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether it can't be assessed for a reason of its own."""
        return isinstance(self.outcome, Report) and (len(self.outcome) > 0 or self.is_broken)

    def leave_out(self, culprit: str, *, is_certain: bool) -> None:
        """Leave the member unrated because another one can't be assessed, unless the member is exempt.

        Args:
            culprit: the name of the other member.
            is_certain: whether that member is in the same cohort, or only may be.
        """
        if not _is_exempt(self.outcome):
            self.outcome = Report((cohort_in_error(At(None, ""), culprit, is_certain),))
            self.left_out_by = culprit


Entered = TypeVar("Entered", bound=CohortMember)


def is_rated_together(program: Program, *, is_allocated: bool = True) -> bool:
    """Whether subjects are rated together with their cohort.

    Args:
        program: the rules.
        is_allocated: whether quotas apply.
    """
    return program.is_compared or (is_allocated and program.has_quotas)


def known_cohort(program: Program, given: object, *, is_broken: bool = False) -> Parts:
    """Return the values that define the cohort of a subject, as far as known.

    Args:
        program: the rules.
        given: its values, valid or not.
        is_broken: True if its file was malformed, so that values may be lost.
    """
    cohort, known = program.rulebook.cohort, named(given, [])
    if cohort is None:
        return ()
    if known is None:
        return (UNKNOWN,) * len(cohort.within)
    known = by_id(known, ids_by_column(program.gathered.inputs))
    return tuple(_known_value(program, id_, known.get(id_), is_broken) for id_ in cohort.within)


def _known_value(program: Program, id_: str, value: object, is_broken: bool) -> Any:
    if value is None and is_broken:
        return UNKNOWN
    # Variants and editions may declare the input differently, and the subject need not name its own.
    for part in program.whole:
        declared = [input_ for input_ in part.rulebook.inputs if input_.id == id_]
        values = take(declared, {id_: value}, is_whole=False)
        if id_ in values.given:
            return values.given[id_]
    return UNKNOWN


def rate_together(
    program: Program, members: Sequence[CohortMember], *, engine: str = "scalar", is_allocated: bool = True
) -> tuple[QuotaGroup, ...]:
    """Rate members together, and set their outcomes.

    Args:
        program: the rules of all members.
        members: members without an outcome, or already refused.
        engine: as for `assess`.
        is_allocated: whether quotas apply.

    Returns:
        The result of every quota for every group.
    """
    ready = [member for member in members if not member.is_refused]
    if program.is_compared:
        compare(program, members, ready, engine=engine)
    else:
        for member in ready:
            try:
                member.outcome = assess(program, member.given, engine=engine)
            except KpirulesError as refusal:
                member.outcome = refusal.report
    if is_rated_together(program, is_allocated=is_allocated):
        refuse_cohorts(members)
    return allocate_cohorts(program, members) if is_allocated else ()


# -- comparing ------------------------------------------------------------------------------------


def compare(program: Program, members: Sequence[CohortMember], ready: Sequence[CohortMember], *, engine: str) -> None:
    """Assess members that are compared with each other, without cohorts that have a member in error.

    Args:
        program: the rules.
        members: all members.
        ready: the members that are not refused.
        engine: as for `assess`.
    """
    while ready:
        failed = {member.cohort for member in members if isinstance(member.outcome, Report) and len(member.outcome)}
        ready = [member for member in ready if member.cohort not in failed]
        try:
            found = _assessed(program, ready, engine)
        except KpirulesError as refusal:
            _distribute_diagnostics(refusal.report, ready)
            continue
        for member, assessment in zip(ready, found, strict=True):
            member.outcome = assessment
        return


def _assessed(program: Program, members: Sequence[CohortMember], engine: str) -> tuple[Assessment, ...]:
    """Assess members, by the rules of their variant and edition if known."""
    placed = [(member.part, member.given) for member in members if member.part is not None]
    if len(placed) == len(members):
        return assess_members(program, placed, engine=engine)
    found = assess_cohort(program, [member.given for member in members], engine=engine, is_allocated=False)
    return tuple(found.values())


def _distribute_diagnostics(report: Report, members: Sequence[CohortMember]) -> None:
    """Give diagnostics to the members they are about, or to all if they are about none."""
    found: dict[int, list[Diagnostic]] = {}
    places = {member_label(str(place)): [place] for place in range(len(members))}
    for diagnostic in report:
        for place in places.get(diagnostic.subject, range(len(members))):
            found.setdefault(place, []).append(diagnostic.alone)
    for place, diagnostics in found.items():
        members[place].outcome = Report(tuple(diagnostics))


@define
class _Ties:
    """The ties between members of a cohort: cohort functions, and quotas that apply to all of them.

    Args:
        rules: the different quotas so far; a tie refers to them by index.
        seen: a cache of ties by program and part.
    """

    rules: list[object] = field(factory=list)
    seen: dict[tuple[int, int], frozenset[object]] = field(factory=dict)

    def of(self, member: CohortMember) -> frozenset[object]:
        """Return the ties of a member; if its variant and edition are unknown, those of all."""
        return frozenset().union(*self._possible(member))

    def are_certain(self, member: CohortMember) -> bool:
        """Whether a member has the same ties in any variant and edition."""
        return len(set(self._possible(member))) == 1

    def _possible(self, member: CohortMember) -> list[frozenset[object]]:
        return [self._ties_of(member.rules, part) for part in (_part(member) or member.rules).whole]

    def _ties_of(self, rules: Program, part: Program) -> frozenset[object]:
        key = id(rules), id(part)
        if key not in self.seen:
            compared = [("compared", id(rules))] if rules.is_compared else []
            quotas = [self.place(part)] if part.rulebook.quotas else []
            self.seen[key] = frozenset((*compared, *quotas))
        return self.seen[key]

    def place(self, part: Program) -> int:
        """Return the index of the quotas of a variant and edition."""
        rules = quota_rules(part.rulebook)
        if rules not in self.rules:
            self.rules.append(rules)
        return self.rules.index(rules)


def _part(member: CohortMember) -> Program | None:
    """Return the rules of a member's variant and edition, None if unknown."""
    if member.part is not None or not member.rules.parts:
        return member.part or member.rules
    if member.is_broken or member.given is None:
        return None
    try:
        return part_of(member.rules, member.given)[0]
    except KpirulesError:
        return None


def refuse_cohorts(members: Sequence[CohortMember], stray_records: Collection[str] = ()) -> None:
    """Leave unrated all members that are compared, or share a quota, with a member in error; except exempt ones.

    Args:
        members: the members of all cohorts.
        stray_records: descriptions of records that may belong to any member.
    """
    ties = _Ties()
    culprits = _Culprits()
    for member in sorted(members, key=lambda member: member.name):
        if member.is_refused:
            is_certain = UNKNOWN not in member.known_cohort and ties.are_certain(member)
            culprits.add(ties.of(member), member.known_cohort, member.name, is_certain=is_certain)
    left = [(member, own) for member in members if not member.is_refused and (own := ties.of(member))]
    stray_record = next(iter(stray_records), None)
    while left:
        found = [(member, own, culprits.of(own, member.cohort)) for member, own in left]
        if stray_record is not None:
            found = [(member, own, culprit or (stray_record, False)) for member, own, culprit in found]
        for member, own, culprit in found:
            if culprit is not None:
                member.leave_out(culprit[0], is_certain=culprit[1])
                if member.is_refused:
                    # A member that shares a quota with one that is left out is left out too.
                    culprits.add(own, member.cohort, culprit[0], is_certain=culprit[1])
        kept = [(member, own) for member, own, culprit in found if culprit is None]
        left = kept if len(kept) < len(left) else []


@define
class _Culprits:
    """Members in error, by tie and by their known cohort.

    Args:
        certain: members whose cohort, and variant and edition if relevant, are known.
        uncertain: members that may belong to several.
    """

    certain: dict[tuple[object, Parts], str] = field(factory=dict)
    uncertain: dict[tuple[object, Parts], str] = field(factory=dict)

    def add(self, ties: Collection[object], cohort: Parts, name: str, *, is_certain: bool) -> None:
        found = self.certain if is_certain else self.uncertain
        for tie in ties:
            found.setdefault((tie, cohort), name)

    def of(self, ties: Collection[object], cohort: Parts) -> tuple[str, bool] | None:
        """Return a member in error that may be in a cohort, and whether it certainly is; None if there is none."""
        certain = [self.certain[tie, cohort] for tie in ties if (tie, cohort) in self.certain]
        if certain:
            return min(certain), True
        for (tie, possible_cohort), name in self.uncertain.items():
            if tie in ties and all(
                part is UNKNOWN or part == own for part, own in zip(possible_cohort, cohort, strict=True)
            ):
                return name, False
        return None


def _is_exempt(outcome: Outcome) -> bool:
    return isinstance(outcome, Assessment) and outcome.status != "rated" and outcome.exemption is not None


# -- allocating -----------------------------------------------------------------------------------


def allocate_cohorts(rules: Program, members: Sequence[CohortMember]) -> tuple[QuotaGroup, ...]:
    """Apply quotas to all assessed members; a cohort that can't be allocated stays unrated.

    Args:
        rules: the program of all members, or of the first of several rulebooks with the same quotas.
        members: members with outcomes.
    """
    if not rules.has_quotas:
        return ()
    _check_sizes(members)
    ready = [member for member in members if isinstance(member.outcome, Assessment)]
    try:
        return _allocate(rules, ready)
    except KpirulesError:
        # An error in one cohort does not affect the others.
        return tuple(group for cohort in _cohorts(ready) for group in _one_cohort(rules, cohort))


def _check_sizes(members: Sequence[CohortMember]) -> None:
    """Leave cohorts unrated that exceed `max_members` over all variants and editions."""
    cohorts: dict[object, list[CohortMember]] = {}
    for member in members:
        if isinstance(member.outcome, Assessment) and not _is_exempt(member.outcome):
            key = member.rules.id, member.cohort
            cohorts.setdefault(key, []).append(member)
    for cohort in cohorts.values():
        first, *others = cohort
        declared = first.rules.rulebook.cohort
        if declared is not None and len(cohort) > declared.max_members:
            of = "" if len(cohorts) == 1 else f" of {' '.join(first.name.split())}"
            found = too_many_members(At(None, ""), len(cohort), declared.max_members, of)
            first.outcome = Report((found,))
            for member in others:
                member.leave_out(first.name, is_certain=True)


def _one_cohort(rules: Program, members: Sequence[CohortMember]) -> tuple[QuotaGroup, ...]:
    """Apply quotas to a cohort; an error in one edition does not affect the others."""
    try:
        return _allocate(rules, members)
    except RulebookError as refusal:
        _refuse_about(refusal.report, members)
        return ()
    except KpirulesError:
        ties, by_edition = _Ties(), defaultdict[int, list[CohortMember]](list)
        for member in members:
            by_edition[ties.place(_part(member) or member.rules)].append(member)
        return tuple(group for some in by_edition.values() for group in _allocate_edition(rules, some))


def _allocate_edition(rules: Program, members: Sequence[CohortMember]) -> tuple[QuotaGroup, ...]:
    try:
        return _allocate(rules, members)
    except KpirulesError as refusal:
        _refuse_about(refusal.report, members)
        return ()


def _refuse_about(report: Report, members: Sequence[CohortMember]) -> None:
    """Give diagnostics of a cohort to the members they are about, and leave out the others."""
    names = {member_label(member.name): member.name for member in members}
    culprit = next((names[diagnostic.subject] for diagnostic in report if diagnostic.subject in names), None)
    for member in members:
        own_diagnostics = tuple(
            found.alone for found in report if culprit is None or names.get(found.subject) == member.name
        )
        if own_diagnostics or culprit is None:
            member.outcome = Report(own_diagnostics)
        else:
            member.leave_out(culprit, is_certain=True)


def _cohorts(members: Sequence[Entered]) -> Iterator[list[Entered]]:
    by_cohort: dict[Parts, list[Entered]] = {}
    for member in members:
        by_cohort.setdefault(member.cohort, []).append(member)
    for cohort in sorted(by_cohort, key=lambda parts: [str(part or "") for part in parts]):
        yield by_cohort[cohort]


def _allocate(rules: Program, members: Sequence[CohortMember]) -> tuple[QuotaGroup, ...]:
    allocation = allocate(
        rules,
        {member.name: member.given for member in members},
        {member.name: member.outcome for member in members if isinstance(member.outcome, Assessment)},
        programs={member.name: member.part for member in members if member.part is not None},
    )
    for member in members:
        member.outcome = allocation.assessments[member.name]
    return allocation.groups
