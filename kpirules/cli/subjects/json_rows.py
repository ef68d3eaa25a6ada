"""Reads JSON and JSONL files, with values unchanged and numbers exact."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from attrs import define, field, frozen

from ...kernel.exact import from_text
from ...kernel.widths import whole
from ..failure import CommandError

__all__ = ["JsonSubject", "read_json", "read_jsonl"]

_BLANKS = re.compile(r"[ \t\r\n]*")
_INSTEAD = {
    "Expecting property name enclosed in double quotes": "expected a key in double quotes",
    "Illegal trailing comma before end of object": "unexpected comma before `}`",
    "Illegal trailing comma before end of array": "unexpected comma before `]`",
    "Expecting ':' delimiter": "expected a colon",
    "Expecting ',' delimiter": "expected a comma",
    "Expecting value": "expected a value",
    "Unterminated string starting at": "unterminated text",
    "Extra data": "extra text after the end",
}


@frozen
class JsonSubject:
    """One subject of a file.

    Args:
        line: the line where it begins.
        given: the value as read.
        problems: its mistakes as JSON.
    """

    line: int
    given: object
    problems: tuple[str, ...] = ()


def read_json(text: str, name: str) -> Iterator[JsonSubject]:
    """Yield the subject of an object, or the subjects of a list.

    Args:
        text: the whole file.
        name: the file.

    Raises:
        CommandError: if the file is not JSON.
    """
    decoding = _Decoding(text)
    try:
        yield from _subjects(decoding)
    except _JsonError as mistake:
        column = mistake.place - text.rfind("\n", 0, mistake.place)
        place = f"{name}:{decoding.line(mistake.place)}:{column}"
        raise CommandError(f"{place}: this is not JSON: {mistake}") from None


def _subjects(decoding: _Decoding) -> Iterator[JsonSubject]:
    text, place = decoding.text, decoding.skip(0)
    if not text.startswith("[", place):
        yield decoding.subject(place)
        decoding.end()
        return
    place = decoding.skip(place + 1)
    while not text.startswith("]", place):
        yield decoding.subject(place)
        place = decoding.skip(decoding.place)
        if text.startswith(",", place):
            place = decoding.skip(place + 1)
        elif not text.startswith("]", place):
            raise _JsonError("expected a comma or `]`", place)
    decoding.place = place + 1
    decoding.end()


def read_jsonl(text: str, name: str) -> Iterator[JsonSubject]:
    """Yield the subjects of a file with one object a line, ignoring blank lines.

    Args:
        text: the whole file.
        name: the file.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _in_line(line, number)


def _in_line(line: str, number: int) -> JsonSubject:
    decoding = _Decoding(line)
    try:
        found = decoding.subject(decoding.skip(0))
        decoding.end()
    except _JsonError as mistake:
        return JsonSubject(number, None, (f"not JSON from character {mistake.place + 1} on: {mistake}",))
    return JsonSubject(number, found.given, found.problems)


class _JsonError(Exception):
    """A text that is not JSON.

    Args:
        problem: the mistake.
        place: its offset.
    """

    def __init__(self, problem: str, place: int) -> None:
        super().__init__(problem)
        self.place = place


@define
class _Decoding:
    """The state of decoding: `place` is the end of the last value, `counted` the last place with a known line."""

    text: str
    place: int = 0
    counted: tuple[int, int] = (0, 1)
    problems: list[str] = field(factory=list)

    def skip(self, place: int) -> int:
        blanks = _BLANKS.match(self.text, place)
        return blanks.end() if blanks else place

    def subject(self, place: int) -> JsonSubject:
        decoder = json.JSONDecoder(
            parse_float=self.number,
            parse_int=self.number,
            parse_constant=self.constant,
            object_pairs_hook=self.mapping,
        )
        self.problems = []
        try:
            given, self.place = decoder.raw_decode(self.text, place)
        except json.JSONDecodeError as error:
            raise _JsonError(_INSTEAD.get(error.msg, error.msg.lower()), error.pos) from None
        except RecursionError:
            raise _JsonError("the value is nested too deeply", place) from None
        return JsonSubject(self.line(place), given, tuple(self.problems))

    def end(self) -> None:
        place = self.skip(self.place)
        if place < len(self.text):
            raise _JsonError("extra text after the end", place)

    def line(self, place: int) -> int:
        """Return the line number of a place, counted from the last known one."""
        start, number = self.counted if self.counted[0] <= place else (0, 1)
        self.counted = (place, number + self.text.count("\n", start, place))
        return self.counted[1]

    def number(self, text: str) -> Fraction | None:
        try:
            return from_text(text)
        except ValueError as error:
            self.problems.append(f"a number can't be read: {error}")
            return None

    def constant(self, word: str) -> None:
        self.problems.append(f"`{word}` is not a number; leave out unknown values")

    def mapping(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        names = dict(pairs)
        if len(names) == len(pairs):
            return names
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name in counts if counts[name] > 1)
        self.problems.append(f"duplicate key `{whole(twice)}`")
        # There is no way to know which of the two values is meant.
        return {name: value for name, value in pairs if counts[name] == 1}
