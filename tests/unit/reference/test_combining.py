"""Combinations of a group's children, and groups with excluded children (§5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from attrs import evolve

from kpirules import Program, assess, compile
from kpirules.record import Assessment, Contribution
from tests.rules import F, assessed, fault, program, unproved_fault

INPUTS = """
inputs:
  x: {type: number, min: 0, max: 1}
  y: {type: number, min: 0, max: 1}
  z: {type: number, min: 0, max: 1}
  has_y: {type: boolean}
"""
LEFT_OUT = "applies: has_y"


def group(keys: str, children: Sequence[str], **subject: object) -> Assessment:
    """Return an assessment by a group `g` with children a, b, c that earn the rates x, y, z."""
    rates = {"a": "x", "b": "y", "c": "z"}
    body = ", ".join(
        f"{id_}: {{rate: {rates[id_]}{', ' + more if more else ''}}}"
        for id_, more in zip("abc", children, strict=False)
    )
    text = f"{INPUTS}criteria: {{g: {{{keys}, criteria: {{{body}}}}}}}\nscore: {{round: {{places: 30}}}}\n"
    return assessed(text, **({"has_y": False} | subject))


def points(keys: str, children: Sequence[str], **subject: object) -> Fraction | None:
    return group(keys, children, **subject).points.get("g")


X, Y, Z = F("0.8"), F("0.5"), F("0.2")
THREE = ["", "", ""]
ALL = {"x": X, "y": Y, "z": Z}


# -- sums -----------------------------------------------------------------------------------------


def test_a_sum_adds_points() -> None:
    found = group("combine: sum", ["max: 10", "max: 20", "max: 5"], **ALL).outcomes["g"]
    assert (found.points, found.min, found.max) == (8 + 10 + 1, 0, 35)
    assert found.contributions == (
        Contribution("criterion", "a", F(8)),
        Contribution("criterion", "b", F(10)),
        Contribution("criterion", "c", F(1)),
    )


def test_a_capped_sum_stops_at_its_max() -> None:
    found = group("max: 15, outside: clamp", ["max: 10", "max: 20"], **ALL).outcomes["g"]
    assert (found.points, found.share) == (15, 1)
    assert found.contributions[-1] == Contribution("clamp", "", F(-3))


def test_extras_go_beyond_the_max_and_do_not_raise_it() -> None:
    found = group("combine: sum", ["max: 10", "max: 4, extra: true"], x=1, y=1, z=0).outcomes["g"]
    assert (found.points, found.max, found.share) == (14, 10, F("1.4"))


def test_nested_extras_reach_the_score() -> None:
    """Only the children limit a sum, not its computed max."""
    text = f"""{INPUTS}
criteria:
  g: {{criteria: {{a: {{max: 10, rate: x}}, b: {{max: 4, rate: y, extra: true}}}}}}
score: {{max: 10, round: {{places: 2}}}}
"""
    assert assessed(text, x=1, y=1, z=0, has_y=True).score == 14


def test_a_capped_sum_cuts_extras_too() -> None:
    keys = "max: 10, outside: clamp"
    assert points(keys, ["max: 10", "max: 4, extra: true"], x=F("0.9"), y=1, z=0) == 10


def test_a_deduction_takes_points_away_and_counts_in_the_min() -> None:
    text = f"""{INPUTS}
criteria:
  g: {{criteria: {{a: {{max: 10, rate: x}}, d: {{min: -5, max: 0, points: -5 * y}}}}}}
