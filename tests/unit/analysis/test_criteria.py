"""Groups, leaves and rows: findings from the tree of criteria, without a subject."""

from __future__ import annotations

import pytest
from checked import built, codes, diagnostics, messages, only

from kpirules import check

A, B = "a: {max: 60, entered: {step: 1}}", "b: {max: 40, entered: {step: 1}}"


# -- sums ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        ("max: 100", []),
        ("rescale: false, max: 100", ["KR306"]),
        ("max: 90", ["KR301"]),
        ("max: 110", ["KR301"]),
        ("max: 90, outside: clamp", []),
        ("max: 100, min: 5", ["KR312"]),
        ("max: 100, min: 5, outside: clamp", []),
        ("max: 90, allow: {KR301: the regulation says so}", []),
    ],
)
def test_the_max_of_a_sum_is_the_sum_of_the_maxima(score: str, expected: list[str]) -> None:
    found = diagnostics(f"criteria: {{{A}, {B}}}\nscore: {{{score}}}")
    assert [d.code for d in found if d.is_finding] == expected


def test_the_difference_and_the_parts_are_shown() -> None:
    found = only(f"criteria:\n  {A}\n  {B}\nscore:\n  max: 90\n")
    assert found.message == "the max of the score is 90, but the maxima below it add up to 100, 10 more"
    assert found.notes == ("the maxima: `a` 60, `b` 40",)
    assert found.path == "score.max"
    assert found.span is not None
    assert found.span.text == "90"


def test_extras_and_deductions_do_not_count() -> None:
    text = f"""
    criteria:
      {A}
      {B}
      bonus: {{max: 5, extra: true, entered: {{step: 1}}}}
      penalties: {{min: -5, max: 0, entered: {{step: 1}}}}
    score: {{min: -5, max: 100}}
    """
    assert codes(text) == []


def test_a_child_without_limits_can_take_a_sum_anywhere() -> None:
    text = f"inputs: {{x: {{type: number}}}}\ncriteria: {{{A}, free: {{points: x}}}}\nscore: {{max: 60}}"
    assert messages(text, "KR312") == [
        "the score can leave its max 60: `free` has no max",
        "the score can leave its min 0: `free` has no min",
    ]


def test_shares_above_one_or_below_zero_take_a_group_along() -> None:
    text = f"""
    score: {{combine: mean}}
    criteria:
      g: {{criteria: {{{A}, {B}, top: {{max: 5, extra: true, entered: {{step: 1}}}}}}}}
      h: {{min: -10, entered: {{step: 1}}}}
    """
    assert messages(text, "KR312") == [
        "the score can leave its max: `g` can have more than its max",
        "the score can leave its min 0: `h` can have a negative share",
    ]
    assert "KR312" not in codes(text.replace("combine: mean", "combine: mean, outside: clamp"))
    assert "KR312" not in codes(
        text.replace("combine: mean", "combine: mean, min: -100").replace("extra: true, ", "")
    )


@pytest.mark.parametrize(
    ("child", "is_ordinary"),
    [
        ("max: 20, entered: {step: 1}", True),
        ("min: -5, max: 5, entered: {step: 1}", True),
        ("max: 5, extra: true, entered: {step: 1}", False),
        ("min: -5, max: 0, entered: {step: 1}", False),
        ("points: 3", False),
        ("criteria: {f: {points: 3}}", False),
    ],
)
def test_only_a_child_that_counts_in_the_max_asks_for_rescale(child: str, is_ordinary: bool) -> None:
    text = f"inputs: {{n: {{type: boolean}}}}\ncriteria: {{{A}, c: {{{child}, applies: n}}}}\nscore: {{KEYS}}"

    def told(keys: str) -> list[str]:
        return [code for code in codes(text.replace("KEYS", keys)) if code != "KR312"]

    assert told("min: -5") == ["KR309"] * is_ordinary
    assert told("min: -5, rescale: false") == ["KR306"] * (not is_ordinary)


@pytest.mark.parametrize(
    ("share", "weights", "changes_nothing"),
    [
        ("50%", ("60%", "40%"), True),
        ("60%", ("60%", "40%"), True),
        ("61%", ("60%", "40%"), False),
    ],
)
def test_a_share_that_always_remains_changes_nothing(
    share: str, weights: tuple[str, str], changes_nothing: bool
) -> None:
    text = f"""
    inputs: {{n: {{type: boolean}}}}
    criteria:
      a: {{weight: {weights[0]}, entered: {{step: 1}}}}
      b: {{weight: {weights[1]}, applies: n, entered: {{step: 1}}}}
    score: {{combine: mean, require_share: {share}, round: {{places: 2}}}}
    """
    assert codes(text) == ["KR306"] * changes_nothing


