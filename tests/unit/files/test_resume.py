"""An interrupted run goes on where it stopped: nothing lost, nothing doubled, and the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from kpirules import Program, assess_file
from kpirules.files import streaming
from tests.budget import by_budget

from .conftest import RULEBOOK, frame, write

ROOT = Path(__file__).parents[3]

KILLED = """
import os, random, signal, sys, time
from pathlib import Path
from kpirules import assess_file, loads
# Imported before the first fork, while no library has threads, and once for all forks.
import narwhals, pyarrow.compute
from kpirules.files import streaming
folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
program = loads((folder / "r.kpi.yaml").read_text())
source, target = folder / "people.parquet", folder / "rated.parquet"
told, write = os.pipe()

def run(resume, seconds=None):
    start, pid = time.perf_counter(), os.fork()
    if not pid:
        found = assess_file(program, source, target, key="name", resume=resume, batch_rows=3)
        os.write(write, f"{found.rows} {found.errors};".encode())
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code == 0 or (code == -signal.SIGKILL and seconds is not None)
    return time.perf_counter() - start

whole_time = run(False)
whole, chance, resumed = target.read_bytes(), random.Random(5), 0
for _ in range(rounds):
    target.unlink()
    for resume in (False, True):  # killed twice
        run(resume, chance.uniform(0, whole_time))
        assert not target.exists() or target.read_bytes() == whole
        resumed += len([*folder.glob(".*/0*.arrow")])
    run(True)
    assert target.read_bytes() == whole
    assert sorted(os.listdir(folder)) == ["people.parquet", "r.kpi.yaml", "rated.parquet"]
assert resumed or rounds < 5
assert set(os.read(told, 9999).decode().rstrip(";").split(";")) == {"24 0"}
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are killed as POSIX does")
def test_killed_at_any_point_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    pl.concat([frame()] * 6).with_columns(name=pl.int_range(24).cast(pl.String)).write_parquet(
        tmp_path / "people.parquet"
    )
    (tmp_path / "r.kpi.yaml").write_text(RULEBOOK)
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(by_budget(1, 20))],
        env={**os.environ, "PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert not ran.returncode, ran.stderr


class Stopped(Exception):
    """An interruption."""


def stop_after(monkeypatch: pytest.MonkeyPatch, batches: int) -> None:
    rated, done = streaming._Rating.rated, 0

    def stopping(*arguments: object) -> object:
        nonlocal done
        done += 1
        if done > batches:
            raise Stopped
        return rated(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(streaming._Rating, "rated", stopping)


def test_rated_batches_are_not_rated_again(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = write(tmp_path / "a.jsonl"), tmp_path / "b.jsonl"
    with monkeypatch.context() as patched:
        stop_after(patched, 3)  # the columns, and two rows
        with pytest.raises(Stopped):
            assess_file(program, source, target, key="name", batch_rows=1)
    assert not target.exists()
    found = assess_file(program, source, target, key="name", batch_rows=1, resume=True)
    assert (found.rows, found.resumed) == (4, 2)
    assert len(target.read_text().splitlines()) == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl"]
    assert assess_file(program, source, target, key="name", resume=True).resumed == 0


def test_other_options_do_not_resume(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = write(tmp_path / "a.jsonl"), tmp_path / "b.jsonl"
    with monkeypatch.context() as patched:
        stop_after(patched, 2)
        with pytest.raises(Stopped):
            assess_file(program, source, target, key="name", batch_rows=1)
    with pytest.raises(ValueError, match="the interrupted run had other rules, files or options; begin anew"):
        assess_file(program, source, target, key="name", batch_rows=1, columns=["score"], resume=True)
    assert assess_file(program, source, target, key="name", batch_rows=1, columns=["score"]).resumed == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl"]
