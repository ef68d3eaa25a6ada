"""Damages valid texts and bytes: cut, flipped, doubled, nested, of other types and encodings."""

from __future__ import annotations

import json
import re
import unicodedata
from random import Random
from typing import Any

__all__ = ["spoiled_bytes", "spoiled_json", "spoiled_text"]

_PIECES = (
    "\0", "\ufeff", "\ud800", "\udfff", "\u202e", "\x1b[31m", "\x85", "\u2028", "\uffff", "\U0010ffff", "e\u0302\u0301", "ế", "１", "½",
    '"', "'", "\\", "{", "}", "[", "]", ",", ":", "-", "\n", "\r\n", "\r", "\t", " ", "=1+1", "@x", "null", "true", "NaN", "-Infinity",
    "1e999999999", "1e-999999999", "-0", "0x10", "1_000", "9" * 50, "9" * 5_000, "0." + "3" * 50, "1/0", "1/3", "2026-02-30", '"\\ud800"',
    '"\\u0000"', "{}", "[]", '""', '"a": 1, "a": 2', ",,", ";;", "../x", "/dev/zero", "<b>", "::error::",
)  # fmt: skip

_VALUE = re.compile(r'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null')


def spoiled_text(random: Random, text: str) -> str:
    """Return a text with one to five damaged places."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
        place = random.randint(0, len(text))
        match random.randrange(9):
            case 0:
                text = text[:place]
            case 1:
                text = text[:place] + text[place + random.choice((1, 2, 10, 100)) :]
            case 2 | 3:
                text = text[:place] + random.choice(_PIECES) + text[place:]
            case 4:
                text = text[:place] + text[place : place + random.choice((5, 50, 200))] * 2 + text[place:]
            case 5:
                depth = random.choice((5, 70, 1_500, 20_000))
                opening = random.choice(("[", '{"a":', "{a: ", "- ", "(", '"'))
                text = text[:place] + opening * depth + text[place:]
            case 6:
                text = unicodedata.normalize(random.choice(("NFD", "NFKD")), text)
            case 7:
                text = random.choice(("\ufeff", "\ufeff\ufeff", "\0", " ", "\n", "---\n")) + text
            case _:
                text = text.replace("\n", random.choice(("\r\n", "\r", "\n\n", "\u2028", "\x85")))
    return text[:100_000]


def spoiled_json(random: Random, text: str) -> str:
    """Return a JSON text that is damaged, or has some values exchanged."""
    if random.random() < 0.5:
        return spoiled_text(random, text)
    values = list(_VALUE.finditer(text))
    for match in sorted(
        random.sample(values, min(len(values), random.choice((1, 1, 2, 5)))), key=lambda m: -m.start()
    ):
        text = text[: match.start()] + _other(random, match[0]) + text[match.end() :]
    return text


def _other(random: Random, value: str) -> str:
    match random.randrange(7):
        case 0:
            return random.choice(("null", "true", "0", '""', "[]", "{}", "-1", "1.5", "NaN"))
        case 1:
            return json.dumps(random.choice(_PIECES))
        case 2:
            depth = random.choice((3, 60, 400, 2_000, 100_000))
            return "[" * depth + value + "]" * depth
        case 3:
            return "9" * random.choice((1, 30, 4_000, 5_000)) + random.choice(("", ".5", "e400", "e999999999"))
        case 4:
            return f"[{value}, {value}]"
        case 5:
            return f'{{"text": {value}}}'
    return json.dumps(value.strip('"')[::-1])


def spoiled_bytes(random: Random, data: bytes) -> bytes:
    """Return bytes with some flipped, lost or inserted, or in another encoding."""
    if random.random() < 0.1:
        text: Any = data.decode("utf-8", "replace")
        return str(text).encode(
            random.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7")), "surrogatepass"
        )
    found = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 4, 16)) if found else 0):
        place = random.randrange(len(found) + 1)
        match random.randrange(5):
            case 0 if place < len(found):
                found[place] ^= 1 << random.randrange(8)
            case 1 if place < len(found):
                found[place] = random.randrange(256)
            case 2:
                del found[place : place + random.choice((1, 3, 50))]
            case 3:
                del found[place:]
            case _:
                found[place:place] = random.choice(
                    (b"\xff", b"\xc3", b"\x00", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xf4\x90\x80\x80")
                )
    return bytes(found)
