"""The columns of a table of ratings: their names and values."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from ..language.model import Rulebook
from ..record import Assessment, Legend, Margin
from ..record.deciding import deciders

__all__ = ["QUOTAS", "Column", "columns_of", "usual_columns"]

QUOTAS = "quotas"
"""The column for the quotas that decided."""

_NO_MARGIN = Margin()

NUMBER, BOOLEAN, TEXT, ANY = "number", "boolean", "text", "any"


@frozen
class Column:
    """A column of a table.

    Args:
        name: its heading.
        of: its value for an assessment.
        kind: `number`, `boolean`, `text`, or `any` if it depends on the rulebook.
        word: returns the word for a band; None if the column does not have the label of a band.
    """

    name: str
    of: Callable[[Assessment], object]
    kind: str = ANY
    word: Callable[[Legend, str], str] | None = None

    @property
    def result(self) -> str:
        """The name of its value in an integer program."""
        return self.name if self.word is None else "band"


def columns_of(rulebook: Rulebook, language: str | None = None) -> dict[str, Column]:
    """Return every possible column, by name.

    Args:
        rulebook: the rulebook that rates the subjects.
        language: the language of band labels, or None for the first one.
    """
    return {column.name: column for column in _columns(rulebook, language)}


def usual_columns(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the names of the rating columns that can hold a value."""
    has_score, has_bands = rulebook.root is not None, rulebook.bands is not None
    return ("status", *(["score"] if has_score else []), *(["band"] if has_bands else []))


def _columns(rulebook: Rulebook, language: str | None) -> Iterator[Column]:
    yield Column("status", lambda a: a.status, TEXT)
    yield Column("score", lambda a: a.score, NUMBER)
    yield Column("exact_score", lambda a: a.exact_score, NUMBER)
    yield Column("band", lambda a: a.band, TEXT)
    yield Column(
        "band_label",
        lambda a: a.band_label(language=language),
        TEXT,
        lambda legend, band: legend.band(band, language),
    )
    yield Column("margin_up", lambda a: (a.margin or _NO_MARGIN).up, NUMBER)
    yield Column("margin_down", lambda a: (a.margin or _NO_MARGIN).down, NUMBER)
    yield Column("margin_up_open", lambda a: a.margin.is_up_open if a.margin else None, BOOLEAN)
    yield Column("margin_down_open", lambda a: a.margin.is_down_open if a.margin else None, BOOLEAN)
    yield Column("rounding_decided", lambda a: a.margin.rounding_decided if a.margin else None, BOOLEAN)
    yield Column("because", lambda a: " ".join(a.because), TEXT)
    yield Column("overrides", lambda a: " ".join(override.id for override in a.overrides), TEXT)
    yield Column("requirements", _failed, TEXT)
    yield Column("decided_by", lambda a: " ".join(deciders(a).overrides), TEXT)
    if rulebook.cohort is not None and rulebook.cohort.quotas:
        yield Column(QUOTAS, lambda a: " ".join(deciders(a).quotas), TEXT)
    criteria = [criterion.id for criterion in rulebook.criteria()]
    for kind, ids, holds in (
        ("points", criteria, NUMBER),
        ("share", criteria, NUMBER),
        ("let", [let.id for let in rulebook.let], ANY),
        ("outputs", [output.id for output in rulebook.outputs], ANY),
    ):
        for id_ in ids:
            yield Column(f"{kind}.{id_}", _entry(kind, id_), holds)


def _failed(assessment: Assessment) -> str:
    """Return the requirements that were asked and failed: the best band's first, those of a band by id."""
    bands = assessment.legend.bands
    failed = sorted((bands.index(one.band), one.id) for one in assessment.requirements if not one.held)
    return " ".join(f"{bands[place]}.{id_}" for place, id_ in failed)


def _entry(kind: str, id_: str) -> Callable[[Assessment], object]:
    def found(assessment: Assessment) -> object:
        return getattr(assessment, kind).get(id_)

    return found
