"""`kpirules sensitivity`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

RULES = """
kpirules: 1
id: demo
inputs: {done: {type: integer, min: 0, max: 50}}
criteria: {work: {max: 100, points: 2 * done}}
bands: {good: {from: 70}, poor: {from: 0}}
"""


@pytest.fixture
def asked(kpirules: Callable[..., Any], write: Callable[..., str]) -> Callable[..., Any]:
    write("demo.kpi.yaml", RULES)
    write("some.csv", "who,done\nAn,30\nBình,40\n")
    return lambda *options: kpirules("sensitivity", "demo.kpi.yaml", "some.csv", "--key", "who", *options)


def test_the_ranges_of_all_numbers_are_printed(asked: Callable[..., Any]) -> None:
    found = asked("--only", "bands.good.from, criteria")
    assert (found.code, found.err) == (0, "")
    assert re.search(r"bands.good.from +70 +\(60, 80\] +exact +An: poor → good +Bình: good → poor\n", found.out)
    data = json.loads(asked("--format", "json").out)
    assert [number["number"] for number in data["numbers"]] == [
        "criteria.work.max",
        "bands.good.from",
        "bands.poor.from",
    ]


def test_what_is_wrong_is_named(asked: Callable[..., Any], write: Callable[..., str]) -> None:
    assert asked("--only", "bands.best").code == 2
    assert "--only: no number stands at `bands.best`" in asked("--only", "bands.best").err
    assert "--step is a number above zero" in asked("--step", "none").err
    write("some.csv", "who,done\nAn,60\nBình,40\n")
    wrong = asked()
    assert (wrong.code, wrong.out) == (1, "")
    assert "60" in wrong.err
    write("some.csv", "who,done\nAn,x\n")
    assert asked().code == 1
