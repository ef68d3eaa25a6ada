"""Every part of a rulebook, whatever it is a part of."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import fields, has

from ..expressions import Expression

__all__ = ["parts"]


def parts(value: object) -> Iterator[object]:
    """A value of the model and everything in it; formulas are not taken apart."""
    yield value
    kind = type(value)
    if isinstance(value, tuple):
        for part in value:
            yield from parts(part)
    elif has(kind) and not isinstance(value, Expression):
        for attribute in fields(kind):
            yield from parts(getattr(value, attribute.name))
