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
