"""Checks of what an earlier step has ensured; unlike `assert`, `python -O` keeps them."""

from __future__ import annotations

from typing import TypeVar

__all__ = ["certain", "given"]

T = TypeVar("T")


def certain(value: object, kind: type[T], why: str) -> T:
    """Return a value after checking that it has the expected class.

    Args:
        value: a value that an earlier step produced.
        kind: the expected class.
        why: why the value must be of that class.

    Raises:
        TypeError: if it is not, which is a bug in kpirules.
    """
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} is expected, not {type(value).__name__}: {why}")
    return value


def given(value: T | None, why: str) -> T:
    """Return a value after checking that it is not None.

    Args:
        value: a value that an earlier step produced.
        why: why it can't be None.

    Raises:
        TypeError: if it is None, which is a bug in kpirules.
    """
    if value is None:
        raise TypeError(f"a value is expected, not None: {why}")
    return value
