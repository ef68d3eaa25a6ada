"""Files that are written whole or not at all, even if the program is interrupted."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from errno import EACCES
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

__all__ = ["PART", "whole_file", "write_whole"]

PART = ".part"
"""The ending of an unfinished file."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
for _flag in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):  # which exist depends on the system
    _NEW |= getattr(os, _flag, 0)


def write_whole(path: Path, parts: Iterable[bytes], *, part: Path | None = None) -> str:
    """Write a file, and return the SHA-256 of its content.

    Args:
        path: the path of the file.
        parts: its content.
        part: as for `whole_file`.

    Raises:
        OSError: if it can't be written; the old file is unchanged.
    """
    found = sha256()
    with whole_file(path, part=part) as stream:
        for chunk in parts:
            stream.write(chunk)
            found.update(chunk)
    return found.hexdigest()


@contextmanager
def whole_file(path: Path, *, part: Path | None = None) -> Iterator[BinaryIO]:
    """Write a temporary file in the same folder, and rename it when it is complete; the mode is kept.

    Args:
        path: the path of the file; a link is replaced, not followed.
        part: the temporary file. A leftover of an interrupted run is replaced, so only a process that has the folder
            to itself may name it. By default it gets a new name, and is removed after an error.

    Raises:
        OSError: if it can't be written; the old file is unchanged.
    """
    mode = _mode(path)
    temporary = part or path.with_name(f".{token_hex(8)}{PART}")
    if part is not None:
        part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(temporary, _NEW, 0o666), "wb") as stream:
            yield stream
            stream.flush()
            if mode is not None:
                os.chmod(temporary, mode)
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        if part is None:
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename == os.fspath(temporary):
            error.filename = os.fspath(path)
        raise
    _sync_folder(path.parent)


def _mode(path: Path) -> int | None:
    """Return the permissions of the file that is replaced, None if there is none."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    if not os.access(path, os.W_OK):
        # The folder would allow it, but the file itself is write-protected.
        raise PermissionError(EACCES, os.strerror(EACCES), str(path))
    return stat.S_IMODE(status.st_mode)


def _sync_folder(folder: Path) -> None:
    """Write the entries of a folder to disk, so that they survive a power failure, on systems that support it."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
