"""How far each number of a rulebook may move before a band changes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpirules as kr
from kpirules.change.rewriting import unproved
from kpirules.change.sensing import NumberRange, Sensitivity, sensitivity
from kpirules.diagnostics import Report
from kpirules.rating.program import Program
from tests.budget import by_budget

MOST = by_budget(2, 8)

TINY = Fraction(1, 10**12)

INPUTS = {
    "x": {"type": "number", "min": 0, "max": 20, "decimals": 1},
    "y": {"type": "integer", "min": 0, "max": 10},
    "kind": {"type": "choice", "options": ["a", "b"]},
    "flag": {"type": "boolean"},
}


def standing(program: kr.Program, subject: Mapping[str, Any]) -> str:
    try:
        assessment = kr.assess(program, subject)
    except kr.SubjectError:
        return "refused"
    except kr.FaultError:
        return "fault"
    return assessment.band or assessment.status


class Draw:
    """Draws a small rulebook and its subjects."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.ids = 0
        self.entered: dict[str, int] = {}

    def one(self, *options: Any) -> Any:
        return self.random.choice(options)

    def rulebook(self) -> dict[str, Any]:
        root, top = self.combined("sum", 2)
        score: dict[str, Any] = {"outside": "clamp"} if self.one(True, False) else {}
        if self.one(True, True, False):
            score |= {"round": {"places": self.one(0, 1), "mode": self.one("half_up", "down", "half_even", "up")}}
            score["band_on"] = self.one("rounded", "exact")
        if self.one(True, False, False):
            score["limits"] = {"cap": {"when": "flag", "at_most": self.one(30, "cap_at")}}
        ends = sorted({Fraction(self.random.randrange(1, 10) * top, 10) for _ in range(3)}, reverse=True)
        bands: dict[str, Any] = {f"b{place}": {"from": end} for place, end in enumerate(ends)}
        if self.one(True, False):
            bands["b0"]["requires"] = "y > 1"
        bands["low"] = {"below": ends[-1]} if self.one(True, False) else {}
        if not bands["low"]:
            bands["low"] = {"to": "worst"} if self.one(True, False) else {"from": -100}
        return {
            "kpirules": 1,
            "inputs": INPUTS,
            "parameters": {"cap_at": 40, "worst": 3, "factor": 2},
            "criteria": root,
            "score": score,
            "bands": {"overlap": "best", "levels": bands},
            "overrides": {"floor": {"when": 'kind == "b"', "band_at_least": self.one(*bands)}},
        }

    def combined(self, combine: str, depth: int) -> tuple[dict[str, Any], int]:
        found, total = {}, 0
        for _ in range(self.random.randrange(2, 4)):
            self.ids += 1
            id_ = f"c{self.ids}"
            most = self.random.randrange(5, 41)
            body = self.group(depth - 1) if depth and self.one(True, False) else self.leaf(id_, most)
            found[id_] = {"max": most, **body}
            if found[id_].get("combine") == "sum":
                most = sum(child["max"] for child in found[id_]["criteria"].values())
                found[id_]["max"] = most
            total += most
        if combine == "mean":
            weights = self.one([60, 40], [1, 2]) if len(found) == 2 else self.one([50, 30, 20], [3, 2, 1])
            for child, weight in zip(found.values(), weights, strict=True):
                child["weight"] = Fraction(weight, 100) if sum(weights) == 100 else weight
        return found, total

    def group(self, depth: int) -> dict[str, Any]:
        combine = self.one("sum", "mean", "mean", "min", "max", "product")
        children, _ = self.combined(combine, depth)
        is_relative = any(child.get("weight", 0) >= 1 for child in children.values())
        return {"combine": combine, "criteria": children} | ({"weights": "relative"} if is_relative else {})

    def leaf(self, id_: str, most: int) -> dict[str, Any]:
        part = self.random.randrange(1, most)
        body: dict[str, Any] = self.one(
            {"rate": "y / 10"},
            {"rate": "x / 15", "outside": "clamp"},
            {"points": "x + factor", "outside": "clamp"},
            {"met": "flag"},
            {"measure": "x", "steps": [{"from": 12, "points": most}, {"above": 5, "rate": "50%"}, {"points": part}]},
            {"measure": "x", "scale": [[0, 0], [7, part], [18, most]], "outside": "clamp"},
            {"measure": "y", "thresholds": {"from": [2, 5, 9], "each": Fraction(most, 3)}},
            {"measure": "kind", "lookup": {"a": part, "b": {"rate": 1}}},
            {"cases": [{"when": {"kind": "a", "y": {"from": 4}}, "points": most}, {"points": part}]},
            {"entered": {}},
        )
        if "entered" in body:
            self.entered[id_] = most
        elif self.one(True, False, False):
            body["round"] = {"places": self.one(0, 1), "mode": self.one("half_up", "half_down", "ceiling", "floor")}
        return body

    def subject(self) -> dict[str, Any]:
        found = {"x": Fraction(self.random.randrange(201), 10), "y": self.random.randrange(11)}
        found |= {"kind": self.one("a", "b"), "flag": self.one(True, False)}
        return found | {id_: Fraction(self.random.randrange(2 * most + 1), 2) for id_, most in self.entered.items()}


