"""The outcome of a subject as a plain value, on which two engines must agree."""

from __future__ import annotations

from typing import Any

from kpirules import Assessment, FaultError, Program, Report, SubjectError, assess

__all__ = ["ENGINES", "FAULT", "PROBLEMS", "Came", "came", "outcome", "plain"]

ENGINES = ("reference", "scalar")
FAULT, PROBLEMS = "fault", "problems"

Came = Assessment | tuple[str, Report]
"""An assessment, or a word for why there is none and the report that says so."""


def outcome(program: Program, subject: object, engine: str) -> object:
    """Return the outcome of a subject by one engine, as a plain value.

    Args:
        program: a compiled rulebook.
        subject: its values.
        engine: `reference` or `scalar`.

    Returns:
        The assessment as data, without formulas and with them, or `fault` or `problems` with each diagnostic's code, path, message and place.
    """
    return plain(came(program, subject, engine))


def came(program: Program, subject: object, engine: str) -> Came:
    """Return the outcome of a subject by one engine, as the library returns it."""
    try:
        return assess(program, subject, engine=engine)
    except FaultError as fault:
        return FAULT, fault.report
    except SubjectError as problem:
        return PROBLEMS, problem.report


def plain(found: Came) -> Any:
    """Return an outcome as a value that can be compared and shown."""
    if isinstance(found, Assessment):
        # Without formulas first: what the scalar engine hands over must not have passed through the other one.
        return {"without formulas": found.to_data(formulas=False), **found.to_data()}
    kind, report = found
    return kind, tuple((one.code, one.path, one.message, one.span) for one in report)
