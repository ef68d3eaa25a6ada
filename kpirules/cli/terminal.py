"""Output that depends on the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Protocol, TextIO

from ..kernel.visible import neutral
from ..loading.atomic import whole_file
from .failure import CommandError, files

__all__ = ["has_color", "output", "progress", "say"]

_FEW = 20
"""Fewer subjects than this finish too quickly for a counter."""


def has_color(mode: str) -> bool:
    """Return whether to write colours to standard output.

    Args:
        mode: `always`, `never`, or `auto` for a terminal that does not set https://no-color.org.
    """
    if mode != "auto":
        return mode == "always"
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not is_plain


def say(*lines: object, aside: bool = False) -> None:
    """Write lines for a person, with control characters neutralised.

    All commands report to the user through this function. Tables, explanations and reports are neutralised where they
    are rendered; formats for programs are written unchanged.

    Args:
        lines: texts, one line each.
        aside: True to write to standard error.
    """
    for line in lines:
        print(neutral(str(line)), file=sys.stderr if aside else sys.stdout)


@contextmanager
def output(path: str | None, *inputs: str) -> Iterator[TextIO]:
    """Open the output; a file is written whole or not changed at all.

    Args:
        path: a file, or None or `-` for standard output.
        inputs: files that were read, which must not be overwritten.

    Raises:
        CommandError: if the file is one of them or can't be written.
    """
    if path is None or path == "-":
        yield sys.stdout
        return
    with files(path):
        for read in inputs:
            if Path(path).exists() and Path(read).exists() and os.path.samefile(path, read):
                raise CommandError(f"{path}: the output would overwrite an input file")
        target = Path(path)
        if target.is_symlink() or (target.exists() and not target.is_file()):
            # The target of a link such as /dev/stdout can't be replaced, only written to.
            with target.open("w", encoding="utf-8", newline="") as stream:
                yield stream
            return
        with whole_file(target) as whole:
            stream = TextIOWrapper(whole, encoding="utf-8", newline="", write_through=True)
            yield stream
            stream.detach()


class Advance(Protocol):
    """Counts subjects that are done."""

    def __call__(self, by: int = 1) -> None: ...


@contextmanager
def progress(total: int, *, is_shown: bool, activity: str = "assessing") -> Iterator[Advance]:
    """Show a counter on standard error; nothing if standard error is not a terminal.

    Args:
        total: how many subjects there are.
        is_shown: False if it would mix with results on the same terminal.
        activity: the verb for the work, such as `assessing`.

    Returns:
        A function to call after each subject, or with the number of several.
    """
    if not is_shown or total < _FEW or not sys.stderr.isatty():
        yield lambda by=1: None
        return
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        yield from _counted(total, activity)
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(activity, total=total)
        yield lambda by=1: bar.advance(task, by)


def _counted(total: int, activity: str) -> Iterator[Advance]:
    done, step = 0, max(total // 100, 1)

    def advance(by: int = 1) -> None:
        nonlocal done
        done += by
        if done // step > (done - by) // step:
            print(f"\r{activity} {done:,} of {total:,}", end="", file=sys.stderr, flush=True)

    yield advance
    print("\r\x1b[K", end="", file=sys.stderr, flush=True)
