"""The integer program of a rulebook run on one subject in Python: the definition of its steps, however wide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from kpirules import Assessment, Program
from kpirules.engines.integers import OVER_RECORDS, IntegerProgram, Result
from kpirules.kernel.exact.irrational import geometric_mean
from kpirules.language.expressions import FUNCTIONS
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
    values: dict[int, Any] = {}
    unbounded: set[int] = set()
    texts = list(program.texts)
    for number, step in enumerate(program.steps):
        parts = [values.get(operand) for operand in step.operands]
        if step.operation == "opaque" or None in parts:
            continue
        if step.operation in OVER_RECORDS:
            values[number] = _over(step, _spread(parts, len(subject.get(str(step.value)) or ())))
        elif step.records:
            records = subject.get(step.records) or ()
            rows = zip(*_spread(parts, len(records)), strict=True) if parts else [()] * len(records)
            values[number] = [
                _checked(program, number, step, _value(program, step, list(row), record, texts))
                for row, record in zip(rows, records, strict=True)
            ]
        else:
            value = _value(program, step, parts, subject, texts)
            if unbounded.intersection(step.operands) or _is_unused(program, step, value):
                unbounded.add(number)
                values[number] = value
            else:
                values[number] = _checked(program, number, step, value)
    if values.get(program.is_refused, 1):
        raise Refused
    found = {}
    for name, result in program.results.items():
        needed = (result.given, result.value, result.denominator)
        if all(number in values for number in needed) and not values.get(result.is_refused, 1):
            found[name] = _told(texts, result, *(values[number] for number in needed))
    return found


def _spread(parts: list[Any], count: int) -> list[list[int]]:
    return [part if isinstance(part, list) else [part] * count for part in parts]


def _over(step: Any, parts: list[list[int]]) -> int:
    kept = [row[-1] for row in zip(*parts, strict=True) if row[0]]
    if step.operation in ("any", "sum"):
        found = int(any(parts[0])) if step.operation == "any" else sum(kept)
    else:
        found = (min if step.operation == "least" else max)(kept, default=step.low)
    assert not step.is_known or step.low <= found <= step.high, (step, found)
    return found


def _is_unused(program: IntegerProgram, step: Any, value: int | Fraction | None) -> bool:
    """Return whether a mean is beyond its interval since nobody uses it, as one without members.

    What is computed of it has no interval either; results are compared all the same.
    """
    is_real = step.value == "geometric_mean" and any(program.steps[one].is_real for one in step.operands)
    return is_real and value is not None and value > step.high


def _checked(program: IntegerProgram, number: int, step: Any, value: int | Fraction | None) -> int | Fraction:
    if value is None:
        raise Refused(f"{step.value} is beyond the columns")
    assert not step.is_known or step.low <= value <= step.high, (number, step, value)
    return value


def _value(
    program: IntegerProgram, step: Any, parts: list[Any], subject: Mapping[str, Any], texts: list[str]
) -> int | Fraction | None:
    match step.operation:
        case "constant":
            return int(step.value)
        case "given":
            return int(subject.get(step.value.rpartition(".")[2]) is not None)
        case "input":
            return _entered(program, step, subject.get(step.value.rpartition(".")[2]), texts)
        case "length":
            return len(subject.get(step.value) or ())
        case "and":
            return int(all(parts))
        case "or":
            return int(any(parts))
        case "not":
            return 1 - parts[0]
        case "count":
            return int(parts[0])
        case "select":
            chosen: int = parts[1] if parts[0] else parts[2]
            return chosen
        case "//" | "%" if parts[1] == 0:
            return int(step.low)
        case "irrational" if 0 in parts[1::2]:
            # No quotient: its value is not used.
            return int(step.low)
        case "irrational":
            ratios = [Fraction(above) / below for above, below in zip(parts[::2], parts[1::2], strict=True)]
            if step.value == "geometric_mean":
                return geometric_mean(list(zip(ratios[::2], ratios[1::2], strict=True)))
            found: Fraction = FUNCTIONS[step.value].meaning(*ratios)
            return found
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
    result: Fraction = operations[step.operation]()
    return result if step.is_real else int(result)


def _entered(program: IntegerProgram, step: Any, value: Any, texts: list[str]) -> int | None:
    """Return the integer of an input; None if it is outside the interval."""
    match value:
        case None:
            return int(step.low)
        case bool():
            return int(value)
        case str():
            if value not in texts:
                texts.append(value)
            return texts.index(value)
        case date():
            return value.toordinal()
    domain = program.variable(step.value).domain
    assert isinstance(domain, NumberDomain)
    scaled = Fraction(value) * domain.denominator
    return int(scaled) if scaled.denominator == 1 and step.low <= scaled <= step.high else None


def _told(texts: list[str], result: Result, given: int, value: int, denominator: int) -> Any:
    if not given:
        return None
    if result.coding is not None:
        return result.coding.of(value)
    match result.kind:
        case "number":
            return Fraction(value) / denominator
        case "boolean":
            return bool(value)
        case "date":
            return date.fromordinal(value)
    return texts[value]


def checked(book: Program, subject: Mapping[str, Any], rated: Assessment | None) -> None:
    """Check that the integer program gives the same assessment, or refuses the subject.

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
