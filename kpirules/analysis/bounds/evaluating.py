"""Evaluates the bounds of operations, their possible faults, and their work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

from attrs import define, field

from ...kernel.budget import spend
from ...language.expressions import MAX_BITS, work_of_step
from ...plan import Plan, ops
from ...plan.ops import Op
from ...plan.steps import Rounding
from . import numbers
from .aggregates import over
from .apart import Content
from .arithmetic import ARITHMETIC
from .conditions import CONDITIONS
from .context import LOCAL, Context
from .named import Known, Named, names_read
from .narrowing import met
from .numbers import ABSENT, NOTHING, UNDEFINED, Nothing, Num
from .values import Value, flagged, intersection, join, known, unknown

__all__ = ["AT_ONCE", "Evaluation"]

FaultKey = tuple[str, str, int]

AT_ONCE = 256
"""Operations between two checks of the budget: one check takes as long as a small operation."""

MOST_AGAIN = 20_000
"""The most operations that are evaluated again for the conditions around them."""

DEEPEST = 5
"""The deepest nesting of named values that are evaluated again."""


@define(eq=False)
class Evaluation:
    """Evaluates the formulas of a plan for all possible inputs.

    Args:
        plan: the plan.
        context: the bounds at the current point.
        values: the bounds of operations, by identity, over all their evaluations.
        conditions: the conditions in formulas, by identity: the path of the formula, the operation, its part.
        taken: the possible cases, by identity: the path of the formula, the operation, a bit for each.
        faults: the possible faults, and whether each is certain.
        path: the path of the formula.
        work: the units counted so far in the current formula.
        again: the units repeated each time if a row leaves a value undefined, in the current formula.
        widest: the most bits so far, and where.
        too_wide: the most bits of the first formula that may exceed the limit, and its path.
        named: named values by key.
        done: the work and faults of the named values that were read.
        kept: the earlier bounds of named values, from before their inputs were narrowed.
        maxima: the max of the criteria judged so far.
        quiet: above 0 inside rows and formulas of functions, whose steps are not counted.
        around: the values of `quiet` outside each of them.
        bound: the operations that a `Bind` names, by key.
        is_apart: True while a formula is evaluated with one option of a choice.
        read_twice: by identity of an operation, its size and the names it reads more than once.
        contents: the content of each `let`, by name.
        evaluated: the number of evaluations.
        evaluated_again: the number of repeated evaluations of named values in narrower contexts.
    """

    plan: Plan
    context: Context = field(factory=Context)
    values: dict[int, Value] = field(factory=dict)
    conditions: dict[int, tuple[str, Op, str]] = field(factory=dict)
    taken: dict[int, tuple[str, ops.Cases, int]] = field(factory=dict)
    faults: dict[FaultKey, bool] = field(factory=dict)
    path: str = ""
    work: int = 0
    again: int = 0
    widest: tuple[int, str] = (0, "")
    too_wide: tuple[int, str] = (0, "")
    quiet: int = 0
    around: list[int] = field(factory=list)
    bound: dict[str, Op] = field(factory=dict)
    named: dict[str, Named] = field(factory=dict)
    done: dict[str, Known] = field(factory=dict)
    kept: dict[str, Value] = field(factory=dict)
    maxima: dict[str, Fraction | None] = field(factory=dict)
    is_apart: bool = False
    read_twice: dict[int, tuple[int, tuple[str, ...]]] = field(factory=dict)
    contents: dict[str, Content] = field(factory=dict)
    evaluated_again: int = 0
    evaluated: int = 0
    _latest: dict[int, Value] = field(factory=dict)
    _depth: int = 0
    _meanings: dict[type, Callable[[Any], Value]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._meanings |= {kind: partial(meaning, self) for kind, meaning in (ARITHMETIC | CONDITIONS).items()}
        self._meanings |= {
            ops.Const: self._constant,
            ops.Read: self._read,
            ops.Item: self._item,
            ops.Local: lambda op: self.context.bounds_of(LOCAL + op.name) or NOTHING,
            ops.Stop: lambda op: NOTHING,  # the cases around it decide
            ops.Undefined: lambda op: Nothing(UNDEFINED),
            ops.Unknown: lambda op: unknown(op.type),
            ops.Over: lambda op: over(self, op),
        }
        for value in self.plan.let.values():
            self.named[value.id] = Named(value, "", 1)

    # -- one operation ----------------------------------------------------------------------------

    def value(self, op: Op) -> Value:
        """Return the bounds of an operation here, and count its work."""
        return self.noted(op, self._meanings[type(op)](op))

    def noted(self, op: Op, result: Value) -> Value:
        """Count a result, and join it with earlier bounds of the operation."""
        self.evaluated += 1
        if not self.evaluated % AT_ONCE:
            spend("bounding", AT_ONCE)
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
        # Rows of a table test the same name: a value that was just joined is not joined again.
        if self._latest.get(key) is not result:
            earlier = self.values.get(key)
            self.values[key] = result if earlier is None else join(earlier, result)
            self._latest[key] = result
        return result

    def rounded(self, rounding: Rounding, number: Num) -> Value:
        """Return the bounds of points or a score after rounding, which is not counted as work."""
        mark = self.context.mark()
        self.context.learn(LOCAL + ops.MEASURED, number)
        self.quiet += 1
        value = self.value(rounding.op)
        self.quiet -= 1
        self.context.back(mark)
        return value

    def weigh(self, bits: int, times: int = 1) -> None:
        """Count steps, each by the width of its result in bits."""
        self.work += times * work_of_step(bits)
        if bits > self.widest[0]:
            self.widest = (bits, self.path)
            if bits > MAX_BITS and self.too_wide[1] in ("", self.path):
                # Results of a number that is too wide are not reported again.
                self.too_wide = self.widest

    def fault(self, kind: str, op: object, *, is_certain: bool, path: str = "") -> None:
        """Record a possible fault."""
        key = (path or self.path, kind, id(op))
        self.faults[key] = is_certain and self.faults.get(key, True)

    def record_condition(self, op: Op, part: str) -> None:
        """Record a condition of the current formula; conditions in a function's formula are not recorded."""
        if not self.quiet:
            self.conditions[id(op)] = (self.path, op, part)

    # -- names ------------------------------------------------------------------------------------

    def _constant(self, op: ops.Const) -> Value:
        return self.values.get(id(op)) or known(op.value)

    def _read(self, op: ops.Read) -> Value:
        name = op.name
        if name in self.named:
            return self._let(name)
        value = self.context.bounds_of(name)
        if value is None:
            if not name.startswith("share."):
                return NOTHING
            value = self.context.names[name] = self.share(name.partition(".")[2])
        if value.flags & ABSENT and not op.type.is_optional:
            return flagged(value, value.flags & ~ABSENT)
        return value

    def share(self, criterion: str) -> Value:
        """Return the bounds of a criterion's points divided by its max."""
        points, most = self.context.names[f"points.{criterion}"], self.maxima[criterion]
        if not most:
            return Nothing(ABSENT)
        return numbers.scaled(points, 1 / most) if type(points) is Num else points

    def _item(self, op: ops.Item) -> Value:
        key = self.context.scope + op.name
        if op.is_let:
            return self._let(key)
        return self.context.bounds_of(key) or NOTHING

    def _let(self, key: str) -> Value:
        context = self.context
        if key not in context.names:
            self.complete(key)
        value = context.bounds_of(key)
        assert value is not None
        done = self.done[key]
        if value.flags & UNDEFINED and done.again > self.again:
            self.again = done.again
        if not done.faults and not self.is_apart:
            return value
        if context.passing and self._depth < DEEPEST and self.evaluated_again < MOST_AGAIN:
            found = self._evaluate_again(key)
            return value if key in context.passing.names else found
        for fault, is_certain in done.faults.items():
            self.faults[fault] = is_certain and self.faults.get(fault, True)
        return value

    def _evaluate_again(self, key: str) -> Value:
        """Evaluate a named value that may fault again, with the conditions here."""
        named = self.named[key]
        before = (self.path, self.work, self.again, self.widest, self.too_wide, self.context.scope)
        self.path, self.context.scope = named.value.path, named.scope
        self._depth += 1
        start = self.work
        value = self.value(named.value.op)
        self.evaluated_again += self.work - start + 1
        self._depth -= 1
        self.path, self.work, self.again, self.widest, self.too_wide, self.context.scope = before
        return value

    def complete(self, key: str) -> None:
        """Evaluate a named value after those it reads, in a loop: chains may exceed Python's stack."""
        pending = [key]
        while pending:
            key = pending[-1]
            if key in self.context.names:
                pending.pop()
                continue
            named = self.named[key]
            below = [name for name in names_read(named) if name in self.named and name not in self.context.names]
            if below:
                pending += below
            else:
                pending.pop()
                value = self._completed(key, named)
                kept = self.kept.get(key)
                self.context.names[key] = value if kept is None else intersection(value, kept)

    def _completed(self, key: str, named: Named) -> Value:
        before = (self.path, self.work, self.again, self.faults, self.quiet)
        self.path, self.work, self.again, self.quiet = named.value.path, 0, 0, 0
        faults: dict[FaultKey, bool] = {}
        self.faults = faults
        with self.context.anywhere(named.scope):
            value = self.value(named.value.op)
        known = self.done.get(key)
        work = max(self.work, 0 if known is None else known.work)
        self.done[key] = Known(faults, work, max(self.again + self.work, 0 if known is None else known.again))
        self.path, self.work, self.again, self.faults, self.quiet = before
        return value

    def forget(self) -> None:
        """Forget the bounds of named values, to evaluate them again with narrower bounds of what they read."""
        for key in self.done:
            value = self.context.names.pop(key, None)
            if value is not None:
                self.kept[key] = value

    def all_names(self) -> Iterator[tuple[str, Value]]:
        """Return the bounds of every named value, read or not."""
        for key in self.named:
            if key not in self.context.names:
                self.complete(key)
            yield key, join(self.context.names[key], self.values[id(self.named[key].value.op)])
