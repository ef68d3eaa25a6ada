"""Part 1 of the pairs on which both engines must agree."""

from __future__ import annotations

import pytest

from .running import BLOCKS, Part

PART = Part(0)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_both_engines_agree(block: int) -> None:
    if told := PART.differences(block):
        pytest.fail(told, pytrace=False)


def test_the_pairs_reach_all_of_the_language() -> None:
    """This file's share of a hundred times for every feature."""
    assert PART.lacking() == {}
