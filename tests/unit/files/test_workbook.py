"""A workbook: the rated rows with colours, live formulas, and notes of what has none."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import polars as pl
import pytest
import xlsxwriter
from python_calamine import load_workbook

from kpirules import Program, assess_file, loads
from kpirules.files import workbook

from .conftest import RULEBOOK, write


def sheet(path: Path, name: str) -> list[list[Any]]:
    with path.open("rb") as stream:
        return load_workbook(stream).get_sheet_by_name(name).to_python()


def test_a_workbook_has_the_ratings_and_their_formulas(program: Program, tmp_path: Path) -> None:
    source, target = write(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    assess_file(program, source, target, key="name", columns=["score", "band", "because"])
    head, *lines = sheet(target, "Ratings")
    assert head == ["name", "Work done", "money", "any", "kept", "since", "kind", "score", "band", "because", "error"]
    assert lines[1] == ["=1+1", 7, 6.1, 0.123456789, False, date(2026, 2, 20), "b", 100, "top", "", ""]
    assert [line[-4] for line in lines] == [47.9, 100, 0, 67.1]
    head, *lines = sheet(target, "Formulas")
    assert head == ["name", "score", "score, as rated", "band", "band, as rated"]
    assert lines[0] == ["An", 47.9, 47.9, "low", "low"]
    assert sheet(target, "Notes") == [
        [f"Rated by staff.files, {program.rulebook.scoring_hash}"],
        ["The sheet Formulas follows the inputs on Ratings. A red pair differs from what was rated:"],
        ["an input was changed since, or doubles miss a value that is exactly on an edge."],
        ["Without a formula: because: it has no form as a formula"],
    ]


def test_the_formulas_are_those_of_the_cells(program: Program, tmp_path: Path) -> None:
    assess_file(program, write(tmp_path / "a.parquet"), tmp_path / "b.xlsx", key="name", columns=["score", "band"])
    with ZipFile(tmp_path / "b.xlsx") as parts:
        ratings, live, steps = (parts.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2, 3))
        styles = parts.read("xl/styles.xml").decode()
    assert re.findall(r"<f>([^<]*)</f>", live)[0].endswith("/10")
    assert "Steps!$" in live
    assert "Ratings!$B2" in steps
    assert "<formula>$B2&lt;&gt;$C2</formula>" in live  # a pair that differs is red
    assert re.findall(r'<dataValidation type="(\w+)".*?sqref="(\w+)', ratings) == [
        ("whole", "B2"), ("decimal", "C2"), ("decimal", "D2"), ("list", "G2"),
    ]  # fmt: skip
    assert "FF9BD6A3" in styles.upper()


def test_bands_are_coloured_from_best_to_worst(tmp_path: Path) -> None:
    program = loads("""
kpirules: 1
inputs: {x: {type: integer, min: 0, max: 9}}
criteria: {c: {max: 9, points: x}}
bands: {top: {from: 6, label: {en: Best, vi: Tốt}}, middle: {from: 3}, low: {from: 0}}
""")
    assert workbook._colors(program, "vi") == {
        "top": "#9bd6a3", "Best": "#9bd6a3", "Tốt": "#9bd6a3", "middle": "#fbe69a", "low": "#f4a99d",
    }  # fmt: skip
    pl.DataFrame({"x": [9, 1]}).write_csv(tmp_path / "a.csv")
    assess_file(program, tmp_path / "a.csv", tmp_path / "b.xlsx", language="vi", columns=["band"])
    assert sheet(tmp_path / "b.xlsx", "Formulas")[1:] == [[9, "Tốt", "Tốt"], [1, "low", "low"]]


def test_rows_that_are_rated_together_have_no_formulas(tmp_path: Path) -> None:
    program = loads("""
kpirules: 1
inputs: {x: {type: integer, min: 0, max: 100}, unit: {type: text}}
criteria: {main: {max: 100, points: x}}
bands: {top: {from: 90}, low: {from: 0}}
cohort:
  within: [unit]
  quotas:
    few:
      {band: top, at_most: 50%, of: all, base: before, round: down, minimum: 0, order: [score], ties: undecided,
       demote_to: low}
