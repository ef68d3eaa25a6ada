"""The columns of a summary: the key, then the rating."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from ..diagnostics import did_you_mean
from ..kernel.csv_lines import csv_line, shielded
from ..kernel.exact import to_text
from ..language.model import Rulebook
from ..rating import columns as rated
from ..record import Assessment
from .failure import CommandError, one_line
from .subjects import Row

__all__ = ["KEEP", "Column", "columns_of", "exact_text", "line_of"]

KEEP = "keep"
"""The value of `--csv-formulas` that writes every text unchanged."""


@frozen
class Column:
    """One column of a table or CSV.

    Args:
        name: its heading.
        of: the cell for a subject.
    """

    name: str
    of: Callable[[Row, Assessment], object]


def columns_of(
    rulebook: Rulebook,
    key: tuple[str, ...],
    chosen: str | None,
    language: str | None,
    *,
    is_brief: bool = False,
) -> tuple[Column, ...]:
    """Return the columns of a summary: the key, then the chosen ones, else rating, margins, points and outputs.

    Args:
        rulebook: the rulebook that rates the subjects.
        key: columns of the key; the row number if empty.
        chosen: names separated by commas, or None.
        language: the language of band labels, or None for no labels.
        is_brief: True to show points of the topmost criteria only, if no columns are chosen.

    Raises:
        CommandError: if a chosen column does not exist.
    """
    known = rated.columns_of(rulebook, language)
    if chosen is not None:
        names = [name.strip() for name in chosen.split(",") if name.strip()]
    else:
        default_names = _usual(rulebook, language, is_brief)
        names = [name for name in known if name in default_names]
    for name in names:
        if name not in known:
            remedy = did_you_mean(name, known, f"there are {', '.join(known)}")
            raise CommandError(f"--columns: there is no column `{one_line(name)}`; {remedy}")
    return (*_key_columns(key), *(_of_rating(known[name]) for name in names))


def _of_rating(column: rated.Column) -> Column:
    return Column(column.name, lambda _, assessment: column.of(assessment))


def _key_columns(key: tuple[str, ...]) -> list[Column]:
    if not key:
        return [Column("row", lambda row, _: row.number)]
    return [Column(name, _part(index)) for index, name in enumerate(key)]


def _part(index: int) -> Callable[[Row, Assessment], object]:
    return lambda row, _: row.key[index]


def _usual(rulebook: Rulebook, language: str | None, is_brief: bool) -> set[str]:
    """Return the columns shown by default: those that can hold a value."""
    root, bands = rulebook.root, rulebook.bands
    criteria = root.children if root is not None and is_brief else rulebook.criteria()
    return {
        *rated.usual_columns(rulebook),
        *(["margin_up", "margin_down"] if bands is not None else []),
        *(["band_label"] if bands is not None and language is not None else []),
        *(["quotas"] if rulebook.cohort is not None and rulebook.cohort.quotas else []),
        *(f"points.{criterion.id}" for criterion in criteria),
        *(f"outputs.{output.id}" for output in rulebook.outputs),
    }


def exact_text(value: object) -> str:
    """Return a value for another program: exact numbers, ISO 8601 dates, an empty text for an absent value.

    >>> exact_text(Fraction(385, 6)), exact_text(None), exact_text(True)
    ('385/6', '', 'true')
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Fraction() | Decimal() | int():
            return to_text(Fraction(value))
        case date():
            return value.isoformat()
        case _:
            return str(value)


def line_of(values: Iterable[object], formulas: str) -> str:
    """Return a line of CSV, with formulas escaped unless they are kept.

    Args:
        values: the cells.
        formulas: the value of `--csv-formulas`.

    >>> line_of(["=1+1", Fraction(-3), None], "escape")
    "'=1+1,-3,\\n"
    """
    is_shielded = formulas != KEEP
    return csv_line(shielded(v) if is_shielded and isinstance(v, str) else exact_text(v) for v in values)