def changed(program: kr.Program, number: NumberRange, value: Fraction) -> kr.Program | None:
    """Return the rules with another value of a number; None if they have errors. The proofs of the check are left out."""
    rulebook = unproved(program, number.changes(value))
    return None if rulebook is None else Program(rulebook, Report(()))


def drawn(seed: int) -> tuple[kr.Program, list[dict[str, Any]]]:
    """Return a rulebook that the check does not refuse, and its subjects; about half are refused."""
    draw = Draw(seed)
    try:
        program = kr.load(draw.rulebook())
    except kr.RulebookError:
        return drawn(seed + 1)
    subjects = [subject for subject in (draw.subject() for _ in range(4)) if standing(program, subject) != "fault"]
    return program, subjects


def values(number: NumberRange) -> tuple[list[Fraction], list[tuple[Fraction, Any]]]:
    """Return values inside a range, and values just outside with the first change there."""
    inside, outside = [number.value], []
    for end, is_open, change, sign in (
        (number.low, number.is_low_open, number.below, -1),
        (number.high, number.is_high_open, number.above, 1),
    ):
        if end is None:
            inside.append(number.value + sign * 7)
            continue
        inside += [(end + number.value) / 2, end - sign * TINY if is_open and end != number.value else end]
        if change is not None:
            outside.append((end if is_open else end + sign * TINY, change))
    return inside, outside


@settings(max_examples=by_budget(1, 150), deadline=None)
@given(st.integers(0, 10**9))
def test_every_value_inside_keeps_all_bands_and_the_next_one_does_not(seed: int) -> None:
    program, subjects = drawn(seed)
    if not subjects:
        return
    was = [standing(program, subject) for subject in subjects]
    numbers = [number for number in sensitivity(program, subjects, step=9).numbers if number.is_exact]
    for number in Random(seed).sample(numbers, min(len(numbers), MOST)):
        inside, outside = values(number)
        for value in inside:
            other = changed(program, number, value)
            if other is not None:
                assert [standing(other, subject) for subject in subjects] == was, (seed, number, value)
        for value, change in outside:
            other = changed(program, number, value)
            if other is not None:
                place = int(change.subject.removeprefix("row ")) - 1
                now = [standing(other, subject) for subject in subjects]
                assert now[place] == change.new != was[place], (seed, number, value)
                assert sum(a != b for a, b in zip(was, now, strict=True)) == change.count, (seed, number, value)


RULES: dict[str, Any] = {
    "kpirules": 1,
    "id": "demo.sense",
    "inputs": {
        "done": {"type": "integer", "min": 0, "max": 10},
        "late": {"type": "integer", "min": 0, "max": 9, "default": 0},
    },
    "parameters": {"good_from": 70, "penalty": 5},
    "criteria": {
        "work": {"max": 80, "points": "8 * done - penalty * late", "outside": "clamp"},
        "conduct": {"max": 20, "entered": {"step": 0.5}},
    },
    "score": {"max": 100, "round": {"places": 1}, "band_on": "rounded"},
    "bands": {"good": {"from": "good_from"}, "fair": {"from": 50}, "poor": {"from": 0}},
}
PEOPLE = [
    {"who": "An", "done": 8, "conduct": 15},
    {"who": "Bo", "done": 7, "conduct": 12.5},
    {"who": "Chi", "done": 6, "late": 2, "conduct": 4},
]


