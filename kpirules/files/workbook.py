"""Writes a workbook: a row a subject with its rating, and the same ratings as live formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import chain
from math import isfinite
from typing import Any, BinaryIO

import pyarrow as pa
from attrs import evolve

from ..engines.formulas import EXACT_BITS, ROW, Formulas, Wanted, formulas
from ..language.model import ChoiceDomain, Domain, NumberDomain
from ..rating.columns import columns_of
from ..rating.program import Program
from ..rating.tables.asked import ERROR
from .json_text import json_text
from .reading import FileError

__all__ = ["write_workbook"]

MOST_ROWS = 1_048_575
"""Rows of a sheet below its first one."""

MOST_COLUMNS = 16_384
"""Columns of a sheet."""

MOST_TEXT, MOST_LIST = 32_767, 255
"""Characters of a cell, and of the options that a cell offers."""

FIRST_DATE = date(1900, 3, 1)
"""The first day from which spreadsheets count alike."""

ZERO_DATE = date(1899, 12, 30)
"""The day that they count as 0."""

BEST, MIDDLE, WORST = (155, 214, 163), (251, 230, 154), (244, 169, 157)
"""The colours of bands, from best to worst."""

MOST_DIGITS = 15
"""Digits of a number that a cell shows."""

BANDS = ("band", "band_label")

SHEETS = ("Ratings", "Formulas", "Steps", "Notes")

HALF = 0.5

_SPLIT = re.compile('[,"]')
"""What an option that a cell offers can't have."""

FEWEST_LETTERS = 10
"""Letters that a column has room for."""


