"""`kpirules needed`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

RULES = """
kpirules: 1
id: demo
inputs: {done: {type: integer, min: 0, max: 50}, late: {type: integer, min: 0, max: 9}}
criteria: {work: {max: 100, points: 2 * done - late, outside: clamp}}
bands: {good: {from: 70}, poor: {from: 0}}
"""


@pytest.fixture
def asked(kpirules: Callable[..., Any], write: Callable[..., str]) -> Callable[..., Any]:
    write("demo.kpi.yaml", RULES)
    write("some.csv", "who,done,late\nAn,30,2\nBình,40,0\nChi,x,0\n")

    def ask(*options: str, changing: str = "done", band: str = "good") -> Any:
        told = ("--band", band, "--changing", changing)
        return kpirules("needed", "demo.kpi.yaml", "some.csv", "--key", "who", *told, *options)

    return ask


def test_the_least_change_of_one_subject_is_printed(kpirules: Callable[..., Any], asked: Callable[..., Any]) -> None:
    found = asked("--subject", "An")
    assert (found.code, found.out) == (
        0,
        "`good` by `done`: the least change, proved\n  done: 30 → 36\n  then score 70, band `good`\n",
    )
    next_better = kpirules(
        "needed", "demo.kpi.yaml", "some.csv", "--key", "who", "--subject", "An", "--changing", "done"
    )
    assert next_better.out == found.out
    data = json.loads(asked("--subject", "An", "--format", "json").out)
    assert (data["changes"], data["is_proved"], data["then"]["band"]) == ({"done": ["30", "36"]}, True, "good")


def test_no_change_that_helps_is_an_exit_code(asked: Callable[..., Any]) -> None:
    found = asked("--subject", "An", changing="late")
    assert (found.code, found.out) == (1, "`good` by `late`: no value reaches it, proved\n")


def test_what_is_wrong_is_named(asked: Callable[..., Any]) -> None:
    wrong = asked("--subject", "Chi")
    assert (wrong.code, wrong.out) == (1, "")
    assert "done" in wrong.err
    unknown = asked("--subject", "An", changing="doen")
    assert (unknown.code, "no input `doen`" in unknown.err) == (2, True)
    assert asked("--subject", "An", band="best").code == 2


def test_a_letter_tells_the_least_change(kpirules: Callable[..., Any], asked: Callable[..., Any]) -> None:
    row = ("explain", "demo.kpi.yaml", "some.csv", "--key", "who", "--subject", "An")
    letter = (
        "--letter",
        "--period",
        "2026",
        "--issued-by",
        "us",
        "--issued-on",
        "2027-01-05",
        "--objections",
        "write",
    )
    told = kpirules(*row, *letter, "--needed", "good", "--changing", "done")
    assert "with «done» 36 instead of 30, the rating would have been «good»" in told.out
    for options, said in (
        ((*letter, "--needed", "good"), "`--needed` and `--changing` need each other"),
        (("--needed", "good", "--changing", "done"), "need `--letter`"),
        ((*letter, "--needed", "best", "--changing", "done"), "there is no band `best`"),
    ):
        found = kpirules(*row, *options)
        assert (found.code, said in found.err) == (2, True)
