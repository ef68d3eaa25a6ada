"""From JSON text to Document, strictly by RFC 8259."""

from __future__ import annotations

import re

from ..diagnostics import Diagnostic, Source
from ..diagnostics.codes import At
from ..diagnostics.codes.document import number_out_of_range, refused_character, unreadable
from ..kernel.brief import shortened
from .assembly import Assembly, ReadingError
from .document import Document, Scalar
from .limits import character_name, refused_in_text, refused_in_value, without_mark
from .yaml_scalars import number

__all__ = ["read_json"]

_BLANKS = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"[^\s,:{}\[\]\"]+")
_STRING_PART = re.compile(r'[^"\\\x00-\x1f]+')
_UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS: dict[str, bool | None] = {"null": None, "true": True, "false": False}

_MESSAGES = {
    "'": ("JSON has no single quotes", 'write `"`'),
    "/": ("JSON has no comments", "remove it, or write the rulebook as YAML"),
    "#": ("JSON has no comments", "remove it, or write the rulebook as YAML"),
    "}": ("a value is missing before `}`", "write it, or remove the comma or colon before"),
    "]": ("a value is missing before `]`", "write it, or remove the comma before"),
    ",": ("a value is missing before `,`", "write it, or remove the comma"),
    ":": ("a value is missing before `:`", "write it"),
    "": ("the text ends where a value is expected", "write the value and close what is open"),
}
_JSON_WORDS = {
    "None": "null",
    "True": "true",
    "False": "false",
    "NULL": "null",
    "TRUE": "true",
    "FALSE": "false",
}


def read_json(source: Source) -> tuple[Document | None, list[Diagnostic]]:
    """Return the document of a JSON text, and all mistakes of the text.

    Args:
        source: the text and its name.

    Returns:
        The document, or None if too little of it can be read; the diagnostics.

    >>> document, diagnostics = read_json(Source("a.json", '{"kpirules": 1}'))
    >>> document.root.get("kpirules").value, diagnostics
    (Fraction(1, 1), [])
    """
    source = without_mark(source)
    refused = refused_in_text(source, yaml=False)
    if refused:
        return None, refused
    assembly = Assembly(source)
    if not source.text.strip():
        return assembly.document(), assembly.diagnostics
    try:
        _Scan(assembly).whole()
    except ReadingError as stop:
        return None, [*assembly.diagnostics, stop.diagnostic]
    return assembly.document(), assembly.diagnostics


