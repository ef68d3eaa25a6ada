"""Decision tables in the reference engine, and their explanations."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

import kpirules as kr
from kpirules.diagnostics.limits import Limits
from kpirules.language.expressions import AGGREGATES

BOOK = """
kpirules: 1
inputs: {x: {type: integer, min: 0, max: 9}}
criteria: {a: {max: 5, cases: [{when: {x: 1}, points: 3}, {points: 1}]}}
"""


def test_the_children_of_a_group_may_be_in_an_unknown_function() -> None:
    text = "kpirules: 1\ncriteria: {g: {points: average(children.g), criteria: {a: {max: 5, points: 1}}}}\n"
    codes = [found.code for found in kr.check(text=text).errors]
    assert codes == ["KR210"]


def test_limits_are_plain_data() -> None:
    assert Limits("choice", options=("low", "high")).to_data()["options"] == ["low", "high"]
    assert Limits("date", date(2026, 1, 1), Fraction(3)).to_data()["min"] == "2026-01-01"


def test_an_aggregate_with_constants_shows_them_before_the_values() -> None:
    assert AGGREGATES["quantile"].signature == "quantile(p, (…))"


def test_a_record_without_its_inputs_keeps_their_hash() -> None:
    found = kr.assess(kr.loads(BOOK), {"x": 2})
    bare = found.without_inputs()
    assert (bare.subject, bare.given_hash) == ({}, found.hash_of_subject())
    assert found.to_data(inputs=False) == bare.to_data()


def test_a_table_without_a_case_that_holds_shows_what_it_read() -> None:
    program = kr.loads(BOOK.replace("{points: 1}", "{when: x > 5, points: 1}"))
    with pytest.raises(kr.KpirulesError, match=r"KR624.*no case holds \(x = 2\)"):
        kr.assess(program, {"x": 2})


def test_a_fault_of_a_table_shows_the_values_it_was_asked_with() -> None:
    rules = {
        "kpirules": 1,
        "inputs": {
            "late": {"type": "boolean"},
            "level": {"type": "choice", "options": ["low", "high"], "ordered": "worst_first", "optional": True},
            "n": {"type": "number", "min": 0, "max": 9, "decimals": 1},
        },
        "tables": {
            "grid": {"args": ["x", "y", "z"], "cases": [{"when": 'given(y) and y > "low" and x', "value": 1}]}
        },
        "outputs": {"d": "grid(late, level, n / 2)", "e": 'default(grid(late, default(level, "high"), n), 2)'},
        "allow": {"KR362": "what this is about", "KR231": "this too"},
    }
    program = kr.load(rules)
    for engine in ("scalar", "reference"):
        with pytest.raises(kr.FaultError) as caught:
            kr.assess(program, {"late": False, "n": 2.5}, engine=engine)
        (found,) = caught.value.report
        assert (found.code, found.path) == ("KR624", "outputs.d")
        assert found.message.startswith("no case of `grid` holds for x false, y absent, z 1.25 (late = ")
        assert kr.assess(program, {"late": True, "level": "high", "n": 1}, engine=engine).outputs == {"d": 1, "e": 1}
