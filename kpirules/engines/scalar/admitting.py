"""Generated validation: from what callers usually give to the values that the core takes.

It accepts a subject only where that is plainly valid: a dict of ints, decimals, floats, booleans, strings,
dates and lists of dicts. For anything else it gives None, and the careful way finds out what it is.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any

from ...kernel.calendars import parse_date
from ...kernel.exact.numbers import FRACTIONS
from ...language.model import BooleanDomain, ChoiceDomain, DateDomain, ListDomain, NumberDomain, TextDomain
from ...plan import Plan
from ...plan.steps import Records, Variable
from .compiling import function
from .writing import Writer

__all__ = ["Admission", "Defaults", "Mark", "admission", "packed", "unpacked", "unpacked_value"]

Mark = tuple[int, int, int]
"""An input that took its default: its number, and of a record the number of that and of its field, else -1."""

Admission = Callable[[object], tuple[tuple[Any, ...], list[Mark]] | None]

MOST_VARIABLES = 400
"""Inputs and fields for which code is generated; of more the careful way takes care."""

MOST_DIGITS = 15
"""Decimal digits that a double always holds: up to there its shortest text is the nearest short decimal."""

EXACT = decimal.Context(
    prec=60,
    Emax=60,
    Emin=-60,
    traps=[decimal.Rounded, decimal.Clamped, decimal.Overflow, decimal.Subnormal, decimal.InvalidOperation],
)
"""Where a decimal is too long or too far out to be converted at once, also a zero, it raises instead."""

WHOLE = decimal.Context(prec=60, traps=[decimal.Inexact, decimal.InvalidOperation])

REFUSALS = (ArithmeticError, ValueError, TypeError)

OBJECTS: dict[str, object] = {
    "f_type": type,
    "f_len": len,
    "f_int": int,
    "f_round": round,
    "f_whole": WHOLE.to_integral_exact,
    "f_times": EXACT.multiply,
    "f_day": parse_date,
    "f_bytes": str.encode,
    "k_dict": dict,
    "k_list": list,
    "k_tuple": tuple,
    "k_int": int,
    "k_decimal": Decimal,
    "k_float": float,
    "k_fraction": Fraction,
    "k_bool": bool,
    "k_text": str,
    "k_date": date,
    "k_refusals": REFUSALS,
}


def admission(plan: Plan) -> tuple[str, Admission]:
    """The text and the function that admits plainly valid subjects.

    It gives the arguments of the core and marks of the inputs that took their default, or None.
    """
    if len(plan.inputs) + sum(len(records.fields) for records in plan.records.values()) > MOST_VARIABLES:
        return "", lambda subject: None
    writer = Writer()
    names = []
    with writer.apart() as body:
        writer.line("n = 0")
        writer.put("if f_type(s) is not k_dict:", ["return None"])
        writer.line("get = s.get; w = []")
        for index, variable in enumerate(plan.inputs):
            name = f"u{index}"
            names.append(name)
            _one(writer, variable, name, "get", f"({index}, -1, 0)", plan)
        # Names that nobody declared are found where more are given than were asked for.
        writer.put("if n != f_len(s):", ["return None"])
        writer.line(f"return ({''.join(f'{name}, ' for name in names)}), w")
    lines = Writer()
    with lines.block("def admit(s):"):
        lines.put("try:", body)
        lines.put("except k_refusals:", ["return None"])
    text = "\n".join(lines.lines) + "\n"
    return text, function(text, "admit", {**OBJECTS, **writer.objects})


def _one(writer: Writer, variable: Variable, name: str, get: str, mark: str, plan: Plan) -> None:
    """Lines that give one value under a name, or return None."""
    count, given = ("n", "s") if get == "get" else ("c", "i")
    key = writer.refer(variable.id)
    if variable.column:
        column = writer.refer(variable.column)
        writer.put(f"if {column} in {given}:", [f"if {key} in {given}: return None", f"key = {column}"])
        writer.put("else:", [f"key = {key}"])
        key = "key"
    writer.line(f"v = {get}({key})")
    with writer.apart() as lines:
        writer.line(f"{count} += 1")
        _convert(writer, variable, name, plan)
    if variable.default is None and not variable.type.is_optional:
        writer.lines += lines
        return
    with writer.apart() as absent:
        writer.put(f"if {key} in {given}:", [f"{count} += 1"])
        if variable.default is None:
            writer.line(f"{name} = None")
        else:
            default = _packed(variable, variable.default, plan)
            code = default if isinstance(default, int) and not isinstance(default, bool) else writer.refer(default)
            writer.line(f"{name} = {code}; w.append({mark})")
    writer.put("if v is None:", absent)
    writer.put("else:", lines)


def _convert(writer: Writer, variable: Variable, name: str, plan: Plan) -> None:
    match variable.domain:
        case NumberDomain() as domain:
            _number(writer, domain, name)
        case BooleanDomain():
            writer.put("if f_type(v) is not k_bool:", ["return None"])
            writer.line(f"{name} = v")
        case ChoiceDomain(options=options):
            known = writer.refer(frozenset(options))
            writer.put(f"if f_type(v) is not k_text or v not in {known}:", ["return None"])
            writer.line(f"{name} = v")
        case TextDomain(max_length=longest):
            writer.put(f"if f_type(v) is not k_text or f_len(v) > {longest}:", ["return None"])
            # Half of a character has no bytes, and is refused.
            writer.line("f_bytes(v)")
            writer.line(f"{name} = v")
        case DateDomain() as dates:
            _date(writer, dates, name)
        case records:
            _records(writer, records, plan.records[variable.id], name, plan)


def _number(writer: Writer, domain: NumberDomain, name: str) -> None:
    """A number as its numerator, inside its limits and on its grid."""
    denominator = domain.denominator
    writer.put("if f_type(v) is k_int:", [f"{name} = v * {denominator}" if denominator != 1 else f"{name} = v"])
    scale = writer.refer(Decimal(denominator))
    # A product is refused where it is far out, which `f_int` would write out digit by digit.
    writer.put("elif f_type(v) is k_decimal:", [f"{name} = f_int(f_whole(f_times(v, {scale})))"])
    places = next(places for places in count() if 10**places % denominator == 0)
    short = 10**MOST_DIGITS // (10**places // denominator)
    floating = [
        f"{name} = f_round(v * {denominator})",
        f"if {name} / {denominator} != v or not {-short} < {name} < {short}: return None",
    ]
    writer.put("elif f_type(v) is k_float:", floating)
    exact = [
        f"{name} = v.numerator * {denominator} // v.denominator",
        f"if {name} * v.denominator != v.numerator * {denominator}: return None",
    ]
    writer.put("elif f_type(v) is k_fraction:", exact)
    writer.put("else:", ["return None"])
    grid = domain.grid
    step = (grid.unit * denominator).numerator
    writer.put(f"if not {grid.low * step} <= {name} <= {grid.high * step}:", ["return None"])
    if step != 1:
        writer.put(f"if {name} % {step}:", ["return None"])


def _date(writer: Writer, domain: DateDomain, name: str) -> None:
    writer.put("if f_type(v) is k_date:", [f"{name} = v"])
    writer.put("elif f_type(v) is k_text:", [f"{name} = f_day(v)", f"if {name} is None: return None"])
    writer.put("else:", ["return None"])
    for bound, sign in ((domain.minimum, "<"), (domain.maximum, ">")):
        if bound is not None:
            writer.put(f"if {name} {sign} {writer.refer(bound)}:", ["return None"])


def _records(writer: Writer, domain: ListDomain, records: Records, name: str, plan: Plan) -> None:
    writer.put("if f_type(v) is not k_list and f_type(v) is not k_tuple:", ["return None"])
    writer.put(f"if not {domain.min_items} <= f_len(v) <= {domain.max_items}:", ["return None"])
    writer.line(f"{name} = []")
    fields = [f"{name}_{index}" for index in range(len(records.fields))]
    with writer.apart() as lines:
        writer.put("if f_type(i) is not k_dict:", ["return None"])
        writer.line("iget = i.get; c = 0")
        for variable, field_name in zip(records.fields, fields, strict=True):
            place = records.fields.index(variable)
            _one(writer, variable, field_name, "iget", f"({name[1:]}, f_len({name}), {place})", plan)
        writer.put("if c != f_len(i):", ["return None"])
        writer.line(f"{name}.append(({''.join(f'{one}, ' for one in fields)}))")
        if domain.unique:
            places = [[one.id for one in records.fields].index(field) for field in domain.unique]
            writer.line(f"q = ({''.join(f'{fields[place]}, ' for place in places)})")
            writer.put(f"if q in {name}q:", ["return None"])
            writer.line(f"{name}q[q] = None")
    if domain.unique:
        writer.line(f"{name}q = {{}}")
    writer.put("for i in v:", lines)


# -- the careful way ------------------------------------------------------------------------------


def packed(plan: Plan, values: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments of the core from exact values inside their domains."""
    return tuple(_packed(variable, values[variable.id], plan) for variable in plan.inputs)


