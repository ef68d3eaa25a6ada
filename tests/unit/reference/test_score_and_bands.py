"""From the total to the band: limits, rounding, requirements, holes, overlaps, and falling (§6)."""

from __future__ import annotations

import pytest

from kpirules.record import Assessment, Contribution
from tests.rules import F, assessed

HEAD = """
inputs:
  x: {type: number, min: -100, max: 200, decimals: 3}
  is_fine: {type: boolean}
  is_new: {type: boolean}
"""


def banded(bands: str, x: str | int, score: str = "round: {places: 1}", **subject: object) -> Assessment:
    text = f"{HEAD}criteria: {{a: {{points: x}}}}\nscore: {{{score}}}\nbands: {bands}\n"
    return assessed(text, **({"x": F(x), "is_fine": True, "is_new": False} | subject))


USUAL = "{best: {from: 90}, good: {from: 70}, poor: {}}"


@pytest.mark.parametrize(
    ("x", "band"),
    [(90, "best"), ("89.94", "good"), ("89.95", "best"), (70, "good"), ("69.9", "poor"), (-5, "poor")],
)
def test_an_open_end_is_closed_by_the_neighbour(x: str | int, band: str) -> None:
    bands = USUAL.replace("poor: {}", "poor: {below: 70}")
    found = banded(bands, x)
    assert (found.status, found.band, found.bands_inside, found.because) == ("rated", band, (band,), ())


@pytest.mark.parametrize(("x", "band"), [(5, "best"), ("5.1", "good"), (20, "good"), ("20.1", "poor")])
def test_lower_may_be_better(x: str | int, band: str) -> None:
    score = "better: lower, round: {places: 1}"
    assert banded("{best: {to: 5}, good: {to: 20}, poor: {above: 20}}", x, score).band == band


@pytest.mark.parametrize(("x", "band"), [(50, "poor"), ("50.1", "good")])
def test_above_and_to_meet_without_a_gap(x: str | int, band: str) -> None:
    assert banded("{good: {above: 50}, poor: {to: 50}}", x).band == band


def test_a_hole_in_the_scale_is_undefined_and_keeps_the_score() -> None:
    found = banded("{good: {from: 70}, poor: {below: 50}}", 60)
    assert (found.status, found.band, str(found.score), found.exact_score) == ("undefined", None, "60", 60)
    assert (found.because, found.bands_inside, found.margin) == (("bands",), (), None)


REQUIRES = "requires: {fine: {that: is_fine}, old: {that: not is_new}}"


def test_a_failed_requirement_is_undefined_and_named() -> None:
    found = banded(f"{{best: {{from: 90, {REQUIRES}}}, good: {{below: 90}}}}", 95, is_fine=False, is_new=True)
    assert (found.status, found.band) == ("undefined", None)
    assert found.because == ("requires.best.fine", "requires.best.old")
    assert [(one.id, one.held) for one in found.requirements] == [("fine", False), ("old", False)]
    assert found.bands_inside == ("best",)


def test_a_single_requirement_needs_no_name() -> None:
    found = banded("{best: {from: 90, requires: is_fine}, good: {below: 90}}", 95, is_fine=False)
    assert found.because == ("requires.best.requires",)


def test_a_band_may_have_requirements_only() -> None:
    bands = "{best: {requires: is_fine and x > 0}, good: {requires: not is_fine}, poor: {requires: x < 0}}"
    text = f"{HEAD}bands: {bands}\n"
    assert assessed(text, x=1, is_fine=True, is_new=False).band == "best"
    assert assessed(text, x=1, is_fine=False, is_new=False).band == "good"
    found = assessed(text, x=-1, is_fine=False, is_new=False)
    assert (found.band, found.because) == (None, ("bands.good", "bands.poor"))
    found = assessed(text, x=0, is_fine=True, is_new=False)
    assert found.because == ("requires.best.requires", "requires.good.requires", "requires.poor.requires")
    assert (found.score, found.exact_score, found.margin) == (None, None, None)


FALLING = f"""
  fall: next
  levels:
    best: {{from: 90, {REQUIRES}}}
    good: {{from: 70, below: 90, requires: x > 92}}
    fair: {{from: 50, below: 60, requires: x > 91}}
    poor: {{below: 40}}
"""


