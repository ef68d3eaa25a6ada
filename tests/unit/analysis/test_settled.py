"""Values that can't be absent count as settled, and every help of a message works (§3)."""

from __future__ import annotations

import json
from itertools import product

import pytest
from checked import codes, diagnostics

import kpirules as kr
from tests.budget import some

BOOK = """
kpirules: 1
inputs:
  obs: {type: list, fields: {h: {type: integer, min: 0, max: 1}, d: {type: boolean}}}
  full: {type: list, min_items: 1, fields: {h: {type: integer, min: 0, max: 1}, d: {type: boolean}}}
  free: {type: list, optional: true, min_items: 1, fields: {h: {type: integer, min: 0, max: 1}}}
parameters: {two: 2}
let:
  n: count(obs)
  m: n
  many: count(obs) >= two
  mean: avg(o.h for o in obs)
score: {points: FORMULA, min: -99, max: 99, outside: clamp, round: {places: 2}}
bands: {all: {}}
allow: {KR242: not all formulas read all inputs}
"""

SETTLED = [
    "avg(o.h for o in full)",
    "min(o.h for o in full) + max(o.h for o in full)",
    "share(o.d for o in full)",
    "avg(o.h for o in obs) if count(obs) > 0 else 0",
    "avg(o.h for o in obs) if count(obs) >= 1 else 0",
    "avg(o.h for o in obs) if count(obs) != 0 else 0",
    "avg(o.h for o in obs) if count(obs) == 2 else 0",
    "avg(o.h for o in obs) if count(obs) in (1, 2) else 0",
    "avg(o.h for o in obs) if 0 < count(obs) else 0",
    "avg(o.h for o in obs) if 0 < count(obs) < 2 else 0",
    "avg(o.h for o in obs) if not count(obs) <= 0 else 0",
    "0 if count(obs) == 0 else avg(x.h for x in obs)",
    "0 if count(obs) < 1 else avg(x.h for x in obs)",
    "1 if count(obs) == 0 or avg(x.h for x in obs) > 0.5 else 0",
    "1 if count(obs) > 0 and avg(x.h for x in obs) > 0.5 else 0",
    "avg(o.h for o in obs) if n > 0 else 0",
    "avg(o.h for o in obs) if m > 0 else 0",
    "avg(o.h for o in obs) if many else 0",
    "mean if n > 0 else 0",
    "mean if given(mean) else 0",
    "avg(x.h for x in obs) if given(mean) else 0",
    "avg(o.h for o in obs) if given(avg(o.h for o in obs)) else 0",
    "avg(o.h for o in obs) / 2 if given(avg(o.h for o in obs) / 2) else 0",
    "avg(o.h for o in obs) if given(max(x.h for x in obs)) else 0",
    "avg(o.h for o in obs) if sum(o.h for o in obs) > 0 else 0",
    "avg(o.h for o in obs if o.d) if any(x.d for x in obs) else 0",
    "avg(o.h for o in obs if o.d) if count(x.d for x in obs) > 0 else 0",
    "avg(o.h for o in obs) if any(x.d for x in obs) else 0",
    "avg(o.h for o in obs) if not all(x.d for x in obs) else 0",
    "avg(o.h for o in free) if given(free) else 0",
    "avg(o.h for o in free) if given(free) and count(free) > 0 else 0",
    "default(avg(o.h for o in obs), 0)",
]

OPEN = [
    "avg(o.h for o in obs)",
    "avg(o.h for o in full if o.d)",
    "avg(o.h for o in free)",
    "mean",
    "avg(o.h for o in obs) if count(obs) >= 0 else 0",
    "avg(o.h for o in obs) if count(obs) < 2 else 0",
    "avg(o.h for o in obs) if count(obs) == 0 else 0",
    "avg(o.h for o in obs) if count(full) > 0 else 0",
    "avg(o.h for o in obs) if 0 <= count(obs) < 2 else 0",
    "avg(o.h for o in obs) if n not in (1, 2) else 0",
    "avg(o.h for o in obs) if many or n == 0 else 0",
    "avg(o.h for o in obs if o.d) if n > 0 else 0",
    "avg(o.h for o in obs if o.d) if any(x.h == 1 for x in obs) else 0",
    "avg(o.h for o in obs) if sum(o.h for o in obs) >= 0 else 0",
    "avg(o.h for o in obs) if all(x.d for x in obs) else 0",
    "1 if count(obs) > 0 or avg(x.h for x in obs) > 0.5 else 0",
    "avg(o.h for o in obs) if given(avg(o.h for o in obs if o.d)) or n == 0 else 0",
    "avg(o.h for o in free) if count(obs) > 0 else 0",
]


def book(formula: str) -> str:
    return BOOK.replace("FORMULA", json.dumps(formula))


RECORDS = [{"h": h, "d": d} for h, d in product((0, 1), (False, True))]
LISTS = [list(records) for length in range(3) for records in product(RECORDS, repeat=length)]


