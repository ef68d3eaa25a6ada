"""Rules with other values, by path."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import kpirules as kr

RULES = """
kpirules: 1
inputs: {done: {type: number, min: 0, max: 50, decimals: 1}, kind: {type: choice, options: [a, b]}}
parameters: {factor: 2}
criteria:
  group:
    combine: mean
    max: 80
    weights: relative
    criteria:
      work: {max: 100, weight: 1, points: factor * done, outside: clamp}
      conduct: {max: 10, weight: 3, entered: {step: 1}}
score: {round: {places: 1}, band_on: rounded}
bands: {good: {from: 70}, poor: {from: 0}}
"""
SUBJECT = {"done": 30, "conduct": 8, "kind": "a"}


def score(changes: dict[str, Any], **given: Any) -> Decimal | None:
    return kr.assess(kr.with_changes(kr.loads(RULES), changes), SUBJECT | given).score


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({}, 60),
        ({"criteria.work.weight": 5}, 54),
        ({"parameters.factor": 3}, 66),
        ({"criteria": {"group": {"max": 40}}, "parameters.factor": 3}, 33),
        ({"criteria.conduct.max": 20}, 36),
        ({"score.round.places": 0, "criteria.work.weight": 2}, Decimal(58)),
    ],
)
def test_values_are_changed_by_path_or_in_the_shape_of_the_rulebook(changes: dict[str, Any], result: int) -> None:
    assert score(changes) == result


def test_the_scale_of_entered_points_follows_their_maximum() -> None:
    assert score({"criteria.conduct.max": 20}, conduct=20) == 72


def test_a_key_is_removed_by_none() -> None:
    changed = kr.with_changes(kr.loads(RULES), {"score.round": None, "score.band_on": None})
    assert kr.assess(changed, SUBJECT | {"done": Decimal("30.1")}).score == Decimal("60.04")


def test_mistakes_are_named() -> None:
    with pytest.raises(
        ValueError, match=r"`criteria.wrk.max` is in no part of the rulebook; parts of `criteria` are"
    ):
        score({"criteria.wrk.max": 3})
    with pytest.raises(
        ValueError, match=r"no part of the rulebook; write it there first.*; parts are bands, bands.good"
    ):
        score({"cohort": {"quotas": {"few": {"at_most": "20%"}}}})
    with pytest.raises(kr.RulebookError, match="unknown key `frm`"):
        score({"bands.good.frm": 3})


def test_every_variant_with_the_part_is_changed() -> None:
    text = RULES + "variant_by: kind\nvariants: {a: {}, b: {parameters: {factor: 1, more: 4}, outputs: {o: more}}}\n"
    rules = kr.loads(text)
    changed = kr.with_changes(rules, {"criteria.work.weight": 5, "parameters.more": 7})
    found = [kr.assess(changed, SUBJECT | {"kind": kind}) for kind in "ab"]
    assert [one.score for one in found] == [54, 39]
    assert (found[1].outputs["o"], found[0].variant) == (7, "a")
    with pytest.raises(ValueError, match=r"`parameters\.less` is in no part"):
        kr.with_changes(rules, {"parameters.less": 7})


ROWS = """
kpirules: 1
inputs: {done: {type: integer, min: 0, max: 10}, level: {type: choice, options: ["1.5", "2.0"]}}
tables: {scaled: {steps: [{from: 5, value: 2}, {value: 1}]}}
criteria:
  results:
    criteria:
      work: {max: 50, measure: done, steps: [{from: 8, points: 40}, {from: 4, points: 20}, {points: 0}]}
      skill: {max: 20, measure: level, lookup: {"1.5": 10, "2.0": 20}}
      curve: {max: 20, measure: done, scale: [[0, 0], [10, 20]]}
      passed: {max: 10, measure: done, thresholds: {from: [2, 5], each: 3}}
      choice: {max: 9, cases: [{when: {done: {from: 5}}, points: 7}, {points: 2}]}
      called: {max: 6, points: 2 * scaled(done)}
score:
  limits: {cap: {when: done < 3, at_most: 30}}