@pytest.mark.parametrize(("x", "band"), [(93, "good"), (92, "fair"), (91, "poor")])
def test_a_failed_requirement_falls_to_the_best_lower_band_that_holds(x: int, band: str) -> None:
    found = banded(FALLING, x, is_fine=False)
    assert (found.status, found.band, found.bands_inside) == ("rated", band, ("best",))
    assert [one.band for one in found.requirements[:2]] == ["best", "best"]


@pytest.mark.parametrize("x", [65, 45])
def test_a_fall_never_fills_a_hole(x: int) -> None:
    found = banded(FALLING, x)
    assert (found.status, found.because) == ("undefined", ("bands",))


def test_a_fall_goes_down_only() -> None:
    found = banded(FALLING, 80)
    assert (found.status, found.band) == ("rated", "poor")
    bands = "{fall: next, levels: {best: {from: 90}, poor: {below: 90, requires: is_fine}}}"
    found = banded(bands, 50, is_fine=False)
    assert (found.status, found.because) == ("undefined", ("requires.poor.requires",))


def test_a_fall_does_not_evaluate_failed_requirements_again() -> None:
    bands = """
  fall: next
  levels:
    best: {from: 90, requires: is_fine}
    good: {from: 80, requires: is_fine}
    poor: {below: 80}
"""
    found = banded(bands, 95, is_fine=False)
    assert (found.band, found.bands_inside, len(found.requirements)) == ("poor", ("best",), 2)
    found = banded(bands.replace("from: 80", "from: 80, to: 100"), 95, is_fine=False)
    assert (found.band, found.bands_inside, len(found.requirements)) == ("poor", ("best", "good"), 2)


def test_a_fall_that_finds_nothing_names_all_that_failed() -> None:
    bands = "{fall: next, levels: {best: {from: 90, requires: is_fine}, poor: {below: 90, requires: is_new}}}"
    assert banded(bands, 95, is_fine=False).because == ("requires.best.requires", "requires.poor.requires")


OVERLAP = "{%slevels: {best: {from: 80}, good: {from: 60, to: 85}, poor: {from: 0, below: 90}}}"


@pytest.mark.parametrize(("policy", "band"), [("overlap: best, ", "best"), ("overlap: worst, ", "poor")])
def test_of_several_bands_the_best_or_the_worst_is_given_if_overlap_says_so(policy: str, band: str) -> None:
    found = banded(OVERLAP % policy, 82)
    assert (found.band, found.bands_inside) == (band, ("best", "good", "poor"))


def test_several_bands_are_undefined_without_overlap() -> None:
    found = banded(OVERLAP % "", 82)
    assert (found.status, found.band, found.because) == (
        "undefined",
        None,
        ("bands.best", "bands.good", "bands.poor"),
    )
    assert found.score == 82


def test_requirements_choose_among_bands_that_overlap() -> None:
    bands = "{best: {from: 80, requires: is_fine}, good: {from: 80, requires: not is_fine}, poor: {below: 80}}"
    assert banded(bands, 90, is_fine=False).band == "good"


# -- what is banded -------------------------------------------------------------------------------


@pytest.mark.parametrize(("band_on", "band"), [("rounded", "best"), ("exact", "good")])
def test_the_published_or_the_exact_score_decides(band_on: str, band: str) -> None:
    found = banded(
        USUAL.replace("poor: {}", "poor: {below: 70}"), "89.96", f"round: {{places: 1}}, band_on: {band_on}"
    )
    assert (str(found.score), found.exact_score, found.band) == ("90", F("89.96"), band)


def test_bands_may_have_a_measure() -> None:
    found = banded("{measure: score / 7 + exact_score * 0, levels: {good: {from: 10}, poor: {below: 10}}}", 70)
    assert found.band == "good"
    assert found.band_measure is not None
    assert (found.band_measure.formula, found.band_measure.value) == ("score / 7 + exact_score * 0", 10)


def test_a_rulebook_without_bands_is_rated_with_a_score() -> None:
    text = f"{HEAD}criteria: {{a: {{points: x}}}}\n"
    found = assessed(text, x=F("7.5"), is_fine=True, is_new=True)
    assert (found.status, str(found.score), found.exact_score, found.band) == ("rated", "7.5", F("7.5"), None)
    assert found.outcomes["score"].contributions == (Contribution("criterion", "a", F("7.5")),)


