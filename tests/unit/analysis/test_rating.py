"""The score, its rounding, its bands, and the overrides that outrank them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from checked import built, codes, diagnostics, messages

from kpirules.analysis.checking.facts import facts

F = Fraction

# -- which numbers a score can be -----------------------------------------------------------------

GRID = """
inputs:
  n: {{type: integer, min: 0, max: 9}}
  d: {{type: number, min: 0, max: 9, decimals: 2}}
  s: {{type: number, min: 0, max: 9, step: 0.25}}
  u: {{type: number}}
  a: {{type: date}}
  o: {{type: number, min: 0, max: 1, decimals: 1, optional: true}}
  is_on: {{type: boolean}}
  g: {{type: choice, options: [x, y]}}
  tasks:
    type: list
    fields: {{h: {{type: number, min: 0, max: 1, decimals: 1}}, is_ok: {{type: boolean}}}}
    let: {{half: item.h / 2, double: 2 * item.half}}
parameters: {{four: 4, three: 3, minus: -2}}
calendars: {{office: {{weekend: [sat], from: 2026-01-01, until: 2027-01-01}}}}
tables:
  stairs: {{steps: [{{from: 1, value: 0.5}}, {{from: 0, value: 0.3}}, {{undefined: true}}]}}
  line: {{scale: [[0, 0], [4, 1]], outside: clamp}}
  thirds: {{scale: [[0, 0], [3, 1]], outside: clamp}}
  passed: {{thresholds: {{from: [1, 2]}}}}
  chosen: {{lookup: {{x: 0.1, y: 0.2}}}}