def ends(number: NumberRange) -> str:
    low = "" if number.low is None else f"{'(' if number.is_low_open else '['}{number.low}"
    high = "" if number.high is None else f"{number.high}{')' if number.is_high_open else ']'}"
    who = [one and f"{one.subject} {one.old}-{one.new} {one.count}" for one in (number.below, number.above)]
    return f"{low}, {high} {who[0]} {who[1]}{'' if number.is_exact else ' ~'}"


@cache
def sensed() -> Sensitivity:
    return sensitivity(kr.load(RULES), PEOPLE, key="who")


def test_each_number_has_the_values_that_keep_all_bands_and_who_changes_first() -> None:
    assert {number.path: ends(number) for number in sensed()} == {
        "criteria.work.max": "[1099/20,  An good-fair 1 None",
        "criteria.conduct.max": "[15,  An good-refused 1 None",
        "bands.fair.from": "(42, 137/2] Chi poor-fair 1 Bo fair-poor 1",
        "bands.poor.from": ", 42] None Chi poor-undefined 1",
        "parameters.good_from": "(137/2, 79] Bo fair-good 1 An good-fair 1",
        "parameters.penalty": "[11/10, 10] Chi poor-fair 1 None ~",
    }


def test_arrays_by_column_are_a_table() -> None:
    lists = {name: [person.get(name) for person in PEOPLE] for name in ("who", "done", "late", "conduct")}
    arrays = {name: np.array(values, dtype=str if name == "who" else float) for name, values in lists.items()}
    program = kr.load(RULES)
    assert sensitivity(program, lists, key="who") == sensitivity(program, arrays, key="who") == sensed()


def test_a_rounding_that_jumps_over_a_band_is_searched() -> None:
    jumping = {
        "kpirules": 1,
        "inputs": {"x": {"type": "integer", "min": 0, "max": 100}},
        "criteria": {"work": {"max": 100, "measure": "x", "scale": [[0, 0], [50, 40], [100, 100]]}},
        "score": {"round": {"places": -1, "mode": "down"}, "band_on": "rounded"},
        "bands": {"levels": {"top": {"from": 60}, "good": {"from": 42, "below": 48}, "fair": {}}, "overlap": "best"},
    }
    found = sensitivity(kr.load(jumping), [{"x": 50}], step=1)
    # 50 points are fair again: the end is where 60 are reached.
    assert ends(found["criteria.work.scale[1][1]"]) == "[0, 59] None row 1 fair-top 1 ~"
    assert ends(found["bands.good.from"]) == "(40, 48) row 1 fair-good 1 None"


MISSING: dict[str, Any] = {
    "kpirules": 1,
    "inputs": {
        "x": {"type": "integer", "min": 0, "max": 10},
        "y": {"type": "integer", "min": 0, "max": 10, "optional": True},
    },
    "criteria": {
        "steps": {"max": 30, "measure": "x", "steps": [{"from": 6, "points": 30}, {"points": 10}]},
        "rest": {"max": 70, "rate": "y / 10", "missing": "exclude"},
    },
    "score": {"rescale": False, "require_share": "50%", "missing": "full"},
    "bands": {"good": {"from": 60}, "poor": {"from": 0}},
}


def test_points_of_a_group_that_is_missing_do_not_count() -> None:
    found = sensitivity(kr.load(MISSING), [{"x": 6}, {"x": 6, "y": 7}])
    # The first subject has the full score without any points.
    assert ends(found["criteria.steps.steps[0].from"]) == ", 6] None row 2 good-poor 1"
    assert ends(found["bands.good.from"]) == "(0, 79] None row 2 good-poor 1"


def test_entered_points_stay_within_a_maximum_although_there_is_no_score() -> None:
    unrated = MISSING["criteria"]["rest"] | {"missing": "unrated"}
    criteria = {"rest": unrated, "judged": {"max": 20, "entered": {"step": 1}}}
    found = sensitivity(kr.load(MISSING | {"criteria": criteria, "score": {}}), [{"x": 6, "judged": 15}])
    assert ends(found["criteria.judged.max"]) == "[15,  row 1 insufficient-refused 1 None"


