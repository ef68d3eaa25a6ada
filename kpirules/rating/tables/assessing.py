"""Rates every row of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, overload

from ...diagnostics import listed
from ..assessing.together import is_rated_together
from ..program import Program
from .arrays import is_modin, is_record_batch, rated_arrays, rated_modin, rated_record_batch
from .asked import Asked, chosen, names_of
from .by_columns import frame_by_columns
from .by_rows import member_names, values_of
from .column_form import NoColumnForm
from .elsewhere import Job
from .frames import as_frame, columns_in, frame_rows, rows_in
from .joining import check_keys, joined_records
from .lazily import is_lazy, lazy_frame
from .series import kinds_of, series_of

__all__ = ["assess_table"]

ENGINES = ("columns", "scalar", "reference")

FEWEST_ROWS = 1_000
"""Minimum rows of a table that is rated by columns unless they are asked for."""


class Frame(Protocol):
    """A data frame of pandas, Polars, PyArrow, Modin, Spark or Dask, or a relation of DuckDB."""

    @property
    def columns(self) -> Any:
        """Its columns, or their names."""


FrameT = TypeVar("FrameT", bound=Frame)


@overload
def assess_table(
    program: Program,
    table: Iterable[Mapping[str, Any]],
    *,
    key: str | Sequence[str] = ...,
    ignore: str | Sequence[str] = ...,
    records: Mapping[str, Any] | None = ...,
    columns: Sequence[str] | None = ...,
    language: str | None = ...,
    on_error: str = ...,
    allocate: bool = ...,
    engine: str | None = ...,
) -> list[dict[str, Any]]: ...


@overload
def assess_table(
    program: Program,
    table: Mapping[str, Any],
    *,
    key: str | Sequence[str] = ...,
    ignore: str | Sequence[str] = ...,
    records: Mapping[str, Any] | None = ...,
    columns: Sequence[str] | None = ...,
    language: str | None = ...,
    on_error: str = ...,
    allocate: bool = ...,
    engine: str | None = ...,
) -> dict[str, Any]: ...


@overload
def assess_table(
    program: Program,
    table: FrameT,
    *,
    key: str | Sequence[str] = ...,
    ignore: str | Sequence[str] = ...,
    records: Mapping[str, Any] | None = ...,
    columns: Sequence[str] | None = ...,
    language: str | None = ...,
    on_error: str = ...,
    allocate: bool = ...,
    engine: str | None = ...,
) -> FrameT: ...


def assess_table(
    program: Program,
    table: Any,
    *,
    key: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
    columns: Sequence[str] | None = None,
    language: str | None = None,
    on_error: str = "raise",
    allocate: bool = True,
    engine: str | None = None,
) -> Any:
    """Rate every row of a table, and return the table with the ratings.

    Rows that the rulebook compares, or that share a quota, are rated together: the table must hold all of them. If
    one can't be assessed, its cohort stays unrated, because a quota without one member is a different quota.

    Args:
        program: a compiled rulebook.
        table: subjects: an iterable of mappings; a data frame of pandas, Polars, PyArrow or Modin, or a record
            batch; a mapping of columns to arrays; or what is lazy: a lazy frame of Polars, Spark or Dask, a relation
            of DuckDB, or a record batch reader. Each column is an input, or in `key` or `ignore`. Missing values of a
            data frame are absent.
        key: the columns that identify rows; they are inputs only if the rulebook has such. Without it, messages
            refer to rows by index.
        ignore: columns that are not inputs.
        records: by list input, a second table with one record a row, joined by the columns of `key`. A row without
            records gets an empty list.
        columns: the columns to add, in order: `status`, `score`, `band`, `exact_score`, `band_label`, `margin_up`,
            `margin_down`, `margin_up_open`, `margin_down_open`, `rounding_decided`, `because`, `overrides` (all that
            fired), `decided_by` (the deciding ones), `requirements` (of bands, that were asked and failed, such as
            `good.on_time`), `quotas` (that moved the row, or left it undecided), `points.ID`, `share.ID`, `let.ID`,
            `outputs.ID`. By default `status`, and `score` and `band` if the rulebook has them.
        language: a tag such as `vi`: `band` then has the label of the band in this language, or its id without one,
            and `band_label` is in this language.
        on_error: `raise`, or `report`: a row that can't be assessed has the reason in the column `error` and no
            rating; the others of its cohort name that row (KR857). A lazy frame needs `report`.
        allocate: whether the rulebook's quotas apply; if not, bands are those before quotas.
        engine: `columns` rates the columns of a data frame at once, which is faster, and gives equal ratings; rows
            that it can't rate exactly go to the scalar engine. `scalar` and `reference` rate row by row, as for
            `assess`. By default `columns` if the table has a column form (`Program.column_plan`) and enough rows to
            gain by it, else `scalar`.

    Returns:
        A list of dicts, a dict of arrays, or a data frame of the given kind. Numbers are exact in lists of dicts; in
        a data frame each is the nearest double, which ratings never depend on. A lazy frame rates its rows when it
        is computed: Spark and DuckDB by the query of `Program.sql` if there is one. Then `error` has the first
        problem of a row only, and does not name the row that leaves a cohort unrated. Else Spark and Dask rate
        batches, and a relation of DuckDB is computed at once; one with records always is.

    Raises:
        SubjectError: if rows can't be assessed, with every problem of each; its path begins with the row, counted
            from 0.
        FaultError: if the rows are valid, and a number of one has no value.
        RulebookError: if nothing chooses the edition of the rows.
        ValueError: if a column is neither an input nor named, or has the name of an added column; if records are
            both in a row and in a table, or match no row; if a number is too large for a data frame; if `columns` is
            asked for and impossible.
        TypeError: if the table is neither rows nor a data frame, or a key is not hashable.
        ImportError: if a data frame is given without the extra `table`.

    >>> from kpirules import load
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 7}},
    ...     "criteria": {"work": {"max": 100, "rate": "done / 7"}},
    ...     "score": {"round": {"places": 1}, "band_on": "rounded"},
    ...     "bands": {"good": {"from": 50}, "poor": {"from": 0}},
    ... })
    >>> for row in assess_table(program, [{"name": "An", "done": 3}, {"name": "Bình", "done": 4}], key="name"):
    ...     print(row["name"], row["score"], row["band"])
    An 42.9 poor
    Bình 57.1 good
    """
    _check_options(on_error, engine)
    rulebook = program.settled().gathered
    asked = Asked(
        rulebook, names_of(key), names_of(ignore), chosen(rulebook, columns, language), on_error == "report", allocate
    )

    def rated(batch: Any, of_batch: Mapping[str, Any] | None) -> Any:
        return assess_table(
            program,
            batch,
            key=asked.key,
            ignore=asked.ignore,
            records=of_batch,
            columns=[column.name for column in asked.chosen],
            language=language,
            on_error=on_error,
            allocate=allocate,
            engine=engine,
        )

    if isinstance(table, Mapping):
        return rated_arrays(table, lambda frame: rated(frame, records))
    if is_record_batch(table):
        return rated_record_batch(table, lambda whole: rated(whole, records))
    if is_modin(table):
        return rated_modin(table, lambda whole: rated(whole, records))
    if is_lazy(table):
        is_by_query = engine is None and language is None
        is_together = is_rated_together(program, is_allocated=allocate)
        return lazy_frame(Job(asked, program.settled(), table, records or {}, rated, is_by_query, is_together))
    frame = as_frame(table)
    if engine == "columns" or (engine is None and frame is not None and len(frame) >= FEWEST_ROWS):
        try:
            return frame_by_columns(asked, program, frame, records, is_asked=engine is not None).to_native()
        except NoColumnForm as found:
            if engine == "columns":
                raise ValueError(f"the table can't be rated by columns: {found}") from None
    return _row_by_row(asked, program, table, frame, records, engine or "scalar")


def _check_options(on_error: str, engine: str | None) -> None:
    if on_error not in ("raise", "report"):
        raise ValueError(f'on_error is "raise" or "report", not {on_error!r}')
    if engine not in (None, *ENGINES):
        raise ValueError(f"there is no engine `{engine}`: there are {listed(ENGINES, 'and')}")


def _row_by_row(
    asked: Asked, program: Program, table: Any, frame: Any, records: Mapping[str, Any] | None, engine: str
) -> Any:
    """Rate a table by an engine that rates one row after the other; `frame` is None for rows without a data frame."""
    if engine == "reference" and is_rated_together(program, is_allocated=asked.is_allocated):
        raise ValueError("the reference engine rates no table whose rows are rated together")
    rows = rows_in(table) if frame is None else frame_rows(frame)
    asked.check_columns(columns_in(rows, frame), "the table")
    joined = joined_records(asked, records)
    check_keys(asked, rows, joined)
    added = values_of(asked, program, list(enumerate(rows)), member_names(asked, rows), joined, engine)
    if frame is None:
        return [{**row, **values} for row, values in zip(rows, added, strict=True)]
    kinds = kinds_of(program)
    series = [series_of(column, kinds.get(column.name, column.kind), added, frame) for column in asked.columns]
    return frame.with_columns(*series).to_native()
