"""Bounds of numbers that depend on a choice in several places are narrow but never wrong."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpirules as kr
from tests.budget import examples

INPUTS = """
kpirules: 1
inputs:
  what: {type: choice, options: [p, q, r]}
  yes: {type: boolean}
  x: {type: integer, min: 0, max: 2}
"""
SMALL = st.integers(-3, 6)
PARTS = ("a(what)", "b(what)", "(3 if yes else 1)", "(0 if yes else 2)", "x", "k", "1")


@settings(max_examples=examples(250), deadline=None)
@given(
    st.tuples(*[SMALL] * 6),
    st.lists(st.tuples(st.sampled_from("+-*"), st.sampled_from(PARTS)), min_size=1, max_size=4),
    st.sampled_from(PARTS),
    st.integers(0, 12),
    st.booleans(),
)
def test_no_fault_occurs_that_bounds_rule_out(
    rows: tuple[int, ...], links: list[tuple[str, str]], first: str, most: int, is_divided: bool
) -> None:
    formula = first
    for sign, part in links:
        formula = f"({formula}) {sign} {part}" if sign == "*" else f"{formula} {sign} {part}"
    a, b = rows[:3], rows[3:]
    body = f"points: '60 / ({formula})'" if is_divided else f"max: {most}, min: -2, points: '{formula}'"
    program = kr.loads(f"""{INPUTS}
tables:
  a: {{lookup: {{p: {a[0]}, q: {a[1]}, r: {a[2]}}}}}
  b: {{lookup: {{p: {b[0]}, q: {b[1]}, r: {b[2]}}}}}
let: {{k: a(what) - b(what)}}
criteria: {{c: {{{body}}}}}
score: {{round: {{places: 2}}}}
""")
    found = {one.code: one for one in program.report if one.code in ("KR350", "KR352")}
    faults = False
    for what, yes, x in product("pqr", (True, False), range(3)):
        try:
            kr.assess(program, {"what": what, "yes": yes, "x": x})
        except kr.FaultError:
            faults = True
    assert bool(found) or not faults
    assert faults or not any(one.evidence == "shown" for one in found.values())


@pytest.mark.parametrize(
    ("outputs", "is_clean"),
    [
        ("1 / (b(what) - a(what))", True),
        ("1 / (b(what) - a(what) - 5)", False),
        ("1 / (k - 20)", True),
        ("1 / (k - 5)", False),
        ("ln(x + 1) / ln((a(what) + 1) / (b(what) + 1))", True),
        ("1 / ((3 if yes else 1) - (2 if yes else 4))", True),
        ("1 / ((3 if yes else 1) - (2 if yes else 1))", False),
        ("1 / (x - x + 1)", True),
    ],
)
def test_a_divisor_is_bounded_option_by_option(outputs: str, is_clean: bool) -> None:
    report = kr.check(
        text=f"{INPUTS}\ntables: {{a: {{lookup: {{p: 0, q: 5, r: 8}}}}, b: {{lookup: {{p: 5, q: 8, r: 9}}}}}}\n"
        f"let: {{k: b(what) - a(what)}}\noutputs: {{o: '{outputs}'}}"
    )
    assert ("KR350" not in {one.code for one in report}) == is_clean
