"""Static types of the language, and the scope that gives names their types."""

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
"""What is certainly present: dotted names, and keys of other expressions and of lists that are not empty."""

MAX_OPTIONS_LENGTH = 200
"""The most characters of the options in the name of a type."""


@frozen
class Type:
    """A type: its kind, with the details of a choice or a list.

    Args:
        kind: number, boolean, choice, text, date, list, calendar, string (a quoted string that is not
            yet a text or an option), or unknown (after an error that was reported).
        options: the options of a choice, in order.
        order: `best_first` or `worst_first` if options can be compared.
        fields: the fields of a list's records, by name.
        is_optional: True if the value may be absent.
        least_records: the least number of records of a list that is present.
    """

    kind: str
    options: tuple[str, ...] = ()
    order: str | None = None
    fields: Mapping[str, Type] = field(factory=FrozenMap)
    is_optional: bool = False
    least_records: int = field(default=0, metadata={"newer": True})

    @property
    def present(self) -> Type:
        """The type without absence."""
        return evolve(self, is_optional=False) if self.is_optional else self

    @property
    def optional(self) -> Type:
        return self if self.is_optional else evolve(self, is_optional=True)

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The ranks of the options of an ordered choice; the worst is 0."""
        worst_first = self.options if self.order == "worst_first" else self.options[::-1]
        return {option: place for place, option in enumerate(worst_first)}

    def __str__(self) -> str:
        if self.kind == "choice":
            return shortened("choice of " + ", ".join(self.options[:MAX_OPTIONS_LENGTH]), MAX_OPTIONS_LENGTH)
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
        decision: the conditions of the cases, None for rows.
    """

    argument: Type
    gives: Type
    decision: Decision | None = None


@frozen
class Decision:
    """The scope of a table's cases; each call gives the types of its arguments.

    Args:
        args: the names of the arguments, in order.
        cases: the path of each case in the document, and its conditions.
        is_unique: True if all cases are evaluated, whichever holds.
        scope: the names that conditions can read besides the arguments.
    """

    args: tuple[str, ...]
    cases: tuple[tuple[str, tuple[Expression, ...]], ...]
    is_unique: bool
    scope: Scope


@frozen
class Definition:
    """The formula of a name, with the presence that its value implies.

    Args:
        tree: the formula; if it is just another name, the formula of that name.
        strict: what is present if the formula has a value.
        if_true, if_false: what is present if the formula is a condition with that outcome.
    """

    tree: Node
    strict: Present
    if_true: Present
    if_false: Present


@frozen
class Scope:
    """The names that an expression can read at one place.

    Args:
        names: types by dotted name (`tasks`, `points.results`, `score`).
        tables: the rulebook's tables by id.
        groups: the record types of `children.<group>`.
        elsewhere: names that exist but can't be read here, with the reason.
        variables: record types of loop variables and of `item`, by name.
        constants: the values of the rulebook's parameters.
        cohort: what can be read of every member of the cohort, None if members can't be compared.
        no_cohort: the reason if they can't.
        definitions: the formulas of `let` and parameters.
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
