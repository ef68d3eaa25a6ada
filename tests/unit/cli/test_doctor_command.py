"""`kpirules doctor`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kpirules.cli import doctor
from kpirules.testing.engines import Verdict


def test_an_engine_is_tried(kpirules: Callable[..., Any]) -> None:
    ran = kpirules("doctor", "--engine", "sqlite")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("sqlite 3.")
    assert ran.out.endswith(": passes\n")


def test_an_engine_that_fails_is_told_with_its_differences(
    kpirules: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {
        "duckdb": Verdict("duckdb", "9", tuple("abcdefg")),
        "spark": Verdict("spark", "", ("pip install pyspark",)),
    }
    monkeypatch.setattr(doctor, "ENGINES", tuple(found))
    monkeypatch.setattr(doctor, "tried", found.__getitem__)
    ran = kpirules("doctor")
    assert ran.code == 1
    assert ran.out == (
        "duckdb 9: 7 differences; do not rate with it\n  a\n  b\n  c\n  d\n  e\n"
        "spark: not installed (pip install pyspark)\n"
    )
    assert kpirules("doctor", "--engine", "spark").code == 1
    ran = kpirules("doctor", "--engine", "sparc")
    assert (ran.code, ran.err) == (2, "kpirules: there is no engine `sparc`; did you mean `spark`?\n")
