"""A checked rulebook, ready to run."""

from __future__ import annotations

from functools import cached_property

from attrs import field, frozen

from .checking import check
from .diagnostics import Diagnostic, Report
from .errors import RulebookError
from .legend import legend
from .margins import Margins, margins
from .model import Rulebook
from .plan import Plan, plan
from .record import Legend
from .reference import ReferenceEngine
from .scalar import ScalarEngine

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
    def plan(self) -> Plan:
        """The rulebook as the ordered steps that engines run."""
        return plan(self.rulebook)

    @cached_property
    def scalar(self) -> ScalarEngine:
        """The scalar engine for this rulebook."""
        return ScalarEngine(self.plan)

    @cached_property
    def margins(self) -> Margins | None:
        """The ends of its bands, None where it has no bands."""
        bands = self.rulebook.bands
        if bands is None:
            return None
        return margins(bands, can_differ=bands.measure is None and not self.rulebook.bands_on_exact)

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
