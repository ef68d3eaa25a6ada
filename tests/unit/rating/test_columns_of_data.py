"""Inputs called by their column, wherever data come in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest

import kpirules as kr
from kpirules.cli import main
from kpirules.language.model import by_id

BOOK: dict[str, Any] = {
    "kpirules": 1,
    "inputs": {
        "unit": {"type": "text", "column": "Đơn vị"},
        "done": {"type": "integer", "min": 0, "max": 9, "column": "Xong"},
        "tasks": {
            "type": "list",
            "max_items": 4,
            "column": "Việc",
            "fields": {"hours": {"type": "integer", "min": 0, "max": 4, "column": "Giờ"}},
        },
    },
    "let": {"total": "sum(t.hours for t in tasks)"},
    "criteria": {
        "work": {"max": 9, "points": "done"},
        "hours": {"max": 16, "points": "total"},
        "manner": {"max": 5, "entered": {"step": 1, "column": "Ý thức"}},
    },
    "cohort": {"within": ["unit"]},
    "outputs": {"place": "cohort_rank(score)"},
}
ALONE = {key: part for key, part in BOOK.items() if key not in ("cohort", "outputs")} | {
    "outputs": {"of": "unit == 'a'"}
}
ROWS = [{"Đơn vị": "a", "Xong": 3, "Ý thức": 5}, {"Đơn vị": "a", "done": 9, "manner": 0}]
RECORDS = [{"Đơn vị": "a", "Giờ": 2}, {"Đơn vị": "b", "Giờ": 4}]


def test_a_column_beside_the_id_that_it_stands_for_keeps_its_name() -> None:
    assert by_id({"a": 1}, {}) == {"a": 1}
    assert by_id({"A": 1, "a": 2}, {"A": "a"}) == {"A": 1, "a": 2}


@pytest.mark.parametrize("engine", ["scalar", "reference"])
def test_a_subject_and_its_records_are_called_by_columns(engine: str) -> None:
    program = kr.load(ALONE)
    for tasks in ([{"Giờ": 2}, {"Giờ": 1}], ({"hours": 2}, {"Giờ": 1})):
        found = kr.assess(program, {"Đơn vị": "a", "Xong": 3, "Việc": tasks, "Ý thức": 5}, engine=engine)
        assert found.score == 11
        assert dict(found.points) == {"work": 3, "hours": 3, "manner": 5}


def test_objects_use_ids() -> None:
    @attrs.frozen
    class Subject:
        unit: str
        done: int
        tasks: tuple[dict[str, int], ...]
        manner: int

    assert kr.assess(kr.load(ALONE), Subject("a", 3, ({"Giờ": 2},), 5)).score == 10


def test_a_cohort_is_told_by_a_column() -> None:
    members = {str(number): {**row, "Việc": []} for number, row in enumerate(ROWS)}
    found = kr.assess_cohort(kr.load(BOOK), members)
    assert [dict(one.outputs) for one in found.values()] == [{"place": 2}, {"place": 1}]


def test_a_table_and_its_records_are_headed_by_columns() -> None:
    rows = [{**ROWS[0]}, {**ROWS[0], "Đơn vị": "b", "Xong": 9}]
    found = kr.assess_table(kr.load(ALONE), rows, key="Đơn vị", records={"tasks": RECORDS})
    assert [row["score"] for row in found] == [10, 18]
    assert list(found[0]) == ["Đơn vị", "Xong", "Ý thức", "status", "score"]
    found = kr.assess_table(kr.load(BOOK), rows, key="Đơn vị", records={"tasks": RECORDS}, columns=["outputs.place"])
    assert [row["outputs.place"] for row in found] == [1, 1]


def test_records_stand_in_one_place() -> None:
    rows = [{**ROWS[0], "Việc": []}]
    with pytest.raises(ValueError, match="`tasks` is given both here"):
        kr.assess_table(kr.load(ALONE), rows, key="Đơn vị", records={"tasks": RECORDS[:1]})


def test_impact_reads_columns() -> None:
    other = {**ALONE, "criteria": {**ALONE["criteria"], "work": {"max": 10, "points": "done + 1"}}}
    impact = kr.impact(kr.load(ALONE), kr.load(other), [{**ROWS[0], "Việc": [{"Giờ": 1}]}])
    assert [(move.old_score, move.new_score) for move in impact.moves] == [(9, 10)]


def test_the_columns_of_an_appraisal_are_read() -> None:
    person = {**ALONE, "id": "person"}
    appraisal = {
        "kpirules": 1,
        "appraisal": "year",
        "stages": {"person": {"rulebook": "person.kpi.yaml", "key": ["unit"]}},
    }
    program = kr.load_appraisal(appraisal, rulebooks={"person.kpi.yaml": person})
    tables = {"person": [{"Đơn vị": "a", "Xong": 3, "Ý thức": 5}], "person.tasks": RECORDS[:1]}
    found = kr.appraise(program, tables)
    (rated,) = found.stages["person"].assessments.values()
    assert rated.score == 10


def written(tmp_path: Path) -> str:
    book = tmp_path / "book.kpi.yaml"
    book.write_text(json.dumps(ALONE, ensure_ascii=False), encoding="utf-8")
    return str(book)


@pytest.mark.parametrize("key", ["unit", "Đơn vị"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rows.csv", "Đơn vị,Xong,manner\na,3,5\n"),
        ("rows.json", '[{"Đơn vị": "a", "Xong": 3, "manner": 5}]'),
    ],
)
def test_files_are_headed_by_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "tasks.csv").write_text("Đơn vị,Giờ\na,2\n", encoding="utf-8")
    options = ["--key", key, "--records", f"tasks={tmp_path / 'tasks.csv'}", "--format", "csv"]
    assert main(["assess", written(tmp_path), str(tmp_path / name), *options, "--columns", "score"]) == 0
    assert capsys.readouterr().out == "unit,score\na,10\n"


def test_a_file_that_has_the_column_and_the_id_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rows.csv").write_text("unit,Xong,done,manner\na,3,3,5\n", encoding="utf-8")
    assert main(["assess", written(tmp_path), str(tmp_path / "rows.csv")]) == 2
    told = "`Xong` and `done` are the column and the id of one input; leave one of them"
    assert told in capsys.readouterr().err
