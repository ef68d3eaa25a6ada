"""What an input allows, in words."""

from __future__ import annotations

from ...diagnostics import listed
from ...kernel.exact import to_text
from .inputs import BooleanDomain, ChoiceDomain, DateDomain, Domain, ListDomain, NumberDomain, TextDomain

__all__ = ["allowed", "count"]


def allowed(domain: Domain) -> str:
    """The values of a domain, in words.

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
    """How many records a list may have, in words.

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
