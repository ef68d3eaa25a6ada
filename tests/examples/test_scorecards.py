"""The scorecards rate all cases, and hundreds of random subjects, as fractions by hand do.

Modules beside this one state the rules once more and import nothing of kpirules.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

import kpirules as kr
from kpirules.testing import read_cases
from tests.budget import by_budget
from tests.shipped import shipped

from . import scorecards
from .decree335 import Rating
from .test_regulations import AtRandom, Plainly, plain

EXAMPLES = Path(__file__).parents[2] / "examples"
RANDOM_SUBJECTS = by_budget(15, 300)

STATED_TWICE: dict[str, tuple[Plainly, AtRandom]] = {
    "indonesia2022/predicate": (scorecards.indonesia, scorecards.indonesia_at_random),
    "mips2024/quality": (scorecards.mips, scorecards.mips_at_random),
    "nine_box/person": (scorecards.nine_box, scorecards.nine_box_at_random),
    "objectives/person": (scorecards.objectives, scorecards.objectives_at_random),
    "saas_scorecard/quarter": (scorecards.saas, scorecards.saas_at_random),
    "supplier_card/year": (scorecards.supplier, scorecards.supplier_at_random),
    "teacher_evaluation/year": (scorecards.teacher, scorecards.teacher_at_random),
}


def outcome(assessment: kr.Assessment) -> Rating:
    score = None if assessment.score is None else Fraction(assessment.score)
    return Rating(assessment.status, score, assessment.band)


@pytest.mark.parametrize("rulebook", STATED_TWICE)
def test_every_case_agrees_with_plain_fractions(rulebook: str) -> None:
    rate, _ = STATED_TWICE[rulebook]
    program = shipped(EXAMPLES / f"{rulebook}.kpi.yaml")
    cases = [case for case in read_cases(EXAMPLES / f"{rulebook}.cases.yaml").cases if "error" not in case.expect]
    assert len(cases) > 5
    for case in cases:
        assert outcome(kr.assess(program, case.given)) == rate(plain(case.given)), case.name


@pytest.mark.parametrize("rulebook", STATED_TWICE)
def test_random_subjects_agree_with_plain_fractions(rulebook: str) -> None:
    rate, at_random = STATED_TWICE[rulebook]
    program = shipped(EXAMPLES / f"{rulebook}.kpi.yaml")
    chance, seen = Random(rulebook), Counter[object]()
    for _ in range(RANDOM_SUBJECTS):
        subject = at_random(chance)
        assessment = kr.assess(program, subject)
        assert outcome(assessment) == rate(subject), subject
        assert kr.assess(program, subject, engine="reference") == assessment, subject
        seen[assessment.band or assessment.score or assessment.status] += 1
    assert len(seen) >= 3, seen  # a generator that always gives the same would compare nothing
