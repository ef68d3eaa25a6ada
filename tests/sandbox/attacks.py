"""Generated attacks: each is made from a seed, a kind and a number, with its expected outcome.

`python -m tests.sandbox.attacks --seed 14 --kind formulas --cases 10000` tries more than the suite does, and
`--show 17` shows one. An attack ends with codes of the project, or with the value that it means.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache, partial
from numbers import Integral, Real
from random import Random
from types import FrameType
from typing import Any

import attrs
import yaml

import kpirules as kr
from kpirules.diagnostics.codes import CATALOGUE
from kpirules.kernel.exact import to_text

from ..budget import by_budget
from ..fuzz.mutations import mutated
from ..fuzz.seeds import EVERYTHING
from ..pace import TRIES, pace
from ..records import exempt, staff, unit
from . import pieces
from .known import ESCAPES, EXPRESSIONS
from .spoiling import spoiled_json

__all__ = ["COUNTS", "SEED", "Attack", "attack", "outcome", "problem", "tried"]

SEED = 13
COUNTS = by_budget(
    {"formulas": 75, "documents": 30, "subjects": 30, "records": 15},
    {"formulas": 2_000, "documents": 1_000, "subjects": 500, "records": 300},
)
"""How many attacks of each kind the suite tries."""

MOST_SECONDS = 4.0
"""Seconds of the processor after which an attack is stopped: twice what one may take on a quiet machine."""

ANY = "any code, or a value"
REFUSED = "KR1 KR2"


@attrs.frozen
class Attack:
    """An attack with its expected outcome.

    Args:
        kind: what is attacked.
        number: from which it is made again.
        family: what it tries.
        given: a text, or changes of a subject.
        expected: codes or beginnings of them with blanks between, `= value`, or `ANY`.
    """

    kind: str
    number: int
    family: str
    given: Any
    expected: str


def attack(kind: str, number: int, seed: int = SEED) -> Attack:
    """Return the attack of a kind and a number, the same on every machine.

    Args:
        kind: one of `COUNTS`.
        number: from 0.
        seed: of all numbers.
    """
    random = Random(f"{seed} {kind} {number}")
    families = _FAMILIES[kind]
    make = families[number % len(families)]
    given, expected = make(random)
    return Attack(kind, number, make.__name__.strip("_"), given, expected)


# -- formulas -------------------------------------------------------------------------------------

_ATOMS = ("x", "y", "ok", "name", "grade", "since", "tasks", "sum", "()", "''", "(1)", "1.0", "[]", "{}", "max", "t")
_DUNDERS = (
    "class", "bases", "mro", "subclasses", "globals", "builtins", "import", "init", "dict", "code", "reduce_ex", "call",
    "getattribute", "self", "func", "module", "closure", "wrapped", "loader", "spec", "traceback", "context",
)  # fmt: skip
_ATTRIBUTES = ("numerator", "real", "gi_frame", "f_back", "format", "items", "__class__", "mro", "tofile", "append")
_BUILTINS = (
    "open", "eval", "exec", "compile", "getattr", "setattr", "vars", "globals", "locals", "type", "object", "input",
    "breakpoint", "help", "dir", "id", "hash", "iter", "next", "map", "filter", "zip", "memoryview", "bytes", "print",
    "__import__", "rand", "randint", "super", "exit", "classmethod", "isinstance", "repr", "ascii", "chr", "int",
)  # fmt: skip


def _walks(random: Random) -> tuple[str, str]:
    """Return attribute chains from a value to the interpreter."""
    text = random.choice(_ATOMS)
    dunder = random.choice(_DUNDERS)
    steps = [f".__{dunder}__", f"['__{dunder}__']", f".{random.choice(_ATTRIBUTES)}", "[0]", "()", "(x)", "[-1:]"]
    for _ in range(random.randint(1, 6)):
        text += random.choice(steps)
    return f"{text}.__{dunder}__", REFUSED


def _calls(random: Random) -> tuple[str, str]:
    """Return calls of Python functions that the language does not have."""
    arguments = random.choice(
        ("", "x", "'x'", "x, y", "x, 'real'", "*tasks", "**x", "name=x", "t for t in tasks", "()")
    )
    return f"{random.choice(_BUILTINS)}({arguments})" + random.choice(("", " or 1", " + x", ".x", "[0]")), REFUSED


def _forms(random: Random) -> tuple[str, str]:
    """Return Python syntax that the language does not have."""
    inside, other = random.choice(("x", "y + 1", "tasks", "ok")), random.choice(("x", "1", "name"))
    return random.choice((
        f"(lambda: {inside})()", f"lambda a: {inside}", f"(z := {inside})", f"[{inside} for a in tasks]",
        f"{{{inside}: {other}}}", f"{{{inside}}}", f"{{a: {other} for a in tasks}}", f"await {inside}", f"yield {inside}",
        f"*{inside}", f"f'{{{inside}}}'", f"f'{{{inside}!r:>{random.randint(1, 10**9)}}}'", f"({inside})[{other}]",
        f"({inside}).{other}", f"import {other}", f"{inside}; {other}", f"{inside} = {other}", f"{inside} is {other}",
        f"sum(a for a in tasks for b in {inside})", f"({inside}, {other})", f"[{inside}]", f"({inside} for a in tasks)",
        f"del {other}", f"not_there({inside})", f"{inside} if ok", f"print({inside}) or {other}", f"`{inside}`",
        f"{inside} << 10000 << 10000", f"~{inside}", f"{inside} @ {other}", f"{inside} | {other}", f"{inside} ^ {other}",
        f"b'{inside}'", f"None or {inside}", f"... or {inside}", f"{inside} : int", f"def f(): {inside}",
        f"try: {inside}", f"raise {inside}", f"assert {inside}", f"global {other}", f"pass\n{inside}",
    )), REFUSED  # fmt: skip


def _strings(random: Random) -> tuple[str, str]:
    """Return texts that grow, or hide their content."""
    many = random.choice((10, 10**6, 3 * 10**9))
    return random.choice((
        f"'%0{many}d' % 1", f"'a' * {many}", f"name * {many}", "name + name", f"'a'.ljust({many})", "'{0.__class__}'.format(x)",
        f"'a' + 'b' * {many}", "'a' 'b' == name", "r'a' == name", f"'\\x{random.randrange(256):02x}' == name",
        f"'\\N{{BULLET}}{many}' == name", f"f'{{x:{many}}}' == name", f"str(9**{many})", "''.join(tasks)",
        f"(1).to_bytes({many}, 'big')", f"'a'.encode().hex() * {many}", "'''a''' == name", "name[0] == 'L'",
    )), REFUSED  # fmt: skip


def _numbers(random: Random) -> tuple[str, str]:
    """Return numbers that are too long, too wide, or in another language's notation."""
    digits = random.randint(21, 1500)
    big = random.randint(31, 10**9)
    text = random.choice((
        "9" * digits, "0." + "3" * digits, f"1e{big}", f"1e-{big}", f"{random.randint(1, 99)}_000", f"0x{random.randrange(999):x}",
        f"0b{random.randrange(1, 99):b}", f"0o{random.randrange(1, 99):o}", f"0{random.randint(10, 99)}_1", f"{random.randrange(99)}j",
        f"9**9**{random.randint(2, 9)}", f"x**{random.randint(17, 10**9)}", f"x**-{random.randint(1, 9)}", "x**y", f"2**{digits}.5",
        f"power(2, {random.randint(32768, 10**18)})", f"exp({random.randint(22714, 10**18)})", "exp(exp(exp(3)))",
        f"power(9{'0' * random.randint(5, 18)}, power(99, 99))", f"round(x, {random.randint(100, 10**12)})", f"root(x, {random.randint(65, 10**12)})",
    ))  # fmt: skip
    return text + random.choice(("", " + x", " * 0", " > 1")), REFUSED


