"""Findings of the checks hold for every subject, by the reference engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kpirules import Assessment, FaultError, Program, RulebookError, assess, load
from kpirules.analysis.checking.facts import facts
from kpirules.analysis.checking.gaps import band_may_be_absent
from tests.agreement.generation import unshown
from tests.budget import examples
from tests.strategies import rulebooks, subjects

seldom = settings(max_examples=examples(100))
"""A rulebook is drawn and compiled for each example."""

Case = tuple[dict[str, Any], Program, dict[str, Any]]


@st.composite
def cases(draw: st.DrawFn, load: Callable[[dict[str, Any]], Program] = unshown) -> Case:
    """Return a strategy of a valid rulebook, its program, and a subject."""
    book = draw(rulebooks())
    try:
        program = load(book)
    except RulebookError as error:
        # Constants outside their limits are drawn as well; nothing else is to be rejected.
        assume({diagnostic.code for diagnostic in error.report.errors} != {"KR313"})
        raise
    return book, program, draw(subjects(book, program))


def assessed(case: Case) -> Assessment:
    _, program, subject = case
    try:
        found = assess(program, subject)
    except FaultError:
        assume(False)
    assume(found.exemption is None)
    return found


@seldom
@given(cases())
def test_points_that_are_never_absent_are_there(case: Case) -> None:
    found = assessed(case)
    can = facts(case[1].rulebook).outcomes
    for id_, outcome in found.outcomes.items():
        assert outcome.points is not None or not can[id_].has_points
        assert outcome.outcome != "excluded" or can[id_].excluded
        assert not outcome.policy or can[id_].lacks


@seldom
@given(cases())
def test_a_score_that_is_never_absent_is_there_and_on_its_grid(case: Case) -> None:
    found = assessed(case)
    shared = facts(case[1].rulebook)
    grid = shared.grid
    if found.exact_score is None:
        assert shared.is_score_optional
    elif grid is not None:
        assert found.exact_score == 0 if grid == 0 else (found.exact_score / grid).denominator == 1


@seldom
@given(cases())
def test_a_band_that_is_never_absent_is_there(case: Case) -> None:
    found = assessed(case)
    shared = facts(case[1].rulebook)
    if found.status == "undefined":
        assert band_may_be_absent(case[1].rulebook) or shared.is_score_optional


@seldom
@given(cases(load))
def test_a_hole_and_an_overlap_are_warned_of(case: Case) -> None:
    found = assessed(case)
    codes = {diagnostic.code for diagnostic in case[1].report}
    if found.status == "undefined" and found.score is not None:
        expected = {"KR330"} if not found.bands_inside else {"KR331", "KR334"}
        assert codes & expected
    if found.band is not None and not found.overrides:
        told = [d.message for d in case[1].report if d.code == "KR332"]
        assert not any(f"`{found.band}`" in message for message in told)
