"""Runs cases: assesses subjects, and compares exactly the results that each case names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from attrs import evolve

from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import cases
from ..errors import KpirulesError, RulebookError
from ..kernel.calendars import parse_date
from ..loading.loading import load_whole
from ..rating.assessing import assess, assess_cohort
from ..rating.program import Program
from ..record import Assessment
from .because import because
from .cases import Case, CaseFile, CaseOutcome, Difference, shown
from .csv_cases import given_as_typed
from .expectations import BY_ID, chosen, number, unknown_names

__all__ = ["program_of", "run_case"]

_MEMBER = re.compile(r"members\[([^\]]*)\]\.?(.*)", re.DOTALL)
"""The path of a member of a cohort, and of one of its inputs."""

_ABOUT_NAMES = ("KR601",)
"""Errors about the name of an input rather than its value."""


def program_of(file: CaseFile) -> Program:
    """Load the rulebook of a case file with all variants and editions.

    Args:
        file: the case file.

    Raises:
        RulebookError: with the whole report, if the rulebook has errors.
        OSError: if it can't be read.
    """
    return load_whole(file.rulebook, root=file.root)


def run_case(program: Program, case: Case) -> CaseOutcome:
    """Run a case: assess its subject, and compare only the results that `expect` names.

    Args:
        program: the rules.
        case: the case.

    Rounding: none; numbers are compared exactly.
    """
    try:
        program = chosen(program, case)
    except RulebookError as refusal:
        return CaseOutcome(case, report=refusal.report)
    unknown = tuple(unknown_names(program.gathered, case))
    if unknown:
        return CaseOutcome(case, report=Report.of(unknown))
    if case.members:
        return _run_cohort(program, case)
    code = case.expect.get("error")
    try:
        assessment = assess(program, given_as_typed(program.gathered, case.given))
    except KpirulesError as refusal:
        return _refused(case, refusal.report, code)
    if code is not None:
        missed = cases.error_did_not_occur(case.at("expect.error"), str(code), assessment.status)
        return CaseOutcome(case, report=Report.of([missed]), assessment=assessment)
    differences = tuple(_differences(case, assessment))
    found = [_difference_diagnostic(case, difference, assessment) for difference in differences]
    return CaseOutcome(case, differences, Report.of(found), assessment)


def _run_cohort(program: Program, case: Case) -> CaseOutcome:
    """Run a case with members, which are assessed as a cohort."""
    code = case.expect.get("error")
    members = {name: given_as_typed(program.gathered, given) for name, given in case.members.items()}
    try:
        assessments = assess_cohort(program, members)
    except KpirulesError as refusal:
        return _refused(case, refusal.report, code)
    if code is not None:
        statuses = ", ".join(dict.fromkeys(assessment.status for assessment in assessments.values()))
        missed = cases.error_did_not_occur(case.at("expect.error"), str(code), statuses)
        return CaseOutcome(case, report=Report.of([missed]), assessments=assessments)
    differences: list[Difference] = []
    found: list[Diagnostic] = []
    for name, assessment in assessments.items():
        member = case.of_member(name)
        for difference in _differences(member, assessment):
            diagnostic = _difference_diagnostic(member, difference, assessment)
            differences.append(evolve(difference, what=f"members.{name}.{difference.what}"))
            found.append(evolve(diagnostic, notes=(f"for the member {name}", *diagnostic.notes)))
    return CaseOutcome(case, tuple(differences), Report.of(found), assessments=assessments)


def _difference_diagnostic(case: Case, difference: Difference, assessment: Assessment) -> Diagnostic:
    at = case.at(f"expect.{difference.what}")
    reason = because(difference.what, assessment)
    return cases.difference(at, difference.what, shown(difference.expected), shown(difference.got), reason)


def _refused(case: Case, report: Report, code: object) -> CaseOutcome:
    """Return the outcome of a refused subject: all errors at their places, unless the expected one occurred."""
    codes = tuple(dict.fromkeys(diagnostic.code for diagnostic in report.errors))
    if code is None:
        own = cases.unexpected_error(case.at("expect"), codes)
    elif any(found.startswith(str(code)) for found in codes):
        return CaseOutcome(case, refusal=report)
    else:
        own = cases.another_error(case.at("expect.error"), str(code), codes)
    return CaseOutcome(case, report=Report.of([own, *(_in_case(case, diagnostic) for diagnostic in report)]))


def _in_case(case: Case, diagnostic: Diagnostic) -> Diagnostic:
    """Return an error of the subject, placed where the case gives the value."""
    if diagnostic.span is not None:
        return diagnostic
    member = _MEMBER.match(diagnostic.path)
    if member is not None and member[1] in case.members:
        case = case.of_member(member[1])
        diagnostic = evolve(diagnostic, path=member[2])
    at = case.at_key if diagnostic.code in _ABOUT_NAMES else case.at
    return evolve(diagnostic, span=at(f"given.{diagnostic.path}").span)


def _differences(case: Case, assessment: Assessment) -> Iterator[Difference]:
    for what, expected, actual in _compared(case, assessment):
        if not _is_same(expected, actual):
            exact = number(expected) if isinstance(actual, Fraction) else None
            value = expected if exact is None else exact
            yield Difference(what, value, actual, case.at(f"expect.{what}").span)


def _compared(case: Case, assessment: Assessment) -> Iterator[tuple[str, object, object]]:
    """Yield every expectation of a case with its actual result."""
    for key, part in case.expect.items():
        if key in BY_ID and isinstance(part, Mapping):
            values = getattr(assessment, key)
            for id_, expected in part.items():
                yield f"{key}.{id_}", expected, values.get(id_)
        elif key == "score":
            yield key, part, None if assessment.score is None else Fraction(assessment.score)
        elif key == "overrides":
            yield key, part, tuple(override.id for override in assessment.overrides)
        else:
            yield key, part, getattr(assessment, key)
    # What must hold of every subject is expected of this one too.
    for invariant in assessment.invariants:
        yield f"invariants.{invariant.id}", True, invariant.held


def _is_same(expected: object, actual: object) -> bool:
    match actual:
        case Fraction():
            return number(expected) == actual
        case date():
            return isinstance(expected, str) and parse_date(expected) == actual
        case _:
            # True equals 1 in Python, but is not a number here.
            return type(expected) is type(actual) and expected == actual
