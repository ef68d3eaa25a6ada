"""The failing and passing examples on the pages of these codes do fail and pass."""

from __future__ import annotations

import re

import pytest

from kpirules import check
from kpirules.diagnostics.codes import CATALOGUE
from tests.budget import some

PAGES = {code: row.page for code, row in CATALOGUE.items() if code[:3] in ("KR2", "KR3", "KR4")}


@pytest.mark.parametrize("code", some(sorted(PAGES), 2))
def test_the_failing_example_is_reported_and_the_passing_one_is_clean(code: str) -> None:
    fails, passes = re.findall(r"```yaml\n(.*?)```", PAGES[code], re.DOTALL)
    assert code in [d.code for d in check(text=fails)]
    assert len(check(text=passes)) == 0


@pytest.mark.parametrize("code", sorted(PAGES))
def test_a_page_has_its_four_parts(code: str) -> None:
    parts = re.findall(r"^\*\*(.*?)\*\*$", PAGES[code], re.MULTILINE)
    assert parts == ["What it checks", "Why it matters", "Fails", "Passes"]
    assert CATALOGUE[code].title
