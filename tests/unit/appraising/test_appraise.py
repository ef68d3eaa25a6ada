"""The values that stages take from each other, and rows for which that fails."""

from __future__ import annotations

import pickle
from copy import deepcopy
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kpirules as kr
from kpirules.appraising import key_text
from kpirules.appraising.names import order_of, reads_as
from kpirules.language.model import BooleanDomain, NumberDomain, TextDomain

from .books import APPRAISAL, BOOKS, loaded, tables


def codes(done: kr.Appraised) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """Return the codes of every error by stage and key."""
    return {(stage, error.key): [one.code for one in error.report] for stage, error in done.errors}


def with_rows(**rows: Any) -> dict[str, Any]:
    return {**tables(), **rows}


# -- what is taken --------------------------------------------------------------------------------


def test_stages_run_in_the_order_in_which_they_need_each_other() -> None:
    assert loaded().order == (("unit",), ("month",), ("year",))


def test_a_value_is_taken_from_the_one_assessment_that_matches() -> None:
    done = kr.appraise(loaded(), tables())
    month = done.stages["month"].assessments
    assert month["An", "1"].points["of_unit"] == 1
    assert month["Bình", "2"].points["of_unit"] == 1
    assert done.stages["unit"].assessments["A", "10"].band == "poor"
    assert month["An", "10"].outputs["extra"] == 2
    assert not done.errors


def test_a_list_is_taken_from_all_that_match_in_the_order_of_their_keys() -> None:
    done = kr.appraise(loaded(), tables())
    months = done.stages["month"].assessments
    total = sum(Fraction(months["An", str(m)].score or 0) * m for m in (1, 2, 10))
    assert done.stages["year"].assessments["An",].outputs == {"total": total, "months_rated": 3}


def test_an_unrated_subject_gives_an_absent_score_and_a_status() -> None:
    rows = with_rows()
    rows["month"][0]["away"] = True
    done = kr.appraise(loaded(), rows)
    assert done.stages["month"].assessments["An", "10"].status == "away"
    assert done.stages["year"].assessments["An",].outputs["months_rated"] == 2
    assert done.summary.stages["month"].unrated == (("An, 10", "away", "exemptions.away"),)


def test_no_matching_assessment_gives_an_empty_list() -> None:
    done = kr.appraise(loaded(), with_rows(year=[{"person": "Chi"}]))
    assert done.stages["year"].assessments["Chi",].outputs == {"total": 0, "months_rated": 0}


def test_keys_match_by_what_they_say_whatever_their_type() -> None:
    rows = with_rows()
    for row, month in zip(rows["month"], (10.0, Decimal("2.0"), Fraction(1), "10", "2", True), strict=True):
        row["month"] = month
    done = kr.appraise(loaded(), rows)
    assert list(codes(done)) == [("month", ("Bình", "true")), ("year", ("Bình",))]
    assert done.stages["month"].assessments["An", "10"].band == "poor"


def test_inputs_are_read_with_their_defaults_and_outputs_by_their_own_name_too() -> None:
    appraisal = deepcopy(APPRAISAL)
    appraisal["stages"]["month"]["take"] = {
        "unit_band": {"stage": "unit", "value": "outputs.best", "match": ["unit", "month"]},
        "away": {"stage": "unit", "value": "closed", "match": ["unit", "month"]},
        "bonus": {"stage": "unit", "value": "exact_score", "match": ["unit", "month"]},
    }
    unit = {**BOOKS["unit"], "outputs": {"best": "band", "doubled": "score * 2"}}
    done = kr.appraise(loaded(appraisal, unit=unit), tables())
    assert done.stages["month"].assessments["An", "1"].outputs["extra"] == 2
    assert not done.errors


