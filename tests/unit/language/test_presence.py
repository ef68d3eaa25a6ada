"""The values known to be present after a condition, compared with the meaning of expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules.language.expressions import (
    BOOLEAN,
    NUMBER,
    Expression,
    Scope,
    Type,
    Typing,
    Value,
    evaluate,
    parse,
    presence,
)
from kpirules.language.expressions.tree import Node

CASES: list[tuple[str, str, str]] = [
    # condition, there where True, there where False
    ("given(a)", "a", ""),
    ("not given(a)", "", "a"),
    ("given(t.a)", "t.a", ""),
    ("given(a + b)", "a b", ""),
    ("p", "p", "p"),
    ("a > 0", "a", "a"),
    ("a + b > -c", "a b c", "a b c"),
    ("0 < a < b < c", "a b c", "a"),
    ("a in (1, 2)", "a", "a"),
    ("a ** 2 == 4", "a", "a"),
    ("abs(a) > ratio(b, 2, if_zero=c)", "a b", "a b"),
    ("round(x=a, places=1) > 0", "a", "a"),
    ("default(a, 0) > b", "b", "b"),
    ("(a if p else b) > 0", "", ""),
    ("given(a) and given(b)", "a b", ""),
    ("given(a) or given(b)", "", ""),
    ("not given(a) or not given(b)", "", "a b"),
    ("a > 0 and b > 0", "a b", "a"),
    ("a > 0 or b > 0", "a", "a b"),
    ("given(a) and a > 0", "a", ""),
    ("not given(a) or a > 0", "", "a"),
    ("not (given(a) and given(b))", "", "a b"),
    ("p and a > 0 and b > 0", "a b p", "p"),
    ("True", "", ""),
]


def tree(text: str) -> Any:
    expression = parse(text, [])
    assert expression is not None, text
    return expression.tree


@pytest.mark.parametrize(("condition", "where_true", "where_false"), CASES)
def test_a_condition_shows_what_is_present(condition: str, where_true: str, where_false: str) -> None:
    for outcome, there in ((True, where_true), (False, where_false)):
        # Besides names there are keys of whole expressions and of lists.
        assert {key for key in presence(tree(condition), outcome) if key[0] not in "=#"} == set(there.split())


NAMES = ("a", "b", "p", "q")
NUMBERS = st.sampled_from(["a", "b", "1", "a + b", "abs(a)", "default(a, b)", "ratio(a, b, if_zero=1)"])
LEAVES = st.one_of(
    st.sampled_from(["p", "q", "given(a)", "given(b)", "given(p)", "a in (0, 1)"]),
    st.builds("{} > {}".format, NUMBERS, NUMBERS),
    st.builds("{} < {} <= {}".format, NUMBERS, NUMBERS, NUMBERS),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds("({} and {})".format, parts, parts),
        st.builds("({} or {} or {})".format, parts, parts, parts),
        st.builds("(not {})".format, parts),
        st.builds("({} if {} else {})".format, parts, parts, parts),
    ),
    max_leaves=5,
)


class Known:
    """Values by name, None where absent."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def read(self, name: str) -> Value:
        return self.values[name]  # type: ignore[no-any-return]

    def children(self, group: str) -> Sequence[Mapping[str, Any]]:
        raise AssertionError

    def table(self, name: str) -> Callable[[Any], Value] | None:
        return None

    def ranks(self, nodes: Sequence[Node], variables: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
        return ()


@given(CONDITIONS)
def test_values_reported_as_present_are_present(text: str) -> None:
    """It is tested for all combinations of absent and present names."""
    expression = parse(text, [])
    assert isinstance(expression, Expression)
    numbers = (None, Fraction(0), Fraction(1))
    for a, b, p, q in product(numbers, numbers, (None, True, False), (None, True)):
        values = {"a": a, "b": b, "p": p, "q": q}
        outcome = evaluate(expression, Known(values))
        if outcome is not None:
            absent = {name for name, value in values.items() if value is None}
            assert not presence(expression.tree, outcome) & absent


AGGREGATES = st.sampled_from(
    [
        "count({list})",
        "count(r.d for r in {list})",
        "count(r.h > 0 for r in {list} if r.d)",
        "sum(r.h for r in {list})",
        "sum(r.h for r in {list} if r.d)",
    ]
)
ABOUT_LISTS = st.one_of(
    st.builds(
        "{} {} {}".format, AGGREGATES, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.sampled_from("012")
    ),
    st.builds(
        "{} {} {}".format, st.sampled_from("012"), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), AGGREGATES
    ),
    st.builds("{} {} {} <= 1".format, st.sampled_from("01"), st.sampled_from(["<", "<=", ">"]), AGGREGATES),
    st.builds("{} {} (0, 2)".format, AGGREGATES, st.sampled_from(["in", "not in"])),
    st.sampled_from(
        [
            "any(r.d for r in {list})",
            "all(r.d for r in {list})",
            "any(r.h > 0 for r in {list} if r.d)",
            "given(min(r.h for r in {list}))",
            "given(avg(x.h for x in {list} if x.d))",
            "max(r.h for r in {list} if r.d) > 0",
        ]
    ),
).map(lambda text: text.replace("{list}", "one"))
OF_LISTS = st.recursive(
    ABOUT_LISTS,
    lambda parts: st.one_of(
        st.builds("({} and {})".format, parts, parts),
        st.builds("({} or {})".format, parts, parts),
        st.builds("(not {})".format, parts),
    ),
    max_leaves=3,
)
RECORD = Type("list", fields={"h": NUMBER, "d": BOOLEAN})
RECORDS = [{"h": h, "d": d} for h, d in product((Fraction(0), Fraction(1)), (False, True))]
LISTS = [list(those) for length in range(3) for those in product(RECORDS, repeat=length)]


@given(
    OF_LISTS,
    st.sampled_from(["avg(t.h for t in one)", "share(t.h > 0 for t in one if t.d)", "min(t.h for t in one)"]),
)
def test_values_settled_by_the_number_of_records_are_present(condition: str, asked: str) -> None:
    """It is tested for all lists of at most two records."""
    for text in (f"{asked} if {condition} else 0", f"{condition} and {asked} > 0", f"{condition} or {asked} > 0"):
        expression = parse(text, [])
        assert isinstance(expression, Expression)
        if not Typing(Scope({"one": RECORD}), []).infer(expression.tree).is_optional:
            assert all(evaluate(expression, Known({"one": records})) is not None for records in LISTS)
