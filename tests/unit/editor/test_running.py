"""Examples that are run from an editor."""

from __future__ import annotations

from pathlib import Path

from kpirules.editor.running import examples_in, run_example
from kpirules.editor.session import Session

from .given import BASE, CASES, LOCAL, folder


def test_an_example_that_is_met(tmp_path: Path) -> None:
    workspace, path = folder(tmp_path), tmp_path / "base.kpi.yaml"
    assert [example.name for example in examples_in(workspace, path)] == ["one"]
    run = run_example(workspace, path, "one")
    assert (run.passed, run.text, run.problems) == (True, "one: as expected, 65 good", ())


def test_an_example_that_is_not_met(tmp_path: Path) -> None:
    path = tmp_path / "base.kpi.yaml"
    workspace = folder(tmp_path).having(path, BASE.replace("score: 65", "score: 66"))
    run = run_example(workspace, path, "one")
    assert not run.passed
    assert "the result is 65 good" in run.text
    assert [problem.span.text for problem in run.problems if problem.span] == ["66"]


def test_a_case_of_a_file(tmp_path: Path) -> None:
    workspace, path = folder(tmp_path), tmp_path / "base.cases.yaml"
    assert [example.name for example in examples_in(workspace, path)] == ["two"]
    assert run_example(workspace, path, "two").passed


def test_what_can_not_be_run(tmp_path: Path) -> None:
    path = tmp_path / "base.kpi.yaml"
    workspace = folder(tmp_path)
    assert run_example(workspace, path, "three").text == "three: there is no such example"
    broken = workspace.having(path, BASE.replace("x / whole", "x / wole"))
    assert "not run, since the rulebook has errors: KR201" in run_example(broken, path, "one").text
    assert examples_in(broken.having(path, "["), path) == ()
    assert examples_in(workspace.having(path, "kpirules: 1\nappraisal: a"), path) == ()


def test_a_refused_subject_and_a_cohort(tmp_path: Path) -> None:
    path = tmp_path / "base.kpi.yaml"
    more = """\
  - {name: bad, given: {grade: 99}, expect: {error: KR6}}
  - name: both
    given: {tasks: []}
    members: [{name: An, given: {grade: 8, care: 20}}, {name: Ba, given: {grade: 1, care: 0}}]
    expect: {members: {An: {score: 40}}}
"""
    workspace = folder(tmp_path).having(path, BASE + more)
    assert run_example(workspace, path, "bad").text == "bad: as expected, refused"
    assert run_example(workspace, path, "both").text.startswith("both: as expected, An 40 fair; Ba ")


def test_the_name_of_a_file_leads_to_it(tmp_path: Path) -> None:
    appraisal = "kpirules: 1\nappraisal: a\nstages: {one: {rulebook: base.kpi.yaml, key: [person]}, two: 3}\n"
    session = Session(folder(tmp_path, **{"all.kpi.yaml": appraisal}))
    for name, text in (("local.kpi.yaml", LOCAL), ("base.cases.yaml", CASES), ("all.kpi.yaml", appraisal)):
        (found,) = session.definitions(tmp_path / name, text.index("base.kpi.yaml"))
        assert (found.source.name, found.line) == ((tmp_path / "base.kpi.yaml").as_posix(), 1)
    session.open(tmp_path / "local.kpi.yaml", LOCAL.replace("base.kpi.yaml", "../none.kpi.yaml"))
    assert session.definitions(tmp_path / "local.kpi.yaml", LOCAL.index("base.kpi.yaml")) == ()


def test_a_session_forgets_what_was_closed(tmp_path: Path) -> None:
    session, path = Session(folder(tmp_path)), tmp_path / "base.kpi.yaml"
    session.open(path, BASE.replace("score: 65", "score: 66"))
    assert session.check(path) is session.check(path)
    session.refresh()
    assert session.definitions(path, BASE.index("total, whole"))[0].line == 19
    assert len(session.references(path, BASE.index("total, whole"))) == 6
    assert session.definitions(path, 0) == session.references(path, 0) == ()
    session.close(path)
    assert session.text(path) is None
    assert session.check(path).report.is_clean
