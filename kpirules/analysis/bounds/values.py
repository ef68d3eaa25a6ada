"""The bounds of values of any type, from the domains of inputs to comparisons."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from ...kernel.budget import spend
from ...language.expressions import Type
from ...language.model import BooleanDomain, ChoiceDomain, DateDomain, Domain, ListDomain, NumberDomain
from ...plan.steps import Variable
from .ends import End, plain
from .narrowing import met
from .numbers import ABSENT, NOTHING, UNDEFINED, Factor, Nothing, Num, constant, exact, joined, settled

__all__ = [
    "ANY",
    "EITHER",
    "FALSE",
    "FIRST_DAY",
    "LAST_DAY",
    "TRUE",
    "Count",
    "Days",
    "Options",
    "Thing",
    "Truth",
    "Value",
    "compared",
    "declared",
    "domain_of",
    "flagged",
    "intersection",
    "join",
    "known",
    "places_of",
    "truth",
    "unknown",
]

FIRST_DAY, LAST_DAY = date.min.toordinal(), date.max.toordinal()


class Truth(NamedTuple):
    """The bounds of a boolean: `mask` is 1 if it can be True, 2 if it can be False, or 3."""

    mask: int
    flags: int


class Options(NamedTuple):
    """The bounds of a choice or a text: some options, or any if None."""

    among: frozenset[str] | None
    flags: int


class Days(NamedTuple):
    """The bounds of a date: the ordinals of the earliest and the latest."""

    first: int
    last: int
    flags: int


class Count(NamedTuple):
    """The bounds of a list: the least and the most records."""

    least: int
    most: int
    flags: int


class Thing(NamedTuple):
    """A constant of another type, such as a calendar."""

    value: Any
    flags: int


Value = Num | Truth | Options | Days | Count | Thing | Nothing

OPTIONS_AT_ONCE = 64
"""The options that are processed in the time of one operation."""

WIDE = 256
"""The bits of a number without bounds: too many to give a distance from zero."""

TRUE, FALSE, EITHER = Truth(1, 0), Truth(2, 0), Truth(3, 0)
ANY = Options(None, 0)


def known(value: object) -> Value:
    """Return the bounds of a constant."""
    match value:
        case bool():
            return TRUE if value else FALSE
        case Fraction():
            return constant(value)
        case str():
            return Options(frozenset({value}), 0)
        case date():
            return Days(value.toordinal(), value.toordinal(), 0)
        case None:
            return Nothing(ABSENT)
        case _:
            return Thing(value, 0)


def unknown(type_: Type) -> Value:
    """Return the bounds of a value of which only the type is known."""
    flags = ABSENT | UNDEFINED
    match type_.kind:
        case "number":
            return Num(None, None, 1, (Factor(("", object()), WIDE, WIDE, 0),), WIDE, WIDE, True, flags)
        case "boolean":
            return Truth(3, flags)
        case _:
            return Thing(None, flags)


def flagged(value: Value, flags: int) -> Value:
    """Return the same value with other flags."""
    return value if value.flags == flags else value._replace(flags=flags)


def join(one: Value, other: Value) -> Value:
    """Return the union of the bounds of two values."""
    if one is other:
        return one
    flags = one.flags | other.flags
    if type(one) is Nothing:
        return flagged(other, flags)
    if type(other) is Nothing:
        return flagged(one, flags)
    if type(one) is Num and type(other) is Num:
        return joined(one, other)
    if type(one) is Truth and type(other) is Truth:
        return Truth(one.mask | other.mask, flags)
    if type(one) is Options and type(other) is Options:
        if one.among is None or (other.among is not None and other.among <= one.among):
            return flagged(one, flags)  # the usual case; a union of many options is slow
        return Options(None if other.among is None else one.among | other.among, flags)
    if type(one) is Days and type(other) is Days:
        return Days(min(one.first, other.first), max(one.last, other.last), flags)
    if type(one) is Count and type(other) is Count:
        return Count(min(one.least, other.least), max(one.most, other.most), flags)
    return flagged(one, flags)


def intersection(one: Value, other: Value) -> Value:
    """Return the intersection of two bounds of a value."""
    flags = one.flags & other.flags
    if type(one) is Num and type(other) is Num:
        return met(one, other.low, other.high, other.has_zero, other.flags)
    if type(one) is Truth and type(other) is Truth:
        mask = one.mask & other.mask
        return Truth(mask, flags) if mask else Nothing(flags)
    if type(one) is Options and type(other) is Options:
        among = other.among if one.among is None else one.among if other.among is None else one.among & other.among
        return Options(among, flags)
    return flagged(one, flags)


# -- domains --------------------------------------------------------------------------------------


def declared(variable: Variable) -> Value:
    """Return the bounds of an input or a field from its declaration."""
    value = domain_of(variable.domain)
    if variable.default is not None:
        default = known(variable.default)
        if isinstance(value, Num) and isinstance(default, Num):
            value = joined(value, default)
    elif variable.type.is_optional:
        value = flagged(value, ABSENT)
    return value


def domain_of(domain: Domain) -> Value:
    """Return the bounds of a value in a domain."""
    match domain:
        case NumberDomain():
            return _number(domain)
        case BooleanDomain():
            return EITHER
        case ChoiceDomain(options=options):
            return Options(frozenset(options), 0)
        case DateDomain(minimum=minimum, maximum=maximum):
            first = FIRST_DAY if minimum is None else minimum.toordinal()
            return Days(first, LAST_DAY if maximum is None else maximum.toordinal(), 0)
        case ListDomain(min_items=least, max_items=most):
            return Count(least, most, 0)
        case _:
            return ANY


def _number(domain: NumberDomain) -> Value:
    grid, denominator = domain.grid, domain.denominator
    if grid.low > grid.high:
        return NOTHING
    low, high = plain(grid.low * grid.unit), plain(grid.high * grid.unit)
    bottom, multiple = denominator.bit_length(), int(grid.unit * denominator)
    return settled(low, high, denominator, (), 1 << 20, bottom, low <= 0 <= high, 0, multiple)


# -- comparisons ----------------------------------------------------------------------------------


def truth(can_be_true: bool, can_be_false: bool, flags: int) -> Value:
    """Return a boolean from its possible outcomes."""
    mask = (1 if can_be_true else 0) | (2 if can_be_false else 0)
    return Truth(mask, flags) if mask else Nothing(flags)


def compared(operator: str, x: Value, y: Value, ranks: tuple[str, ...]) -> Value:
    """Return the bounds of a comparison of two values."""
    flags = x.flags | y.flags
    if type(x) is Num and type(y) is Num:
        return _ordered(operator, x.low, x.high, y.low, y.high, flags, x, y)
    if type(x) is Days and type(y) is Days:
        return _ordered(operator, x.first, x.last, y.first, y.last, flags)
    if type(x) is Truth and type(y) is Truth:
        can_be_equal = bool(x.mask & y.mask)
        can_differ = not (x.mask == y.mask and x.mask != 3)
        return truth(can_be_equal, can_differ, flags) if operator == "==" else truth(can_differ, can_be_equal, flags)
    if type(x) is Options and type(y) is Options:
        return _options(operator, x.among, y.among, ranks, flags)
    if type(x) is Nothing or type(y) is Nothing:
        return Nothing(flags)
    return Truth(3, flags)


def _ordered(
    operator: str, a: End, b: End, c: End, d: End, flags: int, x: Num | None = None, y: Num | None = None
) -> Value:
    """Return the bounds of a comparison of a value between `a` and `b` with one between `c` and `d`."""
    if operator in ("==", "!="):
        are_unequal = (b is not None and c is not None and b < c) or (a is not None and d is not None and d < a)
        if x is not None and y is not None and not are_unequal:
            are_unequal = (not x.has_zero and exact(y) == 0) or (not y.has_zero and exact(x) == 0)
        are_equal = a is not None and a == b and c == d and a == c
        return (
            truth(not are_unequal, not are_equal, flags)
            if operator == "=="
            else truth(not are_equal, not are_unequal, flags)
        )
    if operator in (">", ">="):
        a, b, c, d, x, y = c, d, a, b, y, x
    # From here on the question is whether the first is below the second, or not above it.
    if operator in ("<", ">"):
        can_hold = a is None or d is None or a < d
        can_fail = b is None or c is None or b >= c
        if can_fail and b is not None and b == c and x is not None and y is not None and b == 0:
            can_fail = x.has_zero and y.has_zero
        return truth(can_hold, can_fail, flags)
    can_hold = a is None or d is None or a <= d
    if can_hold and a is not None and a == d and x is not None and y is not None and a == 0:
        can_hold = x.has_zero and y.has_zero
    return truth(can_hold, b is None or c is None or b > c, flags)


def _options(
    operator: str, one: frozenset[str] | None, other: frozenset[str] | None, ranks: tuple[str, ...], flags: int
) -> Value:
    if operator in ("==", "!="):
        can_be_equal = one is None or other is None or not one.isdisjoint(other)
        can_differ = one is None or other is None or len(one) > 1 or len(other) > 1 or one != other
        return truth(can_be_equal, can_differ, flags) if operator == "==" else truth(can_differ, can_be_equal, flags)
    if one is None or other is None:
        return Truth(3, flags)
    places, others = places_of(one, ranks), places_of(other, ranks)
    if not places or not others:
        return Nothing(flags)
    return _ordered(operator, places[0], places[-1], others[0], others[-1], flags)


def places_of(options: frozenset[str], ranks: tuple[str, ...]) -> list[int]:
    """Return the ranks of options, the least first."""
    spend("bounding", len(ranks) // OPTIONS_AT_ONCE)
    return [place for place, option in enumerate(ranks) if option in options]
