"""The command line as a whole: help, exit codes, and complaints in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpirules import __version__
from kpirules.cli import main

ROOT = Path(__file__).parents[3]


def process(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a separate process."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "latin-1"}
    return subprocess.run(
        [sys.executable, "-m", "kpirules", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def test_it_runs_as_a_process_and_writes_utf_8_wherever_it_is(folder: Path) -> None:
    (folder / "one.json").write_text('{"served": 12, "tasks": []}', encoding="utf-8")
    ran = process("explain", "staff.kpi.yaml", "one.json", cwd=folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Kết quả" in ran.stdout


def test_help_names_every_command_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("check", "test", "assess", "explain", "new", "schema", "exit codes:"))


@pytest.mark.parametrize("command", ["check", "test", "assess", "explain", "new", "schema"])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert f"kpirules {command}" in capsys.readouterr().out


def test_help_imports_no_command_and_no_yaml() -> None:
    program = (
        "import sys\nfrom kpirules.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "late = ('yaml', 'rich', 'csv', 'kpirules.testing', 'kpirules.cli.check')\n"
        "print([name for name in sys.modules if name in late])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.splitlines()[-1] == "[]"


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"kpirules {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["chekc"],
        ["check"],
        ["check", "--format", "xml", "a.kpi.yaml"],
        ["assess", "a.kpi.yaml"],
        ["check", "none.kpi.yaml"],
        ["assess", "none.kpi.yaml", "none.csv"],
        ["explain", "none.kpi.yaml", "none.csv"],
        ["test", "none.kpi.yaml"],
        ["test", "none.cases.yaml"],
        ["new", "rulebook.txt"],
        ["schema", "-o", "nowhere/schema.json"],
        ["check", "bad\nname.kpi.yaml"],
    ],
)
def test_a_command_that_cannot_run_says_why_in_one_line(arguments: list[str], kpirules: Callable[..., Any]) -> None:
    ran = kpirules(*arguments)
    assert ran.code == 2
    assert ran.err.startswith("kpirules: ")
    assert ran.err.count("\n") == 1


def test_a_reader_that_leaves_is_no_error(folder: Path) -> None:
    rows = "\n".join('{"served": 12, "tasks": []}' for _ in range(3000))
    (folder / "many.jsonl").write_text(rows, encoding="utf-8")
    command = [sys.executable, "-m", "kpirules", "assess", "staff.kpi.yaml", "many.jsonl", "--format", "csv"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(60) == 141


def test_a_command_that_is_interrupted_ends_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("kpirules.cli.schema.run", interrupted)
    assert main(["schema"]) == 130
    assert capsys.readouterr().err == ""
