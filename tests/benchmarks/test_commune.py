"""The measurement of a year of communes runs."""

from __future__ import annotations

import runpy

import pytest

from tests.budget import by_budget

from .commune import COMMUNE, main


def test_the_measurement_of_communes_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the fixed budget the commune has one division."""
    tables = runpy.run_path(str(COMMUNE / "make.py"))["tables"]()
    if unit := by_budget("Ủy ban Kiểm tra", ""):
        tables = {name: [row for row in rows if row["unit"] == unit] for name, rows in tables.items()}
    monkeypatch.setattr(runpy, "run_path", lambda _: {"tables": lambda: tables})
    main(["--communes", "1"])
    assert f"{by_budget(10, 200)} people, twelve months" in capsys.readouterr().out
