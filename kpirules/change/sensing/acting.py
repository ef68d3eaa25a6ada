"""The effect of each kind of number: the values of the number with which the standing of a subject is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any

from attrs import evolve

from ...documents.building.rating import resolved
from ...kernel.certain import given
from ...language.expressions import Fault
from ...language.model import (
    Amount,
    Bands,
    Cases,
    Criterion,
    Entered,
    Group,
    Measure,
    Met,
    Rate,
    Row,
    Scale,
    Shape,
)
from ...reference.rows import look_up
from .spans import EVERYWHERE, End, Span
from .standing import FAULT, ONE, ZERO, Rated

__all__ = [
    "REFUSED",
    "Acting",
    "by_cap",
    "by_each",
    "by_edge",
    "by_end",
    "by_height",
    "by_knot",
    "by_limit",
    "by_max",
    "by_row",
    "by_weight",
]

Acting = Callable[[Rated], Span | None]
"""Returns the values of a number with which the standing of a subject is the same; None if that is not known."""

REFUSED = "refused"
"""The standing of a subject whose entered points are above the maximum."""

Replace = Callable[[Any, Amount], Any]
"""Returns a shape, or bands, with another number in the place of one."""


def by_row(criterion: Criterion, place: int, *, is_rate: bool) -> Acting:
    """Return the effect of the points of a row; the criterion gets these points."""

    def acting(rated: Rated) -> Span:
        id_ = criterion.id
        if not rated.is_scored(id_) or rated.row(id_) != place:
            return EVERYWHERE
        return rated.of_earned(id_).before_affine(given(criterion.max, "a rate") if is_rate else ONE, ZERO)

    return acting


def by_each(criterion: Criterion) -> Acting:
    """Return the effect of the points for each threshold that is passed."""

    def acting(rated: Rated) -> Span:
        id_ = criterion.id
        return (
            rated.of_earned(id_).before_affine(Fraction(rated.row(id_)), ZERO) if rated.is_scored(id_) else EVERYWHERE
        )

    return acting


def by_height(criterion: Criterion, scale: Scale, place: int) -> Acting:
    """Return the effect of the points of a knot."""
    at = [knot.value for knot, _ in scale.knots]
    heights = [height.value for _, height in scale.knots]

    def part(x: Fraction) -> Fraction:
        """Return the weight of the knot in the interpolated points of a measured value."""
        if x <= at[0] or x >= at[-1]:
            return ONE if place == (0 if x <= at[0] else len(at) - 1) else ZERO
        left = next(index for index, (_, end) in enumerate(pairwise(at)) if x <= end)
        share = (x - at[left]) / (at[left + 1] - at[left])
        return {left: ONE - share, left + 1: share}.get(place, ZERO)

    def acting(rated: Rated) -> Span | None:
        if not rated.is_scored(criterion.id):
            return EVERYWHERE
        measured = rated.output(f"measure_{criterion.id}")
        if measured is None:
            return None
        slope = part(measured)
        offset = rated.earned(criterion.id) - slope * heights[place]
        return rated.of_earned(criterion.id).before_affine(slope, offset)

    return acting


def by_knot(criterion: Criterion, scale: Scale, place: int) -> Acting:
    """Return the effect of a knot's position: on each side of a measured value, points depend on it linearly."""
    current = scale.knots[place][0].value
    before = scale.knots[place - 1][0].value if place else None
    after = scale.knots[place + 1][0].value if place + 1 < len(scale.knots) else None

    def acting(rated: Rated) -> Span | None:
        if not rated.is_scored(criterion.id):
            return EVERYWHERE
        measured, earned = rated.output(f"measure_{criterion.id}"), rated.of_earned(criterion.id)
        if measured is None:
            return None
        if (before is not None and measured <= before) or (after is not None and measured >= after):
            return EVERYWHERE
        below, above = (_beside_knot(scale, place, measured, earned, sign) for sign in (-1, 1))
        first, other = (above, below) if current >= measured else (below, above)
        low, high = first.low, first.high
        if current >= measured and (low is None or low.at < measured):
            low = other.low  # at the measured value both sides give the points of the knot
        if current < measured and (high is None or high.at > measured):
            high = other.high
        return Span(low, high)

    return acting


