"""The cost of assessing one subject."""

from __future__ import annotations

from functools import lru_cache

from ...language.expressions import FUNCTIONS
from ...plan import Plan
from ...plan.ops import Call, written
from ...plan.steps import Combination, Judge

__all__ = ["cost_of"]

OF_A_SERIES = 300
"""The cost of an irrational function."""

BY_DEFINITION = 100
"""The cost of each child of a group that is neither a sum nor a mean."""

OF_A_STEP = 5
"""The cost of each step besides its operations: limits, sums, and storing the result."""


@lru_cache(maxsize=2)
def cost_of(plan: Plan) -> int:
    """Return the approximate number of integer operations for one subject with one record in each list."""
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
