"""Excluded and missing criteria, and the policies for absence (§5.3)."""

from __future__ import annotations

import pytest

from kpirules.record import Contribution
from tests.rules import F, assessed, problems

INPUTS = """
inputs:
  x: {type: number, min: 0, max: 10, optional: true}
  y: {type: number, min: 0, max: 10}
  asked: {type: boolean, optional: true}
"""


def leaf_book(leaf: str, score: str = "rescale: true, round: {places: 2}") -> str:
    return f"{INPUTS}criteria:\n  a: {leaf}\n  b: {{max: 10, points: y}}\nscore: {{{score}}}\n"


def test_a_criterion_that_does_not_apply_is_excluded() -> None:
    text = leaf_book("{max: 10, points: y, applies: y > 5}")
    found = assessed(text, y=4)
    assert (found.outcomes["a"].outcome, found.outcomes["a"].why) == ("excluded", "applies")
    assert found.outcomes["a"].computations["applies"].readings == (("y", 4),)
    assert "a" not in found.points
    assert found.score == 8


@pytest.mark.parametrize(
    ("policy", "outcome", "earned", "score"),
    [("exclude", "excluded", None, 8), ("zero", "missing", 0, 4), ("full", "missing", 20, 24)],
)
def test_a_policy_says_what_an_absent_value_means(policy: str, outcome: str, earned: int | None, score: int) -> None:
    rescale = "rescale: true, " if policy == "exclude" else ""
    leaf = f"{{max: {10 if policy == 'exclude' else 20}, points: x, missing: {policy}, round: {{to: 3}}}}"
    found = assessed(leaf_book(leaf, f"{rescale}round: {{places: 2}}"), y=4)
    a = found.outcomes["a"]
    assert (a.outcome, a.why, a.policy, a.points) == (outcome, "absent", policy, earned)
    assert found.score == score
    assert a.contributions == (() if earned is None else (Contribution("own", "", F(earned)),))


def test_the_points_of_a_policy_are_not_rounded() -> None:
    text = leaf_book("{max: 10, points: x, missing: full, round: {to: 3}}", "round: {places: 2}")
    assert assessed(text, y=0).points["a"] == 10
    assert assessed(text, y=0, x=10).points["a"] == 9


def test_unrated_makes_what_is_above_missing_and_the_assessment_insufficient() -> None:
    found = assessed(leaf_book("{max: 10, points: x, missing: unrated}", "round: {places: 2}"), y=4)
    assert (found.status, found.score, found.exact_score) == ("insufficient", None, None)
    assert found.because == ("criteria.a",)
    assert (found.outcomes["a"].outcome, found.outcomes["a"].policy) == ("missing", "unrated")
    assert (found.outcomes["score"].outcome, found.outcomes["score"].why) == ("missing", "unrated_child")
    assert found.points == {"b": 4}


def test_an_absent_condition_is_absence_of_the_criterion() -> None:
    text = leaf_book("{max: 10, points: y, applies: asked, missing: zero}")
    assert assessed(text, y=4).outcomes["a"].policy == "zero"
    assert assessed(text, y=4, asked=True).outcomes["a"].outcome == "scored"
    assert assessed(text, y=4, asked=False).outcomes["a"].outcome == "excluded"


@pytest.mark.parametrize(
    "leaf",
    [
        "{max: 10, rate: x / 10, missing: zero}",
        "{max: 10, met: x > 5, missing: zero}",
        "{max: 10, measure: x, steps: [{from: 5, points: 9}, {points: 0}], missing: zero}",
        "{max: 10, entered: {step: 1}, missing: zero}",
        "{criteria: {c: {max: 10, points: y}}, points: x, missing: zero}",
    ],
)
def test_every_form_can_be_absent(leaf: str) -> None:
    a = assessed(leaf_book(leaf, "round: {places: 2}"), y=4).outcomes["a"]
    assert (a.outcome, a.why, a.policy, a.points) == ("missing", "absent", "zero", 0)


# -- groups ---------------------------------------------------------------------------------------

GROUP = """
criteria:
  g:
    %s
    criteria:
      a: {max: 10, points: y, applies: y > 5}
  b: {max: 10, points: y}
score: {round: {places: 2}%s}
"""


@pytest.mark.parametrize(
    ("policy", "outcome", "earned", "score"),
    [("exclude", "excluded", None, 4), ("zero", "missing", 0, 4), ("full", "missing", 10, 14)],
)
def test_a_group_of_which_nothing_remains_has_a_policy_too(
    policy: str, outcome: str, earned: int | None, score: int
) -> None:
    rescale = ", rescale: false" if policy == "exclude" else ""
    text = INPUTS + GROUP % (f"missing: {policy}\n    rescale: true", rescale)
    found = assessed(text, y=4)
    g = found.outcomes["g"]
    assert (g.outcome, g.why, g.policy, g.points) == (outcome, "nothing_remains", policy, earned)
    assert found.score == score


def test_an_excluded_group_excludes_all_below_it() -> None:
    text = (
        INPUTS
        + """
criteria:
  g:
    applies: y > 5
    criteria:
      h: {criteria: {a: {max: 10, points: 1 / y}}}
      c: {max: 10, points: x, missing: unrated}
      e: {max: 10, entered: {step: 1}}
  b: {max: 10, points: y}
score: {rescale: true, round: {places: 2}}
"""
    )
    found = assessed(text, y=0)
    assert {id_: (o.outcome, o.why) for id_, o in found.outcomes.items()} == {
        "g": ("excluded", "applies"),
        "h": ("excluded", "parent"),
        "a": ("excluded", "parent"),
        "c": ("excluded", "parent"),
        "e": ("excluded", "parent"),
        "b": ("scored", ""),
        "score": ("scored", ""),
    }
    assert found.is_rated


