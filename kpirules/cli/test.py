"""`kpirules test`."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

from attrs import define, field

from ..change.coverage import together
from ..change.coverage_pages import coverage_page, summary
from ..diagnostics import Report, Span
from ..diagnostics.render import render_text
from ..errors import KpirulesError
from ..loading.appraisals import is_appraisal_file, load_appraisal, stage_files
from ..loading.loading import load_whole
from ..testing import Case, CaseOutcome, is_case_file
from ..testing.collecting import Load, collect, has_cases
from ..testing.covering import CoverageOfCases
from ..testing.updating import Edit, held_by, update_of, write
from .failure import CommandError, at_work_on, files
from .terminal import has_color, output, say

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Run all cases, show the failures, and count.

    Args:
        options: the options of the command line.

    Returns:
        0 if all cases passed, 1 if one failed, 2 if there is nothing to run.
    """
    found = dict(_found(options.paths, options.root))
    paths = list(found)
    is_covering = options.coverage or options.coverage_html is not None or options.fail_under is not None
    running = _Running(
        has_color(options.color),
        options.verbose,
        options.variant,
        options.on,
        is_updating=options.update,
        coverage=CoverageOfCases() if is_covering else None,
    )
    for path, root in found.items():
        with files(path), at_work_on(path):
            is_case = is_case_file(path)
            is_appraisal = not is_case and is_appraisal_file(path)
            running.appraisal(path, root, paths) if is_appraisal else running.file(path, root)
    if not running.passed and not running.failed:
        raise CommandError("no examples and no cases found")
    written = write(running.edits, held=running.held)
    say(*written)
    is_enough = _write_coverage(running.coverage, options)
    say(f"{running.passed} passed, {running.failed} failed")
    return int(running.failed > 0 or any(edit.problem for edit in written) or not is_enough)


def _write_coverage(gathered: CoverageOfCases | None, options: Namespace) -> bool:
    """Write the coverage, and return whether it is enough."""
    if gathered is None:
        return True
    found = gathered.found()
    if options.coverage:
        for rulebook_coverage in found:
            sys.stdout.write(rulebook_coverage.text())
    if options.coverage_html is not None:
        with output(
            options.coverage_html,
            *(source.name for rulebook_coverage in found for source in rulebook_coverage.sources),
        ) as out:
            out.write(coverage_page(found))
    say(summary(found))
    return options.fail_under is None or together(found) * 100 >= options.fail_under


def _found(written: Iterable[str], root: str | None) -> Iterator[tuple[Path, str | None]]:
    """Yield the named files, and the files in named directories, each with its root.

    A directory is the root of its files.
    """
    for argument in written:
        path = Path(argument)
        if not path.is_dir():
            yield path, root
            continue
        inside = sorted(found for found in path.rglob("*") if _is_looked_for(found, path))
        if not inside:
            raise CommandError(f"{argument}: no rulebooks and no case files in this directory")
        yield from ((file, root or argument) for file in inside)


def _is_looked_for(path: Path, below: Path) -> bool:
    is_hidden = any(part.startswith(".") for part in path.relative_to(below).parts)
    return not is_hidden and has_cases(path)


@define
class _Running:
    """Counts passed and failed cases, and shows failures at once.

    Args:
        has_color, is_verbose: how output is shown.
        variant, on: defaults for cases without their own.
        is_updating: whether failing expectations are rewritten.
        edits: the edits to write.
        held: places of expectations that must stay.
        coverage: collects what cases cover, or None.
    """

    has_color: bool
    is_verbose: bool
    variant: str | None
    on: date | None
    is_updating: bool = False
    edits: list[Edit] = field(factory=list)
    held: list[Span] = field(factory=list)
    coverage: CoverageOfCases | None = None
    passed: int = 0
    failed: int = 0
    # Several case files often share a rulebook.
    load: Load = field(factory=lambda: cache(load_whole))

    def file(self, path: Path, root: str | None) -> None:
        try:
            found = collect(path, load=self.load, root=root, variant=self.variant, on=self.on)
        except KpirulesError as mistaken:
            self.fail(str(path), mistaken.report)
            return
        if self.coverage is not None and not found:
            self.coverage.rulebook(self.load(path, root=root))
        for runnable in found:
            outcome = runnable.run()
            if self.coverage is not None:
                self.coverage.case(runnable, outcome)
            self.count(runnable.case, outcome)

    def appraisal(self, path: Path, root: str | None, named: Iterable[Path]) -> None:
        """Load an appraisal, which passes if its stages fit together, and run its rulebooks' examples.

        Args:
            path: the path of the appraisal.
            root: the folder that its files must stay in; its own folder by default.
            named: files that are run anyway.
        """
        try:
            program = load_appraisal(path, root=root)
        except KpirulesError as mistaken:
            self.fail(str(path), mistaken.report)
            return
        self.passed += 1
        if self.is_verbose:
            say(f"passed {path}")
        known = {file.resolve() for file in named}
        for rulebook in dict.fromkeys(stage_files(path, program.appraisal).values()):
            if rulebook.resolve() not in known:
                self.file(rulebook, root or str(path.parent))

    def count(self, case: Case, outcome: CaseOutcome) -> None:
        self.held += held_by(outcome) if self.is_updating else ()
        update = update_of(outcome) if self.is_updating and not outcome.passed else None
        if update is not None and not update.refused:
            self.edits += update.edits
        elif not outcome.passed:
            self.fail(f"{case.place} {case.name}", outcome.report, () if update is None else update.refused)
            return
        self.passed += 1
        if self.is_verbose:
            say(f"passed {case.place} {case.name}")

    def fail(self, name: str, report: Report, refused: Iterable[str] = ()) -> None:
        self.failed += 1
        say(f"FAILED {name}", "")
        sys.stdout.write(f"{render_text(report, color=self.has_color)}\n")
        for reason in refused:
            say(f"not updated: {reason}", "")
