"""The contenders answer one question: what is fast here is not fast because it computes something else."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import kpirules
from tests.budget import by_budget

from . import by_hand, impacts, long, plugin
from .__main__ import main, two_places
from .contenders import BOOKS, BY_HAND, CONTENDERS, Book
from .subjects import TASKS, with_floats
from .tables import Contest, contests


@pytest.fixture(scope="module", params=BOOKS)
def book(request: pytest.FixtureRequest) -> Book:
    return Book.of(request.param)


@pytest.fixture(scope="module")
def assessed(book: Book) -> list[kpirules.Assessment]:
    return [kpirules.assess(book.program, subject) for subject in book.subjects]


@pytest.fixture(scope="module")
def by_floats(book: Book) -> list[Any]:
    hand = CONTENDERS[BY_HAND](book)
    return [hand.evaluate(subject) for subject in hand.subjects]


def test_the_subjects_are_two_hundred_different_ones_with_every_band(
    book: Book, assessed: list[kpirules.Assessment]
) -> None:
    assert len({repr(subject) for subject in book.subjects}) == 200
    assert {one.band for one in assessed} == {"excellent", "good", "fair", "poor"}
    assert all(one.is_rated and one.score is not None for one in assessed)
    assert any(override.decided for one in assessed for override in one.overrides)
    requirements = {requirement.held for one in assessed for requirement in one.requirements}
    assert requirements == ({True, False} if book.name == "weighted30" else set())


def test_every_official_has_twelve_tasks() -> None:
    assert {len(subject["tasks"]) for subject in Book.of("staff").subjects} == {TASKS} == {12}


def test_code_by_hand_publishes_the_same_scores_and_bands(
    assessed: list[kpirules.Assessment], by_floats: list[Any]
) -> None:
    """Not one of the 200 scores differs, and no band; nothing is left out for being near an edge.

    Floats can differ only where the exact score lies half a hundredth beyond two places: there an error in the
    sixteenth digit decides. None of these subjects does. Of 10,000 others of each rulebook, floats published another
    score for 1 official and for 2 units, and another band for nobody. Other seeds may therefore have other counts.
    """
    scores = sum(two_places(hand[0]) != exact.score for exact, hand in zip(assessed, by_floats, strict=True))
    bands = sum(hand[1] != exact.band for exact, hand in zip(assessed, by_floats, strict=True))
    assert (scores, bands) == (0, 0)


def test_code_by_hand_computes_the_points_of_every_criterion(
    assessed: list[kpirules.Assessment], by_floats: list[Any]
) -> None:
    """Points are not published and may carry the error of floats; none may be missing or another number."""
    for exact, (_, _, points, *_) in zip(assessed, by_floats, strict=True):
        assert points == pytest.approx({id_: float(number) for id_, number in exact.points.items()}, rel=0, abs=1e-9)


@pytest.mark.parametrize(
    "changed",
    [
        {"months_worked": 5, "absence": "none"},
        {"months_worked": 5, "absence": "sick_leave"},
        {"tasks": []},
        {"tasks": [], "concluded_degradation": True},
        {"concluded_bad_example": True},
    ],
    ids=["short service", "short for illness", "nothing assigned", "nothing assigned and concluded", "concluded"],
)
def test_code_by_hand_handles_cases_that_no_subject_has(changed: dict[str, Any]) -> None:
    book = Book.of("staff", count=1)
    subject = book.subjects[0] | changed
    exact = kpirules.assess(book.program, subject)
    score, band, _, percent, status, holds = by_hand.staff(with_floats(subject))
    assert (two_places(score), band, status) == (exact.score, exact.band, exact.status)
    expected = exact.outputs.get("results_percent")
    assert percent == (None if expected is None else pytest.approx(float(expected), rel=0, abs=1e-9))  # type: ignore[arg-type]
    assert holds is all(invariant.held for invariant in exact.invariants)


def test_a_score_is_compared_as_it_is_published() -> None:
    assert two_places(86.33) == Decimal("86.33")
    assert two_places(None) is None


def test_the_long_rulebook_is_sound() -> None:
    text = long.rulebook()
    assert len(text.splitlines()) == long.LINES
    assert not kpirules.check(text=text).findings


def test_the_measuring_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.benchmarks.__main__.LEAST_NS", 1)
    monkeypatch.setattr("gc.collect", lambda: 0)  # no time counts here
    main(["--rounds", "1", "--subjects", "2", "--loads", "1"])
    printed = capsys.readouterr().out
    for name in (*BOOKS, *CONTENDERS, "kpirules.loads"):
        assert f"\n{name}" in printed


def test_every_contest_is_run(in_contest: list[Contest]) -> None:
    assert len(in_contest) == 7


def test_the_profile_runs(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--profile", "--subjects", "2", "--book", "staff"])
    assert "tottime" in capsys.readouterr().out


def in_this_process(command: list[str], folder: Path) -> None:
    with contextlib.chdir(folder):
        # That plugin looks through all memory of this process at the end.
        assert pytest.main(["-p", "no:unraisableexception", *command[command.index("pytest") + 1 :]]) == 0


def test_the_measurement_of_the_plugin_runs_cases_that_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setattr(plugin, "_run", by_budget(in_this_process, plugin._run))
    count, alone, in_pytest = plugin.cases_a_second(plugin.rows(tmp_path, 20))
    assert count == 20
    assert alone > 0
    assert in_pytest > 0


def test_the_impact_of_the_amendment_is_that_of_its_changes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = impacts.AMENDMENT[by_budget(3, 0) :]
    monkeypatch.setattr(impacts, "AMENDMENT", changes)
    main(["--impact", "5"])
    assert f"impact on 5 subjects, {len(changes)} changes" in capsys.readouterr().out


ROWS = 2_000
RATED = by_budget(200, ROWS)


@pytest.fixture(scope="module")
def in_contest() -> list[Contest]:
    return list(contests(ROWS))


@pytest.mark.parametrize("place", range(7))
def test_tables_of_every_contender_are_rated_as_row_by_row(in_contest: list[Contest], place: int) -> None:
    contest = in_contest[place]
    table, options = contest.table[:RATED], contest.options(RATED)
    rated = kpirules.assess_table(contest.program, table, engine="columns", **options)
    assert rated.equals(kpirules.assess_table(contest.program, table, engine="scalar", **options))
    off = (contest.floats().collect()["score"][:RATED] - rated["score"]).abs()
    assert off.max() <= 0.05
    assert (off > 1e-9).mean() <= 0.01
