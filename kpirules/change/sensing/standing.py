"""A rated subject, and how far points of each criterion may move before its band changes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from attrs import field, frozen

from ...engines.scalar import Decision
from ...kernel.certain import given
from ...language.expressions import Expression
from ...language.model import Band, Criterion, Group
from ...rating.assessing import assess
from ...rating.assessing.values import take
from .rules import Conditions, Rules
from .spans import EVERYWHERE, End, Span

__all__ = ["Link", "Rated", "rated"]

SCORED, EXCLUDED = 0, 1
"""The states of a criterion in generated code."""

FAULT = "fault"
"""The standing of a subject whose points are outside their limits."""

ONE, ZERO = Fraction(1), Fraction(0)


@frozen
class Link:
    """How a child's points act on the points that its group earns: within limits, then along a straight line.

    Args:
        slope, offset: of the line.
        least, most: limits of the child's points beyond which they have no effect, or None.
    """

    slope: Fraction
    offset: Fraction
    least: Fraction | None = None
    most: Fraction | None = None

    def forward(self, points: Fraction) -> Fraction:
        """Return the points that the group earns."""
        return self.slope * _clamped(points, self.least, self.most) + self.offset

    def back(self, earned: Span) -> Span:
        """Return the points of the child for which the group's earned points are within a span."""
        return earned.before_affine(self.slope, self.offset).before_clamp(self.least, self.most)


def _clamped(x: Fraction, least: Fraction | None, most: Fraction | None) -> Fraction:
    x = x if least is None else max(x, least)
    return x if most is None else min(x, most)


