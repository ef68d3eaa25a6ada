"""`kpirules assess`, `explain` and `test` of a rulebook with quotas."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

RULEBOOK = """\
kpirules: 1
id: quotas
inputs:
  name: {type: text, optional: true}
  x: {type: integer, min: 0, max: 100}
  divisor: {type: integer, min: 0, max: 9, default: 1}
  outstanding: {type: boolean, default: false}
criteria: {main: {max: 100, points: x}}
bands: {top: {from: 90}, good: {from: 70}, fair: {from: 0}}
cohort:
  quotas:
    top:
      {band: top, at_most: 25% if outstanding else 20%, of: [good], base: after, round: down, minimum: 1,
       order: [score / divisor], ties: undecided, demote_to: good, uniform: [outstanding]}
allow: {KR242: a name is for people}
"""
SUBJECTS = "name,x\nan,95\nbình,93\nchi,80\n"


@pytest.fixture
def assess(kpirules: Callable[..., Any], write: Callable[..., str]) -> Callable[..., Any]:
    def run(*arguments: str, subjects: str = SUBJECTS, command: str = "assess") -> Any:
        write("quotas.kpi.yaml", RULEBOOK)
        write("subjects.csv", subjects)
        return kpirules(command, "quotas.kpi.yaml", "subjects.csv", "--key", "name", *arguments)

    return run


def bands(text: str) -> dict[str, tuple[str, str, str]]:
    rows = csv.DictReader(io.StringIO(text))
    return {row["name"]: (row["status"], row["band"], row["quotas"]) for row in rows}


def test_assess_shows_the_final_band_and_the_quota_that_gave_it(assess: Callable[..., Any]) -> None:
    ran = assess("--format", "csv")
    assert (ran.code, ran.err) == (0, "")
    assert bands(ran.out) == {
        "an": ("rated", "top", ""),
        "bình": ("rated", "good", "top"),
        "chi": ("rated", "good", ""),
    }


def test_without_allocating_bands_are_those_of_each_alone(assess: Callable[..., Any]) -> None:
    ran = assess("--format", "csv", "--no-allocate")
    assert {name: band for name, (_, band, _) in bands(ran.out).items()} == {
        "an": "top",
        "bình": "top",
        "chi": "good",
    }


def test_both_engines_come_to_the_same_places(assess: Callable[..., Any]) -> None:
    assert assess("--verify").code == 0


def test_explain_names_who_holds_the_last_place(assess: Callable[..., Any]) -> None:
    ran = assess("--subject", "bình", command="explain")
    assert ran.code == 0
    assert "no place: moved from «top» to «good»" in ran.out
    assert "at most 1, the minimum: 20 % of 2 would be fewer" in ran.out
    assert "the last place is held by an" in ran.out


def test_rows_without_a_key_are_named_by_their_number(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    write("quotas.kpi.yaml", RULEBOOK)
    ran = kpirules("explain", "quotas.kpi.yaml", write("subjects.csv", SUBJECTS), "--subject", "2")
    assert "the last place is held by row 1" in ran.out


def test_one_row_that_cannot_be_assessed_leaves_all_without_a_place(assess: Callable[..., Any]) -> None:
    ran = assess("--format", "csv", subjects=SUBJECTS + "dung,101\n")
    assert ran.code == 1
    assert bands(ran.out) == {}
    assert "subjects.csv:5: error[KR604]" in ran.err


def test_a_row_that_cannot_be_assessed_leaves_its_cohort_alone_unrated(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    rules = RULEBOOK.replace("cohort:\n", "cohort:\n  within: [unit]\n").replace(
        "  x: ", "  unit: {type: text}\n  x: "
    )
    write("quotas.kpi.yaml", rules)
    write("subjects.csv", "name,unit,x\nan,A,95\nbình,A,101\nchi,B,95\ndung,A,80\n")
    ran = kpirules(
        "assess", "quotas.kpi.yaml", "subjects.csv", "--key", "name", "--format", "csv", "--columns", "band"
    )
    assert (ran.code, ran.out) == (1, "name,band\nchi,top\n")
    assert ran.err.splitlines() == [
        "subjects.csv:3: error[KR604]: `x` is 101, above 100; allowed: a whole number from 0 to 100",
        "subjects.csv:3: note: 2 more rows are not rated: the cohort is the same, or may be",
    ]


RECORDS = """\
kpirules: 1
id: records
inputs: {tasks: {type: list, fields: {p: {type: integer, min: 0, max: 100}}}}
criteria: {main: {max: 100, points: 'default(max(t.p for t in tasks), 0)'}}
bands: {top: {from: 90}, low: {from: 0}}
"""
TOP = """\
cohort:
  quotas:
    top:
      {band: top, at_most: 50%, of: all, base: before, round: down, minimum: 0, order: [score], ties: keep, demote_to: low}
