"""The JSON Schema for editors."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kpirules.documents import Mapping, Node, Scalar, build, json_schema, read_text
from kpirules.documents.shapes import SHAPES
from kpirules.kernel.exact import MODES
from kpirules.language.model import COMBINES

STAFF = """
kpirules: 1
id: vn.nd335_2025.staff
title: {vi: "Đánh giá, xếp loại chất lượng công chức", en: Rating of civil servants}
source: Nghị định 335/2025/NĐ-CP
effective: {from: 2026-01-01}

inputs:
  tasks:
    type: list
    fields:
      coefficient: {type: number, above: 0, max: 100, decimals: 2}
      assigned:    {type: integer, min: 0, max: 1000}
      completed:   {type: integer, min: 0, max: 1000}
      failures:    {type: integer, min: 0, max: 100, label: Failed quality reviews}
      delays:      {type: integer, min: 0, max: 100}
    let:
      quality:  item.coefficient * max(item.completed - 25% * item.failures, 0)
      progress: item.coefficient * max(item.completed - 25% * item.delays, 0)
  disciplined: {type: boolean, label: Disciplined for a duty-related violation this year}
  months_worked: {type: integer, min: 0, max: 12}

let:
  assigned: sum(t.coefficient * t.assigned for t in tasks)
  quantity: min(ratio(sum(t.coefficient * t.completed for t in tasks), assigned, if_zero=0), 1)
  quality:  min(ratio(sum(t.quality for t in tasks), assigned, if_zero=0), 1)
  progress: min(ratio(sum(t.progress for t in tasks), assigned, if_zero=0), 1)

exemptions:
  short_service: {when: months_worked < 6, status: not_classified, source: Điều 11}

criteria:
  general:
    label: Tiêu chí chung
    criteria:
      ethics:     {max: 10, entered: {step: 0.25}}
      competence: {max: 10, entered: {step: 0.25}}
      innovation: {max: 10, entered: {step: 0.25}}
  results:
    label: Kết quả thực hiện nhiệm vụ
    max: 70
    rate: (quantity + quality + progress) / 3
    source: Điều 14

score: {max: 100, round: {places: 2, mode: half_up}, band_on: rounded}

bands:
  excellent: {from: 90, label: Hoàn thành xuất sắc nhiệm vụ}
  good:      {from: 70, label: Hoàn thành tốt nhiệm vụ}
  fair:      {from: 50, label: Hoàn thành nhiệm vụ}
  poor:      {from: 0,  label: Không hoàn thành nhiệm vụ}

overrides:
  discipline: {when: disciplined, band: poor, source: Điều 20 khoản 4}
"""

INDICATORS = """
kpirules: 1
id: bench.weighted
inputs:
  plan: {type: number, above: 0, max: 1000000, decimals: 2}
  actual: {type: number, min: 0, max: 1000000, decimals: 2}
  late: {type: integer, min: 0, max: 1000}
  level: {type: choice, options: [high, middle, low, none]}
  reprimanded: {type: boolean}
criteria:
  growth:
    weight: 100%
    combine: mean
    criteria:
      g1: {weight: 25%, rate: 'clamp(actual / plan, 0, 1.2) / 1.2', round: {places: 2, mode: half_up}}
      g2: {weight: 25%, measure: late, scale: [[0, 100], [5, 90], [50, 0]], outside: clamp}
      g3:
        weight: 25%
        measure: actual
        steps: [{from: 95, points: 100}, {from: 90, points: 80}, {points: 0}]
      g4: {weight: 25%, measure: level, lookup: {high: 100, middle: 70, low: 40, none: {undefined: true}}}
score: {combine: mean, max: 100, round: {places: 2, mode: half_up}, band_on: rounded}
bands:
  fall: next
  levels:
    excellent: {from: 90, requires: share.growth >= 85%}
    poor: {from: 0, requires: {some: {that: actual > 0}}}
overrides:
  reprimand: {when: reprimanded, band_at_most: poor}
"""


def plain(text: str) -> Any:
    """Return a document as an editor's schema validator reads it."""

    def visit(node: Node) -> Any:
        if isinstance(node, Scalar):
            if isinstance(node.value, Fraction):
                return int(node.value) if node.value.denominator == 1 else float(node.value)
            return node.value
        if isinstance(node, Mapping):
            return {entry.key.text: visit(entry.value) for entry in node}
        return [visit(part) for part in node.items]

    document, problems = read_text(text, "a.kpi.yaml")
    assert document is not None
    assert problems == []
    return visit(document.root)


