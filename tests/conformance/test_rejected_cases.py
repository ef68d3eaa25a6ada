"""Cases that fail, each with the whole message."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpirules import KpirulesError, Report, load
from kpirules.cli.check import no_program
from kpirules.diagnostics.codes import CATALOGUE
from kpirules.diagnostics.render import render_text
from kpirules.testing import read_cases, run_case

FOLDER = Path(__file__).parent / "rejected-cases"
FILES = sorted(FOLDER.glob("*.cases.yaml"))


def complaint(name: str) -> str:
    """Everything that is said of a case file in the current directory."""
    try:
        file = read_cases(name)
    except KpirulesError as mistaken:
        return f"{mistaken}\n"
    try:
        program = load(file.rulebook)
    except (KpirulesError, OSError) as problem:
        return render_text(Report((no_program(file, problem),)))
    return "\n".join(run_case(program, case).text() for case in file.cases)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_rejected_case_has_its_message(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    expected = path.with_name(path.name.replace(".cases.yaml", ".txt")).read_text(encoding="utf-8")
    assert complaint(path.name) == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_rejected_case_is_named_by_a_code_that_occurs(path: Path) -> None:
    message = path.with_name(path.name.replace(".cases.yaml", ".txt")).read_text(encoding="utf-8")
    assert f"[{path.name[:5]}]" in message


def test_every_code_of_cases_has_a_rejected_one() -> None:
    own = {code for code in CATALOGUE if code.startswith("KR7")}
    assert own == {path.name[:5] for path in FILES}
