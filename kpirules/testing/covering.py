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
    """The coverage of each rulebook, gathered one case after the other."""

    def __init__(self) -> None:
        self._of: dict[str, Covering] = {}

    def rulebook(self, program: Program) -> Covering:
        """Return what is gathered of a rulebook, which counts from now on, whether or not it has cases.

        Args:
            program: its rules.
        """
        own = program.rulebook.words.span
        return self._of.setdefault(program.id if own is None else own.source.name, Covering(program))

    def case(self, one: Collected, outcome: CaseOutcome) -> None:
        """Take what a case has seen.

        Args:
            one: the case and its rules.
            outcome: what became of it.
        """
        covering = self.rulebook(one.program)
        with suppress(RulebookError):  # the variant or day of the case has no rules, so that it sees nothing
            program = chosen(one.program, one.case)
            for name, given in one.case.members.items():
                covering.add(program, given_as_typed(program.gathered, given), outcome.assessments.get(name))
            if not one.case.members:
                covering.add(program, given_as_typed(program.gathered, one.case.given), outcome.assessment)

    def found(self) -> tuple[Coverage, ...]:
        """Return the coverage of each rulebook, by the name of its file."""
        return tuple(covering.found() for _, covering in sorted(self._of.items()))
