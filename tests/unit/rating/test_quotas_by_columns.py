"""Quotas of tables rated by columns: equal to row by row."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from kpirules import Program, assess_table, load
from tests.budget import some
from tests.tables import KINDS, differences

ORDERS = (
    ["score"],
    ["exact_score", "day"],
    ["points.main", "x"],
    ["share.extra", "-x"],
    ["kind", "score"],
    ["score", "sum(t.n for t in tasks)"],
)


def test_numbers_that_doubles_do_not_tell_apart_are_ranked() -> None:
    quota = {"band": "top", "at_most": "1/2", "of": "all", "base": "before", "round": "down", "minimum": 0}
    program = load(
        {
            "kpirules": 1,
            "inputs": {"x": {"type": "integer", "min": 0, "max": 10**17}},
            "criteria": {"main": {"max": 10**17, "points": "x"}},
            "bands": {"top": {"from": 8}, "good": {"from": 0}},
            "cohort": {"quotas": {"half": quota | {"order": ["score"], "ties": "demote", "demote_to": "good"}}},
        }
    )
    table = pl.DataFrame({"x": [2**53, 2**53 + 1]})
    for columns in (["band"], ["band", "score"]):
        assert assess_table(program, table, columns=columns, engine="columns")["band"].to_list() == ["good", "top"]


@pytest.fixture(scope="module")
def by_default() -> Program:
    quota = {"band": "top", "at_most": "1/2", "of": "all", "base": "before", "round": "down", "minimum": 0}
    return load(
        {
            "kpirules": 1,
            "inputs": {
                "x": {"type": "number", "min": 0, "max": 9, "decimals": 1, "default": 5},
                "done": {"type": "integer", "min": 0, "max": 9},
            },
            "criteria": {"main": {"max": 9, "points": "done"}},
            "bands": {"top": {"from": 8}, "good": {"from": 0}},
            "cohort": {"quotas": {"half": quota | {"order": ["x"], "ties": "undecided", "demote_to": "good"}}},
        }
    )


@pytest.mark.parametrize("kind", some(KINDS, 2))
def test_members_are_ordered_by_the_default_of_a_missing_input(kind: str, by_default: Program) -> None:
    for cells in ([None, 9.0, 2.5, 7.5], [7.5, None, 5.0, 9.0, None, 2.5, 5.0], [None, None]):
        columns = {"x": pa.array(cells, pa.float64()), "done": pa.array([9] * len(cells))}
        assert differences(by_default, KINDS[kind](columns), ["status", "band"]) == []


def book(source: random.Random, order: list[str], *, is_band_read: bool) -> Program:
    """Return a rulebook with two quotas on one band and perhaps one on another."""
    ties = source.choice(["undecided", "demote", "keep"])

    def quota(band: str, **others: Any) -> dict[str, Any]:
        return {
            "band": band,
            "at_most": source.choice(["1/5", "1/3", "x_share"]),
            "of": source.choice([["good"], ["top", "good"], "all"]),
            "base": source.choice(["before", "after"]),
            "round": source.choice(["down", "half_up", "up"]),
            "minimum": source.randrange(2),
            "order": order,
            "ties": ties,
            "demote_to": "good" if band == "top" else "fair",
        } | others

    quotas = {"whole": quota("top"), "own": quota("top", within=["kind"])}
    quotas |= {"second": quota("good", at_most="1/2", of=["good", "fair"])} if source.random() < 0.5 else {}
    for one in quotas.values():
        if one["at_most"] == "x_share":
            one["uniform"] = ["x_share"]
    number = {"type": "integer", "min": 0, "max": 9}
    return load(
        {
            "kpirules": 1,
            "id": "quotas",
            "inputs": {
                "x": {"type": "number", "min": 0, "max": 100, "decimals": 1},
                "unit": {"type": "text", "max_length": 4},
                "kind": {"type": "choice", "options": ["low", "mid", "high"], "ordered": "worst_first"},
                "day": {"type": "date"},
                "x_share": {"type": "number", "min": 0, "max": 1, "decimals": 1, "default": 0.2},
                "away": {"type": "boolean", "default": False},
                "tasks": {"type": "list", "max_items": 12, "fields": {"n": number}},
            },
            "criteria": {
                "main": {"max": 100, "points": "x", "round": {"places": 0}},
                "extra": {"max": 10, "points": "min(sum(t.n for t in tasks) / 7, 10)", "round": {"places": 1}},
            },
            "score": {"max": 110, "round": {"places": 0}, "band_on": "rounded"},
            "bands": {"top": {"from": 90}, "good": {"from": 60}, "fair": {"from": 0}},
            "exemptions": {"gone": {"when": "away", "status": "gone"}},
            "overrides": {"high": {"when": "kind == 'high' and x < 20", "band": "top"}},
            "cohort": {"within": ["unit"], "quotas": quotas},
            "outputs": {"pay": "10 if band == 'top' else 3"} if is_band_read else {"twice": "2 * x"},
        }
    )


def people(source: random.Random, rows: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    subjects = [
        {
            "who": who,
            "x": source.choice([95.0, 91.5, 91.0, 62.5, 61.0, 10.0, 97.25 if source.random() < 0.1 else 88.0]),
            "unit": source.choice("AB"),
            "kind": source.choice(["low", "mid", "high"]),
            "day": date(2020, 1, source.randrange(1, 4)),
            "x_share": source.choice([0.2, None, 0.2]),
            "away": source.choice([True, None, None, False]),
        }
        for who in range(rows)
    ]
    tasks = [{"who": source.randrange(rows), "n": source.randrange(10)} for _ in range(2 * rows)]
    return pl.DataFrame(subjects), pl.DataFrame(tasks)


CASES = [(number, order) for number, order in enumerate(ORDERS * 8)]


@pytest.mark.parametrize(("number", "order"), some(CASES, 13))
def test_quotas_decide_as_row_by_row(number: int, order: list[str]) -> None:
    source = random.Random(number)
    program = book(source, order, is_band_read=number % 2 == 0)
    table, tasks = people(source, 40)
    if number % 3:  # a cell that is not valid leaves its cohort unrated
        table = table.with_columns(x=pl.when(pl.col("x") == 97.25).then(97.2).otherwise(pl.col("x")))
    kind = list(KINDS)[number % len(KINDS)]
    own, records = (KINDS[kind]({name: one.to_arrow()[name] for name in one.columns}) for one in (table, tasks))
    options: dict[str, Any] = {"key": "who", "records": {"tasks": records}}
    columns = ["status", "score", "band", "because", "overrides", "decided_by", "quotas", "margin_up"]
    columns += [name for name in program.column_plan().columns if name.startswith("outputs.")]
    assert differences(program, own, columns, **options) == []
    assert differences(program, own, columns, **options, allocate=False) == []


def test_a_cohort_that_is_too_large_is_told_as_row_by_row() -> None:
    program = book(random.Random(1), ["score"], is_band_read=False)
    rulebook = {
        "kpirules": 1,
        "inputs": {"x": {"type": "integer", "min": 0, "max": 9}, "unit": {"type": "text"}},
        "criteria": {"main": {"max": 9, "points": "x"}},
        "bands": {"top": {"from": 5}, "low": {"from": 0}},
        "cohort": {
            "within": ["unit"],
            "max_members": 2,
            "quotas": {
                "q": {
                    "band": "top",
                    "at_most": "1/2",
                    "of": "all",
                    "base": "before",
                    "round": "down",
                    "minimum": 0,
                    "order": ["score"],
                    "ties": "demote",
                    "demote_to": "low",
                }
            },
        },
    }
    program = load(rulebook)
    table = pl.DataFrame({"x": [5, 6, 7, 8, 9], "unit": ["A", "A", "A", "B", "B"]})
    assert differences(program, table, ["status", "band", "quotas"]) == []
    assert differences(program, table[1:], ["status", "band", "quotas"]) == []
    assert differences(program, table[:0], ["status", "band", "quotas"]) == []
    rated = assess_table(program, table[1:], engine="columns")
    assert rated["band"].to_list() == ["low", "top", "low", "top"]
