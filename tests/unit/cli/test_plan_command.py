"""`kpirules plan`, and `kpirules assess --verify`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpirules import Assessment, assess, load
from kpirules.cli import assess as command
from kpirules.plan import show
from kpirules.rating.assessing import deferred

TWO = '{"person": "an", "served": 12, "tasks": [{"planned": 3, "done": 2}]}\n{"person": "chi", "served": 1, "tasks": []}\n'


def test_a_plan_is_shown_in_words(kpirules: Callable[..., Any], folder: Path) -> None:
    ran = kpirules("plan", "staff.kpi.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == show(load(folder / "staff.kpi.yaml").plan)
    assert "\n  1. exempt short_service: status not_rated where served < 3\n" in ran.out


def test_the_generated_code_is_shown_instead(kpirules: Callable[..., Any], folder: Path) -> None:
    ran = kpirules("plan", "staff.kpi.yaml", "--code")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == load(folder / "staff.kpi.yaml").scalar.text
    assert ran.out.startswith("def admit(s):\n")
    assert "\ndef core(" in ran.out


def test_the_steps_on_integers_are_shown_instead(kpirules: Callable[..., Any], folder: Path) -> None:
    (folder / "half.kpi.yaml").write_text(
        "kpirules: 1\nid: half\ninputs: {done: {type: integer, min: 0, max: 9}}\noutputs: {half: floor(done / 2)}\n",
        encoding="utf-8",
    )
    ran = kpirules("plan", "half.kpi.yaml", "--integers")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "# inputs.done\ns2 = input done  # 4 bits\n# outputs.half\ns5 = s2 // 2  # 3 bits\n"
        "return status = 'rated'\nreturn outputs.half = s5\n"
    )
    ran = kpirules("plan", "half.kpi.yaml", "--columns")
    assert ran.out == (
        "2 steps of at most 4 bits\nby columns: status, outputs.half, because, overrides, decided_by, requirements\n"
    )


def test_results_rated_row_by_row_are_shown_with_the_reason(kpirules: Callable[..., Any], folder: Path) -> None:
    (folder / "growth.kpi.yaml").write_text(
        "kpirules: 1\nid: growth\ninputs: {n: {type: integer, min: 0, max: 9}}\noutputs: {growth: exp(n)}\n",
        encoding="utf-8",
    )
    ran = kpirules("plan", "growth.kpi.yaml", "--columns")
    assert (ran.code, ran.err) == (0, "")
    assert "outputs.growth: the nearest double of an irrational number may be uncertain; round it\n" in ran.out


@pytest.mark.parametrize("arguments", [(), ("--code",), ("--integers",), ("--columns",)])
def test_a_plan_may_go_to_a_file(arguments: tuple[str, ...], kpirules: Callable[..., Any], folder: Path) -> None:
    expected = kpirules("plan", "staff.kpi.yaml", *arguments).out
    (folder / "plan.txt").write_text("an older plan", encoding="utf-8")
    ran = kpirules("plan", "staff.kpi.yaml", *arguments, "-o", "plan.txt")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (folder / "plan.txt").read_text(encoding="utf-8") == expected


def test_the_rulebook_is_not_written_over(kpirules: Callable[..., Any], folder: Path) -> None:
    before = (folder / "staff.kpi.yaml").read_bytes()
    ran = kpirules("plan", "staff.kpi.yaml", "-o", "staff.kpi.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert (folder / "staff.kpi.yaml").read_bytes() == before


def test_a_rulebook_that_is_not_there_or_has_errors_has_no_plan(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    assert kpirules("plan", "nowhere.kpi.yaml").code == 2
    ran = kpirules("plan", write("bad.kpi.yaml", "kpirules: 1\nid: bad\noutputs: {o: x}\n"))
    assert (ran.code, ran.out) == (2, "")
    assert "error[KR201]" in ran.err
    assert ran.err.endswith("kpirules: bad.kpi.yaml: the rulebook has errors\n")


# -- verified -------------------------------------------------------------------------------------


@pytest.fixture
def verified(kpirules: Callable[..., Any], write: Callable[..., str]) -> Callable[..., Any]:
    """Return a function that rates two subjects, or given ones."""

    def run(*arguments: str, subjects: str = TWO) -> Any:
        return kpirules("assess", "staff.kpi.yaml", write("two.jsonl", subjects), "--key", "person", *arguments)

    return run


@pytest.mark.parametrize("format_", ["table", "csv", "json", "jsonl"])
def test_engines_that_agree_change_nothing(format_: str, verified: Callable[..., Any]) -> None:
    ran = verified("--format", format_, "--verify")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == verified("--format", format_).out


def test_engines_agree_on_what_can_not_be_assessed_too(verified: Callable[..., Any]) -> None:
    wrong = '{"person": "an", "served": 13, "tasks": []}\n{"person": "bo", "tasks": []}\n'
    ran = verified("--format", "csv", "--verify", subjects=wrong)
    assert ran.code == 1
    assert (ran.out, ran.err) == (
        verified("--format", "csv", subjects=wrong).out,
        verified("--format", "csv", subjects=wrong).err,
    )
    assert "differ" not in ran.err


DIFFER = "error: the engines disagree on this subject, which is a bug in kpirules: please report it"


def test_an_assessment_on_which_the_engines_differ_is_an_error(
    verified: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def otherwise(program: Any, subject: Any, *, engine: str) -> Assessment:
        is_other = engine == "reference" and subject["served"] > 3
        return assess(program, {**subject, "served": 6} if is_other else subject, engine=engine)

    monkeypatch.setattr(command, "assess", otherwise)
    ran = verified("--format", "csv", "--verify")
    assert ran.code == 1
    assert [DIFFER in line for line in ran.err.splitlines()] == [True]
    assert ran.err.startswith("two.jsonl:1: ")
    assert [line.split(",")[0] for line in ran.out.splitlines()] == ["person", "chi"]
    assert verified("--format", "csv").code == 0


def test_a_difference_that_an_engine_finds_out_by_itself_is_an_error_too(
    verified: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deferred, "differences", lambda *_: ["score: 1 and 2"])
    ran = verified("--format", "csv", "--verify")
    assert ran.code == 1
    assert [DIFFER in line for line in ran.err.splitlines()] == [True, True]
    ran = verified("--format", "json")
    assert ran.code == 3
    assert "internal failure of `kpirules assess` on staff.kpi.yaml: AssertionError: " in ran.err
    assert "score: 1 and 2" in ran.err


def test_what_the_engines_find_out_of_each_other_stops_a_run_that_is_not_verified(
    verified: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def differing(*_: object, **__: object) -> None:
        raise AssertionError("the engines differ")

    monkeypatch.setattr(command, "assess", differing)
    ran = verified("--format", "csv")
    assert ran.code == 3
    assert "AssertionError: the engines differ\n" in ran.err
