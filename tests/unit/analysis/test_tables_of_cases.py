"""Tables of cases: the types, absence and findings of each call."""

from __future__ import annotations

from typing import Any

import pytest

import kpirules as kr

INPUTS: dict[str, Any] = {
    "level": {"type": "choice", "options": ["low", "high"], "ordered": "worst_first"},
    "mood": {"type": "choice", "options": ["high", "other"]},
    "years": {"type": "integer", "min": 0, "max": 40},
    "late": {"type": "integer", "min": 0, "max": 9, "optional": True},
    "since": {"type": "date", "min": "2026-01-01", "max": "2026-12-31"},
    "tasks": {"type": "list", "fields": {"hours": {"type": "integer", "min": 0, "max": 9}}},
}
EVERYTHING = ["level", "mood", "years", "default(late, 0)", "since", "sum(t.hours for t in tasks)"]


def book(table: dict[str, Any], formula: str, **more: Any) -> dict[str, Any]:
    outputs = {"x": formula, **{f"read{place}": one for place, one in enumerate(EVERYTHING)}}
    return {"kpirules": 1, "inputs": INPUTS, "tables": {"grid": table}, "outputs": outputs} | more


def codes(table: dict[str, Any], formula: str, **more: Any) -> list[str]:
    return [one.code for one in kr.check(book(table, formula, **more)).findings]


def one_case(when: Any, *args: str, **more: Any) -> dict[str, Any]:
    return {"args": list(args or ("x", "y")), "cases": [{"when": when, "value": 1}, {"value": 0}], **more}


@pytest.mark.parametrize(
    ("when", "formula", "expected"),
    [
        ({"x": "high"}, "grid(level, 1) + grid(mood, 2)", []),
        ({"x": {"from": "high"}}, "grid(level, 1)", []),
        ({"x": {"from": "high"}}, "grid(mood, 1)", ["KR222"]),
        ({"x": "low"}, "grid(level, 1) + grid(mood, 2)", ["KR223"]),
        ("given(y) and y > 3", "grid(1, late)", []),
        ("y > 3", "grid(1, late) + 1", []),
        ({"x": "2026-02-01"}, "grid(since, 1)", []),
        ("sum(t.hours for t in tasks) > x", "grid(1, 2)", ["KR240", "KR242"]),
        ("x > years", "grid(1, 2)", ["KR240"]),
    ],
)
def test_each_call_has_types_of_its_own(when: Any, formula: str, expected: list[str]) -> None:
    found = [code for code in codes(one_case(when), formula) if code not in ("KR363", "KR231")]
    assert [code for code in found if code != "KR242"] == [code for code in expected if code != "KR242"]


def test_a_case_settles_what_later_ones_read() -> None:
    cases = [{"when": "not given(x)", "value": 0}, {"when": {"x": {"from": 3}, "y": 1}, "value": 2}, {"value": 1}]
    settled = {"args": ["x", "y"], "cases": cases}
    inside = {"criteria": {"a": {"max": 2, "points": "grid(late, years)"}}}
    assert codes(settled, "1", **inside) == []
    assert codes({**settled, "unique": True}, "1", **inside) == ["KR230"]
    assert codes({**settled, "cases": cases[1:]}, "1", **inside) == ["KR230"]


def test_presence_of_a_value_does_not_apply_to_an_argument_of_the_same_name() -> None:
    table = {
        "args": ["x"],
        "cases": [{"when": "not given(x)", "value": 0}, {"when": "x > 3", "value": 2}, {"value": 1}],
    }
    limited = {"criteria": {"a": {"max": 9, "points": "late if grid(late) >= 0 else 0"}}}
    assert codes(table, "1", **limited) == ["KR230"]
    of_rows = {"steps": [{"value": 1}]}
    assert (
        codes(of_rows, "1", criteria={"a": {"max": 9, "points": "late if grid(late) >= 0 else 0", "missing": "zero"}})
        == []
    )


def test_a_table_that_nothing_calls_is_read_anyway() -> None:
    assert codes(one_case("x > yaers"), "1") == ["KR201"]
    assert codes(one_case({"x": 1}), "1") == ["KR242"]


