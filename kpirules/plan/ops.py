"""Typed operations, to which formulas are lowered once names, tables and parameters are resolved.

An operation holds its operands, evaluated from left to right, and its `type`. An optional type means that
it may be absent; unless said otherwise, an operation with an absent operand is absent.

The file is long since it describes each field of each operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from attrs import frozen

from ..kernel.calendars import Calendar
from ..language.expressions import Type

__all__ = [
    "MEASURED",
    "Arithmetic",
    "Bind",
    "Call",
    "Cases",
    "Chain",
    "Const",
    "Default",
    "Given",
    "If",
    "Item",
    "Local",
    "Logic",
    "Member",
    "Negate",
    "Not",
    "Op",
    "Over",
    "Power",
    "Read",
    "Stop",
    "Undefined",
    "Unknown",
    "divisors",
    "is_closed",
    "measured",
    "operands",
    "remainder",
    "walk",
    "written",
]

MEASURED = "it"
"""The name of the value measured by a step table, scale, lookup or thresholds."""


@frozen
class Const:
    """A number, boolean, text, date or calendar."""

    value: Fraction | bool | str | date | Calendar
    type: Type


@frozen
class Read:
    """A value of the assessment by name: an input, a `let`, `points.x`, `score`, an output."""

    name: str
    type: Type


@frozen
class Item:
    """A field of the current record; `is_let` if it is computed."""

    name: str
    type: Type
    is_let: bool = False


@frozen
class Local:
    """A value that an enclosing `Bind` holds under this name; never absent."""

    name: str
    type: Type


@frozen
class Bind:
    """`body`, with each `Local` bound to a value; absent if a value is, without evaluating `body`.

    A call of a function defined by a formula is a `Bind` of its arguments. Its body may read a plain
    argument directly. An argument that is evaluated only when needed stands in the body, in a `Bind`
    without names of its own.

    Args:
        names: of the values; those of a function's arguments start with its name and a point.
        values: evaluated from left to right, before the body.
        body: reads the values by name.
        function: the function called, or empty.
        in_place: the arguments that stand in the body itself.
    """

    names: tuple[str, ...]
    values: tuple[Op, ...]
    body: Op
    type: Type
    function: str = ""
    in_place: tuple[Op, ...] = ()

    @property
    def arguments(self) -> tuple[Op, ...]:
        """The arguments of a function defined by a formula: those always evaluated, then the others."""
        return (*self.values, *self.in_place)


@frozen
class Negate:
    """A number with its sign changed."""

    operand: Op
    type: Type


@frozen
class Arithmetic:
    """`+ - * /` of two numbers; division by zero is a fault."""

    operator: str
    left: Op
    right: Op
    type: Type


@frozen
class Power:
    """A number to a power from 0 to 16."""

    base: Op
    exponent: int
    type: Type


@frozen
class Chain:
    """Comparisons such as `0 <= x < 10`: evaluated in turn, up to the first that is false.

    Args:
        operands: one more than there are operators.
        operators: each one of `== != < <= > >=`.
        ranks: the options from worst to best, if ordered choices are compared.
    """

    operands: tuple[Op, ...]
    operators: tuple[str, ...]
    ranks: tuple[str, ...]
    type: Type


@frozen
class Member:
    """Whether a value is one of several options, or is not."""

    operand: Op
    options: tuple[Fraction | bool | str | date, ...]
    is_negated: bool
    type: Type


@frozen
class Logic:
    """`and` or `or`, evaluated from left to right up to the first operand that is absent or decides."""

    operator: str
    operands: tuple[Op, ...]
    type: Type


@frozen
class Not:
    operand: Op
    type: Type


@frozen
class If:
    """One of two branches; absent if the condition is."""

    condition: Op
    then: Op
    otherwise: Op
    type: Type


@frozen
class Given:
    """Whether a value is present; never absent."""

    operand: Op
    type: Type


@frozen
class Default:
    """A value, or another if it is absent."""

    operand: Op
    otherwise: Op
    type: Type


@frozen
class Call:
    """A built-in function without a formula: `floor`, `min`, `max`, or one that engines implement directly."""

    function: str
    arguments: tuple[Op, ...]
    type: Type


@frozen
class Cases:
    """The value of the first case whose condition holds; the last condition may be None.

    Args:
        cases: conditions that are never absent, each with its value.
        rows: the most rows of the rulebook that are searched; each is a unit of work.
    """

    cases: tuple[tuple[Op | None, Op], ...]
    rows: int
    type: Type


@frozen
class Stop:
    """A fault of some kind instead of a value.

    Args:
        path: the path of the faulting part, or empty for the current expression.
    """

    kind: str
    path: str
    type: Type


@frozen
class Undefined:
    """An undefined row, named by its place: the regulation does not say."""

    place: str
    type: Type


@frozen
class Unknown:
    """Stands for a formula with an error: any value of its type, possibly absent or undefined."""

    type: Type


@frozen
class Over:
    """An aggregate over the records of a list, or over the remaining children of a group.

    Args:
        function: its name in the table of aggregates.
        records: the list, or `children.<group>` with the fields `points`, `share`, `max`, `weight`.
        condition: selects records, or None for all; never absent.
        body: the value aggregated; never absent.
        constants: further arguments, such as the number of records to count.
    """

    function: str
    records: Read
    condition: Op | None
    body: Op
    type: Type
    constants: tuple[Fraction, ...] = ()


Op = (
    Const
    | Read
    | Item
    | Local
    | Bind
    | Negate
    | Arithmetic
    | Power
    | Chain
    | Member
    | Logic
    | Not
    | If
    | Given
    | Default
    | Call
    | Cases
    | Stop
    | Undefined
    | Unknown
    | Over
)


def operands(op: Op) -> tuple[Op, ...]:
    """Return the operands, in the order in which they may be evaluated."""
    match op:
        case Negate(operand=operand) | Not(operand=operand) | Given(operand=operand):
            return (operand,)
        case Power(base=operand) | Member(operand=operand):
            return (operand,)
        case Arithmetic(left=left, right=right):
            return (left, right)
        case Chain(operands=parts) | Logic(operands=parts) | Call(arguments=parts):
            return parts
        case If(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Default(operand=operand, otherwise=otherwise):
            return (operand, otherwise)
        case Bind(values=values, body=body):
            return (*values, body)
        case Cases(cases=cases):
            return tuple(part for case in cases for part in case if part is not None)
        case Over(records=records, condition=condition, body=body):
            return (records, body) if condition is None else (records, condition, body)
        case _:
            return ()


def measured(value: Op, body: Op, type_: Type) -> Bind:
    """Return a shape's body, bound to the value it measures."""
    return Bind((MEASURED,), (value,), body, type_)


