"""Functions over a cohort as window functions, each as a numerator and a denominator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from ..integers import TRUE, IntegerProgram
from .cohorts import Cohorts
from .dialects import NARROW_BITS
from .tables import Table
from .terms import Terms
from .wanted import Wanted

__all__ = ["Bound", "Comparison", "Early", "bind", "compare"]


@frozen
class Comparison:
    """A function over a cohort, by the numbers of its steps.

    Args:
        title: what the names of its columns begin with.
        note: the formula.
        function: its name in the table of cohort functions.
        part: of a quantile, the share of the members below it.
        given: the flag under which a row has a value that is compared.
        value: that value: its numerator, or a flag that is counted.
        key: an integer in the order of the values.
        denominator: the denominator of all values.
        low: the least numerator.
        bits: the bits of the numerator.
        reads: the steps that read it: its `number`, `below` for its denominator, and `given`.
    """

    title: str
    note: str
    function: str
    part: Fraction
    given: int
    value: int
    key: int
    denominator: int
    low: int
    bits: int
    reads: Mapping[str, int]

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps that its window reads."""
        return self.given, self.value, self.key


@frozen
class Early:
    """The functions that are known before any row is rated.

    Args:
        program: computes the values that they compare, and the faults of these.
        comparisons: the functions; their `reads` are steps of the program of the ratings.
    """

    program: IntegerProgram
    comparisons: tuple[Comparison, ...]

    @property
    def wanted(self) -> Wanted:
        """The results that a query needs of the program."""
        return Wanted(self.program, {}, tuple(number for one in self.comparisons for number in one.steps))


Bound = Mapping[str, str]
"""The column of each part of a function, by the words of `reads`; `given` is a condition."""


def bind(terms: Terms, comparisons: Sequence[Comparison], bound: Sequence[Bound]) -> None:
    """Let steps read the columns of functions.

    Args:
        terms: the expressions so far.
        comparisons: the functions.
        bound: the columns of each.
    """
    for comparison, columns in zip(comparisons, bound, strict=True):
        for word, number in comparison.reads.items():
            if word == "given":
                terms.known[number] = columns[word], 5, 1
            else:
                terms.columns[number] = columns[word]
                terms.known[number] = columns[word], 9, 0


def compare(terms: Terms, cohorts: Cohorts, comparisons: Sequence[Comparison], tables: list[Table]) -> list[Bound]:
    """Add the tables of functions; return the columns of each.

    Args:
        terms: the expressions of the compared values.
        cohorts: the cohorts.
        comparisons: the functions.
        tables: the tables so far.
    """
    own = [Table(terms.unused_table(name), note=note) for name, note in _TABLES.items()]
    bound = [_Window(terms, cohorts, one, *own).run() for one in comparisons]
    tables.extend(table for table in own if table.columns)
    return bound


_TABLES = {"ranks": "Rows are compared with those of their cohort.", "totals": "", "picked": "", "compared": ""}
"""The tables of functions, with their comments."""


