"""Groups of subjects: the largest ones, in the order of their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

__all__ = ["MOST_GROUPS", "few_groups", "names_of_groups"]

MOST_GROUPS = 60
"""The most groups of a figure; the smaller ones share one."""


def names_of_groups(groups: Sequence[str], most: int) -> list[str]:
    """Return the names of groups in order, that of the smallest ones last."""
    written = set(groups)
    return sorted(set(few_groups(groups, most)), key=lambda name: (name not in written, name))


def few_groups(groups: Sequence[str], most: int) -> Sequence[str]:
    """Return the group of each subject; the smallest groups share one if they are too many."""
    sizes = Counter(groups)
    if len(sizes) <= most:
        return groups
    kept = {name for name, _ in sizes.most_common(most - 1)}
    rest = f"… {len(sizes) - len(kept):,} smaller groups"
    return [group if group in kept else rest for group in groups]