class _Scan:
    """Scans a text; each method takes the place where something starts and returns where it ends."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self.text = assembly.source.text

    def whole(self) -> None:
        place = self.blanks(self.value(self.blanks(0)))
        while self.assembly.open:
            place = self.blanks(self.step(place))
        if place < len(self.text):
            raise self.stop(place, "extra text after the end of the document", "keep one value in the text")

    def step(self, place: int) -> int:
        """Read one more member of the innermost collection, or its end."""
        level = self.assembly.open[-1]
        closing = "}" if level.is_mapping else "]"
        if self.text.startswith(closing, place):
            self.assembly.end(place + 1)
            return place + 1
        if level.nodes:
            place = self.comma(place, closing)
        if level.is_mapping:
            place = self.colon(self.blanks(self.key(place)))
        return self.value(self.blanks(place))

    def comma(self, place: int, closing: str) -> int:
        found = self.text[place : place + 1]
        if found != ",":
            start = self.assembly.open[-1].start
            if not found:
                raise self.stop(start, "this bracket is never closed", f"close it with `{closing}`", "opened here")
            problem, remedy = _MESSAGES[found] if found in "/#" else (f"a comma or `{closing}` is missing", "")
            raise self.stop(place, problem, remedy or "write it before this")
        after = self.blanks(place + 1)
        if self.text.startswith(closing, after):
            raise self.stop(place, f"unexpected comma before `{closing}`", "remove it: JSON has no comma at the end")
        return after

    def key(self, place: int) -> int:
        if not self.text.startswith('"', place):
            found = self.text[place : place + 1]
            word = _WORD.match(self.text, place)
            problem, remedy = "expected a key here", 'write `"key": value`'
            if found and found in "'/#":
                problem, remedy = _MESSAGES[found]
            elif word:
                problem, remedy = "keys of JSON stand in double quotes", f'write `"{shortened(word[0])}"`'
            raise self.stop(place, problem, remedy)
        return self.string(place)

    def colon(self, place: int) -> int:
        if not self.text.startswith(":", place):
            raise self.stop(place, "a colon is missing before this", 'write `"key": value`')
        return place + 1

    def value(self, place: int) -> int:
        first = self.text[place : place + 1]
        if first == '"':
            return self.string(place)
        if first and first in "{[":
            self.assembly.begin(place, mapping=first == "{")
            return place + 1
        if first in _MESSAGES:
            problem, remedy = _MESSAGES[first]
            raise self.stop(place, problem, remedy)
        word = _WORD.match(self.text, place)
        if word is None:
            # Anything else that starts no word is a typographic blank, such as a no-break space.
            raise self.stop(place, f"{character_name(first)} is not a blank in JSON", "write a space")
        return self.word(place, word[0])

    def word(self, place: int, word: str) -> int:
        end = place + len(word)
        span = self.assembly.span(place, end)
        value: object = _WORDS.get(word, word)
        if _NUMBER.fullmatch(word):
            try:
                value = number(word)
            except ValueError as error:
                at = self.assembly.at(place, end)
                self.assembly.diagnostics.append(number_out_of_range(at, word, str(error)))
                self.assembly.is_whole = False
        elif word not in _WORDS:
            raise self.stop(place, *_wrong_word(word), end=end)
        self.assembly.add(Scalar(value, word, span, tuple(range(place, end))))  # type: ignore[arg-type]
        return end

    def string(self, place: int) -> int:
        start, parts = place, list[str]()
        offsets: list[int] = []
        place += 1
        while not self.text.startswith('"', place):
            plain = _STRING_PART.match(self.text, place)
            if plain:
                parts.append(plain[0])
                offsets.extend(range(place, plain.end()))
                place = plain.end()
            elif self.text.startswith("\\", place):
                character, length = self.escape(place)
                parts.append(character)
                offsets.append(place)
                place += length
            else:
                raise self.stop(start, "this quote is never closed on its line", 'close it with `"`', "opened here")
        text = "".join(parts)
        span = self.assembly.span(start, place + 1)
        self.assembly.add(Scalar(text, text, span, tuple(offsets)))
        self.refuse(text, offsets)
        return place + 1

    def escape(self, place: int) -> tuple[str, int]:
        """Return the character of an escape, and the length of the escape."""
        pair = _PAIR.match(self.text, place)
        if pair:
            high, low = int(pair[1], 16), int(pair[2], 16)
            return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)), 12
        unicode = _UNICODE.match(self.text, place)
        if unicode:
            return chr(int(unicode[1], 16)), 6
        letter = self.text[place + 1 : place + 2]
        if letter not in _ESCAPES:
            problem = f"`{self.text[place : place + 2]}` is not an escape in JSON"
            raise self.stop(place, problem, "write the backslash twice", end=place + 2)
        return _ESCAPES[letter], 2

    def refuse(self, text: str, offsets: list[int]) -> None:
        index = refused_in_value(text)
        if index is not None:
            start = offsets[index]
            end = start + (2 if self.text[start + 1] in _ESCAPES else 6)
            problem = f"`{self.text[start:end]}` means {character_name(text[index])}"
            at = self.assembly.at(start, end)
            self.assembly.diagnostics.append(refused_character(at, problem, "remove it"))
            self.assembly.is_whole = False

    def blanks(self, place: int) -> int:
        return _BLANKS.match(self.text, place).end()  # type: ignore[union-attr]

    def stop(self, start: int, problem: str, remedy: str, label: str = "", *, end: int = 0) -> ReadingError:
        length = len(self.text)
        span = self.assembly.span(min(start, length), min(end or start + 1, length))
        return ReadingError(unreadable(At(span), problem, remedy, label))


def _wrong_word(word: str) -> tuple[str, str]:
    if word in _JSON_WORDS:
        return f"JSON has no `{word}`", f"write `{_JSON_WORDS[word]}`"
    if word.lstrip("+-.")[:1].isdigit():
        return f"`{shortened(word)}` is not a number in JSON", "write a number such as `12`, `-0.5` or `1e3`"
    if word.lstrip("+-") in ("NaN", "Infinity", "inf", "nan"):
        return f"JSON has no `{word}`", "write a finite number, or `null`"
    return f"`{shortened(word)}` is not a value in JSON", f'put a text in double quotes: `"{shortened(word)}"`'
