"""`kpirules new` and `kpirules schema`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from kpirules import load


def test_a_new_rulebook_has_no_findings_and_its_examples_pass(kpirules: Callable[..., Any]) -> None:
    assert kpirules("new", "first.kpi.yaml").code == 0
    assert kpirules("check", "first.kpi.yaml").code == 0
    assert kpirules("test", "first.kpi.yaml").out == "2 passed, 0 failed\n"


def test_a_new_rulebook_names_the_schema_that_stands_beside_it(kpirules: Callable[..., Any], folder: Path) -> None:
    kpirules("new", "rules/first.kpi.yaml")
    first = (folder / "rules/first.kpi.yaml").read_text(encoding="utf-8").splitlines()[0]
    name = first.removeprefix("# yaml-language-server: $schema=")
    schema = json.loads((folder / "rules" / name).read_text(encoding="utf-8"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_new_rulebook_satisfies_the_schema(kpirules: Callable[..., Any], folder: Path) -> None:
    kpirules("new", "first.kpi.yaml")
    schema = json.loads((folder / "kpirules.schema.json").read_text(encoding="utf-8"))
    text = (folder / "first.kpi.yaml").read_text(encoding="utf-8")
    assert [error.message for error in Draft202012Validator(schema).iter_errors(yaml.safe_load(text))] == []


@pytest.mark.parametrize("name", ["rules/", "there"])
def test_a_directory_gets_a_rulebook(name: str, kpirules: Callable[..., Any], folder: Path) -> None:
    (folder / "there").mkdir()
    assert kpirules("new", name).code == 0
    assert (folder / name / "rulebook.kpi.yaml").exists()


@pytest.mark.parametrize(
    ("name", "id_"),
    [("staff-review.kpi.yaml", "staff_review"), ("2026.kpi.yaml", "rulebook"), ("Đơn vị.yml", "don_vi")],
)
def test_the_id_is_made_of_the_name_of_the_file(
    name: str, id_: str, kpirules: Callable[..., Any], folder: Path
) -> None:
    assert kpirules("new", name).code == 0
    assert load(folder / name).id == id_


def test_nothing_is_overwritten(kpirules: Callable[..., Any], folder: Path) -> None:
    kept = (folder / "staff.kpi.yaml").read_text(encoding="utf-8")
    (folder / "kpirules.schema.json").write_text("{}", encoding="utf-8")
    ran = kpirules("new", "staff.kpi.yaml")
    assert ran.code == 2
    assert ran.err == "kpirules: staff.kpi.yaml: the file already exists, and was not changed\n"
    assert (folder / "staff.kpi.yaml").read_text(encoding="utf-8") == kept
    assert kpirules("new", "other.kpi.yaml").code == 0
    assert (folder / "kpirules.schema.json").read_text(encoding="utf-8") == "{}"


def test_the_schema_goes_to_standard_output_or_a_file(kpirules: Callable[..., Any], folder: Path) -> None:
    ran = kpirules("schema")
    assert kpirules("schema", "-o", "out.json").out == ""
    assert (folder / "out.json").read_text(encoding="utf-8") == ran.out
    assert json.loads(ran.out)["$defs"]["rulebook"]["properties"]["criteria"]["description"]


def test_the_schema_of_a_subject(kpirules: Callable[..., Any], folder: Path) -> None:
    ran = kpirules("schema", "--subject", "staff.kpi.yaml")
    schema = json.loads(ran.out)
    Draft202012Validator.check_schema(schema)
    assert schema == load(folder / "staff.kpi.yaml").subject_schema()
    assert kpirules("schema", "--subject", "staff.kpi.yaml", "--language", "vi", "-o", "subject.json").code == 0
    assert json.loads((folder / "subject.json").read_text(encoding="utf-8"))["properties"].keys() >= {
        "served",
        "tasks",
    }
    ran = kpirules("schema", "--subject", "none.kpi.yaml")
    assert (ran.code, ran.err) == (2, "kpirules: none.kpi.yaml: no such file\n")
