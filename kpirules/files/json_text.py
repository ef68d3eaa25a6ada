"""Values as JSON."""

from __future__ import annotations

import json
import math
from datetime import date, time
from decimal import Decimal
from typing import Any

__all__ = ["json_text"]

MOST_ZEROS = 400
"""Digits up to which a number is written without an exponent."""


def json_text(value: Any) -> str:
    """Return a value as JSON, with the digits of decimals as they are.

    >>> json_text({"a": Decimal("1.50"), "b": [None, True, "x"]})
    '{"a": 1.50, "b": [null, true, "x"]}'
    """
    match value:
        case Decimal() if abs(value.adjusted()) > MOST_ZEROS:
            return str(value)
        case Decimal():
            return format(value, "f")
        case float() if not math.isfinite(value):
            return "null"
        case dict():
            return (
                "{"
                + ", ".join(f"{json.dumps(str(k), ensure_ascii=False)}: {json_text(v)}" for k, v in value.items())
                + "}"
            )
        case list():
            return "[" + ", ".join(map(json_text, value)) + "]"
        case date() | time():
            return json.dumps(value.isoformat())
        case bytes():
            return json.dumps(value.hex())
        case None | bool() | int() | float() | str():
            return json.dumps(value, ensure_ascii=False)
    return json.dumps(str(value), ensure_ascii=False)
