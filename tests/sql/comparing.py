"""Whether a printed query gives the values of the scalar engine, row by row."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import pyarrow as pa

from kpirules import Program, assess_table
from kpirules.engines.integers.program import MOST_DECIMALS, MOST_WHOLE
from kpirules.engines.sql import NoSqlForm
from kpirules.rating.columns import columns_of
from kpirules.rating.tables import rows_of
from kpirules.testing.engines import Database, is_same

__all__ = ["ROW", "differences", "shown"]

ROW = "row_number"
"""The key of the rows."""

OF_COHORT = ("KR641", "KR650", "KR651", "KR857")
"""What leaves a whole cohort unrated."""

KINDS = {
    pa.float64(): "double",
    pa.float32(): "real",
    pa.bool_(): "boolean",
    pa.string(): "text",
    pa.date32(): "date",
    **{getattr(pa, name)(): "integer" for name in ("int8", "int16", "int32", "int64", "uint64")},
}


@lru_cache(4)
def shown(program: Program, dialect: str) -> list[str]:
    """Return the columns that a table may have and that have a form in a dialect."""
    told = {name for name, result in program.integers.results.items() if result.is_given_by_steps}
    known = [name for name in columns_of(program.rulebook) if name in told]
    records = {id_: f"{id_}_table:{ROW}" for id_ in program.integers.records}

    def have_form(columns: list[str]) -> bool:
        try:
            program.sql(dialect=dialect, table="people", key=ROW, records=records, columns=columns, allocate=False)
        except NoSqlForm:
            return False
        return True

    def halved(columns: list[str]) -> list[str]:
        if have_form(columns):
            return columns
        half = len(columns) // 2
        return [*halved(columns[:half]), *halved(columns[half:])] if half else []

    return halved(known)


def differences(
    database: Database,
    program: Program,
    table: pa.Table,
    names_to_add: list[str] | None = None,
    *,
    allocate: bool = True,
) -> list[str]:
    """Return what differs between a query and the scalar engine.

    Args:
        database: runs the query.
        program: the rules.
        table: the subjects, each column of a type that a database has.
        names_to_add: the columns to add; by default those of `Program.sql`.
        allocate: whether quotas apply.
    """
    rows = rows_of(table)
    if database.name == "sqlite":  # it stores no NaN
        rows = [{name: _without_nan(cell) for name, cell in row.items()} for row in rows]
    variables = {variable.id: variable for variable in program.integers.inputs}
    lists = {name for name in table.column_names if name in program.integers.records}
    tables, records = {}, {}
    for id_ in lists:
        # A table of records has no absent list, and no absent record.
        for row in rows:
            row[id_] = [] if row[id_] is None or None in row[id_] else row[id_]
        own = table.schema.field(id_).type.value_type
        names = {one.id: one.column or one.id for one in program.integers.records[id_]}
        kinds = {ROW: "integer"} | {names[own[at].name]: _kind(own[at].type) for at in range(own.num_fields)}
        cells = [
            [number, *(_stored(one.get(own[at].name), _kind(own[at].type)) for at in range(own.num_fields))]
            for number, row in enumerate(rows)
            for one in row[id_]
        ]
        if len(kinds) < len(names) + 1:
            kinds |= {name: "integer" for id_, name in names.items() if name not in kinds}
            cells = [[*one, *[None] * (len(kinds) - len(one))] for one in cells]
        tables[f"{id_}_table"] = kinds, cells
        records[id_] = f"{id_}_table:{ROW}"
    plain = [name for name in table.column_names if name not in lists]
    named = {name: variables[name].column or name for name in plain if name in variables}
    kinds = {ROW: "integer"} | {named.get(name, name): _kind(table.schema.field(name).type) for name in plain}
    query = program.sql(
        dialect=database.name,
        table="people",
        key=ROW,
        records=records,
        columns=names_to_add,
        absent=sorted(set(variables).difference(table.column_names)),
        allocate=allocate,
    )
    stored = [
        [number, *(_stored(row[name], _kind(table.schema.field(name).type)) for name in plain)]
        for number, row in enumerate(rows)
    ]
    found = sorted(database.run({"people": (kinds, stored), **tables}, query), key=lambda row: row[ROW])
    ignore = [name for name in table.column_names if name not in variables]
    wanted = [name for name in (found[0] if found else {}) if name not in (ROW, "error")]
    expected = assess_table(
        program,
        rows,
        columns=[*dict.fromkeys((*wanted, "status"))],
        ignore=ignore,
        on_error="report",
        engine="scalar",
        allocate=allocate,
    )
    entered = {one.id for one in program.rulebook.criteria()}
    told = []
    excused = {
        number
        for number, (row, one) in enumerate(zip(found, expected, strict=True))
        if _is_beyond(row["error"], rows[number])
        or (one.get("status") == "undefined" and "it reads an undefined row" in (row["error"] or ""))
        or _is_asked_early(row["error"], one, program.integers.asked)
    }
    for number, (row, one) in enumerate(zip(found, expected, strict=True)):
        if number in excused or (excused and "KR857" in (row["error"] or "")):
            continue
        if not _is_same_error(row["error"], one["error"], entered) and not _is_of_another_record(
            program, rows[number], row["error"], ignore
        ):
            told.append(f"row {number}: error {row['error']!r} != {one['error']!r}: {rows[number]}")
        told += [
            f"row {number}: {name} {row[name]!r} != {one[name]!r}: {rows[number]}"
            for name in wanted
            if not is_same(row[name], one[name])
        ]
    return told


def _is_beyond(error: str | None, row: dict[str, Any]) -> bool:
    """Return whether a query refuses a number that it does not hold, and the row has one in that cell."""
    asked = re.match("KR630 `([^`]*)` is beyond what a query holds(?: in a record of `([^`]*)`)?", error or "")
    if asked is None:
        return False
    cells = [one.get(asked[1]) for one in row[asked[2]]] if asked[2] else [row[asked[1]]]
    numbers = [Fraction(str(one)) for one in cells if isinstance(one, int | float | Decimal)]
    return any(abs(one) > MOST_WHOLE or (one * 10**MOST_DECIMALS).denominator > 1 for one in numbers)


def _is_asked_early(error: str | None, rated: dict[str, Any], asked: Mapping[str, int]) -> bool:
    """Return whether a query asks for an input that a choice or a function of an exemption does not read after all.

    A subject that lacks a required input is undefined only if an exemption meets an undefined row first.
    """
    name = re.match("KR602 `([^`]*)`", error or "")
    is_exempt = rated["error"] is None and rated.get("status") != "rated"
    is_faulty = str(rated["error"]).startswith("KR62")
    return (is_exempt or is_faulty) and name is not None and name[1] in asked


def _is_of_another_record(program: Program, row: dict[str, Any], error: str | None, ignore: list[str]) -> bool:
    """Return whether an error is told if another record of the row comes first; in a query they have no order."""
    if not str(error).startswith("KR62"):
        return False
    others = [
        {**row, name: [*records[place:], *records[:place]]}
        for name in program.integers.records
        if len(records := row.get(name) or []) > 1
        for place in range(1, len(records))
    ]
    rated = [assess_table(program, [one], ignore=ignore, on_error="report", engine="scalar") for one in others]
    return any(_is_same_error(error, one["error"], ()) for (one,) in rated)


def _without_nan(cell: Any) -> Any:
    if isinstance(cell, list):
        return [None if one is None else {name: _without_nan(part) for name, part in one.items()} for one in cell]
    return None if isinstance(cell, float) and math.isnan(cell) else cell


def _kind(type_: pa.DataType) -> str:
    if pa.types.is_dictionary(type_):
        return _kind(type_.value_type)
    return f"decimal {type_.precision} {type_.scale}" if pa.types.is_decimal(type_) else KINDS[type_]


def _stored(cell: Any, kind: str) -> Any:
    """Return a cell for a column; a float of 32 bits is widened to its decimal by kpirules."""
    if kind == "integer" and isinstance(cell, Decimal):
        return int(cell)
    if kind in ("real", "double") and isinstance(cell, Decimal):
        return float(cell)
    return cell


def _is_same_error(told: str | None, error: str | None, entered: Collection[str]) -> bool:
    """Return whether an error of a query is one of the problems that kpirules tells.

    Args:
        told: the error of the query.
        error: the problems.
        entered: the criteria, whose points may be entered.
    """
    if told is None or error is None:
        return told is None and error is None
    code, subject, *_ = told.split()
    if code in OF_COHORT:  # a query tells every row of a cohort the same
        return any(one in error for one in OF_COHORT)
    if code.startswith("KR62") and any(one in error for one in OF_COHORT):
        return True  # a cohort with an error is not rated, so that the scalar engine finds no fault
    # The query does not tell a wrong type from a wrong value, nor points that are missing from those without need.
    codes = {"KR604": ("KR603", "KR604"), "KR606": ("KR606", "KR602")}.get(code, (code,))
    if code.startswith("KR62") or "it reads an undefined row" in told:
        # A query stops there; kpirules looks for failed validations and for what is wrong with entered points too.
        codes = (code, "KR605", "KR606", *(f"KR602 `{id_}` is not given" for id_ in entered))
    if code in ("KR602", "KR604"):
        return any(re.search(f"{one} {re.escape(subject)} ", error) for one in codes)
    return any(one in error for one in codes)
