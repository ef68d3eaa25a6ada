"""Searches for small changes that reach a band, among all values or near numbers in rules; then reduces them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from heapq import nsmallest
from itertools import chain, islice, permutations, product
from typing import Any

from attrs import frozen

from ...analysis.proving.goals import Arguments
from ...analysis.proving.subjects import are_valid
from ...engines.scalar import Decision
from ...rating.program import Program
from .axes import Axis

__all__ = ["Wish", "every", "found_by_search"]

MOST_TRIED = 4_000
"""The most combinations of values near what rules mention that are tried."""

MOST_STARTS = 8
"""The most changes that are made smaller."""

MOST_ORDERS = 24
"""The most orders of inputs in which a change is made smaller."""


@frozen(slots=False, eq=False)
class Wish:
    """A subject that should reach a band.

    Args:
        program: its rules.
        arguments: its values, as the engine takes them.
        band: the band, or a better one.
        axes: the inputs that may change.
    """

    program: Program
    arguments: Arguments
    band: str
    axes: tuple[Axis, ...]

    @cached_property
    def bands(self) -> tuple[str, ...]:
        """The bands that are good enough."""
        bands = self.program.plan.bands
        return bands[: bands.index(self.band) + 1]

    def is_reached(self, arguments: Arguments) -> bool:
        """Return whether a subject is valid and has the band."""
        answer = self.program.scalar.alone(arguments)
        is_rated = isinstance(answer, Decision) and not answer.is_early and answer.band("band") in self.bands
        return is_rated and are_valid(self.program.plan, arguments)

    def cost(self, arguments: Arguments) -> Fraction:
        """Return what it costs to change the subject."""
        return sum((axis.cost(arguments[axis.at]) for axis in self.axes), Fraction(0))

    def with_(self, values: tuple[Any, ...]) -> Arguments:
        """Return the subject with other values of the inputs that may change."""
        found = list(self.arguments)
        for axis, value in zip(self.axes, values, strict=True):
            found[axis.at] = value
        return tuple(found)


def every(wish: Wish) -> Arguments | None:
    """Return the least change among all values that reaches the band; None if none does."""
    priced = [[(axis.cost(value), value) for value in axis.values()] for axis in wish.axes]
    ways = sorted(product(*priced), key=lambda way: sum((price for price, _ in way), Fraction(0)))
    found = (wish.with_(tuple(value for _, value in way)) for way in ways)
    return next((arguments for arguments in found if wish.is_reached(arguments)), None)


def found_by_search(wish: Wish) -> Arguments | None:
    """Return a small change that reaches the band; None if the search finds none."""
    starts = nsmallest(MOST_STARTS, filter(wish.is_reached, _starts(wish)), key=wish.cost)
    return min((smaller for start in starts for smaller in _smaller(wish, start)), key=wish.cost, default=None)


def _starts(wish: Wish) -> Iterator[Arguments]:
    """Yield changes of one input, of all of them to an end, and of several to values that rules mention."""
    plan = wish.program.plan
    near = [axis.some(plan) for axis in wish.axes]
    ways = product(*([axis.now, axis.value(axis.first), axis.value(axis.last)] for axis in wish.axes))
    yield from map(wish.with_, islice(chain(ways, product(*near)), MOST_TRIED))


def _smaller(wish: Wish, start: Arguments) -> Iterator[Arguments]:
    """Yield changes with each input moved back as far as possible, one after the other, in several orders."""
    for order in islice(permutations(wish.axes), MOST_ORDERS):
        now = start
        for axis in order:
            now = _moved_back(wish, now, axis)
        yield now


def _moved_back(wish: Wish, now: Arguments, axis: Axis) -> Arguments:
    """Return the subject with one input as near to its own value as the band allows, by bisection."""

    def moved(value: Any) -> Arguments:
        return (*now[: axis.at], value, *now[axis.at + 1 :])

    if wish.is_reached(moved(axis.now)):
        return moved(axis.now)
    ends = axis.between(now[axis.at])
    if ends is None:
        return now
    near, far = ends
    while abs(far - near) > 1:
        middle = (near + far) // 2
        if wish.is_reached(moved(axis.value(middle))):
            far = middle
        else:
            near = middle
    return moved(axis.value(far))
