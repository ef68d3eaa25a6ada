"""The points of each form of leaf, with limits and rounding (§5.2)."""

from __future__ import annotations

import pytest

from kpirules.language.expressions import Fault
from kpirules.language.model import Amount, Row, Steps
from kpirules.record import Contribution, Outcome
from kpirules.reference.rows import look_up
from tests.rules import F, assessed, fault, program

NUMBER = "inputs: {x: {type: number, min: -1000, max: 1000}}\n"


def outcome(leaf: str, inputs: str = NUMBER, **subject: object) -> Outcome:
    return assessed(f"{inputs}criteria: {{a: {leaf}}}\nscore: {{round: {{places: 9}}}}", **subject).outcomes["a"]


def points(leaf: str, inputs: str = NUMBER, **subject: object) -> F | None:
    return outcome(leaf, inputs, **subject).points


def test_points_are_the_value_of_an_expression() -> None:
    found = outcome("{max: 10, points: x / 3}", x=4)
    assert (found.outcome, found.points, found.share) == ("scored", F(4, 3), F(4, 30))
    assert found.contributions == (Contribution("own", "", F(4, 3)),)
    assert found.computations["points"].readings == (("x", F(4)),)


def test_points_without_a_max_are_unbounded_and_have_no_share() -> None:
    found = outcome("{points: x}", x=-500)
    assert (found.points, found.min, found.max, found.share) == (F(-500), None, None, None)


def test_a_min_without_a_max_limits_from_below_only() -> None:
    assert points("{points: x, min: -5, outside: clamp}", x=1000) == 1000
    assert points("{points: x, min: -5, outside: clamp}", x=-6) == -5


def test_a_rate_is_multiplied_by_the_max() -> None:
    assert points("{max: 30, rate: x / 7}", x=5) == F(150, 7)


@pytest.mark.parametrize(("x", "earned"), [(1, 8), (0, -2)])
def test_a_met_condition_earns_the_max_and_else_the_min(x: int, earned: int) -> None:
    assert points("{min: -2, max: 8, met: x > 0}", x=x) == earned


STEPS = """{max: 20, measure: x, steps: [
    {equals: 50, points: 7}, {from: 100, rate: 50%}, {above: 90, points: 9.5}, {from: 10, below: 20, points: 4},
    {above: 20, to: 30, points: 3}, {to: 5, points: 1}, {points: 2}]}"""


@pytest.mark.parametrize(
    ("x", "earned", "row"),
    [
        (50, 7, "equals 50"),
        (100, 10, "from 100"),
        (99, "9.5", "above 90"),
        (90, 2, "otherwise"),
        (10, 4, "from 10 below 20"),
        (20, 2, "otherwise"),
        ("20.01", 3, "above 20 to 30"),
        (30, 3, "above 20 to 30"),
        (5, 1, "to 5"),
        ("5.01", 2, "otherwise"),
    ],
)
def test_the_first_row_that_holds_gives_the_points(x: str | int, earned: str | int, row: str) -> None:
    found = outcome(STEPS, x=F(x))
    assert (found.points, found.row) == (F(earned), row)


def test_a_measure_in_no_row_is_a_fault() -> None:
    """The check refuses such rows; a rulebook that a program has put together may skip it."""
    rows = Steps((Row(lower=Amount(F(0)), gives=Amount(F(1))),))
    assert look_up(rows, F(0), "criteria.a") == (1, "from 0")
    with pytest.raises(Fault, match="-1 is in no row") as caught:
        look_up(rows, F(-1), "criteria.a")
    assert caught.value.kind == "scale"


SCALE = "{max: 20, measure: x, scale: [[0, 0], [10, 4], [30, 20]]%s}"


@pytest.mark.parametrize(
    ("x", "earned", "row"),
    [
        (0, 0, "between 0 and 10"),
        (5, 2, "between 0 and 10"),
        (10, 4, "between 0 and 10"),
        ("10.25", "4.2", "between 10 and 30"),
        (30, 20, "between 10 and 30"),
    ],
)
def test_a_scale_is_linear_between_its_knots(x: str | int, earned: str | int, row: str) -> None:
    found = outcome(SCALE % "", x=F(x))
    assert (found.points, found.row) == (F(earned), row)


@pytest.mark.parametrize(("x", "earned", "end"), [(-1, 0, 0), (31, 20, 30)])
def test_beyond_a_clamped_scale_its_end_applies(x: int, earned: int, end: int) -> None:
    found = outcome(SCALE % ", outside: clamp", x=x)
    assert (found.points, found.row) == (earned, f"beyond the end at {end}")


def test_beyond_a_scale_is_a_fault() -> None:
    diagnostic = fault(f"{NUMBER}criteria: {{a: {SCALE % ''}}}", x=31)
    assert diagnostic.code == "KR624"
    assert diagnostic.message == "31 is outside the scale from 0 to 30 (x = 31)"


@pytest.mark.parametrize(("comparison", "passed"), [("above", 1), ("from", 2), ("below", 1), ("to", 2)])
def test_thresholds_count_those_that_are_passed(comparison: str, passed: int) -> None:
    found = outcome(f"{{max: 6, measure: x, thresholds: {{{comparison}: [1, 2, 3], each: 1.5}}}}", x=2)
    assert (found.points, found.row) == (passed * F("1.5"), f"{passed} of 3 thresholds")


