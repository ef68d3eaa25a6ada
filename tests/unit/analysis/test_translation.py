"""The formulas for z3 agree with the engine, and z3 finds the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from meanings import Free, Meaning

from kpirules import KpirulesError, Program
from kpirules.analysis.proving import of_its_subjects
from kpirules.analysis.proving.goals import Answer, Arguments
from kpirules.analysis.proving.search import Search
from kpirules.analysis.proving.solving.asking import exactly
from kpirules.analysis.proving.solving.linear import Lin, constant, form_of
from kpirules.analysis.proving.solving.printing import Question
from kpirules.analysis.proving.solving.rating import Rating
from kpirules.analysis.proving.solving.terms import Bit
from kpirules.engines.scalar import Decision
from kpirules.language.model import ListDomain
from tests.agreement.generation import draw
from tests.budget import by_budget, some
from tests.shipped import shipped

ROOT = Path(__file__).parents[3]
RULEBOOKS = sorted(
    [*ROOT.glob("examples/**/*.kpi.yaml"), *ROOT.glob("tests/conformance/accepted/**/*.kpi.yaml")], key=str
)
RECORDS = 3
EACH, DRAWN = by_budget((3, 4), (25, 40))
"""Subjects of a rulebook, and rulebooks that are drawn."""


def loaded(path: Path) -> list[Program]:
    """Return the variants and editions of a file that need no cohort."""
    try:
        program = shipped(path)
    except KpirulesError:
        return []
    return [part for part in program.whole if not part.plan.cohort]


def subjects(program: Program, most: int) -> list[tuple[Arguments, Answer]]:
    """Return subjects of every kind, with short lists."""
    plan = of_its_subjects(program.plan, program.rulebook)
    places = [place for place, variable in enumerate(plan.inputs) if isinstance(variable.domain, ListDomain)]
    tried = Search(plan, program.scalar).subjects()
    short = [one for one in tried if all(len(one[0][place] or ()) <= RECORDS for place in places)]
    return list(islice(short[:: max(1, len(short) // most)], most))


def agree(program: Program, most: int) -> int:
    """Compare the translation with the engine; return how many subjects need only translated parts."""
    rating = Rating(of_its_subjects(program.plan, program.rulebook), RECORDS)
    count = 0
    for arguments, answer in subjects(program, most):
        try:
            meaning = Meaning(rating, arguments)
            meaning.check_facts()
            meaning.check(answer)
            count += 1
        except Free:
            continue
    return count


@pytest.mark.parametrize("path", some(RULEBOOKS, 12), ids=lambda path: str(path.relative_to(ROOT)))
def test_translation_and_engine_agree(path: Path) -> None:
    for program in loaded(path):
        agree(program, EACH)


def test_translation_and_engine_agree_on_drawn_rulebooks() -> None:
    random = Random(20)
    counts = [agree(draw(random).program, 10) for _ in range(DRAWN)]
    assert sum(counts) > DRAWN


def _score(rating: Rating) -> Lin:
    payload = rating.operations.read("score").payload
    assert isinstance(payload, Lin)
    return payload


def checked(program: Program, rating: Rating) -> Iterator[tuple[Meaning, Fraction]]:
    """Return rated subjects that need only translated parts, each with its score."""
    for arguments, decision in subjects(program, 2_000):
        score = decision.number("score") if isinstance(decision, Decision) else None
        if score is None:
            continue
        with suppress(Free):
            Meaning(rating, arguments).check(decision)
            yield Meaning(rating, arguments), score


def given(rating: Rating, meaning: Meaning) -> Iterator[Bit]:
    """Return the inputs of a subject as conditions."""
    for number, value in meaning.values.items():
        if isinstance(value, bool):
            bit = rating.terms._node("bit", (number,))
            yield bit if value else rating.terms.opposite(bit)
        else:
            yield rating.terms.atom("eq", form_of(number).minus(constant(value)))


SCORED = ["nd335/organisation", "haiphong2025/period", "news2/news2", "lighthouse/category"]


@pytest.mark.parametrize("name", some(SCORED, 2))
def test_z3_finds_the_score_of_a_subject_whose_inputs_are_given(name: str) -> None:
    program, *_ = loaded(ROOT / "examples" / f"{name}.kpi.yaml")
    rating = Rating(of_its_subjects(program.plan, program.rulebook), RECORDS)
    found = list(islice(checked(program, rating), 3))
    assert found
    for meaning, score in found:
        for sign, answer in (("==", "sat"), ("!=", "unsat")):
            question = Question(rating.terms)
            asked = rating.terms.compare(sign, _score(rating), constant(score))
            question.add([rating.going, *given(rating, meaning), asked])
            question.solver.add([exactly(question, equation) for equation in question.equations])
            assert question.check() == answer
