"""Cohorts and quotas of two editions, and what they do to a population that is rated together."""

from __future__ import annotations

from typing import Any

import kpirules as kr

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
    assert found.significance.ratings == "possible"


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


def test_who_is_not_valid_takes_no_place_and_is_named() -> None:
    people = [*PEOPLE, {"name": "Lan", "unit": "a", "done": 101}]
    found = kr.impact(load(), load(("at_most: 50%", "at_most: 25%")), people, key="name")
    assert found.matrix["error", "error"] == 1
    assert {(one.key, one.edition) for one in found.refusals} == {(("Lan",), "old"), (("Lan",), "new")}
    assert len(found.rated_otherwise) == 3


def test_what_is_compared_with_others_moves_those_around_it() -> None:
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