def walk(op: Op) -> Iterator[Op]:
    """Yield an operation and everything below it, from left to right."""
    pending = [op]
    while pending:
        part = pending.pop()
        yield part
        pending.extend(reversed(operands(part)))


def written(op: Op) -> Iterator[Op]:
    """Yield the operations that the rulebook writes: for a function with a formula, only its arguments."""
    pending = [op]
    while pending:
        part = pending.pop()
        yield part
        is_formula = type(part) is Bind and part.function
        pending.extend(reversed(part.arguments if type(part) is Bind and is_formula else operands(part)))


def is_closed(op: Op, *, in_records: bool = False, bound: frozenset[str] = frozenset()) -> bool:
    """Return whether an operation has no free names, so that it can be evaluated by itself."""
    match op:
        case Item():
            return in_records
        case Local(name=name):
            return name in bound
        case Over(condition=condition, body=body):
            parts = (body,) if condition is None else (condition, body)
            return all(is_closed(part, in_records=True, bound=bound) for part in parts)
        case Bind(names=names, values=values, body=body):
            return all(is_closed(part, in_records=in_records, bound=bound) for part in values) and is_closed(
                body, in_records=in_records, bound=bound.union(names)
            )
    return all(is_closed(part, in_records=in_records, bound=bound) for part in operands(op))


def remainder(op: Op) -> tuple[Op, Op] | None:
    """Return the operands of `a - b * floor(a / b)`, the remainder of a division; None for anything else."""
    match op:
        case Arithmetic(
            operator="-",
            left=left,
            right=Arithmetic(
                operator="*",
                left=by,
                right=Call(function="floor", arguments=(Arithmetic(operator="/", left=above, right=below),)),
            ),
        ) if left == above and by == below:
            return left, by
    return None


def divisors(op: Op) -> Iterator[Op]:
    """Yield the divisors that may be zero, unless an enclosing condition excludes it."""
    pending: list[tuple[Op, Mapping[str, Op], frozenset[Op]]] = [(op, {}, frozenset())]
    while pending:
        part, bound, not_zero = pending.pop()
        match part:
            case Arithmetic(operator="/", right=right) if right not in not_zero:
                divisor = bound.get(right.name, right) if isinstance(right, Local) else right
                if not (isinstance(divisor, Const) and divisor.value):
                    yield divisor
            case If(condition=Chain(operands=(tested, Const(value=0)), operators=("==",)), otherwise=otherwise):
                pending += [(otherwise, bound, not_zero | {tested}), (part.then, bound, not_zero)]
                pending.append((part.condition, bound, not_zero))
                continue
            case Bind(names=names, values=values, body=body):
                pending.append((body, {**bound, **dict(zip(names, values, strict=True))}, not_zero))
                pending += [(value, bound, not_zero) for value in values]
                continue
        pending += [(below, bound, not_zero) for below in operands(part)]