def _faults(random: Random) -> tuple[str, str]:
    """Return expressions that fault in any context."""
    text, code = random.choice((
        ("1 / 0", "KR620"), ("y / (x - 4)", "KR620"), ("mod(x, x - 4)", "KR620"), ("ln(x - 4)", "KR621"), ("sqrt(y)", "KR621"),
        ("power(y, 0.5)", "KR621"), ("power(x - 4, -1)", "KR621"), ("ratio(1, 0, if_zero=1 / 0)", "KR620"),
    ))  # fmt: skip
    around = random.choice(("{}", "({}) + x", "abs({})", "max(x, {})", "-({})", "round({}, 2)", "{} if ok else 1"))
    return around.format(text), f"{code} KR26"


def _shapes(random: Random) -> tuple[str, str]:
    """Return expressions just inside and outside the limits of depth and length."""
    count = random.choice((random.randint(2, 40), random.randint(60, 400)))
    text, value, is_deep = random.choice((
        ("(" * count + "x" + ")" * count, "4", count > 49), ("not " * count + "ok", str(count % 2 == 0), count > 49),
        ("abs(" * count + "x" + ")" * count, "4", count > 48), ("+".join(["x"] * count), str(4 * count), count > 250),
        (" and ".join(["ok"] * count), "True", count > 250), ("max(" * count + "x, y" + ")" * count, "", True),
        ("[" * count, "", True), ("(" * count, "", True), ("{" * count, "", True), ("f(" * count, "", True),
        ("x if ok else " * (count // 2) + "y", "4", count // 2 > 48), ("-" * count + "x", str(4 * (-1) ** count), count > 49),
    ))  # fmt: skip
    return text, "KR2" if is_deep else f"= {value}"


_UNITS = (
    "'", '"', "\\", "if ", "else ", "a = ", "a=", "(", "%", "1%", "1 ", "1.", "1e", "0", ". ", ".\n", "_", "é", "\u0301",
    "- ", "–", "and ", "not ", "in ", "for ", "x", ",", "#", "\t", "\n", "t.", "**", "lambda ", ":=", "'a", "2026-01-", "==",
)  # fmt: skip


def _scans(random: Random) -> tuple[str, str]:
    """Return texts that slow scanners take long for."""
    units = random.choices(_UNITS, k=random.randint(1, 3))
    text = "".join(units) * (random.choice((5, 100, 1_900)) // len("".join(units)) + 1)
    return random.choice(("", "x ", "sum(", "'", "max(x, ")) + text, ANY


_LOOKALIKES = {
    "x": "хⅹｘ",
    "a": "аａ",
    "o": "оο",
    "e": "еｅ",
    "i": "іⅰ",
    "s": "ѕ",
    "y": "уｙ",
    "m": "ｍ",
    "k": "ｋ",
    "n": "ո",
}
_HIDDEN = "\u200b\u200d\u200e\u202e\u2066\u2069\u00ad\ufeff\u2060\u061c\u180e\u2028\x00\x07\x1b\x9b\ud800\U000e0041"


def _disguises(random: Random) -> tuple[str, str]:
    """Return a valid formula with a look-alike or invisible letter."""
    text = random.choice(
        ("max(x, y)", "x + 1 if ok else y", "sum(t.hours for t in tasks)", "abs(y) * x", "min(x, 1)")
    )
    place = random.choice([index for index, letter in enumerate(text) if letter in _LOOKALIKES])
    if random.random() < 0.5:
        return text[:place] + random.choice(_LOOKALIKES[text[place]]) + text[place + 1 :], REFUSED
    return text[:place] + random.choice(_HIDDEN) + text[place:], REFUSED


def _sound(random: Random, depth: int = 0) -> tuple[str, Fraction]:
    """Return a formula and its value, computed independently of the library."""
    if depth > 4 or random.random() < 0.2:
        if random.random() < 0.4:
            name, value = random.choice((("x", 4), ("y", -3)))
            return name, Fraction(value)
        number = Fraction(random.randint(0, 9_999), random.choice((1, 10, 100)))
        return to_text(number), number
    (left, a), (right, b) = _sound(random, depth + 1), _sound(random, depth + 1)
    match random.randrange(9):
        case 0:
            return f"({left} + {right})", a + b
        case 1:
            return f"({left} - {right})", a - b
        case 2:
            return f"({left} * {right})", a * b
        case 3:
            divisor = random.randint(1, 99)
            return f"({left} / {divisor})", a / divisor
        case 4:
            return f"max({left}, {right})", max(a, b)
        case 5:
            return f"min({left}, {right})", min(a, b)
        case 6:
            return f"abs({left})", abs(a)
        case 7:
            return f"({left} if {left} < {right} else {right})", a if a < b else b
    return f"(-{left})", -a


def _values(random: Random) -> tuple[str, str]:
    """Return valid formulas, because a library that refuses everything would pass all other attacks."""
    text, value = _sound(random)
    return text, f"= {to_text(value)}"


def _known(random: Random) -> tuple[str, str]:
    """Return escapes that have worked elsewhere, inside an allowed expression."""
    text = random.choice(sorted(set(ESCAPES) - {"x) + (y"}))
    around = random.choice(
        ("({})", "abs({})", "x if ({}) else y", "max(x, {})", "{} + x", "sum(({}) for t in tasks)", " {} ")
    )
    return around.format(text), ANY if text in ("ok + 1",) else REFUSED


def _mutations(random: Random) -> tuple[str, str]:
    """Return attacks that are changed, cut and combined; both engines must agree on any value."""
    texts = sorted(EXPRESSIONS)
    text = random.choice(texts)
    for _ in range(random.randint(1, 4)):
        place = random.randint(0, len(text))
        match random.randrange(4):
            case 0:
                text = text[:place] + text[place + random.randint(1, 9) :]
            case 1:
                text = text[:place] + random.choice(_UNITS) + text[place:]
            case 2:
                other = random.choice(texts)
                text = text[:place] + other[random.randint(0, len(other)) :]
            case _:
                text = text[:place] + text[place : place + 9] * random.randint(2, 50) + text[place:]
    return text[:4_000], ANY


# -- documents ------------------------------------------------------------------------------------

_HEAD = "kpirules: 1\nid: sandbox\n"


def _yaml_tricks(random: Random) -> tuple[str, str]:
    """Return YAML that expands, runs code or repeats."""
    n = random.randint(2, 400)
    text, codes = random.choice((
        ("a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{'*a' + str(i - 1)}, *a{i - 1}]\n" for i in range(1, n)), "KR104"),
        ("a: &a {x: 1}\nb: {<<: *a}\n", "KR104"), ("note: &a {x: *a}\n", "KR104"),
        (f"title: !!python/object/apply:{random.choice(('os.system', 'eval', 'subprocess.run'))} [id]\n", "KR104"),
        (f"title: !{'x' * n} y\n", "KR104"), ("---\n" * n, "KR105"), ("%YAML 9.9\n---\n", "KR1"), (f"note: {'[' * (n + 60)}", "KR107"),
        (f"note: {'{a: ' * (n + 60)}", "KR107"), ("note:\n" + "".join(" " * i + "-\n" for i in range(1, n + 70)), "KR107"),
        ("? " * (n + 100), "KR107"), (f"parameters: {{most: {'1' * (n + 100)}}}\n", "KR111"), (f"parameters: {{most: 1e{n + 31}}}\n", "KR111"),
        (f"title: 'a{random.choice(_HIDDEN[-5:-2])}b'\n", "KR108"), ('title: "\\uD8%02X"\n' % (n % 256), "KR108"),
    ))  # fmt: skip
    return _HEAD + text, codes


def _twice(random: Random) -> tuple[str, str]:
    """Return duplicate keys, near and far apart, in two spellings."""
    key = random.choice(("id", "title", "inputs", "score", "bands"))
    spelled = random.choice((key, f'"{key}"', f"'{key}'", f"? {key}\n"))
    return f"{_HEAD}{key}: {{}}\n{random.choice(('', 'note: x' + chr(10)))}{spelled}: a\n", "KR102"


def _keys(random: Random) -> tuple[str, str]:
    """Return invalid keys and ids."""
    word = random.choice((
        "__class__", "__init__", "lambda", "x" * random.randint(1, 5_000), "ｘ", "х", "a b", "1", "null", "true", "'\\n'", "../x",
        "<script>", "::error::", "=1+1", "eval", "import", "\u0301", "None", "🎉",
    ))  # fmt: skip
    return (
        f"{_HEAD}? {json.dumps(word, ensure_ascii=False)}\n: {{{random.choice(('', 'a: 1', 'type: number'))}}}\n",
        "KR10",
    )


_PLACES = (
    "outputs: {{y: {}}}", "let: {{v: {}}}\noutputs: {{y: v}}", "criteria: {{a: {{max: 9, points: {}}}}}",
    "criteria: {{a: {{max: 9, met: {}}}}}", "criteria: {{a: {{max: 9, points: 1, applies: {}}}}}",
    "criteria: {{a: {{max: 9, points: 1}}}}\nbands: {{good: {{from: 5, requires: {}}}, poor: {{from: 0}}}}",
    "criteria: {{a: {{max: 9, points: 1}}}}\noverrides: {{o: {{when: {}, unrated: none}}}}",
    "criteria: {{a: {{max: {}, points: 1}}}}", "invariants: {{i: {{that: {}}}}}", "validations: {{v: {{that: {}}}}}",
    "exemptions: {{e: {{when: {}, status: away}}}}", "parameters: {{p: {}}}\noutputs: {{y: p}}",
    "functions: {{f: {{args: [u], value: {}}}}}\noutputs: {{y: f(1)}}", "tables: {{t: {{steps: [{{value: {}}}]}}}}\noutputs: {{y: t(x)}}",
    "criteria: {{a: {{max: 9, points: 1}}}}\nscore: {{limits: {{l: {{at_most: {}}}}}}}",
)  # fmt: skip


def _places(random: Random) -> tuple[str, str]:
    """Return escapes at every place for a formula."""
    text = random.choice(
        sorted(text for text in ESCAPES if text not in ("ok + 1", "True + True", "None", "...", "1 is 1"))
    )
    return f"{_HEAD}inputs: {{x: {{type: number, min: 0, max: 9}}}}\n" + random.choice(_PLACES).format(
        json.dumps(text)
    ), "KR1 KR2"


def _files(random: Random) -> tuple[str, str]:
    """Return paths that leave the folder, in a text without a folder."""
    path = random.choice((
        "/etc/passwd", "../" * random.randint(1, 40) + "etc/shadow", "/proc/self/environ", "/dev/zero", "C:\\\\x", "//host/share",
        "file:///etc/passwd", "~/.ssh/id_rsa", "x\\0y", "", ".", "a" * 5_000, "http://example.org/x",
    ))  # fmt: skip
    return f'{_HEAD}extends: "{path}"\n', "KR52 KR1 KR3"


def _types(random: Random) -> tuple[str, str]:
    """Return a valid rulebook with one part of another type."""
    return yaml.safe_dump(_exchanged(random, EVERYTHING), sort_keys=False, allow_unicode=True), ANY


_OTHERS: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**40, "", "x", "1 +", "__class__", [], {}, [[]], {"a": 1}, "é" * 300, date(2026, 1, 1), [1, "a", None],
)  # fmt: skip


def _exchanged(random: Random, value: Any, depth: int = 0) -> Any:
    """Return a value with one part exchanged."""
    if isinstance(value, dict) and value and (depth == 0 or random.random() < 0.8):
        key = random.choice(list(value))
        return {**value, key: _exchanged(random, value[key], depth + 1)}
    if isinstance(value, list) and value and random.random() < 0.8:
        place = random.randrange(len(value))
        return [*value[:place], _exchanged(random, value[place], depth + 1), *value[place + 1 :]]
    return random.choice(_OTHERS)


def _json_texts(random: Random) -> tuple[str, str]:
    """Return a rulebook in JSON with damaged characters."""
    return spoiled_json(random, json.dumps(EVERYTHING, ensure_ascii=False)), ANY


def _rulebooks(random: Random) -> tuple[str, str]:
    """Return mutated rulebooks of the project."""
    return mutated(random)[:20_000], ANY


# -- subjects -------------------------------------------------------------------------------------

_NO_NUMBER: tuple[Callable[[], Any], ...] = (
    lambda: float("nan"), lambda: float("inf"), lambda: Decimal("sNaN"), lambda: Decimal("-Infinity"), lambda: "4", lambda: True, lambda: 1j,
    lambda: b"4", lambda: [4], lambda: {"x": 4}, lambda: print, lambda: Decimal("1e999999999"), lambda: 10**1_000_000,
    lambda: Fraction(1, 10**1_000_000), object, pieces.Silent, pieces.Posing, pieces.Truth,
)  # fmt: skip
_BEYOND: tuple[Callable[[], Any], ...] = (
    lambda: 10**9, lambda: -(10**9), lambda: Fraction(-1, 3), lambda: Decimal("100.01"), lambda: 1e300, lambda: pieces.Number(10**6),
    lambda: pieces.Quotient(10**6), lambda: 10**9_000, lambda: -1e-300,
)  # fmt: skip
_NO_TEXT: tuple[Callable[[], Any], ...] = (
    lambda: 4, lambda: True, lambda: b"Lan", lambda: ["Lan"], lambda: "\ud800", lambda: "a\udfff", pieces.Posing, pieces.Silent,
)  # fmt: skip
_NO_OPTION: tuple[Callable[[], Any], ...] = (
    lambda: "Good", lambda: "good ", lambda: "gооd", lambda: "", lambda: "x" * 10**6, lambda: "\u202egood", lambda: pieces.Liar("worst"),
    lambda: "\x1b[31mgood", lambda: "good\0",
)  # fmt: skip
_NO_DATE: tuple[Callable[[], Any], ...] = (
    lambda: "2026-02-30", lambda: "26-1-1", lambda: "２０２６-03-01", lambda: datetime(2026, 3, 1, 12), lambda: 20260301, lambda: "",
    lambda: "2026-03-01T00:00", lambda: " 2026-03-01", lambda: "0000-01-01", lambda: None.__class__, lambda: [2026, 3, 1],
)  # fmt: skip
_NO_LIST: tuple[Callable[[], Any], ...] = (
    lambda: 4, lambda: "tasks", lambda: {"hours": 1}, lambda: [4], lambda: [[]], lambda: pieces.deep(10_000), pieces.endless_list,
    lambda: [None], lambda: ["x"] * 10_000,
)  # fmt: skip

_POSING = tuple(
    partial(pieces.posing, kind)
    for kind in (
        str,
        bytes,
        int,
        float,
        bool,
        complex,
        Fraction,
        Decimal,
        date,
        datetime,
        list,
        tuple,
        dict,
        Enum,
        Mapping,
        Integral,
        Real,
    )
)
_WRONG: tuple[tuple[str, tuple[Callable[[], Any], ...], str], ...] = (
    ("x", _NO_NUMBER, "KR603"), ("y", _NO_NUMBER, "KR603"), ("x", _BEYOND, "KR604"), ("name", _NO_TEXT, "KR603"),
    ("grade", _NO_OPTION, "KR604"), ("grade", _NO_TEXT, "KR60"), ("since", _NO_DATE, "KR603"), ("tasks", _NO_LIST, "KR60"),
    *((name, _POSING, "KR60") for name in ("x", "y", "ok", "name", "grade", "since", "tasks")), ("ok", (lambda: 1, lambda: "true", lambda: 0.0, list, pieces.Truth), "KR603"),
)  # fmt: skip


def _wrong_values(random: Random) -> tuple[Any, str]:
    """Return a subject with one to three values of a wrong type or outside their domain."""
    changes, codes = {}, set()
    for _ in range(random.randint(1, 3)):
        name, values, code = random.choice(_WRONG)
        if name not in changes:
            changes[name] = random.choice(values)
            codes.add(code)
    return changes, " ".join(sorted(codes))


_NAMES = (
    "__class__", "__dict__", "X", "ｘ", "х", "x ", "", "\x1b[31m", "\u202ex", "\ud800", "x" * 100_000, "tasks.hours", "x\0", "0", "=cmd()",
)  # fmt: skip


def _wrong_names(random: Random) -> tuple[Any, str]:
    """Return a subject with unknown names."""
    return {random.choice(_NAMES): random.choice((lambda: 1, dict, lambda: None, lambda: "x"))}, "KR601"


def _missing(random: Random) -> tuple[Any, str]:
    """Return a subject without a value, or without any."""
    name = random.choice(("x", "y"))
    return {name: random.choice((None, lambda: None))}, "KR602"


_ODD: tuple[tuple[str, Callable[[], Any]], ...] = (
    ("name", lambda: "\x1b[31mred"), ("name", lambda: "<script>"), ("name", lambda: "a\0b"), ("name", lambda: "\u202eder"),
    ("name", lambda: "=1+1"), ("name", lambda: "e\u0302\u0301"), ("x", lambda: Decimal("4.00")), ("x", lambda: Fraction(8, 2)),
    ("x", lambda: 4.0), ("since", lambda: date(2026, 3, 1)), ("tasks", list), ("tasks", tuple), ("maybe", lambda: None),
)  # fmt: skip


def _odd_values(random: Random) -> tuple[Any, str]:
    """Return a subject with odd but valid values."""
    name, value = random.choice(_ODD)
    return {name: value}, "= 1"


def _records_of_a_list(random: Random) -> tuple[Any, str]:
    """Return a list with a wrong part in one record."""
    count, place = random.choice((1, 5, 500)), random.random()
    part, code = random.choice((
        ({"hours": 41}, "KR604"), ({"hours": "2"}, "KR603"), ({"weight": 0}, "KR604"), ({"kind": "Plain"}, "KR604"),
        ({"other": 1}, "KR601"), ({"weight": 1.5}, "KR60"), ({"hours": pieces.Silent()}, "KR603"), ({"kind": pieces.Liar("z")}, "KR604"),
    ))  # fmt: skip
    sound = {"hours": 2, "weight": 3, "kind": "plain"}
    made = [{**sound, **part} if number == int(count * place) else sound for number in range(count)]
    return {"tasks": lambda: made}, code


# -- records --------------------------------------------------------------------------------------

VALUE_ERROR = "ValueError"


@cache
def _sound_records() -> tuple[str, ...]:
    return tuple(one.to_json() for one in (staff(), staff("5", disciplined=True), unit(), exempt()))


def _parts_of_records(random: Random) -> tuple[str, str]:
    """Return an assessment's record with one part of another type."""
    data = json.loads(random.choice(_sound_records()))
    changed = data
    while changed == data:
        changed = _exchanged(random, data)
    return json.dumps(changed, default=str), ANY


def _texts_of_records(random: Random) -> tuple[str, str]:
    """Return an assessment's record with damaged characters."""
    return spoiled_json(random, random.choice(_sound_records())), ANY


def _no_records(random: Random) -> tuple[str, str]:
    """Return data that was never a record."""
    depth = random.choice((10, 1_000, 100_000))
    return random.choice((
        "", "[]", "null", "{}", '{"format": "kpirules.assessment/2"}', "[" * depth, '{"a":' * depth, "NaN", "1" * random.choice((10, 5_000)),
        "\ufeff{}", "{} {}", '{"format": 1, "format": 2}', "\ud800", "\0", '"\\ud800"', '{"\\ud800": 1}', "1e999999999",
    )), VALUE_ERROR  # fmt: skip


def _fields_of_records(random: Random) -> tuple[str, str]:
    """Return a record with a missing or an extra field."""
    data = json.loads(random.choice(_sound_records()))
    name = random.choice(sorted(data.keys() - {"given", "records", "given_hash"}))
    if random.random() < 0.5:
        del data[name]
    else:
        data[random.choice(("__class__", name.upper(), "x" * 1_000, "\x1b[31m", "=1"))] = data[name]
    return json.dumps(data), VALUE_ERROR


_FAMILIES: dict[str, tuple[Callable[[Random], tuple[Any, str]], ...]] = {
    "formulas": (
        _walks, _calls, _forms, _strings, _numbers, _faults, _shapes, _scans, _disguises, _values, _values, _known, _mutations, _mutations,
    ),
    "documents": (_yaml_tricks, _twice, _keys, _places, _places, _files, _types, _types, _json_texts, _rulebooks),
    "subjects": (_wrong_values, _wrong_values, _wrong_values, _wrong_names, _missing, _odd_values, _records_of_a_list),
    "records": (_parts_of_records, _parts_of_records, _texts_of_records, _no_records, _fields_of_records),
}  # fmt: skip


# -- how they end ---------------------------------------------------------------------------------


class _TooLong(BaseException):
    """Stops an attack that takes too long; it is not an `Exception`, so that nothing catches it."""


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def outcome(one: Attack) -> str:
    """Return the outcome of an attack: its codes, `= value`, or `!` and a forbidden outcome."""
    for tried in range(TRIES):
        try:
            # A busy machine is slower: what seems to take too long is tried again, at the pace of that moment.
            with _limited(MOST_SECONDS * (pace() if tried else 1)):
                return _ENDS[one.kind](one.given)
        except _TooLong:
            continue
        except Exception as error:
            return f"! {type(error).__name__}: {str(error)[:200]}"
    return f"! it did not end within {MOST_SECONDS} seconds"


def _of_answer(answer: Any) -> str:
    if isinstance(answer, list):
        return " ".join(answer) or "= nothing to say"
    return f"= {answer.get('answer', answer['status'])}"


def _formula(text: str) -> str:
    return _of_answer(pieces.expression(text))


def _document(text: str) -> str:
    report = kr.check(text=text)
    return _of_answer(pieces.told(report))


@cache
def _program() -> kr.Program:
    return kr.load({**pieces.around("x + y"), "outputs": {"answer": "x + y", "grade": "grade", "name": "name"}})


def _subject(changes: dict[str, Callable[[], Any] | None]) -> str:
    given = {**pieces.SUBJECT, **{name: make() for name, make in changes.items() if make is not None}}
    for name, make in changes.items():
        if make is None:
            del given[name]
    return _of_answer(pieces.rate(_program(), given))


def _record(text: str) -> str:
    try:
        found = kr.Assessment.from_json(text)
    except ValueError as refused:
        return VALUE_ERROR if str(refused) else "! it is refused without a word"
    again = kr.Assessment.from_json(found.to_json())
    if again != found:
        return "! it is not read as it was written"
    return "= a record"


_ENDS: dict[str, Callable[[Any], str]] = {
    "formulas": _formula, "documents": _document, "subjects": _subject, "records": _record,
}  # fmt: skip


def problem(one: Attack, ended: str) -> str:
    """Return how an attack's outcome differs from the expected one, or an empty text.

    Args:
        one: the attack.
        ended: its outcome.
    """
    if ended.startswith("!"):
        return ended
    if one.expected.startswith("="):
        return "" if ended == one.expected else f"{ended} and not {one.expected}"
    codes = [] if ended.startswith("=") else ended.split()
    if unknown := [code for code in codes if code not in CATALOGUE and code != VALUE_ERROR]:
        return f"{unknown} are no codes"
    if one.expected == ANY:
        return ""
    expected = one.expected.split()
    is_told = codes and any(code.startswith(tuple(expected)) for code in codes)
    return "" if is_told else f"{ended} and not {one.expected}"


def tried(kind: str, first: int, count: int, seed: int = SEED) -> list[str]:
    """Try some attacks, and return what is wrong with each that does not end as it must.

    Args:
        kind: one of `COUNTS`.
        first: the number of the first.
        count: how many.
        seed: of all numbers.
    """
    found = []
    for number in range(first, first + count):
        one = attack(kind, number, seed)
        if wrong := problem(one, outcome(one)):
            found.append(f"{kind} {number} ({one.family}) {ascii(one.given)[:200]}: {wrong}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.attacks")
    parser.add_argument("--seed", type=int, default=SEED, help="makes other attacks of the same numbers")
    parser.add_argument("--kind", choices=COUNTS, action="append", help="one kind only")
    parser.add_argument("--cases", type=int, help="how many of each kind")
    parser.add_argument("--from", type=int, default=0, dest="first", help="number of the first")
    parser.add_argument("--show", type=int, help="show one attack, and how it ends")
    parser.add_argument("--outcomes", action="store_true", help="print how each ends, as JSON")
    options = parser.parse_args()
    is_failed = False
    for kind in options.kind or COUNTS:
        if options.show is not None:
            one = attack(kind, options.show, options.seed)
            print(one, outcome(one), sep="\n")
            continue
        count = COUNTS[kind] if options.cases is None else options.cases
        if options.outcomes:
            ends = [
                outcome(attack(kind, number, options.seed)) for number in range(options.first, options.first + count)
            ]
            print(json.dumps({kind: ends}))
            continue
        begun = time.process_time()
        wrong = tried(kind, options.first, count, options.seed)
        is_failed = is_failed or bool(wrong)
        print(*wrong, f"{count:,} {kind}: {len(wrong)} end wrongly; {time.process_time() - begun:.0f} s", sep="\n")
    return int(is_failed)


if __name__ == "__main__":
    sys.exit(main())
