"""Aggregates over variables."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import evolve

from ..plan import ops
from .linear_forms import ONE, ZERO, Beyond, Form, Payload, Value, constant
from .linear_functions import extreme

if TYPE_CHECKING:
    from .linear_ops import Evaluator

__all__ = ["over"]


def over(to: Evaluator, op: ops.Op) -> Value:
    """An aggregate over the records that are there; absent where the list is."""
    assert isinstance(op, ops.Over)
    name = op.records.name
    if name.startswith("children."):
        there = ONE
    else:
        there = to.read(name).there
        if there.is_constant and not there.constant:
            return Value(ZERO, ZERO)
    counted: list[tuple[Form, Value]] = []
    seen: list[Value] = []
    for present, fields in _children(to, name) if name.startswith("children.") else to.records[name]:
        is_counted = Value(present)
        if op.condition is not None:
            asked = to.choose(present, partial(to.in_record, name, fields, op.condition), partial(Value, ZERO))
            seen.append(asked)
            is_counted = asked
        bit = is_counted.payload
        assert isinstance(bit, Form)
        if bit.is_constant and not bit.constant:
            continue
        body = to.in_record(name, fields, op.body)
        if not bit.is_constant:
            body = evolve(
                body,
                fault=to.model.product(bit, body.fault),
                open=to.model.product(bit, body.open),
                hit=to.model.product(bit, body.hit),
            )
        seen.append(body)
        counted.append((bit, body))
    result = _together(to, op.function, [(bit, body.payload) for bit, body in counted])
    return to.effects(seen, result)


def _children(to: Evaluator, name: str) -> list[tuple[Form, dict[str, Value]]]:
    """The children of a group, each with whether it remains."""
    found = []
    for member in to.plan.children[name.partition(".")[2]]:
        points = to.read(f"points.{member.id}")
        fields = {"points": evolve(points, there=ONE), "weight": Value(constant(member.weight))}
        fields["max"] = Value(ZERO, ZERO) if member.max is None else Value(constant(member.max))
        fields["share"] = Value(ZERO, ZERO)
        if member.has_share and member.max:
            fields["share"] = Value(to.scaled(points.payload, 1 / member.max))
        found.append((points.there, fields))
    return found


def _together(to: Evaluator, function: str, parts: list[tuple[Form, Payload]]) -> Value:
    count = ZERO
    for bit, _ in parts:
        count = count.plus(bit)
    match function:
        case "sum":
            return Value(_sum(to, parts))
        case "avg":
            return _divided(to, _sum(to, parts), count)
        case "count":
            return Value(_sum(to, parts))
        case "share":
            return _divided(to, _sum(to, parts), count)
        case "any":
            return Value(to.model.any(to.model.both(bit, _bit(body)) for bit, body in parts))
        case "all":
            return Value(to.model.all(to.model.any([to.model.opposite(bit), _bit(body)]) for bit, body in parts))
        case _:
            found, there = ZERO, ZERO
            result: Payload = found
            for bit, body in parts:
                best = extreme(to, [result, body], "<=" if function == "min" else ">=")
                inner = to.choose(there, partial(Value, best), partial(Value, body))
                outer = to.choose(bit, lambda inner=inner: inner, lambda result=result: Value(result))  # type: ignore[misc]
                result, there = outer.payload, to.model.any([there, bit])
            return Value(result, there)


def _sum(to: Evaluator, parts: list[tuple[Form, Payload]]) -> Payload:
    total: Payload = ZERO
    for bit, body in parts:
        added = body
        if not bit.is_constant:
            added = to.mixed_payloads([(bit, body), (to.model.opposite(bit), ZERO)])
        total = to.added(total, added)
    return total


def _divided(to: Evaluator, total: Payload, count: Form) -> Value:
    if count.is_constant:
        return Value(to.scaled(total, 1 / count.value)) if count.constant else Value(ZERO, ZERO)
    return Value(to.quotient(total, count), to.model.opposite(to.model.compare(count, "==")))


def _bit(payload: Payload) -> Form:
    if not isinstance(payload, Form):
        raise Beyond
    return payload
