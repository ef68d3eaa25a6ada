"""The inputs of a rulebook, and the values that each allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, gcd
from typing import Any

from attrs import field, frozen

from ...kernel.mappings import FrozenMap
from ..expressions import BOOLEAN, DATE, NUMBER, TEXT, Type
from ..wording import Label
from .nodes import NOWHERE, Condition, Named, Words

__all__ = [
    "BooleanDomain",
    "ChoiceDomain",
    "DateDomain",
    "Domain",
    "Grid",
    "Input",
    "ListDomain",
    "NumberDomain",
    "TextDomain",
    "by_id",
    "ids_by_column",
]

DEFAULT_DIGITS = 18
"""Digits before and after the point of a number without limits."""

DEFAULT_END = 10**DEFAULT_DIGITS
"""The end of numbers without a limit, which is not one of them."""

DEFAULT_MAX_LENGTH = 200
"""The most characters of a text unless the rulebook says otherwise."""

DEFAULT_MAX_ITEMS = 10_000
"""The most records of a list unless the rulebook says otherwise."""


@frozen
class Grid:
    """Numbers as multiples of a unit.

    Args:
        unit: the distance between neighbouring numbers.
        low, high: the least and greatest multiple; the grid is empty if `low` is above `high`.
    """

    unit: Fraction
    low: int
    high: int


@frozen
class NumberDomain:
    """Numbers within limits.

    Args:
        minimum, maximum: limits that belong to the domain.
        above, below: limits that do not.
        decimals: the most digits after the point.
        step: the number of which values are whole multiples, counted from zero.
        is_integer: True for whole numbers only.
    """

    minimum: Fraction | None = None
    maximum: Fraction | None = None
    above: Fraction | None = None
    below: Fraction | None = None
    decimals: int | None = None
    step: Fraction | None = None
    is_integer: bool = False

    @cached_property
    def denominator(self) -> int:
        """The least denominator that all its numbers share."""
        places = 1 if self.is_integer else 10 ** (DEFAULT_DIGITS if self.decimals is None else self.decimals)
        return places if self.step is None else gcd(places, self.step.denominator)

    @cached_property
    def grid(self) -> Grid:
        """Its numbers, as a grid."""
        unit = Fraction(1 if self.step is None else self.step.numerator, self.denominator)
        minimum, maximum, above, below = self.minimum, self.maximum, self.above, self.below
        if minimum is None and above is None:
            above = Fraction(-DEFAULT_END)
        if maximum is None and below is None:
            below = Fraction(DEFAULT_END)
        lows = [] if minimum is None else [ceil(minimum / unit)]
        lows += [] if above is None else [floor(above / unit) + 1]
        highs = [] if maximum is None else [floor(maximum / unit)]
        highs += [] if below is None else [ceil(below / unit) - 1]
        return Grid(unit, max(lows), min(highs))


@frozen
class BooleanDomain:
    """True or false."""


@frozen
class ChoiceDomain:
    """One of the options.

    Args:
        options: in the order of the rulebook.
        labels: names for people, by option.
        order: `best_first`, `worst_first`, or None if options are not compared.
    """

    options: tuple[str, ...]
    labels: FrozenMap[str, Label] = field(factory=FrozenMap, metadata={"wording": True})
    order: str | None = None


@frozen
class DateDomain:
    """Calendar dates within limits, both ends included."""

    minimum: date | None = None
    maximum: date | None = None


@frozen
class TextDomain:
    """Opaque text up to a length in characters."""

    max_length: int = DEFAULT_MAX_LENGTH


@frozen
class ListDomain:
    """Records of equal shape.

    Args:
        fields: the inputs of a record.
        let: computed fields, each reading `item.<field>`.
        unique: fields whose values together occur once.
        min_items, max_items: the number of records allowed.
        validations: conditions that must hold for every record.
    """

    fields: tuple[Input, ...]
    let: tuple[Named, ...] = ()
    unique: tuple[str, ...] = ()
    min_items: int = 0
    max_items: int = DEFAULT_MAX_ITEMS
    validations: tuple[Condition, ...] = ()


Domain = NumberDomain | BooleanDomain | ChoiceDomain | DateDomain | TextDomain | ListDomain


@frozen
class Input:
    """An input of a rulebook.

    Args:
        id: its name in expressions.
        domain: the values it may have.
        is_optional: True if it may be absent.
        default: the value if it is absent, or None.
        entered_for: the criterion whose points an assessor enters with it, or None.
        column: its other name in data besides its id, or empty.
    """

    id: str
    domain: Domain
    is_optional: bool = False
    default: Fraction | bool | str | date | None = None
    entered_for: str | None = None
    words: Words = field(default=NOWHERE, metadata={"wording": True})
    column: str = field(default="", metadata={"wording": True, "newer": True})

    @property
    def may_be_absent(self) -> bool:
        return self.is_optional and self.default is None

    @property
    def type(self) -> Type:
        """The static type in expressions; the checker infers the types of computed fields."""
        match self.domain:
            case NumberDomain():
                found = NUMBER
            case BooleanDomain():
                found = BOOLEAN
            case ChoiceDomain(options=options, order=order):
                found = Type("choice", options, order)
            case DateDomain():
                found = DATE
            case TextDomain():
                found = TEXT
            case records:
                fields = FrozenMap({field.id: field.type for field in records.fields})
                found = Type("list", fields=fields, least_records=records.min_items)
        return found.optional if self.may_be_absent else found


def ids_by_column(inputs: Iterable[Input]) -> Mapping[str, str]:
    """Return the ids of inputs by their column names in data."""
    return {input_.column: input_.id for input_ in inputs if input_.column}


def by_id(given: Mapping[str, Any], columns: Mapping[str, str]) -> Mapping[str, Any]:
    """Return a mapping with the ids of inputs as keys.

    A column given besides the id of its input keeps its name, so that both are found.

    Args:
        given: values by id or column.
        columns: ids by column.

    >>> by_id({"Tháng": 3, "done": 5}, {"Tháng": "months"})
    {'months': 3, 'done': 5}
    """
    if not columns:
        return given
    named = {name: columns.get(name, name) for name in given}
    return {name if named[name] in given else named[name]: value for name, value in given.items()}
