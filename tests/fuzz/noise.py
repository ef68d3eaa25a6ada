"""Texts and bytes that were never a rulebook."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

__all__ = ["SPECIAL", "noise", "noise_bytes"]

SPECIAL = (
    "&a ", "*a", "!!python/object:os.system ", "!x ", "!", "<<: ", "<<: *a", "{", "}", "[", "]", "{a: ", "[a, ", ", ",
    ": ", ":", "- ", "-", "? ", "| ", "|\n", "|2+\n", "|9\n", ">-\n", ">\n\n", "'", '"', "''", '""', "#", " #", "%",
    "@",
    "`", "---\n", "...\n", "%YAML 1.1\n", "%TAG ! tag:x:\n", "\t", "\n", "\r\n", "\r", "\n\n", "  ", "    ", "~",
    "null",
    "true", "no", "0x1F", "0o7", "1_000", "1e400", ".inf", ".nan", "-0", "2026-02-30", "1:30", "=", "\\", '"\\x00"',
    '"\\ud800"', '"\\U00110000"', '"\\\n"', '"\\x"', '"\\N\\L\\P\\_"', "\ufeff", "\x00", "\x07", "\x1b[31m", "\x7f",
    "\x85", "\xa0", "\u200b", "\u2028", "\u202e", "\ud800", "\udfff", "\ufffe", "\uffff", "\U0001f600", "\U0010ffff",
    "ế", "e\u0302\u0301", "١", "½", "ß", "İ", "kpirules: 1\n", "id: x\n", "criteria:\n", "inputs:\n", "1", "9" * 40,
    "{}", "[]", "{}: ", "[]: ", "? a\n: b\n", "a: b: c\n", "- - - ", "a:\n- b\n", "a: &a [*a]\n", "!!set {a, b}\n",
)  # fmt: skip
"""Pieces of YAML and JSON that mean something, and characters that must not."""

_JSON = (
    "{", "}", "[", "]", ",", ":", '"a"', '"a": ', "null", "true", "NaN", "-Infinity", "1", "-", "1e5", "01",
    "1e999999",
    '"\\ud800"', '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"\\u0000"', '"\\', '"\\u12"', '"\\q"', "'a'", "//", "/*",
    '"kpirules": 1', '"id": "x"', " ", "\n", "\t", "\x00", "\ufeff", "\ud800", '"\x01"', "{}", "[]", '""', "0.1E+3",
)  # fmt: skip

_RANGES = ((0, 0x7F), (0x20, 0x7E), (0x80, 0xFF), (0, 0x2FFF), (0xD700, 0xE0FF), (0xFE00, 0xFFFF), (0, 0x10FFFF))


def noise(random: Random, size: int) -> str:
    """Return a random text of about a number of characters."""
    return random.choice(_FORMS)(random, size)


def noise_bytes(random: Random, size: int) -> bytes:
    """Return random bytes, or a damaged text in some encoding."""
    if random.random() < 0.4:
        return random.randbytes(size)
    encoding = random.choice(("utf-8", "utf-8", "utf-8", "utf-16", "utf-16-le", "utf-32", "utf-8-sig"))
    data = bytearray(noise(random, size).encode(encoding, "surrogatepass"))
    for _ in range(random.choice((0, 1, 3)) if data else 0):
        data[random.randrange(len(data))] = random.randrange(256)
    return bytes(data[: random.randint(0, len(data))] if random.random() < 0.2 else data)


def _characters(random: Random, size: int) -> str:
    low, high = random.choice(_RANGES)
    return "".join(chr(random.randint(low, high)) for _ in range(size))


def _pieces(random: Random, size: int) -> str:
    return "".join(random.choices(SPECIAL, k=size // 4 + 1))


def _json(random: Random, size: int) -> str:
    return "".join(random.choices(_JSON, k=size // 3 + 1))


def _deep(random: Random, size: int) -> str:
    opening = random.choice(
        ("[", "{", "- ", "{a: ", "[a, ", "? ", '{"a":', "[[", "{[", "!a [", "&a [", "[{a: ", "((", "- - ?")
    )
    depth = random.choice((3, 58, 59, 60, 61, 62, size))
    closing = random.choice(("", "x", "]" * depth, "}" * depth, "x" + "]" * depth, ": 1"))
    head = random.choice(("", "kpirules: 1\n", "a: ", '{"kpirules": 1, "a": ', "- "))
    return head + opening * depth + closing


def _indented(random: Random, size: int) -> str:
    piece = random.choice(("a:", "-", "- a:", "? a", "'a':", "a: |", "- - x", "a: &x"))
    depth = min(random.choice((5, 59, 61, 100)), size // 8 + 1)
    step = random.choice((1, 2, 3))
    return "".join(f"{' ' * (level * step)}{piece}\n" for level in range(depth)) + random.choice(
        ("", "x", " " * depth)
    )


def _repeated(random: Random, size: int) -> str:
    piece = random.choice((*SPECIAL, "a: 1\n", "a: [", "a: 'b\n", "x ", "- a\n", "*a, ", "&a a\n", "# c\n", "a, "))
    return random.choice(("", "kpirules: 1\na: ", "[", "{", "'", '"')) + piece * (size // len(piece) + 1)


def _numbered(random: Random, size: int) -> str:
    line = random.choice(
        ("k#: 1\n", "k#: &k# *k#\n", "? #\n", "- k#: {a: #}\n", "k#: 'a#'\n", "#: #\n", "k# : [#, #]\n")
    )
    return "kpirules: 1\n" + "".join(line.replace("#", str(number)) for number in range(size // len(line) + 1))


_FORMS: tuple[Callable[[Random, int], str], ...] = (
    _characters, _characters, _pieces, _pieces, _json, _json, _deep, _indented, _repeated, _numbered,
)  # fmt: skip
