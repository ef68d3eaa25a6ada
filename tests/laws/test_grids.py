"""The numbers of a domain are those that an assessment accepts."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kpirules.language.model import Input, NumberDomain
from kpirules.rating.assessing.values import take

ENDS = st.none() | st.builds(Fraction, st.integers(-30, 30), st.sampled_from([1, 2, 4, 10]))
STEPS = st.none() | st.builds(Fraction, st.integers(1, 9), st.sampled_from([1, 2, 3, 4, 10]))
DOMAINS = st.builds(
    NumberDomain,
    minimum=ENDS,
    maximum=ENDS,
    above=ENDS,
    below=ENDS,
    decimals=st.sampled_from([0, 1, 2]),
    step=STEPS,
    is_integer=st.booleans(),
)


def is_accepted(domain: NumberDomain, value: Fraction) -> bool:
    return not take((Input("x", domain),), {"x": value}).problems


@given(DOMAINS, st.integers(-12, 12))
def test_a_domain_holds_what_is_on_its_grid_and_nothing_else(domain: NumberDomain, off: int) -> None:
    grid = domain.grid
    assert (grid.unit * domain.denominator).denominator == 1
    for end in (grid.low, grid.high):
        for count in (end - 1, end, end + 1):
            assert is_accepted(domain, count * grid.unit) == (grid.low <= count <= grid.high)
            between = count * grid.unit + Fraction(off, 60)
            on_grid = (between / grid.unit).denominator == 1
            assert is_accepted(domain, between) == (on_grid and grid.low <= between / grid.unit <= grid.high)
