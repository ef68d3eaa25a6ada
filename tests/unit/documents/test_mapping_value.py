"""Reading Python mappings."""

from __future__ import annotations

import tracemalloc
from collections import OrderedDict
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules.diagnostics import Report
from kpirules.documents import Listing, Mapping, Node, Scalar, mapping_value, read_mapping
from kpirules.documents.limits import MAX_BYTES, MAX_NODES
from tests.budget import by_budget


class Grade(Enum):
    GOOD = "good"
    POOR = 1


class Level(IntEnum):
    FIRST = 1


def data(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Listing):
        return [data(item) for item in node.items]
    return {entry.key.value: data(entry.value) for entry in node}


def root(value: dict[Any, object]) -> Mapping:
    document, diagnostics = read_mapping(value)
    assert not diagnostics
    assert document is not None
    return document.root


def told(value: dict[Any, object]) -> list[tuple[str, str, str]]:
    """Return the code, the path and the text under the caret."""
    document, diagnostics = read_mapping(value)
    assert document is None
    return [(d.code, d.path, d.span.text if d.span else "") for d in Report.of(diagnostics)]


class TestValues:
    @pytest.mark.parametrize(
        ("value", "read"),
        [
            (None, None), (True, True), (3, Fraction(3)), (-(10**40), Fraction(-(10**40))),
            (0.1, Fraction(1, 10)), (1e-7, Fraction(1, 10**7)), (Decimal("1E+2"), Fraction(100)),
            (Fraction(1, 8), Fraction(1, 8)), (Fraction(-1, 3), "-1/3"), ("x\n😀\"", "x\n😀\""),
            (date(2026, 1, 31), "2026-01-31"), (Grade.GOOD, "good"), (Grade.POOR, Fraction(1)),
            (Level.FIRST, Fraction(1)),
            ([], []), ((1, [2]), [1, [2]]), ({}, {}), (OrderedDict(b=1), {"b": 1}),
        ],
    )  # fmt: skip
    def test_what_a_rulebook_can_hold_is_read_exactly(self, value: object, read: object) -> None:
        assert data(root({"a": value})) == {"a": read}

    def test_keys_are_the_texts_they_would_have_in_yaml(self) -> None:
        value: dict[Any, object] = {True: 1, False: 2, 3: 4, Grade.GOOD: 5, "a": 6}
        assert data(root(value)) == {"true": 1, "false": 2, "3": 4, "good": 5, "a": 6}

    def test_positions_point_into_a_text_that_can_be_read(self) -> None:
        value: dict[str, object] = {
            "id": "staff",
            "criteria": {"a": {"scale": [[0, 0], [100, 10]], "options": ("x", "y"), "none": []}},
            "long": list(range(9)),
        }
        node = root(value)
        text = node.span.source.text
        assert text.startswith(
            '{\n  "id": "staff",\n  "criteria": {\n    "a": {\n      "scale": [\n        [0, 0],\n'
        )
        assert '"options": ["x", "y"],\n      "none": []\n    }\n  },\n  "long": [\n    0,\n    1,\n' in text
        assert node.span.source.name == "<mapping>"
        found = node.get("id")
        assert isinstance(found, Scalar)
        assert (found.span.line, found.span.column) == (2, 9)

    def test_a_value_may_be_in_several_places(self) -> None:
        shared = {"max": 1}
        assert data(root({"a": shared, "b": [shared, shared]})) == {"a": shared, "b": [shared, shared]}

    def test_numpy_values_are_read_as_the_python_ones_they_represent(self, numpy: Any) -> None:
        value = {
            "a": numpy.float64(0.1),
            "b": numpy.bool_(True),
            "c": numpy.str_("x"),
            "d": numpy.array([1, 2]),
        }
        assert data(root(value)) == {"a": Fraction(1, 10), "b": True, "c": "x", "d": [1, 2]}
        assert data(root({"a": numpy.array([numpy.float32(0.1)])})) == {"a": [Fraction(1, 10)]}
        assert data(root({"a": numpy.datetime64("2026-01-31")})) == {"a": "2026-01-31"}
        assert data(root({numpy.str_("k"): numpy.int64(3)})) == {"k": 3}

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text('ab"\\\n é😀'),
            lambda inner: st.lists(inner) | st.dictionaries(st.text("abc", min_size=1), inner),
            max_leaves=12,
        )
    )
    def test_every_plain_value_comes_back(self, value: object) -> None:
        assert data(root({"a": value})) == {"a": value}


