"""Requirements that are the opposite of each other leave no gap and no overlap."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpirules as kr
from tests.budget import examples

HEAD = """
kpirules: 1
inputs:
  x: {type: integer, min: 0, max: 100}
  yes: {type: boolean}
  since: {type: date, optional: true}
  c: {type: choice, options: [a, b, c], ordered: best_first}
  t: {type: list, max_items: 4, fields: {n: {type: integer, min: 0, max: 9}}}
allow: {KR242: not every requirement reads every input}
criteria: {m: {max: 100, points: x}}
"""


def codes(one: str, other: str) -> set[str]:
    report = kr.check(
        text=f"""{HEAD}
bands: {{high: {{from: 20, requires: '{one}'}}, top: {{from: 20, requires: '{other}'}}, low: {{below: 20}}}}"""
    )
    return {found.code for found in report if found.code in ("KR331", "KR334")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("score < 45", "score >= 45"),
        ("not score <= 45", "score <= 45"),
        ("yes", "not yes"),
        ("not given(since) or year(since) < 2026", "given(since) and year(since) >= 2026"),
        ('c in ("a", "b")', 'c not in ("a", "b")'),
        ('c > "b"', 'c <= "b"'),
        ("any(r.n > 3 for r in t)", "all(r.n <= 3 for r in t)"),
        ("x != 30", "x == 30"),
        ("yes and x > 30", "not yes or x <= 30"),
        ("yes and (x > 30 and x < 50)", "not (yes and x > 30 and x < 50)"),
        ("False", "True"),
    ],
)
def test_the_opposite_of_a_requirement_closes_the_gap(one: str, other: str) -> None:
    assert codes(one, other) == set()
    assert codes(other, one) == set()


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("score < 45", "score > 45", {"KR334"}),
        ("score < 45", "score == 45", {"KR334"}),
        ("score <= 45", "score >= 45", {"KR331"}),
        ("any(r.n > 3 for r in t)", "any(r.n <= 3 for r in t)", {"KR331", "KR334"}),
        ("yes and x > 30", "not yes and x <= 30", {"KR334"}),
        ("yes or x > 30", "not yes or x > 30", {"KR331"}),
        ("True", "True", {"KR331"}),
    ],
)
def test_what_is_not_quite_the_opposite_is_reported(one: str, other: str, found: set[str]) -> None:
    assert codes(one, other) == found


ATOMS = ("yes", "x < 3", "x <= 3", "x == 3", "x > 3", 'c in ("a", "b")', "any(r.n > 1 for r in t)")


def conditions() -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from(ATOMS),
        lambda inner: st.one_of(
            inner.map("not ({})".format),
            st.tuples(inner, st.sampled_from(("and", "or")), inner).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
        ),
        max_leaves=4,
    )


@settings(max_examples=examples(150), deadline=None)
@given(conditions(), conditions())
def test_what_is_left_out_never_happens(one: str, other: str) -> None:
    program = kr.loads(
        f"""{HEAD.replace("max: 100", "max: 5")}
bands: {{high: {{from: 0, requires: '{one}'}}, top: {{from: 0, requires: '{other}'}}}}"""
    )
    told = {found.code for found in program.report if found.code.startswith("KR33")}
    happened = set()
    for x, yes, c, t in product(range(6), (True, False), "abc", ([], [{"n": 0}], [{"n": 2}])):
        rated = kr.assess(program, {"x": x, "yes": yes, "c": c, "t": t})
        if rated.status == "undefined":
            happened.add("KR331" if len(rated.because) > 1 and rated.because[0].startswith("bands.") else "KR334")
    assert happened <= told
