"""Lowers decision tables to operations."""

from __future__ import annotations

from collections.abc import Container, Sequence
from fractions import Fraction

from ..language.expressions import BOOLEAN, NUMBER, Type
from ..language.model import Case
from . import ops
from .ops import Op

__all__ = ["condition", "decided"]

TRUE, FALSE = ops.Const(True, BOOLEAN), ops.Const(False, BOOLEAN)
ONE, ZERO = ops.Const(Fraction(1), NUMBER), ops.Const(Fraction(0), NUMBER)


def condition(case: Case, parts: Sequence[Op], known: Container[str]) -> Op | None:
    """Return the condition of a case, None for the default one; a mapping stops at the first absent name.

    Args:
        case: the case.
        parts: its conditions, lowered.
        known: names that are evaluated already.
    """
    if len(parts) < 2:
        return parts[0] if parts else None
    read = [
        ops.Logic("or", (part, TRUE), part.type)
        for part, need in zip(parts, case.needs, strict=True)
        if part.type.is_optional or need.name not in known
    ]
    is_optional = any(part.type.is_optional for part in parts)
    return ops.Logic("and", (*read, *parts), BOOLEAN.optional if is_optional else BOOLEAN)


def decided(rows: Sequence[tuple[Op | None, Op]], gives: Type, path: str, *, is_unique: bool) -> Op:
    """Return a decision table; an absent case makes the result absent if it is reached.

    Args:
        rows: the condition of each case, None for the default one, and its result.
        gives: the type of the result.
        path: the path of a criterion that may fault; empty for a table.
        is_unique: whether two cases that hold at once are a fault.
    """
    case_conditions = [case_condition for case_condition, _ in rows if case_condition is not None]
    # A single condition can't hold twice.
    is_unique = is_unique and len(case_conditions) > 1
    are_optional = any(case_condition.type.is_optional for case_condition in case_conditions)
    type_ = gives.optional if are_optional else gives
    found: list[tuple[Op | None, Op]] = []
    for case_condition, value in rows:
        if case_condition is None or not case_condition.type.is_optional:
            found.append((case_condition, value))
        elif is_unique:
            found.append((ops.Default(case_condition, FALSE, BOOLEAN), value))
        else:
            found.append(
                (ops.Default(case_condition, TRUE, BOOLEAN), ops.If(case_condition, value, value, gives.optional))
            )
    if found[-1][0] is not None:
        found.append((None, ops.Stop("scale" if path else "no_case", path, gives)))
    choice = ops.Cases(tuple(found), len(rows), gives if is_unique else type_)
    if not is_unique:
        return choice
    holding = [
        ops.If(case_condition, ONE, ZERO, NUMBER.optional if case_condition.type.is_optional else NUMBER)
        for case_condition in case_conditions
    ]
    count: Op = holding[0]
    counted = NUMBER.optional if are_optional else NUMBER
    for case_condition in holding[1:]:
        count = ops.Arithmetic("+", count, case_condition, counted)
    are_apart = ops.Chain((count, ONE), ("<=",), (), BOOLEAN.optional if are_optional else BOOLEAN)
    stop = ops.Stop("scale", f"{path}.unique", gives) if path else ops.Stop("several", "", gives)
    return ops.If(are_apart, choice, stop, type_)
