"""One quota of a regulation in its different readings: every line of the data has its limit, by both engines.

`quotas/nd335.jsonl` says of a group by which reading it is limited, how many members of each band it has, and how many
of them may be excellent.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import kpirules as kr
from tests.budget import some

FOLDER = Path(__file__).parent / "quotas"
LINES = [json.loads(line) for line in (FOLDER / "nd335.jsonl").read_text(encoding="utf-8").splitlines()]
BEGINS = {"excellent": 90, "good": 70, "fair": 50}


@pytest.fixture(scope="module")
def program() -> kr.Program:
    return kr.load(FOLDER / "nd335.kpi.yaml")


def members_of(line: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the members of each band that a line counts, with distinct scores."""
    common = {"reading": line["reading"], "is_outstanding": line["is_outstanding"]}
    return {
        f"{band} {place}": {**common, "result": begin + (place + 1) / 100}
        for band, begin in BEGINS.items()
        for place in range(line[band])
    }


@pytest.mark.parametrize(
    "line",
    some(sorted(LINES, key=lambda line: line["reading"]), 6),
    ids=lambda line: f"{line['reading']} {line['source']}",
)
def test_as_many_are_excellent_as_the_line_says(program: kr.Program, line: dict[str, Any]) -> None:
    members = members_of(line)
    kept = min(line["limit"], line["excellent"])
    best = {f"excellent {line['excellent'] - 1 - place}" for place in range(kept)}
    both = kr.assess_cohort(program, members)
    for engine in ("scalar", "reference"):
        before = kr.assess_cohort(program, members, engine=engine, is_allocated=False)
        allocation = kr.allocate(program, members, before)
        (group,) = allocation.groups
        after = allocation.assessments
        assert (group.quota, group.limit, group.kept) == (line["reading"], line["limit"], kept)
        assert {name for name, one in after.items() if one.band == "excellent"} == best
        assert sum(one.band == "good" for one in after.values()) == line["good"] + line["excellent"] - kept
        assert sum(one.band == "fair" for one in after.values()) == line["fair"]
        assert after == both


def test_the_rulebook_of_the_readings_has_no_finding() -> None:
    assert [str(one) for one in kr.check(FOLDER / "nd335.kpi.yaml").findings] == []


def test_there_is_a_line_for_every_number_of_the_table_and_both_shares() -> None:
    assert len(LINES) == 8 * 5 + 2 * 5 + 1
    assert {line["is_outstanding"] for line in LINES} == {True, False}
    assert {line["reading"] for line in LINES} == {"literal", "q1", "q2", "q3", "q4"}
