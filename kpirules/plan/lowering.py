"""From an expression tree to operations: names resolved, tables, parameters and constants put in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from itertools import pairwise

from attrs import define, field, frozen

from ..kernel.calendars import Calendar
from ..kernel.exact import Rounding
from ..language.expressions import AGGREGATES, BOOLEAN, CALENDAR, DATE, FUNCTIONS, NUMBER, Expression, Type, tree
from ..language.expressions.arguments import bind
from ..language.model import Amount, Case, Lookup, Row, Scale, Shape, Steps, Table, Thresholds
from . import ops
from .ops import Op

__all__ = ["Lowering", "Names", "constant", "given", "shaped"]

ORDERING = ("<", "<=", ">", ">=")
KINDS = {"number": NUMBER, "boolean": BOOLEAN, "date": DATE}

Constant = Fraction | bool | str | date


@frozen
class Names:
    """What expressions read by name.

    Args:
        read: finds what a dotted name is, outside records.
        fields: types of the fields of a record, by list or `children.<group>`; with True for computed ones.
        tables: of the rulebook, by id.
        cohort: what a function over the cohort is.
        bodies: what those that are called make of `Local`, by id and the kind of what they take.
        origins: what each operation was lowered from, by its identity.
    """

    read: Callable[[str], Op]
    fields: Callable[[str], Mapping[str, tuple[Type, bool]]]
    tables: Mapping[str, Table]
    cohort: Callable[[tree.OfCohort], Op]
    bodies: dict[tuple[str, str], Op] = field(factory=dict, init=False, repr=False)
    origins: dict[int, tuple[Op, tree.Node]] = field(factory=dict, init=False, repr=False)

    def body(self, table: Table, takes: Type) -> Op:
        """What a table makes of `Local`: one and the same operation wherever it is called."""
        key = (table.id, takes.kind)
        if key not in self.bodies:
            self.bodies[key] = shaped(table.shape, table.words.path, takes, table.gives)
        return self.bodies[key]


@define
class Lowering:
    """The lowering of expressions at one place.

    Args:
        names: what they read.
        records: the list or group whose record each variable is, by variable.
    """

    names: Names
    records: dict[str, str] = field(factory=dict)

    def lower(self, expression: Expression) -> Op:
        return self.op(expression.tree)

    def op(self, node: tree.Node) -> Op:
        op = self._op(node)
        # A name is read by one operation wherever it stands; it is told where it stands first.
        self.names.origins.setdefault(id(op), (op, node))
        return op

    def _op(self, node: tree.Node) -> Op:
        match node:
            case tree.Literal(value=value):
                return constant(value)
            case tree.Field(owner=owner, name=name) if owner in self.records:
                type_, is_let = self.names.fields(self.records[owner])[name]
                return ops.Item(name, type_, is_let)
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
                asked, yes, no = self.op(condition), self.op(then), self.op(otherwise)
                joined = _joined(yes.type, no.type)
                return ops.If(asked, yes, no, joined.optional if asked.type.is_optional else joined)
            case tree.Call():
                return self.call(node)
            case tree.OfCohort():
                return self.names.cohort(node)
            case tree.Unreadable():  # pragma: no cover
                raise AssertionError("a rulebook that can't be read is not lowered")
            case _:
                return self.aggregate(node)

    def arithmetic(self, node: tree.Node) -> Op:
        """A chain such as `a + b - c` leans to the left, as deep as it is long: it is gone through in a loop."""
        links = []
        while isinstance(node, tree.Arithmetic):
            links.append(node)
            node = node.left
        result = self.op(node)
        for link in reversed(links):
            right = self.op(link.right)
            result = ops.Arithmetic(link.operator, result, right, _strict(NUMBER, result, right))
        return result

    def chain(self, operands: tuple[Op, ...], operators: tuple[str, ...]) -> Op:
        ranks: tuple[str, ...] = ()
        if any(operator in ORDERING for operator in operators):
            ordered = next((one.type for one in operands if one.type.order is not None), None)
            if ordered is not None:
                ranks = ordered.options if ordered.order == "worst_first" else ordered.options[::-1]
        return ops.Chain(operands, operators, ranks, _strict(BOOLEAN, *operands))

    def call(self, node: tree.Call) -> Op:
        if node.function in self.names.tables:
            table = self.names.tables[node.function]
            argument = self.op(node.arguments[0])
            return ops.Bind(argument, self.names.body(table, argument.type), _strict(table.gives, argument))
        row = FUNCTIONS[node.function]
        arguments: dict[str, tree.Node] = {}
        bind(node, row, arguments)
        given = {name: self.op(argument) for name, argument in arguments.items()}
        match node.function:
            case "given":
                return ops.Given(given["x"], BOOLEAN)
            case "default":
                joined = _joined(given["x"].type.present, given["v"].type)
                return ops.Default(given["x"], given["v"], joined)
            case "ratio":
                type_ = _strict(NUMBER, *given.values())
                return ops.Ratio(given["a"], given["b"], given["if_zero"], type_)
            case "round":
                rounding = _rounding(given)
                return ops.Round(given["x"], rounding.step, rounding.mode, _strict(NUMBER, given["x"]))
            case name:
                in_order = dict.fromkeys((*(p.name for p in row.parameters if p.name in given), *given))
                parts = tuple(given[one] for one in in_order)
                return ops.Call(name, parts, _strict(KINDS[row.gives], *parts))

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
        """The numbers that a function takes before what it goes over."""
        return tuple(value for one in arguments if isinstance(value := _value(self.op(one)), Fraction))


def _rounding(given: Mapping[str, Op]) -> Rounding:
    mode, places, to = (_value(given[name]) if name in given else None for name in ("mode", "places", "to"))
    assert mode is None or isinstance(mode, str)
    mode = mode or "half_up"
    if isinstance(to, Fraction):
        return Rounding(None, to, mode)
    return Rounding(int(places) if isinstance(places, Fraction) else 0, None, mode)


def _value(op: Op) -> object:
    """The value of a constant, with or without a sign."""
    if isinstance(op, ops.Negate):
        value = _value(op.operand)
        assert isinstance(value, Fraction)
        return -value
    assert isinstance(op, ops.Const)
    return op.value


def constant(value: Constant | Calendar, type_: Type | None = None) -> ops.Const:
    """A constant with its type."""
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
    """A type that is optional where one of some operands is."""
    return type_.optional if any(part.type.is_optional for part in parts) else type_


def _joined(one: Type, other: Type) -> Type:
    """The type of two branches: a quoted string takes that of its partner, and an order is kept."""
    joined = other if one.kind == "string" or (one.order is None and other.order is not None) else one
    return joined.optional if one.is_optional or other.is_optional else joined


# -- tables and scales ----------------------------------------------------------------------------


def shaped(shape: Shape, place: str, takes: Type, gives: Type, most: Fraction | None = None, path: str = "") -> Op:
    """What a shape makes of `Local`.

    Args:
        shape: the rows.
        place: the criterion or table, for an undefined row.
        takes: the type of the measured value.
        gives: the type of what comes out.
        most: the criterion's max, for rows that give a rate.
        path: the way to a criterion that faults; empty for a table.
    """
    x = ops.Local(takes.present)
    match shape:
        case Steps(rows=rows):
            cases = [(_holds(x, row), given(row, row.condition, place, gives, most)) for row in rows]
            if cases[-1][0] is not None:
                cases.append((None, ops.Stop("scale", path, gives)))
            return ops.Cases(tuple(cases), len(rows), gives)
        case Lookup(rows=rows):
            named = [row for row in rows if not row.is_rest]
            rest = [row for row in rows if row.is_rest][:1]
            cases = [(_is_option(x, row), given(row, row.condition, place, gives, most)) for row in (*named, *rest)]
            cases[-1] = (None, cases[-1][1])  # the check has shown that every option has a row
            return ops.Cases(tuple(cases), len(rows), gives)
        case Thresholds(comparison=comparison, thresholds=thresholds, each=each):
            return ops.Passed(x, comparison, tuple(one.value for one in thresholds), each.value, gives)
        case scale:
            return _interpolated(scale, x, gives, path)


def _holds(x: ops.Local, row: Row) -> Op | None:
    """The condition of a row of a step table; None where there is none."""
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


def _is_option(x: ops.Local, row: Row) -> Op | None:
    return None if row.option is None else ops.Chain((x, constant(row.option)), ("==",), (), BOOLEAN)


def given(row: Row | Case, words: str, place: str, gives: Type, most: Fraction | None) -> Op:
    """What a row or case gives, or that it says nothing."""
    match row.gives:
        case None:
            return ops.Undefined(f"{place}: {words}", gives)
        case Amount(value=value):
            return constant(value * most if row.is_rate and most is not None else value)
        case option:
            return ops.Const(option, gives)


def _interpolated(scale: Scale, x: ops.Local, gives: Type, path: str) -> Op:
    """Piecewise linear between knots, as one line for each stretch."""
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
        # Beyond the last knot its height stands, which the last stretch does not reach any further.
        cases.append((None, constant(last)))
    else:
        cases.append((None, outside))
    return ops.Cases(tuple(cases), len(knots), gives)


def _below(x: ops.Local, sign: str, bound: Fraction) -> Op:
    return ops.Chain((x, constant(bound)), (sign,), (), BOOLEAN)
