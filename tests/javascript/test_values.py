"""What a module reads as a number, a date or a text, and what it writes."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

import kpirules as kr
from tests.javascript.agreeing import node

BOOK = """
kpirules: 1
inputs:
  x:    {type: number, optional: true}
  day:  {type: date, optional: true}
  name: {type: text, optional: true, max_length: 3, column: Tên}
  visits: {type: list, max_items: 3, optional: true, fields: {hours: {type: integer, min: 0, max: 9}}}
let:
  zero: abs(default(x, 0))
outputs:
  roots: 'default(sum(sqrt(zero) for v in visits if v.hours > 1), 0)'
  most: 'default(max(sqrt(zero) * 2 for v in visits if v.hours > 1), 0)'
  own: 'default(sum(sqrt(v.hours) for v in visits if v.hours > 1), 0)'
  quotients: 'default(sum(v.hours / zero for v in visits if v.hours > 1), 0)'
  x: x
  third: default(x, 0) / 3
  next: add_days(default(day, date(2026, 1, 1)), 1)
  name: name
  root: sqrt(abs(default(x, 0)))
"""

GIVEN = {
    "0.1": "0.1",
    "'0.1'": "0.1",
    "12n": "12",
    "'385/6'": "KR604",
    "'7/4'": "1.75",
    "'1e3'": "1000",
    "'-.5'": "-0.5",
    "'+3.'": "3",
    "1e21": "KR604",
    "-0": "0",
    "5e-7": "0.0000005",
    "0.1 + 0.2": "0.30000000000000004",
    "'0.1234567890123456789'": "KR604",
    "999999999999999999n": "999999999999999999",
    "10n ** 18n": "KR604",
    "'1_000'": "KR603",
    "'4,5'": "KR603",
    "' 1'": "KR603",
    "''": "KR603",
    "'1/0'": "KR603",
    "'1e999'": "KR603",
    "'0x10'": "KR603",
    "NaN": "KR603",
    "Infinity": "KR603",
    "true": "KR603",
    "[1]": "KR603",
    "({})": "KR603",
    "new Date()": "KR603",
    "null": None,
    "undefined": None,
}


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the answers to subjects written in JavaScript."""
    folder = tmp_path_factory.mktemp("module")
    (folder / "book.mjs").write_text(kr.loads(BOOK).javascript().code, encoding="utf-8")

    def run(subjects: list[str]) -> Any:
        listed = ",\n".join(f"assess({subject})" for subject in subjects)
        script = f'import {{ assess }} from "./book.mjs";\nconsole.log(JSON.stringify([{listed}]));\n'
        (folder / "run.mjs").write_text(script, encoding="utf-8")
        ran = subprocess.run([node(), "run.mjs"], cwd=folder, capture_output=True, encoding="utf-8", check=True)
        return json.loads(ran.stdout)

    return run


def test_a_number_is_read_exactly(evaluated: Any) -> None:
    answers = evaluated([f"{{ x: {written} }}" for written in GIVEN])
    found = [one["outputs"]["x"] if one["ok"] else one["problems"][0]["code"] for one in answers]
    assert dict(zip(GIVEN, found, strict=True)) == GIVEN


def test_numbers_are_written_exactly(evaluated: Any) -> None:
    (answer, *_) = evaluated(["{ x: 2 }"])
    assert answer["outputs"]["third"] == "2/3"
    assert answer["outputs"]["root"] == "1.414213562373095048801688724"


def test_irrational_numbers_and_quotients_of_records(evaluated: Any) -> None:
    counted, none, fault = evaluated(
        [
            "{ x: 2, visits: [{ hours: 1 }, { hours: 3 }, { hours: 5 }] }",
            "{ x: 0, visits: [{ hours: 1 }] }",
            "{ x: 0, visits: [{ hours: 2 }] }",
        ]
    )
    root = "2.828427124746190097603377448"
    assert [counted["outputs"][name] for name in ("roots", "most", "quotients")] == [root, root, "4"]
    # √3 + √5, each rounded to 28 digits.
    assert counted["outputs"]["own"] == "3.968118785068666989936620011"
    assert [none["outputs"][name] for name in ("roots", "most", "quotients")] == ["0", "0", "0"]
    assert fault["problems"] == [
        {
            "path": "outputs.quotients",
            "code": "KR620",
            "message": "the rules do not work for these values: they divide by zero",
        }
    ]


def test_dates_and_texts(evaluated: Any) -> None:
    subjects = [
        "{ day: '0001-01-01' }",
        "{ day: '9999-12-30' }",
        "{ day: '2024-02-29' }",
        "{ day: '2023-02-29' }",
        "{ day: '2023-2-9' }",
        "{ day: '0000-01-01' }",
        "{ name: '𝟙𝟚𝟛' }",
        "{ name: '1234' }",
        "{ name: '\\ud835' }",
        "{ 'Tên': 'a' }",
        "{ 'Tên': 'a', name: 'a' }",
        "{ __proto__: null, name: 'a' }",
        "JSON.parse('{\"__proto__\": 1}')",
        "{ constructor: 1 }",
        "[]",
        "'text'",
        "null",
    ]
    found = [
        (one["outputs"]["next"], one["outputs"]["name"]) if one["ok"] else one["problems"][0]["code"]
        for one in evaluated(subjects)
    ]
    assert found == [
        ("0001-01-02", None),
        ("9999-12-31", None),
        ("2024-03-01", None),
        "KR603",
        "KR603",
        "KR603",
        ("2026-01-02", "𝟙𝟚𝟛"),
        "KR604",
        "KR603",
        ("2026-01-02", "a"),
        "KR601",
        ("2026-01-02", "a"),
        "KR601",
        "KR601",
        "KR600",
        "KR600",
        "KR600",
    ]