# -- weights, shares ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("combine", "a", "b", "expected"),
    [
        ("combine: mean", "", "", []),
        ("combine: mean", "weight: 60%", "weight: 40%", []),
        ("combine: mean", "weight: 0.6", "weight: 0.4", []),
        ("combine: mean", "weight: 60%", "weight: 30%", ["KR304"]),
        ("combine: mean", "weight: 60", "weight: 40", ["KR304"]),
        ("combine: mean, weights: relative", "weight: 3", "weight: 1", []),
        ("combine: mean, weights: relative", "", "", ["KR305"]),
        ("combine: mean", "weight: 60%", "", ["KR302"]),
        ("combine: mean", "weight: 120%", "weight: -20%", ["KR303"]),
        ("combine: harmonic_mean", "weight: 60%", "weight: 40%", []),
        ("combine: min", "weight: 60%", "weight: 40%", ["KR305"]),
        ("points: points.a", "weight: 1", "", ["KR305"]),
        ("combine: max", "extra: true", "", ["KR305"]),
        ("combine: product, rescale: true", "", "", ["KR305"]),
        ("combine: mean", "min: 0, max: 0", "", ["KR307"]),
        ("combine: min", "criteria: {c: {points: 3}}", "", ["KR307"]),
        ("combine: geometric_mean", "min: -1", "", ["KR308"]),
        ("combine: product", "min: -1", "", ["KR312"]),
    ],
)
def test_weights_and_shares(combine: str, a: str, b: str, expected: list[str]) -> None:
    def child(keys: str) -> str:
        body = "" if "criteria" in keys else "entered: {step: 1}"
        return ", ".join(part for part in (keys, body) if part)

    text = f"criteria: {{a: {{{child(a)}}}, b: {{{child(b)}}}}}\nscore: {{{combine}, round: {{places: 2}}}}"
    assert codes(text) == expected


def test_weights_written_as_percentages_without_the_sign_are_recognised() -> None:
    text = "score: {combine: mean}\ncriteria: {a: {weight: 60, entered: {step: 1}}, b: {weight: 40, rate: 1}}"
    assert "write `%` after each number" in only(text).help


def test_several_children_without_a_weight_are_named() -> None:
    text = "score: {combine: mean}\ncriteria: {a: {weight: 60%, rate: 1}, b: {rate: 1}, c: {rate: 1}}"
    assert only(text).message == "some children of the score have a weight, but `b` and `c` have none"


# -- what remains, absence ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "child", "expected"),
    [
        ("", "max: 40, applies: is_late, rate: 1", ["KR309"]),
        ("rescale: true", "max: 40, applies: is_late, rate: 1", []),
        ("rescale: false", "max: 40, rate: 1 if is_late else 0", ["KR306"]),
        ("", "max: 40, extra: true, applies: is_late, rate: 1", []),
        ("rescale: true", "max: 40, extra: true, applies: is_late, rate: 1", ["KR306"]),
        ("require_share: 50%", "max: 40, rate: 1 if is_late else 0", ["KR306"]),
        ("rescale: true, require_share: 50%", "max: 40, applies: is_late, rate: 1", ["KR306"]),
        ("rescale: true, require_share: 61%", "max: 40, applies: is_late, rate: 1", []),
        ("rescale: true, require_share: 50", "max: 40, applies: is_late, rate: 1", ["KR319"]),
        ("rescale: true, require_share: 0", "max: 40, applies: is_late, rate: 1", ["KR306"]),
        ("rescale: true, require_share: -1", "max: 40, applies: is_late, rate: 1", ["KR319"]),
        ("combine: mean", "applies: is_late, rate: 1", []),
        ("rescale: true, missing: zero", "max: 40, applies: is_late, rate: 1", ["KR310"]),
        ("rescale: true, missing: zero, require_share: 61%", "max: 40, applies: is_late, rate: 1", []),
        ("combine: min, missing: zero, require_share: 50%", "applies: is_late, rate: 1", ["KR310", "KR306"]),
        ("combine: min, missing: zero, require_share: 51%", "applies: is_late, rate: 1", []),
    ],
)
def test_a_sum_says_what_becomes_of_excluded_points(score: str, child: str, expected: list[str]) -> None:
    rounding = "round: {places: 2}"
    keys = f"{score}, {rounding}" if score else rounding
    text = f"""
    inputs: {{is_late: {{type: boolean}}}}
    criteria: {{{A}, c: {{{child}}}}}
    score: {{{keys}}}
    """
    assert codes(text) == expected


