"""The pytest plugin: what is collected, how a failure reads, and what `--kpi-update` rewrites."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

import kpirules.pytest_plugin
from kpirules.testing.collecting import RULEBOOKS
from kpirules.testing.reading import ENDINGS
from tests.budget import by_budget

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[3]

RULEBOOK = """\
kpirules: 1
id: review
inputs:
  done: {type: number, min: 0, max: 100}
  late: {type: boolean, default: false}
criteria:
  results: {max: 100, points: done}
score: {round: {places: 0}}
bands: {good: {from: 50}, poor: {from: 0}}
overrides: {lateness: {when: late, band_at_most: poor}}
outputs: {third: done / 3}
examples:
  - name: ninety   # in the middle
    given: {done: 90}
    expect: {score: 90, band: good}
  - name: late
    like: ninety
    given: {late: true}
    expect: {band: poor}
"""

CASES = """\
rulebook: review.kpi.yaml
cases:
  - name: ten, plainly
    given: {done: 10}
    expect: {score: 10, band: poor}
  - name: ten, wrongly
    given: {done: 10}
    expect:
      # The order says so.
      score: 11   # and nobody knows why
      outputs: {third: 3.3}
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder with a rulebook and cases, and pytest with this plugin and xdist alone."""
    # `runpytest` forgets modules that were first imported inside it: later tests would meet PyYAML's classes twice.
    assert yaml.__name__ in sys.modules
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p kpirules.pytest_plugin")
    pytester.path.joinpath("review.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    pytester.path.joinpath("review.cases.yaml").write_text(CASES, encoding="utf-8")
    return pytester


def written(suite: pytest.Pytester, name: str, text: str) -> Path:
    path = suite.path / name
    path.write_bytes(text.encode("utf-8"))
    return path


def lines(result: pytest.RunResult) -> str:
    return "\n".join(result.outlines)


def test_every_case_and_every_example_is_one_item(suite: pytest.Pytester) -> None:
    result = suite.runpytest("--collect-only", "-q")
    result.stdout.fnmatch_lines(
        [
            "review.cases.yaml::ten, plainly",
            "review.cases.yaml::ten, wrongly",
            "review.kpi.yaml::ninety",
            "review.kpi.yaml::late",
            "4 tests collected*",
        ]
    )


def test_a_failure_shows_expected_and_got_and_the_lines_that_explain_it(suite: pytest.Pytester) -> None:
    result = suite.runpytest()
    result.assert_outcomes(passed=3, failed=1)
    shown = lines(result)
    assert "error[KR720]: `score` is 10" in shown
    assert "--> review.cases.yaml:10:14" in shown
    assert "expected 11" in shown
    assert "results: 10 / 100" in shown
    assert "`outputs.third` is 10/3 (≈ 3.333333)" in shown
    assert "Traceback" not in shown
    assert "runtest" not in shown


def test_an_item_knows_its_file_and_line(suite: pytest.Pytester) -> None:
    items, _ = suite.inline_genitems()
    assert [(item.location[0], item.location[1], item.name) for item in items] == [
        ("review.cases.yaml", 2, "ten, plainly"),
        ("review.cases.yaml", 5, "ten, wrongly"),
        ("review.kpi.yaml", 12, "ninety"),
        ("review.kpi.yaml", 15, "late"),
    ]


def test_an_item_is_chosen_by_its_node_id_or_by_an_expression(suite: pytest.Pytester) -> None:
    suite.runpytest("review.cases.yaml::ten, plainly").assert_outcomes(passed=1)
    suite.runpytest("-k", "late").assert_outcomes(passed=1, deselected=3)


def test_cases_run_on_other_processes_and_are_reported_to_junit(suite: pytest.Pytester) -> None:
    result = suite.runpytest_subprocess("-p", "xdist", "-n", by_budget("1", "2"), "--junitxml=junit.xml")
    result.assert_outcomes(passed=3, failed=1)
    found = ElementTree.parse(suite.path / "junit.xml").getroot().findall(".//testcase")
    assert sorted((one.get("classname"), one.get("name")) for one in found) == [
        ("review.cases.yaml", "ten, plainly"),
        ("review.cases.yaml", "ten, wrongly"),
        ("review.kpi.yaml", "late"),
        ("review.kpi.yaml", "ninety"),
    ]
    (failure,) = [one.find("failure") for one in found if one.find("failure") is not None]
    assert failure is not None
    assert "`score` is 10" in (failure.text or "")


def test_a_rulebook_with_errors_is_a_collection_error_with_its_report(suite: pytest.Pytester) -> None:
    written(suite, "review.kpi.yaml", RULEBOOK.replace("points: done", "points: dome"))
    result = suite.runpytest()
    result.assert_outcomes(errors=2)
    shown = lines(result)
    assert "error[KR201]" in shown
    assert "did you mean `done`?" in shown
    assert "error[KR707]: the rulebook has 1 error" in shown
    assert "Traceback" not in shown


def test_a_case_file_with_a_mistake_is_a_collection_error(suite: pytest.Pytester) -> None:
    written(suite, "review.cases.yaml", CASES.replace("given", "givn"))
    result = suite.runpytest("review.cases.yaml")
    result.assert_outcomes(errors=1)
    assert "did you mean `given`?" in lines(result)


def test_files_of_other_names_are_not_looked_at(suite: pytest.Pytester) -> None:
    written(suite, "notes.yaml", "rulebook: [")
    written(suite, "cases.yaml", "rulebook: [")
    suite.runpytest("-k", "not wrongly").assert_outcomes(passed=3, deselected=1)


def test_the_setting_switches_collection_off(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\nkpirules_collect = false\n")
    suite.makepyfile("def test_it() -> None: pass")
    suite.runpytest().assert_outcomes(passed=1)


# -- updating -------------------------------------------------------------------------------------


def test_updating_rewrites_what_differs_and_nothing_else(suite: pytest.Pytester) -> None:
    result = suite.runpytest("--kpi-update")
    result.assert_outcomes(passed=4)
    assert "updated: review.cases.yaml: 2 expectations" in lines(result)
    after = (suite.path / "review.cases.yaml").read_text(encoding="utf-8")
    assert after == CASES.replace("score: 11 ", "score: 10 ").replace("third: 3.3", 'third: "10/3"')
    assert (suite.path / "review.kpi.yaml").read_text(encoding="utf-8") == RULEBOOK
    suite.runpytest().assert_outcomes(passed=4)


def test_updating_leaves_a_file_alone_whose_case_needs_more_than_other_values(suite: pytest.Pytester) -> None:
    text = CASES.replace("given: {done: 10}\n    expect:\n", "given: {done: 101}\n    expect:\n")
    path = written(suite, "review.cases.yaml", text)
    result = suite.runpytest("--kpi-update")
    result.assert_outcomes(passed=3, failed=1)
    assert "not updated: the expectation and the result are of different kinds (KR604, KR723)" in lines(result)
    assert path.read_text(encoding="utf-8") == text


def test_updating_does_not_write_over_a_file_that_somebody_changed_meanwhile(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        """
        from pathlib import Path

        def pytest_runtest_teardown(item):
            path = Path("review.cases.yaml")
            path.write_text(path.read_text().replace("nobody", "somebody"))
        """
    )
    result = suite.runpytest("--kpi-update")
    assert "not updated: review.cases.yaml: the file has changed since it was read" in lines(result)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "score: 11   # and somebody" in (suite.path / "review.cases.yaml").read_text(encoding="utf-8")


def test_updating_on_several_processes_is_refused(suite: pytest.Pytester) -> None:
    result = suite.runpytest_subprocess("-p", "xdist", "-n", "2", "--kpi-update")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--kpi-update rewrites files, which one process must do alone: add `-n 0`" in "\n".join(result.errlines)


# -- what it costs --------------------------------------------------------------------------------


def test_importing_the_plugin_imports_nothing_beside_pytest() -> None:
    code = "import sys, pytest; before = set(sys.modules); import kpirules.pytest_plugin; print(sorted(set(sys.modules) - before))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['kpirules', 'kpirules.pytest_plugin']"


def test_a_suite_without_rulebooks_never_imports_what_reads_them(suite: pytest.Pytester) -> None:
    for name in ("review.kpi.yaml", "review.cases.yaml"):
        (suite.path / name).unlink()
    suite.makepyfile("import sys\ndef test_it() -> None: assert 'kpirules.language.model' not in sys.modules")
    suite.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_plugin_looks_at_the_files_that_the_library_knows() -> None:
    assert set(kpirules.pytest_plugin.ENDINGS) == {*ENDINGS, *RULEBOOKS}


def test_the_package_announces_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["entry-points"]["pytest11"] == {"kpirules": "kpirules.pytest_plugin"}


# -- tables ---------------------------------------------------------------------------------------


def test_a_row_knows_its_file_and_line(suite: pytest.Pytester) -> None:
    written(suite, "review.cases.yaml", "rulebook: review.kpi.yaml\n\n\n\ncases_from: rows.csv\n")
    written(suite, "rows.csv", "name,done,expect.score\nA,5,5\nB,6,6\n")
    items, _ = suite.inline_genitems("review.cases.yaml")
    assert [(item.location[0], item.location[1], item.name) for item in items] == [
        ("rows.csv", 1, "A"),
        ("rows.csv", 2, "B"),
    ]


def test_updating_contradicting_cases_of_one_table_fails(suite: pytest.Pytester) -> None:
    written(suite, "review.cases.yaml", "rulebook: review.kpi.yaml\ncases_from: rows.csv\n")
    written(suite, "other.cases.yaml", "rulebook: other.kpi.yaml\ncases_from: rows.csv\n")
    text = RULEBOOK.partition("examples:")[0].replace("points: done", "points: done / 2")
    assert "points: done / 2" in text
    written(suite, "other.kpi.yaml", text)
    rows = written(suite, "rows.csv", "name,done,expect.points.results\nA,10,10\n")
    result = suite.runpytest("--kpi-update", "review.cases.yaml", "other.cases.yaml")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert (
        "not updated: rows.csv: cases that share an expectation have different results: change it by hand"
        in lines(result)
    )
    assert rows.read_text(encoding="utf-8").endswith("A,10,10\n")


def test_coverage_is_told_when_all_cases_have_run(suite: pytest.Pytester) -> None:
    ran = suite.runpytest("--kpi-cov", "review.kpi.yaml")
    text = ran.stdout.str()
    assert "review.kpi.yaml: 10 of 11 decision points covered, 90.9 %" in text
    assert "review.kpi.yaml:9:22: edge bands.good `from 50`: below 50" in text
    assert "coverage 90.9 % of the decision points (definition 1)" in text
    assert ran.ret == 0


def test_too_little_coverage_fails_the_run(suite: pytest.Pytester) -> None:
    assert suite.runpytest("--kpi-cov-fail-under", "90.9", "review.kpi.yaml").ret == 0
    assert suite.runpytest("--kpi-cov-fail-under", "91", "review.kpi.yaml").ret == pytest.ExitCode.TESTS_FAILED
    suite.makepyfile(test_nothing="def test_nothing(): pass")
    ran = suite.runpytest("--kpi-cov", "--kpi-cov-fail-under", "91", "test_nothing.py")
    assert (ran.ret, "decision points" in ran.stdout.str()) == (0, False)


def test_coverage_needs_one_process(suite: pytest.Pytester) -> None:
    ran = suite.runpytest("-p", "xdist", "--kpi-cov", "-n", "1")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    assert "add `-n 0`" in ran.stderr.str()
