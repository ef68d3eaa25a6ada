"""The numbers and formulas of a rulebook that a widget may change: their fields, and the rules with other values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from attrs import frozen

from ..change.rewriting import with_changes, written_at
from ..change.sensing.numbers import numbers
from ..change.sensing.rules import Rules
from ..kernel.exact import from_text, from_value
from ..kernel.mappings import FrozenMap
from ..kernel.visible import neutral
from ..language.model import NumberDomain
from ..language.wording import Label
from ..rating.program import Program
from .fields import Fields
from .sliders import between, slider
from .texts import text_of

__all__ = ["Changing", "changed", "changing_of"]

_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*%")

_BOOLEANS = {"True": True, "False": False}
"""What a formula is that is only true or false."""

Range = tuple[Any, ...]
"""The ends of a slider, and the distance between its places if it is given."""


@frozen
class Changing:
    """A place of the rulebook whose value a reader of the widget may change.

    Args:
        path: as `with_changes` takes it.
        id, label: the name of its part, and its label or None.
        keys: those in that part, and the numbers of rows; empty for the main value of a parameter or a named value.
        unit: to display beside it.
        text: what the rulebook has there; empty if nothing is written.
        numbers: those that its slider offers; None for a formula or for a boolean.
        is_boolean: whether it is true or false.
        is_percent: whether the number is written with a sign of per cent, which is its unit.
    """

    path: str
    id: str
    label: Label | None
    keys: tuple[str | int, ...]
    unit: str
    text: str
    numbers: NumberDomain | None
    is_boolean: bool
    is_percent: bool

    def field(self, fields: Fields) -> dict[str, Any]:
        """Return the place as plain data for the browser."""
        name = fields.label(self.label, self.id)
        rows = (fields.say("widget_row", number=str(key)) if isinstance(key, int) else key for key in self.keys)
        return {
            "id": self.path,
            "path": f"rules:{self.path}",
            "kind": "boolean" if self.is_boolean else "formula" if self.numbers is None else "number",
            "label": " · ".join((name, *rows)),
            "note": "",
            "unit": self.unit,
            "hint": self._written(fields),
            "required": True,
            "slider": None if self.numbers is None else slider(self.numbers),
            "default": self.text,
        }

    def _written(self, fields: Fields) -> str:
        if not self.text:
            return ""
        value = fields.say("yes" if self.text == "true" else "no") if self.is_boolean else self.text
        return neutral(fields.say("widget_written", value=f"{value}%" if self.is_percent else value))

    def value(self, text: str) -> Any:
        """Return the value of a text as `with_changes` takes it; None removes the key."""
        if self.is_boolean:
            return text == "true"
        if not text.strip():
            return None
        try:
            number = from_text(text.strip())
        except ValueError:
            number = None
        if number is None:
            return text
        return f"{text.strip()}%" if self.is_percent else number


def changing_of(program: Program, places: str | Iterable[str] | Mapping[str, Range]) -> tuple[Changing, ...]:
    """Return the places of a rulebook that may be changed.

    Args:
        program: the rules.
        places: paths as `with_changes` takes them, each of a value or of a part or section with numbers; or a mapping
            of paths to the ends of their sliders.

    Raises:
        ValueError: a path leads to no single value, or the ends of a slider are no numbers.
    """
    ranges = places if isinstance(places, Mapping) else {}
    given = [places] if isinstance(places, str) else list(places)
    # Variants may have different numbers, so their paths are written out.
    known = [number.path for number in numbers(Rules(program.part()))] if given and not program.parts else []
    return tuple(
        _changing(program, single, ranges.get(path))
        for path in given
        for single in [one for one in known if one.startswith((f"{path}.", f"{path}["))] or [path]
    )


def _changing(program: Program, path: str, ends: Range | None) -> Changing:
    part, keys, written = written_at(program, path)
    if not keys or isinstance(written, Mapping | list | tuple):
        raise ValueError(f"`{path}` has several values: name one of them, such as `{path}.{next(iter(part.keys))}`")
    if part.section == "bands" and len(keys) > 1 and keys[0] not in part.keys:
        raise ValueError(f"there is no band `{keys[0]}`: `{path}` leads to no value")
    written = _BOOLEANS.get(written, written) if isinstance(written, str) else written
    percent = _PERCENT.fullmatch(written) if isinstance(written, str) else None
    number = Fraction(percent[1]) if percent else from_value(written)
    label = part.keys.get("label", part.keys.get("title"))
    return Changing(
        path,
        part.id or path,
        None if label is None else Label(FrozenMap(label if isinstance(label, Mapping) else {"": label})),
        () if keys == ("value",) else tuple(_numbered(part.keys, keys)),
        "%" if percent else str(part.keys.get("unit", "")),
        "" if written is None else text_of(written if number is None else number),
        _numbers(path, ends, number) if number is not None or written is None else None,
        isinstance(written, bool),
        percent is not None,
    )


def _numbered(written: Any, keys: Iterable[str]) -> Iterator[str | int]:
    """Yield keys, and the number of each row, counted from 1 as in explanations."""
    for key in keys:
        is_row = isinstance(written, list)
        yield int(key) + 1 if is_row else key
        written = written[int(key)] if is_row else written.get(key) if isinstance(written, Mapping) else None


def _numbers(path: str, ends: Range | None, number: Fraction | None) -> NumberDomain | None:
    """Return the numbers of a slider: between the ends, else from zero to twice the number; None without either."""
    if ends is None:
        return None if number is None else between(*sorted((Fraction(0), 2 * number or Fraction(10))))
    found = [from_text(end) if isinstance(end, str) else from_value(end) for end in ends]
    match found:
        case [Fraction() as low, Fraction() as high] if low < high:
            return between(low, high)
        case [Fraction() as low, Fraction() as high, Fraction() as step] if low < high and step > 0:
            return between(low, high, step)
    raise ValueError(f"the slider of `{path}` needs its ends, such as (0, 100), or (0, 100, 5) in steps of 5")


def changed(program: Program, places: Iterable[Changing], texts: Mapping[str, Any]) -> Program:
    """Return the rules with values parsed from texts; the same program if no text differs.

    Args:
        program: the rules.
        places: those that may be changed.
        texts: texts by path, from a browser.

    Raises:
        RulebookError: the changed rules have errors.
    """
    given = [(one, texts.get(one.path)) for one in places]
    changes = {one.path: one.value(text) for one, text in given if isinstance(text, str) and text != one.text}
    return with_changes(program, changes) if changes else program