@pytest.mark.parametrize(
    ("policy", "outcome", "score"),
    [("exclude", "excluded", 8), ("zero", "missing", 4), ("full", "missing", 14)],
)
def test_children_are_not_judged_if_a_group_may_not_apply(policy: str, outcome: str, score: int) -> None:
    """Whatever its children are, the group follows its policy: no child may make it insufficient."""
    text = (
        INPUTS
        + f"""
criteria:
  g:
    applies: asked
    missing: {policy}
    criteria: {{c: {{max: 10, points: x, missing: unrated}}}}
  b: {{max: 10, points: y}}
score: {{rescale: true, round: {{places: 2}}}}
"""
    )
    found = assessed(text, y=4)
    assert (found.outcomes["g"].outcome, found.outcomes["g"].why) == (outcome, "absent")
    assert (found.outcomes["c"].outcome, found.outcomes["c"].why) == ("excluded", "parent")
    assert found.score == score


def test_it_is_evaluated_from_the_top_whether_groups_apply() -> None:
    """The division below is never met where the group above does not apply."""
    text = (
        INPUTS
        + """
criteria:
  g:
    applies: y > 0
    criteria:
      h: {applies: 1 / y < 5, criteria: {a: {max: 10, points: y}}}
      c: {max: 10, points: y}
    rescale: true
  b: {max: 10, points: y}
score: {rescale: true, round: {places: 2}}
"""
    )
    assert assessed(text, y=0).outcomes["h"].why == "parent"
    assert assessed(text, y=F("0.1")).outcomes["h"].why == "applies"
    assert assessed(text, y=F("0.1")).outcomes["a"].why == "parent"
    assert assessed(text, y=1).score == 3


def test_a_missing_child_outranks_the_policy_of_its_group() -> None:
    text = (
        INPUTS
        + """
criteria:
  g:
    missing: zero
    rescale: true
    criteria:
      a: {max: 10, points: x, missing: unrated}
      c: {max: 10, points: y, applies: y > 5}
score: {round: {places: 2}}
"""
    )
    found = assessed(text, y=4)
    assert (found.status, found.because) == ("insufficient", ("criteria.a",))
    assert (found.outcomes["g"].why, found.outcomes["g"].policy) == ("unrated_child", "")


@pytest.mark.parametrize(("policy", "exact", "score"), [("zero", 0, 0), ("full", "10.5", 9)])
def test_a_policy_of_the_score_passes_its_limits_and_its_rounding(policy: str, exact: int | str, score: int) -> None:
    text = (
        INPUTS
        + f"""
criteria: {{a: {{max: 15, points: y, applies: y > 5}}}}
score: {{missing: {policy}, rescale: true, round: {{to: 3, mode: down}}, limits: {{cap: {{at_most: 10.5}}}}}}
"""
    )
    found = assessed(text, y=4)
    assert (found.status, found.exact_score, found.score) == ("rated", F(exact), score)
    root = found.outcomes["score"]
    assert (root.outcome, root.policy, sum(line.points for line in root.contributions)) == (
        "missing",
        policy,
        score,
    )


def test_points_of_an_excluded_criterion_are_absent() -> None:
    text = (
        INPUTS
        + """
criteria:
  a: {max: 10, points: y, applies: y > 5}
  b: {max: 20, points: 'default(points.a, 1) + default(share.a, 2) + max.a'}
score: {rescale: false, round: {places: 2}}
"""
    )
    assert assessed(text, y=4).points["b"] == 13
    assert assessed(text, y=6, x=1).points["b"] == F("16.6")


# -- entered --------------------------------------------------------------------------------------

ENTERED = """
inputs:
  y: {type: number, min: 0, max: 10}
criteria:
  g:
    applies: y > 2
    rescale: true
    criteria:
      e: {max: 5, entered: {step: 1}, applies: y > 5}
      f: {max: 5, entered: {step: 1}, missing: zero}
  h: {max: 5, entered: {step: 1}}
score: {rescale: false, round: {places: 2}}
"""


def test_an_entered_criterion_that_applies_must_be_entered() -> None:
    assert problems(ENTERED, y=6) == [("KR602", "h"), ("KR602", "e")]
    assert problems(ENTERED, y=6, h=1) == [("KR602", "e")]
    assert assessed(ENTERED, y=6, h=1, e=2).points == {"e": 2, "f": 0, "g": 2, "h": 1}


def test_an_entered_criterion_below_a_group_that_does_not_apply_need_not_be_entered() -> None:
    assert assessed(ENTERED, y=1, h=1).points == {"h": 1}


def test_points_entered_where_nothing_applies_are_an_error() -> None:
    assert problems(ENTERED, y=5, h=1, e=2) == [("KR606", "e")]
    assert problems(ENTERED, y=1, h=1, e=2, f=2) == [("KR606", "e"), ("KR606", "f")]


def test_an_entered_criterion_with_a_policy_need_not_be_entered() -> None:
    found = assessed(ENTERED, y=3, h=1)
    assert (found.outcomes["f"].policy, found.outcomes["e"].why) == ("zero", "applies")
    assert found.points == {"f": 0, "g": 0, "h": 1}


def test_entered_points_are_not_required_if_a_criterion_may_not_apply() -> None:
    text = """
inputs: {asked: {type: boolean, optional: true}}
criteria: {e: {max: 5, entered: {step: 1}, applies: asked, missing: full}}
score: {rescale: true, round: {places: 2}}
"""
    assert assessed(text).points == {"e": 5}
    assert problems(text, e=3) == [("KR606", "e")]
    assert assessed(text, asked=True, e=3).points == {"e": 3}
