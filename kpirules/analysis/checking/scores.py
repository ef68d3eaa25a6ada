"""The grid of a score: what its criteria, in the order of their dependencies, can come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from attrs import define, field

from ...language.model import Cases, Criterion, Group, Measure, Met, Points, Rate, Rulebook
from .graph import Graph
from .grids import FINEST_FUNCTION, ONE, Grid, Survey, common, kept, over, times
from .places import Place
from .possible import Possible, is_regular

__all__ = ["grid_of_score"]


def grid_of_score(
    rulebook: Rulebook, places: Iterable[Place], graph: Graph, possible: Mapping[str, Possible]
) -> Grid:
    """The grid that holds the score before it is rounded, or None."""
    if graph.cycles or rulebook.root is None:
        return None
    computed = {place.owner: place.expression for place in places if place.owner}
    survey = _Scores(rulebook, computed, possible=possible)
    for node in graph.order:
        survey.enter(node)
    limits = [survey.of(limit.at_most.tree) for limit in rulebook.score_limits]
    grid = common([survey.known.get("score"), *limits])
    # A score that is always 0 is a multiple of any step.
    return ONE if grid == 0 else grid


@define
class _Scores(Survey):
    """The survey of a rulebook whose names and types are in order."""

    possible: Mapping[str, Possible] = field(kw_only=True)

    def enter(self, node: str) -> None:
        """Find the grid of one named thing, everything it reads being known."""
        if node in self.let:
            self.known[node] = self.of(self.let[node].tree)
            return
        list_, _, id_ = node.partition(".")
        if list_ in self.lists:
            self.variables["item"] = self.lists[list_]
            self.lists[list_][id_] = self.of(self.computed[node].tree)
            return
        criterion = self.criteria.get(id_ if list_ == "points" else node)
        if criterion is not None:
            points = self.of_criterion(criterion)
            self.known[node] = points
            if criterion.max:
                self.known[f"share.{criterion.id}"] = times(points, over(ONE, criterion.max))

    # -- criteria -------------------------------------------------------------------------------

    def of_criterion(self, criterion: Criterion) -> Grid:
        """The grid of a criterion's points, policies for absence and limits included."""
        points = self.of_body(criterion)
        if criterion.is_clamped:
            points = common([points, *_limits(criterion)])
        if criterion.round is not None and criterion.id != "score":
            points = kept(criterion.round.step)
        if criterion.missing == "full":
            points = common([points, *_limits(criterion)])
        return points

    def of_body(self, criterion: Criterion) -> Grid:
        most = None if criterion.max is None else kept(abs(criterion.max))
        match criterion.body:
            case Points(value=value):
                return self.of(value.tree)
            case Rate(value=value):
                return times(self.of(value.tree), most)
            case Met():
                return common(_limits(criterion))
            case Measure(measure=measure, shape=shape):
                return self.of_shape(shape, self.of(measure.tree), most)
            case Cases() as cases:
                return self.of_shape(cases, None, most)
            case Group() as group:
                return self.of_group(criterion, group)
            case _:
                return self.known[criterion.id]

    def of_group(self, criterion: Criterion, group: Group) -> Grid:
        if group.points is not None:
            return self.of(group.points.tree)
        leaving = [child for child in group.children if self.possible[child.id].can_leave]
        if group.combine == "sum":
            if group.rescale and any(map(is_regular, leaving)):
                return None
            return common(self.known[f"points.{child.id}"] for child in group.children)
        most = criterion.max or Fraction(0)
        shares = [self.known.get(f"share.{child.id}") for child in group.children]
        match group.combine:
            case "mean" if not leaving:
                return common(self.of_shares(criterion, group))
            case "min" | "max":
                return times(kept(most), common(shares))
            case "product":
                return times(kept(most), *shares)
            case "geometric_mean" if None not in shares:
                return times(kept(most), FINEST_FUNCTION)
            case _:
                return None

    def of_shares(self, criterion: Criterion, group: Group) -> Iterator[Grid]:
        """The grids of what each child adds to a mean."""
        weights = [child.weight.value if child.weight else ONE for child in group.children]
        whole = sum(weights)
        for child, weight in zip(group.children, weights, strict=True):
            if not child.max or not whole or criterion.max is None:
                # The tree is not sound, which is reported elsewhere.
                yield None
            else:
                factor = criterion.max * weight / whole / child.max
                yield times(self.known[f"points.{child.id}"], kept(abs(factor)))


def _limits(criterion: Criterion) -> list[Grid]:
    return [kept(abs(limit)) for limit in (criterion.min, criterion.max) if limit is not None]
