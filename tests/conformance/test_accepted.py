"""Rulebooks with cases, a folder for each section of the language: every case comes out, by both engines.

`README.md` beside this file defines the suite for an implementation in any language; this is its runner here.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

import kpirules as kr
from kpirules.testing import examples_of, run_case

FOLDER = Path(__file__).parent
ACCEPTED = FOLDER / "accepted"
PATHS = sorted(ACCEPTED.glob("*/*.kpi.yaml"))
SECTION = re.compile(r"^\| `([a-z-]+)` \| (§[0-9.]+) \|", re.MULTILINE)
SOURCE = re.compile(r"§[0-9]+(?:\.[0-9]+)? [a-z].*|by hand")


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name.removesuffix('.kpi.yaml')}"


@cache
def rulebook(path: Path) -> kr.Program:
    return kr.load(path)


def codes_of(program: kr.Program, given: object, engine: str) -> tuple[kr.Assessment | None, set[str]]:
    """An assessment, or the codes of the errors that stand instead."""
    try:
        return kr.assess(program, given, engine=engine), set()
    except kr.KpirulesError as refusal:
        return None, {diagnostic.code for diagnostic in refusal.report.errors}


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_a_rulebook_has_no_finding_but_those_it_allows(path: Path) -> None:
    assert [str(diagnostic) for diagnostic in kr.check(path).findings] == []


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_every_case_comes_out_as_expected(path: Path) -> None:
    program = rulebook(path)
    failed = [outcome.text() for case in examples_of(program) if not (outcome := run_case(program, case)).passed]
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_the_reference_engine_has_the_same_assessment_or_the_same_errors(path: Path) -> None:
    program = rulebook(path)
    for case in examples_of(program):
        fast, reference = (codes_of(program, case.given, engine) for engine in ("scalar", "reference"))
        assert fast == reference, case.name


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_every_case_names_its_clause(path: Path) -> None:
    examples = rulebook(path).rulebook.examples
    assert examples
    assert [one.name for one in examples if not SOURCE.fullmatch(str(one.words.source or ""))] == []


def test_the_sections_of_the_readme_are_the_folders_and_each_has_cases_of_its_clause() -> None:
    sections = dict(SECTION.findall((FOLDER / "README.md").read_text(encoding="utf-8")))
    assert set(sections) == {folder.name for folder in ACCEPTED.iterdir()}
    for section, clause in sections.items():
        examples = [one for path in PATHS if path.parent.name == section for one in rulebook(path).rulebook.examples]
        assert [one for one in examples if str(one.words.source).startswith(f"{clause} ")], section


def test_there_are_at_least_400_cases() -> None:
    assert sum(len(rulebook(path).rulebook.examples) for path in PATHS) >= 400
