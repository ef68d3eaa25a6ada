"""Functions of the language without a formula: some as integer code, others as calls of their meaning."""

from __future__ import annotations

from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING

from attrs import evolve

from ...language.expressions import FUNCTIONS
from ...plan.ops import Arithmetic, Call, Const, Op
from .emitted import Emitted, Other
from .numbers import ANY, NOT_NEGATIVE, POSITIVE, Num, add, compare, either, number
from .writing import divided

if TYPE_CHECKING:
    from .operations import Operations

__all__ = ["emit", "whole"]


def emit(operations: Operations, op: Call, values: list[Emitted]) -> Emitted:
    """Write a function of values that are all present."""
    row = FUNCTIONS[op.function]
    if row.name in ("min", "max"):
        return _extreme(operations, [value for value in values if isinstance(value, Num)], is_least=row.name == "min")
    sign = ANY if row.low is None or row.low < 0 else POSITIVE if row.low > 0 else NOT_NEGATIVE
    if isinstance(row.meaning, attrgetter) and isinstance(values[0], Other):
        # An attribute is read without a call.
        return Num(f"{values[0].code}.{row.meaning.__reduce__()[1][0]}", 1, sign)
    arguments = ", ".join(f"R({part.n}, {part.d})" if isinstance(part, Num) else part.code for part in values)
    target = operations.writer.fresh()
    operations.writer.line(f"{target} = f_{row.name}({arguments})")
    if row.fault:
        operations.writer.put(f"if {target} is None:", [operations.fault(row.fault)])
    if row.gives == "date":
        return Other(target)
    if row.is_whole:
        return Num(target, 1, sign)
    # The meaning returns an exact number as an object: its parts are used from here on.
    name = operations.writer.fresh()
    operations.writer.line(f"{name} = {target}.numerator; {name}d = {target}.denominator")
    return Num(name, f"{name}d", sign)


def _extreme(operations: Operations, numbers: list[Num], *, is_least: bool) -> Num:
    found = operations.held(numbers[0])
    for x in numbers[1:]:
        other = operations.held(x)
        chosen = either(operations.writer, compare("<=" if is_least else ">=", found, other), found, other)
        found = evolve(chosen, sign=(min if is_least else max)(found.sign, other.sign))
    return found


def whole(operations: Operations, op: Op) -> Emitted:
    """Write a floor; a constant added to a whole number is rounded separately."""
    match op:
        case Arithmetic(operator="+", left=left, right=Const(value=Fraction() as shift)):
            return operations.strict(
                [operations.emit(left)], lambda x: _shifted(operations, x, number(shift), op.operator)
            )
        case Arithmetic(operator="-", left=Const(value=Fraction() as shift), right=right):
            return operations.strict(
                [operations.emit(right)], lambda x: _shifted(operations, x, number(shift), op.operator)
            )
    return operations.strict([operations.emit(op)], _floor)


def _shifted(operations: Operations, x: Num, shift: Num, sign: str) -> Num:
    if x.d == 1:
        shift = _floor(shift)
    return _floor(add(operations.writer, x, shift) if sign == "+" else add(operations.writer, shift, x, "-"))


def _floor(x: Num) -> Num:
    return Num(divided(x.n, x.d), 1, min(x.sign, NOT_NEGATIVE))
