"""Batches of rows: cells as the inputs of a rulebook type them, and the rows that do not fit these types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pyarrow as pa
from attrs import field, frozen

from ..documents.cells import typed
from ..kernel.csv_lines import unshielded
from ..kernel.exact import from_value
from ..language.model import BooleanDomain, DateDomain, Domain, Input, ListDomain, NumberDomain
from .json_text import json_text

__all__ = ["JSON", "Batch", "domains_of", "of_rows", "of_table", "of_texts"]

WIDEST, DIGITS = 38, 18
"""Digits of a decimal, and those up to which cells are read as columns."""

JSON = {b"kpirules": b"json"}
"""The mark of a column whose texts are JSON."""

MOST_PLACES = 6
"""Decimal places of a number whose rulebook declares none; a cell with more is rated by itself."""


@frozen
class Batch:
    """Rows of a file.

    Args:
        table: the columns to write beside the ratings.
        given: the columns to rate, by the same names.
        odd: by index, the rows with a cell that no column of `given` can hold; there it is null.
    """

    table: pa.Table
    given: pl.DataFrame
    odd: Mapping[int, Mapping[str, Any]] = field(factory=dict)

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows as mappings."""
        return [{**row, **self.odd.get(number, {})} for number, row in enumerate(self.given.iter_rows(named=True))]


def domains_of(inputs: Iterable[Input]) -> dict[str, Domain]:
    """Return the domain of each input by its id, and by the other name of its column."""
    return {name: one.domain for one in inputs for name in (one.id, one.column) if name}


def of_table(table: pa.Table) -> Batch:
    """Return a batch of a table that has types."""
    fields = [
        field.with_type(pa.decimal128(WIDEST, field.type.scale)) if pa.types.is_decimal256(field.type) else field
        for field in table.schema
    ]
    given = pl.from_arrow(table.cast(pa.schema(fields)))
    if not isinstance(given, pl.DataFrame):
        raise TypeError("a table has columns")
    return Batch(table, given)


def of_texts(table: pa.Table, domains: Mapping[str, Domain], *, is_copied: bool) -> Batch:
    """Return a batch of a table of texts, such as CSV.

    Args:
        table: the cells as they are written.
        domains: the domains of inputs, by column.
        is_copied: whether texts are written as they were read; else as what they say.
    """
    texts = pl.DataFrame([_unshielded(column) for column in of_table(table).given.iter_columns()])
    values = [_read(texts[name], domains.get(name)) for name in texts.columns]
    is_odd = pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)
    for place, name in enumerate(texts.columns):
        is_unread = values[place].is_null() & (texts[name].str.strip_chars() != "")
        if is_unread.any():
            domain, numbers = domains.get(name), is_unread.arg_true()
            held = [_held(domain, _cell(domain, cell)) for cell in texts[name][numbers]]
            values[place] = values[place].scatter(numbers, pl.Series(held, dtype=values[place].dtype))
            is_odd |= is_unread & values[place].is_null()
    given = pl.DataFrame(values)
    odd = {
        number: {name: _cell(domains.get(name), cell) for name, cell in texts.row(number, named=True).items()}
        for number in is_odd.arg_true()
    }
    return Batch((texts if is_copied else _copied(given, odd, domains)).to_arrow(), given, odd)


def of_rows(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], domains: Mapping[str, Domain], *, is_copied: bool = False
) -> Batch:
    """Return a batch of mappings, such as lines of JSON.

    Args:
        rows: values by column.
        names: all columns.
        domains: the domains of inputs, by column.
        is_copied: whether values are written as JSON, as they were read; else as columns hold them.
    """
    columns, odd = [], dict[int, Mapping[str, Any]]()
    for name in names:
        domain = domains.get(name)
        values = [row.get(name) for row in rows]
        held = [_held(domain, value) for value in values]
        for number, (value, kept) in enumerate(zip(values, held, strict=True)):
            if kept is None and value is not None:
                odd[number] = {name: value for name, value in rows[number].items() if name in domains}
        columns.append(pl.Series(name, held, dtype=_dtype(domain)))
    given = pl.DataFrame(columns)
    return Batch(_as_json(rows, names) if is_copied else _copied(given, odd, domains).to_arrow(), given, odd)


