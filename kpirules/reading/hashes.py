"""Two hashes of a rulebook: of what can change a score, and of everything it says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

from attrs import Attribute, fields, has

from ..exact import to_text
from ..expressions import Expression, canonical
from ..model import Row, Rulebook

__all__ = ["content_hash", "scoring_hash"]

ORDERED = frozenset({"levels", "exemptions", "overrides", "examples"})
"""Fields whose entries have ids and stand in an order that means something."""

HASHES = frozenset({"scoring_hash", "content_hash"})


def scoring_hash(rulebook: Rulebook) -> str:
    """SHA-256 of everything that can change a score or a rating, in hexadecimal digits.

    Labels, notes, sources and examples do not count, nor does the layout of an expression or the order of
    keys where order means nothing.

    Args:
        rulebook: any.
    """
    return _digest("scoring", rulebook, is_content=False)


def content_hash(rulebook: Rulebook) -> str:
    """SHA-256 of everything a rulebook says, in hexadecimal digits.

    Args:
        rulebook: any.
    """
    return _digest("content", rulebook, is_content=True)


def _digest(purpose: str, rulebook: Rulebook, *, is_content: bool) -> str:
    form = ["kpirules", 1, purpose, _plain(rulebook, "", is_content=is_content)]
    text = json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A text read from a program may hold half a character, which UTF-8 has no form for.
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object, name: str, *, is_content: bool) -> object:
    """A value of the model as JSON values, each of which tells its type."""
    if isinstance(value, Expression):
        return ["=", value.text] if is_content else ["=", canonical(value.tree)]
    if has(type(value)):
        return _node(value, is_content=is_content)
    if isinstance(value, tuple):
        parts = value if name in ORDERED else sorted(value, key=_place)
        return [_plain(part, "", is_content=is_content) for part in parts]
    if isinstance(value, Mapping):
        return {str(key): _plain(part, "", is_content=is_content) for key, part in value.items()}
    if isinstance(value, frozenset):
        return sorted(json.dumps(_plain(part, "", is_content=is_content)) for part in value)
    if isinstance(value, Fraction):
        return ["#", to_text(value)]
    if isinstance(value, date):
        return ["@", value.isoformat()]
    assert value is None or isinstance(value, bool | int | str), f"{type(value)} has no form"
    return value


def _place(part: object) -> str:
    """What orders an entry of a map: its id, or the option of a look-up. What has neither stays in place."""
    if isinstance(part, Row):
        return f"{type(part.option).__name__} {part.option}"
    return str(getattr(part, "id", ""))


def _node(value: Any, *, is_content: bool) -> object:
    parts: dict[str, object] = {"": type(value).__name__}
    for attribute in fields(type(value)):
        if _counts(attribute, is_content=is_content):
            part = getattr(value, attribute.name)
            parts[attribute.name] = _plain(part, attribute.name, is_content=is_content)
    return parts


def _counts(attribute: Attribute[Any], *, is_content: bool) -> bool:
    if not attribute.eq or attribute.name in HASHES:
        return False
    return is_content or not attribute.metadata.get("wording", False)
