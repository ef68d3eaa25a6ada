"""The subjects whose rating changes, by how much, and because of which change."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import pandas as pd
import pytest

import kpirules as kr
from kpirules import Impact

OLD: dict[str, Any] = {
    "kpirules": 1,
    "id": "team",
    "edition": "1",
    "inputs": {
        "done": {"type": "integer", "min": 0, "max": 10},
        "late": {"type": "integer", "min": 0, "max": 9},
    },
    "exemptions": {"absent": {"when": "late == 9", "status": "not_rated"}},
    "criteria": {"work": {"max": 100, "rate": "done / 10"}},
    "score": {"round": {"places": 0}, "band_on": "rounded"},
    "bands": {"good": {"from": 70}, "fair": {"from": 40}, "poor": {"from": 0}},
    "overrides": {"late": {"when": "late >= 5", "band_at_most": "fair"}},
}
NEW = OLD | {
    "edition": "2",
    "criteria": {"work": {"max": 100, "rate": "min(done / 9, 1)"}},
    "bands": {"good": {"from": 78}, "fair": {"from": 40}, "poor": {"from": 0}},
    "overrides": {"late": {"when": "late >= 3", "band_at_most": "fair"}},
}
TEAM = [
    {"name": "An", "unit": "a", "done": 7, "late": 0},  # 70 good → 78 good: each change undoes the other
    {"name": "Ba", "unit": "a", "done": 8, "late": 3},  # 80 good → 89 fair: the override
    {"name": "Cúc", "unit": "b", "done": 2, "late": 0},  # 20 poor → 22 poor
    {"name": "Dũng", "unit": "b", "done": 0, "late": 9},  # not rated by either
    {"name": "Em", "unit": "b", "done": 11, "late": 0},  # no subject of either
]


def found(*, old: dict[str, Any] = OLD, new: dict[str, Any] = NEW, team: Any = TEAM, **options: Any) -> Impact:
    return kr.impact(kr.load(old), kr.load(new), team, **({"key": "name", "ignore": "unit"} | options))


@cache
def usual() -> Impact:
    return found()


def test_the_matrix_counts_everybody_by_the_level_before_and_after() -> None:
    impact = usual()
    assert impact.count == 5
    assert impact.levels == ("good", "fair", "poor", "not_rated", "error")
    assert impact.matrix == {
        ("good", "good"): 1,
        ("good", "fair"): 1,
        ("poor", "poor"): 1,
        ("not_rated", "not_rated"): 1,
        ("error", "error"): 1,
    }
    assert (impact.better, impact.worse) == (0, 1)


def test_a_move_says_from_where_to_where_and_by_how_much() -> None:
    moves = {move.key: move for move in usual().moves}
    assert list(moves) == [("An",), ("Ba",), ("Cúc",)]
    ba = moves["Ba",]
    assert (ba.old, ba.new, ba.old_score, ba.new_score, ba.difference) == ("good", "fair", 80, 89, 9)
    assert (ba.alone, ba.needed) == (("overrides.late",), ("overrides.late",))
    assert ba.is_rated_otherwise
    assert not ba.interacts


def test_a_score_that_moves_alone_is_a_move_that_rates_nobody_otherwise() -> None:
    impact = usual()
    assert [move.key for move in impact.rated_otherwise] == [("Ba",)]
    (cuc,) = (move for move in impact.moves if move.key == ("Cúc",))
    assert cuc.difference == Fraction(2)
    assert (cuc.alone, cuc.needed) == (("criteria.work",), ("criteria.work",))


def test_each_change_is_applied_alone_and_left_out() -> None:
    effects = {one.refs: one for one in usual().effects}
    assert list(effects) == [("criteria.work",), ("bands.good",), ("overrides.late",)]
    work, good, late = effects.values()
    assert (work.alone, work.alone_scores, work.without, work.without_scores) == (0, 3, 1, 3)
    # Alone, the band would cost An the rating; with the other formula it does not.
    assert (good.alone, good.without) == (1, 0)
    assert (late.alone, late.without) == (1, 1)


def test_changes_that_only_together_move_somebody_interact() -> None:
    new = OLD | {
        "criteria": {"work": {"max": 100, "rate": "min(done / 9, 1)"}},
        "bands": {"good": {"from": 65}, "fair": {"from": 40}, "poor": {"from": 0}},
    }
    impact = found(new=new, team=[{"name": "Ý", "done": 6, "late": 0}], ignore=())
    (move,) = impact.interacting
    assert (move.alone, move.needed) == ((), ("criteria.work", "bands.good"))
    assert "only together: criteria.work, bands.good" in impact.text()


def test_changes_each_of_which_is_enough_interact() -> None:
    new = OLD | {
        "criteria": {"work": {"max": 100, "rate": "min(done / 5, 1)"}},
        "bands": {"good": {"from": 60}, "fair": {"from": 40}, "poor": {"from": 0}},
    }
    impact = found(new=new, team=[{"name": "Ý", "done": 6, "late": 0}], ignore=())
    (move,) = impact.interacting
    assert (move.alone, move.needed) == (("criteria.work", "bands.good"), ())
    assert "any one alone: criteria.work, bands.good" in impact.text()


def test_of_three_changes_one_may_suffice_and_another_be_needed() -> None:
    """The band alone is enough for fair; the formula takes it away, and the override gives it back."""
    old = OLD | {"overrides": {"late": {"when": "late >= 5", "band_at_most": "fair"}}}
    new = old | {
        "bands": {"good": {"from": 90}, "fair": {"from": 40}, "poor": {"from": 0}},
        "criteria": {"work": {"max": 100, "rate": "min(done / 5, 1)"}},
        "overrides": {"late": {"when": "late >= 1", "band_at_most": "fair"}},
    }
    impact = found(old=old, new=new, team=[{"name": "Ý", "done": 7, "late": 2}], ignore=())
    (move,) = impact.interacting
    assert move.alone == ("bands.good", "overrides.late")
    assert move.needed == ("overrides.late",)
    assert "suffices: bands.good, overrides.late; needed: overrides.late" in impact.text()


def test_a_single_change_is_the_whole_impact() -> None:
    impact = found(new=OLD | {"overrides": NEW["overrides"]})
    (effect,) = impact.effects
    assert (effect.refs, effect.alone, effect.without) == (("overrides.late",), 1, 1)


def test_groups_are_counted_by_a_column_which_may_be_an_input() -> None:
    by_unit = found(group="unit", ignore=())
    assert list(by_unit.groups) == ["a", "b"]
    assert by_unit.groups["a"] == {("good", "good"): 1, ("good", "fair"): 1}
    assert {move.group for move in by_unit.moves} == {"a", "b"}
    by_input = found(group="late")
    assert list(by_input.groups) == ["0", "3", "9"]
    assert "by late:" in by_input.text()


def test_a_group_may_be_a_truth_an_exact_number_or_nothing() -> None:
    team = [{"n": 1, "g": True}, {"n": 2, "g": Fraction(1, 2)}, {"n": 3, "g": None}]
    rows = [{"name": str(one["n"]), "done": 1, "late": 0, "g": one["g"]} for one in team]
    impact = found(team=rows, ignore=(), group="g")
    assert list(impact.groups) == ["", "0.5", "true"]
    assert "(none)" in impact.text()


def test_a_group_that_is_no_column_is_refused() -> None:
    with pytest.raises(ValueError, match="no column `unti`"):
        found(group="unti")


def test_a_column_that_is_an_input_of_neither_edition_is_refused() -> None:
    with pytest.raises(ValueError, match="a column `unit`, which is not an input"):
        found(ignore=())


def test_each_edition_takes_its_own_inputs() -> None:
    new = OLD | {
        "inputs": {**OLD["inputs"], "more": {"type": "integer", "min": 0, "max": 10}},
        "criteria": {"work": {"max": 100, "rate": "(done + more) / 20"}},
    }
    impact = found(new=new, team=[{"name": "An", "done": 10, "late": 0, "more": 2}], ignore=())
    (move,) = impact.moves
    assert (move.old, move.new, move.difference) == ("good", "fair", -40)
    assert impact.comparison.significance.demands == ("`more` is new and must be given: a whole number from 0 to 10",)


def test_who_cannot_be_assessed_is_told_with_the_reason() -> None:
    impact = usual()
    assert [(one.key, one.edition) for one in impact.refusals] == [(("Em",), "old"), (("Em",), "new")]
    assert impact.refusals[0].reasons[0].startswith("KR604 `done` is 11, above 10")
    assert "can't be assessed:" in impact.text()


def test_without_a_key_subjects_are_told_apart_by_their_row() -> None:
    rows = [{"done": one["done"], "late": one["late"]} for one in TEAM]
    assert [move.key for move in found(team=rows, key=(), ignore=()).moves] == [("1",), ("2",), ("3",)]


def test_a_data_frame_is_a_population() -> None:
    assert found(team=pd.DataFrame(TEAM)).matrix == usual().matrix


def test_records_are_joined_by_the_key() -> None:
    inputs = {**OLD["inputs"], "tasks": {"type": "list", "fields": {"n": {"type": "integer", "min": 0, "max": 5}}}}
    old = OLD | {"inputs": inputs, "criteria": {"work": {"max": 100, "rate": "min(sum(t.n for t in tasks) / 10, 1)"}}}
    new = old | {"criteria": {"work": {"max": 100, "rate": "min(sum(t.n for t in tasks) / 20, 1)"}}}
    records = {"tasks": [{"name": "An", "n": 5}, {"name": "An", "n": 3}]}
    impact = found(old=old, new=new, team=TEAM[:2], records=records)
    assert [(move.key, move.old_score, move.new_score) for move in impact.moves] == [(("An",), 80, 40)]


def test_an_empty_population_has_no_moves() -> None:
    impact = found(team=[])
    assert (impact.count, impact.moves, impact.matrix) == (0, (), {})
    assert "0 of 0 ratings in the population change" in impact.text()


def test_rulebooks_without_bands_move_by_score_and_status() -> None:
    old, new = (
        {key: value for key, value in book.items() if key not in ("bands", "overrides")} for book in (OLD, NEW)
    )
    impact = found(old=old, new=new)
    assert impact.levels == ("rated", "not_rated", "error")
    assert impact.rated_otherwise == ()
    assert len(impact.moves) == 3
    assert (impact.better, impact.worse) == (0, 0)


def test_the_population_shows_what_no_search_has_shown() -> None:
    hidden = "done / 10 if mod(n * 7919 + 13, 1000003) != 77 else 0.1"
    open_ = "done / 10 if mod(n * 7919 + 13, 1000003) != 78 else 0.1"
    inputs = {**OLD["inputs"], "n": {"type": "integer", "min": 0, "max": 10**9}}
    old, new = (
        OLD | {"inputs": inputs, "criteria": {"work": {"max": 100, "rate": rate}}} for rate in (hidden, open_)
    )
    new = new | {"overrides": NEW["overrides"]}
    number = pow(7919, -1, 1000003) * (78 - 13) % 1000003
    impact = found(old=old, new=new, team=[{"name": "An", "done": 9, "late": 0, "n": number}], ignore=())
    found_out = {one.ref: one.significance for one in impact.comparison.differences}["criteria.work"]
    assert found_out.ratings == "differ"
    assert f'"n": {number}' in found_out.witness
    assert (found_out.old, found_out.new) == ("score 90, band `good`", "score 10, band `poor`")


def test_data_is_everything_for_json() -> None:
    data = found(group="unit", ignore=()).data()
    assert data["matrix"][0] == {"old": "good", "new": "good", "count": 1}
    assert data["groups"]["b"][-1] == {"old": "error", "new": "error", "count": 1}
    assert data["moves"][1]["difference"] == "9"
    assert data["effects"][0]["refs"] == ["criteria.work"]
    assert data["refusals"][0]["key"] == ["Em"]
    assert data["comparison"]["is_same"] is False


def test_changes_that_cannot_be_applied_alone_are_one_effect() -> None:
    halves = {"a": {"max": 50, "weight": 0.5, "rate": 1}, "b": {"max": 50, "weight": 0.5, "rate": "done / 10"}}
    other = {"a": {**halves["a"], "weight": 0.4}, "b": {**halves["b"], "weight": 0.6}}
    score = {"combine": "mean", **OLD["score"]}
    old = OLD | {"criteria": halves, "score": score}
    impact = found(old=old, new=old | {"criteria": other, "bands": NEW["bands"]})
    assert [one.refs for one in impact.effects] == [("criteria.a", "criteria.b"), ("bands.good",)]
    assert "criteria.a + criteria.b" in impact.text()


def test_what_looks_renamed_is_one_effect() -> None:
    bands = {"good": {"from": 70}, "middling": {"from": 40}, "poor": {"from": 0}}
    overrides = {"late": {"when": "late >= 5", "band_at_most": "middling"}}
    impact = found(new=OLD | {"bands": bands, "overrides": overrides})
    (effect,) = impact.effects
    assert effect.refs == ("bands.middling", "overrides.late", "bands.fair")


def test_a_status_that_is_called_as_a_band_is_told_apart() -> None:
    old = {
        "kpirules": 1,
        "id": "names",
        "inputs": {"x": {"type": "integer", "min": 0, "max": 10}},
        "exemptions": {"away": {"when": "x == 3", "status": "good"}, "off": {"when": "x == 4", "status": "error"}},
        "criteria": {"work": {"max": 100, "rate": "x / 10"}},
        "bands": {"good": {"from": 50}, "sum": {"from": 0}},
    }
    new = old | {"exemptions": {"away": {"when": "x == 6", "status": "good"}}}
    impact = kr.impact(kr.load(old), kr.load(new), [{"x": n} for n in (3, 4, 6, 11)])
    assert impact.levels == ("good", "sum", "error (status)", "good (status)", "error")
    assert impact.matrix == {
        ("good (status)", "sum"): 1,
        ("error (status)", "sum"): 1,
        ("good", "good (status)"): 1,
        ("error", "error"): 1,
    }
    assert [(move.old, move.new) for move in impact.rated_otherwise] == list(impact.matrix)[:3]
    assert (impact.better, impact.worse) == (0, 0)
    assert "  (sum) " in impact.text()


def test_a_band_that_is_called_error_is_none() -> None:
    rules = OLD | {"bands": {"error": {"from": 70}, "poor": {"from": 0}}, "overrides": {}}
    impact = kr.impact(kr.load(rules), kr.load(rules), [{"done": 8, "late": 0}, {"done": 11, "late": 0}])
    assert impact.matrix == {("error", "error"): 1, ("error (no answer)", "error (no answer)"): 1}
