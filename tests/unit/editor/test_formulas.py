"""The words of formulas, whole and half written."""

from __future__ import annotations

import pytest

from kpirules.diagnostics import Source
from kpirules.documents import read_yaml
from kpirules.editor.formulas import scan
from kpirules.editor.survey import survey
from kpirules.language.expressions import parse, walk
from kpirules.language.expressions.tree import Aggregate, Call, OfCohort

from .given import EXAMPLES


def roles(text: str) -> list[tuple[str, str]]:
    return [(mention.word, mention.role) for mention in scan(text).mentions]


def test_texts_numbers_and_syntax_name_nothing() -> None:
    assert roles("""x not in ("y", 'z') and 25% * 1e3 < 2026-01-01 or True""") == [("x", "name")]


def test_an_argument_belongs_to_its_call() -> None:
    (argument,) = [one for one in scan("f(a, whole=g(b) == c)").mentions if one.role == "argument"]
    assert (argument.word, argument.of) == ("whole", "f")


def test_a_variable_is_known_in_its_brackets_alone() -> None:
    words = scan("sum(t.x for t in tasks) + t + sum((t.y) for t in others)")
    assert [one.binding and one.binding.collection for one in words.mentions if one.word == "t"] == [
        *("tasks", "tasks", None, "others", "others")
    ]


def test_a_list_that_is_named_like_the_variable_is_a_name() -> None:
    assert scan("sum(t.x for t in t)").mentions[-1].binding is None


@pytest.mark.parametrize(
    "text", ["sum(t.", "sum(t.x for", "sum(t.x for t in", "f(a, b=", "'half", '"', "((", ")]", "a."]
)
def test_half_a_formula_can_be_read(text: str) -> None:
    assert scan(text).texts or scan(text).mentions or text in ("((", ")]")


def test_groups_are_collections() -> None:
    assert scan("max(c.share for c in children.work)").bindings[0].collection == "children.work"


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.rglob("*.kpi.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_words_are_what_the_parser_reads(path) -> None:  # type: ignore[no-untyped-def]
    document, _ = read_yaml(Source("a", path.read_text(encoding="utf-8")))
    assert document is not None
    for slot in survey(document.root).slots:
        expression = parse(slot.scalar.text, []) if slot.what == "formula" else None
        if expression is None or not isinstance(slot.scalar.value, str):
            continue
        found = scan(slot.scalar.text)
        plain = {one.word for one in found.mentions if one.role == "name" and one.binding is None}
        dotted = {f"{one.of}.{one.word}" for one in found.mentions if one.role == "member" and one.binding is None}
        assert plain | dotted == set(expression.names), slot.scalar.text
        calls = {node.function for node in walk(expression.tree) if isinstance(node, Call | Aggregate | OfCohort)}
        assert {one.word for one in found.mentions if one.role == "call"} == calls, slot.scalar.text