score: {{round: {{places: 2}}}}
"""
    found = assessed(text, x=0, y=1, z=0, has_y=True).outcomes["g"]
    assert (found.points, found.min, found.max) == (-5, -5, 10)


def test_the_min_of_a_sum_is_no_limit_if_children_are_excluded() -> None:
    """Both children have at least 5; without one the group may have 5 though its min is 10."""
    leaves = "a: {min: 5, max: 10, points: 5 + 5 * x}, b: {min: 5, max: 10, points: 5 + 5 * y, applies: has_y}"
    text = f"{INPUTS}criteria: {{g: {{rescale: false, criteria: {{{leaves}}}}}}}\nscore: {{round: {{places: 2}}}}\n"
    assert assessed(text, x=0, y=0, z=0, has_y=False).score == 5


def test_a_min_that_is_written_for_a_sum_is_a_limit() -> None:
    children = "a: {min: -5, max: 10, points: 15 * x - 5}"
    text = f"{INPUTS}criteria: {{g: {{min: -3, criteria: {{{children}}}}}}}\nscore: {{round: {{places: 2}}}}\n"
    assert assessed(text, x=F("0.2"), y=0, z=0, has_y=False).score == -2
    assert fault(text, x=0, y=0, z=0, has_y=False).message == "-5 points are outside -3 to …"


def test_a_fault_of_a_group_is_at_the_group() -> None:
    text = f"{INPUTS}criteria: {{g: {{min: 0, criteria: {{a: {{min: -5, max: 10, points: 15 * x - 5}}}}}}}}\n"
    text += "score: {round: {places: 2}}\n"
    diagnostic = fault(text, x=0, y=0, z=0, has_y=False)
    assert (diagnostic.code, diagnostic.path) == ("KR625", "criteria.g")
    assert diagnostic.span is not None
    assert diagnostic.span.line == 9


@pytest.mark.parametrize(
    ("keys", "extra", "least", "most"),
    [
        ("max: 15, allow: {KR301: so it says}", "", 0, 15),
        ("max: 15, allow: {KR301: so it says}", "x: {max: 2, rate: x, extra: true}", 0, 17),
        ("max: 15, allow: {KR301: so it says}", "x: {points: x, extra: true}", 0, None),
        ("max: 20", "", 0, None),
        ("min: 0", "", 0, None),
        ("note: free", "", None, None),
        ("max: 15, outside: clamp", "x: {max: 2, rate: x, extra: true}", 0, 15),
    ],
)
def test_a_sum_is_limited_only_by_what_is_written_and_differs(
    keys: str, extra: str, least: int | None, most: int | None
) -> None:
    children = f"a: {{max: 10, rate: x}}, b: {{max: 10, rate: y}}{', ' + extra if extra else ''}"
    text = f"{INPUTS}criteria: {{g: {{{keys}, criteria: {{{children}}}}}}}\nscore: {{round: {{places: 2}}}}\n"
    criterion = next(c for c in program(text).rulebook.criteria() if c.id == "g")
    assert criterion.limits == (least, most)


def test_excluded_points_are_lost_without_rescale() -> None:
    keys, children = "rescale: false", ["max: 10", f"max: 30, {LEFT_OUT}"]
    assert points(keys, children, **ALL) == 8
    assert points(keys, children, **ALL, has_y=True) == 23


def test_the_rest_is_scaled_up_with_rescale() -> None:
    found = group("rescale: true", ["max: 10", f"max: 30, {LEFT_OUT}", "max: 20"], **ALL).outcomes["g"]
    assert found.points == (8 + 4) * F(60, 30)
    assert found.contributions == (
        Contribution("criterion", "a", F(8)),
        Contribution("criterion", "c", F(4)),
        Contribution("rescale", "", F(12)),
    )


def test_rescale_has_no_line_if_nothing_is_excluded() -> None:
    found = group("rescale: true", ["max: 10", f"max: 30, {LEFT_OUT}"], **ALL, has_y=True).outcomes["g"]
    assert [line.kind for line in found.contributions] == ["criterion", "criterion"]


def test_extras_and_deductions_are_not_part_of_rescale() -> None:
    text = f"""{INPUTS}
criteria:
  g:
    rescale: true
    criteria:
      a: {{max: 10, rate: x}}
      b: {{max: 30, rate: y, applies: has_y}}
      on_top: {{max: 5, rate: y, extra: true}}
      free: {{points: z, extra: true}}
      off: {{min: -5, max: 0, points: -z}}
score: {{round: {{places: 2}}}}
"""
    found = assessed(text, **ALL, has_y=False).outcomes["g"]
    assert found.points == 8 * 4 + F("2.5") + Z - Z
    assert found.contributions[-1] == Contribution("rescale", "", F(24))


def test_an_excluded_extra_does_not_change_rescaling() -> None:
    text = f"""{INPUTS}
criteria:
  g: {{criteria: {{a: {{max: 10, rate: x}}, b: {{max: 5, rate: y, extra: true, applies: has_y}}}}}}
