"""Aggregates over records: exact for some records, and by common facts for all others."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from ....language.expressions import AGGREGATES
from ....plan import ops
from ....plan.ops import Op
from .linear import ONE, ZERO, Lin, constant
from .nonlinear import quotient
from .terms import Bit
from .values import ABSENT, Payload, Stop, Untranslated, Value, bit_of, number_of

if TYPE_CHECKING:
    from .operations import Operations, Record, Records

__all__ = ["over"]


def over(to: Operations, op: Op) -> Value:
    """Return an aggregate over the records that exist; absent if the list is."""
    if not isinstance(op, ops.Over):
        raise Untranslated
    name = op.records.name
    if name.startswith("children."):
        return _together(to, op, _each(to, op, _children(to, name.partition(".")[2])))
    list_ = to.read(name)
    if list_.there is False:
        return ABSENT
    records = to.records[name]
    if records.typical is None:
        return to.strict([list_], lambda _: _together(to, op, _each(to, op, records.each)))
    return to.strict([list_], lambda _: _by_typical(to, op, records))


def _children(to: Operations, group: str) -> list[tuple[Bit, Record]]:
    """Return the children of a group, each with the condition that it remains."""
    found: list[tuple[Bit, Record]] = []
    for member in to.plan.children[group]:
        points = to.read(f"points.{member.id}")
        most = member.max
        record = {"points": Value(points.payload), "weight": Value(constant(member.weight))}
        record["max"] = ABSENT if most is None else Value(constant(most))
        record["share"] = ABSENT
        if member.has_share and most:
            record["share"] = Value(number_of(points.payload).times(1 / most))
        found.append((points.there, record))
    return found


Counted = list[tuple[Bit, Value]]
"""Records, each with the condition that it counts, and the value of the body."""


def _each(to: Operations, op: ops.Over, records: Sequence[tuple[Bit, Record]]) -> tuple[Counted, dict[Stop, Bit]]:
    """Return the records that count, and the stops of their evaluation in order."""
    name, terms = op.records.name, to.terms
    counted: Counted = []
    seen: list[Value] = []
    for present, record in records:
        counts = present
        if op.condition is not None:
            condition = op.condition
            asked = to.choose(present, partial(to.in_record, name, record, condition), partial(Value, False))
            seen.append(asked)
            counts = to.is_true(asked)
        if counts is False:
            continue
        body = to.in_record(name, record, op.body)
        seen.append(Value(ZERO, True, to.under(counts, body.stops)))
        counted.append((terms.all([counts, body.there]), body))
    return counted, to.in_turn(seen)


def _together(to: Operations, op: ops.Over, found: tuple[Counted, dict[Stop, Bit]]) -> Value:
    counted, stops = found
    terms = to.terms
    going = terms.opposite(terms.any(stops.values()))
    parts = [(bit, value.payload) for bit, value in counted]
    count = ZERO
    for bit, _ in parts:
        count = count.plus(terms.indicator(bit))
    some = terms.any(bit for bit, _ in parts)
    if AGGREGATES[op.function].is_sorting:
        ends = [terms.range(number_of(payload)) for _, payload in parts]
        return _ordered(to, op, count, _hull(ends), terms.all([going, _enough(to, op, count)]), stops)
    match op.function:
        case "any":
            return Value(terms.any(terms.all([bit, bit_of(body)]) for bit, body in parts), going, stops)
        case "all":
            return Value(terms.all(terms.implies(bit, bit_of(body)) for bit, body in parts), going, stops)
        case "sum" | "avg":
            total = ZERO
            for bit, body in parts:
                total = total.plus(terms.chosen(bit, number_of(body), ZERO))
        case "count" | "share":
            total = ZERO
            for bit, body in parts:
                total = total.plus(terms.indicator(terms.all([bit, bit_of(body)])))
        case _:
            return Value(_extreme(to, op.function, parts), terms.all([going, some]), stops)
    if op.function in ("sum", "count"):
        return Value(total, going, stops)
    return Value(quotient(terms, total, count), terms.all([going, some]), stops)


def _enough(to: Operations, op: ops.Over, count: Lin) -> Bit:
    """Return the condition that an aggregate has as many records as it needs."""
    needed = AGGREGATES[op.function].needed(*op.constants)
    return to.terms.compare(">=", count, constant(needed)) if needed > 0 else True


Ends = tuple[Fraction | None, Fraction | None]


def _hull(ends: Sequence[Ends]) -> Ends:
    """Return the least and the greatest of the ranges of some numbers, None for no end."""
    lows, highs = [low for low, _ in ends], [high for _, high in ends]
    least = None if None in lows else min((low for low in lows if low is not None), default=Fraction(0))
    most = None if None in highs else max((high for high in highs if high is not None), default=Fraction(0))
    return least, most


def _ordered(to: Operations, op: ops.Over, count: Lin, ends: Ends, there: Bit, stops: dict[Stop, Bit]) -> Value:
    """Return a function of sorted numbers, of which only the range is known."""
    low, high = ends
    if AGGREGATES[op.function].needed(*op.constants) == 0:
        # A sum of up to so many numbers.
        low = None if low is None else min(low * op.constants[0], Fraction(0))
        high = None if high is None else max(high * op.constants[0], Fraction(0))
    key = (op.records.name, op.condition, op.body, op.function, op.constants)
    return Value(to.terms.number(key, None, low, high), there, stops)


def _extreme(to: Operations, function: str, parts: Sequence[tuple[Bit, Payload]]) -> Lin:
    terms, result, has_one = to.terms, ZERO, False
    some: Bit = has_one
    for bit, payload in parts:
        body = number_of(payload)
        best = body if some is False else terms.chosen(some, _better(to, function, result, body), body)
        result = terms.chosen(bit, best, result)
        some = terms.any([some, bit])
    return result


def _better(to: Operations, function: str, one: Lin, other: Lin) -> Lin:
    return to.terms.least(one, other) if function == "min" else to.terms.greatest(one, other)


# -- records that are not told apart ----------------------------------------------------------------------


def _by_typical(to: Operations, op: ops.Over, records: Records) -> Value:
    """Return an aggregate as an unknown, restricted only by facts that hold for any record."""
    name, terms = op.records.name, to.terms
    assert records.typical is not None
    asked = Value(True)
    if op.condition is not None:
        asked = to.in_record(name, records.typical, op.condition)
    body = to.in_record(name, records.typical, op.body)
    key = (name, op.condition)
    count = records.size
    if op.condition is not None:
        count = _count(to, (*key, "count"), records.size, to.is_true(asked))
    some = terms.compare(">", count, ZERO)
    stops: dict[Stop, Bit] = {}
    left: Bit = True
    for stop in to.joined(asked.stops, to.under(to.is_true(asked), body.stops)):
        # Whether a record faults is unknown; without records, none does.
        fault = terms.all([left, terms.bit((*key, op.body, stop)), terms.compare(">", records.size, ZERO)])
        stops[stop] = fault
        left = terms.all([left, terms.opposite(fault)])
    if op.function in ("any", "all", "count", "share"):
        holding = _count(to, (*key, op.body, "count"), count, bit_of(body.payload))
        match op.function:
            case "any":
                return Value(terms.compare(">", holding, ZERO), left, stops)
            case "all":
                return Value(terms.compare("==", holding, count), left, stops)
            case "count":
                return Value(holding, left, stops)
        return Value(quotient(terms, holding, count), terms.all([left, some]), stops)
    form = number_of(body.payload)
    low, high = terms.range(form)
    if AGGREGATES[op.function].is_sorting:
        there = terms.all([left, _enough(to, op, count)])
        return _ordered(to, op, count, (low, high), there, stops)
    unit = terms.unit(form.minus(constant(form.constant))) if form.terms else Fraction(0)
    if op.function in ("min", "max"):
        return Value(terms.number((*key, op.body, op.function), None, low, high), terms.all([left, some]), stops)
    if form.is_constant:
        total = count.times(form.constant)
    else:
        is_on_grid = unit and (form.constant / unit).denominator == 1
        total = terms.number((*key, op.body, "sum"), unit if is_on_grid else None)
        facts = terms.unknowns[total.terms[0][0]].facts
        for end, sign in ((low, "<="), (high, ">=")):
            if end is not None:
                facts.append(terms.compare(sign, count.times(end), total))
        facts.append(terms.implies(terms.compare("==", count, ZERO), terms.compare("==", total, ZERO)))
    if op.function == "sum":
        return Value(total, left, stops)
    if form.is_constant:
        return Value(form, terms.all([left, some]), stops)
    mean = quotient(terms, total, count)
    ends = [("<=", low), (">=", high)]
    known = [terms.compare(sign, constant(end), mean) for sign, end in ends if end is not None]
    for number, _ in mean.terms:
        terms.unknowns[number].facts += [terms.implies(some, fact) for fact in known]
    return Value(mean, terms.all([left, some]), stops)


def _count(to: Operations, key: tuple[object, ...], most: Lin, holds: Bit) -> Lin:
    """Return the number of records for which a condition holds."""
    if isinstance(holds, bool):
        return most if holds else ZERO
    _, high = to.terms.range(most)
    found = to.terms.number(key, ONE.constant, Fraction(0), high)
    if found.terms:
        to.terms.unknowns[found.terms[0][0]].facts.append(to.terms.compare("<=", found, most))
    return found
