"""Generated code admits subjects of usual types exactly as the slow path does, or leaves them to it."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules import Program
from kpirules.engines.scalar import admitting
from kpirules.rating.assessing.values import take
from tests.rules import F, unproved

BOOK = """
inputs:
  n: {type: number, min: -5, max: 100, decimals: 2}
  i: {type: integer, min: 0, max: 9, optional: true}
  half: {type: number, above: 0, below: 3, step: 0.5, optional: true}
  yes: {type: boolean, optional: true}
  level: {type: choice, options: [low, high], default: low}
  name: {type: text, max_length: 4, optional: true}
  on: {type: date, min: 2026-01-01, max: 2026-12-31, optional: true}
  bonus: {type: number, min: 0, max: 9, decimals: 1, default: 1.5}
  tasks:
    type: list
    min_items: 0
    max_items: 3
    optional: true
    unique: [id, part]
    fields:
      id: {type: text, max_length: 9}
      part: {type: integer, min: 0, max: 9, default: 7}
      done: {type: boolean, optional: true}
outputs: {o: n}
"""


def admitted(subject: object, book: Program | None = None) -> tuple[tuple[Any, ...], Mapping[str, Any]] | None:
    """Return the arguments and the defaults taken, after comparing them with the slow path."""
    book = book or unproved(BOOK)
    found = book.scalar.admit(subject)
    if found is None:
        return None
    arguments, marks = found
    values = take(book.rulebook.inputs, subject)
    assert (values.problems, values.missing) == ([], [])
    assert book.scalar.pack(values.given) == arguments
    assert types(book.scalar.pack(values.given)) == types(arguments)
    assert book.scalar.unpack(arguments) == values.given
    assert book.scalar.assumed(marks) == values.assumed
    return arguments, values.assumed


def types(value: Any) -> Any:
    """Return the types of arguments, since a boolean equals a number."""
    return [types(part) for part in value] if isinstance(value, list | tuple) else type(value)


@pytest.mark.parametrize(
    ("name", "value", "argument"),
    [
        ("n", 7, 700),
        ("n", Decimal("7.25"), 725),
        ("n", Decimal("72.5e-1"), 725),
        ("n", Decimal("7.2500"), 725),
        ("n", 7.25, 725),
        ("n", 0.1, 10),
        ("n", -0.0, 0),
        ("n", Fraction(29, 4), 725),
        ("n", -5, -500),
        ("n", 100, 10_000),
        ("i", 3, 3),
        ("i", 3.0, 3),
        ("i", Decimal(3), 3),
        ("i", Decimal("3E+0"), 3),
        ("i", Decimal("0E+9"), 0),
        ("i", Fraction(3), 3),
        ("half", 2.5, 5),
        ("half", Fraction(1, 2), 1),
        ("yes", True, True),
        ("yes", None, None),
        ("level", "high", "high"),
        ("name", "đđđđ", "đđđđ"),
        ("on", date(2026, 3, 1), date(2026, 3, 1)),
        ("on", "2026-12-31", date(2026, 12, 31)),
        ("tasks", [], []),
        ("tasks", ({"id": "a", "done": True},), [("a", 7, True)]),
        ("tasks", [{"id": "a", "part": 7}, {"id": "a", "part": 8, "done": None}], [("a", 7, None), ("a", 8, None)]),
    ],
)
def test_a_plain_value_is_admitted(name: str, value: object, argument: object) -> None:
    found = admitted({"n": 1} | {name: value})
    assert found is not None
    place = [declared.id for declared in unproved(BOOK).rulebook.inputs].index(name)
    assert found[0][place] == argument


def test_what_is_absent_is_none_or_its_default_and_marked() -> None:
    found = admitted({"n": 1, "level": None, "bonus": None, "yes": None, "tasks": [{"id": "a"}, {"id": "b"}]})
    assert found is not None
    arguments, assumed = found
    assert arguments == (100, None, None, None, "low", None, None, 15, [("a", 7, None), ("b", 7, None)])
    assert assumed == {"level": "low", "bonus": F("1.5"), "tasks[0].part": 7, "tasks[1].part": 7}


class Subclassed(str):
    """A subclass of `str`."""


class Kind(Enum):
    LOW = "low"


REFUSED: list[tuple[str, object]] = [
    ("n", True),
    ("n", "1"),
    ("n", None),
    ("n", float("nan")),
    ("n", float("inf")),
    ("n", float("-inf")),
    ("n", Decimal("NaN")),
    ("n", Decimal("sNaN")),
    ("n", Decimal("Infinity")),
    ("n", Decimal("1e999999999")),
    ("n", Decimal("1e-999999999")),
    ("n", Decimal("1." + "1" * 99)),
    ("n", 10**400),
    ("n", 1e308),
    ("n", 5e-324),
    ("n", Decimal("-5.01")),
    ("n", Decimal("100.01")),
    ("n", Decimal("1.005")),
    ("n", 0.1 + 0.2),
    ("n", Fraction(1, 3)),
    ("n", [1]),
    ("n", 1j),
    ("i", Decimal("1e999999999")),
    ("i", Decimal("-1e999999999")),
    ("i", Decimal("0E+999999999")),
    ("i", Decimal("0E-999999999")),
    ("i", Decimal("3." + "0" * 500)),
    ("i", Decimal("3.5")),
    ("i", 3.5),
    ("i", Fraction(7, 2)),
    ("i", -1),
    ("i", 10),
    ("half", 0),
    ("half", 3),
    ("half", Decimal("0.25")),
    ("half", 0.3),
    ("yes", 1),
    ("yes", "true"),
    ("level", "middle"),
    ("level", Subclassed("low")),
    ("level", Kind.LOW),
    ("level", ["low"]),
    ("name", "aaaaa"),
    ("name", Subclassed("a")),
    ("name", 1),
    ("on", "2025-12-31"),
    ("on", date(2027, 1, 1)),
    ("on", "2026-02-30"),
    ("on", "1 March"),
    ("on", datetime(2026, 3, 1)),
    ("on", 20260301),
    ("tasks", {"id": "a"}),
    ("tasks", "abc"),
    ("tasks", [["a", 1]]),
    ("tasks", [{"id": "a"}, None]),
    ("tasks", [{}]),
    ("tasks", [{"id": None}]),
    ("tasks", [{"id": "a", "other": 1}]),
    ("tasks", [{"part": 1}]),
    ("tasks", [{"id": "a", "part": True}]),
    ("tasks", [OrderedDict(id="a")]),
    ("tasks", [{"id": name} for name in "abcd"]),
    ("tasks", [{"id": "a", "part": 7}, {"id": "a"}]),
    ("other", 1),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_any_other_value_is_left_to_the_slow_path(name: str, value: object) -> None:
    assert unproved(BOOK).scalar.admit({"n": 1} | {name: value}) is None


@pytest.mark.parametrize("subject", [None, [], "n", OrderedDict(n=1), {}, {"i": 1}, {1: 1, "n": 1}])
def test_only_a_dict_of_what_is_declared_is_admitted(subject: object) -> None:
    assert unproved(BOOK).scalar.admit(subject) is None


def test_a_list_has_as_many_records_as_it_may() -> None:
    text = "inputs: {t: {type: list, min_items: 1, max_items: 2, fields: {x: {type: integer}}}}\noutputs: {o: count(t)}\n"
    sizes = [size for size in range(4) if unproved(text).scalar.admit({"t": [{"x": 1}] * size}) is not None]
    assert sizes == [1, 2]


def test_a_rulebook_without_inputs_admits_nothing_but_nothing() -> None:
    book = unproved("outputs: {o: 1 + 1}\n")
    assert book.scalar.admit({}) == ((), [])
    assert book.scalar.admit({"x": None}) is None


def test_very_many_inputs_are_left_to_the_slow_path(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = unproved(BOOK).plan
    monkeypatch.setattr(admitting, "MAX_VARIABLES", len(plan.inputs) + 3)
    assert admitting.admission(plan)[1]({"n": 1}) is not None
    monkeypatch.setattr(admitting, "MAX_VARIABLES", len(plan.inputs) + 2)
    text, admit = admitting.admission(plan)
    assert (text, admit({"n": 1})) == ("", None)


def test_a_float_means_its_shortest_text_also_on_a_fine_grid() -> None:
    """Several multiples of 0.0001 lie within a float of this size: the one on the grid is not what it means."""
    text = "inputs: {x: {type: number, min: 0, max: 2e12, step: 0.0016, decimals: 4}}\noutputs: {o: x}\n"
    assert unproved(text).scalar.admit({"x": 718348211993.6353}) is None
    assert admitted({"x": 0.0016}, unproved(text)) == ((1,), {})
    for units in range(448_967_632_496_000, 448_967_632_496_100):
        admitted({"x": units / 625}, unproved(text))


# -- whatever is admitted is what the careful way makes of it -------------------------------------


@st.composite
def domains(draw: st.DrawFn) -> dict[str, Any]:
    """Return a strategy of declarations of a number."""
    declared: dict[str, Any] = {"type": draw(st.sampled_from(["number", "number", "integer"]))}
    low, high = sorted(draw(st.tuples(st.integers(-1000, 10**6), st.integers(-1000, 10**6))))
    if draw(st.booleans()):
        declared[draw(st.sampled_from(["min", "above"]))] = low
    if draw(st.booleans()):
        # A domain without any valid value is refused when it is read.
        declared[draw(st.sampled_from(["max", "below"]))] = high + 10
    if draw(st.booleans()):
        declared["step"] = draw(st.sampled_from([1, 2, 5] if declared["type"] == "integer" else STEPS))
    elif declared["type"] == "number" and draw(st.booleans()):
        declared["decimals"] = draw(st.integers(0, 18))
    return declared


STEPS = [1, 3, 0.5, 0.05, 0.2, 1.25, 0.008, 0.0016]

FLOATS = st.one_of(
    st.sampled_from([0.1 + 0.2, 1e22, -0.0, 5e-324, 0.1, 1e17, 999999999999999.9, 123456.789, 2.675, 1 / 3]),
    st.floats(),
    st.integers(-(10**17), 10**17).flatmap(lambda n: st.integers(0, 18).map(lambda places: n / 10**places)),
)
VALUES = st.one_of(
    FLOATS,
    st.integers(-(10**19), 10**19),
    st.integers(-1000, 1000),
    st.decimals(),
    st.decimals(min_value=-1000, max_value=10**6, places=3),
    st.fractions(-1000, 1000, max_denominator=3000),
    st.booleans(),
    st.sampled_from(
        ["1", None, Decimal("1e40"), Decimal("1E+2"), Decimal("-0"), Decimal("1e-30"), Decimal("0E+401")]
    ),
)


@given(domains(), st.lists(VALUES, min_size=1, max_size=20))
def test_admitted_values_equal_those_of_the_slow_path(declared: dict[str, Any], values: list[object]) -> None:
    book = unproved(f"inputs: {{x: {json.dumps(declared, default=str)}}}\noutputs: {{o: x}}\n")
    for value in values:
        admitted({"x": value}, book)


@given(st.lists(VALUES, min_size=1, max_size=20))
def test_a_valid_number_that_is_not_a_float_is_always_admitted(values: list[object]) -> None:
    book = unproved("inputs: {x: {type: number, min: -1000, max: 1e6, decimals: 3}}\noutputs: {o: x}\n")
    for value in values:
        found = take(book.rulebook.inputs, {"x": value})
        is_valid = not (found.problems or found.missing)
        assert (admitted({"x": value}, book) is not None) is is_valid or isinstance(value, float)


@given(
    st.dictionaries(
        st.sampled_from(["n", "i", "half", "yes", "level", "name", "on", "bonus", "tasks", "x"]),
        st.one_of(
            VALUES,
            st.sampled_from(["low", "high", "a", "2026-03-01", date(2026, 5, 5)]),
            st.lists(
                st.dictionaries(
                    st.sampled_from(["id", "part", "done", "x"]),
                    st.sampled_from(["a", "b", 1, 2, True, None, 1.0]),
                    max_size=3,
                ),
                max_size=4,
            ),
        ),
    )
)
def test_admitted_subjects_equal_those_of_the_slow_path(subject: dict[str, object]) -> None:
    admitted(subject)