""")
    pl.DataFrame({"x": [95, 92], "unit": ["u", "u"]}).write_parquet(tmp_path / "a.parquet")
    assess_file(program, tmp_path / "a.parquet", tmp_path / "b.xlsx")
    assert sheet(tmp_path / "b.xlsx", "Notes")[-1] == ["There are no formulas: rows are rated together."]
    assert [line[3] for line in sheet(tmp_path / "b.xlsx", "Ratings")[1:]] == [95, 92]


def test_cells_hold_what_a_spreadsheet_would_change_as_texts(tmp_path: Path) -> None:
    program = loads("kpirules: 1\ninputs: {x: {type: integer, min: 0, max: 9}}\ncriteria: {c: {max: 9, points: x}}\n")
    odd = {
        "id": [1234567890123456789, 5],
        "exact": [Decimal("1.2345678901234567"), Decimal("0.5")],
        "old": [date(1850, 1, 1), date(2026, 1, 1)],
        "at": [datetime(2026, 1, 1, 12), None],
        "nan": [float("nan"), float("inf")],
        "list": [[1, 2], []],
        "long": ["=" + "x" * 40_000, "'"],
    }
    pl.DataFrame({"x": [1, 2], **odd}).write_parquet(tmp_path / "a.parquet")
    assess_file(program, tmp_path / "a.parquet", tmp_path / "b.xlsx", ignore=list(odd), columns=["score"])
    _, first, second = sheet(tmp_path / "b.xlsx", "Ratings")
    assert first[1:6] == ["1234567890123456789", "1.2345678901234567", "1850-01-01", "2026-01-01T12:00:00", ""]
    assert first[6] == "[1, 2]"
    assert len(first[7]) == 32_767
    assert second[1:] == [5, 0.5, date(2026, 1, 1), "", "null", "[]", "'", 2, ""]


def test_an_error_in_a_cell_is_not_an_empty_cell(tmp_path: Path) -> None:
    program = loads("kpirules: 1\ninputs: {x: {type: number, optional: true}}\noutputs: {y: 'default(x, 7)'}\n")
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet_ = book.add_worksheet()
        sheet_.write_row(0, 1, ["x", "note"])
        sheet_.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet_.write_formula(3, 2, "=NA()", None, "#N/A")
    target = tmp_path / "b.jsonl"
    found = assess_file(program, tmp_path / "a.xlsx", target, ignore="note", columns=["outputs.y"])
    assert (found.rows, found.errors) == (3, 1)
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line["outputs.y"] for line in lines] == [7, None, 7]
    assert lines[1]["error"].startswith('KR603 `x` is the text "#DIV/0!"')
    assert lines[2]["note"] == "#N/A"


def test_two_columns_of_one_name_are_refused(program: Program, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet().write_row(0, 0, ["x", "x"])
    with pytest.raises(ValueError, match=r"a\.xlsx: two columns are named `x`"):
        assess_file(program, tmp_path / "a.xlsx", tmp_path / "b.csv")


def test_quotes_and_commas_of_labels_and_options_end_no_formula(tmp_path: Path) -> None:
    program = loads("""
kpirules: 1
inputs: {x: {type: integer, min: 0, max: 9}, kind: {type: choice, options: ['a, b', 'c"d']}}
criteria: {c: {max: 9, points: x}}
bands: {top: {from: 6, label: 'the "best"'}, low: {from: 0}}
""")
    pl.DataFrame({"x": [9], "kind": ["a, b"]}).write_csv(tmp_path / "a.csv")
    assess_file(program, tmp_path / "a.csv", tmp_path / "b.xlsx", columns=["band_label"])
    with ZipFile(tmp_path / "b.xlsx") as parts:
        ratings, live = (parts.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2))
    assert 'type="list"' not in ratings
    assert '<formula>"the ""best"""</formula>' in live


def test_a_sheet_has_only_so_many_columns(program: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(workbook, "MOST_COLUMNS", 2)
    assess_file(program, write(tmp_path / "a.csv"), tmp_path / "b.xlsx", key="name")
    told = sheet(tmp_path / "b.xlsx", "Notes")[-1][0]
    assert re.fullmatch(
        r"There are no formulas: they take \d+ intermediate values, and a sheet has fewer columns.", told
    )


def test_no_text_becomes_a_formula_or_a_link(tmp_path: Path) -> None:
    program = loads("kpirules: 1\ninputs: {x: {type: integer, min: 0, max: 9}}\ncriteria: {c: {max: 9, points: x}}\n")
    pl.DataFrame({"=1+1": ["=2+2", "http://a.b"], "x": [1, 2]}).write_parquet(tmp_path / "a.parquet")
    assess_file(program, tmp_path / "a.parquet", tmp_path / "b.xlsx", ignore="=1+1")
    with ZipFile(tmp_path / "b.xlsx") as parts:
        assert "<f>" not in parts.read("xl/worksheets/sheet1.xml").decode()
        assert "hyperlink" not in parts.read("xl/worksheets/sheet1.xml").decode()
        assert set(re.findall("<f>(.*?)</f>", parts.read("xl/worksheets/sheet2.xml").decode())) == {
            '"rated"', 'IF(Ratings!$B2="",0,Ratings!$B2)', 'IF(Ratings!$B3="",0,Ratings!$B3)',
        }  # fmt: skip


def test_a_sheet_has_only_so_many_rows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = loads(RULEBOOK)
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    with pytest.raises(ValueError, match="a sheet has at most 3 rows below its first: write Parquet or CSV"):
        assess_file(program, write(tmp_path / "a.csv"), tmp_path / "b.xlsx", key="name")
