"""A budget of work, for documents from untrusted sources.

Nodes read and built, operations bounded and subjects tried are counted. A unit takes about a microsecond on a
machine of today, but no clock is read: the same document spends the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from attrs import define, field

__all__ = ["COSTS", "DEFAULT_BUDGET", "WORDS", "Budget", "OverBudget", "allowing", "current", "spend", "within"]

DEFAULT_BUDGET = 1_500_000
"""Default limit on the units of a load, check, comparison or explanation: less than two seconds."""

COSTS = {
    "nodes": 8,
    "merging": 6,
    "building": 20,
    "parsing": 5,
    "checking": 20,
    "bounding": 13,
    "code": 1,
    "search": 1,
    "asking": 5,
    "proving": 12,
    "rating": 1,
    "showing": 1,
}
"""Units by kind of work: about microseconds, as measured over the rulebooks of `tests/sandbox`."""

WORDS = {
    "nodes": "reading",
    "merging": "merging variants and amendments",
    "building": "building rulebooks",
    "parsing": "reading expressions",
    "checking": "checking expressions",
    "bounding": "computing bounds",
    "code": "generating code",
    "search": "trying subjects",
    "asking": "examining results of subjects",
    "proving": "proofs",
    "rating": "rating subjects under both editions",
    "showing": "writing explanations",
}
"""Names of the kinds of work in messages."""


class OverBudget(Exception):
    """More work than the budget allows.

    Args:
        budget: the exceeded budget.
    """

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.budget = budget


@define(eq=False)
class Budget:
    """A limit on work, with the work done so far.

    Args:
        limit: the maximum number of units.
        spent: units spent so far.
        kinds: units spent by kind of work.
    """

    limit: int
    spent: int = 0
    kinds: dict[str, int] = field(factory=dict)

    @property
    def left(self) -> int:
        """The units that may still be spent."""
        return self.limit - self.spent

    @property
    def heaviest(self) -> tuple[str, int]:
        """The kind of work that took most, in words, and its units."""
        kind = max(self.kinds, key=self.kinds.__getitem__)
        return WORDS[kind], self.kinds[kind]

    def spend(self, kind: str, count: int) -> None:
        """Count work that is about to be done, or was just done.

        Args:
            kind: a key of `COSTS`.
            count: how many times.

        Raises:
            OverBudget: if the limit is exceeded.
        """
        units = COSTS[kind] * count
        self.spent += units
        self.kinds[kind] = self.kinds.get(kind, 0) + units
        if self.spent > self.limit:
            raise OverBudget(self)


_CURRENT: ContextVar[Budget | None] = ContextVar("kpirules_budget", default=None)
_ALLOWED: ContextVar[int] = ContextVar("kpirules_allowed", default=DEFAULT_BUDGET)


def current() -> Budget | None:
    """Return the budget in force, or None if work is not limited."""
    return _CURRENT.get()


def spend(kind: str, count: int = 1) -> None:
    """Spend from the budget in force, if there is one.

    Args:
        kind: a key of `COSTS`.
        count: how many times.

    Raises:
        OverBudget: if the limit is exceeded.
    """
    budget = _CURRENT.get()
    if budget is not None:
        budget.spend(kind, count)


@contextmanager
def within(limit: int | None = None) -> Iterator[Budget]:
    """Limit the work done inside; an outer budget stays in force instead.

    Args:
        limit: the maximum number of units, or None for the limit of `allowing`.

    Raises:
        OverBudget: if the limit is exceeded.
        ValueError: if the limit is not above zero.

    >>> with within(100) as budget:
    ...     spend("nodes", 4)
    >>> budget.kinds
    {'nodes': 32}
    """
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise ValueError(f"`budget` is a whole number of units above zero, not {limit!r}")
    outer = _CURRENT.get()
    if outer is not None:
        yield outer
        return
    budget = Budget(_ALLOWED.get() if limit is None else limit)
    token = _CURRENT.set(budget)
    try:
        yield budget
    finally:
        _CURRENT.reset(token)


@contextmanager
def allowing(limit: int | None) -> Iterator[None]:
    """Change the default limit of budgets opened inside.

    Args:
        limit: units, or None to leave it unchanged.
    """
    if limit is None:
        yield
        return
    token = _ALLOWED.set(limit)
    try:
        yield
    finally:
        _ALLOWED.reset(token)
