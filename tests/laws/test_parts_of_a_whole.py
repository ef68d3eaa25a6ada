"""Quotients of sums over the same records stay inside their bounds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpirules as kr
from tests.budget import examples

FACTORS = ("t.w", "t.x", "t.part", "2", "25%", "t.wx")
FILTERS = ("t.yes", "t.x > 1", "t.yes and t.x > 1", "not t.yes")
DOMAINS = ((0, 3), (1, 3), (-1, 3))


def summed(factors: list[str], condition: str) -> str:
    body = " * ".join(factors) or "1"
    return f"sum({body} for t in tasks{f' if {condition}' if condition else ''})"


def counted(body: str, condition: str) -> str:
    return f"count({body} for t in tasks{f' if {condition}' if condition else ''})" if body else "count(tasks)"


SUMS = st.builds(summed, st.lists(st.sampled_from(FACTORS), max_size=3), st.sampled_from(("", *FILTERS)))
COUNTS = st.builds(counted, st.sampled_from(("", *FILTERS)), st.sampled_from(("", *FILTERS)))
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "w": st.integers(-1, 3),
            "x": st.integers(-1, 3),
            "y": st.integers(0, 3),
            "part": st.sampled_from((0, 0.5, 1)),
            "yes": st.booleans(),
        }
    ),
    max_size=4,
)


@settings(max_examples=examples(400), deadline=None)
@given(
    st.one_of(st.tuples(SUMS, SUMS), st.tuples(COUNTS, COUNTS), st.tuples(SUMS, COUNTS)),
    st.sampled_from(DOMAINS),
    st.sampled_from(DOMAINS),
    st.booleans(),
    st.sampled_from(("ratio({n}, {d}, if_zero=0)", "{n} / {d} if {d} > 0 else 0", "ratio(n, d, if_zero=0)")),
    st.lists(RECORDS, min_size=12, max_size=12),
)
def test_points_stay_inside_limits_as_reported(
    sums: tuple[str, str],
    of_w: tuple[int, int],
    of_x: tuple[int, int],
    is_compared: bool,
    form: str,
    subjects: list[list[dict[str, object]]],
) -> None:
    n, d = sums
    program = kr.loads(f"""
kpirules: 1
inputs:
  tasks:
    type: list
    max_items: 4
    fields:
      w: {{type: integer, min: {of_w[0]}, max: {of_w[1]}}}
      x: {{type: integer, min: {of_x[0]}, max: {of_x[1]}}}
      y: {{type: integer, min: 0, max: 3}}
      part: {{type: number, min: 0, max: 1, decimals: 1}}
      yes: {{type: boolean}}
    let: {{wx: item.w * item.x}}
    validations: {{v: {{that: {"item.x <= item.w" if is_compared else "item.y >= 0"}}}}}
let: {{n: "{n}", d: "{d}"}}
criteria: {{c: {{max: 1, rate: "{form.format(n=n, d=d)}"}}}}
score: {{round: {{places: 3}}}}
""")
    if any(one.code == "KR352" for one in program.report):
        return
    for records in subjects:
        try:
            kr.assess(program, {"tasks": records})
        except kr.SubjectError:
            continue


@pytest.mark.parametrize(
    ("n", "d", "is_inside"),
    [
        ("sum(t.w for t in tasks if t.yes)", "sum(t.w for t in tasks)", True),
        ("sum(t.w * t.part for t in tasks)", "sum(t.w for t in tasks)", True),
        ("sum(t.part * t.w for t in tasks if t.yes and t.x > 1)", "sum(t.w for t in tasks if t.yes)", True),
        ("sum(25% * t.w for t in tasks)", "sum(t.w for t in tasks)", True),
        ("sum(t.wp for t in tasks)", "sum(t.w for t in tasks)", True),
        ("sum(t.w * t.y for t in tasks if t.yes)", "sum(t.w * t.z for t in tasks)", True),
        ("count(t.yes for t in tasks)", "count(tasks)", True),
        ("count(t.yes and t.x > 1 for t in tasks)", "count(t.x > 1 for t in tasks)", True),
        ("sum(t.w for t in tasks)", "sum(t.w for t in tasks if t.yes)", False),
        ("sum(2 * t.w for t in tasks)", "sum(t.w for t in tasks)", False),
        ("sum(t.w * t.z for t in tasks)", "sum(t.w * t.y for t in tasks)", False),
        ("sum(t.m for t in tasks if t.yes)", "sum(t.m for t in tasks)", False),
        ("sum(t.x for t in tasks)", "count(tasks)", False),
        ("count(t.yes for t in tasks)", "count(t.x > 1 for t in tasks)", False),
        ("sum(t.w for t in tasks if t.yes)", "sum(t.w for t in others)", False),
    ],
)
def test_a_part_of_a_whole_is_at_most_the_whole(n: str, d: str, is_inside: bool) -> None:
    fields = """fields: {w: {type: integer, min: 0, max: 5}, x: {type: integer, min: 0, max: 5}, yes: {type: boolean},
      y: {type: integer, min: 0, max: 5}, z: {type: integer, min: 0, max: 5}, m: {type: integer, min: -5, max: 5},
      part: {type: number, min: 0, max: 1}}"""
    report = kr.check(
        text=f"""
kpirules: 1
inputs:
  tasks:
    type: list
    {fields}
    let: {{wp: item.w * item.part}}
    validations: {{v: {{that: item.y <= item.z}}}}
  others: {{type: list, {fields}}}
criteria: {{c: {{max: 1, rate: "ratio({n}, {d}, if_zero=0)"}}}}
score: {{round: {{places: 3}}}}
"""
    )
    assert ("KR352" not in {one.code for one in report}) == is_inside