def test_a_value_may_come_from_several_stages_where_one_has_it() -> None:
    appraisal = deepcopy(APPRAISAL)
    appraisal["stages"]["branch"] = {"rulebook": "unit", "key": ["unit", "month"]}
    appraisal["stages"]["month"]["take"]["unit_band"]["stage"] = ["unit", "branch"]
    program = loaded(appraisal)
    assert [one.code for one in program.report] == ["KR814"]
    rows = with_rows(branch=[{"unit": "C", "month": 1, "done": 9}])
    rows["month"].append({"person": "Chi", "month": 1, "unit": "C", "own": 0})
    done = kr.appraise(program, rows)
    assert done.stages["month"].assessments["Chi", "1"].score == 5
    rows["branch"].append({"unit": "A", "month": 1, "done": 9})
    assert codes(kr.appraise(program, rows))["month", ("An", "1")] == ["KR853"]


CHAIN: dict[str, Any] = {
    "kpirules": 1,
    "appraisal": "chain",
    "stages": {
        "unit": {"rulebook": "unit", "key": ["unit"]},
        "staff": {
            "rulebook": "staff",
            "key": ["person", "unit"],
            "take": {"of_unit": {"stage": "unit", "value": "score", "match": ["unit"]}},
        },
        "person": {
            "rulebook": "listed",
            "key": ["person"],
            "take": {"found": {"stage": "staff", "each": {"points": "of_unit"}, "match": ["person"]}},
        },
        "level": {
            "rulebook": "listed",
            "key": ["of_unit"],
            "take": {"found": {"stage": "staff", "each": {"points": "own"}, "match": ["of_unit"]}},
        },
    },
}
CHAIN_BOOKS: dict[str, Any] = {
    "unit": {**BOOKS["unit"], "outputs": {}},
    "staff": {
        "kpirules": 1,
        "inputs": {
            "of_unit": {"type": "number", "min": 0, "max": 9, "decimals": 2},
            "own": {"type": "integer", "min": 0, "max": 9},
            "area": {"type": "choice", "options": ["n", "s"], "optional": True},
        },
        "outputs": {"both": "of_unit + own", "where": "area == 'n' if given(area) else False"},
    },
    "listed": {
        "kpirules": 1,
        "inputs": {"found": {"type": "list", "fields": {"points": {"type": "integer", "min": 0, "max": 9}}}},
        "outputs": {"count": "count(found)", "sum": "sum(one.points for one in found)"},
    },
}


def chained(**rows: Any) -> kr.Appraised:
    given = {
        "unit": [{"unit": "A", "done": 7}, {"unit": "B", "done": 2}],
        "staff": [{"person": "An", "unit": "A", "own": 3}, {"person": "Bình", "unit": "B", "own": 4}],
        "person": [{"person": "An"}, {"person": "Bình"}],
        "level": [{"of_unit": 7}, {"of_unit": 2}],
    }
    return kr.appraise(loaded(CHAIN, **CHAIN_BOOKS), {**given, **rows})


def test_an_input_that_is_taken_is_read_by_later_stages_and_found_by_it() -> None:
    done = chained()
    assert not done.errors
    sums = {
        stage: [one.outputs["sum"] for one in done.stages[stage].assessments.values()]
        for stage in CHAIN["stages"]
        if stage in ("person", "level")
    }
    assert sums == {"person": [7, 2], "level": [3, 4]}


# -- rows that can't be filled --------------------------------------------------------------------


def test_an_error_affects_only_the_rows_that_depend_on_it() -> None:
    rows = with_rows()
    rows["unit"][0]["done"] = 12
    done = kr.appraise(loaded(), rows)
    assert codes(done) == {
        ("unit", ("A", "1")): ["KR604"],
        ("month", ("An", "1")): ["KR855", "KR855"],
        ("year", ("An",)): ["KR855"],
    }
    assert set(done.stages["year"].assessments) == {("Bình",)}


def told(done: kr.Appraised) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """Return the messages of every error by stage and key."""
    return {(stage, error.key): [one.message for one in error.report] for stage, error in done.errors}