def test_a_subject_without_a_score_can_have_a_fault() -> None:
    scale = {"max": 30, "measure": "x", "scale": [[0, 0], [10, 30]]}
    rows = {"max": 20, "measure": "x", "steps": [{"from": 6, "points": 15}, {"points": 0}]}
    unrated = MISSING["criteria"]["rest"] | {"missing": "unrated"}
    criteria = {"curve": scale, "rows": rows, "rest": unrated}
    found = sensitivity(kr.load(MISSING | {"criteria": criteria, "score": {}}), [{"x": 6}], step=1)
    assert ends(found["criteria.curve.scale[0][0]"]) == "[0, 6]  -not allowed 0 row 1 insufficient-fault 1 ~"
    assert (
        ends(found["criteria.rows.steps[0].points"])
        == "[0, 20] row 1 insufficient-fault 1 row 1 insufficient-fault 1"
    )


def test_rules_whose_overrides_read_the_band_are_searched() -> None:
    lowered = RULES | {"overrides": {"late": {"when": 'late > 1 and band == "good"', "band_at_most": "fair"}}}
    found = sensitivity(kr.load(lowered), PEOPLE, key="who", only="bands", step=1)
    assert ends(found["bands.fair.from"]) == "[43, 68] Chi poor-fair 1 Bo fair-poor 1 ~"


def test_numbers_that_follow_are_changed_with_it() -> None:
    found = sensed()["criteria.work.max"]
    assert found.changes(60.5) == {"criteria.work.max": Fraction(121, 2), "score.max": Fraction(161, 2)}
    weighted = {
        "kpirules": 1,
        "inputs": {"x": {"type": "integer", "min": 0, "max": 10}},
        "criteria": {
            "a": {"weight": "50%", "rate": "x / 10"},
            "b": {"weight": "30%", "rate": "1 - x / 10"},
            "c": {"weight": "20%", "rate": 1},
        },
        "score": {"combine": "mean", "round": {"places": 2}, "band_on": "exact"},
        "bands": {"good": {"from": 50}, "poor": {"from": 0}},
    }
    weight = sensitivity(kr.load(weighted), [{"x": 4}])["criteria.a.weight"]
    assert weight.changes(Fraction(1, 4)) == {
        "criteria.a.weight": Fraction(1, 4),
        "criteria.b.weight": Fraction(9, 20),
        "criteria.c.weight": Fraction(3, 10),
    }
    assert ends(weight) == "(0, 13/18] None row 1 good-poor 1"
    with pytest.raises(ValueError, match="not a number"):
        weight.changes("many")


def test_it_shows_itself() -> None:
    found = sensitivity(kr.load(RULES), PEOPLE, key="who", only=["bands", "parameters", "criteria.conduct.max"])
    assert repr(found) == "<Sensitivity demo.sense · 3 subjects · 5 numbers>"
    text = found.text()
    assert re.search(r"bands.fair.from +50 +\(42, 68.5\] +exact +Chi: poor → fair +Bo: fair → poor\n", text)
    assert re.search(r"parameters.penalty +5 +\[1.1, 10\] +searched +Chi: poor → fair +nobody\n", text)
    assert "An: good → fair" in text
    assert "searched: values were tried in steps" in text
    assert "| `parameters.good_from` | 70 | (68.5, 79\\] | exact |" in found.markdown()
    assert "<table" in found.html(is_page=True)
    data = json.loads(json.dumps(found.data()))
    assert data["numbers"] == found.rows()
    row = next(row for row in found.rows() if row["number"] == "criteria.conduct.max")
    assert (row["low"], row["below"], row["below_new"], row["above"]) == ("15", "An", "refused", None)
    with pytest.raises(KeyError):
        found["criteria.work.max"]


def test_what_has_no_answer_is_refused() -> None:
    program = kr.load(RULES)
    with pytest.raises(ValueError, match=r"no number stands at `bands\.god`; there are criteria\.work\.max"):
        sensitivity(program, PEOPLE, key="who", only="bands.god")
    with pytest.raises(ValueError, match="`step` is a number above zero"):
        sensitivity(program, PEOPLE, key="who", step=0)
    with pytest.raises(kr.SubjectError, match="conduct"):
        sensitivity(program, [{"done": 3}])
    compared = RULES | {"outputs": {"place": "cohort_rank(done)"}}
    with pytest.raises(kr.SubjectError, match="cohort"):
        sensitivity(kr.load(compared), PEOPLE, key="who")
    variants = RULES | {"variants": {"a": {}, "b": {"parameters": {"penalty": 4}}}}
    with pytest.raises(kr.RulebookError, match="variant"):
        sensitivity(kr.load(variants), PEOPLE, key="who")


