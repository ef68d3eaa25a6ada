"""Turns the generated function of a plan into steps on integers.

The function is read statement by statement. Both branches of a statement are computed, each with the flag under which
it is taken. A name to which they give different values becomes a select.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from attrs import define, field, frozen

from ...language.model import BooleanDomain, ChoiceDomain, DateDomain, NumberDomain
from ...plan import Plan
from ...plan.steps import Variable
from ..scalar.compiling import syntax
from ..scalar.core import Core
from ..scalar.runtime import UNKNOWN
from .meanings import DATES, SHARES, Ratio, Share, part_of_date
from .steps import FALSE, TRUE, Building

__all__ = ["Lifted", "Value", "lift"]

Parts = Mapping[str, tuple[int, Any]]

SIGNS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}

ORDINARY = ("integer", "flag", "text", "date")


@frozen
class Value:
    """The possible values of a name: for each kind, the flag under which it is of that kind, and the value then.

    Kinds are `integer`, `flag`, `text` (its number among the texts), `date` (its day number), `pair` (of values),
    `shares` (numbers, each with the flag under which it is present), `none` and `unknown`. Exactly one flag
    holds.
    """

    parts: Parts

    def when(self, kind: str) -> int:
        """Return the flag under which it is of a kind."""
        return self.parts[kind][0] if kind in self.parts else FALSE


@frozen
class Lifted:
    """The steps of a generated function.

    Args:
        given: the value of each of its slots, with the denominator.
        is_refused: the flag under which the scalar engine must rate the subject.
        building: the steps.
        texts: all texts; a step holds the index of one.
    """

    given: Mapping[str, tuple[Value, Value]]
    is_refused: int
    building: Building
    texts: tuple[str, ...]


@define
class _State:
    """Names, and the flag under which a statement is reached."""

    names: dict[str, Value]
    path: int = TRUE

    def under(self, building: Building, flag: int) -> _State:
        return _State(dict(self.names), building.both(self.path, flag))


def lift(plan: Plan, core: Core) -> Lifted:
    """Return the steps of the generated function of a plan.

    Args:
        plan: the steps of an assessment.
        core: the function.
    """
    lifting = _Lifting(plan, core)
    try:
        lifting.run()
    except RecursionError:
        # Hundreds of named values read each other: functions in functions are too deep for Python.
        return Lifted({}, TRUE, Building(), ())
    return lifting.lifted()


@define(eq=False)
class _Lifting:
    plan: Plan
    core: Core
    to: Building = field(factory=Building)
    texts: dict[str, int] = field(factory=dict)
    functions: dict[str, ast.FunctionDef] = field(factory=dict)
    refused: int = FALSE
    open: list[list[tuple[int, _State]]] = field(factory=list)
    breaks: list[list[tuple[int, _State]]] = field(factory=list)
    returns: list[list[tuple[int, Value]]] = field(factory=list)
    places: dict[int, str] = field(factory=dict)

    def run(self) -> None:
        (definition,) = syntax(self.core.text).body
        assert isinstance(definition, ast.FunctionDef)
        path = ""
        for number, line in enumerate(self.core.text.splitlines(), 1):
            if line.lstrip().startswith("# step "):
                step = self.plan.steps[int(line.rpartition(" ")[2]) - 1]
                path = getattr(step, "path", "") or getattr(step, "id", "score")
            self.places[number] = path
        names = {f"u{index}": self.input(variable) for index, variable in enumerate(self.plan.inputs)}
        for index, one in enumerate(self.plan.cohort):
            self.to.path = one.path
            names[f"g{index}"] = names[f"g{index}d"] = self.opaque("it compares subjects")
        self.returns.append([])
        self.block(definition.body, _State(names))

    def lifted(self) -> Lifted:
        given: dict[str, tuple[Value, Value]] = {}
        early = [one for one in self.returns[-1] if self.slot(one[1], 0) == NOTHING]
        if len(early) == len(self.returns[-1]):
            return Lifted(given, TRUE, self.to, tuple(self.texts))  # no subject is rated without a fault
        last = self.returns[-1][-1][1]
        for key, slot in self.core.slots.items():
            value, denominator = self.slot(last, slot.place), self.integer(slot.denominator)
            if slot.at is not None:
                denominator = self.slot(last, slot.at)
            for path, ended in reversed(early):
                before, before_denominator = NOTHING, denominator
                if key in self.core.early:
                    at = self.core.early[key]
                    before = self.slot(ended, at.place)
                    before_denominator = self.integer(at.denominator) if at.at is None else self.slot(ended, at.at)
                value = self.merged(path, before, value)
                denominator = self.merged(path, before_denominator, denominator)
            given[key] = value, denominator
        return Lifted(given, self.refused, self.to, tuple(self.texts))

    def slot(self, result: Value, place: int) -> Value:
        found: Value = result.parts["pair"][1][place]
        return found

    # -- values -----------------------------------------------------------------------------------

    def input(self, variable: Variable) -> Value:
        """Return an input, absent if it is not given."""
        self.to.path = f"inputs.{variable.id}"
        domain = variable.domain
        low, high, kind = 0, 0, "text"
        match domain:
            case NumberDomain():
                scale = (domain.grid.unit * domain.denominator).numerator
                low, high, kind = domain.grid.low * scale, domain.grid.high * scale, "integer"
            case DateDomain(minimum=minimum, maximum=maximum):
                low, high, kind = (minimum or date.min).toordinal(), (maximum or date.max).toordinal(), "date"
            case BooleanDomain():
                return self.optional(variable, "flag", self.to.add("input", value=variable.id))
            case ChoiceDomain(options=options):
                codes = [self.text(option) for option in options]
                low, high = min(codes), max(codes)
            case _:
                return self.opaque(f"the input `{variable.id}` is not a number, boolean, choice or date")
        return self.optional(variable, kind, self.to.add("input", value=variable.id, within=(low, high)))

    def optional(self, variable: Variable, kind: str, number: int) -> Value:
        if not variable.type.is_optional:
            return Value({kind: (TRUE, number)})
        given = self.to.add("given", value=variable.id)
        return Value({kind: (given, number), "none": (self.to.negate(given), None)})

    def text(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))

    def integer(self, value: int) -> Value:
        return Value({"integer": (TRUE, self.to.integer(value))})

    def flag(self, flag: int) -> Value:
        return Value({"flag": (TRUE, flag)})

    def opaque(self, why: str) -> Value:
        """Return a value of any kind, of which nothing is known."""
        parts: dict[str, tuple[int, Any]] = {
            kind: (self.to.opaque(why, is_flag=True), self.to.opaque(why, is_flag=kind == "flag"))
            for kind in ORDINARY
        }
        return Value(parts | {kind: (self.to.opaque(why, is_flag=True), None) for kind in ("none", "unknown")})

    def constant(self, value: object) -> Value | None:
        match value:
            case bool():
                return self.flag(TRUE if value else FALSE)
            case None:
                return NOTHING
            case int():
                return self.integer(value)
            case str():
                return Value({"text": (TRUE, self.to.integer(self.text(value)))})
            case date():
                return Value({"date": (TRUE, self.to.integer(value.toordinal()))})
        return UNREAD if value is UNKNOWN else None

    def number(self, value: Value) -> int:
        """Return the integer of a value, if it is one; a flag counts as 0 or 1."""
        for kind in ("integer", "date", "text"):
            if kind in value.parts:
                return int(value.parts[kind][1])
        if "flag" not in value.parts:
            return self.to.integer(0)
        flag = value.parts["flag"][1]
        if flag in (FALSE, TRUE):
            return self.to.integer(flag)
        return self.to.add("count", flag, within=(0, 1))

    def truth(self, value: Value) -> int:
        """Return the flag under which a value is true: a flag that holds, or an integer other than 0."""
        found = FALSE
        for kind, (when, part) in value.parts.items():
            if kind == "flag":
                found = self.to.either(found, self.to.both(when, part))
            elif kind == "integer":
                is_zero = self.to.compare("==", part, self.to.integer(0))
                found = self.to.either(found, self.to.both(when, self.to.negate(is_zero)))
        return found

    def merged(self, flag: int, x: Value, y: Value) -> Value:
        """Return the select of two values."""
        if flag in (FALSE, TRUE) or x is y or x == y:
            return x if flag == TRUE else y
        parts = {}
        for kind in dict.fromkeys((*x.parts, *y.parts)):
            when = self.to.choose(flag, x.when(kind), y.when(kind))
            one, other = (value.parts[kind][1] if kind in value.parts else None for value in (x, y))
            if one is None or other is None:
                part = one if other is None else other
            elif kind == "shares":
                part = self.joined_shares(flag, one, other)
            elif kind == "pair":
                part = tuple(self.merged(flag, *both) for both in zip(one, other, strict=True))
            else:
                part = self.to.choose(flag, one, other)
            parts[kind] = when, part
        return Value(parts)

    def joined_shares(self, flag: int, x: tuple[Share, ...], y: tuple[Share, ...]) -> tuple[Share, ...]:
        """Return the shares after two branches, with those that only one of them added."""
        count = min(len(x), len(y))
        added = [(self.to.both(flag, own), ratio) for own, ratio in x[count:]]
        added += [(self.to.both(self.to.negate(flag), own), ratio) for own, ratio in y[count:]]
        return (*x[:count], *added)

    def joined(self, flag: int, then: _State, otherwise: _State, path: int | None = None) -> _State:
        """Return the state after two branches."""
        if then.path == FALSE or otherwise.path == FALSE:
            return otherwise if then.path == FALSE else then
        names = otherwise.names
        for name, value in then.names.items():
            other = names.get(name)
            if other is not value:
                names[name] = value if other is None else self.merged(flag, value, other)
        return _State(names, self.to.either(then.path, otherwise.path) if path is None else path)

    # -- statements -------------------------------------------------------------------------------

    def block(self, statements: list[ast.stmt], state: _State) -> None:
        for statement in statements:
            if state.path == FALSE:
                return
            self.to.path = self.places.get(statement.lineno, self.to.path)
            self.statement(statement, state)

    def become(self, state: _State, after: _State) -> None:
        state.names, state.path = after.names, after.path

    def statement(self, statement: ast.stmt, state: _State) -> None:
        match statement:
            case ast.Assign(targets=targets, value=expression):
                value = self.value(expression, state)
                for target in targets:
                    self.assign(target, value, state)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=expression):
                result = self.arithmetic(op, state.names[name], self.value(expression, state))
                state.names[name] = result
            case ast.If(test=test, body=body, orelse=otherwise):
                self.branch(test, body, otherwise, state)
            case ast.FunctionDef(name=name):
                self.functions[name] = statement
            case ast.Raise(exc=ast.Call(func=ast.Name(id="W"))):
                self.open[-1].append((state.path, _State(dict(state.names), state.path)))
                state.path = FALSE
            case ast.Raise():
                self.refuse(state, state.path)
            case ast.Return(value=expression):
                value = NOTHING if expression is None else self.value(expression, state)
                if len(self.returns) == 1 and "pair" not in value.parts:
                    self.refuse(state, state.path)
                else:
                    self.returns[-1].append((state.path, value))
                    state.path = FALSE
            case ast.Try(body=body, handlers=[handler]):
                self.attempt(body, handler.body, state)
            case ast.While(body=body):
                self.once(body, state)
            case ast.Break():
                self.breaks[-1].append((state.path, _State(dict(state.names), state.path)))
                state.path = FALSE
            case ast.For():
                self.loop(statement, state)
            case ast.Expr(value=ast.Call(func=ast.Name()) as call):
                self.value(call, state)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)), args=[ast.Tuple() as pair])):
                when, shares = state.names[name].parts.get("shares", (FALSE, ()))
                share = self.ratio(self.value(pair.elts[0], state))
                state.names[name] = Value({"shares": (when, (*shares, (TRUE, share)))})
            case ast.Expr() | ast.Pass() | ast.Nonlocal():
                pass
            case _:
                raise AssertionError(f"line {statement.lineno} of the generated code has a form of its own")

    def refuse(self, state: _State, flag: int) -> None:
        self.refused = self.to.either(self.refused, flag)
        state.path = self.to.both(state.path, self.to.negate(flag))

    def assign(self, target: ast.expr, value: Value, state: _State) -> None:
        if isinstance(target, ast.Tuple):
            parts = value.parts.get("pair", (FALSE, (value, value)))[1]
            for one, part in zip(target.elts, parts, strict=True):
                self.assign(one, part, state)
        elif isinstance(target, ast.Name):
            state.names[target.id] = value

    def branch(self, test: ast.expr, body: list[ast.stmt], otherwise: list[ast.stmt], state: _State) -> None:
        flag = self.truth(self.value(test, state))
        if flag in (FALSE, TRUE):
            self.block(body if flag == TRUE else otherwise, state)
            return
        then, other = state.under(self.to, flag), state.under(self.to, self.to.negate(flag))
        paths = then.path, other.path
        self.block(body, then)
        self.block(otherwise, other)
        is_whole = paths == (then.path, other.path)
        self.become(state, self.joined(flag, then, other, state.path if is_whole else None))

    def attempt(self, body: list[ast.stmt], handler: list[ast.stmt], state: _State) -> None:
        """Read lines that an undefined row may end."""
        before = state.path, self.refused
        self.open.append([])
        self.block(body, state)
        if not (caught := self.open.pop()):
            return
        flag, after = self.gathered(caught)
        self.block(handler, after)
        is_whole = self.refused == before[1]
        self.become(state, self.joined(flag, after, state, before[0] if is_whole else None))

    def gathered(self, ways: list[tuple[int, _State]]) -> tuple[int, _State]:
        """Return one state for several, with the flag under which any of them is reached."""
        flag, state = ways[-1]
        for path, one in reversed(ways[:-1]):
            flag = self.to.either(path, flag)
            state = self.joined(path, one, state)
        return flag, state

    def once(self, body: list[ast.stmt], state: _State) -> None:
        """Read a loop that ends in its first round."""
        path = state.path
        self.breaks.append([])
        self.block(body, state)
        if not (ways := self.breaks.pop()):
            return  # it raises in every round
        after = self.gathered(ways)[1]
        if not self.may_end(body):
            after.path = path
        self.become(state, after)

    def may_end(self, lines: list[ast.stmt]) -> bool:
        """Return whether any of the lines raises or returns."""
        return any(
            isinstance(part, ast.Raise | ast.Return)
            or (isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in self.functions)
            for line in lines
            for part in ast.walk(line)
        )

    def loop(self, statement: ast.For, state: _State) -> None:
        """Read a loop over records: nothing is known of the names it assigns."""
        why = "it goes through records"
        names: set[str] = set()
        does_end = False
        waiting: list[ast.AST] = [statement]
        while waiting:
            for part in ast.walk(waiting.pop()):
                match part:
                    case ast.Name(id=name, ctx=ast.Store()):
                        names.add(name)
                    case ast.Attribute(value=ast.Name(id=name)):
                        names.add(name)
                    case ast.Nonlocal(names=more):
                        names.update(more)
                    case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                        waiting.append(self.functions.pop(name))
                    case ast.Raise() | ast.Return():
                        does_end = True
        for name in names:
            state.names[name] = self.opaque(why)
        if does_end:
            flag = self.to.both(state.path, self.to.opaque(why, is_flag=True))
            self.refuse(state, flag)

    # -- expressions ------------------------------------------------------------------------------

    def value(self, node: ast.expr, state: _State) -> Value:
        match node:
            case ast.Constant(value=constant):
                found = self.constant(constant)
                assert found is not None
                return found
            case ast.Name(id=name):
                if name in state.names:
                    return state.names[name]
                return self.constant(self.core.objects.get(name, UNKNOWN)) or self.opaque("it is an object")
            case ast.Tuple(elts=parts):
                return Value({"pair": (TRUE, tuple(self.value(part, state) for part in parts))})
            case ast.BinOp(left=left, op=op, right=right):
                return self.arithmetic(op, self.value(left, state), self.value(right, state))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.arithmetic(ast.Sub(), self.integer(0), self.value(operand, state))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.flag(self.to.negate(self.truth(self.value(operand, state))))
            case ast.BoolOp(op=op, values=parts):
                join = self.to.both if isinstance(op, ast.And) else self.to.either
                return self.folded(join, [self.truth(self.value(part, state)) for part in parts])
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.flag(self.compared(op, self.value(left, state), right, state))
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                flag = self.truth(self.value(test, state))
                return self.merged(flag, self.value(body, state), self.value(otherwise, state))
            case ast.Subscript(value=ast.Name(id=name), slice=index) if name in self.core.objects:
                return self.looked_up(self.core.objects[name], self.number(self.value(index, state)))
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in self.functions:
                return self.called(self.functions[name], [self.value(one, state) for one in arguments], state)
            case ast.Call(func=ast.Name(id="R"), args=arguments):
                return Value({"pair": (TRUE, tuple(self.value(one, state) for one in arguments))})
            case ast.Call(func=ast.Name(id=name), args=arguments) if name[2:] in DATES:
                kind, meaning = DATES[name[2:]]
                flag, number = meaning(self.to, *(self.ratio(self.value(one, state)) for one in arguments))
                return Value({kind: (flag, number), "none": (self.to.negate(flag), None)})
            case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=shares)]) if (
                name[2:] in SHARES and shares in state.names and "shares" in state.names[shares].parts
            ):
                ratio = SHARES[name[2:]](self.to, list(state.names[shares].parts["shares"][1]))
                return Value({"pair": (TRUE, tuple(Value({"integer": (TRUE, part)}) for part in ratio))})
            case ast.List(elts=[]):
                return Value({"shares": (TRUE, ())})
            case ast.Attribute(value=owner, attr=attribute):
                return self.attribute(self.value(owner, state), attribute)
            case ast.Call(func=ast.Name(id=name)) if name.startswith("f_"):
                return self.opaque(f"`{name[2:]}` is no arithmetic on integers")
        return self.opaque("it works on objects")

    def attribute(self, value: Value, name: str) -> Value:
        if "pair" in value.parts and name in ("numerator", "denominator"):
            found: Value = value.parts["pair"][1][name == "denominator"]
            return found
        if "date" in value.parts and name in ("year", "month", "day"):
            return Value({"integer": (TRUE, part_of_date(self.to, name, value.parts["date"][1]))})
        return value

    def ratio(self, value: Value) -> Ratio:
        """Return a number that may be a fraction by its numerator and denominator."""
        if "pair" not in value.parts:
            return self.number(value), self.to.integer(1)
        n, d = value.parts["pair"][1]
        return self.number(n), self.number(d)

    def folded(self, join: Callable[[int, int], int], flags: list[int]) -> Value:
        found = flags[0]
        for flag in flags[1:]:
            found = join(found, flag)
        return self.flag(found)

    def arithmetic(self, op: ast.operator, x: Value, y: Value) -> Value:
        a, b = self.number(x), self.number(y)
        if not isinstance(op, ast.Pow):
            return Value({"integer": (TRUE, self.to.arithmetic(SIGNS[type(op)], a, b))})
        found = self.to.integer(1)
        for _ in range(self.to.constant(b) or 0):
            found = self.to.arithmetic("*", found, a)
        return Value({"integer": (TRUE, found)})

    def compared(self, op: ast.cmpop, x: Value, right: ast.expr, state: _State) -> int:
        if isinstance(op, ast.In | ast.NotIn):
            assert isinstance(right, ast.Name)
            found = FALSE
            for option in self.core.objects[right.id]:  # type: ignore[attr-defined]
                found = self.to.either(found, self.equal(x, self.constant(option) or NOTHING))
            return found if isinstance(op, ast.In) else self.to.negate(found)
        y = self.value(right, state)
        if isinstance(op, ast.Is | ast.IsNot):
            found = self.same(x, y)
            return found if isinstance(op, ast.Is) else self.to.negate(found)
        if isinstance(op, ast.Eq | ast.NotEq):
            found = self.equal(x, y)
            return found if isinstance(op, ast.Eq) else self.to.negate(found)
        return self.to.compare(SIGNS[type(op)], self.number(x), self.number(y))

    def same(self, x: Value, y: Value) -> int:
        """Return the flag of `is None`, `is U`, `is True` or `is False`."""
        (kind, (_, part)) = next(iter(y.parts.items()))
        if kind not in x.parts:
            return FALSE
        when, own = x.parts[kind]
        if kind != "flag":
            return when
        return self.to.both(when, own if part == TRUE else self.to.negate(own))

    def equal(self, x: Value, y: Value) -> int:
        """Return the flag under which two values are equal; the code compares them only if both are present."""
        if "flag" in x.parts and "flag" in y.parts:
            a, b = x.parts["flag"][1], y.parts["flag"][1]
            return self.to.choose(a, b, self.to.negate(b))
        kinds = [{kind for kind in value.parts if kind in ORDINARY} for value in (x, y)]
        result = self.to.compare("==", self.number(x), self.number(y))
        for value, own in zip((x, y), kinds, strict=True):
            if len(own) > 1:
                result = self.to.both(value.when("integer"), result)
        return result

    def looked_up(self, table: Any, index: int) -> Value:
        """Return a row of a table by its number or text."""
        rows = table.items() if isinstance(table, dict) else enumerate(table)
        found: Value | None = None
        for key, row in reversed(list(rows)):
            value = self.constant(row) or self.opaque("it looks up objects")
            at = self.to.integer(self.text(key) if isinstance(key, str) else key)
            found = value if found is None else self.merged(self.to.compare("==", index, at), value, found)
        return found or NOTHING

    def called(self, function: ast.FunctionDef, arguments: list[Value], state: _State) -> Value:
        """Return the result of a function, read at the place of its call."""
        inside = _State(dict(state.names), state.path)
        inside.names |= dict(zip((one.arg for one in function.args.args), arguments, strict=True))
        before = self.to.path
        self.returns.append([])
        self.block(function.body, inside)
        ways = self.returns.pop()
        self.to.path = before
        if not ways:
            shared = {name for line in function.body if isinstance(line, ast.Nonlocal) for name in line.names}
            own = {part.id for part in ast.walk(function) if isinstance(part, ast.Name) and _is_stored(part)} - shared
            state.names |= {name: value for name, value in inside.names.items() if name not in own}
            state.path = inside.path
            return NOTHING
        result = ways[-1][1]
        for path, value in reversed(ways[:-1]):
            result = self.merged(path, value, result)
        if any(isinstance(part, ast.Raise) for line in function.body for part in ast.walk(line)):
            state.path = FALSE
            for path, _ in ways:
                state.path = self.to.either(state.path, path)
        return result


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


NOTHING = Value({"none": (TRUE, None)})
UNREAD = Value({"unknown": (TRUE, None)})
