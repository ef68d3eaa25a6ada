"""`kpirules test`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

CASES = """\
rulebook: staff.kpi.yaml
cases:
  - name: two of three
    given: {served: 12, tasks: [{planned: 3, done: 2}]}
    expect: {points: {amount: "100/3"}}
  - name: nothing done
    like: two of three
    given: {tasks: []}
    expect: {score: 50, band: fair}
"""


def test_examples_that_pass_are_counted(kpirules: Callable[..., Any]) -> None:
    ran = kpirules("test", "staff.kpi.yaml")
    assert (ran.code, ran.out, ran.err) == (0, "1 passed, 0 failed\n", "")


def test_cases_that_pass_are_named_where_that_is_asked_for(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    ran = kpirules("test", write("a.cases.yaml", CASES), "--verbose")
    passed = "passed a.cases.yaml:3 two of three\npassed a.cases.yaml:6 nothing done\n"
    assert ran.out == f"{passed}2 passed, 0 failed\n"


def test_a_case_that_fails_is_shown_with_expectation_and_explanation(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    ran = kpirules("test", write("a.cases.yaml", CASES.replace("100/3", "33.33")))
    assert ran.code == 1
    assert "FAILED a.cases.yaml:3 two of three\n" in ran.out
    assert "--> a.cases.yaml:5:31" in ran.out
    assert "`points.amount` is 100/3 (≈ 33.333333)" in ran.out
    assert "expected 33.33" in ran.out
    assert "rate: rate = 2/3" in ran.out
    assert ran.out.endswith("1 passed, 1 failed\n")


def test_a_directory_is_searched_for_rulebooks_and_cases(
    kpirules: Callable[..., Any], write: Callable[..., str], folder: Path
) -> None:
    (folder / ".hidden").mkdir()
    (folder / "cases").mkdir()
    write("cases/a.cases.yaml", CASES.replace("staff.kpi", "../staff.kpi"))
    write(".hidden/b.cases.yaml", "nothing")
    write("notes.yaml", "nothing")
    assert kpirules("test", ".").out == "3 passed, 0 failed\n"


def test_a_file_that_is_named_twice_runs_once(kpirules: Callable[..., Any]) -> None:
    assert kpirules("test", "staff.kpi.yaml", "staff.kpi.yaml").out == "1 passed, 0 failed\n"


def test_a_directory_with_nothing_to_run_gives_2(kpirules: Callable[..., Any], folder: Path) -> None:
    (folder / "empty").mkdir()
    ran = kpirules("test", "empty")
    assert ran.code == 2
    assert ran.err == "kpirules: empty: no rulebooks and no case files in this directory\n"


def test_a_rulebook_that_does_not_load_is_a_failure_with_its_report(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    ran = kpirules("test", write("a.kpi.yaml", "kpirules: 1\nid: a\noutputs: {y: x}\n"), "staff.kpi.yaml")
    assert ran.code == 1
    assert ran.out.startswith("FAILED a.kpi.yaml\n\nerror[KR")
    assert ran.out.endswith("1 passed, 1 failed\n")


def test_a_case_file_with_mistakes_is_a_failure(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    ran = kpirules("test", write("a.cases.yaml", "rulebook: staff.kpi.yaml\n"))
    assert ran.code == 1
    assert "error[KR701]" in ran.out


def test_cases_without_their_rulebook_are_a_failure(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    ran = kpirules("test", write("a.cases.yaml", CASES.replace("staff", "none")))
    assert ran.code == 1
    assert "error[KR707]" in ran.out
    assert ran.out.endswith("0 passed, 1 failed\n")


def test_an_update_that_would_make_another_case_fail_is_not_made(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    rules = "kpirules: 1\nid: {0}\ninputs: {{done: {{type: integer, min: 0, max: 9}}}}\noutputs: {{n: done * {1}}}\n"
    for name, factor in (("a", 1), ("b", 2)):
        write(f"{name}.kpi.yaml", rules.format(name, factor))
        write(f"{name}.cases.yaml", f"rulebook: {name}.kpi.yaml\ncases_from: rows.csv\n")
    rows = Path(write("rows.csv", "name,done,expect.outputs.n\nA,3,3\n"))
    ran = kpirules("test", "a.cases.yaml", "b.cases.yaml", "--update")
    assert (ran.code, ran.out) == (
        1,
        "not updated: rows.csv: cases that share an expectation have different results: change it by hand\n"
        "2 passed, 0 failed\n",
    )
    assert rows.read_text(encoding="utf-8") == "name,done,expect.outputs.n\nA,3,3\n"


# -- coverage -------------------------------------------------------------------------------------

COVERED = """\
kpirules: 1
id: tiny
inputs: {n: {type: integer, min: 0, max: 9}}
outputs:
  half: "n / 2 if n > 3 else 0"
