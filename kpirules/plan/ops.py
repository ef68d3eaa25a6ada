"""What the formulas of a rulebook come to once names, tables and parameters are resolved: typed operations.

An operation holds its operands, evaluated from left to right, and its `type`. An optional type says that
it may come out absent; unless said otherwise, an operation with an absent operand is absent itself.
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
"""The name of what a step table, scale, lookup or thresholds measure."""


@frozen
class Const:
    """A number, boolean, text, date or calendar."""

    value: Fraction | bool | str | date | Calendar
    type: Type


@frozen
class Read:
    """A value of the assessment by its name: an input, a `let`, `points.x`, `score`, an output."""

    name: str
    type: Type


@frozen
class Item:
    """A field of the record at hand; `is_let` where it is a computed one."""

    name: str
    type: Type
    is_let: bool = False


@frozen
class Local:
    """A value that a `Bind` around it holds under this name; never absent."""

    name: str
    type: Type


@frozen
class Bind:
    """`body`, in which each `Local` is the value of its name; absent where a value is, without a look at `body`.

    A function that is written in the language becomes a `Bind` of its arguments. Its body may read a plain
    argument directly. An argument that is evaluated only where it is needed stands in the body, in a `Bind`
    without names of its own.

    Args:
        names: of the values; those of the arguments of a function begin with its name and a point.
        values: evaluated from left to right, outside the body.
        body: reads them.
        function: whose call this is, or empty.
        in_place: the arguments that stand in the body.
    """

    names: tuple[str, ...]
    values: tuple[Op, ...]
    body: Op
    type: Type
    function: str = ""
    in_place: tuple[Op, ...] = ()

    @property
    def arguments(self) -> tuple[Op, ...]:
        """The arguments of a function with a formula: those that are always evaluated, then the others."""
        return (*self.values, *self.in_place)


@frozen
class Negate:
    """The number with the other sign."""

    operand: Op
    type: Type


@frozen
class Arithmetic:
    """`+ - * /` of two numbers; a quotient by zero is a fault."""

    operator: str
    left: Op
    right: Op
    type: Type


@frozen
class Power:
    """A number to a power of 0 to 16."""

    base: Op
    exponent: int
    type: Type


@frozen
class Chain:
    """Comparisons such as `0 <= x < 10`: each pair in turn, up to the first that is not true.

    Args:
        operands: one more than there are operators.
        operators: of `== != < <= > >=`.
        ranks: options from the worst to the best where an ordered choice is compared.
    """

    operands: tuple[Op, ...]
    operators: tuple[str, ...]
    ranks: tuple[str, ...]
    type: Type


@frozen
class Member:
    """Whether a value is among some, or is not."""

    operand: Op
    options: tuple[Fraction | bool | str | date, ...]
    is_negated: bool
    type: Type


@frozen
class Logic:
    """`and` or `or`, from left to right, up to the first operand that is absent or decides."""

    operator: str
    operands: tuple[Op, ...]
    type: Type


@frozen
class Not:
    operand: Op
    type: Type


@frozen
class If:
    """One of two branches; absent where the condition is."""

    condition: Op
    then: Op
    otherwise: Op
    type: Type


@frozen
class Given:
    """Whether a value is there; never absent."""

    operand: Op
    type: Type


@frozen
class Default:
    """A value, or another where it is absent."""

    operand: Op
    otherwise: Op
    type: Type


@frozen
class Call:
    """A function of the table that has no formula: `floor`, `min`, `max`, or one that is known by its meaning."""

    function: str
    arguments: tuple[Op, ...]
    type: Type


@frozen
class Cases:
    """The value of the first case whose condition holds; the condition of the last may be None.

    Args:
        cases: conditions that are never absent, each with its value.
        rows: how many rows of the rulebook are looked through at most; each is a unit of work.
    """

    cases: tuple[tuple[Op | None, Op], ...]
    rows: int
    type: Type


@frozen
class Stop:
    """A fault of a kind: no number answers.

    Args:
        path: the way to what faults, or empty for the expression at hand.
    """

    kind: str
    path: str
    type: Type


@frozen
class Undefined:
    """The regulation does not say: a row, named by its place."""

    place: str
    type: Type


@frozen
class Unknown:
    """Stands where a formula has no meaning: any value of its type, absent or undefined too."""

    type: Type


@frozen
class Over:
    """An aggregate over the records of a list, or over the children of a group that remain.

    Args:
        function: of the table of aggregates.
        records: the list, or `children.<group>` with the fields `points`, `share`, `max`, `weight`.
        condition: which records count, or None for all; never absent.
        body: what is aggregated; never absent.
        constants: what the function takes besides, such as how many records count.
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
    """The operations that one holds, in the order in which they may be evaluated."""
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
    """A shape's body over the one value that it measures."""
    return Bind((MEASURED,), (value,), body, type_)


def walk(op: Op) -> Iterator[Op]:
    """The operation and everything below it, from left to right."""
    waiting = [op]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(operands(part)))


def written(op: Op) -> Iterator[Op]:
    """What the rulebook writes of an operation: of a function with a formula, its arguments alone."""
    waiting = [op]
    while waiting:
        part = waiting.pop()
        yield part
        is_formula = type(part) is Bind and part.function
        waiting.extend(reversed(part.arguments if type(part) is Bind and is_formula else operands(part)))


def is_closed(op: Op, *, in_records: bool = False, bound: frozenset[str] = frozenset()) -> bool:
    """Whether an operation holds all that it speaks of, and can be asked by itself."""
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
    """The operands of `a - b * floor(a / b)`, which is the remainder of a division; None for anything else."""
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
    """What is divided by and may be zero, as far as no condition around it says otherwise."""
    waiting: list[tuple[Op, Mapping[str, Op], frozenset[Op]]] = [(op, {}, frozenset())]
    while waiting:
        part, bound, not_zero = waiting.pop()
        match part:
            case Arithmetic(operator="/", right=right) if right not in not_zero:
                divisor = bound.get(right.name, right) if isinstance(right, Local) else right
                if not (isinstance(divisor, Const) and divisor.value):
                    yield divisor
            case If(condition=Chain(operands=(asked, Const(value=0)), operators=("==",)), otherwise=otherwise):
                waiting += [(otherwise, bound, not_zero | {asked}), (part.then, bound, not_zero)]
                waiting.append((part.condition, bound, not_zero))
                continue
            case Bind(names=names, values=values, body=body):
                waiting.append((body, {**bound, **dict(zip(names, values, strict=True))}, not_zero))
                waiting += [(value, bound, not_zero) for value in values]
                continue
        waiting += [(below, bound, not_zero) for below in operands(part)]
