"""Conditions over unknowns, built once for equal parts, with the facts that define each unknown.

Every unknown for a computed value has a value for all inputs. So facts exclude no subject, and
a question needs only those of the unknowns that it reaches.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

from attrs import define, field, frozen

from ....kernel.budget import spend
from .linear import Lin, constant, form_of, grid

__all__ = ["Bit", "Equation", "Node", "Terms", "Total", "Unknown"]


@frozen(eq=False, repr=False)
class Node:
    """A condition that is neither always nor never true; equal ones are the same object.

    Args:
        kind: `bit` (of an unknown), `le`, `lt`, `eq` (a linear form and zero), `not`, `and`, `or`.
        parts: the number of the unknown, the form, or the operands.
    """

    kind: str
    parts: tuple[Any, ...]


Bit = Node | bool
"""A condition."""

Cases = tuple[tuple[Bit, Lin], ...]
"""Forms with the conditions that select them; exactly one condition holds."""


@frozen
class Equation:
    """`product = left · right`, if `guard` holds."""

    product: Lin
    left: Lin
    right: Lin
    guard: Bit


@frozen(eq=False)
class Total:
    """The aggregate whose value is an unknown; it never falls as the value of a record grows.

    Args:
        kind: the aggregate, with all that two aggregates share that can be compared.
        records: which records: the name of their list, and the condition under which any of them counts.
        each: what is summed for any of them, or the condition of those that are counted.
        guard: the condition under which the unknown is that aggregate.
        parts: the values of the records that are translated one by one, with which it grows too.
        most: the number of records of which it is a part; None for a number that is no count.
    """

    kind: Hashable
    records: tuple[str, Bit]
    each: Lin | Bit
    guard: Bit = True
    parts: tuple[Lin, ...] = ()
    most: Lin | None = None


@define(eq=False)
class Unknown:
    """An unknown number or condition.

    Args:
        number: its index.
        is_bit: True for a condition.
        unit: the number of which all its values are multiples, or None.
        low, high: its range, None for no end.
        facts: the facts about it.
        cases: the forms that it can equal, if it is one of several.
        whole: the form whose floor it is.
        quotient: the forms whose quotient it is.
        equation: its exact equation, if that is not linear.
        grows: the name of a function, and its arguments, each with 1 if it grows with it, -1 if it shrinks, 0 if
            neither is certain.
        total: the aggregate that it is over the records that are not translated one by one, if it is one.
        pushed: its comparisons with numbers, by sign and number, as conditions on what defines it.
    """

    number: int
    is_bit: bool = False
    unit: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    facts: list[Bit] = field(factory=list)
    cases: Cases = ()
    whole: Lin | None = None
    quotient: tuple[Lin, Lin] | None = None
    equation: Equation | None = None
    grows: tuple[Hashable, tuple[tuple[Lin, int], ...]] | None = None
    total: Total | None = None
    pushed: dict[tuple[str, Fraction], Bit] = field(factory=dict)


@define(eq=False)
class Terms:
    """All unknowns of a translation, and the conditions built from them."""

    unknowns: list[Unknown] = field(factory=list)
    _made: dict[Hashable, Any] = field(factory=dict)
    _by_key: dict[Hashable, Unknown] = field(factory=dict)

    def unknown(self, key: Hashable) -> tuple[Unknown, bool]:
        """Return the unknown of a key, and whether it is new."""
        found = self._by_key.get(key)
        if found is not None:
            return found, False
        found = self._by_key[key] = Unknown(len(self.unknowns))
        self.unknowns.append(found)
        return found, True

    def number(
        self, key: Hashable, unit: Fraction | None, low: Fraction | None = None, high: Fraction | None = None
    ) -> Lin:
        """Return an unknown number; a constant if only one value is possible."""
        if low is not None and low == high:
            return constant(low)
        found, is_new = self.unknown(key)
        if is_new:
            found.unit, found.low, found.high = unit, low, high
        return form_of(found.number)

    def bit(self, key: Hashable) -> Bit:
        """Return an unknown condition."""
        found, is_new = self.unknown(key)
        found.is_bit = True
        return self._node("bit", (found.number,)) if is_new else self._made["bit", (found.number,)]

    def _node(self, kind: str, parts: tuple[Any, ...]) -> Node:
        found: Node | None = self._made.get((kind, parts))
        if found is None:
            found = self._made[kind, parts] = Node(kind, parts)
        return found

    # -- conditions -----------------------------------------------------------------------------------

    def opposite(self, bit: Bit) -> Bit:
        if isinstance(bit, bool):
            return not bit
        return bit.parts[0] if bit.kind == "not" else self._node("not", (bit,))

    def all(self, bits: Iterable[Bit]) -> Bit:
        return self._joined("and", bits, decides=False)

    def any(self, bits: Iterable[Bit]) -> Bit:
        return self._joined("or", bits, decides=True)

    def _joined(self, kind: str, bits: Iterable[Bit], *, decides: bool) -> Bit:
        found: dict[Node, None] = {}
        for bit in bits:
            if isinstance(bit, bool):
                if bit is decides:
                    return decides
                continue
            found |= dict.fromkeys(bit.parts if bit.kind == kind else (bit,))
        spend("search", 1 + len(found))
        if any(self.opposite(bit) in found for bit in found):
            return decides
        if not found:
            return not decides
        return next(iter(found)) if len(found) == 1 else self._node(kind, tuple(found))

    def implies(self, one: Bit, other: Bit) -> Bit:
        return self.any([self.opposite(one), other])

    def alike(self, one: Bit, other: Bit) -> Bit:
        """Return the condition that both conditions hold, or neither."""
        return self.all([self.implies(one, other), self.implies(other, one)])

    def either(self, condition: Bit, then: Bit, otherwise: Bit) -> Bit:
        if then is otherwise:
            return then
        return self.any([self.all([condition, then]), self.all([self.opposite(condition), otherwise])])

    # -- numbers --------------------------------------------------------------------------------------

    def range(self, form: Lin) -> tuple[Fraction | None, Fraction | None]:
        """Return the least and the greatest value by the ranges of the unknowns."""
        low: Fraction | None = form.constant
        high: Fraction | None = form.constant
        for number, coefficient in form.terms:
            unknown = self.unknowns[number]
            ends = (unknown.low, unknown.high) if coefficient > 0 else (unknown.high, unknown.low)
            low = None if low is None or ends[0] is None else low + coefficient * ends[0]
            high = None if high is None or ends[1] is None else high + coefficient * ends[1]
        return low, high

    def unit(self, form: Lin) -> Fraction | None:
        """Return the number of which all values of a form without its constant are multiples."""
        steps: list[Fraction | None] = []
        for number, coefficient in form.terms:
            unit = self.unknowns[number].unit
            steps.append(None if unit is None else coefficient * unit)
        return grid(*steps)

    def compare(self, sign: str, one: Lin, other: Lin) -> Bit:
        """Return the comparison of two numbers."""
        difference = one.minus(other)
        spend("proving", 1 + len(difference.terms))
        match sign:
            case "<=" | "<":
                return self._below(difference, is_strict=sign == "<")
            case ">=" | ">":
                return self._below(difference.times(Fraction(-1)), is_strict=sign == ">")
            case "==":
                return self._zero(difference)
            case _:
                return self.opposite(self._zero(difference))

    def _below(self, form: Lin, *, is_strict: bool) -> Bit:
        """Return the condition that a form is below zero, or at most zero."""
        unit = self.unit(form)
        if form.terms and unit is not None:
            most = -form.constant / unit
            form = Lin(form.terms, -unit * ((ceil(most) - 1) if is_strict else floor(most)))
            is_strict = False
        low, high = self.range(form)
        if high is not None and (high < 0 or (high == 0 and not is_strict)):
            return True
        if low is not None and (low > 0 or (low == 0 and is_strict)):
            return False
        if len(form.terms) == 1:
            ((number, coefficient),) = form.terms
            sign = ("<" if coefficient > 0 else ">") + ("" if is_strict else "=")
            return self._pushed(self.unknowns[number], sign, -form.constant / coefficient)
        return self.atom("lt" if is_strict else "le", form)

    def _zero(self, form: Lin) -> Bit:
        low, high = self.range(form)
        if (low is not None and low > 0) or (high is not None and high < 0):
            return False
        if not form.terms:
            return True
        unit = self.unit(form)
        if unit is not None and (form.constant / unit).denominator != 1:
            return False
        if len(form.terms) == 1:
            return self._pushed(self.unknowns[form.terms[0][0]], "==", -form.constant / form.leading)
        return self.atom("eq", form)

    def atom(self, kind: str, form: Lin) -> Bit:
        """Return a comparison without simplification."""
        if not form.terms:
            return {"le": form.constant <= 0, "lt": form.constant < 0, "eq": form.constant == 0}[kind]
        by = form.leading if kind == "eq" else abs(form.leading)
        return self._node(kind, (form.times(1 / by),))

    def _pushed(self, unknown: Unknown, sign: str, value: Fraction) -> Bit:
        """Return the comparison of an unknown with a number, rewritten by the definition of the unknown."""
        if (sign, value) not in unknown.pushed:
            unknown.pushed[sign, value] = self._by_definition(unknown, sign, value)
        return unknown.pushed[sign, value]

    def _by_definition(self, unknown: Unknown, sign: str, value: Fraction) -> Bit:
        if unknown.cases:
            return self.any(self.all([bit, self.compare(sign, form, constant(value))]) for bit, form in unknown.cases)
        plain = self._plain(unknown, sign, value)
        if unknown.whole is not None:
            # Values of a floor are whole, and so is the number compared with.
            low = self.compare(">=", unknown.whole, constant(value))
            high = self.compare("<", unknown.whole, constant(value + 1))
            pushed = {"<=": high, ">=": low}.get(sign, self.all([low, high]))
            unknown.facts.append(self.alike(plain, pushed))
            return pushed
        if unknown.quotient is not None:
            dividend, divisor = unknown.quotient
            pushed = self.cross_multiplied(sign, dividend, divisor, value)
            is_some = self.compare("!=", divisor, constant(0))
            unknown.facts.append(self.implies(is_some, self.alike(plain, pushed)))
            return pushed
        return plain

    def _plain(self, unknown: Unknown, sign: str, value: Fraction) -> Bit:
        form = form_of(unknown.number).minus(constant(value))
        if sign in (">", ">="):
            form = form.times(Fraction(-1))
        return self.atom({"==": "eq", "<": "lt", ">": "lt"}.get(sign, "le"), form)

    def cross_multiplied(self, sign: str, dividend: Lin, divisor: Lin, value: Fraction) -> Bit:
        """Return the comparison of `dividend / divisor` with a number, for a nonzero divisor."""
        bound = divisor.times(value)
        if sign == "==":
            return self.compare("==", dividend, bound)
        turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[sign]
        above = self.compare(">", divisor, constant(0))
        return self.either(above, self.compare(sign, dividend, bound), self.compare(turned, dividend, bound))

    # -- one of several -------------------------------------------------------------------------------

    def select(
        self,
        cases: Sequence[tuple[Bit, Lin]],
        low: Fraction | None = None,
        high: Fraction | None = None,
        facts: Iterable[Bit] = (),
    ) -> Lin:
        """Return the form whose condition holds; exactly one condition holds.

        Args:
            cases: conditions and forms.
            low, high: a range, if it is narrower than that of the forms.
            facts: further facts about the result.
        """
        merged: dict[Lin, Bit] = {}
        for bit, form in cases:
            if bit is not False:
                merged[form] = self.any([merged[form], bit]) if form in merged else bit
        if len(merged) == 1:
            return next(iter(merged))
        kept = tuple((bit, form) for form, bit in merged.items())
        certain = next((form for bit, form in kept if bit is True), None)
        if certain is not None:
            return certain
        if len(kept) == 2 and all(form.is_constant for _, form in kept):
            (bit, then), (_, otherwise) = kept
            if (then, otherwise) != (constant(1), constant(0)):
                return otherwise.plus(self.indicator(bit).times(then.constant - otherwise.constant))
        found, is_new = self.unknown(("select", kept))
        if is_new:
            self._define(found, kept, low, high)
        return form_of(found.number)

    def indicator(self, bit: Bit) -> Lin:
        """Return 1 if a condition holds, else 0."""
        return self.select([(bit, constant(1)), (self.opposite(bit), constant(0))])

    def _define(self, found: Unknown, cases: Cases, low: Fraction | None, high: Fraction | None) -> None:
        ranges = [self.range(form) for _, form in cases]
        lows, highs = [least for least, _ in ranges], [most for _, most in ranges]
        own_low = None if None in lows else min(one for one in lows if one is not None)
        own_high = None if None in highs else max(one for one in highs if one is not None)
        found.low = own_low if low is None else low
        found.high = own_high if high is None else high
        first = cases[0][1].constant
        steps = [self.unit(form) if form.terms else Fraction(0) for _, form in cases]
        found.unit = grid(*steps, *(form.constant - first for _, form in cases), first)
        found.cases = cases
        for bit, form in cases:
            same = self.atom("eq", form_of(found.number).minus(form))
            found.facts.append(self.implies(bit, same))

    def chosen(self, condition: Bit, then: Lin, otherwise: Lin) -> Lin:
        return self.select([(condition, then), (self.opposite(condition), otherwise)])

    def least(self, one_: Lin, other: Lin) -> Lin:
        """Return the smaller of two numbers."""
        is_first = self.compare("<=", one_, other)
        highs = [high for _, high in map(self.range, (one_, other)) if high is not None]
        found = self.select([(is_first, one_), (self.opposite(is_first), other)], high=min(highs, default=None))
        self._ordered(found, (one_, other), -1)
        return found

    def greatest(self, one_: Lin, other: Lin) -> Lin:
        """Return the larger of two numbers."""
        return self.least(one_.times(Fraction(-1)), other.times(Fraction(-1))).times(Fraction(-1))

    def _ordered(self, found: Lin, others: Iterable[Lin], sign: int) -> None:
        if len(found.terms) == 1 and found not in others:
            unknown = self.unknowns[found.terms[0][0]]
            unknown.facts += [self.atom("le", found.minus(other)) for other in others]
