"""`kpirules prove`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

RULES = """\
kpirules: 1
id: t
inputs: {n: {type: integer, min: 0, max: 3}}
criteria: {a: {max: 3, points: n}}
bands: {good: {from: 2}, poor: {from: 0}}
"""


def test_what_is_proved_and_the_direction_of_each_input(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    ran = kpirules("prove", write("t.kpi.yaml", RULES))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "t: 6 proved\n\n"
        "  proved   no valid subject faults\n"
        "  proved   the score is at least 0 and at most 3\n"
        "  proved   some subject gets `good`\n"
        '           {"n": 3}: score 3, band `good`\n'
        "  proved   some subject gets `poor`\n"
        '           {"n": 0}: score 0, band `poor`\n'
        "  proved   every score has a band\n"
        "  proved   no score has two bands\n\n"
        "  more of  the rating\n"
        "  n        ↑ raises         0 → 3: score 0, band `poor` → score 3, band `good`\n"
    )
    assert '{"n": 0}\n' in kpirules("prove", write("t.kpi.yaml", RULES), "-v").out


def test_what_is_refuted_fails(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    rules = write("t.kpi.yaml", RULES + "invariants: {few: {that: n < 3}, up: {never_raises: [n]}}\n")
    ran = kpirules("prove", rules, "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["refuted"], found["is_good"]) == (1, 2, False)
    refuted = [claim for claim in found["parts"][0]["claims"] if claim["answer"] == "refuted"]
    assert refuted[0]["subjects"] == ['{"n": 3}']


def test_two_editions(kpirules: Callable[..., Any], write: Callable[..., str], tmp_path: Any) -> None:
    old, new = write("old.kpi.yaml", RULES), write("new.kpi.yaml", RULES.replace("from: 2", "from: 1"))
    ran = kpirules("prove", old, new)
    assert ran.code == 1
    assert '{"n": 1}: score 1, band `poor` → score 1, band `good`' in ran.out
    assert kpirules("prove", old, old).code == 0
    assert kpirules("prove", old, new, "--nobody-loses-a-band").code == 0
    assert kpirules("prove", new, old, "--nobody-loses-a-band").code == 1
    assert kpirules("prove", old, new, "--only-where", "n == 1").code == 0
    assert kpirules("prove", old, new, "--only-where", "n == 2").code == 1
    ran = kpirules("prove", old, new, "-o", str(tmp_path / "out.html"))
    assert (ran.code, ran.out) == (1, "")
    assert "<table" in (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "| claim |" in kpirules("prove", old, new, "--format", "markdown").out


def test_misuse_is_told_in_one_line(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    rules = write("t.kpi.yaml", RULES)
    ran = kpirules("prove", rules, "--only-where", "n == 1")
    assert (ran.code, ran.err) == (
        2,
        "kpirules: `--nobody-loses-a-band` and `--only-where` need two editions: OLD NEW\n",
    )
    ran = kpirules("prove", rules, rules, "--only-where", "m == 1")
    assert ran.code == 2
    assert ran.err.endswith("kpirules: --only-where is no condition over the names of the new edition\n")
    assert kpirules("prove", write("bad.kpi.yaml", "kpirules: 1\noutputs: {x: y}\n")).code == 2
    ran = kpirules("diff", rules, rules, "--prove", "--population", rules)
    assert (ran.code, ran.err) == (2, "kpirules: --prove is about all subjects: give it or `--population`\n")


def test_without_z3_the_extra_is_named(
    kpirules: Callable[..., Any], write: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = write("t.kpi.yaml", RULES)
    monkeypatch.setitem(sys.modules, "z3", None)
    for command in (("prove", rules), ("prove", rules, rules), ("diff", rules, rules, "--prove")):
        ran = kpirules(*command)
        assert (ran.code, ran.err) == (2, 'kpirules: proofs need z3: pip install "kpirules[prove]"\n')


def test_diff_proves_what_no_subject_shows(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    text = RULES.replace("max: 3}}", "max: 90000}, m: {type: integer, min: 1, max: 90000}}", 1)
    text = text.replace("points: n", "points: 'min(n / m, 3)'")
    text += "score: {round: {places: 2}, band_on: rounded}\n"
    old, new = write("old.kpi.yaml", text), write("new.kpi.yaml", text.replace("n / m, 3", "3, n / m * 1"))
    assert "may change" in kpirules("diff", old, new).out
    assert "same ratings, proved" in kpirules("diff", old, new, "--prove").out
