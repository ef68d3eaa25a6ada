"""Points that leave their limits are shown exactly where some subject has them."""

from __future__ import annotations

import json
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules import FaultError, SubjectError, assess, loads
from tests.budget import examples

SMALL = st.integers(-3, 3)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.tuples(SMALL, SMALL, SMALL),
    st.integers(0, 9),
    st.sampled_from(["a + b <= 3", "a >= b", "a + b == 4", "a != b or a == 0"]),
    st.sampled_from(["points: '{}'", "measure: '{}', scale: [[-2, 0], [0, {m}], [6, 0]]", "rate: '({}) / 4'"]),
    st.booleans(),
)
def test_a_witness_is_found_exactly_where_there_is_one(
    factors: tuple[int, int, int], most: int, that: str, form: str, is_rounded: bool
) -> None:
    formula = f"{factors[0]} * a + {factors[1]} * b + {factors[2]}"
    leaf = form.replace("{m}", str(most)).format(formula)
    rounding = ", round: {places: 0}" if is_rounded else ""
    program = loads(f"""
kpirules: 1
inputs: {{a: {{type: integer, min: 0, max: 4}}, b: {{type: integer, min: 0, max: 4}}}}
validations: {{v: {{that: {that}}}}}
criteria: {{c: {{max: {most}, {leaf}{rounding}}}}}
score: {{round: {{places: 2}}, max: {most}}}
""")

    def faults(a: int, b: int) -> bool:
        try:
            assess(program, {"a": a, "b": b}, engine="reference")
        except FaultError as fault:
            return fault.report.errors[0].path == "criteria.c"
        except SubjectError:
            return False
        return False

    found = [one for one in program.report if one.code in ("KR351", "KR352")]
    assert any(faults(a, b) for a, b in product(range(5), repeat=2)) == bool(found)
    for one in found:
        assert one.evidence == "shown"
        assert faults(**json.loads(one.witness))


@settings(max_examples=examples(40), deadline=None)
@given(
    st.integers(0, 1000),
    st.integers(-40, 40),
    st.sampled_from(["points: '{}'", "rate: '({}) / 10'", "points: '{}', criteria: {{part: {{max: 1, points: 1}}}}"]),
    st.sampled_from(["criterion", "score"]),
)
def test_points_that_exceed_limits_at_a_single_place_are_found(at: int, shift: int, form: str, where: str) -> None:
    leaf = form.format(f"x if y - {shift} == {at - shift} else 1")
    if where == "score" and "criteria" in form:
        tree = f"criteria: {{part: {{max: 1, points: 1}}}}\nscore: {{max: 10, {leaf.partition(', criteria')[0]}}}"
    else:
        tree = f"criteria: {{c: {{max: 10, {leaf}}}}}"
    program = loads(f"""
kpirules: 1
inputs: {{x: {{type: integer, min: -10, max: 20}}, y: {{type: integer, min: 0, max: 1000}}}}
{tree}
""")
    (found,) = [one for one in program.report if one.code == "KR352"]
    assert found.evidence == "shown"
    witness = json.loads(found.witness)
    assert witness["y"] == at
    with pytest.raises(FaultError):
        assess(program, witness, engine="reference")
