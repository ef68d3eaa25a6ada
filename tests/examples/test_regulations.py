"""The rulebooks of regulations rate all cases, and hundreds of random subjects, as fractions by hand do.

Modules beside this one state the rules once more and import nothing of kpirules. Also here: what a regulation's numbers
show that is no single case, such as a printed example that contradicts its formula.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest

import kpirules as kr
from kpirules.cli import main
from kpirules.testing import read_cases
from tests.shipped import shipped

from ..budget import by_budget
from . import customs21169, decree335, hanoi3814, hcmc2026, kontum1923
from .decree335 import Rating

EXAMPLES = Path(__file__).parents[2] / "examples"
RANDOM_SUBJECTS = by_budget(15, 300)

Plainly = Callable[[Mapping[str, Any]], Rating]
AtRandom = Callable[[Random], dict[str, Any]]

STATED_TWICE: dict[str, tuple[Plainly, AtRandom]] = {
    "customs21169/quarter": (customs21169.quarter, customs21169.quarter_at_random),
    "customs21169/year": (customs21169.year, customs21169.year_at_random),
    "hanoi3814/month": (hanoi3814.month, hanoi3814.month_at_random),
    "kontum1923/person": (kontum1923.person, kontum1923.person_at_random),
    "kontum1923/positions": (kontum1923.person, kontum1923.positions_at_random),
    "nd335/year": (decree335.year, decree335.year_at_random),
    "hcmc2026/period": (hcmc2026.period, hcmc2026.period_at_random),
}


def plain(value: object) -> Any:
    """Return a value of a case as JSON data, with exact numbers."""
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value


def table(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a table without empty cells, with whole numbers and booleans converted."""
    said = {"true": True, "false": False}
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {name: said.get(cell, int(cell) if cell.isdigit() else cell) for name, cell in row.items() if cell}
            for row in csv.DictReader(file)
        ]


def outcome(assessment: kr.Assessment) -> tuple[object, ...]:
    """Return the compared values: status, rating, and task results before rounding."""
    results = assessment.points.get("results") if assessment.score is not None else None
    return assessment.status, assessment.score, assessment.band, results


def expected(rating: Rating) -> tuple[object, ...]:
    return rating.status, rating.score, rating.band, rating.results


@pytest.mark.parametrize("rulebook", STATED_TWICE)
def test_every_case_agrees_with_plain_fractions(rulebook: str) -> None:
    rate, _ = STATED_TWICE[rulebook]
    program = shipped(EXAMPLES / f"{rulebook}.kpi.yaml")
    compared = 0
    for case in read_cases(EXAMPLES / f"{rulebook}.cases.yaml").cases:
        if "error" not in case.expect and not case.members:
            assessment = kr.assess(program, case.given)
            assert outcome(assessment) == expected(rate(plain(case.given))), case.name
            compared += 1
    assert compared > 5


@pytest.mark.parametrize("rulebook", STATED_TWICE)
def test_random_subjects_agree_with_plain_fractions(rulebook: str) -> None:
    rate, at_random = STATED_TWICE[rulebook]
    program = shipped(EXAMPLES / f"{rulebook}.kpi.yaml")
    chance, seen = Random(rulebook), Counter[object]()
    for _ in range(RANDOM_SUBJECTS):
        subject = at_random(chance)
        assessment = kr.assess(program, subject)
        assert outcome(assessment) == expected(rate(subject)), subject
        assert kr.assess(program, subject, engine="reference") == assessment, subject
        seen[assessment.band or assessment.status] += 1
    assert len(seen) >= 3, seen  # a generator that always gives the same would compare nothing


# -- customs --------------------------------------------------------------------------------------


def test_every_year_of_four_quarters_agrees_and_only_three_or_four_c_are_undecided() -> None:
    program = shipped(EXAMPLES / "customs21169" / "year.kpi.yaml")
    for levels in product("abcd", repeat=4):
        subject = {"quarters": [{"quarter": n, "level": level} for n, level in enumerate(levels, 1)]}
        assessment, plainly = kr.assess(program, subject), customs21169.year(subject)
        assert (assessment.status, assessment.band) == (plainly.status, plainly.band), levels
        assert (assessment.status == "undefined") == (levels.count("c") >= 3), levels


