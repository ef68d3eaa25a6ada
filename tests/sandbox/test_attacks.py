"""Expressions that try to escape, hide or exhaust the machine, and deceptive subjects.

Each piece runs in a child process with limits of its own: it ends within two seconds and half a gigabyte,
with the code that refuses it or with the one value it means.
"""

from __future__ import annotations

import threading
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("resource", reason="limits on a process are those of POSIX")

from kpirules.diagnostics import Diagnostic
from kpirules.language.expressions import parse

from ..budget import by_budget, some
from ..pace import fewest_seconds
from . import pieces
from .confined import MOST_SECONDS_OF_WORK, Confined
from .known import ESCAPES, EXPRESSIONS

# -- expressions ----------------------------------------------------------------------------------


def shortened(text: str) -> str:
    return ascii(text if len(text) < 50 else f"{text[:20]}...{len(text)}...{text[-9:]}")[1:-1]


@pytest.mark.parametrize("text", some(EXPRESSIONS, 20), ids=shortened)
def test_an_expression_is_refused_with_its_code_or_means_one_value(confined: Confined, text: str) -> None:
    expected = EXPRESSIONS[text]
    answer = confined.answer("expression", text)
    if isinstance(expected, str):
        assert answer == [expected]
    else:
        assert answer == {"status": "rated", "answer": str(expected)}


def refused(text: str) -> Diagnostic | None:
    """Return the code that refuses an expression, or an empty text."""
    problems: list[Diagnostic] = []
    tree = parse(text, problems)
    assert len(problems) == (tree is None)
    return problems[0] if problems else None


SNIPPETS = """' " ''' \\ \\d f rb u 1 1. 0x 1or 1e e5 1_0 1j . x and or if else in not is lambda: := ( ) [ ] {
} , + - * ** / // % = == < > | & ^ ~ @ # ; : ! $ ? ` t.hours sum( for t in tasks await yield ... True None 20%
00 07 2026-01-01 é ﬁ ² ٣"""
HIDDEN = ["\u200b", "\u2028", "\ud800", "\0", "\x0c", " ", "\n", "\t", '"""']