def test_a_share_may_be_required_where_only_an_extra_need_remain() -> None:
    text = """
    inputs: {is_late: {type: boolean}}
    criteria: {c: {max: 40, applies: is_late, rate: 1}, e: {max: 5, extra: true, rate: 1}}
    score: {rescale: false, require_share: 50%}
    """
    assert codes(text) == []


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("max: 10, rate: x, missing: zero", []),
        ("max: 10, rate: 0.5, missing: zero", ["KR310"]),
        ("max: 10, entered: {step: 1}, missing: zero", []),
        ("max: 10, min: 5, rate: x, missing: zero", ["KR311"]),
        ("max: -5, min: -10, points: x - 6, missing: zero", ["KR311"]),
        ("points: x, missing: full", ["KR311"]),
        ("max: 10, points: x, missing: full", []),
        ("max: 10, points: x, applies: given(x), missing: zero", ["KR310"]),
        ("max: 10, points: x, applies: x > 0, missing: zero", []),
        ("missing: zero, criteria: {d: {max: 10, rate: x, missing: exclude}}, rescale: false", []),
        ("missing: zero, criteria: {d: {max: 10, rate: x, missing: zero}}", ["KR310"]),
        ("points: points.d + x, missing: zero, criteria: {d: {rate: 0.5}}", []),
    ],
)
def test_missing_says_what_can_happen(criterion: str, expected: list[str]) -> None:
    text = f"""
    inputs: {{x: {{type: number, min: 0, max: 1, decimals: 2, optional: true}}}}
    criteria: {{c: {{{criterion}}}, {A}}}
    score: {{rescale: false}}
    outputs: {{o: x}}
    """
    assert [code for code in codes(text) if code != "KR306"] == expected


# -- constants ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("max: 10, points: 10", []),
        ("max: 10, points: 11", ["`11` gives 11 points, but `c` has 0 to 10"]),
        ("max: 10, points: -1", ["`-1` gives -1 points, but `c` has 0 to 10"]),
        ("points: 11", []),
        ("min: 0, points: -1", ["`-1` gives -1 points, but `c` has 0 to …"]),
        ("max: 10, points: most", ["`most` gives 20 points, but `c` has 0 to 10"]),
        ("max: 10, points: x", []),
        ("max: 10, rate: 2", ["`rate: 2` gives 20 points, but `c` has 0 to 10"]),
        ("max: 10, rate: x", []),
        ("max: 10, outside: clamp, rate: 2", []),
        (
            "max: 10, measure: x, steps: [{from: 1, points: 11}, {points: 0}]",
            ["a row gives 11 points, but `c` has 0 to 10"],
        ),
        (
            "max: 10, measure: x, steps: [{from: 1, rate: 200%}, {undefined: true}]",
            ["a row gives 20 points, but `c` has 0 to 10"],
        ),
        (
            "max: 10, measure: x, scale: [[0, 0], [1, 12]]",
            ["the scale at 1 gives 12 points, but `c` has 0 to 10"],
        ),
        (
            "max: 10, measure: x, thresholds: {from: [0.5, 1], each: 6}",
            ["2 thresholds passed gives 12 points, but `c` has 0 to 10"],
        ),
        (
            "max: 10, min: 1, measure: x, thresholds: {from: [0.5, 1], each: 5}",
            ["no threshold passed gives 0 points, but `c` has 1 to 10"],
        ),
        ("max: 10, entered: {step: 1}", []),
        ("max: 10, met: x > 0", []),
    ],
)
def test_points_that_are_written_out_lie_within_the_limits(criterion: str, expected: list[str]) -> None:
    text = f"""
    inputs: {{x: {{type: number, min: 0, max: 1, decimals: 2}}}}
    parameters: {{most: 20}}
    criteria: {{c: {{{criterion}}}}}
    outputs: {{o: x + most}}
    """
    assert messages(text, "KR313") == expected
    assert set(codes(text)) <= {"KR313"}


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("max: 10, entered: {step: 0.25}", []),
        ("max: 10, entered: {}", []),
        ("max: 10, entered: {step: 3}", ["`c` is entered in steps of 3, which never give its max 10"]),
        ("min: 1, max: 10, entered: {step: 2}", ["`c` is entered in steps of 2, which never give its min 1"]),
    ],
)
def test_steps_give_the_ends(criterion: str, expected: list[str]) -> None:
    assert messages(f"criteria: {{c: {{{criterion}}}}}", "KR318") == expected


