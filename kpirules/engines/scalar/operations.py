"""Operations of a plan as code.

The file is long since operations of all kinds contain each other: one class, a method for each kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from typing import overload

from attrs import define, evolve, field

from ...kernel.calendars import Calendar
from ...plan import Plan, ops
from ...plan.ops import Op
from ...plan.steps import Exempt, Rounding, Value
from . import aggregates, conditions, functions, names, tables
from .emitted import ABSENT, Emitted, Other, assigned, name_of
from .numbers import (
    ANY,
    NOT_NEGATIVE,
    POSITIVE,
    Num,
    add,
    fixed,
    is_never_zero,
    learnt,
    multiply,
    number,
    over,
    over_common_denominator,
    quotient,
)
from .writing import MAX_EXPRESSION_LENGTH, Code, Writer, literal, times

__all__ = ["Operations"]


@define(eq=False)
class Operations:
    """Writes operations, in the order in which a function evaluates them.

    Args:
        plan: the plan to write.
        writer: collects the lines.
        values: the code of names that are known at this point.
        memo: the `let` that are computed by a function of their own when first read.
        emitted: how often each `let` was written inline.
        sites: the index of each path that may fault, with the kind of fault.
        path: the path of the current expression.
        base: the values known when the current step began: its functions may read those.
        local: bound values, by name.
        items: the known fields of the current record.
        loop: the list or group of the current loop, or empty.
        shapes: the shapes of the results of the functions of `memo`.
        aggregated: the aggregates known at this point, by their operation.
        fused: the aggregates that can share a loop, by list.
        pending: the functions that the current step needs.
        assigned: the names of `let` that the current function assigns.
        kept_lets: each `let` that was written, as the code stores it.
        lookups: the functions of long tables: name, shape of the result, and the fault or None.
        stops: the lines that replace a fault in such a function, the innermost last.
        maxima: the max of each criterion that has a share.
        notes: stored details of a record, by name; None if only the rating is needed.
        rows: by the id of the body of a leaf's shape, the note of the row and the operation that numbers it.
        places: the index of each `let`.
        fields: the index and formula of each computed field, by list and name.
        asked: the inputs, if an exemption can rate a subject that lacks some of them.
    """

    plan: Plan
    writer: Writer
    values: dict[str, Emitted] = field(factory=dict)
    memo: frozenset[str] = frozenset()
    emitted: dict[str, int] = field(factory=dict)
    sites: dict[tuple[str, str], int] = field(factory=dict)
    path: str = ""
    base: dict[str, Emitted] = field(factory=dict)
    local: dict[str, Emitted] = field(factory=dict)
    items: dict[str, Emitted] = field(factory=dict)
    loop: str = ""
    shapes: dict[str, Emitted] = field(factory=dict)
    aggregated: dict[int, Emitted] = field(factory=dict)
    fused: dict[str, list[ops.Over]] = field(init=False)
    pending: list[str] = field(factory=list)
    assigned: list[str] = field(factory=list)
    kept_lets: dict[str, Emitted] = field(factory=dict)
    lookups: dict[tuple[object, ...], tuple[str, Emitted, ops.Stop | None]] = field(factory=dict)
    stops: list[str] = field(factory=list)
    maxima: dict[str, Fraction] = field(factory=dict)
    notes: dict[str, Emitted] | None = None
    rows: dict[int, tuple[str, Op]] = field(factory=dict)
    places: dict[str, int] = field(init=False)
    fields: dict[str, tuple[int, Value]] = field(init=False)
    asked: frozenset[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        has_exemptions = any(isinstance(step, Exempt) for step in self.plan.steps)
        self.asked = frozenset(one.id for one in self.plan.inputs if has_exemptions)
        self.fused = aggregates.fused(self.plan)
        self.places = {name: index for index, name in enumerate(self.plan.let)}
        self.fields = {
            f"{records.id}.{value.id}": (index, value)
            for records in self.plan.records.values()
            for index, value in enumerate(records.let)
        }

    # -- faults -----------------------------------------------------------------------------------

    def fault(self, kind: str, path: str = "") -> str:
        """Return the line that ends a function with a fault of a kind."""
        return f"raise F({self.sites.setdefault((path or self.path, kind), len(self.sites))})"

    # -- details ----------------------------------------------------------------------------------

    def note(self, key: str, part: Emitted) -> list[str]:
        """Return lines that store a part for the details of a record; none if only the rating is needed."""
        if self.notes is None:
            return []
        if key in self.notes:
            name = name_of(self.notes[key])
        else:
            name = f"y{len(self.notes)}"
            is_pair = isinstance(part, Num) and not isinstance(part.d, int)
            self.notes[key] = (
                Num(name, f"{name}d" if is_pair else part.d, is_optional=True)
                if isinstance(part, Num)
                else Other(name, True)
            )
        if isinstance(part, Num) and not isinstance(part.d, int):
            return [f"{name} = {part.n}; {name}d = {part.d}"]
        return [f"{name} = {name_of(part)}"]

    def note_text(self, key: str, text: str) -> list[str]:
        """Return lines that store a text for the details of a record."""
        return [] if self.notes is None else self.note(key, Other(self.writer.refer(text)))

    def open_row(self, key: str, *, is_first: bool = False) -> tuple[str, list[str]]:
        """Return the head of lines for an undefined row, and the lines that note its place.

        Args:
            key: the key of the note.
            is_first: whether a place noted earlier stays.
        """
        if self.notes is None:
            return "except W:", []
        place = self.note(key, Other("w.place"))
        if is_first:
            name = name_of(self.notes[key])
            place = [f"{name} = w.place if {name} is None else {name}"]
        return "except W as w:", place

    def forget(self, *kinds: str) -> list[str]:
        """Return lines that clear the notes of some kinds."""
        noted = [] if self.notes is None else self.notes.items()
        return [f"{name_of(part)} = None" for key, part in noted if key.partition(".")[0] in kinds]

    # -- branches ---------------------------------------------------------------------------------

    @contextmanager
    def branch(self) -> Iterator[list[str]]:
        """Collect the lines of a branch; values that become known in it are forgotten afterwards."""
        values, items, aggregated = dict(self.values), dict(self.items), dict(self.aggregated)
        with self.writer.capture() as lines:
            yield lines
        self.values, self.items, self.aggregated = values, items, aggregated

    def written(self, op: Op, condition: Op | None = None, outcome: bool = True) -> tuple[list[str], Emitted]:
        """Write an operation as a branch that runs only if a condition had this outcome."""
        local = self.local
        with self.branch() as lines:
            if condition is not None:
                self.learn(condition, outcome)
            result = self.emit(op)
        self.local = local
        return lines, result

    def learn(self, condition: Op, outcome: bool) -> None:
        """Record the sign of a number from the outcome of its comparison with zero."""
        match condition:
            case ops.Chain(operands=(ops.Local(name=name), ops.Const(value=0)), operators=(sign,)):
                self.local = dict(self.local)
                known = self.local
            case ops.Chain(operands=(ops.Read(name=name), ops.Const(value=0)), operators=(sign,)):
                known = self.values
            case ops.Chain(operands=(ops.Item(name=name), ops.Const(value=0)), operators=(sign,)):
                known = self.items
            case _:
                return
        part = known.get(name)
        if isinstance(part, Num):
            known[name] = learnt(part, sign if outcome else conditions.OPPOSITE[sign])

    def merge(self, heads: list[str], branches: list[tuple[list[str], Emitted]], target: str = "") -> Emitted:
        """Return one value from branches, under heads such as `if t1:` and `else:`."""
        target = target or self.writer.fresh()
        results = [result for _, result in branches]
        is_optional = any(result.is_optional for result in results)
        if all(isinstance(result, Other) for result in results):
            for head, (lines, result) in zip(heads, branches, strict=True):
                assert isinstance(result, Other)
                self.writer.put(head, [*lines, f"{target} = {result.code}"])
            return Other(target, is_optional)
        numbers = [result if isinstance(result, Num) else ABSENT for result in results]
        common = fixed(numbers)
        denominator: Code = f"{target}d" if common is None else common
        for head, (lines, _), result in zip(heads, branches, numbers, strict=True):
            self.writer.put(head, [*lines, *assigned(target, result, common)])
        sign = min((number.sign for number in numbers if number is not ABSENT), default=ANY)
        return Num(target, denominator, sign, is_optional)

    def strict(self, parts: list[Emitted], build: Callable[..., Emitted]) -> Emitted:
        """Apply a function to present operands; absent if an operand is."""
        absent = [name_of(part) for part in parts if part.is_optional]
        if not absent:
            return build(*parts)
        with self.branch() as lines:
            result = build(*(part.present for part in parts))
        nothing: Emitted = ABSENT if isinstance(result, Num) else Other("None", True)
        is_absent = " or ".join(f"{name} is None" for name in absent)
        return self.merge([f"if {is_absent}:", "else:"], [([], nothing), (lines, result)])

    # -- operations -------------------------------------------------------------------------------

    def emit(self, op: Op) -> Emitted:
        """Return an operation as code; lines that it needs are written before."""
        result = self.formed(op)
        # Python nests brackets at most 200 deep.
        code = str(result.n) if isinstance(result, Num) else result.code
        return self.held(result) if len(code) > MAX_EXPRESSION_LENGTH else result

    def formed(self, op: Op) -> Emitted:
        """Write an operation. This is long since it has one case for each kind."""
        match op:
            case ops.Const(value=value):
                return self.constant(value)
            case ops.Read(name=name):
                return names.read(self, name)
            case ops.Item(name=name):
                return names.item(self, name)
            case ops.Local(name=name):
                return self.local[name]
            case ops.Bind():
                return self.bind(op)
            case ops.Arithmetic():
                return self.arithmetic(op)
            case ops.Negate(operand=operand):
                return self.strict([self.emit(operand)], lambda x: add(self.writer, Num(0), x, "-"))
            case ops.Power(base=base, exponent=exponent):
                return self.strict([self.emit(base)], lambda x: self.power(x, exponent))
            case ops.Call(function="floor", arguments=(operand,)):
                return functions.whole(self, operand)
            case ops.Call(arguments=arguments):
                parts = [self.emit(argument) for argument in arguments]
                return self.strict(parts, lambda *values: functions.emit(self, op, list(values)))
            case ops.Chain():
                return conditions.chain(self, op)
            case ops.Member():
                return self.strict([self.emit(op.operand)], lambda x: conditions.member(self, op, x))
            case ops.Not(operand=operand):
                return self.strict([self.emit(operand)], lambda x: Other(f"(not {x.code})"))
            case ops.Logic():
                return conditions.logic(self, op)
            case ops.If(condition=condition, then=then, otherwise=otherwise):
                test = self.flag(condition)
                if test.code in ("True", "False"):
                    return self.emit(then if test.code == "True" else otherwise)
                if test.is_optional:
                    test = evolve(test, code=str(self.writer.hold(test.code)))
                branches = [self.written(then, condition, True), self.written(otherwise, condition, False)]
                if test.is_optional:
                    nothing = (list[str](), Other("None", True) if isinstance(branches[0][1], Other) else ABSENT)
                    heads = [f"if {test.code} is None:", f"elif {test.code}:", "else:"]
                    return self.merge(heads, [nothing, *branches])
                return self.choose(test, branches)
            case ops.Given(operand=operand):
                result = self.emit(operand)
                return Other(f"({name_of(result)} is not None)" if result.is_optional else "True")
            case ops.Default(operand=operand, otherwise=otherwise):
                result = self.held(self.emit(operand))
                if not result.is_optional:
                    return result
                heads = [f"if {name_of(result)} is None:", "else:"]
                return self.merge(heads, [self.written(otherwise), ([], result.present)])
            case ops.Cases():
                return tables.cases(self, op)
            case ops.Stop(kind=kind, path=path):
                self.writer.line(self.stops[-1] if self.stops else self.fault(kind, path))
                return self.unused_value(op)
            case ops.Undefined(place=place):
                self.writer.line(f"raise W({self.writer.refer(place)})")
                return self.unused_value(op)
            case ops.Unknown():
                return self.unused_value(op)
            case ops.Over():
                return aggregates.emit(self, op)

    def unused_value(self, op: Op) -> Emitted:
        """Return any value of an operation's type, in a place where it is never used."""
        return Num(0, 1, POSITIVE) if op.type.kind == "number" else Other("False")

    def constant(self, value: object) -> Emitted:
        match value:
            case bool():
                return Other(str(value))
            case Fraction():
                return number(value)
            case str() | date() | Calendar():
                return Other(self.writer.refer(value))
            case other:
                raise AssertionError(f"{other!r} is not a value of the language")

    def rounded(self, rounding: Rounding, x: Num) -> Num:
        """Return points or a score after rounding."""
        result = self.within(rounding.op, {ops.MEASURED: x})
        assert isinstance(result, Num)
        return result

    @overload
    def held(self, part: Num) -> Num: ...
    @overload
    def held(self, part: Emitted) -> Emitted: ...
    def held(self, part: Emitted) -> Emitted:
        """Return a value under a name, so that it can be used in several places."""
        if isinstance(part, Num):
            return evolve(part, n=self.writer.hold(part.n), d=self.writer.hold(part.d))
        return evolve(part, code=str(self.writer.hold(part.code)))

    def named(self, name: str, part: Num) -> Num:
        """Return a number under a given name; a constant denominator needs none."""
        self.writer.line(f"{name} = {part.n}")
        if isinstance(part.d, int):
            return evolve(part, n=name)
        self.writer.line(f"{name}d = {part.d}")
        return evolve(part, n=name, d=f"{name}d")

    def bind(self, op: ops.Bind) -> Emitted:
        def inside(*values: Emitted) -> Emitted:
            local = dict(zip(op.names, values, strict=True))
            if id(op.body) not in self.rows:
                return self.within(op.body, local)
            key, rows = self.rows[id(op.body)]
            local = {name: self.held(value) for name, value in local.items()}
            result = self.held(self.within(op.body, local))
            self.writer.lines += self.note(key, self.within(rows, local))
            return result

        values = [self.emit(value) for value in op.values]
        for value, written in zip(op.values, values, strict=True):
            # A table of cases needs its arguments, whatever its rows read: a query asks for what stands here.
            if not op.function and isinstance(value, ops.Read) and value.name in self.asked:
                self.writer.line(name_of(written))
        return self.strict(values, inside)

    def within(self, body: Op, local: Mapping[str, Emitted]) -> Emitted:
        """Return a body with values bound."""
        if isinstance(body, ops.Cases) and len(body.cases) > tables.MAX_INLINE_ROWS and ops.MEASURED in local:
            return tables.looked_up(self, body, *local.items())
        before = self.local
        self.local = before | {name: self.held(value) for name, value in local.items()}
        result = self.emit(body)
        self.local = before
        return result

    def number(self, op: Op) -> Num:
        """Return the code of an operation that gives a number."""
        result = self.emit(op)
        assert isinstance(result, Num)
        return result

    def flag(self, op: Op) -> Other:
        """Return the code of an operation that gives no number."""
        result = self.emit(op)
        assert isinstance(result, Other)
        return result

    # -- numbers ----------------------------------------------------------------------------------

    def arithmetic(self, op: Op) -> Emitted:
        """Write a chain such as `a + b - c`, in a loop: its tree leans left and is as deep as the chain is long."""
        links = []
        while isinstance(op, ops.Arithmetic) and ops.remainder(op) is None:
            links.append(op)
            op = op.left
        if (parts := ops.remainder(op)) is not None:
            result = self.strict([self.emit(part) for part in parts], self.remainder)
        else:
            result = self.emit(op)
        for link in reversed(links):
            right = self.emit(link.right)
            result = self.strict([result, right], lambda x, y, sign=link.operator: self.binary(sign, x, y))
            if isinstance(result, Num) and len(f"{result.n}{result.d}") > MAX_EXPRESSION_LENGTH:
                result = self.held(result)
        return result

    def binary(self, sign: str, x: Num, y: Num) -> Num:
        if sign == "*":
            return multiply(x, y)
        if sign == "/":
            return self.divided(x, y)
        return add(self.writer, x, y, sign)

    def divided(self, x: Num, y: Num) -> Num:
        if y.n == 0:
            self.writer.line(self.fault("division"))
            return Num(0, 1, POSITIVE)
        return quotient(self.writer, x, self.divisor(y))

    def divisor(self, y: Num) -> Num:
        """Return a divisor; the code faults if it is zero."""
        if isinstance(y.n, int) or is_never_zero(y):
            return y
        y = evolve(y, n=self.writer.hold(y.n))
        self.writer.put(f"if not {y.n}:", [self.fault("division")])
        return y

    def remainder(self, x: Num, y: Num) -> Num:
        """Return the remainder of a division, which has the sign of the divisor."""
        if y.n == 0:
            return self.divided(x, y)
        y = self.divisor(y)
        a, b = over_common_denominator(x, y)
        common = fixed([x, y])
        denominator = x.d if x.d == y.d else times(x.d, y.d) if common is None else common
        return Num(f"({a} % {b})", denominator, min(y.sign, NOT_NEGATIVE))

    def power(self, x: Num, exponent: int) -> Num:
        if exponent == 0:
            return Num(1, 1, POSITIVE)
        sign = max(x.sign, NOT_NEGATIVE) if exponent % 2 == 0 else x.sign
        n, d = (
            literal(part**exponent) if isinstance(part, int) else f"({part} ** {exponent})" for part in (x.n, x.d)
        )
        return Num(n, d, sign)

    # -- branches of one value --------------------------------------------------------------------

    def choose(self, test: Emitted, branches: list[tuple[list[str], Emitted]]) -> Emitted:
        """Return the value of one of two branches, as a single expression if neither has lines."""
        assert isinstance(test, Other)
        (lines, then), (more, otherwise) = branches
        if not lines and not more:
            if then == otherwise:
                return then
            if isinstance(then, Other) and isinstance(otherwise, Other):
                is_optional = then.is_optional or otherwise.is_optional
                return Other(f"({then.code} if {test.code} else {otherwise.code})", is_optional)
            if isinstance(then, Num) and isinstance(otherwise, Num):
                common = fixed([then, otherwise])
                if common is not None and not (then.is_optional or otherwise.is_optional):
                    code = f"({over(then, common)} if {test.code} else {over(otherwise, common)})"
                    return Num(code, common, min(then.sign, otherwise.sign))
        return self.merge([f"if {test.code}:", "else:"], branches)
