"""Rates the rows of a data frame again that quotas move to another band, or leave to people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from ...language.expressions import Expression
from ...language.expressions.tree import Name, substitute
from ...language.model import ChoiceDomain, Input
from ...plan import plan
from ..assessing.allocating.again import is_band_read
from ..assessing.allocating.allocating import after_quotas
from ..assessing.allocating.placing import MOVED, UNDECIDED, Placing
from ..columns import QUOTAS, Column
from ..program import Program
from .column_form import NoColumnForm
from .comparing import Together
from .quotas import Members
from .series import row_numbers, series_of
from .sheet import Found, Sheet

if TYPE_CHECKING:
    from ...engines.columns.rating import Rated
    from ...engines.integers import IntegerProgram
    from ...engines.integers.compared import Pairs

__all__ = ["moved"]

BAND = "kpirules final band"
"""The input for the band after quotas, a name that no rulebook can write."""


def moved(sheet: Sheet, together: Together, members: Members, rated: Rated, placing: Placing) -> Found:
    """Return the columns of the rows that columns did not rate, and of those whose band quotas change.

    Args:
        sheet: the table, with rules that have quotas.
        together: the table with the values of cohorts.
        members: its rows.
        rated: its ratings before quotas.
        placing: the bands after quotas.

    Raises:
        KpirulesError: if a row can't be assessed.
    """
    changing = _Changing(sheet, together, rated, placing)
    singly = set(rated.refused)
    changed = [i for i in range(len(members)) if placing.changes(i) and i not in singly]
    found: Found = []
    for rows, way in (
        ([i for i in changed if not placing.is_open[i]], changing.moved),
        ([i for i in changed if placing.is_open[i]], changing.undecided),
    ):
        if rows:
            columns, others = way(rows)
            singly.update(others)
            found += [(rows, columns)] if columns else []
    if singly:
        found.append((sorted(singly), _one_by_one(sheet, members, placing, sorted(singly))))
    return found


def _one_by_one(sheet: Sheet, members: Members, placing: Placing, rows: Sequence[int]) -> list[Any]:
    """Return the columns of some rows from their assessments."""
    no_names, follows = defaultdict[int, tuple[str, ...]](tuple), dict[int, bool]()
    added = []
    for i in members.load(rows):
        found = members[i].assessment
        if placing.changes(i):
            found = after_quotas(members[i], i, placing, no_names, follows)
        added.append({column.name: column.of(found) for column in sheet.asked.chosen})
    return [sheet.made(column, added) for column in sheet.asked.chosen]


@frozen
class _Changing:
    """The change of ratings by quotas; arguments are those of `moved`."""

    sheet: Sheet
    together: Together
    rated: Rated
    placing: Placing

    def moved(self, rows: list[int]) -> tuple[list[Any], list[int]]:
        """Return the columns of rows with another band, and the rows that must be assessed one by one."""
        outputs = self.rated_before(rows)
        others: list[int] = []
        if is_band_read(self.sheet.program.rulebook):
            again = self.rated_again(rows)
            if again is None:
                return [], rows
            outputs = again
            rated = again.texts.index("rated") if "rated" in again.texts else -1
            others = [i for i, code in zip(rows, again.frame["status"].to_list(), strict=True) if code != rated]
            others += [rows[place] for place in again.refused]
        return self.columns(rows, self.of_moved, outputs), others

    def undecided(self, rows: list[int]) -> tuple[list[Any], list[int]]:
        """Return the columns of rows whose band people decide, and the rows that must be assessed one by one."""
        rulebook = self.sheet.program.rulebook
        if is_band_read(rulebook) and rulebook.invariants:
            return [], rows  # an invariant may have no value for a missing band
        return self.columns(rows, self.of_undecided, self.rated_before(rows)), []

    def columns(
        self, rows: list[int], cell_of: Callable[[Column], Callable[[int], object] | None], outputs: Rated
    ) -> list[Any]:
        """Return the changed columns of some rows.

        Args:
            rows: their indexes.
            cell_of: returns a function that gives the cell of a row, None for a column that quotas do not change.
            outputs: what tells the outputs of the rows.
        """
        before, found = self.rated_before(rows), []
        for column in self.sheet.asked.chosen:
            cell = cell_of(column)
            if cell is None:
                source = outputs if column.name.startswith("outputs.") else before
                found.append(self.sheet.one(self.sheet.program, source, column))
            else:
                found.append(self.sheet.made(column, [{column.name: cell(i)} for i in rows]))
        return found

    def rated_before(self, rows: list[int]) -> Rated:
        """Return the ratings of rows before quotas."""
        frame = self.rated.frame
        return evolve(self.rated, frame=frame[row_numbers(rows, frame)])

    def of_moved(self, column: Column) -> Callable[[int], object] | None:
        """Return a function that gives the cell of a moved row, None for a column that does not change."""
        if column.result == "band":
            bands, legend, word = self.placing.bands, self.sheet.program.legend, column.word
            words = [band if word is None else word(legend, band) for band in bands]
            return lambda i: words[self.placing.now[i]]
        return self.quotas if column.name == QUOTAS else None

    def of_undecided(self, column: Column) -> Callable[[int], object] | None:
        """Return a function that gives the cell of an undecided row, None for a column that does not change."""
        if column.name == QUOTAS:
            return self.quotas
        if column.name == "status":
            return lambda _: "undecided"
        if column.name == "because":
            return self.reasons
        return (lambda _: None) if column.result == "band" or column.name.startswith("outputs.") else None

    def quotas(self, i: int) -> str:
        """Return the quotas that decided about a row."""
        return " ".join(one.id for one, marks in self.placing.marks if marks.effect[i] in (MOVED, UNDECIDED))

    def reasons(self, i: int) -> str:
        """Return the quotas that leave a row undecided, as reasons of its status."""
        return " ".join(f"quotas.{one.id}" for one, marks in self.placing.marks if marks.effect[i] == UNDECIDED)

    def rated_again(self, rows: list[int]) -> Rated | None:
        """Return rows rated with their final bands, which outputs read; None if columns can't."""
        program, together, sheet = self.sheet.program, self.together, self.sheet
        names = [column.name for column in sheet.asked.chosen]
        if any(name.startswith("let.") for name in names):
            return None  # the other band may need another `let`
        numbers = row_numbers(rows, together.frame)
        cells = [{BAND: self.placing.bands[self.placing.now[i]]} for i in rows]
        frame = together.frame[numbers]
        final = Together(
            _with_final_band(program, together.known),
            frame.with_columns(series_of(Column(BAND, lambda _: None), "text", cells, frame)),
            {**together.inputs, BAND: BAND},
        )
        results = ["status", *(name for name in names if name.startswith("outputs."))]
        try:
            return sheet.rated_together(final, results, rows=numbers)
        except NoColumnForm:
            return None


def _with_final_band(program: Program, known: Mapping[str, Pairs]) -> IntegerProgram:
    """Return rules whose outputs and invariants read the band after quotas, an input."""
    from ...engines.integers import integer_program
    from ...engines.integers.compared import with_cohort

    def read(formula: Expression) -> Expression:
        return evolve(formula, tree=substitute(formula.tree, {"band": Name(BAND)}))

    book = program.rulebook
    assert book.bands is not None, "a rulebook with quotas has bands"
    found = plan(
        evolve(
            book,
            inputs=(*book.inputs, Input(BAND, ChoiceDomain(book.bands.ids, order="best_first"), is_optional=True)),
            outputs=tuple(evolve(one, value=read(one.value)) for one in book.outputs),
            invariants=tuple(evolve(one, that=read(one.that)) for one in book.invariants),
        )
    )
    return integer_program(with_cohort(found, known) if program.is_compared else found)
