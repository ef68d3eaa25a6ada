"""Cohorts and quotas of two editions, and their effect on a population that is rated together."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

import kpirules as kr
from kpirules.change import KnownSubjects
from tests.budget import some

RULES = """
kpirules: 1
id: demo.quota
inputs: {unit: {type: text}, done: {type: integer, min: 0, max: 100}}
criteria: {work: {max: 100, points: done}}
bands: {top: {from: 90}, good: {from: 0}}
cohort:
  within: [unit]
  quotas:
    few: {band: top, at_most: 50%, of: all, base: before, round: down, minimum: 0, order: [score], ties: undecided,
          demote_to: good, source: Article 5}
"""
PEOPLE: list[dict[str, Any]] = [
    {"name": name, "unit": unit, "done": done}
    for name, unit, done in (
        ("An", "a", 99), ("Bình", "a", 97), ("Chi", "a", 95), ("Dung", "a", 20),
        ("Em", "b", 94), ("Giang", "b", 94), ("Hà", "b", 30), ("Khoa", "b", 10),
    )
]  # fmt: skip


def load(*changes: tuple[str, str]) -> kr.Program:
    text = RULES
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return kr.loads(text)


def test_a_quota_is_compared_by_its_id_and_its_keys() -> None:
    found = kr.compare(load(), load(("at_most: 50%", "at_most: 25%"), ("Article 5", "Article 6")))
    (one,) = found.differences
    assert (one.ref, one.change, one.kind) == ("cohort.quotas.few", "changed", "quota")
    assert {change.key for change in one.changes} == {"at_most", "source"}
    shown = found.significance
    assert (shown.ratings, shown.old, shown.new) == ("differ", "score 100, band `top`", "score 100, band `good`")
    assert (shown.setting, shown.member, shown.witness) == ("together", "m2", '{"unit": "", "done": 100}')
    assert shown.cohort == '{"m1": {"unit": "", "done": 0}, "m2": {"unit": "", "done": 100}}'
    assert str(shown).endswith(f"shown with {shown.witness}, who is `m2` in the cohort {shown.cohort}")


def test_the_cohorts_of_cases_come_first() -> None:
    members = {one["name"]: {"unit": one["unit"], "done": one["done"]} for one in PEOPLE[:4]}
    known = KnownSubjects(cohorts=(members,))
    shown = kr.compare(load(), load(("at_most: 50%", "at_most: 25%")), known=known).significance
    cohort = json.loads(shown.cohort)
    assert shown.member in cohort
    assert cohort.items() <= members.items()


def test_a_cohort_that_goes_is_told() -> None:
    rules = RULES.partition("cohort:")[0]
    found = kr.compare(load(), kr.loads(rules.replace("unit: {type: text}, ", "")))
    assert "cohort" in {one.ref for one in found.differences if one.change == "removed"}


def test_a_population_is_rated_together_where_places_are_limited() -> None:
    found = kr.impact(load(), load(("at_most: 50%", "at_most: 25%")), PEOPLE, key="name", group="unit")
    assert found.matrix == {
        ("top", "top"): 1, ("top", "good"): 1, ("good", "good"): 4, ("top", "undecided"): 2,
    }  # fmt: skip
    assert [(move.key, move.old, move.new, move.alone) for move in found.rated_otherwise] == [
        (("Bình",), "top", "good", ("cohort.quotas.few",)),
        (("Em",), "top", "undecided", ("cohort.quotas.few",)),
        (("Giang",), "top", "undecided", ("cohort.quotas.few",)),
    ]
    assert found.groups["a"]["top", "good"] == 1
    (effect,) = found.effects
    assert (effect.refs, effect.alone, effect.without) == (("cohort.quotas.few",), 3, 3)


def test_quotas_and_criteria_that_change_together_are_told_apart() -> None:
    new = load(("at_most: 50%", "at_most: 25%"), ("points: done", "points: done - 6"))
    found = kr.impact(load(), new, PEOPLE, key="name")
    by_name = {move.key[0]: move for move in found.moves}
    assert (by_name["Bình"].old, by_name["Bình"].new) == ("top", "good")
    assert by_name["Bình"].alone == by_name["Bình"].needed == ("cohort.quotas.few",)
    assert (by_name["Em"].old, by_name["Em"].new) == ("top", "good")
    assert set(by_name["Em"].alone) == {"criteria.work", "cohort.quotas.few"}
    assert by_name["Em"].needed == ("criteria.work",)
    assert by_name["Em"].interacts
    assert found.count == sum(found.matrix.values()) == 8


def test_an_invalid_subject_takes_no_place_and_is_named() -> None:
    people = [*PEOPLE, {"name": "Lan", "unit": "a", "done": 101}]
    found = kr.impact(load(), load(("at_most: 50%", "at_most: 25%")), people, key="name")
    assert found.matrix["error", "error"] == 1
    assert {(one.key, one.edition) for one in found.refusals} == {(("Lan",), "old"), (("Lan",), "new")}
    assert len(found.rated_otherwise) == 3


def test_a_changed_comparison_affects_other_members() -> None:
    rules = """