def test_each_threshold_gives_one_point_unless_written() -> None:
    assert points("{max: 3, measure: x, thresholds: {from: [1, 2, 3]}}", x=7) == 3


CHOICE = "inputs: {c: {type: choice, options: [a, b, d], ordered: best_first}}\n"


@pytest.mark.parametrize(("option", "earned", "row"), [("a", 10, "a"), ("b", 6, "b"), ("d", 0, "otherwise")])
def test_a_lookup_gives_points_by_option_and_the_rest(option: str, earned: int, row: str) -> None:
    leaf = "{max: 10, measure: c, lookup: {else: 0, a: {rate: 1}, b: 6}}"
    found = outcome(leaf, CHOICE, c=option)
    assert (found.points, found.row) == (earned, row)


@pytest.mark.parametrize(("is_so", "earned", "row"), [(True, 3, "true"), (False, -1, "false")])
def test_a_lookup_may_be_by_yes_and_no(is_so: bool, earned: int, row: str) -> None:
    inputs = "inputs: {b: {type: boolean}}\n"
    found = outcome("{min: -1, max: 3, measure: b, lookup: {true: 3, false: -1}}", inputs, b=is_so)
    assert (found.points, found.row) == (earned, row)


def test_entered_points_are_those_of_the_assessor() -> None:
    found = outcome("{max: 10, entered: {step: 0.25}}", "", a=F("9.75"))
    assert (found.points, found.share, found.row) == (F("9.75"), F("0.975"), "entered")


@pytest.mark.parametrize(("x", "message"), [(11, "11"), (-1, "-1")])
def test_points_outside_the_limits_are_a_fault(x: int, message: str) -> None:
    diagnostic = fault(f"{NUMBER}criteria: {{a: {{max: 10, points: x}}}}", x=x)
    assert diagnostic.code == "KR625"
    assert diagnostic.message == f"{message} points are outside 0 to 10 (x = {message})"
    assert diagnostic.path == "criteria.a"
    assert diagnostic.span is not None
    assert diagnostic.span.text == "x"


def test_points_below_the_only_limit_are_a_fault() -> None:
    diagnostic = fault(f"{NUMBER}criteria: {{a: {{min: 0, points: x}}}}", x=-1)
    assert diagnostic.message == "-1 points are outside 0 to … (x = -1)"


@pytest.mark.parametrize(("x", "earned", "moved"), [(14, 10, -4), (-3, 0, 3)])
def test_clamped_points_move_to_the_limit_as_a_line_of_their_own(x: int, earned: int, moved: int) -> None:
    found = outcome("{max: 10, points: x, outside: clamp}", x=x)
    assert found.points == earned
    assert found.contributions == (Contribution("own", "", F(x)), Contribution("clamp", "", F(moved)))


def test_limits_act_first_and_rounding_afterwards() -> None:
    found = outcome("{max: 8, points: x, outside: clamp, round: {to: 5, mode: up}}", x=12)
    assert found.points == 10
    assert found.contributions == (
        Contribution("own", "", F(12)),
        Contribution("clamp", "", F(-4)),
        Contribution("rounding", "", F(2)),
    )


def test_rounding_that_changes_nothing_is_not_a_line() -> None:
    found = outcome("{max: 8, points: x, round: {places: 0}}", x=3)
    assert found.contributions == (Contribution("own", "", F(3)),)


def test_limits_may_be_parameters() -> None:
    inputs = f"parameters: {{most: 40, part: 1/8}}\n{NUMBER}"
    found = outcome("{max: most, measure: x, steps: [{from: 0, rate: part}, {points: 0}]}", inputs, x=1)
    assert (found.max, found.points) == (40, 5)


def test_a_table_is_a_function_of_one_value() -> None:
    text = """
        inputs: {x: {type: number, min: 0, max: 100}}
        tables:
          grade:
            gives: {options: [low, middle, high], ordered: worst_first}
            steps: [{from: 80, value: high}, {from: 50, value: middle}, {value: low}]
          pay: {lookup: {low: 1, middle: 2, high: 3}}
        outputs: {grade: grade(x), is_fine: 'grade(x) >= "middle"', pay: pay(grade(x))}
    """
    found = assessed(text, x=80).outputs
    assert found == {"grade": "high", "is_fine": True, "pay": 3}
    assert type(found["grade"]) is str
    assert assessed(text, x=F("49.9")).outputs == {"grade": "low", "is_fine": False, "pay": 1}


def test_a_fault_in_a_table_names_the_call() -> None:
    text = """
        inputs: {x: {type: number, min: 0, max: 100}}
        tables: {t: {scale: [[0, 0], [10, 1]]}}
        outputs: {y: 1 + t(x)}
    """
    diagnostic = fault(text, x=11)
    assert (diagnostic.code, diagnostic.path) == ("KR624", "outputs.y")
    assert diagnostic.span is not None
    assert diagnostic.span.text == "t(x)"


def test_an_engine_holds_nothing_but_its_rulebook_and_template() -> None:
    engine = program(f"{NUMBER}outputs: {{y: x}}").reference
    assert engine == type(engine)(engine.rulebook, engine.template)
