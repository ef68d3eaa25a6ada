"""Published scoring systems: every line of their data has the published result, by both engines.

`published/NAME/FILE.jsonl` is rated by `examples/NAME/FILE.kpi.yaml`. A line has an `id`, what is `given`, what is
expected (`expect`, as in a case file) and where it comes from (`source`). The lines of a file in `COHORTS` are one
cohort. The fixed budget rates one line in five.
"""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import kpirules as kr
from kpirules.kernel.mappings import FrozenMap
from kpirules.testing import Case, run_case
from tests.budget import some
from tests.shipped import shipped

PUBLISHED = Path(__file__).parent / "published"
EXAMPLES = Path(__file__).parents[2] / "examples"
COHORTS = {PUBLISHED / "hdi" / "cohort_2022.jsonl": EXAMPLES / "hdi" / "ranking.kpi.yaml"}
"""Files whose lines are compared with each other, and the rulebooks that do so."""

ALL = sorted(PUBLISHED.glob("*/*.jsonl"))
FILES = [path for path in ALL if path not in COHORTS]


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@cache
def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a file, with numbers exactly as written."""
    text = path.read_text(encoding="utf-8")
    return [json.loads(line, parse_int=Fraction, parse_float=Fraction) for line in text.splitlines()]


def rulebook_of(path: Path) -> kr.Program:
    return shipped(EXAMPLES / path.parent.name / f"{path.stem}.kpi.yaml")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_line_comes_out_as_published(path: Path) -> None:
    program, differences = rulebook_of(path), []
    for line in some(lines_of(path), 5):
        outcome = run_case(program, Case(line["id"], FrozenMap(line["given"]), FrozenMap(line["expect"])))
        if not outcome.passed:
            differences.append(outcome.text())
    assert differences == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_both_engines_agree_on_every_line(path: Path) -> None:
    program = rulebook_of(path)
    for line in some(lines_of(path), 100):
        given = line["given"]
        assert kr.assess(program, given) == kr.assess(program, given, engine="reference"), line["id"]


@pytest.mark.parametrize("path", COHORTS, ids=name_of)
def test_every_member_comes_out_as_published(path: Path) -> None:
    lines = lines_of(path)
    members = FrozenMap({line["id"]: FrozenMap(line["given"]) for line in lines})
    expect = FrozenMap({"members": FrozenMap({line["id"]: _frozen(line["expect"]) for line in lines})})
    outcome = run_case(shipped(COHORTS[path]), Case(path.stem, FrozenMap(), expect, members=members))
    assert outcome.passed, outcome.text()
    assert len(outcome.assessments) == len(lines)


@pytest.mark.parametrize("path", COHORTS, ids=name_of)
def test_both_engines_agree_on_the_cohort(path: Path) -> None:
    program, members = shipped(COHORTS[path]), {line["id"]: line["given"] for line in some(lines_of(path), 5)}
    assert kr.assess_cohort(program, members) == kr.assess_cohort(program, members, engine="reference")


def _frozen(part: Any) -> Any:
    return FrozenMap({name: _frozen(each) for name, each in part.items()}) if isinstance(part, dict) else part


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_every_line_has_an_id_of_its_own_and_says_where_it_comes_from(path: Path) -> None:
    lines = lines_of(path)
    assert len({line["id"] for line in lines}) == len(lines)
    assert all(line["source"] and line["expect"] for line in lines)


@pytest.mark.parametrize("folder", sorted({path.parent for path in ALL}), ids=lambda folder: folder.name)
def test_a_readme_gives_provenance_and_licence(folder: Path) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "## Provenance" in readme
    assert "licence" in readme.lower()
