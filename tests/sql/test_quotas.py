"""Quotas in printed queries: the bands of the scalar engine after allocating, row by row."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
import sqlglot

from kpirules import Program, assess_table, load
from kpirules.cli.arguments import DIALECTS as NAMES
from kpirules.engines.sql import NoSqlForm
from kpirules.rating.tables import rows_of
from kpirules.testing.engines import Database, opened
from tests.budget import by_budget
from tests.examples.test_tables import EXAMPLES
from tests.shipped import shipped
from tests.sql.agreeing import cohort_differences
from tests.sql.comparing import differences
from tests.sql.test_printing import SQLGLOT
from tests.sql.with_quotas import book, people, quota_differences

DRAWN = {"duckdb": by_budget(2, 400), "sqlite": by_budget(3, 400)}


@pytest.fixture(scope="module", params=["duckdb", "sqlite"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with opened(request.param) as found:
        yield found


def test_drawn_cohorts_have_the_bands_after_quotas(database: Database) -> None:
    for seed in range(DRAWN[database.name]):
        assert quota_differences(database, seed, rows=30) == []


@pytest.mark.parametrize("name", ["commune2026/year", "hanoi3814/month"])
def test_the_cohorts_of_an_example_are_allocated_alike(name: str, database: Database) -> None:
    assert cohort_differences(database, name) == []


def test_a_quota_on_a_wide_score_has_a_form_where_integers_are_wide() -> None:
    with opened("duckdb") as database:
        assert cohort_differences(database, "commune2026/organisation", ["status", "band"]) == []


@pytest.mark.parametrize("dialect", NAMES)
def test_a_query_with_quotas_is_one_statement_of_its_dialect(dialect: str) -> None:
    program = shipped(EXAMPLES / "hanoi3814/month.kpi.yaml")
    text = program.sql(dialect=dialect, table="hr.people", key="person", uncertified=True)
    assert len(sqlglot.parse(text, read=SQLGLOT.get(dialect, dialect))) == 1


QUOTA: dict[str, Any] = {
    "band": "top",
    "at_most": "1/2",
    "of": "all",
    "base": "before",
    "round": "down",
    "minimum": 0,
    "order": ["score"],
    "ties": "demote",
    "demote_to": "good",
}


def of(quotas: dict[str, dict[str, Any]], **others: Any) -> Program:
    """Return a rulebook with quotas, whose parts left out are those of `QUOTA`."""
    rules: dict[str, Any] = {
        "kpirules": 1,
        "inputs": {
            "x": {"type": "integer", "min": 0, "max": 9},
            "unit": {"type": "choice", "options": ["a", "b"]},
            "team": {"type": "text"},
        },
        "let": {"half": "x / 2"},
        "criteria": {"main": {"max": 9, "points": "x"}},
        "bands": {"top": {"from": 5}, "good": {"from": 2}, "low": {"from": 0}},
        "cohort": {"quotas": {id_: QUOTA | quota for id_, quota in quotas.items()}},
    }
    return load(rules | others)


@pytest.mark.parametrize("ties", ["demote", "keep", "undecided"])
def test_quotas_within_each_other_share_the_places_of_a_band(ties: str, database: Database) -> None:
    common = QUOTA | {"ties": ties, "round": "up"}
    quotas = {
        "all": common | {"at_most": "share_of_all", "uniform": ["share_of_all"]},
        "teams": common | {"within": ["team"], "at_most": "share_of_team", "uniform": ["share_of_team"]},
        "kinds": common | {"within": ["team", "kind"], "at_most": "2/3"},
    }
    tenth = {"type": "number", "min": 0, "max": 1, "decimals": 1}
    inputs = {
        "x": {"type": "integer", "min": 0, "max": 9},
        "unit": {"type": "integer", "min": 0, "max": 99},
        "share_of_all": tenth,
        "share_of_team": tenth,
        "team": {"type": "boolean"},
        "kind": {"type": "boolean"},
    }
    program = of({}, inputs=inputs, cohort={"within": ["unit"], "quotas": quotas})
    source, rows = random.Random(ties), []
    for unit in range(by_budget(12, 40)):
        shares = {name: source.randrange(1, 10) / 10 for name in ("share_of_all", "share_of_team")}
        for _ in range(source.randrange(4, 14)):
            flags = {name: source.random() < 0.5 for name in ("team", "kind")}
            rows.append({"x": source.choice([9, 8, 8, 7, 7, 7, 5, 1]), "unit": unit, **flags, **shares})
    assert differences(database, program, pa.Table.from_pylist(rows), ["status", "band"]) == []


def test_a_name_of_a_band_or_quota_is_a_name_of_the_query(database: Database) -> None:
    bands = {"Order": {"from": 5}, "group": {"from": 0}}
    quotas = {"select": QUOTA | {"band": "Order", "demote_to": "group", "ties": "undecided"}}
    program = of({}, bands=bands, cohort={"quotas": quotas})
    table = {"person": "integer", "x": "integer", "unit": "text", "team": "text"}
    rows = [(n, x, "a", "B") for n, x in enumerate([9, 8, 8, 6])]
    found = database.run({"people": (table, rows)}, program.sql(dialect=database.name, table="people", key="person"))
    told = {row["person"]: (row["status"], row["band"]) for row in found}
    undecided = ("undecided", None)
    assert told == {0: ("rated", "Order"), 1: undecided, 2: undecided, 3: ("rated", "group")}


@pytest.mark.parametrize(
    ("program", "columns", "told"),
    [
        (
            of({"by_unit": {"within": ["unit"]}, "by_team": {"within": ["team"]}}),
            None,
            "quotas `by_team` and `by_unit` limit `top`, and neither has groups within the other's; .*--no-allocate",
        ),
        (
            of({"one": {}}, outputs={"pay": {"value": "floor(sqrt(x)) if band == 'top' else 1"}}),
            None,
            "outputs.pay",
        ),
        (of({"one": {"order": ["half"]}}), ["band", "let.half"], "let.half: quotas or compared values read it"),
        (of({"one": {}, "two": {}}), ["quotas"], "quotas: it has no form in SQL"),
        (of({"one": {}}, variants={"a": {}, "b": {}}, variant_by="unit"), None, "rows of several variants"),
    ],
)
def test_quotas_without_a_form_are_refused_with_the_way_out(
    program: Program, columns: list[str] | None, told: str
) -> None:
    with pytest.raises(NoSqlForm, match=told):
        program.sql(dialect="duckdb", table="people", key="x", columns=columns)
    assert program.sql(dialect="duckdb", table="people", key="unit", columns=["band"], allocate=False)


@pytest.mark.parametrize(
    "others",
    [
        {"outputs": {"pay": "5 if band == 'top' else 1", "twice": "pay * 2"}},
        {"outputs": {"half": "5 if band == 'top' else 1", "twice": "half * 2"}},  # the `let` is read
        {"outputs": {"low": "band == 'low'"}, "invariants": {"some": "band != 'low' or x < 3"}},
        {"outputs": {"one": "1"}, "invariants": {"some": "band != 'low' or x < 3"}},
    ],
)
def test_what_reads_the_band_is_computed_with_the_final_one(others: dict[str, Any], database: Database) -> None:
    program = of({"one": {}}, **others)
    rows = pa.Table.from_pylist([{"x": x, "unit": "a", "team": "B"} for x in (9, 8, 8, 6, 1)])
    columns = ["status", "band", *(f"outputs.{one.id}" for one in program.rulebook.outputs)]
    assert differences(database, program, rows, columns) == []


def test_an_order_by_fractions_compares_them_exactly(database: Database) -> None:
    program = of({"one": {"order": ["x / (7 + x)"], "at_most": "1/3"}})
    people = [{"x": x, "unit": "a", "team": "B"} for x in (9, 8, 5, 5, 7, 1)]
    assert differences(database, program, pa.Table.from_pylist(people), ["band"]) == []


def test_the_drawn_cohorts_reach_every_outcome() -> None:
    seen = set()
    for seed in range(8):
        source = random.Random(seed)
        program = book(source)
        rows = rows_of(people(source, 30))
        for row in assess_table(program, rows, columns=["status", "quotas"], on_error="report"):
            seen |= {row["error"] and row["error"][:5], row["status"], bool(row["quotas"])}
    assert {"KR857", "rated", "undecided", "gone", True} <= seen
