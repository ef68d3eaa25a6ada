"""Walks over the parts of a rulebook."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from attrs import fields, has

from ...language.expressions import Expression

__all__ = ["parts"]


def parts(value: object) -> Iterator[object]:
    """Yield a value of the model and all objects of the model inside it, except inside formulas."""
    pending = [value]
    while pending:
        part: Any = pending.pop()
        if isinstance(part, tuple):
            pending += part[::-1]
        elif names := _names(part.__class__):
            yield part
            pending += [getattr(part, name) for name in names]


@cache
def _names(kind: type[object]) -> tuple[str, ...]:
    """Return the attributes of a class of the model, last first."""
    if not has(kind) or issubclass(kind, Expression):
        return ()
    # The place of a part is not a part.
    return tuple(attribute.name for attribute in reversed(fields(kind)) if attribute.eq)
