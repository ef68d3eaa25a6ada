"""Reads the ratings of many subjects: rates a table, or takes finished assessments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import frozen

from ..diagnostics import did_you_mean, listed
from ..kernel.exact import to_text
from ..rating.columns import columns_of
from ..rating.program import Program
from ..rating.tables import assess_table
from ..rating.tables.arrays import is_record_batch
from ..rating.tables.asked import ERROR, names_of
from ..rating.tables.frames import as_frame, frame_rows
from ..rating.tables.lazily import is_lazy
from ..record import Assessment
from ..record.deciding import banded_number

__all__ = ["Assessed", "Options", "Rated", "Table", "rated"]

NO_GROUP = "(none)"
"""The group of subjects without a value in the column of groups."""


@frozen
class Options:
    """How a table is read: the options of `assess_table`."""

    key: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    records: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, key: str | Sequence[str], ignore: str | Sequence[str], records: Mapping[str, Any] | None) -> Options:
        return cls(names_of(key), names_of(ignore), records)


@frozen
class Table:
    """A rated table.

    Args:
        program: the rules.
        found: the table as `assess_table` returns it.
        options: how it was read.
        added: the names of the columns that were added.
    """

    program: Program
    found: Any
    options: Options
    added: tuple[str, ...]

    def column(self, name: str) -> list[Any]:
        """Return the values of a column, with None for missing ones."""
        if isinstance(self.found, list):
            return [row.get(name) for row in self.found]
        if isinstance(self.found, Mapping):
            return _values(self.found[name])
        series = as_frame(self.found)[name]
        pairs = zip(series.to_list(), series.is_null().to_list(), strict=True)
        return [None if is_missing else value for value, is_missing in pairs]

    def numbers(self, name: str) -> list[Any]:
        """Return the numbers that are banded, which are in a column."""
        return self.column(name)

    @property
    def names(self) -> list[str]:
        """The names of its columns."""
        if isinstance(self.found, list):
            return list(dict.fromkeys(name for row in self.found for name in row))
        return list(self.found if isinstance(self.found, Mapping) else as_frame(self.found).columns)

    def exactly(self, places: Sequence[int], name: str) -> list[Any]:
        """Return the exact values of an added column for some rows; a data frame has the nearest doubles.

        Args:
            places: the indexes of the rows.
            name: the column.
        """
        # Other rows may decide about these, and records may belong to other rows: then all are rated again.
        needs_all = self.program.is_compared or bool(self.options.records)
        rows = self._given(None if needs_all else places)
        options = self.options
        found = assess_table(
            self.program,
            rows,
            key=options.key,
            ignore=options.ignore,
            records=options.records,
            columns=[name],
            on_error="report",
            allocate=False,
        )
        return [found[place][name] for place in places] if needs_all else [row[name] for row in found]

    def _given(self, places: Sequence[int] | None) -> list[dict[str, Any]]:
        """Return rows as they were given; None for all."""
        if isinstance(self.found, Mapping):
            columns = {name: _values(self.found[name]) for name in self.names if name not in self.added}
            rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
            return rows if places is None else [rows[place] for place in places]
        frame = as_frame(self.found)
        frame = frame.select([name for name in frame.columns if name not in self.added])
        return frame_rows(frame if places is None else frame[list(places)])


@frozen
class Assessed:
    """Finished assessments.

    Args:
        program: the rules.
        found: the assessments.
    """

    program: Program
    found: tuple[Assessment, ...]

    def column(self, name: str) -> list[Any]:
        """Return the values of a column of a table, or of an input."""
        if name == ERROR:
            return [None] * len(self.found)
        column = columns_of(self.program.gathered).get(name)
        if column is None:
            return [assessment.given.get(name) for assessment in self.found]
        return [column.of(assessment) for assessment in self.found]

    def numbers(self, name: str) -> list[Any]:
        """Return the numbers that are banded; those of a measure are in no column."""
        return [banded_number(one) if one.legend.bands else one.score for one in self.found]

    @property
    def names(self) -> list[str]:
        """The names of the inputs that may group them."""
        return list(dict.fromkeys(name for assessment in self.found for name in assessment.given))

    def exactly(self, places: Sequence[int], name: str) -> list[Any]:
        """Return the numbers of some assessments, which are always exact."""
        values = self.numbers(name)
        return [values[place] for place in places]


Rated = Table | Assessed


def rated(
    program: Program, subjects: Any, wanted: Sequence[str], options: Options, *, by: str = ""
) -> tuple[Rated, list[str]]:
    """Return subjects with their ratings, and the group of each.

    Args:
        program: the rules.
        subjects: a table as for `assess_table`, or assessments.
        wanted: the columns that are needed, besides `error`.
        options: how a table is read.
        by: the column of the groups; empty for one group.
    """
    assessments = _assessments(program, subjects)
    if assessments is not None:
        found: Rated = Assessed(program, assessments)
    else:
        found = _rated_table(program, subjects, wanted, options, by)
    if not by:
        return found, []
    names = found.names
    if names and by not in names:
        raise ValueError(f"there is no column `{by}`; {did_you_mean(by, names, f'there are {listed(names)}')}")
    return found, [_group(value) for value in found.column(by)]


def _rated_table(program: Program, table: Any, wanted: Sequence[str], options: Options, by: str) -> Table:
    if is_lazy(table):
        raise TypeError("a lazy frame has no rows yet: give its computed rows, such as `table.collect()`")
    known = {name for one in program.gathered.inputs for name in (one.id, one.column)}
    is_beside = by and by not in known and by not in options.key
    options = Options(options.key, (*options.ignore, by) if is_beside else options.ignore, options.records)
    found = assess_table(
        program,
        table,
        key=options.key,
        ignore=options.ignore,
        records=options.records,
        columns=wanted,
        on_error="report",
    )
    if is_record_batch(found):
        found = found.to_pydict()
    return Table(program, found, options, (*wanted, ERROR))


def _assessments(program: Program, subjects: Any) -> tuple[Assessment, ...] | None:
    """Return assessments, also those of a cohort by name; None for a table."""
    values = subjects.values() if isinstance(subjects, Mapping) else subjects
    if not isinstance(values, Iterable) or not isinstance(subjects, Mapping | list | tuple):
        return None
    found = tuple(value for value in values if isinstance(value, Assessment))
    if not found or len(found) < len(subjects):
        return None
    hashes = {part.rulebook.scoring_hash for part in program.whole}
    strange = next((one for one in found if one.scoring_hash not in hashes), None)
    if strange is not None:
        raise ValueError(f"an assessment is by other rules than the program's: {strange!r}; give the rules it is by")
    return found


def _group(value: Any) -> str:
    if value is None or value == "":
        return NO_GROUP
    if isinstance(value, bool):
        return str(value).lower()
    return to_text(value) if isinstance(value, Fraction) else str(value)


def _values(array: Any) -> list[Any]:
    """Return an array as a list; NumPy marks missing numbers with one that differs from itself."""
    values = array.tolist() if hasattr(array, "tolist") else list(array)
    return [None if value != value else value for value in values]
