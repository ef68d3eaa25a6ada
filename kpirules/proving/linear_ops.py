"""Operations of a plan over variables: linear forms, with bits for whatever decides between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from attrs import define, evolve, field

from ..plan import Plan, ops
from ..plan.ops import Op
from . import linear_aggregates, linear_functions
from .linear_forms import (
    ONE,
    ZERO,
    Beyond,
    Demand,
    Form,
    Options,
    Payload,
    Quotient,
    Thing,
    Tied,
    Value,
    constant,
    product_of,
)
from .linear_model import Model

__all__ = ["Evaluator"]

Record = Mapping[str, Value]


@define(eq=False)
class Evaluator:
    """The operations of a plan in one attempt.

    Args:
        plan: where they stand.
        model: takes variables and constraints.
        names: what is known, or how it is found out.
        records: of lists and of the children of groups, each with whether it is there.
        target: an operation that is looked for, with the value it must have.
        is_hitting: whether it is looked for now.
    """

    plan: Plan
    model: Model
    names: dict[str, Value | Callable[[], Value]] = field(factory=dict)
    records: dict[str, list[tuple[Form, dict[str, Value]]]] = field(factory=dict)
    target: tuple[Op, Fraction] | None = None
    is_hitting: bool = False
    hits: int = 0
    _local: list[Value] = field(factory=list)
    _items: list[tuple[str, dict[str, Value]]] = field(factory=list)

    def value(self, op: Op) -> Value:
        found = self._value(op)
        if self.target is None or not self.is_hitting or op is not self.target[0]:
            return found
        self.hits += 1
        wanted = self.compared("==", found.payload, constant(self.target[1]))
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
                return self.chain(op)
            case ops.Member():
                return self.strict([self.value(op.operand)], lambda x: self.member(op, x))
            case ops.Logic(operator=word, operands=parts):
                return self.logic(word, parts)
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

    # -- one after the other --------------------------------------------------------------------------

    def following(self, first: Value, then: Callable[[], Value]) -> Value:
        """What comes of the second, which is looked at only where the first is there."""
        if first.there.is_constant and not first.there.constant:
            return first
        second = then()
        there = self.model.both(first.there, second.there)
        return self.effects([first], evolve(second, there=there), first.there)

    def effects(self, before: Sequence[Value], last: Value, reached: Form = ONE) -> Value:
        """The last of some values, with what the others did before it could do anything."""
        fault, open_, hit = ZERO, ZERO, ZERO
        for one in (*before, last):
            if one.fault is ZERO and one.open is ZERO and one.hit is ZERO:
                continue
            go_on = [self.model.opposite(open_), self.model.opposite(hit), reached if one is last else ONE]
            fault = self.model.any([fault, self.model.all([*go_on, one.fault])])
            open_, hit = (
                self.model.any([open_, self.model.all([*go_on, one.open])]),
                self.model.any([hit, self.model.all([*go_on, one.hit])]),
            )
        return evolve(last, fault=fault, open=open_, hit=hit)

    def strict(self, parts: list[Value], build: Callable[..., Payload | Value]) -> Value:
        """What operands come to; absent where one is."""
        there = self.model.all(part.there for part in parts)
        if there.is_constant and not there.constant:
            return self.effects(parts, Value(ZERO, ZERO))
        built = build(*(part.payload for part in parts))
        if not isinstance(built, Value):
            return self.effects(parts, Value(built, there))
        return self.effects(parts, evolve(built, there=self.model.both(there, built.there)), there)

    def choose(self, bit: Form, one: Callable[[], Value], other: Callable[[], Value]) -> Value:
        """One of two values; what can't be chosen is not looked at."""
        if bit.is_constant:
            return one() if bit.constant else other()
        return self.mixed([(bit, one()), (self.model.opposite(bit), other())])

    def mixed(self, parts: list[tuple[Form, Value]]) -> Value:
        """The value of which the bit is 1: exactly one is."""
        if len(parts) == 1:
            return parts[0][1]
        payload = self.mixed_payloads([(bit, value.payload) for bit, value in parts])

        def mix(forms: list[Form]) -> Form:
            if all(form is forms[0] for form in forms):
                return forms[0]
            return self.model.opposite(
                self.sum_of([(bit, self.model.opposite(form)) for (bit, _), form in zip(parts, forms, strict=True)])
            )

        return Value(
            payload,
            mix([value.there for _, value in parts]),
            self.sum_of([(bit, value.fault) for bit, value in parts]),
            self.sum_of([(bit, value.open) for bit, value in parts]),
            self.sum_of([(bit, value.hit) for bit, value in parts]),
        )

    def mixed_payloads(self, parts: list[tuple[Form, Payload]]) -> Payload:
        payloads = [payload for _, payload in parts]
        if all(payload is payloads[0] for payload in payloads):
            return payloads[0]
        if any(isinstance(payload, Options) for payload in payloads):
            texts = dict.fromkeys(text for one in payloads if isinstance(one, Options) for text in one.are)
            mine = [(bit, one.are if isinstance(one, Options) else {}) for bit, one in parts]
            return Options({text: self.sum_of([(bit, are.get(text, ZERO)) for bit, are in mine]) for text in texts})
        if all(isinstance(payload, Form) for payload in payloads):
            if len(parts) == 2:
                return self.model.select(parts[0][0], need(payloads[0]), need(payloads[1]))
            return self.sum_of([(bit, need(payload)) for bit, payload in parts])
        if any(isinstance(payload, Thing) for payload in payloads):
            raise Beyond
        numbers = dict.fromkeys(
            v for payload in payloads for v in product_of(payload, payload) if not isinstance(payload, Form)
        )
        return Tied(tuple(numbers))

    def sum_of(self, parts: list[tuple[Form, Form]]) -> Form:
        """The sum of forms where their bits are 1."""
        total = ZERO
        for bit, form in parts:
            if form.terms or form.constant:
                total = total.plus(self.model.product(bit, form))
        return total

    # -- names ----------------------------------------------------------------------------------------

    def read(self, name: str) -> Value:
        found = self.names.get(name)
        if found is None:
            if name not in self.plan.let:
                raise Beyond
            local, items, self._local, self._items = self._local, self._items, [], []
            found = self.value(self.plan.let[name].op)
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
            fields[name] = self.value(op)
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

    def scaled(self, x: Payload, factor: Fraction) -> Payload:
        match x:
            case Form():
                return x.times(factor) if factor else ZERO
            case Quotient(over=over, by=by):
                return Quotient(over.times(factor), by) if factor else ZERO
            case _:
                return x if factor else ZERO

    def added(self, x: Payload, y: Payload) -> Payload:
        match x, y:
            case Form(), Form():
                return x.plus(y)
            case (Quotient() as one, Form() as other) | (Form() as other, Quotient() as one) if other.is_constant:
                return Quotient(one.over.plus(one.by.times(other.value)) if other.constant else one.over, one.by)
            case Quotient(), Quotient() if x.by.key == y.by.key:
                return Quotient(x.over.plus(y.over), x.by)
            case _:
                return _together(x, y)

    def subtracted(self, x: Payload, y: Payload) -> Payload:
        return self.added(x, self.scaled(y, Fraction(-1)))

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

    def quotient(self, x: Payload, y: Form) -> Payload:
        """A quotient by a form that varies; by 1 where that is zero."""
        low, high = self.model.range(y)
        if high <= 0:
            x, y, low = self.scaled(x, Fraction(-1)), y.times(Fraction(-1)), -high
        if low < 0 or not isinstance(x, Form):
            return Tied(tuple(y.terms))
        return Quotient(x, y.plus(self.model.compare(y, "==")) if low == 0 else y)

    def power(self, x: Payload, exponent: int) -> Payload:
        if exponent < 2:
            return x if exponent else ONE
        if isinstance(x, Form) and x.is_constant:
            return constant(x.value**exponent)
        return Tied(product_of(x, x))

    def rounded(self, x: Payload, step: Fraction, mode: str) -> Payload:
        return self.model.rounded(x, step, mode) if isinstance(x, Form) else Tied(product_of(x, x))

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

    # -- conditions -----------------------------------------------------------------------------------

    def compared(self, sign: str, x: Payload, y: Payload, ranks: tuple[str, ...] = ()) -> Form:
        if isinstance(x, Options) and isinstance(y, Options):
            return self.compared_texts(sign, x, y, ranks)
        difference = self.subtracted(x, y)
        if isinstance(difference, Quotient):
            difference = difference.over
        return self.model.compare(need(difference), sign)

    def compared_texts(self, sign: str, x: Options, y: Options, ranks: tuple[str, ...]) -> Form:
        if sign == "!=":
            return self.model.opposite(self.compared_texts("==", x, y, ranks))
        place = {text: index for index, text in enumerate(ranks)}

        def stands(one: str, other: str) -> bool:
            if sign == "==":
                return one == other
            a, b = place[one], place[other]
            return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]

        total = ZERO
        for other, there in y.are.items():
            mine = ZERO
            for one, bit in x.are.items():
                if stands(one, other):
                    mine = mine.plus(bit)
            total = total.plus(self.model.product(there, mine))
        return total

    def chain(self, op: ops.Chain) -> Value:
        left = self.value(op.operands[0])
        return self.onwards(op, 0, left)

    def onwards(self, op: ops.Chain, index: int, left: Value) -> Value:
        right = self.value(op.operands[index + 1])
        first = self.strict([left, right], lambda x, y: self.compared(op.operators[index], x, y, op.ranks))
        if index + 1 == len(op.operators):
            return first
        rest = Value(right.payload)
        return self.also(first, lambda: self.onwards(op, index + 1, rest), "and")

    def also(self, so_far: Value, then: Callable[[], Value], word: str) -> Value:
        """`so_far and …`, or `so_far or …`, up to what is absent or decides."""

        def rest() -> Value:
            held = need(so_far.payload)
            decided = Value(ZERO if word == "and" else ONE)
            return self.choose(held if word == "and" else self.model.opposite(held), then, lambda: decided)

        return self.following(so_far, rest)

    def logic(self, word: str, parts: Sequence[Op]) -> Value:
        values = []
        for part in parts:
            one = self.value(part)
            is_plain = one.there is ONE and one.fault is ZERO and one.open is ZERO and one.hit is ZERO
            if not is_plain:
                break
            values.append(need(one.payload))
        else:
            return Value(self.model.all(values) if word == "and" else self.model.any(values))
        result = self.value(parts[0])
        for part in parts[1:]:
            result = self.also(result, lambda part=part: self.value(part), word)  # type: ignore[misc]
        return result

    def member(self, op: ops.Member, x: Payload) -> Payload:
        found = ZERO
        for option in dict.fromkeys(op.options):
            found = found.plus(self.compared("==", x, payload_of(option)))
        return self.model.opposite(found) if op.is_negated else found


def payload_of(value: object) -> Payload:
    """A constant."""
    match value:
        case bool():
            return ONE if value else ZERO
        case Fraction():
            return constant(value)
        case str():
            return Options({value: ONE})
        case date():
            return constant(value.toordinal())
        case _:
            return Thing(value)


def need(payload: Payload) -> Form:
    """A form, or the demand for variables with which it is one."""
    match payload:
        case Form():
            return payload
        case Quotient() | Tied():
            raise Demand(product_of(payload, payload))
        case _:
            raise Beyond


def _together(x: Payload, y: Payload) -> Payload:
    numbers = dict.fromkeys(v for one in (x, y) if not isinstance(one, Form) for v in product_of(one, one))
    return Tied(tuple(numbers))
