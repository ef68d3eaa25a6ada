"""Decision tables in the reference engine, and what is said beside them."""

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


def test_the_children_of_a_group_may_stand_in_an_unknown_function() -> None:
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


def test_a_table_without_a_case_that_holds_tells_what_it_read() -> None:
    program = kr.loads(BOOK.replace("{points: 1}", "{when: x > 5, points: 1}"))
    with pytest.raises(kr.KpirulesError, match=r"KR624.*no case holds \(x = 2\)"):
        kr.assess(program, {"x": 2})
