"""The integer program of a rulebook run on one subject in Python: the definition of its steps, however wide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from kpirules import Assessment, Program
from kpirules.engines.integers import IntegerProgram
from kpirules.language.model import NumberDomain
from kpirules.rating.columns import columns_of

__all__ = ["Refused", "checked", "run"]


class Refused(Exception):
    """The scalar engine must rate the subject."""


def run(program: IntegerProgram, subject: Mapping[str, Any]) -> dict[str, Any]:
    """Return the results that no opaque step is needed for, and check the interval of each step.

    Args:
        program: the steps.
        subject: exact values by input, None for absent ones.

    Raises:
        Refused: if the program refuses the subject, or only an opaque step tells whether it does.
    """
    values: dict[int, int] = {}
    for number, step in enumerate(program.steps):
        parts = [values.get(operand) for operand in step.operands]
        if step.operation == "opaque" or None in parts:
            continue
        value = _value(program, step, parts, subject)
        if value is None:
            raise Refused(f"{step.value} is beyond the columns")
        assert not step.is_known or step.low <= value <= step.high, (number, step, value)
        values[number] = value
    if values.get(program.is_refused, 1):
        raise Refused
    found = {}
    for name, result in program.results.items():
        needed = (result.given, result.value, result.denominator)
        if all(number in values for number in needed):
            found[name] = _told(program, result.kind, *(values[number] for number in needed))
    return found


def _value(program: IntegerProgram, step: Any, parts: list[Any], subject: Mapping[str, Any]) -> int | None:
    match step.operation:
        case "constant":
            return int(step.value)
        case "given":
            return int(subject.get(step.value) is not None)
        case "input":
            return _entered(program, step, subject.get(step.value))
        case "and":
            return int(all(parts))
        case "or":
            return int(any(parts))
        case "not":
            return 1 - parts[0]
        case "count":
            return int(parts[0])
        case "select":
            return int(parts[1] if parts[0] else parts[2])
        case "//" | "%" if parts[1] == 0:
            return step.low
    x, y = parts
    operations: dict[str, Any] = {
        "+": lambda: x + y,
        "-": lambda: x - y,
        "*": lambda: x * y,
        "//": lambda: x // y,
        "%": lambda: x % y,
        "==": lambda: x == y,
        "<": lambda: x < y,
        "<=": lambda: x <= y,
    }
    return int(operations[step.operation]())


def _entered(program: IntegerProgram, step: Any, value: Any) -> int | None:
    """The integer of an input; None where it is beyond the interval."""
    match value:
        case None:
            return int(step.low)
        case bool():
            return int(value)
        case str():
            return program.texts.index(value)
        case date():
            return value.toordinal()
    domain = next(one.domain for one in program.inputs if one.id == step.value)
    assert isinstance(domain, NumberDomain)
    scaled = Fraction(value) * domain.denominator
    return int(scaled) if scaled.denominator == 1 and step.low <= scaled <= step.high else None


def _told(program: IntegerProgram, kind: str, given: int, value: int, denominator: int) -> Any:
    if not given:
        return None
    match kind:
        case "number":
            return Fraction(value, denominator)
        case "boolean":
            return bool(value)
        case "date":
            return date.fromordinal(value)
    return program.texts[value]


def checked(book: Program, subject: Mapping[str, Any], rated: Assessment | None) -> None:
    """Check that the integer program comes to an assessment, or refuses the subject.

    Args:
        book: the rules.
        subject: exact values by input, defaults filled in.
        rated: what the scalar engine came to; None for a fault.
    """
    try:
        found = run(book.integers, subject)
    except Refused:
        return
    assert rated is not None
    columns = columns_of(book.rulebook)
    for name, value in found.items():
        if name in columns:
            assert value == columns[name].of(rated), name
