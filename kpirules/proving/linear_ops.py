"""Operations of a plan over variables: linear forms, with bits for whatever decides between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from attrs import define, evolve, field

from ..plan import Plan, ops
from ..plan.ops import Op
from . import linear_aggregates, linear_conditions, linear_functions
from .linear_forms import (
    ONE,
    ZERO,
    Beyond,
    Demand,
    Form,
    Payload,
    Tied,
    Value,
    constant,
    need,
    payload_of,
    product_of,
)
from .linear_mixing import Mixing
from .linear_rounding import rounded

__all__ = ["Evaluator"]

Record = Mapping[str, Value]


@define(eq=False)
class Evaluator(Mixing):
    """The operations of a plan in one attempt.

    Args:
        plan: where they stand.
        names: what is known, or how it is found out.
        records: of lists and of the children of groups, each with whether it is there.
        target: an operation that is looked for, with the value it must have.
        is_hitting: whether it is looked for now.
        hit_in: the records for which it was evaluated then.
    """

    plan: Plan
    names: dict[str, Value | Callable[[], Value]] = field(factory=dict)
    records: dict[str, list[tuple[Form, dict[str, Value]]]] = field(factory=dict)
    target: tuple[Op, Fraction] | None = None
    is_hitting: bool = False
    hit_in: set[int] = field(factory=set)
    _local: list[Value] = field(factory=list)
    _items: list[tuple[str, dict[str, Value]]] = field(factory=list)

    def value(self, op: Op) -> Value:
        self.model.work += 1
        found = self._value(op)
        if self.target is None or not self.is_hitting or op is not self.target[0]:
            return found
        self.hit_in.add(id(self._items[-1][1]) if self._items else 0)
        wanted = linear_conditions.compared(self, "==", found.payload, constant(self.target[1]))
        hit = self.model.all([found.there, self.model.opposite(found.open), wanted])
        return evolve(found, hit=hit)

    def _value(self, op: Op) -> Value:
        match op:
            case ops.Const(value=value):
                return Value(ZERO, ZERO) if value is None else Value(payload_of(value))
            case ops.Read(name=name):
                return self.read(name)
            case ops.Item(name=name):
                return self.item(name)
            case ops.Local():
                return self._local[-1]
            case ops.Bind(value=value, body=body):
                return self.bind(self.value(value), body)
            case ops.Arithmetic():
                return self.arithmetic(op)
            case ops.Negate(operand=operand):
                return self.strict([self.value(operand)], lambda x: self.scaled(x, Fraction(-1)))
            case ops.Power(base=base, exponent=exponent):
                return self.strict([self.value(base)], lambda x: self.power(x, exponent))
            case ops.Chain():
                return linear_conditions.chain(self, op)
            case ops.Member():
                return self.strict([self.value(op.operand)], lambda x: linear_conditions.member(self, op, x))
            case ops.Logic(operator=word, operands=parts):
                return linear_conditions.logic(self, word, parts)
            case ops.Not(operand=operand):
                return self.strict([self.value(operand)], lambda x: self.model.opposite(need(x)))
            case ops.If(condition=condition, then=then, otherwise=otherwise):
                asked = self.value(condition)
                return self.following(
                    asked,
                    lambda: self.choose(need(asked.payload), lambda: self.value(then), lambda: self.value(otherwise)),
                )
            case ops.Given(operand=operand):
                found = self.value(operand)
                return evolve(found, payload=found.there, there=ONE)
            case ops.Default(operand=operand, otherwise=otherwise):
                found = self.value(operand)
                chosen = self.choose(found.there, lambda: Value(found.payload), lambda: self.value(otherwise))
                return self.following(evolve(found, there=ONE), lambda: chosen)
            case ops.Ratio():
                return self.ratio(op)
            case ops.Round(operand=operand, step=step, mode=mode):
                return self.strict([self.value(operand)], lambda x: self.rounded(x, step, mode))
            case ops.Passed():
                return self.strict([self.value(op.operand)], lambda x: self.passed(op, x))
            case ops.Cases():
                return linear_functions.cases(self, op)
            case ops.Stop():
                return Value(ZERO, fault=ONE)
            case ops.Undefined():
                return Value(ZERO, open=ONE)
            case ops.Call(function=function, arguments=arguments):
                values = [self.value(argument) for argument in arguments]
                return linear_functions.call(self, function, values)
            case _:
                return linear_aggregates.over(self, op)

    # -- names ----------------------------------------------------------------------------------------

    def read(self, name: str) -> Value:
        found = self.names.get(name)
        if found is None:
            if name not in self.plan.let:
                raise Beyond
            local, items, self._local, self._items = self._local, self._items, [], []
            try:
                found = self.value(self.plan.let[name].op)
            finally:
                self._local, self._items = local, items
        elif not isinstance(found, Value):
            found = found()
        self.names[name] = found
        return found

    def forget(self) -> None:
        """Compute every `let` anew."""
        for name in self.plan.let:
            self.names.pop(name, None)

    def item(self, name: str) -> Value:
        records, fields = self._items[-1]
        if name not in fields:
            op = next(one.op for one in self.plan.records[records].let if one.id == name)
            local, self._local = self._local, []
            try:
                fields[name] = self.value(op)
            finally:
                self._local = local
        return fields[name]

    def in_record(self, records: str, fields: dict[str, Value], op: Op) -> Value:
        """An operation for one record."""
        self._items.append((records, fields))
        try:
            return self.value(op)
        finally:
            self._items.pop()

    def bind(self, value: Value, body: Op) -> Value:
        return self.following(value, lambda: self.with_local(value.payload, body))

    def with_local(self, payload: Payload, body: Op) -> Value:
        self._local.append(Value(payload))
        try:
            return self.value(body)
        finally:
            self._local.pop()

    @property
    def local(self) -> Payload:
        return self._local[-1].payload

    # -- numbers --------------------------------------------------------------------------------------

    def arithmetic(self, op: Op) -> Value:
        links = []
        while isinstance(op, ops.Arithmetic):
            links.append(op)
            if self.target is not None and op is self.target[0] and len(links) > 1:
                links.pop()
                break
            op = op.left
        result = self.value(op)
        for link in reversed(links):
            right = self.value(link.right)
            if link.operator == "/":
                if right.hit is not ZERO:
                    # Whatever it were, nothing looks at it: there is a fault.
                    result = self.effects([result, right], Value(ZERO, self.model.both(result.there, right.there)))
                else:
                    result = self.strict([result, right], self.divided)
            else:
                build = {"+": self.added, "-": self.subtracted, "*": self.multiplied}[link.operator]
                result = self.strict([result, right], build)
        return result

    def multiplied(self, x: Payload, y: Payload) -> Payload:
        for one, other in ((x, y), (y, x)):
            if isinstance(one, Form):
                if one.is_constant:
                    return self.scaled(other, one.value)
                if isinstance(other, Form) and self.is_bit(one):
                    return self.model.product(one, other)
        return Tied(product_of(x, y))

    def is_bit(self, x: Form) -> bool:
        """Whether a form is 0 or 1 by the looks of it."""
        return x.denominator == 1 and len(x.terms) == 1 and self.model.range(x) == (0, 1)

    def divided(self, x: Payload, y: Payload) -> Value:
        if not isinstance(y, Form):
            return Value(Tied(product_of(y, y)))
        if y.is_constant:
            return Value(self.scaled(x, 1 / y.value)) if y.constant else Value(ZERO, fault=ONE)
        return Value(self.quotient(x, y), fault=self.model.compare(y, "=="))

    def power(self, x: Payload, exponent: int) -> Payload:
        if exponent < 2:
            return x if exponent else ONE
        if isinstance(x, Form) and x.is_constant:
            return constant(x.value**exponent)
        return Tied(product_of(x, x))

    def rounded(self, x: Payload, step: Fraction, mode: str) -> Payload:
        return rounded(self.model, x, step, mode) if isinstance(x, Form) else Tied(product_of(x, x))

    def passed(self, op: ops.Passed, x: Payload) -> Payload:
        def count(y: Fraction) -> int:
            match op.comparison:
                case "above":
                    return sum(y > one for one in op.thresholds)
                case "from":
                    return sum(y >= one for one in op.thresholds)
                case "below":
                    return sum(y < one for one in op.thresholds)
                case _:
                    return sum(y <= one for one in op.thresholds)

        pieces = linear_functions.stepwise(self, x, op.thresholds, count)
        return self.sum_of([(bit, constant(op.each * picked)) for bit, picked, *_ in pieces])

    def ratio(self, op: ops.Ratio) -> Value:
        left, right = self.value(op.left), self.value(op.right)

        def build(x: Payload, y: Payload) -> Value:
            if not isinstance(y, Form):
                raise Demand(product_of(y, y))
            if y.is_constant and y.constant:
                return Value(self.scaled(x, 1 / y.value))
            is_zero = self.model.compare(y, "==")
            return self.choose(is_zero, lambda: self.value(op.if_zero), lambda: Value(self.quotient(x, y)))

        return self.strict([left, right], build)