def _packed(variable: Variable, value: Any, plan: Plan) -> Any:
    if value is None:
        return None
    match variable.domain:
        case NumberDomain() as domain:
            return value.numerator * (domain.denominator // value.denominator)
        case ListDomain():
            fields = plan.records[variable.id].fields
            return [tuple(_packed(one, record[one.id], plan) for one in fields) for record in value]
        case _:
            return value


class Defaults(dict[Mark, tuple[str, Any]]):
    """The way to each input that can take its default, and the default, by the mark; kept, as most subjects share it.

    Args:
        plan: has the inputs.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan

    def __missing__(self, mark: Mark) -> tuple[str, Any]:
        index, record, place = mark
        variable, path = self._plan.inputs[index], self._plan.inputs[index].id
        if record >= 0:
            variable = self._plan.records[path].fields[place]
            path = f"{path}[{record}].{variable.id}"
        self[mark] = path, variable.default
        return self[mark]


def unpacked(plan: Plan, arguments: Sequence[Any]) -> dict[str, Any]:
    """Exact values from the arguments of the core."""
    # What follows the inputs are values of the cohort.
    return {
        variable.id: unpacked_value(variable, value, plan)
        for variable, value in zip(plan.inputs, arguments, strict=False)
    }


def unpacked_value(variable: Variable, value: Any, plan: Plan) -> Any:
    """Return the exact value of one argument of the core."""
    if value is None:
        return None
    match variable.domain:
        case NumberDomain() as domain:
            return FRACTIONS[value, domain.denominator]
        case ListDomain():
            fields = plan.records[variable.id].fields
            return tuple(
                {one.id: unpacked_value(one, part, plan) for one, part in zip(fields, record, strict=True)}
                for record in value
            )
        case _:
            return value
