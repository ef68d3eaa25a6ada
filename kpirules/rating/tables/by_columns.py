"""Rates a data frame by columns, and its other rows one by one."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from attrs import evolve

from ...diagnostics.report import MOST_REPORTED
from ...errors import KpirulesError
from ...language.model import ids_by_column
from ..assessing.together import is_rated_together
from ..program import Program
from .asked import ERROR, Asked
from .by_rows import member_names, values_of
from .column_form import NoColumnForm, RecordTable, rows_by_part
from .frames import as_frame, frame_rows
from .joining import check_keys, records_of, records_of_rows
from .readable import readable
from .series import MIXED, in_order, kinds_of, series_of
from .sheet import Found, Sheet
from .together import rated_together

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from ...engines.columns.records import Listed

__all__ = ["frame_by_columns"]


def frame_by_columns(
    asked: Asked, program: Program, frame: Any, records: Mapping[str, Any] | None, *, is_asked: bool
) -> Any:
    """Return a data frame rated by columns.

    Args:
        asked: the options of the table.
        program: the rules.
        frame: the table, as narwhals has it.
        records: the tables of records.
        is_asked: whether the caller asks for columns, however few rows there are.

    Raises:
        NoColumnForm: if it, or the rules, have none.
    """
    if frame is None:
        raise NoColumnForm("it is not a data frame")
    if frame.implementation.is_pyarrow() and (views := _views(frame.to_native().schema)):
        raise NoColumnForm(f"the column `{views[0]}` has views of texts, of which Arrow takes no rows")
    asked.check_columns(list(frame.columns), "the table")
    is_together = is_rated_together(program, is_allocated=asked.is_allocated)
    if is_together and program.parts:
        raise NoColumnForm("rows of several variants or editions are rated together")
    inputs = _inputs(asked, frame)
    if frame.implementation.is_pandas() and asked.key:
        check_keys(asked, frame_rows(frame.select(asked.key)), {})
    tables = {id_: _record_table(asked, id_, table) for id_, table in (records or {}).items()}
    if twice := inputs.keys() & tables.keys():
        raise NoColumnForm(f"`{min(twice)}` is both a column and a table of records")
    kinds = kinds_of(program)
    if mixed := [column.name for column in asked.chosen if kinds.get(column.name) == MIXED]:
        raise NoColumnForm(f"`{mixed[0]}` has another type in another variant or edition")
    keys = asked.key if tables else ()  # records are joined by the cells as they are
    read, unread = readable(program, frame, {id_: name for id_, name in inputs.items() if name not in keys})
    sheet = Sheet(asked, program, read, inputs, tables, _matched(asked, frame, tables), is_asked)
    found, others = (rated_together if is_together else _by_parts)(sheet, unread)
    return _with_others(evolve(sheet, frame=frame), found, others)


def _by_parts(sheet: Sheet, unread: list[int]) -> tuple[Found, list[int]]:
    """Return the ratings of rows by themselves, and the rows that must be rated one by one, `unread` among them."""
    found: Found = []
    parts, others = _parts(sheet.program, sheet.frame, sheet.inputs, sheet.tables)
    refusals: list[NoColumnForm] = []
    for part, rows in parts:
        try:
            some = None if isinstance(rows, range) or len(rows) == len(sheet.frame) else rows
            rated = sheet.rated(part, some, sheet.results)
        except NoColumnForm as refusal:
            refusals.append(refusal)
            others += rows if isinstance(rows, range) else rows.to_list()
            continue
        others += [int(rows[place]) for place in rated.refused]
        found.append((rows, sheet.series(part, rated)))
    if refusals and not found:
        raise refusals[0]
    return found, sorted({*others, *unread})


def _with_others(sheet: Sheet, found: Found, others: list[int]) -> Any:
    """Return a table rated by columns with its other rows rated one by one."""
    asked, frame = sheet.asked, sheet.frame
    added = _rated_singly(sheet, others) if others else []
    if added or not found:
        found.append((others, [sheet.made(column, added) for column in asked.chosen]))
    columns = in_order(found, frame)
    if asked.keeps_errors:
        none = series_of(asked.columns[-1], "text", [{ERROR: None}] * len(frame), frame)
        error = series_of(asked.columns[-1], "text", added, frame)
        columns += in_order([(range(len(frame)), [none]), (others, [error])], frame) if added else [none]
    return frame.with_columns(*columns)


def _rated_singly(sheet: Sheet, others: list[int]) -> list[dict[str, Any]]:
    """Return the values of rows that are rated one by one, with all of their cohorts if they are rated together."""
    asked, program, frame = sheet.asked, sheet.program, sheet.frame
    is_together = is_rated_together(program, is_allocated=asked.is_allocated)
    names = [""] * len(frame)
    if is_together:
        names = member_names(asked, frame_rows(frame.select(asked.key)) if asked.key else [{}] * len(frame))

    def rated(numbers: list[int]) -> list[dict[str, Any]]:
        rows = frame_rows(frame[numbers])
        joined = {id_: records_of_rows(asked, id_, table.frame, rows) for id_, table in sheet.tables.items()}
        return values_of(asked, program, list(zip(numbers, rows, strict=True)), names, joined, "scalar")

    try:
        return rated(others)
    except KpirulesError as error:
        if is_together and len(error.report) >= MOST_REPORTED:
            rated(list(range(len(frame))))  # a note names the row after which nothing was checked
        raise


def _views(schema: Any) -> list[str]:
    """Return the columns of Arrow with views."""
    return [one.name for one in schema if str(one.type).endswith("_view")]


def _inputs(asked: Asked, frame: Any) -> dict[str, str]:
    """Return the columns of a frame by input."""
    inputs = {asked.columns_of_inputs.get(name, name): name for name in frame.columns if name not in asked.left_out}
    if len(inputs) + len(asked.left_out.intersection(frame.columns)) < len(frame.columns):
        raise NoColumnForm("an input has two columns")
    return inputs


def _parts(
    program: Program, frame: Any, inputs: Mapping[str, str], tables: Mapping[str, RecordTable]
) -> tuple[list[tuple[Program, range | nw.Series[Any]]], list[int]]:
    """Return the rows that each variant and edition rates by columns, a range if all, and those for single rating."""
    if not program.parts:
        return [(program, range(len(frame)))], []
    parts, others = rows_by_part(program, frame, inputs)
    found: list[tuple[Program, range | nw.Series[Any]]] = []
    for part, rows in parts:
        if all(table.fits(part.rulebook, id_) for id_, table in tables.items()):
            found.append((part, rows))
        else:
            others += rows.to_list()
    return found, others


def _matched(asked: Asked, frame: Any, tables: Mapping[str, RecordTable]) -> dict[str, Listed]:
    """Return the records of all rows by list."""
    from ...engines.columns.records import Unmatched, from_table

    if tables and find_spec("polars") is None:
        raise NoColumnForm("records by columns need Polars")
    try:
        return {id_: from_table(frame, one.frame, one.key, one.fields) for id_, one in tables.items()}
    except Unmatched as unmatched:
        # Keys that match nothing are reported as for rows.
        check_keys(asked, frame_rows(frame), {id_: records_of(asked, id_, one.frame) for id_, one in tables.items()})
        raise NoColumnForm(str(unmatched)) from None


def _record_table(asked: Asked, id_: str, table: Any) -> RecordTable:
    """Return a table of records as columns read it."""
    frame = as_frame(table)
    if frame is None:
        raise NoColumnForm(f"the records of `{id_}` are not a data frame")
    fields = asked.fields(id_)
    asked.check_columns(list(frame.columns), f"the table of `{id_}`", fields)
    names = {one.id: one.id for one in fields} | dict(ids_by_column(fields))
    left_out = {*asked.ignore, *(name for name in asked.key if name not in names)}
    own = {name: names[name] for name in frame.columns if name not in left_out}
    if len(set(own.values())) < len(own):
        raise NoColumnForm("a field has two columns")
    return RecordTable(frame, asked.key, own)