def _beside_knot(scale: Scale, place: int, measured: Fraction, earned: Span, sign: int) -> Span:
    """Return the places of a knot that keep a standing, above a measured value (`sign` 1) or below it (-1)."""
    neighbour = place - sign
    if not 0 <= neighbour < len(scale.knots):
        fault = End(measured, False, FAULT)
        return EVERYWHERE if scale.is_clamped else Span(high=fault) if sign > 0 else Span(low=fault)
    (at, low), (_, height) = (tuple(part.value for part in scale.knots[index]) for index in (neighbour, place))
    # low + (height - low) * (measured - at) / (x - at), with a positive divisor
    rise = (height - low) * (measured - at)
    return earned.before_quotient((sign * (rise - low * at), sign * low), (-sign * at, Fraction(sign)))


def by_edge(criterion: Criterion, shape: Shape, current: Fraction, replace: Replace) -> Acting:
    """Return the effect of a number that measured values are compared with: only its side of them matters."""

    def acting(rated: Rated) -> Span | None:
        if not rated.is_scored(criterion.id):
            return EVERYWHERE
        measured = rated.output(f"measure_{criterion.id}")
        if measured is None:
            return None

        def label(edge: Fraction) -> str:
            try:
                points, _ = look_up(replace(shape, Amount(edge)), measured, "", criterion.max)
            except Fault:
                return FAULT
            return rated.with_earned(criterion.id, points)

        return _beside(measured, current, rated.standing, label(measured - 1), label(measured), label(measured + 1))

    return acting


def _beside(at: Fraction, current: Fraction, standing: str, below: str, same: str, above: str) -> Span:
    """Return the span of a number that acts only by being below, at or above another."""
    if current < at:
        return Span(high=_first((End(at, True, same), End(at, False, above)), standing))
    if current > at:
        return Span(low=_first((End(at, True, same), End(at, False, below)), standing))
    return Span(_first((End(at, False, below),), standing), _first((End(at, False, above),), standing))


def _first(ends: Iterable[End], standing: str) -> End | None:
    return next((end for end in ends if end.then != standing), None)


# -- weights and maxima ---------------------------------------------------------------------------------


def by_weight(criterion: Criterion, group: Criterion) -> Acting:
    """Return the effect of a weight in a mean; weights of 100 % keep their sum, the others in proportion."""
    body = group.body
    assert isinstance(body, Group)
    current = given(criterion.weight, "it has a weight").value
    rest = 1 - current

    def acting(rated: Rated) -> Span:
        if not rated.is_scored(group.id) or rated.is_excluded(criterion.id):
            return EVERYWHERE
        others = [child for child in body.children if child.id != criterion.id and not rated.is_excluded(child.id)]
        weights = [child.weight.value if child.weight else ONE for child in others]
        shares = [_share(rated, child) for child in others]
        a = sum((weight * share for weight, share in zip(weights, shares, strict=True)), ZERO)
        b, own, most = sum(weights, ZERO), _share(rated, criterion), given(group.max, "a mean has a whole")
        if body.are_weights_relative:
            top, bottom = (a, own), (b, ONE)
        else:  # the others have (1 - weight) / rest of what they had
            top, bottom = (a / rest, own - a / rest), (b / rest, ONE - b / rest)
        return rated.of_earned(group.id).before_quotient((most * top[0], most * top[1]), bottom)

    return acting


def _share(rated: Rated, child: Criterion) -> Fraction:
    return rated.points(child.id) / given(child.max, "it has a share")


