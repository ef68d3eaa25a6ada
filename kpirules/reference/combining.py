"""Combines the points of a group's children, without excluded ones, within its limits (§5.1)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from ..kernel.certain import given
from ..kernel.exact.irrational import TooWide, geometric_mean
from ..language.expressions import Fault, Meter
from ..language.model import WEIGHTED, Criterion, Group
from ..record import Contribution, Outcome

__all__ = ["added", "clamp", "combine", "part_that_remains", "sure", "why_nothing_counts"]

ZERO, ONE = Fraction(0), Fraction(1)

Judged = list[tuple[Criterion, Outcome]]
"""The remaining children of a group, each with its outcome."""


def combine(criterion: Criterion, group: Group, remaining: Judged, meter: Meter) -> list[Contribution]:
    """Return the points of a group, as contributions that add up.

    `sum` adds points. All others work on shares `s` with weights `w`, and give `max` times
    `mean` Σws/Σw · `geometric_mean` (Πsʷ)^(1/Σw) · `harmonic_mean` Σw/Σ(w/s) · `min` · `max` · `product`.
    """
    if group.combine == "sum":
        return _sum(group, remaining, meter)
    most = sure(criterion.max)
    shares = [sure(outcome.share) for _, outcome in remaining]
    weights = [child.weight.value if child.weight else ONE for child, _ in remaining]
    whole = added(weights, meter)
    match group.combine:
        case "mean":
            return [
                Contribution("criterion", child.id, most * weight / whole * share)
                for (child, _), weight, share in zip(remaining, weights, shares, strict=True)
            ]
        case "geometric_mean":
            share = _geometric_mean(shares, weights)
        case "harmonic_mean":
            # A zero share makes the mean zero, which is its limit for ever smaller shares.
            quotients = [w / s for w, s in zip(weights, shares, strict=True)] if all(shares) else []
            share = whole / added(quotients, meter) if quotients else ZERO
        case "min":
            share = min(shares)
        case "max":
            share = max(shares)
        case _:
            share = ONE
            for factor in shares:
                share *= factor
                meter.weigh(share)
    return [Contribution("own", "", most * share)]


def _sum(group: Group, remaining: Judged, meter: Meter) -> list[Contribution]:
    lines = [Contribution("criterion", child.id, sure(outcome.points)) for child, outcome in remaining]
    if group.rescale:
        regular = [(child, outcome) for child, outcome in remaining if child.is_regular]
        whole = added((sure(child.max) for child in group.children if child.is_regular), meter)
        rest = added((sure(child.max) for child, _ in regular), meter)
        if rest != whole:
            earned = added((sure(outcome.points) for _, outcome in regular), meter)
            lines.append(Contribution("rescale", "", earned * whole / rest - earned))
    return lines


def _geometric_mean(shares: list[Fraction], weights: list[Fraction]) -> Fraction:
    try:
        return geometric_mean(list(zip(shares, weights, strict=True)))
    except TooWide as reason:
        raise Fault("width", str(reason)) from None


# -- what remains -----------------------------------------------------------------------------


def why_nothing_counts(group: Group, remaining: Judged) -> str:
    """Return why a group is missing although all remaining children have points; empty if it is not.

    It is missing if no child remains, or if it rescales regular children but none of them remains.
    """
    if group.children and not remaining:
        return "nothing_remains"
    has_ordinary = any(child.is_regular for child in group.children)
    if group.rescale and has_ordinary and not any(child.is_regular for child, _ in remaining):
        return "nothing_to_rescale"
    return ""


def part_that_remains(group: Group, remaining: Iterable[Criterion]) -> Fraction:
    """Return the part of the children that remains: in a mean by weight, in a sum by max, else by number."""

    def amount(child: Criterion) -> Fraction:
        if group.combine == "sum":
            return sure(child.max) if child.is_regular else ZERO
        return child.weight.value if child.weight and group.combine in WEIGHTED else ONE

    whole = sum(map(amount, group.children), ZERO)
    return sum(map(amount, remaining), ZERO) / whole if whole else ONE


# -- limits -----------------------------------------------------------------------------------


def clamp(points: Fraction, low: Fraction | None, high: Fraction | None) -> Fraction:
    """Return the points, or the nearest limit if they are beyond it."""
    if low is not None and points < low:
        return low
    return high if high is not None and points > high else points


# -- numbers ----------------------------------------------------------------------------------


def added(parts: Iterable[Fraction], meter: Meter) -> Fraction:
    """Return the sum; each addition counts as work."""
    total = ZERO
    for part in parts:
        total += part
        meter.weigh(total)
    return total


def sure(value: Fraction | None) -> Fraction:
    """Return a number that the check guarantees to be present."""
    return given(value, "the check guarantees it")
