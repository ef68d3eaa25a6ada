"""Reads single values, each by the kind of value that its place allows."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any
from unicodedata import normalize

from ...diagnostics import Diagnostic
from ...diagnostics.codes import structure as say
from ...diagnostics.codes.versions import no_date
from ...kernel.calendars import parse_date
from ...kernel.certain import given
from ...kernel.exact import from_text, parse_text, to_text
from ...kernel.exact.grammar import PLAIN, QUOTIENT, SIGNED
from ...language.expressions import CASED_ID, ID
from ..document import Listing, Mapping, Node, Scalar
from ..limits import MAX_DIGITS
from ..shapes import Kind
from .fields import Written

__all__ = ["described", "exact_number", "near_id", "read_scalar"]

_PERCENT = re.compile(rf"({SIGNED})%")
_QUOTIENT = re.compile(QUOTIENT)
_UNDER_SCORES = re.compile(r"[^A-Za-z0-9]+")
_LATER_PART = re.compile(r"[a-z0-9][a-z0-9_]*\Z")

Problems = list[Diagnostic]


def described(node: Node) -> str:
    """Return the kind of a node in words, for messages."""
    match node:
        case Mapping():
            return "a mapping"
        case Listing():
            return "a list"
        case Scalar(value=bool()):
            return f"`{node.text.lower()}`"
        case Scalar(value=Fraction()):
            return f"the number {node.text}"
        case _:
            return "a text"


def exact_number(scalar: Scalar) -> Fraction | None:
    """Return the number that is written, also as a percentage or a quotient; else None.

    A quotient is how a Python mapping writes an exact third.
    """
    value = scalar.value
    if isinstance(value, Fraction):
        return value
    if not isinstance(value, str) or len(value) > MAX_DIGITS:
        return None
    if match := _PERCENT.fullmatch(value):
        return given(from_text(match[1]), "a percentage is a number with a sign") / 100
    if _QUOTIENT.fullmatch(value) and value.partition("/")[2].strip("0"):
        return parse_text(value)
    return None


def near_id(text: str, *, is_cased: bool = False) -> str:
    """Return an id that is similar to a text, or an empty text.

    >>> near_id("Kỷ luật 1"), near_id("Kỷ luật 1", is_cased=True), near_id("2026")
    ('ky_luat_1', 'Ky_luat_1', '')
    """
    text = (text if is_cased else text.lower()).replace("đ", "d").replace("Đ", "D")
    latin = normalize("NFKD", text).encode("ascii", "ignore").decode()
    near = _UNDER_SCORES.sub("_", latin).strip("_")
    return near if (CASED_ID if is_cased else ID).match(near) else ""


def _wrong(kind: Kind, scalar: Scalar, written: Written, problems: Problems, help: str = "", fix: str = "") -> None:
    found = say.wrong_kind_of_value(written.at, written.place, kind.words, described(scalar), help)
    problems.append(found.with_fix(fix, is_safe=True, span=scalar.span) if fix else found)


def _unquoted(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> None:
    """Report a number or boolean in the place of a text."""
    _wrong(kind, scalar, written, problems, f'quote it: `"{scalar.text}"`', f'"{scalar.text}"')


def _unread(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> Written:
    return written


def _amount(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> Written | None:
    if isinstance(scalar.value, bool):
        _wrong(kind, scalar, written, problems)
        return None
    if isinstance(scalar.value, str) and PLAIN.fullmatch(scalar.value):
        _wrong(kind, scalar, written, problems, "write the number without quotes")
        return None
    return written


def _gives(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> Written | None:
    # An option, as the value of a table, can be any text.
    return written


def _number(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> Fraction | None:
    number = exact_number(scalar)
    if number is None:
        is_quoted = isinstance(scalar.value, str) and PLAIN.fullmatch(scalar.value)
        _wrong(kind, scalar, written, problems, "write the number without quotes" if is_quoted else "")
    return number


def _whole(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> Fraction | None:
    number = _number(kind, scalar, written, problems)
    most = kind.most or 0
    if number is not None and not (number.denominator == 1 and kind.least <= number <= most):
        allowed = f"a whole number from {kind.least} to {most:,}"
        problems.append(say.number_outside(written.at, written.place, to_text(number), allowed))
        return None
    return number


def _flag(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> bool | None:
    if isinstance(scalar.value, bool):
        return scalar.value
    wanted = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(scalar.text.lower(), "")
    _wrong(kind, scalar, written, problems, f"write `{wanted}`" if wanted else "", wanted)
    return None


def _word(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> str | None:
    if scalar.text in kind.closed:
        return scalar.text
    problems.append(say.unknown_word(written.at, scalar.text, written.place, kind.closed))
    return None


def _label(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> str | None:
    if not isinstance(scalar.value, str):
        _unquoted(kind, scalar, written, problems)
        return None
    if not scalar.value.strip():
        problems.append(say.empty_text(written.at, written.place))
        return None
    return scalar.value


def _text(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> str | None:
    # An article or an edition is often a bare number; its characters are the text.
    if isinstance(scalar.value, Fraction):
        return scalar.text
    return _label(kind, scalar, written, problems)


def _option(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> str | None:
    if isinstance(scalar.value, str):
        return scalar.value
    _unquoted(kind, scalar, written, problems)
    return None


def _date(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> Any:
    day = parse_date(scalar.value) if isinstance(scalar.value, str) else None
    if day is None:
        problems.append(no_date(written.at, written.place, scalar.text))
    return day


def _id(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> str | None:
    if ID.match(scalar.text):
        return scalar.text
    problems.append(say.unusable_id(written.at, scalar.text, near_id(scalar.text)))
    return None


def _cased_id(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> str | None:
    if CASED_ID.match(scalar.text):
        return scalar.text
    near = near_id(scalar.text, is_cased=True)
    problems.append(say.unusable_id(written.at, scalar.text, near, is_cased=True))
    return None


def _dotted_id(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> str | None:
    first, *later = scalar.text.split(".")
    if ID.match(first) and all(map(_LATER_PART.match, later)):
        return scalar.text
    near = [near_id(first), *(part if _LATER_PART.match(part) else near_id(part) for part in later)]
    problems.append(say.unusable_id(written.at, scalar.text, ".".join(near) if all(near) else ""))
    return None


def _version(kind: Kind, scalar: Scalar, written: Written, problems: Problems) -> Fraction | None:
    if scalar.value == 1 and not isinstance(scalar.value, bool):
        return Fraction(1)
    problems.append(say.unknown_version(written.at, scalar.text))
    return None


_READERS: dict[str, Callable[[Kind, Scalar, Written, Problems], Any]] = {
    "expression": _unread,
    "amount": _amount,
    "gives": _gives,
    "value": _unread,
    "number": _number,
    "whole": _whole,
    "flag": _flag,
    "word": _word,
    "label": _label,
    "text": _text,
    "option": _option,
    "date": _date,
    "id": _id,
    "cased_id": _cased_id,
    "dotted_id": _dotted_id,
    "version": _version,
}


def read_scalar(kind: Kind, scalar: Scalar, path: str, place: str, problems: Problems) -> Any:
    """Return a single value read as a kind, or None after adding the mistakes to `problems`.

    Args:
        kind: the kind that is allowed here.
        scalar: a value that is not null.
        path: its path in the document.
        place: its name in messages.
        problems: collects the diagnostics.
    """
    return _READERS[kind.scalar](kind, scalar, Written(scalar, path, place), problems)
