"""`kpirules test`."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

from attrs import define, evolve, field

from ..diagnostics import Report
from ..diagnostics.render import render_text
from ..errors import KpirulesError
from ..loading import load_whole
from ..program import Program
from ..testing import Case, examples_of, is_case_file, read_cases, run_case
from .check import no_program
from .failure import CommandError, files
from .terminal import has_color

__all__ = ["run"]

RULEBOOKS = (".kpi.yaml", ".kpi.yml", ".kpi.json")


def run(options: Namespace) -> int:
    """Run all cases, show what failed, and count.

    Args:
        options: of the command line.

    Returns:
        0 where all cases passed, 1 where one failed, 2 where there is nothing to run.
    """
    paths = list(dict.fromkeys(_found(options.paths)))
    running = _Running(has_color(options.color), options.verbose, options.variant, options.on)
    for path in paths:
        with files(path):
            running.cases_of_file(path) if is_case_file(path) else running.examples_of(path)
    if not running.passed and not running.failed:
        raise CommandError("there are no examples and no cases in what was named")
    print(f"{running.passed} passed, {running.failed} failed")
    return int(running.failed > 0)


def _found(written: Iterable[str]) -> Iterator[Path]:
    """The files that are named, and those in the directories that are."""
    for each in written:
        path = Path(each)
        if not path.is_dir():
            yield path
            continue
        inside = sorted(found for found in path.rglob("*") if _is_looked_for(found, path))
        if not inside:
            raise CommandError(f"{each}: there are no rulebooks and no case files in this directory")
        yield from inside


def _is_looked_for(path: Path, below: Path) -> bool:
    is_hidden = any(part.startswith(".") for part in path.relative_to(below).parts)
    return not is_hidden and (is_case_file(path) or path.name.lower().endswith(RULEBOOKS))


@define
class _Running:
    """The count so far; what fails is shown at once.

    Args:
        has_color, is_verbose: how it is shown.
        variant, on: of the cases that do not say their own.
    """

    has_color: bool
    is_verbose: bool
    variant: str | None
    on: date | None
    passed: int = 0
    failed: int = 0
    # The cases of a rulebook often stand in several files.
    load: Callable[[Path], Program] = field(factory=lambda: cache(load_whole))

    def examples_of(self, path: Path) -> None:
        try:
            program = self.load(path)
            cases = examples_of(program)
        except KpirulesError as mistaken:
            self.fail(str(path), mistaken.report)
            return
        self.all(program, cases)

    def cases_of_file(self, path: Path) -> None:
        try:
            file = read_cases(path)
        except KpirulesError as mistaken:
            self.fail(str(path), mistaken.report)
            return
        try:
            program = self.load(file.rulebook)
        except (KpirulesError, OSError) as problem:
            self.fail(str(path), Report((no_program(file, problem),)))
            return
        self.all(program, file.cases)

    def all(self, program: Program, cases: Iterable[Case]) -> None:
        for case in cases:
            chosen = evolve(case, variant=case.variant or self.variant, on=case.on or self.on)
            outcome = run_case(program, chosen)
            if outcome.passed:
                self.passed += 1
                if self.is_verbose:
                    print(f"passed {case.place} {case.name}")
            else:
                self.fail(f"{case.place} {case.name}", outcome.report)

    def fail(self, name: str, report: Report) -> None:
        self.failed += 1
        sys.stdout.write(f"FAILED {name}\n\n{render_text(report, color=self.has_color)}\n")
