"""Subjects that z3 finds, and proofs that there are none."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from textwrap import dedent

import pytest
from attrs import evolve

from kpirules.analysis.proving.goals import Answer, Arguments, Goal
from kpirules.analysis.proving.plainer import plainer
from kpirules.analysis.proving.solving import Forms
from kpirules.analysis.proving.solving.asking import Answered
from kpirules.analysis.proving.solving.solver import Solver
from kpirules.documents import build, read_text
from kpirules.engines.scalar import Decision, Fault, ScalarEngine
from kpirules.language.model import Interval
from kpirules.plan import Plan, ops, plan
from kpirules.plan.steps import Banding
from tests.budget import some

EXAMPLES = Path(__file__).parents[3] / "examples"
F = Fraction


def planned(text: str) -> Plan:
    document, problems = read_text(text, "rules.kpi.yaml")
    assert document is not None, problems
    rulebook, found = build(document)
    assert rulebook is not None, found
    return plan(rulebook)


def rules(text: str) -> Plan:
    return planned(f"kpirules: 1\nid: rules\n{dedent(text)}")


def between(low: str, high: str, *, is_open: bool = False) -> Interval:
    """Return an interval; with `is_open` neither end belongs to it."""
    return Interval(F(low), is_open, F(high), is_open)


def about(number: str, stretch: Interval, *outcomes: tuple[ops.Op, bool], status: str = "") -> Goal:
    def reached(answer: Answer) -> bool:
        if not isinstance(answer, Decision) or answer.is_early:
            return False
        x = answer.number(number)
        return x is not None and x in stretch and status in ("", answer.status)

    return Goal(reached, number, stretch, outcomes, is_undefined=status == "undefined")


def found(of: Plan, goal: Goal) -> Answered[Arguments]:
    """Return the answer, after checking that a shown subject reaches the goal."""
    engine = ScalarEngine(of)
    result = Solver(Forms(of), engine).find(goal)
    assert (result.status == "shown") == (result.shown is not None)
    if result.shown is not None:
        assert goal.reached(engine.decide(result.shown))
        return evolve(result, shown=plainer(of, engine, goal, result.shown))
    return result


WEIGHTED = """
    inputs:
      quality: {type: number, min: 0, max: 100, decimals: 1}
      tasks: {type: number, min: 0, max: 100, step: 0.5}
    criteria:
      quality: {max: 30, rate: quality / 100}
      tasks: {max: 70, rate: tasks / 100}
    score: {max: 100, round: {places: 2}, band_on: exact}
    bands: {good: {from: 90}, poor: {to: 89.9}}
"""


# -- holes -----------------------------------------------------------------------------------------------


def test_a_hole_is_shown_with_a_subject_inside() -> None:
    assert found(rules(WEIGHTED), about("banded_on", between("89.9", "90", is_open=True), status="undefined")).shown


def test_a_hole_that_the_grid_steps_over_is_impossible() -> None:
    of = rules(WEIGHTED)
    assert found(of, about("exact_score", between("89.961", "89.969"))).status == "impossible"
    assert found(of, about("exact_score", between("89.96", "89.969"))).status == "shown"


def test_the_score_on_its_own_grid_is_looked_for_after_rounding() -> None:
    of = rules(WEIGHTED.replace("round: {places: 2}, band_on: exact", "round: {places: 0}, band_on: rounded"))
    assert found(of, about("score", between("89", "90", is_open=True))).status == "impossible"
    assert found(of, about("banded_on", between("89.5", "90"))).status == "shown"


@pytest.mark.parametrize("mode", ["half_up", "half_even", "half_down", "up", "down", "floor", "ceiling"])
def test_rounding_below_the_score_is_solved_in_every_mode(mode: str) -> None:
    of = rules(f"""
        inputs: {{x: {{type: integer, min: -9, max: 9}}, y: {{type: integer, min: 0, max: 1}}}}
        criteria:
          a: {{min: -5, max: 5, points: x / 2, round: {{places: 0, mode: {mode}}}}}
          b: {{max: 1, points: 'round(y / 4, 1, mode="{mode}")'}}
        score: {{min: -5, max: 6, round: {{places: 1}}, band_on: exact}}
    """)
    engine = ScalarEngine(of)
    scores = {engine.decide((x, y)).number("exact_score") for x in range(-9, 10) for y in (0, 1)}  # type: ignore[union-attr]
    for tenths in some(range(-52, 62), 13):
        at = F(tenths, 10)
        expected = "shown" if at in scores else "impossible"
        assert found(of, about("exact_score", Interval(at, False, at, False))).status == expected, at


# -- gaps ------------------------------------------------------------------------------------------------

REQUIRED = """
    inputs:
      done: {type: integer, min: 0, max: 1000}
      total: {type: integer, min: 0, max: 1000}
      quality: {type: number, min: 0, max: 100, step: 0.25}
    validations: {some: {that: done <= total}}
    criteria: {quality: {max: 100, rate: quality / 100}}
    score: {round: {places: 2}, band_on: rounded}
    bands:
      good: {from: 90, requires: {most: {that: done >= 95% * total}}}
      poor: {below: 90}
