"""Writes a subject, or a cohort, and its outcome as a case to paste below `cases:`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ..errors import KpirulesError
from ..kernel.mappings import FrozenMap
from ..record import Assessment
from .updating import as_text

__all__ = ["case_text", "cohort_text"]


def case_text(
    name: str,
    given: Mapping[str, object],
    outcome: Assessment | KpirulesError,
    *,
    like: str = "",
    without: tuple[str, ...] = (),
    variant: str | None = None,
    on: date | None = None,
    other_expectations: Mapping[str, Mapping[str, object]] = FrozenMap(),
) -> str:
    """Return a case in YAML: the given values, and the outcome as expectations.

    Args:
        name: its name.
        given: the input values, or with `like` those that differ.
        outcome: the outcome of the subject.
        like: the case whose values are inherited.
        without: inputs of that case that are absent here.
        variant, on: the variant and date to assess by, if the inputs do not give them.
        other_expectations: other expectations, such as `points` by id.
    """
    lines = _head(name, variant, on)
    lines += [f"    like: {_text(like)}"] if like else []
    given = {**given, **dict.fromkeys(without)}
    lines += ["    given:" if given else "    given: {}"]
    lines += [f"      {id_}: {_written(value)}" for id_, value in given.items()]
    lines.append(f"    expect: {_expected(outcome, other_expectations)}")
    return "\n".join(lines)


def cohort_text(
    name: str,
    members: Mapping[str, Mapping[str, object]],
    outcome: Mapping[str, Assessment] | KpirulesError,
    *,
    variant: str | None = None,
    on: date | None = None,
) -> str:
    """Return a case of a cohort in YAML: the values of its members, and their outcomes as expectations.

    Args:
        name: its name.
        members: the values of each member, by name.
        outcome: the outcomes of members that the case expects, or the refusal of the cohort.
        variant, on: as for `case_text`.
    """
    lines = [*_head(name, variant, on), "    members:"]
    lines += [f"      - {{name: {_text(member)}, given: {_written(given)}}}" for member, given in members.items()]
    if isinstance(outcome, KpirulesError):
        return "\n".join([*lines, f"    expect: {_expected(outcome, {})}"])
    lines += ["    expect:", "      members:"]
    lines += [f"        {_text(member)}: {_expected(found, {})}" for member, found in outcome.items()]
    return "\n".join(lines)


def _head(name: str, variant: str | None, on: date | None) -> list[str]:
    lines = [f"  - name: {_text(name)}"]
    lines += [f"    variant: {_text(variant)}"] if variant else []
    return lines + ([f"    on: {_written(on)}"] if on else [])


def _expected(outcome: Assessment | KpirulesError, other_expectations: Mapping[str, Mapping[str, object]]) -> str:
    if isinstance(outcome, KpirulesError):
        return f"{{error: {outcome.report.errors[0].code}}}"
    parts = [f"status: {as_text(outcome.status)}"]
    if outcome.score is not None:
        parts.append(f"score: {as_text(Fraction(outcome.score))}")
    if outcome.band is not None:
        parts.append(f"band: {as_text(outcome.band)}")
    parts += [f"{key}: {_written(values)}" for key, values in other_expectations.items() if values]
    return f"{{{', '.join(parts)}}}"


def _written(value: object) -> str:
    match value:
        case bool() | None:
            return as_text(value)
        case int() | Decimal() | Fraction():
            return as_text(Fraction(value))
        case date():
            return value.isoformat()
        case Mapping():
            return f"{{{', '.join(f'{id_}: {_written(part)}' for id_, part in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(_written, value))}]"
        case _:
            return _text(str(value))


def _text(text: str) -> str:
    found = as_text(text)
    if not found.startswith('"'):
        return found
    # YAML allows no control characters, and reads some others as line ends.
    return "".join(sign if sign.isprintable() or sign == " " else json.dumps(sign)[1:-1] for sign in found)
