"""A run that is stopped at any moment resumes, and ends with the bytes of an uninterrupted run."""

from __future__ import annotations

import atexit
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import chdir, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import pytest

from kpirules.cli import main
from kpirules.cli.appraisals import saving
from kpirules.cli.appraisals.rows import StageWriter
from tests.budget import by_budget

from .appraisal_files import results, write_appraisal

ROOT = Path(__file__).parents[3]
KILLS = by_budget(1, 50)
RUN = ("appraise", "commune.kpi.yaml", "--data", "data", "--block-rows", "20", "-o")


class Stopped(BaseException):
    """Simulates the end of a process: no further code runs."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(out: str, *options: str) -> int:
    return main(["appraise", "commune.kpi.yaml", "--data", "data", "-o", out, "--block-rows", "5", *options])


@cache
def uninterrupted() -> dict[str, bytes]:
    """Return the results of a run that is not interrupted."""
    with TemporaryDirectory() as folder, chdir(folder), redirect_stdout(StringIO()):
        write_appraisal(Path(folder), persons=3, months=2)
        assert run("out") == 0
        return results(Path(folder) / "out")


@cache
def interrupted() -> Path:
    """Return the folder of a run that has stopped in its last stage."""
    folder = Path(mkdtemp(prefix="kpirules-"))
    atexit.register(shutil.rmtree, folder)
    write_appraisal(folder, persons=3, months=2)
    with chdir(folder):
        run_until("year")
    return folder


def stops_at(number: int, is_before: bool, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Stop before or after one of the steps that change a file; yield the count of steps so far."""
    steps = 0

    def step(call: Callable[..., object]) -> Callable[..., object]:
        def stepped(*arguments: object, **named: object) -> object:
            nonlocal steps
            steps += 1
            if steps == number and is_before:
                raise Stopped
            found = call(*arguments, **named)
            if steps == number:
                raise Stopped
            return found

        return stepped

    monkeypatch.setattr(os, "replace", step(os.replace))
    monkeypatch.setattr(Path, "unlink", step(Path.unlink))
    monkeypatch.setattr(saving.shutil, "rmtree", step(saving.shutil.rmtree))
    return lambda: steps