"""


def requirement(of: Plan, level: int = 0, place: int = 0) -> ops.Op:
    banding = next(step for step in of.steps if isinstance(step, Banding))
    return banding.levels[level].requires[place].that


def test_a_requirement_that_leaves_a_gap_is_shown_plainly() -> None:
    of = rules(REQUIRED)
    goal = about("banded_on", between("90", "100"), (requirement(of), False), status="undefined")
    assert found(of, goal).shown == (0, 1, 360)


def test_a_requirement_that_validations_imply_leaves_none() -> None:
    of = rules(REQUIRED.replace("done <= total", "total <= done"))
    assert found(of, about("banded_on", between("90", "100"), (requirement(of), False))).status == "impossible"


def test_rounding_that_changes_the_band_is_shown() -> None:
    of = rules(REQUIRED.replace("step: 0.25", "decimals: 3"))
    crossing = between("89.995", "89.9999")

    def reached(answer: Answer) -> bool:
        return isinstance(answer, Decision) and answer.number("score") == 90 != answer.number("exact_score")

    result = found(of, Goal(reached, "exact_score", crossing))
    assert result.status == "shown"
    assert found(rules(REQUIRED), Goal(reached, "exact_score", crossing)).status == "impossible"


# -- divisions ---------------------------------------------------------------------------------------------

DIVIDED = """
    inputs:
      done: {type: integer, min: 0, max: 100}
      programme: {type: integer, min: 0, max: 100}
      arising: {type: integer, min: 0, max: 100}
      has_tasks: {type: boolean}
    validations: {some: {that: done <= programme + arising}}
    criteria: {done: {max: 10, applies: has_tasks, missing: zero, points: 10 * done / (programme + arising)}}
    score: {round: {places: 2}, band_on: rounded, missing: zero}
"""


def zero(of: Plan) -> Goal:
    path = next(
        path
        for path, op in of.operations()
        for part in ops.walk(op)
        if isinstance(part, ops.Arithmetic) and part.operator == "/" and not isinstance(part.right, ops.Const)
    )
    return Goal(lambda answer: answer == Fault(path, "division"), fault=(path, "division"))


def test_a_division_by_zero_is_shown() -> None:
    of = rules(DIVIDED)
    assert found(of, zero(of)).shown == (0, 0, 0, True)


def test_a_division_that_validations_guard_is_impossible() -> None:
    of = rules(DIVIDED.replace("done <= programme + arising", "0 < programme + arising"))
    assert found(of, zero(of)).status == "impossible"


def test_a_division_that_nothing_reaches_is_impossible() -> None:
    of = rules(DIVIDED.replace("applies: has_tasks", "applies: has_tasks and programme > 0"))
    assert found(of, zero(of)).status == "impossible"


# -- groups ------------------------------------------------------------------------------------------------

GROUPS = """
    inputs:
      late: {type: integer, min: 0, max: 10}
      award: {type: boolean}
      rank: {type: choice, options: [low, middle, high], ordered: worst_first}
    criteria:
      work:
        max: 100
        criteria:
          first: {max: 60, entered: {step: 0.5}}
          second: {max: 40, entered: {step: 0.5}, applies: rank > "low"}
        rescale: true
        require_share: 50%
        missing: unrated
      award: {max: 5, extra: true, met: award}
      late: {min: -10, max: 0, points: -2 * late, outside: clamp}
    score: {min: -10, max: 105, round: {places: 1}, band_on: rounded}
