"""From given values to exact values in their domains; all problems at once, nothing converted.

The file is long since it has a reader for each type of input.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import reduce
from itertools import islice
from numbers import Integral, Real
from typing import Any, TypeGuard

import attrs
from attrs import define, evolve, field

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, inputs
from ...diagnostics.phrases import Phrase, Worded
from ...diagnostics.report import MOST_SUGGESTIONS, OTHER_FORM, same_letters, with_point
from ...documents.limits import step
from ...kernel.brief import shortened
from ...kernel.calendars import parse_date
from ...kernel.exact import from_value, is_finite_decimal, to_text
from ...kernel.mappings import FrozenMap
from ...kernel.widths import lone_surrogate, whole
from ...language.model import (
    DEFAULT_DIGITS,
    DEFAULT_END,
    BooleanDomain,
    ChoiceDomain,
    DateDomain,
    Input,
    ListDomain,
    NumberDomain,
    TextDomain,
    allowed,
    by_id,
    ids_by_column,
    limits,
)

__all__ = ["Values", "day_of", "is_boolean", "missing_input", "named", "named_for_people", "take", "worded"]

MOST_NAMES = 20_000
"""Maximum number of names of a subject that are checked; a mapping may be endless."""

LARGEST_NOISE = (Fraction(1, 1000), Fraction(1, 10**6))
"""How far 32-bit arithmetic may move a number from its grid: in grid units, and relative to its size."""

_NO_NUMBERS = ("nan", "snan", "inf", "infinity")

_MIDNIGHT = re.compile(r"T00(:00)?(:00)?(\.0+)?$")


@define
class Values:
    """The given values, as exact values.

    Args:
        given: values by input; None if an optional one is absent. Missing required inputs and invalid ones are left
            out.
        partial: for an invalid list, its records with their valid values.
        assumed: inputs that took their default, by path.
        problems: diagnostics of invalid values.
        missing: diagnostics of missing required inputs; an exemption may not need them.
    """

    given: dict[str, Any] = field(factory=dict)
    assumed: dict[str, Any] = field(factory=dict)
    problems: list[Diagnostic] = field(factory=list)
    missing: list[Diagnostic] = field(factory=list)
    partial: dict[str, tuple[Mapping[str, Any], ...]] = field(factory=dict)


class _Invalid(Exception):
    """An invalid value whose reason is already reported."""


def take(declared: Sequence[Input], subject: object, *, is_whole: bool = True) -> Values:
    """Validate the values of a subject.

    Args:
        declared: the inputs of the rulebook.
        subject: a mapping of names to values, or an object of an attrs or data class.
        is_whole: False if other inputs are checked elsewhere.
    """
    values = Values()
    given = named(subject, values.problems)
    if given is None:
        return values
    given = by_id(given, ids_by_column(declared))
    if is_whole:
        _unknown(given, declared, "the rulebook", "", values.problems)
    for input_ in declared:
        try:
            values.given[input_.id] = _take_one(input_, given.get(input_.id), input_.id, values, values.missing)
        except _Invalid:
            continue
    return values


def named(subject: object, problems: list[Diagnostic]) -> Mapping[str, object] | None:
    """Return a subject as a mapping of names to values, None if it is not one.

    Args:
        subject: a mapping, or an object of an attrs or data class.
        problems: collects diagnostics.
    """
    return _named(subject, At(None, ""), problems)


def _take_one(declared: Input, value: object, path: str, values: Values, missing: list[Diagnostic]) -> Any:
    if value is None:
        if declared.default is not None:
            values.assumed[path] = declared.default
            return declared.default
        if declared.is_optional:
            return None
        missing.append(missing_input(declared, path))
        raise _Invalid
    return _valid(declared, value, path, values)


def _named(subject: object, at: At, problems: list[Diagnostic]) -> Mapping[str, object] | None:
    """Return a subject or record as a mapping of names to values."""
    if isinstance(subject, Mapping) and not _reports_other_class(subject):
        return {whole(_plain(name)): value for name, value in islice(subject.items(), MOST_NAMES)}
    kind = type(subject)
    if attrs.has(kind):
        return {f.name: getattr(subject, f.name) for f in attrs.fields(kind)}
    if dataclasses.is_dataclass(subject) and not isinstance(subject, type):
        return {f.name: getattr(subject, f.name) for f in dataclasses.fields(subject)}
    found = _kind(subject)
    diagnostic = inputs.not_a_subject(at, found.text())
    problems.append(evolve(diagnostic, wording=Phrase.of("problem_KR600", found=found)))
    return None


def _unknown(
    given: Mapping[str, object],
    declared: Sequence[Input],
    of: str,
    prefix: str,
    problems: list[Diagnostic],
) -> None:
    known, columns = [declaration.id for declaration in declared], ids_by_column(declared)
    for name in sorted(given.keys() - known):
        if name in columns:
            diagnostic = inputs.unknown_input(At(None, prefix + name), name, (), of, twin=columns[name])
            problems.append(evolve(diagnostic, wording=Phrase.of("problem_twice", name=name, twin=columns[name])))
            continue
        # Nobody reads suggestions for very many mistakes, and finding them is slow.
        nearby = [*known, *columns] if len(problems) < MOST_SUGGESTIONS else None
        problems.append(inputs.unknown_input(At(None, prefix + step(name)), name, nearby, of))


def _valid(declared: Input, value: object, path: str, values: Values) -> Any:
    """Return the exact value, or report the problem and raise `_Invalid`."""
    if isinstance(value, Enum) and not _reports_other_class(value):
        value = value.value
    if _reports_other_class(value):
        raise _wrong_kind(declared, value, path, values.problems)
    match declared.domain:
        case NumberDomain() as domain:
            return _number(declared, domain, value, path, values.problems)
        case BooleanDomain():
            if is_boolean(value):
                return bool(value)
        case ChoiceDomain(options=options):
            if _is_text(value):
                option = _plain(value)
                if option in options:
                    return option
                same = same_letters(option, options)
                hint = f', but looks like "{shortened(same)}": {OTHER_FORM}' if same else ""
                found = f'"{shortened(whole(option))}"'
                _refuse(declared, path, found, Phrase("problem_no_option"), values.problems, hint=hint)
        case TextDomain(max_length=longest):
            if _is_text(value):
                text = _plain(value)
                if half := lone_surrogate(text):
                    raise _refused(
                        declared, Phrase.of("problem_found_half", code=half.rpartition(" ")[2]), path, values.problems
                    )
                if len(text) <= longest:
                    return text
                length = Phrase.of("problem_length", count=f"{len(text):,}")
                _refuse(declared, path, length, Phrase("problem_too_long"), values.problems)
        case DateDomain() as domain:
            return _date(declared, domain, value, path, values.problems)
        case domain:
            return _records(declared, domain, value, path, values)
    raise _wrong_kind(declared, value, path, values.problems)


def _wrong_kind(declared: Input, value: object, path: str, problems: list[Diagnostic]) -> _Invalid:
    help_ = ""
    if _is_text(value) and isinstance(declared.domain, NumberDomain):
        help_ = with_point(value) or "write digits with a decimal point, without quotes"
        help_ += "; nothing is converted"
    elif _is_text(value) and isinstance(declared.domain, BooleanDomain):
        help_ = "write `true` or `false` without quotes; nothing is converted"
    return _refused(declared, _kind(value), path, problems, help_)


def _refused(declared: Input, found: Phrase, path: str, problems: list[Diagnostic], help_: str = "") -> _Invalid:
    diagnostic = inputs.wrong_kind(At(None, path), declared.id, found.text(), allowed(declared.domain), help_)
    expected = Phrase(f"problem_expected_{limits(declared).kind}")
    problems.append(worded(diagnostic, declared, found=found, expected=expected))
    return _Invalid()


_RECORD = re.compile(r"\[(\d+)\]")


def worded(problem: Diagnostic, declared: Input, /, **parts: str | Worded) -> Diagnostic:
    """Return a problem of an input with its limits, and a message for people who do not know the rulebook.

    Args:
        problem: the diagnostic from the table of codes.
        declared: the input.
        parts: the values for the gaps of its phrase, besides the label.
    """
    label = named_for_people(declared)
    if record := _RECORD.search(problem.path):
        label = Phrase.of("problem_in_record", label=label, number=f"{int(record[1]) + 1}")
    return evolve(
        problem, limits=limits(declared), wording=Phrase.of(f"problem_{problem.code}", label=label, **parts)
    )


def named_for_people(declared: Input) -> str | Worded:
    """Return the label of an input, else its id in words."""
    return declared.words.label or declared.id.replace("_", " ")


def missing_input(declared: Input, path: str) -> Diagnostic:
    """Report that an input is missing.

    Args:
        declared: the input.
        path: the path of the missing part.
    """
    return worded(inputs.missing_input(At(None, path), declared.id, allowed(declared.domain)), declared)


def _refuse(
    declared: Input,
    path: str,
    found: str | Phrase,
    problem: Phrase,
    problems: list[Diagnostic],
    help_: str = "",
    hint: str = "",
) -> None:
    shown = found if isinstance(found, str) else found.text()
    diagnostic = inputs.outside_domain(
        At(None, path), declared.id, shown, problem.text() + hint, allowed(declared.domain), help_
    )
    problems.append(worded(diagnostic, declared, value=found, problem=problem))
    raise _Invalid


def _number(declared: Input, domain: NumberDomain, value: object, path: str, problems: list[Diagnostic]) -> Fraction:
    number = from_value(value)
    if number is None:
        raise _wrong_kind(declared, value, path, problems)
    if problem := _outside(domain, number):
        help_ = _rounding(declared.id, domain, number)
        _refuse(declared, path, shortened(to_text(number)), problem, problems, help_)
    return number


def _rounding(id_: str, domain: NumberDomain, x: Fraction) -> str:
    """Return how to round a number that binary arithmetic moved, empty if it did not."""
    unit = domain.grid.unit
    nearest = round(x / unit) * unit
    if abs(x - nearest) > min(unit * LARGEST_NOISE[0], max(unit, abs(x)) * LARGEST_NOISE[1]):
        return ""
    if _outside(domain, nearest) or not is_finite_decimal(unit):
        return ""
    if domain.is_integer:
        return f"round it to a whole number, as in `round({id_})`, or `np.round({id_})` for a column"
    places = len(to_text(unit).partition(".")[2])
    of = "decimals" if domain.decimals is not None else "step"
    call = f"round({id_}, {places})"
    return f"round it to the input's `{of}`, as in `{call}`, or `np.{call}` for a column"


def _outside(domain: NumberDomain, x: Fraction) -> Phrase | None:
    """Return what is wrong with a number, or None."""
    low = domain.minimum if domain.minimum is not None else domain.above
    high = domain.maximum if domain.maximum is not None else domain.below
    if domain.minimum is not None and x < domain.minimum:
        return Phrase.of("problem_below", limit=to_text(domain.minimum))
    if domain.maximum is not None and x > domain.maximum:
        return Phrase.of("problem_above", limit=to_text(domain.maximum))
    if domain.above is not None and x <= domain.above:
        return Phrase.of("problem_not_above", limit=to_text(domain.above))
    if domain.below is not None and x >= domain.below:
        return Phrase.of("problem_not_below", limit=to_text(domain.below))
    if (low is None and x <= -DEFAULT_END) or (high is None and x >= DEFAULT_END):
        return Phrase.of("problem_too_large", count=f"{DEFAULT_DIGITS}")
    if domain.is_integer and x.denominator != 1:
        return Phrase("problem_not_whole")
    if domain.step is not None and (x / domain.step).denominator != 1:
        return Phrase.of("problem_no_multiple", step=to_text(domain.step))
    decimals = DEFAULT_DIGITS if domain.decimals is None else domain.decimals
    if (x * 10**decimals).denominator != 1:
        return Phrase.of(f"problem_decimal{'s' * (decimals != 1)}", count=f"{decimals}")
    return None


def _date(declared: Input, domain: DateDomain, value: object, path: str, problems: list[Diagnostic]) -> date:
    found = day_of(value)
    if found is None:
        raise _wrong_kind(declared, value, path, problems)
    if domain.minimum is not None and found < domain.minimum:
        _refuse(declared, path, found.isoformat(), Phrase.of("problem_before", limit=f"{domain.minimum}"), problems)
    if domain.maximum is not None and found > domain.maximum:
        _refuse(declared, path, found.isoformat(), Phrase.of("problem_after", limit=f"{domain.maximum}"), problems)
    return found


def day_of(value: object) -> date | None:
    """Return the day of a value: of a date, a text or a midnight; None for anything else.

    Args:
        value: anything.
    """
    if isinstance(value, str):
        return parse_date(value)
    if isinstance(value, datetime):
        # NaT of pandas does not equal itself, and has no day.
        is_midnight = value == value and value.tzinfo is None and value.time() == time()
        return value.date() if is_midnight else None
    if isinstance(value, date):
        return value
    if type(value).__name__ == "datetime64":
        # NumPy writes a day or a midnight in its unit: 2026-03-31T00:00:00.000
        return parse_date(_MIDNIGHT.sub("", str(value)))
    return None


def _records(
    declared: Input, domain: ListDomain, value: object, path: str, values: Values
) -> tuple[Mapping[str, Any], ...]:
    if not _is_list(value):
        raise _wrong_kind(declared, value, path, values.problems)
    before = len(values.problems)
    if not domain.min_items <= len(value) <= domain.max_items:
        diagnostic = inputs.record_count(At(None, path), declared.id, len(value), allowed(domain))
        counts = {"found": len(value), "least": domain.min_items, "most": domain.max_items}
        values.problems.append(worded(diagnostic, declared, **{name: f"{count:,}" for name, count in counts.items()}))
    looked_at = islice(value, min(len(value), domain.max_items))
    records = tuple(_record(domain, record, f"{path}[{index}]", values) for index, record in enumerate(looked_at))
    seen: dict[tuple[Any, ...], int] = {}
    for index, record in enumerate(records if domain.unique else ()):
        if any(name not in record for name in domain.unique):
            continue  # an invalid value equals nothing
        key = tuple(record[name] for name in domain.unique)
        if key in seen:
            diagnostic = inputs.repeated_record(At(None, f"{path}[{index}]"), domain.unique, seen[key])
            labels = [named_for_people(field) for field in domain.fields if field.id in domain.unique]
            label = reduce(lambda first, last: Phrase.of("problem_list", first=first, last=last), labels)
            wording = Phrase.of("problem_KR607", label=label, first=f"{seen[key] + 1}")
            values.problems.append(evolve(diagnostic, wording=wording))
        seen.setdefault(key, index)
    if len(values.problems) > before:
        values.partial[declared.id] = records
        raise _Invalid
    return records


def _record(domain: ListDomain, record: object, path: str, values: Values) -> Mapping[str, Any]:
    named = _named(record, At(None, path), values.problems)
    if named is None:
        return FrozenMap()
    named = by_id(named, ids_by_column(domain.fields))
    _unknown(named, domain.fields, "a record", f"{path}.", values.problems)
    fields: dict[str, Any] = {}
    for declared in domain.fields:
        # A record must be complete: a missing field is an error whatever exemptions say.
        try:
            fields[declared.id] = _take_one(
                declared, named.get(declared.id), f"{path}.{declared.id}", values, values.problems
            )
        except _Invalid:
            continue
    return FrozenMap(fields)


def _plain(name: object) -> str:
    """Return a string without its subclass; any other value as text."""
    if _is_text(name):
        return str.__str__(name)
    try:
        return str(name)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return f"<{type(name).__name__}>"


def _reports_other_class(value: object) -> bool:
    """Return whether a value reports a class other than its type, as proxies and mocks do."""
    return value.__class__ is not type(value)


def _is_text(value: object) -> TypeGuard[str]:
    """Return whether a value is a string by its type, whatever class it reports."""
    return issubclass(type(value), str)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Return whether a value is a list by its type, and not a text."""
    return issubclass(type(value), Sequence) and not issubclass(type(value), str | bytes)


