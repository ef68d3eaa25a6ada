"""`kpirules sql`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kpirules import loads
from tests.sql.officer import OFFICER


def test_the_command_prints_a_query(kpirules: Callable[..., Any], folder: Path) -> None:
    (folder / "officer.kpi.yaml").write_text(OFFICER, encoding="utf-8")
    asked = ("sql", "officer.kpi.yaml", "--table", "people", "--key", "person")
    ran = kpirules(*asked, "--dialect", "duckdb", "--columns", "score,band", "-o", "officer.sql")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    expected = loads(OFFICER).sql(dialect="duckdb", table="people", key="person", columns=["score", "band"])
    assert (folder / "officer.sql").read_text(encoding="utf-8") == expected
    ran = kpirules(*asked, "--dialect", "mysql")
    assert ran.code == 2
    assert "`--uncertified`" in ran.err
    ran = kpirules(*asked, "--dialect", "duckdb", "--columns", "because")
    assert ran.code == 1
    assert ran.err == "officer.kpi.yaml: no form in SQL: because: it has no form in SQL\n"
    ran = kpirules(*asked, "--dialect", "duckdb", "--records", "tasks")
    assert ran.code == 2
    assert "--records is INPUT=TABLE:KEY" in ran.err


QUOTA = """
kpirules: 1
inputs: {done: {type: integer, min: 0, max: 9}}
criteria: {work: {max: 9, points: done}}
bands: {top: {from: 5}, low: {from: 0}}
cohort:
  quotas:
    few: {band: top, at_most: 1/3, of: all, base: before, round: down, minimum: 0, order: [score], ties: keep, demote_to: low}
"""


def test_quotas_apply_unless_they_are_left_out(kpirules: Callable[..., Any], folder: Path) -> None:
    (folder / "quota.kpi.yaml").write_text(QUOTA, encoding="utf-8")
    asked = ("sql", "quota.kpi.yaml", "--table", "people", "--key", "person", "--dialect", "sqlite")
    for is_allocated, options in ((True, ()), (False, ("--no-allocate",))):
        ran = kpirules(*asked, *options)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out == loads(QUOTA).sql(dialect="sqlite", table="people", key="person", allocate=is_allocated)
        assert ("RANK()" in ran.out) == is_allocated
