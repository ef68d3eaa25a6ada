"""Every subject that a finding shows is valid, and has what the finding claims."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from kpirules import Diagnostic, FaultError, Program, assess, loads
from kpirules.diagnostics.codes import CATALOGUE
from tests.agreement.generation import draw
from tests.budget import by_budget, some
from tests.shipped import shipped

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "examples").rglob("*.kpi.yaml"))
EXAMPLES = some([path for path in FILES if "\nappraisal:" not in path.read_text(encoding="utf-8")], 6)

BLOCKS: list[Sequence[int]] = by_budget(
    [[0], [1], [103], [105], [401], [603], [701]], [range(100 * block, 100 * block + 12) for block in range(8)]
)
"""Seeds of generated rulebooks; those of the fixed budget have a witness of most codes."""

FAULTS = {
    "KR350": {"KR620"},
    "KR351": {"KR621", "KR622", "KR623", "KR624"},
    "KR312": {"KR625"},
    "KR352": {"KR625"},
    "KR362": {"KR624"},
    "KR364": {"KR624"},
}
"""The codes that an assessment of the witness ends with."""

LEFT_OPEN = {"KR330": "bands", "KR331": "bands.", "KR334": "requires."}
"""How what leaves the witness without a band is called."""


def happens(program: Program, found: Diagnostic) -> bool:
    """Return whether a finding is true of its witness, by an engine."""
    subject = json.loads(found.witness, parse_float=Decimal)
    outcomes = []
    for engine in ("scalar", "reference"):
        try:
            assessment = assess(program, subject, engine=engine)
        except FaultError as fault:
            (diagnostic,) = fault.report
            # What is said of a table happens where it is called.
            is_there = diagnostic.path == found.path or found.path.startswith("tables.")
            outcomes.append(diagnostic.code in FAULTS.get(found.code, ()) and is_there)
            continue
        if found.code in LEFT_OPEN:
            is_open = assessment.status == "undefined" and assessment.band is None
            outcomes.append(is_open and all(one.startswith(LEFT_OPEN[found.code]) for one in assessment.because))
        elif found.code == "KR337":
            own = assessment.outcomes[found.path.rpartition(".")[2]]
            outcomes.append(own.why in ("nothing_remains", "too_little_remains"))
        elif found.code == "KR322":
            (limit,) = [one for one in program.rulebook.score_limits if one.words.path == found.path]
            held = all(one.held for one in assessment.limits if one.id == limit.id)
            score, exact, most = assessment.score, assessment.exact_score, limit.at_most.constant
            assert score is not None
            assert exact is not None
            is_above = not isinstance(most, Fraction) or exact <= most < Fraction(score)
            outcomes.append(held and exact < Fraction(score) and is_above)
        elif found.code == "KR404":
            outcomes.append(
                [one.held for one in assessment.invariants if f"invariants.{one.id}" == found.path] == [False]
            )
        else:
            score, exact = assessment.score, assessment.exact_score
            assert found.code == "KR321"
            assert score is not None
            assert exact is not None
            bands = program.rulebook.bands
            assert bands is not None
            outcomes.append(any((Fraction(score) in one.interval) != (exact in one.interval) for one in bands.levels))
    return all(outcomes)


def witnesses(program: Program) -> list[Diagnostic]:
    shown = [one for one in program.report if one.evidence == "shown"]
    assert all(one.witness for one in shown)
    assert not any(one.witness for one in program.report if one.evidence != "shown")
    return shown


@pytest.mark.parametrize("seeds", BLOCKS)
def test_witnesses_of_generated_rulebooks_are_true(seeds: Sequence[int]) -> None:
    found = 0
    for seed in seeds:
        program = draw(random.Random(seed)).program
        for one in witnesses(program):
            found += 1
            assert happens(program, one), (seed, one)
    assert found >= len(seeds) / 3


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_witnesses_of_an_example_are_true(path: Path) -> None:
    program = shipped(path)
    assert all(happens(program, one) for one in witnesses(program))


def test_the_gaps_of_the_decree_are_shown() -> None:
    """Nghị định 335/2025/NĐ-CP leaves scores without a level: each of the three is shown with an organisation."""
    program = shipped(ROOT / "examples/nd335/organisation.kpi.yaml")
    gaps = [one for one in program.report.allowed if one.code == "KR334"]
    assert [one.evidence for one in gaps] == ["shown", "shown", "shown"]
    assert all(happens(program, one) for one in gaps)


@pytest.mark.parametrize("code", [*FAULTS, *LEFT_OPEN, "KR321"])
def test_the_page_of_a_code_fails_with_a_witness(code: str) -> None:
    page = CATALOGUE[code].page
    text = page.split("**Fails**")[1].split("```yaml\n")[1].split("```")[0]
    program = loads(text)
    (found,) = [one for one in program.report if one.code == code]
    assert found.evidence == "shown"
    assert happens(program, found)
