"""Rulebooks with cases, a folder for each section of the language: every case passes by both engines.

`README.md` beside this file defines the suite for an implementation in any language; this is its runner here. In the
fixed budget the reference engine assesses the cases of one rulebook in three.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

import kpirules as kr
from kpirules.diagnostics.codes import CATALOGUE
from kpirules.kernel.exact import MODES
from kpirules.language.expressions.functions import AGGREGATES, COHORT_FUNCTIONS, FUNCTIONS
from kpirules.language.model import BASES, COMBINES, TIES
from kpirules.testing import Case, examples_of, run_case
from tests.budget import some
from tests.shipped import shipped

FOLDER = Path(__file__).parent
ACCEPTED = FOLDER / "accepted"
PATHS = sorted(ACCEPTED.glob("*/*.kpi.yaml"))
SECTION = re.compile(r"^\| `([a-z-]+)` \| (§[0-9.]+) \|", re.MULTILINE)
SOURCE = re.compile(r"§[0-9]+(?:\.[0-9]+)? \S.*|by hand")

WORDS = {
    "combine": set(COMBINES),
    "mode": set(MODES),
    "missing": {"exclude", "zero", "full", "unrated"},
    "outside": {"clamp"},
    "overlap": {"best", "worst"},
    "fall": {"next"},
    "band_on": {"rounded", "exact"},
    "ties": set(TIES),
    "base": set(BASES),
    "round": set(MODES),
    "weights": {"relative"},
    "rescale": {"true", "false"},
    "ordered": {"best_first", "worst_first"},
    "type": {"number", "integer", "boolean", "choice", "date", "text", "list"},
}
"""Words that stand under a key, all of which a rulebook of the suite has."""


WARNED = {
    "KR350": {"KR620"},
    "KR351": {"KR621", "KR622", "KR623", "KR624"},
    "KR352": {"KR625"},
    "KR312": {"KR625"},
    "KR362": {"KR624"},
    "KR364": {"KR624"},
}
"""Findings that say a fault is possible, and the faults that they speak of."""


OPEN = {"bands": {"KR330", "KR331", "KR334"}, "requires": {"KR334"}}
"""Findings that say a subject may be left without a band, by what leaves it so."""


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name.removesuffix('.kpi.yaml')}"


def assessments_of(program: kr.Program, case: Case, engine: str = "scalar") -> list[kr.Assessment]:
    """Return the assessment of a case, or those of its members."""
    if case.members:
        return list(kr.assess_cohort(program, case.members, engine=engine).values())
    return [kr.assess(program, case.given, engine=engine)]


Found = tuple[Case, list[kr.Assessment], kr.KpirulesError | None]


def found_by(program: kr.Program, case: Case, engine: str) -> Found:
    """Return a case with its assessments, or with its error."""
    try:
        return case, assessments_of(program.narrowed(case.variant, case.on), case, engine), None
    except kr.KpirulesError as refusal:
        return case, [], refusal


@cache
def found(path: Path) -> list[Found]:
    """Return the cases of a rulebook, each with its assessments or its error."""
    program = shipped(path)
    return [found_by(program, case, "scalar") for case in examples_of(program)]


def codes_of(refusal: kr.KpirulesError | None) -> set[str]:
    return {diagnostic.code for diagnostic in refusal.report.errors} if refusal else set()


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_a_rulebook_has_no_finding_but_those_it_allows(path: Path) -> None:
    assert [str(diagnostic) for diagnostic in shipped(path).report.findings] == []


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_every_case_comes_out_as_expected(path: Path) -> None:
    program = shipped(path)
    failed = [outcome.text() for case in examples_of(program) if not (outcome := run_case(program, case)).passed]
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("path", some(PATHS, 3), ids=name_of)
def test_the_reference_engine_has_the_same_assessment_or_the_same_errors(path: Path) -> None:
    for case, assessments, refusal in found(path):
        _, by_reference, refused = found_by(shipped(path), case, "reference")
        assert assessments == by_reference, case.name
        assert codes_of(refusal) == codes_of(refused), case.name


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_a_fault_that_occurs_was_said_to_be_possible(path: Path) -> None:
    program = shipped(path)
    said = {(one.code, one.path) for one in program.report.diagnostics if one.code in WARNED}
    for case, _, refusal in found(path):
        if isinstance(refusal, kr.FaultError):
            (fault,) = refusal.report
            # That no case of a table holds is said at the table, not where it is called.
            here = {code for code, at in said if fault.path.startswith(at) or at.startswith("tables.")}
            assert any(fault.code in WARNED[code] for code in here), case.name


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_a_subject_without_a_band_was_said_to_be_possible(path: Path) -> None:
    said = {one.code for one in shipped(path).report.diagnostics}
    for case, assessments, _ in found(path):
        for assessment in assessments:
            for why in assessment.because if assessment.status == "undefined" else ():
                kind = why.partition(".")[0]
                assert kind not in OPEN or said & OPEN[kind], (case.name, why)


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_every_case_names_its_clause(path: Path) -> None:
    examples = shipped(path).rulebook.examples
    assert examples
    assert [one.name for one in examples if not SOURCE.fullmatch(str(one.words.source or ""))] == []


def test_the_sections_of_the_readme_are_the_folders_and_each_has_cases_of_its_clause() -> None:
    sections = dict(SECTION.findall((FOLDER / "README.md").read_text(encoding="utf-8")))
    assert set(sections) == {folder.name for folder in ACCEPTED.iterdir()}
    for section, clause in sections.items():
        examples = [one for path in PATHS if path.parent.name == section for one in shipped(path).rulebook.examples]
        assert [one for one in examples if str(one.words.source).startswith(f"{clause} ")], section


def test_every_word_of_the_language_is_used() -> None:
    """Functions, aggregates, ways to combine, modes of rounding, policies for absence, leaves, tables, overrides."""
    text = "\n".join(path.read_text(encoding="utf-8").partition("examples")[0] for path in PATHS)
    calls = {*re.findall(r"\b([a-z_][a-z0-9_]*)\(", text)}
    assert {*FUNCTIONS, *COHORT_FUNCTIONS} <= calls
    assert [name for name in AGGREGATES if not re.search(rf"\b{name}\([^\n]* for [a-z]+ in ", text)] == []
    for key, words in WORDS.items():
        assert set(words) <= {*re.findall(rf"\b{key}: ([a-z_]+)", text)}, key
    written = {*re.findall(r"\b([a-z_]+):", text)}
    assert {"points", "rate", "met", "entered", "steps", "scale", "thresholds", "lookup", "undefined"} <= written
    assert {"band", "band_at_most", "band_at_least", "unrated", "limits", "requires", "require_share"} <= written


def test_every_error_that_a_subject_can_meet_is_expected_somewhere() -> None:
    """All but KR630 and KR631, which no accepted rulebook can come to."""
    expected = {str(one.expect.get("error")) for path in PATHS for one in shipped(path).rulebook.examples}
    assert {code for code in CATALOGUE if code.startswith("KR6")} - {"KR630", "KR631"} <= expected


def test_there_are_at_least_400_cases() -> None:
    assert sum(len(shipped(path).rulebook.examples) for path in PATHS) >= 400
