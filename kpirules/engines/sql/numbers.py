"""Numbers of a table: the forms that read one as an integer."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from ...language.model import NumberDomain
from .dialects import Dialect

__all__ = ["decimal_text", "greatest_of", "is_beyond", "number_of", "places_of", "unit_of", "with_else"]

MOST_PLACES = 18
"""Maximum places of an exact decimal."""

MOST_DIGITS = 38
"""Digits of the widest decimal."""

MOST_FLOAT_DIGITS = 6, 15
"""Digits up to which only one decimal has the value of a float of 32 bits, and of 64."""

LARGEST = "1e308"
"""A number that every double is below, except infinity."""


def with_else(dialect: Dialect, choice: str, otherwise: int | None) -> str:
    """Return a choice with a result where no condition holds.

    Args:
        dialect: the forms of the database.
        choice: a `CASE` that has none yet.
        otherwise: the result, if there is one.
    """
    if otherwise is None:
        return choice
    return dialect.otherwise.format(case=choice, start=choice.removesuffix(" END"), value=otherwise)


def greatest_of(domain: NumberDomain) -> int:
    """Return the greatest number of a domain as an integer of the smallest decimal place.

    Args:
        domain: the numbers allowed.
    """
    return int(domain.grid.high * domain.grid.unit * 10 ** (places_of(domain.denominator) or 0))


def number_of(dialect: Dialect, domain: NumberDomain, cell: str, otherwise: int | None = None) -> str:
    """Return a cell as an integer of the smallest decimal place.

    Args:
        dialect: the forms of the database.
        domain: the numbers allowed.
        cell: a cell of any type.
        otherwise: the integer of a cell that is not a number of the domain, else NULL.
    """
    places = places_of(domain.denominator) or 0
    scale = 10**places
    low, high = domain.grid.low * domain.grid.unit, domain.grid.high * domain.grid.unit
    digits = len(str(max(int(abs(low)), int(abs(high)), 1))) + places
    most_float = Fraction(10 ** MOST_FLOAT_DIGITS[1] - 1, scale)
    marks = {
        "cell": cell,
        "places": places,
        "scale": scale,
        "digits": max(digits, places + 1),
        "width": max(digits, places + 1) if digits + places < MOST_PLACES else MOST_DIGITS,
        "low": decimal_text(low),
        "high": decimal_text(high),
        "least": ceil(low),
        "most": floor(high),
        "low_float": decimal_text(max(low, -most_float)),
        "high_float": decimal_text(min(high, most_float)),
    }

    def filled(template: str, tried: str) -> str:
        if scale == 1:
            for part in (" * {scale}", " / {scale}.0", " / {scale}"):
                template = template.replace(part, "")
        return with_else(dialect, template.format(**marks, tried=tried.format(**marks)), otherwise)

    whole = dialect.whole if places == 0 and dialect.whole else dialect.tried
    plain, cases, kind = filled(dialect.number, whole), "", dialect.kind.format(cell=cell)
    kinds = [name for name, most in zip(dialect.floats, MOST_FLOAT_DIGITS, strict=True) if name and digits > most]
    if dialect.of_integer and scale > 1:
        listed = ", ".join(f"'{name}'" for name in dialect.integers)
        cases += f" WHEN {kind} IN ({listed}) THEN {filled(dialect.of_integer, '')}"
    if dialect.of_double and dialect.floats[1] not in kinds:
        of_double = filled(dialect.of_double, "")
        cases += f" WHEN {kind} = '{dialect.floats[1]}' THEN {of_double}"
    if kinds:
        listed = ", ".join(f"'{name}'" for name in kinds)
        by_text = filled(dialect.number, dialect.by_text)
        cases += f" WHEN {kind} IN ({listed}) THEN {by_text}"
    return f"CASE{cases} ELSE {plain} END" if cases else plain


def is_beyond(dialect: Dialect, declared: NumberDomain, held: NumberDomain, cell: str) -> str:
    """Return the condition under which a cell is a number that a rulebook allows and a query does not hold.

    Args:
        dialect: the forms of the database.
        declared: the numbers of the rulebook.
        held: the numbers of the query, fewer than those.
        cell: a cell of any type that is not one of `held`.
    """
    number = dialect.size.format(cell=cell)
    ends = [(">=", declared.minimum), (">", declared.above), ("<=", declared.maximum), ("<", declared.below)]
    # Neither infinity nor what is not a number is between these ends.
    parts = [f"{number} {sign} {float(end)!r}" for sign, end in ends if end is not None]
    parts += [f"{number} >= -{LARGEST}"] if declared.minimum is None and declared.above is None else []
    parts += [f"{number} <= {LARGEST}"] if declared.maximum is None and declared.below is None else []
    if held.decimals is None or declared.decimals is not None:
        low, high = (float(end * held.grid.unit) for end in (held.grid.low, held.grid.high))
        parts.append(f"({number} < {low!r} OR {number} > {high!r})")
    return " AND ".join(parts)


def places_of(denominator: int) -> int | None:
    """Return the decimal places of a number with a denominator, or None if its decimals do not end.

    Args:
        denominator: above zero.
    """
    return next((n for n in range(MOST_PLACES + 1) if 10**n % denominator == 0), None)


def unit_of(domain: NumberDomain) -> tuple[int, int]:
    """Return the unit of the integers of a cell, and how many units make one integer of the domain.

    Args:
        domain: the numbers allowed.
    """
    scale = 10 ** (places_of(domain.denominator) or 0)
    per = scale // domain.denominator
    step = (domain.grid.unit * domain.denominator).numerator
    return step * per, per


def decimal_text(value: Fraction) -> str:
    """Return a finite decimal as a literal.

    Args:
        value: with a denominator that divides a power of ten.
    """
    places = places_of(value.denominator) or 0
    scaled = value * 10**places
    return format(Decimal(scaled.numerator).scaleb(-places), "f")
