"""Computes printed columns in the library that computes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from .library import Expr, lib
from .printing import Printing, given_of, length_of, refused_of
from .records import ROW

__all__ = ["run"]


def run(printing: Printing, last: Mapping[str, Expr], start: int, count: int) -> nw.DataFrame[Any]:
    """Return the results of some rows.

    Args:
        printing: the printed steps.
        last: the printed results.
        start: the first row.
        count: the number of rows, at most.
    """
    frame = printing.tables[""].frame[start : start + count]
    if len(frame) == 1:
        # Polars divides a column of one row by a single number.
        frame = nw.concat([frame, frame])
        return _run(printing, last, frame, start, count)[:1]
    return _run(printing, last, frame, start, count)


def _run(
    printing: Printing, last: Mapping[str, Expr], frame: nw.DataFrame[Any], start: int, count: int
) -> nw.DataFrame[Any]:
    subjects = printing.tables[""]
    working = _computed(frame, subjects.stages[0, 0])
    if printing.lists:
        return nw.from_native(_run_with_records(printing, last, _collected(working), start, count), eager_only=True)
    for stage in subjects.of_phase(0)[1:]:
        working = working.with_columns(**stage)
    return nw.from_native(_collected(working.select(**last)), eager_only=True)


def _run_with_records(printing: Printing, last: Mapping[str, Expr], whole: Any, start: int, count: int) -> Any:
    """Rate some rows with their records, all in Polars.

    This is long since each phase reads the columns that earlier phases have added to rows and records.
    """
    subjects, added = printing.tables[""], {}
    for id_, listed in printing.lists.items():
        cells = {length_of(id_): listed.length.to_native().cast(lib().Float64)}
        if listed.is_given is not None:
            cells[given_of(id_)] = listed.is_given.to_native()
        for name, series in cells.items():
            own = series[start : start + count]
            added[name] = own if len(own) == len(whole) else lib().concat([own, own])
    found = whole.with_columns(lib().int_range(len(whole), dtype=lib().Int64).alias(ROW), **added)
    long: dict[str, Any] = {}
    always = [ROW, *added]
    for phase in range(printing.last_phase + 1):
        working = found.lazy()
        for stage in subjects.of_phase(phase)[phase == 0 :]:
            working = working.with_columns(**stage)
        if phase == printing.last_phase:
            return _collected(working.select(**last))
        names = working.collect_schema().names()
        found = _collected(working.select(*always, *(name for name in subjects.carried if name in names)))
        for id_, listed in printing.lists.items():
            table = printing.tables[id_]
            joined = long.get(id_)
            if joined is None:
                is_whole = count >= len(subjects.frame)
                own_records = _records_of_rows(listed.frame.to_native(), start, start + count, is_whole=is_whole)
                joined = own_records.lazy().select(lib().col(ROW) - start, **table.of_phase(0)[0])
            known = joined.collect_schema().names()
            read = {name for number in printing.read_by[id_] for name in printing.columns_of[number]}
            more = [name for name in found.columns if name in read and name not in known]
            if more:
                joined = joined.join(found.lazy().select(ROW, *more), on=ROW, how="left")
            for stage in table.of_phase(phase)[phase == 0 :]:
                joined = joined.with_columns(**stage)
            names = joined.collect_schema().names()
            columns, aggregates = printing.over(id_, phase)
            records = _collected(
                joined.select(
                    ROW, *(name for name in (*table.carried, *more) if name in names and name != ROW), **columns
                )
            )
            long[id_] = records.lazy().drop(*columns)
            if columns:
                given = records.lazy().select(ROW, *columns).group_by(ROW).agg(*aggregates)
                found = _collected(found.lazy().join(given, on=ROW, how="left", maintain_order="left"))
                always += [name for name in (refused_of(id_, phase),) if name in columns]
    raise AssertionError("the last phase returns")


def _computed(frame: nw.DataFrame[Any], columns: Mapping[str, Any]) -> Any:
    """Return some columns of a table in the library that computes: lazily if that is Polars."""
    if lib() is not nw and frame.implementation.is_polars():
        return frame.to_native().lazy().select(**columns)
    found = frame.select(**columns)
    if frame.implementation.is_pandas():
        arrays = {name: _array(found[name]) for name in found.columns}
        return nw.from_dict(arrays, backend=frame.implementation) if lib() is nw else lib().LazyFrame(arrays)
    return found if lib() is nw else lib().from_arrow(found.to_native()).lazy()


def _array(series: nw.Series[Any]) -> Any:
    return series.to_arrow() if lib() is not nw and series.dtype == nw.String else series.to_numpy()


def _collected(frame: Any) -> Any:
    return frame if lib() is nw else frame.collect(engine="streaming")


def _records_of_rows(frame: Any, start: int, end: int, *, is_whole: bool) -> Any:
    """Return the records of some rows, or of all, as a frame of Polars."""
    own = lib().col(ROW)
    found = frame if is_whole else frame.filter((own >= start) & (own < end))
    if len(found) == 1:
        # Polars divides a column of one row by a single number: a second record belongs to no row.
        found = lib().concat([found, found.with_columns(lib().lit(start - 1, lib().Int64).alias(ROW))])
    return found
