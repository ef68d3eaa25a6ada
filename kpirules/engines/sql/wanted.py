"""The results and steps that a query needs of an integer program."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from attrs import frozen

from ...language.model import TextDomain
from ...plan.steps import Variable
from ..integers import FALSE, IntegerProgram, Refusal, Result, depends

__all__ = ["Wanted", "is_required"]


def is_required(variable: Variable) -> bool:
    """Return whether every row needs a value of an input.

    Args:
        variable: an input or a field of records.
    """
    return not variable.type.is_optional and variable.default is None


@frozen(slots=False)
class Wanted:
    """The results that a query returns.

    Args:
        program: the rules.
        names: the results, by column.
        others: further steps that its tables use.
    """

    program: IntegerProgram
    names: Mapping[str, str]
    others: tuple[int, ...] = ()

    @cached_property
    def results(self) -> dict[str, Result]:
        """The results by column."""
        return {name: self.program.results[result] for name, result in self.names.items()}

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """The reasons for which a row may have no rating."""
        return tuple(refusal for refusal in self.program.refusals if refusal.flag != FALSE)

    @cached_property
    def asked(self) -> dict[str, int]:
        """The flags under which exemptions read required inputs, by input."""
        required = {variable.id for variable in self.program.inputs if is_required(variable)}
        return {id_: flag for id_, flag in self.program.asked.items() if id_ in required}

    @cached_property
    def numbers(self) -> list[int]:
        """The steps of the query, in order."""
        wanted = [*self._conditions, *self.others]
        for result in self.results.values():
            wanted += [result.given, result.value, *([result.denominator] if result.kind == "number" else [])]
        return depends(self.program.steps, wanted)

    @property
    def _conditions(self) -> list[int]:
        return [self.program.is_early, *self.asked.values(), *(refusal.flag for refusal in self.refusals)]

    @cached_property
    def texts(self) -> frozenset[int]:
        """The steps that read a text of any length."""
        return frozenset(filter(self._is_text, self.numbers))

    def _is_text(self, number: int) -> bool:
        step = self.program.steps[number]
        return step.operation == "input" and isinstance(self.program.variable(str(step.value)).domain, TextDomain)

    @cached_property
    def shown(self) -> list[int]:
        """The steps that the last SELECT uses, once for each use; what it shows is a column."""
        found = [*self._conditions, *self.others, *self.others]
        for result in self.results.values():
            is_choice = result.kind == "text" and self.program.steps[result.value].operation == "select"
            found += [result.given, *([] if is_choice else [result.value, result.value])]
            found += [result.denominator] if result.kind == "number" else []
        return found

    @cached_property
    def worded(self) -> set[int]:
        """The selects that become texts in the last SELECT."""
        found: set[int] = set()
        waiting = [result.value for result in self.results.values() if result.kind == "text"]
        while waiting:
            number = waiting.pop()
            if self.program.steps[number].operation == "select" and number not in found:
                found.add(number)
                waiting += self.program.steps[number].operands[1:]
        return found
