"""Cases that fail, each with the whole message; `KPI_UPDATE=1` writes the messages anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpirules import KpirulesError, Report, load
from kpirules.diagnostics.codes import CATALOGUE
from kpirules.diagnostics.render import render_text
from kpirules.testing import read_cases, run_case
from kpirules.testing.collecting import no_program

FOLDER = Path(__file__).parent / "rejected-cases"
FILES = sorted(FOLDER.glob("*.cases.yaml"))


def complaint(name: str) -> str:
    """Return the report of a case file in the current directory."""
    try:
        file = read_cases(name)
    except KpirulesError as mistaken:
        return f"{mistaken}\n"
    try:
        program = load(file.rulebook)
    except (KpirulesError, OSError) as problem:
        return render_text(Report((no_program(file, problem),)))
    return "\n".join(run_case(program, case).text() for case in file.cases)


PAGES = sorted((code, row.page) for code, row in CATALOGUE.items() if code.startswith("KR7"))

RULEBOOK = """\
kpirules: 1
id: staff
inputs: {served: {type: integer, min: 0, max: 12}}
criteria: {presence: {max: 100, rate: served / 12}}
score: {round: {places: 2, mode: half_up}}
"""


def fence(page: str, heading: str) -> str:
    """Return the case file under a heading of a page."""
    return page.partition(f"**{heading}**")[2].partition("```yaml\n")[2].partition("```")[0]


@pytest.mark.parametrize(("code", "page"), PAGES)
def test_what_a_page_says_fails_does_and_what_it_says_passes_does(
    code: str, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "staff.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    for heading, name in (("Fails", "fails.cases.yaml"), ("Passes", "passes.cases.yaml")):
        (tmp_path / name).write_text(fence(page, heading), encoding="utf-8")
    assert f"[{code}]" in complaint("fails.cases.yaml")
    assert complaint("passes.cases.yaml").strip() == ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_rejected_case_has_its_message(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    expected = path.with_name(path.name.replace(".cases.yaml", ".txt"))
    if os.environ.get("KPI_UPDATE"):
        expected.write_text(complaint(path.name), encoding="utf-8", newline="\n")
    assert complaint(path.name) == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_rejected_case_is_named_by_a_code_that_occurs(path: Path) -> None:
    message = path.with_name(path.name.replace(".cases.yaml", ".txt")).read_text(encoding="utf-8")
    assert f"[{path.name[:5]}]" in message


def test_every_code_of_cases_has_a_rejected_one() -> None:
    own = {code for code in CATALOGUE if code.startswith("KR7")}
    assert own == {path.name[:5] for path in FILES}
