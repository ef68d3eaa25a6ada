"""Readers of records, cases, receipts, saved work, CSV, JSON and appraisals raise nothing but the project's own errors.

`python -m tests.sandbox.fuzz` goes on where these tests end.
"""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("resource", reason="the time of a case is limited by POSIX")

from ..budget import by_budget
from .fuzz import MOST_SECONDS, READERS, tried

CASES = by_budget(25, 300)
"""Of each reader."""

KEPT = {"saved": (329,), "cases": (1123,)}
"""Cases of each reader that once raised something else."""


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_raises_nothing_but_errors_of_the_project(reader: str, tmp_path: Path) -> None:
    made = [tried(reader, number, tmp_path) for number in (*range(CASES), *KEPT.get(reader, ()))]
    failed = [f"{reader} {one.number}: {one.ended}" for one in made if one.is_failure]
    assert not failed, "\n".join(failed[:5])
    assert max(one.seconds for one in made) < MOST_SECONDS
    # What is all refused at the door, or all let in, shows nothing of what lies behind it.
    read = sum(one.ended == "read" for one in made)
    assert CASES / 10 < read < CASES * 0.9


def test_a_case_is_made_again_from_its_number(tmp_path: Path) -> None:
    for reader in READERS:
        twice = [[tried(reader, number, tmp_path).ended for number in range(CASES // 5)] for _ in range(2)]
        assert twice[0] == twice[1]
