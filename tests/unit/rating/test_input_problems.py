"""Every problem of a subject, reported at once and in words (KR600 to KR608)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kpirules import Diagnostic, SubjectError, assess, load
from tests.rules import problems, program

BOOK = """
inputs:
  weeks: {type: integer, min: 0, max: 12}
  rate: {type: number, above: 0, below: 1, decimals: 2}
  half: {type: number, min: 0, max: 1, step: 0.5}
  free: {type: number}
  grade: {type: choice, options: [low, high]}
  is_fine: {type: boolean}
  on: {type: date, min: 2026-01-01}
  until: {type: date, min: 2026-01-01, max: 2026-12-31}
  name: {type: text}
  tasks:
    type: list
    min_items: 1
    max_items: 2
    unique: [code]
    fields: {code: {type: text}, done: {type: integer, min: 0, max: 9}, planned: {type: integer, min: 0, max: 9}}
    validations: {sane: {that: item.done <= item.planned, label: not more is done than is planned}}
  others: {type: list, max_items: 1500, fields: {code: {type: text}}}
validations:
  period: {that: on <= until}
outputs: {o: count(tasks) + count(others) + weeks + rate + half + free}
"""

GOOD: dict[str, object] = {
    "weeks": 3,
    "rate": 0.5,
    "half": 0.5,
    "free": 1,
    "grade": "low",
    "is_fine": True,
    "on": "2026-03-01",
    "until": "2026-04-01",
    "name": "so",
    "tasks": [{"code": "A", "done": 1, "planned": 2}],
    "others": [],
}


def diagnosed(subject: object) -> list[Diagnostic]:
    with pytest.raises(SubjectError) as caught:
        assess(program(BOOK), subject)
    return list(caught.value.report)


def told(**changes: object) -> tuple[str, str, str, str]:
    """Return the code, path, message and help of the only problem."""
    subject = {name: value for name, value in (GOOD | changes).items() if value is not ...}
    (diagnostic,) = diagnosed(subject)
    return diagnostic.code, diagnostic.path, diagnostic.message, diagnostic.help


HALF = "a\ud83d"
"""A text that no file can hold."""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": HALF}, ("KR603", "name", "`name` is a text with half of a character, U+D83D")),
        ({"grade": HALF}, ("KR604", "grade", '`grade` is "a<U+D83D>", which is not an option')),
        ({"weeks": HALF}, ("KR603", "weeks", '`weeks` is the text "a<U+D83D>"')),
        ({HALF: 1}, ("KR601", "a<U+D83D>", "the rulebook has no input `a<U+D83D>`")),
        (
            {"others": [{"code": HALF}]},
            ("KR603", "others[0].code", "`code` is a text with half of a character, U+D83D"),
        ),
    ],
)
def test_half_of_a_character_is_refused_and_told_in_whole_ones(
    changes: dict[str, object], expected: tuple[str, str, str]
) -> None:
    assert told(**changes)[:3] == expected


def test_an_option_in_another_form_of_unicode_is_told_so() -> None:
    book = program("inputs: {k: {type: choice, options: [Tốt, Khá]}}\noutputs: {o: k}")
    with pytest.raises(SubjectError) as caught:
        assess(book, {"k": "To\u0302\u0301t"})
    (found,) = caught.value.report
    assert (found.code, found.message) == (
        "KR604",
        '`k` is "To\u0302\u0301t", which is not an option, but looks like "Tốt": '
        "the letters are the same in another Unicode form (NFC, NFD)",
    )


def test_the_good_subject_is_good() -> None:
    assert assess(program(BOOK), GOOD).is_rated


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"week": 3}, ("KR601", "week", "the rulebook has no input `week`", "did you mean `weeks`?")),
        ({"weeks": ...}, ("KR602", "weeks", "`weeks` is not given", "give a whole number from 0 to 12")),
        ({"weeks": None}, ("KR602", "weeks", "`weeks` is not given", "give a whole number from 0 to 12")),
        (
            {"weeks": "3"},
            (
                "KR603",
                "weeks",
                '`weeks` is the text "3"',
                "write digits with a decimal point, without quotes; nothing is converted",
            ),
        ),
        (
            {"weeks": True},
            ("KR603", "weeks", "`weeks` is yes or no (true)", "allowed: a whole number from 0 to 12"),
        ),
        (
            {"rate": float("nan")},
            (
                "KR603",
                "rate",
                "`rate` is `nan`, which is not a number",
                "allowed: a number above 0 below 1 with at most 2 decimals",
            ),
        ),
        (
            {"rate": 1},
            (
                "KR604",
                "rate",
                "`rate` is 1, not below 1",
                "allowed: a number above 0 below 1 with at most 2 decimals",
            ),
        ),
        (
            {"rate": 0},
            (
                "KR604",
                "rate",
                "`rate` is 0, not above 0",
                "allowed: a number above 0 below 1 with at most 2 decimals",
            ),
        ),
        (
            {"rate": 0.125},
            (
                "KR604",
                "rate",
                "`rate` is 0.125, which has more than 2 digits after the point",
                "allowed: a number above 0 below 1 with at most 2 decimals",
            ),
        ),
        (
            {"half": 0.25},
            (
                "KR604",
                "half",
                "`half` is 0.25, which is not a multiple of 0.5",
                "allowed: a number from 0 to 1 in steps of 0.5",
            ),
        ),
        (
            {"weeks": 1.5},
            (
                "KR604",
                "weeks",
                "`weeks` is 1.5, which is not a whole number",
                "allowed: a whole number from 0 to 12",
            ),
        ),
        (
            {"weeks": 13},
            ("KR604", "weeks", "`weeks` is 13, above 12", "allowed: a whole number from 0 to 12"),
        ),
        ({"weeks": -1}, ("KR604", "weeks", "`weeks` is -1, below 0", "allowed: a whole number from 0 to 12")),
        (
            {"free": 10**18},
            (
                "KR604",
                "free",
                "`free` is 1000000000000000000, which has more than 18 digits before the point",
                "allowed: a number",
            ),
        ),
        (
            {"grade": "hi"},
            ("KR604", "grade", '`grade` is "hi", which is not an option', "allowed: `low` or `high`"),
        ),
        ({"grade": 3}, ("KR603", "grade", "`grade` is the number 3", "allowed: `low` or `high`")),
        ({"is_fine": 0}, ("KR603", "is_fine", "`is_fine` is the number 0", "allowed: true or false")),
        (
            {"is_fine": "no"},
            (
                "KR603",
                "is_fine",
                '`is_fine` is the text "no"',
                "write `true` or `false` without quotes; nothing is converted",
            ),
        ),
        (
            {"on": "2025-12-31"},
            ("KR604", "on", "`on` is 2025-12-31, before 2026-01-01", "allowed: a date from 2026-01-01"),
        ),
        (
            {"until": "2027-01-01"},
            (
                "KR604",
                "until",
                "`until` is 2027-01-01, after 2026-12-31",
                "allowed: a date from 2026-01-01 to 2026-12-31",
            ),
        ),
        ({"on": "soon"}, ("KR603", "on", '`on` is the text "soon"', "allowed: a date from 2026-01-01")),
        (
            {"name": "x" * 201},
            (
                "KR604",
                "name",
                "`name` is 201 characters long, which is too long",
                "allowed: a text of at most 200 characters",
            ),
        ),
        (
            {"name": {"x": 1}},
            ("KR603", "name", "`name` is a mapping", "allowed: a text of at most 200 characters"),
        ),
        (
            {"tasks": "A"},
            (
                "KR603",
                "tasks",
                '`tasks` is the text "A"',
                "allowed: 1 to 2 records of `code`, `done` and `planned`",
            ),
        ),
        (
            {"tasks": {"code": "A"}},
            (
                "KR603",
                "tasks",
                "`tasks` is a mapping",
                "allowed: 1 to 2 records of `code`, `done` and `planned`",
            ),
        ),
        (
            {"tasks": []},
            (
                "KR608",
                "tasks",
                "`tasks` has 0 records",
                "allowed: 1 to 2 records of `code`, `done` and `planned`",
            ),
        ),
        (
            {"others": [{"code": "A"}] * 1501},
            ("KR608", "others", "`others` has 1,501 records", "allowed: at most 1,500 records of `code`"),
        ),
        (
            {"tasks": [5]},
            (
                "KR600",
                "tasks[0]",
                "this is the number 5, not a mapping of names to values",
                "give each value its name",
            ),
        ),
        (
            {"tasks": [{"code": "A", "done": 1, "planned": 2, "don": 1}]},
            ("KR601", "tasks[0].don", "a record has no input `don`", "did you mean `done`?"),
        ),
        (
            {"tasks": [{"code": "A", "planned": 2}]},
            ("KR602", "tasks[0].done", "`done` is not given", "give a whole number from 0 to 9"),
        ),
        (
            {"tasks": [{"code": "A", "done": 3, "planned": 2}]},
            (
                "KR605",
                "tasks[0]",
                "the validation `sane` does not hold: not more is done than is planned",
                "it requires `item.done <= item.planned`",
            ),
        ),
        (
            {"on": "2026-05-01"},
            ("KR605", "", "the validation `period` does not hold", "it requires `on <= until`"),
        ),
        (
            {"tasks": [{"code": "A", "done": 1, "planned": 2}, {"code": "A", "done": 2, "planned": 2}]},
            ("KR607", "tasks[1]", "`code` is the same as in record 0", "remove one of the records"),
        ),
        (
            {"name": 12.5},
            ("KR603", "name", "`name` is the number 12.5", "allowed: a text of at most 200 characters"),
        ),
        (
            {"name": [1, 2]},
            ("KR603", "name", "`name` is a list of 2", "allowed: a text of at most 200 characters"),
        ),
        (
            {"name": {1}},
            (
                "KR603",
                "name",
                "`name` is a value of another type (`set`)",
                "allowed: a text of at most 200 characters",
            ),
        ),
    ],
)
def test_a_problem_tells_the_fact_and_the_way_out(
    changes: dict[str, object], expected: tuple[str, str, str, str]
) -> None:
    assert told(**changes) == expected


def test_a_number_of_too_many_digits_is_not_written_out() -> None:
    assert told(weeks=10**9999)[2] == "`weeks` is a number with too many digits"


def test_a_quoted_number_is_told_twice_what_is_allowed() -> None:
    (diagnostic,) = diagnosed(GOOD | {"weeks": "3"})
    assert diagnostic.notes == ("allowed: a whole number from 0 to 12",)


def test_long_values_are_shortened() -> None:
    assert told(weeks="9" * 500)[2] == f'`weeks` is the text "{"9" * 59}…"'
    assert told(grade="9" * 500)[2] == f'`grade` is "{"9" * 59}…", which is not an option'


@dataclasses.dataclass
class Subject:
    weeks: int


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        (5, "the number 5"),
        ("x", 'the text "x"'),
        ([GOOD], "a list of 1"),
        (None, "a value of another type (`NoneType`)"),
        (Subject, "a value of another type (`type`)"),
    ],
)
def test_a_subject_has_named_values(subject: object, found: str) -> None:
    (diagnostic,) = diagnosed(subject)
    assert (diagnostic.code, diagnostic.path) == ("KR600", "")
    assert diagnostic.message == f"this is {found}, not a mapping of names to values"


def test_every_problem_is_reported_at_once() -> None:
    subject = {
        "mystery": 1,
        "another": 2,
        "weeks": 13,
        "rate": "0.5",
        "tasks": [{"code": 5, "done": 3, "planned": 2, "x": 1}, 7],
        "on": "2026-05-01",
        "until": "2026-04-01",
        "name": "so",
    }
    assert [(d.code, d.path) for d in diagnosed(subject)] == [
        ("KR601", "another"),
        ("KR601", "mystery"),
        ("KR604", "weeks"),
        ("KR603", "rate"),
        ("KR601", "tasks[0].x"),
        ("KR603", "tasks[0].code"),
        ("KR600", "tasks[1]"),
        ("KR602", "half"),
        ("KR602", "free"),
        ("KR602", "grade"),
        ("KR602", "is_fine"),
        ("KR602", "others"),
        ("KR605", "tasks[0]"),
        ("KR605", ""),
    ]


def test_records_repeat_where_all_their_unique_fields_do() -> None:
    text = """
