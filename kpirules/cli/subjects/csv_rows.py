"""CSV: every cell is a text, and its column says what it means."""

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

__all__ = ["CsvLine", "read_csv"]

_OTHER_DELIMITERS = {";": "';'", "\t": "$'\\t'"}


@frozen
class CsvLine:
    """One line below the head.

    Args:
        number: of the line in the file.
        keys: the texts of the key's columns.
        given: typed values; an empty cell is left out.
        cells: the texts of the same inputs.
        problem: what is wrong with the line as such, or empty.
    """

    number: int
    keys: Mapping[str, str]
    given: FrozenMap[str, object]
    cells: FrozenMap[str, Cell]
    problem: str = ""


def read_csv(
    text: str,
    name: str,
    inputs: tuple[Input, ...],
    keys: tuple[str, ...],
    ignored: frozenset[str],
    delimiter: str = ",",
    columns: Mapping[str, str] | None = None,
) -> Iterator[CsvLine]:
    """The lines of a CSV file below its head.

    Args:
        text: the whole file.
        name: the file.
        inputs: what columns may be.
        keys: columns that are a key, be they inputs or not.
        ignored: columns that are left out on purpose.
        delimiter: what stands between cells.
        columns: the ids of inputs by the columns that the head may call them by.

    Raises:
        CommandError: where the file as a whole can't be followed.
    """
    lines = _split(text, name, delimiter)
    first = next(lines, None)
    if first is None:
        raise CommandError(f"{name}: the file is empty; its first line names the columns")
    number, head = first
    head = _by_id([column.strip() for column in head], f"{name}:{number}", columns or {})
    declared = {one.id: one for one in inputs}
    _check_head(head, f"{name}:{number}", declared, keys, ignored, delimiter)
    for number, cells in lines:
        yield _line(number, head, cells, declared, keys)


def _split(text: str, name: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that are not blank, each with the number of its first one."""
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise CommandError("the delimiter is one character, and no quote")
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            if cells:
                yield start, list(map(unshielded, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise CommandError(f"{name}:{start}: the line is no CSV: {one_line(error)}") from None


def _by_id(head: list[str], place: str, columns: Mapping[str, str]) -> list[str]:
    """The head with the ids of inputs in place of their columns."""
    for column in head:
        if columns.get(column, column) != column and columns[column] in head:
            both = f"`{one_line(column)}` and `{columns[column]}`"
            raise CommandError(f"{place}: {both} are the column and the id of one input; leave one of them")
    return [columns.get(column, column) for column in head]


def _check_head(
    head: list[str],
    place: str,
    declared: Mapping[str, Input],
    keys: tuple[str, ...],
    ignored: frozenset[str],
    delimiter: str,
) -> None:
    for other, written in _OTHER_DELIMITERS.items():
        if len(head) == 1 and other in head[0] and other != delimiter:
            raise CommandError(f"{place}: there is one column only; is it `--delimiter {written}`?")
    for column in head:
        if head.count(column) > 1:
            raise CommandError(f"{place}: duplicate column `{one_line(column)}`")
        one = declared.get(column)
        if one is None and column not in keys and column not in ignored:
            near = did_you_mean(column, declared)
            way_out = f"{near} else" if near else "if that is on purpose,"
            problem = f"{place}: the column `{one_line(column)}` is no input"
            raise CommandError(f"{problem}; {way_out} name it by `--key` or `--ignore`")
        if one is not None and isinstance(one.domain, ListDomain) and column not in ignored:
            raise CommandError(f"{place}: `{column}` is a list; give its records by `--records {column}=FILE`")
    for key in keys:
        if key not in head:
            same = same_letters(key, head)
            alike = f"; there is `{one_line(same)}`: {OTHER_FORM}" if same else ""
            raise CommandError(f"{place}: there is no column `{one_line(key)}`, which `--key` names{alike}")


def _line(
    number: int, head: list[str], cells: list[str], declared: Mapping[str, Input], keys: tuple[str, ...]
) -> CsvLine:
    by_column = dict(zip(head, cells, strict=False))
    texts = {key: by_column.get(key, "") for key in keys}
    problem = ""
    if len(cells) != len(head):
        problem = f"the line has {len(cells)} cells, and there are {len(head)} columns"
    given = {
        column: value
        for column, cell in by_column.items()
        if column in declared and (value := typed(declared[column].domain, cell)) is not None
    }
    known = FrozenMap({column: Cell(cell) for column, cell in by_column.items() if column in declared})
    return CsvLine(number, texts, FrozenMap(given), known, problem)
