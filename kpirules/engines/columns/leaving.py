"""Makes columns of the results of an integer program, and marks the rows that columns can't rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from ..integers import FALSE, TRUE, Result
from .library import Expr, float64, lib, whole_number
from .printing import Printing, counted, either, refused_of
from .values import Number, Operations
from .widths import DOUBLE_BITS, is_wide

__all__ = ["REFUSED", "results"]

REFUSED = "refused"
"""The column with the flag of rows that the scalar engine must rate."""

LAST = 1 << 30
"""A stage after all others of its phase."""

LARGEST = float(1 << DOUBLE_BITS)


def results(printing: Printing, names: Sequence[str]) -> Mapping[str, Expr]:
    """Return the results, and the flag of refused rows if there may be any.

    Args:
        printing: the printed steps.
        names: the names of the results.
    """
    return _Leaving(printing).all(names)


@frozen
class _Leaving:
    """Prints results after the steps."""

    printing: Printing

    def all(self, names: Sequence[str]) -> dict[str, Expr]:
        """Return the results, and the flag of refused rows."""
        subjects = self.printing.tables[""]
        last = subjects.writing[self.printing.last_phase]
        found = {name: self._result(self.printing.program.results[name], last) for name in names}
        refusals = list(last.refusals)
        if self.printing.program.is_refused != FALSE:
            refusals.append(lib().when(last.one == 1.0).then(self.printing.flag(self.printing.program.is_refused)))
        for name in names:
            if (is_refused := self.printing.program.results[name].is_refused) != FALSE:
                refusals.append(lib().when(last.one == 1.0).then(self.printing.flag(is_refused)))
        for phase in range(self.printing.last_phase):
            if subjects.writing[phase].refusals:
                name = subjects.keep(phase, LAST, either(subjects.writing[phase].refusals))
                subjects.carried.append(name)
                refusals.append(lib().col(name))
        for id_ in self.printing.lists:
            for phase in range(self.printing.last_phase):
                if self.printing.tables[id_].writing[phase].refusals:
                    refusals.append(lib().col(refused_of(id_, phase)).fill_null(value=False))
        if refusals:
            found[REFUSED] = either(refusals)
        return found

    def _column(self, number: int, writing: Operations) -> Number:
        """Return an integer as a column; a constant is repeated in every row."""
        found = self.printing.number(number)
        return writing.column(found) if self.printing.program.steps[number].operation == "constant" else found

    def _double(self, number: int, writing: Operations, given: Expr, otherwise: float = 0.0) -> Expr:
        """Return an integer as a double; rows whose integer no double holds are refused."""
        step, column = self.printing.program.steps[number], self._column(number, writing)
        if step.bits <= DOUBLE_BITS:
            double: Expr = column.as_double
            return double
        whole = column.as_whole
        is_held = (whole <= 1 << DOUBLE_BITS) & (whole >= -(1 << DOUBLE_BITS))
        if is_wide(step.bits):
            # The remainder modulo 2⁶⁴ of a wide integer may be small where the integer is not.
            is_held = is_held & (self.printing.number(number).bound <= LARGEST)
        writing.refusals.append(given & ~is_held)
        return lib().when(is_held).then(whole.cast(lib().Float64)).otherwise(lib().lit(otherwise))

    def _may_be_infinite(self, number: int) -> bool:
        """Return whether a flag, day or text may come from a cell that is not valid, such as infinity."""
        step = self.printing.program.steps[number]
        if step.operation == "select":
            return any(map(self._may_be_infinite, step.operands[1:]))
        return step.operation not in ("constant", "input", "count")

    def _result(self, result: Result, writing: Operations) -> Expr:
        """Return a number as a double, anything else as an integer, -1 if absent."""
        is_given = self.printing.flag(result.given)
        given = is_given if result.given != TRUE else writing.one == 1.0
        if result.kind == "number":
            # Adding a column of zeros makes the zero below zero an ordinary one.
            value = self._double(result.value, writing, given) + (writing.one - 1.0)
            below = self.printing.program.steps[result.denominator]
            if below.operation != "constant":
                value = value / (self._double(result.denominator, writing, given, 1.0) + (writing.one - 1.0))
            elif below.low != 1:
                value = value / (writing.one * float(below.low))
            return value if result.given == TRUE else lib().when(given).then(value)
        if result.kind == "boolean":
            value = counted(self.printing.flag(result.value)) * writing.one
        else:
            step = self.printing.program.steps[result.value]
            value = self._column(result.value, writing).as_double
            if self._may_be_infinite(result.value):
                is_held = (value >= float(step.low)) & (value <= float(step.high))
                value = lib().when(is_held).then(value).otherwise(float64(step.low))
        if result.given != TRUE:
            value = lib().when(given).then(value).otherwise(float64(-1.0))
        return whole_number(value)
