"""Random expressions: mostly of the language, some deep, long or huge, some malformed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

__all__ = ["formula", "sound_condition", "sound_number"]

NUMBERS = ("0", "1", "2", "7", "-1", "0.5", "100", "20%", "0.1%", "1e3", "12.25", "99999999999999999999", "1e-30")
ODD_NUMBERS = (
    "1e31",
    "1e999999999",
    "1" * 30,
    "0x10",
    "1_000",
    "007",
    "1.",
    ".5",
    "½",
    "٣",
    "1j",
    "1e",
    "--1",
    "5%%",
)
TEXTS = ('"low"', "'middle'", '"high"', '"red"', '""', '"urgent"', '"best"', "'a\\'b'", '"\\u0000"', '"ế"')
NAMES = ("n", "m", "p", "wide", "b", "c", "d", "name", "score", "band", "five", "some", "total", "tasks", "status")
DOTTED = ("points.leaf", "share.rated", "points.group", "item.hours", "children.score", "t.hours", "max.leaf")
DATES = ("date(2026, 1, 1)", "date(2026, m, 31)", "d", "date(0, 0, 0)", "date(9999, 12, 31)", "2026-01-01")
BINARY = ("+", "-", "*", "/", "**", "and", "or", "<", "<=", "==", "!=", ">", ">=", "in", "not in")
ODD_BINARY = ("//", "%", "@", "<<", "|", "&", "^", "is", "is not", "=", ":=", "&&", "≥", "×", "−", "<>", ",", ".", "")
UNARY = ("-", "+", "not ", "~", "- -", "not not ")
ONE = ("abs", "floor", "ceil", "trunc", "sign", "sqrt", "exp", "ln", "normal_cdf", "given", "year", "month", "day")
TABLES = ("by_rows", "by_line", "by_level", "passed", "level_of", "half_of")
TWO = ("min", "max", "mod", "power", "root", "round", "default", "days", "months", "years", "both", "ratio")
THREE = ("clamp", "workdays", "ratio", "round", "date", "max")
AGGREGATES = ("sum", "avg", "min", "max", "any", "all", "count", "share", "median")
MODES = ("half_up", "half_even", "half_down", "up", "down", "ceiling", "floor", "odd")
MALFORMED = (
    "", " ", "(", ")", "1 +", "* 2", "f(", "[n]", "{n}", "{n: m}", "lambda: n", "n if b", "n if b else", "n; m",
    "n\n",
    "n = 1", "(n, m)", "(n,)", "*n", "**n", "n[0]", "n.real", "n()", "f'{n}'", "b'x'", "...", "None", "await n",
    "yield",
    "x for x in tasks", "sum(t.hours for t in tasks for s in tasks)", "sum(*tasks)", "max(**n)", "n # m",
    "n \\\n + m",
    "n\tand\tb", "n\u00a0+ m", "n\u200b", "ｎ", "𝐧", "n if b else m if b else", "'", '"', "'''", "rb'x'", "\x00",
    "\ud800",
    "__import__('os')", "=SUM(A1)", "n ! m", "n ?? m", "n => m", "$n", "#", "%", "1 2", "n m", "and", "not",
    "import os",
    "sum(t for t in tasks)", "count(tasks, tasks)", "min()", "max(tasks)", "round(n, places=m)", "ratio(n, m)",
    'round(n, 2, mode="odd")', "clamp(n)", "clamp(lo=0, x=n, hi=1)", "default()", "date(2026, 13, 1)", "print(n)",
    "score + band", "points", "share", "children", "item", "item.hours", "t.hours", "bands", "True + 1",
    "(((((n)))))",
    "0 < n < m < 3 < 4", "n in ()", "n in (1)", "n in 1", "c in ('low', 'low')", "not given(n)", "\ufeffn", "n\rm",
)  # fmt: skip


def formula(random: Random, names: Sequence[str] = ()) -> str:
    """Return a random expression.

    Args:
        random: the source of randomness.
        names: ids of the rulebook it stands in.
    """
    kind = random.random()
    if kind < 0.15:
        return random.choice(MALFORMED)
    if kind < 0.2:
        return _extreme(random)
    made = _any(random, tuple(names), random.randint(0, 4))
    if kind < 0.3 and made:
        place = random.randrange(len(made))
        made = made[:place] + random.choice((*MALFORMED, *ODD_BINARY)) + made[place + random.randint(0, 2) :]
    return made


SOUND_NAMES = ("n", "m", "wide", "five", "some", "most", "total", "often", "grown", "waited", "count(tasks)")
SOUND_CONDITIONS = (
    "b",
    "True",
    "c >= 'middle'",
    "c in ('low', 'high')",
    "d < date(2026, 7, 1)",
    "given(p)",
    "name == ''",
)


def sound_number(random: Random, depth: int) -> str:
    """Return a valid numeric formula for the rulebook with every part; it may fault."""
    if depth <= 0:
        return random.choice((*SOUND_NAMES, *NUMBERS))
    x, y = sound_number(random, depth - 1), sound_number(random, depth - 1)
    match random.randrange(10):
        case 0 | 1:
            return f"({x} {random.choice('+-*')} {y})"
        case 2:
            return f"{x} / ({y})"
        case 3:
            return f"{random.choice(ONE[:9])}({x})"
        case 4:
            return f"{random.choice(('min', 'max', 'mod', 'power', 'both'))}({x}, {y})"
        case 5:
            return f"({x} if {sound_condition(random, depth - 1)} else {y})"
        case 6:
            return f"({x}) ** {random.choice((0, 1, 2, 7, 64, -1, -3, 1000))}"
        case 7:
            return f"{random.choice(('by_rows', 'by_line', 'passed', 'half_of'))}({x})"
        case 8:
            how = random.choice(("2", "-3", "to=0.25", "to=7", "30"))
            return f'round({x}, {how}, mode="{random.choice(MODES[:-1])}")'
        case _:
            field = random.choice(("t.hours", "t.size", "t.sized / 3", f"t.hours * ({x})"))
            aggregate = random.choice(("sum", "avg", "min", "max"))
            return f"default({aggregate}({field} for t in tasks if {random.choice(('t.done', 't.size > m'))}), {y})"


def sound_condition(random: Random, depth: int) -> str:
    """Return a valid condition for the rulebook with every part."""
    if depth <= 0:
        return random.choice(SOUND_CONDITIONS)
    match random.randrange(4):
        case 0:
            return f"({sound_condition(random, depth - 1)} and {sound_condition(random, depth - 1)})"
        case 1:
            return f"(not {sound_condition(random, depth - 1)})"
        case 2:
            return f"any(t.done or t.hours > {sound_number(random, depth - 1)} for t in tasks)"
        case _:
            return (
                f"{sound_number(random, depth - 1)} {random.choice(BINARY[7:13])} {sound_number(random, depth - 1)}"
            )


def _any(random: Random, names: Sequence[str], depth: int) -> str:
    return random.choice((_number, _number, _number, _condition, _leaf))(random, names, depth)


def _leaf(random: Random, names: Sequence[str], depth: int) -> str:
    kind = random.random()
    if kind < 0.4:
        return random.choice(NUMBERS)
    if kind < 0.65 or (kind < 0.8 and not names):
        return random.choice(NAMES)
    if kind < 0.8:
        return random.choice(names)
    return random.choice(random.choice((TEXTS, DOTTED, DATES, ("True", "False"), ODD_NUMBERS)))


def _number(random: Random, names: Sequence[str], depth: int) -> str:
    if depth <= 0:
        return _leaf(random, names, depth)

    def below() -> str:
        return _number(random, names, depth - 1)

    match random.randrange(10):
        case 0 | 1 | 2:
            operator = random.choice(ODD_BINARY if random.random() < 0.05 else BINARY[:5])
            form = "({} {} {})" if random.random() < 0.7 else "{} {} {}"
            return form.format(below(), operator, below())
        case 3:
            return f"{random.choice(ONE + TABLES)}({below()})"
        case 4:
            return f"{random.choice(TWO)}({below()}, {below()})"
        case 5:
            return f"{random.choice(THREE)}({below()}, {below()}, {below()})"
        case 6:
            return f"({below()} if {_condition(random, names, depth - 1)} else {below()})"
        case 7:
            where = f" if {_condition(random, ('t.done', 't.kind', 't.size'), 1)}" if random.random() < 0.4 else ""
            value = random.choice(("t.hours", "t.size * 2", "t.done", below(), "1 / t.size", "t"))
            return (
                f"{random.choice(AGGREGATES)}({value} for t in {random.choice(('tasks', 'children.group'))}{where})"
            )
        case 8:
            how = random.choice(("places=2", "to=0.25", "to=0", "places=-40", f"to={below()}"))
            return f'round({below()}, {how}, mode="{random.choice(MODES)}")'
        case _:
            return f"{random.choice(UNARY)}{below()}"


def _condition(random: Random, names: Sequence[str], depth: int) -> str:
    if depth <= 0:
        return random.choice(("b", "True", "c == 'low'", "n > 3", "given(p)", *names))
    match random.randrange(5):
        case 0 | 1:
            first, second = _condition(random, names, depth - 1), _condition(random, names, depth - 1)
            return f"({first} {random.choice(('and', 'or'))} {second})"
        case 2:
            return f"not {_condition(random, names, depth - 1)}"
        case 3:
            low, high = _number(random, names, depth - 1), _number(random, names, depth - 1)
            return f"{low} {random.choice(BINARY[7:])} {high}"
        case _:
            options = ", ".join(random.choice(TEXTS + NUMBERS) for _ in range(random.randint(1, 4)))
            return f"{_leaf(random, names, 0)} in ({options})"


def _extreme(random: Random) -> str:
    """Return a long, deep or huge expression, near the limits or far beyond them."""
    size = random.choice((3, 20, 49, 51, 120, 251, 400, 2_000, 20_000))
    name = random.choice(NAMES[:6])
    return random.choice(
        (
            " + ".join([name] * size),
            " ** ".join([random.choice(NUMBERS)] * size),
            " < ".join([name] * size),
            " and ".join([name] * size),
            " if b else ".join([name] * size),
            "(" * size + name + ")" * size,
            "(" * size + name,
            "-" * size + name,
            "not " * size + "b",
            "abs(" * size + name + ")" * size,
            f"max({', '.join([name] * size)})",
            f"{name} in ({', '.join(map(str, range(size)))})",
            "9" * size,
            f"1e{'9' * size}",
            f"0.{'0' * size}1",
            f"{name} ** {size}",
            f"({name} + 1 / 3) ** {'9' * min(size, 20)}",
            f"2 ** 2 ** 2 ** 2 ** {size}",
            f"power({name}, {size}.5)",
            f"exp({size})",
            f"exp(exp({size}))",
            f"root({name}, {size})",
            f"round({name}, {size})",
            f"round({name}, to=1e-{size})",
            '"' + "x" * size + '"',
            "x" * size,
            "half_of(" * size + name + ")" * size,
            "sum(t.hours for t in tasks) + " * size + "0",
            ".".join([name] * size),
            "[" * size,
            "{" * size,
            "\\" * size,
            f"f'{'{' * size}'",
        )
    )
