"""The example of a dbt project: dbt builds it, and its model has the ratings of kpirules."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import kpirules as kr
from kpirules.testing.engines import is_same
from tests.examples.test_tables import EXAMPLES

PROJECT = EXAMPLES / "dbt"


def _model() -> str:
    program = kr.load(PROJECT / "officer.kpi.yaml")
    return program.sql(dialect="duckdb", table="people", key="person", records={"trainings": "trainings"}, dbt=True)


def test_the_model_is_that_of_the_rulebook() -> None:
    path = PROJECT / "models/ratings.sql"
    if os.environ.get("KPI_UPDATE"):
        path.write_text(_model(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == _model()


def test_texts_of_a_rulebook_are_no_template() -> None:
    rules = """
    kpirules: 1
    inputs: {kind: {type: choice, options: ['{{ x }}', '{# y #}']}}
    outputs: {same: kind}
    """
    text = kr.loads(rules).sql(dialect="duckdb", table="hr.people", key="person", dbt=True)
    assert "FROM {{ source('hr', 'people') }}" in text
    assert "'{{ '{{' }} x }}'" in text
    assert "'{{ '{#' }} y #}'" in text
    assert text.endswith("\nFROM rated\n")


@pytest.mark.engines
def test_dbt_builds_the_project(tmp_path: Path) -> None:
    folder = shutil.copytree(PROJECT, tmp_path / "project")
    command = [str(Path(sys.executable).with_name("dbt")), "build", "--profiles-dir", ".", "--no-use-colors"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "PASS=6 WARN=0 ERROR=0" in done.stdout
    with duckdb.connect(folder / "target/officers.duckdb") as database:
        people, trainings, ratings = (
            database.sql(f"FROM {name} ORDER BY person").to_arrow_table().to_pylist()
            for name in ("people", "trainings", "ratings")
        )
    program = kr.load(folder / "officer.kpi.yaml")
    names = ["status", "score", "band", "points.results", "points.training"]
    expected = kr.assess_table(
        program, people, key="person", records={"trainings": trainings}, columns=names, on_error="report"
    )
    for row, one in zip(ratings, expected, strict=True):
        assert all(is_same(row[name], one[name]) for name in names)
        assert (row["error"] or "")[:5] in (one["error"] or "")
        assert (row["error"] is None) == (one["error"] is None)
