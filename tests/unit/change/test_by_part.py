"""Rulebooks with variants or editions, compared part by part."""

from __future__ import annotations

import json
from copy import deepcopy
from itertools import permutations
from typing import Any

import pytest

import kpirules as kr
from kpirules.change import ByPart, compare_parts, impact_parts
from kpirules.loading.loading import load_whole
from tests.budget import some
from tests.small import BASE, applied

RULES: dict[str, Any] = {
    "kpirules": 1,
    "id": "posts",
    "inputs": {
        "post": {"type": "choice", "options": ["head", "deputy"]},
        "at": {"type": "date", "min": "2020-01-01", "max": "2030-01-01"},
        "done": {"type": "integer", "min": 0, "max": 100},
    },
    "criteria": {"work": {"max": 100, "points": "done"}},
    "bands": {"top": {"from": 80}, "good": {"from": 50}, "poor": {"from": 0}},
}
VARIED = RULES | {"variant_by": "post", "variants": {"head": {"bands": {"top": {"from": 90}}}, "deputy": {}}}
AMENDED = RULES | {
    "edition_by": "at",
    "amendments": [{"from": "2027-01-01", "source": "Decree 2", "change": {"bands": {"good": {"from": 60}}}}],
}
QUOTA = {
    "band": "top", "at_most": "50%", "of": "all", "base": "before", "round": "down", "minimum": 0,
    "order": ["score"], "ties": "demote", "demote_to": "good",
}  # fmt: skip


def person(post: str, done: int, at: str = "2026-06-01") -> dict[str, Any]:
    return {"post": post, "at": at, "done": done}


def shape(found: ByPart) -> list[tuple[str, str, bool]]:
    return [(part.name, part.only, part.is_same) for part in found.parts]


def test_an_amendment_is_compared_with_the_rules_of_its_days() -> None:
    found = compare_parts(kr.load(RULES | {"edition_by": "at"}), kr.load(AMENDED))
    assert shape(found) == [("before all amendments", "", True), ("from 2027-01-01", "", False)]
    assert not found.is_same
    found = impact_parts(
        kr.load(RULES | {"edition_by": "at"}),
        kr.load(AMENDED),
        [person("head", 55), person("head", 55, "2027-06-01"), person("head", 65, "2027-06-01")],
    )
    assert [(part.count, part.found.matrix) for part in found.parts if isinstance(part.found, kr.Impact)] == [
        (1, {("good", "good"): 1}),
        (2, {("good", "poor"): 1, ("good", "good"): 1}),
    ]
    assert found.rated_otherwise == 1


def test_variants_are_compared_with_rules_without_variants() -> None:
    found = compare_parts(kr.load(RULES), kr.load(VARIED))
    assert shape(found) == [("head", "", False), ("deputy", "", False)]
    meant = [part.comparison.significance.kind for part in found.parts if part.comparison is not None]
    assert meant == ["ratings", "same"]


def test_a_subject_that_shows_a_difference_is_of_the_variant() -> None:
    new = deepcopy(VARIED)
    new["criteria"]["work"]["points"] = 'done / 2 if post == "deputy" else done'
    head, deputy = compare_parts(kr.load(VARIED), kr.load(new)).parts
    assert head.comparison is not None
    assert deputy.comparison is not None
    assert head.comparison.significance.ratings == "possible"
    assert json.loads(deputy.comparison.significance.witness)["post"] == "deputy"


def test_a_variant_that_only_one_side_has_is_named_with_its_subjects() -> None:
    more = deepcopy(VARIED)
    more["inputs"]["post"]["options"].append("clerk")
    more["variants"]["clerk"] = {}
    people = [person("head", 95), person("clerk", 70), person("clerk", 71)]
    found = impact_parts(kr.load(VARIED), kr.load(more), people, group="post")
    assert [(part.name, part.only, part.count) for part in found.parts] == [
        ("head", "", 1),
        ("deputy", "", 0),
        ("clerk", "new", 2),
    ]
    assert {(one.key, one.edition) for one in found.refusals} == {(("2",), "old"), (("3",), "old")}
    assert "  clerk   only in the new rulebook " in found.text()
    assert impact_parts(kr.load(more), kr.load(VARIED), people).parts[2].only == "old"


