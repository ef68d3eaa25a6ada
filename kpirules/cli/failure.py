"""Why a command cannot run, in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EISDIR, ENOENT, ENOSPC, ENOTDIR
from os import PathLike, fspath

from ..diagnostics.widths import neutral

__all__ = ["CommandError", "files", "one_line"]

_REASONS = {
    ENOENT: "there is no such file",
    EISDIR: "this is a directory",
    ENOTDIR: "a part of the way to it is no directory",
    EACCES: "this is not permitted",
    ENOSPC: "there is no space left",
}


class CommandError(Exception):
    """A command that cannot run; its text is one line for a person."""


@contextmanager
def files(path: str | PathLike[str]) -> Iterator[None]:
    """Whatever goes wrong with a file inside becomes one line.

    Args:
        path: the file that is read or written; an error that names another file is about that one.

    Raises:
        CommandError: where the file can't be read or written.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = _REASONS.get(error.errno or 0) or (error.strerror or "it can't be used").lower()
        raise CommandError(f"{one_line(fspath(error.filename or path))}: {reason}") from None


def one_line(text: object) -> str:
    """A text that stays on its line and commands no terminal."""
    return neutral(" ".join(str(text).split("\n")))
