"""Collects cases from files, ready to run, for the command line and the pytest plugin."""

from __future__ import annotations

from datetime import date
from os import PathLike, fspath
from pathlib import Path
from typing import Protocol

from attrs import evolve, frozen

from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import At, cases
from ..errors import KpirulesError
from ..loading.appraisals import is_appraisal_file, load_appraisal
from ..loading.loading import load_whole
from ..rating.program import Program
from .cases import Case, CaseFile, CaseOutcome
from .examples import examples_of
from .reading import is_case_file, read_cases
from .running import run_case

__all__ = ["Collected", "Load", "collect", "has_cases", "no_program"]

RULEBOOKS = (".kpi.yaml", ".kpi.yml", ".kpi.json")


class Load(Protocol):
    """Loads a rulebook from its path."""

    def __call__(self, source: Path, /, *, root: str | Path | None) -> Program: ...


@frozen
class Collected:
    """A case with the program that runs it.

    Args:
        program: the rules.
        case: the case.
    """

    program: Program
    case: Case

    def run(self) -> CaseOutcome:
        """Run the case."""
        return run_case(self.program, self.case)


def has_cases(path: str | PathLike[str]) -> bool:
    """Return whether the name of a file is that of a case file or a rulebook.

    >>> has_cases("staff.cases.yaml"), has_cases("staff.kpi.json"), has_cases("staff.yaml")
    (True, True, False)
    """
    return is_case_file(path) or fspath(path).lower().endswith(RULEBOOKS)


def collect(
    path: str | PathLike[str],
    *,
    load: Load = load_whole,
    root: str | Path | None = None,
    variant: str | None = None,
    on: date | None = None,
) -> tuple[Collected, ...]:
    """Return the cases of a case file, or the examples of a rulebook; none for an appraisal without errors.

    Args:
        path: the file.
        load: loads a rulebook; a cached function saves time, because files share rulebooks.
        root: the folder that files named by documents must be in; the folder of the file by default.
        variant, on: defaults for cases without their own.

    Raises:
        KpirulesError: with the whole report, if the file or its rulebook has errors.
        OSError: if the file can't be read.
    """
    if not is_case_file(path):
        if is_appraisal_file(path):
            load_appraisal(path, root=root)
            return ()
        program = load(Path(path), root=root)
        return _collected(program, examples_of(program), variant, on)
    file = read_cases(path, root=root)
    try:
        program = load(file.rulebook, root=file.root)
    except (KpirulesError, OSError) as problem:
        raise KpirulesError(Report((no_program(file, problem),))) from None
    return _collected(program, file.cases, variant, on)


def _collected(
    program: Program, found: tuple[Case, ...], variant: str | None, on: date | None
) -> tuple[Collected, ...]:
    chosen = (evolve(case, variant=case.variant or variant, on=case.on or on) for case in found)
    return tuple(Collected(program, case) for case in chosen)


def no_program(file: CaseFile, problem: KpirulesError | OSError) -> Diagnostic:
    """Return the diagnostic for a rulebook that can't be used, at the place where the case file names it.

    Args:
        file: the case file.
        problem: the error from loading it.
    """
    at = At(file.rulebook_span, "rulebook")
    if isinstance(problem, OSError):
        remedy = "correct the path; it is relative to the folder of this file"
        return cases.no_rulebook(at, f"the rulebook {file.rulebook} can't be read", remedy)
    count = len(problem.report.errors)
    errors = f"{count} error{'s' if count > 1 else ''}"
    return cases.no_rulebook(at, f"the rulebook has {errors}", f"see `kpirules check {file.rulebook}`")
