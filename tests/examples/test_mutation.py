"""The cases of an example notice nearly every small change of its rules."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from kpirules.testing import mutate
from tests.budget import by_budget
from tests.shipped import EXAMPLES

AT_LEAST = Fraction(95, 100)

SHORTEST = by_budget(3, 24)
"""How many rulebooks are tried: long ones take minutes."""

RULEBOOKS = sorted(
    (path for path in EXAMPLES.rglob("*.kpi.yaml") if path.with_name(path.name.replace(".kpi.", ".cases.")).exists()),
    key=lambda path: path.stat().st_size,
)[:SHORTEST]


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_cases_kill_the_mutants_of_their_rulebook(path: Path) -> None:
    found = mutate(path, root=EXAMPLES)
    assert found.score >= AT_LEAST, str(found)