"""


@pytest.mark.parametrize(
    ("command", "quotas", "shown"),
    [
        (("assess", "--format", "csv", "--columns", "band"), TOP, ["name,band"]),
        (("assess", "--format", "csv", "--columns", "band"), "", ["name,band", "an,top", "bình,low"]),
        (("explain", "--subject", "an"), TOP, []),
        (("explain", "--subject", "an"), "", ["records", "", "Rated top"]),
    ],
)
def test_a_record_that_belongs_to_nobody_leaves_nobody_who_is_compared_with_a_rating(
    kpirules: Callable[..., Any],
    write: Callable[..., str],
    command: tuple[str, ...],
    quotas: str,
    shown: list[str],
) -> None:
    write("records.kpi.yaml", RECORDS + quotas)
    write("staff.csv", "name\nan\nbình\n")
    write("tasks.csv", "name,p\nan,95\nbìnhh,99\n")
    name, *options = command
    ran = kpirules(name, "records.kpi.yaml", "staff.csv", "--key", "name", "--records", "tasks=tasks.csv", *options)
    assert (ran.code, ran.err) == (1, "tasks.csv:3: error: no subject has the key `bìnhh`\n")
    assert ran.out.splitlines()[:3] == shown


def test_rows_that_differ_in_what_must_be_equal_are_reported_at_the_row(assess: Callable[..., Any]) -> None:
    ran = assess(subjects="name,x,outstanding\na]n,95,true\nbình,93,false\n")
    assert ran.code == 1
    assert ran.err.startswith("subjects.csv:3: error[KR650]: `outstanding` is true for a]n and false for bình")


def test_a_fault_of_an_order_is_reported_at_the_row(assess: Callable[..., Any]) -> None:
    ran = assess(subjects="name,x,divisor\nan,95,1\nbì]nh,93,0\n")
    assert ran.code == 1
    assert ran.err.startswith("subjects.csv:3: error[KR620]: ")


def test_a_case_may_expect_that_people_decide(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write("quotas.kpi.yaml", RULEBOOK)
    cases = """\
rulebook: quotas.kpi.yaml
cases:
  - name: equals
    members: [{name: a, given: {x: 95}}, {name: b, given: {x: 95}}]
    expect: {members: {a: {status: undecided, band: null}, b: {status: undecided}}}
  - name: otherwise
    members: [{name: a, given: {x: 95}}, {name: b, given: {x: 94}}]
    expect: {members: {b: {band: top}}}
"""
    ran = kpirules("test", write("quotas.cases.yaml", cases))
    assert ran.code == 1
    assert "1 passed, 1 failed" in ran.out + ran.err
    assert "no place: moved from «top» to «good»" in ran.out + ran.err


GROUPS = """\
kpirules: 1
id: groups
inputs:
  unit: {type: text}
  x: {type: integer, min: 0, max: 100}
  n: {type: integer, min: 0, max: 9}
criteria: {main: {max: 100, points: x}}
bands: {top: {from: 90}, good: {from: 0}}
cohort:
  within: [unit]
  max_members: 2
  quotas:
    top:
      {band: top, at_most: 20%, of: all, base: before, round: down, minimum: MINIMUM, order: [score],
       ties: undecided, demote_to: good, uniform: [n]}
allow: {KR350: a test, KR427: a test}
"""


@pytest.mark.parametrize(
    ("minimum", "rows", "told"),
    [
        ("n / 2", "A,95,2\nB,96,1\n", "subjects.csv:3: error[KR651]: `minimum` of the quota `top` is 0.5,"),
        ("floor(4 / n)", "A,95,2\nB,96,0\n", "subjects.csv:3: error[KR620]: a number is divided by zero (n = 0)"),
        ("n", "A,95,2\n" + "B,96,2\n" * 3, "subjects.csv:3: error[KR641]: the cohort of row 2 has 3 members,"),
    ],
)
def test_what_is_wrong_with_a_group_is_told_at_one_of_its_rows(
    kpirules: Callable[..., Any], write: Callable[..., str], minimum: str, rows: str, told: str
) -> None:
    write("groups.kpi.yaml", GROUPS.replace("MINIMUM", minimum))
    write("subjects.csv", f"unit,x,n\n{rows}")
    ran = kpirules("assess", "groups.kpi.yaml", "subjects.csv")
    assert ran.code == 1
    assert ran.err.startswith(told)
