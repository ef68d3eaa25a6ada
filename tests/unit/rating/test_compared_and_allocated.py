"""Tables whose rows are compared and share quotas, rated by columns: equal to row by row."""

from __future__ import annotations

import random
from functools import cache
from itertools import product
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from kpirules import Program, assess_table, load
from kpirules.rating.tables import by_columns, moving, rows_of
from kpirules.rating.tables.by_rows import values_of
from tests.budget import some
from tests.sql.with_both import book as drawn
from tests.sql.with_quotas import people
from tests.tables import KINDS, differences, equal

QUOTA: dict[str, Any] = {
    "band": "top",
    "at_most": "1/3",
    "of": "all",
    "base": "before",
    "round": "down",
    "minimum": 0,
}


def outputs_of(program: Program) -> list[str]:
    return [f"outputs.{one.id}" for one in program.rulebook.outputs]


def with_a_record(source: random.Random, rows: int) -> pa.Table:
    """Return drawn people, one of whom has a task. A list without any record has no type."""
    table = people(source, rows)
    while not any(task for tasks in table["tasks"].to_pylist() for task in tasks or ()):
        table = people(source, rows)
    return table


@pytest.mark.parametrize("number", some(range(400), 150))
def test_drawn_rows_are_compared_and_allocated_as_row_by_row(number: int) -> None:
    source = random.Random(number)
    program = drawn(source)
    table = with_a_record(source, source.choice([1, 2, 24]))
    kind = list(KINDS.values())[number // 80]
    columns = ["status", "score", "band", "band_label", "because", "overrides", "decided_by", "quotas", "margin_up"]
    columns += outputs_of(program)
    own = kind({name: table[name].combine_chunks() for name in table.column_names})
    assert differences(program, own, columns) == []


def book(outputs: dict[str, str], *, ties: str = "demote", **others: Any) -> Program:
    """Return a rulebook that gives the best band to a third of the rows, and perhaps compares them."""
    rules: dict[str, Any] = {
        "kpirules": 1,
        "inputs": {"x": {"type": "integer", "min": 0, "max": 100}},
        "criteria": {"main": {"max": 100, "points": "x"}},
        "bands": {"top": {"from": 90, "label": {"en": "Best"}}, "good": {"from": 50}, "fair": {"from": 0}},
        "cohort": {"quotas": {"few": QUOTA | {"order": ["score"], "ties": ties, "demote_to": "good"}}},
        "outputs": outputs,
    }
    return load(rules | others)


TABLE = pl.DataFrame({"x": [99, 98, 97, 95, 95, 95, 60, 20, 99]})
"""Three of nine rows keep the best band; `undecided` leaves some of equal score to people."""

PAY = "3 if default(band == 'top', False) else 1"


@pytest.mark.parametrize(("kind", "place"), some(product(KINDS, ["cohort_rank(x)", "x"]), 3))
def test_outputs_of_moved_rows_read_the_final_band(kind: str, place: str) -> None:
    program = book({"pay": PAY, "twice": "2 * pay", "level": "band", "place": place})
    columns = ["status", "band", "quotas", *outputs_of(program)]
    own = KINDS[kind]({"x": TABLE["x"].to_arrow()})
    assert differences(program, own, columns) == []
    rated = assess_table(program, TABLE, columns=columns, engine="columns")
    assert rated["outputs.twice"].to_list() == [6, 6, 2, 2, 2, 2, 2, 2, 6]
    assert rated["outputs.level"].to_list() == rated["band"].to_list()


@pytest.mark.parametrize(
    ("ties", "outputs", "others"),
    [
        pytest.param("demote", {"pay": "10 / (x - 95) if default(band == 'good', False) else 1"}, {}, id="fault"),
        pytest.param(
            "undecided",
            {"pay": PAY},
            {"invariants": {"sure": "10 / (x - 95) > 0 or default(band == 'top', True)"}},
            id="invariant",
        ),
        pytest.param(
            "undecided", {"pay": PAY}, {"invariants": {"sure": "default(pay > 0, True)"}}, id="invariant of an output"
        ),
        pytest.param(
            "demote",
            {"pay": "factor(x) if default(band == 'good', False) else 1"},
            {
                "tables": {
                    "factor": {"steps": [{"from": 96, "value": 2}, {"from": 95, "undefined": True}, {"value": 3}]}
                }
            },
            id="undefined row",
        ),
        pytest.param("keep", {"pay": PAY, "other": "half if default(band == 'good', False) else 1"}, {}, id="let"),
        pytest.param("undecided", {"pay": "x"}, {}, id="no band"),
    ],
)
def test_rows_that_the_final_band_leaves_without_values(
    ties: str, outputs: dict[str, str], others: dict[str, Any]
) -> None:
    program = book(outputs | {"place": "cohort_rank(score)"}, ties=ties, let={"half": "x / 2"}, **others)
    columns = ["status", "score", "band", "band_label", "because", "quotas", *outputs_of(program)]
    for table in some((TABLE, TABLE.filter(pl.col("x") != 95)), 2):
        assert differences(program, table, columns) == []
    assert differences(program, TABLE, ["band", "let.half", "outputs.pay"], language="en") == []


def test_only_rows_that_columns_cannot_rate_are_assessed_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    singly: list[list[int]] = []
    monkeypatch.setattr(by_columns, "values_of", lambda _a, _p, numbered, *_: singly.append([n for n, _ in numbered]))
    monkeypatch.setattr(moving, "_one_by_one", lambda *arguments: singly.append(arguments[-1]))
    program = book({"pay": PAY, "place": "cohort_rank(score)"})
    assess_table(program, TABLE, columns=["status", "band", "quotas", "outputs.pay"], engine="columns")
    assert singly == []


@cache
def with_unequal_shares(*, is_compared: bool) -> Program:
    """Return a rulebook with a quota whose share must be equal in each unit."""
    quota = QUOTA | {
        "at_most": "part",
        "uniform": ["part"],
        "order": ["score"],
        "ties": "demote",
        "demote_to": "good",
    }
    inputs = {
        "x": {"type": "integer", "min": 0, "max": 100},
        "unit": {"type": "text"},
        "part": {"type": "number", "min": 0, "max": 1, "decimals": 1},
    }
    outputs = {"pay": PAY} | ({"place": "cohort_rank(x)"} if is_compared else {})
    return book(outputs, inputs=inputs, cohort={"within": ["unit"], "quotas": {"few": quota}})


@pytest.mark.parametrize(
    ("kind", "is_compared", "options"), some(product(KINDS, [True, False], [{"key": "who"}, {"ignore": "who"}]), 7)
)
def test_only_a_cohort_that_quotas_cannot_divide_is_rated_one_by_one(
    kind: str, is_compared: bool, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    singly: list[list[int]] = []

    def told(asked: Any, rules: Any, numbered: Any, *others: Any) -> Any:
        singly.append([number for number, _ in numbered])
        return values_of(asked, rules, numbered, *others)

    monkeypatch.setattr(by_columns, "values_of", told)
    columns: dict[str, Any] = {"unit": [*"ABABAB"], "x": [99, 98, 97, 96, 95, 94], "part": [0.5] * 5 + [0.4]}
    own = KINDS[kind]({name: pa.array(cells) for name, cells in columns.items()} | {"who": pa.array([*"uvwxyz"])})
    asked = ["status", "band", "outputs.pay"]
    one, other = (
        assess_table(
            with_unequal_shares(is_compared=is_compared),
            own,
            columns=asked,
            on_error="report",
            engine=engine,
            **options,
        )
        for engine in ("columns", "scalar")
    )
    assert all(equal(one[name], other[name]) for name in [*asked, "error"])
    codes = [None if error is None else error[:5] for error in [row["error"] for row in rows_of(one)]]
    assert codes == [None, "KR857", None, "KR857", None, "KR650"]
    assert singly == [[1, 3, 5]]
