"""`kpirules explain`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

STAFF = "person,month,served\nan,1,12\nbình,1,13\nan,2,6\n"
TASKS = "person,month,planned,done\nan,1,3,2\n"
JOINED = ("--key", "person,month", "--records", "tasks=tasks.csv")


@pytest.fixture
def explained(kpirules: Callable[..., Any], write: Callable[..., str]) -> Callable[..., Any]:
    """Return a function that explains one of three rows."""
    write("staff.csv", STAFF)
    write("tasks.csv", TASKS)
    return lambda *arguments: kpirules("explain", "staff.kpi.yaml", "staff.csv", *JOINED, *arguments)


def test_a_subject_is_chosen_by_its_key(explained: Callable[..., Any]) -> None:
    assert "83.33" in explained("--subject", "an,1").out
    assert "score 25 of 100" in explained("--subject", "an, 2").out


def test_the_only_subject_needs_no_choice(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    ran = kpirules("explain", "staff.kpi.yaml", write("one.json", '{"served": 12, "tasks": []}'))
    assert (ran.code, ran.err) == (0, "")
    assert "score 50 of 100" in ran.out


def test_a_row_is_chosen_by_its_number(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write("two.jsonl", '{"served": 12, "tasks": []}\n{"served": 1, "tasks": []}\n')
    assert "not_rated" in kpirules("explain", "staff.kpi.yaml", "two.jsonl", "--subject", "2").out
    ran = kpirules("explain", "staff.kpi.yaml", "two.jsonl", "--subject", "3")
    assert (ran.code, ran.err) == (2, "kpirules: no subject is `3`; there are row 1 to 2\n")


def test_several_subjects_need_a_choice(explained: Callable[..., Any]) -> None:
    ran = explained()
    assert (ran.code, ran.err) == (2, "kpirules: there are 3 subjects; choose one with `--subject`\n")


def test_an_unknown_key_is_refused_with_some_that_exist(explained: Callable[..., Any]) -> None:
    ran = explained("--subject", "chi,1")
    assert (ran.code, ran.err) == (2, "kpirules: no subject is `chi,1`; there are an,1, bình,1, an,2\n")


def test_a_subject_that_cannot_be_assessed_gives_1(explained: Callable[..., Any]) -> None:
    ran = explained("--subject", "bình,1")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("staff.csv:3: error[KR604]: `served` is 13, above 12")


@pytest.mark.parametrize(
    ("format_", "name", "begins"),
    [
        ("text", "out.txt", "staff.review"),
        ("markdown", "out.md", "# staff.review"),
        ("html", "out.html", "<!doctype html>"),
        ("json", "out.json", "{"),
    ],
)
def test_every_format_is_written_and_known_by_the_name_of_a_file(
    explained: Callable[..., Any], folder: Path, format_: str, name: str, begins: str
) -> None:
    ran = explained("--subject", "an,1", "--format", format_)
    assert ran.out.lower().startswith(begins)
    assert explained("--subject", "an,1", "-o", name).out == ""
    assert (folder / name).read_text(encoding="utf-8") == ran.out


def test_the_language_is_that_of_labels_and_sentences(explained: Callable[..., Any]) -> None:
    assert "Well done" in explained("--subject", "an,1").out
    vietnamese = explained("--subject", "an,1", "--language", "vi").out
    assert "Xếp loại «good — Tốt»" in vietnamese


def test_json_holds_the_lines(explained: Callable[..., Any]) -> None:
    data = json.loads(explained("--subject", "an,1", "--format", "json").out)
    assert data["verdict"]["state"] == "rated"


LETTER = ("--letter", "--period", "2026", "--issued-by", "The council", "--issued-on", "2027-01-05")
OBJECTIONS = ("--objections", "Write to the council.")


def test_a_letter_is_about_the_key_of_its_subject(explained: Callable[..., Any]) -> None:
    ran = explained("--subject", "an,1", *LETTER, *OBJECTIONS)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Notice of rating: an, 1\n")
    assert "Issued on  2027-01-05\n" in ran.out
    assert "  Write to the council.\n" in ran.out
    named = explained("--subject", "an,1", *LETTER, *OBJECTIONS, "--name", "Nguyễn Văn An", "--language", "vi")
    assert named.out.startswith("Thông báo kết quả xếp loại: Nguyễn Văn An\n")


def test_a_letter_needs_everything_that_no_record_knows(
    explained: Callable[..., Any], kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    ran = explained("--subject", "an,1", "--letter", "--period", "2026")
    assert (ran.code, ran.err) == (2, "kpirules: `--letter` needs `--issued-by`, `--issued-on`, `--objections`\n")
    one = write("one.json", '{"served": 12, "tasks": []}')
    ran = kpirules("explain", "staff.kpi.yaml", one, *LETTER, *OBJECTIONS)
    assert (ran.code, ran.err) == (2, "kpirules: `--letter` needs `--name`\n")
    ran = kpirules("explain", "staff.kpi.yaml", one, *LETTER, "--objections", " ", "--name", "An")
    assert (ran.code, ran.err) == (2, "kpirules: `objections` of a letter must be a non-empty text, not ''\n")


def test_the_details_of_a_letter_are_refused_without_one(explained: Callable[..., Any]) -> None:
    ran = explained("--subject", "an,1", "--period", "2026")
    assert ran.code == 2
    assert ran.err == (
        "kpirules: `--name`, `--period`, `--issued-by`, `--issued-on`, `--objections`, `--needed` need `--letter`\n"
    )
