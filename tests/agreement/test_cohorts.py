"""Both engines agree on cohorts of drawn subjects, of rulebooks that compare members in every way."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ..budget import by_budget
from .cohorts import EXPECTED, Cohorts, agree

SEEDS: Sequence[int] = by_budget((30, 31, 48, 85), range(96))
"""Seeds of the rulebooks; those of the fixed budget were looked for: they reach everything."""

LEAST = by_budget(1, 20)
"""How often, at least, everything must be reached."""


@cache
def run() -> Cohorts:
    return agree(SEEDS)


def test_both_engines_agree_on_cohorts() -> None:
    assert run().differences == []


def test_the_cohorts_reach_every_function_and_every_end() -> None:
    counts = run().counts
    assert {name: counts[name] for name in EXPECTED if counts[name] < LEAST} == {}


def test_most_cohorts_can_be_assessed() -> None:
    assert run().members > 5 * len(SEEDS)
