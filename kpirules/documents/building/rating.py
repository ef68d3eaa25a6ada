"""Bands with resolved ends, limits on the score, exemptions and overrides."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from fractions import Fraction

from attrs import evolve

from ...diagnostics.codes import At
from ...diagnostics.codes import structure as say
from ...language.expressions import CASED_ID, Expression
from ...language.model import Band, Bands, Condition, Exemption, Interval, Limit, Override, Words
from .draft import Draft, differing_in_case
from .fields import Fields, Written
from .names import RESERVED, bands_of
from .tables import read_ends

__all__ = [
    "build_bands",
    "build_better",
    "build_exemptions",
    "build_limits",
    "build_overrides",
    "check_statuses",
    "resolved",
]

STATUSES = ("rated", "undefined", "insufficient", "undecided")
"""The built-in statuses of an assessment."""

REQUIRES = "requires"
"""The id of a requirement that has no id."""

KINDS = ("band", "band_at_most", "band_at_least", "unrated")

_End = tuple[Fraction, bool]
"""An end of an interval: of two equal numbers, the one with True is higher."""


# -- bands ------------------------------------------------------------------------------------


def build_bands(draft: Draft, root: Fields) -> Bands | None:
    """Return the rating scale, or None."""
    if not root.has("bands"):
        return None
    levels = tuple(_band(draft, id_, fields) for id_, fields in bands_of(root).items())
    long = root.fields("bands")
    if long is None:
        return Bands(resolved(levels), words=Words(path="bands", span=root.spans["bands"]))
    return Bands(
        resolved(levels),
        draft.optional(long, "measure"),
        long.text("fall") == "next",
        long.text("overlap"),
        long.words,
    )


def build_better(draft: Draft, root: Fields) -> str:
    """Return `better` as written for the score or for the measure of the bands."""
    score, bands = root.fields("score"), root.fields("bands")
    has_measure = bands is not None and bands.has("measure")
    if score is not None and score.has("better") and has_measure:
        help_ = "write it beside `measure`: `bands: {measure: …, better: …, levels: …}`"
        reason = "the bands divide a `measure`, not the score"
        draft.report(say.misplaced_key(score.at_key("better"), "better", reason, help_))
    if bands is not None and bands.has("better") and not (has_measure or bands.has_unknown):
        reason, help_ = "the bands divide the score", "write it in `score`: `score: {better: …}`"
        draft.report(say.misplaced_key(bands.at_key("better"), "better", reason, help_))
    written = bands if has_measure else score
    return "" if written is None else written.text("better") or ""


def _band(draft: Draft, id_: str, fields: Fields) -> Band:
    ends = read_ends(draft, fields, f"the band `{id_}`")
    requires = _requirements(draft, fields)
    return Band(id_, *ends, requires=requires, words=fields.words)


def _requirements(draft: Draft, fields: Fields) -> tuple[Condition, ...]:
    written = fields.values.get("requires")
    if isinstance(written, Written):
        words = Words(path=written.path, span=fields.spans["requires"])
        return (Condition(REQUIRES, draft.expression(written), words),)
    return draft.conditions(fields.entries("requires"))


def resolved(levels: tuple[Band, ...]) -> tuple[Band, ...]:
    """Return the bands with missing ends taken from the other bands (§6)."""
    lowers = sorted(end for band in levels if (end := _lower(band)) is not None)
    uppers = sorted(end for band in levels if (end := _upper(band)) is not None)
    return tuple(evolve(band, interval=_interval(band, lowers, uppers)) for band in levels)


def _lower(band: Band) -> _End | None:
    # `from 50` is below `above 50`.
    return None if band.lower is None else (band.lower.value, band.is_lower_open)


def _upper(band: Band) -> _End | None:
    # `below 50` is below `to 50`.
    return None if band.upper is None else (band.upper.value, not band.is_upper_open)


def _interval(band: Band, lowers: list[_End], uppers: list[_End]) -> Interval:
    """Return the interval of a band, given all written ends in ascending order.

    If a neighbour's end closes an open side, the two meet without overlap: `from 70` above gives
    `below 70` here, `to 70` below gives `above 70` here. So both have the same flag.
    """
    lower, upper = _lower(band), _upper(band)
    if lower is not None and upper is None:
        greater = bisect_right(lowers, lower)
        upper = lowers[greater] if greater < len(lowers) else None
    elif upper is not None and lower is None:
        smaller = bisect_left(uppers, upper)
        lower = uppers[smaller - 1] if smaller else None
    return Interval(
        None if lower is None else lower[0],
        lower is not None and lower[1],
        None if upper is None else upper[0],
        upper is not None and not upper[1],
    )


# -- what outranks the score ------------------------------------------------------------------


def build_limits(draft: Draft, score: Fields | None) -> tuple[Limit, ...]:
    """Return the limits on the total."""
    return tuple(
        Limit(id_, draft.expression(f.written("at_most")), draft.optional(f, "when"), f.words)
        for id_, f in (score.entries("limits") if score else {}).items()
    )


def build_exemptions(draft: Draft, entries: Mapping[str, Fields]) -> tuple[Exemption, ...]:
    """Return the exemptions, in order."""
    return tuple(
        Exemption(id_, draft.expression(f.written("when")), _status(draft, f, "status"), f.words)
        for id_, f in entries.items()
    )


def _status(draft: Draft, fields: Fields, key: str) -> str:
    status = fields.text(key) or ""
    if status.casefold() in STATUSES:
        draft.report(say.reserved_status(fields.at_value(key), status))
    return status


def check_statuses(draft: Draft, exemptions: Mapping[str, Fields], overrides: Mapping[str, Fields]) -> None:
    """Report statuses that differ only in capital letters."""
    written: dict[str, At] = {}
    for entries, key in ((exemptions, "status"), (overrides, "unrated")):
        for fields in entries.values():
            status = fields.text(key)
            if status:
                written.setdefault(status, fields.at_value(key))
    for _, status, first in differing_in_case(written):
        draft.report(say.named_twice(written[status], "status", status, first))


def build_overrides(draft: Draft, entries: Mapping[str, Fields], names: Iterable[str]) -> tuple[Override, ...]:
    """Return the overrides, in order.

    Args:
        draft: the rulebook built so far.
        entries: the overrides as written.
        names: every name that an expression can read.
    """
    known = frozenset(names) | frozenset(RESERVED)
    return tuple(_override(draft, id_, fields, known) for id_, fields in entries.items())


def _override(draft: Draft, id_: str, fields: Fields, names: frozenset[str]) -> Override:
    kind = next((kind for kind in KINDS if fields.has(kind)), "unrated")
    target: str | Expression
    if kind == "unrated":
        target = _status(draft, fields, kind)
    else:
        target = _band_given(draft, fields.written(kind), names)
    return Override(id_, kind, target, draft.optional(fields, "when"), fields.words)


def _band_given(draft: Draft, written: Written | None, names: frozenset[str]) -> str | Expression:
    """Return the target of an override: a band's id, or an expression that gives a band."""
    text = written.scalar.text.strip() if written else ""
    if written is None or text in draft.bands:
        return text
    if CASED_ID.match(text) and text not in names and not draft.has_unread_inputs:
        draft.unknown_band(written.at, text)
        return text
    return draft.expression(written)
