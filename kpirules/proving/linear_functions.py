"""Functions and tables over variables."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve

from ..calendars import OutsideCalendar
from ..exact import DomainError, TooWide
from ..expressions import FUNCTIONS
from ..expressions.functions import ImpossibleDate
from ..plan import ops
from .linear_conditions import compared
from .linear_forms import (
    ONE,
    ZERO,
    Beyond,
    Demand,
    Form,
    Options,
    Payload,
    Quotient,
    Thing,
    Value,
    constant,
    need,
    product_of,
)
from .linear_rounding import rounded

if TYPE_CHECKING:
    from .linear_ops import Evaluator

__all__ = ["call", "cases", "clamped", "plain", "stepwise"]

K = TypeVar("K", bound=Hashable)

ENDLESS = Fraction(10) ** 40


def stepwise(
    to: Evaluator, x: Payload, cuts: Iterable[Fraction], pick: Callable[[Fraction], K]
) -> list[tuple[Form, K, Fraction, Fraction]]:
    """What is picked for a number that changes only at some cuts: bits, picks, and between which numbers."""
    if not isinstance(x, Quotient):
        return to.model.stepwise(need(x), cuts, pick)
    places = sorted(set(cuts))
    # Before all cuts, at each, and after each.
    samples = [places[0] - 1] if places else [Fraction(0)]
    starts = []
    for index, place in enumerate(places):
        following = places[index + 1] if index + 1 < len(places) else place + 2
        samples += [place, (place + following) / 2]
        starts += [(place, ">="), (place, ">")]
    picks = [pick(sample) for sample in samples]
    found: list[tuple[Form, K, Fraction, Fraction]] = []
    reached = ONE
    for index, picked in enumerate(picks):
        if index + 1 < len(picks) and picks[index + 1] == picked:
            continue
        beyond = ZERO
        if index < len(starts):
            place, sign = starts[index]
            beyond = to.model.compare(x.over.minus(x.by.times(place)) if place else x.over, sign)
            if not (reached.is_constant or beyond.is_constant):
                to.model.within(reached.minus(beyond), 0, None)
        bit = reached.minus(beyond)
        if not (bit.is_constant and not bit.constant):
            found.append((bit, picked, -ENDLESS, ENDLESS))
        reached = beyond
    return found


def clamped(to: Evaluator, x: Payload, low: Fraction | None, high: Fraction | None) -> Payload:
    """A number, or the limit that it is beyond."""

    def side(y: Fraction) -> int:
        return -1 if low is not None and y < low else 1 if high is not None and y > high else 0

    pieces = stepwise(to, x, [end for end in (low, high) if end is not None], side)
    if [picked for _, picked, *_ in pieces] == [0]:
        return x
    ends = {-1: low, 1: high}
    if len(pieces) == 1:
        end = ends[pieces[0][1]]
        assert end is not None
        return constant(end)
    if not isinstance(x, Form):
        raise Demand(product_of(x, x))
    total = ZERO
    for bit, picked, least, most in pieces:
        end = ends.get(picked)
        total = total.plus(to.model.product(bit, x, (least, most)) if end is None else bit.times(end))
    return total


# -- tables -----------------------------------------------------------------------------------------------


def cases(to: Evaluator, op: ops.Cases) -> Value:
    """The value of the first case that holds."""
    x = to.local
    parts: list[tuple[Form, Value]] = []
    if isinstance(x, Options):
        chosen: dict[int, Form] = {}
        for text, bit in x.are.items():
            place = _first(to, op, Options({text: ONE}))
            chosen[place] = chosen[place].plus(bit) if place in chosen else bit
        parts = [(bit, to.value(op.cases[place][1])) for place, bit in chosen.items()]
        return to.mixed(parts)
    found = stepwise(to, x, _cuts(op), lambda number: _first(to, op, constant(number)))
    if len(found) == 1:
        return to.value(op.cases[found[0][1]][1])
    effects: list[tuple[Form, Value]] = []
    total: Form | None = ZERO
    for bit, place, low, high in found:
        value = to.value(op.cases[place][1])
        effects.append((bit, value))
        payload = value.payload
        if total is None or not isinstance(payload, Form) or value.there is not ONE:
            total = None
            continue
        ends = None
        if payload.terms and isinstance(x, Form):
            sides = [to.with_local(constant(end), op.cases[place][1]).payload for end in (low, high)]
            if all(isinstance(side, Form) and side.is_constant for side in sides):
                values = sorted(side.value for side in sides if isinstance(side, Form))
                ends = values[0], values[1]
        total = total.plus(to.model.product(bit, payload, ends))
    mixed = to.mixed([(bit, evolve(value, payload=ZERO) if total is not None else value) for bit, value in effects])
    return mixed if total is None else evolve(mixed, payload=total)


def _cuts(op: ops.Cases) -> list[Fraction]:
    """The numbers that conditions on `Local` compare with."""
    found = []
    for condition, _ in op.cases:
        if condition is None:
            continue
        if not isinstance(condition, ops.Chain):
            raise Beyond
        for operand in condition.operands:
            match operand:
                case ops.Const(value=bool() as flag):
                    found.append(Fraction(flag))
                case ops.Const(value=Fraction() as number):
                    found.append(number)
                case ops.Const(value=date() as day):
                    found.append(Fraction(day.toordinal()))
                case ops.Local():
                    pass
                case _:
                    raise Beyond
    return found


def _first(to: Evaluator, op: ops.Cases, local: Payload) -> int:
    """The first case that holds for a constant."""
    for place, (condition, _) in enumerate(op.cases):
        if condition is None:
            return place
        held = to.with_local(local, condition).payload
        if isinstance(held, Form) and held.constant:
            return place
    raise Beyond


# -- functions --------------------------------------------------------------------------------------------


def call(to: Evaluator, function: str, parts: list[Value]) -> Value:
    """A function of values."""
    if any(part.hit is not ZERO for part in parts):
        return to.effects(parts, Value(ZERO, to.model.all(part.there for part in parts)))
    return to.strict(parts, lambda *payloads: _called(to, function, list(payloads)))


def _called(to: Evaluator, function: str, payloads: list[Payload]) -> Payload | Value:
    constants = [plain(payload, kind) for payload, kind in zip(payloads, _kinds(function, payloads), strict=True)]
    if all(one is not None for one in constants):
        return _definition(function, constants)
    match function:
        case "min" | "max":
            return extreme(to, payloads, "<=" if function == "min" else ">=")
        case "abs":
            return absolute(to, payloads[0])
        case "clamp":
            return _clamp(to, payloads)
        case "sign":
            found = stepwise(to, payloads[0], [Fraction(0)], lambda x: (x > 0) - (x < 0))
            return to.sum_of([(bit, constant(picked)) for bit, picked, *_ in found])
        case "floor" | "ceil" | "trunc":
            mode = {"floor": "floor", "ceil": "ceiling", "trunc": "down"}[function]
            return to.rounded(payloads[0], Fraction(1), mode)
        case "days":
            return to.subtracted(payloads[1], payloads[0])
        case "mod":
            x, y = payloads
            if isinstance(y, Form) and y.is_constant and isinstance(x, Form):
                if y.value == 0:
                    raise Beyond  # it would fault, where it is evaluated
                whole = rounded(to.model, x.times(1 / y.value), Fraction(1), "floor")
                return x.minus(whole.times(y.value))
    raise Demand(tuple(v for payload in payloads for v in _all_of(payload)))


def _definition(function: str, constants: list[Any]) -> Value:
    try:
        result = FUNCTIONS[function].meaning(*constants)
    except (DomainError, TooWide, ImpossibleDate, ZeroDivisionError, OutsideCalendar):
        return Value(ZERO, fault=ONE)
    return Value(constant(result.toordinal() if isinstance(result, date) else Fraction(result)))


def _kinds(function: str, payloads: list[Payload]) -> list[str]:
    """What each argument is: dates and numbers look the same."""
    if function in ("days", "months", "years", "workdays", "year", "month", "day"):
        return ["date"] * len(payloads)
    return ["number"] * len(payloads)


def plain(payload: Payload, kind: str) -> Any:
    """A constant as it is; None where it varies."""
    match payload:
        case Form() if payload.is_constant:
            if kind != "date":
                return payload.value
            if not 1 <= payload.constant <= date.max.toordinal():
                raise Beyond  # what stands for a date that is not there
            return date.fromordinal(payload.constant)
        case Thing(value=value):
            return value
        case _:
            return None


def _all_of(payload: Payload) -> tuple[int, ...]:
    match payload:
        case Form(terms=terms):
            return tuple(terms)
        case Quotient(over=over, by=by):
            return (*by.terms, *over.terms)
        case Thing() | Options():
            return ()
        case other:
            return product_of(other, other)


def extreme(to: Evaluator, payloads: list[Payload], sign: str) -> Payload:
    """The least (`<=`) or the greatest (`>=`) of some numbers."""
    found = payloads[0]
    for other in payloads[1:]:
        if isinstance(found, Form) and isinstance(other, Form) and (found.is_constant or other.is_constant):
            x, limit = (other, found) if found.is_constant else (found, other)
            found = clamped(to, x, *((None, limit.value) if sign == "<=" else (limit.value, None)))
            continue
        bit = compared(to, sign, found, other)
        found = to.mixed_payloads([(bit, found), (to.model.opposite(bit), other)])
    return found


def absolute(to: Evaluator, x: Payload) -> Payload:
    pieces = stepwise(to, x, [Fraction(0)], lambda y: -1 if y < 0 else 1)
    parts: list[tuple[Form, Payload]] = [(bit, to.scaled(x, Fraction(sign))) for bit, sign, *_ in pieces]
    return parts[0][1] if len(parts) == 1 else to.mixed_payloads(parts)


def _clamp(to: Evaluator, payloads: list[Payload]) -> Payload:
    x, low, high = payloads
    if isinstance(low, Form) and isinstance(high, Form) and low.is_constant and high.is_constant:
        return clamped(to, x, low.value, high.value)
    below, above = compared(to, "<", x, low), compared(to, ">", x, high)
    inner = to.mixed_payloads([(above, high), (to.model.opposite(above), x)])
    return to.mixed_payloads([(below, low), (to.model.opposite(below), inner)])