let: {{quarter: n / four, third: n / three}}
criteria: {{c: {{{criterion}}}, e: {{max: 8, entered: {{step: 0.5}}}}}}
score: {{{score}}}
"""


def grid(criterion: str, score: str = "round: {places: 9}") -> F | None:
    return facts(built(GRID.format(criterion=criterion, score=score))).grid


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("n", F(1, 2)),
        ("d", F(1, 100)),
        ("s", F(1, 4)),
        ("u", F(1, 10**18)),
        ("0.125", F(1, 8)),
        ("-0.125", F(1, 8)),
        ("n / 4", F(1, 4)),
        ("n / -4", F(1, 4)),
        ("n / four", F(1, 4)),
        ("n / 3", None),
        ("n / (n + 1)", None),
        ("n / 0", None),
        ("n * s", F(1, 4)),
        ("s ** 2", F(1, 16)),
        ("s ** 0", F(1, 2)),
        ("n + d", F(1, 100)),
        ("n - s", F(1, 4)),
        ("quarter", F(1, 4)),
        ("third", None),
        ("third + n", None),
        ("third * n", None),
        ("third ** 2", None),
        ("round(third, 1)", F(1, 10)),
        ("round(third)", F(1, 2)),
        ("round(third, -1)", F(1, 2)),
        ("round(third, minus)", F(1, 2)),
        ("round(third, places=3)", F(1, 1000)),
        ("round(third, to=0.25)", F(1, 4)),
        ("floor(third)", F(1, 2)),
        ("days(a, a)", F(1, 2)),
        ("workdays(a, a, office) + month(a)", F(1, 2)),
        ("min(s, d)", F(1, 100)),
        ("clamp(third, 0, 1)", None),
        ("mod(d, 2)", F(1, 100)),
        ("abs(s)", F(1, 4)),
        ("default(o, 1)", F(1, 10)),
        ("ratio(n, 4, if_zero=0.1)", F(1, 4)),
        ("ratio(b=4, a=n, if_zero=0)", F(1, 4)),
        ("ratio(n, n, if_zero=0)", None),
        ("power(n, 2)", F(1, 2)),
        ("power(n, s)", None),
        ("sqrt(s)", F(1, 10**40)),
        ("root(third, 3)", None),
        ("exp(third)", F(1, 10**40)),
        ("n if is_on else 0.1", F(1, 10)),
        ("stairs(n)", F(1, 10)),
        ("line(n)", F(1, 4)),
        ("line(third)", None),
        ("thirds(n)", None),
        ("passed(third)", F(1, 2)),
        ("chosen(g)", F(1, 10)),
        ("points.e / 2", F(1, 4)),
        ("share.e", F(1, 16)),
        ("max.e / 16", F(1, 2)),
        ("sum(t.h for t in tasks)", F(1, 10)),
        ("sum(t.half + t.double for t in tasks)", F(1, 20)),
        ("default(avg(t.h for t in tasks), 0)", None),
        ("count(tasks) + count(t.is_ok for t in tasks)", F(1, 2)),
        ("default(max(t.h for t in tasks), 0)", F(1, 10)),
    ],
)
def test_the_grid_of_an_expression(formula: str, expected: F | None) -> None:
    assert grid(f'points: "{formula}"') == expected


def test_a_number_as_wide_as_the_limit_has_no_grid() -> None:
    squares = ", ".join(f"x{i}: x{i - 1} ** 16" for i in range(1, 4))
    text = f"""
    inputs: {{u: {{type: number}}}}
    let: {{x0: u, {squares}}}
    criteria: {{c: {{points: x3}}}}
    """
    assert facts(built(text)).grid is None


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("max: 3, rate: n / 4", F(1, 4)),
        ("max: 0.1, met: is_on", F(1, 10)),
        ("max: 1, min: 0.3, met: is_on", F(1, 10)),
        ("max: 4, measure: n, steps: [{from: 1, rate: 0.25}, {points: 0.5}]", F(1, 2)),
        ("max: 1, measure: g, lookup: {x: 0.1, y: 1}", F(1, 10)),
        ("max: 1, measure: n, scale: [[0, 0], [5, 1]], outside: clamp", F(1, 10)),
        ("max: 1, measure: n, scale: [[0, 0], [3, 1]], outside: clamp", None),
        ("max: 1, points: n / 3, round: {places: 2}", F(1, 100)),
        ("max: 0.2, points: n, outside: clamp", F(1, 10)),
        ("max: 0.3, rate: o, missing: full", F(1, 100)),
        ("max: 0.3, rate: o, missing: full, round: {to: 0.5}", F(1, 10)),
        ("max: 1, entered: {}", F(1, 10**18)),
        ("combine: mean, max: 10, criteria: {p: {points: n}, q: {points: n}}", F(1, 20)),
        ("combine: mean, criteria: {p: {weight: 20%, points: n}, q: {weight: 80%, points: n}}", F(1, 10)),
        ("combine: mean, criteria: {p: {points: n}, q: {points: n}, r: {points: n}}", None),
        ("combine: mean, criteria: {p: {applies: is_on, points: n}, q: {points: n}}", F(1, 2)),
        ("combine: mean, criteria: {p: {applies: is_on, points: n}, q: {points: n}, r: {points: n}}", None),
        ("combine: min, criteria: {p: {points: n}, q: {max: 50, points: n}}", F(1, 2)),
        ("combine: product, criteria: {p: {points: n}, q: {points: n}}", F(1, 100)),
        ("combine: product, criteria: {p: {max: 3, points: n}, q: {points: n}}", None),
        ("combine: geometric_mean, criteria: {p: {points: n}, q: {points: n}}", F(1, 10**38)),
        ("combine: geometric_mean, criteria: {p: {max: 3, points: n}, q: {points: n}}", None),
        ("combine: geometric_mean, criteria: {p: {max: 3, points: n / (n + 1)}, q: {points: n}}", None),
        ("combine: harmonic_mean, criteria: {p: {points: n}, q: {points: n}}", None),
        ("points: points.p / 2, criteria: {p: {points: n}}", F(1, 2)),
        (
            "points: sum(x.points + x.share + x.max / 10 + x.weight for x in children.c), criteria: {p: {points: n}}",
            F(1, 100),
        ),
        ("criteria: {p: {max: 9, applies: is_on, points: n}, q: {max: 9, points: n}}, rescale: true", F(1, 2)),
        ("criteria: {p: {max: 9, applies: is_on, points: n}, q: {max: 3, points: n}}, rescale: true", F(1, 2)),
        ("criteria: {p: {max: 3, applies: is_on, points: n}, q: {max: 9, points: n}}, rescale: true", None),
        (
            "criteria: {p: {max: 9, applies: is_on, points: n}, q: {max: 9, points: n}}, rescale: false",
            F(1, 2),
        ),
        ("criteria: {p: {max: 9, points: n}, q: {max: 9, points: n}}, rescale: true", F(1, 2)),
    ],
)
def test_the_grid_of_a_criterion(criterion: str, expected: F | None) -> None:
    assert grid(criterion) == expected


def test_limits_on_the_score_count() -> None:
    assert grid("points: n", "round: {places: 9}, limits: {l: {at_most: d}}") == F(1, 100)


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        ("max: 3", ["KR320"]),
        ("max: 3, round: {places: 2}", []),
        ("max: 3, round: {to: 1/3}", ["KR320"]),
    ],
)
def test_an_unending_score_is_rounded(score: str, expected: list[str]) -> None:
    text = f"""
    inputs: {{n: {{type: integer, min: 0, max: 9}}}}
    criteria: {{c: {{max: 3, rate: n / 9}}}}
    score: {{{score}}}
    """
    assert codes(text) == expected


@pytest.mark.parametrize(
    ("rounding", "band", "domain", "expected"),
    [
        ("places: 0", "from: 50", "decimals: 1", ["50"]),
        ("places: 1", "from: 50", "decimals: 1", []),
        ("to: 5", "from: 50", "decimals: 1", ["50"]),
        ("places: 0, mode: floor", "from: 50", "decimals: 1", []),
        ("places: 0, mode: down", "from: 50", "decimals: 1", []),
        ("places: 0, mode: floor", "above: 50", "decimals: 1", ["50"]),
        ("places: 0, mode: floor", "from: 50.5", "decimals: 1", ["50.5"]),
        ("places: 0, mode: ceiling", "above: 50", "decimals: 1", []),
        ("places: 0, mode: up", "above: 50", "decimals: 1", []),
        ("places: 0, mode: ceiling", "from: 50", "decimals: 1", ["50"]),
        ("places: 0", "from: 0", "decimals: 1", []),
        ("places: 0", "from: -1", "decimals: 1", []),
        ("places: 0", "above: 100", "decimals: 1", []),
        ("places: 0", "from: 101", "decimals: 1", []),
        ("places: 0", "from: 50", "step: 1", []),
        ("places: 0", "to: 50", "decimals: 1", ["50"]),
        ("places: 0, mode: floor", "below: 50", "decimals: 1", []),
    ],
)
def test_rounding_that_can_decide_a_band_is_spoken_of(
    rounding: str, band: str, domain: str, expected: list[str]
) -> None:
    text = f"""
    inputs: {{n: {{type: number, min: 0, max: 100, {domain}}}}}
    criteria: {{c: {{max: 100, points: n}}}}
    score: {{round: {{{rounding}}}}}
    bands: {{good: {{{band}}}, poor: {{}}}}
    """
    found = [m.partition(" at ")[2].partition(",")[0] for m in messages(text, "KR321")]
    assert found == expected


def test_rounding_up_below_zero_is_not_a_ceiling() -> None:
    text = """
    inputs: {n: {type: number, min: -100, max: 0, decimals: 1}}
    criteria: {c: {min: -100, max: 0, points: n}}
    score: {min: -100, round: {places: 0, mode: up}}
    bands: {good: {above: -50}, poor: {to: -50}}
    """
    assert "KR321" in codes(text)


def test_a_free_score_can_be_carried_over_any_end() -> None:
    text = """
    inputs: {n: {type: number}}
    criteria: {c: {points: n}}
    score: {round: {places: 2}}
    bands: {good: {from: 50}, poor: {below: 50}}
    """
    assert codes(text) == ["KR321"]


@pytest.mark.parametrize("bands", ["", "bands: {measure: n, levels: {good: {from: 50}, poor: {below: 50}}}"])
def test_without_bands_on_the_score_nothing_is_decided_by_rounding(bands: str) -> None:
    text = "inputs: {n: {type: number}}\ncriteria: {c: {points: n / 3}}\nscore: {round: {places: 2}}\n"
    assert codes(text + bands) == []


# -- bands ----------------------------------------------------------------------------------------

BANDS = """
inputs:
  n: {{type: number, min: 0, max: 100}}
  b: {{type: boolean}}
  c: {{type: boolean}}
