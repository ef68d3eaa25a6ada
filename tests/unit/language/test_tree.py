"""Trees, types and their small parts."""

from __future__ import annotations

import ast
from fractions import Fraction

import pytest

from kpirules.diagnostics import Diagnostic
from kpirules.kernel.mappings import FrozenMap
from kpirules.language.expressions import BOOLEAN, NUMBER, TEXT, Expression, Fault, Type, evaluate, parse
from kpirules.language.expressions import tree as t
from kpirules.language.expressions.evaluation import Option


def test_a_constant_expression_shows_its_value() -> None:
    for text, value in (
        ("3", Fraction(3)),
        ("-3", Fraction(-3)),
        ("+3", Fraction(3)),
        ("'a'", "a"),
        ("True", True),
    ):
        expression = parse(text, [])
        assert expression is not None
        assert expression.constant == value
    for text in ("x", "-x", "1 + 1"):
        expression = parse(text, [])
        assert expression is not None
        assert expression.constant is None
    assert Expression("-'a'", t.Sign("-", t.Literal("a"))).constant is None


def test_an_expression_prints_as_it_was_written() -> None:
    assert str(parse(" a+b", [])) == " a+b"


def test_a_node_without_a_text_has_no_place() -> None:
    assert t.Name("a").span is None
    assert t.Field("t", "a").dotted == "t.a"


def test_a_type_can_be_made_optional_and_present() -> None:
    assert NUMBER.optional.present == NUMBER
    assert NUMBER.optional.optional is not NUMBER
    assert NUMBER.optional.optional == NUMBER.optional
    assert BOOLEAN.present is BOOLEAN


def test_types_are_named_in_the_words_of_the_rulebook() -> None:
    assert [str(x) for x in (NUMBER, BOOLEAN, TEXT, Type("string"), Type("choice", ("a", "b")))] == [
        "number",
        "yes/no value",
        "text",
        "quoted string",
        "choice of a, b",
    ]


def test_an_option_is_greater_the_better_it_is() -> None:
    fair, good = (Option(x, {"poor": 0, "fair": 1, "good": 2}) for x in ("fair", "good"))
    assert fair < good
    assert fair <= good
    assert good > fair
    assert good >= fair
    assert good == "good"


def test_text_that_python_itself_gives_up_on_is_too_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(ast, "parse", give_up)
    problems: list[Diagnostic] = []
    assert parse("x", problems) is None
    assert problems[0].code == "KR204"


@pytest.mark.parametrize("text", ["a\x00b", "a\u200bb", "a\u202e + b", "\x1b[31m"])
def test_characters_that_cannot_be_seen_are_refused(text: str) -> None:
    problems: list[Diagnostic] = []
    assert parse(text, problems) is None
    assert problems[0].code == "KR200"


def test_a_value_that_no_expression_can_hold_leaves_no_reading() -> None:
    class Environment:
        def read(self, name: str) -> object:
            return [1] if name == "tasks" else None

        def children(self, group: str) -> list[dict[str, object]]:
            return []

        def table(self, name: str) -> None:
            return None

    expression = parse("default(tasks, 1)", [])
    assert expression is not None
    readings: list[object] = []
    assert evaluate(expression, Environment(), readings=readings) == [1]  # type: ignore[arg-type]
    assert readings == []


def test_a_fault_keeps_what_happened() -> None:
    fault = Fault("division", "the divisor is zero")
    assert (fault.kind, fault.reason, fault.node) == ("division", "the divisor is zero", None)


def test_a_frozen_map_is_a_value() -> None:
    points = FrozenMap({"a": 1, "b": 2})
    assert points == {"b": 2, "a": 1}
    assert points != {"a": 1}
    assert (points == 3) is False
    assert hash(points) == hash(FrozenMap([("b", 2), ("a", 1)]))
    assert "a" in points
    assert list(points) == ["a", "b"]
    assert repr(points) == "{'a': 1, 'b': 2}"
    with pytest.raises(AttributeError):
        points.c = 3  # type: ignore[attr-defined]
