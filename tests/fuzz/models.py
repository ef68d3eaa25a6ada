"""Rulebooks as mappings, changed node by node."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from random import Random
from types import MappingProxyType
from typing import Any

from .formulas import formula, sound_condition, sound_number
from .noise import SPECIAL
from .seeds import EVERYTHING, mappings, words

__all__ = ["changed", "odd_value"]

Tree = dict[Any, Any]
Container = dict[Any, Any] | list[Any]


class Grade(Enum):
    """An enumeration, as programs use for values."""

    GOOD = "good"
    FIVE = 5
    LIST = (1, 2)


class Text(str):
    """A subclass of `str`."""


class Whole(int):
    """A subclass of `int`."""


_ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 100, -100, 10**18, 10**30, 10**31, 10**99, -(10**100), 10**101, 10**5000, 0.1,
    -0.0,
    1e308, 5e-324, math.nan, math.inf, -math.inf, Decimal("0.10"), Decimal("1E+30"), Decimal("1E+1000000"),
    Decimal("1E-1000000"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), Decimal("-0"), Fraction(1, 3),
    Fraction(1, 10**60), Fraction(10**400, 7), "", " ", "x", "nan", "inf", "1", "-5", "25%", "1/3", "1 / 0",
    "1e999999999",
    "1" * 200, "1_000", "0x10", "٣", "½", "yes", "null", "~", "bands", "else", "item", "score", "true", "Ế",
    "x" * 2_000,
    "a\nb", "a\x00b", "a\x1b[0mb", "\ud800", "\ufeff", "\u202e", "a\tb", "a: b", "*a", "&a", "{", "[", "'", '"', "#",
    "2026-01-01", "2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", date(1, 1, 1), date(9999, 12, 31),
    datetime(2026, 1, 1), datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=7))), time(1), timedelta(1),
    [], {}, [[]], [{}], {"": ""}, [None], {"x": None}, {None: 1}, {1: 2}, {1.5: 2}, {True: 1}, {(1, 2): 3},
    {"a b": 1}, {10**5000: 1}, {Fraction(10**5000, 3): 1}, {frozenset({10**5000}): 1},
    {Decimal("1E+1000000"): 1}, {date(2026, 1, 1): 1}, {b"x": 1}, ["x" * 10_000] * 120,
    [1, "2", None], ["low", "low"], ["a", "b", "c"], {"from": 1}, {"value": 1}, {"that": "b"}, {"vi": "x", "en": 5},
    {"xx-yy": "z"}, {"document": "x"}, {"step": 0}, {"step": -1}, {"places": 100}, {"to": 0}, {"places": 2, "to": 1},
    (), (1,), {1, 2}, frozenset(), b"x", bytearray(b"x"), range(3), 1j, object, len, Grade.GOOD, Grade.FIVE,
    Grade.LIST,
    Text("x"), Text("n + 1"), Whole(3), MappingProxyType({"a": 1}), OrderedDict(a=1), [0] * 200,
    {"k": {"k": {"k": {}}}},
)  # fmt: skip

_TEXT_KEYS = (
    "label",
    "note",
    "title",
    "source",
    "edition",
    "unit",
    "type",
    "id",
    "url",
    "document",
    "article",
    "clause",
)


def odd_value(random: Random, depth: int = 2) -> Any:
    """Return a value of any type, usually one that no rulebook allows."""
    kind = random.random()
    if depth and kind < 0.1:
        return {random.choice(words()): odd_value(random, depth - 1) for _ in range(random.randrange(4))}
    if depth and kind < 0.2:
        return [odd_value(random, depth - 1) for _ in range(random.randrange(4))]
    if kind < 0.3:
        return random.choice(words())
    if kind < 0.35:
        return random.choice(SPECIAL)
    if kind < 0.37:
        return _deep(random)
    chosen = random.choice(_ODD)
    # Later changes put things into what can hold some: the next case must not find them there.
    return deepcopy(chosen) if isinstance(chosen, dict | list | set | bytearray) else chosen


def _deep(random: Random) -> Any:
    """Return a value nested near or beyond the limit, or endlessly."""
    size = random.choice((30, 55, 60, 61, 200, 2_000))
    inner: Any = "x"
    is_list = random.random() < 0.5
    for _ in range(size):
        inner = [inner] if is_list else {"criteria" if random.random() < 0.5 else "a": inner}
    if random.random() < 0.2:
        itself: list[Any] = []
        itself.append({"a": itself})
        return itself
    return inner


def changed(random: Random) -> Tree:
    """Return a rulebook as a mapping after some changes."""
    kind = random.random()
    base = EVERYTHING if kind < 0.4 else random.choice(_small() if kind < 0.98 else mappings())
    tree: Tree = deepcopy(base)
    if base is EVERYTHING:
        _thin_out(random, tree)
    changes = _GENTLE if random.random() < (0.7 if base is EVERYTHING else 0.3) else _CHANGES
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5))):
        # What was nested without end, or holds a view, can be neither copied nor searched.
        with suppress(RecursionError, TypeError):
            random.choice(changes)(random, tree)
    if random.random() < 0.005:
        _inflate(random, tree)
    return tree


@cache
def _small() -> tuple[Tree, ...]:
    return tuple(tree for tree in mappings() if len(tree) <= 6 and len(repr(tree)) < 1_500)


def _thin_out(random: Random, tree: Tree) -> None:
    """Remove some of the parts that nothing else reads."""
    if random.random() < 0.15:
        return
    for part in ("exemptions", "validations", "invariants", "overrides", "outputs", "title", "effective", "source"):
        if random.random() < 0.5:
            del tree[part]
    for id_ in ("leaf", "met", "group", "looked", "counted", "judged", "bonus", "malus"):
        if random.random() < 0.5:
            del tree["criteria"][id_]


# -- changes --------------------------------------------------------------------------------------


def _nodes(tree: Container) -> Iterator[tuple[Container, Any]]:
    """Yield every place of a value, as container and key or index; shared containers only once."""
    stack, seen = [tree], {id(tree)}
    while stack:
        container = stack.pop()
        for key, value in list(container.items() if isinstance(container, dict) else enumerate(container)):
            yield container, key
            if isinstance(value, dict | list) and id(value) not in seen:
                seen.add(id(value))
                stack.append(value)


def _some(random: Random, tree: Tree, fits: Callable[[Any, Any], bool]) -> tuple[Any, Any] | None:
    """Return a random place whose key and value fit, or None."""
    places = [(container, key) for container, key in _nodes(tree) if fits(key, container[key])]
    return random.choice(places) if places else None


def _anything(key: Any, value: Any) -> bool:
    return True


def _swap_value(random: Random, tree: Tree) -> None:
    if place := _some(random, tree, _anything):
        place[0][place[1]] = odd_value(random)


def _nudge(random: Random, tree: Tree) -> None:
    """Return another value of the same type."""

    def fits(key: Any, value: Any) -> bool:
        return isinstance(value, int | float) or (isinstance(value, str) and len(value) < 12)

    if place := _some(random, tree, fits):
        container, key = place
        value = container[key]
        if isinstance(value, bool):
            container[key] = not value
        elif isinstance(value, str):
            container[key] = random.choice(words())
        else:
            container[key] = random.choice(
                (value + 1, value - 1, -value, value * 10, value / 3 if abs(value) < 10**9 else 3, 0, 0.5, 10**6)
            )


def _rename(random: Random, tree: Tree) -> None:
    if place := _some(random, tree, lambda key, value: isinstance(key, str)):
        container, key = place
        members = list(container.items())
        container.clear()
        name = _near(random, key)
        container.update((name if one == key else one, value) for one, value in members)


def _near(random: Random, name: str) -> Any:
    place = random.randint(0, len(name))
    return random.choice(
        (
            name[:place] + name[place + 1 :],
            name[:place] + name[place : place + 1] * 2 + name[place + 1 :],
            name + "s",
            name.upper(),
            name.title(),
            name[::-1],
            name.replace("_", "-"),
            f" {name}",
            f"{name}\u0301",
            name * 50,
            random.choice(words()),
            random.choice(words()),
            random.choice(SPECIAL),
            "",
            5,
            None,
            True,
        )
    )


def _delete(random: Random, tree: Tree) -> None:
    if place := _some(random, tree, _anything):
        del place[0][place[1]]


def _duplicate(random: Random, tree: Tree) -> None:
    if place := _some(random, tree, _anything):
        container, key = place
        copy = container[key] if random.random() < 0.3 else deepcopy(container[key])
        if isinstance(container, list):
            container.insert(random.randint(0, len(container)), copy)
        else:
            container[f"{_text(key)}_{random.randrange(9)}" if random.random() < 0.7 else random.choice(words())] = (
                copy
            )


def _text(key: Any) -> str:
    """Return a key as a text, also a number that is too long for Python to write."""
    try:
        return str(key)
    except ValueError:
        return "unwritable"


def _move(random: Random, tree: Tree) -> None:
    source = _some(random, tree, _anything)
    target = _some(random, tree, lambda key, value: isinstance(value, dict | list))
    if source and target:
        container, key = source
        into = target[0][target[1]]
        value = container[key] if random.random() < 0.5 else container.pop(key)
        if isinstance(into, list):
            into.insert(random.randint(0, len(into)), value)
        else:
            into[key if isinstance(container, dict) else random.choice(words())] = value


def _swap(random: Random, tree: Tree) -> None:
    first, second = _some(random, tree, _anything), _some(random, tree, _anything)
    if first and second:
        one, other = first[0][first[1]], second[0][second[1]]
        first[0][first[1]], second[0][second[1]] = other, one


def _wrap(random: Random, tree: Tree) -> None:
    if place := _some(random, tree, _anything):
        container, key = place
        value = container[key]
        container[key] = random.choice(
            ([value], (value,), {random.choice(words()): value}, [[value]], [value, value])
        )


def _add_key(random: Random, tree: Tree) -> None:
    if place := _some(random, tree, lambda key, value: isinstance(value, dict)):
        value = formula(random) if random.random() < 0.4 else odd_value(random)
        place[0][place[1]][random.choice(words())] = value


def _formula(random: Random, tree: Tree) -> None:
    def fits(key: Any, value: Any) -> bool:
        return isinstance(value, str) and key not in _TEXT_KEYS

    names = [key for _, key in _nodes(tree) if isinstance(key, str)]
    if place := _some(random, tree, fits):
        place[0][place[1]] = formula(random, names)


def _reorder(random: Random, tree: Tree) -> None:
    if place := _some(random, tree, lambda key, value: isinstance(value, dict | list)):
        inner = place[0][place[1]]
        members = list(inner.items() if isinstance(inner, dict) else inner)
        random.shuffle(members)
        place[0][place[1]] = dict(members) if isinstance(inner, dict) else members


def _sound_formula(random: Random, tree: Tree) -> None:
    """Put another expression with the same names in a place or under `outputs`."""
    keys = {
        **dict.fromkeys(("points", "measure", "rate", "at_most"), sound_number),
        **dict.fromkeys(("met", "applies", "when", "that"), sound_condition),
    }

    def fits(key: Any, value: Any) -> bool:
        return isinstance(value, str) and key in keys

    place = _some(random, tree, fits)
    if place and random.random() < 0.7:
        container, key = place
        made = keys[key](random, random.randint(0, 3))
        container[key] = f"clamp({made}, 0, 1)" if key == "rate" else made
        if key in ("points", "rate") and isinstance(container, dict):
            container["outside"] = "clamp"
    elif isinstance(tree.get("outputs"), dict):
        tree["outputs"][f"out_{random.randrange(9)}"] = random.choice((sound_number, sound_condition))(random, 4)


def _wild_outputs(random: Random, tree: Tree) -> None:
    """Add many expressions of every kind to a valid rulebook."""
    if isinstance(tree.get("outputs", {}), dict):
        made = {f"wild_{number}": formula(random, ("n", "leaf", "t")) for number in range(random.randint(1, 8))}
        tree["outputs"] = {**tree.get("outputs", {}), **made}


def _nudge_number(random: Random, tree: Tree) -> None:
    """Change a number slightly, so that rows, bands and limits overlap, leave holes or are reversed."""

    def fits(key: Any, value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and key != "kpirules"

    if place := _some(random, tree, fits):
        value = place[0][place[1]]
        place[0][place[1]] = random.choice((value + 1, value - 1, value * 2, value + 10, 0, 0.5, 1, -value))


_GENTLE = (_sound_formula, _sound_formula, _sound_formula, _nudge_number, _reorder, _wild_outputs)

_CHANGES: tuple[Callable[[Random, Tree], None], ...] = (
    _swap_value, _swap_value, _nudge, _nudge, _nudge, _rename, _delete, _delete, _duplicate, _move, _swap, _wrap,
    _add_key, _formula, _formula, _formula, _formula, _reorder,
)  # fmt: skip


def _inflate(random: Random, tree: Tree) -> None:
    """Add many copies of one member, more than any person writes."""

    def fits(key: Any, value: Any) -> bool:
        return isinstance(value, dict | list) and len(value) > 0

    if place := _some(random, tree, fits):
        inner = place[0][place[1]]
        count = random.choice((50, 200, 1_000))
        if isinstance(inner, list):
            inner.extend(random.choices(inner, k=count))
        else:
            key = random.choice(list(inner))
            inner.update({f"{_text(key)}_{number}": inner[key] for number in range(count)})