def test_an_error_that_does_not_tell_whom_it_matches_stops_all_whom_it_may_concern() -> None:
    done = chained(unit=[{"unit": "A", "done": 7}, {"unit": "B", "done": 12}])
    bình = "which could not be assessed"
    assert told(done) == {
        ("unit", ("B",)): ["`done` is 12, above 9"],
        ("staff", ("Bình", "B")): [f"`of_unit` is taken from (B) of stage `unit`, {bình}"],
        ("person", ("Bình",)): [f"`found` is taken from (Bình, B) of stage `staff`, {bình}"],
        # Its unit has no score: it may be anyone's.
        ("level", ("7",)): [f"`found` may be taken from (Bình, B) of stage `staff`, {bình}"],
        ("level", ("2",)): [f"`found` may be taken from (Bình, B) of stage `staff`, {bình}"],
    }


def test_a_row_without_a_key_may_match_anything() -> None:
    rows = [{"person": "An", "unit": "A", "own": 3}, {"person": None, "unit": "B", "own": 4}]
    done = chained(staff=rows)
    assert told(done) == {
        ("staff", ()): ["`person` is part of the key, but missing"],
        ("person", ("An",)): ["`found` may be taken from row 2 of stage `staff`, which could not be assessed"],
        ("person", ("Bình",)): ["`found` may be taken from row 2 of stage `staff`, which could not be assessed"],
        # What it takes is known all the same.
        ("level", ("2",)): ["`found` is taken from row 2 of stage `staff`, which could not be assessed"],
    }


def test_a_part_of_the_key_that_is_not_given_may_be_anything_whatever_the_input_says() -> None:
    appraisal = deepcopy(CHAIN)
    appraisal["stages"]["staff"]["key"] = ["person", "unit", "area"]
    level = appraisal["stages"]["level"]
    level["key"], level["take"]["found"]["match"] = ["area"], ["area"]
    rows = {
        "unit": [{"unit": "A", "done": 7}],
        "staff": [{"person": "An", "unit": "A", "own": 3}],
        "person": [],
        "level": [{"area": "n"}, {"area": "s"}],
    }
    done = kr.appraise(loaded(appraisal, **CHAIN_BOOKS), rows)
    assert codes(done) == {("staff", ()): ["KR850"], ("level", ("n",)): ["KR855"], ("level", ("s",)): ["KR855"]}


def by_area(area: object, **more: Any) -> list[tuple[str, ...]]:
    """Return the rows in error, if one row of `staff` with an area is in error."""
    appraisal = deepcopy(CHAIN)
    level = appraisal["stages"]["level"]
    level["key"], level["take"]["found"]["match"] = ["area"], ["area"]
    rows = {
        "unit": [{"unit": "A", "done": 7}],
        "staff": [{"person": "An", "unit": "A", "own": 99, "area": area, **more}],
        "person": [],
        "level": [{"area": "n"}, {"area": "s"}],
    }
    return list(codes(kr.appraise(loaded(appraisal, **CHAIN_BOOKS), rows)))


@pytest.mark.parametrize(
    ("area", "stopped"),
    [("n", ["n"]), ("x", ["n", "s"]), (3, ["n", "s"]), (None, [])],
    ids=["told", "no-option", "no-text", "absent"],
)
def test_what_is_not_valid_may_be_anything_and_what_may_be_absent_is(area: object, stopped: list[str]) -> None:
    assert by_area(area) == [("staff", ("An", "A")), *(("level", (one,)) for one in stopped)]


