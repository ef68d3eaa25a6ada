"""Findings about open texts."""

from __future__ import annotations

from pathlib import Path

import pytest

import kpirules as kr
from kpirules.cli import main
from kpirules.diagnostics.fixes import fixed
from kpirules.editor.checking import anchor, checked, fixes, is_kpirules_file, own
from kpirules.editor.workspace import Workspace

from .given import BASE, CASES, LOCAL, folder

MISTAKEN = BASE.replace("x / whole", "x / wole").replace("hours: 50,", "hours: 500,")


def codes(workspace: Workspace, path: Path) -> list[str]:
    return [finding.code for finding in checked(workspace, path).report.findings]


@pytest.mark.parametrize("text", [BASE, MISTAKEN, "kpirules: 1\nlet: [", "", BASE.replace("more_helps", "Bad")])
def test_findings_are_those_of_the_check(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "base.kpi.yaml"
    workspace = folder(tmp_path).having(path, text)
    path.write_text(text, encoding="utf-8")
    main(["check", str(path), "--format", "json"])
    told = capsys.readouterr().out
    assert [f'"{code}"' in told for code in codes(workspace, path)] == [True] * len(codes(workspace, path))
    assert ("KR" in told) == bool(codes(workspace, path))


def test_an_open_text_is_not_read_from_the_disk(tmp_path: Path) -> None:
    workspace = folder(tmp_path).having(tmp_path / "base.kpi.yaml", BASE.replace("  total: sum", "  sums: sum"))
    assert "KR201" in codes(workspace, tmp_path / "base.kpi.yaml")
    # What extends it, and the cases about it, see the open text too.
    assert "KR201" not in codes(workspace, tmp_path / "local.kpi.yaml")
    assert codes(workspace, tmp_path / "base.cases.yaml") == ["KR707"]
    assert codes(workspace.without(tmp_path / "base.kpi.yaml"), tmp_path / "base.cases.yaml") == []


def test_a_file_that_is_not_on_the_disk_yet(tmp_path: Path) -> None:
    workspace = folder(tmp_path).having(tmp_path / "new.kpi.yaml", LOCAL)
    assert codes(workspace, tmp_path / "new.kpi.yaml") == []


def test_findings_in_another_file_are_shown_where_it_is_named(tmp_path: Path) -> None:
    workspace = folder(tmp_path).having(tmp_path / "base.kpi.yaml", MISTAKEN)
    path = tmp_path / "local.kpi.yaml"
    report = checked(workspace, path).report
    assert report.errors
    assert not list(own(report, path))
    place = anchor(workspace, path)
    assert place is not None
    assert place.text == "base.kpi.yaml"
    assert anchor(workspace, tmp_path / "none.kpi.yaml") is None


def test_cases(tmp_path: Path) -> None:
    path = tmp_path / "base.cases.yaml"
    workspace = folder(tmp_path)
    assert codes(workspace, path) == []
    for old, new, expected in (
        ("let: {total", "let: {totl", ["KR710"]),
        ("name: two", "nme: two", ["KR701", "KR702"]),
        ("base.kpi", "none.kpi", ["KR707"]),
    ):
        assert codes(workspace.having(path, CASES.replace(old, new)), path) == expected


def test_an_appraisal(tmp_path: Path) -> None:
    text = "kpirules: 1\nappraisal: a\nstages: {one: {rulebook: base.kpi.yaml, key: [person]}}\n"
    workspace = folder(tmp_path, **{"all.kpi.yaml": text})
    assert codes(workspace, tmp_path / "all.kpi.yaml") == []
    broken = workspace.having(tmp_path / "base.kpi.yaml", MISTAKEN)
    assert codes(broken, tmp_path / "all.kpi.yaml") == ["KR803"]


def test_a_document_reads_nothing_outside_its_root(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    folder(tmp_path)
    path = inner / "local.kpi.yaml"
    text = LOCAL.replace("base.kpi.yaml", "../base.kpi.yaml")
    assert codes(Workspace().having(path, text), path) == ["KR521"]
    assert codes(Workspace(root=tmp_path).having(path, text), path) == []
    # That the other file is open too does not widen the root.
    opened = Workspace().having(path, text).having(tmp_path / "base.kpi.yaml", BASE)
    assert codes(opened, path) == ["KR521"]


def test_a_budget_ends_a_long_check(tmp_path: Path) -> None:
    deep = "kpirules: 1\nlet:\n" + "".join(f"  a{n}: a{n - 1} + a{n - 1}\n" for n in range(1, 3000))
    path = tmp_path / "a.kpi.yaml"
    assert codes(Workspace().having(path, deep), path)


def test_fixes_are_those_of_the_command(tmp_path: Path) -> None:
    condition = "worth(grade) == 0 and total < 1"
    text = BASE.replace(condition, '"worth(default(grade, 3)) == 0 and default(total, 1) < 1"')
    path = tmp_path / "base.kpi.yaml"
    workspace = folder(tmp_path).having(path, text)
    found = fixes(checked(workspace, path).report, path, only_safe=True)
    path.write_text(text, encoding="utf-8")
    main(["check", "--fix", str(path)])
    assert [fix.text for fix in found] == ["grade", "total"]
    assert fixed(found[0].span.source, found) == path.read_text(encoding="utf-8")


def test_guesses_are_fixes_that_are_not_safe(tmp_path: Path) -> None:
    path = tmp_path / "base.kpi.yaml"
    report = checked(folder(tmp_path).having(path, BASE.replace("total < 1", "totl < 1")), path).report
    assert [fix.text for fix in fixes(report, path)] == ["total"]
    assert fixes(report, path, only_safe=True) == ()


def test_what_is_ours() -> None:
    assert is_kpirules_file("rules.json", '{"kpirules": 1}')
    assert not is_kpirules_file("docker-compose.yaml", "services: {}\nextends: x")


def test_the_program_of_a_text_rates(tmp_path: Path) -> None:
    path = tmp_path / "base.kpi.yaml"
    program = checked(folder(tmp_path), path).program
    assert program == kr.load(path)
