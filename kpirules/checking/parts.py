"""Every part of a rulebook, whatever it is a part of."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import fields, has

from ..expressions import Expression

__all__ = ["parts"]


def parts(value: object) -> Iterator[object]:
    """A value of the model and everything in it; formulas are not taken apart."""
    names: dict[type[object], tuple[str, ...]] = {}
    waiting = [value]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, tuple):
            waiting += reversed(part)
        else:
            kind = type(part)
            if kind not in names:
                names[kind] = _names(kind)
            waiting += [getattr(part, name) for name in names[kind]]


def _names(kind: type[object]) -> tuple[str, ...]:
    """The attributes of a class of the model, last first."""
    if not has(kind) or issubclass(kind, Expression):
        return ()
    return tuple(attribute.name for attribute in reversed(fields(kind)))