@frozen
class _Window:
    """Prints one function: it counts and ranks in the first table, adds in the second, and decides in the last."""

    terms: Terms
    cohorts: Cohorts
    of: Comparison
    first: Table
    second: Table
    picked: Table
    last: Table

    def _add(self, table: Table, word: str, expression: str) -> str:
        """Add a column unless there is an equal one, and return its name as an expression."""
        for name, known in table.columns.items():
            if known == expression and table is not self.last:
                return self.terms.name(name)
        column = self.terms.unused(f"{self.of.title}_{word}")
        table.columns[column] = expression
        return self.terms.name(column)

    @property
    def _held(self) -> str:
        return self.terms.within(self.of.given, 4)

    @property
    def _value(self) -> str:
        """The numerator, wide enough for a sum."""
        expression = self.terms.within(self.of.value, 0)
        return (
            f"CAST({expression} AS {self.terms.dialect.wide})" if self._is_wide else self.terms.as_integer(expression)
        )

    @property
    def _is_wide(self) -> bool:
        return self.of.bits > NARROW_BITS

    def _typed(self, expression: str) -> str:
        return (
            f"CAST({expression} AS {self.terms.dialect.wide})" if self._is_wide else self.terms.as_integer(expression)
        )

    def _over(self, *others: str, order: str = "") -> str:
        return self.cohorts.over(self.cohorts.within, *others, order=order)

    def _ranked(self, function: str, number: int, direction: str = "") -> str:
        """Return a rank among the rows that are compared."""
        holder = f"CASE WHEN {self._held} THEN 1 ELSE 0 END"
        order = holder if self.terms.program.steps[number].operation == "constant" else self.terms.within(number, 9)
        return self.terms.as_integer(f"{function}() {self._over(holder, order=order + direction)}")

    def run(self) -> Bound:
        """Add the columns."""
        count = self._add(self.first, "count", self.cohorts.count(self._held, self._over()))
        most = self.cohorts.max_members
        fits, some = f"{count} <= {most}", f"{count} BETWEEN 1 AND {most}"
        below = str(self.of.denominator)
        match self.of.function:
            case "cohort_count":
                asked = (
                    self._held if self.of.value == TRUE else f"{self._held} AND {self.terms.within(self.of.value, 4)}"
                )
                expression, when = self._add(self.first, "number", self.cohorts.count(asked, self._over())), fits
            case "cohort_sum":
                expression, when = self._sum(fits), fits
            case "cohort_avg":
                expression, when = self._sum(fits), some
                below = f"CASE WHEN {some} THEN {self._times(count, below)} ELSE {below} END"
            case "cohort_min" | "cohort_max" as function:
                pick = function.removeprefix("cohort_").upper()
                picked = f"{pick}(CASE WHEN {self._held} THEN {self._value} END) {self._over()}"
                expression, when = self._add(self.first, "number", picked), some
            case "cohort_rank":
                expression = self._add(self.first, "rank", self._ranked("RANK", self.of.key, " DESC"))
                when = f"{self._held} AND {fits}"
            case "cohort_percentile":
                smaller = self._add(self.first, "smaller", f"{self._ranked('RANK', self.of.key)} - 1")
                expression, when = f"CASE WHEN {count} = 1 THEN 1 ELSE {smaller} END", f"{self._held} AND {fits}"
                below = f"CASE WHEN {count} BETWEEN 2 AND {most} THEN {count} - 1 ELSE 1 END"
            case _:
                expression, when = self._quantile(count), some
        number = self._typed(f"CASE WHEN {when} THEN {expression} ELSE {self.terms.literal(self.of.low)} END")
        found = {"number": self._add(self.last, "of_cohort", number)}
        self.last.notes[next(reversed(self.last.columns))] = self.of.note
        if "below" in self.of.reads:
            found["below"] = self._add(self.last, "below", self.terms.as_integer(below))
        if "given" in self.of.reads:
            flag = self._add(self.last, "given", f"CASE WHEN {when} THEN 1 ELSE 0 END")
            found["given"] = f"{flag} = 1"
        return found

    def _times(self, count: str, factor: str) -> str:
        return count if factor == "1" else f"{count} * {factor}"

    def _sum(self, fits: str) -> str:
        """Return the sum of a cohort that is not too large."""
        added = (
            f"SUM(CASE WHEN {self._held} AND {fits} THEN {self._value} ELSE {self._typed('0')} END) {self._over()}"
        )
        return self._add(self.second, "sum", self._typed(added))

    def _quantile(self, count: str) -> str:
        """Return the numerator of a quantile: its place is between two members in order."""
        row = self._add(self.first, "row", self._ranked("ROW_NUMBER", self.of.value))
        above, below = self.of.part.numerator, self.of.part.denominator
        others = f"CASE WHEN {count} > 1 THEN {self._times(f'({count} - 1)', str(above))} ELSE 0 END"
        place, rest = others, "0"
        if below > 1:
            place, rest = self.terms.divided(others, str(below)), self.terms.remainder(others, str(below))
        place, rest = self._add(self.second, "place", place), self._add(self.second, "rest", rest)
        picked = [
            f"MAX(CASE WHEN {self._held} AND {row} = {place} + {n} THEN {self._value} END) {self._over()}"
            for n in (1, 2)
        ]
        lower, upper = (
            self._add(self.picked, word, one) for word, one in zip(("lower", "upper"), picked, strict=True)
        )
        between = f"(COALESCE({upper}, {lower}) - {lower}) * {rest}"
        return f"{self._times(lower, str(below))} + {between}"
