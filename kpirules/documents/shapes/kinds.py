"""Kinds of values that the keys of a rulebook take, used in the table of shapes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from attrs import frozen

__all__ = [
    "ALLOW",
    "AMOUNT",
    "BETTER",
    "CASED_ID",
    "CITATION",
    "DATE",
    "DOTTED_ID",
    "EXPRESSION",
    "FLAG",
    "GIVES",
    "ID",
    "LABEL",
    "NUMBER",
    "OPTIONS",
    "PLAIN",
    "PLAIN_MAP",
    "TEXT",
    "VALUE",
    "VERSION",
    "Key",
    "Kind",
    "Shape",
    "a",
    "chosen",
    "list_of",
    "map_of",
    "short_or",
    "whole",
    "word",
]


@frozen
class Kind:
    """The values allowed at a place: a single value, a list, or a mapping; several if there is a short form.

    Args:
        words: its name in messages, with its article.
        scalar: the reader of a single value, or empty if none is allowed.
        closed: the words of a closed list.
        items: the kind of list items, or None if no list is allowed.
        entries: the kind of the values of a map, or None.
        keys: the kind of the keys of a map: `id`, `cased_id`, `text`, `language` or `code`.
        shape: the shape of a mapping with fixed keys, or empty.
        chosen_by: the key whose word completes the name of the shape, as in `number_input`.
        shape_if: the key that distinguishes the fixed shape from the map, if both are allowed.
        short: the key of the shape that a single value replaces.
        least: the least number of items or entries, or the least whole number.
        most: the greatest number of items, or the greatest whole number, or None.
    """

    words: str
    scalar: str = ""
    closed: tuple[str, ...] = ()
    items: Kind | None = None
    entries: Kind | None = None
    keys: str = "id"
    shape: str = ""
    chosen_by: str = ""
    shape_if: str = ""
    short: str = ""
    least: int = 0
    most: int | None = None


@frozen
class Key:
    """One key of a shape.

    Args:
        name: its name.
        kind: the kind of its value.
        help: one sentence for editors.
        is_required: True if the shape is meaningless without it.
    """

    name: str
    kind: Kind
    help: str
    is_required: bool = False


@frozen
class Shape:
    """A mapping with fixed keys.

    Args:
        name: its name, unique in the table.
        words: its name in messages, with its article.
        keys: in the order of the reference page.
        exactly_one: keys of which exactly one must be written.
        at_most_one: groups of keys that exclude each other.
        at_least_one: keys of which at least one must be written; their values decide which exclude each other.
        is_policy: True if the required keys are decisions that a regulation may leave open: all missing ones are
            reported together.
    """

    name: str
    words: str
    keys: tuple[Key, ...]
    exactly_one: tuple[str, ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()
    at_least_one: tuple[str, ...] = ()
    is_policy: bool = False

    @cached_property
    def by_name(self) -> Mapping[str, Key]:
        return {key.name: key for key in self.keys}

    @cached_property
    def known(self) -> tuple[str, ...]:
        """The names of the keys."""
        return tuple(key.name for key in self.keys)

    @cached_property
    def required(self) -> tuple[Key, ...]:
        return tuple(key for key in self.keys if key.is_required)


EXPRESSION = Kind("an expression", "expression")
AMOUNT = Kind("a number or the name of a parameter", "amount")
GIVES = Kind("a number, the name of a parameter, or `undefined`", "gives")
NUMBER = Kind("a number", "number")
VALUE = Kind("a number, option, date, `true`, `false` or the name of a parameter", "value")
FLAG = Kind("`true` or `false`", "flag")
TEXT = Kind("a text", "text")
DATE = Kind("a date such as 2026-01-31", "date")
ID = Kind("an id", "id")
CASED_ID = Kind("an id", "cased_id")
DOTTED_ID = Kind("an id, possibly dotted", "dotted_id")
VERSION = Kind("the version of the language, 1", "version")
LABEL = Kind("a text, or texts by language", "label", entries=Kind("a text", "label"), keys="language", least=1)
CITATION = Kind("a citation: a text, or document, article, clause and url", "text", shape="citation")
ALLOW = Kind("codes with reasons", entries=Kind("a reason", "text"), keys="code", least=1)
PLAIN = Kind("a value", "plain")
PLAIN_MAP = Kind("values by name", entries=PLAIN, keys="text")
OPTIONS = Kind(
    "a list of options, options with labels, `bands`, or the name of an input or table",
    "id",
    items=Kind("a quoted option", "option"),
    entries=LABEL,
    keys="text",
    least=1,
)


def word(*words: str) -> Kind:
    """Return a kind for one word of a closed list."""
    quoted = [f"`{w}`" for w in words]
    several = f"one of {', '.join(quoted[:-1])} and {quoted[-1]}" if len(words) > 1 else quoted[0]
    return Kind(several, "word", closed=words)


BETTER = word("higher", "lower", "listed")


def whole(least: int, most: int) -> Kind:
    """Return a kind for a whole number within limits, both included."""
    return Kind("a whole number", "whole", least=least, most=most)


def a(shape: str, words: str) -> Kind:
    """Return a kind for a mapping with fixed keys."""
    return Kind(words, shape=shape)


def chosen(key: str, shape: str, words: str, closed: tuple[str, ...]) -> Kind:
    """Return a kind for a mapping whose shape one of its keys selects."""
    return Kind(words, shape=shape, chosen_by=key, closed=closed)


def short_or(scalar: Kind, shape: str, key: str, words: str) -> Kind:
    """Return a kind for a single value, or a mapping with that value under `key`."""
    return Kind(words, scalar.scalar, closed=scalar.closed, shape=shape, short=key)


def map_of(kind: Kind, words: str, keys: str = "id", least: int = 0) -> Kind:
    """Return a kind for a map from ids, or other keys, to values of one kind."""
    return Kind(words, entries=kind, keys=keys, least=least)


def list_of(kind: Kind, words: str, least: int = 0, most: int | None = None) -> Kind:
    """Return a kind for a list of values of one kind."""
    return Kind(words, items=kind, least=least, most=most)
