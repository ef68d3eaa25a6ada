"""Values one after the other, or one of several, with what they do on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from attrs import define, evolve

from .linear_forms import ONE, ZERO, Beyond, Form, Options, Payload, Quotient, Thing, Tied, Value, need, product_of
from .linear_model import Model

__all__ = ["Mixing"]


@define(eq=False)
class Mixing:
    """What is done with values.

    Args:
        model: takes variables and constraints.
    """

    model: Model

    # -- one after the other --------------------------------------------------------------------------

    def following(self, first: Value, then: Callable[[], Value]) -> Value:
        """What comes of the second, which is looked at only where the first is there."""
        if first.there.is_constant and not first.there.constant:
            return first
        second = then()
        there = self.model.both(first.there, second.there)
        return self.effects([first], evolve(second, there=there), first.there)

    def effects(self, before: Sequence[Value], last: Value, reached: Form = ONE) -> Value:
        """The last of some values, with what the others did before it could do anything."""
        fault, open_, hit = ZERO, ZERO, ZERO
        doing = [one for one in (*before, last) if not one.does_nothing]
        if not doing:
            return last
        for one in doing:
            go_on = [self.model.opposite(open_), self.model.opposite(hit), reached if one is last else ONE]
            fault = self.model.any([fault, self.model.all([*go_on, one.fault])])
            open_, hit = (
                self.model.any([open_, self.model.all([*go_on, one.open])]),
                self.model.any([hit, self.model.all([*go_on, one.hit])]),
            )
        return evolve(last, fault=fault, open=open_, hit=hit)

    def strict(self, parts: list[Value], build: Callable[..., Payload | Value]) -> Value:
        """What operands come to; absent where one is."""
        there = self.model.all(part.there for part in parts)
        if there.is_constant and not there.constant:
            return self.effects(parts, Value(ZERO, ZERO))
        built = build(*(part.payload for part in parts))
        if not isinstance(built, Value):
            return self.effects(parts, Value(built, there))
        return self.effects(parts, evolve(built, there=self.model.both(there, built.there)), there)

    def choose(self, bit: Form, one: Callable[[], Value], other: Callable[[], Value]) -> Value:
        """One of two values; what can't be chosen is not looked at."""
        if bit.is_constant:
            return one() if bit.constant else other()
        return self.mixed([(bit, one()), (self.model.opposite(bit), other())])

    def mixed(self, parts: list[tuple[Form, Value]]) -> Value:
        """The value of which the bit is 1: exactly one is."""
        if len(parts) == 1:
            return parts[0][1]
        payload = self.mixed_payloads([(bit, value.payload) for bit, value in parts])

        def mix(forms: list[Form]) -> Form:
            if all(form is forms[0] for form in forms):
                return forms[0]
            return self.model.opposite(
                self.sum_of([(bit, self.model.opposite(form)) for (bit, _), form in zip(parts, forms, strict=True)])
            )

        return Value(
            payload,
            mix([value.there for _, value in parts]),
            self.sum_of([(bit, value.fault) for bit, value in parts]),
            self.sum_of([(bit, value.open) for bit, value in parts]),
            self.sum_of([(bit, value.hit) for bit, value in parts]),
        )

    def mixed_payloads(self, parts: list[tuple[Form, Payload]]) -> Payload:
        payloads = [payload for _, payload in parts]
        if all(payload is payloads[0] for payload in payloads):
            return payloads[0]
        if any(isinstance(payload, Options) for payload in payloads):
            texts = dict.fromkeys(text for one in payloads if isinstance(one, Options) for text in one.are)
            mine = [(bit, one.are if isinstance(one, Options) else {}) for bit, one in parts]
            return Options({text: self.sum_of([(bit, are.get(text, ZERO)) for bit, are in mine]) for text in texts})
        if all(isinstance(payload, Form) for payload in payloads):
            if len(parts) == 2:
                return self.model.select(parts[0][0], need(payloads[0]), need(payloads[1]))
            return self.sum_of([(bit, need(payload)) for bit, payload in parts])
        if any(isinstance(payload, Thing) for payload in payloads):
            raise Beyond
        numbers = dict.fromkeys(
            v for payload in payloads for v in product_of(payload, payload) if not isinstance(payload, Form)
        )
        return Tied(tuple(numbers))

    def sum_of(self, parts: list[tuple[Form, Form]]) -> Form:
        """The sum of forms where their bits are 1."""
        total = ZERO
        for bit, form in parts:
            if form.terms or form.constant:
                total = total.plus(self.model.product(bit, form))
        return total

    # -- sums and quotients -----------------------------------------------------------------------------

    def scaled(self, x: Payload, factor: Fraction) -> Payload:
        match x:
            case Form():
                return x.times(factor) if factor else ZERO
            case Quotient(over=over, by=by):
                return Quotient(over.times(factor), by) if factor else ZERO
            case _:
                return x if factor else ZERO

    def added(self, x: Payload, y: Payload) -> Payload:
        match x, y:
            case Form(), Form():
                return x.plus(y)
            case (Quotient() as one, Form() as other) | (Form() as other, Quotient() as one) if other.is_constant:
                return Quotient(one.over.plus(one.by.times(other.value)) if other.constant else one.over, one.by)
            case Quotient(), Quotient() if x.by.key == y.by.key:
                return Quotient(x.over.plus(y.over), x.by)
            case _:
                return _together(x, y)

    def subtracted(self, x: Payload, y: Payload) -> Payload:
        return self.added(x, self.scaled(y, Fraction(-1)))

    def quotient(self, x: Payload, y: Form) -> Payload:
        """A quotient by a form that varies; by 1 where that is zero."""
        low, high = self.model.range(y)
        if high <= 0:
            x, y, low = self.scaled(x, Fraction(-1)), y.times(Fraction(-1)), -high
        if low < 0 or not isinstance(x, Form):
            return Tied(tuple(y.terms))
        return Quotient(x, y.plus(self.model.compare(y, "==")) if low == 0 else y)


def _together(x: Payload, y: Payload) -> Payload:
    numbers = dict.fromkeys(v for one in (x, y) if not isinstance(one, Form) for v in product_of(one, one))
    return Tied(tuple(numbers))
