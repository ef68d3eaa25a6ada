"""Converts assessments to plain data and back, without loss.

The file is long since each form is written and read in one place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from hashlib import sha256
from types import NoneType, UnionType
from typing import Annotated, Any, NoReturn, TypeVar, cast, get_args, get_origin

import attrs

from ..diagnostics.report import listed
from ..kernel.brief import shortened
from ..kernel.exact import parse_text, to_text
from ..kernel.exact.grammar import DECIMAL
from ..kernel.mappings import FrozenMap
from ..kernel.visible import neutral
from .parts import Computation, Deferrable, Legend, Named, OneOf, Part, Value, WrittenMap

__all__ = ["FORMAT", "bare", "from_data", "from_json", "hash_of_subject", "to_data", "to_json", "write_value"]

Record = TypeVar("Record")

FORMAT = "kpirules.assessment/1"
"""Identifies data as a recorded assessment; the number changes if older readers would misread it."""

_NAME = re.compile("[A-Za-z][A-Za-z0-9_]*")

MAX_DEPTH = 60
"""The deepest nesting of groups: a document of so many levels has fewer groups inside each other."""

_DECIMAL = re.compile(DECIMAL)


def to_data(assessment: Any, *, formulas: bool = True, inputs: bool = True) -> dict[str, Any]:
    """Return the assessment as dicts, lists, strings, booleans and None, every number as its exact text.

    Args:
        assessment: the record.
        formulas: whether to write computations; if not, none is computed.
        inputs: whether to write the subject; if not, only its hash.

    Returns:
        The format and the fields by name, in the order of their declaration. A field for any value
        writes a text or option as `{"text": …}`, a date as `{"date": "2026-01-01"}`, a number as a string.
    """
    kind: Any = type(assessment)
    found = _form(kind).write(assessment) if formulas else bare(assessment)
    if not inputs:
        given_hash = assessment.given_hash or _hash(found["given"], found["records"])
        found |= {"given": {}, "records": {}, "computed_fields": {}, "given_hash": given_hash}
    return {"format": FORMAT, **found}


def bare(record: Any) -> dict[str, Any]:
    """Return a record, or a part of one, as plain data without formulas."""
    type_: Any = type(record)
    found: dict[str, Any] = _form(type_).bare(record)
    return found


def from_data(data: object, kind: type[Record]) -> Record:
    """Return the assessment of plain data; the inverse of `to_data`.

    Args:
        data: the result of `to_data`.
        kind: the class of the record.

    Raises:
        ValueError: the data is not a valid record; the message names the place.
    """
    if not isinstance(data, Mapping):
        _refuse("the record", "a mapping", data)
    if data.get("format") != FORMAT:
        _refuse("format", f"`{FORMAT}`", data.get("format"))
    fields = {name: part for name, part in data.items() if name != "format"}
    form: _Form = _form(cast("Any", kind))
    assessment = form.read(fields, "")
    for name, outcome in assessment.outcomes.items():
        if outcome.id != name:
            _refuse(f"outcomes.{name}.id", f"`{name}`", outcome.id)
    _check_depth(assessment)
    record: Record = assessment
    return record


def _check_depth(assessment: Any) -> None:
    """Refuse groups that are nested too deeply for readers, which recurse from the score."""
    below: dict[str, list[str]] = {}
    for name, outcome in assessment.outcomes.items():
        if name != "score":
            below.setdefault(outcome.parent, []).append(name)
    level = ["score"]
    for _ in range(MAX_DEPTH):
        level = [name for group in level for name in below.get(group, ())]
    if level:
        _refuse(
            f"outcomes.{level[0]}.parent", f"a group less than {MAX_DEPTH} deep", assessment.outcomes[level[0]].parent
        )


def to_json(assessment: Any, *, indent: int | None = None, formulas: bool = True, inputs: bool = True) -> str:
    """Return the assessment as JSON text, the same for the same assessment.

    Args:
        assessment: the record.
        indent: spaces for each level, or None for a single line.
        formulas: whether to write computations.
        inputs: whether to write the subject; if not, only its hash.
    """
    return json.dumps(to_data(assessment, formulas=formulas, inputs=inputs), ensure_ascii=False, indent=indent)


def from_json(text: str, kind: type[Record]) -> Record:
    """Return the assessment of a JSON text; the inverse of `to_json`.

    Args:
        text: the result of `to_json`.
        kind: the class of the record.

    Raises:
        ValueError: the text is not a valid record.
    """
    try:
        data = json.loads(text, object_pairs_hook=_unique_keys)
    except RecursionError:
        raise ValueError("the record is nested too deeply") from None
    return from_data(data, kind)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) < len(pairs):
        duplicate = next(name for name in names if sum(name == other for other, _ in pairs) > 1)
        raise ValueError(f"`{neutral(duplicate)}` is a duplicate key in the record")
    return names


def _refuse(place: str, expected: str, found: object) -> NoReturn:
    raise ValueError(f"{place}: expected {expected}, found {neutral(shortened(json.dumps(found, default=repr)))}")


@attrs.frozen
class _Form:
    """The functions that write a value of one type, read it at a place, and write it without formulas."""

    write: Callable[[Any], Any]
    read: Callable[[Any, str], Any]
    bare: Callable[[Any], Any] = attrs.field()

    @bare.default
    def _as_with_formulas(self) -> Callable[[Any], Any]:
        return self.write


@cache
def _form(type_: Any) -> _Form:
    """Return the form of a type, derived from the annotations of the record."""
    if type_ in _SINGLE:
        return _SINGLE[type_]
    if attrs.has(type_):
        return _written_once(_record(type_)) if type_ is Legend else _record(type_)
    match get_origin(type_), get_args(type_):
        case origin, (_, OneOf(words=words)) if origin is Annotated:
            return _one_of(words)
        case origin, (_, Named()) if origin is Annotated:
            return _Form(str, _read_name)
        case origin, (part, end) if origin is UnionType and end is NoneType:
            return _optional(_form(part))
        case origin, (part, end) if origin is tuple and end is Ellipsis:
            return _several(_form(part))
        case origin, parts if origin is tuple:
            return _sequence([_form(part) for part in parts])
        case _, (name, part):
            return _mapping(_form(name), _form(part))
    raise TypeError(f"no form for {type_}")  # pragma: no cover - a test writes every type of the record


def _record(type_: type[attrs.AttrsInstance]) -> _Form:
    attrs.resolve_types(type_)
    forms = {attribute.name: _form(attribute.type) for attribute in attrs.fields(type_)}
    # A formula is not even read, since computing it may be the slow part.
    empty_values = {a.name: _WITHOUT[a.type] for a in attrs.fields(type_) if a.type in _WITHOUT}
    empty_values |= {a.name: dict for a in attrs.fields(type_) if a.metadata.get("formulas")}
    added = {attribute.name for attribute in attrs.fields(type_) if attribute.metadata.get("added")}
    bare_forms = {name: form.bare for name, form in forms.items() if name not in empty_values}
    is_deferrable = issubclass(type_, Deferrable)
    template = dict.fromkeys(forms)

    def write(value: Any) -> dict[str, Any]:
        return {name: form.write(getattr(value, name)) for name, form in forms.items()}

    def bare(value: Any) -> dict[str, Any]:
        if is_deferrable:
            value.load_fields(bare_forms)
        found = template.copy()
        for name, write in bare_forms.items():
            found[name] = write(getattr(value, name))
        for name, empty in empty_values.items():
            found[name] = empty()
        return found

    def read(data: Any, place: str) -> Any:
        if not isinstance(data, Mapping):
            _refuse(place, "a mapping", data)
        for name in data:
            if name not in forms:
                raise ValueError(f"{_inside(place, name)}: unknown field")
        for name in forms:
            if name not in data and name not in added:
                raise ValueError(f"{_inside(place, name)}: missing field")
        return type_(**{name: forms[name].read(part, _inside(place, name)) for name, part in data.items()})

    return _Form(write, read, bare)


def _written_once(form: _Form) -> _Form:
    """Return the form of a legend, which is written once and copied for all records of a rulebook."""

    def once(name: str, write: Callable[[Any], Any]) -> Callable[[Legend], Any]:
        def written(legend: Legend) -> Any:
            kept = vars(legend)
            if name not in kept:
                kept[name] = _copier(write(legend))
            return kept[name]()

        return written

    return _Form(once("_written", form.write), form.read, once("_bare", form.bare))


def _copier(data: dict[str, Any] | list[Any]) -> Callable[[], Any]:
    """Return a function that copies plain data."""
    places: Iterable[tuple[Any, Any]] = data.items() if isinstance(data, dict) else enumerate(data)
    parts = [(place, part) for place, part in places if isinstance(part, dict | list)]
    if not parts:
        return data.copy
    # A text in several languages is the only part of a dict: one call less for each of them.
    single_parts = [(place, *_single_value_copier(part)) for place, part in parts if _single_value_copier(part)]
    inner = [(place, _copier(part)) for place, part in parts if not _single_value_copier(part)]

    def copied() -> Any:
        found = data.copy()
        for place, part in inner:
            found[place] = part()
        for place, name, part in single_parts:
            found[place] = {name: part()}
        return found

    return copied


def _single_value_copier(data: dict[str, Any] | list[Any]) -> tuple[str, Callable[[], Any]] | tuple[()]:
    """Return the only key of a dict, and a function that copies its value; an empty tuple for other data."""
    found = [*data.items()] if isinstance(data, dict) and len(data) == 1 else []
    return next(((name, _copier(part)) for name, part in found if isinstance(part, dict | list)), ())


def _optional(form: _Form) -> _Form:
    return _Form(
        lambda value: None if value is None else form.write(value),
        lambda found, place: None if found is None else form.read(found, place),
        lambda value: None if value is None else form.bare(value),
    )


def _several(form: _Form) -> _Form:
    def read(data: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(data, list | tuple):
            _refuse(place, "a list", data)
        return tuple(form.read(part, f"{place}[{index}]") for index, part in enumerate(data))

    return _Form(lambda value: [form.write(part) for part in value], read, lambda value: [*map(form.bare, value)])


def _sequence(forms: list[_Form]) -> _Form:
    def read(data: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(data, list | tuple) or len(data) != len(forms):
            _refuse(place, f"a list of {len(forms)}", data)
        pairs = zip(forms, data, strict=True)
        return tuple(form.read(part, f"{place}[{index}]") for index, (form, part) in enumerate(pairs))

    return _Form(lambda value: [form.write(part) for form, part in zip(forms, value, strict=True)], read)


def _one_of(words: tuple[str, ...]) -> _Form:
    named = listed(filter(None, words)) + (" or an empty text" if "" in words else "")

    def read(data: Any, place: str) -> str:
        return data if isinstance(data, str) and data in words else _refuse(place, named, data)

    return _Form(str, read)


def _mapping(name_form: _Form, form: _Form) -> _Form:
    def read(data: Any, place: str) -> FrozenMap[str, Any]:
        if not isinstance(data, Mapping) or not all(isinstance(name, str) for name in data):
            _refuse(place, "a mapping by name", data)
        named = [(name, _inside(place, name), part) for name, part in data.items()]
        return FrozenMap({name_form.read(name, at): form.read(part, at) for name, at, part in named})

    def bare(value: Mapping[str, Any]) -> dict[str, Any]:
        return (
            value.bare() if isinstance(value, WrittenMap) else {name: form.bare(part) for name, part in value.items()}
        )

    return _Form(lambda value: {name: form.write(part) for name, part in value.items()}, read, bare)


def _inside(place: str, name: object) -> str:
    return neutral(f"{place}.{name}" if place else f"{name}")


def _exactly(type_: type, expected: str) -> Callable[[Any, str], Any]:
    def read(data: Any, place: str) -> Any:
        return data if type(data) is type_ else _refuse(place, expected, data)

    return read


def _read_number(data: Any, place: str) -> Fraction:
    try:
        return parse_text(data)
    except (TypeError, ValueError):
        _refuse(place, "the exact text of a number", data)


def _read_decimal(data: Any, place: str) -> Decimal:
    if not isinstance(data, str) or not _DECIMAL.fullmatch(data):
        _refuse(place, "the text of a decimal", data)
    return Decimal(data)


def _write_distance(value: Decimal | Fraction) -> str:
    return _write_decimal(value) if isinstance(value, Decimal) else to_text(value)


def _write_decimal(value: Decimal) -> str:
    return format(value, "f")


def _read_distance(data: Any, place: str) -> Decimal | Fraction:
    if isinstance(data, str) and "/" in data:
        return _read_number(data, place)
    return _read_decimal(data, place)


def write_value(value: Value) -> str | bool | dict[str, str] | None:
    match value:
        case Fraction():
            return to_text(value)
        case str():
            return {"text": value}
        case date():
            return {"date": value.isoformat()}
    return value


def _read_value(data: Any, place: str) -> Value:
    match data:
        case bool() | None:
            return data
        case {"text": str(text), **others} if not others:
            return text
        case {"date": str(text), **others} if not others:
            return _read_date(text, f"{place}.date")
    return _read_number(data, place)


def _read_date(found: str, place: str) -> date:
    try:
        return date.fromisoformat(found)
    except ValueError:
        _refuse(place, "a date such as 2026-01-01", found)


def _read_name(data: Any, place: str) -> str:
    text: str = _TEXT.read(data, place)
    if not _NAME.fullmatch(text):
        _refuse(place, "a name of letters, digits and `_` that begins with a letter", data)
    return text


def _read_count(data: Any, place: str) -> int:
    if not isinstance(data, str) or not re.fullmatch("[0-9]+", data):
        _refuse(place, "the text of a whole number", data)
    return int(data)


_TEXT = _Form(str, _exactly(str, "a text"))
_SINGLE: dict[Any, _Form] = {
    str: _TEXT,
    int: _Form(str, _read_count),
    bool: _Form(bool, _exactly(bool, "true or false")),
    Fraction: _Form(to_text, _read_number),
    Decimal: _Form(_write_decimal, _read_decimal),
    Decimal | Fraction | None: _optional(_Form(_write_distance, _read_distance)),
    Value: _Form(write_value, _read_value),
}
_WITHOUT: dict[Any, Callable[[], Any]] = {
    Computation: NoneType,
    Computation | None: NoneType,
    FrozenMap[str, Computation]: dict,
    FrozenMap[Part, Computation]: dict,
}
"""The value in place of computations when they are not written, by the type of the field."""


def hash_of_subject(assessment: Any) -> str:
    """Return the SHA-256 of the inputs of a record, sorted by name.

    Args:
        assessment: the record with its inputs.
    """
    given = _form(FrozenMap[str, Value]).bare(assessment.given)
    return _hash(given, _form(FrozenMap[str, tuple[FrozenMap[str, Value], ...]]).bare(assessment.records))


def _hash(given: dict[str, Any], records: dict[str, Any]) -> str:
    text = json.dumps([given, records], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
