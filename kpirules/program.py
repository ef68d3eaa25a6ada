"""A checked rulebook, ready to run."""

from __future__ import annotations

from functools import cached_property

from attrs import field, frozen

from .checking import check
from .diagnostics import Diagnostic, Report
from .errors import RulebookError
from .legend import legend
from .model import Rulebook
from .record import Legend
from .reference import ReferenceEngine

__all__ = ["Program", "compile"]


@frozen(slots=False)
class Program:
    """A rulebook whose report has no errors; immutable, picklable, shared by threads.

    Args:
        rulebook: the rules.
        report: what the check found in them: warnings, notes, and what was allowed.
    """

    rulebook: Rulebook
    report: Report = field(eq=False, repr=False)

    @property
    def id(self) -> str:
        return self.rulebook.id

    @cached_property
    def reference(self) -> ReferenceEngine:
        """The reference engine for this rulebook."""
        return ReferenceEngine(self.rulebook)

    @cached_property
    def legend(self) -> Legend:
        """The words that every assessment by this rulebook carries."""
        return legend(self.rulebook)

    def __getstate__(self) -> tuple[Rulebook, Report]:
        return self.rulebook, self.report

    def __setstate__(self, state: tuple[Rulebook, Report]) -> None:
        object.__setattr__(self, "rulebook", state[0])
        object.__setattr__(self, "report", state[1])


def compile(rulebook: Rulebook, *, found: tuple[Diagnostic, ...] = ()) -> Program:
    """The program of a rulebook.

    Args:
        rulebook: as built or edited.
        found: what reading it has already reported.

    Raises:
        RulebookError: with the whole report, where it has errors.

    >>> from kpirules import load
    >>> program = load({"kpirules": 1, "id": "tiny", "outputs": {"half": "1 / 2"}})
    >>> compile(program.rulebook) == program
    True
    """
    report = Report.of(check(rulebook, found))
    if report.errors:
        raise RulebookError(report)
    return Program(rulebook, report)
