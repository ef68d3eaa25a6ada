"""The names that other stages may read: key columns, inputs, and results of assessments."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import Any

from attrs import evolve, field, frozen

from ..kernel.exact import from_value, parse_text, to_text
from ..language.expressions import NUMBER, Type
from ..language.model import BooleanDomain, Domain, Input, ListDomain, NumberDomain, Stage
from ..plan.steps import Output
from ..rating.assessing.together import UNKNOWN, Unknown
from ..rating.assessing.values import day_of, is_boolean, take
from ..rating.program import Program
from ..record import Assessment

__all__ = ["GIVEN", "RESULTS", "UNKNOWN", "Names", "Unknown", "key_text", "order_of", "reads_as"]

RESULTS = ("score", "exact_score", "band", "status")
"""Results that any assessment may have, besides outputs."""

EVERY_STATUS = ("rated", "undefined", "insufficient")
"""Statuses that any rulebook can give."""

GIVEN = "outputs."
"""The prefix that distinguishes an output from a column of the same name."""


Reader = Callable[[Mapping[str, Any], Assessment], Any]

_EXACT = (str, int, bool, Decimal, Fraction, date)


@frozen(slots=False)
class Names:
    """The names that can be read from a stage.

    Args:
        stage: the stage as written.
        program: its program.
    """

    stage: Stage
    program: Program = field(repr=False)

    @cached_property
    def inputs(self) -> Mapping[str, Input]:
        """The inputs of the rulebook by id, of all its variants and editions."""
        return {input_.id: input_ for input_ in self.program.gathered.inputs}

    @cached_property
    def outputs(self) -> Mapping[str, Type]:
        """The types of the outputs by id."""
        found: dict[str, Type] = {}
        for part in self.program.whole:
            for step in part.plan.steps:
                if isinstance(step, Output):
                    found[step.id] = _joined_type(found.get(step.id, step.op.type), step.op.type)
        return found

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns known before assessing: those of the key, then single inputs."""
        single = [id_ for id_, input_ in self.inputs.items() if not isinstance(input_.domain, ListDomain)]
        return tuple(dict.fromkeys((*self.stage.key, *single)))

    @property
    def known(self) -> tuple[str, ...]:
        """Every name that can be read."""
        return (*self.columns, *self.results, *self.outputs)

    @property
    def results(self) -> tuple[str, ...]:
        rulebook = self.program.gathered
        score = RESULTS[:2] if rulebook.root is not None else ()
        return (*score, *(("band",) if rulebook.bands is not None else ()), "status")

    def unreadable(self, name: str) -> str:
        """Return why a name can't be read, as the middle of a sentence; empty if it can."""
        if name in RESULTS:
            return "" if name in self.results else "does not exist in"
        if name in self.columns or name.removeprefix(GIVEN) in self.outputs:
            return ""
        return "is a list of" if name in self.inputs else "is not a key column, input or output of"

    def is_ambiguous(self, name: str) -> bool:
        """Whether a name is both a column and an output."""
        return name in self.columns and name in self.outputs

    def type_of(self, name: str) -> Type | None:
        """Return the type of a name; None for a key column that is not an input, which holds any single value."""
        if name in ("score", "exact_score"):
            return NUMBER.optional
        if name == "band":
            assert self.program.gathered.bands is not None, "`unreadable` refuses `band` without bands"
            return Type("choice", tuple(band.id for band in self.program.gathered.bands.levels)).optional
        if name == "status":
            return Type("choice", self.statuses)
        if name in self.columns:
            return self.inputs[name].type if name in self.inputs else None
        return self.outputs[name.removeprefix(GIVEN)].optional

    @cached_property
    def statuses(self) -> tuple[str, ...]:
        """Every status that an assessment may have."""
        rulebook = self.program.gathered
        exempt = [exemption.status for exemption in rulebook.exemptions]
        unrated = [str(override.target) for override in rulebook.overrides if override.kind == "unrated"]
        undecided = ["undecided"] if rulebook.cohort is not None else []
        return tuple(dict.fromkeys((*EVERY_STATUS, *exempt, *unrated, *undecided)))

    def reader(self, name: str) -> Reader:
        """Return a function that reads a name from a row and its assessment."""
        if name in RESULTS:
            return lambda row, assessment: getattr(assessment, name)
        if name in self.columns:
            return lambda row, assessment: _given(name, row, assessment)
        output = name.removeprefix(GIVEN)
        return lambda row, assessment: assessment.outputs.get(output)

    def column(self, name: str) -> Callable[[Mapping[str, Any]], Any]:
        """Return a function that reads a column of a row, with the default of an absent input."""
        default = self.inputs[name].default if name in self.inputs else None

        def found(row: Mapping[str, Any]) -> Any:
            value = row.get(name)
            return default if value is None or value is UNKNOWN else _exact(value)

        return found

    def known_value(self, name: str, row: Mapping[str, Any], *, is_broken: bool) -> Any:
        """Return a column of a row without an assessment; None if it is absent and optional, `UNKNOWN` if unknown.

        Args:
            name: the column.
            row: values by column.
            is_broken: True if the row of the file is malformed.
        """
        value = row.get(name)
        if value is UNKNOWN or (value is None and is_broken):
            return UNKNOWN
        if key_text(value) is None and (name in self.stage.key or name not in self.inputs):
            # Every assessed row has a key, even if this one lacks it.
            return UNKNOWN
        if name not in self.inputs:
            return _exact(value)
        # Variants and editions may declare the input differently, and the row need not name its own.
        for part in self.program.whole:
            own = [input_ for input_ in part.rulebook.inputs if input_.id == name]
            values = take(own, {name: value}, is_whole=False)
            if name in values.given:
                return values.given[name]
        return UNKNOWN