def test_a_failed_row_of_unknown_variant_may_match_anything() -> None:
    staff = deepcopy(CHAIN_BOOKS["staff"])
    staff["inputs"]["post"] = {"type": "choice", "options": ["head", "clerk"]}
    staff |= {"variant_by": "post", "variants": {"head": {"title": "Heads"}, "clerk": {"title": "Clerks"}}}
    rows = {
        "unit": [{"unit": "A", "done": 7}],
        "staff": [{"person": "An", "unit": "A", "own": 3, "post": "boss"}],
        "person": [],
        "level": [{"of_unit": 7}, {"of_unit": 8}],
    }
    done = kr.appraise(loaded(CHAIN, **{**CHAIN_BOOKS, "staff": staff}), rows)
    assert [key for _, key in codes(done)] == [("An", "A"), ("7",), ("8",)]


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"stage": ["unit", "unit"]}, "stages.month.take.unit_band.stage[1]", "duplicate stage `unit`"),
        (
            {"match": ["unit", "month", "unit"]},
            "stages.month.take.unit_band.match[2]",
            "duplicate column `unit`",
        ),
    ],
)
def test_what_is_taken_names_each_stage_and_column_once(change: dict[str, Any], path: str, message: str) -> None:
    appraisal = deepcopy(APPRAISAL)
    appraisal["stages"]["month"]["take"]["unit_band"] |= change
    with pytest.raises(kr.RulebookError) as refusal:
        loaded(appraisal)
    assert [(one.code, one.path, one.message) for one in refusal.value.report.errors] == [("KR140", path, message)]


def test_a_key_is_not_named_like_a_column_of_the_results() -> None:
    appraisal = deepcopy(APPRAISAL)
    appraisal["stages"]["year"]["key"] = ["person", "error"]
    with pytest.raises(kr.RulebookError) as refusal:
        loaded(appraisal)
    (found,) = refusal.value.report.errors
    assert (found.code, found.message) == (
        "KR809",
        "`error` can't be part of the key: the results have a column of that name",
    )


def test_an_exemption_makes_what_could_not_be_taken_needless() -> None:
    rows = with_rows()
    rows["month"][0] |= {"unit": "Z", "away": True}
    done = kr.appraise(loaded(), rows)
    assert not done.errors
    assert done.stages["month"].assessments["An", "10"].status == "away"


def test_an_optional_input_for_which_nothing_matches_is_absent() -> None:
    rows = with_rows()
    rows["month"][0]["unit"] = "Z"
    found = codes(kr.appraise(loaded(), rows))
    assert found["month", ("An", "10")] == ["KR852"]


def test_an_absent_source_value_is_absent_or_an_error() -> None:
    rows = with_rows()
    rows["unit"][2] |= {"closed": True}
    assert codes(kr.appraise(loaded(), rows))["month", ("An", "10")] == ["KR854"]


def test_an_input_both_given_and_taken_is_refused() -> None:
    rows = with_rows()
    rows["month"][0]["bonus"] = 3
    rows["month"][1]["bonus"] = None
    assert codes(kr.appraise(loaded(), rows)) == {("month", ("An", "10")): ["KR856"], ("year", ("An",)): ["KR855"]}


def test_every_problem_of_a_row_is_told_at_once() -> None:
    rows = with_rows()
    rows["month"][0] |= {"unit": "Z", "own": 9, "owm": 1}
    assert codes(kr.appraise(loaded(), rows))["month", ("An", "10")] == ["KR601", "KR604", "KR852"]


def test_an_absent_value_matches_nothing() -> None:
    rows = with_rows()
    del rows["month"][0]["unit"]
    assert codes(kr.appraise(loaded(), rows))["month", ("An", "10")] == ["KR602", "KR852"]


def test_rows_without_a_key_and_with_one_key_are_refused() -> None:
    rows = with_rows(year=[{"person": "An"}, {"person": "An"}, {}, {"person": float("nan")}, {"person": "Bình"}])
    done = kr.appraise(loaded(), rows)
    assert [(error.row, error.key, error.report.errors[0].code) for _, error in done.errors] == [
        (0, ("An",), "KR851"),
        (1, ("An",), "KR851"),
        (2, (), "KR850"),
        (3, (), "KR850"),
    ]
    assert done.summary.stages["year"].errors[2] == ("row 3", "KR850 `person` is part of the key, but missing")


def test_a_key_with_half_of_a_character_is_refused() -> None:
    done = kr.appraise(loaded(WORK, tasks=TASKS), {"staff": [{"person": "A\ud83d", "tasks": []}]})
    ((stage, error),) = done.errors
    (diagnostic,) = error.report
    assert (stage, error.key) == ("staff", ())
    assert (diagnostic.code, diagnostic.path) == ("KR603", "person")
    assert diagnostic.message == "`person` is a key with half of a character, U+D83D"


