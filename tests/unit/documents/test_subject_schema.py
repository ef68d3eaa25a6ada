"""The JSON Schema of a subject, for forms and interfaces of other programs."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

import kpirules as kr
from tests.rules import program

RULES = """
title: {en: Review, vi: Đánh giá}
inputs:
  hours: {type: number, min: 0, below: 24, decimals: 1, unit: h, label: {en: Hours, vi: Số giờ}, note: Of the day}
  steps: {type: number, above: -1, max: 2, step: 0.25, optional: true}
  free: {type: number, optional: true}
  times: {type: integer, default: 3}
  even: {type: integer, step: 2, min: 0, max: 8, optional: true}
  post: {type: choice, options: {head: {en: Head, vi: Trưởng}, other: {en: Others}}}
  kind: {type: choice, options: [a, b], default: a}
  post_before: {type: choice, options: {head: Head, other: Others}, optional: true}
  late: {type: boolean}
  name: {type: text, max_length: 5, optional: true}
  due: {type: date, min: 2026-02-15, max: 2027-01-09, default: 2026-03-01}
  born: {type: date, optional: true}
  tasks:
    type: list
    min_items: 1
    max_items: 2
    fields: {hours: {type: integer, min: 0, max: 9}, remark: {type: text, optional: true}}
outputs: {n: count(tasks)}
"""


def valid(schema: dict[str, Any], subject: object) -> bool:
    """Return whether a schema accepts a subject, both read as JSON with exact numbers."""
    read = json.loads(json.dumps(schema), parse_float=Decimal)
    Draft202012Validator.check_schema(json.loads(json.dumps(schema)))
    validator = Draft202012Validator(read, format_checker=FormatChecker(["date"]))
    return validator.is_valid(json.loads(json.dumps(subject), parse_float=Decimal))


def test_a_schema_has_the_domains_labels_notes_units_and_defaults() -> None:
    schema = program(RULES).subject_schema(language="vi")
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "Đánh giá"
    assert schema["required"] == ["hours", "post", "late", "tasks"]
    assert schema["additionalProperties"] is False
    found = schema["properties"]
    assert found["hours"] == {
        "title": "Số giờ",
        "description": "Of the day",
        "type": "number",
        "minimum": 0,
        "exclusiveMaximum": 24,
        "multipleOf": 0.1,
        "x-unit": "h",
    }
    assert found["steps"] == {"type": ["number", "null"], "exclusiveMinimum": -1, "maximum": 2, "multipleOf": 0.25}
    assert found["free"] == {"type": ["number", "null"], "exclusiveMinimum": -(10**18), "exclusiveMaximum": 10**18}
    assert found["times"] == {
        "type": ["integer", "null"],
        "exclusiveMinimum": -(10**18),
        "exclusiveMaximum": 10**18,
        "default": 3,
    }
    assert found["even"] == {"type": ["integer", "null"], "minimum": 0, "maximum": 8, "multipleOf": 2}
    assert found["post"] == {"oneOf": [{"const": "head", "title": "Trưởng"}, {"const": "other", "title": "Others"}]}
    assert found["kind"] == {"enum": ["a", "b", None], "default": "a"}
    assert found["post_before"]["oneOf"][-1] == {"type": "null"}
    assert found["late"] == {"type": "boolean"}
    assert found["name"] == {"type": ["string", "null"], "maxLength": 5}
    assert found["due"]["default"] == "2026-03-01"
    assert found["tasks"] == {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "hours": {"type": "integer", "minimum": 0, "maximum": 9},
                "remark": {"type": ["string", "null"], "maxLength": 200},
            },
            "required": ["hours"],
            "additionalProperties": False,
        },
        "maxItems": 2,
        "minItems": 1,
    }


def test_a_number_that_no_double_holds_ends_a_little_further_out() -> None:
    rules = "inputs: {x: {type: number, min: 0.12345678901234567891, max: 0.98765432109876543211, optional: true}, y: {type: number, min: -0.98765432109876543211, max: -0.12345678901234567891, default: -0.5}}\noutputs: {n: y}"
    found = program(rules).subject_schema()["properties"]
    assert Decimal(repr(found["x"]["minimum"])) < Decimal("0.12345678901234567891")
    assert Decimal(repr(found["x"]["maximum"])) > Decimal("0.98765432109876543211")
    assert Decimal(repr(found["y"]["minimum"])) < Decimal("-0.98765432109876543211")
    assert Decimal(repr(found["y"]["maximum"])) > Decimal("-0.12345678901234567891")
    assert found["y"]["default"] == -0.5


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        ("2026-02-14", False),
        ("2026-02-15", True),
        ("2026-02-19", True),
        ("2026-03-01", True),
        ("2026-12-31", True),
        ("2027-01-09", True),
        ("2027-01-10", False),
        ("2025-12-31", False),
        ("2030-01-01", False),
        ("2026-02-30", False),
        ("2026-2-20", False),
        ("20260220", False),
        (None, True),
        (20260220, False),
    ],
)
def test_dates_are_limited_by_patterns(day: object, holds: bool) -> None:
    rules = program(
        "inputs: {due: {type: date, min: 2026-02-15, max: 2027-01-09, default: 2026-03-01}}\noutputs: {y: due}"
    )
    assert valid(rules.subject_schema(), {"due": day}) is holds
    try:
        kr.assess(rules, {"due": day})
    except kr.SubjectError:
        assert not holds
    else:
        assert holds


VARIANTS = """
inputs:
  post: {type: choice, options: [head, deputy]}
  day: {type: date}
