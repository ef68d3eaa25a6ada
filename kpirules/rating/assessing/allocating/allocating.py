"""Quotas of a cohort: from members with assessments to members with final bands."""

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
from .again import MOST_NAMED, MemberAfterQuotas, attributes_after_quotas, is_band_read, undecided_attributes
from .allocation import Allocation, Member, QuotaGroup, about_member, check_names
from .placing import MOVED, NONE, OUTSIDE, UNDECIDED, Marks, Placing
from .reading import Cohort, Reading

__all__ = ["after_quotas", "allocate", "placed", "share_quotas"]


def allocate(
    program: Program,
    members: Mapping[str, object],
    assessments: Mapping[str, Assessment],
    *,
    programs: Mapping[str, Program] = FrozenMap(),
) -> Allocation:
    """Apply the quotas of a rulebook to a cohort.

    Bands are processed best first; a moved member counts in the lower band from then on. With `base: after`, the
    limit is the largest x with x ≤ round(at_most · base after the others moved), but at least `minimum`.

    Args:
        program: a compiled rulebook.
        members: the values of each compared member, by name. Their order does not matter.
        assessments: by name, their assessments before any quota. Unrated members take no part.
        programs: by name, the rules of members of other rulebooks, which have the same bands and quotas.

    Returns:
        All assessments with final bands, and the result of every quota for every group. If people must decide between
        ties, the status is `undecided` and there is no band. Outputs that read the band are computed again.

    Raises:
        SubjectError: if inputs that must be equal within a group differ, give no limit, or are not valid.
        FaultError: if `at_most`, `minimum`, `when`, `order` or an output has no value.
        RulebookError: if variants of one edition have different bands or quotas.
        ValueError: if a member has no assessment or one by other rules, or a name belongs to no member.
        TypeError: if members or assessments are not mappings by name, or a name is not a text.

    Rounding: each limit to a whole number of members, by the quota's mode.

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
    >>> allocation = allocate(program, members, {name: assess(program, member) for name, member in members.items()})
    >>> {name: found.band for name, found in allocation.assessments.items() if found.score >= 90}
    {'An': 'excellent', 'Bình': 'good'}
    >>> allocation.groups[0].limit, allocation.groups[0].base, dict(allocation.moved)
    (1, 5, {'Bình': ('excellent',)})
    """
    for what, given in (("members", members), ("assessments", assessments), ("programs", programs)):
        if not isinstance(given, Mapping):
            raise TypeError(f"{what} are given by name of member, not as {type(given).__name__}")
    check_names(members)
    if members.keys() != assessments.keys():
        raise ValueError("each member must have one assessment, and there must be no others")
    if unknown_names := [name for name in programs if name not in members]:
        raise ValueError(f"`programs` has rules for {shortened(str(unknown_names[0]))}, but there is no such member")
    all_members = [
        Member(name, *_own_part(name, programs.get(name, program), given), assessments[name])
        for name, given in members.items()
    ]
    for member in all_members:
        _check_rules(member)
    found = {member.name: member.assessment for member in all_members}
    groups: list[QuotaGroup] = []
    for together in _by_equal_quotas(all_members):
        placed, of = _apply_quotas(together)
        found.update(placed)
        groups += of
    return Allocation(FrozenMap(found), tuple(groups))


def _own_part(name: str, program: Program, given: object) -> tuple[object, Program]:
    """Return the values of a member, and the rules of its variant and edition."""
    if not program.parts:
        return given, program
    try:
        part, own_values = part_of(program, given)
    except SubjectError as refusal:
        raise SubjectError(about_member(name, refusal.report)) from None
    return own_values, part


def _check_rules(member: Member) -> None:
    """Refuse anything but an assessment by the member's rules, because bands of other rules would look alike."""
    if not isinstance(member.assessment, Assessment):
        raise TypeError(f"{shortened(member.name)} has no assessment but {type(member.assessment).__name__}")
    if member.assessment.scoring_hash != member.program.rulebook.scoring_hash:
        problem = "was assessed by different rules: give its rules in `programs`"
        raise ValueError(f"{shortened(member.name)} {problem}")


