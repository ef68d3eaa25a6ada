"""Strategies of declared inputs, and of formulas over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from ...kernel.exact import MODES

__all__ = ["CHOICES", "LEVELS", "Declared", "Draw", "Mapped", "conditions", "declared_inputs", "numbers"]

Draw = Callable[[st.SearchStrategy[Any]], Any]
Declared = Mapping[str, Any]
Mapped = dict[str, Any]

LEVELS = ["low", "middle", "high"]
CHOICES: Mapped = {
    "c0": {"type": "choice", "options": LEVELS, "ordered": "worst_first"},
    "c1": {"type": "choice", "options": ["red", "green"]},
}
MAYBE_CHOICE: Mapped = {"type": "choice", "options": LEVELS[::-1], "ordered": "best_first", "optional": True}
RECORDS: Mapped = {
    "type": "list",
    "max_items": 5,
    "fields": {
        "hours": {"type": "number", "min": 0, "max": 40, "decimals": 1},
        "done": {"type": "boolean"},
        "kind": {"type": "choice", "options": ["plain", "urgent"]},
        "level": {"type": "choice", "options": LEVELS, "ordered": "worst_first", "optional": True},
        "size": {"type": "integer", "min": 1, "max": 9, "default": 2},
    },
    "let": {
        "weighted": "item.hours * (2 if item.kind == 'urgent' else 1)",
        "sized": "item.weighted * item.size",
        "settled": "default(item.level, 'middle')",
    },
}


@st.composite
def declared_inputs(draw: Draw) -> Mapped:
    """Draw declarations of every type of input, some of them optional or with a default."""
    inputs: Mapped = {
        "n0": {"type": "number", "min": 0, "max": 100, "decimals": 2},
        "n1": {"type": "integer", "min": draw(st.sampled_from([0, 1, -5])), "max": 20},
        "n2": {"type": "number", "above": 0, "max": 10, "decimals": 1},
        "b0": {"type": "boolean"},
        **CHOICES,
        "d0": {"type": "date", "min": "2026-01-01", "max": "2026-12-31"},
        "tasks": RECORDS,
    }
    if draw(st.booleans()):
        inputs["maybe"] = {"type": "number", "min": 0, "max": 10, "decimals": 1, "optional": True}
        inputs["level"] = MAYBE_CHOICE
    if draw(st.booleans()):
        inputs["usual"] = {"type": "integer", "min": 0, "max": 5, "default": draw(st.integers(0, 5))}
    return inputs


@st.composite
def numbers(draw: Draw, inputs: Declared, depth: int = 3) -> str:
    """Draw a numeric expression that is never absent; it may fault."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        leaves = ["n0", "n1", "n2", "1", "0", "0.5", "12.25", "20%", "some", "months(date(2026, 1, 1), d0)"]
        if "usual" in inputs:
            leaves.append("usual")
        if "maybe" in inputs:
            leaves.append("default(maybe, 2.5)")
        return str(draw(st.sampled_from(leaves)))
    return str(draw(draw(st.sampled_from(_NUMBERS))(inputs, depth - 1)))


def _operations(inputs: Declared, depth: int) -> st.SearchStrategy[str]:
    below = numbers(inputs, depth)
    return st.builds("({} {} {})".format, below, st.sampled_from("+-*"), below)


def _quotients(inputs: Declared, depth: int) -> st.SearchStrategy[str]:
    below = numbers(inputs, depth)
    divisors = st.one_of(st.sampled_from(["3", "7", "4", "n2", "n1"]), below.map("({})".format))
    return st.one_of(
        st.builds("({} / {})".format, below, divisors),
        st.builds("ratio({}, {}, if_zero={})".format, below, below, below),
        below.map("mod({}, 7)".format),
    )


