"""`--variant`, `--on` and `kpirules show`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CITY = """\
kpirules: 1
id: city
inputs: {done: {type: integer, min: 0, max: 10}}
criteria: {work: {max: 100, rate: done / 10}}
score: {band_on: exact}
bands: {good: {from: 50}, poor: {from: 0}}
"""
POSTS = """\
kpirules: 1
extends: city.kpi.yaml
variants: {staff: {}, head: {criteria: {work: {max: 80}}}}
amendments: [{from: 2026-07-01, change: {bands: {good: {from: 60}}}}]
examples:
  - {name: a head in June, variant: head, on: 2026-06-30, given: {done: 7}, expect: {score: 56, band: good}}
  - {name: a head in July, variant: head, on: 2026-07-01, like: a head in June, expect: {band: poor}}
"""
CASES = """\
rulebook: posts.kpi.yaml
variant: head
on: 2026-07-01
cases:
  - {name: by the file, given: {done: 7}, expect: {score: 56, band: poor}}
  - {name: another day, on: 2026-01-01, like: by the file, expect: {band: good}}
  - {name: another variant, variant: staff, like: by the file, expect: {score: 70, band: good}}
"""


@pytest.fixture(autouse=True)
def posts(write: Callable[..., str]) -> None:
    write("city.kpi.yaml", CITY)
    write("posts.kpi.yaml", POSTS)
    write("posts.cases.yaml", CASES)
    write("some.jsonl", '{"done": 7}\n')


def test_check_looks_at_all_variants_or_at_one(kpirules: Callable[..., Any]) -> None:
    assert kpirules("check", "posts.kpi.yaml", "posts.cases.yaml").code == 0
    assert kpirules("check", "posts.kpi.yaml", "--variant", "head", "--on", "2026-07-01").code == 0
    ran = kpirules("check", "posts.kpi.yaml", "--variant", "boss")
    assert (ran.code, "KR530" in ran.out) == (1, True)


def test_test_takes_variant_and_day_from_the_case_the_file_and_the_command(kpirules: Callable[..., Any]) -> None:
    assert kpirules("test", "posts.kpi.yaml", "posts.cases.yaml").out == "5 passed, 0 failed\n"


def test_options_of_the_command_apply_to_cases_without_their_own(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    path = write(
        "bare.cases.yaml", "rulebook: posts.kpi.yaml\ncases: [{name: a, given: {done: 7}, expect: {score: 56}}]"
    )
    ran = kpirules("test", path)
    assert (ran.code, "KR531" in ran.out) == (1, True)
    assert kpirules("test", path, "--variant", "head", "--on", "2026-01-01").code == 0
    ran = kpirules("test", path, "--variant", "head")
    assert (ran.code, "KR535" in ran.out) == (1, True)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("variant: boss, ", "KR530"),
        ("variant: head, on: 2026-01-01, expect: {points: {care: 1}}, ", "KR710"),
        ("variant: 5, ", "KR701"),
        ("on: 2026-02-30, ", "KR701"),
        ("on: [a], ", "KR701"),
    ],
)
def test_a_case_that_names_what_is_not_there_is_told_where_it_does(
    kpirules: Callable[..., Any], write: Callable[..., str], case: str, code: str
) -> None:
    rest = "" if "expect" in case else ", expect: {score: 56}"
    text = f"rulebook: posts.kpi.yaml\ncases:\n  - {{{case}name: a, given: {{done: 7}}{rest}}}\n"
    path = write("wrong.cases.yaml", text)
    for command in ("check", "test"):
        ran = kpirules(command, path)
        assert ran.code == 1
        assert f"error[{code}]" in ran.out
        assert "wrong.cases.yaml:3:" in ran.out


def test_a_day_on_which_nothing_is_in_force_is_told_at_the_case(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    write("city.kpi.yaml", CITY + "effective: {from: 2026-01-01}\n")
    text = "rulebook: posts.kpi.yaml\ncases:\n  - {name: a, variant: head, on: 2025-01-01, given: {done: 7}, expect: {score: 1}}\n"
    ran = kpirules("test", write("old.cases.yaml", text))
    assert "error[KR536]" in ran.out
    assert "old.cases.yaml:3:34" in ran.out


def test_assess_and_explain_are_told_which_rules_hold(kpirules: Callable[..., Any]) -> None:
    ran = kpirules(
        "assess", "posts.kpi.yaml", "some.jsonl", "--variant", "head", "--on", "2026-07-01", "--format", "json"
    )
    assert ran.code == 0
    (row,) = json.loads(ran.out)
    assert "head" in str(row)
    assert "amended 2026-07-01" in str(row)
    ran = kpirules("explain", "posts.kpi.yaml", "some.jsonl", "--variant", "head", "--on", "2026-07-01")
    assert "amended 2026-07-01 · variant head" in ran.out


@pytest.mark.parametrize(
    ("options", "code"),
    [((), "KR531"), (("--variant", "head"), "KR535"), (("--variant", "boss"), "KR530")],
)
def test_a_missing_choice_is_requested(kpirules: Callable[..., Any], options: tuple[str, ...], code: str) -> None:
    for command in (
        ("assess", "posts.kpi.yaml", "some.jsonl"),
        ("plan", "posts.kpi.yaml"),
        ("show", "posts.kpi.yaml"),
    ):
        ran = kpirules(*command, *options)
        assert ran.code == 2
        assert code in ran.err


def test_plan_shows_one_of_them(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    assert "within 0 to 80" in kpirules("plan", "posts.kpi.yaml", "--variant", "head", "--on", "2026-01-01").out
    write(
        "by.kpi.yaml",
        POSTS
        + "inputs: {post: {type: choice, options: [staff, head]}, at: {type: date}}\nvariant_by: post\nedition_by: at\n",
    )
    ran = kpirules("plan", "by.kpi.yaml")
    assert (ran.code, "KR531" in ran.err) == (2, True)


def test_show_writes_a_rulebook_that_can_be_read(kpirules: Callable[..., Any], folder: Path) -> None:
    ran = kpirules("show", "posts.kpi.yaml", "--variant", "head", "--on", "2026-07-01", "-o", "whole.kpi.yaml")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert "    max: 80\n    rate: done / 10  # from city.kpi.yaml:4\n" in (folder / "whole.kpi.yaml").read_text(
        "utf-8"
    )
    assert kpirules("check", "whole.kpi.yaml").code == 1  # its examples name variants that it has no more
    ran = kpirules("show", "none.kpi.yaml")
    assert (ran.code, ran.err) == (2, "kpirules: none.kpi.yaml: no such file\n")


def test_a_day_has_its_form(kpirules: Callable[..., Any]) -> None:
    ran = kpirules("check", "posts.kpi.yaml", "--on", "July")
    assert ran.code == 2
    assert "`July` is not a date such as 2026-07-01" in ran.err


def test_show_reports_the_errors_of_what_it_shows(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write("wrong.kpi.yaml", "kpirules: 1\noutputs: {pay: 10 * hour}\n")
    ran = kpirules("show", "wrong.kpi.yaml")
    assert (ran.code, ran.out) == (1, "kpirules: 1\noutputs:\n  pay: 10 * hour\n")
    assert "error[KR201]: unknown name `hour`" in ran.err


def test_show_asks_for_no_day_that_is_given(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write("wrong.kpi.yaml", POSTS.replace("max: 80", "max: eighty"))
    ran = kpirules("show", "wrong.kpi.yaml", "--variant", "head", "--on", "2026-07-01")
    assert ran.code == 1
    assert "max: eighty" in ran.out
    assert "KR136" in ran.err
    assert "KR535" not in ran.err


def test_show_gives_the_card_of_a_rulebook(kpirules: Callable[..., Any]) -> None:
    ran = kpirules("show", "posts.kpi.yaml", "--card")
    assert (ran.code, ran.err) == (0, "")
    assert "  measured: 100 % of the attainable points\n  variants: staff, head\n" in ran.out
    assert "  editions: before all amendments, from 2026-07-01\n" in ran.out
    ran = kpirules("show", "posts.kpi.yaml", "--card", "--variant", "head", "--on", "2026-07-01")
    assert "  variants: head\n" in ran.out
    ran = kpirules("show", "none.kpi.yaml", "--card")
    assert ran.code == 2