bands: {measure: exact_score, levels: {good: {from: 55, requires: {some: done > 1}}, poor: {from: 0}}}
"""


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({}, "rated 59 good"),
        ({"criteria.work.steps[1].points": 25}, "rated 64 good"),
        ({"criteria.work.steps.0.from": 6}, "rated 79 good"),
        ({"criteria": {"results": {"criteria": {"work": {"steps": {"1": {"points": 25}}}}}}}, "rated 64 good"),
        ({"criteria": {"results": {"criteria": {"work": {"steps": [{"points": 45}]}}}}}, "rated 84 good"),
        ({"criteria.results.criteria.skill.lookup": {"1.5": 15}}, "rated 64 good"),
        ({"criteria": {"skill": {"lookup": {"1.5": {"points": 15}}}}}, "rated 64 good"),
        ({"criteria.curve.scale[1][1]": 10}, "rated 53 poor"),
        ({"criteria.passed.thresholds.each": 4}, "rated 61 good"),
        ({"criteria.passed.thresholds.from[1]": 7}, "rated 56 good"),
        ({"criteria.choice.cases[0].when.done.from": 7}, "rated 54 poor"),
        ({"criteria.choice.cases[0].points": 8}, "rated 60 good"),
        ({"tables.scaled.steps[0].value": 3}, "rated 61 good"),
        ({"bands": {"levels": {"good": {"from": 60}}}}, "rated 59 poor"),
        ({"bands": {"good": {"from": 60}}}, "rated 59 poor"),
        ({"bands.good.requires.some": "done > 7"}, "undefined 59 None"),
        ({"score": {"limits": {"cap": {"when": "done < 7"}}}}, "rated 30 poor"),
        ({"score.limits.cap.at_most": 20, "score.limits.cap.when": True}, "rated 20 poor"),
        ({"criteria.work.steps[0]": None, "criteria.work.steps[1].points": 25}, "rated 64 good"),
        ({"criteria.passed.thresholds.from[0]": None, "criteria.passed.thresholds.from[1]": 7}, "rated 53 poor"),
        ({"score.round": {"to": 10, "mode": "down"}, "score.band_on": "exact"}, "rated 50 good"),
    ],
)
def test_rows_and_nested_parts_are_changed(changes: dict[str, Any], result: str) -> None:
    found = kr.assess(kr.with_changes(kr.loads(ROWS), changes), {"done": 6, "level": "1.5"})
    assert f"{found.status} {found.score} {found.band}" == result


@pytest.mark.parametrize(
    "path",
    [
        "criteria.work.steps[3].points",
        "criteria.work.criteria.skill.max",
        "criteria.results.criteria.more.max",
        "..",
        "",
    ],
)
def test_a_path_to_nothing_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="is in no part"):
        kr.with_changes(kr.loads(ROWS), {path: 1})


@pytest.mark.parametrize("key", ["places", "to"])
def test_a_parameter_is_followed_where_it_stands(key: str) -> None:
    rules = kr.load(
        {
            "kpirules": 1,
            "parameters": {"fine": 1, "most": 8, "edge": 3, "each": 2},
            "inputs": {"x": {"type": "number", "min": 0, "max": 9, "decimals": 2}},
            "criteria": {
                "a": {"max": "most", "points": "x", "outside": "clamp", "round": {key: "fine"}},
                "b": {"max": 9, "measure": "x", "steps": [{"from": "edge", "points": "each"}, {"points": 0}]},
            },
        }
    )
    subject = {"x": 7.26}
    assert kr.assess(rules, subject).score == {"places": Decimal("9.3"), "to": 9}[key]
    assert (
        kr.assess(kr.with_changes(rules, {"parameters.fine": 2}), subject).score
        == {"places": Decimal("9.26"), "to": 10}[key]
    )
    assert kr.assess(kr.with_changes(rules, {"parameters.most": 5}), subject).score == 7
    assert kr.assess(kr.with_changes(rules, {"parameters.edge": 8}), subject).points["b"] == 0
    assert kr.assess(kr.with_changes(rules, {"parameters": {"each": 4}}), subject).points["b"] == 4
    found = kr.sensitivity(rules, [subject], only="parameters.fine")["parameters.fine"]
    assert not found.is_exact
