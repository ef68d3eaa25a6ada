"""The subjects of the examples' cases as tables: columns and rows rate them alike."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kpirules.testing import read_cases
from tests.budget import some
from tests.shipped import shipped
from tests.tables import differences, frame

EXAMPLES = Path(__file__).parents[2] / "examples"

BY_COLUMNS = [
    "annexes2025/annexes",
    "annexes2025/base",
    "credit_scorecard/german",
    "credit_scorecard/pmml",
    "customs21169/quarter",
    "customs21169/year",
    "haiphong2025/period",
    "haiphong2025/year",
    "hanoi3814/month",
    "hcmc2026/period",
    "hdi/hdi",
    "indonesia2022/predicate",
    "kontum1923/person",
    "kontum1923/positions",
    "leed2009/credits",
    "lighthouse/category",
    "lighthouse/performance",
    "nd335/head",
    "nd335/organisation",
    "nd335/staff",
    "nd335/year",
    "nd90_2020/person",
    "news2/news2",
    "nine_box/person",
    "nutriscore2023/nutriscore",
    "ossf_scorecard/scorecard",
    "saas_scorecard/quarter",
    "supplier_card/year",
]
"""Rulebooks all of whose ratings have a column form."""


@pytest.mark.parametrize("name", some(BY_COLUMNS, 4))
def test_the_cases_of_an_example_are_rated_alike_by_columns(name: str) -> None:
    program = shipped(EXAMPLES / f"{name}.kpi.yaml")
    subjects = [dict(case.given) for case in read_cases(EXAMPLES / f"{name}.cases.yaml").cases]
    subjects = some(subjects, 1 + len(subjects) // 60)
    for part in some(program.whole, 7):
        plan = part.column_plan()
        assert not plan.against(["status", *(["band"] if part.rulebook.bands else [])])
        for kind in some(("polars", "pyarrow"), 2):
            table = frame(random.Random(name), part, subjects, kind)
            assert differences(part, table, plan.columns, allocate=False) == []


class Plain(random.Random):
    """Chance that puts no cell into a table that is not valid."""

    def random(self) -> float:
        return 0.5


@pytest.mark.parametrize(
    ("name", "uniform"),
    [("hanoi3814/month", "unit_is_outstanding"), ("customs21169/quarter", "branch_is_outstanding")],
)
def test_the_quotas_of_an_example_act_alike_by_columns(name: str, uniform: str) -> None:
    program = shipped(EXAMPLES / f"{name}.kpi.yaml")
    cases = read_cases(EXAMPLES / f"{name}.cases.yaml").cases
    subjects = [{**case.given, uniform: False} for case in cases if "status" in case.expect or "band" in case.expect]
    table = frame(Plain(name), program, subjects, "polars")
    assert differences(program, table, ["status", "score", "band", "quotas"]) == []
