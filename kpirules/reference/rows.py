"""Turns a measured value into points: step tables, scales, thresholds, lookups."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import chain, pairwise
from typing import Any

from ..kernel.exact import to_text
from ..language.expressions import Fault, UndefinedRow
from ..language.model import Amount, Case, Lookup, Row, Scale, Shape, Steps, Thresholds

__all__ = ["give", "length", "look_up", "words"]


def look_up(shape: Shape, x: Any, place: str, most: Fraction | None = None) -> tuple[Any, str]:
    """Return the value of a shape (a number, in a table also an option), and its row in words.

    Args:
        shape: the rows.
        x: the measured number, option or boolean.
        place: the criterion or table, for an undefined row.
        most: the criterion's max, for rows that give a rate.

    Raises:
        UndefinedRow: the row is undefined.
        Fault: `scale`, if no row or segment holds the value.
    """
    match shape:
        case Steps(rows=rows):
            for row in rows:
                if row.holds(x):
                    return give(row, row.condition, place, most)
            raise Fault("scale", f"{to_text(x)} is in no row")
        case Lookup(rows=rows):
            named = (row for row in rows if row.option == x and not row.is_rest)
            rest = (row for row in rows if row.is_rest)
            found = next(chain(named, rest))
            return give(found, found.condition, place, most)
        case Thresholds(comparison=comparison, thresholds=thresholds, each=each):
            passed = sum(_passes(x, comparison, threshold.value) for threshold in thresholds)
            return passed * each.value, _passed(passed, thresholds)
        case scale:
            return _interpolate(scale, x)


PASSES: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "above": operator.gt, "from": operator.ge, "below": operator.lt, "to": operator.le,
}  # fmt: skip
"""When a value passes a threshold, by comparison."""


def length(shape: Shape) -> int:
    """Return the most rows that a shape searches."""
    match shape:
        case Steps(rows=rows) | Lookup(rows=rows):
            return len(rows)
        case Thresholds(thresholds=thresholds):
            return len(thresholds)
        case scale:
            return len(scale.knots)


def words(shape: Shape) -> tuple[str, ...]:
    """Return every row in words, as `look_up` gives them.

    The default row is last; a scale has a row for each end and each segment, thresholds one for each count from 0.
    """
    match shape:
        case Steps(rows=rows):
            return tuple(row.condition for row in rows)
        case Lookup(rows=rows):
            return tuple(row.condition for row in sorted(rows, key=lambda row: row.is_rest))
        case Thresholds(thresholds=thresholds):
            return tuple(_passed(count, thresholds) for count in range(len(thresholds) + 1))
        case scale:
            knots = [at.value for at, _ in scale.knots]
            return (_beyond(knots[0]), *(_between(*pair) for pair in pairwise(knots)), _beyond(knots[-1]))


def _passed(count: int, thresholds: Sequence[Amount]) -> str:
    return f"{count} of {len(thresholds)} thresholds"


def _beyond(end: Fraction) -> str:
    return f"beyond the end at {to_text(end)}"


def _between(low: Fraction, high: Fraction) -> str:
    return f"between {to_text(low)} and {to_text(high)}"


def give(row: Row | Case, words: str, place: str, most: Fraction | None) -> tuple[Any, str]:
    """Return the value of a row or case, and its words.

    Args:
        row: the row that holds.
        words: its condition in words.
        place: the criterion or table, to name an undefined row.
        most: the criterion's max, for a row that gives a rate.

    Raises:
        UndefinedRow: the row is undefined.
    """
    match row.gives:
        case None:
            raise UndefinedRow(f"{place}: {words}")
        case Amount(value=value):
            return value * most if row.is_rate and most is not None else value, words
        case option:
            return option, words


def _passes(x: Fraction, comparison: str, threshold: Fraction) -> bool:
    return PASSES[comparison](x, threshold)


def _interpolate(scale: Scale, x: Fraction) -> tuple[Fraction, str]:
    knots = [(at.value, gives.value) for at, gives in scale.knots]
    (least, _), (most, _) = knots[0], knots[-1]
    if not least <= x <= most:
        if not scale.is_clamped:
            ends = f"from {to_text(least)} to {to_text(most)}"
            raise Fault("scale", f"{to_text(x)} is outside the scale {ends}")
        end, y = knots[0] if x < least else knots[-1]
        return y, _beyond(end)
    (x0, y0), (x1, y1) = next(pair for pair in pairwise(knots) if x <= pair[1][0])
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0), _between(x0, x1)
