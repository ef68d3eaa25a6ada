"""Quotas of a cohort: members with their assessments in, the same with final bands out."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ....diagnostics.codes import At, quotas
from ....errors import RulebookError, SubjectError
from ....kernel.brief import shortened
from ....kernel.mappings import FrozenMap
from ....plan import quota_rules
from ....record import Assessment
from ...program import Program
from ..choosing import part_of
from .again import MOST_NAMED, Allotted, computed_again, follows_from_band, opened
from .allocation import Allocation, Member, QuotaGroup, about_member, check_names
from .placing import MOVED, NONE, OUTSIDE, UNDECIDED, Marks, Placing
from .reading import Cohort

__all__ = ["allocate", "share_quotas"]


def allocate(
    program: Program,
    members: Mapping[str, object],
    assessments: Mapping[str, Assessment],
    *,
    programs: Mapping[str, Program] = FrozenMap(),
) -> Allocation:
    """The quotas of a rulebook at work on a cohort.

    Bands are looked at best first; whoever a quota moves counts in the lower band from then on. For `base: after`
    the limit is the largest x with x ≤ round(at_most · base once the others have moved), never below `minimum`.

    Args:
        program: a compiled rulebook.
        members: what is known of each who is compared, by name. Their order means nothing.
        assessments: by name, what the rulebook made of that before any quota. Who is not rated takes no part.
        programs: by name, the rules of members of other rulebooks, which have the same bands and quotas.

    Returns:
        Everybody's assessment with the final band, and how every quota came out for every group. Where equals are
        people's to decide, the status is `undecided` and there is no band. Outputs that read the band are
        computed again.

    Raises:
        SubjectError: where inputs that must be equal throughout a group are not, make no limit, or are not valid.
        FaultError: where `at_most`, `minimum`, `when`, `order` or an output has no answer.
        RulebookError: where rules of one edition have other bands or quotas than those of others.
        ValueError: a member has no assessment or one by other rules, or what has a name is about no member.
        TypeError: where members or assessments are not given by name, or a name is no text.

    Rounding: each limit to a whole number of members, by the quota's own mode.

    >>> from kpirules import assess, load
    >>> program = load({
    ...     "kpirules": 1,
    ...     "criteria": {"work": {"max": 100, "entered": {"step": 1}}},
    ...     "bands": {"excellent": {"from": 90}, "good": {"from": 70}, "fair": {"from": 0}},
    ...     "cohort": {"quotas": {"excellent": {
    ...         "band": "excellent", "at_most": "20%", "of": ["good"], "base": "after", "round": "down",
    ...         "minimum": 0, "order": ["score"], "ties": "undecided", "demote_to": "good"}}},
    ... })
    >>> points = {"An": 97, "Bình": 92, "Chi": 80, "Dung": 75, "Giang": 74, "Hoa": 71}
    >>> members = {name: {"work": n} for name, n in points.items()}
    >>> allocation = allocate(program, members, {name: assess(program, one) for name, one in members.items()})
    >>> {name: one.band for name, one in allocation.assessments.items() if one.score >= 90}
    {'An': 'excellent', 'Bình': 'good'}
    >>> allocation.groups[0].limit, allocation.groups[0].base, dict(allocation.moved)
    (1, 5, {'Bình': ('excellent',)})
    """
    for what, given in (("members", members), ("assessments", assessments), ("programs", programs)):
        if not isinstance(given, Mapping):
            raise TypeError(f"{what} are given by name of member, not as {type(given).__name__}")
    check_names(members)
    if members.keys() != assessments.keys():
        raise ValueError("each member has one assessment, and nobody else has one")
    if strangers := [name for name in programs if name not in members]:
        raise ValueError(f"`programs` has rules for {shortened(str(strangers[0]))}, and there is no such member")
    everybody = [
        Member(name, *_own(name, programs.get(name, program), given), assessments[name])
        for name, given in members.items()
    ]
    for member in everybody:
        _check_rules(member)
    found = {member.name: member.assessment for member in everybody}
    groups: list[QuotaGroup] = []
    for together in _together(everybody):
        placed, of = _placed(together)
        found.update(placed)
        groups += of
    return Allocation(FrozenMap(found), tuple(groups))


def _own(name: str, program: Program, given: object) -> tuple[object, Program]:
    """What is known of a member, and the rules of its variant and edition."""
    if not program.parts:
        return given, program
    try:
        part, own = part_of(program, given)
    except SubjectError as refusal:
        raise SubjectError(about_member(name, refusal.report)) from None
    return own, part


def _check_rules(member: Member) -> None:
    """Refuse what is no assessment by the rules of a member: bands of other rules would be taken for these."""
    if not isinstance(member.assessment, Assessment):
        raise TypeError(f"{shortened(member.name)} has no assessment but {type(member.assessment).__name__}")
    if member.assessment.scoring_hash != member.program.rulebook.scoring_hash:
        told = "was assessed by other rules than it is to be allocated by: give these in `programs`"
        raise ValueError(f"{shortened(member.name)} {told}")


def _together(members: Sequence[Member]) -> list[list[Member]]:
    """Members under the same quotas; those of editions with others are apart.

    Raises:
        RulebookError: where variants of one edition have other quotas.
    """
    if len({id(member.program) for member in members}) == 1:
        return [list(members)]
    seen: dict[int, int] = {}
    rules: list[object] = []
    found: list[list[Member]] = []
    for member in members:
        program = member.program
        if id(program) not in seen:
            own = quota_rules(program.rulebook)
            place = rules.index(own) if own in rules else len(rules)
            if place == len(rules):
                _check_edition(member, [together[0] for together in found])
                rules.append(own)
                found.append([])
            seen[id(program)] = place
        found[seen[id(program)]].append(member)
    return found


def _check_edition(member: Member, others: Sequence[Member]) -> None:
    version = member.program.rulebook.version
    for other in others:
        if other.program.rulebook.version.from_ == version.from_:
            found = quotas.other_quotas(At(None, "cohort.quotas"), *_rules_of(other, member))
            raise RulebookError(about_member(member.name, [found]))


def _rules_of(*members: Member) -> list[str]:
    """The rules of some members in words: by their variants or ids, or by the members where these are all alike."""
    names = [member.program.rulebook.version.variant or member.program.id for member in members]
    if all(names) and len(set(names)) == len(names):
        return [f"`{shortened(name)}`" for name in names]
    return [f"the rulebook of {shortened(member.name)}" for member in members]


def _placed(members: list[Member]) -> tuple[Iterator[tuple[str, Assessment]], list[QuotaGroup]]:
    """Members under the same quotas, after these have acted, and how each came out."""
    program = members[0].program
    cohort, bands = program.rulebook.cohort, program.rulebook.bands
    if cohort is None or not cohort.quotas or bands is None:
        return iter(()), []
    number = {band: place for place, band in enumerate(bands.ids)}
    first = array("h", (_band(member.assessment, number) for member in members))
    placing = Placing(bands.ids, first)
    reading = Cohort(program, members, [i for i, band in enumerate(first) if band != OUTSIDE])
    in_order = sorted(cohort.quotas, key=lambda quota: (number[quota.band], quota.id))
    for _, acting in groupby(in_order, key=lambda quota: quota.band):
        placing.act(list(acting), reading.grouped, reading.ordered)
    return _assessments(reading, placing), list(_groups(reading, placing))


def _band(assessment: Assessment, number: Mapping[str, int]) -> int:
    """The number of a band; who has none is not rated."""
    band = assessment.band
    return OUTSIDE if band is None else number[band]


# -- what came out ------------------------------------------------------------------------------------


def _assessments(reading: Cohort, placing: Placing) -> Iterator[tuple[str, Assessment]]:
    last = {
        id(group): tuple(sorted(reading.members[i].name for i in group.last)[:MOST_NAMED])
        for _, marks in placing.marks
        for group in marks.groups
    }
    follows: dict[int, bool] = {}
    is_limited = bytearray(len(reading.members))
    for _, marks in placing.marks:
        for i, effect in enumerate(marks.effect):
            is_limited[i] |= effect != NONE
    for i, member in enumerate(reading.members):
        if not is_limited[i]:
            yield member.name, member.assessment
            continue
        changed: dict[str, Any] = {}
        is_open = bool(placing.is_open[i])
        if is_open or placing.now[i] != placing.first[i]:
            band = None if is_open else placing.bands[placing.now[i]]
            program = member.program
            if id(program) not in follows:
                follows[id(program)] = follows_from_band(program.rulebook)
            if follows[id(program)]:
                changed = computed_again(member, band)
            else:
                changed = {"band": band, **(opened() if is_open else {})}
            if is_open:
                changed["because"] = tuple(
                    f"quotas.{quota.id}" for quota, marks in placing.marks if marks.effect[i] == UNDECIDED
                )
        yield member.name, Assessment.deferred(Allotted(member.assessment, changed, placing, last, i))


def _groups(reading: Cohort, placing: Placing) -> Iterator[QuotaGroup]:
    cohort = reading.program.rulebook.cohort
    assert cohort is not None, "who has quotas has a cohort"
    for quota, marks in placing.marks:
        ids = tuple(dict.fromkeys((*cohort.within, *quota.within)))
        moved, undecided = _with_effect(marks, MOVED), _with_effect(marks, UNDECIDED)
        for place, (group, key) in enumerate(zip(marks.groups, reading.keys[quota.id], strict=True)):
            if group.terms is None:
                continue
            gone = sorted((marks.rank[i], reading.members[i].name) for i in moved.get(place, ()))
            yield QuotaGroup(
                quota.id,
                quota.band,
                FrozenMap(zip(ids, key, strict=True)),
                group.terms.at_most,
                group.terms.minimum,
                group.base,
                group.limit,
                group.held,
                group.taken - group.open,
                tuple(name for _, name in gone),
                tuple(sorted(reading.members[i].name for i in undecided.get(place, ()))),
                marks.places.get(id(group), 0) if place in undecided else 0,
                tuple(sorted(reading.members[i].name for i in group.last)),
            )


def _with_effect(marks: Marks, effect: int) -> dict[int, list[int]]:
    """The members of whom a quota made something, by the number of their group."""
    found: dict[int, list[int]] = {}
    for i, made in enumerate(marks.effect):
        if made == effect:
            found.setdefault(marks.group[i], []).append(i)
    return found


def share_quotas(one: Program, other: Program) -> bool:
    """Whether members of two rulebooks may be allocated together: on each day that begins an edition of both.

    Args:
        one: a program.
        other: another.
    """
    days = {part.rulebook.version.from_: quota_rules(part.rulebook) for part in one.whole}
    others = ((part.rulebook.version.from_, quota_rules(part.rulebook)) for part in other.whole)
    return all(days.get(day, rules) == rules for day, rules in others)
