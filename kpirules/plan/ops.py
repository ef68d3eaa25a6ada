"""What the formulas of a rulebook come to once names, tables and parameters are resolved: typed operations.

An operation holds its operands, evaluated from left to right, and its `type`. An optional type says that
it may come out absent; unless said otherwise, an operation with an absent operand is absent itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from attrs import frozen

from ..kernel.calendars import Calendar
from ..language.expressions import Type

__all__ = [
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
    "Passed",
    "Power",
    "Ratio",
    "Read",
    "Round",
    "Stop",
    "Undefined",
    "operands",
    "walk",
]


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
    """A value that a `Bind` around it holds; never absent."""

    type: Type


@frozen
class Bind:
    """`body`, in which `Local` is `value`; absent where `value` is, without a look at `body`.

    A body holds no other `Bind` that its `Local` could mean.
    """

    value: Op
    body: Op
    type: Type


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
class Ratio:
    """`left / right`, or `if_zero` where `right` is zero, evaluated only then."""

    left: Op
    right: Op
    if_zero: Op
    type: Type


@frozen
class Round:
    """The multiple of `step` that `mode` chooses."""

    operand: Op
    step: Fraction
    mode: str
    type: Type


@frozen
class Call:
    """A function of the table of functions; all arguments are evaluated first."""

    function: str
    arguments: tuple[Op, ...]
    type: Type


@frozen
class Passed:
    """How many thresholds a number is `above`, `from`, `below` or `to`, times `each`."""

    operand: Op
    comparison: str
    thresholds: tuple[Fraction, ...]
    each: Fraction
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
    | Ratio
    | Round
    | Call
    | Passed
    | Cases
    | Stop
    | Undefined
    | Over
)


def operands(op: Op) -> tuple[Op, ...]:
    """The operations that one holds, in the order in which they may be evaluated."""
    match op:
        case Negate(operand=operand) | Not(operand=operand) | Given(operand=operand) | Round(operand=operand):
            return (operand,)
        case Power(base=operand) | Member(operand=operand) | Passed(operand=operand):
            return (operand,)
        case Arithmetic(left=left, right=right):
            return (left, right)
        case Chain(operands=parts) | Logic(operands=parts) | Call(arguments=parts):
            return parts
        case If(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Default(operand=operand, otherwise=otherwise):
            return (operand, otherwise)
        case Ratio(left=left, right=right, if_zero=if_zero):
            return (left, right, if_zero)
        case Bind(value=value, body=body):
            return (value, body)
        case Cases(cases=cases):
            return tuple(part for case in cases for part in case if part is not None)
        case Over(records=records, condition=condition, body=body):
            return (records, body) if condition is None else (records, condition, body)
        case _:
            return ()


def walk(op: Op) -> Iterator[Op]:
    """The operation and everything below it, from left to right."""
    waiting = [op]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(operands(part)))
