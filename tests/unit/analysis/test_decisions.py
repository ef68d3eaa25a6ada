"""Decision tables, combination by combination."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

import kpirules as kr
from kpirules.analysis.checking.facts import facts
from kpirules.analysis.proving.decisions import decided
from kpirules.analysis.proving.prover import Prover

INPUTS: dict[str, Any] = {
    "years": {"type": "number", "min": 0, "max": 10, "decimals": 1},
    "grade": {"type": "choice", "options": ["A", "B", "C"], "ordered": "best_first"},
    "since": {"type": "date", "min": "2026-01-01", "max": "2026-12-31"},
    "any_day": {"type": "date"},
    "led": {"type": "boolean"},
    "post": {"type": "text"},
    "free": {"type": "number"},
}


def found(*cases: Any, **more: Any) -> Any:
    rows = [{"points": 1, **case} for case in cases]
    program = kr.load(
        {
            "kpirules": 1,
            "inputs": INPUTS,
            "let": {
                "half": "years / 2",
                "letter": "'A' if led else grade",
                "word": "'x' if led else post",
                "no": "not led",
                "kinds": "'a' if led else 'b' if years > 3 else 'c'",
                "letters": "grade if grade > 'B' else 'B'",
                "free_half": "free / 2",
                "later": "add_days(since, 1)",
            },
            "parameters": {"strict": True, "start": "date(2026, 3, 1)", "kind": "'town'", "most": 5},
            "criteria": {"first": {"max": 4, "entered": {"step": 1}}, "x": {"max": 1, "cases": rows, **more}},
        }
    )
    known = decided(facts(program.rulebook), Prover(program.plan))["x"]
    return known, [one for one in program.report if one.code in ("KR362", "KR363", "KR364")]


def case(**needs: Any) -> dict[str, Any]:
    return {"when": needs}


@pytest.mark.parametrize(
    "cases",
    [
        [case(led=True), case(led=False)],
        [case(grade="A"), case(grade={"below": "A"})],
        [case(grade=["A", "B"]), case(grade={"to": "C"})],
        [case(years={"to": 3}), case(years={"above": 3, "below": 7}), case(years={"from": 7})],
        [case(years={"below": Decimal("0.05")}), case(years={"from": Decimal("0.1")})],
        [case(half={"to": 3}), case(half={"above": 3})],
        [case(free={"to": -3}), case(free={"above": -3})],
        [case(since={"to": "2026-05-31"}), case(since={"from": "2026-06-01"})],
        [case(any_day={"to": "2026-05-31"}), case(any_day={"from": "2026-06-01"})],
        [case(letter=["A", "B"]), case(letter="C")],
        [case(no=True), case(no=False)],
        [case(post="x"), {}],
        [case(word="x"), {}],
        [{"when": {"points.first": {"below": 2}}}, {"when": {"points.first": {"from": 2}}}],
        [{"when": {"share.first": {"below": 0.5}}}, {"when": {"share.first": {"from": 0.5}}}],
        [case(led=True, grade="A"), case(led=True, grade=["B", "C"]), case(led=False)],
        [{"when": "years > 3"}, {}],
        [case(strict=True)],
        [case(start={"from": "2026-01-01"})],
        [case(kind="town")],
        [case(most={"below": 6})],
        [case(half={"to": 5})],
        [case(kinds="a"), case(kinds="b"), case(kinds="c")],
        [case(letters={"from": "B"})],
        [{"when": {"points.first": {"from": 0, "to": 4}}}],
        [case(later={"above": "2026-01-01"})],
    ],
)
def test_a_table_that_covers_everything_has_no_finding(cases: list[Any]) -> None:
    known, said = found(*cases)
    assert known.is_whole
    assert known.uncovered is None
    assert [one for one in said if one.code != "KR363" or "otherwise" not in one.message] == []


@pytest.mark.parametrize(
    ("cases", "uncovered"),
    [
        ([case(led=True)], "led false"),
        ([case(grade={"from": "B"})], "grade `C`"),
        ([case(years={"to": 3}), case(years={"above": 3.1})], "years 3.1"),
        ([case(since={"above": "2026-01-01"})], "since 2026-01-01"),
        ([case(post=["x", "y"])], "post anything else"),
        ([case(led=True, grade="A"), case(led=False, grade="B")], "grade `A`, led false"),
        ([{"when": "years > 3"}, case(led=True)], "led false"),
        ([case(kinds=["a", "b"])], "kinds `c`"),
        ([{"when": {"points.first": {"below": 4}}}], "points.first 4"),
    ],
)
def test_a_combination_that_no_case_holds_for_is_reported(cases: list[Any], uncovered: str) -> None:
    known, (said,) = found(*cases)
    assert (known.uncovered, said.code, said.evidence) == (uncovered, "KR362", "shown")
    assert uncovered in said.message


def test_expressions_alone_leave_a_subject_without_a_case() -> None:
    known, (said,) = found({"when": "years > 3"}, {"when": "years < 3"})
    assert (known.uncovered, said.code, said.evidence) == ("", "KR362", "shown")
    assert said.message == "the cases of `x` may leave out some subjects"


def test_a_parameter_has_one_value() -> None:
    known, said = found(case(strict=False))
    assert known.uncovered == "strict true"
    assert {one.code: one.evidence for one in said} == {"KR362": "shown", "KR363": "proved"}


def test_what_is_not_shown_is_possible() -> None:
    known, (said,) = found(case(free_half={"to": 3}), case(free_half={"from": 4}))
    assert (known.uncovered, said.code, said.evidence) == ("free_half 3.5", "KR362", "possible")


def test_what_a_search_refutes_is_not_a_finding() -> None:
    known, said = found({"when": "years >= 3"}, {"when": "years < 3"})
    assert known.has_expressions
    assert said == []


def test_cases_hidden_by_earlier_ones_are_reported() -> None:
    known, said = found(case(years={"from": 2}), case(years={"from": 5}, led=True), {"when": "years > 20"}, {})
    assert known.coming == {1, 4}
    assert [one.message for one in said] == [
        "case 2 of `x` is never reached: led true, years from 5",
        "case 3 of `x` is never reached: years > 20",
    ]
    assert {one.evidence for one in said} == {"proved"}


def test_of_two_cases_that_hold_at_once_one_subject_is_shown() -> None:
    known, (said,) = found(case(years={"to": 3}), case(years={"from": 3}), unique=True)
    assert known.several == {(1, 2): "years 3"}
    assert (said.code, said.evidence) == ("KR364", "shown")
    assert found(case(years={"to": 3}), case(years={"above": 3}), unique=True)[1] == []
    assert found(case(years={"to": 3}), {"when": "years > 5"}, {}, unique=True)[1] == []
    _, (said,) = found(case(years={"to": 3}), {"when": "years > 2"}, unique=True)
    assert "cases 1 and 2 of `x` may hold at once" in said.message


def test_the_pair_that_is_reported_is_the_pair_that_is_shown() -> None:
    rows = [case(years={"from": 9}), case(years={"to": 3}), case(years={"to": 5}), {"when": "led and years < 6"}]
    known, (said,) = found(*rows, {}, unique=True)
    assert known.several == {(2, 3): "years 0"}
    assert (said.code, said.evidence) == ("KR364", "shown")
    numbers = [int(word) for word in said.message.replace(",", "").split() if word.isdigit()][:2]
    given = json.loads(said.witness)
    holding = [given["years"] >= 9, given["years"] <= 3, given["years"] <= 5, given["led"] and given["years"] < 6]
    assert all(holding[number - 1] for number in numbers)


def test_too_many_combinations_are_left_to_the_search() -> None:
    days = [f"2026-{number % 12 + 1:02}-{number // 12 + 1:02}" for number in range(59)]
    ends = [case(years=number / 10, since=day, free=number) for number, day in enumerate(days)]
    known, said = found(*ends, {})
    assert not known.is_whole
    assert known.coming == frozenset()
    assert said == []


def test_a_table_of_cases_with_an_end_of_another_type_is_one_error() -> None:
    report = kr.check(
        {
            "kpirules": 1,
            "inputs": INPUTS,
            "tables": {
                "pay": {"args": ["n"], "cases": [{"when": {"n": {"to": "nosuch"}}, "value": 1}, {"value": 2}]}
            },
            "criteria": {"x": {"max": 2, "points": "pay(years)"}},
        }
    )
    assert len(report.errors) == 1
