"""The order of stages, circles among them, and documents that are no appraisals."""

from __future__ import annotations

from pathlib import Path

import pytest

import kpirules as kr
from kpirules.documents import build_appraisal, read_text
from kpirules.language.model import Stage, Take
from kpirules.language.model.appraisal import cycle, units
from kpirules.loading.appraisals import is_appraisal_file

from .books import APPRAISAL, loaded


def stage(name: str, *sources: str, together: tuple[str, ...] = ()) -> Stage:
    return Stage(name, name, take=tuple(Take(of, (of,), "score") for of in sources), allocate_with=together)


def test_stages_wait_for_those_that_they_take_from_and_come_by_name_otherwise() -> None:
    stages = (stage("d"), stage("a", "c"), stage("c", "d"), stage("b"))
    assert units(stages) == units(stages[::-1]) == (("b",), ("d",), ("c",), ("a",))
    assert cycle(stages) == ()


def test_stages_that_are_allocated_together_wait_for_one_another() -> None:
    stages = (
        stage("a", together=("b",)),
        stage("b", "c", together=("a", "d")),
        stage("c"),
        stage("d"),
        stage("e", "a"),
    )
    assert units(stages) == (("c",), ("a", "b", "d"), ("e",))


def test_a_circle_is_found_behind_what_leads_to_it() -> None:
    assert cycle((stage("a", "b"), stage("b", "c"), stage("c", "d", "b"), stage("d"))) == ("b", "c", "b")
    assert cycle((stage("a", "b", "c"), stage("b", "c"), stage("c"))) == ()
    assert cycle((stage("a", "b", together=("c",)), stage("b", "c"), stage("c"))) == ("a with c", "b", "a with c")


def test_a_stage_is_found_by_its_name() -> None:
    program = loaded()
    assert program.id == "commune"
    assert program.stage("unit").key == ("unit", "month")
    assert program.readers("unit") == ("month",)
    assert program.appraisal.order == program.order
    with pytest.raises(KeyError):
        program.stage("none")


def test_an_appraisal_is_a_value() -> None:
    assert loaded() == loaded()
    assert hash(loaded().appraisal) == hash(loaded().appraisal)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("kpirules: 1\nappraisal: a\n", ["KR120"]),
        ("kpirules: 1\nappraisal: a\nstages: 5\n", ["KR121"]),
        ("kpirules: 1\nappraisal: a\nstages: {}\n", ["KR150"]),
        ("kpirules: 1\nstages: {a: {rulebook: b, key: [c]}}\n", ["KR120"]),
        ("kpirules: 1\nappraisal: a\nstages: {a: 5, b: {rulebook: b, key: [c], allocate_with: [a]}}\n", ["KR121"]),
        ("kpirules: 1\nappraisal: a\nstages: {a: {rulebook: b, key: [c], takes: {}}}\n", ["KR803", "KR103"]),
        ("kpirules: 1\nappraisal: a\ninputs: {}\nstages: {a: {rulebook: b, key: [c]}}\n", ["KR103", "KR803"]),
        (
            "kpirules: 1\nappraisal: a\nstages: {a: {rulebook: b, key: [c], take: {x: {stage: a, match: [c]}}}}\n",
            ["KR802", "KR132"],
        ),
    ],
)
def test_a_document_that_is_not_built_as_one_is_refused(text: str, codes: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.kpi.yaml"
    path.write_text(text, encoding="utf-8")
    assert is_appraisal_file(path)
    found = [one.code for one in kr.check(path)]
    assert found == codes
    with pytest.raises(kr.RulebookError):
        kr.load_appraisal(path)


def test_an_empty_document_is_no_appraisal(tmp_path: Path) -> None:
    document, _ = read_text("{}", "empty.kpi.yaml")
    assert document is not None
    built, problems = build_appraisal(document)
    assert (built, [one.code for one in problems]) == (None, ["KR813"])
    path = tmp_path / "broken.kpi.yaml"
    path.write_text("- a", encoding="utf-8")
    assert not is_appraisal_file(path)
    with pytest.raises(kr.RulebookError):
        kr.load_appraisal(path)


def test_an_appraisal_is_no_rulebook_to_load_or_to_check_as_text() -> None:
    with pytest.raises(kr.RulebookError, match=r"error\[KR812\]"):
        kr.load(APPRAISAL)
    text = "kpirules: 1\nappraisal: a\nstages: {a: {rulebook: none.kpi.yaml, key: [c]}}\n"
    assert [one.code for one in kr.check(text=text)] == ["KR803"]
