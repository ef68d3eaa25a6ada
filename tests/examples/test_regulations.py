"""The rulebooks of regulations rate every case, and hundreds of random subjects, as plain fractions rate them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

import kpirules as kr
from kpirules.testing import read_cases

from . import hcmc2026
from .decree335 import Rating

EXAMPLES = Path(__file__).parents[2] / "examples"
RANDOM_SUBJECTS = 300

Plainly = Callable[[Mapping[str, Any]], Rating]
AtRandom = Callable[[Random], dict[str, Any]]

STATED_TWICE: dict[str, tuple[Plainly, AtRandom]] = {
    "hcmc2026/period": (hcmc2026.period, hcmc2026.period_at_random),
}


def plain(value: object) -> Any:
    """A value of a case as JSON would hold it, with exact numbers."""
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value


def outcome(assessment: kr.Assessment) -> tuple[object, ...]:
    """What is compared: whether there is a rating, which one, and the task results before rounding."""
    results = assessment.points.get("results") if assessment.score is not None else None
    return assessment.status, assessment.score, assessment.band, results


def expected(rating: Rating) -> tuple[object, ...]:
    return rating.status, rating.score, rating.band, rating.results


@pytest.mark.parametrize("rulebook", STATED_TWICE)
def test_every_case_agrees_with_plain_fractions(rulebook: str) -> None:
    rate, _ = STATED_TWICE[rulebook]
    program = kr.load(EXAMPLES / f"{rulebook}.kpi.yaml")
    compared = 0
    for case in read_cases(EXAMPLES / f"{rulebook}.cases.yaml").cases:
        if "error" not in case.expect:
            assessment = kr.assess(program, case.given)
            assert outcome(assessment) == expected(rate(plain(case.given))), case.name
            compared += 1
    assert compared > 5


@pytest.mark.parametrize("rulebook", STATED_TWICE)
def test_random_subjects_agree_with_plain_fractions(rulebook: str) -> None:
    rate, at_random = STATED_TWICE[rulebook]
    program = kr.load(EXAMPLES / f"{rulebook}.kpi.yaml")
    chance, seen = Random(rulebook), Counter[object]()
    for _ in range(RANDOM_SUBJECTS):
        subject = at_random(chance)
        assessment = kr.assess(program, subject)
        assert outcome(assessment) == expected(rate(subject)), subject
        seen[assessment.band or assessment.status] += 1
    assert len(seen) >= 3, seen  # a generator that always gives the same would compare nothing