def _given(name: str, row: Mapping[str, Any], assessment: Assessment) -> Any:
    """Return a column of an assessed row, with the default that an absent input took."""
    value = row.get(name)
    return assessment.assumed.get(name) if value is None or value is UNKNOWN else _exact(value)


def _joined_type(left: Type, right: Type) -> Type:
    """Return the type of an output over its variants: a choice has the options of both."""
    if left.kind != "choice" or right.kind != "choice":
        return left
    return evolve(left, options=tuple(dict.fromkeys((*left.options, *right.options))))


def _exact(value: Any) -> Any:
    """Return a value for other stages: an exact number, the day of a midnight, any other value unchanged."""
    if type(value) in _EXACT:
        return value
    if isinstance(value, Enum):
        return _exact(value.value)
    if is_boolean(value):
        return bool(value)
    if not isinstance(value, str) and (day := day_of(value)) is not None:
        return day
    number = from_value(value)
    return value if number is None else number


def key_text(value: Any) -> str | None:
    """Return the text of a value for keys and matching; None if it has none.

    Args:
        value: a value of a column or an assessment.

    >>> key_text("An"), key_text(1), key_text(Decimal("1.0")), key_text(True), key_text(date(2026, 1, 31))
    ('An', '1', '1', 'true', '2026-01-31')
    """
    if type(value) is str:
        return value or None
    value = _exact(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        # NaT of pandas does not equal itself.
        return value.isoformat() if value == value else None
    if isinstance(value, str):
        return str.__str__(value) or None
    number = from_value(value)
    return None if number is None else to_text(number)


def order_of(key: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    """Return the sort order of a key: whole numbers by size, then texts by character.

    Args:
        key: the texts of the key.

    >>> sorted([("b", "10"), ("b", "9"), ("a", "x")], key=order_of)
    [('a', 'x'), ('b', '9'), ('b', '10')]
    """
    return tuple(map(_order_of_part, key))


def _order_of_part(part: str) -> tuple[int, str]:
    """Return the sort order of one part; a longer number without leading zeros is larger."""
    if part.isascii() and part.isdigit():
        digits = part.lstrip("0")
        return len(digits), digits
    return sys.maxsize, part


def reads_as(text: Any, domain: Domain) -> Any:
    """Return a key column's text as a value of the domain that it fills; keys are always texts.

    Args:
        text: the value of the column.
        domain: the domain of the input or field.

    >>> reads_as("7", NumberDomain()), reads_as("seven", NumberDomain())
    (Fraction(7, 1), 'seven')
    """
    if isinstance(text, str) and isinstance(domain, NumberDomain):
        try:
            return parse_text(text)
        except ValueError:
            return text
    if isinstance(text, str) and isinstance(domain, BooleanDomain):
        return {"true": True, "false": False}.get(text, text)
    return text
