"""The budget of work: what counts, what happens when it is spent, and how it is raised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import kpirules as kr
from kpirules.change import compare_parts, impact_parts
from kpirules.cli import main
from kpirules.errors import budgeted
from kpirules.kernel.budget import COSTS, DEFAULT_BUDGET, WORDS, OverBudget, allowing, current, spend, within
from kpirules.loading.loading import load_whole, show

RULES: dict[str, Any] = {
    "kpirules": 1,
    "id": "tiny",
    "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    "criteria": {"work": {"max": 100, "rate": "done / 10"}},
    "bands": {"good": {"from": 50}, "poor": {"below": 50}},
}
STRICTER = RULES | {"bands": {"good": {"from": 60}, "poor": {"below": 60}}}


def codes(error: pytest.ExceptionInfo[kr.KpirulesError]) -> list[str]:
    return [one.code for one in error.value.report]


def test_every_kind_of_work_has_words() -> None:
    assert COSTS.keys() == WORDS.keys()


def test_work_outside_a_budget_is_free() -> None:
    assert current() is None
    spend("nodes", 10**12)


def test_a_budget_inside_another_is_the_same_one() -> None:
    with within(10**6) as outer, within(1) as inner:
        assert inner is outer
        assert current() is outer
        spend("nodes")
    assert (outer.spent, outer.kinds) == (COSTS["nodes"], {"nodes": COSTS["nodes"]})
    assert current() is None


def test_a_budget_that_is_spent_says_on_what() -> None:
    with within(100) as budget:
        spend("merging", 2)
        with pytest.raises(OverBudget):
            spend("nodes", 100)
    assert budget.heaviest == ("reading", 800)
    assert current() is None


def test_the_usual_limit_can_be_changed_for_a_while() -> None:
    with allowing(7), within() as budget:
        assert budget.limit == 7
    with allowing(None), within() as budget:
        assert budget.limit == DEFAULT_BUDGET
    with allowing(7), within(9) as budget:
        assert budget.limit == 9


@pytest.mark.parametrize("limit", [0, -1, True, 1.5, "9"])
def test_a_limit_is_a_whole_number_above_zero(limit: Any) -> None:
    with pytest.raises(ValueError, match="whole number of units above zero"):
        kr.load(RULES, budget=limit)
    with pytest.raises(ValueError, match="whole number of units above zero"):
        kr.assess(kr.load(RULES), {"done": 1}, budget=limit)


def test_a_budget_inside_another_ends_the_outer_call() -> None:
    with pytest.raises(kr.RulebookError) as outer, budgeted(10), budgeted(10**9):
        spend("nodes", 100)
    assert codes(outer) == ["KR113"]


def test_a_load_past_its_budget_is_refused_with_a_place_and_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "tiny.kpi.json"
    path.write_text(json.dumps(RULES), encoding="utf-8")
    for call in (kr.load, load_whole, show):
        with pytest.raises(kr.RulebookError) as over:
            call(str(path), budget=100)
        (found,) = over.value.report
        assert found.code == "KR113"
        assert found.span is not None
        assert found.span.source.name == str(path)
        assert "`--budget 1000`, in Python `budget=1000`" in found.help
    with pytest.raises(kr.RulebookError) as over:
        kr.loads(json.dumps(RULES), name="a.json", budget=100)
    assert codes(over) == ["KR113"]
    with pytest.raises(kr.RulebookError) as over:
        kr.load(RULES, budget=100)
    assert over.value.report.errors[0].span is None
    assert kr.load(RULES, budget=10**6).id == "tiny"


def test_a_check_past_its_budget_says_that_alone() -> None:
    assert [one.code for one in kr.check(RULES | {"bands": 5}, budget=100)] == ["KR113"]
    assert [one.code for one in kr.check(text=json.dumps(RULES), budget=100)] == ["KR113"]
    assert kr.check(kr.load(RULES).rulebook, budget=10**6).is_clean
    assert kr.check(RULES, budget=10**6).is_clean


def test_the_stages_of_an_appraisal_share_one_budget() -> None:
    stages = {name: {"rulebook": name, "key": ["unit"]} for name in ("month", "year")}
    appraisal = {"kpirules": 1, "appraisal": "demo", "stages": stages}
    rulebooks = {name: RULES | {"id": name} for name in stages}
    with within(10**9) as spent:
        kr.load_appraisal(appraisal, rulebooks=rulebooks)
    assert len(kr.load_appraisal(appraisal, rulebooks=rulebooks, budget=spent.spent).order) == 2
    with pytest.raises(kr.RulebookError) as over:
        kr.load_appraisal(appraisal, rulebooks=rulebooks, budget=spent.spent * 3 // 4)
    assert codes(over) == ["KR113"]


def test_comparisons_and_explanations_have_a_budget() -> None:
    old, new = kr.load(RULES), kr.load(STRICTER)
    people = [{"done": 5}]
    for over in (
        lambda: kr.compare(old, new, budget=50),
        lambda: compare_parts(old, new, budget=50),
        lambda: kr.impact(old, new, people, budget=50),
        lambda: impact_parts(old, new, people, budget=50),
        lambda: kr.explain(kr.assess(old, {"done": 5}), budget=50),
    ):
        with pytest.raises(kr.RulebookError) as error:
            over()
        assert codes(error) == ["KR113"]
    assert not kr.compare(old, new, budget=10**6).is_same


def test_the_population_of_an_impact_is_not_counted() -> None:
    old, new = kr.load(RULES), kr.load(STRICTER)
    with within(10**9) as spent:
        kr.compare(old, new)
    found = kr.impact(old, new, [{"done": n % 11} for n in range(2_000)], budget=spent.spent)
    assert found.count == 2_000


# -- an assessment --------------------------------------------------------------------------------


LISTED: dict[str, Any] = {
    "kpirules": 1,
    "inputs": {
        "tasks": {"type": "list", "max_items": 100, "fields": {"hours": {"type": "integer", "min": 0, "max": 9}}}
    },
    "outputs": {"all": "sum(t.hours for t in tasks)"},
}


def test_a_program_tells_the_most_work_that_it_takes() -> None:
    program = kr.load(LISTED)
    assert 200 <= program.work <= 500
    book = RULES | {
        "variant_by": "post",
        "variants": {"head": {}, "deputy": {"outputs": {"more": "done + done + 1"}}},
    }
    book |= {"inputs": RULES["inputs"] | {"post": {"type": "choice", "options": ["head", "deputy"]}}}
    whole = kr.load(book)
    assert whole.work == whole.part("deputy").work > whole.part("head").work


@pytest.mark.parametrize("engine", ["scalar", "reference"])
def test_an_assessment_past_its_budget_is_a_fault(engine: str) -> None:
    program = kr.load(LISTED)
    many, few = ({"tasks": [{"hours": 1}] * count} for count in (100, 2))
    with pytest.raises(kr.FaultError) as over:
        kr.assess(program, many, engine=engine, budget=50)
    assert codes(over) == ["KR631"]
    assert "more than 50 units" in str(over.value)
    # What counts is what a subject takes, not what another one could.
    assert kr.assess(program, few, engine=engine, budget=50) == kr.assess(program, few)
    assert kr.assess(program, many, engine=engine, budget=program.work) == kr.assess(program, many)


# -- the command line -----------------------------------------------------------------------------


def test_the_command_line_takes_a_budget(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny.kpi.json").write_text(json.dumps(RULES), encoding="utf-8")
    assert main(["check", "tiny.kpi.json", "--budget", "100"]) == 1
    assert "KR113" in capsys.readouterr().out
    assert main(["check", "tiny.kpi.json", "--budget", "1000000"]) == 0
    capsys.readouterr()
    for wrong in ("0", "-1", "1e9", "9" * 19, "٣"):
        assert main(["check", "tiny.kpi.json", "--budget", wrong]) == 2
        assert "not a number of units" in capsys.readouterr().err
