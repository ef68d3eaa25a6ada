"""Evaluates expressions with simpleeval over exact values: the readable definition of their meaning.

The tree is passed as Python syntax nodes built here, never as text, so nothing reaches the
evaluator that the allow-list refuses. Operators, functions and nodes are tables of this package;
values are exact rationals, booleans, strings, dates and records (mappings), and `None` for absent.

The file is long since nodes of all kinds are evaluated by one class.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import accumulate
from typing import Any, Protocol

from attrs import define, frozen
from simpleeval import SimpleEval

from ...kernel.calendars import OutsideCalendar
from ...kernel.exact import MAX_BITS
from ...kernel.exact.irrational import DomainError, TooWide
from . import tree
from .expression import Expression
from .functions import AGGREGATES, FUNCTIONS, ImpossibleDate
from .tree import Node

__all__ = [
    "MAX_BITS",
    "MAX_MEMBER_WORK",
    "MAX_WORK",
    "Environment",
    "Fault",
    "Gathered",
    "Meter",
    "Reading",
    "TableCall",
    "UndefinedRow",
    "Value",
    "evaluate",
    "steps_of_sorting",
    "work_of_rows",
    "work_of_step",
]

MAX_WORK = 1_000_000
"""The most work units of an assessment, less than two seconds; a step on n-bit numbers counts ⌈n/256⌉²."""

MAX_MEMBER_WORK = 1_000
"""The most work units of all comparisons of a cohort, for each of its members."""

SERIES_WORK = 100
"""Work units of an irrational function: about as many steps as its digits need."""

FAST_BITS = 256
"""Steps on numbers of up to so many bits take about the same time."""

ROWS_PER_UNIT = 4
"""Rows that are searched in the time of one step."""

Value = Fraction | bool | str | date | None | Sequence[Mapping[str, Any]]
"""A value of the language; None is absent."""


class Fault(Exception):
    """A fault: an expression without a value, from the closed list of §4.7.

    Args:
        kind: division, domain, date, calendar, scale, points, width or work; of a table of cases, no_case or several.
        reason: the reason in words.
        node: the part of the expression that faults.
    """

    def __init__(self, kind: str, reason: str, node: Node | None = None) -> None:
        super().__init__(kind, reason, node)
        self.kind = kind
        self.reason = reason
        self.node = node


class UndefinedRow(Exception):
    """An undefined row was reached: the regulation gives no value."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


@frozen
class Gathered:
    """The values that an aggregate combines.

    Args:
        aggregate: the part of the formula.
        constants: its constants, such as `k`.
        total: the number of records.
        places: the records that satisfy the condition, from 0.
        values: the value of each of these.
    """

    aggregate: tree.Aggregate
    constants: tuple[Any, ...]
    total: int
    places: tuple[int, ...]
    values: tuple[Any, ...]


@frozen
class Reading:
    """A part of a formula with its value; of an aggregate also the values that it combines.

    It may also be the case of a table, as in `matrix: result above`.
    """

    text: str
    value: Any
    gathered: Gathered | None = None


@frozen
class TableCall:
    """A call of a table of cases with the values of its arguments.

    Args:
        call: as it is written.
        values: the values of its arguments, None for an absent one.
        variables: the records by name at the place of the call.
    """

    call: tree.Call
    values: tuple[Value, ...]
    variables: Mapping[str, Mapping[str, Any]]


class Environment(Protocol):
    """The names, tables and groups that an expression reads."""

    def read(self, name: str) -> Value:
        """Return the value of a dotted name."""

    def children(self, group: str) -> Sequence[Mapping[str, Any]]:
        """Return the records of the remaining children of a group."""

    def table(self, name: str) -> Callable[[Any], Value] | None:
        """Return a table of rows as a function, None for any other name."""

    def decide(self, table_call: TableCall) -> tuple[Value, str]:
        """Return the value of a table of cases, and the case in words; None and an empty text if a case is absent."""

    def of_cohort(self, node: tree.OfCohort) -> Fraction | None:
        """Return the value of a function over the cohort of the subject."""

    def ranks(self, nodes: Sequence[Node], variables: Mapping[str, Mapping[str, Any]]) -> Mapping[str, int]:
        """Return the ranks of the options of the ordered choice that some expressions have; the worst is 0."""


