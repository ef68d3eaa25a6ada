"""Converts a Python mapping to a Document by way of a JSON text, so that messages can quote it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from attrs import frozen

from ..diagnostics import Diagnostic, Source, Span
from ..diagnostics.codes import At
from ..diagnostics.codes.document import foreign_value, too_deep, too_large
from ..kernel.brief import shortened
from ..kernel.exact import from_value, is_finite_decimal, to_text
from ..kernel.exact.grammar import MAX_EXPONENT
from .assembly import ReadingError
from .document import Document
from .json_text import read_json
from .limits import MAX_BYTES, MAX_DEPTH, MAX_DIGITS, MAX_NODES, step

__all__ = ["read_mapping"]


def read_mapping(value: Mapping[str, object], name: str = "<mapping>") -> tuple[Document | None, list[Diagnostic]]:
    """Return the document of a Python mapping, and all mistakes of the mapping.

    The mapping is written as JSON first, so that every node has a place in a text that can be shown.

    Args:
        value: keys and values; see KR112 for the values allowed.
        name: the name of the mapping in diagnostics.

    Returns:
        The document, or None if too little of it can be read; the diagnostics.

    >>> document, diagnostics = read_mapping({"kpirules": 1, "parameters": {"most": 0.1}})
    >>> print(document.source.text)
    {
      "kpirules": 1,
      "parameters": {
        "most": 0.1
      }
    }
    """
    writing = _Writer()
    try:
        writing.write(value)
    except ReadingError as stop:
        return None, [stop.diagnostic]
    source = Source(name, "".join(writing.parts))
    document, diagnostics = read_json(source)
    foreign = [
        foreign_value(At(Span(source, fault.start, fault.end), fault.path), fault.problem, fault.remedy)
        for fault in writing.faults
    ]
    return (None if foreign else document), [*foreign, *diagnostics]


@frozen
class _Fault:
    """A value that can't be written: the place of its placeholder in the text, and a message."""

    start: int
    end: int
    path: str
    problem: str
    remedy: str


