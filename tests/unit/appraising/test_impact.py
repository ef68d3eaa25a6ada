"""Whose ratings change in an appraisal: in the stage whose rules change, and in those that take from it."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal

from kpirules.appraising import StageMove, appraisal_impact

from .books import APPRAISAL, BOOKS, loaded, tables


def test_a_change_in_one_stage_moves_subjects_of_the_stages_that_take_from_it() -> None:
    stricter = deepcopy(BOOKS["unit"]) | {"bands": {"good": {"from": 8}, "poor": {"from": 0}}}
    found = appraisal_impact(loaded(), loaded(unit=stricter), tables())
    assert dict(found.counts) == {"unit": 6, "month": 6, "year": 2}
    assert {move.stage for move in found.moves} <= {"unit", "month", "year"}
    assert appraisal_impact(loaded(), loaded(), tables()).moves == ()


def test_moves_are_told() -> None:
    given = {**tables(), "unit": [{"unit": unit, "month": m, "done": 6} for unit in ("A", "BB") for m in (1, 2, 10)]}
    stricter = deepcopy(BOOKS["unit"]) | {"bands": {"good": {"from": 7}, "poor": {"from": 0}}}
    found = appraisal_impact(loaded(), loaded(unit=stricter), given)
    assert [move.stage for move in found.moves] == ["unit"] * 6 + ["month"] * 6 + ["year"] * 2
    first, month, year = found.moves[0], found.moves[6], found.moves[-1]
    assert (first.key, first.old, first.new, first.old_score) == (("A", "1"), "good", "poor", Decimal(6))
    assert (month.key, month.old_score, month.new_score) == (("An", "10"), Decimal(5), Decimal(1))
    assert (year.key, year.old, year.new, year.outputs) == (("Bình",), "rated", "rated", ("total",))
    assert year not in found.rated_otherwise
    assert found.text().splitlines()[0] == "unit: 6 of 6 ratings in the population change, 6 with scores and outputs"
    assert str(found).endswith("  year Bình: rated → rated, other total\n")
    assert repr(found) == "<AppraisalImpact 3 stages · 14 moves>"
    assert repr(month) == "<StageMove month · An, 10 · good → poor>"
    assert str(month) == "month An, 10: good → poor (5 → 1)"
    assert found.data()["moves"][6]["new_score"] == "1"


def test_a_stage_or_a_row_that_only_one_has() -> None:
    without = deepcopy(APPRAISAL)
    del without["stages"]["year"]
    fewer = {"unit": tables()["unit"], "month": tables()["month"][1:]}
    found = appraisal_impact(loaded(), loaded(without), tables(), new_tables=fewer)
    assert [(move.stage, move.new) for move in found.moves] == [("month", ""), ("year", ""), ("year", "")]


def test_rows_in_error_are_told() -> None:
    wrong = {**tables(), "unit": [*tables()["unit"][:-1], {"unit": "BB", "month": 10, "done": 99}]}
    found = appraisal_impact(loaded(), loaded(), tables(), new_tables=wrong)
    assert StageMove("unit", ("BB", "10"), "good", "error", Decimal("2"), None, ("doubled",)) != found.moves[0]
    assert found.moves[0].new == "error"
