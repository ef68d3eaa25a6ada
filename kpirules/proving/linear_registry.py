"""Numbers of variables, the same in every attempt."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction

from attrs import define, field

__all__ = ["Registry"]


@define(eq=False)
class Registry:
    """Numbers of variables, the same in every attempt.

    Args:
        numbers: by what the variable is about.
        units: what one step of a variable is worth.
        sources: the variables that one is computed from; inputs have none.
        sizes: the variables that are a number of records.
    """

    numbers: dict[Hashable, int] = field(factory=dict)
    units: dict[int, Fraction] = field(factory=dict)
    sources: dict[int, tuple[int, ...]] = field(factory=dict)
    sizes: set[int] = field(factory=set)

    def number(self, key: Hashable) -> int:
        return self.numbers.setdefault(key, len(self.numbers))
