"""The values of a subject as the texts of its fields, and back, without binary floating point in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..documents.cells import typed
from ..kernel.calendars import parse_date
from ..kernel.exact import from_value, is_finite_decimal, to_decimal, to_text
from ..language.model import DateDomain, Domain, Input, ListDomain, NumberDomain, by_id, ids_by_column
from ..rating.assessing.values import named

__all__ = ["text_of", "texts_of", "value_at", "values_of"]


def texts_of(inputs: Iterable[Input], subject: object) -> dict[str, Any]:
    """Return the texts of a subject's fields by input; a list has the texts of each record.

    Args:
        inputs: the inputs of the rulebook, or the fields of a list.
        subject: a mapping of ids or columns to values, or an object of an attrs or data class.

    >>> texts_of([Input("done", NumberDomain())], {"done": 0.1, "other": 3})
    {'done': '0.1'}
    """
    declared = tuple(inputs)
    given = by_id(named(subject, []) or {}, ids_by_column(declared))
    found: dict[str, Any] = {}
    for input_ in declared:
        value = given.get(input_.id)
        if isinstance(input_.domain, ListDomain) and isinstance(value, Sequence) and not isinstance(value, str):
            found[input_.id] = [texts_of(input_.domain.fields, record) for record in value]
        elif value is not None:
            found[input_.id] = text_of(value)
    return found


def text_of(value: object) -> str:
    """Return a value as the text of a field.

    >>> text_of(Fraction(1, 4)), text_of(True), text_of(date(2026, 7, 1))
    ('0.25', 'true', '2026-07-01')
    """
    if (number := from_value(value)) is not None:
        return to_text(number)
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
    return str(value)


def values_of(inputs: Iterable[Input], texts: object) -> dict[str, Any]:
    """Return the values of texts, by input; a text that is not such a value stays a text, and assessing reports it.

    Args:
        inputs: the inputs of the rulebook, or the fields of a list.
        texts: texts by input, from a browser; what is neither a text nor rows of texts is left out.

    >>> values_of([Input("done", NumberDomain())], {"done": "89.58"})
    {'done': Decimal('89.58')}
    """
    given = texts if isinstance(texts, Mapping) else {}
    found: dict[str, Any] = {}
    for input_ in inputs:
        text = given.get(input_.id)
        if isinstance(input_.domain, ListDomain) and isinstance(text, list):
            found[input_.id] = [values_of(input_.domain.fields, record) for record in text]
        elif isinstance(text, str) and (value := _value(input_.domain, text)) is not None:
            found[input_.id] = value
    return found


def _value(domain: Domain, text: str) -> object:
    """Return the value of a text in a domain, None for an absent one."""
    value = typed(domain, text)
    match domain:
        case NumberDomain() if isinstance(value, Fraction):
            return _number(value, is_integer=domain.is_integer)
        case DateDomain() if isinstance(value, str):
            return parse_date(value) or value
    return value


def _number(value: Fraction, *, is_integer: bool) -> int | Decimal | Fraction:
    if is_integer and value.denominator == 1:
        return int(value)
    return to_decimal(value) if is_finite_decimal(value) else value


def value_at(subject: Mapping[str, Any], path: str) -> object:
    """Return the value at the path of a problem, None if there is none.

    >>> value_at({"visits": [{"hours": "4,5"}]}, "visits[0].hours")
    '4,5'
    """
    name, _, rest = path.partition("[")
    number, _, field = rest.partition("].")
    records = subject.get(name)
    if field and isinstance(records, list):
        return records[int(number)].get(field)
    return records
