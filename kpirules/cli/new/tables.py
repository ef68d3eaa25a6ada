"""Makes inputs from the columns of a table: the type of each, and its values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from shlex import quote

from attrs import field, frozen

from ...kernel.calendars import parse_date
from ...kernel.visible import neutral
from ...language.model import DEFAULT_MAX_LENGTH
from ..failure import CommandError, one_line
from ..subjects import Cells, column_names, read_cells
from .names import in_yaml, refused_in, unused_id

__all__ = ["from_table"]

MOST_OPTIONS = 20
"""A column of more different texts is no choice."""

MOST_DIGITS = 15
"""What has more of them is a number of an account, and nothing to reckon with."""

UNREAD = (
    "# Take this out as soon as rules read the inputs.",
    "allow: {KR242: The rules that read these inputs are still to be written.}",
    "",
)

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


@frozen
class Column:
    """A column of a table, as an input with its values.

    Args:
        id: the id of the input.
        name: its name in the header.
        type: the type of the input.
        keys: further keys of the input, as YAML.
        values: the values by row, as YAML; None for an empty cell.
    """

    id: str
    name: str
    type: str
    keys: tuple[str, ...]
    values: tuple[str | None, ...] = field(repr=False)

    @property
    def line(self) -> str:
        written = in_yaml(self.name)
        named = () if self.name == self.id else (f"column: {written}", f"label: {written}")
        optional = ("optional: true",) if None in self.values else ()
        return f"  {self.id}: {{{', '.join((f'type: {self.type}', *self.keys, *named, *optional))}}}"


def from_table(path: str, key: str | None, delimiter: str, id_: str, file: str) -> str:
    """Return a rulebook with an input for each column of a table, and the first row as an example.

    Args:
        path: the path of the CSV file.
        key: the columns that identify rows and are not inputs; by default the first one, if its values are unique.
        delimiter: the character between cells.
        id_: the id of the rulebook.
        file: the name of its file, for comments.

    Raises:
        CommandError: if the table can't be read, or has no rows.
    """
    table = read_cells(path, delimiter)
    if not table.lines:
        raise CommandError(f"{table.name}: there is no row below the head; inputs are made of what rows hold")
    keys = _keys(table, key)
    columns = list(_columns(table, keys))
    if not columns:
        raise CommandError(f"{table.name}: there is no column besides the key")
    name = neutral(table.name)
    given = [f"      {column.id}: {column.values[0]}" for column in columns if column.values[0] is not None]
    by_key = f" --key {quote(','.join(keys))}" if keys else ""
    count = len(table.lines)
    lines = [
        f"# A start, made of {name} ({count:,} row{'s' if count > 1 else ''}).",
        "# Types, limits and options are those found in it: widen them to what there may be.",
        "# Then write what earns points.",
        "#",
        f"#     kpirules check {file}      finds mistakes",
        f"#     kpirules assess {file} {quote(name)}{by_key}",
        "",
        "kpirules: 1",
        f"id: {id_}",
        "",
        "inputs:",
        *(column.line for column in columns),
        "",
        *(UNREAD if any(column.type != "text" for column in columns) else ()),
        "examples:",
        "  - name: the first row of the table",
        "    given:" if given else "    given: {}",
        *given,
        "    expect: {status: rated}",
    ]
    return "\n".join(lines) + "\n"


def _keys(table: Cells, written: str | None) -> tuple[str, ...]:
    """Return the columns that identify rows."""
    if written is not None:
        keys = column_names([written])
        if unknown := [key for key in keys if key not in table.head]:
            raise CommandError(f"{table.name}: there is no column `{one_line(unknown[0])}`, which `--key` names")
        return keys
    cells = [line[0] for line in table.lines]
    tells_apart = len(set(cells)) == len(cells) > 1 and all(cells) and _numbers(cells) is None
    return (table.head[0],) if tells_apart and len(table.head) > 1 else ()


def _columns(table: Cells, keys: tuple[str, ...]) -> Iterator[Column]:
    taken: set[str] = set()
    for place, name in enumerate(table.head):
        if name not in keys:
            id_ = unused_id(name, f"column_{place + 1}", taken)
            taken.add(id_)
            for text in (name, *(line[place] for line in table.lines)):
                if character := refused_in(text):
                    problem = f"the column `{one_line(name)}` has {character}, which no rulebook can hold; remove it"
                    raise CommandError(f"{table.name}: {problem}")
            yield _column(id_, name, [line[place] for line in table.lines])


def _column(id_: str, name: str, cells: list[str]) -> Column:
    present = [cell for cell in cells if cell.strip()]

    def column(type_: str, keys: tuple[str, ...], values: list[str]) -> Column:
        rest = iter(values)
        return Column(id_, name, type_, keys, tuple(next(rest) if cell.strip() else None for cell in cells))

    if not present:
        return column("text", (), [])
    bare = [cell.strip() for cell in present]
    if {cell.lower() for cell in bare} <= {"true", "false"}:
        return column("boolean", (), [cell.lower() for cell in bare])
    if (numbers := _numbers(bare)) is not None:
        ends = (f"min: {bare[numbers.index(min(numbers))]}", f"max: {bare[numbers.index(max(numbers))]}")
        places = max(len(cell.partition(".")[2]) for cell in bare)
        if "." not in "".join(bare):
            return column("integer", ends, bare)
        return column("number", (*ends, f"decimals: {places}"), bare)
    if dates := _dates(bare):
        return column("date", (f"min: {min(dates)}", f"max: {max(dates)}"), bare)
    return column(*_text(present), [in_yaml(cell) for cell in present])


def _numbers(cells: list[str]) -> list[Fraction] | None:
    """Return the numbers of cells, if all are numbers; `007` is a code."""
    if not all(len(cell) <= MOST_DIGITS and _NUMBER.fullmatch(cell) for cell in cells):
        return None
    return [Fraction(cell) for cell in cells]


def _dates(cells: list[str]) -> list[date]:
    """Return the dates of cells if all are dates, else an empty list."""
    found = [parse_date(cell) for cell in cells]
    return [day for day in found if day is not None] if None not in found else []


def _text(cells: list[str]) -> tuple[str, tuple[str, ...]]:
    """Return the type `choice` with its options if few texts repeat, else `text`."""
    options = sorted(set(cells))
    differ = len({option.casefold() for option in options}) == len(options)
    if differ and len(options) <= MOST_OPTIONS and len(options) < len(cells):
        return "choice", (f"options: [{', '.join(map(in_yaml, options))}]",)
    longest = max(map(len, cells))
    return "text", (f"max_length: {longest}",) if longest > DEFAULT_MAX_LENGTH else ()
