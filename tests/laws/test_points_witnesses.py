"""Points that leave their limits are shown exactly where some subject has them."""

from __future__ import annotations

import json
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules import FaultError, SubjectError, assess, loads

SMALL = st.integers(-3, 3)


@settings(max_examples=60, deadline=None)
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
