"""What a check wants to see happen to some valid subject."""

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
"""What the scalar engine says; None where the subject is not valid."""


@frozen(eq=False)
class Goal:
    """Something that may happen to a valid subject.

    Args:
        reached: whether it has happened, by what the scalar engine says.
        number: the number that must lie in `stretch`: `score`, `exact_score`, `banded_on`, or empty.
        stretch: of the scale.
        outcomes: conditions of the plan that must come out so, each asked once there is a score.
        criterion: the criterion whose judging must fault, or empty.
        faulting: operations that must be evaluated with this value: a divisor with zero, say.
        fault: the way to what must fault first, and the kind of fault.
        band: the band that the subject must have before overrides, or empty.
        is_undefined: whether the bands must leave the rating undefined, and nothing outrank that.
        lowering: the way to the limit that must lower the score, or empty.
        lacking: the criterion that must end without points though it applies, or empty.
        deciding: the override that must be among those that decide, or empty.
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