def is_boolean(value: object) -> bool:
    """Whether a value is a boolean of Python or NumPy.

    Args:
        value: anything.
    """
    kind = type(value)
    is_numpy = kind.__module__ == "numpy" and kind.__name__ in ("bool", "bool_")
    return kind is bool or is_numpy


def _kind(value: object) -> Phrase:
    """Return a value in words that do not mention Python types."""
    if _is_text(value):
        return Phrase.of("problem_found_text", text=shortened(whole(_plain(value))))
    if _reports_other_class(value):
        return Phrase.of("problem_found_other", text=type(value).__name__)
    if is_boolean(value):
        return Phrase("problem_found_true" if value else "problem_found_false")
    if isinstance(value, datetime):
        return Phrase.of("problem_found_time", text=value.isoformat())
    if isinstance(value, date):
        return Phrase.of("problem_found_date", text=value.isoformat())
    number = from_value(value)
    if number is not None:
        return Phrase.of("problem_found_number", text=shortened(to_text(number)))
    if issubclass(type(value), Mapping):
        return Phrase("problem_found_mapping")
    if _is_list(value):
        return Phrase.of("problem_found_list", count=f"{len(value):,}")
    if isinstance(value, int | Fraction):
        return Phrase("problem_found_large")
    if isinstance(value, Real | Decimal) and not isinstance(value, Integral):
        is_number = str(value).strip("-+").lower() not in _NO_NUMBERS
        if is_number:
            return Phrase("problem_found_large")
        return Phrase.of("problem_found_no_number", text=f"{value}")
    return Phrase.of("problem_found_other", text=type(value).__name__)
