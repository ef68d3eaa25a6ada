"""The subjects of the examples' cases as tables: columns and rows rate them alike."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kpirules import load
from kpirules.testing import read_cases
from tests.tables import differences, frame

EXAMPLES = Path(__file__).parents[2] / "examples"

BY_COLUMNS = [
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
"""Rulebooks all of whose ratings have a column form."""


@pytest.mark.parametrize("name", BY_COLUMNS)
def test_the_cases_of_an_example_are_rated_alike_by_columns(name: str) -> None:
    program = load(EXAMPLES / f"{name}.kpi.yaml")
    subjects = [dict(case.given) for case in read_cases(EXAMPLES / f"{name}.cases.yaml").cases]
    for part in program.whole:
        plan = part.column_plan()
        assert not plan.against(["status", *(["band"] if part.rulebook.bands else [])])
        for kind in ("polars", "pyarrow"):
            table = frame(random.Random(name), part, subjects, kind)
            assert differences(part, table, plan.columns, allocate=False) == []