def test_a_rulebook_without_score_and_bands_is_rated() -> None:
    found = assessed(f"{HEAD}outputs: {{y: x}}\n", x=1, is_fine=True, is_new=True)
    assert (found.status, found.score, found.exact_score, found.band) == ("rated", None, None, None)
    assert found.outputs == {"y": 1}


# -- limits and rounding --------------------------------------------------------------------------


def limited(limits: str, x: int | str, more: str = "", **subject: object) -> Assessment:
    text = f"{HEAD}criteria: {{a: {{points: x}}}}\nscore: {{round: {{places: 0}}, limits: {limits}{more}}}\n"
    return assessed(text, **({"x": F(x), "is_fine": True, "is_new": False} | subject))


def test_limits_lower_the_total_whatever_order_they_are_written_in() -> None:
    for limits in (
        "{b: {at_most: 50.5}, a: {when: is_fine, at_most: x - 1}}",
        "{a: {when: is_fine, at_most: x - 1}, b: {at_most: 50.5}}",
    ):
        found = limited(limits, 70)
        assert (found.exact_score, found.score) == (F("50.5"), 51)
        assert found.outcomes["score"].contributions == (
            Contribution("criterion", "a", F(70)),
            Contribution("limit", "b", F("-19.5")),
            Contribution("rounding", "", F("0.5")),
        )
        assert [(one.id, one.held, one.at_most, one.decided) for one in found.limits] == [
            ("a", True, F(69), False),
            ("b", True, F("50.5"), True),
        ]


@pytest.mark.parametrize(
    ("first", "second", "x", "lines", "decided"),
    [
        (50, 20, 70, [("second", -50)], ["second"]),
        (20, 50, 70, [("first", -50)], ["first"]),
        (20, 20, 70, [("first", -50)], ["first", "second"]),
        (50, 20, 20, [], []),
        (50, 20, 30, [("second", -10)], ["second"]),
    ],
)
def test_the_lowest_limit_takes_the_whole_cut(
    first: int, second: int, x: int, lines: list[tuple[str, int]], decided: list[str]
) -> None:
    found = limited(f"{{first: {{at_most: {first}}}, second: {{at_most: {second}}}}}", x)
    contributions = found.outcomes["score"].contributions
    assert [(line.id, line.points) for line in contributions if line.kind == "limit"] == lines
    assert sum(line.points for line in contributions) == found.score == min(first, second, x)
    assert [one.id for one in found.limits if one.decided] == decided


def test_a_limit_above_the_total_or_that_does_not_apply_changes_nothing() -> None:
    found = limited("{a: {when: is_new, at_most: 1}, b: {at_most: 70}}", 70)
    assert found.score == 70
    assert found.outcomes["score"].contributions == (Contribution("criterion", "a", F(70)),)
    assert [(one.id, one.held) for one in found.limits] == [("a", False), ("b", True)]
    assert found.limits[1].computation.value is True


def test_the_score_is_clamped_before_it_is_limited() -> None:
    text = f"""{HEAD}criteria: {{a: {{max: 200, points: max(x, 0)}}}}
score: {{max: 100, outside: clamp, round: {{to: 7}}, limits: {{l: {{at_most: 90}}}}}}
""".replace("points: max(x, 0)", "points: 'max(x, 0)'")
    found = assessed(text, x=150, is_fine=True, is_new=True)
    assert [(line.kind, line.points) for line in found.outcomes["score"].contributions] == [
        ("criterion", 150),
        ("clamp", -50),
        ("limit", -10),
        ("rounding", 1),
    ]
    assert (found.score, found.exact_score, found.outcomes["score"].share) == (91, 90, F("0.91"))


def test_a_score_of_max_zero_has_no_share() -> None:
    text = f"{HEAD}criteria: {{a: {{min: -200, max: 0, points: -x}}}}\nscore: {{round: {{places: 1}}}}\n"
    found = assessed(text, x=5, is_fine=True, is_new=True)
    assert (found.score, found.outcomes["score"].share) == (-5, None)


def test_a_score_that_is_always_zero_is_banded_like_any_other() -> None:
    text = f"{HEAD}criteria: {{a: {{max: 10, points: 0 * x}}}}\nscore: {{round: {{places: 1}}}}\n"
    found = assessed(f"{text}bands: {{good: {{from: 5}}, poor: {{below: 5}}}}\n", x=1, is_fine=True, is_new=True)
    assert (found.score, found.band) == (0, "poor")
