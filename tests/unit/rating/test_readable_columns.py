"""Columns of objects, points in time and texts are rated by columns: equal to row by row."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from kpirules import Program, assess_table, load
from kpirules.rating.tables import by_columns
from tests.tables import differences

DAYS = [date(2020, 1, 1), date(2020, 1, 5), date(2019, 12, 31), None, date(2020, 1, 1), date(2030, 1, 1)]
TIMES = [None if day is None else datetime(day.year, day.month, day.day) for day in DAYS]  # a midnight
WRITTEN = [None if day is None else day.isoformat() for day in DAYS]
BASE: dict[str, Any] = {
    "x": [1.5, 20.0, 30.25, 99.9, 100.0, 7.0],
    "unit": ["A", "B", "A", "B", "A", "B"],
    "post": ["head", "staff", "head", "staff", "staff", "head"],
    "ok": [True, False, None, True, None, False],
}


@cache
def usual() -> Program:
    return book()


def book(**others: Any) -> Program:
    return load(
        {
            "kpirules": 1,
            "inputs": {
                "x": {"type": "number", "min": 0, "max": 100, "decimals": 2},
                "unit": {"type": "text", "max_length": 3},
                "post": {"type": "choice", "options": ["head", "staff"]},
                "ok": {"type": "boolean", "default": True},
                "day": {"type": "date", "min": "2019-12-31", "max": "2029-12-31", "optional": True},
            },
            "criteria": {"m": {"max": 100, "points": "x if ok or post == 'head' else x / 2"}},
            "bands": {"good": {"from": 20}, "poor": {"from": 0}},
            "outputs": {"late": "default(day > date(2020, 1, 1), False)", "unit_of": "unit", "day_of": "day"},
        }
        | others
    )


FEW: dict[str, Any] = {
    "band": "good",
    "at_most": "1/3",
    "of": "all",
    "base": "before",
    "round": "down",
    "minimum": 0,
    "order": ["score"],
    "ties": "demote",
    "demote_to": "poor",
}

COLUMNS = ["status", "score", "band", "outputs.late", "outputs.unit_of", "outputs.day_of"]


def polars(**columns: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({**BASE, "day": pl.Series(DAYS, dtype=pl.Date)}).with_columns(**columns)


def pandas(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({**BASE, "ok": pd.array(BASE["ok"], "boolean"), "day": DAYS}).assign(**columns)


HALF_PAST = [TIMES[0], datetime(2020, 1, 5, 0, 30), *TIMES[2:]]  # a time of no zone
TABLES = {
    "polars times": polars(day=pl.Series(TIMES, dtype=pl.Datetime)),
    "polars times that are no days": polars(day=pl.Series(HALF_PAST, dtype=pl.Datetime("ms"))),
    "polars texts": polars(day=pl.Series(WRITTEN)),
    "polars texts that are no days": polars(day=pl.Series(["2020-1-5", "x", *WRITTEN[2:]])),
    "polars categories": polars(
        unit=pl.Series(BASE["unit"], dtype=pl.Categorical),
        post=pl.Series(BASE["post"], dtype=pl.Enum(["head", "staff"])),
    ),
    "polars nothing": polars(day=pl.Series([None] * 6), ok=pl.Series([None] * 6)),
    "pandas objects": pandas(ok=pd.Series(BASE["ok"], dtype=object), x=pd.Series(BASE["x"], dtype=object)),
    "pandas times": pandas(day=pd.to_datetime(pd.Series(TIMES))),
    "pandas categories": pandas(unit=pd.Categorical(BASE["unit"]), post=pd.Categorical(BASE["post"])),
    "pandas NumPy": pandas(day=pd.Series([np.datetime64("2020-01-05"), *DAYS[1:]], dtype=object)),
    "pandas decimals": pandas(x=[Decimal("1.50"), Decimal("0.001"), Fraction(1, 3), Fraction(1, 2), 10**30, True]),
    "pandas wholes": pandas(x=pd.Series([1, 2, 3, 2**53 + 1, 101, None], dtype=object)),
    "pandas mixed": pandas(unit=["A", 1, None, "too long", ["A"], "B"], ok=[1, "true", True, np.True_, None, False]),
    "arrow times": pa.table({**BASE, "day": pa.array(DAYS).cast(pa.timestamp("us"))}),
    "arrow texts": pa.table({**BASE, "day": pa.array(WRITTEN), "ok": pa.nulls(6)}),
}


@pytest.mark.parametrize("name", list(TABLES))
def test_columns_of_other_types_are_read_as_row_by_row(name: str) -> None:
    assert differences(usual(), TABLES[name], COLUMNS) == []


@pytest.mark.parametrize(("cell", "expected"), [(TIMES[1], []), (HALF_PAST[1], [1, 3, 5])], ids=["a day", "no day"])
def test_only_what_a_column_cannot_hold_is_rated_one_by_one(
    cell: datetime, expected: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    singly: list[int] = []
    original = by_columns.values_of

    def told(asked: Any, rules: Any, numbered: Any, *others: Any) -> Any:
        singly.extend(number for number, _ in numbered)
        return original(asked, rules, numbered, *others)

    monkeypatch.setattr(by_columns, "values_of", told)
    table = pandas(day=pd.Series([*TIMES[:1], cell, *TIMES[2:5], TIMES[0]]))
    rated = assess_table(usual(), table, columns=COLUMNS, on_error="report", engine="columns")
    assert singly == expected[:1]
    assert list(rated["day"]) == list(table["day"])
    singly.clear()
    compared = book(cohort={"within": ["unit"]}, outputs={"place": "cohort_rank(x)"})
    assert differences(compared, table, ["status", "outputs.place"]) == []
    assert [*dict.fromkeys(singly)] == expected


@pytest.mark.parametrize("is_ordered", [False, True])
def test_a_category_that_is_a_number_is_no_option(is_ordered: bool) -> None:
    inputs = {"level": {"type": "choice", "options": ["1", "2"]}}
    program = book(inputs=inputs, criteria={"m": {"max": 2, "points": "1 if level == '1' else 2"}}, outputs={})
    for cells in (["1", 1, "2", 2, None], ["1", "2", "2", "1", None], ["1", 1.5, "3", "2", None]):
        levels = pd.Categorical(cells, categories=list(dict.fromkeys(cells[:-1])), ordered=is_ordered)
        assert differences(program, pd.DataFrame({"level": levels}), ["status", "score"]) == []


def test_records_of_objects_are_rated_by_rows() -> None:
    fields = {"n": {"type": "integer", "min": 0, "max": 9}}
    program = book(
        inputs={"tasks": {"type": "list", "max_items": 9, "fields": fields}},
        criteria={"m": {"max": 90, "points": "sum(t.n for t in tasks)"}},
        outputs={},
    )
    many = 1_200
    table, record = pd.DataFrame({"who": range(many)}), {"who": [0, 0, 1], "note": ["a", 1, None]}
    for cells in (["1", 1, 2], pd.Categorical(["1", 1, 2])):
        records = {"tasks": pd.DataFrame({**record, "n": cells})}
        rated = assess_table(program, table, key="who", ignore="note", records=records, on_error="report")
        assert [*rated["score"][:3].fillna(-1)] == [-1, 2, 0]
    records = {"tasks": pd.DataFrame({**record, "n": [1, 1, 2]})}
    rated = assess_table(program, table, key="who", ignore="note", records=records, engine="columns")
    assert [*rated["score"][:3]] == [2, 2, 0]


def test_variants_that_declare_an_input_alike_read_its_objects() -> None:
    program = book(variants={"head": {}, "staff": {}}, variant_by="post")
    assert differences(program, pandas(post=pd.Series(BASE["post"], dtype=object)), COLUMNS) == []
    assert differences(program, pandas(day=pd.to_datetime(pd.Series(TIMES))), COLUMNS) == []


@cache
def of_teams(*, is_limited: bool) -> Program:
    """Return a rulebook that compares the members of a team, perhaps with a quota."""
    inputs = {
        "x": {"type": "integer", "min": 0, "max": 100},
        "team": {"type": "integer", "min": 1, "max": 9, "default": 2},
    }
    cohort = {"within": ["team"], "quotas": {"few": FEW} if is_limited else {}}
    criteria = {"m": {"max": 100, "points": "x"}}
    return book(inputs=inputs, criteria=criteria, cohort=cohort, outputs={"place": "cohort_rank(x)"})


@pytest.mark.parametrize("team", ["x", 10**30, [1], True])
@pytest.mark.parametrize("is_limited", [False, True])
def test_a_row_of_an_unreadable_cohort_may_be_of_any(team: object, is_limited: bool) -> None:
    program = of_teams(is_limited=is_limited)
    table = pd.DataFrame({"x": [9, 8, 7, 6], "team": pd.Series([1, team, None, 3], dtype=object)})
    assert differences(program, table, ["status", "band", "outputs.place"]) == []


def test_a_table_without_rows_whose_rows_are_never_compared() -> None:
    gone = {"all": {"when": "True", "status": "gone"}}
    program = book(exemptions=gone, cohort={"within": ["unit"]}, outputs={"place": "cohort_rank(x)"})
    assert differences(program, pandas().head(0), ["status", "outputs.place"]) == []
