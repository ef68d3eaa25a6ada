"""Cohorts of rows: the keys that partition their windows, and the rows that leave their cohort unrated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from attrs import frozen

from ...language.model import TextDomain
from ..integers import FALSE
from .cells import Reading, column_of, filled, is_unread
from .tables import Table
from .terms import Terms
from .wanted import is_required

__all__ = ["MOST_WITHIN", "Cohorts"]

MOST_WITHIN = 4
"""Inputs that divide rows into cohorts: each subset of them may be unknown in a row, and has a window."""

IN_ERROR = (
    "KR857 not rated: a row of the same cohort, or one that may be, could not be assessed (correct that row first)"
)


@frozen
class Cohorts:
    """The cohorts of the rows of a table.

    Args:
        terms: the expressions so far.
        read: how the cells of subjects are read.
        absent: inputs that the table has no column for.
        within: the inputs that are equal in a cohort.
        max_members: how many rows a cohort may have.
        is_compared: whether functions compare rows.
    """

    terms: Terms
    read: Reading
    absent: frozenset[str]
    within: tuple[str, ...]
    max_members: int
    is_compared: bool

    def over(self, ids: Sequence[str], *others: str, order: str = "") -> str:
        """Return the window of rows with equal values of some inputs.

        Args:
            ids: the inputs.
            others: further expressions that are equal.
            order: the order within a window, if there is one.
        """
        keys = [*(key for id_ in ids for key in self._keys(id_)), *others]
        parts = [f"PARTITION BY {', '.join(keys)}"] if keys else []
        return f"OVER ({' '.join([*parts, *([f'ORDER BY {order}'] if order else [])])})"

    def count(self, asked: str, window: str) -> str:
        """Return the number of rows of a window for which a condition holds."""
        return self.terms.as_integer(f"SUM(CASE WHEN {asked} THEN 1 ELSE 0 END) {window}")

    def _keys(self, id_: str) -> Iterator[str]:
        """Yield the SQL expressions that group rows by the value of an input."""
        if id_ in self.absent:
            return
        variable = next(one for one in self.terms.program.inputs if one.id == id_)
        if not isinstance(variable.domain, TextDomain):
            value = self.read.values[id_]
            yield value if variable.default is None else filled(self.terms, variable, value, None)
            return
        cell = self.terms.name(column_of(variable))
        if variable.type.is_optional:
            yield f"CASE WHEN {cell} IS NULL THEN 1 ELSE 0 END"
        if isinstance(variable.default, str):
            cell = f"COALESCE({cell}, {self.terms.text_literal(variable.default)})"
        yield self.terms.dialect.same.partition(" = ")[0].format(cell=cell)

    def settle(self, problem: str, tables: list[Table]) -> str:
        """Add the tables that leave a cohort with an error unrated; return the column with the problem of a row.

        Args:
            problem: the column with its own problem.
            tables: the tables so far.
        """
        terms = self.terms
        lost = Table(terms.unused_table("errors"), note="Which of its cohort's values a row with a problem lacks.")
        code = terms.unused("error_code")
        bits = [f"CASE WHEN {self._is_unknown(id_)} THEN {1 << n} ELSE 0 END" for n, id_ in enumerate(self.within)]
        lost.columns[code] = f"CASE WHEN {problem} IS NULL THEN -1 ELSE {' + '.join(bits) or '0'} END"
        counted = Table(terms.unused_table("cohorts"), note="Rows are rated together with those of their cohort.")
        members, errors = terms.unused("cohort_members"), terms.unused("cohort_errors")
        is_early = terms.program.is_early
        is_rated = "" if is_early == FALSE else f" AND NOT {terms.within(is_early, 9)}"
        counted.columns[members] = self.count(f"{problem} IS NULL{is_rated}", self.over(self.within))
        counted.columns[errors] = self.count(f"{code} = 0", self.over(self.within))
        possible = " + ".join(self.count(f"{code} = {mask}", self.over(known)) for mask, known in self._known())
        in_error = f" WHEN {errors} > 0 THEN {terms.text_literal(IN_ERROR)}"
        many = f"KR641 the cohort has too many members, only {self.max_members:,} are allowed"
        too_many = f" WHEN {members} > {self.max_members} THEN {terms.text_literal(many)}"
        exempt = "" if is_early == FALSE else f" WHEN {terms.within(is_early, 0)} THEN {problem}"
        # An exempt row that is compared is rated with its cohort, once that is known.
        cases = f"{in_error}{too_many}{exempt}" if self.is_compared else f"{exempt}{in_error}{too_many}"
        if possible:
            doubts = terms.unused("cohort_doubts")
            counted.columns[doubts] = possible
            cases += f" WHEN {doubts} > 0 THEN {terms.text_literal(IN_ERROR)}"
        found, problem_of_cohort = Table(terms.unused_table("settled")), terms.unused("cohort_problem")
        found.columns[problem_of_cohort] = f"CASE WHEN {problem} IS NOT NULL THEN {problem}{cases} END"
        tables += [lost, counted, found]
        return problem_of_cohort

    def _is_unknown(self, id_: str) -> str:
        """Return the condition under which a row has no valid value of an input."""
        variable = next(one for one in self.terms.program.inputs if one.id == id_)
        if id_ in self.absent:
            return "1 = 1" if is_required(variable) else "1 = 0"
        is_lost, raw = is_unread(variable, self.read.values[id_]), self.terms.name(column_of(variable))
        return is_lost if is_required(variable) else f"{raw} IS NOT NULL AND {is_lost}"

    def _known(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield each code of unknown values, with the inputs that are known then."""
        for flags in list(product((False, True), repeat=len(self.within)))[1:]:
            mask = sum(1 << n for n, is_lost in enumerate(flags) if is_lost)
            yield mask, tuple(id_ for id_, is_lost in zip(self.within, flags, strict=True) if not is_lost)
