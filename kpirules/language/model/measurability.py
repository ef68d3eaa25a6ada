"""How much of a rating comes from measurement, and how much from opinion (§5.4)."""

from __future__ import annotations

from fractions import Fraction

from .criteria import Criterion, Entered, Group
from .rulebook import Rulebook

__all__ = ["measurability"]

ZERO, ONE = Fraction(0), Fraction(1)


def measurability(rulebook: Rulebook) -> Fraction | None:
    """Return the share of the attainable points that come from measured inputs.

    Points that an assessor enters are opinion, all others measurement. A sum, and a group with `points`,
    counts its children by their max; a mean by their weight; every other combination counts them alike.

    Args:
        rulebook: the rules.

    Returns:
        From 0 to 1, or None if no points can be attained.

    Source:
        §5.4 of the language.
    """
    return None if rulebook.root is None else _measured(rulebook.root)


def _measured(criterion: Criterion) -> Fraction | None:
    body = criterion.body
    if not isinstance(body, Group):
        return ZERO if isinstance(body, Entered) else ONE
    if not body.children:
        return ONE
    parts = [(_part(body, child), _measured(child)) for child in body.children]
    counted = [(part, measured) for part, measured in parts if part > 0 and measured is not None]
    whole = sum((part for part, _ in counted), ZERO)
    return sum((part * measured for part, measured in counted), ZERO) / whole if whole else None


def _part(group: Group, child: Criterion) -> Fraction:
    """Return the weight of a child among its siblings; 0 for a deduction."""
    if group.combine is None or group.combine == "sum":
        return child.max or ZERO
    return child.weight.value if child.weight is not None else ONE
