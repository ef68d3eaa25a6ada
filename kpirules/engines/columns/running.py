"""Computes the printed columns: in Polars if it is installed, else in the library of the table."""

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
    rows: dict[str, Any] = {}
    long: dict[str, Any] = {}
    for id_, listed in printing.lists.items():
        is_whole = count >= len(subjects.frame)
        own = _records_of_rows(listed.frame.to_native(), start, start + count, is_whole=is_whole)
        rows[id_] = _shifted(own[ROW], start)
        long[id_] = own.lazy().select(rows[id_], **printing.tables[id_].of_phase(0)[0])
    always = [ROW, *added]
    for phase in range(printing.last_phase + 1):
        working = found.lazy()
        for stage in subjects.of_phase(phase)[phase == 0 :]:
            working = working.with_columns(**stage)
        if phase == printing.last_phase:
            return _collected(working.select(**last))
        names = working.collect_schema().names()
        found = _collected(working.select(*always, *(name for name in subjects.carried if name in names)))
        combined: list[Any] = []
        for id_, table in printing.tables.items():
            if not id_:
                continue
            records, known = long[id_], long[id_].collect_schema().names()
            read = {name for number in printing.read_by[id_] for name in printing.columns_of[number]}
            if more := [name for name in found.columns if name in read and name not in known]:
                records = lib().concat([records, found.select(more)[rows[id_]].lazy()], how="horizontal")
            for stage in table.of_phase(phase)[phase == 0 :]:
                records = records.with_columns(**stage)
            columns, methods = printing.over(id_, phase)
            if phase + 1 < printing.last_phase:
                names = records.collect_schema().names()
                kept = (name for name in (ROW, *table.carried, *more) if name in names)
                records = _collected(records.select(*kept, **columns)).lazy()
                long[id_] = records.drop(*columns)
                columns = {name: lib().col(name) for name in columns}
            if columns:
                combined += _combined(_collected(records.select(**columns)), rows[id_], methods, len(found))
                always += [name for name in (refused_of(id_, phase),) if name in columns]
        found = found.hstack(combined)
    raise AssertionError("the last phase returns")


def _shifted(rows: Any, start: int) -> Any:
    """Return indexes of rows relative to a first row."""
    if not start:
        return rows
    return (rows - start).set_sorted() if rows.flags["SORTED_ASC"] else rows - start


def _combined(values: Any, rows: Any, methods: Mapping[str, str], count: int) -> list[Any]:
    """Return the combined values of the records of each subject, null or false for one without records.

    Args:
        values: the values of records.
        rows: the row of the subject of each record.
        methods: how the values of each column are combined.
        count: the number of subjects.
    """
    if len(rows) and rows[-1] < 0:
        rows, values = rows[:-1], values[:-1]  # a record of no row
    found = []
    for name in (name for name, method in methods.items() if method == "any"):
        flags = lib().repeat(value=False, n=count, dtype=lib().Boolean, eager=True).alias(name)
        found.append(flags.scatter(rows.filter(values[name]), True))
    columns = {name: method for name, method in methods.items() if method != "any"}
    return found + _by_row(values.select(*columns), rows, columns, count) if columns else found


def _by_row(values: Any, rows: Any, methods: Mapping[str, str], count: int) -> list[Any]:
    """Return the combined numbers of the records of each subject, null for one without records."""
    records = values.rechunk().with_columns(rows.alias(ROW))
    if rows.flags["SORTED_ASC"]:
        # Records in order are lists without being moved: this takes a third of the time of hashing.
        lists = records.group_by(ROW, maintain_order=True).agg(lib().all())
        by_row = lists.select(ROW, *(getattr(lib().col(name).list, method)() for name, method in methods.items()))
    else:
        aggregates = [getattr(lib().col(name), method)() for name, method in methods.items()]
        by_row = _collected(records.lazy().group_by(ROW).agg(*aggregates))
    own = by_row[ROW]
    if not own.equals(lib().int_range(count, dtype=lib().Int64, eager=True)):
        # This is a tenth of the work of a join.
        places = lib().repeat(None, count, dtype=lib().Int64, eager=True)
        places = places.scatter(own, lib().int_range(len(own), dtype=lib().Int64, eager=True))
        by_row = by_row.select(lib().all().gather(places))
    return list(by_row.drop(ROW))


def _computed(frame: nw.DataFrame[Any], columns: Mapping[str, Any]) -> Any:
    """Return some columns of a table, computed by Polars lazily, or else by narwhals."""
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
    found = frame
    if not is_whole and frame[ROW].flags["SORTED_ASC"]:
        first, after = (frame[ROW].search_sorted(row) for row in (start, end))
        found = frame[first:after]
    elif not is_whole:
        found = frame.filter(lib().col(ROW).is_between(start, end, closed="left"))
    if len(found) == 1:
        # Polars divides a column of one row by a single number: a second record belongs to no row.
        found = lib().concat([found, found.with_columns(lib().lit(start - 1, lib().Int64).alias(ROW))])
    return found
