"""The limits of an input, as values for forms in other programs."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import attrs
from attrs import frozen

from ..kernel.exact import to_text

__all__ = ["Limits"]


@frozen
class Limits:
    """The limits of an input; a field is None, or empty, without that limit.

    Args:
        kind: `number`, `integer`, `boolean`, `choice`, `date`, `text` or `list`.
        min, max: ends that are allowed, of numbers and dates.
        above, below: ends that are not allowed.
        step: numbers are whole multiples of it.
        decimals: most digits after the point.
        options: of a choice.
        max_length: characters of a text.
        min_items, max_items: records of a list.
        unit: of a number.
        is_required: True where a value must be given.
    """

    kind: str
    min: Fraction | date | None = None
    max: Fraction | date | None = None
    above: Fraction | None = None
    below: Fraction | None = None
    step: Fraction | None = None
    decimals: int | None = None
    options: tuple[str, ...] = ()
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    unit: str = ""
    is_required: bool = True

    def to_data(self) -> dict[str, Any]:
        """Return the limits as a dict, ready for JSON: numbers are exact texts.

        >>> Limits("integer", Fraction(0), Fraction(12), unit="months").to_data()
        {'kind': 'integer', 'min': '0', 'max': '12', 'unit': 'months', 'is_required': True}
        """
        fields = {field.name: getattr(self, field.name) for field in attrs.fields(Limits)}
        return {name: _plain(value) for name, value in fields.items() if value is not None and value not in ("", ())}


def _plain(value: Any) -> Any:
    match value:
        case Fraction():
            return to_text(value)
        case date():
            return value.isoformat()
        case tuple():
            return list(value)
    return value