variant_by: post
edition_by: day
effective: {from: 2026-01-01, until: 2028-01-01}
outputs: {n: 1}
variants:
  head: {inputs: {staff: {type: integer, min: 1}}, outputs: {n: staff}}
  deputy: {}
amendments: [{from: 2027-01-01, change: {inputs: {extra: {type: boolean, allow: {KR242: for people}}}}}]
""".replace("day", "issued")


@pytest.mark.parametrize(
    ("subject", "holds"),
    [
        ({"post": "head", "staff": 3, "issued": "2026-05-01"}, True),
        ({"post": "head", "staff": 3, "issued": "2027-05-01"}, False),
        ({"post": "head", "staff": 3, "issued": "2027-05-01", "extra": True}, True),
        ({"post": "head", "issued": "2026-05-01"}, False),
        ({"post": "deputy", "issued": "2026-05-01"}, True),
        ({"post": "deputy", "issued": "2026-05-01", "staff": None}, True),
        ({"post": "deputy", "issued": "2026-05-01", "staff": 3}, False),
        ({"post": "deputy", "issued": "2025-12-31"}, False),
        ({"post": "deputy", "issued": "2028-01-01", "extra": True}, False),
        ({"post": "deputy"}, False),
    ],
)
def test_each_variant_and_edition_is_an_alternative(subject: dict[str, Any], holds: bool) -> None:
    rules = kr.loads(f"kpirules: 1\nid: rules\n{VARIANTS}")
    schema = rules.subject_schema()
    assert len(schema["anyOf"]) == 4
    assert valid(schema, subject) is holds
    try:
        kr.assess(rules, subject)
    except kr.SubjectError:
        assert not holds
    else:
        assert holds


def test_a_program_of_which_nothing_shows_the_edition_has_no_schema() -> None:
    rules = kr.loads(
        f"kpirules: 1\nid: rules\n{VARIANTS.replace('edition_by: issued', 'note: none')}", variant="head"
    )
    with pytest.raises(kr.RulebookError):
        rules.subject_schema()
    assert rules.part(on=date(2026, 5, 1)).subject_schema()["required"] == ["post", "issued", "staff"]


COLUMNS = """
inputs:
  done: {type: integer, min: 0, max: 9, column: Số việc}
  late: {type: integer, min: 0, max: 9, default: 0, column: Số lần muộn}
  tasks: {type: list, fields: {hours: {type: integer, min: 0, max: 9, column: Số giờ}}}
outputs: {n: done + late + count(tasks)}
"""


@pytest.mark.parametrize(
    ("subject", "holds"),
    [
        ({"done": 1, "tasks": []}, True),
        ({"Số việc": 1, "tasks": [{"hours": 1}, {"Số giờ": 2}], "Số lần muộn": 3}, True),
        ({"Số việc": 1, "done": 1, "tasks": []}, False),
        ({"tasks": []}, False),
        ({"done": 1, "tasks": [{}]}, False),
        ({"done": 1, "tasks": [], "late": 1, "Số lần muộn": 1}, False),
        ({"Số việc": 10, "tasks": []}, False),
    ],
)
def test_an_input_has_its_id_or_its_column(subject: dict[str, Any], holds: bool) -> None:
    rules = program(COLUMNS)
    assert valid(rules.subject_schema(), subject) is holds
    try:
        kr.assess(rules, subject)
    except kr.SubjectError:
        assert not holds
    else:
        assert holds