@pytest.mark.parametrize("formula", SETTLED)
def test_what_cannot_be_absent_is_settled_and_is_there_for_every_subject(formula: str) -> None:
    program = kr.loads(book(formula))
    assert program.report.is_clean
    full = [records for records in LISTS if records] if "full" in formula else LISTS[1:2]
    free = [None, [{"h": 1}]] if "free" in formula else [None]
    for obs, filled, maybe in product(LISTS, full, free):
        assessed = kr.assess(program, {"obs": obs, "full": filled, "free": maybe})
        assert assessed.status == "rated"
        assert assessed.score is not None


@pytest.mark.parametrize("formula", OPEN)
def test_what_can_be_absent_is_not_settled_and_a_subject_shows_it(formula: str) -> None:
    assert [d.code for d in kr.check(text=book(formula)).errors] == ["KR230"]
    rewritten = kr.loads(book("0") + f"outputs: {{out: {json.dumps(formula)}}}\n")
    lists = [records for records in LISTS if records]
    assert any(
        kr.assess(rewritten, {"obs": obs, "full": full, "free": None}).outputs["out"] is None
        for obs, full in product(LISTS, lists)
    )


def test_a_guard_of_the_node_settles_as_a_condition_in_flow_does() -> None:
    text = """
    inputs: {obs: {type: list, fields: {h: {type: number, min: 0, max: 9}}}}
    criteria: {c: {max: 9, applies: count(obs) > 0, points: avg(o.h for o in obs)}, d: {max: 1, points: 1}}
    score: {rescale: false, round: {places: 2}, band_on: rounded}
    bands: {good: {from: 5}, poor: {from: 0}}
    overrides: {low: {when: count(obs) > 0 and avg(o.h for o in obs) < 2, band_at_most: poor}}
    """
    assert codes(text) == []


# -- the ways out that messages name ------------------------------------------------------------

INPUTS = """
inputs:
  a: {type: number, min: 1, max: 9, optional: true}
  b: {type: boolean, optional: true}
  obs: {type: list, fields: {h: {type: number, min: 1, max: 9, optional: true}, k: {type: number, min: 1, max: 9}}}
  opt: {type: list, optional: true, fields: {k: {type: number, min: 1, max: 9}}}
allow: {KR242: some stay unread}
"""

EXPRESSIONS = [
    ("a", "1"),
    ("a + 2 * a", "1"),
    ("avg(o.k for o in obs)", "1"),
    ("share(o.k > 2 for o in obs)", "1"),
    ("sum(o.k for o in opt)", "1"),
    ("count(opt)", "1"),
    ("max(o.k for o in opt)", "1"),
    ("1 if b else 2", "1"),
    ("1 if avg(o.k for o in obs) > 2 else 2", "1"),
    ("ratio(a, avg(o.k for o in obs), if_zero=1)", "1"),
]

PLACES = [
    "validations: {v: {that: (FORMULA) > 0}}",
    "criteria: {c: {max: 99, outside: clamp, points: FORMULA}}\nscore: {round: {places: 2}}",
    "invariants: {i: {that: (FORMULA) > 0}}",
    "exemptions: {e: {when: (FORMULA) > 0, status: away}}\noutputs: {out: 1}",
    "criteria: {c: {max: 9, rate: 0.5}}\nbands: {x: {from: 5, requires: (FORMULA) > 0}, y: {from: 0}}\n"
    "allow: {KR331: of no interest, KR334: of no interest, KR242: the same}",
    "criteria: {c: {max: 9, rate: 0.5}}\nbands: {x: {from: 5}, y: {from: 0}}\n"
    "overrides: {o: {when: (FORMULA) > 0, band: y}}",
    "criteria: {c: {max: 9, rate: 0.5}}\nscore: {round: {places: 2}, limits: {l: {at_most: FORMULA}}}",
]


def rules(place: str, formula: str) -> str:
    inputs = INPUTS if "allow:" not in place else INPUTS.partition("allow:")[0]
    return f"{inputs}{place.replace('FORMULA', formula)}\n"


@pytest.mark.parametrize(("place", "expression"), some(product(PLACES, EXPRESSIONS), 3))
def test_every_suggested_handling_of_absence_is_accepted(place: str, expression: tuple[str, str]) -> None:
    formula, otherwise = expression

    def unsettled(text: str) -> list[str]:
        return [d.help for d in diagnostics(text) if d.code == "KR230"]

    (help_,) = unsettled(rules(place, formula))
    ways = {
        "default(x, v)": f"default({formula}, {otherwise})",
        "given(x)": f"({formula}) if given({formula}) else 1",
    }
    for way, written in ways.items():
        assert way in help_
        assert unsettled(rules(place, written)) == []
    if "`count(list) > 0`" in help_:
        assert "`min_items: 1`" in help_
        guarded = f"({formula}) if count(obs) > 0 else 1"
        left = unsettled(rules(place, guarded)) + unsettled(
            rules(place, formula).replace("type: list,", "type: list, min_items: 1,")
        )
        assert not [one for one in left if "count(list)" in one] or "opt" in formula
    if "`missing`" in help_:
        with_policy = rules(place, formula).replace("points: ", "missing: zero, points: ")
        assert unsettled(with_policy) == []


