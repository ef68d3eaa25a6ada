"""A subject with other values, and the least change that reaches a band."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import product
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpirules as kr
from kpirules.change.wishing import least
from tests.budget import by_budget
from tests.shipped import EXAMPLES, shipped

RULES = """
kpirules: 1
id: demo.staff
inputs:
  done: {type: number, min: 0, max: 50, decimals: 1}
  late: {type: integer, min: 0, max: 20}
  warned: {type: boolean}
  grade: {type: choice, options: [a, b, c], ordered: best_first}
  since: {type: date, min: 2026-01-01, max: 2026-12-31, optional: true}
  post: {type: text, optional: true}
validations: {enough: late <= 20 - done / 5}
criteria: {work: {max: 100, points: '2 * done - late + (5 if grade == "a" else 0)', outside: clamp}}
score: {round: {places: 1}, band_on: rounded}
bands: {good: {from: 70}, fair: {from: 50}, poor: {from: 0}}
overrides: {warning: {when: warned, band_at_most: fair}}
"""
SUBJECT = {"done": 30, "late": 4, "warned": False, "grade": "b"}


def rules(text: str = RULES) -> kr.Program:
    return kr.loads(dedent(text))


def changes(found: kr.Needed) -> dict[str, tuple[Any, Any]]:
    return dict(found.changes)


def test_the_least_change_respects_steps_and_domains_and_is_proved() -> None:
    found = kr.needed(rules(), SUBJECT, "good", changing=["done"])
    assert (changes(found), found.is_proved) == ({"done": (30, 37)}, True)
    assert found.cost == Fraction(7, 50)
    assert found.assessment is not None
    assert (found.assessment.score, found.assessment.band) == (Decimal("70.0"), "good")
    fewer = kr.needed(rules(), SUBJECT, "good", changing=["done", "late"])
    assert (changes(fewer), fewer.is_proved) == ({"done": (30, 37)}, True)


def test_nothing_is_needed_or_nothing_helps() -> None:
    reached = kr.needed(rules(), SUBJECT, "fair", changing=["done"])
    assert (changes(reached), reached.is_proved, reached.cost) == ({}, True, 0)
    assert "reached without a change" in str(reached)
    warned = kr.needed(rules(), SUBJECT | {"warned": True}, "good", changing=["done", "late", "grade"])
    assert (warned.is_reached, warned.is_proved, warned.cost) == (False, True, None)
    assert "no value reaches it, proved" in str(warned)
    lifted = kr.needed(rules(), SUBJECT | {"warned": True, "done": 40}, "good", changing=["done", "warned"])
    assert changes(lifted) == {"warned": (True, False)}


def test_without_z3_a_change_is_found_and_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(least, "MOST_IN_ALL", 0)
    monkeypatch.setattr(least, "find_spec", lambda _: None)
    found = kr.needed(rules(), SUBJECT, "good", changing=["done", "late", "grade"])
    assert (changes(found), found.is_proved) == ({"done": (30, 37)}, False)
    assert "the least change found" in str(found)
    blocked = kr.needed(rules(), SUBJECT | {"warned": True}, "good", changing=["done"])
    assert (blocked.is_reached, blocked.is_proved) == (False, False)
    assert "no change was found" in str(blocked)


@pytest.mark.parametrize(
    ("changing", "band", "said"),
    [
        (["doen"], "good", "no input `doen`"),
        (["post"], "good", "`post` is neither a number, a date, a boolean nor a choice"),
        (["done"], "best", "no band `best`: there are good, fair, poor"),
    ],
)
def test_what_cannot_be_asked_is_named(changing: list[str], band: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        kr.needed(rules(), SUBJECT, band, changing=changing)


def test_the_next_better_band_is_asked_for_by_default() -> None:
    assert kr.needed(rules(), SUBJECT, changing="done") == kr.needed(rules(), SUBJECT, "good", changing=["done"])
    best = kr.needed(rules(), SUBJECT | {"done": 50}, changing="done")
    assert (best.band, dict(best.changes), best.is_reached) == ("good", {}, True)
    # The score is in the best band, and a ceiling keeps the subject out of it.
    warned = kr.needed(rules(), SUBJECT | {"done": 50, "warned": True}, changing="warned")
    assert (warned.band, changes(warned)) == ("good", {"warned": (True, False)})
    with pytest.raises(ValueError, match=r"^the rulebook has no bands$"):
        kr.needed(kr.loads("kpirules: 1\ninputs: {a: {type: boolean}}\noutputs: {b: a}\n"), {"a": True}, changing="a")


def test_the_subject_and_the_rules_must_fit() -> None:
    with pytest.raises(kr.SubjectError, match="late"):
        kr.needed(rules(), SUBJECT | {"late": 21}, "good", changing=["late"])
    compared = rules(RULES.replace("2 * done", "2 * done - cohort_avg(done)"))
    with pytest.raises(kr.SubjectError):
        kr.needed(compared, SUBJECT, "good", changing=["done"])
    variants = rules(RULES + "variant_by: grade\nvariants: {a: {}, b: {bands: {good: {from: 60}}}, c: {}}\n")
    assert changes(kr.needed(variants, SUBJECT, "good", changing=["done"])) == {"done": (30, 32)}
    with pytest.raises(ValueError, match="`grade` chooses the rules"):
        kr.needed(variants, SUBJECT, "good", changing=["grade"])


def test_records_of_the_subject_stay_as_they_are() -> None:
    organisation = shipped(EXAMPLES / "supplier_card" / "year.kpi.yaml")
    subject = {"deliveries": 200, "on_time": 192, "parts": 400000, "defective_parts": 60, "price_index": 100}
    found = kr.needed(organisation, subject, "a", changing=["on_time", "defective_parts", "price_index"])
    assert (changes(found), found.is_proved) == ({"on_time": (192, 196), "defective_parts": (60, 20)}, True)
    listed = kr.loads(
        dedent("""
        kpirules: 1
        inputs:
          bonus: {type: number, min: 0, max: 100, decimals: 2}
          tasks: {type: list, max_items: 9, fields: {hours: {type: integer, min: 0, max: 90}, note: {type: text, optional: true}}}
        criteria: {work: {max: 100, points: 'sum(t.hours for t in tasks) / count(tasks) * 0.5 + bonus', outside: clamp}}
        score: {round: {places: 2}, band_on: rounded}
        bands: {good: {from: 70}, poor: {from: 0}}
        """)
    )
    tasks = [{"hours": 41, "note": "x"}, {"hours": 50}, {"hours": 12}]
    least_bonus = kr.needed(listed, {"bonus": 1, "tasks": tasks}, "good", changing=["bonus"])
    assert (changes(least_bonus), least_bonus.is_proved) == ({"bonus": (1, Fraction("52.83"))}, True)


def test_the_forms() -> None:
    found = kr.needed(rules(), SUBJECT, "good", changing=["done"])
    assert found.text().splitlines() == [
        "`good` by `done`: the least change, proved",
        "  done: 30 → 37",
        "  then score 70, band `good`",
    ]
    assert "| `done` | 30 | 37 |" in found.markdown()
    assert "<table" in found.html(is_page=True)
    assert json.loads(json.dumps(found.data()))["changes"] == {"done": ["30", "37"]}
    beside = kr.what_if(rules(), SUBJECT, done=40, since="2026-02-01")
    assert (beside.before.band, beside.after.band) == ("fair", "good")
    assert beside.text().splitlines()[:3] == [
        "score 56, band `fair` → score 76, band `good`",
        "  done: 30 → 40",
        "  since: – → 2026-02-01",
    ]
    assert "| `done` | 30 | 40 |" in beside.markdown()
    assert "<table" in beside.html(is_page=True)
    with pytest.raises(kr.SubjectError, match="doen"):
        kr.what_if(rules(), SUBJECT, doen=1)


SMALL = """
kpirules: 1
inputs:
  x: {{type: integer, min: 0, max: 4}}
  y: {{type: number, min: -1, max: 1, step: 0.5}}
  f: {{type: boolean}}
  c: {{type: choice, options: [u, v, w]}}
  m: {{type: integer, min: 1, max: 2, optional: true}}
