"""The steps of an assessment over variables, as constraints on the subject that is looked for."""

from __future__ import annotations

from attrs import define, evolve, field

from ..plan import Plan
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
from .linear_asking import Asking, are_apart
from .linear_conditions import compared
from .linear_criteria import Criteria
from .linear_forms import ONE, ZERO, Beyond, Dead, Demand, Form, Payload, Value, need

__all__ = ["Steps"]

RATED = ("score", "exact_score")


@define(eq=False)
class Steps(Asking):
    """One attempt to come to a goal.

    Args:
        plan: the steps.
        goal: what is looked for.
        hit_at: the step in which the operation that is looked for is evaluated, where there is one.
        is_strict: whether nothing that comes after the score is left out.
        level: the band that the subject comes to by its number, None for any.
        forced: which of `forcing` forces a band, None for any or none.
        is_loose: whether something was left out.
    """

    plan: Plan
    goal: Goal
    hit_at: int | None = None
    is_strict: bool = False
    level: int | None = None
    forced: int | None = None
    is_loose: bool = False
    _criteria: Criteria = field(init=False)
    _overrides: list[Override] = field(factory=list)

    def run(self) -> None:
        """All steps up to where nothing can change any more."""
        hit = None if self.hit_at is None else self.plan.steps[self.hit_at]
        has_score = any(isinstance(step, Total) for step in self.plan.steps)
        # Where a band is forced, outputs are evaluated without a score as well.
        is_after = isinstance(hit, Total | Banding) or (isinstance(hit, Output) and not self.forcing)
        needs_score = has_score and (bool(self.goal.number or self.goal.outcomes) or is_after)
        self._criteria = Criteria(self.to, needs_score)
        self.inputs.declare()
        self.to.model.work += len(self.plan.inputs)
        for index, step in enumerate(self.plan.steps):
            self.to.model.work += 1
            if index == self.hit_at:
                self._hit(step)
                return
            if isinstance(step, Judge) and step.id == self.goal.criterion:
                self._begin_to_hit()
                self.to.model.holds(self._evaluated(step).fault)
                return
            self._step(step)
        self._outcomes()

    @property
    def levels(self) -> int:
        """The bands on which it may depend whether the operation is evaluated: requirements are looked at in
        their band only, and outputs only where there is a band.
        """
        if self.hit_at is None or not isinstance(self.plan.steps[self.hit_at], Banding | Output):
            return 0
        return sum(len(step.levels) for step in self.plan.steps if isinstance(step, Banding))

    @property
    def is_by_level(self) -> bool:
        """Whether it is evaluated in the bands only that hold for the number, or are forced."""
        return not any(step.falls_to_next for step in self.plan.steps if isinstance(step, Banding))

    @property
    def forcing(self) -> list[Override]:
        """The overrides before the operation that can give a band where the number has none."""
        before = [] if self.hit_at is None else self.plan.steps[: self.hit_at]
        return [step for step in before if isinstance(step, Override) and step.kind == "band"]

    def _hit(self, step: Step) -> None:
        if isinstance(step, Banding) and self.level is not None:
            self._rated(step, self.level)
        self._begin_to_hit()
        effects = self._evaluated(step)
        self.to.model.holds(effects.hit)
        self.to.model.fails(effects.fault)

    def _begin_to_hit(self) -> None:
        """From here on a fault is what is looked for; before, there was none."""
        self.to.is_hitting = True
        self.to.forget()

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
                self.sound(found := self.to.value(op))
                self.to.model.fails(self.to.model.both(found.there, need(found.payload)))
            case Validate(records=records, that=op) if records:
                for _, fields in self.to.records[records]:
                    self.true(self.to.in_record(records, fields, op))
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
                if self.forced is not None and step is self.forcing[self.forced] and step.when is not None:
                    self.require(step.when)
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
        model.within(asked.no.plus(asked.absent).plus(value.there), None, 1)
        if step.is_required:
            model.within(value.there.minus(asked.yes), 0, None)

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
            self.inside(payload, self.goal.stretch)
        if self.goal.number == "score":
            self.inside_rounded(payload, self.goal.stretch, rounding)

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
        below = to.model.both(bit, compared(to, "<", most.payload, payload))
        return to.mixed_payloads([(below, most.payload), (to.model.opposite(below), payload)])

    def _banding(self, step: Banding) -> None:
        to = self.to
        total = next((one for one in self.plan.steps if isinstance(one, Total)), None)
        if step.measure is not None:
            measured = to.value(step.measure)
            to.model.fails(measured.fault)
            if self.goal.number or self.goal.outcomes:
                to.model.fails(measured.open)
            if self.goal.number == "banded_on":
                self.inside(measured.payload, self.goal.stretch)
        elif self.goal.number == "banded_on" and total is not None:
            rounding = None if step.is_on_exact else total.round
            self.inside_rounded(to.read("exact_score").payload, self.goal.stretch, rounding)
        if self.level is not None:
            self._rated(step, self.level)
            for requirement in step.levels[self.level].requires:
                self.require(requirement.that)
        for level in step.levels:
            if self.goal.number == "banded_on" and are_apart(level.interval, self.goal.stretch):
                continue
            for requirement in level.requires:
                self._aside_op(requirement.that)

    def _rated(self, step: Banding, level: int) -> None:
        """Constrain the number to a band."""
        stretch = step.levels[level].interval
        if step.measure is not None:
            self.inside(self.to.value(step.measure).payload, stretch)
            return
        total = next((one for one in self.plan.steps if isinstance(one, Total)), None)
        if total is not None:
            rounding = None if step.is_on_exact else total.round
            exact = self.to.read("exact_score")
            self.to.model.holds(exact.there)
            self.inside_rounded(exact.payload, stretch, rounding)

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
            self.sound(found)
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
