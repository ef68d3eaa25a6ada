"""`kpirules check`."""

from __future__ import annotations

import sys
from argparse import Namespace

from ..analysis.proving.solving import require_z3
from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import CATALOGUE
from ..diagnostics.formats import render_github, render_json, render_sarif
from ..diagnostics.render import render_text
from ..errors import KpirulesError, RulebookError
from ..loading.appraisals import is_appraisal_file
from ..loading.loading import check, load_whole
from ..testing import check_cases, examples_of, is_case_file, program_of, read_cases
from ..testing.collecting import no_program
from .failure import CommandError, at_work_on, files
from .terminal import has_color, say

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Check files, and report all findings at once.

    Args:
        options: of the command line.

    Returns:
        0 if there are no findings, 1 if there are, 2 if a file can't be read.
    """
    if options.prove:
        _require_z3()
    found: list[Diagnostic] = []
    unread: list[CommandError] = []
    for path in options.files:
        try:
            with files(path), at_work_on(path):
                found.extend(_cases(path, options.root) if is_case_file(path) else _document(path, options))
        except CommandError as reason:
            unread.append(reason)
    report = Report.of(found)
    if len(unread) < len(options.files):
        sys.stdout.write(_rendered(report, options))
    for missing in unread:
        say(f"kpirules: {missing}", aside=True)
    return 2 if unread else int(not report.is_clean)


def _require_z3() -> None:
    try:
        require_z3()
    except ModuleNotFoundError as reason:
        raise CommandError(str(reason)) from None


def _rendered(report: Report, options: Namespace) -> str:
    match options.format:
        case "json":
            return render_json(report) + "\n"
        case "github":
            return render_github(report)
        case "sarif":
            return render_sarif(report, CATALOGUE) + "\n"
        case _:
            return render_text(report, color=has_color(options.color))


def _document(path: str, options: Namespace) -> Report:
    """Check a rulebook or an appraisal."""
    if is_appraisal_file(path):
        return check(path, root=options.root, prove=options.prove)
    return _rulebook(path, options)


def _rulebook(path: str, options: Namespace) -> Report:
    """Check a rulebook with its examples, or one variant or edition without them."""
    if options.variant is not None or options.on is not None:
        return check(path, variant=options.variant, on=options.on, root=options.root, prove=options.prove)
    try:
        program = load_whole(path, root=options.root)
        return Report.of((*check(program, prove=options.prove), *check_cases(program, examples_of(program))))
    except RulebookError as mistaken:
        return mistaken.report
    except KpirulesError as mistaken:
        return Report.of((*check(path, root=options.root), *mistaken.report))


def _cases(path: str, root: str | None) -> Report:
    """Check a case file together with its rulebook."""
    try:
        file = read_cases(path, root=root)
    except KpirulesError as mistaken:
        return mistaken.report
    try:
        return check_cases(program_of(file), file.cases)
    except (KpirulesError, OSError) as problem:
        return Report((no_program(file, problem),))
