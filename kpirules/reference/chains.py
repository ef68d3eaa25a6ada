"""Computes named values that read each other, in chains longer than Python's stack allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from attrs import define, field

from ..language.expressions import Meter

__all__ = ["Chains"]

DEEPEST = 3
"""The most computations of a chain that wait for each other on Python's stack.

One expression alone may take 150 of its 1,000 frames.
"""

Outcome = TypeVar("Outcome")


class _TooDeep(Exception):
    """Raised when too many computations are nested, to restart them after the innermost one."""

    def __init__(self, compute: Callable[[], object]) -> None:
        super().__init__()
        self.compute = compute


@define(eq=False)
class Chains:
    """Runs computations that run others, where each keeps its own outcome.

    Args:
        meter: counts the work; a computation that was stopped counts once, when it is done.
    """

    meter: Meter
    _depths: dict[str, int] = field(factory=dict)
    _done: int = 0

    def run(self, compute: Callable[[], Outcome], kind: str) -> Outcome:
        """Return the outcome of a computation, restarted after each nested computation that was too deep.

        Args:
            compute: returns the outcome, and keeps it for later calls.
            kind: the kind of the chain. A chain of another kind may start inside it, but not continue it.
        """
        depth = self._depths.get(kind, 0)
        if depth == DEEPEST:
            raise _TooDeep(compute)
        if depth > 0:
            return self._attempt(compute, kind)
        pending: list[Callable[[], object]] = []
        while True:
            try:
                while pending:
                    self._attempt(pending[-1], kind)
                    pending.pop()
                return self._attempt(compute, kind)
            except _TooDeep as deeper:
                pending.append(deeper.compute)

    def _attempt(self, compute: Callable[[], Outcome], kind: str) -> Outcome:
        work, done, depth = self.meter.work, self._done, self._depths.get(kind, 0)
        self._depths[kind] = depth + 1
        try:
            outcome = compute()
        except _TooDeep:
            self.meter.work = work + self._done - done
            raise
        finally:
            self._depths[kind] = depth
        self._done = done + self.meter.work - work
        return outcome
