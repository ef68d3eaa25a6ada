"""Operations of a plan as code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from math import gcd

from attrs import define, evolve, field, frozen

from ..calendars import Calendar
from ..model import NumberDomain
from ..model.inputs import DEFAULT_DIGITS
from ..plan import Plan
from ..plan.ops import (
    Arithmetic,
    Bind,
    Call,
    Cases,
    Chain,
    Const,
    Default,
    Given,
    If,
    Item,
    Local,
    Logic,
    Member,
    Negate,
    Not,
    Op,
    Over,
    Passed,
    Power,
    Ratio,
    Read,
    Round,
    Stop,
    Undefined,
    walk,
)
from ..plan.steps import Value, Variable
from . import functions
from .numbers import ANY, NOT_NEGATIVE, POSITIVE, Num, add, compare, fixed, multiply, number, over, quotient, rounded
from .writing import Code, Writer, literal, times

__all__ = ["ABSENT", "Emitted", "Operations", "Other", "denominator_of", "input_value"]


@frozen
class Other:
    """A boolean, text or date as code; None where it may be absent."""

    code: str
    is_optional: bool = False

    @property
    def present(self) -> Other:
        return evolve(self, is_optional=False)


Emitted = Num | Other

LONGEST = 300
"""Characters of an expression beyond which it gets a name."""

FEW = 12
"""Rows of a table that are written where it is called."""

DEEPEST = 12
"""Parts written in each other beyond which a `let` is computed by a function of its own."""

LONGEST_CHAIN = 20
"""`let` that read each other beyond which one is computed by a function of its own."""


@define(eq=False)
class Operations:
    """Writes operations, in the order in which a function goes through them.

    Args:
        plan: what is written.
        writer: takes the lines.
        values: what names are in the code, as far as they are known at this point.
        memo: the `let` that are computed where something first reads them, each by a function of its own.
        emitted: how often each `let` was written in its place.
        sites: ways to what may fault, by number.
        path: the way to what is written now.
        base: what was known when the step at hand began: functions of it may read that.
        local: values that are bound, the innermost last.
        items: fields of the record at hand, as far as they are known.
        loop: the list or group whose records are gone through, or empty.
        shapes: what the functions of `memo` give.
        aggregated: what aggregates came to that are known at this point, by their operation.
        fused: aggregates that one loop may work out together, by list.
        pending: the functions that the step at hand needs.
        assigned: names of `let` that the function at hand assigns.
        kept_lets: each `let` that was written, as the code keeps it.
        looking: functions of long tables: name, the shape of what they give, and whether they may fault.
        stops: the lines that stand for a fault in such a function, the innermost last.
        maxima: the max of each criterion that has a share.
        places: the number of each `let`.
        fields: the number and formula of each computed field, by list and name.
    """

    plan: Plan
    writer: Writer
    values: dict[str, Emitted] = field(factory=dict)
    memo: frozenset[str] = frozenset()
    emitted: dict[str, int] = field(factory=dict)
    sites: dict[str, int] = field(factory=dict)
    path: str = ""
    base: dict[str, Emitted] = field(factory=dict)
    local: list[Emitted] = field(factory=list)
    items: dict[str, Emitted] = field(factory=dict)
    loop: str = ""
    shapes: dict[str, Emitted] = field(factory=dict)
    aggregated: dict[int, Emitted] = field(factory=dict)
    fused: dict[str, list[Over]] = field(init=False)
    pending: list[str] = field(factory=list)
    assigned: list[str] = field(factory=list)
    kept_lets: dict[str, Emitted] = field(factory=dict)
    looking: dict[tuple[object, ...], tuple[str, Emitted, bool]] = field(factory=dict)
    stops: list[str] = field(factory=list)
    maxima: dict[str, Fraction] = field(factory=dict)
    places: dict[str, int] = field(init=False)
    fields: dict[str, tuple[int, Value]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        from .aggregates import fused

        self.fused = fused(self.plan)
        self.places = {name: index for index, name in enumerate(self.plan.let)}
        self.fields = {
            f"{records.id}.{value.id}": (index, value)
            for records in self.plan.records.values()
            for index, value in enumerate(records.let)
        }

    # -- faults -----------------------------------------------------------------------------------

    def fault(self, path: str = "") -> str:
        """The line that ends a function with a fault."""
        return f"raise F({self.sites.setdefault(path or self.path, len(self.sites))})"

    # -- branches ---------------------------------------------------------------------------------

    @contextmanager
    def branch(self) -> Iterator[list[str]]:
        """Lines of a branch: what becomes known in it is not known outside."""
        values, items, aggregated = dict(self.values), dict(self.items), dict(self.aggregated)
        with self.writer.apart() as lines:
            yield lines
        self.values, self.items, self.aggregated = values, items, aggregated

    def written(self, op: Op) -> tuple[list[str], Emitted]:
        """An operation as a branch of its own."""
        with self.branch() as lines:
            result = self.emit(op)
        return lines, result

    def merge(self, heads: list[str], branches: list[tuple[list[str], Emitted]], target: str = "") -> Emitted:
        """One value from branches, under heads such as `if t1:` and `else:`."""
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
        for head, (lines, _), one in zip(heads, branches, numbers, strict=True):
            self.writer.put(head, [*lines, *_assigned(target, one, common)])
        sign = min((one.sign for one in numbers if one is not ABSENT), default=ANY)
        return Num(target, denominator, sign, is_optional)

    def strict(self, parts: list[Emitted], build: Callable[..., Emitted]) -> Emitted:
        """What operands that are there come to; absent where one is absent."""
        absent = [_name(part) for part in parts if part.is_optional]
        if not absent:
            return build(*parts)
        with self.branch() as lines:
            result = build(*(part.present for part in parts))
        nothing: Emitted = ABSENT if isinstance(result, Num) else Other("None", True)
        asked = " or ".join(f"{name} is None" for name in absent)
        return self.merge([f"if {asked}:", "else:"], [([], nothing), (lines, result)])

    # -- operations -------------------------------------------------------------------------------

    def emit(self, op: Op) -> Emitted:
        """An operation as code; lines that it needs are written before."""
        result = self.formed(op)
        # Python nests brackets 200 deep at most.
        code = str(result.n) if isinstance(result, Num) else result.code
        return self.held(result) if len(code) > LONGEST else result

    def formed(self, op: Op) -> Emitted:
        match op:
            case Const(value=value):
                return self.constant(value)
            case Read(name=name):
                return self.read(name)
            case Item(name=name):
                return self.item(name)
            case Local():
                return self.local[-1]
            case Bind(value=value, body=body):
                return self.bind(value, body)
            case Arithmetic():
                return self.arithmetic(op)
            case Negate(operand=operand):
                return self.strict([self.emit(operand)], lambda x: add(self.writer, Num(0), x, "-"))
            case Power(base=base, exponent=exponent):
                return self.strict([self.emit(base)], lambda x: self.power(x, exponent))
            case Round(operand=operand, step=step, mode=mode):
                return self.strict([self.emit(operand)], lambda x: rounded(self.writer, x, step, mode))
            case Passed():
                return self.strict([self.emit(op.operand)], lambda x: self.passed(op, x))
            case Call(function=function, arguments=arguments):
                parts = [self.emit(argument) for argument in arguments]
                return self.strict(parts, lambda *values: functions.emit(self, function, list(values)))
            case Chain():
                return self.chain(op)
            case Member():
                return self.strict([self.emit(op.operand)], lambda x: self.member(op, x))
            case Not(operand=operand):
                return self.strict([self.emit(operand)], lambda x: Other(f"(not {x.code})"))
            case Logic():
                return self.logic(op)
            case If(condition=condition, then=then, otherwise=otherwise):
                asked = self.held(self.flag(condition))
                assert isinstance(asked, Other)
                branches = [self.written(then), self.written(otherwise)]
                if asked.is_optional:
                    nothing = (list[str](), Other("None", True) if isinstance(branches[0][1], Other) else ABSENT)
                    heads = [f"if {asked.code} is None:", f"elif {asked.code}:", "else:"]
                    return self.merge(heads, [nothing, *branches])
                return self.choose(asked, branches)
            case Given(operand=operand):
                result = self.emit(operand)
                return Other(f"({_name(result)} is not None)" if result.is_optional else "True")
            case Default(operand=operand, otherwise=otherwise):
                result = self.held(self.emit(operand))
                if not result.is_optional:
                    return result
                heads = [f"if {_name(result)} is None:", "else:"]
                return self.merge(heads, [self.written(otherwise), ([], result.present)])
            case Ratio():
                return self.ratio(op)
            case Cases():
                return self.cases(op)
            case Stop(path=path):
                self.writer.line(self.stops[-1] if self.stops else self.fault(path))
                return self.nothing(op)
            case Undefined(place=place):
                self.writer.line(f"raise W({self.writer.refer(place)})")
                return self.nothing(op)
            case _:
                return self.over(op)

    def nothing(self, op: Op) -> Emitted:
        """What stands where the code never arrives."""
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
                raise AssertionError(f"{other!r} is no value of the language")

    def held(self, part: Emitted) -> Emitted:
        """The same under a name, so that it can stand in several places."""
        if isinstance(part, Num):
            return evolve(part, n=self.writer.hold(part.n), d=self.writer.hold(part.d))
        return evolve(part, code=str(self.writer.hold(part.code)))

    def bind(self, value: Op, body: Op) -> Emitted:
        def inside(x: Emitted) -> Emitted:
            if isinstance(body, Cases) and len(body.cases) > FEW:
                return self.looked_up(body, x)
            self.local.append(self.held(x))
            result = self.emit(body)
            self.local.pop()
            return result

        return self.strict([self.emit(value)], inside)

    def looked_up(self, body: Cases, x: Emitted) -> Emitted:
        """A long table as a function of its own, written once for each form of what is looked up."""
        form = x.d if isinstance(x, Num) and isinstance(x.d, int) else type(x).__name__
        key = (id(body), form, isinstance(x, Num) and x.sign)
        if key not in self.looking:
            name = f"w{len(self.looking)}"
            with self.branch() as lines:
                given: Emitted = Other("q")
                if isinstance(x, Num):
                    given = Num("q", x.d if isinstance(x.d, int) else "qd", x.sign)
                self.local.append(given)
                self.stops.append("return None")
                shape = self.cases(body)
                self.stops.pop()
                self.local.pop()
                is_pair = isinstance(shape, Num) and not isinstance(shape.d, int)
                found = f"{shape.n}, {shape.d}" if is_pair and isinstance(shape, Num) else _name(shape)
                self.writer.line(f"return {found}")
            with self.writer.apart() as definition:
                self.writer.put(f"def {name}(q, qd):", lines)
            self.pending += definition
            may_stop = any(isinstance(part, Stop) for part in walk(body))
            self.looking[key] = name, shape, may_stop
        name, shape, may_stop = self.looking[key]
        target = self.writer.fresh()
        arguments = f"{x.n}, {x.d}" if isinstance(x, Num) else f"{x.code}, 1"
        self.writer.line(f"{target} = {name}({arguments})")
        if may_stop:
            stop = next(part for part in walk(body) if isinstance(part, Stop))
            self.writer.put(f"if {target} is None:", [self.fault(stop.path)])
        if isinstance(shape, Num):
            if isinstance(shape.d, int):
                return evolve(shape, n=target)
            self.writer.line(f"{target}, {target}d = {target}")
            return evolve(shape, n=target, d=f"{target}d")
        return evolve(shape, code=target)

    def number(self, op: Op) -> Num:
        """An operation that gives a number."""
        result = self.emit(op)
        assert isinstance(result, Num)
        return result

    def flag(self, op: Op) -> Other:
        """An operation that gives no number."""
        result = self.emit(op)
        assert isinstance(result, Other)
        return result

    # -- numbers ----------------------------------------------------------------------------------

    def arithmetic(self, op: Op) -> Emitted:
        """A chain such as `a + b - c` leans to the left, as deep as it is long: it is gone through in a loop."""
        links = []
        while isinstance(op, Arithmetic):
            links.append(op)
            op = op.left
        result = self.emit(op)
        for link in reversed(links):
            right = self.emit(link.right)
            result = self.strict([result, right], lambda x, y, sign=link.operator: self.binary(sign, x, y))
            if isinstance(result, Num) and len(f"{result.n}{result.d}") > LONGEST:
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
            self.writer.line(self.fault())
            return Num(0, 1, POSITIVE)
        if y.sign < POSITIVE and not isinstance(y.n, int):
            y = evolve(y, n=self.writer.hold(y.n))
            self.writer.put(f"if not {y.n}:", [self.fault()])
        return quotient(self.writer, x, y)

    def power(self, x: Num, exponent: int) -> Num:
        if exponent == 0:
            return Num(1, 1, POSITIVE)
        sign = max(x.sign, NOT_NEGATIVE) if exponent % 2 == 0 else x.sign
        n, d = (literal(one**exponent) if isinstance(one, int) else f"({one} ** {exponent})" for one in (x.n, x.d))
        return Num(n, d, sign)

    def passed(self, op: Passed, x: Num) -> Num:
        x_ = self.held(x)
        assert isinstance(x_, Num)
        sign = {"above": ">", "from": ">=", "below": "<", "to": "<="}[op.comparison]
        count = self.writer.total(["0", *(compare(sign, x_, number(one)) for one in op.thresholds)])
        return multiply(Num(self.writer.hold(count), 1, NOT_NEGATIVE), number(op.each))

    def ratio(self, op: Ratio) -> Emitted:
        def build(x: Num, y: Num) -> Emitted:
            if isinstance(y.n, int):
                return quotient(self.writer, x, y) if y.n else self.emit(op.if_zero)
            if y.sign == POSITIVE:
                return quotient(self.writer, x, y)
            x_, y_ = self.held(x), self.held(y)
            assert isinstance(x_, Num)
            assert isinstance(y_, Num)
            with self.branch() as lines:
                result = quotient(self.writer, x_, y_)
            return self.merge([f"if {y_.n}:", "else:"], [(lines, result), self.written(op.if_zero)])

        return self.strict([self.emit(op.left), self.emit(op.right)], build)

    # -- conditions -------------------------------------------------------------------------------

    def compared(self, sign: str, x: Emitted, y: Emitted, ranks: tuple[str, ...]) -> str:
        if isinstance(x, Num) and isinstance(y, Num):
            return compare(sign, x, y)
        assert isinstance(x, Other)
        assert isinstance(y, Other)
        if ranks and sign not in ("==", "!="):
            table = self.writer.refer(ranks, key=("ranks", ranks))
            self.writer.objects[table] = {option: place for place, option in enumerate(ranks)}
            return f"({table}[{x.code}] {sign} {table}[{y.code}])"
        return f"({x.code} {sign} {y.code})"

    def chain(self, op: Chain) -> Other:
        left, right = self.emit(op.operands[0]), self.emit(op.operands[1])
        result = self.pair(op, 0, left, right)
        if len(op.operands) > 2:
            return self.onwards(op, 1, result, self.held(right))
        return result

    def pair(self, op: Chain, index: int, left: Emitted, right: Emitted) -> Other:
        sign = op.operators[index]
        result = self.strict([left, right], lambda x, y: Other(self.compared(sign, x, y, op.ranks)))
        assert isinstance(result, Other)
        return result

    def onwards(self, op: Chain, index: int, so_far: Other, left: Emitted) -> Other:
        """The rest of a chain, looked at only where all before holds."""
        with self.branch() as lines:
            right = self.emit(op.operands[index + 1])
            result = self.pair(op, index, left.present, right)
            if index + 2 < len(op.operands):
                result = self.onwards(op, index + 1, result, self.held(right))
        return self.also(so_far, lines, result, "and")

    def also(self, so_far: Other, lines: list[str], result: Other, word: str) -> Other:
        """`so_far and result` or `so_far or result`, where the second needs some lines."""
        if not (lines or so_far.is_optional or result.is_optional):
            return Other(f"({so_far.code} {word} {result.code})")
        target = self.writer.fresh()
        self.writer.line(f"{target} = {so_far.code}")
        head = f"if {target}:" if word == "and" else f"if {target} is False:"
        self.writer.put(head, [*lines, f"{target} = {result.code}"])
        return Other(target, so_far.is_optional or result.is_optional)

    def logic(self, op: Logic) -> Other:
        first, *others = op.operands
        result = self.flag(first)
        # What stands after an operand is looked at only where that does not decide: a branch in a branch.
        saved = dict(self.values), dict(self.items), dict(self.aggregated)
        for part in others:
            with self.writer.apart() as lines:
                following = self.flag(part)
            if lines or result.is_optional or following.is_optional:
                result = self.also(result, lines, following, op.operator)
            else:
                result = Other(f"({result.code} {op.operator} {following.code})")
            if len(result.code) > LONGEST:
                result = evolve(result, code=str(self.writer.hold(result.code)))
        self.values, self.items, self.aggregated = saved
        return result

    def member(self, op: Member, x: Emitted) -> Other:
        word = "not in" if op.is_negated else "in"
        if isinstance(x, Num):
            x_ = self.held(x)
            assert isinstance(x_, Num)
            options = [option for option in op.options if isinstance(option, Fraction)]
            found = " or ".join(compare("==", x_, number(option)) for option in options)
            return Other(f"(not ({found}))" if op.is_negated else f"({found})")
        among = self.writer.refer(op.options, key=("among", op.options, tuple(map(type, op.options))))
        return Other(f"({x.code} {word} {among})")

    def choose(self, asked: Emitted, branches: list[tuple[list[str], Emitted]]) -> Emitted:
        """One of two branches; without lines of their own they make one expression."""
        assert isinstance(asked, Other)
        (lines, then), (more, otherwise) = branches
        if not lines and not more:
            if isinstance(then, Other) and isinstance(otherwise, Other):
                is_optional = then.is_optional or otherwise.is_optional
                return Other(f"({then.code} if {asked.code} else {otherwise.code})", is_optional)
            if isinstance(then, Num) and isinstance(otherwise, Num):
                common = fixed([then, otherwise])
                if common is not None and not (then.is_optional or otherwise.is_optional):
                    code = f"({over(then, common)} if {asked.code} else {over(otherwise, common)})"
                    return Num(code, common, min(then.sign, otherwise.sign))
        return self.merge([f"if {asked.code}:", "else:"], branches)

    def cases(self, op: Cases) -> Emitted:
        """The first case that holds: a chain of branches, or a loop that is left at once where there are many."""
        conditions, branches = [], []
        for condition, value in op.cases:
            conditions.append(([], Other("True")) if condition is None else self.written(condition))
            branches.append(self.written(value))
            if condition is None:
                break
        are_plain = not any(lines for lines, _ in conditions)
        codes = [condition.code for _, condition in conditions if isinstance(condition, Other)]
        if len(branches) == 1:
            self.writer.lines.extend(branches[0][0])
            return branches[0][1]
        if len(branches) == 2 and are_plain:
            return self.choose(Other(codes[0]), branches)
        if are_plain and len(branches) <= 12:
            heads = [f"if {codes[0]}:", *(f"elif {code}:" for code in codes[1:-1]), "else:"]
            return self.merge(heads, branches)
        heads = [f"if {code}:" for code in codes]
        with self.writer.apart() as together:
            result = self.merge(heads, branches)
        body: list[str] = []
        blocks = _blocks(together)
        for (asked, _), block in zip(conditions, blocks, strict=True):
            body += [*asked, *block, "    break"]
        self.writer.put("while True:", body)
        return result

    # -- names ------------------------------------------------------------------------------------

    def read(self, name: str) -> Emitted:
        """A value by its name; a `let` is written where it is first read."""
        if name in self.values:
            return self.values[name]
        if name not in self.places:
            return self.share(name)
        index = self.places[name]
        if name in self.memo:
            for below in self.below(name):
                self.shapes[below] = self.function_of(below)
            self.writer.line(f"if a{index} is U: l{index}()")
            result = self.shapes[name]
        else:
            is_apart = bool(self.loop) or self.writer.depth > DEEPEST
            self.emitted[name] = self.emitted.get(name, 0) + 1 + is_apart
            result = self.let(name, self.computed(self.plan.let[name]))
        self.values[name] = result
        return result

    def share(self, name: str) -> Emitted:
        """Points over max, written where somebody reads it."""
        id_ = name.partition(".")[2]
        most = self.maxima[id_]
        result = self.strict([self.values[f"points.{id_}"]], lambda x: quotient(self.writer, x, number(most)))
        self.values[name] = self.held(result) if result.is_optional else result
        return self.values[name]

    def function_of(self, name: str) -> Emitted:
        """Write the function that computes a `let`."""
        signature = f"l{self.places[name]}()"
        return self.function(signature, self.plan.let[name], lambda part: self.let(name, part))

    def function_of_record(self, place: int, key: str) -> Emitted:
        """Write the function that computes a field of a record."""
        index, value = self.fields[key]
        return self.function(f"i{place}_{index}(r, m)", value, lambda part: self.kept(index, part))

    def below(self, name: str) -> list[str]:
        """A `let` or field and what it reads, of those with a function that waits to be written, in order."""
        known: Mapping[str, object] = self.places if name in self.places else self.fields
        prefix = "" if name in self.places else f"{self.loop}."
        found, waiting = {name}, [name]
        while waiting:
            one = waiting.pop()
            op = self.fields[one][1].op if prefix else self.plan.let[one].op
            for part in walk(op):
                if isinstance(part, Item if prefix else Read):
                    read = f"{prefix}{part.name}"
                    if read in known and read not in found and read not in self.shapes:
                        found.add(read)
                        waiting.append(read)
        return [one for one in known if one in found and one in self.memo and one not in self.shapes]

    def item(self, name: str) -> Emitted:
        """A field of the record at hand; a computed one is written where it is first read."""
        if name in self.items:
            return self.items[name]
        key = f"{self.loop}.{name}"
        index, value = self.fields[key]
        if key in self.memo:
            place = list(self.plan.records).index(self.loop)
            for below in self.below(key):
                self.shapes[below] = self.function_of_record(place, below)
            self.writer.line(f"if m[{index}] is U: i{place}_{index}(r, m)")
            result = self.fetched(index, self.shapes[key])
        else:
            self.emitted[key] = self.emitted.get(key, 0) + 1
            result = self.held(self.computed(value))
        self.items[name] = result
        return result

    def computed(self, value: Value) -> Emitted:
        """A named value in its place."""
        before, self.path = self.path, value.path
        result = self.emit(value.op)
        self.path = before
        return result

    def let(self, name: str, part: Emitted) -> Emitted:
        """A `let` as the code keeps it."""
        self.kept_lets[name] = self.named(f"a{self.places[name]}", part)
        return self.kept_lets[name]

    def named(self, name: str, part: Emitted) -> Emitted:
        """The same under a name of its own."""
        self.assigned.append(name)
        if isinstance(part, Num):
            self.writer.line(f"{name} = {part.n}")
            if isinstance(part.d, int):
                return evolve(part, n=name)
            self.assigned.append(f"{name}d")
            self.writer.line(f"{name}d = {part.d}")
            return evolve(part, n=name, d=f"{name}d")
        self.writer.line(f"{name} = {part.code}")
        return evolve(part, code=name)

    def function(self, signature: str, value: Value, keep: Callable[[Emitted], Emitted]) -> Emitted:
        """Write a function that computes a named value where it is first needed; the shape of what it keeps."""
        saved = self.values, self.items, self.assigned, self.local, self.aggregated
        is_of_record = signature.startswith("i")
        self.values, self.items, self.assigned, self.local = dict(self.base), {}, [], []
        self.aggregated = {}
        if not is_of_record:
            loop, self.loop = self.loop, ""
        with self.writer.apart() as lines:
            if is_of_record:
                self.unpack("r")
            shape = keep(self.computed(value))
        if not is_of_record:
            self.loop = loop
        if self.assigned:
            lines.insert(0, f"nonlocal {', '.join(dict.fromkeys(self.assigned))}")
        self.values, self.items, self.assigned, self.local, self.aggregated = saved
        self.assigned += [] if is_of_record else _nonlocal(lines)
        with self.writer.apart() as definition:
            self.writer.put(f"def {signature}:", lines)
        self.pending += definition
        return shape

    def start_record(self) -> None:
        """The fields of the record `r`, and a place for those that functions compute."""
        self.unpack("r")
        if any(key in self.memo for key in self.fields if key.startswith(f"{self.loop}.")):
            self.writer.line(f"m = [U] * {len(self.plan.records[self.loop].let)}")

    def unpack(self, record: str) -> None:
        """The fields of a record under names."""
        names = []
        for variable in self.plan.records[self.loop].fields:
            name = self.writer.fresh("f")
            names.append(name)
            self.items[variable.id] = input_value(name, variable)
        self.writer.line(f"{', '.join(names)}, = {record}")

    def kept(self, index: int, part: Emitted) -> Emitted:
        """A computed field as it is kept for one record."""
        if isinstance(part, Num) and not isinstance(part.d, int):
            self.writer.line(f"m[{index}] = {part.n}, {part.d}")
        else:
            self.writer.line(f"m[{index}] = {part.n if isinstance(part, Num) else part.code}")
        return part

    def fetched(self, index: int, shape: Emitted) -> Emitted:
        held = self.writer.fresh()
        if isinstance(shape, Num) and not isinstance(shape.d, int):
            self.writer.line(f"{held}, {held}d = m[{index}]")
            return evolve(shape, n=held, d=f"{held}d")
        self.writer.line(f"{held} = m[{index}]")
        return evolve(shape, n=held) if isinstance(shape, Num) else evolve(shape, code=held)

    # -- aggregates -------------------------------------------------------------------------------

    def over(self, op: Op) -> Emitted:
        from .aggregates import emit

        assert isinstance(op, Over)
        return emit(self, op)


ABSENT = Num("None", 1, POSITIVE, True)


def _name(part: Emitted) -> str:
    return str(part.n) if isinstance(part, Num) else part.code


def _assigned(target: str, one: Num, common: int | None) -> list[str]:
    if one is ABSENT:
        return [f"{target} = None"] if common is not None else [f"{target} = None; {target}d = 1"]
    if common is None:
        return [f"{target} = {one.n}; {target}d = {one.d}"]
    assert isinstance(one.d, int)
    factor = common // one.d
    if one.is_optional and factor != 1:
        return [f"{target} = None if {one.n} is None else {times(one.n, factor)}"]
    return [f"{target} = {times(one.n, factor)}"]


def _nonlocal(lines: list[str]) -> list[str]:
    return lines[0].removeprefix("nonlocal ").split(", ") if lines and lines[0].startswith("nonlocal ") else []


def input_value(name: str, variable: Variable) -> Emitted:
    """An input or field as it arrives: numbers by their numerator over the denominator of their domain."""
    is_optional = variable.type.is_optional
    if isinstance(variable.domain, NumberDomain):
        return Num(name, denominator_of(variable.domain), sign_of(variable.domain), is_optional)
    return Other(name, is_optional)


def denominator_of(domain: NumberDomain) -> int:
    """What all numbers of a domain are whole multiples of one over."""
    places = 1 if domain.is_integer else 10 ** (DEFAULT_DIGITS if domain.decimals is None else domain.decimals)
    return places if domain.step is None else gcd(places, domain.step.denominator)


def sign_of(domain: NumberDomain) -> int:
    if domain.above is not None and domain.above >= 0:
        return POSITIVE
    if domain.minimum is None or domain.minimum < 0:
        return ANY
    return POSITIVE if domain.minimum > 0 else NOT_NEGATIVE


def _blocks(lines: list[str]) -> list[list[str]]:
    """Top-level blocks, each with its head."""
    found: list[list[str]] = []
    for line in lines:
        if not line.startswith(" "):
            found.append([])
        found[-1].append(line)
    return found