def test_the_literal_rule_for_b_holds_in_every_year() -> None:
    """What the README says of the rules as they are written, and why "or" is read as "and"."""
    for levels in product("abcd", repeat=4):
        assert levels.count("c") <= 2 or levels.count("d") <= 1


def test_months_are_pooled_and_not_averaged() -> None:
    program = shipped(EXAMPLES / "customs21169" / "quarter.kpi.yaml")
    cases = {case.name: case for case in read_cases(EXAMPLES / "customs21169" / "quarter.cases.yaml").cases}
    assessment = kr.assess(program, cases["months 1 of 1 and 1 of 3 are pooled to 50 %"].given)
    assert assessment.share["quantity"] == Fraction(1, 2)
    assert assessment.outputs["mean_of_monthly_ratios"] == Fraction("66.67")


CUSTOMS = EXAMPLES / "customs21169"


def branch_tables() -> dict[str, list[dict[str, Any]]]:
    tables = {stage: table(CUSTOMS / "data" / f"{stage}.csv") for stage in ("unit", "quarter", "year")}
    by_key: dict[tuple[str, int], dict[str, Any]] = {
        (row["person"], row["quarter"]): row for row in tables["quarter"]
    }
    for row in by_key.values():
        row["items"] = []
    for item in table(CUSTOMS / "data" / "quarter.items.csv"):
        by_key[item["person"], item["quarter"]]["items"].append(item)
    return tables


def test_a_year_of_a_branch_comes_out_as_plain_fractions_rate_it(tmp_path: Path) -> None:
    tables = branch_tables()
    plainly = customs21169.branch(tables)
    done = [
        "appraise",
        str(CUSTOMS / "branch.kpi.yaml"),
        "--data",
        str(CUSTOMS / "data"),
        "-o",
        str(tmp_path / "out"),
    ]
    assert main(done) == 0
    for stage, key in (
        ("unit", ("unit", "quarter")),
        ("quarter", ("person", "quarter", "unit")),
        ("year", ("person",)),
    ):
        with (tmp_path / "out" / f"{stage}.csv").open(encoding="utf-8", newline="") as file:
            rows = {tuple(row[name] for name in key): row for row in csv.DictReader(file)}
        found = {
            place: (row["status"], Fraction(row["score"]) if row.get("score") else None, row["band"] or None)
            for place, row in rows.items()
        }
        assert found == {place: (one.status, one.score, one.band) for place, one in plainly[stage].items()}, stage
    levels = {(row["unit"], row["quarter"]): plainly["quarter"][row["person"], str(row["quarter"]), row["unit"]].band
              for row in tables["quarter"] if row["post"] == "head"}  # fmt: skip
    entered = [
        (row["head_level"], levels[row["unit"], row["quarter"]]) for row in tables["quarter"] if "head_level" in row
    ]
    assert len(entered) == 3
    assert all(level == final for level, final in entered)


def test_the_quota_of_a_equals_the_one_found_by_counting() -> None:
    program = shipped(CUSTOMS / "quarter.kpi.yaml")
    chance, seen = Random("places of A"), Counter[object]()
    for _ in range(by_budget(5, 30)):
        members = {f"n{n}": customs21169.quarter_at_random(chance) for n in range(chance.randint(1, 25))}
        for subject in members.values():
            subject |= {"quarter": 1, "g1": 10, "g2": 10, "precedence": chance.choice((0, 0, 1))}
            if chance.random() < 0.6:  # somebody with nothing to complain of
                subject |= {"g3": chance.choice((9, 10)), "late_reports": 0, "unit_level": "a", "head_level": "a"}
                subject["items"] = [{"month": 1, "coefficient": 1, "assigned": 3, "completed": 3}]
        ratings = [customs21169.quarter(subject) for subject in members.values()]
        plainly = customs21169.allocated(
            ratings, [subject["precedence"] for subject in members.values()], share=Fraction(1, 5)
        )
        done = kr.assess_cohort(program, members)
        assert [outcome(done[name]) for name in members] == [expected(one) for one in plainly]
        assert kr.assess_cohort(program, members, engine="reference") == done
        seen.update(one.band or one.status for one in plainly)
        seen["moved"] += sum(before.band != one.band for before, one in zip(ratings, plainly, strict=True))
    assert min(seen[what] for what in ("a", "b", "undecided", "moved")) >= by_budget(2, 5), seen