# -- rows ---------------------------------------------------------------------------------------

STEPS = """
inputs:
  x: {type: number, DOMAIN}
criteria: {c: {max: 10, measure: MEASURE, steps: [ROWS]}}
outputs: {o: x}
"""


@pytest.mark.parametrize(
    ("domain", "rows", "expected"),
    [
        ("min: 0, max: 9", "{from: 5, points: 1}, {below: 5, points: 0}", []),
        ("min: 0, max: 9", "{from: 5, points: 1}, {points: 0}", []),
        ("min: 0, max: 9", "{above: 5, points: 1}, {below: 5, points: 0}", ["exactly 5"]),
        ("min: 0, max: 9", "{from: 5, points: 1}", ["from 0 to below 5, such as 0"]),
        ("min: 0, max: 9", "{to: 4, points: 1}", ["above 4 to 9, such as 9"]),
        ("min: 0, max: 9, decimals: 1", "{to: 4.9, points: 1}, {from: 5, points: 0}", []),
        (
            "min: 0, max: 9, decimals: 2",
            "{to: 4.9, points: 1}, {from: 5, points: 0}",
            ["above 4.9 to below 5, such as 4.91"],
        ),
        (
            "min: 0, max: 9",
            "{to: 4.9, points: 1}, {from: 5, points: 0}",
            ["above 4.9 to below 5, such as 4.91"],
        ),
        ("min: 0, max: 9, step: 0.5", "{to: 4.5, points: 1}, {from: 5, points: 0}", []),
        ("above: 0, below: 9", "{above: 0, below: 9, points: 1}", []),
        ("above: 0, min: 1, below: 9, max: 8", "{from: 1, to: 8, points: 1}", []),
        ("min: 0", "{from: 0, points: 1}", []),
        ("max: 0", "{below: 0, points: 1}", ["exactly 0"]),
        ("max: 9", "{from: 0, points: 1}", ["below 0, such as -1"]),
        ("min: 0, max: 1, decimals: 0", "{equals: 0, points: 1}, {equals: 1, points: 0}", []),
    ],
)
def test_steps_cover_every_number_of_the_domain(domain: str, rows: str, expected: list[str]) -> None:
    text = STEPS.replace("DOMAIN", domain).replace("ROWS", rows).replace("MEASURE", "x")
    numbers = [stretch if stretch.startswith("exactly") else f"numbers {stretch}" for stretch in expected]
    assert messages(text, "KR314") == [f"no row of `c` covers {stretch}" for stretch in numbers]


def test_steps_of_an_integer_leave_no_room_between() -> None:
    text = STEPS.replace("number, DOMAIN", "integer, min: 0, max: 9").replace("MEASURE", "x")
    assert codes(text.replace("ROWS", "{to: 4, points: 1}, {from: 5, points: 0}")) == []


def test_a_formula_may_have_any_number() -> None:
    text = STEPS.replace("DOMAIN", "min: 0, max: 9").replace("MEASURE", "x + 1")
    assert messages(text.replace("ROWS", "{from: 0, points: 1}"), "KR314") == [
        "no row of `c` covers numbers below 0, such as -1"
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("{from: 5, points: 1}, {from: 7, points: 2}, {points: 0}", ["the row `from 7`"]),
        ("{to: 5, points: 1}, {below: 3, points: 2}, {points: 0}", ["the row `below 3`"]),
        ("{to: 5, points: 1}, {from: 5, points: 2}, {equals: 6, points: 2}", ["the row `equals 6`"]),
        ("{to: 5, points: 1}, {above: 5, points: 2}, {points: 0}", ["the last row"]),
        ("{from: 20, points: 1}, {points: 0}", ["the row `from 20`"]),
        ("{from: 2, to: 3, points: 1}, {from: 1, to: 4, points: 0}, {points: 0}", []),
    ],
)
def test_every_row_is_reached(rows: str, expected: list[str]) -> None:
    text = STEPS.replace("DOMAIN", "min: 0, max: 9").replace("ROWS", rows).replace("MEASURE", "x")
    end = "of `c` is never reached: earlier rows cover all of it"
    assert messages(text, "KR315") == [f"{row} {end}" for row in expected]


