"""Lowers an expression tree to operations: resolves names, and inlines tables, parameters and constants.

The file is long since nodes of all kinds contain each other: one class, a method for each kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

from attrs import define, evolve, field, frozen

from ..kernel.calendars import Calendar
from ..kernel.exact import Rounding
from ..language.expressions import (
    AGGREGATES,
    BOOLEAN,
    CALENDAR,
    DATE,
    FUNCTIONS,
    NUMBER,
    Expression,
    Type,
    parse,
    tree,
)
from ..language.expressions.arguments import bind
from ..language.expressions.functions import ROUNDINGS, Function
from ..language.model import Amount, Case, Cases, Lookup, Row, Scale, Shape, Steps, Table, Thresholds
from . import ops
from .deciding import condition, decided
from .ops import Op

__all__ = ["Lowering", "Names", "applied", "constant", "given", "rounded", "shaped"]

ORDERING = ("<", "<=", ">", ">=")
KINDS = {"number": NUMBER, "boolean": BOOLEAN, "date": DATE}

Constant = Fraction | bool | str | date


@frozen
class Names:
    """Resolves the names in expressions.

    Args:
        read: resolves a dotted name, outside records.
        fields: the field types of a record, by list or `children.<group>`; with True for computed fields.
        tables: the tables of the rulebook, by id.
        cohort: resolves a function over the cohort.
        bodies: the body of each called table, by its id and its arguments.
        origins: the expression that each operation was lowered from, by the identity of the operation.
    """

    read: Callable[[str], Op]
    fields: Callable[[str], Mapping[str, tuple[Type, bool]]]
    tables: Mapping[str, Table]
    cohort: Callable[[tree.OfCohort], Op]
    bodies: dict[tuple[str, tuple[Op, ...]], Op] = field(factory=dict, init=False, repr=False)
    origins: dict[int, tuple[Op, tree.Node]] = field(factory=dict, init=False, repr=False)

    def body(self, table: Table, arguments: tuple[Op, ...], lower: Callable[[], Op]) -> Op:
        """Return the body of a table; the same operation for every call with the same arguments.

        Args:
            table: a table of the rulebook.
            arguments: the operations that its rows or cases read.
            lower: makes the operation.
        """
        key = (table.id, arguments)
        if key not in self.bodies:
            self.bodies[key] = lower()
        return self.bodies[key]


def _unexpected_name(name: object) -> Any:  # pragma: no cover
    raise AssertionError(f"a formula reads `{name}`, which is not one of its parameters")


_NO_NAMES = Names(_unexpected_name, _unexpected_name, {}, _unexpected_name)
"""The formula of a function reads only its parameters."""


@define
class Lowering:
    """Lowers expressions at one place.

    Args:
        names: resolves the names they read.
        records: the list or group that each variable goes through, by variable.
        local: the parameters of a function, inside its formula.
        nesting: makes bound names unique when an argument is nested in a formula.
        arguments: the operations for the arguments of a table, inside its cases.
    """

    names: Names
    records: dict[str, str] = field(factory=dict)
    local: Mapping[str, Op] | None = None
    nesting: str = ""
    arguments: Mapping[str, Op] = field(factory=dict)

    def lower(self, expression: Expression) -> Op:
        return self.op(expression.tree)

    def op(self, node: tree.Node) -> Op:
        op = self._op(node)
        if self.local is None:
            # The operation that reads a name is shared, so its origin is its first occurrence.
            self.names.origins.setdefault(id(op), (op, node))
        return op

    def _op(self, node: tree.Node) -> Op:
        """Lower one node. This is long since it has one case for each kind."""
        match node:
            case tree.Literal(value=value):
                return constant(value)
            case tree.Field(owner=owner, name=name) if owner in self.records:
                type_, is_let = self.names.fields(self.records[owner])[name]
                return ops.Item(name, type_, is_let)
            case tree.Name(id=name) if name in self.arguments:
                return self.arguments[name]
            case tree.Name(id=name) if self.local is not None:
                return self.local[name]
            case tree.Name() | tree.Field():
                return self.names.read(node.dotted)
            case tree.Sign(operator=sign, operand=operand):
                below = self.op(operand)
                return below if sign == "+" else ops.Negate(below, _strict(NUMBER, below))
            case tree.Arithmetic():
                return self.arithmetic(node)
            case tree.Raised(base=base, exponent=exponent):
                below = self.op(base)
                return ops.Power(below, exponent, _strict(NUMBER, below))
            case tree.Comparison(operands=operands, operators=operators):
                return self.chain(tuple(map(self.op, operands)), operators)
            case tree.Membership(operand=operand, options=options, is_negated=is_negated):
                below = self.op(operand)
                among = tuple(option.value for option in options)
                return ops.Member(below, among, is_negated, _strict(BOOLEAN, below))
            case tree.Logic(operator=word, operands=operands):
                parts = tuple(map(self.op, operands))
                return ops.Logic(word, parts, _strict(BOOLEAN, *parts))
            case tree.Not(operand=operand):
                below = self.op(operand)
                return ops.Not(below, _strict(BOOLEAN, below))
            case tree.Conditional(condition=condition, then=then, otherwise=otherwise):
                test, yes, no = self.op(condition), self.op(then), self.op(otherwise)
                joined = _common_type(yes.type, no.type)
                return ops.If(test, yes, no, joined.optional if test.type.is_optional else joined)
            case tree.Call():
                return self.call(node)
            case tree.OfCohort():
                return self.names.cohort(node)
            case tree.Unreadable(kind=kind):
                return ops.Unknown(Type(kind).optional)
            case _:
                return self.aggregate(node)

    def arithmetic(self, node: tree.Node) -> Op:
        """Lower a chain such as `a + b - c`, in a loop: its tree leans left and is as deep as the chain is long."""
        links = []
        while isinstance(node, tree.Arithmetic):
            links.append(node)
            node = node.left
        result = self.op(node)
        for link in reversed(links):
            right = self.op(link.right)
            type_ = _strict(NUMBER, result, right)
            folded = None if self.local is None else _folded(link.operator, result, right)
            result = folded or ops.Arithmetic(link.operator, result, right, type_)
        return result

    def chain(self, operands: tuple[Op, ...], operators: tuple[str, ...]) -> Op:
        ranks: tuple[str, ...] = ()
        if any(operator in ORDERING for operator in operators):
            ordered = next((operand.type for operand in operands if operand.type.order is not None), None)
            if ordered is not None:
                ranks = ordered.options if ordered.order == "worst_first" else ordered.options[::-1]
        return ops.Chain(operands, operators, ranks, _strict(BOOLEAN, *operands))

    def call(self, node: tree.Call) -> Op:
        if node.function in self.names.tables:
            table = self.names.tables[node.function]
            shape = table.shape
            if isinstance(shape, Cases):
                return self.decide(node, table, shape)
            argument = self.op(node.arguments[0])
            x = ops.Local(ops.MEASURED, argument.type.present)
            body = self.names.body(table, (x,), lambda: shaped(shape, table.words.path, x.type, table.gives))
            return ops.measured(argument, body, _strict(table.gives, argument))
        row = FUNCTIONS[node.function]
        arguments: dict[str, tree.Node] = {}
        bind(node, row, arguments)
        inside = evolve(self, nesting=f"{self.nesting}'") if row.is_lazy else self
        lazy = {parameter.name for parameter in row.parameters if parameter.is_lazy}
        given = {name: (inside if name in lazy else self).op(argument) for name, argument in arguments.items()}
        match node.function:
            case "given":
                return ops.Given(given["x"], BOOLEAN)
            case "default":
                joined = _common_type(given["x"].type.present, given["v"].type)
                return ops.Default(given["x"], given["v"], joined)
            case "round":
                rounding = _rounding(given)
                return rounded(given, rounding.step, rounding.mode, self.nesting)
            case _ if row.formula:
                return applied(row, given, nesting=self.nesting)
            case name:
                in_order = dict.fromkeys((*(p.name for p in row.parameters if p.name in given), *given))
                type_ = _strict(KINDS[row.gives], *given.values())
                if tuple(in_order) == tuple(given) or all(map(_is_plain, given.values())):
                    return ops.Call(name, tuple(given[one] for one in in_order), type_)
                # The formula names its arguments in an order of its own, in which they are computed.
                own = {one: f"{name}.{one}{self.nesting}" for one in given}
                parts = tuple(ops.Local(own[one], given[one].type.present) for one in in_order)
                call = ops.Call(name, parts, KINDS[row.gives])
                return ops.Bind(tuple(own.values()), tuple(given.values()), call, type_)

    def decide(self, node: tree.Call, table: Table, cases: Cases) -> Op:
        """Lower a table of cases; its arguments are evaluated first, even those that no case reads."""
        inside = evolve(self, nesting=f"{self.nesting}'")
        lowered = [inside.op(argument) for argument in node.arguments]
        values: dict[str, Op] = {}
        arguments: dict[str, Op] = {}
        for arg, op in zip(table.args, lowered, strict=True):
            name = f"{table.id}.{arg}{self.nesting}"
            # Each case reads an optional argument again, since it may not need it.
            is_read = isinstance(op, ops.Read | ops.Item) or op.type.is_optional
            arguments[arg] = op if is_read else ops.Local(name, op.type)
            values[name] = ops.Given(op, BOOLEAN) if op.type.is_optional else op

        def lower() -> Op:
            asking = Lowering(self.names, arguments=arguments)
            rows = [
                (
                    condition(row, [asking.lower(condition) for condition in row.conditions], table.args),
                    given(row, row.in_words, table.words.path, table.gives, None),
                )
                for row in cases.rows
            ]
            return decided(rows, table.gives, "", is_unique=cases.is_unique)

        body = self.names.body(table, tuple(arguments.values()), lower)
        return ops.Bind(tuple(values), tuple(values.values()), body, body.type)

    def aggregate(self, node: tree.Aggregate) -> Op:
        records = self.names.read(node.collection.dotted)
        assert isinstance(records, ops.Read)
        inside = Lowering(self.names, {**self.records, node.variable: records.name})
        condition = None if node.condition is None else inside.op(node.condition)
        body = constant(True) if node.body is None else inside.op(node.body)
        type_ = BOOLEAN if node.function in ("any", "all") else NUMBER
        if not AGGREGATES[node.function].is_sure or records.type.is_optional:
            type_ = type_.optional
        return ops.Over(node.function, records, condition, body, type_, self.constants(node.arguments))

    def constants(self, arguments: tuple[tree.Node, ...]) -> tuple[Fraction, ...]:
        """Return the numbers that an aggregate takes before its body."""
        return tuple(value for argument in arguments if isinstance(value := _value(self.op(argument)), Fraction))


# -- functions with a formula ---------------------------------------------------------------------


def applied(row: Function, given: Mapping[str, Op], nesting: str = "") -> Op:
    """Return the formula of a function applied to arguments.

    Args:
        row: its row in the table of functions.
        given: arguments by name.
        nesting: makes bound names unique.
    """
    return _applied(row, given, row.formula, {}, nesting)


def _applied(row: Function, given: Mapping[str, Op], formula: str, known: Mapping[str, Op], nesting: str) -> Op:
    lazy = {parameter.name for parameter in row.parameters if parameter.is_lazy}
    names = {name: f"{row.name}.{name}{nesting}" for name in given if name not in lazy}
    local: dict[str, Op] = {}
    for name, argument in given.items():
        if name in lazy:
            local[name] = ops.Bind((), (), argument, argument.type)
        elif _is_plain(argument):
            local[name] = argument
        else:
            local[name] = ops.Local(names[name], argument.type.present)
    body = Lowering(_NO_NAMES, local={**local, **known}, nesting=nesting).op(_formula(formula))
    type_ = _strict(KINDS[row.gives], *given.values())
    in_place = tuple(given[name] for name in given if name in lazy)
    return ops.Bind(tuple(names.values()), tuple(given[name] for name in names), body, type_, row.name, in_place)


def rounded(given: Mapping[str, Op], step: Fraction, mode: str, nesting: str = "") -> Op:
    """Return a number rounded to a multiple.

    Args:
        given: the arguments of `round`; `x` is the number.
        step: the multiple.
        mode: one of the rounding modes.
        nesting: makes bound names unique.
    """
    return _applied(FUNCTIONS["round"], given, ROUNDINGS[mode], {"to": constant(step)}, nesting)


def _is_plain(op: Op) -> bool:
    """Return whether an argument may be inlined at each use of its parameter."""
    match op:
        case ops.Const() | ops.Local():
            return True
        case ops.Read() | ops.Item():
            return not op.type.is_optional
        case ops.Negate(operand=ops.Const()):
            return True
    return False


def _folded(operator: str, left: Op, right: Op) -> Op | None:
    """Return a constant, or the other operand of a neutral element; None if nothing can be folded."""
    match left, right:
        case ops.Const(value=Fraction() as x), ops.Const(value=Fraction() as y):
            if operator != "/":
                return constant({"+": x + y, "-": x - y, "*": x * y}[operator])
            return constant(x / y) if y else None
        case _, ops.Const(value=Fraction(numerator=1, denominator=1)) if operator in ("*", "/"):
            return left
    return None


@cache
def _formula(text: str) -> tree.Node:
    expression = parse(text, [])
    assert expression is not None, f"the formula {text} can't be read"
    return expression.tree


def _rounding(given: Mapping[str, Op]) -> Rounding:
    mode, places, to = (_value(given[name]) if name in given else None for name in ("mode", "places", "to"))
    assert mode is None or isinstance(mode, str)
    mode = mode or "half_up"
    if isinstance(to, Fraction):
        return Rounding(None, to, mode)
    return Rounding(int(places) if isinstance(places, Fraction) else 0, None, mode)


def _value(op: Op) -> object:
    """Return the value of a constant, which may be negated."""
    if isinstance(op, ops.Negate):
        value = _value(op.operand)
        assert isinstance(value, Fraction)
        return -value
    assert isinstance(op, ops.Const)
    return op.value


def constant(value: Constant | Calendar, type_: Type | None = None) -> ops.Const:
    """Return a constant with its type."""
    if type_ is None:
        match value:
            case bool():
                type_ = BOOLEAN
            case Fraction():
                type_ = NUMBER
            case str():
                type_ = Type("string", (value,))
            case date():
                type_ = DATE
            case _:
                type_ = CALENDAR
    return ops.Const(value, type_)


def _strict(type_: Type, *parts: Op) -> Type:
    """Return a type that is optional if any operand is."""
    return type_.optional if any(part.type.is_optional for part in parts) else type_


def _common_type(left: Type, right: Type) -> Type:
    """Return the common type of two branches: a quoted string takes the other's type, and an order is kept."""
    if left.kind == right.kind == "string":
        joined = Type("string", tuple(dict.fromkeys((*left.options, *right.options))))
    else:
        joined = right if left.kind == "string" or (left.order is None and right.order is not None) else left
    return joined.optional if left.is_optional or right.is_optional else joined