def by_max(criterion: Criterion, group: Criterion | None) -> Acting:
    """Return the effect of a maximum; that of a sum is the sum of its children.

    Args:
        criterion: the criterion.
        group: its group, None for the score.
    """
    is_in_sum = group is None or (isinstance(group.body, Group) and group.body.combine == "sum")

    def acting(rated: Rated) -> Span:
        id_ = criterion.id
        if not rated.is_scored(id_):
            return _by_entered(rated, criterion)
        current, earned = given(criterion.max, "it has one"), rated.earned(id_)
        if _is_proportional(criterion, rated):
            if not is_in_sum:
                return EVERYWHERE  # its share is the same
            most = given(criterion.limits[1], "it has one") if criterion.limits[1] is not None else current
            return rated.before_rounding(criterion).before_affine(min(max(earned, ZERO), most) / current, ZERO)
        if criterion.is_clamped:
            # Below what is earned it takes effect.
            return (
                rated.before_rounding(criterion).before_clamp(None, earned)
                if is_in_sum
                else _by_share(rated, criterion)
            )
        then = REFUSED if isinstance(criterion.body, Entered) else FAULT
        least = Span(low=End(earned, False, then))
        return least if is_in_sum else least.both(_by_share(rated, criterion))

    return acting


def _by_entered(rated: Rated, criterion: Criterion) -> Span:
    """Return the maxima of a criterion without a score with which its entered points are valid."""
    points = rated.entered(criterion.id) if isinstance(criterion.body, Entered) else None
    return EVERYWHERE if points is None else Span(low=End(points, False, REFUSED))


def _is_proportional(criterion: Criterion, rated: Rated) -> bool:
    """Return whether a criterion earns a share of its maximum."""
    match criterion.body:
        case Rate() | Met():
            return True
        case Group(points=points):
            return points is None
        case Cases(rows=rows):
            return rows[rated.row(criterion.id)].is_rate
        case Measure(shape=shape):
            rows_of_shape = getattr(shape, "rows", ())
            ordered = (
                sorted(rows_of_shape, key=lambda row: row.is_rest) if _is_lookup(rows_of_shape) else rows_of_shape
            )
            return bool(ordered) and ordered[rated.row(criterion.id)].is_rate
        case _:
            return False


def _is_lookup(rows: Iterable[Row]) -> bool:
    return any(row.option is not None for row in rows)


def _by_share(rated: Rated, criterion: Criterion) -> Span:
    """Return the maxima with which a share of constant points keeps the standing."""
    points = rated.points(criterion.id)
    return rated.of_points(criterion.id).before_affine(given(criterion.max, "it has one"), ZERO).inverted(points)


def by_cap(criterion: Criterion) -> Acting:
    """Return the effect of the written maximum of a sum whose points exceed it."""

    def acting(rated: Rated) -> Span:
        if not rated.is_scored(criterion.id):
            return EVERYWHERE
        return rated.before_rounding(criterion).before_clamp(None, rated.earned(criterion.id))

    return acting


# -- the score ------------------------------------------------------------------------------------------


def by_limit(id_: str) -> Acting:
    """Return the effect of a limit on the score."""

    def acting(rated: Rated) -> Span:
        if not rated.has_score or id_ not in rated.limits:
            return EVERYWHERE
        others = [most for limit, most in rated.limits.items() if limit != id_]
        return rated.of_total.before_clamp(None, min([rated.points("score"), *others]))

    return acting


def by_end(bands: Bands, current: Fraction, domain: Span, replace: Replace) -> Acting:
    """Return the effect of an end of a band, between the nearest other ends.

    Args:
        bands: the bands.
        current: the end.
        domain: the numbers between the nearest other ends.
        replace: puts another number in its place.
    """
    least, most = (None if end is None else end.at for end in (domain.low, domain.high))
    made: dict[Any, str] = {}

    def acting(rated: Rated) -> Span:
        number = rated.banded if rated.has_score else None
        if number is None or (least is not None and number <= least) or (most is not None and number >= most):
            return EVERYWHERE
        low = (number + least) / 2 if least is not None else number - 1
        high = (number + most) / 2 if most is not None else number + 1
        labels = []
        for side, end in enumerate((low, number, high)):
            key = side, rated.conditions
            if key not in made:
                moved = replace(bands, Amount(end))
                made[key] = rated.rules.label(evolve(moved, levels=resolved(moved.levels)), number, rated.conditions)
            labels.append(made[key])
        return _beside(number, current, rated.standing, *labels)

    return acting
