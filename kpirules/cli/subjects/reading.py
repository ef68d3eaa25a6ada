"""Reads the subjects in files that the command line names, and joins the records of their lists."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from attrs import evolve, field, frozen

from ...diagnostics import did_you_mean, listed
from ...diagnostics.report import MOST_SUGGESTIONS, OTHER_FORM, same_letters
from ...documents.cells import typed
from ...kernel.mappings import FrozenMap
from ...kernel.visible import neutral
from ...kernel.widths import lone_surrogate
from ...language.model import Domain, Input, ListDomain, Rulebook, by_id, ids_by_column
from ..failure import CommandError, files, one_line
from .csv_rows import Cells, cells_of, read_csv
from .json_rows import JsonSubject, read_json, read_jsonl
from .rows import Row, Subjects, key_text

__all__ = ["column_names", "read_cells", "read_subjects"]

STANDARD_INPUT = "-"

MAX_DATA_BYTES = 512 << 20
"""The maximum size of a table of subjects: millions of rows of ordinary width."""

FORMATS = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}


def read_subjects(options: Namespace, rulebook: Rulebook, read: Callable[[str], bytes] | None = None) -> Subjects:
    """Read the subjects that the options name.

    Args:
        options: the options of the command line.
        rulebook: the rulebook, whose inputs give columns their types.
        read: returns the bytes of a file; reads the file itself by default.

    Raises:
        CommandError: if a file can't be read as a whole.
    """
    columns = ids_by_column(rulebook.inputs)
    key = tuple(columns.get(name, name) for name in column_names([options.key] if options.key else []))
    domains = FrozenMap({input_.id: input_.domain for input_ in rulebook.inputs if input_.id in key})
    ignored = frozenset(columns.get(name, name) for name in column_names(options.ignore))
    reading_options = _Asked(key, ignored, options.delimiter, domains, FrozenMap(columns), read or _bytes)
    format_ = options.data_format or _format(options.subjects)
    rows = list(_rows(options.subjects, format_, rulebook.inputs, reading_options))
    rows = _with_key_problems(rows) if key else rows
    complaints: list[str] = []
    for written in options.records:
        rows = _joined(rows, written, rulebook, reading_options, complaints)
    return Subjects(key, tuple(rows), tuple(complaints))


def read_cells(path: str, delimiter: str) -> Cells:
    """Return the cells of a CSV file without a rulebook.

    Args:
        path: the path of the file.
        delimiter: the character between cells.

    Raises:
        CommandError: if the file can't be read.
    """
    if FORMATS.get(Path(path).suffix.lower()) != "csv":
        raise CommandError(f"{_named(path)}: this is not a CSV file; save the table as `.csv`")
    return cells_of(_text(path, _bytes(path)), _named(path), delimiter)


@frozen
class _Asked:
    """The options for reading files, with the domains of key columns that are inputs.

    The options name columns by the ids of inputs; `columns` maps the columns that data may have to these.
    """

    key: tuple[str, ...]
    ignored: frozenset[str]
    delimiter: str
    domains: FrozenMap[str, Domain]
    columns: FrozenMap[str, str]
    read: Callable[[str], bytes]

    def key_of(self, cells: Mapping[str, str]) -> tuple[str, ...] | None:
        """Return the key of a line of texts; `01` and `1` are the same number."""
        domains = self.domains
        typed_cells = {name: typed(domains[name], cell) if name in domains else cell for name, cell in cells.items()}
        return key_text(typed_cells, self.key)

    def ids_by_column(self, inputs: tuple[Input, ...]) -> dict[str, str]:
        """Return the ids of inputs by their columns in a file, for its key and for the inputs in its rows."""
        return {**{column: id_ for column, id_ in self.columns.items() if id_ in self.key}, **ids_by_column(inputs)}


def column_names(written: Iterable[str]) -> tuple[str, ...]:
    """Return the names of columns that options list, separated by commas.

    Args:
        written: the values of the options.

    >>> column_names(["a, b", "c"])
    ('a', 'b', 'c')
    """
    return tuple(name.strip() for part in written for name in part.split(",") if name.strip())


def _format(path: str) -> str:
    if path == STANDARD_INPUT:
        raise CommandError("name the format of standard input: `--data-format csv`, `json` or `jsonl`")
    found = FORMATS.get(Path(path).suffix.lower())
    if found is None:
        raise CommandError(f"{one_line(path)}: name the format of the file: `--data-format csv`, `json` or `jsonl`")
    return found


def _bytes(path: str) -> bytes:
    with files(path):
        if path == STANDARD_INPUT:
            data = sys.stdin.buffer.read(MAX_DATA_BYTES + 1)
        else:
            # A file's size is checked before reading; a device reports none.
            with open(path, "rb") as stream:
                if os.fstat(stream.fileno()).st_size > MAX_DATA_BYTES:
                    raise _too_large(path)
                data = stream.read(MAX_DATA_BYTES + 1)
    if len(data) > MAX_DATA_BYTES:
        raise _too_large(path)
    return data


def _text(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CommandError(f"{_named(path)}:{line}: the text is not UTF-8; save the file as UTF-8") from None


def _too_large(path: str) -> CommandError:
    message = f"the file has more than {MAX_DATA_BYTES:,} bytes; split it, or rate it with `kpirules assess --stream`"
    return CommandError(f"{_named(path)}: {message}")


def _named(path: str) -> str:
    return "standard input" if path == STANDARD_INPUT else one_line(path)


def _rows(path: str, format_: str, inputs: tuple[Input, ...], reading_options: _Asked) -> Iterator[Row]:
    text, name = _text(path, reading_options.read(path)), _named(path)
    if format_ == "csv":
        columns = reading_options.ids_by_column(inputs)
        lines = read_csv(
            text, name, inputs, reading_options.key, reading_options.ignored, reading_options.delimiter, columns
        )
        for number, line in enumerate(lines, start=1):
            key = reading_options.key_of(line.keys)
            problems = [line.problem] if line.problem else []
            given: object = FrozenMap({c: v for c, v in line.given.items() if c not in reading_options.ignored})
            if problems:
                # Its cells may be under the wrong columns.
                given = None
            cells: FrozenMap[str, object] = FrozenMap(
                {c: v for c, v in line.cells.items() if c not in reading_options.ignored}
            )
            row = _row(f"{name}:{line.number}", number, key, given, problems, reading_options.key, is_text=True)
            yield evolve(row, cells=cells)
        return
    subjects = (read_json if format_ == "json" else read_jsonl)(text, name)
    for number, subject in enumerate(subjects, start=1):
        yield _json_row(subject, name, number, inputs, reading_options)


def _json_row(
    subject: JsonSubject, name: str, number: int, inputs: tuple[Input, ...], reading_options: _Asked
) -> Row:
    given, key = subject.given, None
    if isinstance(given, Mapping):
        given = by_id(given, reading_options.ids_by_column(inputs))
        key = key_text(given, reading_options.key)
        declared = {input_.id for input_ in inputs}
        left_out = reading_options.ignored | (set(reading_options.key) - declared)
        given = FrozenMap({name: part for name, part in given.items() if name not in left_out})
    row = _row(f"{name}:{subject.line}", number, key, given, list(subject.problems), reading_options.key)
    return evolve(row, cells=given) if isinstance(given, FrozenMap) else row


def _row(
    place: str,
    number: int,
    key: tuple[str, ...] | None,
    given: object,
    problems: list[str],
    columns: tuple[str, ...],
    *,
    is_text: bool = False,
) -> Row:
    if key is None and not problems and (is_text or isinstance(given, Mapping)):
        problems.append(f"the key ({', '.join(columns)}) is missing")
    if half := lone_surrogate("".join(key or ())):
        problems.append(f"the key ({', '.join(columns)}) has {half}")
        key = None
    return Row(place, number, key or (), given, tuple(problems), is_text)


def _with_key_problems(rows: list[Row]) -> list[Row]:
    """Return the rows, with a problem added to those with equal keys."""
    places: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for row in rows:
        places[row.key].append(row.place)
    return [_with_equal_key(row, places[row.key][:4]) for row in rows]


def _with_equal_key(row: Row, places: list[str]) -> Row:
    others = [place for place in places if place != row.place]
    if not row.key or not others:
        return row
    return row.with_problem(f"the key `{row.name}` is also at {', '.join(others[:3])}")


# -- records of lists -----------------------------------------------------------------------------


@frozen
class _Records:
    """The records of one list.

    Args:
        by_key: records by the key of their subject.
        broken: unreadable lines by the same key, each with its place.
    """

    by_key: dict[tuple[str, ...], list[Row]] = field(factory=lambda: defaultdict(list))
    broken: dict[tuple[str, ...], list[tuple[str, str]]] = field(factory=lambda: defaultdict(list))

    def add(self, row: Row) -> None:
        if isinstance(row.given, Mapping) and not row.problems:
            self.by_key[row.key].append(evolve(row, given=FrozenMap(row.given)))
        elif row.key:
            self.broken[row.key].extend((row.place, problem) for problem in row.problems)
        else:
            # The record may belong to any subject, which would then be rated by too few records.
            problem = row.problems[0] if row.problems else "a record must be a mapping of names to values"
            raise CommandError(f"{row.place}: {problem}")

    def strays(self, known: set[tuple[str, ...]]) -> Iterator[str]:
        """Yield a complaint about each record that matches no subject.

        Args:
            known: the keys of the subjects.
        """
        unknown_keys = [key for key in dict.fromkeys((*self.by_key, *self.broken)) if key not in known]
        for number, key in enumerate(unknown_keys):
            name = ",".join(key)
            similar = same_letters(name, map(",".join, known)) if number < MOST_SUGGESTIONS else ""
            hint = f"; there is `{one_line(similar)}`: {OTHER_FORM}" if similar else ""
            complaint = f"no subject has the key `{one_line(name)}`{hint}"
            yield from (f"{record.place}: error: {complaint}" for record in self.by_key.get(key, []))
            yield from (
                f"{place}: error: {neutral(problem)}; {complaint}" for place, problem in self.broken.get(key, [])
            )

    def to(self, row: Row, id_: str) -> Row:
        """Return a row with its records."""
        given_values = row.given
        if not isinstance(given_values, Mapping):
            return row
        if id_ in given_values:
            return row.with_problem(f"`{id_}` is given both here and by `--records`")
        for place, problem in self.broken.get(row.key, []):
            row = row.with_problem(f"one of its records can't be read: {place}: {problem}")
        found = self.by_key.get(row.key, [])
        given: FrozenMap[str, object] = FrozenMap({**given_values, id_: tuple(record.given for record in found)})
        cells: FrozenMap[str, object] = FrozenMap({**row.cells, id_: tuple(record.cells for record in found)})
        places = FrozenMap({**row.records, id_: tuple(record.place for record in found)})
        return evolve(row, given=given, records=places, cells=cells)


def _joined(
    rows: list[Row], written: str, rulebook: Rulebook, reading_options: _Asked, complaints: list[str]
) -> list[Row]:
    """Return the rows with the records of one file; add records that match no row to `complaints`."""
    id_, _, path = written.partition("=")
    lists = {input_.id: input_.domain for input_ in rulebook.inputs if isinstance(input_.domain, ListDomain)}
    if not path:
        raise CommandError(f"--records {one_line(written)}: write `--records INPUT=FILE`")
    if id_ not in lists:
        remedy = did_you_mean(id_, lists, f"there are {listed(lists, 'and')}" if lists else "there is none")
        raise CommandError(f"--records {one_line(written)}: not a list input; {remedy}")
    if not reading_options.key:
        raise CommandError("--records needs `--key`: the columns that join records to subjects")
    if path == STANDARD_INPUT:
        raise CommandError("records can't come from standard input")
    records = _Records()
    for record in _rows(path, _format(path), lists[id_].fields, reading_options):
        records.add(record)
    complaints.extend(records.strays({row.key for row in rows}))
    return [records.to(row, id_) for row in rows]
