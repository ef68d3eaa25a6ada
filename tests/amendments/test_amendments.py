"""Faulty amendments are noticed by the tools that noticed them before."""

from __future__ import annotations

import pytest
import yaml

from tests.budget import by_budget

from .trying import HERE, TOOLS, Amendment, amendments, is_without_effect, noticed

FOUND = yaml.safe_load((HERE / "found.yaml").read_text(encoding="utf-8"))
FEW = (24, 41)
"""The places of amendments that are tried in the fixed budget: they take least time; all tools notice the last."""

ALL = amendments()
TRIED = [ALL[place] for place in by_budget(FEW, tuple(range(len(ALL))))]
NOTICED = {one["amendment"]: set(one["by"]) for one in FOUND}
WITHOUT_EFFECT = [one for one in ALL if not NOTICED[str(one)]]


def test_the_list_is_as_long_and_varied_as_it_should_be() -> None:
    assert list(NOTICED) == list(map(str, ALL))
    assert sum(map(bool, NOTICED.values())) >= 40
    assert len({one.kind for one in ALL}) >= 12
    assert len({one.rulebook for one in ALL}) >= 6


def test_two_tools_notice_each_that_has_an_effect() -> None:
    assert not [name for name, tools in NOTICED.items() if len(tools) == 1]


@pytest.mark.parametrize("amendment", WITHOUT_EFFECT[-1:] if by_budget(True, False) else WITHOUT_EFFECT, ids=str)
def test_what_no_tool_notices_is_proved_to_have_no_effect(amendment: Amendment) -> None:
    assert is_without_effect(amendment)


@pytest.mark.parametrize("amendment", TRIED, ids=str)
def test_the_tools_notice_an_amendment_that_they_noticed(amendment: Amendment) -> None:
    found = {tool for tool, notices in noticed(amendment, NOTICED[str(amendment)]) if notices}
    assert found == NOTICED[str(amendment)]


def test_the_tools_are_those_of_the_table() -> None:
    assert set().union(*NOTICED.values()) <= set(TOOLS)
