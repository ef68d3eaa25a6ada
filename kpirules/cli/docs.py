"""`kpirules docs`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from ..errors import KpirulesError
from ..loading.atomic import write_whole
from ..loading.loading import load_whole
from ..publishing import Book, site
from ..rating.program import Program
from ..testing import CaseOutcome
from ..testing.collecting import RULEBOOKS, collect
from .failure import at_work_on, files
from .loaded import load_chosen
from .terminal import say

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Write pages about rulebooks.

    Args:
        options: the options of the command line.

    Returns:
        0, or 1 if an example fails, which is reported; then nothing is written.
    """
    try:
        pages = site([_book(path, options) for path in options.rulebooks])
    except KpirulesError as failed:
        say(*str(failed).split("\n"), aside=True)
        say("an example fails: no page is written", aside=True)
        return 1
    folder = Path(options.output)
    with files(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        with files(folder / name):
            write_whole(folder / name, [text.encode()])
    # The page that lists all others is the last one.
    say(f"{len(pages)} page{'s' * (len(pages) > 1)} written; open {folder / list(pages)[-1]}")
    return 0


def _book(written: str, options: Namespace) -> Book:
    """Load a rulebook with its examples, and those of the file of cases beside it."""
    path = Path(written)
    program = load_chosen(written, None, None, options.root)
    with files(path), at_work_on(path):
        outcomes = tuple(_outcomes(path, program, options.root))
    return Book(_stem(path), program, outcomes)


def _outcomes(path: Path, program: Program, root: str | None) -> Iterator[CaseOutcome]:
    """Yield the outcomes of the rulebook's examples, then of the cases beside it that are about the same rulebook."""

    def load(source: Path, *, root: str | Path | None) -> Program:
        return program if source.resolve() == path.resolve() else load_whole(source, root=root)

    beside = [path.with_name(f"{_stem(path)}.cases.{ending}") for ending in ("yaml", "yml")]
    for file in (path, *filter(Path.exists, beside)):
        yield from (found.run() for found in collect(file, load=load, root=root) if found.program is program)


def _stem(path: Path) -> str:
    """Return the name of a rulebook's file without its ending."""
    ending = next((ending for ending in RULEBOOKS if path.name.lower().endswith(ending)), path.suffix)
    return path.name[: len(path.name) - len(ending)] or path.name
