"""What is certain is checked where a result hangs on it."""

from __future__ import annotations

import pytest

from kpirules.kernel.certain import certain, given


def test_what_is_certain_is_returned() -> None:
    assert certain(3, int, "it was counted") == 3
    assert given(0, "it was counted") == 0


def test_what_is_not_is_an_error() -> None:
    with pytest.raises(TypeError, match="int is expected, not str: it was counted"):
        certain("3", int, "it was counted")
    with pytest.raises(TypeError, match="a value is expected, not None: it was counted"):
        given(None, "it was counted")
