"""Aggregates over records: exact for some records, approximate for all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen

from ....language.expressions import AGGREGATES
from ....plan import ops
from ....plan.ops import Op
from .linear import ONE, ZERO, Lin, constant
from .nonlinear import quotient
from .terms import Bit, Total
from .values import ABSENT, Payload, Stop, Untranslated, Value, bit_of, number_of

if TYPE_CHECKING:
    from .operations import Operations, Record, Records

__all__ = ["over"]


def over(operations: Operations, op: Op) -> Value:
    """Return an aggregate over the records that exist; absent if the list is."""
    if not isinstance(op, ops.Over):
        raise Untranslated
    name = op.records.name
    if name.startswith("children."):
        return _together(operations, op, _each(operations, op, _children(operations, name.partition(".")[2])))
    list_ = operations.read(name)
    if list_.there is False:
        return ABSENT
    return operations.strict([list_], lambda _: _over_records(operations, op, operations.records[name]))


def _over_records(operations: Operations, op: ops.Over, records: Records) -> Value:
    rest = None if records.typical is None else _rest(operations, op, records, records.typical)
    return _together(operations, op, _each(operations, op, records.each), rest)


def _children(operations: Operations, group: str) -> list[tuple[Bit, Record]]:
    """Return the children of a group, each with the condition that it remains."""
    found: list[tuple[Bit, Record]] = []
    for member in operations.plan.children[group]:
        points = operations.read(f"points.{member.id}")
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


def _each(
    operations: Operations, op: ops.Over, records: Sequence[tuple[Bit, Record]]
) -> tuple[Counted, dict[Stop, Bit]]:
    """Return the records that count, and what stops their evaluation, in order."""
    name, terms = op.records.name, operations.terms
    counted: Counted = []
    seen: list[Value] = []
    for present, record in records:
        counts = present
        if op.condition is not None:
            condition = op.condition
            asked = operations.choose(
                present, partial(operations.in_record, name, record, condition), partial(Value, False)
            )
            seen.append(asked)
            counts = operations.is_true(asked)
        if counts is False:
            continue
        body = operations.in_record(name, record, op.body)
        seen.append(Value(ZERO, True, operations.under(counts, body.stops)))
        counted.append((terms.all([counts, body.there]), body))
    return counted, operations.in_turn(seen)


Ends = tuple[Fraction | None, Fraction | None]


@frozen
class _Rest:
    """The records that are not translated one by one.

    Args:
        records: their list, and the condition under which any of them counts.
        each: the body for any of them.
        count: how many of them count.
        payload: their sum, their extreme, or for how many of them the condition holds.
        ends: the range of the body for each of them.
        stops: the conditions that one of them stops the evaluation.
    """

    records: tuple[str, Bit]
    each: Lin | Bit
    count: Lin
    payload: Lin
    ends: Ends
    stops: Mapping[Stop, Bit]


def _together(
    operations: Operations, op: ops.Over, found: tuple[Counted, dict[Stop, Bit]], rest: _Rest | None = None
) -> Value:
    """Return the value of an aggregate. This is long since it has one case for each function."""
    counted, stops = found
    terms, function = operations.terms, op.function
    if rest is not None:
        stops = operations.joined(stops, operations.under(terms.opposite(terms.any(stops.values())), rest.stops))
    going = terms.opposite(terms.any(stops.values()))
    parts = [(bit, value.payload) for bit, value in counted]
    others = ZERO if rest is None else rest.count
    count = others
    for bit, _ in parts:
        count = count.plus(terms.indicator(bit))
    has_others = terms.compare(">", others, ZERO)
    some = terms.any([has_others, *(bit for bit, _ in parts)])
    has_ends = function not in ("any", "all", "count", "share")
    each = [terms.range(number_of(payload)) for _, payload in parts] if has_ends else []
    ends = _hull([*each, *([] if rest is None else [rest.ends])])
    if AGGREGATES[function].is_sorting:
        there = terms.all([going, _enough(operations, op, count)])
        return Value(_ordered(operations, op, ends, parts, rest, there), there, stops)
    if function in ("min", "max"):
        best = _extreme(operations, function, parts, (has_others, ZERO if rest is None else rest.payload))
        return Value(best, terms.all([going, some]), stops)
    total = ZERO if rest is None else rest.payload
    if function in ("sum", "avg"):
        for bit, body in parts:
            total = total.plus(terms.chosen(bit, number_of(body), ZERO))
    else:
        for bit, body in parts:
            total = total.plus(terms.indicator(terms.all([bit, bit_of(body)])))
    match function:
        case "any":
            held = terms.any(terms.all([bit, bit_of(body)]) for bit, body in parts)
            return Value(
                terms.any([held, False if rest is None else terms.compare(">", rest.payload, ZERO)]), going, stops
            )
        case "all":
            held = terms.all(terms.implies(bit, bit_of(body)) for bit, body in parts)
            whole = True if rest is None else terms.compare("==", rest.payload, rest.count)
            return Value(terms.all([held, whole]), going, stops)
        case "sum" | "count":
            return Value(total, going, stops)
    mean = quotient(terms, total, count)
    if function == "avg":
        _bound_mean(operations, mean, ends, some)
    return Value(mean, terms.all([going, some]), stops)


def _bound_mean(operations: Operations, mean: Lin, ends: Ends, some: Bit) -> None:
    """Note that a mean is between the ends of the numbers, if there are any."""
    terms, pairs = operations.terms, zip(("<=", ">="), ends, strict=True)
    known = [terms.compare(sign, constant(end), mean) for sign, end in pairs if end is not None]
    for number, _ in mean.terms if len(mean.terms) == 1 else ():
        terms.unknowns[number].facts += [terms.implies(some, fact) for fact in known]


def _enough(operations: Operations, op: ops.Over, count: Lin) -> Bit:
    """Return the condition that an aggregate has enough records."""
    needed = AGGREGATES[op.function].needed(*op.constants)
    return operations.terms.compare(">=", count, constant(needed)) if needed > 0 else True


def _hull(ends: Sequence[Ends]) -> Ends:
    """Return the least and the greatest end of some ranges; None where a range has no end."""
    lows, highs = [low for low, _ in ends], [high for _, high in ends]
    least = None if None in lows else min((low for low in lows if low is not None), default=Fraction(0))
    most = None if None in highs else max((high for high in highs if high is not None), default=Fraction(0))
    return least, most


def _ordered(
    operations: Operations,
    op: ops.Over,
    ends: Ends,
    parts: Sequence[tuple[Bit, Payload]],
    rest: _Rest | None,
    there: Bit,
) -> Lin:
    """Return a function of sorted numbers as an unknown within their range that grows with each of them."""
    low, high = ends
    if AGGREGATES[op.function].needed(*op.constants) == 0:
        # A sum of up to so many numbers.
        low = None if low is None else min(low * op.constants[0], Fraction(0))
        high = None if high is None else max(high * op.constants[0], Fraction(0))
    name = (op.function, op.constants, *(bit for bit, _ in parts), None if rest is None else rest.count)
    numbers = [(number_of(payload), 1) for _, payload in parts] + ([] if rest is None else [(rest.payload, 0)])
    found = operations.terms.number((name, *(form for form, _ in numbers)), None, low, high)
    forms = tuple(number_of(payload) for _, payload in parts)
    for number, _ in found.terms:
        operations.terms.unknowns[number].grows = name, tuple(numbers)
        if rest is not None:
            operations.terms.unknowns[number].total = Total(name, rest.records, rest.each, there, forms)
    return found


def _extreme(
    operations: Operations, function: str, parts: Sequence[tuple[Bit, Payload]], others: tuple[Bit, Lin]
) -> Lin:
    terms = operations.terms
    some, result = others
    for bit, payload in parts:
        body = number_of(payload)
        best = body if some is False else terms.chosen(some, _better(operations, function, result, body), body)
        result = terms.chosen(bit, best, result)
        some = terms.any([some, bit])
    return result


def _better(operations: Operations, function: str, one: Lin, other: Lin) -> Lin:
    return operations.terms.least(one, other) if function == "min" else operations.terms.greatest(one, other)


# -- records that are not translated one by one ------------------------------------------------------------


def _rest(operations: Operations, op: ops.Over, records: Records, typical: Record) -> _Rest:
    """Return records as unknowns, restricted only by facts that hold for any record.

    The unknowns are those of the formulas of a record, so that equal formulas have equal sums whatever subject or
    rulebook they belong to.
    """
    name, terms = op.records.name, operations.terms
    asked = Value(True) if op.condition is None else operations.in_record(name, typical, op.condition)
    body = operations.in_record(name, typical, op.body)
    counts = operations.is_true(asked)
    count = _count(operations, name, True, records.size, counts, records.size)
    stops: dict[Stop, Bit] = {}
    left: Bit = True
    for stop, happens in operations.joined(asked.stops, operations.under(counts, body.stops)).items():
        # Whether a record faults is unknown; without records, none does.
        fault = terms.all([left, terms.bit((name, happens, "some")), terms.compare(">", records.size, ZERO)])
        stops[stop] = fault
        left = terms.all([left, terms.opposite(fault)])
    these = (name, counts)
    if op.function in ("any", "all", "count", "share"):
        held = bit_of(body.payload)
        holding = _count(operations, name, counts, count, held, records.size)
        return _Rest(these, held, count, holding, (None, None), stops)
    form = number_of(body.payload)
    ends = terms.range(form)
    if op.function in ("min", "max"):
        payload = _extreme_of_rest(operations, op.function, these, form, count)
    elif AGGREGATES[op.function].is_sorting:
        payload = terms.number((*these, form, "all"), None)
    else:
        payload = _total(operations, these, form, count)
    return _Rest(these, form, count, payload, ends, stops)


def _extreme_of_rest(operations: Operations, function: str, records: tuple[str, Bit], form: Lin, count: Lin) -> Lin:
    """Return the least or greatest value of a form over the counted records; any of its range without records."""
    found = operations.terms.number((*records, form, function), None, *operations.terms.range(form))
    some = operations.terms.compare(">", count, ZERO)
    for number, _ in found.terms:
        operations.terms.unknowns[number].total = Total(function, records, form, some)
    return found


def _total(operations: Operations, records: tuple[str, Bit], form: Lin, count: Lin) -> Lin:
    """Return the sum of a form over the counted records."""
    terms = operations.terms
    if form.is_constant:
        return count.times(form.constant)
    unit, (low, high) = terms.unit(form), terms.range(form)
    is_on_grid = unit and (form.constant / unit).denominator == 1
    total = terms.number((*records, form, "sum"), unit if is_on_grid else None)
    unknown = terms.unknowns[total.terms[0][0]]
    unknown.total, facts = Total("sum", records, form), unknown.facts
    if not facts:
        for end, sign in ((low, "<="), (high, ">=")):
            if end is not None:
                facts.append(terms.compare(sign, count.times(end), total))
        facts.append(terms.implies(terms.compare("==", count, ZERO), terms.compare("==", total, ZERO)))
    return total


def _count(operations: Operations, name: str, counts: Bit, most: Lin, holds: Bit, size: Lin) -> Lin:
    """Return the number of counted records for which a condition holds."""
    if isinstance(holds, bool):
        return most if holds else ZERO
    terms, (_, high) = operations.terms, operations.terms.range(most)
    found = terms.number((name, counts, holds, "count"), ONE.constant, Fraction(0), high)
    if found.terms:
        unknown = terms.unknowns[found.terms[0][0]]
        unknown.total = Total("count", (name, counts), holds, most=most)
        if not unknown.facts:
            unknown.facts.append(terms.compare("<=", found, most))
            # If it holds for none, or for all, it does so for any record.
            has_any = terms.all([terms.compare(">", size, ZERO), counts])
            none, every = terms.compare("==", found, ZERO), terms.compare("==", found, most)
            unknown.facts.append(terms.implies(terms.all([has_any, none]), terms.opposite(holds)))
            unknown.facts.append(terms.implies(terms.all([has_any, every]), holds))
    return found
