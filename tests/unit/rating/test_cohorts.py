"""Cohorts: cohort functions, members that count, refused input, and reports of members' faults."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import kpirules as kr
from kpirules.kernel.exact import parse_text
from kpirules.language.expressions import COHORT_FUNCTIONS

HOURS = [{"hours": 1}, {"hours": 2}, {"hours": 6}]
INPUT = {"hours": {"type": "integer", "min": 0, "max": 40}}


def load(**parts: Any) -> kr.Program:
    return kr.load({"kpirules": 1, "inputs": INPUT, "cohort": {"max_members": 100}, **parts})


@pytest.mark.parametrize("name", COHORT_FUNCTIONS)
@pytest.mark.parametrize("engine", ["scalar", "reference"])
def test_the_example_of_a_function_gives_what_its_row_says(name: str, engine: str) -> None:
    call, gives = COHORT_FUNCTIONS[name].example
    found = kr.assess_cohort(load(outputs={"y": call}), HOURS, engine=engine)
    assert found["1"].outputs["y"] == parse_text(gives)


def test_members_without_names_are_named_by_their_place() -> None:
    assert list(kr.assess_cohort(load(outputs={"y": "cohort_count()"}), iter(HOURS))) == ["0", "1", "2"]


@pytest.mark.parametrize("members", ["An", b"An", 3])
def test_what_is_no_collection_of_subjects_is_refused(members: Any) -> None:
    with pytest.raises(TypeError, match="members must be a mapping by name"):
        kr.assess_cohort(load(outputs={"y": "cohort_count()"}), members)


def test_half_of_a_character_is_no_name() -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        kr.assess_cohort(load(outputs={"y": "cohort_count()"}), {"An\ud83d": {"hours": 1}})
    assert str(refused.value) == (
        "the name of members[An<U+D83D>] has half of a character, U+D83D, which no file can hold"
    )


def test_there_are_two_engines() -> None:
    with pytest.raises(ValueError, match="there is no engine `fast`"):
        kr.assess_cohort(load(outputs={"y": "cohort_count()"}), HOURS, engine="fast")


def test_nobody_at_all_is_rated() -> None:
    assert dict(kr.assess_cohort(load(outputs={"y": "cohort_avg(hours)"}), {})) == {}


def test_problems_of_all_members_are_told_with_their_names() -> None:
    with pytest.raises(kr.SubjectError) as refused:
        kr.assess_cohort(load(outputs={"y": "cohort_avg(hours)"}), {"An": {"hours": 99}, "Bình": {}})
    assert [one.path for one in refused.value.report] == ["members[An].hours", "members[Bình].hours"]


def test_where_very_many_problems_end_the_look_at_members_that_is_told() -> None:
    with pytest.raises(kr.SubjectError) as refused:
        kr.assess_cohort(load(outputs={"y": "cohort_avg(hours)"}), [{}] * 5_000)
    assert len(refused.value.report) == 1_000
    assert list(refused.value.report)[-1].notes == (
        "there are too many problems: nothing after members[999] was checked",
    )


@pytest.mark.parametrize("engine", ["scalar", "reference"])
@pytest.mark.parametrize(
    "outputs",
    [
        {"y": "cohort_avg(1 / hours)"},
        {"y": "cohort_avg(score + 1 / hours)"},
        {"y": "1 / hours + cohort_avg(score)"},
    ],
)
def test_a_fault_is_told_of_its_member_wherever_it_happens(engine: str, outputs: dict[str, str]) -> None:
    program = load(criteria={"work": {"max": 40, "points": "hours"}}, outputs=outputs)
    with pytest.raises(kr.FaultError) as refused:
        kr.assess_cohort(program, {"An": {"hours": 1}, "Bình": {"hours": 0}}, engine=engine)
    (found,) = refused.value.report
    assert (found.code, found.notes) == ("KR620", ("for members[Bình]",))


@pytest.mark.parametrize("engine", ["scalar", "reference"])
def test_a_member_undefined_before_its_rating_does_not_count(engine: str) -> None:
    program = load(
        tables={"open_": {"steps": [{"from": 2, "value": 1}, {"undefined": True}]}},
        exemptions={"one": {"when": "open_(hours) == 2", "status": "never"}},
        outputs={"y": "cohort_count()"},
    )
    found = kr.assess_cohort(program, HOURS, engine=engine)
    assert [one.status for one in found.values()] == ["undefined", "rated", "rated"]
    assert found["1"].outputs["y"] == Fraction(2)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"validations": {"v": {"that": "cohort_count() > 1"}}}, "KR440"),
        ({"parameters": {"p": "cohort_count()"}, "outputs": {"y": "p"}}, "KR440"),
        ({"outputs": {"y": "cohort_avg(hours > 1)"}}, "KR220"),
        ({"outputs": {"y": "cohort_avg(band)"}}, "KR240"),
        ({"let": {"m": "cohort_avg(score)"}, "outputs": {"y": "m"}}, "KR240"),
        ({"outputs": {"y": "default(cohort_avg(hours), 0)"}}, "KR231"),
    ],
)
def test_what_can_not_be_compared_is_refused(parts: dict[str, Any], code: str) -> None:
    report = kr.check({"kpirules": 1, "inputs": INPUT, **parts})
    assert code in {one.code for one in report}


def test_one_subject_is_not_assessed_without_its_cohort() -> None:
    with pytest.raises(kr.SubjectError, match="KR640"):
        kr.assess(load(outputs={"y": "cohort_avg(hours)"}), {"hours": 1})


def test_an_explanation_says_over_how_many_members() -> None:
    found = kr.assess_cohort(load(outputs={"y": "cohort_avg(hours)"}), [*HOURS, {"hours": 8}])["0"]
    (line,) = next(one for one in kr.explain(found).sections if one.id == "cohort").children
    assert (line.id, line.amount, line.remark) == ("cohort_avg(hours)", "4.25", "over 4 members")