"""


def test_extras_and_deductions_reach_their_ends() -> None:
    of = rules(GROUPS)
    assert found(of, about("score", between("105", "105"))).status == "shown"
    assert found(of, about("score", between("-10", "-10"))).status == "shown"
    assert found(of, about("score", between("-9.9", "-9.6"))).status == "impossible"


def test_a_group_is_rescaled_where_a_criterion_does_not_apply() -> None:
    of = rules(GROUPS)
    # With `second`, points are whole halves.
    result = found(of, about("exact_score", Interval(F(250, 3), False, F(250, 3), False)))
    assert result.status == "shown"
    *_, rank, _, second = result.shown
    assert (rank, second) == ("low", None)


def test_means_with_children_that_leave() -> None:
    of = rules("""
        inputs: {has_b: {type: boolean}, m: {type: integer, min: 1, max: 4, optional: true}}
        criteria:
          a: {max: 10, weight: 30%, entered: {step: 1}}
          b: {max: 10, weight: 30%, entered: {step: 1}, applies: has_b}
          c: {max: 4, weight: 40%, points: m, missing: exclude}
        score: {combine: mean, max: 100, require_share: 50%, missing: unrated, round: {places: 0}, band_on: exact}
    """)
    for sevenths, status in ((50, "impossible"), (100, "shown"), (430, "shown")):
        at = F(sevenths, 7)
        assert found(of, about("exact_score", Interval(at, False, at, False))).status == status, sevenths


def test_lists_are_tried_with_few_records() -> None:
    of = rules("""
        inputs:
          tasks:
            type: list
            fields: {hours: {type: integer, min: 0, max: 8}, done: {type: boolean}}
        criteria: {hours: {max: 100, points: sum(t.hours for t in tasks if t.done), outside: clamp}}
        score: {round: {places: 0}, band_on: rounded}
    """)
    assert found(of, about("score", between("13", "13"))).status == "shown"
    assert found(of, about("score", between("90", "90"))).status == "unknown"
    # This holds for any number of records.
    assert found(of, about("score", between("101", "200"))).status == "impossible"


def test_texts_and_dates_are_solved_for() -> None:
    of = rules("""
        inputs:
          unit: {type: text}
          since: {type: date, min: 2026-01-01, max: 2026-12-31}
        criteria:
          unit: {max: 5, points: 5 if unit == "first" else 1}
          days: {max: 40, points: "days(date(2026, 3, 1), since) / 10", outside: clamp}
        score: {round: {places: 1}, band_on: rounded}
    """)
    result = found(of, about("score", between("35", "35")))
    assert result.shown[0] == "first"
    assert result.shown[1].isoformat() == "2026-12-26"
    assert found(of, about("score", between("1", "1"))).shown[0] != "first"


def test_a_goal_that_is_not_translated_is_unknown() -> None:
    of = rules(WEIGHTED)
    assert found(of, Goal(lambda _: False)).status == "unknown"


# -- many inputs -------------------------------------------------------------------------------------------


def test_many_inputs() -> None:
    inputs = "\n".join(f"      x{n}: {{type: number, min: 0, max: 10, step: 0.25}}" for n in range(60))
    criteria = "\n".join(f"      x{n}: {{max: 10, points: x{n}}}" for n in range(60))
    of = rules(
        f"    inputs:\n{inputs}\n    criteria:\n{criteria}\n    score: {{round: {{places: 2}}, band_on: exact}}\n"
    )
    assert found(of, about("score", between("89.75", "89.75"))).status == "shown"
    assert found(of, about("score", between("89.8", "89.9"))).status == "impossible"


def test_many_conditions_and_tables() -> None:
    inputs = "\n".join(
        f"      b{n}: {{type: boolean}}\n      x{n}: {{type: integer, min: 0, max: 100}}" for n in range(15)
    )
    criteria = "\n".join(
        f"      b{n}: {{max: 3, met: b{n}}}\n      x{n}: {{max: 5, measure: x{n}, steps: "
        "[{from: 80, points: 5}, {from: 40, points: 2}, {points: 0}]}"
        for n in range(15)
    )
    of = rules(
        f"    inputs:\n{inputs}\n    criteria:\n{criteria}\n    score: {{round: {{places: 2}}, band_on: exact}}\n"
    )
    assert found(of, about("score", between("60", "60"))).status == "shown"
    assert found(of, about("score", between("120.1", "200"))).status == "impossible"
    assert found(of, about("score", between("118.5", "119.5"))).status == "impossible"


# -- an example --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def organisation() -> Plan:
    return planned((EXAMPLES / "nd335" / "organisation.kpi.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("level", "place", "low", "high"),
    [
        *((0, place, 90, 100) for place in range(4)),
        (1, 0, 70, 90),
        *((2, place, 50, 70) for place in range(2)),
    ],
)
def test_the_gaps_of_a_decree(organisation: Plan, level: int, place: int, low: int, high: int) -> None:
    stretch = Interval(F(low), False, F(high), high < 100)
    goal = about("banded_on", stretch, (requirement(organisation, level, place), False), status="undefined")
    assert found(organisation, goal).status == "shown"


# -- products and quotients --------------------------------------------------------------------------------


def test_a_divisor_that_is_always_zero_faults_for_every_subject() -> None:
    of = rules("""
        inputs: {x: {type: integer, min: 0, max: 9}, y: {type: integer, min: 1, max: 9}}
        outputs: {never: y / min(x, 0), sometimes: y / (x - y)}
    """)
    for id_ in ("never", "sometimes"):
        path = f"outputs.{id_}"
        goal = Goal(lambda answer, path=path: answer == Fault(path, "division"), fault=(path, "division"))  # type: ignore[misc]
        # The first fault is the one that is reported.
        assert found(of, goal).status == ("shown" if id_ == "never" else "impossible")


@pytest.mark.parametrize(
    ("formula", "value", "status"),
    [
        ("x * y", "12.25", "shown"),
        ("x * y", "100.25", "impossible"),
        ("x ** 2", "12.25", "shown"),
        ("x ** 2", "-1", "impossible"),
        ("x / y", "3.5", "shown"),
        ("x / y", "11", "impossible"),
        ("x / (y - 11)", "-2", "shown"),
        ("x / (y - 11)", "1", "impossible"),
        ("ratio(x, y - 1, if_zero=20)", "20", "shown"),
        ("mod(x, 3) * 10", "27.5", "shown"),
        ("mod(x, 3) * 10", "30", "impossible"),
        ("abs(x - y)", "10.25", "impossible"),
        ("sign(x - y) + trunc(x)", "9.5", "impossible"),
        ("clamp(x, y, y + 1)", "10.75", "impossible"),
        ("year(d)", "2027", "shown"),
        ("year(d)", "2028", "impossible"),
        ("years(date(2000, 9, 1), d) + (100 if d < date(2025, 9, 1) else 0)", "124", "shown"),
        ("years(date(2000, 9, 1), d) + (100 if d < date(2025, 9, 1) else 0)", "125", "impossible"),
        ("years(d, date(2050, 9, 1)) + (100 if d > date(2026, 9, 1) else 0)", "123", "shown"),
        ("years(d, date(2050, 9, 1)) + (100 if d > date(2026, 9, 1) else 0)", "124", "impossible"),
        ("weekday(d) - days(date(2026, 1, 5), d)", "-6", "shown"),
        ("weekday(d) - days(date(2026, 1, 5), d)", "0", "impossible"),
        ("month(d)", "13", "impossible"),
        ("sqrt(x)", "-1", "impossible"),
    ],
)
def test_bounds_hold_all_values_of_formulas(formula: str, value: str, status: str) -> None:
    of = rules(f"""
        inputs:
          x: {{type: number, min: 0, max: 10, step: 0.25}}
          y: {{type: number, min: 1, max: 10, step: 0.25}}
          d: {{type: date, min: 2025-06-01, max: 2027-05-31}}
        criteria: {{c: {{max: 10000, min: -10000, points: "{formula}"}}}}
        score: {{min: -10000, max: 10000, round: {{places: 2}}, band_on: exact}}
    """)
    assert found(of, about("exact_score", between(value, value))).status == status
