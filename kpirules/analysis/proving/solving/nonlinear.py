"""Products, quotients and floors, each as an unknown with linear facts about it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product as combinations
from math import floor

from .linear import ONE, ZERO, Lin, constant, form_of
from .terms import Bit, Equation, Terms, Unknown

__all__ = ["power", "product", "quotient", "whole"]

MOST_CASES = 8
"""The most values of a factor or divisor for which each is a case."""

MOST_INDICATORS = 4
"""The most conditions of a divisor for which each combination is a case."""

Range = tuple[Fraction | None, Fraction | None]


def product(terms: Terms, x: Lin, y: Lin) -> Lin:
    """Return `x · y`."""
    if x.is_constant or y.is_constant:
        return y.times(x.constant) if x.is_constant else x.times(y.constant)
    for few, other in ((x, y), (y, x)):
        cases = _values(terms, few)
        if cases:
            return terms.select([(bit, other.times(value)) for bit, value in cases])
    u, v = sorted((x.primitive, y.primitive), key=lambda form: form.terms)
    pure = _pure(terms, u, v).times(x.content * y.content)
    rest = x.minus(constant(x.constant)).times(y.constant).plus(y.times(x.constant))
    return pure.plus(rest)


def power(terms: Terms, x: Lin, exponent: int) -> Lin:
    """Return `x` to a whole power."""
    found = ONE
    for _ in range(exponent):
        found = product(terms, found, x)
    return found


def _values(terms: Terms, form: Lin) -> list[tuple[Bit, Fraction]]:
    """Return the values of a form with few of them, each with its condition; empty if there may be many."""
    numbers = [number for number, _ in form.terms]
    each = [terms.unknowns[number].cases for number in numbers]
    if not all(cases and all(value.is_constant for _, value in cases) for cases in each):
        return []
    if len(numbers) == 1:
        return (
            [(bit, form.leading * value.constant + form.constant) for bit, value in each[0][:MOST_CASES]]
            if len(each[0]) <= MOST_CASES
            else []
        )
    if len(numbers) > MOST_INDICATORS or any(len(cases) > 2 for cases in each):
        return []
    return [
        (
            terms.all(bit for bit, _ in chosen),
            form.constant
            + sum((c * v.constant for (_, c), (_, v) in zip(form.terms, chosen, strict=True)), Fraction(0)),
        )
        for chosen in combinations(*each)
    ]


def _pure(terms: Terms, u: Lin, v: Lin) -> Lin:
    found, is_new = terms.unknown(("product", u, v))
    form = form_of(found.number)
    if is_new:
        a, b = terms.range(u), terms.range(v)
        found.low, found.high = _corners(a, b, u == v)
        units = terms.unit(u), terms.unit(v)
        found.unit = None if units[0] is None or units[1] is None else units[0] * units[1]
        found.equation = Equation(form, u, v, True)
        found.facts += _planes(terms, form, u, v, a, b)
        found.facts += _signs(terms, form, u, v)
    return form


def _corners(a: Range, b: Range, is_square: bool) -> Range:
    """Return the range of a product of two ranges."""
    if a[0] is None or a[1] is None or b[0] is None or b[1] is None:
        if a[0] is not None and b[0] is not None and a[0] >= 0 and b[0] >= 0:
            return a[0] * b[0], None
        return Fraction(0) if is_square else None, None
    corners = [x * y for x in a if x is not None for y in b if y is not None]
    return max(min(corners), Fraction(0)) if is_square else min(corners), max(corners)


def _planes(terms: Terms, form: Lin, u: Lin, v: Lin, a: Range, b: Range) -> Iterator[Bit]:
    """Yield McCormick's planes around a product."""
    for x, y, sign in ((a[0], b[0], 1), (a[1], b[1], 1), (a[0], b[1], -1), (a[1], b[0], -1)):
        if x is not None and y is not None:
            plane = u.times(y).plus(v.times(x)).minus(constant(x * y))
            yield terms.atom("le", plane.minus(form).times(Fraction(sign)))


def _signs(terms: Terms, form: Lin, u: Lin, v: Lin) -> Iterator[Bit]:
    above = terms.compare(">", u, ZERO), terms.compare(">", v, ZERO)
    below = terms.compare("<", u, ZERO), terms.compare("<", v, ZERO)
    yield terms.alike(terms.compare(">", form, ZERO), terms.any([terms.all(above), terms.all(below)]))
    mixed = terms.any([terms.all([above[0], below[1]]), terms.all([below[0], above[1]])])
    yield terms.alike(terms.compare("<", form, ZERO), mixed)