def test_an_edition_that_nothing_chooses_is_reported() -> None:
    rules = {key: value for key, value in AMENDED.items() if key != "edition_by"}
    found = impact_parts(kr.load(rules), kr.load(rules), [person("head", 55)])
    assert found.is_same
    assert {(one.edition, one.reasons) for one in found.refusals} == {
        ("old", ("KR535 the rulebook has amendments from `2027-01-01`",)),
        ("new", ("KR535 the rulebook has amendments from `2027-01-01`",)),
    }


def test_quotas_that_variants_share_are_filled_by_all_of_them() -> None:
    old = VARIED | {"cohort": {"quotas": {"few": QUOTA}}}
    new = deepcopy(old)
    new["variants"]["deputy"] = {"bands": {"top": {"from": 70}}}
    people = [
        person("head", 95),
        person("deputy", 85),
        person("deputy", 75),
        person("deputy", 20),
        person("mayor", 1),
    ]
    programs = kr.load(old), kr.load(new)
    found = impact_parts(*programs, people)
    assert [part.is_same for part in found.parts] == [True, False]
    assert found.rated_otherwise == 0
    tops = [person("head", 95), person("deputy", 96), person("deputy", 97), person("deputy", 20)]
    fewer = deepcopy(old)
    fewer["cohort"]["quotas"]["few"]["at_most"] = "60%"
    stricter = deepcopy(old)
    stricter["variants"]["deputy"] = {"bands": {"top": {"from": 97}}}
    found = impact_parts(kr.load(old), kr.load(stricter), tops, group="post")
    head, deputy = found.parts
    assert isinstance(head.found, kr.Impact)
    assert isinstance(deputy.found, kr.Impact)
    assert (head.is_same, head.found.matrix) == (True, {("good", "top"): 1})
    assert deputy.found.matrix == {("top", "good"): 1, ("top", "top"): 1, ("poor", "poor"): 1}
    assert "=== head ===" in found.text()
    assert "not attributed" in found.text()
    assert found.markdown().count("\n### ") == found.html().count("<h2>") == 2
    assert json.loads(json.dumps(found.data()))["rated_otherwise"] == 2


def test_the_forms_of_a_notebook() -> None:
    found = compare_parts(kr.load(VARIED), kr.load(VARIED))
    assert str(found) == found.text()
    assert set(found._repr_mimebundle_()) == {"text/plain", "text/markdown", "text/html"}
    assert found.html(is_page=True).startswith("<!doctype html>")
    assert "nothing differs" in found.text()


def test_a_subject_that_shows_an_amendment_is_dated_by_it() -> None:
    found = compare_parts(kr.load(RULES | {"edition_by": "at"}), kr.load(AMENDED))
    amended = found.parts[1].comparison
    assert amended is not None
    assert json.loads(amended.significance.witness)["at"] >= "2027-01-01"
    assert [one.significance.ratings for one in amended.differences] == ["differ"]
    assert json.loads(amended.differences[0].significance.witness)["at"] >= "2027-01-01"


def test_an_edition_that_subjects_do_not_tell_any_more_refuses_them() -> None:
    dropped = {key: value for key, value in AMENDED.items() if key != "edition_by"}
    found = compare_parts(kr.load(AMENDED), kr.load(dropped))
    assert found.across is not None
    assert found.across.accepted == "differ"
    assert found.across.refused is not None
    assert "amendments" in found.across.refused.why
    assert "accepted subjects change, shown" in found.text().partition("variants and editions:")[2].splitlines()[0]
    for part in found.parts:
        assert part.comparison is not None
        (rulebook,) = part.comparison.differences
        assert rulebook.significance == found.across


