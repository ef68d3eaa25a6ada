"""The state of an appraisal, saved block by block."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import field, frozen

from ...loading.atomic import PART, write_whole
from ..failure import CommandError, files, one_line

__all__ = ["Work", "digest", "not_saved", "to_json", "write_named"]

WORK = ".work"
"""The folder in the output that holds unfinished work."""

PLAN = "plan.json"
STATES = ("clearing", "running")
CHECKSUM = "checksum"
"""The key under which a block holds the hash of its other entries."""

_OWN = re.compile(r"(plan\.json|.+\.[0-9]{6,}\.(csv|jsonl|json))(\.part)?")
"""The names of the files in the folder."""


def to_json(data: Any, *, indent: int | None = 2) -> bytes:
    """Return plain data as the bytes of a JSON file; equal data gives equal bytes."""
    return (json.dumps(data, ensure_ascii=False, indent=indent) + "\n").encode("utf-8")


def not_saved(path: Path) -> CommandError:
    """Return the error for a damaged file.

    Args:
        path: the file.
    """
    return CommandError(f"{one_line(path)}: this file has changed since it was saved; start over with `--restart`")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits.

    Args:
        path: the file.
    """
    found = sha256()
    with files(path), path.open("rb") as stream:
        while part := stream.read(1 << 20):
            found.update(part)
    return found.hexdigest()


def write_named(path: Path, parts: Iterable[bytes]) -> str:
    """Write a file of a run whole or not at all; a run has its folder to itself.

    Args:
        path: the file.
        parts: its content.

    Returns:
        The SHA-256 of the content.
    """
    with files(path):
        return write_whole(path, parts, part=path.with_name(path.name + PART))


def _saved(path: Path) -> dict[str, Any]:
    with files(path):
        data = path.read_bytes()
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise not_saved(path)
    return found


def _checksum(saved: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a block, which detects damage and edits."""
    return sha256(to_json(saved, indent=None)).hexdigest()


def _is_what_was_saved(checksum: object, saved: Mapping[str, Any]) -> bool:
    """Return whether a block matches its checksum; False if it has a lone surrogate or nests too deeply."""
    try:
        return checksum == _checksum(saved)
    except (ValueError, RecursionError):
        return False


@frozen
class Work:
    """The state of a run, in a folder inside the output.

    A block is done once its last file is there: the JSON with its values, which later stages read.

    Args:
        out: the output folder.
        hashes: the hashes of finished blocks' texts, by file.
    """

    out: Path
    hashes: dict[Path, str] = field(factory=dict, init=False, eq=False, repr=False)

    @property
    def folder(self) -> Path:
        """The folder of the saved state."""
        return self.out / WORK

    def plan(self) -> Mapping[str, Any] | None:
        """Return the saved hashes of everything that the run depends on, or None before its start."""
        path = self.folder / PLAN
        if not path.exists():
            return None
        found = _saved(path)
        if found.get("state") not in STATES or not isinstance(found.get("made_of"), dict):
            raise not_saved(path)
        return found

    def check_is_own(self) -> None:
        """Refuse a folder of that name with foreign files, which would be removed.

        Raises:
            CommandError: if it is not the folder of an appraisal.
        """
        if not self.folder.is_symlink() and not self.folder.exists():
            return
        is_folder = self.folder.is_dir() and not self.folder.is_symlink()
        with files(self.folder):
            paths = list(self.folder.iterdir()) if is_folder else []
        names = {path.name for path in paths if path.is_file() and _OWN.fullmatch(path.name)}
        # The plan is written first and removed last, except after a finished run, which has its receipt.
        is_begun = PLAN in names or names <= {PLAN + PART} or (self.out / "receipt.json").exists()
        if not is_folder or not is_begun or len(names) < len(paths):
            problem = "this folder does not belong to an appraisal"
            raise CommandError(f"{one_line(self.folder)}: {problem}; name another folder")

    def begin(self, made_of: Mapping[str, Any], results: Iterable[str]) -> None:
        """Start over by removing an older run's files; if this is interrupted, the next run starts over too.

        Args:
            made_of: the hashes of everything that the results depend on.
            results: names of the files that will be written.
        """
        with files(self.out):
            self.folder.mkdir(parents=True, exist_ok=True)
        write_named(self.folder / PLAN, [to_json({"state": "clearing", "made_of": made_of})])
        self.clear(results)
        write_named(self.folder / PLAN, [to_json({"state": "running", "made_of": made_of})])

    def clear(self, results: Iterable[str]) -> None:
        """Remove an older run's files, except its plan.

        Args:
            results: names of the files that will be written.
        """
        with files(self.out):
            for name in results:
                (self.out / name).unlink(missing_ok=True)
                (self.out / (name + PART)).unlink(missing_ok=True)
            for path in self.folder.iterdir():
                if path.name != PLAN:
                    path.unlink()

    def end(self) -> None:
        """Remove the folder once every result is in place."""
        with files(self.folder):
            # The plan goes first: without it the other files mean nothing.
            (self.folder / PLAN).unlink(missing_ok=True)
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- blocks -------------------------------------------------------------------------------

    def block(self, stage: str, number: int, kind: str) -> Path:
        """Return the path of a block's file: `csv`, `jsonl`, or `json` for its values."""
        return self.folder / f"{stage}.{number:06}.{kind}"

    def done(self, stage: str) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Yield each finished block of a stage in order: its file and its saved values."""
        number = 0
        while (path := self.block(stage, number, "json")).exists():
            saved = _saved(path)
            if not _is_what_was_saved(saved.pop(CHECKSUM, None), saved):
                raise not_saved(path)
            for kind, expected in saved["sha256"].items():
                text = self.block(stage, number, kind)
                if digest(text) != expected:
                    raise not_saved(text)
                self.hashes[text] = expected
            yield path, saved
            number += 1

    def save(self, stage: str, number: int, texts: Mapping[str, str], values: Mapping[str, Any]) -> None:
        """Save a block; it is done when this returns, and not before its last step.

        Args:
            stage: the block's stage.
            number: the block's number, from 0.
            texts: lines of the results, by kind.
            values: the values that later stages and the summary need.
        """
        hashes: dict[str, str] = {}
        for kind, text in texts.items():
            path = self.block(stage, number, kind)
            hashes[kind] = self.hashes[path] = write_named(path, [text.encode("utf-8")])
        saved = {**values, "sha256": hashes}
        write_named(self.block(stage, number, "json"), [to_json({**saved, CHECKSUM: _checksum(saved)}, indent=None)])

    def lines(self, stage: str, kind: str, count: int) -> Iterator[bytes]:
        """Yield the lines of a result, block by block, as saved."""
        for number in range(count):
            path = self.block(stage, number, kind)
            with files(path):
                data = path.read_bytes()
            if sha256(data).hexdigest() != self.hashes[path]:
                raise not_saved(path)
            yield data
