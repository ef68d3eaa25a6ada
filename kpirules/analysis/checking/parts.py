"""Every part of a rulebook, whatever it is a part of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from attrs import fields, has

from ...language.expressions import Expression

__all__ = ["parts"]


def parts(value: object) -> Iterator[object]:
    """A value of the model and every part of it that has parts itself; formulas are not taken apart."""
    waiting = [value]
    while waiting:
        part: Any = waiting.pop()
        if isinstance(part, tuple):
            waiting += part[::-1]
        elif names := _names(part.__class__):
            yield part
            waiting += [getattr(part, name) for name in names]


@cache
def _names(kind: type[object]) -> tuple[str, ...]:
    """The attributes of a class of the model, last first."""
    if not has(kind) or issubclass(kind, Expression):
        return ()
    # Where a part stands is no part of it.
    return tuple(attribute.name for attribute in reversed(fields(kind)) if attribute.eq)
