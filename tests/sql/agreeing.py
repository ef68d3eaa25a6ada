"""What every database must do: rate the cases of the examples, and drawn tables, as the scalar engine does."""

from __future__ import annotations

import random

from kpirules.testing import read_cases
from kpirules.testing.engines import Database
from tests.budget import some
from tests.examples.test_tables import EXAMPLES
from tests.shipped import shipped
from tests.sql.comparing import differences, shown
from tests.tables import frame

__all__ = ["BY_QUERY", "cohort_differences", "example_differences"]

BY_QUERY = [
    "annexes2025/annexes",
    "annexes2025/base",
    "credit_scorecard/pmml",
    "haiphong2025/period",
    "hanoi3814/month",
    "indonesia2022/predicate",
    "kontum1923/person",
    "kontum1923/positions",
    "leed2009/credits",
    "nd90_2020/person",
    "nine_box/person",
    "nutriscore2023/nutriscore",
    "ossf_scorecard/scorecard",
    "saas_scorecard/quarter",
    "supplier_card/year",
]
"""Rulebooks whose ratings have a form in every dialect."""


def example_differences(database: Database, name: str) -> list[str]:
    """Return what differs in the cases of an example.

    Args:
        database: runs the queries.
        name: the path of a rulebook in `examples`, without its ending.
    """
    program = shipped(EXAMPLES / f"{name}.kpi.yaml")
    subjects = [dict(case.given) for case in read_cases(EXAMPLES / f"{name}.cases.yaml").cases]
    found = []
    for part in some(program.whole, 4):
        table = frame(random.Random(name), part, subjects, "pyarrow")
        found += differences(database, part, table, shown(part, database.name), allocate=False)
    return found


def cohort_differences(database: Database, name: str, columns: list[str] | None = None) -> list[str]:
    """Return what differs in the cohorts of an example's cases, after quotas.

    Args:
        database: runs the queries.
        name: the path of a rulebook in `examples`, without its ending.
        columns: the columns to compare; by default those of `Program.sql`.
    """
    program, found = shipped(EXAMPLES / f"{name}.kpi.yaml"), []
    for case in some((one for one in read_cases(EXAMPLES / f"{name}.cases.yaml").cases if one.members), 5):
        members = [dict(given) for given in case.members.values()]
        table = frame(random.Random(name), program, members, "pyarrow")
        found += differences(database, program, table, columns)
    return found
