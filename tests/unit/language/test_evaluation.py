"""The meaning of expressions: exact, strict in absence, lazy where the language says so."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from simpleeval import SimpleEval

from kpirules.diagnostics import Diagnostic
from kpirules.kernel.calendars import Calendar
from kpirules.kernel.exact import to_text
from kpirules.language.expressions import (
    AGGREGATES,
    FUNCTIONS,
    MAX_BITS,
    MAX_WORK,
    Excerpt,
    Fault,
    Meter,
    Option,
    Reading,
    UndefinedRow,
    evaluate,
    evaluation,
    parse,
)

F = Fraction
OFFICE = Calendar(frozenset({5, 6}), frozenset(), frozenset(), date(2026, 1, 1), date(2027, 1, 1))
TASKS = [
    {"hours": F(1), "done": True},
    {"hours": F(2), "done": False},
    {"hours": F(6), "done": True},
]


class Environment:
    """The names, groups and tables of a test."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names

    def read(self, name: str) -> Any:
        return self.names[name]

    def children(self, group: str) -> Sequence[Mapping[str, Any]]:
        return [{"points": F(3)}, {"points": F(4)}] if group == "results" else []

    def table(self, name: str) -> Callable[[Any], Any] | None:
        return {"double": lambda x: 2 * x, "open": self.undefined}.get(name)

    def undefined(self, x: object) -> Any:
        raise UndefinedRow("tables.open: otherwise")


def value(text: str, readings: list[Reading] | None = None, **names: Any) -> Any:
    problems: list[Diagnostic] = []
    expression = parse(text, problems)
    assert expression is not None, problems
    names = {"office": OFFICE, "tasks": TASKS, "none": None, "empty": [], **names}
    return evaluate(expression, Environment(names), readings=readings)


def shown(found: object) -> str:
    return to_text(found) if isinstance(found, Fraction) else str(found)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_example_of_the_function_table_is_true(name: str) -> None:
    call, gives = FUNCTIONS[name].example
    assert shown(value(call)) == gives


@pytest.mark.parametrize("name", AGGREGATES)
def test_every_example_of_the_aggregate_table_is_true(name: str) -> None:
    call, gives = AGGREGATES[name].example
    assert shown(value(call)) == gives


def test_signatures_print_as_they_are_written() -> None:
    assert FUNCTIONS["max"].signature == "max(x, y, …)"
    assert FUNCTIONS["round"].signature == "round(x, places=…, mode=…, to=…)"


def test_the_spelling_of_a_formula_changes_nothing() -> None:
    names = {"a": F(4, 7), "b": F(1), "c": F(1)}
    assert value("30 + (a+b+c)/3*70", **names) == 90
    assert value("30 + (a+b+c)*70/3", **names) == 90


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("1 / 3 + 1 / 6", F(1, 2)),
        ("-2 ** 2", F(-4)),
        ("0 ** 0", F(1)),
        ("+3", F(3)),
        ("1 < 2 < 3", True),
        ("1 < 2 > 3", False),
        ("not 1 == 2", True),
        ("1 != 2 and 2 >= 2 and 1 <= 1", True),
        ("'a' in ('a', 'b')", True),
        ("3 not in (1, 2)", True),
        ("1 if 2 > 1 else 1 / 0", F(1)),
        ("2 if 2 < 1 else 3", F(3)),
        ("False and 1 / 0 > 1", False),
        ("True or 1 / 0 > 1", True),
        ("2 < 1 < 1 / 0", False),
        ("round(-2.5)", F(-3)),
        ('round(2.5, mode="half_even")', F(2)),
        ("round(2.3, to=0.5)", F(5, 2)),
        ("clamp(-1, 0, 1) + clamp(2, 0, 1) + clamp(0.5, 0, 1)", F(3, 2)),
        ("mod(7, -3)", F(-2)),
        ("sum(t.hours for t in empty)", F(0)),
        ("count(empty)", F(0)),
        ("any(t.done for t in empty)", False),
        ("all(t.done for t in empty)", True),
        ("sum(t.hours for t in tasks if t.done)", F(7)),
        ("sum(c.points for c in children.results)", F(7)),
        ("double(4)", F(8)),
        ("default(none, 5) + default(1, 1 / 0)", F(6)),
        ("given(none) or given(1)", True),
        ("ratio(1, 2, if_zero=1 / 0)", F(1, 2)),
        ("date(2026, 2, 28) < date(2026, 3, 1)", True),
    ],
)
def test_an_expression_gives_its_exact_value(text: str, gives: object) -> None:
    found = value(text)
    assert found == gives
    assert type(found) is type(gives)