# -- tables and scales ----------------------------------------------------------------------------


def shaped(shape: Shape, place: str, takes: Type, gives: Type, most: Fraction | None = None, path: str = "") -> Op:
    """Return the rows of a table or criterion as an operation on the measured value.

    Args:
        shape: the rows.
        place: the criterion or table, to name an undefined row.
        takes: the type of the measured value.
        gives: the type of the result.
        most: the criterion's max, for rows that give a rate.
        path: the path of a criterion that may fault; empty for a table.
    """
    x = ops.Local(ops.MEASURED, takes.present)
    match shape:
        case Steps(rows=rows):
            cases = [(_row_condition(x, row), given(row, row.condition, place, gives, most)) for row in rows]
            if cases[-1][0] is not None:
                cases.append((None, ops.Stop("scale", path, gives)))
            return ops.Cases(tuple(cases), len(rows), gives)
        case Lookup(rows=rows):
            named = [row for row in rows if not row.is_rest]
            rest = [row for row in rows if row.is_rest][:1]
            cases = [
                (_option_condition(x, row), given(row, row.condition, place, gives, most)) for row in (*named, *rest)
            ]
            cases[-1] = (None, cases[-1][1])  # the check proves that every option has a row
            return ops.Cases(tuple(cases), len(rows), gives)
        case Thresholds(comparison=comparison, thresholds=thresholds, each=each):
            return _passed_thresholds(x, comparison, [threshold.value for threshold in thresholds], each.value, gives)
        case scale:
            return _interpolated(scale, x, gives, path)


