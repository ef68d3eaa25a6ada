"""The pages on keys: every key is on a page, with an example that the JSON Schema accepts."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from jsonschema import Draft202012Validator

from kpirules.documents.schema import json_schema
from kpirules.documents.shapes import NEVER_MERGED, SHAPES

FILE = Path(__file__).parents[2] / "docs" / "keys.py"
SPEC = importlib.util.spec_from_file_location("keys", FILE)
assert SPEC is not None
assert SPEC.loader is not None
keys: Any = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(keys)

OVERLAID = {"variant", "change"}
"""Shapes with most keys of a rulebook: their pages show what is their own."""

ALL = sorted(
    {(shape.name, key.name) for shape in SHAPES.values() if shape.name not in OVERLAID for key in shape.keys}
    | {("variant", name) for name in ("like", "label", "amendments")}
)
LEFT_OUT = "…"


class WithoutDates(yaml.SafeLoader):
    """YAML 1.2 as far as examples need it: dates are texts, and `on` is a word."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp") and first not in "oO"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@cache
def properties(shape: str) -> dict[str, Any]:
    definitions = json_schema()["$defs"]
    described = definitions[shape]
    strict = described["allOf"][0]["else"]["properties"] if shape == "rulebook" else described["properties"]
    return {"$defs": definitions, "properties": strict}


def on_pages() -> set[tuple[str, str]]:
    """Return the keys of all pages."""
    parts = [part for page in keys.PAGES for part in (*page.parts, *page.advanced)]
    shown = [(part, {key.name for _, key in keys.keys_of(part)}) for part in parts]
    return {
        (shape, key) for part, names in shown for shape in part.shapes for key in names & set(SHAPES[shape].by_name)
    }


def test_every_key_stands_on_a_page_or_in_the_index() -> None:
    in_the_index = {(shape, key) for shape, key in ALL if shape in ("rulebook", "citation") or key in keys.EVERYWHERE}
    assert set(ALL) - on_pages() - in_the_index == set()


def test_the_keys_that_special_cases_name_are_keys() -> None:
    for page in keys.PAGES:
        for part in (*page.parts, *page.advanced):
            known = {name for shape in part.shapes for name in SHAPES[shape].by_name}
            assert {*part.only, *part.advanced} <= known, part.title
    assert {*keys.SPECIAL, *keys.VERSIONED} <= set(SHAPES["rulebook"].by_name)
    assert {key.name for key in SHAPES["variant"].keys} - {"like", "label", "amendments"} == {
        key.name for key in SHAPES["rulebook"].keys if key.name not in NEVER_MERGED
    }


@pytest.mark.parametrize(("shape", "key"), ALL, ids=str)
def test_an_example_of_a_key_fits(shape: str, key: str) -> None:
    example = keys.example_of(shape, key)
    written = yaml.load(example, WithoutDates)
    assert list(written) == [key]
    if LEFT_OUT not in example:
        errors = Draft202012Validator(properties(shape)).iter_errors(written)
        assert [error.message for error in errors] == []


def test_removed_keys_have_no_examples_and_no_links() -> None:
    names = {f"{shape}.{key}" for shape, key in ALL} | {key for _, key in ALL}
    assert {*keys.EXAMPLES, *keys.MORE} - names == set()
    used = {f"{s}.{k}" if f"{s}.{k}" in keys.EXAMPLES else k for s, k in ALL}
    assert set(keys.EXAMPLES) - used == set()
