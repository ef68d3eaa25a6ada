"""The verdicts of a comparison hold for every subject: pairs of small rulebooks with all subjects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given, settings

import kpirules as kr
from kpirules.change import Comparison, Significance, compare_parts
from kpirules.change.by_part import _pairs
from kpirules.change.sides import Side, sides
from kpirules.change.verdicts import gravest_first
from kpirules.loading.loading import load_whole
from tests.budget import by_budget, some
from tests.small import BASE, CHANGES, applied, books, every_subject, literal, rated

FEW = settings(max_examples=by_budget(2, 12), deadline=None)
"""Each example tries some thousand subjects by two rulebooks."""


def loaded(book: dict[str, Any]) -> kr.Program:
    try:
        return load_whole(book)
    except kr.RulebookError:
        assume(False)
        raise


def own(program: kr.Program, subject: Mapping[str, Any]) -> dict[str, Any]:
    return {one.id: subject[one.id] for one in program.rulebook.inputs if one.id in subject}


def held(found: object) -> dict[str, bool]:
    return {one.id: one.held for one in found.invariants} if isinstance(found, kr.Assessment) else {}


def check(means: Significance, old: Side, new: Side) -> None:
    """Check every part of a verdict on all subjects of two sides.

    A subject of a side is one that its whole rulebook rates by its rules.
    """
    for subject in every_subject(old.program.rulebook, new.program.rulebook):
        mine, theirs = own(old.program, subject), own(new.program, subject)
        before, after = literal(old.whole, mine), literal(new.whole, theirs)
        is_of_both = old.rates(mine) and new.rates(theirs)
        if means.ratings in ("same", "wording") and is_of_both and None not in (rated(before), rated(after)):
            assert rated(before) == rated(after), subject
            if means.promised == "same" and isinstance(before, kr.Assessment):
                assert held(before) == held(after), subject
        if means.accepted == "same":
            for one, given_, found, other in ((old, mine, before, new), (new, theirs, after, old)):
                if rated(found) is not None and one.rates(given_):
                    assert rated(literal(other.whole, given_)) is not None, given_
    check_shown(means, old, new)


def check_shown(means: Significance, old: Side, new: Side) -> None:
    """Check that both whole rulebooks confirm each shown subject."""
    if means.ratings == "differ":
        witness = json.loads(means.witness)
        mine, theirs = own(old.program, witness), own(new.program, witness)
        assert old.rates(mine), witness
        assert new.rates(theirs), witness
        ratings = rated(literal(old.whole, mine)), rated(literal(new.whole, theirs))
        assert None not in ratings, witness
        assert ratings[0] != ratings[1], witness
    assert means.accepted != "same" or (means.refused is None and means.admitted is None)
    for refused, one, other in ((means.refused, old, new), (means.admitted, new, old)):
        if refused is not None:
            assert rated(literal(one.whole, json.loads(refused.witness))) is not None
            assert rated(literal(other.whole, json.loads(refused.witness))) is None
    if means.accepted == "differ" and means.refused is None and means.admitted is None:
        assert old.days != new.days
    if means.promised == "differ":
        ids = [{one.id for one in side.program.rulebook.invariants} for side in (old, new)]
        assert ids[0] != ids[1] or any("holds now" in one or "does not hold" in one for one in means.promises)


def check_all(old: kr.Program, new: kr.Program) -> None:
    """Check the verdict on each part of two rulebooks."""
    found = compare_parts(old, new)
    for part, pair in zip(found.parts, _pairs(old, new), strict=True):
        if part.comparison is not None:
            assert pair.old is not None
            assert pair.new is not None
            check(part.comparison.significance, *sides(pair.old, pair.new, pair.wholes))
            check_together(part.comparison)


def check_together(found: Comparison) -> None:
    """Check that the verdict on the whole is at least that of its gravest difference."""
    told = [one.significance.ratings for one in found.differences if one.significance is not found.across]
    if told and set(told) <= {"same", "wording"}:
        assert found.significance.ratings == gravest_first({*told, *(["same"] if found.across else [])})[0], found


@pytest.mark.parametrize("change", some(sorted(CHANGES), 10))
def test_the_verdict_on_one_change_holds_for_every_subject(change: str) -> None:
    old, new = load_whole(BASE), load_whole(applied(BASE, change))
    check_all(old, new)
    check_all(new, old)


@FEW
@given(books())
def test_the_verdict_on_several_changes_holds_for_every_subject(
    drawn: tuple[dict[str, Any], dict[str, Any], tuple[str, ...]],
) -> None:
    check_all(loaded(drawn[0]), loaded(drawn[1]))


@FEW
@given(books())
def test_the_verdict_on_each_change_is_that_on_it_alone(
    drawn: tuple[dict[str, Any], dict[str, Any], tuple[str, ...]],
) -> None:
    old_book, new_book, changes = drawn
    old, new = loaded(old_book), loaded(new_book)
    assume(changes and not old.parts and not new.parts)
    by_ref = {one.ref: one for one in kr.compare(old, new).differences}
    for change in changes:
        single = loaded(applied(old_book, change))
        alone = kr.compare(old, single).differences if not single.parts else ()
        for one in alone:
            if one.ref in by_ref and by_ref[one.ref].changes == one.changes and not by_ref[one.ref].together:
                assert one.together == ()
                check(by_ref[one.ref].significance, *sides(old, single))


def check_across(old: kr.Program, new: kr.Program) -> None:
    """Check the verdict on subjects that choose their part differently, on all of them."""
    means = compare_parts(old, new).across
    if means is None:
        return
    for subject in every_subject(old.gathered, new.gathered):
        mine, theirs = own_of_part(old, subject), own_of_part(new, subject)
        before, after = literal(old, mine), literal(new, theirs)
        if means.ratings == "same" and None not in (rated(before), rated(after)):
            assert rated(before) == rated(after), subject
            if means.promised == "same":
                assert held(before) == held(after), subject
    assert means.accepted != "same"
    if means.ratings == "differ":
        witness = json.loads(means.witness)
        ratings = [rated(literal(one, own_of_part(one, witness))) for one in (old, new)]
        assert None not in ratings
        assert ratings[0] != ratings[1]
    for refused, one, other in ((means.refused, old, new), (means.admitted, new, old)):
        if refused is not None:
            assert rated(literal(one, json.loads(refused.witness))) is not None
            assert rated(literal(other, json.loads(refused.witness))) is None


def own_of_part(program: kr.Program, subject: Mapping[str, Any]) -> dict[str, Any]:
    for part in program.whole:
        given_ = own(part, subject)
        if not program.parts or Side(part, program).rates(given_):
            return given_
    return own(program, subject)


CHOICES = ["amendment", "amended validation", "variants", "strict variants", "two choices"]


@pytest.mark.parametrize("change", some(CHOICES, 3))
def test_the_verdict_on_another_choice_holds_for_every_subject(change: str) -> None:
    amended = applied(BASE, "amendment")
    book = applied(applied(amended, "other choice"), "wider") if change == "two choices" else applied(BASE, change)
    old, new = load_whole(amended if change == "two choices" else BASE), load_whole(book)
    check_across(old, new)
    check_across(new, old)
