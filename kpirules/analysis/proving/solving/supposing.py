"""Evaluates conditions by the ranges of their numbers, given assumed conditions."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import define, field

from .linear import Lin
from .terms import Bit, Node, Terms

__all__ = ["Supposing"]

Range = tuple[Fraction | None, Fraction | None]


@define(eq=False)
class Supposing:
    """Evaluates conditions by intervals, given assumed conditions.

    Args:
        terms: the terms of the conditions.
        supposed: conditions that are assumed true or false.
    """

    terms: Terms
    supposed: Mapping[Node, bool]
    _bits: dict[Node, bool | None] = field(factory=dict)
    _ranges: dict[int, Range] = field(factory=dict)

    def truth(self, bit: Bit) -> bool | None:
        """Return whether a condition holds; None if unknown."""
        if isinstance(bit, bool):
            return bit
        if bit in self.supposed:
            return self.supposed[bit]
        if bit not in self._bits:
            self._bits[bit] = self._truth(bit)
        return self._bits[bit]

    def _truth(self, bit: Node) -> bool | None:
        match bit.kind:
            case "bit":
                return None
            case "not":
                held = self.truth(bit.parts[0])
                return None if held is None else not held
            case "and" | "or":
                decides = bit.kind == "or"
                found = [self.truth(part) for part in bit.parts]
                return decides if decides in found else None if None in found else not decides
        low, high = self.range(bit.parts[0])
        if bit.kind == "eq":
            return False if (low is not None and low > 0) or (high is not None and high < 0) else None
        if high is not None and (high < 0 or (high == 0 and bit.kind == "le")):
            return True
        return False if low is not None and (low > 0 or (low == 0 and bit.kind == "lt")) else None

    def range(self, form: Lin) -> Range:
        """Return the least and the greatest value of a form."""
        low: Fraction | None = form.constant
        high: Fraction | None = form.constant
        for number, coefficient in form.terms:
            ends = self._of_unknown(number)
            ends = ends if coefficient > 0 else ends[::-1]
            low = None if low is None or ends[0] is None else low + coefficient * ends[0]
            high = None if high is None or ends[1] is None else high + coefficient * ends[1]
        return low, high

    def _of_unknown(self, number: int) -> Range:
        """Return the range of an unknown, from those of its forms that are still possible."""
        if number not in self._ranges:
            unknown = self.terms.unknowns[number]
            low, high = unknown.low, unknown.high
            ranges = [self.range(form) for bit, form in unknown.cases if self.truth(bit) is not False]
            lows = [least for least, _ in ranges if least is not None]
            highs = [most for _, most in ranges if most is not None]
            if ranges and len(lows) == len(ranges):
                low = min(lows) if low is None else max(low, min(lows))
            if ranges and len(highs) == len(ranges):
                high = max(highs) if high is None else min(high, max(highs))
            self._ranges[number] = low, high
        return self._ranges[number]
