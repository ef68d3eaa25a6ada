"""The table of shapes as a JSON Schema, for editors that complete keys and underline mistakes."""

from __future__ import annotations

from typing import Any

from ..kernel.calendars import ISO_DATE
from ..kernel.exact.grammar import QUOTIENT, SIGNED
from .shapes import SHAPES, Key, Kind, Shape

__all__ = ["DIALECT", "json_schema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ID = "^[a-z][a-z0-9_]*$"
_CASED_ID = "^[A-Za-z][A-Za-z0-9_]*$"
_DOTTED_ID = r"^[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)*$"
_AMOUNT = rf"^([a-z][a-z0-9_]*|{SIGNED}%|{QUOTIENT})$"
_NUMBER = rf"^({SIGNED}%|{QUOTIENT})$"
_DATE = f"^{ISO_DATE}$"

Json = dict[str, Any]

ALWAYS = ("kpirules", "extends", "variants", "variant_by", "amendments", "edition_by")
"""Keys of a rulebook that have the same rules in partial documents."""

_KEYS: dict[str, str] = {
    "id": _ID,
    "cased_id": _CASED_ID,
    "text": ".",
    "language": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$",
    "code": "^KR[0-9]{3}$",
}
"""The patterns of the keys of a map."""

_SCALARS: dict[str, Json] = {
    "expression": {"type": ["string", "number", "boolean"]},
    "amount": {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _AMOUNT}]},
    "gives": {"type": ["number", "string"]},
    "value": {"type": ["number", "string", "boolean"]},
    "number": {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _NUMBER}]},
    "flag": {"type": "boolean"},
    "label": {"type": "string", "minLength": 1},
    "text": {"type": ["string", "number"], "minLength": 1},
    "option": {"type": "string"},
    "date": {"type": "string", "pattern": _DATE},
    "id": {"type": "string", "pattern": _ID},
    "cased_id": {"type": "string", "pattern": _CASED_ID},
    "dotted_id": {"type": "string", "pattern": _DOTTED_ID},
    "version": {"const": 1},
    "plain": {},
}
"""The JSON Schema of a single value, by kind."""


def json_schema() -> Json:
    """Return the JSON Schema (2020-12) of a rulebook or an appraisal, as JSON values.

    It describes keys and kinds; only a check knows what names mean and whether the rules are consistent.

    Returns:
        The schema, with hover texts under `description` and `markdownDescription`.

    >>> json_schema()["required"]
    ['kpirules']
    """
    whole = _shape(SHAPES["rulebook"])
    # A document that changes another, or that its variants change, may be partial.
    is_partial = {"anyOf": [{"required": ["extends"]}, {"required": ["variants"]}]}
    strict = {"properties": whole["properties"]}
    hovers = {name: _hover(key) for name, key in SHAPES["rulebook"].by_name.items()}
    return {
        "$schema": DIALECT,
        "title": "A kpirules rulebook or appraisal",
        "required": ["kpirules"],
        "if": {"required": ["appraisal"]},
        "then": {"$ref": "#/$defs/appraisal"},
        "else": {"$ref": "#/$defs/rulebook"},
        "$defs": {
            **{shape.name: _shape(shape) for shape in SHAPES.values()},
            "rulebook": {
                **whole,
                "properties": {
                    name: whole["properties"][name] if name in ALWAYS else hover for name, hover in hovers.items()
                },
                "allOf": [{"if": is_partial, "then": {}, "else": strict}],
            },
        },
    }


def _shape(shape: Shape) -> Json:
    """Return the schema of a mapping with fixed keys."""
    described: Json = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key.name: _key(key, shape) for key in shape.keys},
    }
    required = [key.name for key in shape.keys if key.is_required]
    if required:
        described["required"] = required
    rules = [_exactly_one(shape.exactly_one)] if shape.exactly_one else []
    rules += [_no_two(group) for group in shape.at_most_one]
    if shape.at_least_one:
        rules.append({"anyOf": [{"required": [key]} for key in shape.at_least_one]})
    if rules:
        described["allOf"] = rules
    return described


def _exactly_one(keys: tuple[str, ...]) -> Json:
    return {"oneOf": [{"required": [key]} for key in keys]}


def _no_two(keys: tuple[str, ...]) -> Json:
    pairs = [[key, other] for i, key in enumerate(keys) for other in keys[i + 1 :]]
    return {"not": {"anyOf": [{"required": pair} for pair in pairs]}}


def _key(key: Key, shape: Shape) -> Json:
    """Return the schema of one key, with its hover text."""
    hover = _hover(key)
    if key.name == "type" and shape.name.endswith("_input"):
        return {"const": shape.name.removesuffix("_input"), **hover}
    return {**_kind(key.kind), **hover}


def _hover(key: Key) -> Json:
    return {"description": key.help, "markdownDescription": f"**{key.name}**: {key.help}"}


def _kind(kind: Kind) -> Json:
    """Return the schema of a kind, which allows each of its forms."""
    forms: list[Json] = []
    if kind.scalar == "word":
        forms.append({"const": kind.closed[0]} if len(kind.closed) == 1 else {"enum": list(kind.closed)})
    elif kind.scalar == "whole":
        forms.append({"type": "integer", "minimum": kind.least, "maximum": kind.most})
    elif kind.scalar:
        forms.append(_SCALARS[kind.scalar])
    if kind.items is not None:
        longest = {} if kind.most is None else {"maxItems": kind.most}
        forms.append({"type": "array", "items": _kind(kind.items), "minItems": kind.least, **longest})
    if kind.shape_if:
        forms.append({"if": {"required": [kind.shape_if]}, "then": _shapes(kind), "else": _entries(kind)})
    elif kind.shape:
        forms.append(_shapes(kind))
    elif kind.entries is not None:
        forms.append(_entries(kind))
    return dict(forms[0]) if len(forms) == 1 else {"anyOf": forms}


def _shapes(kind: Kind) -> Json:
    """Return the schema of a mapping with fixed keys; a word selects among several shapes."""
    if not kind.chosen_by:
        return {"$ref": f"#/$defs/{kind.shape}"}
    chosen = [
        {
            "if": {"properties": {kind.chosen_by: {"const": word}}, "required": [kind.chosen_by]},
            "then": {"$ref": f"#/$defs/{word}_{kind.shape}"},
        }
        for word in kind.closed
    ]
    return {
        "type": "object",
        "required": [kind.chosen_by],
        "properties": {kind.chosen_by: {"enum": list(kind.closed)}},
        "allOf": chosen,
    }


def _entries(kind: Kind) -> Json:
    assert kind.entries is not None, "a map has entries"
    return {
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {_KEYS[kind.keys]: _kind(kind.entries)},
        "minProperties": kind.least,
    }
