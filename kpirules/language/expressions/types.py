"""Static types of the language, and the scope in which names have them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from ...kernel.brief import shortened
from ...kernel.mappings import FrozenMap
from .tree import Node

if TYPE_CHECKING:
    from .expression import Expression

__all__ = [
    "BOOLEAN",
    "CALENDAR",
    "DATE",
    "NUMBER",
    "TEXT",
    "UNKNOWN",
    "Decision",
    "Definition",
    "Present",
    "Scope",
    "Table",
    "Type",
]

Present = frozenset[str]
"""What is known to be there: dotted names, and keys of other expressions and of lists that have a record."""

LONGEST_WORDS = 200
"""Characters that name a choice by its options."""


@frozen
class Type:
    """A type: its kind, and what a choice or a list adds to it.

    Args:
        kind: number, boolean, choice, text, date, list, calendar, string (a quoted string that is not
            yet a text or an option), or unknown (where an error was already reported).
        options: the options of a choice, in their order.
        order: `best_first` or `worst_first` where options can be compared.
        fields: the fields of a list's records, by name.
        is_optional: True where the value may be absent.
        least_records: how many records a list has at least where it is there.
    """

    kind: str
    options: tuple[str, ...] = ()
    order: str | None = None
    fields: Mapping[str, Type] = field(factory=FrozenMap)
    is_optional: bool = False
    least_records: int = field(default=0, metadata={"newer": True})

    @property
    def present(self) -> Type:
        """The same type without absence."""
        return evolve(self, is_optional=False) if self.is_optional else self

    @property
    def optional(self) -> Type:
        return self if self.is_optional else evolve(self, is_optional=True)

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The options of an ordered choice by their places; the worst is 0."""
        worst_first = self.options if self.order == "worst_first" else self.options[::-1]
        return {option: place for place, option in enumerate(worst_first)}

    def __str__(self) -> str:
        if self.kind == "choice":
            return shortened("choice of " + ", ".join(self.options[:LONGEST_WORDS]), LONGEST_WORDS)
        return {"string": "quoted string", "boolean": "yes/no value"}.get(self.kind, self.kind)


NUMBER, BOOLEAN, TEXT, DATE, CALENDAR, UNKNOWN = map(
    Type, ("number", "boolean", "text", "date", "calendar", "unknown")
)


@frozen
class Table:
    """The signature of a function made of rows or cases.

    Args:
        argument: the type of the value that rows are looked up by.
        gives: the type of the result.
        decision: what cases ask, None for rows.
    """

    argument: Type
    gives: Type
    decision: Decision | None = None


@frozen
class Decision:
    """What the cases of a table ask; the types of its arguments are those of each call.

    Args:
        args: the names of the arguments, in order.
        cases: the conditions of each case, after the way to it through the document.
        is_unique: True where all cases are asked, whichever holds.
        scope: what the conditions read besides the arguments.
    """

    args: tuple[str, ...]
    cases: tuple[tuple[str, tuple[Expression, ...]], ...]
    is_unique: bool
    scope: Scope


@frozen
class Definition:
    """What a name stands for, as far as conditions that read it tell what is there.

    Args:
        tree: its formula; of a name for another name, that one's.
        strict: what is there where it has a value.
        if_true, if_false: what is there where it is a condition that came out so.
    """

    tree: Node
    strict: Present
    if_true: Present
    if_false: Present


@frozen
class Scope:
    """What an expression at one place may read.

    Args:
        names: types by dotted name (`tasks`, `points.results`, `score`).
        tables: the rulebook's tables by id.
        groups: the record types of `children.<group>`.
        elsewhere: names that exist but can't be read at this place, with the reason.
        variables: record types of loop variables and of `item`, by name.
        constants: the values of the rulebook's parameters.
        cohort: what may be read of every member of the cohort, None where members can't be compared.
        no_cohort: why not.
        definitions: what `let` and parameters stand for.
    """

    names: Mapping[str, Type]
    tables: Mapping[str, Table] = field(factory=dict)
    groups: Mapping[str, Type] = field(factory=dict)
    elsewhere: Mapping[str, str] = field(factory=dict)
    variables: Mapping[str, Type] = field(factory=dict)
    constants: Mapping[str, object] = field(factory=dict)
    cohort: Scope | None = None
    no_cohort: str = ""
    definitions: Mapping[str, Definition] = field(factory=dict, eq=False)

    def bind(self, variable: str, record: Type) -> Scope:
        return evolve(self, variables={**self.variables, variable: record})
