"""The steps of an assessment over variables, as constraints on the subject that is looked for."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from attrs import define, evolve, field

from ..exact import round_multiple
from ..model import Interval
from ..plan import Plan, ops
from ..plan.ops import Op
from ..plan.steps import (
    Applies,
    Banding,
    Entered,
    Exempt,
    Holds,
    Judge,
    Limit,
    Output,
    Override,
    Step,
    Total,
    Validate,
)
from .goals import Goal
from .linear_criteria import Criteria
from .linear_forms import ONE, ZERO, Beyond, Dead, Demand, Form, Options, Payload, Quotient, Value, constant
from .linear_inputs import Inputs
from .linear_ops import Evaluator, need

__all__ = ["Steps"]

RATED = ("score", "exact_score")


@define(eq=False)
class Steps:
    """One attempt to come to a goal.

    Args:
        plan: the steps.
        goal: what is looked for.
        inputs: of the attempt.
        hit_at: the step in which the operation that is looked for is evaluated, where there is one.
        is_strict: whether nothing that comes after the score is left out.
        level: the band that the subject comes to, None for any.
        is_loose: whether something was left out.
    """

    plan: Plan
    goal: Goal
    inputs: Inputs
    hit_at: int | None = None
    is_strict: bool = False
    level: int | None = None
    is_loose: bool = False
    _criteria: Criteria = field(init=False)
    _overrides: list[Override] = field(factory=list)

    @property
    def to(self) -> Evaluator:
        return self.inputs.to

    def run(self) -> None:
        """All steps up to where nothing can change any more."""
        hit = None if self.hit_at is None else self.plan.steps[self.hit_at]
        has_score = any(isinstance(step, Total) for step in self.plan.steps)
        is_after = isinstance(hit, Total | Banding | Output)
        needs_score = has_score and (bool(self.goal.number or self.goal.outcomes) or is_after)
        self._criteria = Criteria(self.to, needs_score)
        self.inputs.declare()
        for index, step in enumerate(self.plan.steps):
            if index == self.hit_at:
                self._hit(step)
                return
            self._step(step)
        self._outcomes()

    @property
    def levels(self) -> int:
        """How many bands it may depend on whether an operation is evaluated."""
        if self.hit_at is None or not isinstance(self.plan.steps[self.hit_at], Banding | Output):
            return 0
        return sum(len(step.levels) for step in self.plan.steps if isinstance(step, Banding))

    def _hit(self, step: Step) -> None:
        if isinstance(step, Banding) and self.level is not None:
            self._rated(step, self.level)
        self.to.is_hitting = True
        self.to.forget()
        effects = self._evaluated(step)
        self.to.model.holds(effects.hit)
        self.to.model.fails(effects.fault)
        if self.to.hits != 1:
            self.is_loose = True

    def _evaluated(self, step: Step) -> Value:
        """What the operations of a step do, one after the other."""
        to = self.to
        match step:
            case Applies():
                return self._criteria.ask(step)
            case Judge():
                return self._criteria.judge(step)
            case Validate(records=records) if records:
                values = [to.in_record(records, fields, step.that) for _, fields in to.records[records]]
                return to.effects(values, Value(ZERO))
            case Exempt(when=op) | Validate(that=op) | Holds(that=op) | Output(op=op):
                return to.value(op)
            case Override(when=op):
                values = [Value(ONE)] if op is None else [to.value(op)]
                if not isinstance(step.target, str):
                    target = step.target
                    values.append(to.following(values[0], lambda: to.value(target)))
                return to.effects(values[:-1], values[-1])
            case Total(limits=limits):
                found = [to.value(op) for limit in limits for op in (limit.when, limit.at_most) if op is not None]
                return to.effects(found, Value(ZERO))
            case Banding(levels=levels, measure=measure):
                parts = [] if measure is None else [measure]
                parts += [requirement.that for level in levels for requirement in level.requires]
                return to.effects([to.value(op) for op in parts], Value(ZERO))
            case _:
                return Value(ZERO)

    # -- steps ------------------------------------------------------------------------------------------

    def _step(self, step: Step) -> None:
        match step:
            case Exempt(when=op):
                self._sound(found := self.to.value(op))
                self.to.model.fails(self.to.model.both(found.there, need(found.payload)))
            case Validate(records=records, that=op) if records:
                for _, fields in self.to.records[records]:
                    self._true(self.to.in_record(records, fields, op))
            case Validate(that=op):
                self.require(op)
            case Entered():
                self._entered(step)
            case Applies() | Judge():
                found = self._evaluated(step)
                self.to.model.fails(found.fault)
            case Total():
                self._total(step)
            case Banding():
                self._banding(step)
            case Override():
                self._overrides.append(step)
                self._aside(step)
            case Output() | Holds():
                found_ = self._aside(step)
                if isinstance(step, Output) and found_ is not None:
                    self.to.names.setdefault(step.id, found_)

    def _aside(self, step: Step) -> Value | None:
        """What comes after the rating only must not fault."""
        try:
            found = self._evaluated(step)
        except (Demand, Beyond):
            if self.is_strict:
                raise
            self.is_loose = True
            return None
        self.to.model.fails(found.fault)
        return found

    def _entered(self, step: Entered) -> None:
        model, value = self.to.model, self.to.read(step.id)
        if not step.guard:
            if step.is_required:
                self.inputs.given_where(step.id, ONE)
            return
        asked = self._criteria.applies[step.guard]
        is_settled = asked.absent is ZERO and asked.open is ZERO
        if step.is_required and is_settled:
            self.inputs.given_where(step.id, asked.yes)
            return
        model.within(asked.no.plus(value.there), None, 1)
        if step.is_required:
            model.within(value.there.minus(asked.yes), 0, None)

    def _sound(self, value: Value) -> None:
        self.to.model.fails(value.fault)
        self.to.model.fails(value.open)

    def _true(self, value: Value) -> None:
        self._sound(value)
        self.to.model.holds(value.there)
        self.to.model.holds(need(value.payload))

    def require(self, op: Op) -> None:
        """Constrain a condition to hold, without a bit for it where that can be."""
        match op:
            case ops.Logic(operator="and", operands=parts):
                for part in parts:
                    self.require(part)
            case ops.Chain(operands=operands, operators=operators, ranks=ranks):
                values = [self.to.value(operand) for operand in operands]
                for value in values:
                    self._sound(value)
                    self.to.model.holds(value.there)
                for sign, (one, other) in zip(operators, pairwise(values), strict=True):
                    self._ordered(sign, one.payload, other.payload, ranks)
            case _:
                self._true(self.to.value(op))

    def _ordered(self, sign: str, one: Payload, other: Payload, ranks: tuple[str, ...]) -> None:
        if isinstance(one, Options):
            self.to.model.holds(self.to.compared(sign, one, other, ranks))
            return
        difference = self.to.subtracted(one, other)
        self.to.model.ordered(difference.over if isinstance(difference, Quotient) else need(difference), sign)

    # -- the rating -------------------------------------------------------------------------------------

    def _total(self, step: Total) -> None:
        to = self.to
        points = to.read("points.score")
        payload = points.payload
        for limit in step.limits:
            payload = self._limited(limit, payload, points.there)
        exact = evolve(points, payload=payload)
        if self._criteria.needs_score:
            to.model.holds(exact.there)
        to.names["exact_score"] = exact
        rounding = step.round
        to.names["score"] = exact
        if rounding is not None:
            to.names["score"] = lambda: evolve(exact, payload=to.rounded(payload, *rounding))
        if self.goal.number == "exact_score":
            self._inside(payload, self.goal.stretch)
        if self.goal.number == "score":
            self._inside_rounded(payload, rounding)

    def _limited(self, limit: Limit, payload: Payload, there: Form) -> Payload:
        to = self.to
        asked = Value(ONE) if limit.when is None else to.value(limit.when)
        bit = to.model.both(asked.there, need(asked.payload))
        to.model.fails(to.model.both(there, asked.fault))
        if self._criteria.needs_score:
            to.model.fails(asked.open)
        most = to.choose(bit, lambda: to.value(limit.at_most), lambda: Value(ZERO))
        to.model.fails(to.model.both(there, most.fault))
        if self._criteria.needs_score:
            to.model.fails(most.open)
        if bit.is_constant and not bit.constant:
            return payload
        if isinstance(most.payload, Form) and bit.is_constant and most.payload.is_constant:
            from .linear_functions import clamped

            return clamped(to, payload, None, most.payload.value)
        below = to.model.both(bit, to.compared("<", most.payload, payload))
        return to.mixed_payloads([(below, most.payload), (to.model.opposite(below), payload)])

    def _inside(self, payload: Payload, interval: Interval) -> None:
        """Constrain a number to a stretch."""
        for end, is_open, sign in (
            (interval.lower, interval.is_lower_open, ">"),
            (interval.upper, interval.is_upper_open, "<"),
        ):
            if end is not None:
                self._ordered(sign if is_open else f"{sign}=", payload, constant(end), ())

    def _inside_rounded(self, payload: Payload, rounding: tuple[Fraction, str] | None) -> None:
        self._inside(payload, self.goal.stretch if rounding is None else before(self.goal.stretch, *rounding))

    def _banding(self, step: Banding) -> None:
        to = self.to
        total = next((one for one in self.plan.steps if isinstance(one, Total)), None)
        if step.measure is not None:
            measured = to.value(step.measure)
            to.model.fails(measured.fault)
            if self.goal.number or self.goal.outcomes:
                to.model.fails(measured.open)
            if self.goal.number == "banded_on":
                self._inside(measured.payload, self.goal.stretch)
        elif self.goal.number == "banded_on" and total is not None:
            payload = to.read("exact_score").payload
            if step.is_on_exact:
                self._inside(payload, self.goal.stretch)
            else:
                self._inside_rounded(payload, total.round)
        if self.level is not None:
            self._rated(step, self.level)
            for requirement in step.levels[self.level].requires:
                self.require(requirement.that)
        for level in step.levels:
            if self.goal.number == "banded_on" and _are_apart(level.interval, self.goal.stretch):
                continue
            for requirement in level.requires:
                self._aside_op(requirement.that)

    def _rated(self, step: Banding, level: int) -> None:
        """Constrain the number to a band."""
        stretch = step.levels[level].interval
        if step.measure is not None:
            self._inside(self.to.value(step.measure).payload, stretch)
        elif step.is_on_exact:
            self._inside(self.to.read("exact_score").payload, stretch)
        else:
            self._inside(self.to.read("score").payload, stretch)

    def _aside_op(self, op: Op) -> None:
        # Whether a requirement faults is asked only inside its band: only what never is, is left out.
        try:
            found = self.to.value(op)
        except (Demand, Beyond):
            self.is_loose = True
            return
        if found.fault is not ZERO:
            self.is_loose = True

    def _outcomes(self) -> None:
        for op, wanted in self.goal.outcomes:
            if wanted:
                self.require(op)
                continue
            found = self.to.value(op)
            self._sound(found)
            self.to.model.fails(self.to.model.both(found.there, need(found.payload)))

    def quieten(self) -> bool:
        """Constrain overrides not to fire; False where that can't be."""
        try:
            for step in self._overrides:
                if step.when is None:
                    return False
                found = self.to.value(step.when)
                self.to.model.fails(self.to.model.both(found.there, need(found.payload)))
        except (Demand, Beyond, Dead):
            return False
        return bool(self._overrides)


