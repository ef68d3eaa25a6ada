"""Values as JavaScript writes them, safe inside a `script` element."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["literal", "one_line"]

_ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
"""What would end a script or a line of it."""


def literal(value: Any) -> str:
    """Return a value of JSON as an expression.

    Args:
        value: texts, numbers, booleans, None, lists, and mappings whose keys are no texts of a rulebook.

    >>> literal({"title": "</script>"})
    '{"title":"\\\\u003c/script\\\\u003e"}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)


def one_line(text: str) -> str:
    """Return a text that can't end the comment it is in.

    >>> one_line("a */ b\\u2028c")
    'a * / b c'
    """
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.replace("*/", "* /").replace("<", "‹").split())
