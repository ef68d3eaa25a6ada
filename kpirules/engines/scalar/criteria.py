"""Criteria as code: leaves, groups, absence, limits and rounding.

The file is long since what becomes of a criterion depends on its children: one class, a method for each kind.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from attrs import define, evolve, field, frozen

from ...plan.ops import Bind, Cases, If, Op
from ...plan.steps import Applies, Combination, Combined, Judge
from .emitted import ABSENT, Other, name_of
from .names import read
from .numbers import (
    ANY,
    NOT_NEGATIVE,
    POSITIVE,
    Num,
    add,
    compare,
    either,
    fixed,
    multiply,
    number,
    over,
    pair,
    quotient,
)
from .operations import Operations
from .tables import numbered
from .writing import Code, Writer, literal

__all__ = ["EXCLUDED", "LACKING", "SCORED", "SETTLED", "Criteria", "Judged"]

SCORED, EXCLUDED, SETTLED, LACKING = 0, 1, 2, 3
"""The state of a criterion: scored, excluded, missing with points of a policy, missing without."""


@frozen
class Judged:
    """A criterion in generated code.

    Args:
        points: its points, None in the code if it has none.
        state: one of the four states, as a constant or a name.
    """

    points: Num
    state: Code


@define(eq=False)
class Criteria:
    """Writes the judging of criteria.

    Args:
        operations: writes operations.
        judged: the criteria written so far.
        applies: the names that store whether a criterion applies, by criterion.
        can_be_insufficient, can_be_undefined: whether the criteria written so far can make the rating so.
    """

    operations: Operations
    judged: dict[str, Judged] = field(factory=dict)
    applies: dict[str, str] = field(factory=dict)
    can_be_insufficient: bool = False
    can_be_undefined: bool = False

    @property
    def writer(self) -> Writer:
        return self.operations.writer

    # -- whether a criterion applies --------------------------------------------------------------

    def ask(self, step: Applies) -> None:
        """Write whether a criterion applies: True, False, None if absent, or a text if a row is undefined."""
        name = self.applies[step.id] = self.writer.fresh("x")
        self.operations.path = step.path
        if not step.above and not may_be_undefined(self.operations, step.when):
            result = self.operations.flag(step.when)
            self.writer.line(f"{name} = {result.code}")
            return
        with self.operations.branch() as lines:
            result = self.operations.flag(step.when)
            self.writer.line(f"{name} = {result.code}")
        head, place = self.operations.open_row(f"open.{step.id}")
        lines = guarded(lines, step.when, self.operations, [*place, f"{name} = 0"], head)
        if step.above:
            above = self.applies[step.above]
            self.writer.put(f"if {above} is True:", lines)
            self.writer.put("else:", [f"{name} = {above}"])
        else:
            self.writer.lines += lines

    # -- one criterion ----------------------------------------------------------------------------

    def judge(self, step: Judge) -> None:
        index = len(self.judged)
        self.operations.path = step.key
        if self.operations.notes is not None and isinstance(step.body, Bind) and isinstance(step.body.body, Cases):
            self.operations.rows[id(step.body.body)] = (f"row.{step.id}", numbered(step.body.body))
        if step.is_sure:
            points = self.scored(step, self.earned(step))
            judged = Judged(self.operations.named(f"p{index}", points), SCORED)
        else:
            judged = self.uncertain(step, f"p{index}", f"z{index}")
        self.judged[step.id] = judged
        self.operations.values[f"points.{step.id}"] = judged.points
        if step.max:
            self.operations.maxima[step.id] = step.max

    def earned(self, step: Judge) -> Num:
        """Return raw points if nothing can be absent."""
        if isinstance(step.body, Combination):
            if step.body.points is not None:
                return self.operations.number(step.body.points)
            return self.combined(step, step.body)
        return self.operations.number(step.body)

    def uncertain(self, step: Judge, points: str, state: str) -> Judged:
        """Write a criterion that may be excluded, or end without points."""
        with self.operations.branch() as lines:
            found = self.body(step, state)
        branches: list[tuple[str, list[str], Num]] = []
        if step.guard:
            excluded = [f"{state} = {EXCLUDED}", *self.why(step, "parent")]
            branches.append((f"{self.applies[step.guard]} is not True", excluded, ABSENT))
        if step.is_asked:
            applies = self.applies[step.id]
            excluded = [f"{state} = {EXCLUDED}", *self.why(step, "applies")]
            branches.append((f"{applies} is False", excluded, ABSENT))
            branches.append((f"{applies} is None", *self.absent(step, state, "absent")))
            excluded = [f"{state} = {LACKING}; un = True", *self.why(step, "undefined")]
            branches.append((f"{applies} is not True", excluded, ABSENT))
            self.can_be_undefined = True
        heads = [f"{'elif' if index else 'if'} {condition}:" for index, (condition, _, _) in enumerate(branches)]
        parts = [(inside, result) for _, inside, result in branches]
        if not branches:
            self.writer.lines += lines
            return Judged(evolve(self.operations.named(points, found), is_optional=True), state)
        result = self.operations.merge([*heads, "else:"], [*parts, (lines, found)], points)
        assert isinstance(result, Num)
        return Judged(evolve(result, is_optional=True), state)

    def body(self, step: Judge, state: str) -> Num:
        """Return the points of a criterion that applies, and set its state."""
        if isinstance(step.body, Combination):
            return self.group(step, step.body, state)
        return self.valued(step, step.body, state)

    def valued(self, step: Judge, op: Op, state: str) -> Num:
        """Return points by a formula that may be absent or undefined."""
        target = self.writer.fresh()
        with self.operations.branch() as lines:
            value = self.operations.number(op)
            if value.is_optional:
                with self.operations.branch() as inside:
                    scored = self.scored(step, value.present)
                    self.writer.line(f"{state} = {SCORED}")
                absent, points = self.absent(step, state, "absent")
                heads = [f"if {value.n} is None:", "else:"]
                result = self.operations.merge(heads, [(absent, points), (inside, scored)], target)
                assert isinstance(result, Num)
            else:
                result = self.scored(step, value)
                self.writer.line(f"{state} = {SCORED}")
                result = self.operations.named(target, result)
        if not may_be_undefined(self.operations, op):
            self.writer.lines += lines
            return result
        self.can_be_undefined = True
        head, place = self.operations.open_row(f"open.{step.id}")
        otherwise = [f"{target} = None", f"{state} = {LACKING}; un = True", *place, *self.why(step, "undefined")]
        if not isinstance(result.d, int):
            otherwise.append(f"{result.d} = 1")
        self.writer.lines += guarded(lines, op, self.operations, otherwise, head)
        return evolve(result, is_optional=True)

    def why(self, step: Judge, why: str) -> list[str]:
        """Return lines that note why a criterion is not simply scored."""
        return self.operations.note_text(f"why.{step.id}", why)

    def absent(self, step: Judge, state: str, why: str) -> tuple[list[str], Num]:
        """Return the lines and points that the `missing` policy gives for absence."""
        noted = self.why(step, why)
        if step.missing == "exclude" and step.id != "score":
            return [f"{state} = {EXCLUDED}", *noted], ABSENT
        if step.missing == "zero":
            return [f"{state} = {SETTLED}", *noted], number(Fraction(0))
        if step.missing == "full":
            assert step.max is not None
            return [f"{state} = {SETTLED}", *noted], number(step.max)
        self.can_be_insufficient = True
        return [f"{state} = {LACKING}; ins = True", *noted], ABSENT

    # -- limits and rounding ----------------------------------------------------------------------

    def scored(self, step: Judge, points: Num) -> Num:
        """Return points within their limits, then rounded."""
        points = self.noted(f"earned.{step.id}", points)
        if self.operations.notes is not None and step.key.endswith(".cases"):
            row = (
                self.operations.number(numbered(step.body))
                if isinstance(step.body, Cases | If)
                else number(Fraction(0))
            )
            self.writer.lines += self.operations.note(f"row.{step.id}", self.operations.held(row.present))
        low, high = step.low, step.high
        if low is not None and low <= 0 and points.sign >= NOT_NEGATIVE:
            low = None
        if low is not None or high is not None:
            stored = self.operations.held(points)
            points = self.clamped(stored, low, high) if step.is_clamped else self.checked(step, stored, low, high)
        if step.round is not None:
            points = self.operations.rounded(step.round, self.noted(f"limited.{step.id}", points))
        return points

    def noted(self, key: str, points: Num) -> Num:
        """Return points, and note them."""
        if self.operations.notes is None:
            return points
        points = self.operations.held(points)
        self.writer.lines += self.operations.note(key, points)
        return points

    def checked(self, step: Judge, points: Num, low: Fraction | None, high: Fraction | None) -> Num:
        beyond = []
        if low is not None:
            beyond.append(compare("<", points, number(low)))
        if high is not None:
            beyond.append(compare(">", points, number(high)))
        self.writer.put(f"if {' or '.join(beyond)}:", [self.operations.fault("points", step.path)])
        return evolve(points, sign=NOT_NEGATIVE) if step.low is not None and step.low >= 0 else points

    def clamped(self, points: Num, low: Fraction | None, high: Fraction | None) -> Num:
        sign = NOT_NEGATIVE if points.sign >= NOT_NEGATIVE or (low is not None and low >= 0) else ANY
        if high is not None and high < 0:
            sign = ANY
        for end, comparison in ((low, "<"), (high, ">")):
            if end is None:
                continue
            limit = number(end)
            points = either(self.writer, compare(comparison, points, limit), limit, points)
        return evolve(points, sign=sign)

    # -- groups -----------------------------------------------------------------------------------

    def group(self, step: Judge, group: Combination, state: str) -> Num:
        """Return the points of a group whose children may be excluded, or end without points."""
        states = [(child, self.judged[child.id].state) for child in group.children]
        lacking = " or ".join(f"{name} == {LACKING}" for _, name in states if isinstance(name, str))
        heads: list[str] = []
        branches: list[tuple[list[str], Num]] = []
        if lacking:
            heads.append(f"if {lacking}:")
            branches.append(([f"{state} = {LACKING}", *self.why_lacking(step, group)], ABSENT))
        for condition, why in self.too_little(group):
            heads.append(f"{'elif' if heads else 'if'} {condition}:")
            branches.append(self.absent(step, state, why))
        with self.operations.branch() as lines:
            if group.points is not None:
                points = self.valued(step, group.points, state)
            else:
                points = self.scored(step, self.combined(step, group))
                self.writer.line(f"{state} = {SCORED}")
        if not heads:
            self.writer.lines += lines
            return points
        result = self.operations.merge([*heads, "else:"], [*branches, (lines, points)])
        assert isinstance(result, Num)
        return result

    def why_lacking(self, step: Judge, group: Combination) -> list[str]:
        """Return lines that note why a group is missing; `undefined` if all children without points are."""
        if self.operations.notes is None:
            return []
        undefined = self.writer.refer("undefined")
        lacking = [child.id for child in group.children if isinstance(self.judged[child.id].state, str)]
        known = [(self.judged[id_].state, self.operations.notes.get(f"why.{id_}")) for id_ in lacking]
        tests = [f"({state} != {LACKING} or {name_of(why)} == {undefined})" for state, why in known if why]
        code = f"({undefined} if {' and '.join(tests) or 'True'} else {self.writer.refer('unrated_child')})"
        return self.operations.note(f"why.{step.id}", Other(code))

    def too_little(self, group: Combination) -> list[tuple[str, str]]:
        """Return the conditions under which the group is missing, each with its reason in the record."""
        conditions = []
        leaving = [child for child in group.children if isinstance(self.judged[child.id].state, str)]
        if not leaving:
            return []
        counted = [(group.essential, "nothing_to_rescale")]
        if self.operations.notes is not None or len(group.essential) == len(group.children):
            counted.insert(0, (group.children, "nothing_remains"))
        for children, why in counted[:1] if len(group.essential) == len(group.children) else counted:
            if all(child in leaving for child in children):
                left = " and ".join(f"{self.judged[child.id].state} == {EXCLUDED}" for child in children)
                conditions.append((left, why))
        if group.require_share is not None:
            whole = sum((child.amount for child in group.children), Fraction(0))
            if whole:
                rest = self.weighed(group, [child.amount for child in group.children])
                conditions.append((compare("<", rest, number(group.require_share * whole)), "too_little_remains"))
        return conditions

    def weighed(self, group: Combination, amounts: list[Fraction]) -> Num:
        """Return the sum of the amounts of the remaining children, as an expression."""
        common = lcm(*(amount.denominator for amount in amounts))
        sure, optional_points = 0, []
        for child, amount in zip(group.children, amounts, strict=True):
            whole = amount.numerator * (common // amount.denominator)
            state = self.judged[child.id].state
            if isinstance(state, int):
                sure += whole
            elif whole:
                optional_points.append(f"({literal(whole)} if {state} != {EXCLUDED} else 0)")
        sign = NOT_NEGATIVE if all(amount >= 0 for amount in amounts) else ANY
        known = literal(sure)
        return Num(
            self.writer.total([str(known), *optional_points]) if optional_points else known, literal(common), sign
        )

    def combined(self, step: Judge, group: Combination) -> Num:
        """Return the points of a group from its remaining children, at least one."""
        if group.function == "sum":
            return self.sum(step, group)
        assert step.max is not None
        most = number(step.max)
        if group.function == "mean":
            return self.mean(step, group, most)
        return self.by_definition(step, group, most)

    def sum(self, step: Judge, group: Combination) -> Num:
        total = self.added([(child, self.judged[child.id].points) for child in group.children])
        if not group.rescale or not any(
            isinstance(self.judged[child.id].state, str) for child in group.children if child.is_regular
        ):
            return total
        regular = [child for child in group.children if child.is_regular]
        maxima = [
            child.max if child.is_regular and child.max is not None else Fraction(0) for child in group.children
        ]
        whole = number(sum(maxima, Fraction(0)))
        rest = self.weighed(group, maxima)
        rest = evolve(rest, n=self.writer.hold(rest.n), sign=POSITIVE)
        earned = self.added([(child, self.judged[child.id].points) for child in regular])
        earned = self.operations.held(earned)
        more = add(self.writer, quotient(self.writer, multiply(earned, whole), rest), earned, "-")
        if self.operations.notes is not None:
            more = self.operations.held(more)
            self.writer.put(f"if {compare('!=', rest, whole)}:", self.operations.note(f"rescale.{step.id}", more))
        scaled = add(self.writer, total, more)
        return evolve(scaled, sign=ANY)

    def added(self, parts: list[tuple[Combined, Num]]) -> Num:
        """Return the sum of the parts that are present."""
        total = Num(0, 1, NOT_NEGATIVE)
        sure = [points for child, points in parts if not points.is_optional]
        for count, points in enumerate(sure, 1):
            total = add(self.writer, total, points)
            if count % 20 == 0:
                total = evolve(total, n=self.writer.hold(total.n))
        total = evolve(total, sign=min(total.sign, NOT_NEGATIVE))
        optional_points = [points for _, points in parts if points.is_optional]
        common = fixed([total, *optional_points])
        if not optional_points:
            return total
        name = self.writer.fresh("s")
        if common is not None:
            self.writer.line(f"{name} = {over(total, common)}")
            for points in optional_points:
                self.writer.put(f"if {points.n} is not None:", [f"{name} += {over(points, common)}"])
            sign = min([total.sign, *(points.sign for points in optional_points), NOT_NEGATIVE])
            return Num(name, common, sign)
        self.writer.line(f"{name} = {total.n}; {name}d = {total.d}")
        for points in optional_points:
            line = f"{name} = {name} * {points.d} + {points.n} * {name}d; {name}d = {name}d * {points.d}"
            self.writer.put(f"if {points.n} is not None:", [line])
        return Num(name, f"{name}d")

    def mean(self, step: Judge, group: Combination, most: Num) -> Num:
        """Return Σws/Σw of the remaining children."""
        parts = []
        for child in group.children:
            assert child.max is not None
            points = self.judged[child.id].points
            factor = number(child.weight / child.max)
            if points.is_optional:
                weighted = self.operations.strict([points], lambda one, by=factor: multiply(one, by))
                assert isinstance(weighted, Num)
                parts.append((child, weighted))
            else:
                parts.append((child, multiply(points, factor)))
        weights = self.weighed(group, [child.weight for child in group.children])
        weights = evolve(weights, n=self.writer.hold(weights.n), sign=POSITIVE)
        for child, weighted in parts if self.operations.notes is not None else ():
            line = self.operations.strict([weighted], lambda one: multiply(one, quotient(self.writer, most, weights)))
            self.writer.lines += self.operations.note(f"line.{step.id}.{child.id}", line)
        return multiply(self.added(parts), quotient(self.writer, most, weights))

    def by_definition(self, step: Judge, group: Combination, most: Num) -> Num:
        """Return the points of other combinations by a call of their definition, since they are rare."""
        shares, result = self.writer.fresh(), self.writer.fresh()
        self.writer.line(f"{shares} = []")
        for child in group.children:
            share = read(self.operations, f"share.{child.id}")
            assert isinstance(share, Num)
            line = f"{shares}.append((R({share.n}, {share.d}), R({pair(child.weight)})))"
            self.writer.put(f"if {share.n} is not None:", [line]) if share.is_optional else self.writer.line(line)
        self.writer.line(f"{result} = f_{group.function}({shares})")
        if group.function == "geometric_mean":
            self.writer.put(f"if {result} is None:", [self.operations.fault("domain", step.path)])
        name = self.writer.fresh()
        self.writer.line(f"{name} = {result}.numerator; {name}d = {result}.denominator")
        return multiply(most, Num(name, f"{name}d"))


def may_be_undefined(operations: Operations, op: Op) -> bool:
    """Return whether a row may leave an operation undefined."""
    return operations.plan.may_be_undefined(op)


def guarded(
    lines: list[str], op: Op, operations: Operations, otherwise: list[str], head: str = "except W:"
) -> list[str]:
    """Return lines that an undefined row may interrupt, and the lines to run then."""
    if not may_be_undefined(operations, op):
        return lines
    writer = Writer()
    writer.put("try:", lines)
    writer.put(head, otherwise)
    return writer.lines
