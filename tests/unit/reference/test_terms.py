"""The terms of aggregates, the computed fields of records and the formulas of bands and limits in a record."""

from __future__ import annotations

from typing import Any

import pytest

import kpirules as kr
from kpirules.record import Terms
from tests.rules import F, program

RULES = """
inputs:
  tasks:
    type: list
    fields:
      n: {type: integer, min: 0, max: 9}
      late: {type: boolean, default: false}
    let: {double: 2 * item.n, spare: item.n + 1}
  empty: {type: list, optional: true, fields: {n: {type: integer, min: 0, max: 9}}, let: {double: 2 * item.n}}
  grade: {type: choice, options: [top, good, fair], ordered: best_first}
  factor: {type: integer, min: 1, max: 3}
functions: {scaled: {args: [a], value: sum(a * t.n for t in tasks)}}
let:
  formula: FORMULA
outputs: {value: formula, others: "given(empty) and any(e.double > 1 for e in empty)"}
"""
SUBJECT: dict[str, Any] = {
    "tasks": [{"n": 5}, {"n": 2, "late": True}, {"n": 9}, {"n": 2}],
    "grade": "top",
    "factor": 2,
}


def record(formula: str, **given: Any) -> kr.Assessment:
    return kr.assess(program(RULES.replace("FORMULA", formula)), SUBJECT | given)


def terms(formula: str, **given: Any) -> tuple[Terms, ...]:
    return record(f"'{formula}'", **given).let_computations["formula"].terms


COMBINED = [
    ("sum(t.n for t in tasks)", "sum", (), (5, 2, 9, 2), (), 18),
    ("sum(t.double for t in tasks if not t.late)", "sum", (1, 3, 4), (10, 18, 4), (), 32),
    ("sum_largest(2, (t.n for t in tasks))", "sum", (), (5, 2, 9, 2), (1, 3), 14),
    ("sum_smallest(1, (t.n for t in tasks))", "sum", (), (5, 2, 9, 2), (2,), 2),
    ("sum_largest(9, (t.n for t in tasks))", "sum", (), (5, 2, 9, 2), (), 18),
    ("avg(t.n for t in tasks if t.late)", "mean", (2,), (2,), (), 2),
    ("avg(t.n for t in tasks if t.n > 9)", "mean", (), (), (), None),
    ("trimmed_avg(1, 1, (t.n for t in tasks))", "mean", (), (5, 2, 9, 2), (1, 2), F(7, 2)),
    ("trimmed_avg(2, 2, (t.n for t in tasks))", "mean", (), (5, 2, 9, 2), (), None),
    ("min(t.n for t in tasks)", "choice", (), (5, 2, 9, 2), (2,), 2),
    ("max(t.n for t in tasks)", "choice", (), (5, 2, 9, 2), (3,), 9),
    ("median(t.n for t in tasks)", "choice", (), (5, 2, 9, 2), (1, 2), F(7, 2)),
    ("quantile(1, (t.n for t in tasks))", "choice", (), (5, 2, 9, 2), (3,), 9),
    ("largest(2, (t.n for t in tasks))", "choice", (), (5, 2, 9, 2), (1,), 5),
    ("smallest(3, (t.n for t in tasks))", "choice", (), (5, 2, 9, 2), (1,), 5),
    ("largest(5, (t.n for t in tasks))", "choice", (), (5, 2, 9, 2), (), None),
    ("count(t.n > 2 for t in tasks)", "condition", (), (True, False, True, False), (), 2),
    ("share(t.n > 2 for t in tasks if not t.late)", "condition", (1, 3, 4), (True, True, False), (), F(2, 3)),
    ("any(t.late for t in tasks)", "condition", (), (False, True, False, False), (), True),
    ("all(t.late for t in tasks)", "condition", (), (False, True, False, False), (), False),
]


@pytest.mark.parametrize(("formula", "combines", "places", "values", "chosen", "value"), COMBINED)
def test_each_aggregate_has_the_value_of_each_record_and_those_that_make_the_result(
    formula: str, combines: str, places: object, values: object, chosen: object, value: object
) -> None:
    whole = f"default({formula}, 0)" if value is None else formula
    assert terms(whole) == (Terms(formula, "tasks", combines, 4, places, values, chosen, value),)


def test_counting_all_records_has_no_terms() -> None:
    assert terms("count(tasks)") == ()