def complaints(text: str) -> list[str]:
    validator = jsonschema.Draft202012Validator(json_schema())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(plain(text))]


def test_the_schema_is_valid_and_made_of_json_values() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("text", [STAFF, INDICATORS], ids=["staff", "indicators"])
def test_whole_rulebooks_are_accepted_and_built(text: str) -> None:
    assert complaints(text) == []
    document, _ = read_text(text, "a.kpi.yaml")
    assert document is not None
    rulebook, problems = build(document)
    assert rulebook is not None
    assert problems == []


REJECTED = Path(__file__).parents[2] / "conformance" / "rejected"

SEEN = [
    "KR103-key-of-a-criterion",
    "KR120-input-without-type",
    "KR120-no-version",
    "KR121-list-for-a-number",
    "KR121-yes-for-a-flag",
    "KR122-rate-without-value",
    "KR123-combine",
    "KR123-rounding-mode",
    "KR125-version-2",
    "KR126-vietnamese",
    "KR126-rulebook-id",
    "KR132-criterion",
    "KR131-from-and-above",
    "KR150-one-knot",
    "KR150-empty-group",
    "KR151-no-tag",
    "KR154-title",
    "KR136-formula",
    "KR501-other-order",
]
"""Mistakes that show without knowing what names mean."""


@pytest.mark.parametrize("name", SEEN)
def test_the_schema_sees_mistakes_of_form(name: str) -> None:
    assert complaints((REJECTED / f"{name}.kpi.yaml").read_text(encoding="utf-8")) != []


@pytest.mark.parametrize(
    ("text", "is_accepted"),
    [
        ("inputs: {a: {type: choice, options: [x, y]}}", True),
        ("inputs: {a: {type: choice, options: {x: X, y: {vi: Y}}}}", True),
        ("inputs: {a: {type: choice, options: bands}}", True),
        ("inputs: {a: {type: choice}}", False),
        ("inputs: {a: {type: boolean, min: 0}}", False),
        ("inputs: {a: {type: list, fields: {b: {type: list, fields: {}}}}}", False),
        ("let: {a: 1, b: true, c: x, d: {value: 1, unit: kg}}", True),
        ("let: {a: {unit: kg}}", False),
        ("tables: {t: {lookup: {a: 1, b: {value: 1}, else: undefined}, gives: {options: [a]}}}", True),
        ("tables: {t: {lookup: {a: 1}, steps: [{value: 1}]}}", False),
        ("bands: {a: {}, b: {from: 1}}", True),
        ("bands: {levels: {a: {}}, fall: next}", True),
        ("bands: {levels: {a: {}}, fall: last}", False),
        ("bands: {}", False),
        ("overrides: {a: {band: x, unrated: y}}", False),
        ("criteria: {a: {max: 1/3, weight: 20%, rate: 1}}", True),
        ("examples: [{name: a, given: {x: null}, expect: {score: 385/6, band: null}}]", True),
        ("inputs: {a: {type: number, decimals: 31}}", False),
        ("inputs: {a: {type: list, fields: {b: {type: date}}, min_items: 2}}", True),
    ],
)
def test_the_schema_knows_long_and_short_forms(text: str, is_accepted: bool) -> None:
    assert (complaints(f"kpirules: 1\n{text}") == []) is is_accepted


def test_every_key_has_a_hover_text_of_one_sentence() -> None:
    for shape in SHAPES.values():
        names = [key.name for key in shape.keys]
        assert len(names) == len(set(names))
        for key in shape.keys:
            assert re.fullmatch(r"[A-Z`].*\.", key.help), (shape.name, key.name)


def test_every_shape_of_the_table_is_used() -> None:
    text = json.dumps(json_schema())
    for name in SHAPES:
        assert name == "rulebook" or f'"#/$defs/{name}"' in text


def test_closed_lists_come_from_where_they_mean_something() -> None:
    definitions = json_schema()["$defs"]
    assert definitions["round"]["properties"]["mode"]["enum"] == list(MODES)
    assert definitions["criterion"]["properties"]["combine"]["enum"] == list(COMBINES)
