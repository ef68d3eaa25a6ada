"""Named values that read each other, in chains of any length, without Python's stack to limit them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from attrs import define, field

from ..language.expressions import Meter

__all__ = ["Chains"]

DEEPEST = 3
"""Computations of a chain that may wait for each other on Python's stack.

One expression alone may take 150 of its 1,000 frames.
"""

Outcome = TypeVar("Outcome")


class _TooDeep(Exception):
    """Too many computations wait for each other: all are broken off until the last one is done."""

    def __init__(self, compute: Callable[[], object]) -> None:
        super().__init__()
        self.compute = compute


@define(eq=False)
class Chains:
    """Runs computations that run others, each of which keeps its own outcome.

    Args:
        meter: counts the work; what is broken off counts once it is done, as if it had never begun.
    """

    meter: Meter
    _depths: dict[str, int] = field(factory=dict)
    _done: int = 0

    def run(self, compute: Callable[[], Outcome], kind: str) -> Outcome:
        """The outcome of a computation; where it is broken off, it begins again after what it waits for.

        Args:
            compute: gives the outcome, and keeps it for whoever asks again.
            kind: what the chain is made of. A chain of another kind may begin inside it, not go on in it.
        """
        depth = self._depths.get(kind, 0)
        if depth == DEEPEST:
            raise _TooDeep(compute)
        if depth > 0:
            return self._attempt(compute, kind)
        waiting: list[Callable[[], object]] = []
        while True:
            try:
                while waiting:
                    self._attempt(waiting[-1], kind)
                    waiting.pop()
                return self._attempt(compute, kind)
            except _TooDeep as deeper:
                waiting.append(deeper.compute)

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
