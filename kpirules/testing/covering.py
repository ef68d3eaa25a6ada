"""The coverage of rulebooks by cases, for the command line and the pytest plugin."""

from __future__ import annotations

from contextlib import suppress

from ..change.coverage import Coverage, Covering
from ..errors import RulebookError
from ..rating.program import Program
from .cases import CaseOutcome
from .collecting import Collected
from .csv_cases import given_as_typed
from .expectations import chosen

__all__ = ["CoverageOfCases"]


class CoverageOfCases:
    """Collects the coverage of each rulebook, case by case."""

    def __init__(self) -> None:
        self._of: dict[str, Covering] = {}

    def rulebook(self, program: Program) -> Covering:
        """Return the coverage collected for a rulebook, which is reported from now on even without cases.

        Args:
            program: the program of the rulebook.
        """
        own = program.rulebook.words.span
        return self._of.setdefault(program.id if own is None else own.source.name, Covering(program))

    def case(self, case: Collected, outcome: CaseOutcome) -> None:
        """Add the points that a case covers.

        Args:
            case: the case with its rules.
            outcome: the outcome of the case.
        """
        covering = self.rulebook(case.program)
        with suppress(RulebookError):  # the variant or day of the case has no rules, so that it sees nothing
            program = chosen(case.program, case.case)
            for name, given in case.case.members.items():
                covering.add(program, given_as_typed(program.gathered, given), outcome.assessments.get(name))
            if not case.case.members:
                covering.add(program, given_as_typed(program.gathered, case.case.given), outcome.assessment)

    def found(self) -> tuple[Coverage, ...]:
        """Return the coverage of each rulebook, by the name of its file."""
        return tuple(covering.found() for _, covering in sorted(self._of.items()))
