"""Decision tables: the first case that holds gives the result."""

from __future__ import annotations

from functools import cached_property

from attrs import field, frozen

from ..expressions import Expression
from .nodes import NOWHERE, Amount, Constant, Words

__all__ = ["Case", "Cases", "Need"]

MAX_CASE_LENGTH = 200
"""The longest case in words, in characters; a longer one is named by its number."""


@frozen
class Need:
    """A condition of a case on one name.

    Args:
        name: the name that is read, possibly dotted.
        condition: the condition as an expression.
        among: the allowed values; empty if `ends` are written.
        ends: the ends of an interval by their key, `from`, `above`, `to` or `below`.
    """

    name: str
    condition: Expression
    among: tuple[Constant, ...] = ()
    ends: tuple[tuple[str, Constant], ...] = ()

    def __str__(self) -> str:
        values = " or ".join(map(str, self.among)) or " ".join(f"{key} {value}" for key, value in self.ends)
        return f"{self.name} {values}"


@frozen(slots=False)
class Case:
    """One case of a decision table.

    Args:
        number: its number, from 1.
        condition: the condition, or None.
        needs: the conditions by name instead; all names are read, in this order, and all must hold.
        gives: points, or a rate if `is_rate`; a string in a table that gives a choice; None if the
            regulation does not say.
        is_rate: True if `gives` is multiplied by the criterion's max.
    """

    number: int
    condition: Expression | None = None
    needs: tuple[Need, ...] = ()
    gives: Amount | str | None = None
    is_rate: bool = False
    words: Words = field(default=NOWHERE, metadata={"wording": True})

    @property
    def is_undefined(self) -> bool:
        return self.gives is None

    @property
    def is_rest(self) -> bool:
        """Whether the case has no condition."""
        return self.condition is None and not self.needs

    @cached_property
    def conditions(self) -> tuple[Expression, ...]:
        """The conditions, in the order of evaluation."""
        if self.condition is not None:
            return (self.condition,)
        return tuple(need.condition for need in self.needs)

    @cached_property
    def in_words(self) -> str:
        """The case in the words of the rulebook."""
        if self.is_rest:
            return "otherwise"
        words = ", ".join(map(str, self.needs)) if self.condition is None else " ".join(self.condition.text.split())
        return words if len(words) <= MAX_CASE_LENGTH else f"case {self.number}"


@frozen
class Cases:
    """A decision table: the first case that holds, in order.

    Args:
        rows: the cases.
        is_unique: True if two cases that hold at once are a fault, except the one without a condition.
    """

    rows: tuple[Case, ...]
    is_unique: bool = False
