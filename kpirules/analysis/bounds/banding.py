"""The scale of bands: the intervals that a number can be in, and bands moved to a limit."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ...language.model import Interval
from ...plan.steps import Level
from . import numbers
from .ends import Point
from .numbers import Num
from .values import Truth, Value, compared

__all__ = ["moved", "overlap", "stretches"]

MOST_LEVELS = 100
"""The most bands for which each interval between their ends is examined."""


def stretches(number: Value, levels: tuple[Level, ...]) -> Iterator[list[str]]:
    """Yield the bands that contain each possible interval of the scale."""
    ends = {end for level in levels for end in (level.interval.lower, level.interval.upper) if end is not None}
    if len(levels) > MOST_LEVELS:
        inside = [level.id for level in levels if overlap(number, level.interval) is not None]
        yield from ([], inside, *([id_] for id_ in inside))
        return
    cuts = sorted(ends)
    pieces = [Interval(None, False, cuts[0], True)] if cuts else [Interval()]
    for index, cut in enumerate(cuts):
        pieces.append(Interval(cut, False, cut, False))
        above = cuts[index + 1] if index + 1 < len(cuts) else None
        pieces.append(Interval(cut, True, above, True))
    for piece in pieces:
        if overlap(number, piece) is not None:
            yield [level.id for level in levels if _holds(level.interval, piece)]


def moved(
    ranks: set[int | None], limits: list[tuple[frozenset[str], bool]], rank: dict[str, int], *, is_up: bool
) -> set[int | None]:
    """Return bands moved to a limit that they exceed, if the limit applies."""
    choose = min if is_up else max
    for targets, is_sure in limits:
        places = {rank[id_] for id_ in targets}
        moved = {None if rank is None else choose(rank, place) for rank in ranks for place in places}
        ranks = moved if is_sure and places else ranks | moved
    return ranks


def overlap(number: Value, interval: Interval) -> Num | None:
    """Return a number restricted to an interval; None if that is impossible."""
    found: Num | None = number if isinstance(number, Num) else None
    for end, is_open, closed, opened in (
        (interval.lower, interval.is_lower_open, ">=", ">"),
        (interval.upper, interval.is_upper_open, "<=", "<"),
    ):
        if end is None or found is None:
            continue
        sign = opened if is_open else closed
        outcome = compared(sign, found, numbers.constant(end), ())
        if isinstance(outcome, Truth) and outcome.mask == 2:
            return None
        found = numbers.narrowed(found, sign, numbers.constant(end))
    return found


def _holds(interval: Interval, piece: Interval) -> bool:
    """Return whether an interval between neighbouring ends is inside a band."""
    inside: Point = _middle(piece)
    return Fraction(inside) in interval


def _middle(piece: Interval) -> Point:
    if piece.lower is None:
        return 0 if piece.upper is None else piece.upper - 1
    return piece.lower + 1 if piece.upper is None else (piece.lower + piece.upper) / 2
