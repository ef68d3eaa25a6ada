"""Rejected rulebooks, each with the whole report that its author reads.

A case is `rejected/KRnnn-what-is-wrong.kpi.yaml` (or `.json`) with its text beside it in `.txt`. With
`KPI_UPDATE=1` in the environment the texts are written anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import kpirules as kr
from kpirules.diagnostics.render import render_text
from tests.budget import by_budget

REJECTED = Path(__file__).parent / "rejected"
CASES = sorted(path for path in REJECTED.iterdir() if path.suffix in (".yaml", ".json"))
FIRST = {case.name[:5]: case for case in reversed(CASES)}
# KR113 takes a second by its nature; tests/unit/kernel/test_budget.py has it by small budgets.
TRIED = by_budget([case for code, case in FIRST.items() if code != "KR113"], CASES)
"""In the fixed budget the first case of each code."""

FORM = re.compile(r"(KR[0-9]{3})-[a-z0-9]+(?:-[a-z0-9]+)*(?:\.kpi\.yaml|\.json)")


def text_of(case: Path) -> Path:
    return case.with_name(case.name.removesuffix(".kpi.yaml").removesuffix(".json") + ".txt")


@pytest.mark.parametrize("case", CASES if os.environ.get("KPI_UPDATE") else TRIED, ids=lambda case: case.name)
def test_a_rejected_rulebook_is_told_in_the_expected_words(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A report names a file as it was asked for.
    monkeypatch.chdir(REJECTED)
    report = kr.check(case.name)
    told = render_text(report)
    if os.environ.get("KPI_UPDATE"):
        text_of(case).write_text(told, encoding="utf-8", newline="\n")
    assert case.name[:5] in {diagnostic.code for diagnostic in report}
    assert told == text_of(case).read_text(encoding="utf-8")


def test_the_name_of_a_case_is_its_code_and_what_is_wrong() -> None:
    assert not [case.name for case in CASES if not FORM.fullmatch(case.name)]


def test_every_text_belongs_to_one_case_and_nothing_else_is_there() -> None:
    texts = [text_of(case) for case in CASES]
    assert len(texts) == len(set(texts))
    assert set(REJECTED.iterdir()) == {*CASES, *texts}
