"""What can be raised, and nothing else:

    KpirulesError
    ├── RulebookError     a rulebook has errors: nothing can be assessed by it
    ├── SubjectError      a subject has problems: something is missing, unknown or not allowed
    └── FaultError        a number has no answer, such as a quotient by zero, or is beyond the limits

Each carries a report with everything that is wrong; its text is the report as a person reads it.
"""

from __future__ import annotations

from .brief import brief, counted
from .diagnostics import Report
from .diagnostics.render import render_text

__all__ = ["FaultError", "KpirulesError", "RulebookError", "SubjectError"]


class KpirulesError(Exception):
    """A mistake in what was given to kpirules.

    Args:
        report: everything that is wrong.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __repr__(self) -> str:
        first = next((f"{one.code} {one.message}" for one in self.report), "")
        return brief(self, counted(len(self.report), "problem"), first)

    def __str__(self) -> str:
        return render_text(self.report).rstrip()


class RulebookError(KpirulesError):
    """A rulebook that can't be used, with the whole report."""


class SubjectError(KpirulesError):
    """A subject that can't be assessed, with every problem of its inputs (KR60x, KR61x) or of its cohort (KR64x)."""


class FaultError(KpirulesError):
    """A number that has no answer (KR62x) or needs more than is allowed (KR63x)."""
