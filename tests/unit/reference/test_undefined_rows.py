"""Undefined rows: wherever one is reached, there is no score (§5.2)."""

from __future__ import annotations

import pytest

from kpirules.record import Assessment
from tests.rules import assessed

TABLE = """
inputs:
  x: {type: number, min: 0, max: 10}
  y: {type: number, min: 0, max: 10, optional: true}
tables:
  t: {steps: [{from: 5, value: 1}, {undefined: true}]}
"""
PLACE = "tables.t: otherwise"


def open_at(text: str, place: str = PLACE, **subject: object) -> Assessment:
    """Check that an assessment is undefined: no score, band or outputs, and the row is named."""
    found = assessed(TABLE + text, **({"x": 1} | subject))
    assert (found.status, found.score, found.exact_score, found.band) == ("undefined", None, None, None)
    assert (found.because, found.outputs, found.margin) == ((place,), {}, None)
    return found


SCORED = "criteria: {a: {max: 10, points: x}}\nscore: {round: {places: 2}%s}\n"
BANDS = "bands: {good: {from: 5}, poor: {below: 5}}\n"


def test_a_row_of_a_criterion() -> None:
    text = """
criteria:
  g: {criteria: {a: {max: 10, measure: x, steps: [{from: 5, points: 1}, {above: 2, undefined: true}, {points: 0}]}}}
score: {round: {places: 2}}
"""
    found = open_at(text, "criteria.a: above 2", x=3)
    assert (found.outcomes["a"].outcome, found.outcomes["a"].why) == ("missing", "undefined")
    assert (found.outcomes["g"].outcome, found.outcomes["g"].why) == ("missing", "undefined")
    assert (found.outcomes["score"].outcome, found.outcomes["score"].why) == ("missing", "undefined")
    assert assessed(TABLE + text, x=2).score == 0


def test_an_option_of_a_lookup() -> None:
    text = """
criteria: {a: {max: 10, measure: x > 5, lookup: {true: 3, false: {undefined: true}}}}
score: {round: {places: 2}}
"""
    open_at(text, "criteria.a: false")


@pytest.mark.parametrize("policy", ["zero", "full"])
def test_a_policy_for_absence_does_not_apply_to_it(policy: str) -> None:
    text = f"criteria: {{a: {{max: 10, points: t(x) + y, missing: {policy}}}}}\nscore: {{round: {{places: 2}}}}\n"
    open_at(text, y=1)


def test_a_let_and_everything_that_reads_it() -> None:
    text = """
let: {z: t(x)}
criteria: {a: {max: 10, points: z}, b: {max: 10, points: z}, c: {max: 10, points: x}}
score: {round: {places: 2}}
"""
    found = open_at(text)
    assert found.points == {"c": 1}
    assert found.not_needed == ("z",)


def test_a_condition_of_a_criterion_and_of_a_group() -> None:
    text = """
criteria:
  a: {max: 10, points: x, applies: t(x) > 0}
  b: {max: 10, points: x}
score: {rescale: true, round: {places: 2}}
"""
    open_at(text)
    text = """
criteria:
  g: {applies: t(x) > 0, criteria: {a: {max: 10, points: x}}}
  b: {max: 10, points: x}
score: {rescale: true, round: {places: 2}}
"""
    found = open_at(text)
    assert (found.outcomes["g"].why, found.outcomes["a"].why) == ("undefined", "parent")


def test_insufficient_outranks_undefined() -> None:
    text = """
criteria:
  a: {max: 10, points: y, missing: unrated}
  b: {max: 10, points: t(x)}
score: {round: {places: 2}}
"""
    found = assessed(TABLE + text, x=1)
    assert (found.status, found.because) == ("insufficient", ("criteria.a",))
    assert found.outcomes["score"].why == "unrated_child"


def test_several_rows_are_all_named() -> None:
    text = """
criteria:
  a: {max: 10, points: t(x)}
  b: {max: 10, measure: x, steps: [{from: 5, points: 1}, {undefined: true}]}
score: {round: {places: 2}}
"""
    found = assessed(TABLE + text, x=1)
    assert found.because == (PLACE, "criteria.b: otherwise")


def test_an_exemption() -> None:
    open_at("exemptions: {e: {when: t(x) > 0, status: spared}}\noutputs: {o: x}\n")


def test_a_validation_is_neither_held_nor_failed() -> None:
    found = open_at("validations: {v: {that: t(x) > 0}, w: {that: t(x) < 5}}\n" + SCORED % "")
    assert found.outcomes == {}


def test_a_limit_of_the_score() -> None:
    found = open_at(SCORED % ", limits: {cap: {when: t(x) > 0, at_most: 5}}" + BANDS)
    assert (found.outcomes["score"].points, found.outcomes["score"].contributions) == (None, ())
    open_at(SCORED % ", limits: {cap: {at_most: t(x)}}" + BANDS)


def test_a_requirement() -> None:
    found = open_at(SCORED % "" + "bands: {good: {from: 0, requires: t(x) > 0}}\n")
    assert found.outcomes["score"].points is None


def test_a_requirement_where_nothing_earns_points() -> None:
    found = open_at("bands: {good: {requires: t(x) > 0}}\n")
    assert found.outcomes == {}


def test_the_measure_of_the_bands() -> None:
    open_at(SCORED % "" + "bands: {measure: t(x), levels: {good: {from: 0}}}\n")


def test_an_override() -> None:
    text = SCORED % "" + BANDS + "overrides: {before: {band: good}, o: {when: t(x) > 0, band_at_most: poor}}\n"
    found = open_at(text)
    assert [(one.id, one.decided) for one in found.overrides] == [("before", False)]
    chosen = """'"good" if t(x) > 0 else "poor"'"""
    open_at(SCORED % "" + BANDS + f"overrides: {{o: {{band_at_most: {chosen}}}}}\n")


def test_an_output_takes_the_rating_with_it() -> None:
    found = open_at(
        SCORED % "" + BANDS + "outputs: {b: score, z: t(x) + 1}\ninvariants: {i: {that: not given(band)}}\n"
    )
    assert found.invariants[0].held


def test_an_invariant_only_does_not_hold() -> None:
    found = assessed(TABLE + SCORED % "" + "invariants: {i: {that: t(x) > 0}}\n", x=1)
    assert (found.status, found.score) == ("rated", 1)
    (invariant,) = found.invariants
    assert (invariant.held, invariant.computation.formula, invariant.computation.value) == (
        False,
        "t(x) > 0",
        None,
    )


def test_a_forced_band_settles_it() -> None:
    text = """
criteria: {a: {max: 10, points: t(x)}}
score: {round: {places: 2}}
bands: {good: {from: 5}, poor: {below: 5}}
overrides: {o: {when: x < 2, band: poor}}
outputs: {is_poor: 'band == "poor"', has_score: given(score)}
"""
    found = assessed(TABLE + text, x=1)
    assert (found.status, found.band, found.score, found.because) == ("rated", "poor", None, ())
    assert found.outputs == {"is_poor": True, "has_score": False}
    assert found.margin is None


def test_a_row_that_is_not_reached_changes_nothing() -> None:
    assert assessed(TABLE + "outputs: {o: '1 if x < 5 else t(x)'}\n", x=1).outputs == {"o": 1}
