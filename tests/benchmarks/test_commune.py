"""The measurement of a year of communes runs."""

from __future__ import annotations

import pytest

from .commune import main


def test_the_measurement_of_communes_runs(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--communes", "1"])
    assert "200 people, twelve months" in capsys.readouterr().out
