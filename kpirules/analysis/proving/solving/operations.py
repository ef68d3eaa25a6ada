"""Translates operations of a plan to values over unknowns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from fractions import Fraction
from functools import partial

from attrs import define, evolve, field

from ....plan import Plan, ops
from ....plan.ops import Op, walk
from ....plan.steps import Rounding
from . import aggregates, functions
from .linear import ZERO, Lin, constant
from .nonlinear import power, product, quotient
from .terms import Bit
from .values import ABSENT, OPEN, Options, Payload, Thing, Untranslated, Value, Values, bit_of, number_of

__all__ = ["Operations", "Record", "Records", "payload_of"]

Record = dict[str, Value]


@define(eq=False)
class Records:
    """The records of a list, or the children of a group.

    Args:
        size: the number of records.
        each: the records translated one by one, each with the condition that it exists.
        typical: any of the other records; None if there are no others.
    """

    size: Lin
    each: list[tuple[Bit, Record]]
    typical: Record | None = None


@define(eq=False)
class Operations(Values):
    """Translates the operations of a plan for one subject.

    Args:
        plan: the plan of the operations.
        names: the values of names, or functions that compute them.
        records: the records of lists.
        path: the path of the current formula.
        evaluated: by the identity of a condition that a person wrote, its values, each with the condition under
            which it is evaluated, and the named value that it is in, if any.
        reads: by named value, the conditions under which it is read, each with the named value that reads it, if any.
        taken: by the identity of some cases, for each of them the condition that it is the first to hold.
    """

    plan: Plan = field(kw_only=True)
    names: dict[str, Value | Callable[[], Value]] = field(factory=dict)
    records: dict[str, Records] = field(factory=dict)
    path: str = ""
    evaluated: dict[int, list[tuple[Bit, Value, str]]] = field(factory=dict)
    reads: dict[str, list[tuple[Bit, str]]] = field(factory=dict)
    taken: dict[int, list[Bit]] = field(factory=dict)
    _reading: str = ""
    _local: dict[str, Payload] = field(factory=dict)
    _items: list[tuple[str, Record]] = field(factory=list)

    def at(self, path: str, op: Op, condition: Bit = True) -> Value:
        """Return the value of an operation in the formula at a path, which is evaluated only under a condition."""
        before, self.path = self.path, path
        try:
            return self.branch(condition, partial(self.value, op))
        finally:
            self.path = before

    def value(self, op: Op) -> Value:
        found = self._value(op)
        if op.type.kind == "boolean" and not self._items and id(op) in self.plan.origins:
            self.evaluated.setdefault(id(op), []).append((self.terms.all(self.branches), found, self._reading))
        return found

    def read_when(self) -> Mapping[str, Bit]:
        """Return, for each named value, the condition that it is evaluated; True for no name."""
        found: dict[str, Bit] = {"": True}
        # A named value is computed after those that it reads.
        for name in reversed(self.names):
            reads = self.reads.get(name, ())
            found[name] = self.terms.any(self.terms.all([under, found.get(reader, True)]) for under, reader in reads)
        return found

    def _value(self, op: Op) -> Value:
        """Return the terms of an operation. This is long since it has one case for each kind."""
        match op:
            case ops.Const(value=value):
                return ABSENT if value is None else Value(payload_of(value))
            case ops.Read(name=name):
                return self.read(name)
            case ops.Item(name=name):
                return self._item(name)
            case ops.Local(name=name):
                return Value(self._local[name])
            case ops.Bind():
                return self._bind(op)
            case ops.Arithmetic():
                return self._arithmetic(op)
            case ops.Negate(operand=operand):
                return self.strict([self.value(operand)], lambda x: number_of(x).times(Fraction(-1)))
            case ops.Power(base=base, exponent=exponent):
                return self.strict([self.value(base)], lambda x: power(self.terms, number_of(x), exponent))
            case ops.Chain():
                return self._onwards(op, 0, self.value(op.operands[0]))
            case ops.Member():
                return self.strict([self.value(op.operand)], lambda x: self._member(op, x))
            case ops.Logic(operator=word, operands=parts):
                return self._logic(word, parts)
            case ops.Not(operand=operand):
                return self.strict([self.value(operand)], lambda x: self.terms.opposite(bit_of(x)))
            case ops.If(condition=condition, then=then, otherwise=otherwise):
                return self.strict(
                    [self.value(condition)],
                    lambda x: self.choose(bit_of(x), lambda: self.value(then), lambda: self.value(otherwise)),
                )
            case ops.Given(operand=operand):
                found = self.value(operand)
                return Value(found.there, self.terms.opposite(self.stopped(found)), found.stops)
            case ops.Default(operand=operand, otherwise=otherwise):
                return self._default(self.value(operand), otherwise)
            case ops.Cases(cases=cases):
                return self._cases(cases)
            case ops.Stop(kind=kind, path=path):
                return Value(ZERO, False, {(path or self.path, kind): True})
            case ops.Undefined():
                return Value(ZERO, False, {OPEN: True})
            case ops.Unknown(type=type_):
                return Value(ZERO if type_.kind == "number" else False)
            case ops.Call(function=function, arguments=arguments):
                values = [self.value(argument) for argument in arguments]
                return self.strict(values, lambda *payloads: functions.call(self, function, payloads))
            case _:
                return aggregates.over(self, op)

    # -- names ----------------------------------------------------------------------------------------

    def read(self, name: str) -> Value:
        if name in self.plan.let:
            # Conditions of one record do not tell whether it is read for another.
            under = True if self._items else self.terms.all(self.branches)
            self.reads.setdefault(name, []).append((under, self._reading))
        if name not in self.names:
            for behind in self._unread(name):
                with suppress(Untranslated):
                    self._name(behind)
            self._name(name)
        found = self.names[name]
        if not isinstance(found, Value):
            found = self.names[name] = found()
        return found

    def _unread(self, name: str) -> Iterator[str]:
        """Yield the untranslated values that a named value reads, directly or not, each after those it reads."""
        pending, seen = [(name, False)], set[str]()
        while pending:
            behind, is_next = pending.pop()
            if is_next:
                yield behind
            elif behind in self.plan.let and behind not in self.names and behind not in seen:
                seen.add(behind)
                read = (part.name for part in walk(self.plan.let[behind].op) if isinstance(part, ops.Read))
                pending += [(behind, True), *((other, False) for other in read)]

    def _name(self, name: str) -> None:
        """Translate a named value, unless it is already translated."""
        if name in self.names:
            return
        if name not in self.plan.let:
            raise Untranslated
        named = self.plan.let[name]
        outside = self._local, self._items, self.branches, self._reading
        self._local, self._items, self.branches, self._reading = {}, [], [], name
        try:
            self.names[name] = self.at(named.path, named.op)
        finally:
            self._local, self._items, self.branches, self._reading = outside

    def _item(self, name: str) -> Value:
        list_, record = self._items[-1]
        if name not in record:
            named = next(one for one in self.plan.records[list_].let if one.id == name)
            local, self._local = self._local, {}
            try:
                record[name] = self.at(named.path, named.op)
            finally:
                self._local = local
        return record[name]

    def in_record(self, list_: str, record: Record, op: Op) -> Value:
        """Return the value of an operation for one record."""
        self._items.append((list_, record))
        try:
            return self.value(op)
        finally:
            self._items.pop()

    def _bind(self, op: ops.Bind) -> Value:
        values = [self.value(value) for value in op.values]
        return self.strict(values, lambda *bound: self.within(op.body, dict(zip(op.names, bound, strict=True))))

    def within(self, body: Op, local: Mapping[str, Payload]) -> Value:
        """Return the value of an operation with bound values."""
        before, self._local = self._local, self._local | dict(local)
        try:
            return self.value(body)
        finally:
            self._local = before

    # -- numbers --------------------------------------------------------------------------------------

    def _arithmetic(self, op: ops.Arithmetic) -> Value:
        links: list[ops.Arithmetic] = []
        first: Op = op
        while isinstance(first, ops.Arithmetic):
            links.append(first)
            first = first.left
        result = self.value(first)
        for link in reversed(links):
            result = self.strict([result, self.value(link.right)], self._by_sign(link.operator))
        return result

    def _by_sign(self, sign: str) -> Callable[[Payload, Payload], Payload | Value]:
        def build(x: Payload, y: Payload) -> Payload | Value:
            one, other = number_of(x), number_of(y)
            match sign:
                case "+":
                    return one.plus(other)
                case "-":
                    return one.minus(other)
                case "*":
                    return product(self.terms, one, other)
                case _:
                    return self.divided(one, other)

        return build

    def divided(self, x: Lin, y: Lin) -> Value:
        is_zero = self.terms.compare("==", y, ZERO)
        stops = {(self.path, "division"): is_zero} if is_zero is not False else {}
        return Value(quotient(self.terms, x, y), self.terms.opposite(is_zero), stops)

    def rounded(self, rounding: Rounding, points: Lin) -> Lin:
        """Return points or a score after rounding."""
        return number_of(self.within(rounding.op, {ops.MEASURED: points}).payload)

    def _default(self, found: Value, otherwise: Op) -> Value:
        absent = self.is_absent(found)
        if absent is False:
            return found
        other = self.branch(absent, partial(self.value, otherwise))
        chosen = self.mixed([(found.there, Value(found.payload)), (absent, other)])
        there = self.terms.any([found.there, self.terms.all([absent, other.there])])
        return Value(chosen.payload, there, self.joined(found.stops, self.under(absent, other.stops)))

    # -- conditions -----------------------------------------------------------------------------------

    def _onwards(self, op: ops.Chain, index: int, left: Value) -> Value:
        right = self.value(op.operands[index + 1])
        held = self.strict([left, right], lambda x, y: self.compared(op.operators[index], x, y, op.ranks))
        if index + 1 == len(op.operators):
            return held
        rest = Value(right.payload)
        return self._also(held, lambda: self._onwards(op, index + 1, rest), is_and=True)

    def _also(self, so_far: Value, following: Callable[[], Value], *, is_and: bool) -> Value:
        """Return `so_far and …` or `so_far or …`, up to an operand that is absent or decides."""

        def build(held: Payload) -> Value:
            decided = Value(not is_and)
            going = bit_of(held) if is_and else self.terms.opposite(bit_of(held))
            return self.choose(going, following, lambda: decided)

        return self.strict([so_far], build)

    def _logic(self, word: str, parts: tuple[Op, ...]) -> Value:
        is_and = word == "and"
        result = Value(is_and)
        for part in parts:
            going = bit_of(result.payload) if is_and else self.terms.opposite(bit_of(result.payload))
            found = self.branch(self.terms.all([result.there, going]), partial(self.value, part))
            if result.there is True and found.there is True and not result.stops and not found.stops:
                bits = [bit_of(result.payload), bit_of(found.payload)]
                result = Value(self.terms.all(bits) if is_and else self.terms.any(bits))
            else:
                result = self._also(result, partial(Value, found.payload, found.there, found.stops), is_and=is_and)
        return result

    def _member(self, op: ops.Member, x: Payload) -> Bit:
        found = self.terms.any(self.compared("==", x, payload_of(option)) for option in op.options)
        return self.terms.opposite(found) if op.is_negated else found

    def _cases(self, cases: tuple[tuple[Op | None, Op], ...]) -> Value:
        """Return the value of the first case that holds."""
        parts: list[tuple[Bit, Value]] = []
        taken = self.taken[id(cases)] = []
        stops: list[Mapping[tuple[str, str], Bit]] = []
        left: Bit = True
        for condition, op in cases:
            asked = Value(True) if condition is None else self.branch(left, partial(self.value, condition))
            stops.append(self.under(left, asked.stops))
            here = self.terms.all([left, self.is_true(asked)])
            taken.append(here)
            left = self.terms.all([left, asked.there, self.terms.opposite(bit_of(asked.payload))])
            if here is not False:
                parts.append((here, self.branch(here, partial(self.value, op))))
            if left is False:
                break
        else:
            raise Untranslated
        found = self.mixed(parts)
        return evolve(found, stops=self.joined(*stops, found.stops))


def payload_of(value: object) -> Payload:
    """Return the payload of a constant."""
    match value:
        case bool():
            return value
        case Fraction():
            return constant(value)
        case str():
            return Options({value: True})
        case date():
            return constant(value.toordinal())
        case _:
            return Thing(value)