def _as_json(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> pa.Table:
    """Return the columns to write to JSONL; a value that a row does not have is null."""
    columns = [[json_text(row[name]) if name in row else None for row in rows] for name in names]
    fields = [pa.field(name, pa.large_string(), metadata=JSON) for name in names]
    return pa.table(columns, pa.schema(fields))


def _copied(given: pl.DataFrame, odd: Mapping[int, Mapping[str, Any]], domains: Mapping[str, Domain]) -> pl.DataFrame:
    """Return the columns to write: numbers without declared `decimals` as doubles, and the cells of odd rows."""
    columns = []
    for name in given.columns:
        domain, column = domains.get(name), given[name]
        is_open = isinstance(domain, NumberDomain) and not _is_declared(domain)
        if is_open:
            column = column.cast(pl.Float64())
        for number in odd:
            if column[number] is None and (value := odd[number].get(name)) is not None:
                held = _double(value) if is_open else _held(domain, value)
                column = column.scatter(number, held) if held is not None else column
        columns.append(column)
    return pl.DataFrame(columns)


def _dtype(domain: Domain | None) -> Any:
    """Return the type of a column that holds the values of an input exactly."""
    match domain:
        case NumberDomain(is_integer=True):
            return pl.Int64()
        case NumberDomain():
            return pl.Decimal(WIDEST, _places(domain))
        case BooleanDomain():
            return pl.Boolean()
        case DateDomain():
            return pl.Date()
        case ListDomain(fields=fields):
            return pl.List(pl.Struct({one.id: _dtype(one.domain) for one in fields}))
    return pl.String()


def _places(domain: NumberDomain) -> int:
    """Return the decimal places of a column that holds the values of an input."""
    if not _is_declared(domain):
        return MOST_PLACES
    return next(places for places in range(WIDEST) if 10**places % domain.denominator == 0)


def _is_declared(domain: NumberDomain) -> bool:
    return domain.is_integer or domain.decimals is not None or domain.step is not None


# -- texts ----------------------------------------------------------------------------------------


def _unshielded(texts: pl.Series) -> pl.Series:
    """Return a column without the apostrophes that keep a spreadsheet from reading texts as formulas."""
    is_shielded = texts.str.starts_with("'")
    return texts.scatter(is_shielded.arg_true(), [unshielded(cell) for cell in texts.filter(is_shielded)])


def _read(texts: pl.Series, domain: Domain | None) -> pl.Series:
    """Return a column of texts by the type of its input; null for a cell that it can't hold."""
    bare = texts.str.strip_chars()
    match domain:
        case NumberDomain():
            places = _places(domain)
            fraction = rf"(\.[0-9]{{1,{places}}})?" if places else ""
            return _where(bare, rf"^-?[0-9]{{1,{DIGITS - places}}}{fraction}$").cast(_dtype(domain))
        case BooleanDomain():
            return bare.str.to_lowercase().replace_strict(
                {"true": True, "false": False}, default=None, return_dtype=pl.Boolean()
            )
        case DateDomain():
            days = _where(bare, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$").str.to_date("%Y-%m-%d", strict=False)
            return days.set(days.dt.year() < 1, None)
        case None:
            return texts
    return texts.set(texts == "", None)


def _where(texts: pl.Series, pattern: str) -> pl.Series:
    return texts.set(~texts.str.contains(pattern), None)


def _cell(domain: Domain | None, cell: str | None) -> Any:
    return cell if cell is None or domain is None else typed(domain, cell)


# -- values ---------------------------------------------------------------------------------------


def _held(domain: Domain | None, value: Any) -> Any:
    """Return a value as a column of its input holds it, None if it can't."""
    match domain:
        case NumberDomain() if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
            return None if (exact := from_value(value)) is None else _number(domain, exact)
        case BooleanDomain() if isinstance(value, bool):
            return value
        case DateDomain() if isinstance(value, str):
            return _date(value)
        case DateDomain() if type(value) is date:
            return value
        case ListDomain() if isinstance(value, list):
            records = [_record(domain, record) for record in value]
            return None if None in records else records
        case None:
            return value if value is None or isinstance(value, str) else json_text(value).strip('"')
        case NumberDomain() | BooleanDomain() | DateDomain() | ListDomain():
            return None
    return value if isinstance(value, str) else None


def _double(value: Any) -> float | None:
    try:
        return None if (exact := from_value(value)) is None else float(exact)
    except OverflowError:
        return None


def _number(domain: NumberDomain, value: Fraction) -> int | Decimal | None:
    places = _places(domain)
    scaled = value * 10**places
    if scaled.denominator != 1 or abs(scaled) >= 10**DIGITS:
        return None
    return scaled.numerator if domain.is_integer else Decimal(scaled.numerator).scaleb(-places)


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None


def _record(domain: ListDomain, record: Any) -> dict[str, Any] | None:
    """Return a record as a column of records holds it."""
    domains = {one.id: one.domain for one in domain.fields}
    if not isinstance(record, Mapping) or not record.keys() <= domains.keys():
        return None
    held = {name: _held(domains[name], value) for name, value in record.items()}
    return None if any(held[name] is None is not value for name, value in record.items()) else held
