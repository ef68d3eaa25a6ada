"""Goals: events that a check looks for in valid subjects."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from ...engines.scalar import Decision, Fault
from ...language.model import Interval
from ...plan.ops import Op

__all__ = ["Answer", "Arguments", "Goal"]

Arguments = tuple[Any, ...]
"""Values of all inputs, as the core of the scalar engine takes them."""

Answer = Decision | Fault | None
"""The result of the scalar engine; None for an invalid subject."""


@frozen(eq=False)
class Goal:
    """An event that may happen to a valid subject.

    Args:
        reached: returns whether it happened, by the result of the scalar engine.
        number: the number that must be in `stretch`: `score`, `exact_score`, `banded_on`, or empty.
        stretch: the interval for the number.
        outcomes: conditions of the plan with their outcomes, each evaluated once there is a score.
        criterion: the criterion whose judging must fault, or empty.
        faulting: operations that must be evaluated to a value: a divisor to zero, for example.
        fault: the path and the kind of the fault that must come first.
        band: the band that the subject must have before overrides, or empty.
        is_undefined: whether the bands must leave the rating undefined, without a decisive override.
        lowering: the path of the limit that must lower the score, or empty.
        lacking: the criterion that must end without points although it applies, or empty.
        deciding: the override that must decide, or empty.
    """

    reached: Callable[[Answer], bool]
    number: str = ""
    stretch: Interval = field(factory=Interval)
    outcomes: tuple[tuple[Op, bool], ...] = ()
    faulting: tuple[tuple[Op, Fraction], ...] = ()
    criterion: str = ""
    fault: tuple[str, str] | None = None
    band: str = ""
    is_undefined: bool = False
    lowering: str = ""
    lacking: str = ""
    deciding: str = ""
