"""Generated validation: converts the usual types of input values to arguments of the core.

It accepts a subject only if it is valid and has usual types: a dict of ints, decimals, floats, booleans, strings,
dates and lists of dicts. For anything else it returns None, and the slow path validates the subject.
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
"""An input that took its default: its index; for a field also the indices of record and field, else -1."""

Admission = Callable[[object], tuple[tuple[Any, ...], list[Mark]] | None]

MAX_VARIABLES = 400
"""The most inputs and fields for which code is generated; larger inputs use the slow path."""

MAX_DIGITS = 15
"""The decimal digits that a double always holds: up to there its shortest text is the nearest short decimal."""

EXACT = decimal.Context(
    prec=60,
    Emax=60,
    Emin=-60,
    traps=[decimal.Rounded, decimal.Clamped, decimal.Overflow, decimal.Subnormal, decimal.InvalidOperation],
)
"""Raises instead of converting a decimal that is too long or has too large an exponent, even a zero."""

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
    """Return the generated text, and the function that admits valid subjects of usual types.

    The function returns the arguments of the core and the marks of inputs that took their default, or None.
    """
    if len(plan.inputs) + sum(len(records.fields) for records in plan.records.values()) > MAX_VARIABLES:
        return "", lambda subject: None
    writer = Writer()
    names = []
    with writer.capture() as body:
        writer.line("n = 0")
        writer.put("if f_type(s) is not k_dict:", ["return None"])
        writer.line("get = s.get; w = []")
        for index, variable in enumerate(plan.inputs):
            name = f"u{index}"
            names.append(name)
            _admit_value(writer, variable, name, "get", f"({index}, -1, 0)", plan)
        # Undeclared names show as a difference: more are given than were read.
        writer.put("if n != f_len(s):", ["return None"])
        writer.line(f"return ({''.join(f'{name}, ' for name in names)}), w")
    lines = Writer()
    with lines.block("def admit(s):"):
        lines.put("try:", body)
        lines.put("except k_refusals:", ["return None"])
    text = "\n".join(lines.lines) + "\n"
    return text, function(text, "admit", {**OBJECTS, **writer.objects})


def _admit_value(writer: Writer, variable: Variable, name: str, get: str, mark: str, plan: Plan) -> None:
    """Write lines that convert one value to a variable, or return None."""
    count, given = ("n", "s") if get == "get" else ("c", "i")
    key = writer.refer(variable.id)
    if variable.column:
        column = writer.refer(variable.column)
        writer.put(f"if {column} in {given}:", [f"if {key} in {given}: return None", f"key = {column}"])
        writer.put("else:", [f"key = {key}"])
        key = "key"
    writer.line(f"v = {get}({key})")
    with writer.capture() as lines:
        writer.line(f"{count} += 1")
        _convert(writer, variable, name, plan)
    if variable.default is None and not variable.type.is_optional:
        writer.lines += lines
        return
    with writer.capture() as absent:
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
            # A lone surrogate can't be encoded, and is refused.
            writer.line("f_bytes(v)")
            writer.line(f"{name} = v")
        case DateDomain() as dates:
            _date(writer, dates, name)
        case records:
            _records(writer, records, plan.records[variable.id], name, plan)


def _number(writer: Writer, domain: NumberDomain, name: str) -> None:
    """Convert a number to its numerator, inside its limits and a multiple of its step."""
    denominator = domain.denominator
    writer.put("if f_type(v) is k_int:", [f"{name} = v * {denominator}" if denominator != 1 else f"{name} = v"])
    scale = writer.refer(Decimal(denominator))
    # A product out of range is refused, since `f_int` would write all its digits.
    writer.put("elif f_type(v) is k_decimal:", [f"{name} = f_int(f_whole(f_times(v, {scale})))"])
    places = next(places for places in count() if 10**places % denominator == 0)
    short = 10**MAX_DIGITS // (10**places // denominator)
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
    with writer.capture() as lines:
        writer.put("if f_type(i) is not k_dict:", ["return None"])
        writer.line("iget = i.get; c = 0")
        for variable, field_name in zip(records.fields, fields, strict=True):
            place = records.fields.index(variable)
            _admit_value(writer, variable, field_name, "iget", f"({name[1:]}, f_len({name}), {place})", plan)
        writer.put("if c != f_len(i):", ["return None"])
        writer.line(f"{name}.append(({''.join(f'{field_name}, ' for field_name in fields)}))")
        if domain.unique:
            places = [[variable.id for variable in records.fields].index(field) for field in domain.unique]
            writer.line(f"q = ({''.join(f'{fields[place]}, ' for place in places)})")
            writer.put(f"if q in {name}q:", ["return None"])
            writer.line(f"{name}q[q] = None")
    if domain.unique:
        writer.line(f"{name}q = {{}}")
    writer.put("for i in v:", lines)


# -- the slow path --------------------------------------------------------------------------------


def packed(plan: Plan, values: dict[str, Any]) -> tuple[Any, ...]:
    """Return the arguments of the core for exact values inside their domains."""
    return tuple(_packed(variable, values[variable.id], plan) for variable in plan.inputs)


def _packed(variable: Variable, value: Any, plan: Plan) -> Any:
    if value is None:
        return None
    match variable.domain:
        case NumberDomain() as domain:
            return value.numerator * (domain.denominator // value.denominator)
        case ListDomain():
            fields = plan.records[variable.id].fields
            return [tuple(_packed(field, record[field.id], plan) for field in fields) for record in value]
        case _:
            return value


class Defaults(dict[Mark, tuple[str, Any]]):
    """A cache of the path and default of each input that has a default, by its mark.

    Args:
        plan: the plan with the inputs.
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
    """Return exact values for the arguments of the core."""
    # The arguments after the inputs are values of the cohort.
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
                {field.id: unpacked_value(field, part, plan) for field, part in zip(fields, record, strict=True)}
                for record in value
            )
        case _:
            return value