def _row_condition(x: ops.Local, row: Row) -> Op | None:
    """Return the condition of a row of a step table, or None."""
    if row.equals is not None:
        return ops.Chain((x, constant(row.equals.value)), ("==",), (), BOOLEAN)
    low, high = row.lower, row.upper
    parts: list[Op] = [x]
    signs: list[str] = []
    if low is not None:
        parts.insert(0, constant(low.value))
        signs.append("<" if row.is_lower_open else "<=")
    if high is not None:
        parts.append(constant(high.value))
        signs.append("<" if row.is_upper_open else "<=")
    return ops.Chain(tuple(parts), tuple(signs), (), BOOLEAN) if signs else None


def _passed_thresholds(x: ops.Local, comparison: str, thresholds: list[Fraction], each: Fraction, gives: Type) -> Op:
    """Count the thresholds passed: find the first that is not passed, in the order they are reached."""
    sign, is_rising = {"above": ("<=", True), "from": ("<", True), "below": (">=", False), "to": (">", False)}[
        comparison
    ]
    cases: list[tuple[Op | None, Op]] = [
        (_below(x, sign, threshold), constant(passed * each))
        for passed, threshold in enumerate(sorted(thresholds, reverse=not is_rising))
    ]
    return ops.Cases((*cases, (None, constant(len(thresholds) * each))), len(thresholds), gives)


