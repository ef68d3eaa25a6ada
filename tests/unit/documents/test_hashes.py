"""The two hashes: changes that affect them, and changes that do not."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve

from kpirules.documents import (
    Mapping,
    Node,
    Scalar,
    build,
    content_hash,
    hashes,
    read_mapping,
    read_text,
    scoring_hash,
)
from kpirules.language.model import Rulebook

TEXT = """
kpirules: 1
id: staff
title: {en: Staff, vi: Cán bộ}
edition: 2026.10
effective: {from: 2026-01-01}
inputs:
  a: {type: number, min: 0, max: 10, decimals: 2}
  b: {type: choice, options: [x, y], default: x}
  t: {type: list, fields: {h: {type: integer}, k: {type: boolean}}, let: {m: item.h + 1}}
parameters: {most: 10, third: 1 / 3, on: true}
functions: {f: {args: [u], value: u * 2}}
tables: {r: {lookup: {x: 1, y: 2, else: 3}}, s: {scale: [[0, 0], [10, 1]]}}
calendars: {c: {weekend: [sat, sun], holidays: [2026-01-01, 2026-05-01], from: 2026-01-01, until: 2027-01-01}}
let: {l: f(a) + r(b), unused: 0.5}
exemptions: {e: {when: a > 9, status: away}, g: {when: a > 8, status: gone}}
criteria:
  p: {max: most, rate: a / 10, label: P, source: {document: D, article: 1}}
  q: {max: 5, measure: a, steps: [{from: 5, points: 5}, {points: 0}]}
score: {max: 15, round: {places: 2, mode: half_up}}
bands: {good: {from: 9, requires: {m: {that: a > 1}, n: {that: a > 2}}}, poor: {from: 0}}
overrides: {o: {when: a < 1, band: poor}}
outputs: {w: points.p}
invariants: {i: {that: a >= 0}}
examples: [{name: one, given: {a: 1, b: x}, expect: {score: 1}}]
allow: {KR242: kept, KR231: so be it}
"""


def built(text: str, format: Any = "yaml") -> Rulebook:
    document, problems = read_text(text, "a", format)
    assert problems == []
    assert document is not None
    rulebook, found = build(document)
    assert found == []
    assert rulebook is not None
    return rulebook


def plain(node: Node) -> Any:
    """Return a node as plain Python values."""
    if isinstance(node, Scalar):
        if isinstance(node.value, Fraction):
            return int(node.value) if node.value.denominator == 1 else float(node.value)
        return node.value
    if isinstance(node, Mapping):
        return {entry.key.text: plain(entry.value) for entry in node}
    return [plain(part) for part in node.items]


def value() -> Any:
    document, _ = read_text(TEXT, "a")
    assert document is not None
    mapping = plain(document.root)
    mapping["edition"] = "2026.10"
    return mapping


def test_yaml_json_and_a_mapping_are_one_rulebook() -> None:
    from_yaml = built(TEXT)
    from_json = built(json.dumps(value()), "json")
    document, _ = read_mapping(value())
    assert document is not None
    from_mapping, _ = build(document)
    assert from_yaml == from_json == from_mapping
    assert len({scoring_hash(from_yaml), scoring_hash(from_json), from_yaml.scoring_hash}) == 1
    assert len({content_hash(from_yaml), content_hash(from_json), from_yaml.content_hash}) == 1


def test_a_hash_is_64_hexadecimal_digits_and_the_two_differ() -> None:
    rulebook = built(TEXT)
    assert len(rulebook.scoring_hash) == len(rulebook.content_hash) == 64
    assert int(rulebook.scoring_hash, 16) != int(rulebook.content_hash, 16)


def turned(node: Any, ordered: tuple[str, ...] = ("exemptions", "overrides", "bands", "levels")) -> Any:
    """Return the rulebook with the keys of every map reversed, except where order matters."""
    if isinstance(node, dict):
        return {
            key: ({k: turned(v) for k, v in part.items()} if key in ordered else turned(part))
            for key, part in reversed(node.items())
        }
    return [turned(part) for part in node] if isinstance(node, list) else node


def test_the_order_of_keys_never_matters() -> None:
    one, other = built(json.dumps(value()), "json"), built(json.dumps(turned(value())), "json")
    assert one.scoring_hash == other.scoring_hash
    assert one.content_hash == other.content_hash


def test_the_layout_of_an_expression_is_content_and_not_scoring() -> None:
    one, other = built(TEXT), built(TEXT.replace("rate: a / 10", "rate: (a/10)"))
    assert one.scoring_hash == other.scoring_hash
    assert one.content_hash != other.content_hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("en: Staff", "en: People"),
        ("label: P", "label: Q"),
        ("article: 1", "article: 2"),
        ("name: one", "name: two"),
        ("given: {a: 1", "given: {a: 2"),
        ("kept", "kept for now"),
        ("round: {places: 2, mode: half_up}", "round: {places: 2, mode: half_up}, band_on: rounded"),
    ],
)
def test_words_and_examples_are_content_and_not_scoring(old: str, new: str) -> None:
    one, other = built(TEXT), built(TEXT.replace(old, new))
    assert one.scoring_hash == other.scoring_hash
    assert one.content_hash != other.content_hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("max: most", "max: 10"),
        ("unused: 0.5", "unused: 0.6"),
        ("most: 10", "most: 10.0 + 0"),
        ("decimals: 2", "decimals: 1"),
        ("[x, y]", "[y, x]"),
        ("half_up", "half_even"),
        ("from: 9", "above: 9"),
        ("a / 10", "a / 9"),
        ("u * 2", "u * 3"),
        ("2026-05-01", "2026-05-02"),
        (
            "e: {when: a > 9, status: away}, g: {when: a > 8, status: gone}",
            "g: {when: a > 8, status: gone}, e: {when: a > 9, status: away}",
        ),
        (
            "good: {from: 9, requires: {m: {that: a > 1}, n: {that: a > 2}}}, poor: {from: 0}",
            "poor: {from: 0}, good: {from: 9, requires: {m: {that: a > 1}, n: {that: a > 2}}}",
        ),
        ("y: 2, else: 3", "y: 2, else: 4"),
        ("id: staff", "id: people"),
        ("edition: 2026.10", "edition: 2026.11"),
    ],
)
def test_whatever_can_change_a_rating_changes_both(old: str, new: str) -> None:
    assert old in TEXT
    one, other = built(TEXT), built(TEXT.replace(old, new))
    assert one.scoring_hash != other.scoring_hash
    assert one.content_hash != other.content_hash


def test_a_hash_does_not_count_itself() -> None:
    rulebook = built(TEXT)
    blank = evolve(rulebook, scoring_hash="", content_hash="")
    assert (scoring_hash(blank), content_hash(blank)) == (rulebook.scoring_hash, rulebook.content_hash)


def test_the_longest_chain_of_sums_has_a_hash() -> None:
    chain = " + ".join(["1"] * 250)
    assert built(f"kpirules: 1\nlet: {{a: {chain}}}").scoring_hash


def test_a_value_without_a_form_has_no_hash() -> None:
    with pytest.raises(TypeError, match="object has no form"):
        hashes._texts(object())
