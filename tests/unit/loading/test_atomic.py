"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from kpirules.loading.atomic import write_whole

ROOT = Path(__file__).parents[3]

needs_posix = pytest.mark.skipif(os.name != "posix", reason="permissions and signals of POSIX")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_its_hash_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert write_whole(path, [b"one", b"two"]) == sha256(b"onetwo").hexdigest()
    assert path.read_bytes() == b"onetwo"
    assert names(tmp_path) == ["a.csv"]


@needs_posix
def test_the_mode_of_a_file_is_kept_and_a_new_one_has_the_usual_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    before = os.umask(0o027)
    try:
        write_whole(path, [b"one"])
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o604)
    write_whole(path, [b"two"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


@needs_posix
def test_a_file_that_is_protected_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"one")
    path.chmod(0o400)
    # Root may write everything.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError) as refused:
        write_whole(path, [b"two"])
    assert refused.value.filename == str(path)
    assert path.read_bytes() == b"one"
    assert names(tmp_path) == ["a.csv"]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"other")
    (tmp_path / "link").symlink_to("other")
    write_whole(tmp_path / "link", [b"one"])
    assert (tmp_path / "other").read_bytes() == b"other"
    assert (tmp_path / "link").read_bytes() == b"one"


def test_a_part_that_is_left_from_before_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"other")
    part = tmp_path / "a.csv.part"
    part.symlink_to("other")
    write_whole(tmp_path / "a.csv", [b"one"], part=part)
    assert (tmp_path / "other").read_bytes() == b"other"
    assert names(tmp_path) == ["a.csv", "other"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")

    def parts() -> Iterator[bytes]:
        yield b"ne"
        raise error

    with pytest.raises(error):
        write_whole(path, parts())
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.csv"]


def test_an_error_of_the_system_names_the_file_that_is_meant(tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "a.csv", tmp_path):
        with pytest.raises(OSError, match=r".") as failed:
            write_whole(path, [b""])
        assert failed.value.filename == str(path)


def test_the_file_is_synced_before_it_has_its_name_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, steps = tmp_path / "a.csv", list[str]()
    sync, replace = os.fsync, os.replace

    def synced(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else f"{os.fstat(handle).st_size} bytes")
        sync(handle)

    def replaced(*paths: Path) -> None:
        steps.append("name")
        replace(*paths)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    write_whole(path, [b"one", b"two"])
    assert steps == ["6 bytes", "name", "folder"]
    monkeypatch.delattr(os, "O_DIRECTORY")
    write_whole(path, [b"one"])
    assert steps[3:] == ["3 bytes", "name"]


AT_EVERY_STEP = """
import os, signal, sys
from pathlib import Path
from kpirules.loading.atomic import write_whole
folder = Path(sys.argv[1])
path = folder / "a.csv"
for number in range(1, 2000):
    path.write_bytes(b"old")
    child = os.fork()
    if not child:
        steps = 0
        def step(frame, event, argument):
            global steps
            steps += event in ("line", "return")
            if steps == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return step
        sys.settrace(step)
        write_whole(path, [b"new", b"er"])
        os._exit(0)
    killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) < 0
    found = path.read_bytes()
    assert found in (b"old", b"newer"), (number, found)
    print(number, killed, found.decode())
    if not killed:
        break
"""

AT_RANDOM = """
import os, random, signal, sys, time
from pathlib import Path
from kpirules.loading.atomic import write_whole
path = Path(sys.argv[1]) / "a.csv"
texts = [bytes([letter]) * 2_000_000 for letter in b"ab"]
write_whole(path, texts[:1])
chance = random.Random(7)
for _ in range(40):
    child = os.fork()
    if not child:
        while True:
            for text in texts:
                write_whole(path, [text[:1_000_000], text[1_000_000:]])
    time.sleep(chance.random() * 0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert path.read_bytes() in texts
print("whole")
"""


def told(script: str, folder: Path) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert not ran.returncode, ran.stderr
    return ran.stdout.splitlines()


@needs_posix
def test_killed_at_any_line_a_file_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    lines = told(AT_EVERY_STEP, tmp_path)
    assert len(lines) > 20
    assert lines[0] == "1 True old"
    assert "True newer" in lines[-2]
    assert "False newer" in lines[-1]


@needs_posix
def test_killed_at_any_moment_a_file_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    assert told(AT_RANDOM, tmp_path) == ["whole"]
