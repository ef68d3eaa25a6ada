"""Errors of commands, in one line each, and reports of internal failures."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EISDIR, ENOENT, ENOSPC, ENOTDIR
from os import PathLike, fspath
from tempfile import NamedTemporaryFile
from traceback import format_exception

from ..kernel.visible import neutral

__all__ = ["CommandError", "at_work_on", "files", "internal", "one_line", "unusable"]

DEBUG = "KPIRULES_DEBUG"
"""The environment variable that shows the traceback of an internal failure on standard error."""

_FILES = ("rulebook", "rulebooks", "appraisal", "receipt", "old", "new", "files", "paths", "path")
"""The options that name a command's files, most specific first."""

_AT_WORK = "while at work on "
"""The prefix of a note that names the file being processed."""

_REASONS = {
    ENOENT: "no such file",
    EISDIR: "this is a directory",
    ENOTDIR: "a part of its path is not a directory",
    EACCES: "permission denied",
    ENOSPC: "no space left",
}


class CommandError(Exception):
    """A command that cannot run; its text is one line for the user."""


@contextmanager
def files(path: str | PathLike[str]) -> Iterator[None]:
    """Turn every file error inside into a `CommandError` of one line.

    Args:
        path: the file that is read or written, unless the error names another.

    Raises:
        CommandError: if the file can't be read or written.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CommandError(unusable(error, fspath(path))) from None


def unusable(error: OSError, path: str) -> str:
    """Return why a file can't be used, in one line.

    Args:
        error: the error from the system.
        path: the file, unless the error names one.
    """
    reason = _REASONS.get(error.errno or 0) or (error.strerror or "it can't be used").lower()
    return f"{one_line(fspath(error.filename or path))}: {reason}"


@contextmanager
def at_work_on(path: str | PathLike[str]) -> Iterator[None]:
    """Record which file is being processed, for the report of an internal failure.

    Args:
        path: the file.
    """
    try:
        yield
    except Exception as failure:
        failure.add_note(f"{_AT_WORK}{fspath(path)}")
        raise


def internal(failure: Exception, options: Namespace) -> str:
    """Return the user's report of a failure of kpirules itself, and save its traceback to a file.

    Args:
        failure: an unexpected exception.
        options: the options of the command that raised it.
    """
    notes = [note.removeprefix(_AT_WORK) for note in getattr(failure, "__notes__", []) if note.startswith(_AT_WORK)]
    about = one_line(", ".join(notes[:1] or _about(options)))
    command = " ".join(filter(None, ("kpirules", getattr(options, "module", ""))))
    command_in_words = f"`{command}`" + (f" on {about}" if about else "")
    what = one_line(f"{type(failure).__name__}: {failure}".removesuffix(": "))
    traceback = "".join(format_exception(failure))
    saved = None if os.environ.get(DEBUG) else _saved(traceback)
    return "\n".join(
        (
            *(() if saved else (traceback.rstrip(),)),
            f"kpirules: internal failure of {command_in_words}: {what}",
            "  = note: this is a bug in kpirules, not in your files",
            f"  = note: the traceback is {f'in {saved}' if saved else 'above'}",
            "  = help: please report it with the traceback and, if you may share it, the rulebook"
            + (f"; {DEBUG}=1 shows the traceback here" if saved else ""),
        )
    )


def _about(options: Namespace) -> list[str]:
    """Return the files that a command names."""
    found: list[str] = []
    for name in _FILES:
        named = getattr(options, name, None)
        found += [named] if isinstance(named, str) else named or []
    return found


def _saved(traceback: str) -> str | None:
    """Save a traceback; return the file's name, or None if it can't be written."""
    try:
        with NamedTemporaryFile("w", prefix="kpirules-", suffix=".txt", delete=False, encoding="utf-8") as stream:
            stream.write(f"{sys.version}\n{traceback}")
    except OSError:
        return None
    return stream.name


def one_line(text: object) -> str:
    """Return a text as one line, with control characters neutralised."""
    return neutral(" ".join(str(text).split("\n")))