"""


def test_coverage_names_each_point_that_no_case_covers(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    write("tiny.kpi.yaml", COVERED)
    write("unseen.kpi.yaml", COVERED)
    write("tiny.cases.yaml", "rulebook: tiny.kpi.yaml\ncases: [{name: a, given: {n: 4}, expect: {status: rated}}]\n")
    ran = kpirules("test", "tiny.cases.yaml", "unseen.kpi.yaml", "--coverage")
    assert (ran.code, ran.out) == (
        0,
        "tiny.kpi.yaml: 1 of 2 decision points covered, 50 %\n"
        "  tiny.kpi.yaml:5:19: condition outputs.half `n > 3`: false\n"
        "unseen.kpi.yaml: 0 of 2 decision points covered, 0 %\n"
        "  unseen.kpi.yaml:5:19: condition outputs.half `n > 3`: true\n"
        "  unseen.kpi.yaml:5:19: condition outputs.half `n > 3`: false\n"
        "coverage 25 % of the decision points (definition 1)\n"
        "1 passed, 0 failed\n",
    )


def test_too_little_coverage_fails(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write("tiny.kpi.yaml", COVERED)
    cases = write(
        "a.cases.yaml", "rulebook: tiny.kpi.yaml\ncases: [{name: a, given: {n: 4}, expect: {status: rated}}]\n"
    )
    assert [kpirules("test", cases, "--fail-under", least).code for least in ("50", "50.1", "101", "half")] == [
        0,
        1,
        2,
        2,
    ]
    assert kpirules("test", cases, "--fail-under", "50").out.startswith("coverage 50 % of the decision points")


def test_cases_of_variants_and_members_count(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write("v.kpi.yaml", COVERED + "variants: {a: {}, b: {outputs: {half: n / 3 if n > 5 else 0}}}\n")
    cases = (
        "rulebook: v.kpi.yaml\nvariant: a\ncases:\n  - {name: a, given: {n: 4}, expect: {status: rated}}\n"
        "  - {name: c, variant: b, members: [{name: x, given: {n: 9}}], expect: {members: {x: {status: rated}}}}\n"
        "  - {name: e, variant: nobody, given: {n: 9}, expect: {status: rated}}\n"
    )
    ran = kpirules("test", write("v.cases.yaml", cases), "--coverage")
    assert "v.kpi.yaml: 4 of 6 decision points covered, 66.6 %" in ran.out
    assert ran.code == 1


def test_the_coverage_page_colours_the_rulebook(
    kpirules: Callable[..., Any], write: Callable[..., str], folder: Path
) -> None:
    tiny = write("tiny.kpi.yaml", COVERED + "examples: [{name: a, given: {n: 4}, expect: {status: rated}}]\n")
    ran = kpirules("test", tiny, "--coverage-html", "page.html")
    assert (ran.code, ran.out) == (0, "coverage 50 % of the decision points (definition 1)\n1 passed, 0 failed\n")
    assert '<mark class="some"' in (folder / "page.html").read_text(encoding="utf-8")
    assert kpirules("test", tiny, "--coverage-html", tiny).code == 2
