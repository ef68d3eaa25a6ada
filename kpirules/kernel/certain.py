"""What an earlier step has made sure of: said again where a result hangs on it, with and without `python -O`."""

from __future__ import annotations

from typing import TypeVar

__all__ = ["certain", "given"]

T = TypeVar("T")


def certain(value: object, kind: type[T], why: str) -> T:
    """Return a value that is of a class.

    Args:
        value: as an earlier step left it.
        kind: the class.
        why: what makes it certain.

    Raises:
        TypeError: where it is of another one, which is a fault of kpirules.
    """
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} is expected, not {type(value).__name__}: {why}")
    return value


def given(value: T | None, why: str) -> T:
    """Return a value that is there.

    Args:
        value: as an earlier step left it.
        why: what makes it certain.

    Raises:
        TypeError: where it is None, which is a fault of kpirules.
    """
    if value is None:
        raise TypeError(f"a value is expected, not None: {why}")
    return value
