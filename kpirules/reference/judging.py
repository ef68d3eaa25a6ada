"""What each criterion comes to: leaves, groups, absence, limits and rounding (§5)."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any, NoReturn

from attrs import define, evolve, field

from ..exact import to_text
from ..exact.irrational import geometric_mean
from ..expressions import Expression, Fault, UndefinedRow
from ..mappings import FrozenMap
from ..model import Criterion, Entered, Group, Leaf, Measure, Met, Points, Rate, Rulebook, Shape
from ..record import Computation, Contribution, Outcome
from .knowledge import Knowledge, StepFault
from .rows import look_up

__all__ = ["Judging"]

ZERO = Fraction(0)


@define
class Judging:
    """The judging of one subject's criteria, each once, when it is asked for.

    Args:
        knowledge: what expressions can read; points and shares are added to it.
        outcomes: what was judged so far.
        insufficient: criteria for which something needed is absent.
        undefined: places of rows where the regulation does not tell.
    """

    knowledge: Knowledge
    outcomes: dict[str, Outcome] = field(factory=dict)
    insufficient: list[str] = field(factory=list)
    undefined: list[str] = field(factory=list)
    _criteria: dict[str, Criterion] = field(init=False)
    _parents: dict[str, Criterion] = field(init=False)
    _applicable: dict[str, bool | None] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        rulebook: Rulebook = self.knowledge.rulebook
        root = rulebook.root
        self._criteria = {} if root is None else {c.id: c for c in root.walk()}
        self._parents = {
            child.id: group for group in rulebook.groups() for child in group.children
        }
        self.knowledge.on_demand = self.judge

    def judge(self, id_: str) -> None:
        """Judge a criterion, unless that is done."""
        self.outcome(self._criteria[id_])

    def outcome(self, criterion: Criterion) -> Outcome:
        """What a criterion comes to; judged when first asked for."""
        if criterion.id not in self.outcomes:
            outcome = self._judge(criterion)
            parent = self._parents.get(criterion.id)
            weight = criterion.weight.value if criterion.weight else None
            outcome = evolve(outcome, parent=parent.id if parent else "", weight=weight)
            self.outcomes[criterion.id] = outcome
            self._publish(criterion, outcome)
        return self.outcomes[criterion.id]

    def _publish(self, criterion: Criterion, outcome: Outcome) -> None:
        """Let expressions read what came out."""
        known = self.knowledge.known
        known[f"points.{criterion.id}"] = outcome.points
        known[f"share.{criterion.id}"] = outcome.share
        if outcome.points is not None and outcome.outcome != "excluded":
            known[f"remains.{criterion.id}"] = {
                "points": outcome.points,
                "share": outcome.share,
                "max": criterion.max,
                "weight": criterion.weight.value if criterion.weight else Fraction(1),
            }

    def _judge(self, criterion: Criterion) -> Outcome:
        parent = self._parents.get(criterion.id)
        if parent is not None and self._is_out(parent):
            return self._out(criterion, "excluded", "parent")
        computations: dict[str, Computation] = {}
        try:
            if criterion.applies is not None:
                applies = self._compute(criterion, "applies", criterion.applies, computations)
                self._applicable[criterion.id] = applies is not False
                if applies is None:
                    return self._absent(criterion, "absent", computations)
                if applies is False:
                    return self._out(criterion, "excluded", "applies", computations)
            if isinstance(criterion.body, Group):
                return self._group(criterion, criterion.body, computations)
            return self._leaf(criterion, criterion.body, computations)
        except UndefinedRow as row:
            if row.place not in self.undefined:
                self.undefined.append(row.place)
            return self._out(criterion, "missing", "undefined", computations)

    def _is_out(self, group: Criterion) -> bool:
        """Whether a group, or one above it, does not apply; then nothing below it is judged."""
        parent = self._parents.get(group.id)
        if parent is not None and self._is_out(parent):
            return True
        if group.applies is None:
            return False
        if group.id not in self._applicable:
            path = f"{group.words.path}.applies"
            try:
                applies = self.knowledge.compute(group.applies, path).value
            except UndefinedRow:
                applies = None
            self._applicable[group.id] = applies is not False
        return not self._applicable[group.id]

    # -- leaves ---------------------------------------------------------------------------------

    def _leaf(
        self, criterion: Criterion, leaf: Leaf, computations: dict[str, Computation]
    ) -> Outcome:
        row = ""
        value: Fraction | None
        match leaf:
            case Points(value=expression):
                value = self._compute(criterion, "points", expression, computations)
            case Rate(value=expression):
                rate = self._compute(criterion, "rate", expression, computations)
                value = None if rate is None else rate * _limit(criterion.max)
            case Met(condition=expression):
                holds = self._compute(criterion, "met", expression, computations)
                value = None if holds is None else _limit(criterion.max if holds else criterion.min)
            case Measure(measure=expression, shape=shape):
                x = self._compute(criterion, "measure", expression, computations)
                value, row = (None, "") if x is None else self._look_up(criterion, shape, x)
            case Entered():
                value = self.knowledge.read(criterion.id)
                row = "entered"
        if value is None:
            return self._absent(criterion, "absent", computations)
        own = [Contribution("own", "", value)]
        return self._scored(criterion, value, own, computations, row)

    def _compute(
        self,
        criterion: Criterion,
        part: str,
        expression: Expression,
        computations: dict[str, Computation],
    ) -> Any:
        computation = self.knowledge.compute(expression, f"{criterion.words.path}.{part}")
        computations[part] = computation
        return computation.value

    def _look_up(
        self, criterion: Criterion, shape: Shape, x: Fraction | str | bool
    ) -> tuple[Fraction, str]:
        path = criterion.words.path
        try:
            points, row = look_up(shape, x, path, criterion.max)
        except Fault as fault:
            raise StepFault(fault, path) from None
        assert isinstance(points, Fraction)
        return points, row

    # -- groups ---------------------------------------------------------------------------------

    def _group(
        self, criterion: Criterion, group: Group, computations: dict[str, Computation]
    ) -> Outcome:
        outcomes = [(child, self.outcome(child)) for child in group.children]
        remaining = [(child, o) for child, o in outcomes if o.outcome != "excluded"]
        without = [o for _, o in remaining if o.points is None]
        if without:
            is_undefined = all(o.why == "undefined" for o in without)
            why = "undefined" if is_undefined else "unrated_child"
            return self._out(criterion, "missing", why, computations)
        if not _something_remains(group, [child for child, _ in remaining]):
            return self._absent(criterion, "nothing_remains", computations)
        if group.require_share is not None:
            remains = _part_that_remains(group, [child for child, _ in remaining])
            if remains < group.require_share.value:
                return self._absent(criterion, "too_little_remains", computations)
        if group.points is not None:
            value = self._compute(criterion, "points", group.points, computations)
            if value is None:
                return self._absent(criterion, "absent", computations)
            lines = [Contribution("own", "", value)]
        else:
            lines = combine(criterion, group, remaining)
            value = sum((line.points for line in lines), ZERO)
        return self._scored(criterion, value, lines, computations)

    # -- limits, rounding, absence --------------------------------------------------------------

    def _scored(
        self,
        criterion: Criterion,
        value: Fraction,
        lines: list[Contribution],
        computations: dict[str, Computation],
        row: str = "",
    ) -> Outcome:
        """Points within their limits, then rounded; each change is a line of its own.

        The score is rounded by the engine, after its limits.
        """
        points = value
        if criterion.is_clamped:
            points = clamp(value, criterion.min, criterion.max)
            if points != value:
                lines = [*lines, Contribution("clamp", "", points - value)]
        elif not is_within(criterion, value):
            self._outside(criterion, value)
        if criterion.round is not None and criterion.id in self._parents:
            rounded = criterion.round.apply(points)
            if rounded != points:
                lines = [*lines, Contribution("rounding", "", rounded - points)]
            points = rounded
        self.knowledge.meter.weigh(points)
        return Outcome(
            criterion.id,
            "scored",
            points,
            criterion.min,
            criterion.max,
            share=points / criterion.max if criterion.max else None,
            computations=FrozenMap(computations),
            row=row,
            contributions=tuple(lines),
        )

    def _outside(self, criterion: Criterion, value: Fraction) -> NoReturn:
        low, high = criterion.min, reach(criterion)
        limits = f"[{'' if low is None else to_text(low)}, {'' if high is None else to_text(high)}]"
        raise StepFault(
            Fault("points", f"{to_text(value)} points are outside {limits}"), criterion.words.path
        )

    def _absent(
        self, criterion: Criterion, why: str, computations: dict[str, Computation]
    ) -> Outcome:
        """What the `missing` policy makes of absence; `unrated` where none is written."""
        policy = criterion.missing or "unrated"
        is_root = criterion.id not in self._parents
        if policy == "exclude" and not is_root:
            return evolve(self._out(criterion, "excluded", why, computations), policy=policy)
        if policy in ("zero", "full"):
            points = ZERO if policy == "zero" else _limit(criterion.max)
            return evolve(
                self._out(criterion, "missing", why, computations),
                points=points,
                share=points / criterion.max if criterion.max else None,
                policy=policy,
                contributions=(Contribution("own", "", points),),
            )
        self.insufficient.append(f"criteria.{criterion.id}")
        return evolve(self._out(criterion, "missing", why, computations), policy=policy)

    def _out(
        self,
        criterion: Criterion,
        outcome: str,
        why: str,
        computations: dict[str, Computation] | None = None,
    ) -> Outcome:
        """An outcome without points."""
        return Outcome(
            criterion.id,
            outcome,
            min=criterion.min,
            max=criterion.max,
            why=why,
            computations=FrozenMap(computations or {}),
        )


def combine(
    criterion: Criterion, group: Group, remaining: list[tuple[Criterion, Outcome]]
) -> list[Contribution]:
    """How the children that remain come together, as lines that add up.

    `sum` adds points. All others work on shares `s` with weights `w`, and give `max` times
    `mean` Σwₛ/Σw · `geometric_mean` (Πsʷ)^(1/Σw) · `harmonic_mean` Σw/Σ(w/s) · `min` · `max` · `product`.
    """
    if group.combine == "sum":
        return _sum(group, remaining)
    most = _limit(criterion.max)
    shares = [_limit(outcome.share) for _, outcome in remaining]
    weights = [child.weight.value if child.weight else Fraction(1) for child, _ in remaining]
    total = sum(weights, ZERO)
    match group.combine:
        case "mean":
            return [
                Contribution("criterion", child.id, most * weight / total * share)
                for (child, _), weight, share in zip(remaining, weights, shares, strict=True)
            ]
        case "geometric_mean":
            value = geometric_mean(list(zip(shares, weights, strict=True))) if all(shares) else ZERO
        case "harmonic_mean":
            parts = [w / s for w, s in zip(weights, shares, strict=True)] if all(shares) else []
            value = total / sum(parts, ZERO) if parts else ZERO
        case "min":
            value = min(shares)
        case "max":
            value = max(shares)
        case _:
            value = prod(shares, start=Fraction(1))
    return [Contribution("own", "", most * value)]


def _sum(group: Group, remaining: list[tuple[Criterion, Outcome]]) -> list[Contribution]:
    lines = [Contribution("criterion", child.id, _limit(o.points)) for child, o in remaining]
    if group.rescale:
        whole = sum((_limit(child.max) for child in group.children if is_regular(child)), ZERO)
        rest = sum((_limit(child.max) for child, _ in remaining if is_regular(child)), ZERO)
        earned = sum((_limit(o.points) for child, o in remaining if is_regular(child)), ZERO)
        if rest != whole:
            lines.append(Contribution("rescale", "", earned * whole / rest - earned))
    return lines


def is_regular(child: Criterion) -> bool:
    """Whether a child of a sum counts in what remains: no extra, no deduction, not unbounded."""
    return not child.is_extra and child.max is not None and child.max > 0


def _something_remains(group: Group, remaining: list[Criterion]) -> bool:
    if not group.children:
        return True
    if group.combine == "sum" and any(map(is_regular, group.children)):
        return any(map(is_regular, remaining))
    return bool(remaining)


def _part_that_remains(group: Group, remaining: list[Criterion]) -> Fraction:
    """The part of the weight (or maxima, or number) of a group's children that remains."""

    def amount(child: Criterion) -> Fraction:
        if group.combine == "sum":
            return _limit(child.max) if is_regular(child) else ZERO
        return child.weight.value if child.weight else Fraction(1)

    whole = sum(map(amount, group.children), ZERO)
    return sum(map(amount, remaining), ZERO) / whole if whole else Fraction(1)


def reach(criterion: Criterion) -> Fraction | None:
    """The most points a criterion may have: max, and in a sum the extras on top."""
    most = criterion.max
    if most is not None and isinstance(criterion.body, Group) and criterion.body.combine == "sum":
        for child in criterion.children:
            if child.is_extra:
                extra = reach(child)
                if extra is None:
                    return None
                most += extra
    return most


def is_within(criterion: Criterion, points: Fraction) -> bool:
    """Whether points are inside the limits of a criterion."""
    most = reach(criterion)
    return (criterion.min is None or points >= criterion.min) and (most is None or points <= most)


def clamp(value: Fraction, low: Fraction | None, high: Fraction | None) -> Fraction:
    """The value, moved to the nearest limit where it is beyond one."""
    if low is not None and value < low:
        return low
    return high if high is not None and value > high else value


def _limit(value: Fraction | None) -> Fraction:
    """A number that the check has shown to be there."""
    assert value is not None
    return value

