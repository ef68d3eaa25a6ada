"""Guaranteed values are checked where a result depends on them."""

from __future__ import annotations

import pytest

from kpirules.kernel.certain import certain, given


def test_a_value_of_the_expected_class_is_returned() -> None:
    assert certain(3, int, "it was counted") == 3
    assert given(0, "it was counted") == 0


def test_any_other_value_is_an_error() -> None:
    with pytest.raises(TypeError, match="int is expected, not str: it was counted"):
        certain("3", int, "it was counted")
    with pytest.raises(TypeError, match="a value is expected, not None: it was counted"):
        given(None, "it was counted")
