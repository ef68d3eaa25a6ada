"""The pairs on which both engines must agree."""

from __future__ import annotations

import pytest

from .running import BLOCKS, differences, lacking


@pytest.mark.parametrize("block", range(BLOCKS))
def test_both_engines_agree(block: int) -> None:
    if told := differences(block):
        pytest.fail(told, pytrace=False)


def test_the_pairs_reach_all_of_the_language() -> None:
    assert lacking() == {}
