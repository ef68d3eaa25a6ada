"""The possible outcomes of a criterion: scored, excluded or missing (§5.3)."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen

from ..language.model import Group
from .ops import Op
from .steps import Combination, Combined

__all__ = ["Outcomes", "combination", "outcomes"]

ZERO, ONE = Fraction(0), Fraction(1)


@frozen
class Outcomes:
    """The possible outcomes of a criterion, besides being scored.

    Args:
        leaves: it can be excluded while the groups above it apply, so its group must rate without it.
        excluded: it can be excluded, by itself or with a group above it.
        lacks: a value it needs can be absent, so that its policy decides.
        missing: it can be missing, with the points that its policy gives.
        unrated: a value it needs can be absent, and it has no points then.
        undefined: a row can leave it undefined.
        lacking: it can end without points, by itself or because a child does.
    """

    leaves: bool = False
    excluded: bool = False
    lacks: bool = False
    missing: bool = False
    unrated: bool = False
    undefined: bool = False
    lacking: bool = False

    @property
    def has_points(self) -> bool:
        """Whether it has points for every subject."""
        return not (self.excluded or self.lacking)


def outcomes(
    id_: str,
    policy: str | None,
    *,
    may_not_apply: bool,
    is_guarded: bool,
    lacks: bool,
    is_undefined: bool,
    has_lacking_child: bool = False,
) -> Outcomes:
    """Return the possible outcomes of a criterion.

    Args:
        id_: the id of the criterion; the score can't be excluded.
        policy: its `missing` policy, or None.
        may_not_apply: whether its own `applies` may be false.
        is_guarded: whether a group above it may not apply.
        lacks: whether a value it needs may be absent.
        is_undefined: whether a row may leave it undefined.
        has_lacking_child: whether one of its children may end without points.
    """
    is_left = lacks and policy == "exclude" and id_ != "score"
    is_settled = lacks and policy in ("zero", "full")
    leaves, unrated = may_not_apply or is_left, lacks and not (is_left or is_settled)
    return Outcomes(
        leaves,
        leaves or is_guarded,
        lacks,
        is_settled,
        unrated,
        is_undefined,
        unrated or is_undefined or has_lacking_child,
    )


def combination(group: Group, points: Op | None = None) -> Combination:
    """Return how a group combines its children.

    Args:
        group: the group in the rulebook.
        points: its lowered formula; None if it has none, or if only its children matter.
    """
    children = []
    for child in group.children:
        weight = ONE if child.weight is None else child.weight.value
        amount = weight
        if group.combine == "sum":
            amount = child.max if child.is_regular and child.max is not None else ZERO
        children.append(Combined(child.id, weight, child.max, amount, child.is_regular))
    required = None if group.require_share is None else group.require_share.value
    function = "" if group.points is not None else group.combine or "sum"
    return Combination(function, tuple(children), group.rescale is True, required, points)
