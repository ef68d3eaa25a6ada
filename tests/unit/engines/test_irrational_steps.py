"""Steps of the integer program whose numbers are irrational."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kpirules import Program, assess, loads
from kpirules.rating.assessing.values import take
from tests.integers import Refused, run


def book(points: str) -> Program:
    return loads(f"""
kpirules: 1
inputs:
  x: {{type: number, min: 0, max: 3, decimals: 4}}
  n: {{type: integer, min: 1, max: 9}}
criteria:
  a: {{criteria: {{b: {{max: 30, points: exp(x)}}, c: {{max: 10, points: 5}}}}}}
  d: {{max: 1000000, outside: clamp, points: "{points}"}}
score: {{round: {{places: 2, mode: half_up}}}}
""")


def found(program: Program, given: dict[str, Any]) -> Any:
    return run(program.integers, take(program.rulebook.inputs, given).given)["exact_score"]


@pytest.mark.parametrize("x", [0, 1, 2, Decimal("0.0625")])
@pytest.mark.parametrize("n", [1, 2, 7])
def test_a_common_factor_is_not_divided_out_of_an_irrational_number(x: Any, n: int) -> None:
    program = book("sum(c.points / n for c in children.a)")
    assert found(program, {"x": x, "n": n}) == assess(program, {"x": x, "n": n}).exact_score


@pytest.mark.parametrize(
    "points", ["power(clamp(sqrt(x) - 1, 0.0001, 9), -1)", "10 + ln(clamp(sqrt(x) - 1, 0.0001, 9))"]
)
def test_what_has_no_bound_near_zero_is_no_step(points: str) -> None:
    program = book(points)
    assert assess(program, {"x": Decimal("1.001"), "n": 1}).exact_score
    with pytest.raises(Refused):
        found(program, {"x": Decimal("1.001"), "n": 1})


@pytest.mark.parametrize("x", ["0.0001", "0.01", "3"])
def test_a_divisor_between_0_and_1_makes_a_quotient_larger(x: str) -> None:
    program = book("100 if floor(ratio(n, sqrt(x), if_zero=0)) > 10 else floor(ratio(n, sqrt(x), if_zero=0))")
    # As the divisor may be as near to zero as its last place, the width of the quotient is not known.
    assert "d: a step needs" in str(program.column_plan())
    given = {"x": Decimal(x), "n": 9}
    assert found(program, given) == assess(program, given).exact_score


def test_a_geometric_mean_without_members_is_absent() -> None:
    program = loads("""
kpirules: 1
inputs: {count: {type: number}, tasks: {type: list, fields: {hours: {type: number}}}, day: {type: date}, text: {type: text}}
exemptions: {e: {when: count != 0, status: away}}
criteria:
  a:
    criteria:
      b: {measure: min(t.hours * t.hours for t in tasks), steps: [{undefined: true}], missing: full}
      c: {criteria: {d: {points: "days(date(2026, 1, 31), day) / 12"}}}
      e: {measure: "round(0.1, 2)", steps: [{undefined: true}], applies: text != text}
    points: min(100, default(points.b, 0), default(points.c, 0), default(points.e, 0))
    require_share: 80%
    missing: exclude
score: {combine: geometric_mean}
""")
    given = {"count": 0, "tasks": [], "day": "2026-01-30", "text": ""}
    assert not program.column_plan().obstacles["status"]
    assert assess(program, given).exact_score is None
