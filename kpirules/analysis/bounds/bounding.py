"""Computes the bounds of a plan."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve

from ...kernel.budget import spend
from ...kernel.mappings import FrozenMap
from ...plan import Plan
from ...plan.ops import Op, Read, Stop
from ...plan.steps import Applies, Banding, Entered, Exempt, Holds, Judge, Output, Override, Step, Total, Validate
from .assuming import assume
from .cohorts import compared
from .evaluating import AT_ONCE, Evaluation
from .judging import Judging
from .named import Named
from .numbers import ABSENT, UNDEFINED
from .rating import Rating
from .result import Bounds, CriterionBound, Decided, Names, PossibleFault, RatingBound, Untaken, bound_of
from .supposing import can_come_out, supposing
from .values import Count, Truth, Value, declared, flagged

__all__ = ["bounds"]

MOST_VALIDATIONS = 40
"""The most validations that are each examined with all the others holding."""

MOST_OPERATIONS = 2_000
"""The most operations evaluated for the combinations of values of one validation: few depend on others."""


def bounds(plan: Plan) -> Bounds:
    """Return the bounds of a rulebook for all valid subjects: of each operation, and of the rating.

    Args:
        plan: the plan of the rulebook.

    >>> from kpirules import load
    >>> from kpirules.plan import plan
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 7}},
    ...     "outputs": {"part": "done / 7"},
    ... })
    >>> found = bounds(plan(program.rulebook)).names["part"]
    >>> found.low, found.high, found.denominator
    (Fraction(0, 1), Fraction(1, 1), 7)
    """
    return _Bounding(plan).run()


class _Bounding:
    """Computes the bounds of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.evaluation = Evaluation(plan)
        self.judging = Judging(self.evaluation)
        self.rating = Rating(self.evaluation, self.judging.judged)
        self.statuses: set[str] = set()
        self.work = 0
        self.heavy = (0, "")
        self.inputs: dict[str, Value] = {}
        self.outputs: dict[str, Value] = {}
        self.comparing = (0, "")
        self.implied: tuple[Decided, ...] = ()

    def run(self) -> Bounds:
        plan = self.plan
        self._bound_inputs()
        steps = list(plan.steps)
        self._bound_exemptions([step for step in steps if isinstance(step, Exempt)])
        self._bound_validations([step for step in steps if isinstance(step, Validate)])
        self._bound_cohort_values(is_rated=False)
        repeated = _repetitions(steps)
        overrides = [step for step in steps if isinstance(step, Override)]
        stages = (Applies, Entered, Judge, Total, Banding)
        for step in steps:
            if isinstance(step, stages):
                self._bound_step(step)
                times = repeated[step.id] if isinstance(step, Applies) and self._is_open(step) else 1
                self._add_work(getattr(step, "path", ""), times)
        self.rating.override(overrides, plan.bands)
        self._add_work("overrides")
        self.rating.finish(plan.bands, plan.moves)
        self._bound_cohort_values(is_rated=True)
        for step in steps:
            if isinstance(step, Output):
                self.outputs[step.id] = self.rating.output(step)
                self._add_work(step.path)
        self._bound_invariants([step for step in steps if isinstance(step, Holds)])
        return self._result()

    def _bound_step(self, step: Step) -> None:
        match step:
            case Applies():
                self.judging.ask(step)
            case Entered():
                self.judging.enter(step)
            case Judge():
                self.judging.judge(step)
            case Total():
                self.rating.total(step)
            case Banding():
                self.rating.band(step)

    def _add_work(self, path: str, times: int = 1) -> None:
        """Add the work of a formula to the total work."""
        evaluation = self.evaluation
        spent = (evaluation.work + evaluation.again) * times
        self.work += spent
        self.heavy = max(self.heavy, (spent, path))
        evaluation.work = evaluation.again = 0

    # -- before anything is judged ----------------------------------------------------------------

    def _bound_inputs(self) -> None:
        """Set the bounds of inputs and of the fields of records."""
        names = self.evaluation.context.names
        for variable in self.plan.inputs:
            names[variable.id] = self.inputs[variable.id] = declared(variable)
        for list_id, records in self.plan.records.items():
            count = names[list_id]
            most = count.most if isinstance(count, Count) else 0
            for variable in records.fields:
                names[f"{list_id}.{variable.id}"] = self.inputs[f"{list_id}.{variable.id}"] = declared(variable)
            for value in records.let:
                self.evaluation.named[f"{list_id}.{value.id}"] = Named(value, f"{list_id}.", most)

    def _bound_cohort_values(self, *, is_rated: bool) -> None:
        """Bound the compared values of members, and the functions over them."""
        evaluation, (work, path) = self.evaluation, self.comparing
        for function in self.plan.cohort:
            if function.is_rated is is_rated:
                evaluation.path = function.path
                value = evaluation.value(function.op)
                self._add_work(function.path)
                found, spent = compared(evaluation, function, value, self.plan.max_members)
                evaluation.context.names[function.id] = found
                work, path = work + spent, path or function.path
        self.comparing = (work, path)

    def _bound_exemptions(self, steps: list[Exempt]) -> None:
        evaluation = self.evaluation
        for step in steps:
            evaluation.path = step.path
            value = evaluation.value(step.when)
            evaluation.record_condition(step.when, "when")
            self._add_work(step.path)
            if value.flags & UNDEFINED:
                self.statuses.add("undefined")
            if isinstance(value, Truth) and value.mask & 1:
                self.statuses.add(step.status)
            if not value.flags & ABSENT:
                with evaluation.context.from_here_on():
                    assume(evaluation, step.when, False)
        if steps:
            evaluation.forget()

    def _bound_validations(self, steps: list[Validate]) -> None:
        """Bound the validations; a fault counts only if all validations that don't fault hold."""
        evaluation = self.evaluation
        faults, evaluation.faults = evaluation.faults, {}
        sound: list[Validate] = []
        for step in steps:
            value, most = self._validation(step)
            self._add_work(step.path, most)
            if value.flags & UNDEFINED:
                self.statuses.add("undefined")
            elif not evaluation.faults:
                sound.append(step)
            evaluation.faults = {}
        evaluation.faults = faults
        self.implied = self._implied_validations(sound)
        context = evaluation.context
        for step in steps:
            if step in sound:
                continue
            mark = context.mark()
            for other in sound:
                scope = f"{other.records}." if other.records else ""
                if not scope or other.records == step.records:
                    context.scope = scope
                    assume(evaluation, other.that, True)
            self._validation(step)
            context.back(mark)
        for step in steps:
            context.scope = f"{step.records}." if step.records else ""
            with context.from_here_on(only_fields=bool(step.records)):
                assume(evaluation, step.that, True)
        context.scope = ""
        evaluation.work = evaluation.again = 0
        if steps:
            evaluation.forget()

    def _implied_validations(self, steps: list[Validate]) -> tuple[Decided, ...]:
        """Return the validations implied by the domains and the other validations; of two equal ones the later."""
        if len(steps) > MOST_VALIDATIONS:
            return ()
        remaining = list(steps)
        found: list[Decided] = []
        for step in reversed(steps):
            others = [other for other in remaining if other is not step]
            if self._is_implied(step, others):
                remaining = others
                found.append(Decided(step.path, step.that, "that", True))
        return tuple(reversed(found))

    def _is_implied(self, step: Validate, others: list[Validate]) -> bool:
        evaluation = self.evaluation
        with supposing(evaluation):
            are_possible = all(self._assume_validation(other, step.records) for other in others)
            evaluation.context.scope = f"{step.records}." if step.records else ""
            value = evaluation.value(step.that) if are_possible else None
            evaluation.context.scope = ""
        if isinstance(value, Truth) and value.mask == 1 and not value.flags:
            return True
        if step.records or value is None or value.flags:
            return False
        outcomes = [(step.that, False), *((other.that, True) for other in others if not other.records)]
        return not can_come_out(evaluation, outcomes, {}, MOST_OPERATIONS)

    def _assume_validation(self, step: Validate, records: str) -> bool:
        """Assume that a validation holds, if it concerns the subject or a record of this list."""
        if step.records not in ("", records):
            return True
        self.evaluation.context.scope = f"{step.records}." if step.records else ""
        return assume(self.evaluation, step.that, True)

    def _validation(self, step: Validate) -> tuple[Value, int]:
        """Return the bounds of a validation, and how often it is evaluated at most."""
        evaluation = self.evaluation
        evaluation.path, most = step.path, 1
        scope = ""
        if step.records:
            count = evaluation.context.bounds_of(step.records)
            most, scope = (count.most if isinstance(count, Count) else 0), f"{step.records}."
        evaluation.context.scope = scope
        value = evaluation.value(step.that)
        evaluation.context.scope = ""
        evaluation.record_condition(step.that, "that")
        return value, most

    def _is_open(self, step: Applies) -> bool:
        """Return whether a row may leave a condition undefined; then it is evaluated again wherever it matters."""
        return bool(self.judging.applies[step.id][1].flags & UNDEFINED)

    def _bound_invariants(self, steps: list[Holds]) -> None:
        evaluation = self.evaluation
        self.statuses |= self.rating.statuses
        self.rating.after(self.plan.bands)
        if not self.statuses <= {"rated"}:
            names = evaluation.context.names
            names |= {id_: flagged(names[id_], ABSENT) for id_ in self.rating.readable}
        for step in steps:
            evaluation.path = step.path
            evaluation.value(step.that)
            evaluation.record_condition(step.that, "that")
            self._add_work(step.path)

    # -- the whole --------------------------------------------------------------------------------

    def _result(self) -> Bounds:
        evaluation, rating = self.evaluation, self.rating
        spend("bounding", evaluation.evaluated % AT_ONCE)
        faults = tuple(
            PossibleFault(path, kind, is_certain, op) for (path, kind, op), is_certain in evaluation.faults.items()
        )
        work, heavy = self.work, self.heavy
        for key, done in evaluation.done.items():
            named = evaluation.named[key]
            spent = done.work * named.times
            work, heavy = work + spent, max(heavy, (spent, named.value.path))
        widest, wide = evaluation.widest, evaluation.too_wide
        wide = wide if wide[1] else widest
        # From here on only outputs and criteria are bounded, which nothing else reads.
        names = self._all_names()
        criteria = {id_: self._criterion(id_) for id_ in self.judging.judged}
        if "score" in criteria and "undefined" in rating.statuses:
            criteria["score"] = evolve(criteria["score"], lacking=True)
        return Bounds(
            Names(names),
            FrozenMap(criteria),
            RatingBound(
                frozenset(self.statuses), rating.inside, rating.bands, rating.has_gap, bound_of(rating.banded_on)
            ),
            faults,
            work,
            widest[0],
            (heavy[1], heavy[0]),
            (wide[1], wide[0]),
            tuple(self._decided_conditions()),
            tuple(self._untaken_cases()),
            self.plan,
            evaluation,
            self.comparing,
            self.implied,
            FrozenMap(self.judging.outside),
            FrozenMap({path: Fraction(end) for path, end in rating.idle.items() if end is not None}),
            frozenset(id_ for id_, judged in self.judging.judged.items() if judged.can.leaves),
            frozenset(id_ for id_, judged in self.judging.judged.items() if judged.can.unrated),
        )

    def _all_names(self) -> dict[str, Value]:
        """Return the values of all names that a formula can read."""
        evaluation, rating = self.evaluation, self.rating
        names: dict[str, Value] = {**self.inputs, **dict(evaluation.all_names())}
        names |= {f"share.{id_}": evaluation.share(id_) for id_ in self.judging.judged}
        read = evaluation.context.names
        names |= {name: read[name] for name in read if name.startswith(("points.", "share.", "children."))}
        if any(isinstance(step, Total) for step in self.plan.steps):
            flags = ABSENT if rating.lacks_score else 0
            names["score"], names["exact_score"] = flagged(rating.score, flags), flagged(rating.exact, flags)
        if self.plan.bands:
            names["band"] = read["band"]
        return names | {id_: value for id_, value in self.outputs.items() if id_ not in names}

    def _criterion(self, id_: str) -> CriterionBound:
        judged = self.judging.judged[id_]
        can = judged.can
        return CriterionBound(id_, judged.scored, can.excluded, can.missing, can.lacking, bound_of(judged.points))

    def _decided_conditions(self) -> list[Decided]:
        evaluation = self.evaluation
        found = []
        for key, (path, op, part) in evaluation.conditions.items():
            value = evaluation.values[key]
            if (
                isinstance(value, Truth)
                and value.mask != 3
                and not value.flags
                and not self._is_reported_elsewhere(op)
            ):
                found.append(Decided(path, op, part, value.mask == 1))
        return found

    def _is_reported_elsewhere(self, op: Op) -> bool:
        """Return whether a condition is the `when` of a quota inside its share, which is reported at the `when`."""
        named = self.plan.let.get(op.name) if isinstance(op, Read) else None
        return named is not None and named.path.startswith("cohort.quotas.")

    def _untaken_cases(self) -> list[Untaken]:
        return [
            Untaken(path, op, index)
            for path, op, taken in self.evaluation.taken.values()
            for index, (_, result) in enumerate(op.cases)
            if not taken >> index & 1 and not isinstance(result, Stop)
        ]


def _repetitions(steps: list[Step]) -> dict[str, int]:
    """Return how often each undefined condition is evaluated: twice for every criterion that depends on it."""
    applies_steps = [step for step in steps if isinstance(step, Applies)]
    times = dict.fromkeys((step.id for step in applies_steps), 2)
    for step in steps:
        if isinstance(step, Judge) and step.guard:
            times[step.guard] += 2
    for step in reversed(applies_steps):
        if step.above:
            times[step.above] += times[step.id]
    return times