score: {{round: {{places: 2}}}}
"""
    assert assessed(text, **ALL, has_y=False).score == 8


# -- shares ---------------------------------------------------------------------------------------


def test_other_combinations_work_on_shares_with_a_max_of_100() -> None:
    found = group("combine: mean", THREE, **ALL)
    assert found.outcomes["a"].max == 100
    assert found.points["g"] == 100 * (X + Y + Z) / 3


def test_a_mean_weighs_shares() -> None:
    found = group("combine: mean, max: 20", ["weight: 50%", "weight: 30%, max: 7", "weight: 20%"], **ALL)
    lines = [20 * F("0.5") * X, 20 * F("0.3") * Y, 20 * F("0.2") * Z]
    assert found.points["g"] == sum(lines)
    assert [line.points for line in found.outcomes["g"].contributions] == lines


def test_relative_weights_need_not_add_to_one() -> None:
    keys = "combine: mean, weights: relative"
    assert points(keys, ["weight: 5", "weight: 3", "weight: 2"], **ALL) == 100 * (5 * X + 3 * Y + 2 * Z) / 10


def test_the_weight_of_an_excluded_child_leaves_the_denominator_of_a_mean() -> None:
    children = ["weight: 50%", f"weight: 30%, {LEFT_OUT}", "weight: 20%"]
    assert points("combine: mean", children, **ALL) == 100 * (5 * X + 2 * Z) / 7


def test_a_geometric_mean_is_exact_where_it_is_rational() -> None:
    keys = "combine: geometric_mean, weights: relative"
    assert points(keys, ["weight: 2", "weight: 1"], x=F("0.1"), y=F("0.8"), z=0) == 20


def test_an_irrational_geometric_mean_is_rounded_once() -> None:
    assert points("combine: geometric_mean", ["", ""], x=1, y=F("0.5"), z=0) == F("70.71067811865475244008443621")


def test_a_harmonic_mean_is_the_weight_over_the_weighted_inverse_shares() -> None:
    keys = "combine: harmonic_mean, weights: relative"
    assert points(keys, ["weight: 1", "weight: 2"], x=X, y=Y, z=0) == 100 * F(3) / (1 / X + 2 / Y)


@pytest.mark.parametrize("combine", ["geometric_mean", "harmonic_mean", "product"])
def test_a_zero_share_makes_it_zero(combine: str) -> None:
    assert points(f"combine: {combine}", THREE, x=X, y=0, z=Z) == 0


@pytest.mark.parametrize(("combine", "share"), [("min", Z), ("max", X), ("product", X * Y * Z)])
def test_least_greatest_and_product_of_shares(combine: str, share: Fraction) -> None:
    found = group(f"combine: {combine}, max: 40", ["max: 3", "", ""], **ALL).outcomes["g"]
    assert found.points == 40 * share
    assert found.contributions == (Contribution("own", "", 40 * share),)


@pytest.mark.parametrize(("combine", "share"), [("min", Z), ("max", X), ("product", X * Z)])
def test_an_excluded_child_does_not_count_in_least_greatest_and_product(combine: str, share: Fraction) -> None:
    assert points(f"combine: {combine}", ["", LEFT_OUT, ""], x=X, y=0, z=Z) == 100 * share


def test_a_group_may_have_points_of_its_own() -> None:
    text = f"""{INPUTS}
criteria:
  g:
    points: points.a / 2 + sum(c.points * c.weight for c in children.g if c.share > 0.4) + max.b
    max: 200
    criteria: {{a: {{max: 10, rate: x}}, b: {{max: 20, rate: y}}, c: {{max: 4, rate: z}}}}
score: {{round: {{places: 2}}}}
"""
    found = assessed(text, **ALL, has_y=True).outcomes["g"]
    assert found.points == 4 + (8 + 10) + 20
    assert found.computations["points"].readings[0] == ("points.a", 8)


def test_the_records_of_children_are_those_that_remain() -> None:
    text = f"""{INPUTS}
criteria:
  g:
    combine: mean
    criteria:
      a: {{rate: x, weight: 50%}}
      b: {{rate: y, weight: 50%, applies: has_y}}
score: {{round: {{places: 2}}}}
outputs:
  count: count(children.g)
  weights: sum(c.weight for c in children.g)
  best: default(max(c.share for c in children.g), 0)
  top: sum(c.max for c in children.score)
