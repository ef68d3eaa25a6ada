"""The exceptions of the package:

    KpirulesError
    ├── RulebookError     a rulebook has errors: nothing can be assessed by it
    ├── SubjectError      a subject has problems: something is missing, unknown or not allowed
    └── FaultError        a number has no answer, such as a quotient by zero, or is beyond the limits

Each carries a report with everything that is wrong; its text is the report as a person reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .diagnostics import Report, Source, Span
from .diagnostics.codes import At
from .diagnostics.codes.document import over_budget
from .diagnostics.render import render_text
from .kernel.brief import brief, counted
from .kernel.budget import OverBudget, current, within

__all__ = ["FaultError", "KpirulesError", "RulebookError", "SubjectError", "budgeted"]


class KpirulesError(Exception):
    """Invalid input to kpirules.

    Args:
        report: everything that is wrong.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __repr__(self) -> str:
        first = next((f"{diagnostic.code} {diagnostic.message}" for diagnostic in self.report), "")
        return brief(self, counted(len(self.report), "problem"), first)

    def __str__(self) -> str:
        return render_text(self.report).rstrip()


class RulebookError(KpirulesError):
    """A rulebook that can't be used, with the whole report."""


class SubjectError(KpirulesError):
    """A subject that can't be assessed, with every problem of its inputs (KR60x, KR61x) or of its cohort (KR64x)."""


class FaultError(KpirulesError):
    """A formula that has no value (KR62x), or needs more work or digits than allowed (KR63x)."""


@contextmanager
def budgeted(limit: int | None, name: str = "") -> Iterator[None]:
    """Limit the work of a call; the limit of an outer call stays in force.

    Args:
        limit: the maximum number of units, or None for the default.
        name: the name of the document, if it has one.

    Raises:
        RulebookError: if the call exceeds the limit (KR113).
        ValueError: if the limit is not above zero.
    """
    is_outermost = current() is None
    try:
        with within(limit):
            yield
    except OverBudget as over:
        if not is_outermost:
            raise
        at = At(Span(Source(name, ""), 0, 0) if name else None)
        found = over_budget(at, over.budget.limit, *over.budget.heaviest)
        raise RulebookError(Report((found,))) from None
