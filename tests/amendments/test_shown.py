"""A comparison shows the changes that a shipped case notices."""

from __future__ import annotations

import pytest

from tests.budget import by_budget

from .shown import EXAMPLES, shown

EVERY = {
    "nd335/year.kpi.yaml": by_budget(29, 3),
    "objectives/person.kpi.yaml": by_budget(13, 2),
    **by_budget({}, {"hanoi3814/month.kpi.yaml": 2, "customs21169/year.kpi.yaml": 7}),
}
"""One change in so many is tried."""


@pytest.mark.parametrize("rulebook", EVERY)
def test_what_a_case_notices_is_shown(rulebook: str) -> None:
    found = shown(EXAMPLES / rulebook, EVERY[rulebook])
    assert found.killed > 0
    assert not found.missed
