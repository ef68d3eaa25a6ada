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
    for path in ("criteria.wrk.max", "nothing.at.all"):
        with pytest.raises(ValueError, match=f"`{path}` is in no part of the rulebook; parts are bands, bands.good"):
            score({path: 3})
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