class TestRefusals:
    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (float("nan"), "`nan` is not a number"),
            (float("-inf"), "`-inf` is not a number"),
            (Decimal("sNaN"), "`sNaN` is not a number"),
            (Decimal("1e999999"), "the number `1E+999999` has too large an exponent"),
            (datetime(2026, 1, 31), "an instant is not a calendar date"),
            ({1, 2}, "a set has no order"),
            (b"x", "a value of type `bytes` is not allowed in a rulebook"),
            (object(), "a value of type `object` is not allowed in a rulebook"),
            (1j, "a value of type `complex` is not allowed in a rulebook"),
            (range(3), "a value of type `range` is not allowed in a rulebook"),
        ],
    )
    def test_foreign_values_are_shown_with_their_way(self, value: object, message: str) -> None:
        document, (found,) = read_mapping({"a": [1, {"b": value}]})
        assert document is None
        assert (found.code, found.message, found.path) == ("KR112", message, "a[1].b")
        assert found.span is not None
        assert found.span.text == f'"<{type(value).__name__}>"'

    @pytest.mark.parametrize("value", [10**20_000, Fraction(1, 10**20_000)], ids=["int", "fraction"])
    def test_numbers_too_long_to_write_are_shown(self, value: object) -> None:
        _, (found,) = read_mapping({"a": value})
        assert (found.code, found.message) == ("KR112", "the number is too long")

    def test_numbers_beyond_the_limits_are_shown_as_in_a_text(self) -> None:
        assert [code for code, _, _ in told({"a": 1e300, "b": Decimal("1e-200")})] == ["KR111", "KR111"]

    def test_keys_are_texts(self) -> None:
        assert told({None: 1, "a": {1.5: 2, 2.5: 3}, "": 4}) == [
            ("KR112", "None", '"<NoneType 1>"'),
            ("KR112", "a.1.5", '"<float 2>"'),
            ("KR112", "a.2.5", '"<float 3>"'),
            ("KR109", "", '""'),
        ]

    @pytest.mark.parametrize("key", [Fraction(10**5_000, 3), frozenset({10**5_000}), (10**5_000,)], ids=type)
    def test_a_key_that_cannot_be_written_is_reported_anyway(self, key: object) -> None:
        (found,) = told({"a": {key: 1}})
        assert found == ("KR112", f"a.<{type(key).__name__}>", f'"<{type(key).__name__} 1>"')

    @pytest.mark.parametrize("value", ["x" * 100_000, 10**9_000], ids=["text", "number"])
    def test_a_value_that_is_in_very_many_places_is_not_written_out_in_all(self, value: object) -> None:
        tracemalloc.start()
        try:
            assert told({"a": [value] * 5_000}) == [("KR106", "", "")]
            assert tracemalloc.get_traced_memory()[1] < 10 * MAX_BYTES
        finally:
            tracemalloc.stop()

    def test_keys_that_read_alike_are_duplicates(self) -> None:
        _, (found,) = read_mapping({1: "a", "1": "b"})  # type: ignore[dict-item]
        assert found.code == "KR102"

    def test_all_problems_are_shown_at_once(self) -> None:
        assert told({"a": {1}, "b": "\x7f", "c": {2}}) == [
            ("KR112", "a", '"<set>"'), ("KR108", "", "\x7f"), ("KR112", "c", '"<set>"'),
        ]  # fmt: skip

    def test_what_contains_itself_is_reported(self) -> None:
        inner: list[object] = [1]
        inner.append({"b": inner})
        outer: dict[str, object] = {"a": inner}
        outer["c"] = outer
        assert told(outer) == [("KR112", "a[1].b", '"<list>"'), ("KR112", "c", '"<dict>"')]

    def test_depth_and_number_of_nodes_are_limited(self, monkeypatch: pytest.MonkeyPatch) -> None:
        most = by_budget(1_000, MAX_NODES)
        monkeypatch.setattr(mapping_value, "MAX_NODES", most)
        deep: object = 1
        for _ in range(5000):
            deep = [deep]
        assert told({"a": deep}) == [("KR107", "", "")]
        wide: list[object] = [1]
        for _ in range(25):
            wide = [wide, wide]
        assert told({"a": wide}) == [("KR107", "", "")]
        assert told({"a": [1] * most}) == [("KR107", "", "")]

    def test_only_a_mapping_is_a_rulebook(self) -> None:
        _, (found,) = read_mapping([1])  # type: ignore[arg-type]
        assert found.code == "KR110"

    def test_numpy_times_that_python_lacks_are_shown(self, numpy: Any) -> None:
        for value in (
            numpy.datetime64("NaT", "D"),
            numpy.datetime64("2026-01-31", "ns"),
            numpy.timedelta64(1, "D"),
            numpy.timedelta64(1, "ns"),
        ):
            assert [code for code, _, _ in told({"a": value})] == ["KR112"]
        assert [code for code, _, _ in told({"a": numpy.float64("nan")})] == ["KR112"]


class _Scalar:
    """The behaviour of NumPy scalars that the reader relies on."""

    ndim = 0

    def __init__(self, plain: object, kind: str = "") -> None:
        self.plain = plain
        self.dtype = ModuleType("dtype")
        self.dtype.kind = kind  # type: ignore[attr-defined]

    def tolist(self) -> object:
        return self.plain


class _Array(list[object]):
    """The behaviour of NumPy arrays that the reader relies on."""

    ndim = 1


class _StandIn:
    """The few names of NumPy that the tests use, where NumPy is not installed."""

    float32 = float
    float64 = float
    int64 = int
    str_ = str

    @staticmethod
    def bool_(value: object) -> _Scalar:
        return _Scalar(value, "b")

    @staticmethod
    def array(values: list[object]) -> _Array:
        return _Array(values)

    @staticmethod
    def datetime64(text: str, unit: str = "D") -> _Scalar:
        plain = None if text == "NaT" else 1 if unit == "ns" else date.fromisoformat(text)
        return _Scalar(plain, "M")

    @staticmethod
    def timedelta64(value: int, unit: str) -> _Scalar:
        return _Scalar(value, "m")


@pytest.fixture(params=["stand-in", "installed"])
def numpy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    if request.param == "installed":
        import numpy

        return numpy
    monkeypatch.setattr(_Scalar, "__module__", "numpy")
    monkeypatch.setattr(_Array, "__module__", "numpy")
    return _StandIn