EVERY_KIND: dict[str, Any] = {
    "kpirules": 1,
    "inputs": INPUTS,
    "criteria": {
        "curve": {"max": 30, "measure": "x", "scale": [[2, 0], [8, 20], [14, 30]], "outside": "clamp"},
        "rows": {
            "max": 20,
            "measure": "x",
            "steps": [{"from": 12, "rate": 1}, {"above": 5, "points": 9}, {"points": 2}],
        },
        "passed": {"max": 12, "measure": "y", "thresholds": {"from": [2, 5, 9], "each": 4}, "outside": "clamp"},
        "group": {
            "max": 30,
            "combine": "mean",
            "weights": "relative",
            "criteria": {
                "kinds": {"weight": 2, "measure": "kind", "lookup": {"a": 30, "b": {"rate": "20%"}}},
                "least": {
                    "weight": 1,
                    "combine": "min",
                    "criteria": {
                        "a": {"rate": "y / 10"},
                        "b": {"max": 10, "entered": {"step": 1}, "applies": "flag"},
                    },
                },
                "cased": {
                    "weight": 1,
                    "max": 10,
                    "cases": [{"when": {"y": {"from": 6}}, "points": 8}, {"points": 3}],
                },
            },
        },
    },
    "score": {
        "round": {"places": 1, "mode": "half_even"},
        "band_on": "rounded",
        "limits": {"cap": {"when": "flag", "at_most": 48}},
    },
    "bands": {
        "levels": {
            "top": {"from": 47, "requires": "y > 3"},
            "good": {"above": 35},
            "fair": {"above": 20},
            "low": {},
        },
        "overlap": "best",
        "fall": "next",
    },
    "overrides": {"floor": {"when": 'kind == "b" and y > 8', "band_at_least": "good"}},
}


def test_every_kind_of_number_is_exact() -> None:
    program, draw = kr.load(EVERY_KIND), Random(5)
    people = [
        {"x": Fraction(draw.randrange(201), 10), "y": draw.randrange(11), "kind": draw.choice("ab"), "flag": flag}
        | ({"b": draw.randrange(11)} if flag else {})
        for flag in [True, False] * 6
    ]
    was = [standing(program, person) for person in people]
    assert len(set(was)) == 4
    found = sensitivity(program, people)
    assert all(number.is_exact for number in found)
    assert {number.kind for number in found} == {"max", "weight", "points", "edge", "band", "limit"}
    for number in found.numbers[:: by_budget(5, 1)]:
        for value, change in values(number)[1]:
            other = changed(program, number, value)
            if other is not None:
                now = [standing(other, person) for person in people]
                assert now[int(change.subject.removeprefix("row ")) - 1] == change.new, number
                assert sum(a != b for a, b in zip(was, now, strict=True)) == change.count, number


def test_other_effects_are_searched_for() -> None:
    program = kr.load(
        {
            "kpirules": 1,
            "parameters": {"most": 10, "fine": 0.5, "worst": 2},
            "inputs": {"x": {"type": "integer", "min": 0, "max": 9}},
            "tables": {"scaled": {"steps": [{"from": 5, "value": 3}, {"value": "worst"}]}},
            "criteria": {
                "a": {"max": "most", "entered": {"step": "fine"}},
                "b": {"max": "most", "entered": {"step": "fine"}},
                "c": {"max": 9, "points": "scaled(x) + (5 if share.a > 50% else 0)", "outside": "clamp"},
            },
            "score": {"max": 29, "outside": "clamp"},
            "bands": {"good": {"from": 15}, "fair": {"from": 5}, "poor": {"from": 0}},
            "overrides": {"low": {"when": 'default(band, "good") == "poor"', "unrated": "not_rated"}},
        }
    )
    people = [{"x": 7, "a": 7, "b": 6}, {"x": 3, "a": 2, "b": 1.5}]
    assert [standing(program, person) for person in people] == ["good", "fair"]
    found = {number.path: ends(number) for number in sensitivity(program, people, step=0.5)}
    assert found["parameters.most"] == "[7, 20] row 1 good-refused 1 None ~"
    assert found["parameters.worst"] == "[3/2, 4] row 2 fair-not_rated 1 None ~"
    assert found["bands.good.from"] == "[6, 21] row 2 fair-good 1 row 1 good-fair 1 ~"
    assert "parameters.fine" not in found  # other steps refuse subjects, and rate none
    assert all(text.endswith("~") for text in found.values())
