"""CSV: every cell is a text, read by the input of its column."""

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
        given: typed values, without empty cells.
        cells: the texts of the same inputs.
        problem: what is wrong with the line as a whole, or empty.
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
) -> Iterator[CsvLine]:
    """Yield the lines of a CSV file below its header.

    Args:
        text: the whole file.
        name: the file.
        inputs: the inputs that columns may be.
        keys: columns of the key, whether inputs or not.
        ignored: columns to leave out.
        delimiter: the character between cells.

    Raises:
        CommandError: if the file can't be read as a whole.
    """
    lines = _split(text, name, delimiter)
    first = next(lines, None)
    if first is None:
        raise CommandError(f"{name}: the file is empty; its first line names the columns")
    number, head = first
    head = [column.strip() for column in head]
    declared = {input_.id: input_ for input_ in inputs}
    _check_head(head, f"{name}:{number}", declared, keys, ignored, delimiter)
    for number, cells in lines:
        yield _line(number, head, cells, declared, keys)


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
            raise CommandError(f"{place}: there is only one column; try `--delimiter {written}`")
    for column in head:
        if head.count(column) > 1:
            raise CommandError(f"{place}: duplicate column `{one_line(column)}`")
        declared_input = declared.get(column)
        if declared_input is None and column not in keys and column not in ignored:
            near = did_you_mean(column, declared)
            way_out = f"{near} Otherwise" if near else "if that is intended,"
            problem = f"{place}: the column `{one_line(column)}` is not an input"
            raise CommandError(f"{problem}; {way_out} name it in `--key` or `--ignore`")
        if declared_input is not None and isinstance(declared_input.domain, ListDomain) and column not in ignored:
            raise CommandError(f"{place}: `{column}` is a list; give its records with `--records {column}=FILE`")
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
        problem = f"the line has {len(cells)} cells, but there are {len(head)} columns"
    given = {
        column: value
        for column, cell in by_column.items()
        if column in declared and (value := typed(declared[column].domain, cell)) is not None
    }
    known = FrozenMap({column: Cell(cell) for column, cell in by_column.items() if column in declared})
    return CsvLine(number, texts, FrozenMap(given), known, problem)