"""
    assert assessed(text, **ALL, has_y=False).outputs == {
        "count": 1,
        "weights": F("0.5"),
        "best": X,
        "top": 100,
    }
    assert assessed(text, **ALL, has_y=True).outputs["count"] == 2


def test_the_score_may_be_an_expression_without_criteria() -> None:
    found = assessed(f"{INPUTS}score: {{points: 100 * x, round: {{places: 1}}}}\n", **ALL, has_y=True)
    assert (found.score, found.outcomes["score"].computations["points"].value) == (80, 80)


# -- what remains ---------------------------------------------------------------------------------

BY_WEIGHT = ["weight: 60%", f"weight: 40%, {LEFT_OUT}"]


@pytest.mark.parametrize(
    ("keys", "children", "is_enough"),
    [
        ("combine: mean, require_share: 60%", BY_WEIGHT, True),
        ("combine: mean, require_share: 61%", BY_WEIGHT, False),
        ("rescale: true, require_share: 25%", ["max: 10", f"max: 30, {LEFT_OUT}"], True),
        ("rescale: true, require_share: 26%", ["max: 10", f"max: 30, {LEFT_OUT}"], False),
        (
            "rescale: true, require_share: 26%",
            ["max: 10", f"max: 30, {LEFT_OUT}", "max: 90, extra: true"],
            False,
        ),
        ("combine: min, require_share: 50%", ["max: 1", f"max: 99, {LEFT_OUT}"], True),
        ("combine: min, require_share: 51%", ["max: 99", f"max: 1, {LEFT_OUT}"], False),
        ("points: points.a, require_share: 1/2", ["", LEFT_OUT], True),
        ("points: points.a, require_share: 2/3", ["", LEFT_OUT], False),
    ],
)
def test_enough_must_remain_of_a_group_that_requires_it(keys: str, children: Sequence[str], is_enough: bool) -> None:
    """Of the weight in means, of the maxima in sums without extras, else of the number."""
    found = group(keys, children, **ALL)
    assert found.status == ("rated" if is_enough else "insufficient")
    assert found.outcomes["g"].why == ("" if is_enough else "too_little_remains")
    assert (found.outcomes["g"].remains is None) == is_enough


def test_a_group_of_which_too_little_remains_shows_how_much() -> None:
    found = group("rescale: true, require_share: 26%", ["max: 10", f"max: 30, {LEFT_OUT}"], **ALL).outcomes["g"]
    assert (found.remains, found.required) == (F("0.25"), F("0.26"))


@pytest.mark.parametrize(
    ("keys", "child"),
    [
        ("combine: mean", LEFT_OUT),
        ("rescale: false", f"max: 5, {LEFT_OUT}"),
        ("rescale: true", f"max: 5, {LEFT_OUT}"),
        ("points: 'default(points.b, 3)'", LEFT_OUT),
    ],
)
def test_a_group_of_which_nothing_remains_is_missing(keys: str, child: str) -> None:
    text = (
        f"{INPUTS}criteria: {{g: {{{keys}, criteria: {{b: {{rate: y, {child}}}}}}}}}\nscore: {{round: {{places: 2}}}}"
    )
    found = assessed(text, **ALL, has_y=False)
    assert (found.status, found.because) == ("insufficient", ("criteria.g",))
    assert (found.outcomes["g"].why, found.outcomes["g"].policy) == ("nothing_remains", "unrated")


def test_a_sum_of_extras_is_missing_only_where_none_of_them_remains() -> None:
    text = f"""{INPUTS}
criteria:
  g: {{criteria: {{a: {{max: 5, rate: x, extra: true}}, b: {{max: 5, rate: y, extra: true, applies: has_y}}}}}}
score: {{round: {{places: 2}}}}
"""
    assert assessed(text, **ALL, has_y=False).score == 4


def test_an_extra_alone_does_not_save_a_rescaled_sum() -> None:
    text = f"""{INPUTS}
criteria:
  g:
    rescale: true
    criteria: {{a: {{max: 5, rate: x, extra: true}}, b: {{max: 5, rate: y, applies: has_y}}}}
score: {{round: {{places: 2}}}}
"""
    found = assessed(text, **ALL, has_y=False)
    assert (found.status, found.outcomes["g"].why) == ("insufficient", "nothing_to_rescale")
    found = assessed(text.replace("rescale: true", "rescale: false"), **ALL, has_y=False)
    assert (found.status, found.outcomes["g"].points, found.outcomes["g"].why) == ("rated", 4, "")


def test_a_share_is_required_of_all_where_a_sum_has_only_extras() -> None:
    text = f"""{INPUTS}
criteria:
  g:
    require_share: 50%
    criteria: {{a: {{max: 5, rate: x, extra: true}}, b: {{max: 5, rate: y, extra: true, applies: has_y}}}}
score: {{round: {{places: 2}}}}
"""
    assert assessed(text, **ALL, has_y=False).is_rated


def test_a_geometric_mean_of_too_wide_shares_is_a_fault() -> None:
    children = "\n".join(
        f"      c{n}: {{rate: 'ratio(big + {n}, (big + 20) ** 16, if_zero=0) ** 16'}}" for n in range(12)
    )
    text = f"""
inputs: {{big: {{type: number, min: 1, max: 9e17, decimals: 18}}}}
criteria:
  g:
    combine: geometric_mean
    criteria:
{children}
score: {{round: {{places: 2}}}}
"""
    diagnostic = unproved_fault(text, big=F("345678901234567890.123456789012345678"))
    assert (diagnostic.code, diagnostic.path) == ("KR630", "criteria.g")


def changed(original: Program, **changes: object) -> Program:
    """Return a rulebook whose root a program has changed."""
    root = original.rulebook.root
    assert root is not None
    return compile(evolve(original.rulebook, root=evolve(root, **changes)))


def test_the_score_itself_cannot_be_excluded() -> None:
    """A document can't say so; a rulebook that a program has changed is insufficient then."""
    text = f"{INPUTS}criteria: {{b: {{max: 5, rate: y, applies: has_y}}}}\nscore: {{rescale: true, round: {{places: 2}}}}"
    found = assess(changed(program(text), missing="exclude"), {**ALL, "has_y": False})
    assert (found.status, found.because) == ("insufficient", ("criteria.score",))
