"""Rejected appraisals, and rejected rows of their stages, each with the whole report.

A case is an appraisal `KRnnn-what-is-wrong.kpi.yaml`, or for codes of rows a `.json` with tables by stage for
`rulebooks/rows.kpi.yaml`; its text stands beside it in `.txt`. `KPI_UPDATE=1` writes the texts anew.
"""

from __future__ import annotations

import json
import os
import shutil
from functools import cache
from pathlib import Path

import pytest

import kpirules as kr
from kpirules.diagnostics.codes import CATALOGUE
from kpirules.diagnostics.render import render_text
from tests.budget import some

FOLDER = Path(__file__).parent / "rejected-appraisals"
CASES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".yaml", ".json"))
OWN = sorted(code for code in CATALOGUE if code.startswith("KR8"))


@cache
def rows() -> kr.AppraisalProgram:
    """Return the appraisal of rows; every folder that a test changes to has the same."""
    return kr.load_appraisal("rulebooks/rows.kpi.yaml")


def complaint(name: str) -> str:
    """Return the report of an appraisal, or of its tables, in the current directory."""
    if name.endswith(".json"):
        program = rows()
        given = json.loads(Path(name).read_text(encoding="utf-8"))
        empty = {stage.id: [] for stage in program.appraisal.stages}
        errors = kr.appraise(program, {**empty, **given}).errors
        return "\n".join(f"{stage}, row {error.row}\n{render_text(error.report)}" for stage, error in errors)
    try:
        return render_text(kr.load_appraisal(name).report)
    except kr.RulebookError as mistaken:
        return f"{mistaken}\n"


def text_of(case: Path) -> Path:
    return case.with_name(case.name.removesuffix(".kpi.yaml").removesuffix(".json") + ".txt")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_rejected_appraisal_is_told_in_the_expected_words(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    told = complaint(case.name)
    if os.environ.get("KPI_UPDATE"):
        text_of(case).write_text(told, encoding="utf-8", newline="\n")
    assert f"[{case.name[:5]}]" in told
    assert told == text_of(case).read_text(encoding="utf-8")


def test_every_code_of_appraisals_has_a_rejected_case_and_every_text_belongs_to_one() -> None:
    assert {case.name[:5] for case in CASES} == set(OWN)
    assert set(FOLDER.iterdir()) == {*CASES, *map(text_of, CASES), FOLDER / "rulebooks"}


def fence(page: str, heading: str) -> tuple[str, str]:
    """Return the language and the text of the block under a heading of a page."""
    language, _, rest = page.partition(f"**{heading}**")[2].partition("```")[2].partition("\n")
    return language, rest.partition("```")[0]


@pytest.mark.parametrize("code", some(OWN, 2))
def test_what_a_page_says_fails_does_and_what_it_says_passes_does(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(FOLDER / "rulebooks", tmp_path / "rulebooks")
    for path in (FOLDER / "rulebooks").iterdir():
        shutil.copy(path, tmp_path / path.name)
    shutil.copy(tmp_path / "unit.kpi.yaml", tmp_path / "person.kpi.yaml")
    shutil.copy(tmp_path / "inner.kpi.yaml", tmp_path / "other-appraisal.kpi.yaml")
    monkeypatch.chdir(tmp_path)
    for heading, is_failing in (("Fails", True), ("Passes", False)):
        language, source = fence(CATALOGUE[code].page, heading)
        name = f"{heading.lower()}.{'kpi.yaml' if language == 'yaml' else 'json'}"
        Path(name).write_text(source, encoding="utf-8")
        told = complaint(name)
        assert (f"[{code}]" in told) == is_failing, told
        assert is_failing or told.strip() in ("", "no findings"), told
