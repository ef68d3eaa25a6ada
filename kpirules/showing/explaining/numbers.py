"""Values as an explanation shows them, and formulas with values put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

from ...kernel.exact import approximate_text, to_text
from ...record import Computation, Value

__all__ = ["QUOTED", "briefly", "exactly", "in_formula", "put_in", "summed", "tidy"]

# A longer text is too long to read as a number; a fraction of this length is still easy to check by hand.
_LONGEST_NUMBER = 24

QUOTED = r"'(?:[^'\\]|\\.)*'|" r'"(?:[^"\\]|\\.)*"'


def tidy(formula: str) -> str:
    """Return a formula on one line.

    >>> tidy("a\\n  + b")
    'a + b'
    """
    return " ".join(formula.split())


def exactly(x: Fraction) -> str:
    """Return the exact text of a number, with a rounded decimal if it does not end.

    >>> exactly(Fraction("89.58")), exactly(Fraction(715, 12))
    ('89.58', '715/12 (≈ 59.583333)')
    """
    exact, near = to_text(x), approximate_text(x)
    if len(exact) > _LONGEST_NUMBER:
        return near
    return exact if "/" not in exact else f"{exact} ({near})"


def briefly(x: Fraction) -> str:
    """Return an exact number without the decimal beside it, shortened only if it is very long.

    >>> briefly(Fraction(715, 12)), briefly(Fraction(1, 10**30))
    ('715/12', '(≈ 0)')
    """
    text = exactly(x).partition(" (")[0]
    return f"({text})" if text.startswith("≈") else text


def summed(numbers: Sequence[Fraction], *, is_first: bool = True) -> str:
    """Return exact numbers added up.

    Args:
        numbers: the numbers.
        is_first: whether they begin the sum.

    >>> summed([Fraction(12), Fraction(-3), Fraction(1, 3)])
    '12 - 3 + 1/3'
    """
    signed = [f"{'-' if number < 0 else '+'} {briefly(abs(number))}" for number in numbers]
    return " ".join([briefly(numbers[0]), *signed[1:]] if is_first else signed)


def in_formula(value: Fraction | bool | date | str, unit: str = "") -> str:
    """Return a value as a formula in English shows it; a shortened number is marked by ≈.

    Args:
        value: the value.
        unit: the unit of a number; one with a sign, such as `km/h`, puts the number in brackets.

    >>> in_formula(Fraction(2, 3)), in_formula(Fraction(-3)), in_formula("good"), in_formula(True)
    ('≈0.666667', '(-3)', '"good"', 'yes')
    >>> in_formula(Fraction(12), "tasks"), in_formula(Fraction(90), "km/h"), in_formula(Fraction(-3), "h")
    ('12 tasks', '(90 km/h)', '(-3 h)')
    """
    match value:
        case bool():
            return "yes" if value else "no"
        case Fraction():
            text = f"{approximate_text(value).replace('≈ ', '≈')} {unit}".rstrip()
            return f"({text})" if value < 0 or _SIGN.search(unit) else text
        case date():
            return value.isoformat()
    return '"' + value.replace('"', '\\"') + '"'


_SIGN = re.compile(r"[-+*/^()]")
_POWER = re.compile(r"\s*\*\*")
_WORD = re.compile(r"\w[\w.]*")
_WORDS = re.compile(rf"(?P<quoted>{QUOTED})|(?P<name>(?<![\w.])\w[\w.]*(?![\w.])(?!\s*(?:\(|=(?!=))))", re.DOTALL)
"""Quoted texts, and words that are neither called nor name an argument."""


def put_in(
    computation: Computation, in_words: Callable[[Value, str], str], unit_of: Callable[[str], str] = lambda read: ""
) -> str:
    """Return the formula with each reading replaced by its value; empty if nothing was replaced.

    Names inside quotes, parts of longer names, functions and named arguments stay. A name that had different
    values stays too.

    Args:
        computation: the formula with its readings.
        in_words: formats a value and its unit for a formula.
        unit_of: gives the unit of a reading, or an empty text.

    >>> readings = (("a", Fraction(1)), ("ab", Fraction(2, 3)), ("n", Fraction(2)))
    >>> put_in(Computation("(a + ab) / n", readings), in_formula)
    '(1 + ≈0.666667) / 2'
    """
    formula = tidy(computation.formula)
    values: dict[str, str | None] = {}
    for text, value in computation.readings:
        name = tidy(text)
        shown = in_words(value, unit_of(name) if isinstance(value, Fraction) else "")
        values[name] = shown if values.get(name, shown) == shown else None
    known = {name: shown for name, shown in values.items() if name and shown is not None}
    if not known:
        return ""
    known |= {str(value): in_words(value, "") for value in (True, False)}
    pattern = _WORDS
    if not all(map(_WORD.fullmatch, known)):  # some readings are calls, such as `count(tasks)`
        names = "|".join(_name_pattern(name) for name in sorted(known, key=len, reverse=True))
        pattern = re.compile(f"(?P<quoted>{QUOTED})|(?P<name>{names})", re.DOTALL)

    def filled_in(found: re.Match[str]) -> str:
        shown = known.get(found["name"], found[0])
        has_unit = " " in shown and shown[0] not in "(\"'"
        return f"({shown})" if has_unit and _POWER.match(formula, found.end()) else shown

    filled = pattern.sub(filled_in, formula)
    return "" if filled == formula else filled


def _name_pattern(name: str) -> str:
    """Return a pattern that matches a name, but not inside a longer one."""
    before = r"(?<![\w.])" if re.match(r"\w", name) else ""
    after = r"(?![\w.])(?!\s*(?:\(|=(?!=)))" if re.search(r"\w$", name) else ""
    return before + re.escape(name) + after