def _option_condition(x: ops.Local, row: Row) -> Op | None:
    return None if row.option is None else ops.Chain((x, constant(row.option)), ("==",), (), BOOLEAN)


def given(row: Row | Case, words: str, place: str, gives: Type, most: Fraction | None) -> Op:
    """Return the value that a row or case gives, or `Undefined`."""
    match row.gives:
        case None:
            return ops.Undefined(f"{place}: {words}", gives)
        case Amount(value=value):
            return constant(value * most if row.is_rate and most is not None else value)
        case option:
            return ops.Const(option, gives)


def _interpolated(scale: Scale, x: ops.Local, gives: Type, path: str) -> Op:
    """Return piecewise linear interpolation between knots, one line for each segment."""
    knots = [(at.value, height.value) for at, height in scale.knots]
    (least, first), (_, last) = knots[0], knots[-1]
    outside = ops.Stop("scale", path, gives)
    cases: list[tuple[Op | None, Op]] = [
        (_below(x, "<", least), constant(first) if scale.is_clamped else outside),
    ]
    for (x0, y0), (x1, y1) in pairwise(knots):
        slope = (y1 - y0) / (x1 - x0)
        line: Op = ops.Arithmetic("*", constant(slope), x, NUMBER)
        line = ops.Arithmetic("+", constant(y0 - slope * x0), line, NUMBER) if slope else constant(y0)
        cases.append((_below(x, "<=", x1), line))
    if scale.is_clamped:
        # The last segment stops at the last knot, so this value applies beyond it.
        cases.append((None, constant(last)))
    else:
        cases.append((None, outside))
    return ops.Cases(tuple(cases), len(knots), gives)


def _below(x: ops.Local, sign: str, bound: Fraction) -> Op:
    return ops.Chain((x, constant(bound)), (sign,), (), BOOLEAN)
