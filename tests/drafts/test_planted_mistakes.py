"""Common mistakes, planted in clean rulebooks: the check finds each of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import kpirules as kr

EXAMPLES = Path(__file__).parents[2] / "examples"
SAAS, OBJECTIVES, SUPPLIER = "saas_scorecard/quarter", "objectives/person", "supplier_card/year"

MISTAKES = {
    "a hole between two bands": (SAAS, "close:       {from: 80,", "close:       {from: 80, to: 99,", "KR330"),
    "weights that make 95 %": (SAAS, "weight: 35%", "weight: 30%", "KR304"),
    "a name with a slip": (SAAS, "more_is_better(retention,", "more_is_better(retension,", "KR201"),
    "a missing survey that nobody decided on": (SAAS, "target_promoter_score)\", missing: exclude", 'target_promoter_score)"', "KR230"),
    "a band that is not there": (SAAS, "band: below, label", "band: worst, label", "KR144"),
    "bands that begin with the worst": (SAAS, "outstanding: {from: 120", "outstanding: {from: 90", "KR333"),
    "a division by what may be 0": (SAAS, "score_of(2 - actual / target)", "score_of(target / actual)", "KR350"),
    "a scale that is left": (SAAS, "    outside: clamp\n", "", "KR351"),
    "more points than the max": (SAAS, "{weight: 35%, max: 150", "{weight: 35%, max: 100", "KR352"),
    "a target that may be the start": (OBJECTIVES, "item.target != item.start", "item.target != item.actual", "KR350"),
    "a cap above the max": (OBJECTIVES, "0, 120%)", "0, 150%)", "KR352"),
    "a band above every score": (OBJECTIVES, "{from: 105", "{from: 125", "KR332"),
    "an output with a slip": (OBJECTIVES, "value: score / 100", "value: scor / 100", "KR201"),
    "a record's field with a slip": (OBJECTIVES, "o.weight * o.attained", "o.weight * o.atained", "KR201"),
    "rows in the wrong order": (SUPPLIER, "{from: 98%, points: 40}", "{from: 90%, points: 40}", "KR315"),
    "an option without a value": (SUPPLIER, "c: d, d: d", "c: d", "KR220"),
    "a class of last year that may be absent": (SUPPLIER, "    when: given(last_class)\n", "", "KR230"),
    "a year without deliveries": (SUPPLIER, "deliveries:      {type: integer, min: 1", "deliveries:      {type: integer, min: 0", "KR350"),
    "a row with more points than the max": (SUPPLIER, "{to: 50, points: 40}", "{to: 50, points: 45}", "KR313"),
    "a value that nothing reads": (SUPPLIER, "measure: ppm", "measure: parts", "KR242"),
}  # fmt: skip


@cache
def found(text: str) -> set[str]:
    """Return the codes of the findings."""
    return {finding.code for finding in kr.check(text=text).findings}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_found(mistake: str) -> None:
    example, right, wrong, code = MISTAKES[mistake]
    text = (EXAMPLES / f"{example}.kpi.yaml").read_text(encoding="utf-8")
    assert text.count(right) == 1
    assert found(text) == set()
    assert code in found(text.replace(right, wrong))
