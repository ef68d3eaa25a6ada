"""The limits of quotas as steps: those of the closed form."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from kpirules.engines.integers import Building, limit_of, order_of
from kpirules.kernel.exact.rounding import MODES
from kpirules.rating.assessing.allocating.caps import largest, rounded

SHARES = [Fraction(0), Fraction(1, 5), Fraction(1, 3), Fraction(3, 7), Fraction(1, 2), Fraction(1), Fraction(5, 2)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("is_left_out", "expected"), [(False, rounded), (True, largest)])
def test_a_limit_is_that_of_the_closed_form(mode: str, is_left_out: bool, expected: object) -> None:
    assert callable(expected)
    for share, base in product(SHARES, range(31)):
        to = Building()
        ratio = to.integer(share.numerator * 3), to.integer(share.denominator * 3)
        limit = limit_of(to, ratio, to.integer(base), to.integer(2), mode, is_left_out=is_left_out)
        assert to.constant(limit) == max(2, expected(share, base, mode)), (share, base)


def test_an_order_of_fractions_tells_all_apart_that_differ() -> None:
    to = Building()
    below = to.add("input", value="below", within=(1, 12))
    keys = {}
    for n, d in product(range(-20, 21), range(1, 13)):
        step = to.steps[order_of(to, to.integer(n), below)]
        factor, divisor = to.steps[step.operands[0]], step.operands[1]
        assert (step.operation, divisor) == ("//", below)
        keys[n, d] = factor.low // d
    for (n, d), (m, e) in product(keys, keys):
        assert (keys[n, d] < keys[m, e]) == (n * e < m * d)
