"""Conditions as formulas of z3, in separate contexts, so that an answer does not depend on earlier questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import lcm
from typing import Any

import z3
from attrs import define, field

from .linear import Lin, one
from .terms import Bit, Equation, Node, Terms

__all__ = ["Question"]

MOST_FACTS = 40_000
"""The most facts of one question: `rlimit` does not limit the time to add them."""

RLIMIT = 3_000_000
"""The most work of z3 for one check, in its own units: about a second."""


class TooManyFacts(Exception):
    """A question that would take too long to state."""


@define(eq=False)
class Question:
    """A question to z3, with the facts of all unknowns that it reaches.

    Args:
        terms: the unknowns.
        solver: the solver of z3.
        equations: the equations of the unknowns reached, which facts only approximate.
    """

    terms: Terms
    equations: list[Equation] = field(factory=list)
    context: Any = field(init=False)
    solver: Any = field(init=False)
    unknowns: dict[int, Any] = field(factory=dict)
    _printed: dict[int, Any] = field(factory=dict)
    _waiting: list[int] = field(factory=list)
    _count: int = 0

    def __attrs_post_init__(self) -> None:
        self.context = z3.Context()
        self.solver = z3.SimpleSolver(ctx=self.context)
        self.solver.set("random_seed", 0)
        self.solver.set("rlimit", RLIMIT)

    def add(self, bits: Iterable[Bit]) -> None:
        """Add conditions, and the facts of the unknowns they reach.

        Raises:
            TooManyFacts: that would take too long.
        """
        for bit in bits:
            self.solver.add(self.formula(bit))
        while self._waiting:
            unknown = self.terms.unknowns[self._waiting.pop(0)]
            if not unknown.is_bit:
                known = one(unknown.number)
                ends = ((known, unknown.high, 1), (known.times(Fraction(-1)), unknown.low, -1))
                for form, end, sign in ends:
                    if end is not None:
                        limit = Lin(form.terms, -sign * end)
                        self.solver.add(self.formula(self.terms.atom("le", limit)))
            for fact in unknown.facts:
                self._count += 1
                self.solver.add(self.formula(fact))
            if unknown.equation is not None:
                self.equations.append(unknown.equation)
                for side in (unknown.equation.product, unknown.equation.left, unknown.equation.right):
                    self.number(side)
                self.formula(unknown.equation.guard)
            if self._count > MOST_FACTS:
                raise TooManyFacts

    def formula(self, bit: Bit) -> Any:
        """Return a condition as z3 takes it."""
        if isinstance(bit, bool):
            return z3.BoolVal(bit, ctx=self.context)
        found = self._printed.get(id(bit))
        if found is None:
            found = self._printed[id(bit)] = self._made(bit)
        return found

    def _made(self, bit: Node) -> Any:
        match bit.kind:
            case "bit":
                return self._unknown(bit.parts[0])
            case "not":
                return z3.Not(self.formula(bit.parts[0]))
            case "and":
                return z3.And([self.formula(part) for part in bit.parts])
            case "or":
                return z3.Or([self.formula(part) for part in bit.parts])
        left, right = self._sides(bit.parts[0])
        match bit.kind:
            case "le":
                return left <= right
            case "lt":
                return left < right
            case _:
                return left == right

    def _sides(self, form: Lin) -> tuple[Any, Any]:
        """Return a form as two sides, in integers if all its unknowns have units."""
        units = [self.terms.unknowns[number].unit for number, _ in form.terms]
        if any(unit is None for unit in units):
            return self.number(Lin(form.terms, Fraction(0))), self._real(-form.constant)
        counted = [(n, c * unit) for (n, c), unit in zip(form.terms, units, strict=True) if unit is not None]
        by = lcm(form.constant.denominator, *(c.denominator for _, c in counted))
        parts = [z3.IntVal(int(c * by), ctx=self.context) * self._unknown(n) for n, c in counted]
        return z3.Sum(parts) if len(parts) > 1 else parts[0], z3.IntVal(int(-form.constant * by), ctx=self.context)

    def number(self, form: Lin) -> Any:
        """Return a form as a real number."""
        parts = [self._real(form.constant)] if form.constant or not form.terms else []
        for number, coefficient in form.terms:
            unknown = self._unknown(number)
            unit = self.terms.unknowns[number].unit
            factor = coefficient if unit is None else coefficient * unit
            real = unknown if unit is None else z3.ToReal(unknown)
            parts.append(self._real(factor) * real)
        return z3.Sum(parts) if len(parts) > 1 else parts[0]

    def _real(self, value: Fraction) -> Any:
        return z3.Q(value.numerator, value.denominator, ctx=self.context)

    def _unknown(self, number: int) -> Any:
        found = self.unknowns.get(number)
        if found is None:
            unknown = self.terms.unknowns[number]
            make = z3.Bool if unknown.is_bit else z3.Real if unknown.unit is None else z3.Int
            found = self.unknowns[number] = make(f"u{number}", ctx=self.context)
            self._waiting.append(number)
        return found

    # -- answers ----------------------------------------------------------------------------------------

    def check(self, *formulas: Any) -> str:
        """Return `sat`, `unsat` or `unknown`."""
        return str(self.solver.check(*formulas))

    def numbers(self) -> Mapping[int, Fraction | bool]:
        """Return the values of unknowns in the last model; simple ones for those the question does not reach."""
        model = self.solver.model()
        found: dict[int, Fraction | bool] = _Plain(self.terms)
        for number, unknown in self.unknowns.items():
            value = model.eval(unknown, model_completion=True)
            described = self.terms.unknowns[number]
            if described.is_bit:
                found[number] = z3.is_true(value)
            elif described.unit is not None:
                found[number] = value.as_long() * described.unit
            elif z3.is_rational_value(value):
                found[number] = Fraction(value.numerator_as_long(), value.denominator_as_long())
            else:
                near = value.approx(20)
                found[number] = Fraction(near.numerator_as_long(), near.denominator_as_long())
        return found


class _Plain(dict[int, Fraction | bool]):
    """Values by number; zero, or the nearest possible value, for all others."""

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        self.terms = terms

    def __missing__(self, number: int) -> Fraction | bool:
        unknown = self.terms.unknowns[number]
        if unknown.is_bit:
            return False
        low, high = unknown.low, unknown.high
        value = Fraction(0) if low is None or low < 0 else low
        return value if high is None or value <= high else high
