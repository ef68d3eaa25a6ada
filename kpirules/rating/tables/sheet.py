"""A data frame that is rated by columns, and the columns to add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from ..columns import QUOTAS, Column
from ..program import Program
from .asked import Asked
from .column_form import RecordTable, by_columns
from .comparing import Together
from .series import kinds_of, series_of

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from ...engines.columns.rating import Rated
    from ...engines.columns.records import Listed

__all__ = ["Found", "Sheet"]

Found = list[tuple[Iterable[int], list[Any]]]
"""The added columns of parts of a table, each with the indexes of its rows; a later one replaces an earlier one."""


@frozen
class Sheet:
    """A data frame that is rated by columns.

    Args:
        asked: the options of the table.
        program: the rules.
        frame: the table, by narwhals.
        inputs: its columns by input.
        tables: the tables of records, by list.
        listed: the records of all rows, by list.
        is_asked: whether the caller asks for columns, however few rows there are.
    """

    asked: Asked
    program: Program
    frame: Any
    inputs: Mapping[str, str]
    tables: Mapping[str, RecordTable]
    listed: Mapping[str, Listed]
    is_asked: bool

    @property
    def results(self) -> list[str]:
        """The results that the columns to add need; a row that no quota moves has none of quotas."""
        return [column.result for column in self.asked.chosen if column.name != QUOTAS]

    def of(self, rows: nw.Series[Any]) -> Sheet:
        """Return some rows as a table of their own.

        Args:
            rows: their indexes.
        """
        return evolve(self, frame=self.frame[rows], listed=self.listed_of(rows))

    def listed_of(self, rows: nw.Series[Any] | None) -> Mapping[str, Listed]:
        """Return the records of some rows, by list; `None` means all rows."""
        return self.listed if rows is None else {id_: one.of(rows) for id_, one in self.listed.items()}

    def rated(self, part: Program, rows: nw.Series[Any] | None, results: Sequence[str]) -> Rated:
        """Return some results of the rows that a variant and edition rates, in order; `None` means all rows."""
        own = {input_.id for input_ in part.rulebook.inputs}
        return by_columns(
            part,
            self.frame if rows is None else self.frame[rows],
            {id_: name for id_, name in self.inputs.items() if id_ in own},
            results,
            self.listed_of(rows),
            is_asked=self.is_asked,
        )

    def rated_together(
        self, together: Together, results: Sequence[str], *, rows: nw.Series[Any] | None = None
    ) -> Rated:
        """Return some results of rows that are rated together.

        Args:
            together: what rates the rows.
            results: the names of the results.
            rows: the indexes of these rows in the table; None for all.
        """
        return by_columns(
            self.program,
            together.frame,
            together.inputs,
            results,
            self.listed_of(rows),
            is_asked=self.is_asked,
            integers=together.integers,
        )

    def series(self, part: Program, rated: Rated) -> list[Any]:
        """Return the columns to add for some rows."""
        return [self.one(part, rated, column) for column in self.asked.chosen]

    def one(self, part: Program, rated: Rated, column: Column) -> Any:
        """Return one of the columns to add, for some rows."""
        if column.name == QUOTAS:
            return self.made(column, [{QUOTAS: ""}] * len(rated.frame))
        word = None if column.word is None else partial(column.word, part.legend)
        return rated.series(column.result, column.name, word)

    def made(self, column: Column, rows: list[dict[str, Any]]) -> Any:
        """Return a column of the results that were computed row by row."""
        return series_of(column, kinds_of(self.program).get(column.name, column.kind), rows, self.frame)
