"""Appraisals with tables for their stages: every row has the expected result, by both engines and in any order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import kpirules as kr

FOLDER = Path(__file__).parent / "appraisals"
APPRAISALS = sorted(FOLDER.glob("*.kpi.yaml"))


def cases_of(path: Path) -> list[dict[str, Any]]:
    """Return the cases of an appraisal, with numbers exactly as written."""
    file = path.with_name(path.name.replace(".kpi.yaml", ".cases.json"))
    return list(json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal))


CASES = [
    pytest.param(path, case, id=f"{path.name[:-9]}: {case['name']}") for path in APPRAISALS for case in cases_of(path)
]


@cache
def program(path: Path) -> kr.AppraisalProgram:
    return kr.load_appraisal(path)


def rows_of(done: kr.Appraised, stage: str, count: int) -> list[dict[str, Any]]:
    """Return the outcome of each row of a stage, in the order of its table."""
    errors = {error.row: error.report for error in done.stages[stage].errors}
    assessments = iter(done.stages[stage].assessments.values())
    return [
        {"error": {one.code for one in errors[row]}} if row in errors else told(next(assessments))
        for row in range(count)
    ]


def told(assessment: kr.Assessment) -> dict[str, Any]:
    return {
        "status": assessment.status,
        "score": assessment.score,
        "band": assessment.band,
        "outputs": dict(assessment.outputs),
    }


def asked(row: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a row's outcome that a case has expectations for."""
    if "error" in expected or "error" in row:
        return dict(expected if expected.get("error") in row.get("error", ()) else row)
    return {
        key: {id_: row[key].get(id_) for id_ in value} if key == "outputs" else row[key]
        for key, value in expected.items()
    }


@pytest.mark.parametrize("engine", ["scalar", "reference"])
@pytest.mark.parametrize("is_reversed", [False, True], ids=["as written", "reversed"])
@pytest.mark.parametrize(("path", "case"), CASES)
def test_every_row_comes_out_as_expected(path: Path, case: dict[str, Any], is_reversed: bool, engine: str) -> None:
    step = -1 if is_reversed else 1
    tables = {stage: rows[::step] for stage, rows in case["tables"].items()}
    expected = {stage: rows[::step] for stage, rows in case["expect"].items()}
    done = kr.appraise(program(path), tables, engine=engine)
    found = {
        stage: [asked(row, one) for row, one in zip(rows_of(done, stage, len(rows)), rows, strict=True)]
        for stage, rows in expected.items()
    }
    assert found == expected


@pytest.mark.parametrize("path", [*APPRAISALS, *sorted((FOLDER / "rulebooks").iterdir())], ids=lambda path: path.name)
def test_documents_have_no_finding_but_those_they_allow(path: Path) -> None:
    assert [str(diagnostic) for diagnostic in kr.check(path).findings] == []


@pytest.mark.parametrize(("path", "case"), CASES)
def test_a_case_has_a_table_and_expectations_of_every_row_of_every_stage(path: Path, case: dict[str, Any]) -> None:
    stages = {stage.id for stage in program(path).appraisal.stages}
    assert stages == set(case["tables"]) == set(case["expect"])
    assert case["source"].startswith("§") or case["source"] == "by hand"
    assert {stage: len(rows) for stage, rows in case["tables"].items()} == {
        stage: len(rows) for stage, rows in case["expect"].items()
    }


def test_every_code_of_rows_is_expected_somewhere() -> None:
    expected = {
        row["error"]
        for path in APPRAISALS
        for case in cases_of(path)
        for rows in case["expect"].values()
        for row in rows
        if "error" in row
    }
    assert {f"KR{number}" for number in range(850, 859)} <= expected