# -- quotients --------------------------------------------------------------------------------------------


def quotient(terms: Terms, x: Lin, y: Lin) -> Lin:
    """Return `x / y` for a nonzero `y`; any number of its range if `y` is zero."""
    if y.is_constant:
        return x.times(1 / y.constant) if y.constant else ZERO
    cases = _values(terms, y)
    if cases:
        return terms.select([(bit, x.times(1 / value) if value else ZERO) for bit, value in cases])
    if x == ZERO:
        return ZERO
    dividend, divisor = x.times(1 / x.content), y.times(1 / y.content)
    scale = x.content / y.content
    if dividend == divisor:
        return constant(scale)
    found, is_new = terms.unknown(("quotient", dividend, divisor))
    if is_new:
        _define(terms, found, dividend, divisor)
    return form_of(found.number).times(scale)


def _define(terms: Terms, found: Unknown, dividend: Lin, divisor: Lin) -> None:
    form = form_of(found.number)
    found.quotient = dividend, divisor
    is_some = terms.compare("!=", divisor, ZERO)
    found.equation = Equation(dividend, form, divisor, is_some)
    a, b = terms.range(dividend), terms.range(divisor)
    found.low, found.high = _divided(a, b, terms.unit(divisor) if not divisor.constant else None)
    ends = [end for end in (found.low, found.high) if end is not None]
    for value in dict.fromkeys([Fraction(0), Fraction(1), *ends]):
        for sign in ("<=", ">="):
            terms.compare(sign, form, constant(value))
    found.facts += [
        terms.implies(is_some, plane) for plane in _planes(terms, dividend, form, divisor, (found.low, found.high), b)
    ]


def _divided(a: Range, b: Range, unit: Fraction | None) -> Range:
    """Return the range of a quotient with a nonzero divisor."""
    if b[0] is None or b[1] is None or a[0] is None or a[1] is None:
        return None, None
    sides: list[tuple[Fraction, Fraction]] = []
    if b[1] > 0:
        sides.append((b[0] if b[0] > 0 else unit or Fraction(0), b[1]))
    if b[0] < 0:
        sides.append((b[0], b[1] if b[1] < 0 else -(unit or Fraction(0))))
    if not sides:
        # The divisor is always zero.
        return Fraction(0), Fraction(0)
    if any(0 in side for side in sides):
        # The divisor may be arbitrarily near zero.
        is_positive = b[0] >= 0 and a[0] >= 0
        return (Fraction(0), None) if is_positive else (None, None)
    corners = [x / y for x in a if x is not None for side in sides for y in side]
    return min(corners), max(corners)


# -- floors -----------------------------------------------------------------------------------------------


def whole(terms: Terms, x: Lin) -> Lin:
    """Return the greatest whole number not above `x`."""
    outside = [(n, c) for n, c in x.terms if (unit := terms.unknowns[n].unit) and (c * unit).denominator == 1]
    inner = Lin(tuple(term for term in x.terms if term not in outside), x.constant)
    integral = Lin(tuple(outside), Fraction(0))
    if inner.is_constant:
        return integral.plus(constant(floor(inner.constant)))
    # A whole number added inside a floor can be moved outside.
    integral = integral.plus(constant(floor(inner.constant)))
    inner = inner.minus(constant(floor(inner.constant)))
    found, is_new = terms.unknown(("floor", inner))
    form = form_of(found.number)
    if is_new:
        low, high = terms.range(inner)
        found.unit = Fraction(1)
        found.low = None if low is None else Fraction(floor(low))
        found.high = None if high is None else Fraction(floor(high))
        found.whole = inner
        unit = terms.unit(Lin(inner.terms, Fraction(0)))
        found.facts.append(terms.atom("le", form.minus(inner)))
        if unit is None or (inner.constant / unit).denominator != 1 or (1 / unit).denominator != 1:
            found.facts.append(terms.atom("lt", inner.minus(form).minus(ONE)))
        else:
            found.facts.append(terms.atom("le", inner.minus(form).minus(constant(1 - unit))))
    if found.low is not None and found.low == found.high:
        return integral.plus(constant(found.low))
    return integral.plus(form)
