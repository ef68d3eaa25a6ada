"""The values that an input allows, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

from ...diagnostics import Limits, listed
from ...diagnostics.phrases import phrases
from ...kernel.exact import to_text
from .inputs import BooleanDomain, ChoiceDomain, DateDomain, Domain, Input, ListDomain, NumberDomain, TextDomain

__all__ = ["allowed", "count", "limits"]


def allowed(domain: Domain, language: str | None = None) -> str:
    """Return the values of a domain in words.

    Args:
        domain: the domain.
        language: the language of the words; options and fields are named by their ids.

    >>> from fractions import Fraction
    >>> allowed(NumberDomain(minimum=Fraction(0), maximum=Fraction(12), is_integer=True))
    'a whole number from 0 to 12'
    """
    say = partial(_said, language)
    match domain:
        case NumberDomain():
            return _number(domain, say)
        case BooleanDomain():
            return say("boolean")
        case ChoiceDomain(options=options):
            return listed(options)
        case TextDomain(max_length=longest):
            return say("text", count=f"{longest:,}")
        case DateDomain(minimum=first, maximum=last):
            return _with_ends(say("date"), say, minimum=first, maximum=last)
        case records:
            return f"{count(records, language)} of {listed((field.id for field in records.fields), 'and')}"


def count(records: ListDomain, language: str | None = None) -> str:
    """Return the number of records that a list may have, in words.

    >>> count(ListDomain((), min_items=1, max_items=12))
    '1 to 12 records'
    """
    most = f"{records.max_items:,}"
    if records.min_items:
        return _said(language, "records", least=f"{records.min_items:,}", most=most)
    return _said(language, "at_most", most=most)


def _said(language: str | None, key: str, **gaps: str) -> str:
    return phrases(language)[1][f"domain_{key}"].format(**gaps)


def _number(domain: NumberDomain, say: Callable[..., str]) -> str:
    ends = {"minimum": domain.minimum, "above": domain.above, "maximum": domain.maximum, "below": domain.below}
    text = _with_ends(say("integer" if domain.is_integer else "number"), say, **ends)
    if domain.step is not None:
        return say("step", text=text, step=to_text(domain.step))
    if domain.decimals is not None and not domain.is_integer:
        key = "decimal" if domain.decimals == 1 else "decimals"
        return say(key, text=text, count=str(domain.decimals))
    return text


def _with_ends(text: str, say: Callable[..., str], **ends: Fraction | date | None) -> str:
    """Return a domain in words, followed by each of its ends in words."""
    for key, end in ends.items():
        if end is not None:
            text = say(f"end_{key}", text=text, end=to_text(end) if isinstance(end, Fraction) else end.isoformat())
    return text


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
