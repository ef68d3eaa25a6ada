"""Joins rows with records by their keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from ...diagnostics.report import OTHER_FORM, same_letters
from ...kernel.widths import lone_surrogate
from ...language.model import ids_by_column
from .asked import Asked, Joined, key_in_words, place_of
from .frames import columns_in, read

__all__ = ["check_keys", "joined_records", "records_of", "records_of_rows"]


def joined_records(asked: Asked, records: Mapping[str, Any] | None) -> Joined:
    """Return the records of all lists.

    Args:
        asked: the options of the table.
        records: a table with one record a row, by list input.
    """
    return {id_: records_of(asked, id_, table) for id_, table in (records or {}).items()}


def records_of(asked: Asked, id_: str, table: Any) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """Return the records of a list by the key of their row."""
    fields = asked.fields(id_)
    declared = {*(one.id for one in fields), *ids_by_column(fields)}
    frame, rows = read(table)
    asked.check_columns(columns_in(rows, frame), f"the table of `{id_}`", fields)
    by_key: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for number, row in enumerate(rows):
        for name in asked.key:
            _check_finding(name, row.get(name), number, f" of the table of `{id_}`")
        left_out = {*asked.ignore, *(name for name in asked.key if name not in declared)}
        by_key[asked.key_of(row)].append({name: value for name, value in row.items() if name not in left_out})
    return dict(by_key)


def records_of_rows(asked: Asked, id_: str, frame: Any, rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], Any]:
    """Return the records of some rows of a data frame by key."""
    if not rows:
        return {}
    first = asked.key[0]
    return records_of(asked, id_, frame.filter(frame[first].is_in([row[first] for row in rows])).to_native())


def check_keys(asked: Asked, rows: list[dict[str, Any]], joined: Joined) -> None:
    """Refuse unusable keys, and records that match no row, several rows, or a row with its own."""
    for number, row in enumerate(rows):
        for name in asked.key:
            _check_whole(name, row.get(name), number)
    if not joined:
        return
    seen: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(rows):
        for name in asked.key:
            _check_finding(name, row.get(name), number)
        first = seen.setdefault(asked.key_of(row), number)
        if first != number:
            raise ValueError(f"rows {first} and {number} have the same key {key_in_words(asked.key_of(row))}")
    for id_, by_key in joined.items():
        strangers = [record_key for record_key in by_key if record_key not in seen]
        if strangers:
            more = f", and {len(strangers) - 1} more keys" if len(strangers) > 1 else ""
            same = same_letters(key_in_words(strangers[0]), map(key_in_words, seen))
            alike = f"; there is {same}: {OTHER_FORM}" if same else ""
            raise ValueError(f"records of `{id_}` match no row: {key_in_words(strangers[0])}{more}{alike}")
        names = [id_, *(name for name, own in asked.columns_of_inputs.items() if own == id_)]
        for number, row in enumerate(rows):
            if any(row.get(name) is not None for name in names):
                place = place_of(number, row, asked.key)
                raise ValueError(f"{place}: `{id_}` is given both here and by `records`; give it once")


def _check_whole(name: str, value: Any, number: int) -> None:
    """Refuse a part of a key that no file can hold."""
    if isinstance(value, str) and (half := lone_surrogate(value)):
        raise ValueError(f"rows[{number}]: `{name}` is part of the key, but has {half}")


def _check_finding(name: str, value: Any, number: int, of: str = "") -> None:
    """Refuse a part of a key that can't be looked up."""
    try:
        hash(value)
    except TypeError:
        kind = type(value).__name__
        raise TypeError(f"rows[{number}]{of}: `{name}` is part of the key, but {kind} is not hashable") from None
