"""The subjects of a table, unrated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import frozen

from ...language.model import Rulebook
from .arrays import frame_of_arrays
from .asked import Asked, names_of
from .frames import columns_in, read
from .joining import check_keys, joined_records

__all__ = ["Subject", "read_table"]


@frozen
class Subject:
    """A row of a table.

    Args:
        key: the values of its key.
        given: its inputs, with its records.
        row: all its columns.
        read: returns the values as a rulebook's inputs read them; None if all rulebooks read them alike.
    """

    key: tuple[Any, ...]
    given: Mapping[str, Any]
    row: Mapping[str, Any]
    read: Callable[[Rulebook], Mapping[str, Any]] | None = None

    def values_for(self, rulebook: Rulebook) -> Mapping[str, Any]:
        """Return the values, each read by the type that a rulebook declares for its input.

        Args:
            rulebook: a rulebook that may declare another type for a cell.
        """
        return self.given if self.read is None else self.read(rulebook)


def read_table(
    rulebook: Rulebook,
    table: Any,
    *,
    key: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
) -> list[Subject]:
    """Return the subjects of a table, unrated; the table is as for `assess_table`.

    Args:
        rulebook: the rulebook whose inputs columns may be.
        table: subjects, a row each.
        key, ignore: as for `assess_table`.
        records: by list input, a table with one record a row.
    """
    asked = Asked(rulebook, names_of(key), names_of(ignore), ())
    frame, rows = read(frame_of_arrays(table) if isinstance(table, Mapping) else table)
    asked.check_columns(columns_in(rows, frame), "the table")
    joined = joined_records(asked, records)
    check_keys(asked, rows, joined)
    return [Subject(asked.key_of(row), asked.given(row, joined), row) for row in rows]
