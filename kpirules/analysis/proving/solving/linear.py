"""Linear forms over numbered unknowns."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

from attrs import frozen

__all__ = ["ONE", "ZERO", "Lin", "constant", "grid", "one"]


@frozen
class Lin:
    """Σ coefficient·unknown + constant.

    Args:
        terms: nonzero coefficients, by the number of their unknown, in order.
        constant: the constant term.
    """

    terms: tuple[tuple[int, Fraction], ...]
    constant: Fraction

    @property
    def is_constant(self) -> bool:
        return not self.terms

    @property
    def leading(self) -> Fraction:
        """The coefficient of the first unknown."""
        return self.terms[0][1]

    def plus(self, other: Lin) -> Lin:
        if not other.terms:
            return Lin(self.terms, self.constant + other.constant) if other.constant else self
        terms = dict(self.terms)
        for number, coefficient in other.terms:
            terms[number] = terms.get(number, Fraction(0)) + coefficient
        return Lin(tuple(sorted((n, c) for n, c in terms.items() if c)), self.constant + other.constant)

    def minus(self, other: Lin) -> Lin:
        return self.plus(other.times(Fraction(-1)))

    def times(self, factor: Fraction) -> Lin:
        if factor == 1:
            return self
        if not factor:
            return ZERO
        return Lin(tuple((n, c * factor) for n, c in self.terms), self.constant * factor)

    @property
    def primitive(self) -> Lin:
        """Return the form without its constant, divided by its first coefficient."""
        return Lin(self.terms, Fraction(0)).times(1 / self.leading)


def constant(value: Fraction | int) -> Lin:
    return Lin((), Fraction(value))


def one(number: int) -> Lin:
    """Return an unknown as a form."""
    return Lin(((number, Fraction(1)),), Fraction(0))


ZERO, ONE = constant(0), constant(1)


def grid(*steps: Fraction | None) -> Fraction | None:
    """Return the greatest number of which all steps are multiples; None if one has no step."""
    found = Fraction(0)
    for step in steps:
        if step is None:
            return None
        a, b = found, abs(step)
        common = lcm(a.denominator, b.denominator)
        found = Fraction(gcd(int(a * common), int(b * common)), common)
    return found