def test_tables_cover_every_number() -> None:
    text = "inputs: {x: {type: number}}\ntables: {t: {steps: [{from: 0, value: 1}]}}\noutputs: {o: t(x)}"
    assert messages(text, "KR314") == ["no row of the table `t` covers numbers below 0, such as -1"]


@pytest.mark.parametrize(
    ("thresholds", "expected"),
    [
        ("[1, 2, 3]", []),
        ("[3, 2, 1]", []),
        ("[1]", []),
        ("[1, 3, 2]", ["they neither rise nor fall"]),
        ("[1, 2, 1]", ["1 is repeated"]),
    ],
)
def test_thresholds_are_in_order(thresholds: str, expected: list[str]) -> None:
    text = f"""
    inputs: {{x: {{type: number, min: 0, max: 9}}}}
    criteria: {{c: {{max: 3, measure: x, thresholds: {{above: {thresholds}}}}}}}
    """
    assert messages(text, "KR316") == [f"the thresholds of `c` are not in order: {why}" for why in expected]


def test_of_very_many_wrong_options_the_first_get_a_suggestion() -> None:
    options = ", ".join(f"high{number}: 1" for number in range(200))
    text = f"""
    inputs: {{g: {{type: choice, options: [high, low]}}}}
    criteria: {{c: {{max: 3, measure: g, lookup: {{{options}}}}}}}
    """
    helps = [diagnostic.help for diagnostic in diagnostics(text) if diagnostic.code == "KR223"]
    assert [bool(help_) for help_ in helps] == [True] * 100 + [False] * 100


@pytest.mark.parametrize(
    ("measure", "lookup", "expected"),
    [
        ("g", "high: 1, low: 0", []),
        ("g", "high: 1, else: 0", []),
        ("g", "high: 1", ["KR317"]),
        ("g", "high: 1, low: 0, else: 0", ["KR315"]),
        ("g", "high: 1, lwo: 0", ["KR223", "KR317"]),
        ("g", "true: 1, else: 0", ["KR223"]),
        ("b", "true: 1, false: 0", []),
        ("b", "true: 1", ["KR317"]),
        ("b", "true: 1, else: 0", []),
        ("b", "high: 1, else: 0", ["KR223"]),
        ("'x' if b else 'y'", "x: 1, y: 0", []),
        ("'x' if b else 'y'", "x: 1", ["KR317"]),
        ("1", "x: 1", ["KR220"]),
    ],
)
def test_a_lookup_has_every_option_once(measure: str, lookup: str, expected: list[str]) -> None:
    text = f"""
    inputs: {{g: {{type: choice, options: [high, low]}}, b: {{type: boolean}}}}
    criteria: {{c: {{max: 1, measure: "{measure}", lookup: {{{lookup}}}}}}}
    outputs: {{o: b, p: g}}
    """
    assert sorted(codes(text)) == expected


def test_a_table_for_any_choice_with_its_options_has_a_rest() -> None:
    text = """
    inputs:
      g: {type: choice, options: [high, low]}
      h: {type: choice, options: [high, middle]}
    tables: {t: {lookup: {high: 1, else: 0}}}
    outputs: {o: t(g) + t(h)}
    """
    assert codes(text) == []


def test_a_table_that_covers_all_needs_no_rest() -> None:
    text = """
    inputs: {b: {type: boolean}}
    tables: {t: {lookup: {true: 1, false: 0, else: 2}}}
    outputs: {o: t(b)}
    """
    assert codes(text) == ["KR315"]


def test_points_that_are_always_below_their_limits_are_checked() -> None:
    text = """
    inputs: {n: {type: integer}, b: {type: boolean}}
    criteria:
      whole:
        applies: b
        criteria:
          scaled: {measure: n, scale: [[-10, 80], [20, 50], [150, 80]], max: 100}
          group: {criteria: {squared: {rate: "-(default(share.scaled, -2.5)) ** 2", max: 10, round: {places: -1}}}}
    score: {round: {places: 2}}
    """
    assert "KR352" in [one.code for one in check(built(text))]