@pytest.mark.parametrize("is_before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("is_restarted", [False, True], ids=["first", "anew"])
def test_a_run_that_stops_at_any_step_ends_the_same(
    folder: Path, is_before: bool, is_restarted: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    write_appraisal(folder, persons=3, months=2)
    expected = uninterrupted()
    number = 0
    is_over = False
    while not is_over:
        number += by_budget(23, 1)
        out = f"out{number}"
        if is_restarted:
            assert run(out, "--brief") == 0
        with pytest.MonkeyPatch.context() as patched:
            stops_at(number, is_before, patched)
            try:
                run(out, *(["--restart"] if is_restarted else []))
                is_over = True
            except Stopped:
                pass
        # Stopped before it began anew, it is still what it was.
        code = run(out)
        if code == 2:
            assert is_restarted
            assert "options brief was True and is False" in capsys.readouterr().err
            assert run(out, "--restart") == 0
        assert results(folder / out) == expected
    assert number > 30
    capsys.readouterr()


def run_until(stage: str) -> None:
    """Run into `out` until the first row of a stage is written."""
    write = StageWriter.write

    def stopped(writer: StageWriter, *arguments: Any) -> None:
        if writer.reading.id == stage:
            raise Stopped
        write(writer, *arguments)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(StageWriter, "write", stopped)
        with pytest.raises(Stopped):
            run("out")


def test_results_that_were_changed_meanwhile_are_written_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_appraisal(folder, persons=3, months=2)
    run_until("year")
    (folder / "out" / "unit.csv").write_text("unit,score\nU0,9\n", encoding="utf-8")
    assert run("out") == 0
    assert results(folder / "out") == uninterrupted()
    capsys.readouterr()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plan.json", "{"),
        ("plan.json", "[]"),
        ("plan.json", '{"state": "running", "made_of": 3}'),
        ("plan.json", '{"state": "over", "made_of": {}}'),
        ("unit.000000.json", "[]"),
        ("unit.000000.json", "{}"),
        ("unit.000000.json", '{"rows": [[["U0"], ["#x"], "rated", null, "", ""]]}'),
        ("unit.000000.json", '{"rows": [5]}'),
        ("unit.000000.json", '{"rows": 5}'),
        ("unit.000000.json", "[" * 100_000),
        ("unit.000000.json", '{"rows": "\\udfff", "checksum": ""}'),
    ],
)
def test_saved_work_that_is_damaged_is_told_and_begun_anew(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    shutil.copytree(interrupted(), folder, dirs_exist_ok=True)
    (folder / "out" / ".work" / name).write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert run("out") == 2
    assert capsys.readouterr().err == (
        f"kpirules: out/.work/{name}: this file has changed since it was saved; start over with `--restart`\n"
    )
    assert run("out", "--restart") == 0
    capsys.readouterr()


@pytest.mark.parametrize("kind", ["json", "csv", "jsonl"])
def test_a_digit_that_changed_in_saved_work_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    shutil.copytree(interrupted(), folder, dirs_exist_ok=True)
    path = folder / "out" / ".work" / f"unit.000000.{kind}"
    before = path.read_bytes()
    places = [place for place, byte in enumerate(before) if byte in b"0123456789"]
    assert places
    for place in places[:: by_budget(25, 1)]:
        other = b"1" if before[place : place + 1] != b"1" else b"2"
        path.write_bytes(before[:place] + other + before[place + 1 :])
        capsys.readouterr()
        assert run("out") == 2
        told = f"kpirules: out/.work/{path.name}: this file has changed since it was saved; start over with `--restart`\n"
        assert capsys.readouterr().err == told
    path.write_bytes(before)
    assert run("out") == 0
    capsys.readouterr()


def test_what_rows_in_error_leave_unknown_is_unknown_to_a_run_that_goes_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_appraisal(folder, persons=3, months=2)
    with (folder / "data" / "unit.csv").open("a", encoding="utf-8") as stream:
        stream.write("U3, the third,4\n")
    assert run("whole") == 1
    expected = capsys.readouterr()
    told = "`unit_band` may be taken from row 4 of stage `unit`, which could not be assessed"
    assert expected.err.count(f"error[KR855]: {told}") == 6
    run_until("month")
    assert run("out") == 1
    assert capsys.readouterr().err == expected.err
    assert results(folder / "out") == results(folder / "whole")


def blocks(out: Path) -> dict[str, tuple[int, int]]:
    """Return the finished blocks with values that would change if a block ran again."""
    found = {}
    for path in (out / ".work").glob("*.json") if (out / ".work").exists() else ():
        if path.name != "plan.json":
            stat = path.stat()
            found[path.name] = (stat.st_ino, stat.st_mtime_ns)
    return found


def started(out: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "kpirules", *RUN, out],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_run_that_is_killed_loses_nothing_and_does_no_block_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_appraisal(folder, persons=by_budget(20, 60), months=6)
    assert main([*RUN, "whole"]) == 0
    capsys.readouterr()
    expected = results(folder / "whole")
    chance = random.Random(50)
    killed = rounds = 0
    while killed < KILLS:
        rounds += 1
        out = folder / f"out{rounds}"
        before: dict[str, tuple[int, int]] = {}
        is_over = False
        while not is_over:
            # A run that was killed leaves its lock; the next one makes its own where there is none.
            (out / ".lock").unlink(missing_ok=True)
            if killed < min(KILLS, 10 * rounds):
                process = started(out.name)
                while process.poll() is None and not (out / ".lock").exists():
                    time.sleep(0.002)
                time.sleep(chance.random() ** 2 * 0.5)
                process.send_signal(signal.SIGKILL)
                said, complaints = process.communicate()
                code = process.returncode
            else:
                code = main([*RUN, out.name])
                said, complaints = capsys.readouterr()
            now = blocks(out)
            if code == -signal.SIGKILL:
                killed += 1
                if not (out / "receipt.json").exists():
                    assert before.items() <= now.items()
                    before = now
                continue
            assert (code, complaints) == (0, "")
            is_over = True
            if "everything was already finished" not in said:
                is_told = f"{len(before)} kept from earlier runs" in said
                assert is_told if before else "taken over" not in said
        assert results(out) == expected
    assert rounds >= by_budget(1, 5)


def test_a_block_that_changes_while_results_are_put_together_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_appraisal(folder, persons=3, months=2)
    save = saving.Work.save

    def spoiled(work: saving.Work, stage: str, number: int, *rest: Any) -> None:
        save(work, stage, number, *rest)
        path = work.block(stage, number, "csv")
        path.write_bytes(path.read_bytes().replace(b"1", b"2"))

    monkeypatch.setattr(saving.Work, "save", spoiled)
    assert run("out") == 2
    assert "out/.work/unit.000000.csv: this file has changed since it was saved" in capsys.readouterr().err
    assert not (folder / "out" / "unit.csv").exists()


def test_every_file_and_every_folder_that_changes_is_synced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_appraisal(folder, persons=3, months=2)
    synced: list[str] = []
    fsync = os.fsync

    def counted(handle: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", counted)
    assert run("out") == 0
    out = folder / "out"
    assert f"{out}/receipt.json.part" in synced
    assert f"{out}/.work/unit.000000.json.part" in synced
    assert synced[-2:] == [f"{out}/receipt.json.part", str(out)]
    files_ = [name for name in synced if name.endswith(".part")]
    assert synced == [name for file in files_ for name in (file, str(Path(file).parent))]
