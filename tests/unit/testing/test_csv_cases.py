"""Cases from the rows of a CSV file, and list inputs from its records."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from kpirules import KpirulesError
from kpirules.testing import CaseOutcome, read_cases
from kpirules.testing.collecting import collect

RULEBOOK = """\
kpirules: 1
id: review
inputs:
  name: {type: text, optional: true}
  done: {type: number, min: 0, max: 100}
  late: {type: boolean, default: false}
  on: {type: date, optional: true}
  tasks:
    type: list
    fields: {hours: {type: number, min: 0, max: 40, decimals: 2}, kind: {type: text, optional: true}}
criteria:
  results: {max: 100, points: done}
score: {round: {places: 2}}
bands: {good: {from: 50}, poor: {from: 0}}
overrides: {lateness: {when: late, band_at_most: poor}}
outputs:
  hours: sum(t.hours for t in tasks)
  is_late: late
  since: default(on, date(2026, 1, 1))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "review.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    return tmp_path


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def outcomes(folder: Path, text: str) -> list[CaseOutcome]:
    path = folder / "a.cases.yaml"
    path.write_text(f"rulebook: review.kpi.yaml\n{text}", encoding="utf-8")
    return [one.run() for one in collect(path)]


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(KpirulesError) as caught:
        outcomes(folder, text)
    return str(caught.value)


ROWS = """\
name,done,late,on,given.name,expect.score,expect.band,expect.points.results,expect.outputs.is_late,expect.overrides,expect.error,note
An,90,,,Nguyễn An,90.00,good,90,false,,,"whole, all of it"
Bình,133/4,true,2026-03-31,,33.25,poor,133/4,true,lateness,,
Chi,101,,,,,,,,,KR604,
"""


def test_every_row_is_a_case_and_every_cell_is_what_its_input_takes_it_for(folder: Path) -> None:
    write(folder, rows=ROWS, tasks="name,hours\nAn,1.5\nBình,2\nAn,2.5\n")
    found = outcomes(folder, "cases_from: {csv: rows.csv, records: {tasks: tasks.csv}}\n")
    assert [(one.case.name, one.passed) for one in found] == [("An", True), ("Bình", True), ("Chi", True)]
    an, bình, _ = (one.assessment for one in found)
    assert an is not None
    assert bình is not None
    assert (an.outputs["hours"], bình.outputs["hours"]) == (4, 2)
    assert bình.exact_score == Fraction(133, 4)
    assert found[0].case.place == f"{folder / 'rows.csv'}:2"


def test_rows_stand_beside_written_cases_which_may_be_like_one(folder: Path) -> None:
    write(folder, rows="name,done,tasks\nAn,90,\n".replace(",tasks", "").replace("90,", "90"))
    text = "cases_from: rows.csv\ncases:\n  - {name: late, like: An, given: {late: true, tasks: []}, expect: {band: poor}}\n"
    assert "nothing is expected" in complaint(folder, text)
    write(folder, rows="name,done,expect.error\nAn,90,KR601\n")
    assert [one.passed for one in outcomes(folder, text)] == [True, False]


def test_a_failure_is_shown_at_its_cell(folder: Path) -> None:
    write(folder, rows="name;done;expect.score\nAn;90;91\n", tasks="name;hours\nAn;1\n")
    (one,) = outcomes(folder, 'cases_from: {csv: rows.csv, delimiter: ";", records: {tasks: tasks.csv}}\n')
    assert f"--> {folder / 'rows.csv'}:2:7" in one.text()
    assert "expected 91" in one.text()


def test_an_invalid_cell_is_reported_as_in_any_case(folder: Path) -> None:
    write(folder, rows="name,done,expect.score\nAn,much,90\n", tasks="name,hours\n")
    (one,) = outcomes(folder, "cases_from: {csv: rows.csv, records: {tasks: tasks.csv}}\n")
    assert 'error[KR603]: `done` is the text "much"' in one.text()


