"""The values that an input accepts, and how they are read (§3)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from types import MappingProxyType
from unittest.mock import Mock

import attrs
import numpy as np
import pytest

from kpirules import SubjectError, assess
from kpirules.record import Value
from tests.rules import F, assessed, problems, program

BOOK = """
inputs:
  n: {type: number, optional: true}
  i: {type: integer, min: -5, max: 5, optional: true}
  b: {type: boolean, optional: true}
  c: {type: choice, options: [low, high], ordered: worst_first, optional: true}
  d: {type: date, min: 2020-01-01, max: 2030-12-31, optional: true}
  t: {type: text, max_length: 3, optional: true}
outputs: {n: n, i: i, b: b, c: c, d: d, t: t}
"""


class Grade(Enum):
    LOW = "low"
    NINE = 9
    SO = True


class Level(IntEnum):
    TWO = 2


class Key(str, Enum):  # noqa: UP042 (a plain mixin, not StrEnum, is what is tested)
    C = "c"
    LOW = "low"


class Shouting(str):
    __slots__ = ()

    def __str__(self) -> str:
        return self.upper()


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("n", 3, F(3)),
        ("n", Decimal("0.10"), F("0.1")),
        ("n", Decimal("1E+3"), F(1000)),
        ("n", F(1, 8), F(1, 8)),
        ("n", 0.1, F("0.1")),
        ("n", -0.0, F(0)),
        ("n", 1e17, F(10**17)),
        ("n", np.float64(0.1), F("0.1")),
        ("n", np.float32(0.1), F("0.1")),
        ("n", np.float16(0.5), F("0.5")),
        ("n", np.longdouble("0.25"), F("0.25")),
        ("n", np.int8(-3), F(-3)),
        ("n", np.uint64(2**40), F(2**40)),
        ("n", Grade.NINE, F(9)),
        ("i", Level.TWO, F(2)),
        ("i", 2.0, F(2)),
        ("i", Decimal("-5.00"), F(-5)),
        ("b", True, True),
        ("b", np.True_, True),
        ("b", np.bool_(0), False),
        ("b", Grade.SO, True),
        ("c", "high", "high"),
        ("c", Grade.LOW, "low"),
        ("c", Key.LOW, "low"),
        ("c", np.str_("low"), "low"),
        ("c", Shouting("low"), "low"),
        ("t", "", ""),
        ("t", "xyz", "xyz"),
        ("t", Shouting("abc"), "abc"),
        ("d", date(2026, 3, 31), date(2026, 3, 31)),
        ("d", "2026-03-31", date(2026, 3, 31)),
        ("d", datetime(2026, 3, 31), date(2026, 3, 31)),
        ("d", np.datetime64("2026-03-31"), date(2026, 3, 31)),
        ("d", np.datetime64("2026-03-31T00"), date(2026, 3, 31)),
        ("d", np.datetime64("2026-03-31T00:00:00.000000000"), date(2026, 3, 31)),
        ("d", date(2020, 1, 1), date(2020, 1, 1)),
        ("d", date(2030, 12, 31), date(2030, 12, 31)),
        ("n", None, None),
        ("d", None, None),
    ],
)
def test_a_value_is_taken_exactly(name: str, given: object, taken: Value) -> None:
    found = assessed(BOOK, **{name: given}).outputs[name]
    assert found == taken
    assert type(found) is type(taken)


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("n", "3", "KR603"),
        ("n", True, "KR603"),
        ("n", np.True_, "KR603"),
        ("n", float("nan"), "KR603"),
        ("n", float("-inf"), "KR603"),
        ("n", Decimal("NaN"), "KR603"),
        ("n", Decimal("sNaN"), "KR603"),
        ("n", Decimal("Infinity"), "KR603"),
        ("n", np.float32("nan"), "KR603"),
        ("n", 1j, "KR603"),
        ("n", Decimal("1e999999"), "KR603"),
        ("n", np.timedelta64(1, "D"), "KR603"),
        ("n", [1], "KR603"),
        ("n", {"x": 1}, "KR603"),
        ("n", date(2026, 1, 1), "KR603"),
        ("n", Grade.LOW, "KR603"),
        ("n", 10**18, "KR604"),
        ("n", -(10**18), "KR604"),
        ("n", F(1, 3), "KR604"),
        ("n", Decimal("0.0000000000000000001"), "KR604"),
        ("i", 6, "KR604"),
        ("i", -6, "KR604"),
        ("i", 0.5, "KR604"),
        ("b", 1, "KR603"),
        ("b", "true", "KR603"),
        ("b", np.int8(1), "KR603"),
        ("c", "middle", "KR604"),
        ("c", True, "KR603"),
        ("c", 1, "KR603"),
        ("t", "wxyz", "KR604"),
        ("t", 12, "KR603"),
        ("t", b"ab", "KR603"),
        ("d", "31.03.2026", "KR603"),
        ("d", "2026-02-30", "KR603"),
        ("d", datetime(2026, 3, 31, 1), "KR603"),
        ("d", datetime(2026, 3, 31, tzinfo=UTC), "KR603"),
        ("d", np.datetime64("2026-03"), "KR603"),
        ("d", np.datetime64("2026-03-31T01:00"), "KR603"),
        ("d", np.datetime64("NaT", "D"), "KR603"),
        ("d", 20260331, "KR603"),
        ("d", date(2019, 12, 31), "KR604"),
        ("d", date(2031, 1, 1), "KR604"),
        ("d", Grade.LOW, "KR603"),
    ],
)
def test_nothing_else_is_taken_and_nothing_is_converted(name: str, given: object, code: str) -> None:
    assert problems(BOOK, **{name: given}) == [(code, name)]


def test_a_number_of_any_length_is_only_too_long() -> None:
    """Python itself refuses to write integers of more than 4,300 digits."""
    assert problems(BOOK, n=10**4500) == [("KR604", "n")]
    assert problems(BOOK, n=10**9999) == [("KR603", "n")]
    assert problems(BOOK, n=F(1, 10**9999)) == [("KR603", "n")]


LIMITS = "inputs: {n: {type: number, %s}}\noutputs: {n: n}\n"


@pytest.mark.parametrize(
    ("limits", "inside", "outside"),
    [
        ("min: 1, max: 3", ["1", "3"], ["0.999", "3.001"]),
        ("above: 1, below: 3", ["1.001", "2.999"], ["1", "3"]),
        ("min: 0, max: 10, step: 0.25", ["0", "0.25", "9.75"], ["0.1", "0.125"]),
        ("min: 0, max: 10, decimals: 2", ["0.25", "10"], ["0.125"]),
        ("min: 0, max: 10, step: 0.25, decimals: 1", ["0.5"], ["0.25"]),
        ("min: 0, max: 1e20", ["100000000000000000000"], ["100000000000000000001", "-1"]),
        ("min: 0", ["999999999999999999"], ["1000000000000000000"]),
        ("below: 0", ["-999999999999999999"], ["-1000000000000000000"]),
    ],
)
def test_limits_steps_and_decimals(limits: str, inside: list[str], outside: list[str]) -> None:
    for text in inside:
        assert assessed(LIMITS % limits, n=F(text)).outputs["n"] == F(text)
    for text in outside:
        assert problems(LIMITS % limits, n=F(text)) == [("KR604", "n")]


# -- subjects and records of every shape ----------------------------------------------------------

LISTS = """
inputs:
  n: {type: integer}
  tasks:
    type: list
    min_items: 1
    max_items: 3
    unique: [code, kind]
    fields:
      code: {type: integer}
      kind: {type: choice, options: [a, b], default: a}
      on: {type: date, optional: true}
      size: {type: integer, default: 2}
