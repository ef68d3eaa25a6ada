"""What depends on where the output goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from ..kernel.visible import neutral
from ..loading.atomic import whole_file
from .failure import CommandError, files

__all__ = ["has_color", "output", "progress", "say"]

_FEW = 20
"""So few subjects are assessed before anybody could read how many."""


def has_color(mode: str) -> bool:
    """Whether standard output takes colours.

    Args:
        mode: `always`, `never`, or `auto` for a terminal that does not ask for none (https://no-color.org).
    """
    if mode != "auto":
        return mode == "always"
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not is_plain


def say(*lines: object, aside: bool = False) -> None:
    """Write lines for a person, each of them neutral.

    Every command tells people of its work by this function; tables, explanations and reports are made neutral by
    what renders them, and formats for programs are written as they are.

    Args:
        lines: texts, each of which becomes one line.
        aside: True for standard error.
    """
    for line in lines:
        print(neutral(str(line)), file=sys.stderr if aside else sys.stdout)


@contextmanager
def output(path: str | None, *inputs: str) -> Iterator[TextIO]:
    """Where results are written: a file is there when all of them are, or stays what it was.

    Args:
        path: a file, or None or `-` for standard output.
        inputs: files that were read, none of which is overwritten.

    Raises:
        CommandError: where the file is one of them or can't be written.
    """
    if path is None or path == "-":
        yield sys.stdout
        return
    with files(path):
        for read in inputs:
            if Path(path).exists() and Path(read).exists() and os.path.samefile(path, read):
                raise CommandError(f"{path}: the output would overwrite what was read")
        target = Path(path)
        if target.is_symlink() or (target.exists() and not target.is_file()):
            # What is behind a link such as /dev/stdout belongs to others, and has no name to take.
            with target.open("w", encoding="utf-8", newline="") as stream:
                yield stream
            return
        with whole_file(target) as whole:
            stream = TextIOWrapper(whole, encoding="utf-8", newline="", write_through=True)
            yield stream
            stream.detach()


@contextmanager
def progress(total: int, *, is_shown: bool, doing: str = "assessing") -> Iterator[Callable[[], None]]:
    """A counter on standard error for people who wait; nothing where nobody sees it.

    Args:
        total: how many subjects there are.
        is_shown: False where it would mix with results on the same terminal.
        doing: what is done to them.

    Returns:
        What is called after each subject.
    """
    if not is_shown or total < _FEW or not sys.stderr.isatty():
        yield lambda: None
        return
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        yield from _counted(total, doing)
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda: bar.advance(task)


def _counted(total: int, doing: str) -> Iterator[Callable[[], None]]:
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if done % max(total // 100, 1) == 0:
            print(f"\r{doing} {done:,} of {total:,}", end="", file=sys.stderr, flush=True)

    yield advance
    print("\r\x1b[K", end="", file=sys.stderr, flush=True)
