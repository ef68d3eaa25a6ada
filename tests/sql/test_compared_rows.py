"""Functions over cohorts in printed queries: the values of the scalar engine, row by row."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
import sqlglot

from kpirules import Program, assess_table, load
from kpirules.cli.arguments import DIALECTS as NAMES
from kpirules.engines.sql import NoSqlForm
from kpirules.rating.tables import rows_of
from kpirules.testing.engines import Database, opened
from tests.budget import by_budget
from tests.sql import with_both, with_quotas
from tests.sql.comparing import differences
from tests.sql.test_printing import SQLGLOT
from tests.sql.with_cohorts import book, cohort_differences, people
from tests.tables import frame

DRAWN = {"duckdb": by_budget(2, 300), "sqlite": by_budget(3, 300)}


@pytest.fixture(scope="module", params=["duckdb", "sqlite"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with opened(request.param) as found:
        yield found


def test_drawn_rows_are_compared_alike(database: Database) -> None:
    for seed in range(DRAWN[database.name]):
        assert cohort_differences(database, seed, rows=24) == []


def test_drawn_rows_that_are_compared_share_quotas_alike(database: Database) -> None:
    for seed in range(by_budget(1, 100)):
        source = random.Random(seed)
        program = with_both.book(source)
        columns = ["status", "score", "band", *(f"outputs.{one.id}" for one in program.rulebook.outputs)]
        assert differences(database, program, with_quotas.people(source, 24), columns) == []


def test_the_drawn_rows_reach_every_outcome() -> None:
    seen = set()
    for seed in range(10):
        source = random.Random(seed)
        program = book(source)
        for row in assess_table(program, rows_of(people(source, 24)), columns=["status"], on_error="report"):
            seen.add(row["error"][:5] if row["error"] else row["status"])
    assert {"rated", "gone", "open", "KR604", "KR620", "KR857"} <= seen


def of(outputs: dict[str, str], **others: Any) -> Program:
    """Return a rulebook that compares rows within a unit."""
    rules: dict[str, Any] = {
        "kpirules": 1,
        "inputs": {
            "x": {"type": "integer", "min": 0, "max": 9},
            "y": {"type": "integer", "min": 1, "max": 9, "optional": True},
            "unit": {"type": "choice", "options": ["a", "b"]},
        },
        "criteria": {"main": {"max": 9, "points": "x"}},
        "cohort": {"within": ["unit"]},
        "outputs": outputs,
    }
    return load(rules | others)


def test_a_cohort_of_one_and_one_without_values_have_the_values_of_the_language(database: Database) -> None:
    functions = {
        "share": "cohort_percentile(x)",
        "count": "cohort_count(y > 2)",
        "total": "cohort_sum(y)",
        "mean": "default(cohort_avg(y), -1)",
        "middle": "default(cohort_median(y), -1)",
        "place": "default(cohort_rank(y), -1)",
        "least": "default(cohort_min(y), -1)",
    }
    program = of(functions)
    columns = ["status", "score", *(f"outputs.{id_}" for id_ in functions)]
    for ys in ([None], [7], [None, None], [1, None, 4, 4], [3, 3, 3]):
        rows = [{"x": place, "y": y, "unit": unit} for unit in "ab" for place, y in enumerate(ys)]
        assert differences(database, program, frame(random.Random(1), program, rows, "pyarrow"), columns) == []


def test_a_cohort_that_is_too_large_has_no_ratings(database: Database) -> None:
    program = of({"place": "cohort_rank(x)"}, cohort={"within": ["unit"], "max_members": 2})
    rows = [{"x": x, "y": None, "unit": unit} for x, unit in ((1, "a"), (2, "a"), (3, "b"), (4, "b"), (5, "b"))]
    table = frame(random.Random(1), program, rows, "pyarrow")
    assert differences(database, program, table, ["score", "outputs.place"]) == []
    found = assess_table(program, rows, columns=["score"], on_error="report")
    assert [row["error"] is None for row in found] == [True, True, False, False, False]


@pytest.mark.parametrize("dialect", NAMES)
def test_a_query_with_functions_over_cohorts_is_one_statement_of_its_dialect(dialect: str) -> None:
    program = of({"place": "cohort_rank(score)", "middle": "cohort_median(x)", "mean": "cohort_avg(y)"})
    text = program.sql(dialect=dialect, table="hr.people", key="person", columns=["outputs.place"], uncertified=True)
    assert len(sqlglot.parse(text, read=SQLGLOT.get(dialect, dialect))) == 1


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("cohort_stdev(x)", "outputs.it: `cohort_stdev` is no arithmetic on integers"),
        ("cohort_avg(x / y)", "outputs.it: the numbers of `cohort_avg` have no common denominator: round them"),
        ("cohort_max(sqrt(x))", "outputs.it: what `cohort_max` compares is no arithmetic on integers"),
    ],
)
def test_a_function_without_a_form_is_refused_where_a_column_reads_it(formula: str, told: str) -> None:
    program = of({"it": formula, "other": "cohort_rank(x / y)"})
    options: dict[str, Any] = {"dialect": "duckdb", "table": "people", "key": "person"}
    assert "RANK()" in program.sql(**options, columns=["score", "outputs.other"])
    with pytest.raises(NoSqlForm, match=told):
        program.sql(**options)


def test_what_no_column_reads_is_not_compared_but_its_faults_are_told(database: Database) -> None:
    program = of({"it": "cohort_rank(10 / (x - 3))", "place": "cohort_rank(score)", "other": "cohort_stdev(x)"})
    assert "RANK()" not in program.sql(dialect="duckdb", table="people", key="person", columns=["score"])
    rows = [{"x": x, "y": None, "unit": unit} for x, unit in ((1, "a"), (3, "a"), (3, "b"), (4, "b"), (5, "b"))]
    for some in (rows, rows[:1]):
        table = frame(random.Random(1), program, some, "pyarrow")
        assert differences(database, program, table, ["score"]) == []
        assert differences(database, program, table, ["score", "outputs.place"]) == []


def test_rows_of_several_variants_that_are_compared_are_refused() -> None:
    program = of({"place": "cohort_rank(x)"}, variants={"a": {}, "b": {}}, variant_by="unit")
    with pytest.raises(NoSqlForm, match="rows of several variants or editions are rated together"):
        program.sql(dialect="duckdb", table="people", key="person")
    assert "RANK()" in program.part("a").sql(dialect="duckdb", table="people", key="person")


def test_cohorts_are_divided_by_few_inputs() -> None:
    inputs = {f"i{place}": {"type": "boolean"} for place in range(5)}
    program = of(
        {"place": "cohort_count()"},
        inputs=inputs,
        criteria={"main": {"max": 9, "points": "9"}},
        cohort={"within": [*inputs]},
    )
    with pytest.raises(NoSqlForm, match="it divides rows by 5 inputs, and a query by at most 4"):
        program.sql(dialect="duckdb", table="people", key="person")
