"""`kpirules new` with templates, questions and tables: new rulebooks have no findings, and their examples pass."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from attrs import define, field
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import kpirules as kr
from kpirules.cli.new.asking import scorecard_from_answers
from kpirules.cli.new.names import id_of, in_yaml, unused_id
from kpirules.cli.new.templates import TEMPLATES
from kpirules.documents import json_schema
from kpirules.testing import run_case
from kpirules.testing.examples import examples_of
from tests.budget import examples


def passes(text: str, folder: Path) -> kr.Program:
    """Return the program of a rulebook, after checking that it has no findings and its examples pass."""
    path = folder / "written.kpi.yaml"
    path.write_text(text, encoding="utf-8")
    report = kr.check(path)
    assert [str(finding) for finding in report.findings] == []
    program = kr.load(path)
    cases = examples_of(program)
    assert cases
    assert [outcome.case.name for case in cases if not (outcome := run_case(program, case)).passed] == []
    return program


# -- templates ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_no_findings_and_its_examples_pass(
    name: str, kpirules: Callable[..., Any], folder: Path
) -> None:
    assert kpirules("new", "mine.kpi.yaml", "--template", name).code == 0
    text = (folder / "mine.kpi.yaml").read_text(encoding="utf-8")
    assert passes(text, folder).id == "mine"
    assert "kpirules check mine.kpi.yaml" in text
    assert "rulebook.kpi.yaml" not in text
    without_dates = yaml.load(text, yaml.BaseLoader)
    assert list(without_dates)[:3] == ["kpirules", "id", "title"]
    assert [error.message for error in Draft202012Validator(json_schema()).iter_errors(yaml.safe_load(text))] == []


def test_the_templates_are_listed_with_a_line_each(kpirules: Callable[..., Any]) -> None:
    lines = kpirules("new", "--list").out.splitlines()
    assert [line.split()[0] for line in lines] == list(TEMPLATES)
    assert all(len(line) < 100 for line in lines)


def test_every_file_of_a_template_is_listed() -> None:
    folder = Path(kr.__file__).parent / "cli" / "new" / "rulebooks"
    assert {path.name.removesuffix(".kpi.yaml") for path in folder.iterdir()} == set(TEMPLATES)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["new"], "say what is written: `kpirules new FILE` (`kpirules new --list` names the templates)"),
        (["new", "a.kpi.yaml", "--template", "grids"], "there is no template `grids`; did you mean `grid`?"),
        (["new", "a.kpi.yaml", "--interactive"], "there is no terminal to ask on"),
        (["new", "a.kpi.yaml", "--list", "--interactive"], "not allowed with argument"),
        (["new", "staff.kpi.yaml", "--from", "no.csv"], "the file already exists"),
        (["new", "a.kpi.yaml", "--from", "no.csv"], "no.csv: no such file"),
        (["new", "a.kpi.yaml", "--from", "staff.kpi.yaml"], "this is not a CSV file; save the table as `.csv`"),
    ],
)
def test_nothing_is_written_where_nothing_can_be_made(
    arguments: list[str], told: str, kpirules: Callable[..., Any], folder: Path
) -> None:
    before = sorted(path.name for path in folder.iterdir())
    ran = kpirules(*arguments)
    assert ran.code == 2
    assert told in ran.err
    assert sorted(path.name for path in folder.iterdir()) == before


# -- questions ------------------------------------------------------------------------------------


@define
class Answers:
    """An asker with prepared answers."""

    answers: Iterator[str]
    asked: list[str] = field(factory=list)
    told: list[str] = field(factory=list)

    def ask(self, question: str) -> str:
        self.asked.append(question)
        return next(self.answers)

    def tell(self, text: str) -> None:
        self.told.append(text)


def answered(*answers: str) -> tuple[str, Answers]:
    person = Answers(iter(answers))
    return scorecard_from_answers(person, "mine", "mine.kpi.yaml"), person


REVENUE = ("Revenue", "EUR", "400000", "yes")
CHURN = ("Churn", "%", "2", "no")


def test_answers_make_a_scorecard(tmp_path: Path) -> None:
    text, person = answered("Team", *REVENUE, *CHURN, "", "120", "60 40", "On target 100, Near 80, Below 0")
    program = passes(text, tmp_path)
    # 60 % × 120, for 500,000 is more than 120 %, + 40 % × (200 − 150)
    assessment = kr.assess(program, {"revenue": 500000, "churn": 3})
    assert (assessment.score, assessment.band) == (92, "near")
    assert person.told[1:] == []


def test_enter_takes_equal_weights_and_the_usual_bands(tmp_path: Path) -> None:
    text, _ = answered("", *REVENUE[:3], "", *CHURN, "", "", "", "")
    program = passes(text, tmp_path)
    assessment = kr.assess(program, {"revenue": 320000, "churn": 2})
    assert (assessment.score, assessment.band) == (90, "excellent")


def test_a_single_kpi_needs_no_weights(tmp_path: Path) -> None:
    text, person = answered("", *REVENUE, "", "", "")
    assert "weight" not in text.partition("criteria:")[2]
    assert not any("Weights" in question for question in person.asked)
    passes(text, tmp_path)


@pytest.mark.parametrize(
    ("place", "answer", "told"),
    [
        (1, "", "Write a name."),
        (1, "a\x07", "Write it without the control character U+0007"),
        (3, "400,000", "`400,000` is not a number; write digits and a point, such as 400000 or 2.5."),
        (3, "0", "A target is above 0, at most 1,000,000,000,000, with at most 6 decimals."),
        (3, "1e99", "is not a number"),
        (4, "more", "Write `yes` or `no`."),
        (10, "90", "Write a whole number from 100 to 200."),
        (11, "50", "Write 2 weights, such as 50 50."),
        (11, "60 50", "The weights make 110 %, and not 100 %."),
        (11, "100 0", "A weight is above 0."),
        (12, "Good", "`Good` is no band; write its name and its least score, such as `Good 70`."),
        (12, "Good 70, Better 80, Poor 0", "The best band comes first, and each one begins below the one before."),
        (12, "Good 70", "The last band begins at 0, so that every score has one."),
        (12, "Good 130, Poor 0", "A band begins at 120 at most, with at most one decimal."),
    ],
)
def test_an_answer_that_cannot_be_followed_is_asked_for_again(
    place: int, answer: str, told: str, tmp_path: Path
) -> None:
    right = ["Team", *REVENUE, *CHURN, "", "120", "60 40", "Good 70, Poor 0"]
    text, person = answered(*right[:place], answer, *right[place:])
    assert told in person.told[1]
    assert len(person.told) == 2
    assert text == answered(*right)[0]
    passes(text, tmp_path)


names = st.one_of(
    st.sampled_from(["Clamp", "Max", "Floor", "If", "Score"]),
    st.text("abcXYZ đế19_%-,:#'\"{}[]", min_size=1, max_size=12).filter(lambda text: text.strip() == text),
)


@st.composite
def all_answers(draw: st.DrawFn) -> list[str]:
    count = draw(st.integers(1, 4))
    answers = [draw(names)]
    for _ in range(count):
        target = draw(st.sampled_from(["1", "2.5", "400000", "0.000001", "1000000000000", "99.99"]))
        answers += [draw(names), draw(st.sampled_from(["", "EUR", "%", "a: b"])), target]
        answers.append(draw(st.sampled_from(["yes", "no", ""])))
    answers += ["", draw(st.sampled_from(["", "100", "150", "200"]))]
    if count > 1:
        cut = draw(st.integers(1, 97))
        rest = [Fraction(100 - cut, count - 1)] * (count - 1)
        weights = [str(cut), *map(str, rest)] if rest[0].denominator == 1 else []
        answers.append(" ".join(weights))
    ends = sorted(draw(st.sets(st.integers(1, 100), max_size=4)) | {0}, reverse=True)
    bands = [draw(names).replace(",", " ").strip() or "band" for _ in ends]
    return [*answers, ", ".join(f"{band} {end}" for band, end in zip(bands, ends, strict=True))]


@settings(max_examples=examples(60), deadline=None)
@given(all_answers())
def test_whatever_is_answered_makes_a_rulebook_that_passes(
    tmp_path_factory: pytest.TempPathFactory, answers: list[str]
) -> None:
    text, person = answered(*answers)
    assert len(person.told) == 1
    passes(text, tmp_path_factory.mktemp("answers"))


def test_a_terminal_is_asked(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "kpirules", "new", "mine.kpi.yaml", "--interactive"]
    running = subprocess.Popen(command, cwd=tmp_path, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    os.write(ours, "\n".join(["Team", *REVENUE, "", "", "", ""]).encode())
    out, _ = running.communicate(timeout=60)
    os.close(ours)
    assert running.returncode == 0, out
    assert "mine.kpi.yaml written" in out
    passes((tmp_path / "mine.kpi.yaml").read_text(encoding="utf-8"), tmp_path)


def test_a_terminal_that_is_left_gets_nothing_written(
    kpirules: Callable[..., Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", leave)
    ran = kpirules("new", "mine.kpi.yaml", "--interactive")
    assert (ran.code, ran.err) == (2, "kpirules: the answers ended; nothing is written\n")
    assert not (folder / "mine.kpi.yaml").exists()


# -- tables ---------------------------------------------------------------------------------------

PEOPLE = """\
Họ tên,Số tháng,Doanh thu,Đơn vị,joined,reviewed,code,max,note,empty
An,12,12.50,Sales,2020-01-01,TRUE,007,3,,
Bình,11,-140,Sales,2021-05-06,false,008,4,"hm, no",
Chi,,9.75,HR,2019-12-31,true,009,5,yes,
"""


def test_a_table_makes_inputs_of_its_columns(
    kpirules: Callable[..., Any], write: Callable[[str, str], str], folder: Path
) -> None:
    write("people.csv", PEOPLE)
    assert kpirules("new", "mine.kpi.yaml", "--from", "people.csv").code == 0
    text = (folder / "mine.kpi.yaml").read_text(encoding="utf-8")
    passes(text, folder)
    assert "kpirules assess mine.kpi.yaml people.csv --key 'Họ tên'\n" in text
    inputs = yaml.safe_load(text.replace("2019-12-31", '"2019-12-31"').replace("2021-05-06", '"2021-05-06"'))[
        "inputs"
    ]
    assert inputs == {
        "so_thang": {
            "type": "integer",
            "min": 11,
            "max": 12,
            "column": "Số tháng",
            "label": "Số tháng",
            "optional": True,
        },
        "doanh_thu": {
            "type": "number",
            "min": -140,
            "max": 12.5,
            "decimals": 2,
            "column": "Doanh thu",
            "label": "Doanh thu",
        },
        "don_vi": {"type": "choice", "options": ["HR", "Sales"], "column": "Đơn vị", "label": "Đơn vị"},
        "joined": {"type": "date", "min": "2019-12-31", "max": "2021-05-06"},
        "reviewed": {"type": "boolean"},
        "code": {"type": "text"},
        "max_value": {"type": "integer", "min": 3, "max": 5, "column": "max", "label": "max"},
        "note": {"type": "text", "optional": True},
        "empty": {"type": "text", "optional": True},
    }


def test_the_key_is_no_input(kpirules: Callable[..., Any], write: Callable[[str, str], str], folder: Path) -> None:
    write("months.csv", "person;month;hours\n1;1;5\n1;2;7\n")
    ran = kpirules("new", "mine.kpi.yaml", "--from", "months.csv", "--delimiter", ";", "--key", "person,month")
    assert ran.code == 0
    text = (folder / "mine.kpi.yaml").read_text(encoding="utf-8")
    assert [one.id for one in passes(text, folder).rulebook.inputs] == ["hours"]


def test_every_row_of_the_table_can_be_assessed(
    kpirules: Callable[..., Any], write: Callable[[str, str], str]
) -> None:
    write("people.csv", "person,Số giờ,unit,Since when\nAn,1.5,A,2020-01-01\nBo,22,B,2021-01-01\nCy,3.25,A,\n")
    assert kpirules("new", "mine.kpi.yaml", "--from", "people.csv").code == 0
    ran = kpirules("assess", "mine.kpi.yaml", "people.csv", "--key", "person", "--columns", "status")
    assert (ran.code, ran.out.split()[-6:]) == (0, ["An", "rated", "Bo", "rated", "Cy", "rated"])


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("", "the file is empty; its first line names the columns"),
        ("a,b\n", "there is no row below the head; inputs are made of what rows hold"),
        ("a,b\n1\n", "people.csv:2: the line has 1 cells, but there are 2 columns"),
        ("a,\n1,2\n", "people.csv:1: column 2 has no name"),
        ("a,a\n1,2\n", "people.csv:1: duplicate column `a`"),
        ("a,b\n1,\x07\n", "people.csv: the column `b` has the control character U+0007, which no rulebook"),
        ("a;b\n1;2\n", "people.csv:1: there is only one column; try `--delimiter ';'`"),
    ],
)
def test_a_table_that_cannot_be_followed(
    table: str, told: str, kpirules: Callable[..., Any], write: Callable[[str, str], str]
) -> None:
    write("people.csv", table)
    ran = kpirules("new", "mine.kpi.yaml", "--from", "people.csv")
    assert ran.code == 2
    assert told in ran.err


@pytest.mark.parametrize(
    ("key", "told"),
    [("c", "there is no column `c`, which `--key` names"), ("a,b", "there is no column besides the key")],
)
def test_a_key_that_cannot_be_one(
    key: str, told: str, kpirules: Callable[..., Any], write: Callable[[str, str], str]
) -> None:
    write("people.csv", "a,b\n1,2\n")
    ran = kpirules("new", "mine.kpi.yaml", "--from", "people.csv", "--key", key)
    assert ran.code == 2
    assert told in ran.err


cells = st.one_of(
    st.sampled_from(["", "1", "0", "-5", "1.50", "00", "2026-01-31", "true", "FALSE", "yes", "null", "1.000", "x"]),
    st.text("ab ẞß\"'{}:#,|-&*!%@`\u200b\u2028", max_size=8),
)


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[cells] * width), min_size=1, max_size=6)))
def test_whatever_is_in_a_table_the_start_passes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    import csv

    from kpirules.cli.new.tables import from_table

    folder = tmp_path_factory.mktemp("table")
    with (folder / "t.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["key", *(f"C {n}" for n in range(len(rows[0])))]])
        csv.writer(stream).writerows([[f"row {number}", *row] for number, row in enumerate(rows)])
    text = from_table(str(folder / "t.csv"), "key", ",", "mine", "mine.kpi.yaml")
    passes(text, folder)


# -- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "id_"),
    [("Số tháng", "so_thang"), ("ĐƠN VỊ", "don_vi"), ("Straße 1", "strasse_1"), ("2026", ""), ("公司", "")],
)
def test_an_id_is_made_of_the_letters(text: str, id_: str) -> None:
    assert id_of(text) == id_


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("max", "max_value"),
        ("Months", "months"),
        ("If", "if_value"),
        ("Taken", "taken_3"),
        ("%", "kpi"),
        ("class", "class_value"),
    ],
)
def test_an_id_is_one_that_formulas_can_read(text: str, id_: str) -> None:
    assert unused_id(text, "kpi", {"taken", "taken_2"}) == id_


@pytest.mark.parametrize("text", ["plain", "yes", "a: b", "\x07", "\u2028", "'", '"', "12", " x "])
def test_a_text_is_read_back_from_yaml(text: str) -> None:
    assert yaml.safe_load(f"{{a: {in_yaml(text)}}}") == {"a": text}
