"""Decision tables: how cases are built and named."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

import kpirules as kr
from kpirules.change.writing import parts_of
from kpirules.documents import build, read_mapping
from kpirules.language.model import Cases, Constant, Rulebook

INPUTS: dict[str, Any] = {
    "years": {"type": "number", "min": 0, "max": 40, "decimals": 1},
    "grade": {"type": "choice", "options": ["A", "B", "5"], "ordered": "best_first"},
    "since": {"type": "date"},
    "led": {"type": "boolean"},
    "post": {"type": "text"},
}
PARAMETERS = {"long": 5, "top": "'A'", "day": "date(2026, 1, 31)", "low": -3, "flag": True}


def built(*cases: Any, **more: Any) -> Rulebook:
    document, _ = read_mapping(
        {
            "kpirules": 1,
            "inputs": INPUTS,
            "parameters": PARAMETERS,
            "let": {"half": "years / 2", "letter": "grade"},
            "criteria": {"x": {"max": 10, "cases": list(cases), **more}},
        }
    )
    assert document is not None
    rulebook, problems = build(document)
    assert problems == []
    assert rulebook is not None
    return rulebook


def table(*cases: Any, **more: Any) -> Cases:
    root = built(*cases, **more).root
    assert root is not None
    body = root.children[0].body
    assert isinstance(body, Cases)
    return body


@pytest.mark.parametrize(
    ("needs", "words"),
    [
        ({"years": 3}, "years 3"),
        ({"years": -3}, "years -3"),
        ({"years": "20%"}, "years 0.2"),
        ({"years": "low"}, "years -3"),
        ({"half": "long"}, "half 5"),
        ({"half": {"above": 1, "to": "long"}}, "half above 1 to 5"),
        ({"years": [1, "long"]}, "years 1 or 5"),
        ({"grade": "A"}, "grade A"),
        ({"grade": "5"}, "grade 5"),
        ({"grade": "top"}, "grade A"),
        ({"grade": "long"}, "grade long"),
        ({"letter": ["A", "B"]}, "letter A or B"),
        ({"letter": "top"}, "letter A"),
        ({"grade": {"from": "B"}}, "grade from B"),
        ({"since": "2026-01-31"}, "since 2026-01-31"),
        ({"since": ["2026-01-31", "day"]}, "since 2026-01-31 or 2026-01-31"),
        ({"since": {"below": "day"}}, "since below 2026-01-31"),
        ({"led": True, "post": "2026-01-31"}, "led true, post 2026-01-31"),
        ({"years": {"from": 1}, "grade": "A", "led": False}, "grade A, led false, years from 1"),
    ],
)
def test_a_case_is_named_by_its_conditions(needs: Any, words: str) -> None:
    case, rest = table({"when": needs, "points": 1}, {"points": 0}).rows
    assert (case.in_words, rest.in_words) == (words, "otherwise")
    assert [need.condition.text for need in case.needs] == words.split(", ")


def test_a_condition_is_reported_as_it_is_written_unless_it_is_long() -> None:
    short, long = table(
        {"when": "years  > 3", "points": 1}, {"when": "years > 1 " + "or led " * 30, "points": 2}
    ).rows
    assert (short.in_words, long.in_words) == ("years > 3", "case 2")
    assert short.conditions == (short.condition,)


def test_values_keep_the_names_of_their_parameters() -> None:
    (case,) = table({"when": {"years": "long", "since": {"from": "day"}}, "points": "long"}).rows
    since, years = case.needs
    assert years.among == (Constant(Fraction(5), "long"),)
    assert since.ends == (("from", Constant(date(2026, 1, 31), "day")),)
    assert str(Constant(True)) == "true"


def test_a_table_is_written_as_it_was_read() -> None:
    cases = [
        {"when": {"grade": ["A", "B"], "years": {"above": Fraction(3), "to": "long"}}, "rate": Fraction(1, 2)},
        {"when": "led or years > 3", "points": Fraction(3), "label": "Led"},
        {"when": {"since": date(2026, 1, 31), "led": False}, "undefined": True},
        {"points": "long"},
    ]
    written = parts_of(built(*cases, unique=True))["criteria.x"].keys
    assert (written["cases"], written["unique"]) == (cases, True)
    assert "unique" not in parts_of(built(*cases))["criteria.x"].keys


def test_the_cases_of_a_table_are_written_as_they_are_read() -> None:
    cases = [{"when": {"x": "low", "y": {"from": 3}}, "value": "a", "note": "n"}, {"undefined": True}]
    table = {"args": ["x", "y"], "unique": True, "gives": {"options": ["a", "b"]}, "cases": cases}
    document, _ = read_mapping({"kpirules": 1, "tables": {"grid": table}, "outputs": {"z": "grid('low', 3)"}})
    assert document is not None
    rulebook, problems = build(document)
    assert problems == []
    assert rulebook is not None
    assert dict(parts_of(rulebook)["tables.grid"].keys) == table


def test_the_order_of_names_changes_no_hash_and_that_of_cases_does() -> None:
    one, other = {"when": {"years": 3, "led": True}, "points": 1}, {"when": {"led": True, "years": 3}, "points": 1}
    two = {"when": {"grade": "A"}, "points": 2}
    hashes = [built(*cases).scoring_hash for cases in ((one, two), (other, two), (two, one))]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_card_counts_the_cases() -> None:
    program = kr.load({"kpirules": 1, "inputs": INPUTS, "criteria": {"x": {"max": 1, "cases": [{"points": 1}]}}})
    assert "1 case" in str(program.card)
    rows = [{"when": {"years": {"from": 3}}, "points": 1}, {"when": "led", "points": 1}, {"points": 0}]
    program = kr.load({"kpirules": 1, "inputs": INPUTS, "criteria": {"x": {"max": 1, "cases": rows}}})
    assert "3 cases of years, led" in str(program.card)


@pytest.mark.parametrize(
    ("cases", "codes"),
    [
        ([{"when": {"years": "nothing"}, "points": 1}, {"points": 0}], ["KR136"]),
        ([{"when": {"half": "gone"}, "points": 1}, {"points": 0}], []),
        ([{"when": {"years": None}, "points": 1}, {"points": 0}], ["KR122"]),
        ([{"when": {"years": {"from": 3, "to": 2}}, "points": 1}, {"points": 0}], ["KR135"]),
        ([{"when": {"grade": {"from": "B", "to": "A"}}, "points": 1}, {"points": 0}], []),
        ([{"when": {"years": {"from": 3, "to": True}}, "points": 1}, {"points": 0}], []),
        ([{"wen": {"years": 3}, "points": 1}, {"points": 0}], ["KR103"]),
        ([{"wenn_immer": 3, "points": 1}, {"points": 0}], ["KR103"]),
        ([{"points": 1}, {"points": 0}], ["KR139"]),
    ],
)
def test_a_case_that_is_not_understood_is_reported(cases: Any, codes: list[str]) -> None:
    document, _ = read_mapping(
        {
            "kpirules": 1,
            "inputs": INPUTS,
            "parameters": {"gone": "1 / 0"} if "gone" in str(cases) else {},
            "let": {"half": "years / 2"},
            "criteria": {"x": {"max": 10, "cases": cases}},
        }
    )
    assert document is not None
    _, problems = build(document)
    assert [one.code for one in problems if one.code != "KR149"] == codes
