"""Converts values that later stages read to JSON and back, without loss."""

from __future__ import annotations

from datetime import date
from typing import Any

from ...appraising import UNKNOWN
from ...kernel.exact import from_value, parse_text, to_text

__all__ = ["from_plain", "to_plain"]


def to_plain(value: Any) -> str | bool | None:
    """Return one value as JSON: texts after `=`, numbers after `#`, dates after `@`; `?` for an unknown value.

    >>> to_plain("good"), to_plain(12), to_plain(date(2026, 1, 31)), to_plain(None)
    ('=good', '#12', '@2026-01-31', None)
    """
    if value is None or isinstance(value, bool):
        return value
    if value is UNKNOWN:
        return "?"
    if isinstance(value, str):
        return f"={value}"
    if isinstance(value, date):
        return f"@{value.isoformat()}"
    number = from_value(value)
    # In an assessed row, a column that is not an input may hold anything, and nothing reads it.
    return None if number is None else f"#{to_text(number)}"


def from_plain(written: str | bool | None) -> Any:
    """Return the value that `to_plain` wrote.

    >>> from_plain("#1/3"), from_plain("=good"), from_plain("@2026-01-31"), from_plain(True)
    (Fraction(1, 3), 'good', datetime.date(2026, 1, 31), True)
    """
    if not isinstance(written, str):
        return written
    if written == "?":
        return UNKNOWN
    kind, text = written[0], written[1:]
    if kind == "=":
        return text
    return date.fromisoformat(text) if kind == "@" else parse_text(text)
