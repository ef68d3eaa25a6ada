"""The places of names in documents that belong together."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpirules.documents import read_text
from kpirules.editor.index import Index
from kpirules.editor.survey import survey
from kpirules.editor.symbols import Symbol

from .given import BASE, at, folder


def index(text: str) -> Index:
    document, found = read_text(text, "a")
    assert document is not None, found
    return Index({"a": survey(document.root)})


@pytest.mark.parametrize(
    ("part", "marked", "symbol"),
    [
        ("part(total", "part", Symbol("name", "part")),
        ("part(total", "total", Symbol("name", "total")),
        ("whole=most", "whole", Symbol("argument", "whole", "part")),
        ("whole=most", "most", Symbol("name", "most")),
        ("x / whole", "x", Symbol("argument", "x", "part")),
        ("t.double", "double", Symbol("field", "double", "tasks")),
        ("item.hours", "hours", Symbol("field", "hours", "tasks")),
        ("unique: [kind]", "kind", Symbol("field", "kind", "tasks")),
        ("when: {grade", "grade", Symbol("name", "grade")),
        ("share.done", "done", Symbol("criterion", "done")),
        ("care > 0", "care", Symbol("criterion", "care")),
        ("worth(grade)", "worth", Symbol("name", "worth")),
        ("band: fair", "fair", Symbol("band", "fair")),
        ("children.work", "work", Symbol("criterion", "work")),
        ("c.share for", "c.", Symbol("variable", "c", "a:{}:1")),
        ("[grade, tasks.hours]", "grade", Symbol("name", "grade")),
        ("[grade, tasks.hours]", "tasks", Symbol("name", "tasks")),
        ("[grade, tasks.hours]", "hours", Symbol("field", "hours", "tasks")),
        ("given: {tasks", "tasks", Symbol("name", "tasks")),
        ("{hours: 50", "hours", Symbol("field", "hours", "tasks")),
        ("care: 20}\n    expect", "care", Symbol("criterion", "care")),
        ("points: {done", "done", Symbol("criterion", "done")),
        ("let: {total: 100", "total", Symbol("name", "total")),
        ("outputs: {best", "best", Symbol("output", "best")),
        ("max(c.share", "max", Symbol("built_in", "max")),
        ("min(part", "min", Symbol("built_in", "min")),
    ],
)
def test_what_a_word_stands_for(part: str, marked: str, symbol: Symbol) -> None:
    place = index(BASE).at("a", at(BASE, part, marked))
    assert place is not None
    assert place.symbol == symbol or (place.symbol.kind, place.symbol.id) == ("variable", symbol.id)
    assert place.span.text == symbol.id
    assert place.is_exact


def test_words_that_stand_for_nothing() -> None:
    assert index(BASE).at("a", at(BASE, "type: list", "list")) is None
    assert index("kpirules: 1\nlet: {a: nothing + b.c}").at("a", 23) is None


def test_a_name_in_variants_and_amendments_is_the_name() -> None:
    text = """\
kpirules: 1
inputs: {post: {type: choice, options: [head, other]}, x: {type: number, min: 0, max: 9}}
let: {twice: 2 * x}
variant_by: post
variants:
  head: {let: {twice: 3 * x}, amendments: [{from: 2026-01-01, change: {inputs: {x: {max: 5}}}}]}
  other: {like: head}
amendments: [{from: 2026-02-01, change: {let: {twice: 4 * x}}}]
outputs: {out: twice}
"""
    found = index(text)
    assert len(list(found.of(Symbol("name", "x")))) == 5
    assert sum(place.is_definition for place in found.of(Symbol("name", "twice"))) == 3
    assert [place.span.line for place in found.of(Symbol("name", "post"))] == [2, 4]


def test_quotas_tables_and_copied_options() -> None:
    text = """\
kpirules: 1
inputs:
  unit: {type: text}
  size: {type: integer, min: 0, max: 9}
  kind: {type: choice, options: [a, b]}
  other: {type: choice, options: kind}
tables: {grid: {args: [u, v], cases: [{when: {u: a}, value: 1}, {when: v > 2, value: cap}]}}
parameters: {cap: 2}
bands: {good: {from: cap}, fair: {}}
cohort:
  within: [unit]
  quotas:
    few: {band: good, at_most: 20%, of: [good, fair], base: before, round: down, minimum: 0, order: [score],
      ties: keep, demote_to: fair, uniform: [size], when: size > 1}
"""
    found = index(text)
    counts = {(place.symbol.kind, place.symbol.id): 0 for place in found.occurrences("a")}
    for place in found.occurrences("a"):
        counts[place.symbol.kind, place.symbol.id] += 1
    expected = {"unit": 2, "size": 3, "kind": 2, "cap": 3}
    assert {id_: counts["name", id_] for id_ in expected} == expected
    assert (counts["argument", "u"], counts["argument", "v"]) == (2, 2)
    assert (counts["band", "good"], counts["band", "fair"]) == (3, 3)


def test_a_rulebook_knows_the_names_of_what_it_extends(tmp_path: Path) -> None:
    workspace = folder(tmp_path)
    found = workspace.index(tmp_path / "local.kpi.yaml")
    assert [
        Path(place.span.source.name).name for place in found.of(Symbol("name", "total")) if place.is_definition
    ] == [*("local.kpi.yaml", "base.kpi.yaml")]


def test_a_case_file_knows_the_names_of_its_rulebook(tmp_path: Path) -> None:
    workspace = folder(tmp_path)
    path = tmp_path / "base.cases.yaml"
    place = workspace.index(path).at(path.as_posix(), at(path.read_text(encoding="utf-8"), "grade"))
    assert place is not None
    assert place.symbol == Symbol("name", "grade")


@pytest.mark.parametrize(
    "text", ["", "[", "kpirules: 1\nlet: 3\nbands: [1]\ninputs: {x: }\ncriteria: {a: {criteria: 1}}"]
)
def test_any_text_has_an_index(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.kpi.yaml"
    workspace = folder(tmp_path).having(path, text)
    for name in (found := workspace.index(path)).surveys:
        assert list(found.occurrences(name)) is not None
