"""Findings about a text while it is written, and the fixes of some."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from attrs import field, frozen

from ..diagnostics import Diagnostic, Fix, Report, Span
from ..documents import is_appraisal
from ..errors import KpirulesError, RulebookError, budgeted
from ..loading.appraisals import appraisal_examined
from ..loading.reading import MARK, program_of
from ..rating.program import Program
from ..rating.versions import Requested
from ..testing import Case, check_cases, examples_of, is_case_file
from ..testing.collecting import has_cases, no_program
from ..testing.reading import cases_of
from .workspace import Workspace, identity_of

__all__ = ["Checked", "anchor", "checked", "fixes", "is_in", "is_kpirules_file", "own"]


@frozen
class Checked:
    """The result of checking a text.

    Args:
        report: everything found, in all files that it depends on.
        program: the program of the rulebook, or of the one that a case file names; None if there is none.
        cases: its examples or cases.
    """

    report: Report
    program: Program | None = field(default=None, repr=False)
    cases: tuple[Case, ...] = field(default=(), repr=False)


def is_kpirules_file(path: str | PathLike[str], text: str) -> bool:
    """Return whether a text is a rulebook, an appraisal or a case file, by its name or its key `kpirules`.

    >>> [is_kpirules_file(*file) for file in (("a.kpi.yaml", ""), ("a.yaml", "kpirules: 1"), ("ci.yaml", "on: push"))]
    [True, True, False]
    """
    return has_cases(path) or MARK.search(text.encode("utf-8", "surrogatepass")) is not None


def checked(workspace: Workspace, path: str | PathLike[str], programs: dict[str, Program] | None = None) -> Checked:
    """Check a file as `kpirules check` does, with the texts that are open.

    Args:
        workspace: the open texts.
        path: the file.
        programs: programs of rulebooks by identity, to check several files of one workspace; it collects more.
    """
    programs = {} if programs is None else programs
    try:
        with budgeted(None, str(path)):
            if is_case_file(path):
                return _cases(workspace, path, programs)
            found = _rulebook(workspace, path)
    except KpirulesError as mistaken:
        return Checked(mistaken.report)
    if found.program is not None:
        programs[identity_of(path)] = found.program
    return found


def _rulebook(workspace: Workspace, path: str | PathLike[str]) -> Checked:
    reach = workspace.reach(path)
    documents, found = workspace.read(path, reach)
    if documents and is_appraisal(documents[0]):
        return Checked(appraisal_examined((documents, found), reach))
    program = program_of((documents, found), Requested())
    try:
        cases = examples_of(program)
    except KpirulesError as mistaken:
        return Checked(Report.of((*program.report, *mistaken.report)), program)
    return Checked(Report.of((*program.report, *check_cases(program, cases))), program, cases)


def _cases(workspace: Workspace, path: str | PathLike[str], programs: dict[str, Program]) -> Checked:
    document, mistakes = workspace.document(path)
    file, found = cases_of(document, mistakes, workspace.reach(path), str(path))
    if file is None or found:
        return Checked(Report.of(found))
    try:
        known = programs.get(identity_of(file.rulebook))
        program = known or _program(workspace, file.rulebook)
    except (RulebookError, OSError) as problem:
        return Checked(Report((no_program(file, problem),)))
    return Checked(check_cases(program, file.cases), program, file.cases)


def _program(workspace: Workspace, path: Path) -> Program:
    """Return the program of the rulebook that a case file names.

    Raises:
        RulebookError: if it has errors.
        OSError: if it can't be read.
    """
    if workspace.file(path) is None:
        raise FileNotFoundError(path)
    return program_of(workspace.read(path), Requested())


def own(report: Report, path: str | PathLike[str]) -> Iterator[Diagnostic]:
    """Yield the findings about a file itself, and those without a place.

    Args:
        report: the findings.
        path: the file.
    """
    for finding in report.findings:
        if finding.span is None or is_in(finding.span, path):
            yield finding


def is_in(span: Span, path: str | PathLike[str]) -> bool:
    """Return whether a place is in a file."""
    return span.source.name == Path(path).as_posix() or identity_of(span.source.name) == identity_of(path)


def anchor(workspace: Workspace, path: str | PathLike[str]) -> Span | None:
    """Return the place where a file names another one, to show findings about that one; None if there is none.

    Args:
        workspace: the open texts.
        path: the file.
    """
    document, _ = workspace.document(path)
    if document is None:
        return None
    nodes = (document.root.get(key) for key in ("extends", "rulebook", "cases_from"))
    return next((node.span for node in nodes if node is not None), document.root.span)


def fixes(report: Report, path: str | PathLike[str], *, only_safe: bool = False) -> tuple[Fix, ...]:
    """Return the edits of a file that resolve findings, those of `kpirules check --fix` if only safe ones are wanted.

    Args:
        report: the findings.
        path: the file.
        only_safe: leave out guesses, which may change a rating.
    """
    found = (finding.fix for finding in own(report, path) if finding.fix is not None)
    return tuple(fix for fix in found if fix.is_safe or not only_safe)
