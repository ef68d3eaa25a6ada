"""Printed queries, run by the databases that start slowly or need packages of the system."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kpirules.testing.engines import Database, opened, tried
from tests.budget import by_budget
from tests.sql.agreeing import cohort_differences, example_differences
from tests.sql.drawn import agree
from tests.sql.test_databases import FIRST
from tests.sql.with_cohorts import cohort_differences as compared_differences
from tests.sql.with_quotas import quota_differences

# PySpark warns of new versions of pandas.
pytestmark = [pytest.mark.engines, pytest.mark.filterwarnings("ignore")]

EXAMPLES = ["credit_scorecard/pmml", "nutriscore2023/nutriscore", "kontum1923/person"]

DRAWN = {"postgres": (20, 300), "datafusion": (20, 300), "clickhouse": (20, 200), "spark": (8, 40)}
"""Drawn rulebooks, in the fixed budget and the long one."""


@pytest.fixture(scope="module", params=DRAWN)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with opened(request.param) as found:
        yield found


@pytest.mark.parametrize("name", DRAWN)
def test_the_golden_corpus_is_reproduced(name: str) -> None:
    verdict = tried(name)
    assert verdict.is_installed, verdict.differences
    assert verdict.differences == ()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_cases_of_an_example_are_rated_alike(name: str, database: Database) -> None:
    assert example_differences(database, name) == []


def test_drawn_tables_are_rated_alike(database: Database) -> None:
    printed, found = agree(database, range(FIRST, FIRST + by_budget(*DRAWN[database.name])), rows=by_budget(6, 12))
    assert found == []
    assert printed


def test_the_cohorts_of_an_example_are_allocated_alike(database: Database) -> None:
    assert cohort_differences(database, "hanoi3814/month") == []


def test_drawn_cohorts_have_the_bands_after_quotas(database: Database) -> None:
    for seed in range(by_budget(*(count // 4 for count in DRAWN[database.name]))):
        assert quota_differences(database, seed, rows=20) == []


def test_drawn_rows_are_compared_alike(database: Database) -> None:
    for seed in range(by_budget(*(count // 4 for count in DRAWN[database.name]))):
        assert compared_differences(database, seed, rows=20) == []


def test_a_wide_score_decides_a_quota_where_integers_have_any_width() -> None:
    with opened("postgres") as database:
        assert cohort_differences(database, "customs21169/quarter", ["status", "band"]) == []