def test_what_a_condition_reads_is_used() -> None:
    more = {
        "parameters": {"many": 3, "few": 1},
        "functions": {"half": {"args": ["v"], "value": "v / 2"}},
        "calendars": {"c": {"weekend": [], "from": "2026-01-01", "until": "2027-01-01"}},
    }
    table = one_case("half(x) > many or workdays(y, y, c) > few", "x", "y")
    assert codes(table, "grid(years, since)", **more) == []


def test_a_row_that_says_undefined_is_known_to_the_check() -> None:
    table = {"args": ["x"], "cases": [{"when": {"x": {"from": 3}}, "undefined": True, "note": "open"}, {"value": 1}]}
    rules = book(table, "1", criteria={"a": {"max": 1, "points": "grid(years)"}}, outputs={})
    program = kr.load({**rules, "inputs": {"years": INPUTS["years"]}, "outputs": {}})
    found = kr.assess(program, {"years": 3})
    assert (found.status, found.because) == ("undefined", ("tables.grid: x from 3",))
    note = found.legend.entries["rows.tables.grid: x from 3"].note
    assert note is not None
    assert note.found() == ("", "open")


def test_a_case_is_reachable_if_one_call_selects_it() -> None:
    cases = [{"when": {"x": {"below": 5}}, "value": 1}, {"when": {"y": 1}, "value": 2}, {"value": 0}]
    table = {"args": ["x", "y"], "cases": cases}
    assert codes(table, "grid(years, 2)") == ["KR363"]
    assert codes(table, "grid(years, 2) + grid(years, default(late, 0))") == []


def test_missing_and_overlapping_cases_are_each_reported_once() -> None:
    cases = [{"when": {"x": {"from": 5}}, "value": 1}, {"when": {"y": {"below": 9}}, "value": 2}]
    table = {"args": ["x", "y"], "cases": cases}
    said = kr.check(book(table, "grid(years, default(late, 3)) + grid(2, years)")).findings
    assert [(one.code, one.path, one.evidence) for one in said] == [("KR362", "tables.grid", "shown")]
    said = kr.check(book({**table, "unique": True}, "grid(years, years) + grid(years, years + 1)")).findings
    assert [(one.code, one.path, one.evidence) for one in said] == [
        ("KR362", "tables.grid", "possible"),
        ("KR364", "tables.grid", "shown"),
    ]


def test_a_finding_that_depends_on_the_call_is_shown() -> None:
    table = {"args": ["x"], "unique": True, "cases": [{"when": "x > 20", "value": 1}, {"when": "x > 30", "value": 2}]}
    said = kr.check(book(table, "grid(years * 2)")).findings
    assert {one.code for one in said} == {"KR362", "KR363", "KR364"}


def test_a_mistake_in_a_condition_leaves_only_what_calls_the_table_open() -> None:
    table = one_case("x > yaers", "x")
    rules = book(table, "grid(years)", criteria={"a": {"max": 1, "points": "years / (years - 40)"}})
    assert {one.code for one in kr.check(rules).findings} >= {"KR201", "KR350"}


def test_bands_that_only_a_table_gives_need_no_ends() -> None:
    rules = {
        "kpirules": 1,
        "inputs": {"level": INPUTS["level"], "mood": INPUTS["mood"]},
        "tables": {
            "grid": {
                "args": ["x", "y"],
                "gives": "bands",
                "cases": [{"when": {"x": "high", "y": "high"}, "value": "good"}, {"value": "poor"}],
            }
        },
        "bands": {"good": {}, "poor": {}},
        "overrides": {"by_grid": {"band": "grid(level, mood)"}},
    }
    assert kr.check(rules).findings == ()
    assert kr.assess(kr.load(rules), {"level": "high", "mood": "high"}).band == "good"
    when = {"by_grid": {"when": 'mood == "high"', "band": "grid(level, mood)"}}
    assert [one.code for one in kr.check({**rules, "overrides": when}).findings] == ["KR331"]
