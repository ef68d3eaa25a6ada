"""A failure of kpirules itself: no bare traceback, the name of the processed file, and a distinct exit code."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from errno import ENOSPC
from pathlib import Path

import pytest

from kpirules.cli import main
from kpirules.cli.arguments import parser

from .conftest import Ran

COMMANDS = {
    "check": (["check", "staff.kpi.yaml"], "kpirules.cli.check.load_whole"),
    "test": (["test", "staff.kpi.yaml"], "kpirules.cli.test.collect"),
    "assess": (["assess", "staff.kpi.yaml", "one.json"], "kpirules.cli.assess.assess"),
    "explain": (["explain", "staff.kpi.yaml", "one.json"], "kpirules.cli.explain.explain"),
    "needed": (
        ["needed", "staff.kpi.yaml", "one.json", "--band", "good", "--changing", "done"],
        "kpirules.cli.needed.least_change",
    ),
    "sensitivity": (["sensitivity", "staff.kpi.yaml", "one.json"], "kpirules.cli.sensitivity.sensitivity_on"),
    "appraise": (["appraise", "staff.kpi.yaml", "--data", ".", "-o", "out"], "kpirules.cli.appraise.read_appraisal"),
    "verify": (["verify", "staff.kpi.yaml"], "kpirules.cli.verify.run"),
    "diff": (["diff", "staff.kpi.yaml", "staff.kpi.yaml"], "kpirules.cli.diff.compare"),
    "prove": (["prove", "staff.kpi.yaml"], "kpirules.cli.prove.prove"),
    "plan": (["plan", "staff.kpi.yaml"], "kpirules.cli.plan.show"),
    "sql": (["sql", "staff.kpi.yaml", "--dialect", "duckdb", "--table", "staff"], "kpirules.cli.sql.program_of"),
    "docs": (["docs", "staff.kpi.yaml", "-o", "out"], "kpirules.cli.docs.site"),
    "js": (["js", "staff.kpi.yaml"], "kpirules.cli.js.program_of"),
    "form": (["form", "staff.kpi.yaml"], "kpirules.cli.form.program_of"),
    "doctor": (["doctor"], "kpirules.cli.doctor.run"),
    "show": (["show", "staff.kpi.yaml"], "kpirules.cli.show.run"),
    "new": (["new", "staff.kpi.yaml"], "kpirules.cli.new.run"),
    "schema": (["schema"], "kpirules.cli.schema.run"),
    "lsp": (["lsp"], "kpirules.cli.lsp.run"),
    "gate": (["gate", "staff.kpi.yaml", "staff.kpi.yaml"], "kpirules.cli.gate.gate"),
    "mutate": (["mutate", "staff.kpi.yaml"], "kpirules.cli.mutate.run"),
}


def broken(*_: object, **__: object) -> int:
    raise ZeroDivisionError("by\nzero")


@pytest.fixture
def failing(
    write: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[str], list[str]]:
    """Inject a failure into a command, and return its arguments."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("KPIRULES_DEBUG", raising=False)
    write("one.json", '{"served": 12, "tasks": []}')

    def inject(command: str) -> list[str]:
        arguments, place = COMMANDS[command]
        monkeypatch.setattr(place, broken)
        return arguments

    return inject


def test_every_command_is_made_to_fail() -> None:
    help_ = parser().format_help()
    assert set(COMMANDS) == set(re.findall(r"^    ([a-z]+)(?: |$)", help_, re.MULTILINE))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_failure_says_which_file_it_met_and_asks_for_a_report(
    command: str, failing: Callable[[str], list[str]], kpirules: Callable[..., Ran], tmp_path: Path
) -> None:
    ran = kpirules(*failing(command))
    (saved,) = tmp_path.glob("kpirules-*.txt")
    on = (
        ""
        if command in ("schema", "doctor", "lsp")
        else " on staff.kpi.yaml" + (", staff.kpi.yaml" if command == "diff" else "")
    )
    assert ran.code == 3
    assert ran.err == (
        f"kpirules: internal failure of `kpirules {command}`{on}: ZeroDivisionError: by zero\n"
        "  = note: this is a bug in kpirules, not in your files\n"
        f"  = note: the traceback is in {saved}\n"
        "  = help: please report it with the traceback and, if you may share it, the rulebook; "
        "KPIRULES_DEBUG=1 shows the traceback here\n"
    )
    text = saved.read_text(encoding="utf-8")
    assert text.startswith(sys.version)
    assert "Traceback (most recent call last)" in text
    assert "in broken" in text


def test_of_several_files_the_one_is_named_that_failed(
    failing: Callable[[str], list[str]], kpirules: Callable[..., Ran], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kpirules.cli import check

    load = check.load_whole
    failing("check")
    monkeypatch.setattr(
        check, "load_whole", lambda path, **named: broken() if path == "b.kpi.yaml" else load(path, **named)
    )
    text = (folder / "staff.kpi.yaml").read_text(encoding="utf-8")
    for name in "abc":
        (folder / f"{name}.kpi.yaml").write_text(text, encoding="utf-8")
    ran = kpirules("check", "a.kpi.yaml", "b.kpi.yaml", "c.kpi.yaml")
    assert ran.code == 3
    assert "internal failure of `kpirules check` on b.kpi.yaml: " in ran.err


def test_the_traceback_is_shown_where_it_is_asked_for(
    failing: Callable[[str], list[str]],
    kpirules: Callable[..., Ran],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = failing("assess")
    monkeypatch.setenv("KPIRULES_DEBUG", "1")
    ran = kpirules(*arguments)
    assert ran.code == 3
    assert ran.err.startswith("Traceback (most recent call last)")
    assert "  = note: the traceback is above\n" in ran.err
    assert not list(tmp_path.glob("kpirules-*.txt"))


def test_the_traceback_is_shown_where_no_file_can_keep_it(
    failing: Callable[[str], list[str]], kpirules: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = failing("assess")
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    ran = kpirules(*arguments)
    assert ran.code == 3
    assert ran.err.startswith("Traceback (most recent call last)")


def test_a_failure_before_the_options_are_known_has_no_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("kpirules.cli.parser", broken)
    assert main(["schema"]) == 3
    assert "internal failure of `kpirules`: ZeroDivisionError" in capsys.readouterr().err


def test_a_full_disk_is_no_failure_of_kpirules(kpirules: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> int:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr("kpirules.cli.schema.run", full)
    assert kpirules("schema") == Ran(2, "", "kpirules: standard output: no space left\n")