@frozen(slots=False, eq=False)
class Rated:
    """A subject with its rating.

    Args:
        rules: the rules.
        name: its key.
        subject: its values as given.
        standing: its band, or its status without one.
        decision: the decision with notes by `Rules.measured`; None if that has none.
        arguments: its values, as engines take them.
    """

    rules: Rules
    name: str
    subject: Mapping[str, Any]
    standing: str
    decision: Decision | None
    arguments: tuple[Any, ...]
    _points: dict[str, Span] = field(factory=dict, init=False)
    _earned: dict[str, Span] = field(factory=dict, init=False)

    # -- what the decision says ---------------------------------------------------------------------

    @property
    def is_known(self) -> bool:
        """Whether there is a decision, from which effects of numbers can be computed."""
        return self.decision is not None

    @property
    def has_score(self) -> bool:
        """Whether it has a score that numbers can move."""
        decision = self.decision
        return decision is not None and not decision.is_early and decision.status == "rated"

    @property
    def sure(self) -> Decision:
        return given(self.decision, "only subjects with a decision are asked")

    def is_scored(self, id_: str) -> bool:
        """Return whether a criterion is scored; only then do its numbers affect the rating."""
        return not self.sure.is_early and bool(self.sure.part(f"outcome.{id_}") == SCORED)

    def is_excluded(self, id_: str) -> bool:
        return bool(self.sure.part(f"outcome.{id_}") == EXCLUDED)

    def points(self, id_: str) -> Fraction:
        return given(self.sure.number(f"points.{id_}"), "it is scored")

    def earned(self, id_: str) -> Fraction:
        """Return the points of a criterion before limits and rounding."""
        found = self.sure.number(f"earned.{id_}")
        return self.points(id_) if found is None else found

    def row(self, id_: str) -> int:
        """Return the place of the row that gives the points of a criterion."""
        slot = self.sure.slots.get(f"row.{id_}")
        return 0 if slot is None else int(self.sure.parts[slot.place])

    def entered(self, id_: str) -> Fraction | None:
        """Return the entered points of a criterion, which must be within its limits even if nothing reads them."""
        found = take(self.rules.rulebook.inputs, self.subject).given.get(id_)
        return found if isinstance(found, Fraction) else None

    def output(self, name: str) -> Any:
        """Return a measured value or a condition; None if it is not computed, as without a score."""
        return self.sure.part(f"outputs.{name}") if self.sure.has(f"outputs.{name}") else None

    # -- conditions beside the score -------------------------------------------------------------------

    @cached_property
    def conditions(self) -> Conditions:
        """The overrides that fire, and the requirements that hold."""
        book = self.rules.rulebook
        fired = []
        for override in book.overrides:
            if override.when is None or self.output(f"when_{override.id}") is True:
                target = (
                    self.output(f"target_{override.id}")
                    if isinstance(override.target, Expression)
                    else override.target
                )
                fired.append((override.id, override.kind, str(target)))
        levels = () if book.bands is None else book.bands.levels
        needs = frozenset(
            (level.id, need.id) for level in levels for need in level.requires if self._meets(level, need.id)
        )
        return tuple(fired), needs

    def _meets(self, level: Band, need: str) -> bool:
        return self.output(f"need_{level.id}_{need}") is True

    @cached_property
    def limits(self) -> dict[str, Fraction]:
        """The limits on the score that hold, by id."""
        held = (one for one in self.rules.rulebook.score_limits if one.when is None or self.output(f"holds_{one.id}"))
        return {one.id: self.output(f"most_{one.id}") for one in held}

    # -- the number that is banded ----------------------------------------------------------------------

    @cached_property
    def banded(self) -> Fraction | None:
        """The number that is banded; None if there is none."""
        book = self.rules.rulebook
        if book.bands is None:
            return None
        if book.bands.measure is not None:
            found: Fraction | None = self.output("banded")
            return found
        exact = self.sure.number("exact_score")
        return exact if book.bands_on_exact else self.sure.number("score")

    def label(self, number: Fraction | None) -> str:
        """Return the standing with another number."""
        return self.rules.label(self.rules.rulebook.bands, number, self.conditions)

    def _label_of_points(self, number: Fraction) -> str:
        """Return the standing with other points of the root, limits on the score applied."""
        return self.label(self._final(number))

    @cached_property
    def of_banded(self) -> Span:
        """The values of the banded number with which the standing is the same."""
        number, breaks = self.banded, self.rules.breaks
        if number is None or not breaks:
            return EVERYWHERE
        # Between two ends and beyond them a standing is constant: they are tried one after the other.
        low = high = None
        for end in sorted((one for one in breaks if one <= number), reverse=True):
            if end < number and (found := self.label(end)) != self.standing:
                low = End(end, True, found)
                break
            below = max((one for one in breaks if one < end), default=end - 2)
            if (found := self.label((below + end) / 2)) != self.standing:
                low = End(end, False, found)
                break
        for end in (one for one in breaks if one >= number):
            if end > number and (found := self.label(end)) != self.standing:
                high = End(end, True, found)
                break
            above = min((one for one in breaks if one > end), default=end + 2)
            if (found := self.label((above + end) / 2)) != self.standing:
                high = End(end, False, found)
                break
        return Span(low, high)

    # -- from the score down to each criterion ------------------------------------------------------------

    @cached_property
    def of_total(self) -> Span:
        """The values of the limited, unrounded score with which the standing is the same."""
        book, root = self.rules.rulebook, self.rules.rulebook.root
        if book.bands is None or book.bands.measure is not None or root is None:
            return EVERYWHERE
        if root.round is None or book.bands_on_exact:
            return self.of_banded
        return self.of_banded.before_rounding(root.round, self.label)

    def of_points(self, id_: str) -> Span:
        """Return the interval of a criterion's rounded points that leaves the standing unchanged."""
        if id_ not in self._points:
            self._points[id_] = self._of_points(id_)
        return self._points[id_]

    def _of_points(self, id_: str) -> Span:
        if not self.has_score and id_ == "score":
            return EVERYWHERE
        if id_ == "score":
            return self.of_total.before_clamp(None, min(self.limits.values(), default=None))
        return self.link(id_).back(self.of_earned(self.rules.parents[id_].id))

    def of_earned(self, id_: str) -> Span:
        """Return the points of a criterion, before its limits, with which the standing is the same."""
        if id_ not in self._earned:
            criterion = self.rules.criteria[id_]
            low, high = criterion.limits
            span = self.before_rounding(criterion)
            if criterion.is_clamped:
                span = span.before_clamp(low, high)
            else:
                ends = [None if end is None else End(end, False, FAULT) for end in (low, high)]
                span = Span(*ends).both(span)
            self._earned[id_] = span
        return self._earned[id_]

    def before_rounding(self, criterion: Criterion) -> Span:
        """Return the limited, unrounded points of a criterion with which the standing is the same."""
        span = self.of_points(criterion.id)
        if criterion.round is None or criterion.id == "score":
            return span
        return span.before_rounding(criterion.round, lambda points: self.with_points(criterion.id, points))

    def link(self, id_: str) -> Link:
        """Return how points of a criterion act on those of its group."""
        group = self.rules.parents[id_]
        body, child = group.body, self.rules.criteria[id_]
        assert isinstance(body, Group)
        if not self.is_scored(group.id) or self.is_excluded(id_):
            return Link(ZERO, self.earned(group.id) if self.is_scored(group.id) else ZERO)
        remaining = [one for one in body.children if not self.is_excluded(one.id)]
        points, earned = self.points(id_), self.earned(group.id)
        if body.combine == "sum":
            slope = self._rescaled(body, remaining) if body.rescale and child.is_regular else ONE
            return Link(slope, earned - slope * points)
        most, own = given(group.max, "shares have a whole"), given(child.max, "it has a share")
        if body.combine == "mean":
            weights = {one.id: one.weight.value if one.weight else ONE for one in remaining}
            slope = most * weights[id_] / sum(weights.values(), ZERO) / own
            return Link(slope, earned - slope * points)
        shares = [self.points(one.id) / given(one.max, "it has a share") for one in remaining if one.id != id_]
        if body.combine == "product":
            slope = most / own
            for share in shares:
                slope *= share
            return Link(slope, ZERO)
        if body.combine == "min":
            return Link(most / own, ZERO, most=min(shares) * own if shares else None)
        return Link(most / own, ZERO, least=max(shares) * own if shares else None)

    def _rescaled(self, body: Group, remaining: list[Criterion]) -> Fraction:
        whole, rest = (
            sum((one.max for one in group if one.is_regular and one.max is not None), ZERO)
            for group in (body.children, remaining)
        )
        return whole / rest

    # -- and up again ---------------------------------------------------------------------------------

    def with_earned(self, id_: str, earned: Fraction) -> str:
        """Return the standing with other points of a criterion before its limits."""
        if not self.is_scored(id_):
            return self.standing  # it is missing: its points are those that `missing` writes
        criterion = self.rules.criteria[id_]
        low, high = criterion.limits
        points = _clamped(earned, low, high)
        if points != earned and not criterion.is_clamped:
            return FAULT
        if criterion.round is not None and id_ != "score":
            points = criterion.round.apply(points)
        return self.with_points(id_, points)

    def with_points(self, id_: str, points: Fraction) -> str:
        """Return the standing with other points of a criterion."""
        if id_ == "score":
            return self._label_of_points(points)
        return self.with_earned(self.rules.parents[id_].id, self.link(id_).forward(points))

    def _final(self, points: Fraction) -> Fraction | None:
        """Return the number that is banded, given the points of the root."""
        book, root = self.rules.rulebook, self.rules.rulebook.root
        if book.bands is None or book.bands.measure is not None or root is None:
            return self.banded
        total = min([points, *self.limits.values()])
        return total if root.round is None or book.bands_on_exact else root.round.apply(total)


def rated(rules: Rules, name: str, subject: Mapping[str, Any]) -> Rated:
    """Return a subject with its rating.

    Args:
        rules: the rules.
        name: its key.
        subject: its values.

    Raises:
        SubjectError: it is not valid.
        FaultError: it has no rating because a number has no value.
    """
    assessment = assess(rules.program, subject)
    engine = rules.program.scalar
    admitted = engine.admit(subject)
    arguments = engine.pack(take(rules.rulebook.inputs, subject).given) if admitted is None else admitted[0]
    decision = None
    if "band" not in rules.read:  # else nothing follows the score in one way
        measured = rules.measured.scalar
        answer = measured.alone(arguments)
        decision = measured.detail(arguments) if isinstance(answer, Decision) else None
    if decision is not None and assessment.exact_score is not None and decision.status != "rated":
        decision = None  # an undefined row that the rating does not reach
    return Rated(rules, name, subject, assessment.band or assessment.status, decision, arguments)
