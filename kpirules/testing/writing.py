"""A subject and its outcome, as a case to paste below `cases:`."""

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

__all__ = ["case_text"]


def case_text(
    name: str,
    given: Mapping[str, object],
    outcome: Assessment | KpirulesError,
    *,
    like: str = "",
    without: tuple[str, ...] = (),
    variant: str | None = None,
    on: date | None = None,
    also: Mapping[str, Mapping[str, object]] = FrozenMap(),
) -> str:
    """Return a case in YAML: the given values, and the outcome as expectations.

    Args:
        name: its name.
        given: the input values, or with `like` those that differ.
        outcome: the outcome of the subject.
        like: the case whose values are taken over.
        without: inputs of that case that are absent here.
        variant, on: the variant and date to assess by, if the inputs do not give them.
        also: other expectations, such as `points` by id.
    """
    lines = [f"  - name: {_text(name)}"]
    lines += [f"    variant: {_text(variant)}"] if variant else []
    lines += [f"    on: {_written(on)}"] if on else []
    lines += [f"    like: {_text(like)}"] if like else []
    given = {**given, **dict.fromkeys(without)}
    lines += ["    given:" if given else "    given: {}"]
    lines += [f"      {id_}: {_written(value)}" for id_, value in given.items()]
    lines.append(f"    expect: {_expected(outcome, also)}")
    return "\n".join(lines)


def _expected(outcome: Assessment | KpirulesError, also: Mapping[str, Mapping[str, object]]) -> str:
    if isinstance(outcome, KpirulesError):
        return f"{{error: {outcome.report.errors[0].code}}}"
    parts = [f"status: {as_text(outcome.status)}"]
    if outcome.score is not None:
        parts.append(f"score: {as_text(Fraction(outcome.score))}")
    if outcome.band is not None:
        parts.append(f"band: {as_text(outcome.band)}")
    parts += [f"{key}: {_written(values)}" for key, values in also.items() if values]
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