criteria: {{k: {{max: 100, points: n}}}}
{score}
{bands}
outputs: {{o: b or c}}
"""


@pytest.mark.parametrize(
    ("score", "bands", "expected"),
    [
        ("", "good: {from: 50}, poor: {from: 0}", []),
        ("", "good: {above: 50}, poor: {below: 50}", ["exactly 50 is in no band"]),
        ("", "good: {from: 60}, poor: {to: 50}", ["51 (as anything above 50 to below 60) is in no band"]),
        (
            "",
            "good: {from: 60, to: 90}, poor: {below: 60}",
            ["100 (as anything above 90 to 100) is in no band"],
        ),
        (
            "",
            "good: {from: 60}, poor: {from: 10, below: 60}",
            ["0 (as anything from 0 to below 10) is in no band"],
        ),
        (
            "",
            "good: {from: 50}, poor: {from: 0, to: 49.99}",
            ["49.991 (as anything above 49.99 to below 50) is in no band"],
        ),
        ("score: {round: {places: 2}, band_on: rounded}", "good: {from: 50}, poor: {from: 0, to: 49.99}", []),
        (
            "score: {round: {places: 2}, band_on: exact}",
            "good: {from: 50}, poor: {from: 0, to: 49.99}",
            ["49.991 (as anything above 49.99 to below 50) is in no band"],
        ),
    ],
)
def test_holes_are_found_where_a_score_can_be(score: str, bands: str, expected: list[str]) -> None:
    text = BANDS.format(score=score, bands=f"bands: {{{bands}}}").replace("max: 100}}", "max: 100, decimals: 9}}")
    assert messages(text, "KR330") == expected


def test_an_exact_score_on_a_grid_leaves_no_hole_between() -> None:
    text = BANDS.format(score="", bands="bands: {good: {from: 50}, poor: {to: 49}}")
    text = text.replace("n: {type: number", "n: {type: integer")
    assert codes(text) == []


def test_bands_on_a_measure_of_their_own_divide_its_numbers() -> None:
    text = BANDS.format(
        score="", bands="bands: {measure: n, levels: {good: {from: 50}, poor: {from: 10, below: 50}}}"
    )
    assert messages(text, "KR330") == ["0 (as anything from 0 to below 10) is in no band"]
    text = text.replace("measure: n,", "measure: n + 1,")
    assert messages(text, "KR330") == ["9 (as anything below 10) is in no band"]


def test_bands_on_a_score_without_limits_divide_all_numbers() -> None:
    text = """
    inputs: {n: {type: number}}
    criteria: {c: {points: n}}
    bands: {good: {from: 50}, poor: {from: 0, below: 50}}
    """
    assert messages(text, "KR330") == ["-1 (as anything below 0) is in no band"]


OVER = "write `overlap: best`"


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        ("good: {from: 50}, poor: {to: 50}", ["exactly 50 is in `good` and `poor`"]),
        (
            "good: {from: 40, to: 100}, poor: {to: 50}",
            ["40 (as anything from 40 to 50) is in `good` and `poor`"],
        ),
        (
            "good: {from: 50, requires: b}, poor: {to: 50}",
            ["exactly 50 is in `good` and `poor` where their requirements hold"],
        ),
    ],
)
def test_overlaps_are_found(bands: str, expected: list[str]) -> None:
    text = BANDS.format(score="", bands=f"bands: {{{bands}}}")
    assert messages(text, "KR331") == expected
    settled = BANDS.format(score="", bands=f"bands: {{overlap: best, levels: {{{bands}}}}}")
    assert messages(settled, "KR331") == []


@pytest.mark.parametrize(
    ("keys", "bands", "expected"),
    [
        (
            "",
            "good: {from: 50, requires: b}, poor: {below: 50}",
            ["with a number from 50 to 100, a subject that fails the requirements of `good`"],
        ),
        ("fall: next, ", "good: {from: 50, requires: b}, poor: {below: 50}", []),
        (
            "fall: next, ",
            "good: {from: 50, requires: b}, poor: {below: 50, requires: c}",
            [
                "with a number from 0 to below 50, a subject that fails the requirements of `poor`",
                "with a number from 50 to 100, a subject that fails the requirements of `good`",
            ],
        ),
        ("overlap: best, ", "good: {from: 50, requires: b}, poor: {to: 100}", []),
        (
            "overlap: best, ",
            "good: {from: 50, requires: b}, fair: {from: 50, to: 100, requires: c}, poor: {below: 50}",
            ["with a number from 50 to 100, a subject that fails the requirements of `good` and `fair`"],
        ),
    ],
)
def test_requirements_may_leave_a_gap(keys: str, bands: str, expected: list[str]) -> None:
    text = BANDS.format(score="", bands=f"bands: {{{keys}levels: {{{bands}}}}}")
    end = " has no band"
    assert sorted(messages(text, "KR334")) == [f"{subject}{end}" for subject in expected]


def test_of_more_than_two_bands_a_subject_is_in_several_not_in_all() -> None:
    text = "inputs: {b: {type: boolean}, c: {type: boolean}}\nbands: {x: {requires: b}, y: {requires: c}, z: {requires: not b}}"
    told = [d.message for d in diagnostics(text) if d.code == "KR331"]
    assert told == ["a subject is in several of `x`, `y` and `z` where their requirements hold"]


def test_bands_by_requirements_only_speak_of_no_numbers() -> None:
    text = "inputs: {b: {type: boolean}, c: {type: boolean}}\nbands: {good: {requires: b}, poor: {requires: c}}"
    assert [(d.code, d.message) for d in diagnostics(text)] == [
        ("KR334", "a subject that fails the requirements of `good` and `poor` has no band"),
        ("KR331", "a subject is in `good` and `poor` where their requirements hold"),
    ]


@pytest.mark.parametrize(
    ("bands", "way_out"),
    [
        ("{good: {from: 50, requires: b}, poor: {below: 50}}", "write `fall: next` with the bands under `levels`"),
        (
            "{good: {from: 50}, poor: {below: 50, requires: b}}",
            "add a lower band that requires nothing and write `fall: next` with the bands under `levels`",
        ),
        (
            "{fall: next, levels: {good: {from: 50}, poor: {below: 50, requires: b}}}",
            "add a lower band that requires nothing",
        ),
    ],
)
def test_the_help_for_a_gap_suggests_a_remedy_not_used_yet(bands: str, way_out: str) -> None:
    text = f"inputs: {{b: {{type: boolean}}}}\ncriteria: {{q: {{max: 100, entered: {{step: 1}}}}}}\nbands: {bands}\n"
    (found,) = [one for one in diagnostics(text) if one.code == "KR334"]
    assert found.help == f"{way_out}, or `allow` it if the regulation leaves it open"


@pytest.mark.parametrize(
    ("keys", "bands", "rest", "expected"),
    [
        ("", "best: {above: 100}, good: {from: 50, to: 100}, poor: {below: 50}", "", ["best"]),
        (
            "",
            "best: {above: 100}, good: {from: 50, to: 100}, poor: {below: 50}",
            "overrides: {o: {when: b, band: best}}",
            [],
        ),
        (
            "",
            "best: {above: 100}, good: {from: 50, to: 100}, poor: {below: 50}",
            "overrides: {o: {when: b, unrated: best}}",
            ["best"],
        ),
        (
            "",
            "best: {above: 100}, good: {from: 50, to: 100}, poor: {below: 50}",
            "overrides: {o: {when: b, band_at_most: \"'best' if c else 'poor'\"}}",
            [],
        ),
        ("fall: next, ", "good: {from: 0, requires: b}, poor: {below: 0}", "", []),
        ("", "good: {from: 0, to: 100, requires: b}, poor: {below: 0}", "", ["poor"]),
        ("overlap: best, ", "good: {from: 0, to: 100}, poor: {from: 0, to: 100}", "", ["poor"]),
        ("overlap: worst, ", "good: {from: 0, to: 100}, poor: {from: 0, to: 100}", "", ["good"]),
        ("overlap: best, ", "good: {from: 0, to: 100, requires: b}, poor: {from: 0, to: 100}", "", []),
    ],
)
def test_every_band_can_be_given(keys: str, bands: str, rest: str, expected: list[str]) -> None:
    text = BANDS.format(score="", bands=f"bands: {{{keys}levels: {{{bands}}}}}\n{rest}")
    found = messages(text, "KR332")
    outside, taken = "it contains no possible number; these are 0 to 100", "other bands take all its numbers"
    why = taken if "overlap" in keys else outside
    assert found == [f"no subject can get the band `{band}`: {why}" for band in expected]


def test_keys_that_change_nothing_are_shown() -> None:
    text = BANDS.format(score="", bands="bands: {fall: next, overlap: best, levels: {a: {from: 50}, d: {from: 0}}}")
    assert messages(text, "KR306") == [
        "`fall` has no effect: no band has requirements that could fail",
        "`overlap` has no effect: no number is in two bands",
    ]


def test_a_correct_scale_has_no_findings() -> None:
    assert codes(BANDS.format(score="", bands="bands: {good: {from: 50}, poor: {from: 0}}")) == []


def test_of_very_many_bands_only_a_few_that_hold_one_number_are_shown() -> None:
    levels = ", ".join(f"b{n}: {{from: 0, to: 100}}" for n in range(600))
    text = BANDS.format(score="", bands=f"bands: {{{levels}}}")
    assert messages(text, "KR331") == ["0 (as anything from 0 to 100) is in `b0`, `b1`, `b2`, `b3` and `b4`"]
    assert "KR332" not in codes(text)


def test_a_band_with_ends_needs_a_number() -> None:
    assert messages("bands: {good: {from: 50}, poor: {}}", "KR335") == [
        "the band `good` has an end, but there is no score"
    ]


def test_extras_reach_beyond_the_max() -> None:
    text = """
    criteria:
      a: {max: 100, entered: {step: 1}}
      top: {max: 10, extra: true, entered: {step: 1}}
    bands: {best: {above: 100}, good: {from: 50, to: 100}, poor: {below: 50}}
    """
    assert codes(text) == []
    assert codes(text.replace("bands:", "score: {max: 100, outside: clamp}\n    bands:")) == ["KR332"]


def test_extras_without_a_max_reach_anywhere() -> None:
    text = """
    inputs: {n: {type: number, min: 0}}
    criteria:
      a: {max: 100, entered: {step: 1}}
      top: {min: 0, extra: true, points: n}
    bands: {best: {above: 100}, good: {from: 50, to: 100}, poor: {below: 50}}
    """
    assert codes(text) == []


def test_extras_below_a_mean_do_not_raise_its_max() -> None:
    text = """
    score: {combine: mean}
    criteria:
      a: {criteria: {b: {max: 9, entered: {step: 1}}, top: {max: 1, extra: true, entered: {step: 1}}}}
      c: {points: 50}
    bands: {best: {above: 100}, good: {from: 50, to: 100}, poor: {below: 50}}
    """
    assert "KR332" in codes(text)


@pytest.mark.parametrize("child", ["weight: 50%, max: 0, min: -1", "weight: -50%"])
def test_bands_on_a_score_that_is_not_sound_are_evaluated_anyway(child: str) -> None:
    text = f"""
    score: {{combine: mean}}
    criteria: {{a: {{weight: 50%, entered: {{step: 1}}}}, b: {{{child}, entered: {{step: 1}}}}}}
    bands: {{good: {{above: 50}}, poor: {{below: 50}}}}
    """
    assert messages(text, "KR330") == ["exactly 50 is in no band"]


def test_without_a_score_no_number_is_possible() -> None:
    assert facts(built("outputs: {o: 1}")).grid is None


# -- overrides ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("band: fair", "the criteria never decide the band: a forced one is never above `fair`"),
        ("when: true, band: fair", "the criteria never decide the band: a forced one is never above `fair`"),
        ("when: b, band: fair", ""),
        ("unrated: left", "nobody is ever rated"),
        ("band_at_most: fair", "no band above `fair` is ever given"),
        ("band_at_most: good", ""),
        ("band_at_least: fair", "no band below `fair` is ever given"),
        ("band_at_least: poor", ""),
        ("band_at_most: \"'good' if b else 'poor'\"", ""),
    ],
)
def test_an_override_without_a_condition_is_reported_with_what_it_takes(override: str, expected: str) -> None:
    bands = "bands: {good: {from: 70}, fair: {from: 50}, poor: {from: 0}}"
    text = BANDS.format(score="", bands=f"{bands}\noverrides: {{o: {{{override}}}}}")
    found = messages(text, "KR401")
    assert found == ([f"the override `o` always fires, so {expected}"] if expected else [])
