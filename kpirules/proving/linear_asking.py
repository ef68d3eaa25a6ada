"""Conditions as constraints on the subject that is looked for."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from attrs import define

from ..model import Interval
from ..plan import ops
from ..plan.ops import Op
from .linear_conditions import compared
from .linear_forms import Options, Payload, Quotient, Value, constant, need
from .linear_inputs import Inputs
from .linear_ops import Evaluator
from .linear_rounding import before

__all__ = ["Asking", "are_apart"]


@define(eq=False)
class Asking:
    """What is asked of a subject.

    Args:
        inputs: of the attempt.
    """

    inputs: Inputs

    @property
    def to(self) -> Evaluator:
        return self.inputs.to

    def sound(self, value: Value) -> None:
        self.to.model.fails(value.fault)
        self.to.model.fails(value.open)

    def true(self, value: Value) -> None:
        self.sound(value)
        self.to.model.holds(value.there)
        self.to.model.holds(need(value.payload))

    def require(self, op: Op) -> None:
        """Constrain a condition to hold, without a bit for it where that can be."""
        match op:
            case ops.Logic(operator="and", operands=parts):
                for part in parts:
                    self.require(part)
            case ops.Chain(operands=operands, operators=operators, ranks=ranks):
                values = [self.to.value(operand) for operand in operands]
                for value in values:
                    self.sound(value)
                    self.to.model.holds(value.there)
                for sign, (one, other) in zip(operators, pairwise(values), strict=True):
                    self.ordered(sign, one.payload, other.payload, ranks)
            case _:
                self.true(self.to.value(op))

    def ordered(self, sign: str, one: Payload, other: Payload, ranks: tuple[str, ...]) -> None:
        if isinstance(one, Options):
            self.to.model.holds(compared(self.to, sign, one, other, ranks))
            return
        difference = self.to.subtracted(one, other)
        self.to.model.ordered(difference.over if isinstance(difference, Quotient) else need(difference), sign)

    def inside(self, payload: Payload, interval: Interval) -> None:
        """Constrain a number to a stretch."""
        for end, is_open, sign in (
            (interval.lower, interval.is_lower_open, ">"),
            (interval.upper, interval.is_upper_open, "<"),
        ):
            if end is not None:
                self.ordered(sign if is_open else f"{sign}=", payload, constant(end), ())

    def inside_rounded(self, payload: Payload, stretch: Interval, rounding: tuple[Fraction, str] | None) -> None:
        """Constrain a number to what is rounded into a stretch."""
        self.inside(payload, stretch if rounding is None else before(stretch, *rounding))


def are_apart(one: Interval, other: Interval) -> bool:
    """Whether no number is in both, but for ends."""
    return (one.upper is not None and other.lower is not None and one.upper < other.lower) or (
        other.upper is not None and one.lower is not None and other.upper < one.lower
    )