@pytest.mark.parametrize(
    "text",
    [
        "none",
        "none + 1",
        "-none",
        "not none",
        "none ** 2",
        "none < 1",
        "1 < none < 3",
        "none in (1,)",
        "none and False",
        "True and none",
        "none or True",
        "1 if none else 2",
        "none if True else 1",
        "max(1, none)",
        "round(none)",
        "double(none)",
        "ratio(none, 1, if_zero=0)",
        "ratio(1, none, if_zero=0)",
        "ratio(1, 0, if_zero=none)",
        "default(none, none)",
        "avg(t.hours for t in empty)",
        "min(t.hours for t in empty)",
        "max(t.hours for t in empty)",
        "share(t.done for t in empty)",
        "sum(t.hours for t in none)",
        "count(none)",
    ],
)
def test_absence_passes_through(text: str) -> None:
    assert value(text) is None


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("1 + 2 / (3 - 3)", "division", "2 / (3 - 3)"),
        ("mod(1, 0)", "division", "mod(1, 0)"),
        ("sqrt(-1)", "domain", "sqrt(-1)"),
        ("ln(0)", "domain", "ln(0)"),
        ("root(2, 2.5)", "domain", "root(2, 2.5)"),
        ("power(-2, 0.5)", "domain", "power(-2, 0.5)"),
        ("date(2026, 2, 30)", "date", "date(2026, 2, 30)"),
        ("date(2026.5, 2, 3)", "date", "date(2026.5, 2, 3)"),
        ("workdays(date(2025, 1, 1), date(2026, 1, 2), office)", "calendar", "workdays"),
        ("exp(10000000)", "width", "exp(10000000)"),
        ("1 + (((7 ** 16) ** 16) ** 16) ** 16", "width", "(((7 ** 16)"),
        ("sum(t.hours / 0 for t in tasks)", "division", "t.hours / 0"),
        ("1 / 0 + sqrt(-1)", "division", "1 / 0"),
    ],
)
def test_a_fault_names_the_innermost_leftmost_part(text: str, kind: str, part: str) -> None:
    with pytest.raises(Fault) as caught:
        value(text)
    assert caught.value.kind == kind
    assert caught.value.node is not None
    assert caught.value.node.part is not None
    assert caught.value.node.part.text.startswith(part)


def test_an_undefined_row_passes_through_everything() -> None:
    with pytest.raises(UndefinedRow, match=r"tables.open"):
        value("default(open(1), 2)")


def test_options_of_an_ordered_choice_compare_by_their_place() -> None:
    good = Option("good", {"fair": 0, "good": 1, "best": 2})
    assert value('band >= "good" and "best" > band and band < "best"', band=good)
    assert value('band <= "good" and not band < "fair"', band=good)
    assert value('band == "good" and band in ("good",)', band=good)
    assert pickle.loads(pickle.dumps("x")) == "x"


def test_readings_hold_each_outer_part_once_and_aggregates_as_a_whole() -> None:
    readings: list[Reading] = []
    assert value("n + n + sum(t.hours * n for t in tasks) + count(tasks)", readings, n=F(2)) == 25
    assert [(r.text, r.value) for r in readings] == [
        ("n", 2),
        ("sum(t.hours * n for t in tasks)", 18),
        ("count(tasks)", 3),
    ]


def test_work_is_counted_and_limited() -> None:
    problems: list[Diagnostic] = []
    expression = parse("sum(t.hours * 2 for t in tasks)", problems)
    assert expression is not None
    meter = Meter()
    evaluate(expression, Environment({"tasks": TASKS}), meter)
    assert 0 < meter.work < 100
    assert meter.widest == 5
    with pytest.raises(Fault, match="units of work"):
        evaluate(expression, Environment({"tasks": TASKS}), Meter(work=MAX_WORK - 3))


def test_a_wide_step_counts_the_square_of_its_words() -> None:
    meter = Meter()
    meter.weigh(F(2 ** (256 * 10) - 1))
    assert meter.work == 100
    with pytest.raises(Fault, match="bits"):
        meter.weigh(F(2**MAX_BITS))


def test_simpleeval_is_given_nothing_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets no text, and every name that it can look up is from the language."""
    made: list[evaluation._Evaluation] = []
    begin = evaluation._Evaluation.__init__

    def watched(self: evaluation._Evaluation, *rest: Any) -> None:
        begin(self, *rest)
        made.append(self)

    def parse_(*rest: object) -> None:
        raise AssertionError("a text reached simpleeval")

    monkeypatch.setattr(evaluation._Evaluation, "__init__", watched)
    monkeypatch.setattr(SimpleEval, "parse", parse_)
    assert value("sum(t.hours for t in tasks) + max(1, 2)") > 0
    (one,) = made
    assert (one.functions, one.names) == ({}, {})
    assert one.operators is evaluation._OPERATORS
    assert all(meaning.__module__ != "simpleeval" for meaning in evaluation._OPERATORS.values())
    own = {name.__name__ for name, meaning in one.nodes.items() if meaning.__func__.__module__ == "simpleeval"}
    # It walks a sign to its operand, and asks the operators of the language.
    assert own == {"UnaryOp"}


def test_an_evaluation_leaves_the_warning_filters_of_the_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(*rest: object, **more: object) -> None:
        raise AssertionError("the warning filters were changed")

    monkeypatch.setattr(warnings, "catch_warnings", changed)
    assert value("sum(t.hours for t in tasks) + max(1, 2)") > 0


def test_an_aggregate_visits_records_only() -> None:
    with pytest.raises(TypeError, match="expected records, found str"):
        value("sum(t.hours for t in tasks)", tasks="text")


def test_a_value_without_a_place_leaves_no_reading() -> None:
    from kpirules.language.expressions import Expression
    from kpirules.language.expressions import tree as t

    readings: list[Reading] = []
    expression = Expression("n", t.Name("n"))
    assert evaluate(expression, Environment({"n": F(1)}), readings=readings) == 1
    assert readings == []
    assert Excerpt("n").span(0, 1) is None