def _functions(inputs: Declared, depth: int) -> st.SearchStrategy[str]:
    below = numbers(inputs, depth)
    return st.one_of(
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), below, below),
        st.builds("clamp({}, 0, {})".format, below, st.sampled_from(["1", "10", "100"])),
        st.builds("{}({})".format, st.sampled_from(["abs", "floor", "ceil", "trunc", "sign", "-"]), below),
        st.builds("{}({})".format, st.sampled_from(["by_rows", "by_line", "half_of"]), below),
        st.builds("by_both({}, {})".format, below, st.sampled_from(["c0", "level_of(n0)", "level_by(n0, n1)"])),
        st.sampled_from(["by_level(c0)", "by_level(level_of(n0))", "n0 ** 2", "sqrt(n0)", "power(n2, 0.5)"]),
        st.sampled_from(["root(n0, 3)", "exp(-n2)", "ln(n2)", "normal_cdf(n2 - 5)", "sqrt(n1)", "ln(n1)"]),
    )


def _roundings(inputs: Declared, depth: int) -> st.SearchStrategy[str]:
    how = st.one_of(st.integers(-1, 4).map(str), st.sampled_from(["to=0.25", "to=5", "to=some"]))
    return st.builds('round({}, {}, mode="{}")'.format, numbers(inputs, depth), how, st.sampled_from(MODES))


def _branches(inputs: Declared, depth: int) -> st.SearchStrategy[str]:
    below = numbers(inputs, depth)
    return st.builds("({} if {} else {})".format, below, conditions(inputs, depth), below)


def _aggregates(inputs: Declared, depth: int) -> st.SearchStrategy[str]:
    below = numbers(inputs, depth)
    fields = st.sampled_from(["t.hours", "t.sized", "t.hours * n2", "t.hours / 3", "1 / (t.size - 1)"])
    where = st.sampled_from(["", " if t.done", " if t.hours > n1", ' if t.settled >= "middle"'])
    condition = st.sampled_from(["t.done", 't.kind == "urgent"', "t.hours >= n2", 't.settled < "high"'])
    return st.one_of(
        st.builds("sum({} for t in tasks{})".format, fields, where),
        st.builds("default({}(t.hours for t in tasks if t.done), {})".format, st.sampled_from(["avg", "max"]), below),
        st.builds("count({} for t in tasks)".format, condition),
        st.builds("default(share({} for t in tasks), 0)".format, condition),
        st.builds("{}({}, ({} for t in tasks{}))".format, st.sampled_from(_SUMS_IN_ORDER), _COUNTS, fields, where),
        st.builds("default({}, ({} for t in tasks{})), {})".format, st.sampled_from(_IN_ORDER), fields, where, below),
        st.builds("default(median({} for t in tasks{}), {})".format, fields, where, below),
        st.just("count(tasks)"),
    )


_SUMS_IN_ORDER = ("sum_largest", "sum_smallest")
_COUNTS = st.sampled_from(["1", "2", "five"])
_IN_ORDER = ("quantile(some", "quantile(0.5", "largest(2", "smallest(1", "smallest(five", "trimmed_avg(1, 0")

_NUMBERS = (_operations, _operations, _quotients, _functions, _roundings, _branches, _aggregates)


@st.composite
def conditions(draw: Draw, inputs: Declared, depth: int = 2) -> str:
    """Draw a condition that is never absent."""
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        leaves = [
            "b0",
            "True",
            'c0 >= "middle"',
            'c1 == "red"',
            'c0 in ("low", "high")',
            "d0 < date(2026, 7, 1)",
        ]
        leaves += ['level_of(n0) > "low"', '("high" if b0 else c0) >= "middle"', "any(t.done for t in tasks)"]
        if "maybe" in inputs:
            leaves += ["given(maybe)", "(given(maybe) and maybe > 5)", 'default(level, "low") >= "middle"']
            leaves += ['default(level_by(maybe, n1), "low") > "low"']
        return str(draw(st.sampled_from(leaves)))
    below = conditions(inputs, depth - 1)
    number = numbers(inputs, depth - 1)
    signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    one_of = st.one_of(
        st.builds("({} {} {})".format, below, st.sampled_from(["and", "or"]), below),
        below.map("(not {})".format),
        st.builds("({} {} {})".format, number, signs, number),
        number.map("(0 <= {} < 50)".format),
        st.sampled_from(["any", "all"]).map("{}(t.done or t.hours > n1 for t in tasks)".format),
    )
    return str(draw(one_of))
