"""Reads CSV text with the place of each cell, so that a failure shows it and an update replaces it."""

from __future__ import annotations

from attrs import frozen

from ..diagnostics import Source, Span
from ..kernel.csv_lines import unshielded

__all__ = ["Cell", "CsvError", "CsvRow", "read_csv_text"]


class CsvError(Exception):
    """A text that is not CSV.

    Args:
        problem: the mistake.
        span: its place.
    """

    def __init__(self, problem: str, span: Span) -> None:
        super().__init__(problem)
        self.problem = problem
        self.span = span


class Cell(str):
    """The text of a cell; the domain of its input converts it when the case is run."""

    __slots__ = ()


@frozen
class CsvRow:
    """One line of cells.

    Args:
        cells: their texts, without quotes and without the apostrophe before a formula.
        spans: their places, including quotes.
    """

    cells: tuple[Cell, ...]
    spans: tuple[Span, ...]


def read_csv_text(source: Source, delimiter: str = ",") -> tuple[CsvRow, ...]:
    """Return the rows of a text, including the header but no blank ones.

    Args:
        source: the text.
        delimiter: the character between cells.

    Raises:
        CsvError: if a quoted cell is malformed.

    >>> [row.cells for row in read_csv_text(Source("a.csv", 'name,x\\n"An, B",1\\n'))]
    [('name', 'x'), ('An, B', '1')]
    """
    text, place = source.text, 0
    rows: list[CsvRow] = []
    cells: list[Cell] = []
    spans: list[Span] = []
    while place < len(text):
        start = place
        if text[place] == '"':
            cell, place = _quoted(source, place)
        else:
            while place < len(text) and text[place] not in f"{delimiter}\r\n":
                place += 1
            cell = text[start:place]
        cells.append(Cell(unshielded(cell)))
        spans.append(Span(source, start, place))
        ends_with_empty = text[place : place + 1] == delimiter and place + 1 == len(text)
        if text[place : place + 1] == delimiter:
            place += 1
            if ends_with_empty or text[place] in "\r\n":
                cells.append(Cell(""))
                spans.append(Span(source, place, place))
            else:
                continue
        elif place < len(text) and text[place] not in "\r\n":
            raise CsvError("expected a delimiter or the end of the line after a quoted cell", spans[-1])
        if any(cells) or len(cells) > 1:
            rows.append(CsvRow(tuple(cells), tuple(spans)))
        cells, spans = [], []
        place += 2 if text[place : place + 2] == "\r\n" else 1
    return tuple(rows)


def _quoted(source: Source, start: int) -> tuple[str, int]:
    """Return a quoted cell without its quotes, and the place after it."""
    text, place, parts = source.text, start + 1, []
    while True:
        end = text.find('"', place)
        if end < 0:
            raise CsvError("this quote is never closed", Span(source, start, start + 1))
        parts.append(text[place:end])
        if text[end : end + 2] != '""':
            return "".join(parts), end + 1
        parts.append('"')
        place = end + 2