def _are_apart(one: Interval, other: Interval) -> bool:
    """Whether no number is in both, but for ends."""
    return (one.upper is not None and other.lower is not None and one.upper < other.lower) or (
        other.upper is not None and one.lower is not None and other.upper < one.lower
    )


def before(interval: Interval, step: Fraction, mode: str) -> Interval:
    """The numbers that are rounded into a stretch."""
    lower, is_lower_open, upper, is_upper_open = None, False, None, False
    if interval.lower is not None:
        k = -((-interval.lower) // step)
        if interval.is_lower_open and k * step == interval.lower:
            k += 1
        lower, is_lower_open = _start(Fraction(k), step, mode)
    if interval.upper is not None:
        k = interval.upper // step
        if interval.is_upper_open and k * step == interval.upper:
            k -= 1
        upper, is_open = _start(Fraction(k + 1), step, mode)
        # What begins here belongs to the multiple above.
        is_upper_open = not is_open
    return Interval(lower, is_lower_open, upper, is_upper_open)


def _start(k: Fraction, step: Fraction, mode: str) -> tuple[Fraction, bool]:
    """Where the numbers begin that are rounded to a multiple or higher, and whether that itself is not one."""
    for place in ((k - 1) * step, (k - Fraction(1, 2)) * step, k * step):
        if round_multiple(place, step, mode) >= k * step:
            return place, False
        if round_multiple(place + step / 4, step, mode) >= k * step:
            return place, True
    raise AssertionError(k)