@given(st.lists(st.sampled_from([*SNIPPETS.split(), *HIDDEN]) | st.characters(), max_size=12).map("".join))
def test_no_text_makes_the_reader_raise_or_warn(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refused(text)


def test_reading_in_threads_leaves_the_warnings_of_the_program_alone() -> None:
    before = list(warnings.filters)
    threads = [
        threading.Thread(target=lambda: [refused(text) for text in ESCAPES for _ in range(3)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert warnings.filters == before


# -- functions that write one another, values that grow ---------------------------------------------

GROWING: dict[str, tuple[tuple[Any, ...], object]] = {
    "each function calls the one before twice": (("functions_of_functions", 60, "f(x) + f(x)"), "KR204"),
    "nine levels are 512 calls": (("functions_of_functions", 9, "f(x) + f(x)"), "KR204"),
    "each function calls the one before of itself": (("functions_of_functions", 60, "f(f(x))"), "KR204"),
    "two hundred functions in a row": (("functions_of_functions", 200, "f(x + 1)"), 204),
    "three thousand functions in a row": (("functions_of_functions", 3000, "f(x)"), 5),
    "f(f(f(x))) that doubles": (("function_around_itself", 40, "x + x"), "KR204"),
    "f(f(f(x))) that squares": (("function_around_itself", 7, "x * x"), 4**128),
    "f(f(f(x))) that adds": (("function_around_itself", 40, "x + 1"), 44),
    "squares of squares": (("chain", 30, "v * v"), "KR260"),
    "sixteenth powers of sixteenth powers": (("chain", 30, "v ** 16"), "KR260"),
    "powers by function": (("chain", 30, "power(v, 16)"), "KR260"),
    "quotients of quotients": (("chain", 30, "1 / (v + 1 / v)"), "KR260"),
    "exponentials of exponentials": (("chain", 12, "exp(v)", "x"), "KR260"),
    "a thousand values in a row": (("chain", 1000, "v + 1"), 10**17 + 999),
    "three thousand values in a row, from the last": (("chain_backwards", 3000), 3003),
    "three hundred roots in a row": (("chain", 300, "sqrt(v)", "x"), 1),
    "ten thousand records, each with a denominator of its own": (
        ("aggregated", "sum(1 / (t.weight + wide) for t in tasks)", 10_000),
        "KR260",
    ),
    "the same as a mean": (("aggregated", "avg(1 / (t.weight + wide) for t in tasks)", 10_000), "KR260"),
    "the same, wider": (("aggregated", "sum(1 / (t.weight + wide) ** 16 for t in tasks)", 10_000), "KR260"),
    "ten thousand powers": (("aggregated", "sum(power(1.5, t.weight / 40) for t in tasks)", 10_000), "KR260"),
    "ten thousand records": (("aggregated", "sum(t.hours for t in tasks)", 10_000), 195_000),
    "ten thousand and one": (("aggregated", "count(tasks)", 10_001), "KR608"),
    "a million records": (("aggregated", "count(tasks)", 1_000_000), "KR608"),
    "ten thousand normal distributions": (
        ("aggregated", "sum(normal_cdf(t.hours / 7) for t in tasks) > 0", 10_000),
        "KR261",
    ),
    "ten thousand normal distributions in one another": (
        ("aggregated", f"sum({'normal_cdf(' * 40}t.hours{')' * 40} for t in tasks)", 10_000),
        "KR261",
    ),
}


@pytest.mark.parametrize("what", some(GROWING, 8))
def test_growing_values_are_stopped_before_they_are_large(confined: Confined, what: str) -> None:
    piece, expected = GROWING[what]
    answer = confined.answer(*piece)
    if isinstance(expected, str):
        assert answer == [expected]
    else:
        assert answer == {"status": "rated", "answer": str(expected)}


FULL = {
    "sums": " + ".join(["t.hours * 3"] * 30),
    "wide products": " * ".join(["(t.weight * 1000000 + 1)"] * 9),
    "remainders": " + ".join(["mod(t.weight, 7)"] * 30),
    "roundings": " + ".join(["round(t.hours / 7, 2)"] * 20),
    "conditions": " + ".join(["(1 if t.hours >= 3 and t.weight < 5 else 2)"] * 20),
    "ordered options": " + ".join(["(1 if t.grade <= 'o1' else 2)"] * 30),
    "absence": " + ".join(["default(t.weight, 1)"] * 30),
    "months": " + ".join(["months(t.since, date(2026, 1, 1))"] * 15),
    "steps": " + ".join(["steps(t.hours / 1000)"] * 3),
    "thresholds": "above(t.weight)",
    "exponentials": "exp(t.weight / 7777777)",
    "logarithms": "ln(t.weight)",
    "normal distributions": "normal_cdf(t.weight / 777777)",
}


SHARE = by_budget(20, 1)
"""What part of the limit is filled: so much less time may it take."""


@pytest.mark.parametrize(
    ("what", "engine"), some(((what, engine) for what in FULL for engine in ("scalar", "reference")), 7)
)
def test_an_assessment_that_is_filled_to_the_limit_ends_soon(confined: Confined, what: str, engine: str) -> None:
    def seconds() -> float:
        # Loading and the records themselves take time of their own.
        taken, work = confined.answer("filled", f"sum({FULL[what]} for t in tasks)", engine, SHARE, within=8)
        assert work > 700_000 // SHARE
        return float(taken)

    limit = MOST_SECONDS_OF_WORK / SHARE
    assert fewest_seconds(seconds, limit) < limit


SUMS = {
    (100, "sum"): "rated",
    (1000, "sum"): "KR26",
    (1000, "mean"): "KR26",
    (1000, "harmonic_mean"): "rated",
    (1000, "geometric_mean"): "rated",
    (1000, "product"): "KR26",
    (2000, "sum"): "KR26",
    (2000, "min"): "rated",
}


@pytest.mark.parametrize(("count", "combine"), some(SUMS, 5))
def test_many_criteria_with_denominators_of_their_own_are_bounded(
    confined: Confined, count: int, combine: str
) -> None:
    answer = confined.answer("many_criteria", count, "1/n", {"combine": combine, "round": {"places": 2}})
    expected = SUMS[count, combine]
    assert answer == {"status": "rated"} if expected == "rated" else answer[0].startswith(expected)


# -- subjects -------------------------------------------------------------------------------------

SUBJECTS: dict[str, object] = {
    "a mapping that changes": "rated",
    "an option that lies": "KR604",
    "a text that lies": "KR604",
    "a whole number that lies": "KR604",
    "an exact number that lies": "KR604",
    "a boolean that lies": "KR603",
    "something that raises when shown": "KR603",
    "something that poses as a text": "KR603",
    "a list that never ends": "rated",
    "a list that never ends and is one": "rated",
    "a list that is said to be vast": "KR608",
    "a mapping that never ends": "KR601",
    "a key that lies": "KR601",
    "an object with properties": "rated",
    "a class": "KR600",
    "nothing": "KR600",
    "a text": "KR600",
    "a list": "KR600",
    "a mapping within itself": "KR603",
    "a list within itself": "KR600",
    "a deep list": "KR600",
    "a number in place of a record": "KR600",
    "NaN": "KR603",
    "infinity": "KR603",
    "a signalling NaN": "KR603",
    "a decimal beyond everything": "KR603",
    "a decimal beside nothing": "KR603",
    "a number of a million digits": "KR603",
    "a quotient of a million digits": "KR603",
    "a number of nine thousand digits": "KR604",
    "a complex number": "KR603",
    "a boolean as number": "KR603",
    "a number as boolean": "KR603",
    "a number as text": "KR603",
    "bytes": "KR603",
    "a function": "KR603",
    "NUL in a text": "rated",
    "half a character in a text": "KR603",
    "an escape in a text": "rated",
    "an escape in an option": "KR604",
    "a turn in an option": "KR604",
    "an escape in a name": "KR601",
    "half a character in a name": "KR601",
    "a long text": "KR604",
    "a long option": "KR604",
    "a long name": "KR601",
    "dunder names": "KR601",
    "many unknown names": "KR601",
    "many unknown names in many records": "KR601",
    "many values not allowed": "KR602",
    "an instant": "KR603",
    "a date that is none": "KR603",
    "digits of another script": "KR603",
}


@pytest.mark.parametrize("what", some(SUBJECTS, 9))
def test_a_hostile_subject_is_refused_with_a_code_or_taken_for_what_it_is(confined: Confined, what: str) -> None:
    answer = confined.answer("hostile", what)
    expected = SUBJECTS[what]
    if expected == "rated":
        assert answer["status"] == "rated"
        assert answer["answer"] == "1"
        assert answer["grade"] in ("good", "fair")
    else:
        assert expected in answer


def test_an_exception_of_the_subject_itself_is_not_swallowed(confined: Confined) -> None:
    ending = confined.run("hostile", "a mapping that raises")
    assert ending.failure == "RuntimeError: gotcha"


def test_every_hostile_subject_is_tried() -> None:
    assert set(SUBJECTS) | {"a mapping that raises"} == set(pieces.HOSTILE)
