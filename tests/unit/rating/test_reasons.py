"""The reasons for a rating are the same by both engines."""

from __future__ import annotations

import pytest

import kpirules as kr

OPEN = """
kpirules: 1
inputs: {x: {type: integer, min: 0, max: 9}}
tables: {open: {steps: [{from: 5, value: 1}, {undefined: true}]}}
criteria: {a: {max: 9, points: x}}
bands: {good: {from: 5, requires: open(x) > 0}, fair: {from: 3, requires: open(x) > 0}, poor: {from: 0}}
overrides: {aside: {when: x == 4, unrated: set_aside}}
"""


@pytest.mark.parametrize("engine", ["scalar", "reference"])
def test_an_override_settles_what_a_row_left_open(engine: str) -> None:
    program = kr.loads(OPEN)
    settled, left = (kr.assess(program, {"x": x}, engine=engine) for x in (4, 3))
    assert (settled.status, settled.because) == ("set_aside", ("overrides.aside",))
    assert (left.status, left.because) == ("undefined", ("tables.open: otherwise",))