# -- Hà Nội ---------------------------------------------------------------------------------------

HANOI = EXAMPLES / "hanoi3814"


def test_the_units_of_the_table_have_the_places_of_a_that_plain_fractions_give() -> None:
    rows = table(HANOI / "officials.csv")
    members = {row.pop("person"): row for row in rows}
    for name, row in members.items():
        row |= {part: Fraction(str(row[part])) for part in hanoi3814.PARTS if part in row}
        assert set(row) >= {"unit", "discipline", "results"}, name
    done = kr.assess_cohort(shipped(HANOI / "month.kpi.yaml"), members)
    for unit in {row["unit"] for row in rows}:
        plainly = hanoi3814.unit({name: row for name, row in members.items() if row["unit"] == unit})
        assert {name: outcome(done[name]) for name in plainly} == {n: expected(one) for n, one in plainly.items()}


def test_random_units_have_the_places_of_a_that_plain_fractions_give() -> None:
    program = shipped(HANOI / "month.kpi.yaml")
    chance, seen = Random("places of A in Hà Nội"), Counter[object]()
    for _ in range(by_budget(10, 60)):
        members = {f"n{n}": hanoi3814.month_at_random(chance) for n in range(chance.randint(1, 20))}
        is_outstanding = chance.random() < 0.5
        for subject in members.values():
            subject["unit_is_outstanding"] = is_outstanding
        plainly, done = hanoi3814.unit(members), kr.assess_cohort(program, members)
        assert {name: outcome(done[name]) for name in members} == {n: expected(one) for n, one in plainly.items()}
        assert kr.assess_cohort(program, members, engine="reference") == done
        seen.update(one.band or one.status for one in plainly.values())
        seen["moved"] += sum(one.band == "b" and (one.score or 0) >= 90 for one in plainly.values())
    assert min(seen[what] for what in ("a", "b", "c", "d", "undecided", "moved")) >= by_budget(2, 5), seen


# -- the year of Nghị định 335 --------------------------------------------------------------------

YEARS = {
    "m6, twelve months": ("90.8333", ("91.6667", "90", "90", "91.6667"), "excellent"),
    "m7, only the months 1 to 7 and then maternity leave": ("91.1429", ("91.6667", "90", "93", None), "excellent"),
    "m8, five months and no case of Điều 11.2": (None, None, None),
    "m8b, five months and the rest maternity leave": ("91.2", ("91.6667", "90.5", None, None), "excellent"),
}


def printed(number: Fraction | None) -> Fraction | None:
    """Return a number with four places, as the regulation prints it."""
    return number and Fraction((number * 10000 + Fraction(1, 2)).__floor__(), 10000)


@pytest.mark.parametrize("name", YEARS)
def test_a_year_comes_out_of_its_months(name: str) -> None:
    mean, quarters, band = YEARS[name]
    case = next(case for case in read_cases(EXAMPLES / "nd335" / "year.cases.yaml").cases if case.name == name)
    assessment = kr.assess(shipped(EXAMPLES / "nd335" / "year.kpi.yaml"), case.given)
    assert assessment.band == band
    assert printed(assessment.exact_score) == (mean and Fraction(mean))
    if quarters is not None:
        found = [printed(assessment.outputs[f"quarter{n}"]) for n in range(1, 5)]
        assert found == [one and Fraction(one) for one in quarters]


# -- Kon Tum --------------------------------------------------------------------------------------