def _by_equal_quotas(members: Sequence[Member]) -> list[list[Member]]:
    """Group members by equal quotas; editions with different quotas are separate.

    Raises:
        RulebookError: if variants of one edition have different quotas.
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
    """Return the rules of some members in words: by variants or ids, or by the members if those are ambiguous."""
    names = [member.program.rulebook.version.variant or member.program.id for member in members]
    if all(names) and len(set(names)) == len(names):
        return [f"`{shortened(name)}`" for name in names]
    return [f"the rulebook of {shortened(member.name)}" for member in members]


def _apply_quotas(members: list[Member]) -> tuple[Iterator[tuple[str, Assessment]], list[QuotaGroup]]:
    """Apply the quotas that some members share; return their assessments, and the result for each group."""
    program = members[0].program
    cohort, bands = program.rulebook.cohort, program.rulebook.bands
    if cohort is None or not cohort.quotas or bands is None:
        return iter(()), []
    number = {band: place for place, band in enumerate(bands.ids)}
    first = array("h", (_band(member.assessment, number) for member in members))
    reading = Cohort(program, members, [i for i, band in enumerate(first) if band != OUTSIDE])
    placing = placed(program, first, reading)
    return _assessments(reading, placing), list(_groups(reading, placing))


def placed(program: Program, first: array[int], reading: Reading) -> Placing:
    """Return the bands of numbered members after the quotas of their rulebook.

    Args:
        program: a rulebook with bands and quotas.
        first: the number of each member's band; `OUTSIDE` for an unrated one.
        reading: groups and orders the members.
    """
    cohort, bands = program.rulebook.cohort, program.rulebook.bands
    assert cohort is not None, "a rulebook with quotas has a cohort"
    assert bands is not None, "a rulebook with quotas has bands"
    placing = Placing(bands.ids, first)
    in_order = sorted(cohort.quotas, key=lambda quota: (bands.ids.index(quota.band), quota.id))
    for _, acting in groupby(in_order, key=lambda quota: quota.band):
        placing.act(list(acting), reading.grouped, reading.ordered)
    return placing


def _band(assessment: Assessment, number: Mapping[str, int]) -> int:
    """Return the number of a band; `OUTSIDE` for an unrated member."""
    band = assessment.band
    return OUTSIDE if band is None else number[band]


# -- results ------------------------------------------------------------------------------------------


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
        if is_limited[i]:
            yield member.name, after_quotas(member, i, placing, last, follows)
        else:
            yield member.name, member.assessment


def after_quotas(
    member: Member, i: int, placing: Placing, last: Mapping[int, tuple[str, ...]], follows: dict[int, bool]
) -> Assessment:
    """Return the assessment of a member on whom a quota has an effect.

    Args:
        member: the member.
        i: its number.
        placing: the result of the quotas for all members.
        last: the names of those who hold the last place of each group.
        follows: a cache of whether outputs of a program read the band.
    """
    changed: dict[str, Any] = {}
    is_open = bool(placing.is_open[i])
    if placing.changes(i):
        band = None if is_open else placing.bands[placing.now[i]]
        program = member.program
        if id(program) not in follows:
            follows[id(program)] = is_band_read(program.rulebook)
        if follows[id(program)]:
            changed = attributes_after_quotas(member, band)
        else:
            changed = {"band": band, **(undecided_attributes() if is_open else {})}
        if is_open:
            changed["because"] = tuple(
                f"quotas.{quota.id}" for quota, marks in placing.marks if marks.effect[i] == UNDECIDED
            )
    return Assessment.deferred(MemberAfterQuotas(member.assessment, changed, placing, last, i))


def _groups(reading: Cohort, placing: Placing) -> Iterator[QuotaGroup]:
    cohort = reading.program.rulebook.cohort
    assert cohort is not None, "a rulebook with quotas has a cohort"
    for quota, marks in placing.marks:
        ids = tuple(dict.fromkeys((*cohort.within, *quota.within)))
        moved, undecided = _with_effect(marks, MOVED), _with_effect(marks, UNDECIDED)
        for place, (group, key) in enumerate(zip(marks.groups, reading.keys[quota.id], strict=True)):
            if group.terms is None:
                continue
            moved_ranks = sorted((marks.rank[i], reading.members[i].name) for i in moved.get(place, ()))
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
                tuple(name for _, name in moved_ranks),
                tuple(sorted(reading.members[i].name for i in undecided.get(place, ()))),
                marks.places.get(id(group), 0) if place in undecided else 0,
                tuple(sorted(reading.members[i].name for i in group.last)),
            )


def _with_effect(marks: Marks, effect: int) -> dict[int, list[int]]:
    """Return the members with an effect of a quota, by the number of their group."""
    found: dict[int, list[int]] = {}
    for i, made in enumerate(marks.effect):
        if made == effect:
            found.setdefault(marks.group[i], []).append(i)
    return found


def share_quotas(one: Program, other: Program) -> bool:
    """Whether members of two rulebooks may be allocated together, on every day that begins an edition of both.

    Args:
        one: a program.
        other: another.
    """
    days = {part.rulebook.version.from_: quota_rules(part.rulebook) for part in one.whole}
    others = ((part.rulebook.version.from_, quota_rules(part.rulebook)) for part in other.whole)
    return all(days.get(day, rules) == rules for day, rules in others)
