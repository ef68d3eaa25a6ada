"""A quotient of integers with a common factor is that of the integers without it."""

from __future__ import annotations

from itertools import product

import pytest

from kpirules.engines.integers import Building, depends

OPERATIONS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "<=": lambda a, b: a <= b,
    "select": lambda flag, a, b: a if flag else b,
}


@pytest.fixture
def building() -> Building:
    return Building()


def value(building: Building, number: int, inputs: dict[str, int]) -> int:
    """Return the value of a step."""
    step = building.steps[number]
    if step.operation == "constant":
        return int(step.value)
    if step.operation == "input":
        return inputs[str(step.value)]
    return int(OPERATIONS[step.operation](*(value(building, one, inputs) for one in step.operands)))


@pytest.mark.parametrize(
    ("scale", "half", "divisor", "left"),
    [
        (200, 10, 20, {20, 2}),
        (-12, 6, -18, {-2, -3}),
        (5, 0, 10, {2}),
        (7, 3, 6, {7, 3, 6}),
        (4, 4, 4, set()),
    ],
)
def test_a_factor_of_both_is_left_out(
    building: Building, scale: int, half: int, divisor: int, left: set[int]
) -> None:
    x, y = building.add("input", value="x", within=(-9, 9)), building.add("input", value="y", within=(1, 9))
    scaled, added = (building.arithmetic("*", one, building.integer(by)) for one, by in ((x, scale), (y, half)))
    flag = building.compare("<=", building.integer(0), x)
    above = building.choose(flag, building.arithmetic("+", added, scaled), building.arithmetic("-", added, scaled))
    below = building.arithmetic("*", y, building.integer(divisor))
    found = building.arithmetic("//", above, below)
    for inputs in ({"x": x, "y": y} for x, y in product(range(-9, 10), range(1, 10))):
        expected = (half * inputs["y"] + abs(inputs["x"]) * scale) // (divisor * inputs["y"])
        assert value(building, found, inputs) == expected
        assert building.steps[found].low <= expected <= building.steps[found].high
    steps = [building.steps[number] for number in depends(tuple(building.steps), [found])]
    assert {int(step.value) for step in steps if step.operation == "constant"} - {0} == left


def test_a_divisor_that_is_the_factor_is_left_out(building: Building) -> None:
    x = building.add("input", value="x", within=(-9, 9))
    above = building.arithmetic("+", building.arithmetic("*", x, building.integer(6)), building.integer(9))
    assert building.arithmetic("//", above, building.integer(3)) == building.arithmetic(
        "+", building.arithmetic("*", x, building.integer(2)), building.integer(3)
    )


def test_an_irrational_number_keeps_its_factor(building: Building) -> None:
    x = building.add("input", value="x", within=(1, 9))
    root = building.add("irrational", x, x, value="root", within=(0, 3))
    above = building.arithmetic("*", root, building.integer(6))
    found = building.arithmetic("//", above, building.integer(3))
    assert [building.steps[one] for one in building.steps[found].operands] == [
        building.steps[above],
        building.steps[building.integer(3)],
    ]
