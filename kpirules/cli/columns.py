"""The columns of a summary: what each is called, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from ..diagnostics import did_you_mean
from ..exact import to_text
from ..model import Rulebook
from ..record import Assessment, Margin
from .failure import CommandError, one_line
from .subjects import Row

__all__ = ["Column", "columns_of", "exact_text"]

_NO_MARGIN = Margin()


@frozen
class Column:
    """One column of a table or CSV.

    Args:
        name: its head.
        of: what stands in it for a subject.
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
    """The columns of a summary: the key, then those chosen, else rating, margins, points and outputs.

    Args:
        rulebook: by which the subjects are rated.
        key: columns that tell them apart; without any, their row does.
        chosen: names separated by commas, or None.
        language: of the labels of bands, or None for none.
        is_brief: True for the points of the topmost criteria only, where nothing is chosen.

    Raises:
        CommandError: where a name is chosen that does not exist.
    """
    known = {column.name: column for column in _all(rulebook, language)}
    if chosen is not None:
        names = [name.strip() for name in chosen.split(",") if name.strip()]
    else:
        usual = _usual(rulebook, language, is_brief)
        names = [name for name in known if name in usual]
    for name in names:
        if name not in known:
            way_out = did_you_mean(name, known, f"there are {', '.join(known)}")
            raise CommandError(f"--columns: there is no column `{one_line(name)}`; {way_out}")
    return (*_key_columns(key), *(known[name] for name in names))


def _key_columns(key: tuple[str, ...]) -> list[Column]:
    if not key:
        return [Column("row", lambda row, _: row.number)]
    return [Column(name, _part(index)) for index, name in enumerate(key)]


def _part(index: int) -> Callable[[Row, Assessment], object]:
    return lambda row, _: row.key[index]


def _usual(rulebook: Rulebook, language: str | None, is_brief: bool) -> set[str]:
    """Columns that stand where none are chosen: those that can hold something."""
    root, bands = rulebook.root, rulebook.bands
    criteria = root.children if root is not None and is_brief else rulebook.criteria()
    return {
        "status",
        *(["score"] if root is not None else []),
        *(["band", "margin_up", "margin_down"] if bands is not None else []),
        *(["band_label"] if bands is not None and language is not None else []),
        *(f"points.{criterion.id}" for criterion in criteria),
        *(f"outputs.{output.id}" for output in rulebook.outputs),
    }


def _all(rulebook: Rulebook, language: str | None) -> Iterator[Column]:
    yield Column("status", lambda _, a: a.status)
    yield Column("score", lambda _, a: a.score)
    yield Column("exact_score", lambda _, a: a.exact_score)
    yield Column("band", lambda _, a: a.band)
    yield Column("band_label", lambda _, a: _band_label(a, language))
    yield Column("margin_up", lambda _, a: (a.margin or _NO_MARGIN).up)
    yield Column("margin_down", lambda _, a: (a.margin or _NO_MARGIN).down)
    yield Column("rounding_decided", lambda _, a: a.margin.rounding_decided if a.margin else None)
    yield Column("because", lambda _, a: " ".join(a.because))
    yield Column("overrides", lambda _, a: " ".join(override.id for override in a.overrides))
    criteria = [criterion.id for criterion in rulebook.criteria()]
    for kind, ids in (
        ("points", criteria),
        ("share", criteria),
        ("let", [one.id for one in rulebook.let]),
        ("outputs", [one.id for one in rulebook.outputs]),
    ):
        for id_ in ids:
            yield Column(f"{kind}.{id_}", _entry(kind, id_))


def _entry(kind: str, id_: str) -> Callable[[Row, Assessment], object]:
    def found(_: Row, assessment: Assessment) -> object:
        return getattr(assessment, kind).get(id_)

    return found


def _band_label(assessment: Assessment, language: str | None) -> str:
    entry = assessment.legend.entries.get(f"bands.{assessment.band}")
    return entry.label.text(language) if entry is not None and entry.label is not None else ""


def exact_text(value: object) -> str:
    """A value for another program: numbers exactly, dates by ISO 8601, nothing for what is absent.

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
