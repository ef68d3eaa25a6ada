"""One-line representations: the main facts about a value; its attributes have the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from reprlib import Repr
from typing import Any

import attrs

from .visible import neutral

__all__ = ["brief", "counted", "fielded", "mapped", "shortened"]

LONGEST = 200
"""Characters of a representation: two lines of a terminal."""

LONGEST_FACT = 60
"""Maximum characters of one of its parts."""

_PARTS = Repr()
_PARTS.maxstring = _PARTS.maxother = _PARTS.maxlong = LONGEST_FACT
_PARTS.maxtuple = _PARTS.maxlist = _PARTS.maxdict = 3


def brief(value: object, *facts: object) -> str:
    """Return a one-line representation of a value: its class and a few facts.

    Args:
        value: an instance of a public class.
        facts: what identifies it, most specific first; empty ones are left out.

    >>> brief(object(), "demo", "", "3 inputs")
    '<object demo · 3 inputs>'
    """
    parts = [part for part in (_cut(fact, LONGEST_FACT) for fact in facts) if part]
    return f"<{_cut(' '.join([type(value).__name__, ' · '.join(parts)]).strip(), LONGEST - 2)}>"


def counted(many: int, of: str, several: str = "") -> str:
    """Return a count with its noun; empty for zero.

    Args:
        many: the count.
        of: the singular noun.
        several: the plural noun, if not the singular with an s.

    >>> counted(1, "band"), counted(1200, "input"), counted(0, "input")
    ('1 band', '1,200 inputs', '')
    """
    return f"{many:,} {of if many == 1 else several or f'{of}s'}" if many else ""


def fielded(value: attrs.AttrsInstance) -> str:
    """Return the fields of a small value as `name=value`, each shortened.

    Args:
        value: of an attrs class.
    """
    shown = (attribute.name for attribute in attrs.fields(type(value)) if attribute.repr)
    fields = ", ".join(f"{name}={_part(getattr(value, name))}" for name in shown)
    return f"{type(value).__name__}({_cut(fields, LONGEST - len(type(value).__name__) - 2)})"


def mapped(items: Mapping[Any, Any]) -> str:
    """Return the text of a mapping, with as many items as fit on one line.

    Args:
        items: any mapping.

    >>> mapped({"a": 1, "b": 2})
    "{'a': 1, 'b': 2}"
    """
    shown: list[str] = []
    room = LONGEST - len("{… and 1,000,000 more}")
    for key, value in islice(items.items(), LONGEST // 4):
        part = f"{_part(key)}: {_part(value)}"
        room -= len(part) + 2
        if room < 0:
            break
        shown.append(part)
    left = len(items) - len(shown)
    return "{" + ", ".join([*shown, *([f"… and {left:,} more"] if left else [])]) + "}"


def _part(value: object) -> str:
    """Return a shortened text of a nested value of any size."""
    is_own = type(value).__module__.startswith("kpirules.")
    return _cut(repr(value) if is_own else _PARTS.repr(value), LONGEST_FACT)


def _cut(text: object, most: int) -> str:
    """Return a text on one line, with control characters neutralised."""
    line = neutral(" ".join(_plain(str(text)[: 4 * most]).split()))
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _plain(characters: Iterable[str]) -> str:
    return "".join(character if character.isprintable() else " " for character in characters)


def shortened(text: str, most: int = 60) -> str:
    """Return a text for a message, on one line and cut if it is long.

    >>> shortened("completed", most=5)
    'comp…'
    """
    line = " ".join(text[: most + 1].split())
    return line if len(text) <= most else f"{line[: most - 1]}…"
