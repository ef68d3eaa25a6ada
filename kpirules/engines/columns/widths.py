"""How wide an integer of a column may be."""

from __future__ import annotations

from collections.abc import Iterator

from ..integers import MOST_BITS, ColumnPlan, IntegerProgram, Obstacle, Step, column_plan

__all__ = ["DOUBLE_BITS", "is_near", "is_wide", "plan_of_columns"]

DOUBLE_BITS = 52
"""Maximum bits of an integer that is held as a double: doubles hold all of them, and their sums."""

MOST_WIDE_BITS = 900
"""Maximum bits of an integer that is held as a double near it, and modulo 2⁶⁴."""


def is_wide(bits: int) -> bool:
    """Return whether an integer of some bits is held as two columns: a nearby double, and its value modulo 2⁶⁴."""
    return bits > MOST_BITS


def is_near(step: Step) -> bool:
    """Return whether a step is held as a nearby double, not exactly.

    Args:
        step: of an integer program.
    """
    return step.is_real or is_wide(step.bits)


def plan_of_columns(program: IntegerProgram) -> ColumnPlan:
    """Return which results data frames can compute by columns, and the obstacles for the others.

    Args:
        program: the steps on integers.
    """
    return column_plan(program, _widths, DOUBLE_BITS)


def _widths(program: IntegerProgram, step: Step) -> Iterator[Obstacle | tuple[int, int]]:
    """Yield the widths to check: the bits that are needed, and the maximum."""
    parts = [program.steps[operand] for operand in step.operands]
    yield step.bits, MOST_BITS if step.operation in ("input", "least", "greatest") else MOST_WIDE_BITS
    if step.operation == "sum":
        yield parts[1].bits, MOST_BITS
    elif step.operation in ("//", "%") and any(map(is_near, parts)):
        if parts[1].low < 0:
            yield Obstacle(step.path, f"it divides {parts[0].bits} bits by a number that may be negative")
        if step.operation == "%" and not step.is_real:
            yield step.bits, MOST_BITS
