"""Bands: holes, overlaps, bands that nobody can get, and requirements that leave a gap."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from ..diagnostics import Diagnostic
from ..diagnostics.codes import At, banding, scoring
from ..exact import to_text
from ..expressions import Expression
from ..model import Band, Bands, Rulebook
from .facts import Facts
from .gaps import Inside, banded_line, falls_safely, has_ends, scale
from .line import Stretch
from .scores import grid_of_score

__all__ = ["check_bands"]

Pieces = list[tuple[Inside, Stretch]]


def check_bands(facts: Facts) -> Iterator[Diagnostic]:
    """The rating scale from one end to the other."""
    rulebook, bands = facts.rulebook, facts.rulebook.bands
    if bands is None:
        return
    if rulebook.root is None and bands.measure is None and any(map(has_ends, bands.levels)):
        band = next(filter(has_ends, bands.levels))
        yield banding.bands_without_score(_at(band), band.id)
        return
    grid = None if any(problem.is_error for problem in facts.problems) else grid_of_score(facts)
    pieces = list(scale(bands, banded_line(rulebook, grid)))
    yield from _check_holes(bands, pieces)
    yield from _check_overlaps(bands, pieces)
    yield from _check_gaps(bands, pieces)
    yield from _check_reach(rulebook, bands, pieces)
    yield from _check_order(bands)
    yield from _check_keys(bands, pieces)


def _where(stretch: Stretch) -> tuple[str, str]:
    """A stretch in words and a number in it; nothing where bands divide no numbers."""
    words = str(stretch)
    return ("", "") if words == "any number" else (words, to_text(stretch.witness))


def _check_holes(bands: Bands, pieces: Pieces) -> Iterator[Diagnostic]:
    for inside, stretch in pieces:
        if not inside.all:
            yield banding.hole(At(bands.words.span, bands.words.path), *_where(stretch))


def _check_overlaps(bands: Bands, pieces: Pieces) -> Iterator[Diagnostic]:
    if bands.overlap is not None:
        return
    for inside, stretch in pieces:
        if len(inside.all) < 2:
            continue
        ids = [bands.ids[index] for index in inside.all]
        last = bands.levels[inside.all[-1]]
        yield banding.overlap(_at(last), ids, *_where(stretch), is_certain=len(inside.sure) > 1)


def _check_gaps(bands: Bands, pieces: Pieces) -> Iterator[Diagnostic]:
    for inside, stretch in pieces:
        if not inside.all or inside.sure or falls_safely(bands, inside):
            continue
        band = bands.levels[inside.all[0]]
        ids = [bands.ids[index] for index in inside.all]
        yield banding.possible_gap(_at(band), ids, *_where(stretch))


def _check_reach(rulebook: Rulebook, bands: Bands, pieces: Pieces) -> Iterator[Diagnostic]:
    """Bands that neither a number nor a fall nor an override can give."""
    given: set[int] = set()
    for inside, _ in pieces:
        given |= _given(bands, inside)
    targets = {override.target for override in rulebook.overrides if override.kind != "unrated"}
    if any(isinstance(target, Expression) for target in targets):
        return
    for index, band in enumerate(bands.levels):
        if index not in given and band.id not in targets:
            yield banding.unreachable_band(_at(band), band.id)


def _given(bands: Bands, inside: Inside) -> set[int]:
    """The bands that numbers of a stretch can be given."""
    if not inside.all:
        return set()
    given = set(inside.all)
    if inside.sure and bands.overlap == "best":
        given = {index for index in given if index <= min(inside.sure)}
    if inside.sure and bands.overlap == "worst":
        given = {index for index in given if index >= max(inside.sure)}
    if not inside.sure and bands.falls_to_next:
        given |= set(range(inside.all[0] + 1, len(bands.levels)))
    return given


def _check_order(bands: Bands) -> Iterator[Diagnostic]:
    """The best band first means that the numbers rise or fall from band to band."""
    keyed = [(band, _place(band)) for band in bands.levels if has_ends(band)]
    places = [place for _, place in keyed]
    if places == sorted(places) or places == sorted(places, reverse=True):
        return
    falls = places[0] > places[-1]
    wrong = [(before, band) for (before, a), (band, b) in pairwise(keyed) if ((b > a) if falls else (b < a))]
    before, band = wrong[0]
    yield banding.bands_out_of_order(_at(band), before.id, band.id)


def _place(band: Band) -> tuple[int, Fraction, bool, int, Fraction, bool]:
    interval = band.interval
    return (
        interval.lower is not None,
        interval.lower or Fraction(0),
        interval.is_lower_open,
        interval.upper is None,
        interval.upper or Fraction(0),
        not interval.is_upper_open,
    )


def _check_keys(bands: Bands, pieces: Pieces) -> Iterator[Diagnostic]:
    at = At(bands.words.span, bands.words.path)
    if bands.falls_to_next and not any(band.requires for band in bands.levels):
        yield scoring.key_changes_nothing(at, "fall", "no band has requirements that could fail")
    if bands.overlap is not None and all(len(inside.all) < 2 for inside, _ in pieces):
        yield scoring.key_changes_nothing(at, "overlap", "no number is in two bands")


def _at(band: Band) -> At:
    return At(band.words.span, band.words.path)
