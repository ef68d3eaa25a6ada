"""Checks of bands: holes, overlaps, unreachable bands, and requirements that leave a gap."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, frozen

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, banding, scoring
from ...kernel.exact import approximate_text, to_text
from ...language.expressions import Expression
from ...language.model import Band, Bands, Rulebook
from .facts import Facts
from .gaps import MANY, Inside, Scale, banded_line, has_ends, scale
from .line import Line, Stretch

__all__ = ["Claim", "check_bands", "examine_bands", "given_otherwise", "structural_line"]


@frozen
class Claim:
    """The claim of a finding about bands.

    Args:
        kind: `hole`, `overlap`, `gap` or `unreachable`.
        stretch: the interval of numbers concerned, or None.
        levels: the indices of the bands concerned.
    """

    kind: str
    stretch: Stretch | None
    levels: tuple[int, ...]


Found = tuple[Diagnostic, Claim | None]
"""A finding, and its claim if that can be shown or proved."""


def check_bands(facts: Facts) -> Iterator[Diagnostic]:
    """Check the rating scale from end to end, by the structure of the rulebook alone.

    If an error leaves the score unknown, nothing is certain: its numbers may change when it is fixed.
    """
    for diagnostic, claim in examine_bands(facts):
        is_open = claim is not None and (claim.kind in ("gap", "overlap") or not facts.unresolved.has_score)
        yield evolve(diagnostic, notes=(*diagnostic.notes, "possible, not shown")) if is_open else diagnostic


def examine_bands(facts: Facts, line: Line | None = None) -> Iterator[Found]:
    """Check the rating scale from end to end, each finding with its claim.

    Args:
        facts: the facts of the rulebook.
        line: the possible numbers; by default those of the structure.
    """
    rulebook, bands = facts.rulebook, facts.rulebook.bands
    if bands is None:
        return
    if rulebook.root is None and bands.measure is None and any(map(has_ends, bands.levels)):
        band = next(filter(has_ends, bands.levels))
        yield banding.bands_without_score(_at(band), band.id), None
        return
    line = line or structural_line(facts)
    found = scale(bands, line)
    # A band that is always forced settles the gaps of the scale.
    if not any(override.kind == "band" and override.when is None for override in rulebook.overrides):
        yield from _check_holes(found)
        yield from _check_overlaps(found)
        yield from _check_gaps(found)
    yield from _check_reach(rulebook, found, line)
    yield from ((diagnostic, None) for diagnostic in _check_keys(found))


def structural_line(facts: Facts) -> Line:
    """Return the numbers that bands divide, as far as the structure shows."""
    return banded_line(facts.rulebook, facts.grid)


def _where(stretch: Stretch) -> tuple[str, str]:
    """Return an interval in words and a number in it; empty if bands divide no numbers."""
    words = str(stretch)
    return ("", "") if words == "any number" else (words, to_text(stretch.witness))


def _check_holes(found: Scale) -> Iterator[Found]:
    words = found.bands.words
    for inside, stretch in found.pieces:
        if not inside.all:
            yield banding.hole(At(words.span, words.path), *_where(stretch)), Claim("hole", stretch, ())


def _check_overlaps(found: Scale) -> Iterator[Found]:
    bands = found.bands
    if bands.overlap is not None:
        return
    for inside, stretch in found.pieces:
        places = inside.all
        if len(places) > 1:
            ids = [bands.levels[place].id for place in places]
            last = bands.levels[places[-1]]
            diagnostic = banding.overlap(_at(last), ids, *_where(stretch), is_certain=len(inside.sure) > 1)
            yield diagnostic, Claim("overlap", stretch, places)


def _check_gaps(found: Scale) -> Iterator[Found]:
    for inside, stretch in found.pieces:
        places = inside.all
        if not places or inside.sure or found.falls_safely(inside):
            continue
        levels = [found.bands.levels[place] for place in places]
        falls, ids = found.bands.falls_to_next, [band.id for band in levels]
        # A failed requirement leads to no band yet, however many lower ones there are.
        has_lower = not falls and places[0] < len(found.bands.levels) - 1
        where, inside_of = _where(stretch)[0], stretch.phrase
        diagnostic = banding.possible_gap(_at(levels[0]), ids, where, inside_of, falls=falls, has_lower=has_lower)
        yield diagnostic, Claim("gap", stretch, places)


def _check_reach(rulebook: Rulebook, found: Scale, line: Line) -> Iterator[Found]:
    """Report bands that no number, fall, override or quota can give."""
    levels = found.bands.levels
    if len(levels) > MANY:
        return
    given: set[int] = set()
    for inside, _ in found.pieces:
        given |= _given(found.bands, inside)
    targets = given_otherwise(rulebook)
    if targets is None:
        return
    low, high = line.interval.lower, line.interval.upper
    ends = () if low is None or high is None else (approximate_text(low), approximate_text(high))
    for index, band in enumerate(levels):
        if index not in given and band.id not in targets:
            is_taken = any(index in inside.all for inside, _ in found.pieces)
            diagnostic = banding.unreachable_band(_at(band), band.id, " to ".join(ends), is_taken=is_taken)
            yield diagnostic, Claim("unreachable", None, (index,))


def given_otherwise(rulebook: Rulebook) -> frozenset[str] | None:
    """Return the bands that overrides and quotas can give; None if a formula decides."""
    targets = {override.target for override in rulebook.overrides if override.kind != "unrated"}
    targets |= {quota.demote_to for quota in rulebook.quotas}
    if any(isinstance(target, Expression) for target in targets):
        return None
    return frozenset(target for target in targets if isinstance(target, str))


def _given(bands: Bands, inside: Inside) -> set[int]:
    """Return the bands that numbers of an interval can have."""
    given = set(inside.all)
    if inside.sure and bands.overlap == "best":
        given = {index for index in given if index <= min(inside.sure)}
    if inside.sure and bands.overlap == "worst":
        given = {index for index in given if index >= max(inside.sure)}
    if given and not inside.sure and bands.falls_to_next:
        given |= set(range(min(given) + 1, len(bands.levels)))
    return given


def _check_keys(found: Scale) -> Iterator[Diagnostic]:
    bands = found.bands
    at = At(bands.words.span, bands.words.path)
    if bands.falls_to_next and not any(band.requires for band in bands.levels):
        yield scoring.key_changes_nothing(at, "fall", "no band has requirements that could fail")
    if bands.overlap is not None and all(len(inside.all) < 2 for inside, _ in found.pieces):
        yield scoring.key_changes_nothing(at, "overlap", "no number is in two bands")


def _at(band: Band) -> At:
    return At(band.words.span, band.words.path)
