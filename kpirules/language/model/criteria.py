"""Criteria: how they earn points, and how groups combine them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cached_property

from attrs import field, frozen

from ...kernel.exact import Rounding, to_text
from ..expressions import Expression, Type
from .decisions import Cases
from .nodes import NOWHERE, Amount, Words, ends

__all__ = [
    "COMBINES",
    "Criterion",
    "Entered",
    "Group",
    "Lookup",
    "Measure",
    "Met",
    "Points",
    "Rate",
    "Row",
    "Scale",
    "Steps",
    "Table",
    "Thresholds",
]

COMBINES = ("sum", "mean", "geometric_mean", "harmonic_mean", "min", "max", "product")
"""How a group combines its children; all but `sum` work on shares."""

WEIGHTED = ("mean", "geometric_mean", "harmonic_mean")


@frozen
class Row:
    """One row of a step table, or one option of a lookup.

    Args:
        lower, upper: ends of the interval of the measure, or None.
        is_lower_open, is_upper_open: True if the row excludes that end.
        equals: the one value of the measure, or None.
        option: for a lookup, the option (a boolean as True or False), None for the default row.
        gives: points, or a rate if `is_rate`; a string in a table that gives a choice; None if
            the row is undefined.
        is_rate: True if `gives` is multiplied by the criterion's max.
    """

    lower: Amount | None = None
    is_lower_open: bool = False
    upper: Amount | None = None
    is_upper_open: bool = False
    equals: Amount | None = None
    option: str | bool | None = None
    gives: Amount | str | None = None
    is_rate: bool = False
    words: Words = field(default=NOWHERE, metadata={"wording": True})

    @property
    def is_undefined(self) -> bool:
        return self.gives is None

    @property
    def is_rest(self) -> bool:
        """Whether the row has no condition."""
        return (self.lower, self.upper, self.equals, self.option) == (None, None, None, None)

    @property
    def condition(self) -> str:
        """The condition of the row in the words of the rulebook.

        >>> Row(lower=Amount(Fraction(90)), upper=Amount(Fraction(95)), is_upper_open=True).condition
        'from 90 below 95'
        """
        if self.equals is not None:
            return f"equals {to_text(self.equals.value)}"
        if self.option is not None:
            return str(self.option).lower() if isinstance(self.option, bool) else self.option
        lower, upper = self.lower, self.upper
        return (
            ends(
                None if lower is None else lower.value,
                self.is_lower_open,
                None if upper is None else upper.value,
                self.is_upper_open,
            )
            or "otherwise"
        )

    def holds(self, x: Fraction) -> bool:
        """Return whether the row contains a number."""
        if self.equals is not None:
            return x == self.equals.value
        if self.lower is not None:
            low = self.lower.value
            if x < low or (self.is_lower_open and x == low):
                return False
        if self.upper is not None:
            high = self.upper.value
            if x > high or (self.is_upper_open and x == high):
                return False
        return True


@frozen
class Steps:
    """A step table: the first row that holds, in order."""

    rows: tuple[Row, ...]


@frozen
class Scale:
    """Piecewise linear between knots `(x, points)`, x ascending.

    Args:
        knots: at least two.
        is_clamped: True if the end's value applies beyond the ends; else that is a fault.
    """

    knots: tuple[tuple[Amount, Amount], ...]
    is_clamped: bool = False


@frozen
class Thresholds:
    """The number of thresholds passed, times `each`.

    Args:
        comparison: `above`, `from`, `below` or `to`.
        thresholds: the numbers compared with.
        each: points for each one passed.
    """

    comparison: str
    thresholds: tuple[Amount, ...]
    each: Amount


@frozen
class Lookup:
    """Points by option of a choice, or by yes and no."""

    rows: tuple[Row, ...]


Shape = Steps | Scale | Thresholds | Lookup


@frozen
class Points:
    """A leaf whose points are the value of an expression."""

    value: Expression


@frozen
class Rate:
    """A leaf whose points are its max times the value of an expression."""

    value: Expression


@frozen
class Met:
    """A leaf that earns its max if a condition holds, else its min."""

    condition: Expression


@frozen
class Measure:
    """A leaf that turns a measured number, choice or boolean into points."""

    measure: Expression
    shape: Shape


@frozen
class Entered:
    """A leaf whose points an assessor enters.

    Args:
        step: the number of which the points are multiples, or None.
        column: the input's other name in data besides its id, or empty.
    """

    step: Amount | None = None
    column: str = field(default="", metadata={"wording": True, "newer": True})


Leaf = Points | Rate | Met | Measure | Cases | Entered


@frozen
class Group:
    """A group of criteria.

    Args:
        children: in the order of the rulebook.
        combine: one of `COMBINES`, or None if `points` is written instead.
        points: an expression over the children's points.
        rescale: for sums with children that can be excluded: whether the rest is scaled up to the whole.
        require_share: the least part of the weight (or maxima) that must remain.
        are_weights_relative: True if weights need not add up to one.
    """

    children: tuple[Criterion, ...]
    combine: str | None = "sum"
    points: Expression | None = None
    rescale: bool | None = None
    require_share: Amount | None = None
    are_weights_relative: bool = False


@frozen(slots=False)
class Criterion:
    """A criterion, which is judged and earns points.

    Args:
        id: its name, unique in the tree.
        body: how it earns points.
        min, max: resolved limits of its points, or None.
        written_max: `max` as the author wrote it, or None.
        written_min: `min` as the author wrote it, or None.
        weight: its share among its siblings, or None.
        is_extra: True for bonus points, which do not raise the group's max.
        applies: the condition without which the criterion is excluded, or None.
        missing: `exclude`, `zero`, `full`, `unrated`, or None.
        is_clamped: True if points outside the limits become the limit; else they are a fault.
        round: rounding of the points, after the limits.
    """

    id: str
    body: Leaf | Group
    min: Fraction | None = None
    max: Fraction | None = None
    written_max: Amount | None = None
    written_min: Amount | None = None
    weight: Amount | None = None
    is_extra: bool = False
    applies: Expression | None = None
    missing: str | None = None
    is_clamped: bool = False
    round: Rounding | None = None
    words: Words = field(default=NOWHERE, metadata={"wording": True})

    @property
    def children(self) -> tuple[Criterion, ...]:
        return self.body.children if isinstance(self.body, Group) else ()

    @property
    def has_share(self) -> bool:
        return self.max is not None and self.max != 0

    @property
    def is_regular(self) -> bool:
        """Whether a child of a sum counts in the remaining part: no extra, no deduction, not unbounded."""
        return not self.is_extra and self.max is not None and self.max > 0

    @cached_property
    def limits(self) -> tuple[Fraction | None, Fraction | None]:
        """The least and most points it may have, None for no limit.

        The children of a sum have limits themselves, so a sum has a limit only if one is written
        that they can exceed, also by rounding. Extras may exceed it, unless it is clamped.
        """
        low, high = self.min, self.max
        if self.is_clamped or not isinstance(self.body, Group) or self.body.combine != "sum":
            return low, high
        if self.written_max is None or high is None:
            return (low if self.written_min is not None else None), None
        regular = _total(child.max for child in self.children if not child.is_extra)
        extras = _total(child.reach for child in self.children if child.is_extra)
        if extras is None or (regular is not None and regular <= high and not self._children_are_rounded_beyond):
            return low, None
        return low, high + extras

    @cached_property
    def reach(self) -> Fraction | None:
        """The most points it can reach, None for no limit; rounding after the limits may exceed them."""
        most = self.unrounded_reach
        return most if most is None or self.round is None else self.round.apply(most)

    @cached_property
    def unrounded_reach(self) -> Fraction | None:
        """The most points before its own rounding, None for no limit."""
        most = self.limits[1]
        if most is not None or not isinstance(self.body, Group) or self.body.combine != "sum":
            return most
        if self.body.rescale and self._children_are_rounded_beyond:
            return None
        total = _total(child.reach for child in self.children)
        return total if total is None or self.max is None else max(total, self.max)

    @cached_property
    def _children_are_rounded_beyond(self) -> bool:
        """Whether a child that counts in the max may be rounded beyond its own max."""
        return any(child.is_rounded_beyond for child in self.children if not child.is_extra)

    @cached_property
    def is_rounded_beyond(self) -> bool:
        """Whether rounding, its own or below it, may take it beyond its max."""
        if self.max is not None and self.round is not None and self.round.apply(self.max) > self.max:
            return True
        return self.limits[1] is None and self._children_are_rounded_beyond

    def walk(self) -> Iterator[Criterion]:
        """Yield the criterion and everything below it, in the order of the rulebook."""
        yield self
        for child in self.children:
            yield from child.walk()


def _total(numbers: Iterable[Fraction | None]) -> Fraction | None:
    """Return the sum of some numbers, None if one of them is unlimited."""
    total = Fraction(0)
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


@frozen
class Table:
    """A table of rows or cases, which is called as a function.

    Args:
        id: its name in expressions.
        shape: its rows or cases, which give the value.
        takes: the type of the value that rows are looked up by; for cases, each call has its own types.
        gives: the type of the result.
        args: the names of the arguments that cases read, in order; empty for rows.
    """

    id: str
    shape: Shape | Cases
    takes: Type
    gives: Type
    words: Words = field(default=NOWHERE, metadata={"wording": True})
    args: tuple[str, ...] = field(default=(), metadata={"newer": True})

    @property
    def cases(self) -> Cases | None:
        """Its decision table, None if it has rows."""
        return self.shape if isinstance(self.shape, Cases) else None