inputs: {t: {type: list, unique: [a, b], fields: {a: {type: integer}, b: {type: integer, optional: true}}}}
outputs: {o: count(t)}
"""
    records = [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1}]
    assert problems(text, t=records) == [("KR607", "t[3]"), ("KR607", "t[4]"), ("KR607", "t[5]")]


def test_a_condition_that_an_entered_criterion_does_not_meet_is_quoted() -> None:
    text = """
inputs: {x: {type: number, min: 0, max: 1}}
criteria:
  g: {applies: x < 0.9, rescale: false, criteria: {e: {max: 5, entered: {step: 1}, applies: x > 0.5}}}
score: {rescale: true, missing: zero, round: {places: 1}}
"""
    with pytest.raises(SubjectError) as caught:
        assess(program(text), {"x": 1, "e": 2})
    (diagnostic,) = caught.value.report
    assert (diagnostic.code, diagnostic.path) == ("KR606", "e")
    assert diagnostic.notes == ("it applies where `x < 0.9` and `x > 0.5`",)
    assert problems(text, x=0, e=9) == [("KR604", "e")]


def test_a_long_list_of_inputs_is_not_written_out() -> None:
    book = {"kpirules": 1, "id": "many", "inputs": {f"a{n}": {"type": "boolean"} for n in range(21)}}
    book["outputs"] = {"all": " and ".join(book["inputs"])}
    with pytest.raises(SubjectError) as caught:
        assess(load(book), dict.fromkeys(book["inputs"], True) | {"zzzzzzz": 1})
    assert caught.value.report.diagnostics[0].help == "see the rulebook's inputs"


def test_among_very_many_mistakes_there_are_no_suggestions() -> None:
    program = load({"kpirules": 1, "inputs": {"done": {"type": "boolean"}}, "outputs": {"x": "done"}})
    with pytest.raises(SubjectError) as caught:
        assess(program, {"done": True} | {f"done{n:03}": True for n in range(150)})
    helps = [diagnostic.help for diagnostic in caught.value.report]
    assert helps[0] == "did you mean `done`?"
    assert helps[149] == "see the rulebook's inputs"


def test_a_rulebook_without_inputs_says_so() -> None:
    with pytest.raises(SubjectError) as caught:
        assess(load({"kpirules": 1, "outputs": {"half": "1 / 2"}}), {"zzz": 1})
    assert caught.value.report.diagnostics[0].help == "it has no inputs"


@pytest.mark.parametrize(
    ("changes", "help_"),
    [
        ({"rate": 0.1 + 0.2}, "round it to the input's `decimals`, as in `round(rate, 2)`, or `np.round(rate, 2)`"),
        (
            {"half": 0.5000000000000001},
            "round it to the input's `step`, as in `round(half, 1)`, or `np.round(half, 1)`",
        ),
        (
            {"half": 1.0000000000000002},
            "round it to the input's `step`, as in `round(half, 1)`, or `np.round(half, 1)`",
        ),
        ({"weeks": 2.9999999999999996}, "round it to a whole number, as in `round(weeks)`, or `np.round(weeks)`"),
    ],
)
def test_a_binary_rounding_error_is_reported_with_its_rounding(changes: dict[str, object], help_: str) -> None:
    assert told(**changes)[3] == f"{help_} for a column"


@pytest.mark.parametrize(
    "changes", [{"rate": 0.125}, {"rate": 0.10001}, {"half": 0.4}, {"weeks": 2.5}, {"rate": 1.0}]
)
def test_an_intended_number_gets_no_advice_to_round(changes: dict[str, object]) -> None:
    assert told(**changes)[3].startswith("allowed: ")


def test_the_advice_on_a_range_of_numpy_makes_every_value_valid() -> None:
    book = program("inputs: {quality: {type: number, min: 0, max: 1, decimals: 1}}\noutputs: {o: quality}")
    refused = 0
    for quality in np.arange(0, 1.05, 0.1):
        try:
            assess(book, {"quality": quality})
        except SubjectError as refusal:
            refused += 1
            (diagnostic,) = refusal.report
            assert "`round(quality, 1)`, or `np.round(quality, 1)`" in diagnostic.help
        assess(book, {"quality": round(quality, 1)})
        assess(book, {"quality": np.round(quality, 1)})
    assert refused == 3
