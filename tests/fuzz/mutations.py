"""Texts of rulebooks, changed by characters, tokens, lines and whole halves."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from .formulas import formula
from .noise import SPECIAL
from .seeds import large_texts, small_texts, words

__all__ = ["mutated", "mutated_bytes", "seed_text"]

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]+")

_PART_OF_LARGE = 0.04
"""How many texts are mutations of a whole rulebook of an agency."""


def seed_text(random: Random) -> str:
    return random.choice(large_texts() if random.random() < _PART_OF_LARGE else small_texts())


def mutated(random: Random) -> str:
    """Return the text of a rulebook after some mutations."""
    text = seed_text(random)
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5, 10))):
        text = random.choice(_MUTATIONS)(random, text)
    return text


def mutated_bytes(random: Random) -> bytes:
    """Return the text of a rulebook in UTF-8 with some bytes changed."""
    data = bytearray(mutated(random).encode("utf-8", "surrogatepass"))
    for _ in range(random.choice((0, 1, 1, 2, 4)) if data else 0):
        place = random.randrange(len(data))
        match random.randrange(4):
            case 0:
                data[place] = random.randrange(256)
            case 1:
                data[place] ^= 1 << random.randrange(8)
            case 2:
                del data[place : place + random.randint(1, 3)]
                data = data or bytearray(b"\xff")
            case _:
                data[place:place] = random.choice((b"\xff", b"\xc3", b"\x00", b"\xed\xa0\x80", b"\xef\xbb\xbf"))
    return bytes(data)


def _place(random: Random, text: str) -> int:
    return random.randint(0, len(text))


def _delete(random: Random, text: str) -> str:
    place = _place(random, text)
    return text[:place] + text[place + random.choice((1, 1, 2, 5, 30)) :]


def _duplicate(random: Random, text: str) -> str:
    place = _place(random, text)
    part = text[place : place + random.choice((1, 2, 10, 50))]
    return text[:place] + part * random.choice((2, 2, 3, 50)) + text[place:]


def _insert(random: Random, text: str) -> str:
    place = _place(random, text)
    return text[:place] + random.choice(SPECIAL) + text[place:]


def _insert_before_value(random: Random, text: str) -> str:
    places = [match.end() for match in re.finditer(r"(?:: |- |, |\{|\[)", text)]
    if not places:
        return _insert(random, text)
    place = random.choice(places)
    return text[:place] + random.choice(SPECIAL) + text[place:]


def _cut(random: Random, text: str) -> str:
    place = _place(random, text)
    return text[:place] if random.random() < 0.5 else text[place:]


def _replace_character(random: Random, text: str) -> str:
    place = _place(random, text)
    character = random.choice(
        (chr(random.randrange(0x20, 0x7F)), chr(random.randrange(0x3000)), random.choice(SPECIAL))
    )
    return text[:place] + character + text[place + 1 :]


def _token(random: Random, text: str) -> str:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return random.choice(SPECIAL)
    place = random.randrange(len(tokens))
    match random.randrange(5):
        case 0:
            del tokens[place]
        case 1:
            tokens.insert(place, tokens[place])
        case 2:
            other = random.randrange(len(tokens))
            tokens[place], tokens[other] = tokens[other], tokens[place]
        case 3:
            tokens[place] = random.choice(words())
        case _:
            tokens[place] = random.choice((*SPECIAL, "0", "-1", "1e30", "1e31", "999999999999999999999"))
    return "".join(tokens)


def _line(random: Random, text: str) -> str:
    lines = text.split("\n")
    place, other = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(6):
        case 0:
            del lines[place]
        case 1:
            lines.insert(other, lines[place])
        case 2:
            lines[place], lines[other] = lines[other], lines[place]
        case 3:
            lines[place] = " " * random.choice((0, 1, 2, 3, 4, 7)) + lines[place].lstrip()
        case 4:
            lines[place] = random.choice(("\t", "- ", "? ", " ", "# ", "---", "x: ")) + lines[place]
        case _:
            lines[place : place + 2] = [" ".join(lines[place : place + 2])]
    return "\n".join(lines)


def _formula(random: Random, text: str) -> str:
    """Put another expression after a colon, quoted or plain."""
    places = list(re.finditer(r"(?<=: )[^\n{\[|>][^\n,}\]]*", text))
    if not places:
        return _insert(random, text)
    match, made = random.choice(places), formula(random)
    quote = random.choice(("", "", "'", '"'))
    return text[: match.start()] + quote + made.replace(quote or "\n", " ") + quote + text[match.end() :]


def _spliced(random: Random, text: str) -> str:
    other = random.choice(small_texts())
    return text[: _place(random, text)] + other[_place(random, other) :]


def _line_ends(random: Random, text: str) -> str:
    return text.replace(
        "\n", random.choice(("\r\n", "\r", "\n\n", "\u2028", " \n", "\n\ufeff")), random.choice((1, 3, -1))
    )


_MUTATIONS: tuple[Callable[[Random, str], str], ...] = (
    _delete, _duplicate, _insert, _insert, _insert_before_value, _insert_before_value, _cut, _replace_character,
    _token, _token, _token, _line, _line, _line, _formula, _formula, _spliced, _line_ends,
)  # fmt: skip