def work_of_step(bits: int) -> int:
    """Return the work units of a step, given the bits of its result.

    >>> work_of_step(53), work_of_step(1024)
    (1, 16)
    """
    return 1 if bits <= FAST_BITS else (-(-bits // FAST_BITS)) ** 2


def work_of_rows(rows: int) -> int:
    """Return the work units of searching some rows.

    >>> work_of_rows(9)
    3
    """
    return -(-rows // ROWS_PER_UNIT)


def work_of_sorting(values: Sequence[Fraction]) -> int:
    """Return the work units of sorting some numbers: n · ⌈log₂ n⌉ steps.

    >>> work_of_sorting([Fraction(n) for n in range(5)])
    15
    """
    bits = (max(x.numerator.bit_length(), x.denominator.bit_length()) for x in values)
    return steps_of_sorting(len(values)) * work_of_step(max(bits, default=0))


def steps_of_sorting(count: int) -> int:
    """Return the number of steps to sort some values.

    >>> steps_of_sorting(1), steps_of_sorting(8), steps_of_sorting(9)
    (0, 24, 36)
    """
    return count * (count - 1).bit_length() if count else 0


@define
class Meter:
    """Counts the work of one assessment and refuses numbers that are too wide.

    Args:
        work: units counted so far.
        widest: the most bits of a number so far.
        limit: the most units.
    """

    work: int = 0
    widest: int = 0
    limit: int = MAX_WORK

    def count(self, steps: int) -> None:
        """Count steps that give no number, such as rows that were searched."""
        self.work += steps
        if self.work > self.limit:
            raise Fault("work", f"more than {self.limit:,} units of work are needed")

    def record_case(self, case: object) -> None:
        """Record the case that decided a table, in a meter that records results."""

    def weigh(self, value: object, node: Node | None = None) -> None:
        """Count one step with its result.

        Args:
            value: the result of the step.
            node: the part of the formula, for a meter that records results.
        """
        steps = 1
        # Every step of every assessment comes here, so the most frequent checks come first.
        if isinstance(value, Fraction):
            bits, below = value.numerator.bit_length(), value.denominator.bit_length()
            if below > bits:
                bits = below
            if bits > self.widest:
                self.widest = bits
            if bits > FAST_BITS:
                if bits > MAX_BITS:
                    raise Fault("width", f"a number needs {bits:,} bits; at most {MAX_BITS:,} are allowed")
                steps = work_of_step(bits)
        self.work += steps
        if self.work > self.limit:
            self.count(0)


def evaluate(
    expression: Expression,
    environment: Environment,
    meter: Meter | None = None,
    readings: list[Reading] | None = None,
    variables: Mapping[str, Mapping[str, Any]] | None = None,
) -> Any:
    """Return the exact value of an expression, None if it is absent.

    Args:
        expression: a checked expression.
        environment: resolves names, groups and tables.
        meter: counts the work.
        readings: collects what was read, in order.
        variables: records by name, such as `item`.

    Raises:
        Fault: from the closed list of faults.
        UndefinedRow: an undefined row was reached.
    """
    evaluation = _Evaluation(environment, meter or Meter(), readings, dict(variables or {}))
    return evaluation.eval("", expression.python)


def _strict(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a function of two values that is absent if one of them is."""
    return lambda x, y: None if x is None or y is None else function(x, y)


def _strict_of_one(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function of one value that is absent if the value is."""
    return lambda x: None if x is None else function(x)


_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: _strict(operator.add),
    ast.Sub: _strict(operator.sub),
    ast.Mult: _strict(operator.mul),
    ast.Div: _strict(operator.truediv),
    ast.Pow: _strict(operator.pow),
    ast.USub: _strict_of_one(operator.neg),
    ast.UAdd: _strict_of_one(operator.pos),
    ast.Not: _strict_of_one(operator.not_),
    ast.Eq: _strict(operator.eq),
    ast.NotEq: _strict(operator.ne),
    ast.Lt: _strict(operator.lt),
    ast.LtE: _strict(operator.le),
    ast.Gt: _strict(operator.gt),
    ast.GtE: _strict(operator.ge),
    ast.In: _strict(lambda value, options: value in options),
    ast.NotIn: _strict(lambda value, options: value not in options),
}

_ORDERING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


_FAULTS: dict[type[Exception], str] = {
    DomainError: "domain",
    TooWide: "width",
    ImpossibleDate: "date",
    OutsideCalendar: "calendar",
}


class Option(str):
    """An option of an ordered choice, which compares by its rank: greater is better.

    >>> Option("good", {"fair": 0, "good": 1}) > "fair"
    True
    """

    __slots__ = ("ranks",)
    ranks: Mapping[str, int]

    def __new__(cls, option: str, ranks: Mapping[str, int]) -> Option:
        self = super().__new__(cls, option)
        self.ranks = ranks
        return self

    def _beyond(self, other: str) -> int:
        return self.ranks[self] - self.ranks[other]

    def __lt__(self, other: str) -> bool:
        return self._beyond(other) < 0

    def __le__(self, other: str) -> bool:
        return self._beyond(other) <= 0

    def __gt__(self, other: str) -> bool:
        return self._beyond(other) > 0

    def __ge__(self, other: str) -> bool:
        return self._beyond(other) >= 0


class _Evaluation(SimpleEval):  # type: ignore[misc]
    """One evaluation of one expression; created anew each time, so that threads share nothing."""

    def __init__(
        self,
        environment: Environment,
        meter: Meter,
        readings: list[Reading] | None,
        variables: dict[str, Mapping[str, Any]],
    ) -> None:
        # `SimpleEval.__init__` sets the warning filters of the whole process for a moment, so it is not called:
        # another thread could lose its own. The table of nodes that it makes is replaced below anyway.
        self.operators, self.functions, self.names = _OPERATORS, dict[str, Any](), dict[str, Any]()
        self.environment = environment
        self.meter = meter
        self.readings = readings
        self.variables = variables
        self.is_inside_aggregate = False
        self.nodes = {
            ast.Constant: self._constant,
            ast.Tuple: self._options,
            ast.Name: self._read,
            ast.Attribute: self._read,
            ast.UnaryOp: self._eval_unaryop,
            ast.Compare: self._compare,
            ast.BoolOp: self._logic,
            ast.IfExp: self._conditional,
            ast.Call: self._call,
            ast.GeneratorExp: self._aggregate,
        }

    def _eval(self, node: ast.AST) -> Any:
        # A chain such as `a + b - c` is evaluated in a loop: its tree leans left and is as deep as the chain is long.
        # `+x` is `x`, and does not count as a step.
        chain = []
        while isinstance(node, ast.BinOp) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd)):
            if isinstance(node, ast.UnaryOp):
                node = node.operand
            else:
                chain.append(node)
                node = node.left
        value = self._step(node, self.nodes[type(node)])
        for link in reversed(chain):
            value = self._step(link, self._arithmetic, value)
        return value

    def _step(self, node: ast.AST, meaning: Callable[..., Any], *left: Any) -> Any:
        """Evaluate one part of the expression; a fault in it names the part."""
        origin: Node = node.origin  # type: ignore[attr-defined]
        try:
            value = meaning(node, *left)
            self.meter.weigh(value, origin)
        except Fault as fault:
            # A fault names the innermost part.
            fault.node = fault.node or origin
            raise
        except ZeroDivisionError:
            raise Fault("division", "the divisor is zero", origin) from None
        except tuple(_FAULTS) as reason:
            raise Fault(_FAULTS[type(reason)], str(reason), origin) from None
        return value

    def _arithmetic(self, node: ast.BinOp, left: Any) -> Any:
        return _OPERATORS[type(node.op)](left, self._eval(node.right))

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _options(self, node: ast.Tuple) -> tuple[Any, ...]:
        return tuple(self._eval(option) for option in node.elts)

    def _read(self, node: ast.AST) -> Any:
        origin: tree.Name | tree.Field = node.origin  # type: ignore[attr-defined]
        if isinstance(origin, tree.Field) and origin.owner in self.variables:
            value = self.variables[origin.owner][origin.name]
        else:
            value = self.environment.read(origin.dotted)
        self._record(origin, value)
        return value

    def _record(self, origin: Node, value: Any, gathered: Gathered | None = None) -> None:
        """Record what was read, for the explanation."""
        if self.readings is None or self.is_inside_aggregate or origin.part is None:
            return
        if isinstance(value, Fraction | bool | str | date | None):
            self._keep(origin.part.text, value, gathered)

    def _keep(self, text: str, value: Any, gathered: Gathered | None = None) -> None:
        """Record a reading, or the case of a table; inside an aggregate nothing has a single value."""
        if self.readings is None or self.is_inside_aggregate:
            return
        reading = Reading(text, value, gathered)
        if reading not in self.readings:
            self.readings.append(reading)

    def _compare(self, node: ast.Compare) -> Any:
        comparison: tree.Comparison = node.origin  # type: ignore[attr-defined]
        right = self._eval(node.left)
        outcome: Any = True
        for sign, part in zip(node.ops, node.comparators, strict=True):
            left, right = right, self._eval(part)
            if isinstance(sign, _ORDERING) and type(left) is type(right) is str:
                # Both are quoted strings that replaced an option: only their types have the order.
                left = Option(left, self.environment.ranks(comparison.operands, self.variables))
            outcome = _OPERATORS[type(sign)](left, right)
            if not outcome:
                break
        return outcome

    def _logic(self, node: ast.BoolOp) -> Any:
        stops_at = isinstance(node.op, ast.Or)
        for part in node.values:
            value = self._eval(part)
            if value is None or value is stops_at:
                return value
        return not stops_at

    def _conditional(self, node: ast.IfExp) -> Any:
        condition = self._eval(node.test)
        if condition is None:
            return None
        return self._eval(node.body if condition else node.orelse)

    def _call(self, node: ast.Call) -> Any:
        call: tree.Call | tree.OfCohort = node.origin  # type: ignore[attr-defined]
        if isinstance(call, tree.OfCohort):
            value = self.environment.of_cohort(call)
            self._record(call, value)
            return value
        table = self.environment.table(call.function)
        if table is not None:
            argument = self._eval(node.args[0])
            return None if argument is None else table(argument)
        row = FUNCTIONS.get(call.function)
        if row is None:
            arguments = tuple(self._eval(argument) for argument in node.args)
            given, case = self.environment.decide(TableCall(call, arguments, self.variables))
            if case:
                self._keep(f"{call.function}: {case}", given)
            return given
        if row.is_lazy:
            delayed = [self._delay(argument) for argument in node.args]
            return row.meaning(*delayed, **{str(k.arg): self._delay(k.value) for k in node.keywords})
        values = [self._eval(argument) for argument in node.args]
        named = {str(k.arg): self._eval(k.value) for k in node.keywords}
        if any(value is None for value in (*values, *named.values())):
            return None
        if row.series:
            self.meter.work += SERIES_WORK
        for parameter in row.parameters[len(values) :]:
            # The meaning has positional parameters only.
            if parameter.is_named or parameter.name not in named:
                break
            values.append(named.pop(parameter.name))
        value = row.meaning(*values, **named)
        return Fraction(value) if type(value) is int else value

    def _delay(self, node: ast.AST) -> Callable[[], Any]:
        return lambda: self._eval(node)

    def _aggregate(self, node: ast.GeneratorExp) -> Any:
        aggregate: tree.Aggregate = node.origin  # type: ignore[attr-defined]
        records = self._records(aggregate.collection)
        if records is None:
            return None
        constants = [self._eval(argument) for argument in node.arguments]  # type: ignore[attr-defined]
        places, values = [], []
        was_inside, self.is_inside_aggregate = self.is_inside_aggregate, True
        for place, record in enumerate(records):
            self.variables[aggregate.variable] = record
            conditions = node.generators[0].ifs
            if all(self._eval(condition) for condition in conditions):
                places.append(place)
                values.append(self._eval(node.elt))
                self.meter.weigh(values[-1])
        self.variables.pop(aggregate.variable, None)
        self.is_inside_aggregate = was_inside
        row = AGGREGATES[aggregate.function]
        if row.is_sorting:
            self.meter.count(work_of_sorting(values))
        # Denominators multiply as values are added: a sum is weighed at each step, not at the end.
        for total in accumulate(() if row.added is None else row.added(values, *constants)):
            self.meter.weigh(total)
        value = row.meaning(values, *constants)
        gathered = None
        # `count(tasks)` has no body, and so nothing that differs from record to record.
        if self.readings is not None and aggregate.body is not None:
            gathered = Gathered(aggregate, tuple(constants), len(records), tuple(places), tuple(values))
        self._record(aggregate, value, gathered)
        return value

    def _records(self, collection: tree.Name | tree.Field) -> Sequence[Mapping[str, Any]] | None:
        if isinstance(collection, tree.Field):
            return self.environment.children(collection.name)
        value = self.environment.read(collection.id)
        if value is None or not isinstance(value, Fraction | bool | str | date):
            return value
        raise TypeError(f"expected records, found {type(value).__name__}")
