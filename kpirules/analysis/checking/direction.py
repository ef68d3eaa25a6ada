"""Which scores are better, and whether bands, limits and quotas agree with that (§6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, banding
from ...language.expressions.tree import Name
from ...language.model import Band
from .facts import Facts
from .gaps import MANY, has_ends

__all__ = ["check_direction", "is_worse"]

Ends = tuple[tuple[bool, Fraction, bool], tuple[bool, Fraction, bool]]
"""The lower and the upper end of a band, comparable with those of others."""

Pair = tuple[int, int]
"""The indices of two bands in the wrong order."""


def check_direction(facts: Facts) -> Iterator[Diagnostic]:
    """Report bands, limits and orders that contradict which scores are better."""
    yield from _check_list(facts)
    if facts.rulebook.is_lower_score_better:
        yield from _check_readers(facts)


def _check_list(facts: Facts) -> Iterator[Diagnostic]:
    """Check that the best band is first: no later band is on the better side of an earlier one."""
    rulebook, bands = facts.rulebook, facts.rulebook.bands
    better = rulebook.better or "higher"
    if bands is None or better == "listed":
        return
    levels = [band for band in bands.levels if has_ends(band)]
    rising, falling = _pairs([_ends(band) for band in levels])
    wrong, right = (rising, falling) if better == "higher" else (falling, rising)
    misplaced = _misplaced(wrong)
    if not misplaced:
        return
    number, where = ("score", "in `score`") if bands.measure is None else ("measure", "beside `measure`")
    against = _misplaced(right)
    if len(against) < len(misplaced):
        at = At(bands.words.span, bands.words.path)
        yield banding.bands_out_of_order(at, better, number, where, all_are=not against)
        return
    for place, (first, second) in misplaced.items():
        band, position, other = (second, "after", first) if place == second else (first, "before", second)
        side = "above" if (position == "after") == (better == "higher") else "below"
        positions = (levels[band].id, position, levels[other].id, side)
        yield banding.bands_out_of_order(_at(levels[band]), better, number, where, positions, all_are=False)


def is_worse(facts: Facts, band: str, other: str) -> bool:
    """Return whether a band is on the worse side of another, whatever their order in the list.

    Args:
        facts: the facts of the rulebook.
        band, other: the ids of the bands.
    """
    bands = facts.rulebook.bands
    ends = {level.id: _ends(level) for level in (() if bands is None else bands.levels) if has_ends(level)}
    if band not in ends or other not in ends or ends[band] == ends[other]:
        return False
    pairs = list(zip(ends[band], ends[other], strict=True))
    if facts.rulebook.is_lower_score_better:
        return all(end >= other_end for end, other_end in pairs)
    return all(end <= other_end for end, other_end in pairs)


def _ends(band: Band) -> Ends:
    # `from 50` is below `above 50`, and `below 50` below `to 50`; a missing end is beyond all others.
    interval, zero = band.interval, Fraction(0)
    lower = (False, zero, False) if interval.lower is None else (True, interval.lower, interval.is_lower_open)
    upper = (True, zero, False) if interval.upper is None else (False, interval.upper, not interval.is_upper_open)
    return lower, upper


def _pairs(ends: Sequence[Ends]) -> tuple[list[Pair], list[Pair]]:
    """Return the pairs of bands whose second is above the first, and the pairs whose second is below."""
    count = len(ends)
    pairs: Iterator[Pair] = pairwise(range(count))
    if count <= MANY:
        pairs = ((first, second) for first in range(count) for second in range(first + 1, count))
    rising, falling = [], []
    for first, second in pairs:
        (low, high), (later_low, later_high) = ends[first], ends[second]
        if ends[first] == ends[second]:
            continue
        if later_low >= low and later_high >= high:
            rising.append((first, second))
        elif later_low <= low and later_high <= high:
            falling.append((first, second))
    return rising, falling


def _misplaced(wrong: Sequence[Pair]) -> dict[int, Pair]:
    """Return few bands without which the list is in order, each with a pair that shows it.

    The band in most wrong pairs is removed first, the last one of several, until no pair is left.
    """
    against: dict[int, set[int]] = {}
    for first, second in wrong:
        against.setdefault(first, set()).add(second)
        against.setdefault(second, set()).add(first)
    found: dict[int, Pair] = {}
    while against:
        worst = max(against, key=lambda place: (len(against[place]), place))
        others = against.pop(worst)
        nearest = min(others, key=lambda place: abs(place - worst))
        found[worst] = (min(worst, nearest), max(worst, nearest))
        for other in others:
            against[other].discard(worst)
        against = {place: others_ for place, others_ in against.items() if others_}
    return dict(sorted(found.items()))


def _check_readers(facts: Facts) -> Iterator[Diagnostic]:
    """Report parts that treat a higher score as better."""
    for limit in facts.rulebook.score_limits:
        help_ = "remove the limit; an override with `band_at_most` names the best band there may be"
        what = f"the limit `{limit.id}` is a maximum of the score"
        yield banding.only_where_higher_is_better(At(limit.words.span, limit.words.path), what, help_)
    for quota in facts.rulebook.quotas:
        for place, formula in enumerate(quota.order):
            if isinstance(formula.tree, Name) and formula.tree.id in ("score", "exact_score"):
                at = At(formula.span, f"{quota.words.path}.order[{place}]")
                what = f"the order of `{quota.id}` puts a greater `{formula.tree.id}` first"
                yield banding.only_where_higher_is_better(at, what, f"write `-{formula.tree.id}`")


def _at(band: Band) -> At:
    return At(band.words.span, band.words.path)
