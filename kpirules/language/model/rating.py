"""Rating rules: limits on the score, bands with their requirements, exemptions and overrides."""

from __future__ import annotations

from fractions import Fraction

from attrs import field, frozen

from ..expressions import Expression
from .nodes import NOWHERE, Amount, Condition, Words, ends

__all__ = ["Band", "Bands", "Exemption", "Interval", "Limit", "Override"]


@frozen
class Interval:
    """An interval of numbers; None is no end."""

    lower: Fraction | None = None
    is_lower_open: bool = False
    upper: Fraction | None = None
    is_upper_open: bool = False

    def __str__(self) -> str:
        return ends(self.lower, self.is_lower_open, self.upper, self.is_upper_open)

    def __contains__(self, x: Fraction) -> bool:
        if self.lower is not None and (x < self.lower or (self.is_lower_open and x == self.lower)):
            return False
        return self.upper is None or not (x > self.upper or (self.is_upper_open and x == self.upper))


@frozen
class Band:
    """One band of the rating scale.

    Args:
        id: its name.
        lower, upper: ends as the author wrote them, or None.
        is_lower_open, is_upper_open: True for `above` and `below`.
        interval: the ends, resolved against the other bands.
        requires: further conditions for the band.
    """

    id: str
    lower: Amount | None = None
    is_lower_open: bool = False
    upper: Amount | None = None
    is_upper_open: bool = False
    interval: Interval = field(factory=Interval, eq=False)
    requires: tuple[Condition, ...] = ()
    words: Words = field(default=NOWHERE, metadata={"wording": True})


@frozen
class Bands:
    """The rating scale, best band first.

    Args:
        levels: the bands.
        measure: the number banded instead of the score, or None.
        falls_to_next: True if a failed requirement leads to the best lower band that holds.
        overlap: `best` or `worst` if several bands apply, or None: then the rating is undefined.
    """

    levels: tuple[Band, ...]
    measure: Expression | None = None
    falls_to_next: bool = False
    overlap: str | None = None
    words: Words = field(default=NOWHERE, metadata={"wording": True})

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(band.id for band in self.levels)


@frozen
class Limit:
    """A cap on the score, with its condition."""

    id: str
    at_most: Expression
    when: Expression | None = None
    words: Words = field(default=NOWHERE, metadata={"wording": True})


@frozen
class Exemption:
    """A condition under which there is no rating, with the status instead."""

    id: str
    when: Expression
    status: str
    words: Words = field(default=NOWHERE, metadata={"wording": True})


@frozen
class Override:
    """A band or status that overrules the score.

    Args:
        kind: `band` (forces), `band_at_most` (ceiling), `band_at_least` (floor) or `unrated`.
        target: a band id or status, or an expression that gives a band.
        when: the condition; None for always.
    """

    id: str
    kind: str
    target: str | Expression
    when: Expression | None = None
    words: Words = field(default=NOWHERE, metadata={"wording": True})
