"""What it costs to assess one subject."""

from __future__ import annotations

from functools import lru_cache

from ...language.expressions import FUNCTIONS
from ...plan import Plan
from ...plan.ops import Call, written
from ...plan.steps import Combination, Judge

__all__ = ["cost_of"]

OF_A_SERIES = 300
"""What an irrational function costs."""

BY_DEFINITION = 100
"""What each child costs where a group comes together neither as a sum nor as a mean."""

OF_A_STEP = 5
"""What each step costs besides its operations: limits, sums, what is kept of it."""


@lru_cache(maxsize=2)
def cost_of(plan: Plan) -> int:
    """About how many operations on integers one subject takes, with lists of one record."""
    parts = [part for _, op in plan.operations() for part in written(op)]
    groups = [step.body for step in plan.steps if isinstance(step, Judge) and isinstance(step.body, Combination)]
    slow = [group for group in groups if group.function not in ("sum", "mean", "")]
    return (
        len(parts)
        + sum(OF_A_SERIES for part in parts if isinstance(part, Call) and FUNCTIONS[part.function].series)
        + sum(BY_DEFINITION * len(group.children) for group in slow)
        + len(plan.inputs)
        + OF_A_STEP * len(plan.steps)
        + 1
    )
