"""`kpirules check`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpirules.cli.terminal import has_color

BROKEN = "kpirules: 1\nid: broken\noutputs: {bonus: scores * 2}\n"


def test_a_rulebook_without_findings_gives_0(kpirules: Callable[..., Any]) -> None:
    ran = kpirules("check", "staff.kpi.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert "no findings" in ran.out


def test_findings_of_all_files_are_reported_at_once(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write("a.kpi.yaml", BROKEN)
    write("b.kpi.yaml", BROKEN.replace("scores", "bands"))
    ran = kpirules("check", "b.kpi.yaml", "a.kpi.yaml", "staff.kpi.yaml")
    assert ran.code == 1
    assert ran.out.index("--> a.kpi.yaml:3") < ran.out.index("--> b.kpi.yaml:3")
    assert ran.out.endswith("2 errors\n") or "2 errors, " in ran.out


def test_a_warning_is_a_finding(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write("a.kpi.yaml", "kpirules: 1\nid: a\ninputs: {x: {type: number, min: 0, max: 1}}\n")
    ran = kpirules("check", "a.kpi.yaml")
    assert ran.code == 1
    assert "warning[" in ran.out


def test_json_lists_every_diagnostic(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    ran = kpirules("check", write("a.kpi.yaml", BROKEN), "--format", "json")
    (found,) = [one for one in json.loads(ran.out) if one["severity"] == "error"]
    assert (found["file"], found["line"], found["column"]) == ("a.kpi.yaml", 3, 18)


def test_github_gets_one_annotation_a_line(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    ran = kpirules("check", write("a.kpi.yaml", BROKEN), "--format", "github")
    assert ran.out.startswith("::error file=a.kpi.yaml,line=3,endLine=3,col=18")


def test_sarif_carries_the_page_of_each_code(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    ran = kpirules("check", write("a.kpi.yaml", BROKEN), "--format", "sarif")
    (run,) = json.loads(ran.out)["runs"]
    assert "What it checks" in run["tool"]["driver"]["rules"][0]["help"]["text"]


def test_colours_are_used_where_they_are_asked_for(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write("a.kpi.yaml", BROKEN)
    assert "\x1b[" in kpirules("check", "a.kpi.yaml", "--color", "always").out
    assert "\x1b[" not in kpirules("check", "a.kpi.yaml", "--color", "never").out
    assert "\x1b[" not in kpirules("check", "a.kpi.yaml").out


def test_a_terminal_has_colours_unless_it_wants_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert has_color("auto")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not has_color("auto")
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not has_color("auto")


def test_a_missing_file_gives_2_and_the_others_are_checked(kpirules: Callable[..., Any]) -> None:
    ran = kpirules("check", "none.kpi.yaml", "staff.kpi.yaml")
    assert ran.code == 2
    assert "no findings" in ran.out
    assert ran.err == "kpirules: none.kpi.yaml: no such file\n"


def test_a_directory_is_no_rulebook(kpirules: Callable[..., Any]) -> None:
    ran = kpirules("check", ".")
    assert (ran.code, ran.err) == (2, "kpirules: .: this is a directory\n")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("score: 83.33, band", "points: {x: 1}, band", "KR710"), ("83.33", "high", "KR705")],
)
def test_expectations_of_examples_are_checked(
    kpirules: Callable[..., Any],
    write: Callable[..., str],
    folder: Path,
    old: str,
    new: str,
    code: str,
) -> None:
    text = (folder / "staff.kpi.yaml").read_text(encoding="utf-8")
    ran = kpirules("check", write("a.kpi.yaml", text.replace(old, new)))
    assert ran.code == 1
    assert f"error[{code}]" in ran.out


CASES = """\
rulebook: staff.kpi.yaml
cases:
  - name: two of three
    given: {served: 12, tasks: [{planned: 3, done: 2}]}
    expect: {points: {amount: "100/3"}}
"""


def test_a_case_file_is_checked_with_its_rulebook_and_not_run(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    assert kpirules("check", write("a.cases.yaml", CASES.replace("100/3", "1"))).code == 0


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("amount", "amuont", "KR710"),
        ("expect", "expects", "KR702"),
        ("staff.kpi", "staf.kpi", "KR707"),
        ("staff.kpi", "broken.kpi", "KR707"),
    ],
)
def test_mistakes_of_a_case_file_are_found(
    kpirules: Callable[..., Any], write: Callable[..., str], old: str, new: str, code: str
) -> None:
    write("broken.kpi.yaml", BROKEN)
    ran = kpirules("check", write("a.cases.yaml", CASES.replace(old, new)))
    assert ran.code == 1
    assert f"error[{code}]" in ran.out
    assert "--> a.cases.yaml:" in ran.out


FIXABLE = """\ufeffkpirules: 1
# how it is paid
inputs:
  since:   {type: date}     # the first day
  minutes: {type: integer, min: 0, max: 600, optional: no}
outputs:
  pay: {value: default(minutes / 60, 0) * 2, label: 2026}
  is_new: since > "2026-03-31"
"""


def test_fix_rewrites_what_cannot_change_a_rating(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    path = write("a.kpi.yaml", FIXABLE.replace("\n", "\r\n"))
    ran = kpirules("check", path, "--fix")
    assert (ran.code, ran.err) == (0, "a.kpi.yaml: 5 fixes made\n")
    assert ran.out == "no findings\n"
    with open(path, encoding="utf-8", newline="") as file:
        assert file.read() == (
            FIXABLE.replace("optional: no", "optional: false")
            .replace("default(minutes / 60, 0) * 2, label: 2026", '(minutes / 60) * 2, label: "2026"')
            .replace('"2026-03-31"', "date(2026, 3, 31)")
            .replace("\n", "\r\n")
        )


def test_diff_shows_the_fixes_and_writes_nothing(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    path = write("a.kpi.yaml", FIXABLE)
    ran = kpirules("check", path, "--diff")
    assert ran.code == 1
    assert "+  minutes: {type: integer, min: 0, max: 600, optional: false}\n" in ran.out
    assert ran.out.startswith("--- a.kpi.yaml\n+++ a.kpi.yaml\n@@ -2,7 +2,7 @@\n")
    with open(path, encoding="utf-8") as file:
        assert file.read() == FIXABLE
    refused = kpirules("check", path, "--diff", "--fix")
    assert (refused.code, refused.err) == (2, "kpirules: `--diff` writes nothing: give it or `--fix`\n")


def test_a_guess_is_reported_and_not_applied(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    text = "kpirules: 1\ninputs: {hours: {type: number, min: 0, max: 9}}\noutputs: {pay: hour * 2}\n"
    path = write("a.kpi.yaml", text)
    ran = kpirules("check", path, "--fix")
    assert (ran.code, ran.err) == (1, "")
    (found,) = [one for one in json.loads(kpirules("check", path, "--format", "json").out) if "fix" in one]
    assert (found["fix"]["text"], found["fix"]["safe"]) == ("hours", False)
    with open(path, encoding="utf-8") as file:
        assert file.read() == text


def test_only_the_named_files_are_rewritten(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    base = write("base.kpi.yaml", FIXABLE)
    path = write("own.kpi.yaml", "kpirules: 1\nextends: base.kpi.yaml\nid: own\n")
    assert kpirules("check", path, "--fix").code == 1
    with open(base, encoding="utf-8") as file:
        assert file.read() == FIXABLE
    assert kpirules("check", path, base, "--fix").code == 0
