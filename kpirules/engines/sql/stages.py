"""Steps that wait for windows: those to print before, between and after them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .wanted import Wanted

__all__ = ["staged", "used_later"]


def staged(wanted: Wanted, windows: Sequence[Collection[int]]) -> list[list[int]]:
    """Return the steps of subjects before any window, and those after each group of windows.

    Args:
        wanted: the results.
        windows: the steps that each group of windows gives, in order.
    """
    given = {number: place for place, group in enumerate(windows, 1) for number in group}
    steps, at = wanted.program.steps, dict[int, int]()
    for number in wanted.numbers:
        at[number] = given.get(number, max((at[one] for one in steps[number].operands), default=0))
    return [
        [number for number in wanted.numbers if at[number] == stage and not steps[number].records]
        for stage in range(len(windows) + 1)
    ]


def used_later(wanted: Wanted, stages: Sequence[Sequence[int]]) -> list[int]:
    """Return the steps that are used after their stage, with repetition.

    Args:
        wanted: the results.
        stages: as `staged` returns them.
    """
    later = (number for stage in stages[1:] for number in stage)
    return [*wanted.shown, *(one for number in later for one in wanted.program.steps[number].operands)]
