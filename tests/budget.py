"""The number of examples that generated tests try: a fixed budget in every run, a long one under `pytest --long`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

__all__ = ["by_budget", "examples", "set_budget", "some"]

T = TypeVar("T")

MIN_EXAMPLES = 2
"""Examples of a law in the fixed budget, unless its long budget is smaller."""

SHARE = 50
"""The long budget of a law in fixed budgets: laws of many examples keep more than those of few."""

_long = False


def set_budget(*, is_long: bool) -> None:
    """Choose the budget; conftest.py calls this before it imports any test."""
    global _long  # noqa: PLW0603 # one switch for the whole process, set once
    _long = is_long


def by_budget(fixed: T, long: T) -> T:
    """Return the number for the budget of this run."""
    return long if _long else fixed


def some(cases: Iterable[T], one_in: int) -> list[T]:
    """Return one in so many cases in the fixed budget, the first among them; all of them in the long budget."""
    return [*cases][:: by_budget(one_in, 1)]


def examples(long: int) -> int:
    """Return how many examples a law tries, given its long budget."""
    return by_budget(min(long, max(MIN_EXAMPLES, long // SHARE)), long)