validations: {{fits: x + y <= 4.5 or f}}
criteria: {{k: {{max: 40, points: "{}", outside: clamp}}}}
score: {{round: {{places: 1}}, band_on: rounded}}
bands: {{good: {{from: 20, requires: '{}'}}, fair: {{from: 10}}, poor: {{from: 0}}}}
"""
POINTS = ("5 * x + 4 * y", "x * (y + 2) * 3", "(20 if f else 9) + x * default(m, 3)", "30 / (1 + x) - y * y")
REQUIRED = ("True", "not f or x > 2", 'c != "u"', "default(m, 0) < 2")


@given(
    st.sampled_from(POINTS),
    st.sampled_from(REQUIRED),
    st.tuples(*map(st.sampled_from, ([0, 1, 4], [-1, 0, Decimal("0.5")], [False, True], ["u", "w"], [None, 1]))),
    st.lists(st.sampled_from("xyfcm"), min_size=1, max_size=5, unique=True),
    st.sampled_from(["good", "fair"]),
)
@settings(max_examples=by_budget(4, 200), deadline=None)
def test_no_lesser_change_reaches_the_band(
    points: str, required: str, values: tuple[Any, ...], changing: list[str], band: str
) -> None:
    program = kr.loads(SMALL.format(points, required))
    own = {id_: value for id_, value in zip("xyfcm", values, strict=True) if value is not None}
    expected = cheapest(program, own, changing, band)
    for most in (least.MOST_IN_ALL, 0):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(least, "MOST_IN_ALL", most)
            found = kr.needed(program, own, band, changing=changing)
        assert not found.is_proved or found.cost == expected
        assert found.cost is None or (expected is not None and found.cost >= expected)


DOMAINS: dict[str, tuple[list[Any], Callable[[Any, Any], Fraction]]] = {
    "x": ([0, 1, 2, 3, 4], lambda a, b: Fraction(abs(a - b), 4)),
    "y": ([Fraction(n, 2) for n in range(-2, 3)], lambda a, b: abs(Fraction(a) - b) / 2),
    "f": ([False, True], lambda a, b: Fraction(a != b)),
    "c": (["u", "v", "w"], lambda a, b: Fraction(a != b)),
    "m": ([1, 2], lambda a, b: Fraction(abs(a - b)) if a else Fraction(b is not None)),
}


def cheapest(program: kr.Program, own: dict[str, Any], changing: list[str], band: str) -> Fraction | None:
    """The cost of the least change that reaches a band, by trying all of them."""
    found = []
    pools = [[*DOMAINS[id_][0], *([] if id_ in own else [None])] for id_ in changing]
    for values in product(*pools):
        subject = own | {id_: value for id_, value in zip(changing, values, strict=True) if value is not None}
        try:
            assessment = kr.assess(program, subject)
        except kr.SubjectError:
            continue
        if assessment.band in ("good", band):
            found.append(sum(DOMAINS[id_][1](own.get(id_), v) for id_, v in zip(changing, values, strict=True)))
    return min(found, default=None)


VETOED = """
kpirules: 1
inputs:
  done: {type: integer, min: 0, max: 50}
  late: {type: integer, min: 0, max: 20}
  warned: {type: boolean}
  months: {type: integer, min: 0, max: 12}
