"""Linear forms over integer variables, and the values that operations come to when inputs are variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from attrs import evolve, field, frozen

__all__ = [
    "ONE",
    "ZERO",
    "Beyond",
    "Dead",
    "Demand",
    "Form",
    "Options",
    "Payload",
    "Quotient",
    "Thing",
    "Tied",
    "Value",
    "constant",
    "need",
    "payload_of",
    "product_of",
]


class Demand(Exception):
    """Nothing linear comes out unless one of some variables has a value of its own.

    Args:
        numbers: the variables.
    """

    def __init__(self, numbers: tuple[int, ...]) -> None:
        super().__init__(numbers)
        self.numbers = numbers


class Beyond(Exception):
    """Something that is not modelled."""


class Dead(Exception):
    """No subject comes this way."""


@frozen(eq=False)
class Form:
    """(Σ coefficient·variable + constant) / denominator, in integers without a common factor.

    Args:
        terms: coefficients other than zero, by the number of their variable.
        constant: without a variable.
        denominator: above zero.
    """

    terms: Mapping[int, int]
    constant: int
    denominator: int = 1

    @property
    def is_constant(self) -> bool:
        return not self.terms

    @property
    def value(self) -> Fraction:
        """What a constant one is."""
        return Fraction(self.constant, self.denominator)

    @property
    def key(self) -> tuple[Any, ...]:
        return (*sorted(self.terms.items()), self.constant, self.denominator)

    def plus(self, other: Form, factor: int = 1) -> Form:
        """The sum with a multiple of another."""
        if not other.terms and not other.constant:
            return self
        if factor == 1 and not self.terms and not self.constant:
            return other
        if factor == -1 and other is self:
            return ZERO
        common = lcm(self.denominator, other.denominator)
        mine, its = common // self.denominator, factor * (common // other.denominator)
        terms = {v: c * mine for v, c in self.terms.items()}
        for v, c in other.terms.items():
            terms[v] = terms.get(v, 0) + c * its
        return _reduced(terms, self.constant * mine + other.constant * its, common)

    def minus(self, other: Form) -> Form:
        return self.plus(other, -1)

    def times(self, factor: Fraction) -> Form:
        if factor == 1:
            return self
        n = factor.numerator
        if not n:
            return ZERO
        return _reduced(
            {v: c * n for v, c in self.terms.items()}, self.constant * n, self.denominator * factor.denominator
        )

    def of(self, values: Mapping[int, int]) -> Fraction:
        """What it is for some values of its variables; 0 stands for others."""
        return Fraction(sum(c * values.get(v, 0) for v, c in self.terms.items()) + self.constant, self.denominator)


def summed(forms: Sequence[Form]) -> Form:
    """The sum of many, in one go: one by one the work would grow with the square of their number."""
    common = lcm(*(form.denominator for form in forms))
    terms: dict[int, int] = {}
    for form in forms:
        times = common // form.denominator
        for v, c in form.terms.items():
            terms[v] = terms.get(v, 0) + c * times
    return _reduced(terms, sum(form.constant * (common // form.denominator) for form in forms), common)


def _reduced(terms: dict[int, int], constant_: int, denominator: int) -> Form:
    left = {v: c for v, c in terms.items() if c}
    if not left and constant_ in (0, denominator):
        return ONE if constant_ else ZERO
    shared = gcd(denominator, constant_, *left.values())
    if shared == 1:
        return Form(left, constant_, denominator)
    return Form({v: c // shared for v, c in left.items()}, constant_ // shared, denominator // shared)


def constant(value: Fraction | int) -> Form:
    """The form without variables; 0 and 1 are always the same ones."""
    if value == 0:
        return ZERO
    if value == 1:
        return ONE
    return Form({}, value.numerator, value.denominator)


ZERO, ONE = Form({}, 0), Form({}, 1)


@frozen(eq=False)
class Quotient:
    """One form over another, which is above zero.

    Args:
        over: the upper one.
        by: the lower one.
    """

    over: Form
    by: Form


@frozen(eq=False)
class Tied:
    """A number that is linear only once variables have values.

    Args:
        numbers: the variables.
    """

    numbers: tuple[int, ...]


@frozen(eq=False)
class Options:
    """One of some texts: for each whether it is that, as a form that is 0 or 1."""

    are: Mapping[str, Form]


@frozen(eq=False)
class Thing:
    """Something that never varies: a calendar."""

    value: Any


Payload = Form | Quotient | Tied | Options | Thing
"""Numbers, booleans (0 or 1) and dates (by their ordinal) are forms."""


@frozen(eq=False)
class Value:
    """What an operation comes to. All parts but the first are 0 or 1.

    Args:
        payload: without a meaning where the value is absent.
        there: whether it is there.
        fault: whether no number answers.
        open: whether a row leaves it undefined.
        hit: whether what is looked for has happened.
    """

    payload: Payload
    there: Form = field(default=ONE)
    fault: Form = field(default=ZERO)
    open: Form = field(default=ZERO)
    hit: Form = field(default=ZERO)

    @property
    def does_nothing(self) -> bool:
        """Whether it is a value and surely nothing else."""
        return self.fault is ZERO and self.open is ZERO and self.hit is ZERO

    @property
    def closed(self) -> Value:
        """The same where no row leaves it undefined."""
        return self if self.open is ZERO else evolve(self, open=ZERO)


def product_of(one: Payload, other: Payload) -> tuple[int, ...]:
    """The variables of which values make a product of two linear."""
    sides = [side for side in (_tied(one), _tied(other)) if side]
    return min(sides, key=len) if sides else ()


def _tied(payload: Payload) -> tuple[int, ...]:
    match payload:
        case Form(terms=terms):
            return tuple(terms)
        case Quotient(by=by):
            return tuple(by.terms)
        case Tied(numbers=numbers):
            return numbers
        case _:
            return ()


def payload_of(value: object) -> Payload:
    """A constant."""
    match value:
        case bool():
            return ONE if value else ZERO
        case Fraction():
            return constant(value)
        case str():
            return Options({value: ONE})
        case date():
            return constant(value.toordinal())
        case _:
            return Thing(value)


def need(payload: Payload) -> Form:
    """A form, or the demand for variables with which it is one."""
    match payload:
        case Form():
            return payload
        case Quotient() | Tied():
            raise Demand(product_of(payload, payload))
        case _:
            raise Beyond
