"""Variables with their boxes and the constraints between them: piecewise operations as integer programs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, gcd
from typing import TypeVar

from attrs import define, field

from ..exact.linear import Constraint, Solution, solve
from .linear_forms import ONE, ZERO, Dead, Form, constant
from .linear_registry import Registry

__all__ = ["Model"]

K = TypeVar("K", bound=Hashable)


@define(eq=False)
class Model:
    """One attempt: some variables have values of their own, the others a box.

    Whatever the inputs are, the variables that stand for what is computed have one value that fits: a model
    excludes no subject but by `within` and `holds`, where these are asked from outside.

    Args:
        registry: of the variables.
        decisions: values of variables.
        boxes: of those without.
        rows: terms with the least and the greatest sum; None for no end.
        with_bit: by variable, the key of the form without which it is zero.
        work: what making the model took, in constraints and conditions, operations, inputs and steps.
    """

    registry: Registry
    decisions: Mapping[int, int]
    boxes: dict[int, tuple[int, int]] = field(factory=dict)
    rows: list[tuple[Mapping[int, int], int | None, int | None]] = field(factory=list)
    with_bit: dict[int, tuple[object, ...]] = field(factory=dict)
    work: int = 0
    _known: dict[Hashable, list[Form]] = field(factory=dict)
    _products: dict[Hashable, Form] = field(factory=dict)

    # -- variables and constraints ------------------------------------------------------------------

    def variable(self, key: Hashable, low: int, high: int, unit: Fraction | None = None) -> Form:
        """A variable from one integer to another."""
        number = self.registry.number(key)
        if unit is not None:
            self.registry.units[number] = unit
        if number in self.decisions:
            decided = self.decisions[number]
            if not low <= decided <= high:
                raise Dead
            return constant(decided)
        if low > high:
            raise Dead
        if low == high:
            return constant(low)
        self.boxes[number] = (low, high)
        return Form({number: 1}, 0)

    def computed(self, key: Hashable, low: int, high: int, *of: Form) -> Form:
        """A variable for what some forms come to."""
        sources = dict.fromkeys(v for form in of for v in form.terms)
        self.registry.sources[self.registry.number(key)] = tuple(sources)
        return self.variable(key, low, high)

    def range(self, form: Form) -> tuple[int, int]:
        """The least and the greatest numerator in the boxes."""
        low = high = form.constant
        for v, c in form.terms.items():
            a, b = self.boxes[v]
            low, high = (low + c * a, high + c * b) if c > 0 else (low + c * b, high + c * a)
        return low, high

    def within(self, form: Form, low: Fraction | int | None, high: Fraction | int | None) -> None:
        """Constrain a form, ends included."""
        self.work += 1
        least, most = self.range(form)
        low_ = None if low is None else ceil(low * form.denominator)
        high_ = None if high is None else floor(high * form.denominator)
        if (low_ is not None and most < low_) or (high_ is not None and least > high_):
            raise Dead
        low_ = None if low_ is None or least >= low_ else low_ - form.constant
        high_ = None if high_ is None or most <= high_ else high_ - form.constant
        if low_ is None and high_ is None:
            return
        if len(form.terms) > 1:
            self.rows.append((form.terms, low_, high_))
            return
        ((v, c),) = form.terms.items()
        if c < 0:
            low_, high_, c = None if high_ is None else -high_, None if low_ is None else -low_, -c
        a, b = self.boxes[v]
        a, b = a if low_ is None else max(a, -(-low_ // c)), b if high_ is None else min(b, high_ // c)
        if a > b:
            raise Dead
        self.boxes[v] = (a, b)

    def holds(self, bit: Form) -> None:
        self.within(bit, 1, 1)

    def fails(self, bit: Form) -> None:
        self.within(bit, 0, 0)

    def solution(self, budget: int) -> Solution:
        """A value for each variable, by its number, or what else came of it."""
        places = {v: place for place, v in enumerate(self.boxes)}
        constraints = []
        for terms, low, high in self.rows:
            mapped = tuple((places[v], Fraction(c)) for v, c in terms.items())
            if low is not None and low == high:
                constraints.append(Constraint(mapped, "==", Fraction(low)))
                continue
            if high is not None:
                constraints.append(Constraint(mapped, "<=", Fraction(high)))
            if low is not None:
                constraints.append(Constraint(tuple((v, -c) for v, c in mapped), "<=", Fraction(-low)))
        return solve(list(self.boxes.values()), constraints, budget=budget)

    # -- bits -----------------------------------------------------------------------------------------

    def opposite(self, bit: Form) -> Form:
        return ONE.minus(bit)

    def both(self, one: Form, other: Form) -> Form:
        """Whether two hold."""
        return self.product(one, other)

    def all(self, bits: Iterable[Form]) -> Form:
        """Whether all hold."""
        self.work += 1
        parts: dict[tuple[object, ...], Form] = {}
        for bit in bits:
            if bit.is_constant:
                if not bit.constant:
                    return ZERO
                continue
            parts[bit.key] = bit
        if len(parts) < 2:
            return next(iter(parts.values()), ONE)
        if any(self.opposite(bit).key in parts for bit in parts.values()):
            return ZERO
        if len(parts) == 2:
            one, other = parts.values()
            return self.product(one, other)
        key = ("all", *sorted(map(str, parts)))
        if key not in self._products:
            result = self._products[key] = self.computed(key, 0, 1, *parts.values())
            total = ZERO
            for bit in parts.values():
                self.within(bit.minus(result), 0, None)
                total = total.plus(bit)
            self.within(total.minus(result), None, len(parts) - 1)
        return self._products[key]

    def any(self, bits: Iterable[Form]) -> Form:
        """Whether one holds."""
        return self.opposite(self.all(map(self.opposite, bits)))

    def product(self, bit: Form, form: Form, ends: tuple[Fraction, Fraction] | None = None) -> Form:
        """The form where a bit holds, else 0.

        Args:
            bit: 0 or 1.
            form: any.
            ends: the least and the greatest value of the form where the bit holds, if more is known.
        """
        if bit.is_constant:
            return form if bit.constant else ZERO
        if form.is_constant:
            return bit.times(form.value) if form.constant else ZERO
        if len(form.terms) == 1 and not form.constant:
            (v,) = form.terms
            if self.with_bit.get(v) == bit.key:
                return form
        low, high = self.range(form)
        if low == 0 and high == form.denominator:
            if form.key == bit.key:
                return form
            if self.opposite(form).key == bit.key:
                return ZERO
        key = tuple(sorted(map(str, (bit.key, form.key))))
        if key not in self._products:
            inner = low, high
            if ends is not None:
                inner = max(low, ceil(ends[0] * form.denominator)), min(high, floor(ends[1] * form.denominator))
                if inner[0] > inner[1]:
                    inner = low, high
            self._products[key] = self._multiplied(key, bit, form, inner)
        return self._products[key]

    def _multiplied(self, key: Hashable, bit: Form, form: Form, inner: tuple[int, int]) -> Form:
        self.work += 1
        low, high = self.range(form)
        whole = form.times(Fraction(form.denominator))
        result = self.computed(key, min(inner[0], 0), max(inner[1], 0), bit, form)
        rest = whole.minus(result)
        self.within(result.minus(bit.times(Fraction(inner[0]))), 0, None)
        self.within(bit.times(Fraction(inner[1])).minus(result), 0, None)
        self.within(rest.plus(bit.times(Fraction(low))), low, None)
        self.within(rest.plus(bit.times(Fraction(high))), None, high)
        return result.times(Fraction(1, form.denominator))

    def select(self, bit: Form, one: Form, other: Form) -> Form:
        """One form or another."""
        if bit.is_constant:
            return one if bit.constant else other
        if one.is_constant and not one.constant:
            return self.product(self.opposite(bit), other)
        return other.plus(self.product(bit, one.minus(other)))

    # -- pieces ---------------------------------------------------------------------------------------

    def pieces(self, form: Form, starts: Sequence[int]) -> list[tuple[Form, int, int]]:
        """A bit for each stretch that the numerator may lie in, with its ends.

        Args:
            form: any.
            starts: the first numerator of each stretch but the lowest, ascending.
        """
        low, high = self.range(form)
        inside = [start for start in starts if low < start <= high]
        ends = list(zip([low, *inside], [*(start - 1 for start in inside), high], strict=True))
        if len(ends) == 1:
            return [(ONE, low, high)]
        key = ("pieces", form.key, tuple(inside))
        if key not in self._known:
            bits = [self.computed((*key, index), 0, 1, form) for index in range(len(ends) - 1)]
            bits.append(ONE)
            for bit in bits[:-1]:
                bits[-1] = bits[-1].minus(bit)
            self.within(bits[-1], 0, None)
            least, most = ZERO, ZERO
            for bit, (a, b) in zip(bits, ends, strict=True):
                least, most = least.plus(bit.times(Fraction(a))), most.plus(bit.times(Fraction(b)))
            whole = form.times(Fraction(form.denominator))
            self.within(whole.minus(least), 0, None)
            self.within(most.minus(whole), 0, None)
            self._known[key] = bits
        # The bits may be from when the form had a wider range: its ends are those that it has now.
        return [(bit, a, b) for bit, (a, b) in zip(self._known[key], ends, strict=True)]

    def stepwise(
        self, form: Form, cuts: Iterable[Fraction], pick: Callable[[Fraction], K]
    ) -> list[tuple[Form, K, Fraction, Fraction]]:
        """What is picked for a number that changes only at some cuts: bits, picks, and between which numbers.

        Neighbours with the same pick are one.
        """
        d = form.denominator
        low, high = self.range(form)
        starts = sorted({start for cut in cuts for start in (ceil(cut * d), floor(cut * d) + 1)})
        starts = [start for start in starts if low < start <= high]
        picked = [pick(Fraction(start, d)) for start in (low, *starts)]
        changes = [start for start, one, before in zip(starts, picked[1:], picked, strict=False) if one != before]
        picks = [picked[0], *(one for one, before in zip(picked[1:], picked, strict=False) if one != before)]
        pieces = self.pieces(form, changes)
        return [(bit, one, Fraction(a, d), Fraction(b, d)) for (bit, a, b), one in zip(pieces, picks, strict=True)]

    def compare(self, form: Form, sign: str) -> Form:
        """Whether a form stands so to zero."""
        if sign in ("!=", ">=", ">"):
            return self.opposite(self.compare(form, {"!=": "==", ">=": "<", ">": "<="}[sign]))
        if sign == "==":
            shared = gcd(*form.terms.values())
            low, high = self.range(form)
            if not low <= 0 <= high or (shared and form.constant % shared):
                return ZERO
            found = self.pieces(form, [0, 1])
            return next(bit for bit, a, b in found if a == b == 0)
        start = 0 if sign == "<" else 1
        pieces = self.pieces(form, [start])
        return pieces[0][0] if len(pieces) == 2 else (ONE if pieces[0][2] < start else ZERO)

    def ordered(self, form: Form, sign: str) -> None:
        """Constrain a form to stand so to zero."""
        least = Fraction(1, form.denominator)
        match sign:
            case "!=":
                self.fails(self.compare(form, "=="))
            case "==":
                self.within(form, 0, 0)
            case "<" | "<=":
                self.within(form, None, -least if sign == "<" else 0)
            case _:
                self.within(form, least if sign == ">" else 0, None)