exemptions: {short: {when: months < 3, status: too_short}}
criteria: {work: {max: 100, points: 2 * done}}
score: {limits: {late: {when: late > 10, at_most: 60}}}
bands:
  levels: {good: {from: 70, requires: {punctual: late < 6, there: months > 8}}, fair: {from: 50}, poor: {from: 0}}
  fall: next
overrides: {warning: {when: warned, band_at_most: fair}}
"""


@pytest.mark.parametrize(
    ("given", "way"),
    [
        ({"warned": True}, ("overrides.warning",)),
        ({"late": 7}, ("bands.good.requires.punctual",)),
        ({"late": 7, "months": 4, "warned": True}, ("bands.good.requires.punctual", "bands.good.requires.there")),
        ({"late": 11}, ("score.limits.late",)),
        ({"months": 2}, ("exemptions.short",)),
    ],
)
def test_it_says_what_stands_in_the_way(given: dict[str, Any], way: tuple[str, ...]) -> None:
    subject = {"done": 30, "late": 0, "warned": False, "months": 12} | given
    found = kr.needed(rules(VETOED), subject, "good", changing=["done"])
    assert (found.is_reached, found.obstacles) == (False, way)
    told = f"in the way: {', '.join(f'`{path}`' for path in way)}; the score alone would reach it"
    assert told in found.text()
    assert found.data()["obstacles"] == list(way)
    assert "in the way" in found.markdown()


def test_nothing_stands_in_the_way_of_a_score_that_can_not_rise() -> None:
    subject = {"done": 20, "late": 0, "warned": True, "months": 12}
    assert kr.needed(rules(VETOED), subject, "good", changing=["warned", "late"]).obstacles == ()
    assert kr.needed(rules(VETOED), subject, "fair", changing=["done"]).obstacles == ()
