"""Flags and choices told by regions have the same value, in fewer steps."""

from __future__ import annotations

import random
from itertools import product

from attrs import evolve

from kpirules import loads
from kpirules.engines.integers import FALSE, TRUE, Building, IntegerProgram, Result, depends, with_regions
from tests.integers import run

BANDS = """
kpirules: 1
inputs:
  done: {type: integer, min: 0, max: 100}
  late: {type: integer, min: 0, max: 100}
  warned: {type: boolean}
criteria:
  result: {max: 100, points: done}
bands:
  fall: next
  levels:
    high: {from: 90, requires: late <= 5}
    good: {from: 70}
    low: {from: 0}
overrides:
  warning: {when: warned, band_at_most: good}
"""
EMPTY = loads("kpirules: 1\noutputs: {one: '1'}\n").integers


def test_a_band_is_told_by_the_limits_of_the_score() -> None:
    program = loads(BANDS).integers
    found = with_regions(program, ["band"])
    before, after = (one.results["band"] for one in (program, found))
    assert after.given == TRUE
    assert len(depends(found.steps, [after.value])) < len(depends(program.steps, [before.value, before.given])) / 3


def test_a_choice_between_equal_numbers_is_that_number() -> None:
    program = loads("""
kpirules: 1
inputs: {n: {type: integer, min: 0, max: 9}, m: {type: integer, min: 1, max: 9}}
bands: {fall: next, levels: {high: {requires: "n < min(m, 1)"}, low: {}}}
""").integers
    found = with_regions(program, ["status", "band"])
    for n, m in product(range(10), range(1, 10)):
        assert run(found, {"n": n, "m": m}) == run(program, {"n": n, "m": m})


def test_a_value_told_by_regions_is_the_same_everywhere() -> None:
    for seed in range(60):
        to = Building()
        source = random.Random(seed)
        integers = [to.add("input", value=name, within=(0, 9)) for name in "ab"]
        flags = [to.add("given", value=name) for name in "ab"]
        root = _drawn(source, to, [*integers], [*flags])
        kind = "boolean" if to.steps[root].is_flag else "text"
        program = _program(to, Result(kind, TRUE, root, TRUE))
        found = with_regions(program, ["x"])
        told = found.results["x"].value
        assert _size(found, told) <= _size(program, root)
        for values in product(range(10), range(10), (0, 1), (0, 1)):
            known = dict(zip((*integers, *flags), values, strict=True))
            assert _value(found, told, known) == _value(program, root, known), (seed, values)


def _drawn(source: random.Random, to: Building, integers: list[int], flags: list[int]) -> int:
    """Return a step made at random of some integers and flags."""
    inputs, choices = list(integers), [to.integer(n) for n in range(3)]
    for _ in range(source.randint(4, 30)):
        x, y = source.choice(flags), source.choice(flags)
        match source.randrange(7):
            case 0:
                pair = source.choice(inputs), to.integer(source.randint(1, 8))
                flags.append(to.compare(source.choice(["<", "<=", "==", ">", ">="]), *pair))
            case 1:
                flags.append(
                    to.compare(source.choice(["<", "<=", "=="]), source.choice(choices), source.choice(choices))
                )
            case 2:
                flags.append(source.choice([to.both, to.either])(x, y))
            case 3:
                flags.append(to.negate(x))
            case 4:
                choices.append(to.choose(x, source.choice(choices), source.choice(choices)))
            case 5:
                choices.append(to.arithmetic(source.choice("+-*"), to.count(x), source.choice(choices)))
            case _:
                flags.append(to.choose(x, y, source.choice(flags)))
    return source.choice([flags[-1], choices[-1]])


def _program(to: Building, result: Result) -> IntegerProgram:
    return evolve(
        EMPTY, steps=tuple(to.steps), results={"x": result}, refusals=(), asked={}, is_early=FALSE, is_refused=FALSE
    )


def _size(program: IntegerProgram, root: int) -> int:
    return sum(program.steps[one].operation != "constant" for one in depends(program.steps, [root]))


def _value(program: IntegerProgram, root: int, known: dict[int, int]) -> int:
    """Return the value of a step; flags are 0 and 1."""
    values = dict(known)
    for number in depends(program.steps, [root]):
        if number in values:
            continue
        step = program.steps[number]
        parts = [values[one] for one in step.operands]
        match step.operation:
            case "constant":
                values[number] = int(step.value)
            case "not":
                values[number] = 1 - parts[0]
            case "and" | "or" as word:
                values[number] = (min if word == "and" else max)(parts)
            case "count":
                values[number] = parts[0]
            case "select":
                values[number] = parts[1] if parts[0] else parts[2]
            case sign:
                x, y = parts
                values[number] = int(
                    {"+": x + y, "-": x - y, "*": x * y, "<": x < y, "<=": x <= y, "==": x == y}[sign]
                )
    return values[root]