kpirules: 1
id: demo.mean
inputs: {done: {type: integer, min: 0, max: 100}}
criteria: {work: {max: 100, met: done >= cohort_avg(done)}}
bands: {good: {from: 50}, poor: {from: 0}}
"""
    found = kr.impact(
        kr.loads(rules), kr.loads(rules.replace("cohort_avg", "cohort_max")), [{"done": n} for n in (10, 20, 60)]
    )
    assert found.matrix == {("poor", "poor"): 2, ("good", "good"): 1}
    lower = kr.impact(
        kr.loads(rules), kr.loads(rules.replace("cohort_avg", "cohort_min")), [{"done": n} for n in (10, 20, 60)]
    )
    assert lower.matrix == {("poor", "good"): 2, ("good", "good"): 1}
    assert (lower.better, lower.worse) == (2, 0)


# -- what quotas and comparisons read -------------------------------------------------------------

READ_BY_QUOTAS: dict[str, Any] = {
    "kpirules": 1,
    "id": "demo.read",
    "inputs": {
        "x": {"type": "integer", "min": 0, "max": 10},
        "y": {"type": "integer", "min": 0, "max": 10, "default": 5},
        "unit": {"type": "choice", "options": ["s", "t"], "default": "s"},
        "part": {"type": "choice", "options": ["s", "t"], "default": "s"},
        "is_big": {"type": "boolean", "default": False},
        "tasks": {
            "type": "list",
            "max_items": 3,
            "fields": {"hours": {"type": "integer", "min": 0, "max": 5, "default": 1}},
            "let": {"twice": "item.hours * 2 + extra"},
        },
        "extra": {"type": "integer", "min": 0, "max": 10, "default": 0},
    },
    "parameters": {"most": 3},
    "tables": {"places": {"steps": [{"from": 5, "value": 0.5}, {"value": 0.2}]}},
    "functions": {"double": {"args": ["q"], "value": "q * 2"}},
    "let": {"tie": "double(y)", "work": "sum(t.twice for t in tasks)"},
    "criteria": {"w": {"max": 100, "rate": "x / 10"}},
    "bands": {"a": {"from": 50}, "b": {"from": 0}},
    "outputs": {"best": "cohort_max(work)"},
    "cohort": {
        "within": ["unit"],
        "quotas": {
            "few": {
                "band": "a",
                "at_most": "places(most)",
                "of": "all",
                "base": "before",
                "round": "down",
                "minimum": 0,
                "order": ["score", "tie"],
                "ties": "demote",
                "demote_to": "b",
                "within": ["part"],
                "uniform": ["is_big"],
                "when": "not is_big",
            }
        },
    },
}


@pytest.mark.parametrize(
    ("way", "value"),
    some(
        [
            ("parameters/most", 7),
            ("tables/places/steps/0/value", 0.6),
            ("functions/double/value", "0 - q"),
            ("let/tie", "0 - y"),
            ("inputs/y/default", 7),
            ("inputs/unit/default", "t"),
            ("inputs/part/default", "t"),
            ("inputs/is_big/default", True),
            ("inputs/tasks/fields/hours/default", 3),
            ("inputs/tasks/let/twice", "item.hours + extra"),
            ("inputs/extra/default", 4),
        ],
        6,
    ),
)
def test_what_a_quota_or_a_comparison_reads_is_no_proof_that_ratings_stay(way: str, value: Any) -> None:
    changed = deepcopy(READ_BY_QUOTAS)
    node: Any = changed
    *keys, last = way.split("/")
    for key in keys:
        node = node[int(key) if key.isdigit() else key]
    assert node[last] != value
    node[last] = value
    found = kr.compare(kr.load(READ_BY_QUOTAS), kr.load(changed))
    assert {found.significance.ratings, *(one.significance.ratings for one in found.differences)} <= {
        "possible",
        "differ",
    }


def test_a_change_that_nothing_reads_is_proved_harmless() -> None:
    changed = deepcopy(READ_BY_QUOTAS)
    changed["let"]["idle"] = "y + 1"
    found = kr.compare(kr.load(READ_BY_QUOTAS), kr.load(changed))
    assert str(found.significance) == "same ratings, proved"


def test_fewer_members_are_demanded_and_rate_nobody_otherwise() -> None:
    new = load(("within: [unit]", "within: [unit]\n  max_members: 3"))
    assert str(kr.compare(load(), new).significance) == (
        "accepted subjects change, shown: a cohort now has at most 3 members, and had at most 1,000,000; "
        "same ratings, proved"
    )
    assert str(kr.compare(new, load()).significance) == (
        "accepted subjects change, shown: a cohort now has at most 1,000,000 members, and had at most 3; "
        "same ratings, proved"
    )


# -- what is shown, and how -----------------------------------------------------------------------


def test_subjects_that_are_tried_alone_are_said_to_be() -> None:
    found = kr.compare(load(), load(("at_most: 50%", "at_most: 50.001%"))).significance
    assert str(found) == (
        f"ratings may change, not shown: {found.tried:,} subjects have the same ratings, each alone and before quotas"
    )
    shown = kr.compare(load(), load(("points: done", "points: done / 2"))).significance
    assert str(shown) == (
        "ratings change, shown: score 100, band `top` → score 50, band `good`, "
        'shown with {"unit": "", "done": 100}, each alone and before quotas'
    )


def test_a_population_shows_what_nobody_shows_alone() -> None:
    found = kr.impact(load(), load(("at_most: 50%", "at_most: 25%")), PEOPLE, key="name").comparison
    assert str(found.significance) == (
        "ratings change, shown: score 97, band `top` → score 97, band `good`, "
        'shown with {"unit": "a", "done": 97}, rated together with the population'
    )
    assert found.differences[0].significance.witness == found.significance.witness


def test_a_default_that_changes_is_shown_by_who_takes_it() -> None:
    rules = """
