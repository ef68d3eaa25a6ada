"""Whether arithmetic holds the integers of cells that are not valid, whose rows have no result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..integers import Step
from .dialects import NARROW_BITS, Dialect

__all__ = ["harmless"]

Interval = tuple[int, int]


def harmless(
    steps: Sequence[Step], numbers: Sequence[int], unread: Mapping[int, int], dialect: Dialect
) -> frozenset[int]:
    """Return the inputs whose invalid cells need no replacement by a valid integer.

    Args:
        steps: the steps of a program.
        numbers: those of the query, in order.
        unread: the integer of such a cell, by the step that reads it.
        dialect: the forms of the database.
    """
    ends: dict[int, Interval] = {}
    reads: dict[int, frozenset[int]] = {}
    harmed: frozenset[int] = frozenset()
    for number in numbers:
        step = steps[number]
        if step.operation in ("//", "%") and _may_be_zero(steps[step.operands[1]], ends[step.operands[1]]):
            harmed |= reads[step.operands[1]]
            ends[step.operands[1]] = steps[step.operands[1]].low, steps[step.operands[1]].high
        ends[number] = step.low, step.high
        reads[number] = frozenset().union(*(reads[operand] for operand in step.operands)) - harmed
        if number in unread:
            ends[number] = min(step.low, unread[number]), max(step.high, unread[number])
            reads[number] = frozenset([number])
        elif reads[number] and not step.is_flag:
            found = _ends(step, steps, ends)
            limit = NARROW_BITS if step.bits <= NARROW_BITS else dialect.bits
            if found is None or _bits(found) > limit:
                harmed |= reads[number]
            else:
                ends[number] = found
    return frozenset(unread) - harmed


def _may_be_zero(divisor: Step, ends: Interval) -> bool:
    """Return whether a divisor may become zero; one that may be so in a valid row is replaced in the query."""
    return ends[0] <= 0 <= ends[1] and not divisor.low <= 0 <= divisor.high


def _bits(interval: Interval) -> int:
    return max(map(abs, interval)).bit_length()


def _ends(step: Step, steps: Sequence[Step], ends: Mapping[int, Interval]) -> Interval | None:
    """Return the interval of a step by those of its operands, or None if it is not arithmetic."""
    if step.operation == "count":
        return 0, 1
    if step.operation not in ("select", "+", "-", "*", "//", "%"):
        return None
    x, y = step.operands[-2:]
    (a, b), (c, d) = ends[x], ends[y]
    match step.operation:
        case "select":
            return min(a, c), max(b, d)
        case "+":
            return a + c, b + d
        case "-":
            return a - d, b - c
        case "*":
            products = (a * c, a * d, b * c, b * d)
            return min(products), max(products)
    if step.operation == "%":
        return -max(abs(c), abs(d)), max(abs(c), abs(d))
    # A dividend below zero is raised by a multiple of the divisor.
    shift = max(-(steps[x].low // steps[y].low), 0) if steps[y].low > 0 else 0
    most = max(abs(a), abs(b)) + shift * max(abs(c), abs(d))
    return -most, most
