"""Reads rows of a CSV file as cases, or as the records of a list input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import define, field, frozen

from ..diagnostics import Diagnostic, Source, Span
from ..diagnostics.codes import At, cases
from ..documents.cells import typed
from ..kernel.mappings import FrozenMap
from ..language.model import Domain, Input, ListDomain, Rulebook
from .csv_text import Cell, CsvError, CsvRow, read_csv_text
from .expectations import BY_ID, EXPECTED, unusable_expectations

__all__ = ["Table", "cases_of_rows", "given_as_typed", "read_table"]

BESIDE = ("label", "note", "source")
"""Columns with remarks for readers, which are not inputs."""

Given = dict[str, object]


@frozen
class Table:
    """A CSV file with a header.

    Args:
        columns: the names of the columns.
        head: the header.
        rows: the rows below it, each with as many cells.
    """

    columns: tuple[str, ...]
    head: CsvRow
    rows: tuple[CsvRow, ...]


@define
class RowCase:
    """A case as written in a row.

    Args:
        name: its name.
        span: the place of the name.
        given: cells by input, and tuples of records.
        expect: expectations as in a case file.
        spans: places of the parts, by path.
    """

    name: str
    span: Span
    given: Given = field(factory=dict)
    expect: Given = field(factory=dict)
    spans: dict[str, Span] = field(factory=dict)


def read_table(data: bytes, name: str, at: At, diagnostics: list[Diagnostic], delimiter: str = ",") -> Table | None:
    """Read a CSV file; None if it is malformed.

    Args:
        data: its bytes.
        name: its name in diagnostics.
        at: the place where the case file names it.
        diagnostics: collects diagnostics.
        delimiter: the character between cells.
    """
    try:
        source = Source(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        diagnostics.append(
            cases.unusable_case(at, f"`{name}`", "the path of a CSV file in UTF-8", "the file is not UTF-8")
        )
        return None
    head = source.text.partition("\n")[0].split(delimiter)
    is_of_cases = "name" in {cell.strip().strip('"') for cell in head}

    def wrong(span: Span, what: str, expected: str, seen: str) -> None:
        # Reports quote the lines they point to, and a file without a column `name` may hold anything.
        place, where = (At(span, at.path), "") if is_of_cases else (at, f", in line {span.line} of `{name}`")
        diagnostics.append(cases.unusable_case(place, what, expected, seen + where))

    try:
        rows = read_csv_text(source, delimiter)
    except CsvError as mistaken:
        wrong(mistaken.span, "a line", "CSV", mistaken.problem)
        return None
    if not rows:
        diagnostics.append(cases.unusable_case(at, f"`{name}`", "a CSV file with a header", "the file is empty"))
        return None
    columns = tuple(cell.strip() for cell in rows[0].cells)
    before = len(diagnostics)
    for column, span in zip(columns, rows[0].spans, strict=True):
        if columns.count(column) > 1 or not column:
            what = "this one is a duplicate" if column else "this one is empty"
            wrong(span, "a column", "a unique name", what)
    for row in rows[1:]:
        if len(row.cells) != len(columns):
            counted = f"it has {len(row.cells)} cells"
            place = Span(source, row.spans[0].start, row.spans[-1].end)
            wrong(place, "a line", f"{len(columns)} cells, one for each column", counted)
    return Table(columns, rows[0], rows[1:]) if len(diagnostics) == before else None


def records_of(table: Table, left_out: tuple[str, ...] = ()) -> Iterator[tuple[CsvRow, FrozenMap[str, object]]]:
    """Yield the rows as records of a list input, without empty cells.

    Args:
        table: the file.
        left_out: columns that are not fields.
    """
    for row in table.rows:
        named = zip(table.columns, row.cells, strict=True)
        yield row, FrozenMap({column: cell for column, cell in named if cell and column not in left_out})


def cases_of_rows(table: Table, at: At, diagnostics: list[Diagnostic]) -> list[RowCase]:
    """Return a case for each row.

    Args:
        table: the file, with the columns `name`, inputs, and `expect.…`.
        at: the place where the case file names it.
        diagnostics: collects diagnostics.
    """
    if "name" not in table.columns:
        diagnostics.append(
            cases.unusable_case(at, "the header", "names of columns, one of them `name`", "there is none")
        )
        return []
    before = len(diagnostics)
    for column, span in zip(table.columns, table.head.spans, strict=True):
        if column.startswith("expect."):
            key, _, id_ = column.removeprefix("expect.").partition(".")
            if key not in EXPECTED or bool(id_) != (key in BY_ID):
                known = [f"expect.{key}.<id>" if key in BY_ID else f"expect.{key}" for key in EXPECTED]
                diagnostics.append(cases.unknown_case_key(At(span, column), column, "the header", known))
    if len(diagnostics) > before:
        return []
    return [made for row in table.rows if (made := _case(table.columns, row, diagnostics)) is not None]


def _case(columns: tuple[str, ...], row: CsvRow, diagnostics: list[Diagnostic]) -> RowCase | None:
    place = columns.index("name")
    name, span = row.cells[place].strip(), row.spans[place]
    if not name:
        diagnostics.append(cases.unusable_case(At(span, "cases_from"), "`name`", "a name", "it is empty"))
        return None
    row_case = RowCase(name, span)
    for column, cell, span_of_cell in zip(columns, row.cells, row.spans, strict=True):
        if column == "name" or column in BESIDE or not cell.strip():
            continue
        if column.startswith("expect."):
            key, _, id_ = column.removeprefix("expect.").partition(".")
            row_case.spans[column] = (
                row_case.spans.setdefault(f"expect.{key}", span_of_cell) if not id_ else span_of_cell
            )
            value = _expected(key, cell.strip())
            if id_:
                part = row_case.expect.get(key, FrozenMap())
                assert isinstance(part, FrozenMap)
                row_case.expect[key] = FrozenMap({**part, id_: value})
            else:
                row_case.expect[key] = value
        else:
            id_ = column.removeprefix("given.")
            row_case.given[id_] = cell
            row_case.spans[f"given.{id_}"] = span_of_cell
    diagnostics.extend(unusable_expectations(FrozenMap(row_case.expect), At(span, name), row_case.spans))
    return row_case


def _expected(key: str, cell: str) -> object:
    """Return the expected value that a cell below `expect` means."""
    if key == "overrides":
        return tuple(part for part in cell.strip("[]").replace(",", " ").split())
    return {"null": None, "true": True, "false": False}.get(cell, str(cell))


def given_as_typed(rulebook: Rulebook, given: FrozenMap[str, object]) -> FrozenMap[str, object]:
    """Return the given values, with cells of CSV files converted to the types of their inputs.

    Args:
        rulebook: the rulebook, whose inputs have the types.
        given: the values of a case.
    """
    domains = _domains(rulebook.inputs)

    def of(id_: str, value: object) -> object:
        domain = domains.get(id_)
        if isinstance(value, Cell) and domain is not None:
            return typed(domain, value)
        if isinstance(value, tuple) and isinstance(domain, ListDomain):
            fields = _domains(domain.fields)
            return tuple(_record(fields, record) for record in value)
        return value

    return FrozenMap({id_: typed_ for id_, value in given.items() if (typed_ := of(id_, value)) is not None})


def _domains(inputs: Iterable[Input]) -> dict[str, Domain]:
    """Return the domains of inputs by id and by column."""
    return {name: input_.domain for input_ in inputs for name in (input_.id, input_.column) if name}


def _record(fields: dict[str, Domain], record: object) -> object:
    if not isinstance(record, FrozenMap):
        return record
    return FrozenMap(
        {
            name: typed(fields[name], part) if isinstance(part, Cell) and name in fields else part
            for name, part in record.items()
        }
    )
