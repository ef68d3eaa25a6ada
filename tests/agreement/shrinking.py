"""Shrinks a differing pair: `python -m tests.agreement.shrinking SEED NUMBER` prints the result."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from pprint import pformat
from typing import Any

from kpirules import load

from .comparing import came, outcome, plain
from .drafting import Mapped
from .pairs import pair

__all__ = ["differs", "shrunk"]

Differs = Callable[[Mapped, Mapped], bool]


def differs(book: Mapped, given: Mapped) -> bool:
    """Return whether the engines differ on a pair; False if the rulebook does not load."""
    try:
        program = load(book)
    except Exception:  # whatever is the matter with it, it is another matter
        return False
    try:
        return bool(plain(came(program, given, "reference")) != outcome(program, given, "scalar"))
    except Exception:  # a crash is the greatest difference
        return True


def shrunk(book: Mapped, given: Mapped, holds: Differs = differs) -> tuple[Mapped, Mapped]:
    """Return the pair without everything that the difference does not need."""
    whole: Mapped = {"book": deepcopy(book), "given": deepcopy(given)}
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for way in sorted(_ways(whole), key=len):
            for change in (_remove, _simplify):
                smaller = change(deepcopy(whole), way)
                if smaller is not None and smaller != whole and holds(smaller["book"], smaller["given"]):
                    whole, is_smaller = smaller, True
    return whole["book"], whole["given"]


Way = tuple[Any, ...]


def _ways(part: object, way: Way = ()) -> Iterator[Way]:
    parts = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, below in parts:
        yield (*way, key)
        yield from _ways(below, (*way, key))


def _above(whole: Mapped, way: Way) -> Any:
    part: Any = whole
    for key in way[:-1]:
        part = part[key]
    return part


def _remove(whole: Mapped, way: Way) -> Mapped | None:
    if len(way) < 2:
        return None
    try:
        del _above(whole, way)[way[-1]]
    except (LookupError, TypeError):
        return None
    if way[:2] == ("book", "inputs") and len(way) == 3:
        whole["given"].pop(way[-1], None)
    return whole


def _simplify(whole: Mapped, way: Way) -> Mapped | None:
    """Yield the rulebook with one text shortened to a part in brackets or to a plain value."""
    try:
        above = _above(whole, way)
        text = above[way[-1]]
    except (LookupError, TypeError):
        return None
    if not isinstance(text, str):
        return None
    for shorter in _shorter(text):
        above[way[-1]] = shorter
        if differs(whole["book"], whole["given"]):
            return whole
    return None


def _shorter(text: str) -> Iterator[str]:
    """Yield shorter replacements of a text, the simplest first."""
    if text not in ("1", "True"):
        yield from ("1", "True")
    opened: list[int] = []
    inside: set[str] = set()
    for place, sign in enumerate(text):
        if sign == "(":
            opened.append(place)
        elif sign == ")" and opened:
            begin = opened.pop()
            inside.add(text[begin + 1 : place])
            inner = text[begin : place + 1]
            inside |= {text.replace(inner, " 1 "), text.replace(inner, "(1)")}
    for separator in (" + ", " - ", " * ", " / ", " and ", " or ", ", ", " if ", " else ", " >= ", " < "):
        inside |= set(text.split(separator)) if separator in text else set()
    yield from sorted((one.strip() for one in inside if 0 < len(one) < len(text)), key=lambda one: (len(one), one))


def main() -> None:
    """Print the smallest form of the pair of a seed and a number."""
    seed, number = map(int, sys.argv[1:3])
    book, program, given = pair(seed, number)
    if not differs(book, given):
        print("the engines agree on it")
        return
    book, given = shrunk(book, given)
    print(pformat(book, width=118, sort_dicts=False))
    print(pformat(given, width=118, sort_dicts=False))
    program = load(book)
    for engine in ("reference", "scalar"):
        try:
            print(f"{engine}: {outcome(program, given, engine)}")
        except Exception as crash:  # the crash is what is shown
            print(f"{engine}: {crash!r}")


if __name__ == "__main__":
    main()