def test_an_aggregate_of_a_function_is_reported_for_each_argument() -> None:
    found = terms("scaled(1) + scaled(factor)")
    aggregate = "sum(a * t.n for t in tasks)"
    assert [(one.formula, one.values, one.value) for one in found] == [
        (aggregate, (5, 2, 9, 2), 18),
        (aggregate, (10, 4, 18, 4), 36),
    ]


def test_conditions_of_a_table_of_cases_have_the_terms_of_all_that_were_read() -> None:
    book = """
    inputs: {tasks: {type: list, fields: {n: {type: integer, min: 0, max: 9}}}}
    criteria:
      c:
        max: 9
        cases:
          - {when: sum(t.n for t in tasks) > 5, points: 9}
          - {when: any(t.n > 2 for t in tasks), points: 5}
          - {points: 0}
    """
    found = kr.assess(program(book), {"tasks": [{"n": 1}, {"n": 3}]}).outcomes["c"].computations["cases"]
    assert [one.combines for one in found.terms] == ["sum", "condition"]


def test_children_of_a_group_are_shown_too() -> None:
    book = """
    inputs: {x: {type: number, min: 0, max: 9, decimals: 1}}
    criteria:
      g: {max: 9, points: "min(sum(c.points for c in children.g), 9)", criteria: {a: {max: 9, points: x}, b: {max: 9, points: 1}}}
    """
    (found,) = kr.assess(program(book), {"x": 2}).outcomes["g"].computations["points"].terms
    assert (found.records, found.values) == ("children.g", (2, 1))


@pytest.mark.parametrize("engine", ["scalar", "reference"])
def test_computed_fields_are_recorded_where_something_read_them(engine: str) -> None:
    rules = program(RULES.replace("FORMULA", "sum(t.double for t in tasks if not t.late)"))
    found = kr.assess(rules, SUBJECT, engine=engine)
    assert found.computed_fields == {"tasks": ({"double": 10}, {}, {"double": 18}, {"double": 4})}
    assert kr.Assessment.from_json(found.to_json()) == found
    assert kr.assess(rules, SUBJECT | {"empty": []}, engine=engine).computed_fields == found.computed_fields
    assert record("factor").computed_fields == {}
    assert found.without_inputs().computed_fields == {}
    assert found.to_data(inputs=False) == found.without_inputs().to_data()


def test_a_record_without_formulas_has_neither_terms_nor_computed_fields() -> None:
    found = record("sum(t.double for t in tasks)")
    data = found.to_data(formulas=False)
    assert data["computed_fields"] == {}
    assert kr.Assessment.from_data(data).to_data() == data


def test_a_record_of_an_earlier_release_is_read_without_them() -> None:
    found = record("sum(t.double for t in tasks)")
    data = found.to_data()
    del data["computed_fields"]
    for computation in (*data["let_computations"].values(), *data["output_computations"].values()):
        del computation["terms"]
    older = kr.Assessment.from_data(data)
    assert older.let == found.let
    assert older.let_computations["formula"].terms == ()
    assert kr.explain(older).text()


FORMULAS = """
inputs:
  x: {type: number, min: 0, max: 100, decimals: 1}
  n: {type: integer, min: 0, max: 9}
  last: {type: choice, options: [top, good], ordered: best_first}
tables: {one_down: {lookup: {top: good, good: good}, gives: bands}}
criteria: {c: {max: 100, points: x}}
score: {limits: {cap: {when: n > 2, at_most: 100 - n}, other: {when: n > 8, at_most: 100 - 2 * n}}}
bands: {top: {from: 90}, good: {from: 0}}
overrides: {keep: {band_at_least: one_down(last)}, fixed: {when: n == 5, band_at_least: good}}
"""


@pytest.mark.parametrize("engine", ["scalar", "reference"])
def test_the_formula_of_a_band_and_of_a_limit_is_recorded(engine: str) -> None:
    found = kr.assess(program(FORMULAS), {"x": 40, "n": 5, "last": "top"}, engine=engine)
    keep, fixed = found.overrides
    assert keep.target_computation == kr.Assessment.from_json(found.to_json()).overrides[0].target_computation
    assert keep.target_computation is not None
    assert (keep.target_computation.formula, keep.target_computation.value) == ("one_down(last)", "good")
    assert fixed.target_computation is None
    cap, other = found.limits
    assert cap.at_most_computation is not None
    assert (cap.at_most_computation.value, other.at_most_computation) == (95, None)
