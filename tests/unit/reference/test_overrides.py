"""Ceilings, floors, forced bands and statuses (§7.2)."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from kpirules.record import Assessment, OverrideOutcome
from kpirules.reference.rating import overrule
from tests.rules import assessed

BANDS = ("a", "b", "c", "d")
KINDS = ("band", "band_at_most", "band_at_least")

BOOK = """
inputs:
  x: {type: number, min: 0, max: 100}
  m: {type: number, min: 0, max: 10, optional: true}
  grade: {type: choice, options: bands}
criteria: {s: {max: 100, points: x}, t: {max: 10, points: m, missing: unrated, extra: true}}
score: {round: {places: 0}}
bands: {a: {from: 75}, b: {from: 50}, c: {from: 25}, d: {below: 20}}
overrides: %s
outputs: {final: band, has_score: given(score)}
"""


def overruled(overrides: str, x: int = 60, m: int | None = 0, grade: str = "c") -> Assessment:
    return assessed(BOOK % overrides, x=x, m=m, grade=grade)


@pytest.mark.parametrize(
    ("overrides", "band", "decided"),
    [
        ("{o: {band: d}}", "d", [True]),
        ("{o: {band: a}}", "a", [True]),
        ("{o: {band: b}}", "b", [False]),
        ("{o: {band: a}, p: {band: c}}", "c", [False, True]),
        ("{o: {band_at_most: c}}", "c", [True]),
        ("{o: {band_at_most: a}}", "b", [False]),
        ("{o: {band_at_least: a}}", "a", [True]),
        ("{o: {band_at_least: c}}", "b", [False]),
        ("{o: {band_at_least: a}, p: {band_at_most: c}}", "c", [False, True]),
        ("{o: {band_at_least: a}, p: {band: d}}", "d", [False, True]),
        ("{o: {band: a}, p: {band_at_most: c}}", "c", [False, True]),
        ("{o: {band_at_most: c}, p: {band_at_most: d}}", "d", [False, True]),
        ("{o: {band_at_most: c}, p: {band_at_most: c}}", "c", [True, True]),
        ("{o: {when: x > 99, band: d}}", "b", []),
        ("{o: {when: x > 1, band: d}}", "d", [True]),
        ("{o: {band_at_most: grade}}", "c", [True]),
        ("{o: {band_at_most: '\"d\" if x > 1 else grade'}}", "d", [True]),
    ],
)
def test_the_lowest_ceiling_and_the_lowest_forced_band_or_the_highest_floor(
    overrides: str, band: str, decided: list[bool]
) -> None:
    found = overruled(overrides)
    assert (found.status, found.band, found.outputs["final"]) == ("rated", band, band)
    assert [one.decided for one in found.overrides] == decided


def test_an_override_records_what_it_read_and_gave() -> None:
    (found,) = overruled("{o: {when: x > 1, band_at_most: grade}}").overrides
    assert (found.id, found.kind, found.target, type(found.target)) == ("o", "band_at_most", "c", str)
    assert found.computation is not None
    assert found.computation.readings == (("x", 60),)
    (always,) = overruled("{o: {band: a}}").overrides
    assert always.computation is None


def test_a_status_outranks_all_and_the_first_one_is_given() -> None:
    overrides = "{o: {band: d}, p: {unrated: set_aside}, q: {unrated: other}}"
    found = overruled(overrides)
    assert (found.status, found.band, found.because) == ("set_aside", None, ("overrides.p",))
    assert (found.score, found.outputs) == (60, {})
    assert [one.decided for one in found.overrides] == [False, True, False]


@pytest.mark.parametrize("overrides", ["{o: {band_at_most: d}}", "{o: {band_at_least: a}}"])
def test_a_ceiling_or_floor_settles_nothing(overrides: str) -> None:
    hole = overruled(overrides, x=22)
    assert (hole.status, hole.band, hole.score, hole.because) == ("undefined", None, 22, ("bands",))
    assert [one.decided for one in hole.overrides] == [False]
    insufficient = overruled(overrides, m=None)
    assert (insufficient.status, insufficient.band, insufficient.score) == ("insufficient", None, None)


def test_a_forced_band_settles_a_hole_and_keeps_the_score() -> None:
    found = overruled("{o: {band: b}, p: {band_at_most: c}}", x=22)
    assert (found.status, found.band, found.score, found.because) == ("rated", "c", 22, ())
    assert found.margin is None


def test_a_forced_band_settles_what_is_insufficient_and_gives_no_score() -> None:
    found = overruled("{o: {band: b}}", m=None)
    assert (found.status, found.band, found.score, found.exact_score) == ("rated", "b", None, None)
    assert found.outputs == {"final": "b", "has_score": False}
    assert found.outcomes["score"].outcome == "missing"


def test_overrides_read_the_score_and_the_band_that_may_be_absent() -> None:
    overrides = "{o: {when: not given(score) and not given(band) and not given(exact_score), band: d}}"
    assert overruled(overrides, m=None).band == "d"
    assert overruled(overrides).overrides == ()


def expected(band: str | None, fired: tuple[tuple[str, str], ...]) -> str | None:
    """Return the band by the words of the contract; letters sort from best to worst."""
    ceilings = [target for kind, target in fired if kind == "band_at_most"]
    floors = [target for kind, target in fired if kind == "band_at_least"]
    forced = [target for kind, target in fired if kind == "band"]
    if forced:
        base = max(forced)
    elif band is None:
        return None
    else:
        base = min([*floors, band])
    return max([*ceilings, base])


def test_the_algebra_of_every_pair_of_overrides_is_the_contract() -> None:
    overrides = list(product(KINDS, BANDS))
    for band in (*BANDS, None):
        for pair in product(overrides, repeat=2):
            fired = [OverrideOutcome(str(i), kind, target, False) for i, (kind, target) in enumerate(pair)]
            final, status, _ = overrule(band, fired, BANDS)
            assert (final, status) == (expected(band, pair), None)


def test_the_band_does_not_depend_on_the_order_of_overrides() -> None:
    fired = [
        OverrideOutcome("1", "band_at_least", "a", False),
        OverrideOutcome("2", "band_at_most", "b", False),
        OverrideOutcome("3", "band", "c", False),
        OverrideOutcome("4", "band_at_most", "d", False),
    ]
    assert {overrule("a", list(order), BANDS)[0] for order in permutations(fired)} == {"d"}