class _Writer:
    """Writes the text; for a value that can't be written it writes the type's name, and records a fault."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.characters = 0
        self.nodes = 0
        self.faults: list[_Fault] = []
        self.steps: list[str] = []
        self.inside: list[int] = []

    def put(self, part: str) -> None:
        self.parts.append(part)
        self.length += len(part)

    def word(self, part: str) -> None:
        """Write a token that is neither bracket nor blank."""
        self.put(part)
        self.characters += len(part)
        # A value shared many times is small in memory and endless when written out.
        if self.characters > MAX_BYTES:
            raise ReadingError(too_large(At(None), None, MAX_BYTES))

    def fault(self, value: object, problem: str, remedy: str, *, as_key: bool = False) -> None:
        start = self.length
        # Two placeholder keys must not read as a duplicate key.
        number = f" {len(self.faults) + 1}" if as_key else ""
        self.put(json.dumps(f"<{type(value).__name__}{number}>"))
        path = "".join(self.steps).removeprefix(".")
        self.faults.append(_Fault(start, self.length, path, problem, remedy))

    def write(self, value: object) -> None:
        self.nodes += 1
        # A list shared many times is small in memory and endless when written out.
        if self.nodes > MAX_NODES:
            raise ReadingError(too_deep(At(None), "nodes in one document", MAX_NODES))
        value = _plain(value)
        if isinstance(value, Mapping):
            with self.within(value) as enters:
                if enters:
                    self.members(value)
        elif isinstance(value, list | tuple):
            with self.within(value) as enters:
                if enters:
                    self.items(value)
        else:
            self.scalar(value)

    @contextmanager
    def within(self, value: object) -> Iterator[bool]:
        if id(value) in self.inside:
            self.fault(value, "this value contains itself", "write each part where it belongs")
            yield False
            return
        if len(self.inside) >= MAX_DEPTH:
            raise ReadingError(too_deep(At(None), "levels of nesting", MAX_DEPTH))
        self.inside.append(id(value))
        yield True
        self.inside.pop()

    def members(self, value: Mapping[object, object]) -> None:
        self.put("{")
        separator = ""
        for key, member in value.items():
            text = _key_text(key)
            self.steps.append(f".{step(_key_name(key) if text is None else text)}")
            self.put(separator + self.line())
            if text is None:
                self.fault(key, f"{_described(key)} can't be a key", "use a string", as_key=True)
            else:
                self.word(json.dumps(text, ensure_ascii=False))
            self.put(": ")
            self.write(member)
            self.steps.pop()
            separator = ","
        self.put(self.line(-1) + "}" if separator else "}")

    def items(self, value: Sequence[object]) -> None:
        self.put("[")
        for index, item in enumerate(value):
            self.steps.append(f"[{index}]")
            self.put((", " if index else "") if _is_short(value) else ("," if index else "") + self.line())
            self.write(item)
            self.steps.pop()
        self.put(self.line(-1) + "]" if value and not _is_short(value) else "]")

    def line(self, deeper: int = 0) -> str:
        return "\n" + "  " * (len(self.inside) + deeper)

    def scalar(self, value: object) -> None:
        exact = None if _is_time(value) else from_value(value)
        if exact is not None:
            text = to_text(exact)
            self.word(text if is_finite_decimal(exact) else f'"{text}"')
        elif value is None or isinstance(value, bool | str):
            self.word(json.dumps(value, ensure_ascii=False))
        elif isinstance(value, date) and not isinstance(value, datetime):
            self.put(f'"{value.isoformat()}"')
        else:
            self.fault(value, *_refusal(value))


def _plain(value: object) -> object:
    """Return the value of an enumeration member, and NumPy arrays as lists of Python values."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if type(value).__module__ != "numpy" or not isinstance(ndim := getattr(value, "ndim", None), int):
        return value
    array: Any = value
    if ndim:
        # Not `tolist`, which would widen each single-precision float and add digits it never had.
        return list(array)
    if not _is_time(value) and from_value(value) is not None:
        return value
    # NumPy turns a time that Python can't represent into None or a count of nanoseconds.
    plain: object = array.tolist()
    return value if _is_time(value) and not isinstance(plain, date) else plain


def _is_time(value: object) -> bool:
    """Return whether a value is a NumPy time, which may also count as an integer."""
    return getattr(getattr(value, "dtype", None), "kind", "") in ("m", "M")


def _key_text(key: object) -> str | None:
    """Return the text of a key in YAML, or None if it has none."""
    key = _plain(key)
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int):
        return to_text(Fraction(key))
    return str(key) if isinstance(key, str) else None


def _key_name(key: object) -> str:
    """Return the name of a key that has no text, for paths."""
    return str(key) if key is None or type(key) is float else f"<{type(key).__name__}>"


def _is_short(value: Sequence[object]) -> bool:
    """Return whether a list reads best on one line."""
    return len(value) <= 8 and not any(isinstance(_plain(item), Mapping | list | tuple) for item in value)


def _described(value: object) -> str:
    return f"a value of type `{type(value).__name__}`"


def _refusal(value: object) -> tuple[str, str]:
    if isinstance(value, datetime):
        return "an instant is not a calendar date", "give the date alone, as `.date()` does"
    if isinstance(value, Decimal) and value.is_finite():
        return (
            f"the number `{shortened(str(value), 24)}` has too large an exponent",
            f"give an exponent within ±{MAX_EXPONENT}",
        )
    if isinstance(value, float | Decimal):
        return f"`{value}` is not a number", "give a finite number, or None"
    if isinstance(value, set | frozenset):
        return "a set has no order", "give a list or a tuple"
    if isinstance(value, int | Fraction):
        return "the number is too long", f"give a number of at most {MAX_DIGITS} digits"
    remedy = "give a number, a text, a date, a list or a mapping"
    return f"{_described(value)} is not allowed in a rulebook", remedy
