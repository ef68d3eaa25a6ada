"""Two hashes of a rulebook: one of everything that can change a score, one of its whole content."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from hashlib import sha256
from operator import attrgetter
from typing import Any

from attrs import fields, has

from ..kernel.exact import to_text
from ..language.expressions import Expression, canonical
from ..language.model import Row, Rulebook

__all__ = ["content_hash", "hashes", "scoring_hash"]

ORDERED = frozenset({"levels", "exemptions", "overrides", "examples"})
"""Fields whose entries have ids and an order that has meaning."""

HASHES = frozenset({"scoring_hash", "content_hash", "version"})
"""Fields that say nothing about the rules."""


def scoring_hash(rulebook: Rulebook) -> str:
    """Return the SHA-256 of everything that can change a score or a rating, in hexadecimal digits.

    Labels, notes, sources and examples do not count, nor does the layout of an expression or the order of
    keys that has no meaning.

    Args:
        rulebook: the rules.
    """
    return hashes(rulebook)[0]


def content_hash(rulebook: Rulebook) -> str:
    """Return the SHA-256 of the whole content of a rulebook, in hexadecimal digits.

    Args:
        rulebook: the rules.
    """
    return hashes(rulebook)[1]


def hashes(rulebook: Rulebook) -> tuple[str, str]:
    """Return the scoring hash and the content hash, computed in one walk."""
    scoring, content = _texts(rulebook)
    return _digest("scoring", scoring), _digest("content", content)


def _digest(purpose: str, text: str) -> str:
    # A text from a program may contain a lone surrogate, which UTF-8 can't encode.
    return sha256(f'["kpirules",1,"{purpose}",{text}]'.encode("utf-8", "surrogatepass")).hexdigest()


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _texts(value: Any, is_ordered: bool = False) -> tuple[str, str]:
    """Return a value of the model as two JSON texts: one with only what can change a score, one with everything.

    The keys of every object are sorted.
    """
    if isinstance(value, tuple):
        pairs = [_texts(part) for part in (value if is_ordered else sorted(value, key=_place))]
        return _list([scoring for scoring, _ in pairs]), _list([content for _, content in pairs])
    if isinstance(value, Expression):
        return f'["=",{_json(canonical(value.tree))}]', f'["=",{_json(value.text)}]'
    kind: Any = type(value)
    if (counted := _hashed_attributes(kind)) is None:
        text = _text(value)
        return text, text
    scoring = [f'"":"{kind.__name__}"']
    content = scoring.copy()
    for key, name, ordered, scores, is_newer in counted:
        part = getattr(value, name)
        if is_newer and not part:
            continue
        one, all_ = _NULL if part is None else _texts(part, ordered)
        content.append(key + all_)
        if scores:
            scoring.append(key + one)
    return _object(scoring), _object(content)


_NULL = ("null", "null")


def _text(value: Any) -> str:
    """Return a value without wording as JSON."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return _json(value)
    if isinstance(value, int):
        return str(value).lower()
    if isinstance(value, Fraction):
        return f'["#","{to_text(value)}"]'
    if isinstance(value, date):
        return f'["@","{value.isoformat()}"]'
    if isinstance(value, frozenset):
        return _json(sorted(json.dumps(json.loads(_text(part))) for part in value))
    if not isinstance(value, Mapping):
        raise TypeError(f"{type(value).__name__} has no form")
    texts = {str(key): _texts(part)[1] for key, part in value.items()}
    return _object([f"{_json(key)}:{texts[key]}" for key in sorted(texts)])


def _list(texts: Iterable[str]) -> str:
    return f"[{','.join(texts)}]"


def _object(members: Iterable[str]) -> str:
    return f"{{{','.join(members)}}}"


def _place(part: object) -> str:
    """Return the sort key of a map's entry: its id, or the option of a lookup; empty without either."""
    if isinstance(part, Row):
        return f"{type(part.option).__name__} {part.option}"
    return str(getattr(part, "id", ""))


@cache
def _hashed_attributes(kind: type) -> tuple[tuple[str, str, bool, bool, bool], ...] | None:
    """Return the JSON key and the name of each hashed attribute of a model class; None for other classes.

    With each: whether the order of its parts has meaning, whether it can change a score, and whether the language
    got it later: such a part is hashed only if it is written, so that older rulebooks keep their hashes.
    """
    if not has(kind):
        return None
    counted = [attribute for attribute in fields(kind) if attribute.eq and attribute.name not in HASHES]
    return tuple(
        (
            f'"{attribute.name}":',
            attribute.name,
            attribute.name in ORDERED,
            not attribute.metadata.get("wording", False),
            attribute.metadata.get("newer", False),
        )
        for attribute in sorted(counted, key=attrgetter("name"))
    )
