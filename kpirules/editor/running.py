"""Runs one example or case of a text, and describes its outcome."""

from __future__ import annotations

from os import PathLike

from attrs import frozen

from ..diagnostics import Diagnostic, Span
from ..documents import is_appraisal
from ..kernel.visible import neutral
from ..record import Assessment
from ..testing import CaseOutcome, is_case_file, run_case
from .checking import checked
from .survey import survey, survey_of_cases
from .workspace import Workspace

__all__ = ["Example", "Run", "examples_in", "run_example"]


@frozen
class Example:
    """An example or case that can be run.

    Args:
        name: its name.
        span: the place of its name.
    """

    name: str
    span: Span


@frozen
class Run:
    """The outcome of an example.

    Args:
        passed: whether every expectation is met.
        text: what happened, in one line.
        problems: the expectations that are not met, each with its place.
    """

    passed: bool
    text: str
    problems: tuple[Diagnostic, ...] = ()


def examples_in(workspace: Workspace, path: str | PathLike[str]) -> tuple[Example, ...]:
    """Return the examples of a rulebook, or the cases of a case file.

    Args:
        workspace: the open texts.
        path: the file.
    """
    document, _ = workspace.document(path)
    if document is None or is_appraisal(document):
        return ()
    found = survey_of_cases(document.root) if is_case_file(path) else survey(document.root)
    return tuple(Example(name.text, name.span) for name in found.examples)


def run_example(workspace: Workspace, path: str | PathLike[str], name: str) -> Run:
    """Run an example by its name.

    Args:
        workspace: the open texts.
        path: the file.
        name: the name of the example.
    """
    found = checked(workspace, path)
    shown = neutral(name)
    if found.program is None:
        errors = found.report.errors
        first = f": {errors[0].code} {neutral(errors[0].message)}" if errors else ""
        return Run(False, f"{shown}: not run, since the rulebook has errors{first}", tuple(errors))
    case = next((case for case in found.cases if case.name == name), None)
    if case is None:
        return Run(False, f"{shown}: there is no such example")
    outcome = run_case(found.program, case)
    if outcome.passed:
        return Run(True, f"{shown}: as expected, {_result(outcome)}")
    first = neutral(outcome.report.errors[0].message)
    count = len(outcome.report.errors)
    more = f" (and {count - 1} more)" if count > 1 else ""
    return Run(False, f"{shown}: {first}{more}; the result is {_result(outcome)}", outcome.report.errors)


def _result(outcome: CaseOutcome) -> str:
    if outcome.assessment is not None:
        return _rating(outcome.assessment)
    if outcome.assessments:
        return "; ".join(f"{neutral(name)} {_rating(one)}" for name, one in outcome.assessments.items())
    return "refused"


def _rating(assessment: Assessment) -> str:
    if assessment.status != "rated":
        return assessment.status
    parts = [] if assessment.score is None else [str(assessment.score)]
    return " ".join((*parts, *([assessment.band] if assessment.band else []))) or "rated"
