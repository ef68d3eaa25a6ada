"""The values that an input allows, in words."""

from __future__ import annotations

from typing import Any

from ...diagnostics import Limits, listed
from ...kernel.exact import to_text
from .inputs import BooleanDomain, ChoiceDomain, DateDomain, Domain, Input, ListDomain, NumberDomain, TextDomain

__all__ = ["allowed", "count", "limits"]


def allowed(domain: Domain) -> str:
    """Return the values of a domain in words.

    >>> from fractions import Fraction
    >>> allowed(NumberDomain(minimum=Fraction(0), maximum=Fraction(12), is_integer=True))
    'a whole number from 0 to 12'
    """
    match domain:
        case NumberDomain():
            return _number(domain)
        case BooleanDomain():
            return "true or false"
        case ChoiceDomain(options=options):
            return listed(options)
        case TextDomain(max_length=longest):
            return f"a text of at most {longest:,} characters"
        case DateDomain(minimum=first, maximum=last):
            ends = (f" from {first}" if first else "") + (f" to {last}" if last else "")
            return f"a date{ends}"
        case records:
            return f"{count(records)} of {listed((field.id for field in records.fields), 'and')}"


def count(records: ListDomain) -> str:
    """Return the number of records that a list may have, in words.

    >>> count(ListDomain((), min_items=1, max_items=12))
    '1 to 12 records'
    """
    least, most = records.min_items, records.max_items
    return f"{least:,} to {most:,} records" if least else f"at most {most:,} records"


def _number(domain: NumberDomain) -> str:
    words = ["a whole number" if domain.is_integer else "a number"]
    for word, end in (
        ("from", domain.minimum),
        ("above", domain.above),
        ("to", domain.maximum),
        ("below", domain.below),
    ):
        if end is not None:
            words.append(f"{word} {to_text(end)}")
    if domain.step is not None:
        words.append(f"in steps of {to_text(domain.step)}")
    elif domain.decimals is not None and not domain.is_integer:
        words.append(f"with at most {domain.decimals} decimal{'s' * (domain.decimals != 1)}")
    return " ".join(words)


def limits(declared: Input) -> Limits:
    """Return the limits of an input as values.

    >>> from datetime import date
    >>> limits(Input("day", DateDomain(maximum=date(2026, 12, 31)), is_optional=True)).to_data()
    {'kind': 'date', 'max': '2026-12-31', 'is_required': False}
    """
    is_required = not declared.is_optional and declared.default is None
    more: dict[str, Any] = {"unit": declared.words.unit, "is_required": is_required}
    match declared.domain:
        case NumberDomain() as domain:
            kind = "integer" if domain.is_integer else "number"
            more |= {"min": domain.minimum, "max": domain.maximum, "above": domain.above, "below": domain.below}
            return Limits(kind, step=domain.step, decimals=domain.decimals, **more)
        case BooleanDomain():
            return Limits("boolean", **more)
        case ChoiceDomain(options=options):
            return Limits("choice", options=options, **more)
        case TextDomain(max_length=longest):
            return Limits("text", max_length=longest, **more)
        case DateDomain(minimum=first, maximum=last):
            return Limits("date", min=first, max=last, **more)
        case records:
            return Limits("list", min_items=records.min_items, max_items=records.max_items, **more)