def test_truncation_keeps_a_subject_below_90_that_rounding_would_lift() -> None:
    program = shipped(EXAMPLES / "kontum1923" / "person.kpi.yaml")
    cases = {case.name: case for case in read_cases(EXAMPLES / "kontum1923" / "person.cases.yaml").cases}
    assessment = kr.assess(program, cases["89.995 is 89.99"].given)
    assert assessment.exact_score == Fraction("89.995")
    assert (assessment.score, assessment.band) == (Fraction("89.99"), "good")
    assert decree335.half_up(assessment.exact_score) == 90


def test_the_rulebook_by_position_rates_everybody_as_that_by_tables() -> None:
    """The cases of the tables, each with what its position is asked for; of axes only the unit of their points differs."""
    by_tables, by_position = (
        shipped(EXAMPLES / "kontum1923" / f"{name}.kpi.yaml") for name in ("person", "positions")
    )
    compared = set()
    for case in read_cases(EXAMPLES / "kontum1923" / "person.cases.yaml").cases:
        if "error" in case.expect:
            continue
        one, other = kr.assess(by_tables, case.given), kr.assess(by_position, kontum1923.asked(plain(case.given)))
        assert outcome(one) == outcome(other), case.name
        assert one.outputs == other.outputs, case.name
        if one.score is not None:
            for n, most in enumerate(kontum1923.MAXIMA[case.given["position"]], 1):
                axis = f"axis{n}_result"
                assert one.share[axis] == other.share[axis]
                assert (one.outcomes[axis].max, other.outcomes[axis].max) == (100, most)
        compared.add(case.given["position"])
    assert compared == set(kontum1923.MAXIMA)


# -- Đắk Lắk --------------------------------------------------------------------------------------


def test_the_printed_example_contradicts_the_formula_it_stands_under() -> None:
    subject = json.loads((EXAMPLES / "daklak05" / "printed.json").read_text(encoding="utf-8"))
    parts = [Fraction(str(subject[f"{name}_percent"])) for name in ("quantity", "quality", "progress", "leadership")]
    kpi = sum(parts, Fraction(0)) / 4
    assert (kpi, 30 + 70 * kpi / 100) == (Fraction("80.325"), Fraction("86.2275"))
    assessment = kr.assess(shipped(EXAMPLES / "daklak05" / "leader.kpi.yaml"), subject)
    assert (assessment.let["kpi"], assessment.score, assessment.band) == (kpi, 30 + 70 * kpi / 100, "good")
    assert (assessment.outputs["kpi_agrees"], assessment.outputs["total_agrees"]) == (False, False)


def test_what_the_formula_gives_can_be_printed_without_a_finding() -> None:
    subject = json.loads((EXAMPLES / "daklak05" / "printed.json").read_text(encoding="utf-8"))
    program = shipped(EXAMPLES / "daklak05" / "leader.kpi.yaml")
    assessment = kr.assess(program, {**subject, "printed_kpi": 80.3, "printed_total": 86.2})
    assert (assessment.outputs["kpi_agrees"], assessment.outputs["total_agrees"]) == (True, True)


# -- Khánh Hòa, as reported -----------------------------------------------------------------------

KHANH_HOA = Path(__file__).parents[1] / "conformance" / "rejected" / "KR330-khanh-hoa-as-reported.kpi.yaml"


def test_the_hole_at_50_and_the_overlap_at_90_are_shown_with_subjects_who_are_there() -> None:
    program = shipped(KHANH_HOA)
    shown = {d.code: d.witness for d in kr.check(KHANH_HOA) if d.severity is kr.Severity.WARNING}
    assert shown.keys() == {"KR330", "KR331"}
    for code, score in (("KR330", 50), ("KR331", 90)):
        witness = shown[code]
        assessment = kr.assess(program, json.loads(witness))
        assert (assessment.score, assessment.status, assessment.band) == (score, "undefined", None)


def test_exactly_80_is_fulfilled_and_not_good_as_khanh_hoa_is_reported() -> None:
    general = {"g1": 5, "g2": 5, "g3": 5, "g4": 5, "reform": 10}
    program = shipped(KHANH_HOA)
    assert [kr.assess(program, {**general, "results": results}).band for results in (49, 50, 51)] == [
        "fair",
        "fair",
        "good",
    ]
