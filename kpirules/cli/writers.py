"""Writes ratings one by one as a table, CSV, JSONL or JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol, TextIO

from attrs import define, field

from ..kernel.exact import approximate_text
from ..kernel.visible import neutral
from ..kernel.widths import width
from ..record import Assessment
from .columns import Column, exact_text, line_of
from .subjects import Row

__all__ = ["Writer", "writer"]


class Writer(Protocol):
    """Writes ratings in the order of their subjects."""

    def write(self, row: Row, assessment: Assessment) -> None:
        """Write one rating."""

    def end(self) -> None:
        """Write the end of the output."""


def writer(format_: str, out: TextIO, columns: tuple[Column, ...], key: tuple[str, ...], formulas: str) -> Writer:
    """Return the writer of a format.

    Args:
        format_: `table`, `csv`, `jsonl` or `json`.
        out: the stream it writes to.
        columns: the columns of a table or CSV.
        key: the columns of the key.
        formulas: the value of `--csv-formulas`.
    """
    match format_:
        case "csv":
            return _Csv(out, columns, formulas)
        case "jsonl":
            return _Jsonl(out, key)
        case "json":
            return _Json(out, key)
        case _:
            return _Table(out, columns)


@define
class _Csv:
    out: TextIO
    columns: tuple[Column, ...]
    formulas: str

    def __attrs_post_init__(self) -> None:
        self.out.write(line_of((column.name for column in self.columns), self.formulas))

    def write(self, row: Row, assessment: Assessment) -> None:
        self.out.write(line_of((column.of(row, assessment) for column in self.columns), self.formulas))

    def end(self) -> None:
        """Do nothing: every line is already written."""


def _record(row: Row, assessment: Assessment, key: tuple[str, ...]) -> dict[str, Any]:
    """Return the whole record of a subject, with its key."""
    identity = {"key": dict(zip(key, row.key, strict=True))} if key else {"row": row.number}
    return {**identity, "assessment": assessment.to_data()}


@define
class _Jsonl:
    out: TextIO
    key: tuple[str, ...]

    def write(self, row: Row, assessment: Assessment) -> None:
        self.out.write(json.dumps(_record(row, assessment, self.key), ensure_ascii=False) + "\n")

    def end(self) -> None:
        """Do nothing: every line is already written."""


@define
class _Json:
    out: TextIO
    key: tuple[str, ...]
    is_empty: bool = True

    def write(self, row: Row, assessment: Assessment) -> None:
        record = json.dumps(_record(row, assessment, self.key), ensure_ascii=False, indent=2)
        self.out.write(("[\n" if self.is_empty else ",\n") + record)
        self.is_empty = False

    def end(self) -> None:
        self.out.write("[]\n" if self.is_empty else "\n]\n")


@define
class _Table:
    """A table; column widths depend on all rows, so nothing is written before the end."""

    out: TextIO
    columns: tuple[Column, ...]
    lines: list[list[str]] = field(factory=list)
    numeric: list[bool] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.lines.append([neutral(column.name) for column in self.columns])
        self.numeric = [False] * len(self.columns)

    def write(self, row: Row, assessment: Assessment) -> None:
        values = [column.of(row, assessment) for column in self.columns]
        for index, value in enumerate(values):
            self.numeric[index] |= isinstance(value, int | Fraction | Decimal) and not isinstance(value, bool)
        self.lines.append([_brief(value) for value in values])

    def end(self) -> None:
        widths = [max(width(line[index]) for line in self.lines) for index in range(len(self.columns))]
        rule = ["─" * columns for columns in widths]
        for line in (self.lines[0], rule, *self.lines[1:]):
            cells = [self.cell(index, text, widths[index]) for index, text in enumerate(line)]
            self.out.write("  ".join(cells).rstrip() + "\n")

    def cell(self, index: int, text: str, columns: int) -> str:
        blanks = " " * (columns - width(text))
        return blanks + text if self.numeric[index] else text + blanks


def _brief(value: object) -> str:
    """Return a value for a person: a number with at most six decimals, marked if rounded."""
    if isinstance(value, Fraction | Decimal):
        return approximate_text(Fraction(value))
    return neutral(exact_text(value))
