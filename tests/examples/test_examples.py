"""The shipped examples hold: clean rulebooks, cases that pass, and the numbers of the regulation."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import kpirules as kr
from kpirules.cli import main
from kpirules.testing import Case, examples_of, read_cases, run_case
from tests.budget import some
from tests.shipped import shipped

from . import decree335

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = sorted(EXAMPLES.rglob("*.kpi.yaml"))
APPRAISALS = [path for path in FILES if "\nappraisal:" in path.read_text(encoding="utf-8")]
RULEBOOKS = [path for path in FILES if path not in APPRAISALS]
CASE_FILES = sorted(EXAMPLES.rglob("*.cases.yaml"))
TRIED = some(FILES, 4)
ND335, HAIPHONG = EXAMPLES / "nd335", EXAMPLES / "haiphong2025"

SUBJECTS = {
    ND335 / "staff.kpi.yaml": ND335 / "staff.jsonl",
    ND335 / "head.kpi.yaml": ND335 / "heads.jsonl",
    ND335 / "organisation.kpi.yaml": ND335 / "organisations.jsonl",
}
KEYS = ("person", "organisation")

RATINGS: dict[str, Callable[[Mapping[str, Any]], decree335.Rating]] = {
    "staff": decree335.staff,
    "head": decree335.head,
    "organisation": decree335.organisation,
}

VECTORS = {
    # id, rulebook: task results of 70, published score, band, status
    ("n1", "staff"): ("70", "100", "excellent", "rated"),
    ("n2", "staff"): ("70", "100", "excellent", "rated"),
    ("n3", "staff"): ("14", "44", "poor", "rated"),
    ("n4", "staff"): ("0", "30", "poor", "rated"),
    ("n5", "staff"): ("385/6", "94.17", "excellent", "rated"),
    ("n6", "staff"): ("385/6", "94.17", "excellent", "rated"),
    ("n7", "staff"): ("70", "100", "excellent", "rated"),
    ("n8", "staff"): (None, None, None, "insufficient"),
    ("n9", "staff"): ("56", "86", "good", "rated"),
    ("m1", "staff"): ("61.25", "88.75", "good", "rated"),
    ("m2", "staff"): ("63", "90", "excellent", "rated"),
    ("m3", "head"): ("385/6", "94.17", "excellent", "rated"),
    ("m4", "head"): ("175/3", "88.33", "good", "rated"),
    ("m5", "head"): ("52.5", "82.5", "good", "rated"),
    ("m8", "staff"): (None, None, None, "not_classified"),
    ("m8b", "staff"): ("70", "100", "excellent", "rated"),
    ("m9", "staff"): ("70", "95", "poor", "rated"),
    ("m10", "head"): ("70", "93", "good", "rated"),
    ("m12", "organisation"): ("62", "92", None, "undefined"),
    ("m13", "organisation"): ("47", "75", "poor", "rated"),
    ("m14", "organisation"): ("50", "60", None, "undefined"),
}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name.partition('.')[0]}"


def plain(value: object) -> Any:
    """Return a value of a case as JSON data, with exact numbers."""
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value


def subjects(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the subjects of a file by their key."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        subject = json.loads(line)
        key = next(subject.pop(name) for name in KEYS if name in subject)
        found.append((key, subject))
    return found


def cases_of(rulebook: str) -> tuple[Case, ...]:
    return read_cases(ND335 / f"{rulebook}.cases.yaml").cases


@cache
def checked(path: Path) -> kr.Report:
    return kr.check(path, root=EXAMPLES) if path in APPRAISALS else shipped(path).report


@pytest.mark.parametrize("path", TRIED, ids=name_of)
def test_a_file_has_no_findings_but_those_accepted_with_a_reason(path: Path) -> None:
    report = checked(path)
    assert [d for d in report if d.severity is not kr.Severity.NOTE and d.allowed is None] == [], str(report)


def test_the_examples_leave_nothing_open() -> None:
    """z3 shows the two findings that a search leaves open, and finds one more, which is true."""
    files = [path for path in FILES if path in some(FILES, 8) or path.parent.name == "amended2026"]
    counts: Counter[str] = Counter()
    more: list[tuple[str, str]] = []
    for path in files:
        told, proved = checked(path), kr.check(path, root=EXAMPLES, prove=True)
        counts.update(f"plain {one.evidence}" for one in told if one.evidence)
        counts.update(one.evidence for one in proved if one.evidence)
        known = {(one.code, one.path) for one in told}
        more += [(path.parent.name, one.path) for one in proved if (one.code, one.path) not in known]
        assert not {(one.code, one.path) for one in told} - {(one.code, one.path) for one in proved}
    assert more == [("amended2026", "overrides.few_online")]
    assert counts["possible"] == 0
    print(dict(counts))


@pytest.mark.parametrize("path", some(CASE_FILES, 4), ids=name_of)
def test_every_case_of_a_file_passes(path: Path) -> None:
    file = read_cases(path, root=EXAMPLES)
    program = shipped(file.rulebook)
    outcomes = [run_case(program, case) for case in (*file.cases, *examples_of(program))]
    assert [outcome.case.name for outcome in outcomes if not outcome.passed] == []


def test_every_rulebook_has_cases() -> None:
    assert [name_of(path) for path in RULEBOOKS] == [name_of(path) for path in CASE_FILES]


@pytest.mark.parametrize("path", some(APPRAISALS, 2), ids=name_of)
def test_an_appraisal_assesses_every_row_of_its_tables(path: Path, tmp_path: Path) -> None:
    assert main(["appraise", str(path), "--data", str(path.parent / "data"), "-o", str(tmp_path / "out")]) == 0
    assert main(["verify", str(tmp_path / "out" / "receipt.json")]) == 0


@pytest.mark.parametrize(("id", "rulebook"), VECTORS)
def test_a_vector_of_the_regulation_comes_out_in_its_case_and_in_plain_fractions(id: str, rulebook: str) -> None:
    results, score, band, status = VECTORS[id, rulebook]
    case = next(case for case in cases_of(rulebook) if case.name.startswith(f"{id},"))
    plainly = RATINGS[rulebook](plain(case.given))
    wanted = decree335.Rating(status, score and Fraction(score), band, results and Fraction(results))
    assert plainly == wanted
    assessment = kr.assess(shipped(ND335 / f"{rulebook}.kpi.yaml"), case.given)
    assert (assessment.status, assessment.score, assessment.band) == (status, wanted.score, band)
    if results is not None:
        assert assessment.points["results"] == wanted.results


@pytest.mark.parametrize("rulebook", RATINGS)
def test_every_case_agrees_with_plain_fractions(rulebook: str) -> None:
    program = shipped(ND335 / f"{rulebook}.kpi.yaml")
    for case in cases_of(rulebook):
        if "error" in case.expect or len(case.given) < 10:
            continue
        assessment, plainly = kr.assess(program, case.given), RATINGS[rulebook](plain(case.given))
        assert (assessment.status, assessment.score, assessment.band) == (
            plainly.status,
            plainly.score,
            plainly.band,
        ), case.name


@pytest.mark.parametrize("rulebook", SUBJECTS, ids=name_of)
def test_the_subjects_are_rated_as_plain_fractions_rate_them(rulebook: Path) -> None:
    program = shipped(rulebook)
    for key, subject in subjects(SUBJECTS[rulebook]):
        assessment = kr.assess(program, subject)
        plainly = RATINGS[rulebook.name.partition(".")[0]](subject)
        assert (assessment.status, assessment.score, assessment.band) == (
            plainly.status,
            plainly.score,
            plainly.band,
        ), key
        assert str(kr.explain(assessment)), key


def test_a_subject_is_42_hundredths_short_of_excellent() -> None:
    subject = dict(subjects(ND335 / "staff.jsonl"))["Nguyễn Thị Hạnh"]
    assessment = kr.assess(shipped(ND335 / "staff.kpi.yaml"), subject)
    assert (str(assessment.score), assessment.exact_score, assessment.band) == (
        "89.58",
        Fraction("89.58"),
        "good",
    )
    assert assessment.margin is not None
    assert assessment.margin.up == Fraction("0.42")


def test_the_tables_and_the_lines_hold_the_same_subjects(capsys: pytest.CaptureFixture[str]) -> None:
    rulebook = str(ND335 / "staff.kpi.yaml")
    records = [f"--records=tasks={ND335 / 'tasks.csv'}", f"--records=disciplines={ND335 / 'disciplines.csv'}"]
    printed = []
    for rest in ([str(ND335 / "staff.csv"), *records], [str(ND335 / "staff.jsonl")]):
        assert main(["assess", rulebook, *rest, "--key", "person", "--format", "csv"]) == 0
        printed.append(list(csv.DictReader(capsys.readouterr().out.splitlines())))
    assert printed[0] == printed[1]
    assert [row["person"] for row in printed[0]] == [key for key, _ in subjects(ND335 / "staff.jsonl")]


def test_a_coefficient_of_the_fixture_is_points_over_the_standard_product() -> None:
    """Coefficients of QĐ 283/QĐ-UBND: points of the product over the 5 points of the standard one."""
    with (ND335 / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        catalogue = {row["product"]: row for row in csv.DictReader(file)}
    ranges = {"N1": (1, 10), "N2": (11, 50), "N3": (51, 100), "N4": (101, 200)}
    for row in catalogue.values():
        low, high = ranges[row["group"]]
        assert Fraction(row["coefficient"]) == Fraction(row["points"]) / 5
        assert low <= int(row["points"]) <= high
    with (ND335 / "tasks.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["coefficient"] == catalogue[row["product"]]["coefficient"]


PERIODS = {
    "year": ("year", "rated", "87.32", "nearly"),
    "month06": ("period", "rated", "90", "ahead"),
    "month07": ("period", "insufficient", None, None),
    "month09": ("period", "rated", "74.55", "on_pace"),
    "month10": ("period", "rated", "87.14", "on_pace"),
}


@pytest.mark.parametrize("name", PERIODS)
def test_a_period_of_hai_phong_is_rated(name: str) -> None:
    rulebook, status, score, band = PERIODS[name]
    subject = json.loads((HAIPHONG / "data" / f"{name}.json").read_text(encoding="utf-8"))
    assessment = kr.assess(shipped(HAIPHONG / f"{rulebook}.kpi.yaml"), subject)
    assert (assessment.status, assessment.score, assessment.band) == (status, score and Fraction(score), band)
    assert str(kr.explain(assessment))


def test_the_year_of_hai_phong_comes_out_in_plain_fractions() -> None:
    subject = json.loads((HAIPHONG / "data" / "year.json").read_text(encoding="utf-8"))
    number = {name: Fraction(str(value)) for name, value in subject.items()}

    def fulfilment(attained: Fraction) -> Fraction:
        return min(max((attained - Fraction(8, 10)) / Fraction(2, 10), Fraction(0)), Fraction(1))

    def mean(*parts: Fraction) -> Fraction:
        return sum(parts, Fraction(0)) / len(parts)

    def against(*names: str) -> list[Fraction]:
        return [fulfilment(number[f"{name}_actual"] / number[f"{name}_plan"]) for name in names]

    growth = mean(
        *against(
            "grdp_growth",
            "industry_growth",
            "industry_construction_growth",
            "services_growth",
            "agriculture_growth",
        )
    )
    revenue = mean(Fraction(1), fulfilment(number["revenue_actual"] / number["revenue_central_plan"]))
    paid_out = fulfilment(number["public_investment_share"] / 100)
    economy = mean(revenue, paid_out, *against("investment", "exports", "new_enterprises"))
    society = mean(*against("social_housing"), number["satisfaction"] / 100)
    missed = 1 - number["targets_missed"] / number["targets_total"] / Fraction(1, 2)
    score = 30 * growth + 40 * economy + 20 * society + 10 * missed
    assessment = kr.assess(shipped(HAIPHONG / "year.kpi.yaml"), subject)
    assert number["revenue_actual"] > number["revenue_city_plan"]
    assert assessment.exact_score == score
    assert assessment.score == decree335.half_up(score)


@pytest.mark.parametrize(
    ("actual", "plan", "printed"),
    [
        ("11.81", "12.35", "95.6"),
        ("187766", "165000", "113.8"),
        ("190379", "165000", "115.4"),
        ("50.14", "49.7", "100.9"),
        ("7200", "6000", "120.0"),
        ("14.21", "14.85", "95.7"),
        ("13.61", "14.33", "95.0"),
        ("10.21", "10.36", "98.6"),
        ("4.33", "4.15", "104.3"),
        ("17910", "17384", "103.0"),
    ],
)
def test_a_share_of_the_plan_is_what_the_readme_says(actual: str, plan: str, printed: str) -> None:
    share = Fraction(actual) / Fraction(plan) * 1000
    assert Fraction((share + Fraction(1, 2)).__floor__(), 10) == Fraction(printed)
    assert f"| {printed} |" in (HAIPHONG / "README.md").read_text(encoding="utf-8")
