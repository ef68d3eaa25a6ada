"""A checked rulebook, ready to run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from .diagnostics import Diagnostic, Report
from .errors import RulebookError
from .legend import legend
from .margins import Margins, margins
from .model import Compared, Rulebook, compared
from .plan import Plan, plan
from .record import Legend
from .reference import ReferenceEngine
from .scalar import ScalarEngine

if TYPE_CHECKING:
    from .checking import Facts
    from .proving import Prover

__all__ = ["Program", "compile", "examined"]


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
    def compared(self) -> tuple[Compared, ...]:
        """What the rules compare among the members of a cohort; nothing where each subject is rated by itself."""
        return compared(self.rulebook)

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

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: the rulebook at a glance."""
        from .overview import overview

        return overview(self.rulebook, self.report).bundle()

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
    report, prover = examined(rulebook, found)
    if report.errors:
        raise RulebookError(report)
    program = Program(rulebook, report)
    if prover is not None:
        # What was lowered and generated for the check is there for assessing as well.
        program.__dict__.update(plan=prover.plan, scalar=prover.engine)
    return program


def examined(rulebook: Rulebook, found: tuple[Diagnostic, ...] = ()) -> tuple[Report, Prover | None]:
    """Everything that can be said of a rulebook without a subject, and what was made to find it out.

    Args:
        rulebook: as built or edited.
        found: what reading it has already reported.
    """
    # A process that only assesses what others have compiled needs no checks.
    from .checking import check
    from .proving import Prover, prove

    provers: list[Prover] = []

    def proving(facts: Facts) -> Iterator[Diagnostic]:
        provers.append(Prover(plan(rulebook)))
        yield from prove(facts, provers[0])

    report = Report.of(check(rulebook, found, proving))
    return report, provers[0] if provers else None
