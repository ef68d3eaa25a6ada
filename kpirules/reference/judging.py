"""Judges criteria: leaves, groups, absence, limits and rounding (§5)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from attrs import define, evolve, field

from ..kernel.exact import to_text
from ..kernel.mappings import FrozenMap
from ..language.expressions import Expression, Fault, UndefinedRow, work_of_rows
from ..language.model import Case, Cases, Criterion, Group, Leaf, Measure, Met, Points, Rate
from ..language.model.order import formula
from ..record import Computation, Contribution, Outcome
from .combining import added, clamp, combine, part_that_remains, sure, why_nothing_counts
from .deciding import choose
from .knowledge import Knowledge, StepFault
from .rows import give, length, look_up

__all__ = ["Judging"]

ZERO = Fraction(0)

Computations = dict[str, Computation]
"""The computations of one criterion by key; its own formula comes last."""


@define(eq=False)
class Judging:
    """Judges the criteria of one subject, each once, in order.

    Args:
        knowledge: the names expressions can read; points and shares are added.
        outcomes: the criteria judged so far.
        insufficient: the criteria for which a needed value is absent.
        undefined: the places of undefined rows.
    """

    knowledge: Knowledge
    outcomes: dict[str, Outcome] = field(factory=dict)
    insufficient: list[str] = field(factory=list)
    undefined: list[str] = field(factory=list)
    _parents: dict[str, Criterion] = field(init=False)

    def __attrs_post_init__(self) -> None:
        groups = self.knowledge.rulebook.groups()
        self._parents = {child.id: group for group in groups for child in group.children}

    def judge(self, criterion: Criterion) -> None:
        """Judge a criterion, after all it reads, and let expressions read its points."""
        outcome = self._judge(criterion)
        self.outcomes[criterion.id] = outcome
        self.knowledge.learn(f"points.{criterion.id}", outcome.points)
        self.knowledge.learn(f"share.{criterion.id}", outcome.share)
        if outcome.points is not None:
            remaining = self.knowledge.remaining.setdefault(outcome.parent, [])
            weight = Fraction(1) if outcome.weight is None else outcome.weight
            remaining.append({"points": outcome.points, "share": outcome.share, "max": outcome.max, "weight": weight})

    def applies(self, criterion: Criterion) -> bool | None:
        """Return whether a criterion and every group above it apply; None if absent or undefined."""
        try:
            return self.evaluate_applies(criterion)
        except UndefinedRow:
            return None

    def evaluate_applies(self, criterion: Criterion) -> bool | None:
        """Return whether a criterion and every group above it apply; None if absent.

        Conditions are evaluated from the topmost group down, and not below a group that does not apply.

        Raises:
            UndefinedRow: a row leaves it undefined.
        """
        parent = self._parents.get(criterion.id)
        above = True if parent is None else self.evaluate_applies(parent)
        if above is not True or criterion.applies is None:
            return above
        applies = self._own_condition(criterion, criterion.applies).value
        return None if applies is None else applies is True

    def _own_condition(self, criterion: Criterion, applies: Expression) -> Computation:
        """Return the condition of the criterion itself, computed once."""
        known = self.knowledge.applies
        if criterion.id not in known:
            known[criterion.id] = self.knowledge.compute(applies, f"{criterion.words.path}.applies")
        return known[criterion.id]

    def _judge(self, criterion: Criterion) -> Outcome:
        parent = self._parents.get(criterion.id)
        if parent is not None and self.applies(parent) is not True:
            return self._outcome(criterion, "excluded", "parent", {})
        computations: Computations = {}
        try:
            if criterion.applies is not None:
                computations["applies"] = self._own_condition(criterion, criterion.applies)
                applies = computations["applies"].value
                if applies is None:
                    return self._absent(criterion, "absent", computations)
                if applies is False:
                    return self._outcome(criterion, "excluded", "applies", computations)
            if isinstance(criterion.body, Group):
                return self._group(criterion, criterion.body, computations)
            return self._leaf(criterion, criterion.body, computations)
        except UndefinedRow as row:
            if row.place not in self.undefined:
                self.undefined.append(row.place)
            return self._outcome(criterion, "missing", "undefined", computations)
        except Fault as fault:
            raise self._fault(criterion, fault, computations) from None

    # -- leaves -----------------------------------------------------------------------------------

    def _leaf(self, criterion: Criterion, leaf: Leaf, computations: Computations) -> Outcome:
        value: Fraction | None
        row = ""
        match leaf:
            case Points(value=expression):
                value = self._compute(criterion, "points", expression, computations)
            case Rate(value=expression):
                rate = self._compute(criterion, "rate", expression, computations)
                value = None if rate is None else rate * sure(criterion.max)
            case Met(condition=expression):
                is_met = self._compute(criterion, "met", expression, computations)
                value = None if is_met is None else sure(criterion.max if is_met else criterion.min)
            case Measure(measure=expression, shape=shape):
                value = self._compute(criterion, "measure", expression, computations)
                if value is not None:
                    self.knowledge.meter.count(work_of_rows(length(shape)))
                    value, row = look_up(shape, value, f"criteria.{criterion.id}", criterion.max)
            case Cases():
                case = self._case(criterion, leaf, computations)
                value = None
                if case is not None:
                    value, row = give(case, case.in_words, f"criteria.{criterion.id}", criterion.max)
            case _:
                value, row = self.knowledge.read(criterion.id), "entered"
        if value is None:
            return self._absent(criterion, "absent", computations)
        return self._scored(criterion, [Contribution("own", "", value)], computations, row)

    def _case(self, criterion: Criterion, cases: Cases, computations: Computations) -> Case | None:
        """Return the case that gives the points; None if an evaluated case is absent."""
        read: list[Computation] = []

        def value_of(condition: Expression) -> Any:
            read.append(self.knowledge.compute(condition, f"{criterion.words.path}.cases"))
            return read[-1].value

        chosen = choose(cases, value_of, self.knowledge.meter)
        holding = chosen.holding
        readings = tuple(dict.fromkeys(reading for computation in read for reading in computation.readings))
        terms = tuple(dict.fromkeys(terms for computation in read for terms in computation.terms))
        if chosen.absent is not None:
            computations["cases"] = Computation(chosen.absent.in_words, readings, None, terms)
            return None
        if len(holding) > 1:
            conditions = "; ".join(case.in_words for case in holding)
            fault = Fault("scale", f"{len(holding)} cases hold at once: {conditions}")
            raise StepFault(fault, f"{criterion.words.path}.unique", holding[1].words.span, readings)
        if not holding:
            raise StepFault(Fault("scale", "no case holds"), criterion.words.path, criterion.words.span, readings)
        computations["cases"] = Computation(holding[0].in_words, readings, True, terms)
        return holding[0]

    def _compute(self, criterion: Criterion, key: str, expression: Expression, computations: Computations) -> Any:
        computations[key] = self.knowledge.compute(expression, f"{criterion.words.path}.{key}")
        return computations[key].value

    # -- groups -----------------------------------------------------------------------------------

    def _group(self, criterion: Criterion, group: Group, computations: Computations) -> Outcome:
        judged = [(child, self.outcomes[child.id]) for child in group.children]
        remaining = [(child, outcome) for child, outcome in judged if outcome.outcome != "excluded"]
        without_points = [outcome for _, outcome in remaining if outcome.points is None]
        if without_points:
            is_undefined = all(outcome.why == "undefined" for outcome in without_points)
            why = "undefined" if is_undefined else "unrated_child"
            return self._outcome(criterion, "missing", why, computations)
        if reason := why_nothing_counts(group, remaining):
            return self._absent(criterion, reason, computations)
        required = group.require_share
        if required is not None:
            remains = part_that_remains(group, (child for child, _ in remaining))
            if remains < required.value:
                outcome = self._absent(criterion, "too_little_remains", computations)
                return evolve(outcome, remains=remains, required=required.value)
        if group.points is None:
            lines = combine(criterion, group, remaining, self.knowledge.meter)
        else:
            points = self._compute(criterion, "points", group.points, computations)
            if points is None:
                return self._absent(criterion, "absent", computations)
            lines = [Contribution("own", "", points)]
        return self._scored(criterion, lines, computations)

    # -- limits, rounding, absence ----------------------------------------------------------------

    def _scored(
        self,
        criterion: Criterion,
        lines: list[Contribution],
        computations: Computations,
        row: str = "",
    ) -> Outcome:
        """Return points within their limits, then rounded, with a contribution for each change.

        The score is rounded by the engine, after the limits on the score.
        """
        earned = added((line.points for line in lines), self.knowledge.meter)
        low, high = criterion.limits
        points = clamp(earned, low, high)
        if points != earned:
            if not criterion.is_clamped:
                ends = " to ".join("…" if end is None else to_text(end) for end in (low, high))
                raise Fault("points", f"{to_text(earned)} points are outside {ends}")
            lines = [*lines, Contribution("clamp", "", points - earned)]
        if criterion.round is not None and criterion.id in self._parents:
            rounded = criterion.round.apply(points)
            if rounded != points:
                lines = [*lines, Contribution("rounding", "", rounded - points)]
            points = rounded
        return self._outcome(criterion, "scored", "", computations, points, row, lines)

    def _absent(self, criterion: Criterion, why: str, computations: Computations) -> Outcome:
        """Apply the `missing` policy; `unrated` if none is written."""
        policy = criterion.missing or "unrated"
        is_root = criterion.id not in self._parents
        if policy == "exclude" and not is_root:
            outcome = self._outcome(criterion, "excluded", why, computations)
        elif policy in ("zero", "full"):
            points = ZERO if policy == "zero" else sure(criterion.max)
            lines = [Contribution("own", "", points)]
            outcome = self._outcome(criterion, "missing", why, computations, points, "", lines)
        else:
            self.insufficient.append(f"criteria.{criterion.id}")
            outcome = self._outcome(criterion, "missing", why, computations)
        return evolve(outcome, policy=policy)

    def _outcome(
        self,
        criterion: Criterion,
        outcome: str,
        why: str,
        computations: Computations,
        points: Fraction | None = None,
        row: str = "",
        lines: Iterable[Contribution] = (),
    ) -> Outcome:
        parent = self._parents.get(criterion.id)
        return Outcome(
            criterion.id,
            outcome,
            points,
            criterion.min,
            criterion.max,
            criterion.weight.value if criterion.weight else None,
            points / criterion.max if points is not None and criterion.max else None,
            parent.id if parent else "",
            why,
            computations=FrozenMap(computations),
            row=row,
            contributions=tuple(lines),
        )

    def _fault(self, criterion: Criterion, fault: Fault, computations: Computations) -> StepFault:
        """Return a fault in a value, at the expression that gave it."""
        expression = formula(criterion)
        if expression is None:
            return StepFault(fault, criterion.words.path, criterion.words.span)
        *_, computation = computations.values()
        return StepFault(fault, criterion.words.path, expression.span, computation.readings)