outputs: {sum: sum(t.code * t.size for t in tasks) + n}
"""


@attrs.frozen
class Task:
    code: int
    kind: str | None = None


@dataclasses.dataclass
class Year:
    n: int
    tasks: tuple[Task, ...]


@attrs.frozen
class Both:
    n: int
    tasks: list[object]


@pytest.mark.parametrize(
    "subject",
    [
        {"n": 1, "tasks": [{"code": 1}, {"code": 2, "kind": "b", "size": 5}]},
        MappingProxyType({"n": 1, "tasks": (Task(1), MappingProxyType({"code": 2, "size": 5}))}),
        Both(1, [Task(1), {"code": 2, "size": 5, "on": date(2026, 1, 1)}]),
    ],
)
def test_a_subject_and_its_records_are_mappings_or_objects(subject: object) -> None:
    assert assess(program(LISTS), subject).outputs == {"sum": 1 * 2 + 2 * 5 + 1}


def test_a_subject_may_be_an_object_of_a_data_class() -> None:
    found = assess(program(LISTS), Year(3, (Task(4), Task(4, "b"))))
    assert found.outputs == {"sum": 2 * (4 + 4) + 3}
    assert found.assumed == {"tasks[0].kind": "a", "tasks[0].size": 2, "tasks[1].size": 2}


def test_names_may_be_strings_of_any_class() -> None:
    assert assess(program(BOOK), {Key.C: "low"}).outputs["c"] == "low"
    assert problems(BOOK, {Shouting("n"): 1, 5: 2}) == [("KR601", "5")]


def test_a_default_stands_in_and_is_recorded() -> None:
    text = """
inputs: {n: {type: number, default: 2.5}, c: {type: choice, options: [low, high], ordered: worst_first, default: high}}
outputs: {n: n, is_high: c > "low"}
""".replace('c > "low"', "'c > \"low\"'")
    found = assessed(text)
    assert (found.outputs, found.assumed) == ({"n": F("2.5"), "is_high": True}, {"n": F("2.5"), "c": "high"})
    assert type(found.assumed["c"]) is str
    assert assessed(text, n=1, c="low").assumed == {}


@pytest.mark.parametrize(
    "kind", [str, bytes, int, float, bool, F, Decimal, date, datetime, list, dict, Enum, Mapping]
)
@pytest.mark.parametrize("name", ["n", "i", "b", "c", "d", "t"])
def test_a_value_that_poses_as_another_class_is_refused(name: str, kind: type) -> None:
    posing = Mock()
    posing.__class__ = kind
    with pytest.raises(SubjectError) as refused:
        assess(program(BOOK), {name: posing})
    (problem,) = refused.value.report
    assert problem.code == "KR603"
    assert "a value of another type (`Mock`)" in problem.message


def test_a_subject_that_poses_as_a_mapping_is_refused() -> None:
    posing = Mock()
    posing.__class__ = dict  # type: ignore[assignment]
    with pytest.raises(SubjectError) as refused:
        assess(program(BOOK), posing)
    assert [one.code for one in refused.value.report] == ["KR600"]
