"""Bands are listed best first, and everything that uses their order follows the list (§6)."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from checked import built, codes, messages, only
from hypothesis import given
from hypothesis import strategies as st

import kpirules as kr
from kpirules.change import impact
from kpirules.language.model import Interval

BOOK = """
criteria: {{k: {{max: 100, entered: {{step: 0.5}}}}}}
score: {{{score}}}
bands: {{{bands}}}
allow: {{KR330: of no interest, KR331: of no interest, KR332: of no interest, KR334: of no interest, KR243: the same}}
"""
LOWER = "better: lower"


def misplaced(bands: str, score: str = "") -> list[str]:
    """Return the bands named in the finding, or `bands` for the whole list."""
    found = messages(BOOK.format(score=score, bands=bands), "KR333")
    return [one.split("`")[1] if one.startswith("the band") else "bands" for one in found]


@pytest.mark.parametrize(
    ("bands", "score", "expected"),
    [
        ("x: {from: 70}, y: {from: 50}, z: {from: 0}", "", []),
        ("x: {from: 70}, y: {from: 50}, z: {from: 0}", LOWER, ["bands"]),
        ("x: {to: 10}, y: {to: 20}, z: {above: 20}", LOWER, []),
        ("x: {to: 10}, y: {to: 20}, z: {above: 20}", "", ["bands"]),
        ("x: {below: 50}, y: {from: 50}", "", ["bands"]),
        ("x: {below: 50}, y: {from: 50}", "better: listed", []),
        ("x: {below: 50}, y: {from: 50}", "better: higher", ["bands"]),
        ("a: {from: 90}, b: {from: 70}, c: {from: 50}, d: {from: 95}", "", ["d"]),
        ("a: {from: 95}, b: {from: 50}, c: {from: 70}, d: {from: 0}", "", ["c"]),
        ("d: {from: 0}, a: {from: 90}, b: {from: 70}, c: {from: 50}", "", ["d"]),
        ("x: {to: 10}, y: {above: 20}, z: {to: 20}", LOWER, ["z"]),
        ("a: {from: 50, to: 60}, b: {from: 40, to: 70}, c: {from: 0, to: 100}", "", []),
        ("a: {from: 0, to: 100}, b: {from: 40, to: 70}, c: {from: 50, to: 60}", "", []),
        ("a: {from: 0, to: 50}, b: {from: 0, to: 100}", "", ["bands"]),
        ("x: {from: 50, requires: score != 60}, y: {from: 50}, z: {from: 0}", "", []),
        ("x: {from: 50}, y: {above: 50}", "", ["bands"]),
        ("x: {to: 50}, y: {below: 50}", LOWER, ["bands"]),
        ("any: {requires: score != 3}, y: {from: 50}, z: {from: 0}", "", []),
        ("y: {from: 50}, z: {from: 0}, any: {requires: score != 3}", LOWER, ["bands"]),
    ],
)
def test_the_list_of_bands_runs_as_better_says(bands: str, score: str, expected: list[str]) -> None:
    assert misplaced(bands, score) == expected


def test_both_ways_out_are_shown_and_each_is_one() -> None:
    bands = "poor: {below: 50}, fair: {from: 50}, good: {from: 70}"
    found = only(BOOK.format(score="", bands=bands).replace("allow", "# allow"))
    assert (found.code, found.is_error, found.path) == ("KR333", True, "bands")
    for part in ("from the highest to the lowest", "`better: lower` in `score`", "`better: listed`"):
        assert part in found.help
    assert misplaced("good: {from: 70}, fair: {from: 50}, poor: {below: 50}") == []
    assert misplaced(bands, LOWER) == misplaced(bands, "better: listed") == []


def test_an_error_that_affects_ceilings_cannot_be_allowed() -> None:
    assert "KR146" in codes(BOOK.format(score="", bands="a: {below: 5}, b: {from: 5}").replace("KR330", "KR333"))


Ends = tuple[tuple[bool, Fraction, bool], tuple[bool, Fraction, bool]]


def lies_above(one: Interval, other: Interval) -> bool:
    """Return whether a band lies above another, by numbers close to its ends."""

    def numbers(end: Fraction | None, missing: int, is_open: bool, side: int) -> Fraction:
        return Fraction(missing) if end is None else end + (Fraction(side, 10) if is_open else 0)

    lows = [numbers(each.lower, -(10**6), each.is_lower_open, 1) for each in (one, other)]
    highs = [numbers(each.upper, 10**6, each.is_upper_open, -1) for each in (one, other)]
    return lows[0] >= lows[1] and highs[0] >= highs[1] and (lows[0], highs[0]) != (lows[1], highs[1])


LEVEL = st.builds(
    lambda lower, upper, low, high: {
        **({} if low is None else {lower: low}),
        **({} if high is None or (low is not None and high <= low) else {upper: high}),
    },
    st.sampled_from(["from", "above"]),
    st.sampled_from(["to", "below"]),
    st.none() | st.integers(0, 5),
    st.none() | st.integers(0, 5),
)


@given(st.lists(LEVEL, min_size=1, max_size=5), st.sampled_from(["higher", "lower"]))
def test_a_list_is_in_order_unless_a_later_band_lies_on_the_better_side(
    levels: list[dict[str, int]], better: str
) -> None:
    bands = ", ".join(
        f"b{place}: {{{', '.join(f'{key}: {end}' for key, end in level.items()) or 'label: none'}}}"
        for place, level in enumerate(levels)
    )
    text = BOOK.format(score=f"better: {better}", bands=bands)
    intervals = [level.interval for level in built(text).bands.levels]  # type: ignore[union-attr]
    intervals = [one for one in intervals if (one.lower, one.upper) != (None, None)]
    pairs = combinations(intervals, 2)
    wrong = [lies_above(b, a) if better == "higher" else lies_above(a, b) for a, b in pairs]
    found = misplaced(bands, f"better: {better}")
    assert bool(found) == any(wrong)


# -- what follows the order -----------------------------------------------------------------------

AQI = """
kpirules: 1
inputs: {x: {type: integer, min: 0, max: 100}, strict: {type: boolean, default: false}}
criteria: {main: {max: 100, points: x}}
score: {better: lower}
bands: {good: {to: 10}, fair: {to: 30}, poor: {above: 30}}
overrides: {at_most: {when: strict, band_at_most: fair}}
"""


def test_margins_lead_up_to_the_better_and_down_to_the_worse_band() -> None:
    margin = kr.assess(kr.loads(AQI), {"x": 12}).margin
    assert margin is not None
    assert (margin.better, margin.up, margin.worse, margin.down) == ("good", 2, "poor", 18)


def test_moves_between_editions_are_up_where_the_band_is_better() -> None:
    old, new = kr.loads(AQI), kr.loads(AQI.replace("to: 10", "to: 20"))
    found = impact(old, new, [{"x": 15}, {"x": 5}, {"x": 25}])
    assert (found.better, found.worse) == (1, 0)
    assert (impact(new, old, [{"x": 15}]).better, impact(new, old, [{"x": 15}]).worse) == (0, 1)


def test_which_scores_are_better_is_not_a_part_of_the_scoring_hash() -> None:
    listed = AQI.replace("lower", "listed")
    rulebooks = [kr.loads(text).rulebook for text in (AQI, listed)]
    assert len({one.scoring_hash for one in rulebooks}) == 1
    assert len({one.content_hash for one in rulebooks}) == 2


def test_an_overlay_changes_which_scores_are_better() -> None:
    text = AQI + "amendments: [{from: 2027-01-01, change: {score: {better: higher}}}]\n"
    assert [d.code for d in kr.check(text=text, on="2026-12-31").errors] == []
    assert [d.code for d in kr.check(text=text, on="2027-01-01").errors] == ["KR333"]
