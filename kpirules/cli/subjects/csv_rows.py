"""Reads CSV files, in which each cell is a text with the type of its column's input."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO

from attrs import frozen

from ...diagnostics import did_you_mean
from ...diagnostics.report import OTHER_FORM, same_letters
from ...documents.cells import Cell, typed
from ...kernel.csv_lines import unshielded
from ...kernel.mappings import FrozenMap
from ...language.model import Input, ListDomain
from ..failure import CommandError, one_line

__all__ = ["Cells", "CsvLine", "cells_of", "read_csv"]

_OTHER_DELIMITERS = {";": "';'", "\t": "$'\\t'"}


@frozen
class CsvLine:
    """One line below the header.

    Args:
        number: the number of the line in the file.
        keys: the texts of the key's columns.
        given: typed values, without empty cells.
        cells: the texts of the same inputs.
        problem: the problem of the line as a whole, or empty.
    """

    number: int
    keys: Mapping[str, str]
    given: FrozenMap[str, object]
    cells: FrozenMap[str, Cell]
    problem: str = ""


@frozen
class Cells:
    """The cells of a table, without the types that a rulebook would give its columns.

    Args:
        name: the name of the file.
        head: the names of the columns.
        lines: the cells of each line below the head, as many as there are columns.
    """

    name: str
    head: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


def cells_of(text: str, name: str, delimiter: str) -> Cells:
    """Return the cells of a CSV file.

    Args:
        text: the whole file.
        name: the file.
        delimiter: the character between cells.

    Raises:
        CommandError: if the file can't be read as a whole, or a line has more or fewer cells than the header.
    """
    place, head, lines = _headed(text, name, delimiter)
    found = []
    for number, cells in lines:
        if problem := _wrong_count(cells, head):
            raise CommandError(f"{name}:{number}: {problem}")
        found.append(tuple(cells))
    if "" in head:
        raise CommandError(f"{place}: column {head.index('') + 1} has no name")
    return Cells(name, tuple(head), tuple(found))


def read_csv(
    text: str,
    name: str,
    inputs: tuple[Input, ...],
    keys: tuple[str, ...],
    ignored: frozenset[str],
    delimiter: str = ",",
    columns: Mapping[str, str] | None = None,
) -> Iterator[CsvLine]:
    """Yield the lines of a CSV file below its header.

    Args:
        text: the whole file.
        name: the file.
        inputs: the inputs that columns may be.
        keys: columns of the key, whether inputs or not.
        ignored: columns to leave out.
        delimiter: the character between cells.
        columns: the ids of inputs by the columns that the header may call them by.

    Raises:
        CommandError: if the file can't be read as a whole.
    """
    place, head, lines = _headed(text, name, delimiter)
    head = _by_id(head, place, columns or {})
    declared = {input_.id: input_ for input_ in inputs}
    _check_head(head, place, declared, keys, ignored)
    for number, cells in lines:
        yield _line(number, head, cells, declared, keys)


def _headed(text: str, name: str, delimiter: str) -> tuple[str, list[str], Iterator[tuple[int, list[str]]]]:
    """Return the place of the header, its column names, which are unique, and the lines below it."""
    lines = _split(text, name, delimiter)
    first = next(lines, None)
    if first is None:
        raise CommandError(f"{name}: the file is empty; its first line names the columns")
    number, head = first
    place, head = f"{name}:{number}", [column.strip() for column in head]
    for other, written in _OTHER_DELIMITERS.items():
        if len(head) == 1 and other in head[0] and other != delimiter:
            raise CommandError(f"{place}: there is only one column; try `--delimiter {written}`")
    for column in head:
        if head.count(column) > 1:
            raise CommandError(f"{place}: duplicate column `{one_line(column)}`")
    return place, head, lines


def _split(text: str, name: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that are not blank, each with the number of its first line in the file."""
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise CommandError("the delimiter must be one character other than a quote")
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            if cells:
                yield start, list(map(unshielded, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise CommandError(f"{name}:{start}: the line is not CSV: {one_line(error)}") from None


def _by_id(head: list[str], place: str, columns: Mapping[str, str]) -> list[str]:
    """Return the header with the ids of inputs in place of their columns."""
    for column in head:
        if columns.get(column, column) != column and columns[column] in head:
            names = f"`{one_line(column)}` and `{columns[column]}`"
            raise CommandError(f"{place}: {names} are the column and the id of one input; leave one of them")
    return [columns.get(column, column) for column in head]


def _check_head(
    head: list[str],
    place: str,
    declared: Mapping[str, Input],
    keys: tuple[str, ...],
    ignored: frozenset[str],
) -> None:
    for column in head:
        declared_input = declared.get(column)
        if declared_input is None and column not in keys and column not in ignored:
            advice = did_you_mean(column, declared)
            remedy = f"{advice} Otherwise" if advice else "if that is intended,"
            problem = f"{place}: the column `{one_line(column)}` is not an input"
            raise CommandError(f"{problem}; {remedy} name it in `--key` or `--ignore`")
        if declared_input is not None and isinstance(declared_input.domain, ListDomain) and column not in ignored:
            raise CommandError(f"{place}: `{column}` is a list; give its records with `--records {column}=FILE`")
    for key in keys:
        if key not in head:
            similar = same_letters(key, head)
            hint = f"; there is `{one_line(similar)}`: {OTHER_FORM}" if similar else ""
            raise CommandError(f"{place}: there is no column `{one_line(key)}`, which `--key` names{hint}")


def _line(
    number: int, head: list[str], cells: list[str], declared: Mapping[str, Input], keys: tuple[str, ...]
) -> CsvLine:
    by_column = dict(zip(head, cells, strict=False))
    texts = {key: by_column.get(key, "") for key in keys}
    given = {
        column: value
        for column, cell in by_column.items()
        if column in declared and (value := typed(declared[column].domain, cell)) is not None
    }
    known = FrozenMap({column: Cell(cell) for column, cell in by_column.items() if column in declared})
    return CsvLine(number, texts, FrozenMap(given), known, _wrong_count(cells, head))


def _wrong_count(cells: list[str], head: list[str]) -> str:
    """Return the problem of a line that has too few or too many cells, or an empty text."""
    is_complete = len(cells) == len(head)
    return "" if is_complete else f"the line has {len(cells)} cells, but there are {len(head)} columns"