kpirules: 1
id: demo.usual
inputs: {x: {type: integer, min: 0, max: 10}, y: {type: integer, min: 0, max: 10, default: 1}}
criteria: {work: {max: 10, points: x * 0 + y}}
outputs: {place: cohort_rank(x)}
"""
    found = kr.impact(kr.loads(rules), kr.loads(rules.replace("default: 1", "default: 2")), [{"x": 3}, {"x": 4}])
    assert str(found.comparison.significance) == (
        "ratings change, shown: score 1, status `rated` → score 2, status `rated`, "
        'shown with {"x": 3}, rated together with the population'
    )


def test_a_cohort_that_cannot_be_assessed_says_why() -> None:
    rules = """
kpirules: 1
id: demo.fault
inputs: {done: {type: integer, min: 0, max: 100}}
criteria: {work: {max: 100, met: done >= cohort_avg(done)}}
outputs: {per: 1 / done}
"""
    people = [{"name": name, "done": done} for name, done in (("An", 0), ("Ba", 5), ("Cúc", 101))]
    found = kr.impact(kr.loads(rules.replace("1 / done", "1 / (done + 1)")), kr.loads(rules), people, key="name")
    assert [(one.key[0], one.edition, one.reasons) for one in found.refusals] == [
        ("Cúc", "old", ("KR604 `done` is 101, above 100",)),
        ("An", "new", ("KR620 a number is divided by zero (done = 0)",)),
        ("Ba", "new", ("KR620 a number is divided by zero (done = 0), for members[An]",)),
        ("Cúc", "new", ("KR604 `done` is 101, above 100",)),
    ]


def test_a_cohort_with_too_many_members_says_so() -> None:
    new = load(("within: [unit]", "within: [unit]\n  max_members: 3"))
    found = kr.impact(load(), new, PEOPLE, key="name")
    assert found.matrix == {("top", "error"): 4, ("good", "error"): 4}
    an = "KR641 the cohort of An has 4 members, but only 3 are allowed"
    em = "KR641 the cohort of Em has 4 members, but only 3 are allowed"
    reasons = {one.key[0]: one.reasons for one in found.refusals}
    assert reasons.pop("An") == (an, f"{em}, for members[Em]")
    assert reasons.pop("Em") == (f"{an}, for members[An]", em)
    assert set(reasons.values()) == {(f"{an}, for members[An]", f"{em}, for members[Em]")}


def test_names_that_are_no_keys_do_not_matter() -> None:
    found = kr.impact(load(), load(("at_most: 50%", "at_most: 25%")), PEOPLE, key="unit", ignore="name")
    assert len(found.rated_otherwise) == 3


OF_BAND = ("cohort:\n", "outputs: {pay: 'done if band == \"good\" else 0'}\ncohort:\n")


@pytest.mark.parametrize(
    ("before", "after", "ratings"),
    some(
        [
            ([], [("good: {from: 0}", "good: {from: -1}")], "same"),
            ([], [("points: done", "points: done + 0 * done")], "same"),
            ([], [("points: done", "points: 100 - done")], "differ"),
            ([], [("round: down", "round: up")], "differ"),
            ([OF_BAND], [OF_BAND, ("good: {from: 0}", "good: {from: -1}")], "possible"),
        ],
        2,
    ),
)
def test_quotas_move_the_same_members_if_all_that_they_read_is_proved_equal(
    before: list[tuple[str, str]], after: list[tuple[str, str]], ratings: str
) -> None:
    found = kr.compare(load(*before), load(*after), prove=True).significance
    assert found.ratings == ratings
