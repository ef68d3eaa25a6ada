"""How many examples generated tests try: a fixed budget in every run, the long budget under `pytest --long`."""

from __future__ import annotations

from typing import TypeVar

__all__ = ["by_budget", "examples", "set_budget"]

T = TypeVar("T")

MIN_EXAMPLES = 10
"""Examples of a law in the fixed budget, unless its long budget is smaller."""

SHARE = 10
"""The long budget of a law in fixed budgets: laws of many examples keep more than those of few."""

_long = False


def set_budget(*, is_long: bool) -> None:
    """Choose the budget; conftest.py calls this before it imports any test."""
    global _long  # noqa: PLW0603 # one switch for the whole process, set once
    _long = is_long


def by_budget(fixed: T, long: T) -> T:
    """Return the number for the budget of this run."""
    return long if _long else fixed


def examples(long: int) -> int:
    """Return how many examples a law tries whose long budget is given."""
    return by_budget(min(long, max(MIN_EXAMPLES, long // SHARE)), long)
