"""Linear forms over numbered unknowns."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

from attrs import frozen

__all__ = ["ONE", "ZERO", "Lin", "constant", "form_of", "grid"]


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
    def content(self) -> Fraction:
        """The number by which a form is divided, so that its multiples become equal; the constant if it is constant.

        It depends on the coefficients alone: a form over the unknowns of another subject has the same.
        """
        if not self.terms:
            return self.constant
        coefficients = [coefficient for _, coefficient in self.terms]
        size = _common(coefficients)
        return -size if (sum(coefficients) or coefficients[0]) < 0 else size

    @property
    def primitive(self) -> Lin:
        """The form without its constant, divided by its content."""
        return Lin(self.terms, Fraction(0)).times(1 / self.content)


def constant(value: Fraction | int) -> Lin:
    return Lin((), Fraction(value))


def form_of(number: int) -> Lin:
    """Return an unknown as a form."""
    return Lin(((number, Fraction(1)),), Fraction(0))


ZERO, ONE = constant(0), constant(1)


def grid(*steps: Fraction | None) -> Fraction | None:
    """Return the greatest number of which all steps are multiples; None if one has no step."""
    known = [step for step in steps if step is not None]
    return _common(known) if len(known) == len(steps) else None


def _common(steps: Sequence[Fraction]) -> Fraction:
    common = lcm(*(step.denominator for step in steps))
    return Fraction(gcd(*(int(step * common) for step in steps)), common)