def test_every_suggested_handling_is_accepted_inside_an_aggregate() -> None:
    for formula, count in (
        ("sum(o.h for o in obs)", 1),
        ("sum(default(o.h, 0) for o in obs)", 0),
        ("sum(o.h for o in obs if given(o.h))", 0),
        ("sum(o.h if given(o.h) else 0 for o in obs)", 0),
        ("sum(o.k for o in obs if o.h > 2)", 1),
        ("sum(o.k for o in obs if default(o.h, 0) > 2)", 0),
        ("sum(o.k for o in obs if given(o.h) and o.h > 2)", 0),
    ):
        found = [d.code for d in diagnostics(f"{INPUTS}outputs: {{out: {json.dumps(formula)}}}") if d.allowed is None]
        assert found == ["KR230"] * count


# -- the order of a quota -----------------------------------------------------------------------

ORDERED = """
inputs: {{x: {{type: integer, min: 0, max: 1, optional: true}}, bad: {{type: boolean}}}}
let: {{twice: 2 * points.a}}
criteria:
  a: {{max: 50, points: 50 * x, missing: unrated}}
  b: {{max: 50, entered: {{step: 1}}{b}}}
score: {{rescale: false}}
bands: {{top: {{from: 90}}, good: {{from: 50}}, poor: {{from: 0}}}}
overrides: {{veto: {{when: bad, {override}}}}}
cohort:
  quotas:
    best: {{band: {band}, at_most: 50%, of: all, base: before, round: down, minimum: 0, order: [{order}],
            ties: undecided, demote_to: poor}}
"""


@pytest.mark.parametrize(
    ("override", "band", "order", "b", "expected"),
    [
        ("band: poor", "top", "score, points.a", "", []),
        ("band: poor", "top", "exact_score, share.a, twice", "", []),
        ("band_at_least: good", "top", "score, points.a", "", []),
        ("band: top", "top", "score", "", ["KR230"]),
        ("band: top", "top", "points.a", "", ["KR230"]),
        ("band: top", "top", "'default(score, 0)', 'default(points.a, 0)'", "", []),
        ("band: top", "good", "score, points.a", "", []),
        ("band: poor", "top", "points.b", ", missing: exclude", ["KR230"]),
    ],
)
def test_a_value_that_every_member_with_the_band_has_needs_no_default(
    override: str, band: str, order: str, b: str, expected: list[str]
) -> None:
    text = ORDERED.format(override=override, band=band, order=order, b=b)
    assert [d.code for d in diagnostics(text) if d.severity.value == "error"] == expected


def test_holders_of_a_band_are_ordered_by_points_that_others_lack() -> None:
    text = "kpirules: 1\n" + ORDERED.format(override="band: poor", band="top", order="score, points.a, twice", b="")
    program = kr.loads(text)
    members = {
        "An": {"x": 1, "bad": False, "b": 50},
        "Binh": {"x": 1, "bad": False, "b": 49},
        "Chi": {"x": None, "bad": False, "b": 50},
        "Dung": {"x": None, "bad": True, "b": 50},
        "Em": {"x": 1, "bad": False, "b": 40},
    }
    rated = kr.assess_cohort(program, members)
    assert [(one.status, one.band) for one in rated.values()] == [
        ("rated", "top"),
        ("rated", "top"),
        ("insufficient", None),
        ("rated", "poor"),
        ("rated", "poor"),
    ]


QUOTA = "at_most: 50%, of: all, base: before, round: down, minimum: 0, ties: demote, demote_to: poor"


def test_an_order_without_a_score_reads_what_there_is() -> None:
    text = f"""
kpirules: 1
inputs: {{x: {{type: integer, min: 0, max: 9}}}}
bands: {{measure: x, levels: {{good: {{from: 5}}, poor: {{from: 0}}}}}}
cohort: {{quotas: {{few: {{band: good, order: [x], {QUOTA}}}}}}}
"""
    assert not kr.check(text=text).errors


def test_points_of_what_can_be_excluded_are_not_there_for_every_holder() -> None:
    text = f"""
kpirules: 1
inputs: {{x: {{type: integer, min: 0, max: 9}}, b: {{type: boolean}}}}
let: {{double: points.a * 2}}
criteria: {{a: {{max: 9, points: x}}, c: {{max: 9, applies: b, points: x}}}}
score: {{rescale: false}}
bands: {{good: {{from: 5}}, poor: {{from: 0}}}}
cohort: {{quotas: {{few: {{band: good, order: [double, points.c], {QUOTA}}}}}}}
"""
    assert [one.code for one in kr.check(text=text).errors] == ["KR230"]
    assert not kr.check(text=text.replace("points.c]", "'default(points.c, 0)']")).errors