def write_workbook(program: Program, language: str | None, tables: Iterator[pa.Table], stream: BinaryIO) -> None:
    """Write rated rows as a workbook with the sheets Ratings, Formulas and Notes.

    Args:
        program: the rules.
        language: the language of bands, as for `assess_table`.
        tables: the rated rows, at least one table.
        stream: the file.

    Raises:
        FileError: if a sheet can't hold all rows.
        ImportError: without the extra `excel`.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise ImportError('Excel files need an extra: pip install "kpirules[excel]"') from None
    first = next(tables)
    # No text is read as a formula, a link or a number.
    as_texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(stream, {"constant_memory": True, **as_texts}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # the same rows are the same bytes
        sheets = _Sheets(book, program, language, first.column_names)
        for table in chain([first], tables):
            for row in table.to_pylist():
                sheets.write(row)
        sheets.end()


class _Sheets:
    """The sheets of a workbook; a subject has the same row on all of them.

    Args:
        book: the workbook.
        program: the rules.
        language: the language of bands.
        names: the columns of a row.
    """

    def __init__(self, book: Any, program: Program, language: str | None, names: list[str]) -> None:
        self.program, self.names, self.row = program, names, 0
        self.inputs = {name: one for one in program.gathered.inputs for name in (one.id, one.column) if name in names}
        self.formulas, self.reason = self._formulas(language)
        self.ratings, self.live, self.steps, self.notes = (book.add_worksheet(name) for name in SHEETS)
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        # LibreOffice shows a number that was computed from dates as a date, unless the cell has a format of its own.
        self.number = book.add_format({"num_format": "General;-General"})
        self.bold = book.add_format({"bold": True, "bottom": 1})
        self.other = book.add_format({"bg_color": "#ff5050", "bold": True})
        self.bands = {
            band: book.add_format({"bg_color": color}) for band, color in _colors(program, language).items()
        }
        pairs = [heading for name in self.formulas.results for heading in (name, f"{name}, as rated")]
        for sheet, headings in (
            (self.ratings, names),
            (self.live, [names[0], *pairs]),
            (self.steps, [names[0], *(step.name for step in self.formulas.steps)]),
        ):
            sheet.freeze_panes(1, 1)
            sheet.write_row(0, 0, headings, self.bold)
            for place, heading in enumerate(headings):
                sheet.set_column(place, place, max(len(heading) + 3, FEWEST_LETTERS))

    def _formulas(self, language: str | None) -> tuple[Formulas, str]:
        """Return the formulas, and why there are none."""
        program = self.program
        if program.parts:
            return Formulas(), "each row chooses its variant or edition"
        if program.is_compared or program.has_quotas:
            return Formulas(), "rows are rated together"
        known = columns_of(program.rulebook, language)
        if language is not None:
            known["band"] = evolve(known["band_label"], name="band")
        wanted = {
            name: Wanted(one.result, None if one.word is None else partial(one.word, program.legend))
            for name in self.names
            if (one := known.get(name)) is not None and name not in self.inputs
        }
        cells = {one.id: f"Ratings!{_cell(self.names.index(name))}" for name, one in self.inputs.items()}
        found = formulas(program.integers, wanted, cells, lambda place: f"Steps!{_cell(1 + place)}")
        if len(found.steps) >= MOST_COLUMNS:
            return Formulas(), f"they take {len(found.steps):,} intermediate values, and a sheet has fewer columns"
        return found, ""

    def write(self, row: Mapping[str, Any]) -> None:
        """Write a row of each sheet."""
        self.row += 1
        if self.row > MOST_ROWS:
            raise FileError(f"a sheet has at most {MOST_ROWS:,} rows below its first: write Parquet or CSV")
        for place, (name, value) in enumerate(row.items()):
            self._write(self.ratings, place, value, self.bands.get(value) if name in BANDS else None)
        for sheet in (self.live, self.steps):
            self._write(sheet, 0, row[self.names[0]])
        if row[ERROR] is not None:
            return
        for place, (name, formula) in enumerate(self.formulas.results.items()):
            value, is_day = row[name], isinstance(row[name], date)
            format_ = self.day if is_day else self.number
            cached = (value - ZERO_DATE).days if is_day else "" if value is None else value
            self.live.write_formula(self.row, 1 + 2 * place, formula.of(self.row + 1), format_, cached)
            self._write(self.live, 2 + 2 * place, value)
        for place, formula in enumerate(self.formulas.steps, start=1):
            self.steps.write_formula(self.row, place, formula.of(self.row + 1), self.number, "")

    def _write(self, sheet: Any, place: int, value: Any, format_: Any = None) -> None:
        """Write a value; a text is never a formula."""
        if value is None or value != value:
            return  # not a number, which is missing
        if isinstance(value, bool):
            sheet.write_boolean(self.row, place, value, format_)
        elif isinstance(value, int | float | Decimal) and _is_held(value):
            sheet.write_number(self.row, place, float(value), format_)
        elif type(value) is date and value >= FIRST_DATE:
            sheet.write_datetime(self.row, place, datetime(value.year, value.month, value.day), self.day)
        else:
            text = value if isinstance(value, str) else json_text(value).strip('"')
            sheet.write_string(self.row, place, text[:MOST_TEXT], format_)

    def end(self) -> None:
        """Write the parts that depend on the number of rows: colours, limits of inputs, and notes."""
        self.ratings.autofilter(0, 0, self.row, len(self.names) - 1)
        for name, one in self.inputs.items():
            if self.row and (limits := _limits(one.domain)):
                place = self.names.index(name)
                self.ratings.data_validation(1, place, self.row, place, {**limits, "ignore_blank": True})
        for place, name in enumerate(self.formulas.results if self.row else ()):
            live, rated = f"${_column(1 + 2 * place)}2", f"${_column(2 + 2 * place)}2"
            differs = {"type": "formula", "criteria": f"={live}<>{rated}", "format": self.other, "stop_if_true": True}
            self.live.conditional_format(1, 1 + 2 * place, self.row, 2 + 2 * place, differs)
            if name in BANDS:
                for band, color in self.bands.items():
                    quoted = band.replace('"', '""')
                    rule = {"type": "cell", "criteria": "==", "value": f'"{quoted}"', "format": color}
                    self.live.conditional_format(1, 1 + 2 * place, self.row, 1 + 2 * place, rule)
        for line, text in enumerate(self._notes()):
            self.notes.write_string(line, 0, text)

    def _notes(self) -> Iterator[str]:
        """Yield the lines of the sheet of notes."""
        for part in self.program.whole:
            rulebook = part.rulebook
            facts = (rulebook.id, rulebook.edition_in_force, rulebook.version.variant, rulebook.scoring_hash)
            yield f"Rated by {', '.join(str(fact) for fact in facts if fact)}"
        if self.reason:
            yield f"There are no formulas: {self.reason}."
            return
        yield "The sheet Formulas follows the inputs on Ratings. A red pair differs from what was rated:"
        yield "an input was changed since, or doubles miss a value that is exactly on an edge."
        if any(not refusal.kind for refusal in self.program.integers.refusals):
            yield "The formulas of a row are empty where a root, power or logarithm is not of a number above zero:"
            yield "only kpirules rates such a row."
        if (bits := self.formulas.bits) > EXACT_BITS:
            yield f"A number here has up to {bits} bits; a spreadsheet computes those of {EXACT_BITS} exactly."
        for obstacle in self.formulas.obstacles:
            yield f"Without a formula: {obstacle}"


def _is_held(value: float | Decimal) -> bool:
    """Return whether a cell holds a number."""
    return isfinite(value) if isinstance(value, float) else Decimal(f"{value:.{MOST_DIGITS}g}") == value


def _limits(domain: Domain) -> dict[str, Any]:
    """Return the data validation for a cell of an input."""
    match domain:
        case NumberDomain(grid=grid, is_integer=is_integer):
            ends = {"minimum": float(grid.low * grid.unit), "maximum": float(grid.high * grid.unit)}
            return {"validate": "integer" if is_integer else "decimal", "criteria": "between", **ends}
        case ChoiceDomain(options=options) if len(",".join(options)) <= MOST_LIST and not _SPLIT.search(
            "".join(options)
        ):
            return {"validate": "list", "source": list(options)}
    return {}


def _colors(program: Program, language: str | None) -> dict[str, str]:
    """Return the colour of each band, by its id and its labels."""
    found: dict[str, str] = {}
    for part in program.whole:
        last = max(len(part.legend.bands) - 1, 1)
        for place, band in enumerate(part.legend.bands):
            color = _between(place / last)
            found |= dict.fromkeys((band, part.legend.band(band), part.legend.band(band, language)), color)
    return found


def _between(place: float) -> str:
    """Return the colour at a place from 0, the best, to 1."""
    start, end, part = (BEST, MIDDLE, 2 * place) if place < HALF else (MIDDLE, WORST, 2 * place - 1)
    return "#" + "".join(f"{round(one + (other - one) * part):02x}" for one, other in zip(start, end, strict=True))


def _cell(place: int) -> str:
    """Return the cell of a column, counted from 0, with the mark for its row."""
    return f"${_column(place)}{ROW}"


def _column(place: int) -> str:
    """Return the letters of a column.

    >>> _column(0), _column(25), _column(26), _column(701), _column(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    letters = ""
    while place >= 0:
        letters, place = chr(65 + place % 26) + letters, place // 26 - 1
    return letters
