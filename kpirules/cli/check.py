"""`kpirules check`."""

from __future__ import annotations

import sys
from argparse import Namespace
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from difflib import unified_diff
from pathlib import Path

from ..analysis.proving.solving import require_z3
from ..diagnostics import Diagnostic, Report, Source
from ..diagnostics.codes import CATALOGUE
from ..diagnostics.fixes import fixed
from ..diagnostics.formats import render_github, render_json, render_sarif
from ..diagnostics.render import render_text
from ..errors import KpirulesError, RulebookError
from ..kernel.brief import counted
from ..kernel.visible import neutral
from ..loading.appraisals import is_appraisal_file
from ..loading.atomic import write_whole
from ..loading.loading import check, load_whole
from ..testing import check_cases, examples_of, is_case_file, program_of, read_cases
from ..testing.collecting import no_program
from .failure import CommandError, at_work_on, files
from .terminal import has_color, say

__all__ = ["run"]

MAX_ROUNDS = 5
"""Maximum number of times a file is rewritten: each may uncover mistakes that can be fixed too."""


def run(options: Namespace) -> int:
    """Check files, and report all findings at once.

    Args:
        options: the options of the command line.

    Returns:
        0 if there are no findings, 1 if there are, 2 if a file can't be read.
    """
    if options.prove:
        _require_z3()
    if options.fix and options.diff:
        raise CommandError("`--diff` writes nothing: give it or `--fix`")
    report, unread = _checked(options)
    if options.diff:
        sys.stdout.writelines(_differences(report, options.files))
        return 2 if unread else int(not report.is_clean)
    rounds = 0
    while options.fix and rounds < MAX_ROUNDS and _write(report, options.files):
        # What was hidden by a mistake shows once that is gone.
        report, unread = _checked(options)
        rounds += 1
    if len(unread) < len(options.files):
        sys.stdout.write(_rendered(report, options))
    for missing in unread:
        say(f"kpirules: {missing}", aside=True)
    return 2 if unread else int(not report.is_clean)


def _checked(options: Namespace) -> tuple[Report, list[CommandError]]:
    """Check all files; return the report, and an error for each file that can't be read."""
    found: list[Diagnostic] = []
    unread: list[CommandError] = []
    for path in options.files:
        try:
            with files(path), at_work_on(path):
                found.extend(_cases(path, options.root) if is_case_file(path) else _document(path, options))
        except CommandError as reason:
            unread.append(reason)
    return Report.of(found), unread


def _edited(report: Report, paths: Iterable[str]) -> Iterator[tuple[str, Source, str]]:
    """Yield the path, the text and the new text of each file that safe fixes change."""
    for path in dict.fromkeys(paths):
        fixes = [finding.fix for finding in report.findings if finding.fix is not None and finding.fix.is_safe]
        own = [fix for fix in fixes if fix.span.source.name == path]
        if own:
            source = own[0].span.source
            yield path, source, fixed(source, own)


def _differences(report: Report, paths: Iterable[str]) -> Iterator[str]:
    for path, source, after in _edited(report, paths):
        name, before = neutral(path), source.text.splitlines(keepends=True)
        lines = unified_diff(before, after.splitlines(keepends=True), name, name)
        yield from (f"{neutral(line.rstrip())}\n" for line in lines)


def _write(report: Report, paths: Iterable[str]) -> bool:
    """Write the files that safe fixes change; return whether there was one."""
    is_changed = False
    for path, source, after in _edited(report, paths):
        with files(path):
            data = Path(path).read_bytes()
            mark = data[: len(BOM_UTF8)] if data.startswith(BOM_UTF8) else b""
            if data[len(mark) :] != source.text.encode():
                raise CommandError(f"{neutral(path)} has changed meanwhile")
            write_whole(Path(path), [mark, after.encode()])
        count = sum(
            diagnostic.fix is not None and diagnostic.fix.is_safe and diagnostic.fix.span.source is source
            for diagnostic in report
        )
        say(f"{neutral(path)}: {counted(count, 'fix', 'fixes')} made", aside=True)
        is_changed = True
    return is_changed


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
