"""Reads YAML scalars, and finds the places of their characters."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from ..diagnostics import Span
from ..kernel.certain import given
from ..kernel.exact import from_text
from ..kernel.exact.grammar import MAX_EXPONENT, PLAIN
from .limits import MAX_DIGITS

__all__ = ["FALSES", "NULLS", "TRUES", "number", "offsets_of", "plain_value"]

# The core schema of YAML 1.2, without its octal and hexadecimal integers, `.inf` and `.nan`.
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
TRUES = frozenset({"true", "True", "TRUE"})
FALSES = frozenset({"false", "False", "FALSE"})

_BLANK = " \t\r\n"
_ESCAPE_LENGTHS = {"x": 4, "u": 6, "U": 10}


def plain_value(text: str) -> bool | Fraction | str | None:
    """Return the value of an unquoted scalar.

    Raises:
        ValueError: the number exceeds a limit, which the message names.

    >>> plain_value("0755"), plain_value("no"), plain_value("1e3"), plain_value("~")
    (Fraction(755, 1), 'no', Fraction(1000, 1), None)
    """
    if text in NULLS:
        return None
    if text in TRUES or text in FALSES:
        return text in TRUES
    return number(text) if text[0] in "+-.0123456789" and PLAIN.fullmatch(text) else text


@lru_cache(maxsize=1024)
def number(text: str) -> Fraction:
    """Return the exact value of a decimal number.

    Raises:
        ValueError: an exponent beyond ±30, or too many digits; the message says which.
    """
    if len(text) > MAX_DIGITS:
        raise ValueError(f"has more than {MAX_DIGITS} digits")
    try:
        return given(from_text(text), "the text is a number")
    except ValueError:
        raise ValueError(f"has an exponent beyond ±{MAX_EXPONENT}") from None


def offsets_of(value: str, style: str, span: Span) -> Sequence[int]:
    """Return the offset of each character of a scalar's value; an escape has the offset of its backslash.

    Each run of white space in the value is matched with a run in the text, since folding changes its length.
    """
    text, start, end = span.source.text, span.start, span.end
    if not style and end - start == len(value):
        return range(start, end)
    if style == '"':
        offsets = _double_quoted(text, start + 1, end - 1)
        # Every escape is one character.
        return given(offsets if len(offsets) == len(value) else None, "every character has an offset")
    if style == "'":
        if end - start - 2 == len(value):
            return range(start + 1, end - 1)
        return _walked(value, text, start + 1, "'")
    if style:
        line_end = text.find("\n", start)
        return _walked(value, text, line_end + 1 if line_end >= 0 else end, "")
    return _walked(value, text, start, "")


def _walked(value: str, text: str, place: int, doubled: str) -> tuple[int, ...]:
    offsets: list[int] = []
    index = 0
    while index < len(value):
        if value[index] in _BLANK:
            length, source_length = _run(value, index), _run(text, place)
            # A block scalar may end in line feeds that are missing at the very end of the text.
            last = max(place + source_length - 1, 0)
            offsets.extend(min(place + step, last) for step in range(length))
            index, place = index + length, place + source_length
        else:
            place += _run(text, place)
            offsets.append(place)
            place += 2 if value[index] == doubled else 1
            index += 1
    return tuple(offsets)


def _run(text: str, start: int) -> int:
    end = start
    while end < len(text) and text[end] in _BLANK:
        end += 1
    return end - start


def _double_quoted(text: str, place: int, end: int) -> tuple[int, ...]:
    offsets: list[int] = []
    while place < end:
        character = text[place]
        if character == "\\":
            place = _escape(text, place, offsets)
        elif character in _BLANK:
            place = _blanks(text, place, offsets)
        else:
            offsets.append(place)
            place += 1
    return tuple(offsets)


def _escape(text: str, place: int, offsets: list[int]) -> int:
    if text[place + 1] in "\r\n":
        run_length = _run(text, place + 1)
        breaks = text.count("\n", place + 1, place + 1 + run_length)
        offsets.extend([place] * (breaks - 1))
        return place + 1 + run_length
    offsets.append(place)
    return place + _ESCAPE_LENGTHS.get(text[place + 1], 2)


def _blanks(text: str, place: int, offsets: list[int]) -> int:
    run_length = _run(text, place)
    breaks = text.count("\n", place, place + run_length)
    if breaks:
        offsets.extend([place] * max(breaks - 1, 1))
    else:
        offsets.extend(range(place, place + run_length))
    return place + run_length
