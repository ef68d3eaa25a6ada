"""What a form's pieces are known to be outlives a change of its range."""

from __future__ import annotations

import pytest

from kpirules.proving.linear_forms import Dead
from kpirules.proving.linear_model import Model
from kpirules.proving.linear_registry import Registry


def test_pieces_have_the_ends_of_now() -> None:
    model = Model(Registry(), {})
    form = model.variable("x", -3, 5)
    (below, *before), (above, *_) = model.pieces(form, [1])
    assert before == [-3, 0]
    model.within(form, -2, 4)
    assert model.pieces(form, [1]) == [(below, -2, 0), (above, 1, 4)]


@pytest.mark.parametrize("sign", ["==", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize(("low", "high"), [(0, 5), (-3, 0), (0, 0), (1, 5), (-3, -1)])
def test_a_comparison_follows_a_range_that_narrows(sign: str, low: int, high: int) -> None:
    holds = {"==": int.__eq__, "!=": int.__ne__, "<": int.__lt__, "<=": int.__le__, ">": int.__gt__, ">=": int.__ge__}
    for value in range(low, high + 1):
        expected = holds[sign](value, 0)
        assert reachable(sign, low, high, value, expected)
        assert not reachable(sign, low, high, value, not expected)


def reachable(sign: str, low: int, high: int, value: int, outcome: bool) -> bool:
    """Whether a number of a range narrowed afterwards can be a value while a comparison comes out so."""
    model = Model(Registry(), {})
    form = model.variable("x", -3, 5)
    for known in ("==", "<", "<="):
        model.compare(form, known)
    try:
        model.within(form, low, high)
        bit = model.compare(form, sign)
        model.within(form, value, value)
        model.within(bit, int(outcome), int(outcome))
    except Dead:
        return False
    return model.solution(10_000).status == "found"
