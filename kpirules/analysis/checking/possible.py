"""What may become of a criterion: excluded, missing, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import frozen

from ...language.model import WEIGHTED, Cases, Criterion, Entered, Group, Lookup, Measure, Shape, Steps

__all__ = [
    "SCORED",
    "Possible",
    "has_undefined",
    "is_regular",
    "part_of",
    "possible_group",
    "possible_leaf",
]


@frozen
class Possible:
    """What may become of a criterion besides being scored.

    Args:
        can_leave: it may be excluded by itself, so that its group must do without it.
        is_excludable: it may be excluded, by itself or with a group above it.
        can_be_missing: it may end without points.
        uses_policy: something may be absent for which its `missing` would speak.
    """

    can_leave: bool = False
    is_excludable: bool = False
    can_be_missing: bool = False
    uses_policy: bool = False

    @property
    def has_points(self) -> bool:
        return not (self.is_excludable or self.can_be_missing)


SCORED = Possible()


def has_undefined(shape: Shape) -> bool:
    """Whether a row says that the regulation does not tell."""
    return isinstance(shape, Steps | Lookup) and any(row.is_undefined for row in shape.rows)


def is_regular(child: Criterion) -> bool:
    """Whether a child of a sum counts in what remains: no extra, no deduction, not unbounded."""
    return not child.is_extra and child.max is not None and child.max > 0


def possible_leaf(leaf: Criterion, *, is_below_applies: bool, is_optional: bool, is_unclear: bool) -> Possible:
    """What may become of a leaf.

    Args:
        leaf: the criterion.
        is_below_applies: whether a group above it may not apply.
        is_optional: whether an expression of it may be absent.
        is_unclear: whether an expression of it may meet an undefined row.
    """
    uses_policy = is_optional or (isinstance(leaf.body, Entered) and leaf.missing is not None)
    if isinstance(leaf.body, Cases):
        is_unclear = is_unclear or any(row.is_undefined for row in leaf.body.rows)
    if isinstance(leaf.body, Measure):
        is_unclear = is_unclear or has_undefined(leaf.body.shape)
    can_leave = leaf.applies is not None or (uses_policy and leaf.missing == "exclude")
    return Possible(
        can_leave=can_leave,
        is_excludable=can_leave or is_below_applies,
        can_be_missing=is_unclear or (uses_policy and leaf.missing == "unrated"),
        uses_policy=uses_policy,
    )


def possible_group(
    group: Criterion,
    possible: Mapping[str, Possible],
    *,
    is_below_applies: bool,
    is_optional: bool,
    is_unclear: bool,
) -> Possible:
    """What may become of a group, or of the score.

    Args:
        group: the group.
        possible: what may become of its children.
        is_below_applies: whether a group above it may not apply.
        is_optional: whether an expression of it may be absent.
        is_unclear: whether an expression of it may meet an undefined row.
    """
    body = group.body
    assert isinstance(body, Group)
    uses_policy = is_optional or can_lack(body, possible)
    can_leave = group.applies is not None or (uses_policy and group.missing == "exclude")
    # The score is the whole: where it would be excluded there is none.
    lacking = ("exclude", "unrated", None) if group.id == "score" else ("unrated", None)
    return Possible(
        can_leave=can_leave,
        is_excludable=can_leave or is_below_applies,
        can_be_missing=is_unclear
        or (uses_policy and group.missing in lacking)
        or any(possible.get(child.id, SCORED).can_be_missing for child in body.children),
        uses_policy=uses_policy,
    )


def can_lack(group: Group, possible: Mapping[str, Possible]) -> bool:
    """Whether nothing may remain of a group, or less than it requires."""
    staying = [child for child in group.children if not possible.get(child.id, SCORED).can_leave]
    if len(staying) == len(group.children):
        return False
    ordinary = [child for child in group.children if group.rescale and is_regular(child)]
    if not any(child in staying for child in ordinary or group.children):
        return True
    if group.require_share is None:
        return False
    whole = sum((part_of(group, child) for child in group.children), Fraction(0))
    rest = sum((part_of(group, child) for child in staying), Fraction(0))
    return rest < group.require_share.value * whole


def part_of(group: Group, child: Criterion) -> Fraction:
    """How much of its group a child is: its max in a sum, where it is ordinary; its weight in a mean; else one."""
    if group.combine == "sum":
        return child.max or Fraction(0) if is_regular(child) else Fraction(0)
    return child.weight.value if child.weight and group.combine in WEIGHTED else Fraction(1)
