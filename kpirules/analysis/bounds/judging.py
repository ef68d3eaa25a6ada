"""Bounds of criteria: their possible outcomes and points."""

from __future__ import annotations

from attrs import field, frozen

from ...kernel.certain import certain
from ...plan import Outcomes, outcomes
from ...plan.steps import Applies, Combination, Entered, Judge
from . import numbers
from .apart import option_by_option
from .assuming import assume
from .combining import Part, combined
from .evaluating import Evaluation
from .numbers import ABSENT, NOTHING, UNDEFINED, Nothing, Num, constant
from .values import Count, Truth, Value, flagged, join

__all__ = ["Judged", "Judging"]


@frozen
class Judged:
    """The possible outcomes of a criterion, with its points.

    Args:
        can: its possible outcomes besides being scored.
        points: the bounds of its points, including those of its policy; `Nothing` if it never has points.
        scored: it can be scored.
    """

    can: Outcomes
    points: Value = NOTHING
    scored: bool = False


@frozen(eq=False)
class Judging:
    """Bounds the criteria of a plan.

    Args:
        evaluation: evaluates formulas.
        applies: the conditions by criterion, with their bounds.
        judged: the criteria judged so far.
        entered: the criteria whose points are present if they apply.
        outside: whether a criterion may leave its limits, below and above.
    """

    evaluation: Evaluation
    applies: dict[str, tuple[Applies, Value]] = field(factory=dict)
    judged: dict[str, Judged] = field(factory=dict)
    entered: set[str] = field(factory=set)
    outside: dict[str, tuple[bool, bool]] = field(factory=dict)
    _groups: dict[str, str] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        children = self.evaluation.plan.children
        self._groups.update({member.id: group for group, members in children.items() for member in members})

    def ask(self, step: Applies) -> None:
        """Bound the condition under which a criterion applies, if the groups above it apply."""
        evaluation = self.evaluation
        mark = evaluation.context.mark()
        value: Value = NOTHING
        if self._assumed(step.above):
            evaluation.path = step.path
            value = evaluation.value(step.when)
            evaluation.record_condition(step.when, "applies")
        evaluation.context.back(mark)
        self.applies[step.id] = (step, value)

    def enter(self, step: Entered) -> None:
        """Note entered points, which are present if they are required."""
        if step.is_required:
            self.entered.add(step.id)

    def _assumed(self, id_: str) -> bool:
        """Assume that a criterion and those above it apply; return False if that is impossible."""
        chain = []
        while id_:
            step, value = self.applies[id_]
            if not isinstance(value, Truth) or not value.mask & 1:
                return False
            chain.append(step)
            id_ = step.above
        return all(assume(self.evaluation, step.when, True) for step in reversed(chain))

    def _may_not_apply(self, id_: str) -> bool:
        """Return whether a criterion or one above it may not apply, or whether that may be undefined."""
        while id_:
            step, value = self.applies[id_]
            if not isinstance(value, Truth) or value.mask != 1 or value.flags:
                return True
            id_ = step.above
        return False

    # -- one criterion ----------------------------------------------------------------------------

    def judge(self, step: Judge) -> Judged:
        """Bound a criterion."""
        evaluation = self.evaluation
        mark = evaluation.context.mark()
        is_reached = self._assumed(step.guard)
        found = self._bound_alone(step) if is_reached else Judged(Outcomes(excluded=True))
        evaluation.context.back(mark)
        self.judged[step.id] = found
        flags = 0 if found.can.has_points else ABSENT
        self._publish(step, flagged(found.points, flags))
        group = self._groups.get(step.id)
        if group is not None and all(child.id in self.judged for child in evaluation.plan.children[group]):
            self._publish_children(group)
        return found

    def _publish(self, step: Judge, points: Value) -> None:
        self.evaluation.context.names[f"points.{step.id}"] = points
        self.evaluation.maxima[step.id] = step.max

    def _bound_alone(self, step: Judge) -> Judged:
        """Bound a criterion, given that all above it apply."""
        flags, mask = 0, 1
        if step.is_asked:
            _, value = self.applies[step.id]
            flags = value.flags
            mask = value.mask if isinstance(value, Truth) else 0
        lacks, is_open = bool(flags & ABSENT), bool(flags & UNDEFINED)
        points: Value = NOTHING
        below = False
        if mask & 1 and (not step.is_asked or assume(self.evaluation, self.applies[step.id][0].when, True)):
            evaluation = self.evaluation
            evaluation.path = step.key or step.path
            if isinstance(step.body, Combination):
                points, lacks_below, below = self._group(step, step.body)
                lacks = lacks or lacks_below
            else:
                if step.id in self.entered:
                    known = evaluation.context.bounds_of(step.id)
                    if known is not None:
                        evaluation.context.learn(step.id, flagged(known, known.flags & ~ABSENT))
                points = evaluation.value(step.body)
            lacks = lacks or bool(points.flags & ABSENT)
            is_open = is_open or bool(points.flags & UNDEFINED)
        scored = isinstance(points, Num)
        if isinstance(points, Num):
            points = self._narrowed_by_option(step, points)
            points = self._limited(step, points._replace(flags=0))
        can = outcomes(
            step.id,
            step.missing,
            may_not_apply=bool(mask & 2),
            is_guarded=self._may_not_apply(step.guard),
            lacks=lacks,
            is_undefined=is_open,
            has_lacking_child=below,
        )
        points = NOTHING if isinstance(points, Nothing) else points
        if can.missing:
            points = join(points, constant(step.max or 0) if step.missing == "full" else numbers.ZERO)
        return Judged(can, points, scored)

    def _narrowed_by_option(self, step: Judge, points: Num) -> Num:
        """Return points that may leave their limits, narrowed for each option of a choice they depend on."""
        formula = step.body.points if isinstance(step.body, Combination) else step.body
        if formula is None or not (_is_below(step, points) or _is_above(step, points)):
            return points
        by_option = option_by_option(self.evaluation, formula, points)
        return by_option if isinstance(by_option, Num) else points

    def _limited(self, step: Judge, points: Num) -> Value:
        """Return points within their limits, then rounded."""
        evaluation = self.evaluation
        evaluation.weigh(max(points.top, points.bottom))
        low, high = step.low, step.high
        is_below, is_above = _is_below(step, points), _is_above(step, points)
        if is_below or is_above:
            outside = (low is not None and points.high is not None and points.high < low) or (
                high is not None and points.low is not None and points.low > high
            )
            if not step.is_clamped:
                evaluation.fault("points", step, is_certain=outside, path=step.path)
                self.outside[step.id] = is_below, is_above
            inside = numbers.within(points, low if is_below else None, high if is_above else None)
            ends = [constant(end) for end, hit in ((low, is_below), (high, is_above)) if hit and end is not None]
            if step.is_clamped:
                results: list[Value] = [*([] if inside is None else [inside]), *ends]
                found: Value = results[0]
                for result in results[1:]:
                    found = join(found, result)
            elif inside is None:
                return NOTHING
            else:
                found = inside
            points = certain(found, Num, "ends and what lies between them are numbers")
        if step.round is not None:
            points = certain(evaluation.rounded(step.round, points), Num, "a number is rounded to a number")
        return points

    # -- groups -----------------------------------------------------------------------------------

    def _group(self, step: Judge, body: Combination) -> tuple[Value, bool, bool]:
        """Return the bounds of a group's points, whether the group may lack a value, and whether a child may."""
        judged = [(child, self.judged[child.id]) for child in body.children]
        below = any(outcome.can.lacking for _, outcome in judged)
        leaving = {child.id for child, outcome in judged if outcome.can.leaves}
        remaining = [
            Part(child, outcome.points, not outcome.can.leaves)
            for child, outcome in judged
            if isinstance(outcome.points, Num)
        ]
        if any(not outcome.can.leaves and isinstance(outcome.points, Nothing) for _, outcome in judged):
            return NOTHING, False, below  # a remaining child never has points
        lacks = body.may_lack(leaving)
        if body.children and not any(part.child in body.essential for part in remaining):
            return NOTHING, True, below
        if body.points is not None:
            return self.evaluation.value(body.points), lacks, below
        path, self.evaluation.path = self.evaluation.path, step.path
        points = combined(self.evaluation, body, remaining, step.max, step.path)
        self.evaluation.path = path
        return points._replace(flags=0), lacks, below

    def _publish_children(self, group: str) -> None:
        """Set the bounds that aggregates over the children of a group read."""
        members = self.evaluation.plan.children[group]
        names, by_id = self.evaluation.context.names, self.judged
        with_points = [
            (member, by_id[member.id].points) for member in members if isinstance(by_id[member.id].points, Num)
        ]
        sure = sum(by_id[member.id].can.has_points for member in members)
        names[f"children.{group}"] = Count(sure, len(with_points), 0)
        fields: dict[str, Value] = dict.fromkeys(("points", "share", "max", "weight"), NOTHING)
        for member, points in with_points:
            assert isinstance(points, Num)
            share: Value = Nothing(ABSENT)
            if member.has_share and member.max:
                share = numbers.scaled(points, 1 / member.max)
            fields["points"] = join(fields["points"], points._replace(flags=0))
            fields["share"] = join(fields["share"], share)
            fields["max"] = join(fields["max"], Nothing(ABSENT) if member.max is None else constant(member.max))
            fields["weight"] = join(fields["weight"], constant(member.weight))
        for name, value in fields.items():
            names[f"children.{group}.{name}"] = value


def _is_below(step: Judge, points: Num) -> bool:
    return step.low is not None and (points.low is None or points.low < step.low)


def _is_above(step: Judge, points: Num) -> bool:
    return step.high is not None and (points.high is None or points.high > step.high)
