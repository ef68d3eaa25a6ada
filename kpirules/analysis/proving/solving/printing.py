"""Conditions as formulas of z3, in separate contexts, so that an answer does not depend on earlier questions."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

import z3
from attrs import define, field

from .linear import Lin, form_of
from .terms import Bit, Equation, Node, Terms

__all__ = ["RLIMIT", "SMALL_RLIMIT", "Question", "TooManyFacts"]

MOST_FACTS = 40_000
"""The most facts of one question: `rlimit` does not limit the time to add them."""

RLIMIT, SMALL_RLIMIT = 3_000_000, 300_000
"""The most work of z3 for one check, in its own units: about a second; and for one that is only a step to others."""

MOST_WORK = 8_000_000
"""The most work of z3 for all checks of one question."""


class TooManyFacts(Exception):
    """A question with too many facts to be asked."""


@define(eq=False)
class Question:
    """A question to z3, with the facts of all unknowns that it reaches.

    Args:
        terms: the unknowns.
        opaque: the unknowns of which only the range is used, by number: a proof without their facts takes less.
        solver: the solver of z3.
        equations: the equations of the unknowns reached, which facts only approximate.
    """

    terms: Terms
    opaque: Container[int] = ()
    equations: list[Equation] = field(factory=list)
    context: Any = field(init=False)
    solver: Any = field(init=False)
    unknowns: dict[int, Any] = field(factory=dict)
    _printed: dict[int, Any] = field(factory=dict)
    _numbers: dict[Lin, Any] = field(factory=dict)
    _constants: dict[Fraction, Any] = field(factory=dict)
    _integers: dict[int, Any] = field(factory=dict)
    _waiting: list[int] = field(factory=list)
    _count: int = 0
    _work: int = 0

    def __attrs_post_init__(self) -> None:
        self.context = z3.Context()
        self.solver = z3.SimpleSolver(ctx=self.context)
        self.solver.set("random_seed", 0)

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
                known = form_of(unknown.number)
                ends = ((known, unknown.high, 1), (known.times(Fraction(-1)), unknown.low, -1))
                for form, end, sign in ends:
                    if end is not None:
                        limit = Lin(form.terms, -sign * end)
                        self.solver.add(self.formula(self.terms.atom("le", limit)))
            if unknown.number in self.opaque:
                continue
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
        ref = self.context.ref()
        match bit.kind:
            case "bit":
                return self._unknown(bit.parts[0])
            case "not":
                return z3.BoolRef(z3.Z3_mk_not(ref, self.formula(bit.parts[0]).ast), self.context)
            case "and" | "or":
                parts = [self.formula(part) for part in bit.parts]
                make = z3.Z3_mk_and if bit.kind == "and" else z3.Z3_mk_or
                return z3.BoolRef(make(ref, *_asts(parts)), self.context)
        left, right = self._sides(bit.parts[0])
        make = {"le": z3.Z3_mk_le, "lt": z3.Z3_mk_lt, "eq": z3.Z3_mk_eq}[bit.kind]
        return z3.BoolRef(make(ref, left.ast, right.ast), self.context)

    def _sides(self, form: Lin) -> tuple[Any, Any]:
        """Return a form as the two sides of a comparison, in integers if all its unknowns have units."""
        units = [self.terms.unknowns[number].unit for number, _ in form.terms]
        if any(unit is None for unit in units):
            return self.number(Lin(form.terms, Fraction(0))), self._real(-form.constant)
        counted = [(n, c * unit) for (n, c), unit in zip(form.terms, units, strict=True) if unit is not None]
        denominator = lcm(form.constant.denominator, *(c.denominator for _, c in counted))
        parts = [self._times(self._whole(int(c * denominator)), self._unknown(n)) for n, c in counted]
        return self._sum(parts), self._whole(int(-form.constant * denominator))

    def number(self, form: Lin) -> Any:
        """Return a form as a real number."""
        found = self._numbers.get(form)
        if found is not None:
            return found
        parts = [self._real(form.constant)] if form.constant or not form.terms else []
        for number, coefficient in form.terms:
            unknown = self._unknown(number)
            unit = self.terms.unknowns[number].unit
            factor = coefficient if unit is None else coefficient * unit
            real = unknown if unit is None else z3.ToReal(unknown)
            parts.append(self._times(self._real(factor), real))
        found = self._numbers[form] = self._sum(parts)
        return found

    # The operators of z3's own Python module look for types to convert, which takes most of the time.

    def _sum(self, parts: Sequence[Any]) -> Any:
        if len(parts) == 1:
            return parts[0]
        return z3.ArithRef(z3.Z3_mk_add(self.context.ref(), *_asts(parts)), self.context)

    def _times(self, factor: Any, other: Any) -> Any:
        return z3.ArithRef(z3.Z3_mk_mul(self.context.ref(), *_asts([factor, other])), self.context)

    def _real(self, value: Fraction) -> Any:
        found = self._constants.get(value)
        if found is None:
            found = self._constants[value] = z3.RealVal(f"{value.numerator}/{value.denominator}", ctx=self.context)
        return found

    def _whole(self, value: int) -> Any:
        found = self._integers.get(value)
        if found is None:
            found = self._integers[value] = z3.IntVal(value, ctx=self.context)
        return found

    def _unknown(self, number: int) -> Any:
        found = self.unknowns.get(number)
        if found is None:
            unknown = self.terms.unknowns[number]
            make = z3.Bool if unknown.is_bit else z3.Real if unknown.unit is None else z3.Int
            found = self.unknowns[number] = make(f"u{number}", ctx=self.context)
            self._waiting.append(number)
        return found

    # -- answers ----------------------------------------------------------------------------------------

    def check(self, *formulas: Any, most: int = RLIMIT) -> str:
        """Return `sat`, `unsat` or `unknown`; the last once all work is used up.

        Args:
            formulas: further conditions for this check alone.
            most: the most work.
        """
        if self._work > MOST_WORK:
            return "unknown"
        before = self._spent()
        self.solver.set("rlimit", most)
        found = str(self.solver.check(*formulas))
        self._work += self._spent() - before
        return found

    def proves(self, bit: Bit) -> bool:
        """Return whether z3 proves that a condition does not hold."""
        formula = self.formula(bit)
        self.add(())
        return self.check(formula, most=SMALL_RLIMIT) == "unsat"

    def _spent(self) -> int:
        """Return the work of z3 so far."""
        statistics = self.solver.statistics()
        return int(statistics.get_key_value("rlimit count")) if "rlimit count" in statistics.keys() else 0  # noqa: SIM118

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


def _asts(parts: Sequence[Any]) -> tuple[int, Any]:
    """Return the number of terms, and the terms as an array of z3."""
    return len(parts), (z3.Ast * len(parts))(*(part.ast for part in parts))