def test_another_input_that_tells_the_edition_moves_subjects_between_editions() -> None:
    signed = RULES["inputs"] | {"signed": {"type": "date", "min": "2020-01-01", "max": "2030-01-01"}}
    old, new = AMENDED | {"inputs": signed}, AMENDED | {"inputs": signed, "edition_by": "signed"}
    found = compare_parts(kr.load(old), kr.load(new))
    assert found.across is not None
    assert found.across.ratings == "differ"
    ratings = [kr.assess(kr.load(one), json.loads(found.across.witness)).band for one in (old, new)]
    assert sorted(map(str, ratings)) == ["good", "poor"]


PERIODS = [
    {},
    {"from": "2026-01-01"},
    {"until": "2026-12-31"},
    {"from": "2026-01-01", "until": "2026-12-31"},
    {"from": "2026-02-01", "until": "2027-01-31"},
]


@pytest.mark.parametrize("amended", [False, True])
@pytest.mark.parametrize(("was", "now"), some(permutations(PERIODS, 2), 3))
def test_another_period_is_shown_by_a_day_of_one_period_only(
    was: dict[str, str], now: dict[str, str], amended: bool
) -> None:
    rules: dict[str, Any] = {
        "kpirules": 1,
        "inputs": {"at": {"type": "date"}},
        "edition_by": "at",
        "outputs": {"year": "year(at)"},
    }
    if amended:
        rules["amendments"] = [{"from": "2026-06-01", "change": {"outputs": {"year": "year(at) + 1"}}}]
    old, new = (kr.load(rules | ({"effective": one} if one else {})) for one in (was, now))
    found = [part.comparison.significance for part in compare_parts(old, new).parts if part.comparison is not None]
    shown = [
        one for each in found for one in ((each.refused, old, new), (each.admitted, new, old)) if one[0] is not None
    ]
    for only, accepts, refuses in shown:
        kr.assess(accepts, json.loads(only.witness))
        with pytest.raises(kr.SubjectError):
            kr.assess(refuses, json.loads(only.witness))
    assert shown
    assert {each.accepted for each in found} <= {"same", "differ"}


def test_a_change_of_the_period_is_not_wording() -> None:
    """The verdict on the whole equals that on its only difference."""
    chosen = {**BASE, "edition_by": "at"}
    changed = {**applied(BASE, "amendment"), "effective": {"until": "2026-01-03"}}
    first, _ = compare_parts(load_whole(chosen), load_whole(changed)).parts
    assert first.comparison is not None
    assert [one.significance.kind for one in first.comparison.differences] == ["same"]
    assert first.comparison.significance.kind == "same"


def test_what_is_said_of_subjects_that_change_their_part_says_so() -> None:
    found = compare_parts(load_whole(BASE), load_whole(applied(BASE, "amendment")))
    first, _ = found.parts
    assert first.comparison is not None
    assert first.comparison.across == found.across
    told = "across variants and editions: ratings change, shown; accepted subjects may change, not shown"
    assert first.comparison.text().splitlines()[1] == f"same ratings, proved; {told}"
    assert f"    {told}" in first.comparison.text().splitlines()
    assert told in first.comparison.markdown()
    assert found.text().count("before all amendments  same ratings, proved\n") == 1


def test_worked_examples_may_give_the_day_of_their_edition() -> None:
    rules = {
        "kpirules": 1,
        "inputs": {"n": {"type": "integer", "min": 0, "max": 9}, "on": {"type": "date"}},
        "edition_by": "on",
        "outputs": {"x": "n"},
        "amendments": [{"from": "2026-07-01", "change": {"outputs": {"x": "n + 1"}}}],
        "examples": [{"name": "a", "given": {"n": 1, "on": "2026-01-01"}, "expect": {"outputs": {"x": 1}}}],
    }
    found = compare_parts(kr.load(rules), kr.load({**rules, "outputs": {"x": "n + 3"}}))
    assert [(part.name, part.is_same) for part in found.parts] == [
        ("before all amendments", False), ("from 2026-07-01", True),
    ]  # fmt: skip