def test_an_absent_required_field_names_the_record_it_comes_from() -> None:
    year = deepcopy(BOOKS["year"])
    del year["inputs"]["monthly"]["fields"]["score"]["optional"]
    year["outputs"]["total"] = "sum(m.score for m in monthly)"
    rows = with_rows()
    rows["month"][0]["away"] = True
    done = kr.appraise(loaded(year=year), rows)
    (report,) = [error.report for stage, error in done.errors if stage == "year"]
    assert [one.path for one in report] == ["monthly[2].score"]
    assert "(An, 10) of stage `month`" in report.errors[0].message


# -- tables ---------------------------------------------------------------------------------------


def test_tables_are_data_frames_or_mappings_and_give_the_same() -> None:
    frames = {name: pd.DataFrame(rows) for name, rows in tables().items()}
    assert kr.appraise(loaded(), frames) == kr.appraise(loaded(), tables())


def test_the_reference_engine_gives_the_same_results() -> None:
    assert kr.appraise(loaded(), tables(), engine="reference") == kr.appraise(loaded(), tables())


TASKS = {
    "kpirules": 1,
    "inputs": {"tasks": {"type": "list", "fields": {"hours": {"type": "integer", "min": 0, "max": 99}}}},
    "outputs": {"hours_worked": "sum(t.hours for t in tasks)"},
}
WORK = {"kpirules": 1, "appraisal": "work", "stages": {"staff": {"rulebook": "tasks", "key": ["person"]}}}


def test_records_of_a_list_may_stand_in_a_table_of_their_own() -> None:
    program = loaded(WORK, tasks=TASKS)
    records = [{"person": "An", "hours": 3}, {"person": "An", "hours": 4}]
    done = kr.appraise(program, {"staff": [{"person": "An"}, {"person": "Bình"}], "staff.tasks": records})
    hours = {key: one.outputs["hours_worked"] for key, one in done.stages["staff"].assessments.items()}
    assert hours == {("An",): 7, ("Bình",): 0}
    strange = [{"person": "An", "hours": 3, "huors": 4}]
    assert codes(kr.appraise(program, {"staff": [{"person": "An"}], "staff.tasks": strange})) == {
        ("staff", ("An",)): ["KR601"]
    }


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"staff": [], "stuff": []}, "there is no stage `stuff`; did you mean `staff`?"),
        ({"staff": [], "staff.task": []}, "stage `staff` has no list input `task`; did you mean `tasks`?"),
        ({}, "there is no table for stage `staff`; it may be empty"),
        (
            {"staff": [], "staff.tasks": [{"hours": 1}]},
            "records of `tasks` match no row of stage `staff`: (absent)",
        ),
        (
            {"staff": [{"person": "Bình"}], "staff.tasks": [{"person": "Bi\u0300nh", "hours": 1}]},
            "records of `tasks` match no row of stage `staff`: (Bi\u0300nh); there is (Bình): "
            "the letters are the same in another Unicode form (NFC, NFD)",
        ),
        (
            {"staff": [{"person": "An", "tasks": None}, {"person": "B", "tasks": []}], "staff.tasks": []},
            "row 2 of stage `staff`: `tasks` is given both here and by `staff.tasks`; give it once",
        ),
    ],
)
def test_a_table_that_belongs_nowhere_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=r".") as refusal:
        kr.appraise(loaded(WORK, tasks=TASKS), given)
    assert str(refusal.value) == told


def test_records_of_a_rulebook_without_lists_are_refused() -> None:
    with pytest.raises(ValueError, match="stage `unit` has no list input `tasks`; there is none"):
        kr.appraise(loaded(), {**tables(), "unit.tasks": []})


# -- values ---------------------------------------------------------------------------------------


class Kind(Enum):
    """A kind of subject."""

    A = "a"
    ONE = 1


