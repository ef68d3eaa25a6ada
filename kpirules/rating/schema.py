"""The JSON Schema of a subject, for forms and interfaces of other programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from math import inf, nextafter
from typing import TYPE_CHECKING, Any

from ..documents.schema import DIALECT
from ..kernel.exact import is_finite_decimal
from ..language.model import (
    DEFAULT_END,
    BooleanDomain,
    ChoiceDomain,
    DateDomain,
    Input,
    ListDomain,
    NumberDomain,
    Rulebook,
    TextDomain,
)
from ..language.wording import Label

if TYPE_CHECKING:
    from .program import Program

__all__ = ["subject_schema"]

Json = dict[str, Any]

DAY = "0000-00-00"
"""How a date is written, a digit for each 0."""


def subject_schema(program: Program, language: str | None) -> Json:
    """Return the JSON Schema (2020-12) of a subject, as JSON values.

    Args:
        program: the rules; of several variants or editions, each has its own alternative.
        language: of titles and descriptions.
    """
    words = program.rulebook.words
    about = _about(words.label, words.note, language)
    if not program.parts:
        return {"$schema": DIALECT, **about, **_object(program.rulebook.inputs, language)}
    alternatives = []
    for part in program.settled().whole:
        schema = _object(part.rulebook.inputs, language)
        # An input that only other parts have may be given as absent.
        properties = {name: {"type": "null"} for input_ in program.gathered.inputs for name in _names(input_)}
        schema["properties"] = properties = properties | schema["properties"]
        for declared in part.rulebook.inputs:
            for name in _names(declared):
                if declared.id == program.variant_by:
                    properties[name]["const"] = part.rulebook.version.variant
                if declared.id == program.edition_by:
                    properties[name].setdefault("allOf", []).extend(_in_force(part.rulebook))
        alternatives.append(schema)
    return {"$schema": DIALECT, **about, "anyOf": alternatives}


def _in_force(rulebook: Rulebook) -> Iterator[Json]:
    firsts = [day for day in (rulebook.effective_from, rulebook.version.from_) if day is not None]
    ends = [day for day in (rulebook.effective_until, rulebook.version.until) if day is not None]
    yield from _days(max(firsts, default=None), min(ends) - timedelta(1) if ends else None)


def _object(declared: tuple[Input, ...], language: str | None) -> Json:
    found: Json = {"type": "object", "properties": {}}
    required, alternatives = [], []
    for declaration in declared:
        names, is_required = _names(declaration), not declaration.is_optional and declaration.default is None
        found["properties"] |= {name: _input(declaration, language) for name in names}
        if len(names) > 1:
            either = [{"required": [name]} for name in names]
            alternatives.append({"oneOf": either} if is_required else {"not": {"required": names}})
        elif is_required:
            required.append(declaration.id)
    found |= {name: part for name, part in (("required", required), ("allOf", alternatives)) if part}
    return {**found, "additionalProperties": False}


def _names(declared: Input) -> list[str]:
    """Return the names of an input in data: its id, and its column if it has one."""
    return [declared.id, *([declared.column] if declared.column else [])]


def _input(declared: Input, language: str | None) -> Json:
    words = declared.words
    schema = {**_about(words.label, words.note, language), **_domain(declared, language)}
    if words.unit:
        schema["x-unit"] = words.unit
    if declared.default is not None:
        schema["default"] = _plain(declared.default)
    if declared.is_optional or declared.default is not None:
        # Null says that a value is absent.
        if "oneOf" in schema:
            schema["oneOf"] = [*schema["oneOf"], {"type": "null"}]
        elif "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
        else:
            schema["type"] = [schema["type"], "null"]
    return schema


def _about(label: Label | None, note: Label | None, language: str | None) -> Json:
    texts = {"title": label, "description": note}
    return {name: text.text(language) for name, text in texts.items() if text is not None}


def _domain(declared: Input, language: str | None) -> Json:
    match declared.domain:
        case NumberDomain() as domain:
            return _number(domain)
        case BooleanDomain():
            return {"type": "boolean"}
        case ChoiceDomain(options=options, labels=labels):
            if not labels:
                return {"enum": list(options)}
            titles = [_about(labels.get(option), None, language) for option in options]
            return {"oneOf": [{"const": option, **title} for option, title in zip(options, titles, strict=True)]}
        case TextDomain(max_length=longest):
            return {"type": "string", "maxLength": longest}
        case DateDomain(minimum=first, maximum=last):
            day = {"type": "string", "format": "date", "pattern": _pattern([DAY])}
            limits = list(_days(first, last))
            return {**day, "allOf": limits} if limits else day
        case records:
            return _list(records, language)


def _list(records: ListDomain, language: str | None) -> Json:
    limits = {"maxItems": records.max_items} | ({"minItems": records.min_items} if records.min_items else {})
    return {"type": "array", "items": _object(records.fields, language), **limits}


def _number(domain: NumberDomain) -> Json:
    schema: Json = {"type": "integer" if domain.is_integer else "number"}
    if domain.minimum is not None:
        schema["minimum"] = _end(domain.minimum, -inf)
    if domain.above is not None:
        schema["exclusiveMinimum"] = _end(domain.above, -inf)
    if domain.maximum is not None:
        schema["maximum"] = _end(domain.maximum, inf)
    if domain.below is not None:
        schema["exclusiveMaximum"] = _end(domain.below, inf)
    if domain.minimum is None and domain.above is None:
        schema["exclusiveMinimum"] = -DEFAULT_END
    if domain.maximum is None and domain.below is None:
        schema["exclusiveMaximum"] = DEFAULT_END
    unit = domain.grid.unit
    is_written = domain.step is not None or (domain.decimals is not None and not domain.is_integer)
    if is_written and is_finite_decimal(unit) and _is_exact(unit):
        schema["multipleOf"] = _end(unit, inf)
    return schema


def _is_exact(number: Fraction) -> bool:
    return Fraction(repr(float(number))) == number


def _end(number: Fraction, outwards: float) -> int | float:
    """Return a limit as a JSON number, rounded outwards if it has too many digits."""
    if number.denominator == 1:
        return int(number)
    near = float(number)
    is_inside = Fraction(repr(near)) > number if outwards < 0 else Fraction(repr(near)) < number
    return nextafter(near, outwards) if is_inside else near


def _plain(value: Fraction | bool | str | date) -> Any:
    match value:
        case bool() | str():
            return value
        case Fraction():
            return _end(value, inf)
    return value.isoformat()


# -- dates -----------------------------------------------------------------------------------------


def _days(first: date | None, last: date | None) -> Iterator[Json]:
    """Yield schemas of dates not before a first and not after a last day, by patterns of their texts."""
    if first is not None:
        yield {"pattern": _pattern([f"{first.isoformat()}", *_beyond(first.isoformat(), "9")])}
    if last is not None:
        yield {"pattern": _pattern([f"{last.isoformat()}", *_beyond(last.isoformat(), "0")])}


def _beyond(day: str, end: str) -> Iterator[str]:
    """Yield patterns of all dates beyond a day: one for each digit that may be the first to differ."""
    for place, digit in enumerate(day):
        if digit not in ("-", end):
            further = f"[{int(digit) + 1}-9]" if end == "9" else f"[0-{int(digit) - 1}]"
            yield f"{day[:place]}{further}{DAY[place + 1 :]}"


def _pattern(alternatives: list[str]) -> str:
    """Return a regular expression for dates; after a bracket, and in `DAY`, each 0 stands for any digit."""
    written = []
    for alternative in alternatives:
        head, bracket, rest = alternative.rpartition("]")
        is_free = bool(bracket) or alternative == DAY
        written.append(head + bracket + (rest.replace("0", "[0-9]") if is_free else rest))
    return f"^({'|'.join(written)})$"
