"""Tables whose rows are compared, rated by columns: equal to row by row."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest

from kpirules import Program, load
from kpirules.rating.tables import by_columns
from tests.budget import some
from tests.tables import KINDS, differences

EARLY = {
    "rank": "cohort_rank(x)",
    "part": "round(cohort_percentile(x / p), 3)",
    "mean": "round(cohort_avg(x), 2)",
    "spread": "round(default(cohort_stdev(x), 0), 2)",
    "middle": "cohort_quantile(0.25, x)",
    "many": "cohort_count(maybe > 3)",
    "best": "cohort_max(maybe) - x",
    "own": "default(cohort_rank(maybe), 0)",
    "size": "cohort_count()",
}

LATE = {
    "place": "cohort_rank(score)",
    "least": "score - cohort_min(score)",
    "share": "cohort_percentile(points.main)",
}


def book(within: list[str], names: list[str], *, is_judged: bool) -> Program:
    """Return a rulebook that compares subjects; with judged points, also by what others have."""
    points = "clamp(x + 10 * cohort_percentile(x), 0, 100)" if is_judged else "x"
    return load(
        {
            "kpirules": 1,
            "id": "compared",
            "inputs": {
                "x": {"type": "number", "min": 0, "max": 100, "decimals": 1},
                "p": {"type": "integer", "min": 1, "max": 9},
                "maybe": {"type": "number", "min": 0, "max": 9, "decimals": 1, "optional": True},
                "unit": {"type": "text", "max_length": 4, "default": "A"},
                "post": {"type": "choice", "options": ["head", "staff"]},
                "away": {"type": "boolean", "default": False},
            },
            "criteria": {"main": {"max": 100, "points": points, "round": {"places": 1}}},
            "bands": {"good": {"from": 50}, "poor": {"from": 0}},
            "exemptions": {"gone": {"when": "away", "status": "gone"}},
            "overrides": {"high": {"when": "post == 'head' and x < 20", "unrated": "open"}},
            "outputs": {name: {**EARLY, **LATE}[name] for name in names},
        }
        | ({"cohort": {"within": within}} if within else {})
    )


def people(source: random.Random, rows: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "x": [source.choice([0.0, 12.5, 40.0, 49.9, 50.0, 77.7, 100.0]) for _ in range(rows)],
            "p": [source.randrange(1, 4) for _ in range(rows)],
            "maybe": [source.choice([None, 3.0, 4.5, 9.0]) for _ in range(rows)],
            "unit": [source.choice(["A", None, "B"]) for _ in range(rows)],
            "post": [source.choice(["head", "staff"]) for _ in range(rows)],
            "away": [source.random() < 0.2 for _ in range(rows)],
        },
        schema_overrides={"maybe": pl.Float64, "unit": pl.String},
    )


CASES = [
    (number, names)
    for number, names in enumerate(
        [[name] for name in (*EARLY, *LATE)] + [[*(name for name in EARLY if name != "part"), *LATE]] * 8
    )
]


@pytest.mark.parametrize(("number", "names"), some(CASES, 7))
def test_cohorts_are_compared_as_row_by_row(number: int, names: list[str]) -> None:
    source = random.Random(number)
    program = book([[], ["unit"], ["unit", "post"]][number % 3], names, is_judged=number % 2 == 0)
    table = people(source, source.choice([1, 2, 40]))
    own = KINDS[list(KINDS)[number % len(KINDS)]]({name: table.to_arrow()[name] for name in table.columns})
    columns = ["status", "score", "band", "overrides", *(f"outputs.{name}" for name in names)]
    assert differences(program, own, columns) == []


def test_only_cohorts_that_columns_cannot_rate_are_rated_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    singly: list[set[int]] = []
    original = by_columns.values_of

    def told(asked: Any, rules: Any, numbered: Any, *others: Any) -> Any:
        singly.append({number for number, _ in numbered})
        return original(asked, rules, numbered, *others)

    monkeypatch.setattr(by_columns, "values_of", told)
    program = book(["unit"], ["rank", "place"], is_judged=True)
    table = people(random.Random(9), 30).with_columns(away=False)
    columns = ["status", "outputs.rank", "outputs.place"]
    assert differences(program, table, columns) == []
    assert singly == []
    first = [*table["unit"]].index("B")
    of_cohort = {row for row, unit in enumerate(table["unit"]) if unit == "B"}
    is_first = pl.int_range(pl.len()) == first
    for cell in (101.0, 12.55, 12.500000000000002, None):
        broken = table.with_columns(x=pl.when(is_first).then(cell).otherwise(pl.col("x")))
        assert differences(program, broken, columns) == []
        assert {frozenset(rows) for rows in singly} == {frozenset(of_cohort)}
        singly.clear()
    everyone = set(range(len(table)))
    for broken in (
        table.with_columns(unit=pl.when(is_first).then(pl.lit("too long")).otherwise(pl.col("unit"))),
        table.with_columns(x=pl.when(pl.col("p") == 2).then(101.0).otherwise(pl.col("x"))),
    ):
        assert differences(program, broken, columns) == []
        assert singly[0] == everyone
        singly.clear()


@pytest.mark.parametrize("rank", ["cohort_rank(x)", "cohort_rank(score)"])
def test_rows_that_all_end_before_they_are_compared_are_rated_one_by_one(rank: str) -> None:
    program = load(
        {
            "kpirules": 1,
            "inputs": {"x": {"type": "integer", "min": 0, "max": 9}},
            "exemptions": {"gone": {"when": "True", "status": "gone"}},
            "criteria": {"main": {"max": 9, "points": "x"}},
            "outputs": {"rank": rank},
        }
    )
    assert differences(program, pl.DataFrame({"x": [1, 2, 3]}), ["status", "score", "outputs.rank"]) == []
