"""The line of numbers: every number is in one interval, and statements about an interval hold for all of it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules.analysis.checking.line import EVERY_NUMBER, Line, Stretch, line_of_input, stretches
from kpirules.language.model import Interval, NumberDomain

F = Fraction

NUMBERS = st.integers(-40, 40).map(lambda n: F(n, 4))
STEPS = st.sampled_from([None, F(1), F(1, 2), F(3, 4), F(5)])


@st.composite
def lines(draw: st.DrawFn) -> Line:
    ends = [draw(st.none() | NUMBERS), draw(st.none() | NUMBERS)]
    return Line(Interval(ends[0], draw(st.booleans()), ends[1], draw(st.booleans())), draw(STEPS))


def inside(x: F, stretch: Stretch) -> bool:
    above = stretch.low is None or x > stretch.low or (stretch.has_low and x == stretch.low)
    below = stretch.high is None or x < stretch.high or (stretch.has_high and x == stretch.high)
    return above and below


INTERVALS = st.builds(Interval, st.none() | NUMBERS, st.booleans(), st.none() | NUMBERS, st.booleans())


@given(lines(), st.lists(INTERVALS, max_size=5), NUMBERS)
def test_every_possible_number_is_in_one_interval_that_is_treated_like_it(
    line: Line, intervals: list[Interval], x: Fraction
) -> None:
    def holding(y: Fraction) -> tuple[int, ...]:
        return tuple(index for index, interval in enumerate(intervals) if y in interval)

    found = list(stretches(line, intervals, tuple))
    keys = [key for key, stretch in found if inside(x, stretch)]
    if x in line:
        assert keys == [holding(x)]
    for key, stretch in found:
        assert stretch.witness in line
        assert inside(stretch.witness, stretch)
        assert holding(stretch.witness) == key


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (None, None, F(0)),
        (F(5), None, F(6)),
        (None, F(5), F(4)),
        (F(4), F(5), F(41, 10)),
        (F("4.99"), F(5), F("4.991")),
        (F(0), F(1, 10**9), F(1, 2 * 10**9)),
    ],
)
def test_a_witness_is_a_plain_number(low: F | None, high: F | None, expected: F) -> None:
    assert EVERY_NUMBER.between(low, high) == expected


def test_a_grid_may_leave_nothing_between() -> None:
    assert Line(step=F(1)).between(F(4), F(5)) is None
    assert Line(step=F(1, 4)).between(F(4), F(5)) == F("4.25")


@pytest.mark.parametrize(
    ("stretch", "words"),
    [
        (Stretch(None, False, None, False, F(0)), "any number"),
        (Stretch(F(5), True, F(5), True, F(5)), "exactly 5"),
        (Stretch(F(5), True, F(9), False, F(5)), "from 5 to below 9"),
        (Stretch(F(5), False, F(9), True, F(9)), "above 5 to 9"),
        (Stretch(None, False, F(9), True, F(9)), "to 9"),
        (Stretch(F(5), False, None, False, F(6)), "above 5"),
    ],
)
def test_an_interval_is_reported_as_the_rulebook_writes_it(stretch: Stretch, words: str) -> None:
    assert str(stretch) == words


@pytest.mark.parametrize(
    ("domain", "line"),
    [
        (NumberDomain(), Line()),
        (NumberDomain(F(0), F(9)), Line(Interval(F(0), False, F(9), False))),
        (NumberDomain(above=F(0), below=F(9)), Line(Interval(F(0), True, F(9), True))),
        (NumberDomain(F(1), F(8), above=F(0), below=F(9)), Line(Interval(F(1), False, F(8), False))),
        (NumberDomain(F(1), F(8), above=F(1), below=F(8)), Line(Interval(F(1), True, F(8), True))),
        (NumberDomain(is_integer=True), Line(step=F(1))),
        (NumberDomain(decimals=2), Line(step=F(1, 100))),
        (NumberDomain(decimals=2, step=F(1, 4)), Line(step=F(1, 4))),
    ],
)
def test_the_line_of_an_input_is_its_domain(domain: NumberDomain, line: Line) -> None:
    assert line_of_input(domain) == line
