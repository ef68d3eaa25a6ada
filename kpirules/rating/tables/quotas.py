"""Applies the quotas of a rulebook to a data frame that was rated by columns."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from attrs import define, field

from ...errors import KpirulesError
from ...language.expressions import Expression
from ...language.expressions.tree import Field, Name
from ...language.model import DateDomain, NumberDomain, Quota
from ...record import Assessment
from ..assessing import assess
from ..assessing.allocating.allocating import placed
from ..assessing.allocating.allocation import Member
from ..assessing.allocating.placing import OUTSIDE, Group, Placing
from ..assessing.allocating.reading import Cohort, ranked_together
from ..assessing.cohort_steps import assess_compared
from ..columns import columns_of
from ..program import Program
from .frames import frame_rows
from .groups import NotByColumns, alike, merged_by_value
from .joining import records_of_rows
from .sheet import Sheet

if TYPE_CHECKING:
    from ...engines.columns.rating import Rated
    from ...engines.integers import IntegerProgram
    from ...engines.integers.compared import Pairs

__all__ = ["Members", "allocated", "order_columns"]

MOST_BITS = 51
"""Bits of integers whose quotients by one number differ as doubles wherever they differ."""


def order_columns(program: Program, integers: IntegerProgram) -> list[str]:
    """Return the results by which quotas order members, if columns hold them exactly.

    Args:
        program: rules with quotas.
        integers: the rules as steps on integers.
    """
    from ...engines.columns import plan_of_columns

    cohort, known = program.rulebook.cohort, columns_of(program.rulebook)
    assert cohort is not None, "a rulebook with quotas has a cohort"
    plan = plan_of_columns(integers)
    names = dict.fromkeys(_name(expression) for quota in cohort.quotas for expression in quota.order)
    return [
        name
        for name in names
        if name in known
        and name in integers.results
        and not plan.against([name])
        # Doubles of integers over one denominator are in their order, unless they are too close to differ.
        and integers.steps[integers.results[name].value].bits <= MOST_BITS
        and integers.steps[integers.results[name].denominator].operation == "constant"
    ]


def _name(expression: Expression) -> str:
    """Return the column of an expression that is a plain name, else an empty text."""
    tree = expression.tree
    if isinstance(tree, Field) and tree.owner in ("points", "share"):
        return f"{tree.owner}.{tree.name}"
    return tree.id if isinstance(tree, Name) else ""


def allocated(members: Members, rated: Rated, exact: Sequence[str]) -> Placing:
    """Return the bands of rows after quotas.

    Args:
        members: the rows of the table.
        rated: its ratings before quotas, with `band` and the results of `order_columns`; if the rules compare rows,
            columns rate all of them, in cohorts that are not too large.
        exact: the results of `order_columns`.

    Raises:
        NotByColumns: if rows can't be assessed, or a cohort is too large.
        KpirulesError: if quotas can't be applied.
    """
    program = members.program
    cohort, bands = program.rulebook.cohort, program.rulebook.bands
    assert cohort is not None, "a rulebook with quotas has a cohort"
    assert bands is not None, "a rulebook with quotas has bands"
    places = {rated.texts.index(band): place for place, band in enumerate(bands.ids) if band in rated.texts}
    first = array("h", (places.get(code, OUTSIDE) for code in rated.frame["band"].to_list()))
    for i, band in members.bands(rated.refused).items():
        first[i] = OUTSIDE if band is None else bands.ids.index(band)
    reading = _Reading(members, rated, exact, [i for i, band in enumerate(first) if band != OUTSIDE])
    if not program.is_compared and reading.largest(cohort.within) > cohort.max_members:
        raise NotByColumns
    return placed(program, first, reading)


@define(eq=False)
class Members(Sequence[Member]):
    """The rows of a table as members, made when they are needed.

    Args:
        sheet: the table, with rules that have quotas, one variant and one edition.
        known: the values of the cohort for each row, by id.
        loaded: the values of rows that were read.
        made: the members so far.
    """

    sheet: Sheet
    known: Mapping[str, Pairs]
    loaded: dict[int, Mapping[str, Any]] = field(factory=dict)
    made: dict[int, Member] = field(factory=dict)

    @property
    def program(self) -> Program:
        return self.sheet.program

    @staticmethod
    def name_of(i: int) -> str:
        """Return the name of a row, for errors."""
        return f"rows[{i}]"

    def __len__(self) -> int:
        return len(self.sheet.frame)

    def __getitem__(self, i: Any) -> Any:
        if i not in self.made:
            self.load([i])
            given = self.loaded[i]
            self.made[i] = Member(self.name_of(i), given, self.program, self.assessed(i, given))
        return self.made[i]

    def assessed(self, i: int, given: Mapping[str, Any]) -> Assessment:
        """Assess a row."""
        if not self.program.is_compared:
            return assess(self.program, given)
        return assess_compared(self.program, given, [self.known[value.id][i] for value in self.program.plan.cohort])

    def bands(self, rows: Sequence[int]) -> dict[int, str | None]:
        """Return the bands of some rows before quotas.

        Raises:
            NotByColumns: if rows can't be assessed.
        """
        found: dict[int, str | None] = {}
        for i in self.load(rows):
            with suppress(KpirulesError):
                found[i] = self[i].assessment.band
        if refused := [i for i in rows if i not in found]:
            raise NotByColumns(refused)
        return found

    def given(self, numbers: list[int]) -> list[Mapping[str, Any]]:
        """Return the values of some rows."""
        return [self.loaded[i] for i in self.load(numbers)]

    def load(self, numbers: Iterable[int]) -> list[int]:
        """Read rows at once, and return their indexes."""
        wanted = list(numbers)
        if missing := [i for i in wanted if i not in self.loaded]:
            asked, rows = self.sheet.asked, frame_rows(self.sheet.frame[missing])
            tables = self.sheet.tables.items()
            joined = {id_: records_of_rows(asked, id_, one.frame, rows) for id_, one in tables}
            given = (asked.given(row, joined) for row in rows)
            self.loaded |= dict(zip(missing, given, strict=True))
        return wanted


@define(eq=False)
class _Reading:
    """Groups and orders members by the columns of a table.

    Args:
        members: the members.
        rated: the ratings.
        exact: the results of these by which columns order members.
        with_band: the indexes of rows that have a band.
    """

    members: Members
    rated: Rated
    exact: Sequence[str]
    with_band: Sequence[int]

    def largest(self, within: Sequence[str]) -> int:
        """Return how many rows the largest cohort has."""
        members = self.members
        same = self.alike(within, range(len(members)))
        return max(map(len, merged_by_value(members.program, within, same, members.given)), default=0)

    def alike(self, ids: Sequence[str], numbers: Iterable[int]) -> list[list[int]]:
        """Return members with the same cells for some inputs."""
        return alike(self.members.sheet.frame, self.members.sheet.inputs, ids, numbers)

    def grouped(self, quota: Quota) -> tuple[list[Group], array[int]]:
        """Return the groups of a quota, and the group number of each member."""
        cohort = self.members.program.rulebook.cohort
        assert cohort is not None, "a rulebook with quotas has a cohort"
        read = tuple(dict.fromkeys((*cohort.within, *quota.within, *quota.uniform)))
        together = self.alike(read, self.with_band)
        firsts = self.members.load(same[0] for same in together)
        groups, number = Cohort(self.members.program, self.members, firsts).grouped(quota)
        for same in together:
            for i in same:
                number[i] = number[same[0]]
        return groups, number

    def ordered(self, quota: Quota, numbers: list[int]) -> Sequence[int]:
        """Return a rank for each of some members, as whole numbers: greater is better."""
        paths = [f"{quota.words.path}.order[{index}]" for index in range(len(quota.order))]
        columns = [self.column(*part, numbers) for part in zip(quota.order, paths, strict=True)]
        return ranked_together(columns, len(numbers))

    def column(self, expression: Expression, path: str, numbers: list[int]) -> Sequence[Any]:
        """Return the values of an expression for some members, as doubles if these have the same order."""
        cells = self.cells(_name(expression))
        if cells is not None:
            found = [cells[i] for i in numbers]
            if None not in found:
                return found
        self.members.load(numbers)
        return Cohort(self.members.program, self.members, numbers).column(expression, path, numbers)

    def cells(self, name: str) -> list[Any] | None:
        """Return a result or an input of all rows, None if columns do not hold it exactly."""
        refused, members = self.rated.refused, self.members
        if name in self.exact:
            cells = _cells(self.rated.frame[name])
            of = columns_of(members.program.rulebook)[name].of
            for i in refused:
                value: Any = of(members[i].assessment)
                cells[i] = None if value is None else float(value)
            return cells
        declared = next((one for one in members.program.rulebook.inputs if one.id == name), None)
        if declared is None or name not in members.sheet.inputs or refused:
            return None
        column = members.sheet.frame[members.sheet.inputs[name]]
        is_held = isinstance(declared.domain, DateDomain) or (
            isinstance(declared.domain, NumberDomain) and column.dtype.is_numeric()
        )
        return _cells(column) if is_held else None


def _cells(column: Any) -> list[Any]:
    """Return the cells of a column, None if missing, since pandas lists other values for missing cells."""
    cells: list[Any] = column.to_list()
    if not column.null_count():
        return cells
    return [None if is_missing else cell for cell, is_missing in zip(cells, column.is_null().to_list(), strict=True)]
