"""What each operation can come to, what can go wrong in it, and what work it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from attrs import define, field

from ..expressions import NUMBER
from ..plan import Plan, ops
from ..plan.ops import Op
from . import numbers
from .aggregates import over
from .assuming import assume
from .context import LOCAL, Context, key_of
from .ends import End
from .functions import call, rounded
from .named import Known, Named, names_read
from .numbers import ABSENT, NOTHING, UNDEFINED, Nothing, Num
from .values import EITHER, FALSE, TRUE, Options, Truth, Value, compared, flagged, join, known, truth

__all__ = ["Evaluation", "weight"]

FaultKey = tuple[str, str, int]

MOST_AGAIN = 20_000
"""Operations that are evaluated again for what conditions say around them."""

DEEPEST = 5
"""Named values that are evaluated again inside each other."""


def weight(bits: int) -> int:
    """Units of work of a step that gives a number of so many bits."""
    return 1 if bits <= 64 else (-(-bits // 64)) ** 2


@define(eq=False)
class Evaluation:
    """The formulas of a plan at work on everything that inputs can be.

    Args:
        plan: the plan.
        context: what is known where it goes on.
        values: what operations can come to, by identity, wherever they are evaluated.
        conditions: what is asked in formulas, by identity: the way to the formula, the operation, its part.
        taken: which cases are possible, by identity of the cases.
        faults: what can go wrong, and whether it must.
        path: the way to the formula.
        work: units so far in the formula at hand.
        again: units that are not kept where a row leaves a value undefined, in the formula at hand.
        widest: most bits so far, and where.
        named: named values by key.
        done: what computing them takes, of those that were read.
        maxima: of the criteria judged so far.
        quiet: above 0 inside rows, whose steps are no work of their own.
    """

    plan: Plan
    context: Context = field(factory=Context)
    values: dict[int, Value] = field(factory=dict)
    conditions: dict[int, tuple[str, Op, str]] = field(factory=dict)
    taken: dict[int, int] = field(factory=dict)
    faults: dict[FaultKey, bool] = field(factory=dict)
    path: str = ""
    work: int = 0
    again: int = 0
    widest: tuple[int, str] = (0, "")
    quiet: int = 0
    named: dict[str, Named] = field(factory=dict)
    done: dict[str, Known] = field(factory=dict)
    maxima: dict[str, Fraction | None] = field(factory=dict)
    _evaluated_again: int = 0
    _depth: int = 0
    _meanings: dict[type, Callable[[Any], Value]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._meanings |= {
            ops.Const: self._constant,
            ops.Read: self._read,
            ops.Item: self._item,
            ops.Local: lambda op: self.context.look(LOCAL) or NOTHING,
            ops.Bind: self._bind,
            ops.Negate: self._negate,
            ops.Arithmetic: self._arithmetic,
            ops.Power: self._power,
            ops.Chain: self._chain,
            ops.Member: self._member,
            ops.Logic: self._logic,
            ops.Not: self._not,
            ops.If: self._if,
            ops.Given: self._given,
            ops.Default: self._default,
            ops.Ratio: self._ratio,
            ops.Round: self._round,
            ops.Call: self._call,
            ops.Passed: self._passed,
            ops.Cases: self._cases,
            ops.Stop: lambda op: NOTHING,  # its cases tell
            ops.Undefined: lambda op: Nothing(UNDEFINED),
            ops.Over: lambda op: over(self, op),
        }
        for value in self.plan.let.values():
            self.named[value.id] = Named(value, "", 1)

    # -- one operation ----------------------------------------------------------------------------

    def value(self, op: Op) -> Value:
        """What an operation can come to here; what it takes is counted."""
        return self._noted(op, self._meanings[type(op)](op))

    def _noted(self, op: Op, result: Value) -> Value:
        if type(result) is Num:
            if self.context.passing.facts or self.context.lasting.facts:
                for fact in self.context.facts(op):
                    result = met(result, fact.low, fact.high, fact.has_zero, fact.flags)
                    if type(result) is not Num:
                        break
            if not self.quiet:
                self.weigh(max(result.top, result.bottom) if type(result) is Num else 1)
        elif not self.quiet:
            self.work += 1
        key = id(op)
        there = self.values.get(key)
        self.values[key] = result if there is None else join(there, result)
        return result

    def weigh(self, bits: int, times: int = 1) -> None:
        """Count steps that give numbers of so many bits."""
        self.work += times if bits <= 64 else times * (-(-bits // 64)) ** 2
        if bits > self.widest[0]:
            self.widest = (bits, self.path)

    def fault(self, kind: str, op: object, *, is_certain: bool, path: str = "") -> None:
        """Something that can go wrong."""
        key = (path or self.path, kind, id(op))
        self.faults[key] = is_certain and self.faults.get(key, True)

    def asked(self, op: Op, part: str) -> None:
        """A condition of the formula at hand."""
        self.conditions[id(op)] = (self.path, op, part)

    # -- names ------------------------------------------------------------------------------------

    def _constant(self, op: ops.Const) -> Value:
        return self.values.get(id(op)) or known(op.value)

    def _read(self, op: ops.Read) -> Value:
        name = op.name
        if name in self.named:
            return self._let(name)
        value = self.context.look(name)
        if value is None:
            if not name.startswith("share."):
                return NOTHING
            value = self.context.names[name] = self.share(name.partition(".")[2])
        if value.flags & ABSENT and not op.type.is_optional:
            return flagged(value, value.flags & ~ABSENT)
        return value

    def share(self, criterion: str) -> Value:
        """The points of a criterion over its max."""
        points, most = self.context.names[f"points.{criterion}"], self.maxima[criterion]
        if not most:
            return Nothing(ABSENT)
        return numbers.scaled(points, 1 / most) if type(points) is Num else points

    def _item(self, op: ops.Item) -> Value:
        key = self.context.scope + op.name
        if op.is_let:
            return self._let(key)
        return self.context.look(key) or NOTHING

    def _let(self, key: str) -> Value:
        context = self.context
        if key not in context.names:
            self.complete(key)
        value = context.look(key)
        assert value is not None
        done = self.done[key]
        if value.flags & UNDEFINED and done.again > self.again:
            self.again = done.again
        if not done.faults:
            return value
        if context.passing and self._depth < DEEPEST and self._evaluated_again < MOST_AGAIN:
            found = self._again(key)
            return value if key in context.passing.names else found
        for fault, is_certain in done.faults.items():
            self.faults[fault] = is_certain and self.faults.get(fault, True)
        return value

    def _again(self, key: str) -> Value:
        """A named value that may fault, once more for what conditions say here."""
        named = self.named[key]
        before = (self.path, self.work, self.again, self.widest, self.context.scope)
        self.path, self.context.scope = named.value.path, named.scope
        self._depth += 1
        start = self.work
        value = self.value(named.value.op)
        self._evaluated_again += self.work - start + 1
        self._depth -= 1
        self.path, self.work, self.again, self.widest, self.context.scope = before
        return value

    def complete(self, key: str) -> None:
        """Evaluate a named value after those it reads: chains of them may be longer than Python's stack."""
        waiting = [key]
        while waiting:
            key = waiting[-1]
            if key in self.context.names:
                waiting.pop()
                continue
            named = self.named[key]
            below = [one for one in names_read(named) if one in self.named and one not in self.context.names]
            if below:
                waiting += below
            else:
                waiting.pop()
                self.context.names[key] = self._completed(key, named)

    def _completed(self, key: str, named: Named) -> Value:
        before = (self.path, self.work, self.again, self.faults, self.quiet)
        self.path, self.work, self.again, self.quiet = named.value.path, 0, 0, 0
        faults: dict[FaultKey, bool] = {}
        self.faults = faults
        with self.context.anywhere(named.scope):
            value = self.value(named.value.op)
        there = self.done.get(key)
        work = max(self.work, 0 if there is None else there.work)
        self.done[key] = Known(faults, work, max(self.again + self.work, 0 if there is None else there.again))
        self.path, self.work, self.again, self.faults, self.quiet = before
        return value

    def forget(self) -> None:
        """Evaluate named values again, as more is known from here on."""
        for key in self.done:
            self.context.names.pop(key, None)

    def all_names(self) -> Iterator[tuple[str, Value]]:
        """What every named value can come to, read or not."""
        for key in self.named:
            if key not in self.context.names:
                self.complete(key)
            yield key, join(self.context.names[key], self.values[id(self.named[key].value.op)])

    # -- numbers ----------------------------------------------------------------------------------

    def _bind(self, op: ops.Bind) -> Value:
        value = self.value(op.value)
        if type(value) is Nothing:
            return value
        mark = self.context.mark()
        self.context.learn(LOCAL, flagged(value, 0))
        self.quiet += 1
        body = self.value(op.body)
        self.quiet -= 1
        self.context.back(mark)
        if not self.quiet:
            rows = op.body
            self.work += rows.rows if isinstance(rows, ops.Cases) else len(getattr(rows, "thresholds", ()))
        return flagged(body, body.flags | value.flags)

    def _negate(self, op: ops.Negate) -> Value:
        value = self.value(op.operand)
        return numbers.negated(value) if type(value) is Num else value

    def _arithmetic(self, op: ops.Arithmetic) -> Value:
        links = []
        node: Op = op
        while type(node) is ops.Arithmetic:
            links.append(node)
            node = node.left
        result = self.value(node)
        while links:
            link = links.pop()
            right = self.value(link.right)
            result = self._linked(link, result, right)
            if links:
                result = self._noted(link, result)
        return result

    def _linked(self, op: ops.Arithmetic, left: Value, right: Value) -> Value:
        if type(left) is not Num or type(right) is not Num:
            return Nothing(left.flags | right.flags)
        operator = op.operator
        if operator == "+":
            return numbers.added(left, right)
        if operator == "-":
            found = numbers.added(left, numbers.negated(right))
            one, other = key_of(op.left, self.context.scope), key_of(op.right, self.context.scope)
            if one and other and (ends := self.context.difference(one, other)) is not None:
                return met(found, *ends)
            return found
        if operator == "*":
            return numbers.multiplied(left, right)
        if right.has_zero:
            self.fault("division", op, is_certain=numbers.exact(right) == 0 and not (left.flags | right.flags))
        return self._quotient(op.left, op.right, left, right)

    def _quotient(self, over_: Op, under: Op, left: Num, right: Num) -> Value:
        """A quotient; of names where one was said not to be above the other."""
        scope = self.context.scope
        key = key_of(under, scope)
        tag = (scope if key.startswith(scope) else "", key) if key else (scope, id(under))
        found = numbers.divided(left, right, tag)
        one = key_of(over_, scope)
        if type(found) is Num and one and key and right.low is not None and right.low >= 0:
            ends = self.context.difference(one, key)
            if ends is not None and ends[1] is not None and ends[1] <= 0:
                return numbers.within(found, None, 1) or Nothing(found.flags)
        return found

    def _power(self, op: ops.Power) -> Value:
        value = self.value(op.base)
        if not self.quiet:
            self.work += 1
        return numbers.raised(value, op.exponent) if type(value) is Num else value

    def _ratio(self, op: ops.Ratio) -> Value:
        left, right = self.value(op.left), self.value(op.right)
        flags = left.flags | right.flags
        if type(left) is not Num or type(right) is not Num:
            return Nothing(flags)
        otherwise: Value = NOTHING
        if right.has_zero:
            mark = self.context.mark()
            if assume(self, ops.Chain((op.right, ZERO), ("==",), (), op.type), True):
                otherwise = self.value(op.if_zero)
            self.context.back(mark)
        found = self._quotient(op.left, op.right, left, right)
        return join(found, flagged(otherwise, otherwise.flags | flags))

    def _round(self, op: ops.Round) -> Value:
        value = self.value(op.operand)
        if not self.quiet:  # places or a multiple, with its sign, and the mode
            size = max(op.step.numerator.bit_length(), op.step.denominator.bit_length())
            self.work += 2 * weight(size) + 1
        return rounded(value, op.step, op.mode) if type(value) is Num else value

    def _call(self, op: ops.Call) -> Value:
        return call(self, op, [self.value(argument) for argument in op.arguments])

    def _passed(self, op: ops.Passed) -> Value:
        value = self.value(op.operand)
        if type(value) is not Num:
            return value
        least = most = 0
        sign = {"above": ">", "from": ">=", "below": "<", "to": "<="}[op.comparison]
        for threshold in op.thresholds:
            found = compared(sign, value, numbers.constant(threshold), ())
            mask = found.mask if type(found) is Truth else 3
            least += mask == 1
            most += mask & 1
        count = numbers.settled(least, most, 1, (), 64, 1, least == 0, value.flags)
        return numbers.scaled(count, op.each)

    # -- conditions -------------------------------------------------------------------------------

    def _chain(self, op: ops.Chain) -> Value:
        right = self.value(op.operands[0])
        mask, flags, goes_on = 0, right.flags, True
        for operator, part in zip(op.operators, op.operands[1:], strict=True):
            left, right = right, self.value(part)
            flags |= right.flags
            found = compared(operator, left, right, op.ranks)
            if type(found) is not Truth:
                goes_on = False
                break
            found = self._differing(op, operator, part, found)
            mask |= found.mask & 2
            if not found.mask & 1:
                goes_on = False
                break
        mask |= 1 if goes_on else 0
        return Truth(mask, flags) if mask else Nothing(flags)

    def _differing(self, op: ops.Chain, operator: str, part: Op, found: Truth) -> Truth:
        """A comparison of two names of whose difference a condition said something."""
        if found.mask != 3 or len(op.operands) != 2:
            return found
        one, other = key_of(op.operands[0], self.context.scope), key_of(part, self.context.scope)
        ends = self.context.difference(one, other) if one and other else None
        if ends is None:
            return found
        less = numbers.settled(ends[0], ends[1], 1, (), 0, 0, ends[2], 0)
        again = compared(operator, less, numbers.ZERO, ())
        return again._replace(flags=found.flags) if type(again) is Truth else found

    def _member(self, op: ops.Member) -> Value:
        value = self.value(op.operand)
        if not self.quiet:
            self.work += 1
            for option in op.options:
                number = known(option)
                self.weigh(max(number.top, number.bottom) if type(number) is Num else 1)
        mask = 0
        for option in op.options:
            found = compared("==", value, known(option), ())
            if type(found) is Nothing:
                return Nothing(value.flags)
            assert type(found) is Truth
            mask |= found.mask & 1
            if found.mask == 1:
                mask = 1
                break
        else:
            mask |= 2
            if type(value) is Options and value.among is not None and value.among <= set(op.options):
                mask = 1
        if op.is_negated:
            mask = (mask & 1) << 1 | mask >> 1
        return Truth(mask, value.flags)

    def _logic(self, op: ops.Logic) -> Value:
        goes_on = op.operator == "and"
        mark = self.context.mark()
        mask, flags, is_through = 0, 0, True
        last = len(op.operands) - 1
        for index, part in enumerate(op.operands):
            found = self.value(part)
            self.asked(part, "operand")
            flags |= found.flags
            stays = type(found) is Truth and bool(found.mask & (1 if goes_on else 2))
            stops = type(found) is Truth and bool(found.mask & (2 if goes_on else 1))
            if stays and index < last and not assume(self, part, goes_on):
                stays = False
            if stops:
                mask |= 2 if goes_on else 1
            if not stays:
                is_through = False
                break
        if is_through:
            mask |= 1 if goes_on else 2
        self.context.back(mark)
        return Truth(mask, flags) if mask else Nothing(flags)

    def _not(self, op: ops.Not) -> Value:
        value = self.value(op.operand)
        if type(value) is not Truth:
            return value
        return {1: FALSE, 2: TRUE, 3: EITHER}[value.mask]._replace(flags=value.flags)

    def _if(self, op: ops.If) -> Value:
        condition = self.value(op.condition)
        self.asked(op.condition, "condition")
        mask = condition.mask if type(condition) is Truth else 0
        start = most = self.work
        found: Value = NOTHING
        for outcome, branch in ((True, op.then), (False, op.otherwise)):
            if mask & (1 if outcome else 2):
                mark = self.context.mark()
                if assume(self, op.condition, outcome):
                    self.work = start
                    found = join(found, self.value(branch))
                    most = max(most, self.work)
                self.context.back(mark)
        self.work = most
        return flagged(found, found.flags | condition.flags)

    def _given(self, op: ops.Given) -> Value:
        value = self.value(op.operand)
        is_present = type(value) is not Nothing
        return truth(is_present, bool(value.flags & ABSENT), value.flags & UNDEFINED)

    def _default(self, op: ops.Default) -> Value:
        value = self.value(op.operand)
        if not value.flags & ABSENT:
            return value
        otherwise = self.value(op.otherwise)
        return flagged(join(value, otherwise), (value.flags & UNDEFINED) | otherwise.flags)

    def _cases(self, op: ops.Cases) -> Value:
        mark = self.context.mark()
        found: Value = NOTHING
        taken, flags = 0, 0
        stops: list[ops.Stop] = []
        start = most = self.work
        for index, (condition, result) in enumerate(op.cases):
            mask = 1
            if condition is not None:
                asked = self.value(condition)
                flags |= asked.flags
                mask = asked.mask if type(asked) is Truth else 0
            start = self.work
            if mask & 1:
                here = self.context.mark()
                if condition is None or assume(self, condition, True):
                    taken |= 1 << index
                    if isinstance(result, ops.Stop):
                        stops.append(result)
                    found = join(found, self.value(result))
                    most = max(most, self.work)
                self.context.back(here)
            self.work = start
            if not mask & 2 or (condition is not None and not assume(self, condition, False)):
                break
        self.context.back(mark)
        self.work = max(most, start)
        for stop in stops:
            self.fault(stop.kind, stop, is_certain=taken.bit_count() == len(stops), path=stop.path)
        self.taken[id(op)] = self.taken.get(id(op), 0) | taken
        return flagged(found, found.flags | flags)


ZERO = ops.Const(Fraction(0), NUMBER)


def met(value: Num, low: End, high: End, has_zero: bool, flags: int = 3) -> Value:
    """A number of which a condition said something more."""
    found = numbers.within(value, low, high)
    if found is None:
        return Nothing(value.flags)
    return found._replace(has_zero=found.has_zero and has_zero, flags=value.flags & flags)
