"""Turns the generated function of a plan into steps on integers.

The function is read statement by statement. Both branches of a statement are computed, each with the flag under which
it is taken. A name to which they give different values becomes a select.

The file is long since statements and expressions of all kinds contain each other: one class, a method for each kind.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest

from attrs import define, field, frozen

from ...kernel.calendars import Calendar
from ...plan import Plan
from ...plan.ops import Item, Op, Over, Read, operands
from ...plan.steps import Entered, Exempt, Validate
from ..scalar.compiling import syntax
from ..scalar.core import Core
from ..scalar.runtime import UNKNOWN
from .common import added
from .compared import parts_of
from .meanings import DATES, IRRATIONAL, SHARES, workdays
from .steps import FALSE, TRUE, Building
from .values import NOTHING, SIGNS, UNREAD, Value, Values

__all__ = ["Lifted", "Refusal", "lift"]

LINE_HEAD = re.compile(r" *(# step |def [a-z]+)([0-9]+)")
"""A line at which another part of the rulebook begins."""

RECORD = "rm"
"""First letters of the names of a record and of its computed fields, which no other record has."""


@frozen
class Refusal:
    """A reason why a subject has no rating.

    Args:
        flag: the flag under which it holds.
        path: the part of the rulebook.
        kind: the kind of a fault, `validation`, `open` (a validation reads an undefined row), `entered` (points
            entered or missing against the rules), or empty if no integer step tells.
        is_early: whether an exemption gives it.
    """

    flag: int
    path: str
    kind: str
    is_early: bool = False


@frozen
class Lifted:
    """The steps of a generated function.

    Args:
        given: the value of each of its slots, with the denominator.
        is_refused: the flag under which the scalar engine must rate the subject.
        refusals: the reasons for that, in order.
        is_early: the flag under which an exemption ends the assessment.
        asked: by input, the flag under which an exemption reads it.
        building: the steps.
        texts: all texts; a step holds the index of one.
    """

    given: Mapping[str, tuple[Value, Value]]
    is_refused: int
    refusals: tuple[Refusal, ...]
    is_early: int
    asked: Mapping[str, int]
    building: Building
    texts: tuple[str, ...]


@define
class _State:
    """Names, and the flag under which a statement is reached."""

    names: dict[str, Value]
    path: int = TRUE

    def under(self, building: Building, flag: int) -> _State:
        return _State(dict(self.names), building.both(self.path, flag))


def lift(plan: Plan, core: Core, *, has_fractions: bool = False) -> Lifted:
    """Return the steps of the generated function of a plan.

    Args:
        plan: the steps of an assessment.
        core: the function.
        has_fractions: whether irrational functions are computed as the language rounds them, wherever they are
            defined; else only where their arguments are positive, and other subjects are refused.
    """
    lifting = _Lifting(Building(has_fractions=has_fractions), plan, core)
    try:
        lifting.run()
    except RecursionError:
        # Hundreds of named values read each other: functions in functions are too deep for Python.
        return Lifted({}, TRUE, (), FALSE, {}, Building(), ())
    return lifting.lifted()


@define(eq=False)
class _Lifting(Values):
    plan: Plan
    core: Core
    functions: dict[str, ast.FunctionDef] = field(factory=dict)
    refused: int = FALSE
    refusals: list[Refusal] = field(factory=list)
    open: list[list[tuple[int, _State]]] = field(factory=list)
    breaks: list[list[tuple[int, _State]]] = field(factory=list)
    returns: list[list[tuple[int, Value]]] = field(factory=list)
    places: dict[int, str] = field(factory=dict)
    records: str = ""
    outer: frozenset[str] = frozenset()
    totals: dict[str, Value] = field(factory=dict)
    kinds: dict[int, str] = field(factory=dict)
    is_exempting: bool = False
    is_caught: bool = False
    reached: int | None = None
    is_early: int = FALSE
    asked: dict[str, int] = field(factory=dict)

    def run(self) -> None:
        (definition,) = syntax(self.core.text).body
        assert isinstance(definition, ast.FunctionDef)
        rated = self.place_lines()
        names = {f"u{index}": self.input(variable) for index, variable in enumerate(self.plan.inputs)}
        places = {variable.id: index for index, variable in enumerate(self.plan.inputs)}
        for index, one in enumerate(self.plan.cohort):
            self.build.path = one.path
            number, below = parts_of(one)
            if number in places:
                names[f"g{index}"], names[f"g{index}d"] = names[f"u{places[number]}"], names[f"u{places[below]}"]
            else:
                names |= {name: self.opaque("it compares subjects") for name in (f"g{index}", f"g{index}d")}
        self.returns.append([])
        state = _State(names)
        rated = rated or definition.body[-1].lineno
        self.is_exempting = True
        self.block([one for one in definition.body if one.lineno < rated], state)
        self.is_exempting = False
        for flag, _ in self.returns[-1]:
            self.is_early = self.build.either(self.is_early, flag)
        self.block([one for one in definition.body if one.lineno >= rated], state)

    def place_lines(self) -> int:
        """Find the part of the rulebook that each line of the code computes, or that its caller computes.

        Returns:
            The line of the first step after the exemptions, or 0.
        """
        named = [value.path for value in self.plan.let.values()]
        path, kind, rated = "", "", 0
        for number, line in enumerate(self.core.text.splitlines(), 1):
            found = LINE_HEAD.match(line)
            head, index = found.groups() if found else ("", "")
            if head == "# step ":
                step = self.plan.steps[int(index) - 1]
                path = getattr(step, "path", "") or getattr(step, "id", "score")
                kind = {Validate: "validation", Entered: "entered"}.get(type(step), "")
                rated = rated or (0 if isinstance(step, Exempt) else number)
            elif head:
                path, kind = named[int(index)] if head == "def l" else "", ""
            if path:
                self.places[number], self.kinds[number] = path, kind
        return rated

    def lifted(self) -> Lifted:
        given: dict[str, tuple[Value, Value]] = {}
        early = [one for one in self.returns[-1] if self.slot(one[1], 0) == NOTHING]
        if len(early) == len(self.returns[-1]):
            return self.whole(given, TRUE)  # no subject is rated without a fault
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
        return self.whole(given, self.refused)

    def whole(self, given: Mapping[str, tuple[Value, Value]], refused: int) -> Lifted:
        # A loop over records also computes what later steps read, and code may leave out what decides nothing.
        read = _read_by_exemptions(self.plan)
        inputs = {one.id: f"u{place}" for place, one in enumerate(self.plan.inputs) if one.id in read}
        asked = {id_: self.asked.get(name, TRUE) for id_, name in inputs.items()}
        refusals = tuple(self.refusals)
        return Lifted(given, refused, refusals, self.is_early, asked, self.build, tuple(self.texts))

    def slot(self, result: Value, place: int) -> Value:
        found: Value = result.parts["pair"][1][place]
        return found

    def joined(self, flag: int, then: _State, otherwise: _State, path: int | None = None) -> _State:
        """Return the state after two branches."""
        if then.path == FALSE or otherwise.path == FALSE:
            return otherwise if then.path == FALSE else then
        names = otherwise.names
        for name, value in then.names.items():
            other = names.get(name)
            if other is not value:
                names[name] = value if other is None else self.merged(flag, value, other)
        return _State(names, self.build.either(then.path, otherwise.path) if path is None else path)

    # -- statements -------------------------------------------------------------------------------

    def block(self, statements: list[ast.stmt], state: _State) -> None:
        is_done = False
        for statement, following in zip_longest(statements, statements[1:]):
            if state.path == FALSE:
                return
            self.build.path = self.places.get(statement.lineno, self.build.path)
            if is_done:
                is_done = False
            elif not (is_done := self.adds_fraction(statement, following, state)):
                self.statement(statement, state)

    def adds_fraction(self, statement: ast.stmt, following: ast.stmt | None, state: _State) -> bool:
        """Read `n = n * pd + p * nd; nd = nd * pd`, if a smaller denominator serves; False for anything else."""
        if self.records:
            return False
        match statement, following:
            case (
                ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=ast.BinOp(
                        left=ast.BinOp(left=ast.Name(id=above), op=ast.Mult(), right=ast.Name(id=divisor)),
                        op=ast.Add(),
                        right=ast.BinOp(left=part, op=ast.Mult(), right=ast.Name(id=below)),
                    ),
                ),
                ast.Assign(
                    targets=[ast.Name(id=own)],
                    value=ast.BinOp(left=ast.Name(id=factor), op=ast.Mult(), right=ast.Name(id=other)),
                ),
            ) if (above, own, factor, other) == (name, below, below, divisor):
                terms = ((state.names[name], below), (self.value(part, state), divisor))
                x, y = ((self.number(value), self.number(state.names[one])) for value, one in terms)
                found = added(self.build, state.path, x, y)
                if found is not None:
                    state.names[name], state.names[below] = (Value({"integer": (TRUE, one)}) for one in found)
                    return True
        return False

    def become(self, state: _State, after: _State) -> None:
        state.names, state.path = after.names, after.path

    def statement(self, statement: ast.stmt, state: _State) -> None:
        """Add the steps of a statement. This is long since it has one case for each form."""
        if self.records and self.gathers(statement, state):
            return
        match statement:
            case ast.Assign(targets=[ast.Name(id="m")], value=ast.BinOp(left=ast.List(), right=count)):
                # Storage for the computed fields of a record.
                total = self.build.constant(self.number(self.value(count, state))) or 0
                state.names |= {f"m{place}": UNREAD for place in range(total)}
            case ast.Assign(targets=[ast.Subscript(slice=place)], value=expression):
                state.names[f"m{ast.unparse(place)}"] = self.value(expression, state)
            case ast.Assign(targets=targets, value=expression):
                value = self.value(expression, state)
                for target in targets:
                    self.assign(target, value, state)
            case ast.AugAssign(op=ast.FloorDiv(), value=ast.Name(id="g")):
                pass  # dividing by a common factor changes no quotient, and would round an irrational numerator
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
            case ast.Raise(exc=ast.Call(args=[ast.Constant(value=int(site))])):
                self.refuse(state, state.path, *self.core.sites[site])
            case ast.Return(value=expression):
                value = NOTHING if expression is None else self.value(expression, state)
                if len(self.returns) == 1 and "pair" not in value.parts:
                    kind = self.kinds.get(statement.lineno, "")
                    is_open = self.is_caught and kind == "validation"
                    self.refuse(state, state.path, self.build.path, "open" if is_open else kind)
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
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)), args=[member])):
                when, members = state.names[name].parts["members"]
                value = self.value(member, state)
                state.names[name] = Value({"members": (when, (*members, (TRUE, value)))})
            case ast.Expr(value=ast.Name(id=name)):
                self.ask(name, state)
            case ast.Expr() | ast.Pass() | ast.Nonlocal():
                pass
            case _:
                raise AssertionError(f"line {statement.lineno} of the generated code has a form of its own")

    def refuse(self, state: _State, flag: int, path: str, kind: str = "") -> None:
        self.refusals.append(Refusal(flag, path, kind, self.is_exempting))
        self.refused = self.build.either(self.refused, flag)
        state.path = self.build.both(state.path, self.build.negate(flag))

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
            if self.is_exempting and otherwise:
                for name in {
                    part.id
                    for line in (*body, *otherwise)
                    for part in self.walked(line)
                    if isinstance(part, ast.Name)
                }:
                    self.ask(name, state)
            self.block(body if flag == TRUE else otherwise, state)
            return
        if self.is_refusal(body):
            # What follows is computed for refused subjects too, but nobody reads it: the path stays short.
            self.block(body, state.under(self.build, flag))
            self.block(otherwise, state)
            return
        then, other = state.under(self.build, flag), state.under(self.build, self.build.negate(flag))
        paths, reached = (then.path, other.path), self.reached
        if otherwise and reached is None:
            # A choice may be a function, which reads all its arguments.
            self.reached = state.path
        self.block(body, then)
        self.block(otherwise, other)
        self.reached = reached
        is_whole = paths == (then.path, other.path)
        self.become(state, self.joined(flag, then, other, state.path if is_whole else None))

    def is_refusal(self, body: list[ast.stmt]) -> bool:
        """Return whether a branch only refuses the subject."""
        match body:
            case [ast.Raise(exc=ast.Call(func=ast.Name(id="F")))]:
                return True
            case [ast.Return(value=None | ast.Constant(value=None))]:
                return len(self.returns) == 1
        return False

    def attempt(self, body: list[ast.stmt], handler: list[ast.stmt], state: _State) -> None:
        """Read a `try` statement, whose lines an undefined row may end."""
        before = state.path, self.refused
        self.open.append([])
        self.block(body, state)
        if not (caught := self.open.pop()):
            return
        flag, after = self.gathered(caught)
        self.is_caught = True
        self.block(handler, after)
        self.is_caught = False
        is_whole = self.refused == before[1]
        self.become(state, self.joined(flag, after, state, before[0] if is_whole else None))

    def gathered(self, ways: list[tuple[int, _State]]) -> tuple[int, _State]:
        """Return several states merged into one, with the flag under which any of them is reached."""
        flag, state = ways[-1]
        for path, one in reversed(ways[:-1]):
            flag = self.build.either(path, flag)
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
        """Read a loop over the remaining children of a group, or over the records of a list."""
        (kind, (_, part)) = next(iter(self.value(statement.iter, state).parts.items()))
        if kind == "members":
            for flag, member in part:
                inside = state.under(self.build, flag)
                inside.names["r"], path = member, inside.path
                self.block(statement.body, inside)
                del inside.names["r"]
                is_whole = inside.path == path
                self.become(state, self.joined(flag, inside, state, state.path if is_whole else None))
        elif any(isinstance(node, ast.Raise) and _is_undecided(node) for node in self.walked(statement)):
            self.unread(statement, state)
        else:
            self.each(statement, part, state)

    def walked(self, statement: ast.stmt) -> Iterator[ast.AST]:
        """Yield all nodes of a statement, and of the functions that it calls."""
        waiting: list[ast.AST] = [statement]
        called: set[str] = set()
        while waiting:
            for part in ast.walk(waiting.pop()):
                yield part
                match part:
                    case ast.Call(func=ast.Name(id=name)) if name in self.functions and name not in called:
                        called.add(name)
                        waiting.append(self.functions[name])

    def unread(self, statement: ast.For, state: _State) -> None:
        """Skip a loop in which an undefined row may end a record: the names that it assigns become unknown."""
        why = "a record may have an undefined row"
        for part in self.walked(statement):
            match part:
                case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(value=ast.Name(id=name)):
                    state.names[name] = self.opaque(why)
                case ast.Nonlocal(names=names):
                    state.names |= {name: self.opaque(why) for name in names}
        self.refuse(state, self.build.both(state.path, self.build.opaque(why, is_flag=True)), self.build.path)

    def each(self, statement: ast.For, records: str, state: _State) -> None:
        """Read a loop over records; the values that it gathers become steps over all records."""
        before = self.records, self.outer, self.totals
        self.records, self.outer, self.totals = records, frozenset(state.names), {}
        fields = tuple(self.input(refusal, records) for refusal in self.plan.records[records].fields)
        inside = _State(dict(state.names))
        inside.names["r"] = Value({"pair": (TRUE, fields)})
        outer_refused, outer_refusals, self.refused, self.refusals = self.refused, self.refusals, FALSE, []
        self.block(statement.body, inside)
        found, self.refused, self.refusals = self.refusals, outer_refused, outer_refusals
        totals = self.totals
        self.records, self.outer, self.totals = before
        for name, value in state.names.items():
            if name[0] not in RECORD and inside.names[name] is not value:
                after = self.after_records(records, inside.names[name])
                state.names[name] = self.merged(self.build.any(records, TRUE), after, value)
        state.names |= totals
        for refusal in found:
            self.refuse(
                state, self.build.both(state.path, self.build.any(records, refusal.flag)), refusal.path, refusal.kind
            )

    def after_records(self, records: str, value: Value) -> Value:
        """Return a value after a loop over records that is the same for every record that computes it."""
        parts, is_any = {}, FALSE
        for kind, (when, part) in value.parts.items():
            if kind != "unknown":
                flag = self.build.any(records, when) if self.build.steps[when].records else when
                is_any = self.build.either(is_any, flag)
                is_of_record = isinstance(part, int) and self.build.steps[part].records
                parts[kind] = (
                    flag,
                    self.build.opaque("a record decides it", is_flag=kind == "flag") if is_of_record else part,
                )
        if "unknown" in value.parts:
            parts["unknown"] = self.build.negate(is_any), None
        return Value(parts)

    def gathers(self, statement: ast.stmt, state: _State) -> bool:
        """Read a statement of a loop over records that gathers values; False for any other statement."""
        match statement:
            case ast.AugAssign(target=ast.Name(id=name), value=expression) if name in self.outer:
                self.gather_sum(name, self.number(self.value(expression, state)), state)
            case ast.If(
                test=ast.Compare(left=below, comparators=[ast.Name(id=own)]),
                body=[ast.AugAssign(target=ast.Name(id=name), value=expression)],
            ) if name in self.outer and own == f"{name}d":
                below_number = self.number(self.value(below, state))
                if self.build.steps[below_number].records:
                    self.totals |= {one: self.opaque("it adds quotients of records") for one in (name, own)}
                else:
                    self.gather_sum(name, self.number(self.value(expression, state)), state)
                    # Without a record that counts, the sum is 0, whatever the divisor.
                    is_any = self.build.any(self.records, state.path) if self.may_be_zero(below_number) else TRUE
                    self.totals[own] = self.merged(is_any, Value({"integer": (TRUE, below_number)}), self.integer(1))
            case ast.If(
                test=ast.BoolOp(
                    values=[ast.Compare(left=ast.Name(id=name), ops=[ast.Is()]), ast.Compare() as comparison]
                ),
                body=[ast.Assign(targets=[ast.Name(id=own)]), *_] as body,
            ) if name in self.outer and own == name:
                self.gather_extreme(name, comparison, body, state)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=bool() as held)) if (
                name in self.outer and tuple(state.names[name].parts) == ("flag",)
            ):
                # `any` starts with False, `all` with True.
                found = self.build.any(self.records, state.path)
                self.totals[name] = self.flag(found if held else self.build.negate(found))
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))) if name in self.outer:
                self.totals[name] = self.opaque("it sorts records")
            case _:
                return False
        return True

    def gather_sum(self, name: str, number: int, state: _State) -> None:
        total = self.build.over("sum", self.records, state.path, number)
        self.totals[name] = Value({"integer": (TRUE, total)})

    def may_be_zero(self, number: int) -> bool:
        """Return whether the interval of an integer has 0."""
        step = self.build.steps[number]
        return step.low <= 0 <= step.high

    def gather_extreme(self, name: str, comparison: ast.Compare, body: list[ast.stmt], state: _State) -> None:
        operation = "least" if isinstance(comparison.ops[0], ast.Lt) else "greatest"
        found: dict[str, int] = {}
        for statement in body:
            assert isinstance(statement, ast.Assign)
            (target,) = statement.targets
            assert isinstance(target, ast.Name)
            found[target.id] = self.number(self.value(statement.value, state))
        number, below = found[name], found.get(f"{name}d")
        if below is not None and self.build.steps[below].records:
            self.totals |= {one: self.opaque("it compares quotients of records") for one in (name, f"{name}d")}
            return
        flag = self.build.any(self.records, state.path)
        best_number = self.build.over(operation, self.records, state.path, number)
        self.totals[name] = Value({"integer": (flag, best_number), "none": (self.build.negate(flag), None)})
        if below is not None:
            self.totals[f"{name}d"] = self.merged(flag, Value({"integer": (TRUE, below)}), self.integer(1))

    # -- expressions ------------------------------------------------------------------------------

    def value(self, node: ast.expr, state: _State) -> Value:
        """Add the steps of an expression. This is long since it has one case for each form."""
        match node:
            case ast.Constant(value=constant):
                found = self.constant(constant)
                assert found is not None
                return found
            case ast.Name(id=name):
                if name in state.names:
                    self.ask(name, state)
                    return state.names[name]
                return self.constant(self.core.objects.get(name, UNKNOWN)) or self.opaque("it is an object")
            case ast.Tuple(elts=parts):
                return Value({"pair": (TRUE, tuple(self.value(part, state) for part in parts))})
            case ast.BinOp(left=left, op=op, right=right):
                return self.arithmetic(op, self.value(left, state), self.value(right, state))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.arithmetic(ast.Sub(), self.integer(0), self.value(operand, state))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.flag(self.build.negate(self.truth(self.value(operand, state))))
            case ast.BoolOp(op=op, values=parts):
                return self.joined_flags(isinstance(op, ast.And), parts, state)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.flag(self.compared(op, self.value(left, state), right, state))
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                flag = self.truth(self.value(test, state))
                return self.merged(flag, self.value(body, state), self.value(otherwise, state))
            case ast.Subscript(value=ast.Name(id="m"), slice=ast.Constant() as place):
                return state.names[f"m{place.value!r}"]
            case ast.Subscript(value=ast.Name(id=name), slice=index) if name in self.core.objects:
                return self.looked_up(self.core.objects[name], self.number(self.value(index, state)))
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in self.functions:
                return self.called(self.functions[name], [self.value(one, state) for one in arguments], state)
            case ast.Call(func=ast.Name(id="R"), args=arguments):
                return Value({"pair": (TRUE, tuple(self.value(one, state) for one in arguments))})
            case ast.Call(func=ast.Name(id=name), args=arguments) if name[2:] in DATES:
                kind, meaning = DATES[name[2:]]
                flag, number = meaning(self.build, *(self.ratio(self.value(one, state)) for one in arguments))
                return Value({kind: (flag, number), "none": (self.build.negate(flag), None)})
            case ast.Call(func=ast.Name(id="f_workdays"), args=[first, last, ast.Name(id=name)]):
                calendar = self.core.objects[name]
                assert isinstance(calendar, Calendar)
                days = [self.number(self.value(one, state)) for one in (first, last)]
                flag, number = workdays(self.build, calendar, *days)
                return Value({"integer": (flag, number), "none": (self.build.negate(flag), None)})
            case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=shares)]) if (
                name[2:] in SHARES and "members" in state.names[shares].parts
            ):
                ratio = SHARES[name[2:]](self.build, self.shares(state.names[shares]))
                return Value({"pair": (TRUE, tuple(Value({"integer": (TRUE, part)}) for part in ratio))})
            case ast.Call(func=ast.Name(id=name), args=arguments) if name[2:] in IRRATIONAL:
                return self.irrational(name[2:], arguments, state)
            case ast.Call(func=ast.Name(id="f_len"), args=[records]):
                value = self.value(records, state)
                if "records" not in value.parts:
                    return self.opaque("it sorts records")
                return Value({"integer": (TRUE, self.build.length(value.parts["records"][1]))})
            case ast.Call(func=ast.Name(id="f_gcd")):
                return self.integer(1)
            case ast.List(elts=[]):
                return Value({"members": (TRUE, ())})
            case ast.Attribute(value=owner, attr=attribute):
                return self.attribute(self.value(owner, state), attribute)
            case ast.Call(func=ast.Name(id=name)) if name.startswith("f_"):
                return self.opaque(f"`{name[2:]}` is no arithmetic on integers")
        return self.opaque("it works on objects")

    def irrational(self, name: str, arguments: list[ast.expr], state: _State) -> Value:
        """Return the value of a function; a subject outside its domain is refused."""
        values = [self.value(one, state) for one in arguments]
        is_group = name == "geometric_mean"
        if self.build.has_fractions and not is_group:
            return self.rounded(name, [part for value in values for part in self.ratio(value)])
        found = IRRATIONAL[name](self.build, *([self.shares(values[0])] if is_group else map(self.ratio, values)))
        if found is None or any(self.build.steps[number].operation == "opaque" for number in found):
            return self.opaque(f"`{name}` may be too large")
        flag, number = found
        self.refuse(state, self.build.both(state.path, self.build.negate(flag)), self.build.path)
        return Value({"pair": (TRUE, (Value({"integer": (TRUE, number)}), self.integer(1)))})

    def joined_flags(self, is_and: bool, parts: list[ast.expr], state: _State) -> Value:
        """Return `and` or `or` of conditions."""
        join = self.build.both if is_and else self.build.either
        found = TRUE if is_and else FALSE
        for part in parts:
            reached = self.where(found if is_and else self.build.negate(found), state)
            found = join(found, self.truth(self.value(part, reached)))
        return self.flag(found)

    def where(self, flag: int, state: _State) -> _State:
        """Return the state for a part of an expression; only exemptions need to know which parts are read."""
        return state.under(self.build, flag) if self.is_exempting else state

    def ask(self, name: str, state: _State) -> None:
        """Note that an exemption reads an input."""
        if self.is_exempting and name[0] == "u" and name[1:].isdigit():
            path = state.path if self.reached is None else self.reached
            path = self.build.any(self.records, path) if self.records else path
            self.asked[name] = self.build.either(self.asked.get(name, FALSE), path)

    def compared(self, op: ast.cmpop, x: Value, right: ast.expr, state: _State) -> int:
        if isinstance(op, ast.In | ast.NotIn):
            assert isinstance(right, ast.Name)
            found = FALSE
            for option in self.core.objects[right.id]:  # type: ignore[attr-defined]
                found = self.build.either(found, self.equal(x, self.constant(option) or NOTHING))
            return found if isinstance(op, ast.In) else self.build.negate(found)
        y = self.value(right, state)
        if isinstance(op, ast.Is | ast.IsNot):
            found = self.same(x, y)
            return found if isinstance(op, ast.Is) else self.build.negate(found)
        if isinstance(op, ast.Eq | ast.NotEq):
            found = self.equal(x, y)
            return found if isinstance(op, ast.Eq) else self.build.negate(found)
        return self.build.compare(SIGNS[type(op)], self.number(x), self.number(y))

    def called(self, function: ast.FunctionDef, arguments: list[Value], state: _State) -> Value:
        """Return the result of a function, read at the place of its call."""
        inside = _State(dict(state.names), state.path)
        inside.names |= dict(zip((one.arg for one in function.args.args), arguments, strict=True))
        before = self.build.path
        self.returns.append([])
        self.block(function.body, inside)
        ways = self.returns.pop()
        self.build.path = before
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
                state.path = self.build.either(state.path, path)
        return result


def _is_undecided(raised: ast.Raise) -> bool:
    return isinstance(raised.exc, ast.Call) and isinstance(raised.exc.func, ast.Name) and raised.exc.func.id == "W"


def _read_by_exemptions(plan: Plan) -> set[str]:
    """Return the inputs and named values that exemptions may read, also through named values of records."""
    found: set[str] = set()
    waiting: list[tuple[str, Op]] = [("", step.when) for step in plan.steps if isinstance(step, Exempt)]
    while waiting:
        records, part = waiting.pop()
        match part:
            case Over(records=of, condition=condition, body=body) if of.name in plan.records:
                waiting += [("", of), *((of.name, one) for one in (condition, body) if one is not None)]
                continue
            case Read(name=name) if name not in found:
                found.add(name)
                waiting += [("", plan.let[name].op)] if name in plan.let else []
            case Item(name=name, is_let=True) if records and (own := f"{records}.{name}") not in found:
                found.add(own)
                waiting += [(records, one.op) for one in plan.records[records].let if one.id == name]
        waiting += [(records, one) for one in operands(part)]
    return found


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)
