"""What comparisons of drawn rulebooks show is so by both whole rulebooks."""

from __future__ import annotations

from collections.abc import Sequence

from ..budget import by_budget
from .editions import Count, drawn_pairs, shown_by

SEEDS: Sequence[int] = by_budget((3, 6), range(7))


def test_every_subject_that_is_shown_is_rated_differently_by_both_whole_rulebooks() -> None:
    count = Count()
    for seed in SEEDS:
        for old, new in drawn_pairs(seed):
            shown_by(old, new, count)
    assert count.parts > 0
    assert count.true == count.shown > 0
