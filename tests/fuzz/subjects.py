"""Random subjects of a program, mostly of the kinds it declares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from kpirules import Program
from kpirules.language.model import (
    BooleanDomain,
    ChoiceDomain,
    DateDomain,
    Input,
    ListDomain,
    NumberDomain,
    TextDomain,
)

from .models import odd_value
from .seeds import words

__all__ = ["subject"]

_NO_SUBJECTS: tuple[Any, ...] = (
    None,
    [],
    "x",
    5,
    object(),
    {None: 1},
    {1: 2},
    {"": 1},
    {"\ud800": 1},
    {"x" * 500: 1},
)


def subject(random: Random, program: Program) -> Any:
    """Return a random subject for `assess`."""
    if random.random() < 0.03:
        return random.choice(_NO_SUBJECTS)
    # Some subjects are all as declared, or nothing that a rulebook computes would ever be reached.
    oddness = random.choice((0.0, 0.0, 0.0, 0.02, 0.2))
    made = _record(random, program.rulebook.inputs, oddness)
    if random.random() < oddness:
        made[random.choice(words())] = odd_value(random)
    return made


def _record(random: Random, declared: Sequence[Input], oddness: float) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for one in declared:
        if (one.is_optional or one.default is not None) and random.random() < 0.4:
            continue
        if random.random() < oddness:
            made[one.id] = odd_value(random)
        else:
            made[one.id] = _value(random, one, oddness)
    return made


def _value(random: Random, declared: Input, oddness: float) -> Any:
    match declared.domain:
        case NumberDomain() as domain:
            return _number(random, domain)
        case BooleanDomain():
            return random.random() < 0.5
        case ChoiceDomain(options=options):
            return random.choice(options)
        case TextDomain(max_length=longest):
            text = random.choice(("", "x", "Lan", "ế", *words()[:20]))
            return text[:longest]
        case DateDomain(minimum=first, maximum=last):
            start, end = first or date(2000, 1, 1), last or date(2100, 1, 1)
            chosen = start + timedelta(days=random.randint(0, max((end - start).days, 0)))
            return chosen if random.random() < 0.5 else chosen.isoformat()
        case ListDomain(fields=fields, min_items=least, max_items=most):
            count = min(random.choice((0, 1, 2, 5)) + min(least, 5), most)
            return [_record(random, fields, oddness / 2) for _ in range(count)]


def _number(random: Random, domain: NumberDomain) -> Any:
    low = domain.minimum if domain.minimum is not None else domain.above
    high = domain.maximum if domain.maximum is not None else domain.below
    if low is None:
        low = (high if high is not None else Fraction(0)) - random.choice((0, 100, 10**17))
    if high is None:
        high = low + random.choice((0, 1, 100, 10**17))
    if domain.step:
        steps = int((high - low) / domain.step)
        value = (low // domain.step + random.randint(0, max(steps, 0))) * domain.step
    elif domain.is_integer:
        value = Fraction(random.randint(int(low), max(int(high), int(low))))
    else:
        part = random.choice((Fraction(0), Fraction(1), Fraction(random.randint(0, 10**4), 10**4)))
        unit = 10 ** (domain.decimals or 0)
        value = Fraction(round((low + (high - low) * part) * unit), unit)
    if value.denominator == 1:
        return int(value)
    return value if random.random() < 0.2 else Decimal(value.numerator) / Decimal(value.denominator)