def test_keys_have_texts() -> None:
    texts = [key_text(value) for value in (Kind.A, Kind.ONE, "", None, [], date(2026, 1, 2), Kind, 0.5, 1e400)]
    assert texts == ["a", "1", None, None, None, "2026-01-02", None, "0.5", None]


def test_a_day_and_a_boolean_of_other_libraries_have_the_text_of_ones_own() -> None:
    midnight, later = datetime(2026, 1, 2), datetime(2026, 1, 2, 10)
    days = [midnight, pd.Timestamp(midnight), np.datetime64("2026-01-02"), np.datetime64(midnight), later, pd.NaT]
    assert [key_text(day) for day in days] == [*["2026-01-02"] * 4, "2026-01-02T10:00:00", None]
    assert [key_text(value) for value in (np.True_, np.False_, pd.NA)] == ["true", "false", None]


class Named(str):
    """A text of a class of its own."""

    __slots__ = ()


def test_a_subclass_of_str_is_a_text() -> None:
    assert key_text(Named("An")) == "An"
    assert key_text(Named("")) is None


def test_keys_are_ordered_by_size_and_texts_come_last() -> None:
    keys = [("b",), ("1" + "0" * 5_000,), ("10",), ("009",), ("²",), ("0",)]
    assert sorted(keys, key=order_of) == [("0",), ("009",), ("10",), ("1" + "0" * 5_000,), ("b",), ("²",)]


def test_a_key_becomes_what_the_input_takes_where_it_says_that() -> None:
    assert reads_as("true", BooleanDomain()) is True
    assert reads_as("maybe", BooleanDomain()) == "maybe"
    assert reads_as("1", TextDomain()) == "1"
    assert reads_as(1, NumberDomain()) == 1


def test_results_are_frozen_and_picklable_with_a_summary() -> None:
    done = kr.appraise(loaded(), tables())
    assert pickle.loads(pickle.dumps(done)) == done
    assert done.summary.to_data()["stages"]["unit"]["bands"] == {"good": 0, "poor": 6}
    assert done.summary.text().splitlines()[:3] == [
        "commune",
        "unit: 6 rows, 6 rated, 0 in error",
        "  good 0, poor 6",
    ]


def test_keys_command_no_terminal_and_break_no_line_of_a_summary() -> None:
    rows = with_rows(year=[{"person": "An\n\x1b[31m", "monthly": []}])
    stage = kr.appraise(loaded(), rows).summary.stages["year"]
    assert stage.text().splitlines()[-1].startswith("  An␊␛[31m: KR856")
    assert stage.errors[0][0] == "An\n\x1b[31m"


def test_a_long_list_is_cut_in_the_text_and_whole_in_the_data() -> None:
    rows = with_rows(year=[{"person": ""} for _ in range(25)])
    stage = kr.appraise(loaded(), rows).summary.stages["year"]
    assert stage.text().splitlines()[-1] == "  … and 5 more"
    assert len(stage.to_data()["errors"]) == 25


def test_a_source_in_which_what_is_matched_is_absent_matches_nobody() -> None:
    unit = deepcopy(BOOKS["unit"])
    unit["inputs"]["area"] = {"type": "text", "optional": True}
    unit["outputs"]["has_area"] = "given(area)"
    appraisal = deepcopy(APPRAISAL)
    person = deepcopy(BOOKS["person"])
    person["inputs"]["area"] = {"type": "text"}
    person["outputs"]["of_area"] = "area == 'north'"
    take = {"stage": "unit", "value": "band", "match": ["area", "month"]}
    appraisal["stages"]["month"]["take"] = {"unit_band": {**take, "allow": {"KR814": "An area has one unit here"}}}
    rows = with_rows(year=[])
    rows["unit"] = [row | ({"area": "north"} if row["unit"] == "A" else {}) for row in rows["unit"]]
    rows["month"] = [row | {"area": "north"} for row in rows["month"][:3]]
    done = kr.appraise(loaded(appraisal, unit=unit, person=person), rows)
    assert not done.errors
    assert [one.points["of_unit"] for one in done.stages["month"].assessments.values()] == [1, 1, 1]
