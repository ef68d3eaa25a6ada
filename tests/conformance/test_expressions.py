"""Expressions from test suites of other languages: each has the same value here, or is refused with a code.

`expressions/README.md` says where they come from and how a line becomes a rulebook.
"""

from __future__ import annotations

import io
import json
import keyword
import re
import tokenize
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import kpirules as kr
from kpirules.diagnostics.codes import CATALOGUE
from kpirules.language.expressions.functions import AGGREGATES, FUNCTIONS
from tests.budget import some

FOLDER = Path(__file__).parent / "expressions"
TAKEN = {*FUNCTIONS, *AGGREGATES, *keyword.kwlist, "points", "share", "max", "score", "exact_score", "band", "status"}


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def lines() -> list[dict[str, Any]]:
    """Return the lines of a file, with numbers exactly as written."""
    text = (FOLDER / "expressions.jsonl").read_text(encoding="utf-8")
    return [json.loads(line, parse_int=Fraction, parse_float=Fraction) for line in text.splitlines()]


LINES = lines()
VALUES = [line for line in LINES if "expected" in line]
ERRORS = [line for line in LINES if "error" in line]
REFUSED: dict[str, dict[str, str]] = read("refused.json")
EXACT: dict[str, dict[str, Any]] = read("exact.json")
EVALUATED = [line for line in VALUES if line["id"] not in REFUSED]
OUTSIDE = [line for line in VALUES if line["id"] in REFUSED]


def id_of(name: str) -> str:
    """Return a name as an id of the language."""
    made = re.sub("[^a-z0-9_]", "_", name.lower())
    return f"{made}_" if made in TAKEN else made


def renamed(expression: str, names: dict[str, str]) -> str:
    """Return an expression with its names replaced, and nothing else changed."""
    tokens = list(tokenize.generate_tokens(io.StringIO(expression.strip()).readline))
    parts, done = [], 0
    for token in tokens:
        if token.type == tokenize.NAME and token.string in names:
            parts += [expression.strip()[done : token.start[1]], names[token.string]]
            done = token.end[1]
    return "".join([*parts, expression.strip()[done:]])


def declared(value: object) -> dict[str, object] | None:
    """Return the declaration of an input that allows a value, None if there is none."""
    match value:
        case bool():
            return {"type": "boolean"}
        case Fraction():
            return {"type": "number"}
        case str():
            return {"type": "text"}
        case None:
            return {"type": "number", "optional": True}
        case [*numbers] if all(type(number) is Fraction for number in numbers):
            return {"type": "list", "fields": {"value": {"type": "number"}}}
        case _:
            return None


def answers(line: dict[str, Any]) -> list[object]:
    """Return the value of a line by each engine.

    Raises:
        KpirulesError: where the line is refused.
    """
    ids = {name: id_of(name) for name in line["names"]}
    own = {name: new for name, new in ids.items() if name != new}
    expression = renamed(line["expr"], own) if own else line["expr"]
    domains = {ids[name]: declared(value) for name, value in line["names"].items()}
    inputs = {name: domain for name, domain in domains.items() if domain is not None}
    program = kr.load(
        {"kpirules": 1, "id": "line", **({"inputs": inputs} if inputs else {}), "outputs": {"result": expression}}
    )
    given = {
        ids[name]: [{"value": number} for number in value] if isinstance(value, list) else value
        for name, value in line["names"].items()
        if ids[name] in inputs and value is not None
    }
    return [kr.assess(program, given, engine=engine).outputs["result"] for engine in ("scalar", "reference")]


@pytest.mark.parametrize("line", some(EVALUATED, 3), ids=lambda line: line["id"])
def test_a_line_has_exactly_its_value_by_both_engines(line: dict[str, Any]) -> None:
    expected = EXACT[line["id"]]["expected"] if line["id"] in EXACT else line["expected"]
    for got in answers(line):
        assert type(got) is type(expected)
        assert got == expected


@pytest.mark.parametrize("line", some(OUTSIDE, 3), ids=lambda line: line["id"])
def test_a_line_outside_the_language_is_refused_with_its_code(line: dict[str, Any]) -> None:
    with pytest.raises(kr.KpirulesError) as caught:
        answers(line)
    assert caught.value.report.errors[0].code == REFUSED[line["id"]]["code"]


@pytest.mark.parametrize("line", ERRORS, ids=lambda line: line["id"])
def test_a_line_that_is_an_error_elsewhere_is_one_here(line: dict[str, Any]) -> None:
    with pytest.raises(kr.KpirulesError) as caught:
        answers(line)
    codes = {diagnostic.code for diagnostic in caught.value.report.errors}
    assert codes
    if line["error"] == "division_by_zero":
        assert codes & {"KR208", "KR620"}


def test_at_least_240_lines_are_evaluated() -> None:
    assert len(EVALUATED) >= 240


def test_the_list_of_refused_lines_names_lines_with_a_value_a_code_and_a_reason() -> None:
    assert set(REFUSED) <= {line["id"] for line in VALUES}
    assert all(entry["code"] in CATALOGUE and entry["why"] for entry in REFUSED.values())


def test_an_exact_answer_is_written_only_where_the_data_has_another() -> None:
    of = {line["id"]: line["expected"] for line in EVALUATED}
    assert all(of[id_] != entry["expected"] and entry["why"] for id_, entry in EXACT.items())


def test_every_line_has_an_id_of_its_own() -> None:
    assert len({line["id"] for line in LINES}) == len(LINES)
