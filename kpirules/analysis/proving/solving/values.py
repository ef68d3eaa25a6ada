"""Values of operations over unknowns: their payload, whether they are present, and what stops them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from .linear import ZERO, Lin
from .terms import Bit, Node, Terms

__all__ = ["ABSENT", "OPEN", "Options", "Payload", "Stop", "Thing", "Untranslated", "Value", "Values"]

Stop = tuple[str, str]
"""The path of a fault and its kind; `OPEN` for a row that leaves a value undefined."""

OPEN: Stop = ("", "open")


class Untranslated(Exception):
    """An operation that is not translated."""


@frozen(eq=False)
class Options:
    """One of some texts: for each the condition that selects it."""

    conditions: Mapping[str, Bit]


@frozen(eq=False)
class Thing:
    """A constant of another type: a calendar."""

    value: Any


Payload = Lin | Node | bool | Options | Thing
"""Numbers and dates (by ordinal) are linear forms, booleans are conditions."""


@frozen(eq=False)
class Value:
    """The value of an operation.

    Args:
        payload: meaningless if the value is not present.
        there: the condition that it is present and nothing stopped it.
        stops: the conditions that stop it, of which no two hold at once.
    """

    payload: Payload
    there: Bit = True
    stops: Mapping[Stop, Bit] = field(factory=dict)


ABSENT = Value(ZERO, False)


@define(eq=False)
class Values:
    """Combines values in sequence, or selects among them.

    Args:
        terms: the unknowns.
        branches: the conditions of the branches that are evaluated now.
    """

    terms: Terms = field(factory=Terms)
    branches: list[Bit] = field(factory=list)

    def branch(self, condition: Bit, evaluate: Callable[[], Value]) -> Value:
        """Return the value of a part that is evaluated only under a condition."""
        self.branches.append(condition)
        try:
            return evaluate()
        finally:
            self.branches.pop()

    def stopped(self, value: Value) -> Bit:
        return self.terms.any(value.stops.values()) if value.stops else False

    def is_true(self, value: Value) -> Bit:
        """Return the condition that a boolean value is present and true."""
        return self.terms.all([value.there, bit_of(value.payload)])

    def is_absent(self, value: Value) -> Bit:
        """Return the condition that a value is absent although nothing stops it."""
        return self.terms.opposite(self.terms.any([value.there, self.stopped(value)]))

    def under(self, condition: Bit, stops: Mapping[Stop, Bit]) -> dict[Stop, Bit]:
        """Return the stops of a part that is evaluated only under a condition."""
        found = {stop: self.terms.all([condition, bit]) for stop, bit in stops.items()}
        return {stop: bit for stop, bit in found.items() if bit is not False}

    def joined(self, *parts: Mapping[Stop, Bit]) -> dict[Stop, Bit]:
        """Return the stops of parts that exclude one another."""
        found: dict[Stop, Bit] = {}
        for part in parts:
            for stop, bit in part.items():
                found[stop] = self.terms.any([found[stop], bit]) if stop in found else bit
        return found

    def in_turn(self, values: Iterable[Value]) -> dict[Stop, Bit]:
        """Return the stops of values that are evaluated in sequence."""
        found: dict[Stop, Bit] = {}
        for value in values:
            if value.stops:
                going = self.terms.opposite(self.terms.any(found.values()))
                found = self.joined(found, self.under(going, value.stops))
        return found

    def strict(self, parts: Sequence[Value], build: Callable[..., Payload | Value]) -> Value:
        """Return a function of operands; absent if any operand is."""
        stops = self.in_turn(parts)
        there = self.terms.all(part.there for part in parts)
        if there is False:
            return Value(ZERO, False, stops)
        built = build(*(part.payload for part in parts))
        if not isinstance(built, Value):
            return Value(built, there, stops)
        return Value(
            built.payload,
            self.terms.all([there, built.there]),
            self.joined(stops, self.under(there, built.stops)),
        )

    def then(self, first: Value, second: Callable[[], Value]) -> Value:
        """Return the second value, which is evaluated only if the first is present."""
        return first if first.there is False else self.strict([first], lambda _: second())

    def choose(self, condition: Bit, then: Callable[[], Value], otherwise: Callable[[], Value]) -> Value:
        """Return one of two values; one that is never selected is not evaluated."""
        if isinstance(condition, bool):
            return then() if condition else otherwise()
        opposite = self.terms.opposite(condition)
        return self.mixed([(condition, self.branch(condition, then)), (opposite, self.branch(opposite, otherwise))])

    def mixed(self, parts: Sequence[tuple[Bit, Value]]) -> Value:
        """Return the value whose condition holds; exactly one condition holds."""
        parts = [(bit, value) for bit, value in parts if bit is not False]
        if len(parts) == 1:
            return parts[0][1]
        there = self.terms.any(self.terms.all([bit, value.there]) for bit, value in parts)
        if all(value.there is True for _, value in parts):
            there = True
        stops = self.joined(*(self.under(bit, value.stops) for bit, value in parts))
        known = [(bit, value.payload) for bit, value in parts if value.there is not False]
        return Value(self.mixed_payloads(known), there, stops)

    def mixed_payloads(self, parts: Sequence[tuple[Bit, Payload]]) -> Payload:
        """Return the payload whose condition holds; any if none does."""
        if not parts:
            return ZERO
        payloads = [payload for _, payload in parts]
        if all(payload is payloads[0] for payload in payloads):
            return payloads[0]
        if all(isinstance(payload, Lin) for payload in payloads):
            # Conditions left out belong to absent values.
            last = self.terms.opposite(self.terms.any(bit for bit, _ in parts[:-1]))
            bits = [*(bit for bit, _ in parts[:-1]), last]
            return self.terms.select(list(zip(bits, map(number_of, payloads), strict=True)))
        if all(isinstance(payload, Options) for payload in payloads):
            texts = dict.fromkeys(text for one in payloads if isinstance(one, Options) for text in one.conditions)
            return Options(
                {
                    text: self.terms.any(
                        self.terms.all([bit, one.conditions.get(text, False)])
                        for bit, one in parts
                        if isinstance(one, Options)
                    )
                    for text in texts
                }
            )
        if all(isinstance(payload, Node | bool) for payload in payloads):
            return self.terms.any(self.terms.all([bit, bit_of(payload)]) for bit, payload in parts)
        raise Untranslated

    def compared(self, sign: str, x: Payload, y: Payload, ranks: Sequence[str] = ()) -> Bit:
        """Return the comparison of two payloads."""
        if isinstance(x, Lin) and isinstance(y, Lin):
            return self.terms.compare(sign, x, y)
        if sign == "!=":
            return self.terms.opposite(self.compared("==", x, y))
        if isinstance(x, Options) and isinstance(y, Options):
            place = {text: index for index, text in enumerate(ranks)}
            # Options of another edition have no rank here; no subject of both editions has them.
            return self.terms.any(
                self.terms.all([x_bit, y_bit])
                for one, x_bit in x.conditions.items()
                for other, y_bit in y.conditions.items()
                if (one == other if sign == "==" else _holds(sign, place.get(one), place.get(other)))
            )
        return self.terms.alike(bit_of(x), bit_of(y))


def _holds(sign: str, one: int | None, other: int | None) -> bool:
    if one is None or other is None:
        return False
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[sign]


def bit_of(payload: Payload) -> Bit:
    if not isinstance(payload, Node | bool):
        # A value that is never present has no payload of its kind.
        return False
    return payload


def number_of(payload: Payload) -> Lin:
    if not isinstance(payload, Lin):
        raise Untranslated
    return payload
