"""Columns as names of inputs in data, and columns with two meanings."""

from __future__ import annotations

import pytest

import kpirules as kr

POSTS = """\
kpirules: 1
inputs:
  post: {type: choice, options: [head, deputy]}
  done: {type: integer, min: 0, max: 12}
  tasks: {type: list, max_items: 3, fields: {hours: {type: integer, min: 0, max: 4, column: Giờ}}}
criteria: {work: {max: 12, points: done}, hours: {max: 12, points: sum(t.hours for t in tasks)}}
variant_by: post
variants:
  head:
    inputs:
      led: {type: integer, min: 0, max: 12, column: Số việc}
      tasks: {fields: {days: {type: integer, min: 0, max: 1}}}
    criteria: {led_too: {max: 12, points: led}}
"""


@pytest.mark.parametrize(
    ("deputy", "label"),
    [
        ("done: {column: Số việc}", "a second column of this name"),
        ("done: {column: led}", "this column has the same name as the input"),
        ("tasks: {fields: {hours: {column: days}}}", "this column has the same name as the field"),
    ],
)
def test_a_column_is_not_a_name_of_another_input_in_another_variant(deputy: str, label: str) -> None:
    text = f"{POSTS}  deputy: {{inputs: {{{deputy}}}}}\n"
    (error,) = kr.check(text=text).errors
    assert (error.code, error.label, error.notes[-1]) == ("KR128", label, "concerns `deputy`")


def test_an_input_may_have_another_column_in_another_variant() -> None:
    text = (
        f"{POSTS}  deputy: {{inputs: {{done: {{column: Việc}}, tasks: {{fields: {{hours: {{column: Số giờ}}}}}}}}}}\n"
    )
    program = kr.loads(text)
    given = {"post": "deputy", "Việc": 3, "tasks": [{"Số giờ": 2}]}
    assert kr.assess(program, given).score == 5
    given = {"post": "head", "done": 3, "Số việc": 4, "tasks": [{"Giờ": 2, "days": 0}]}
    assert kr.assess(program, given).score == 9