def test_the_records_of_a_list_may_stand_in_a_file(folder: Path) -> None:
    write(folder, tasks="hours,kind\n1.25,plain\n2.5,\n")
    case = "cases:\n  - {name: x, given: {done: 1, tasks: {csv: tasks.csv}}, expect: {outputs: {hours: 3.75}}}\n"
    (one,) = outcomes(folder, case)
    assert one.passed, one.text()
    assert one.case.given["tasks"] == ({"hours": "1.25", "kind": "plain"}, {"hours": "2.5"})


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("", "a CSV file with a header, but the file is empty"),
        ("done\n1\n", "names of columns, one of them `name`, but there is none"),
        ("name,done,done\nx,1,1\n", "a unique name, but this one is a duplicate"),
        ("name,,done\nx,1,1\n", "a unique name, but this one is empty"),
        ("name,done\nx\n", "2 cells, one for each column, but it has 1 cells"),
        ("name,done\n,1\n", "`name` must be a name, but it is empty"),
        ("name,expect.scores\nx,1\n", "the header has no key `expect.scores`"),
        ("name,expect.points\nx,1\n", "the header has no key `expect.points`"),
        ("name,expect.score\nx,1\nx,2\n", "duplicate case `x`"),
        ("name,expect.score\nx,good\n", "`good` is not a number"),
        ('name,expect.score\n"x,1\n', "a line must be CSV, but this quote is never closed"),
    ],
)
def test_a_file_of_rows_with_a_mistake_is_told_where_it_is(folder: Path, rows: str, said: str) -> None:
    write(folder, rows=rows)
    assert said in complaint(folder, "cases_from: rows.csv\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cases_from: none.csv\n", "but reading it fails: no such file or directory"),
        ("cases_from: [a]\n", "`cases_from` must be the path of a CSV file, but this is a list"),
        ("cases_from: {}\n", "`cases_from.csv` must be the path of a CSV file, but it is missing"),
        ("cases_from: {csv: rows.csv, delimiter: ab}\n", "`delimiter` must be one character"),
        ("cases_from: {csv: rows.csv, sep: a}\n", "`cases_from` has no key `sep`"),
        ("cases_from: {csv: rows.csv, records: a}\n", "`records` must be a mapping"),
        ("cases_from: {csv: rows.csv, records: {tasks: other.csv}}\n", "there is no case `Bình`"),
        ("cases_from: {csv: rows.csv, records: {tasks: bad.csv}}\n", "one of them `name`"),
        ("cases:\n  - {name: x, given: {tasks: {csv: bad.csv, of: 1}}, expect: {score: 1}}\n", "has no key `of`"),
    ],
)
def test_a_way_to_rows_with_a_mistake_is_told_where_it_is(folder: Path, text: str, said: str) -> None:
    write(folder, rows="name,done,expect.score\nAn,1,1\n", other="name,hours\nBình,1\n", bad="hours\n1\n")
    assert said in complaint(folder, text)


def test_a_file_that_is_not_utf_8_is_told(folder: Path) -> None:
    (folder / "rows.csv").write_bytes("name\né".encode("latin-1"))
    assert "but the file is not UTF-8" in complaint(folder, "cases_from: rows.csv\n")


def test_read_cases_needs_no_rulebook_for_rows(folder: Path) -> None:
    write(folder, rows="name,done,expect.score\nAn,1,1\n")
    path = folder / "b.cases.yaml"
    path.write_text("rulebook: nowhere.kpi.yaml\ncases_from: rows.csv\n", encoding="utf-8")
    assert [case.given for case in read_cases(path).cases] == [{"done": "1"}]


def test_what_nobody_sees_in_a_name_is_made_visible(folder: Path) -> None:
    text = 'cases: [{name: a, given: {done: 60}, expect: {band: "good\\n"}}]\n'
    (outcome,) = outcomes(folder, text)
    assert "the rulebook has no band `good\\n`" in outcome.text()
    text = 'cases: [{name: a, given: {done: 60}, expect: {status: "rated\\u200b"}}]\n'
    (outcome,) = outcomes(folder, text)
    assert "the rulebook has no status `rated\\u200b`" in outcome.text()
