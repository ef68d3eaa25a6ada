"""What other stages may read of one: the columns of its key, inputs, and what assessments give."""

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
"""What every assessment may give besides outputs."""

EVERY_STATUS = ("rated", "undefined", "insufficient")
"""Those that every rulebook can give."""

GIVEN = "outputs."
"""What stands before an output that is named like a column."""


Reader = Callable[[Mapping[str, Any], Assessment], Any]

_EXACT = (str, int, bool, Decimal, Fraction, date)


@frozen(slots=False)
class Names:
    """What can be read of a stage.

    Args:
        stage: as written.
        program: its rulebook.
    """

    stage: Stage
    program: Program = field(repr=False)

    @cached_property
    def inputs(self) -> Mapping[str, Input]:
        """The inputs of the rulebook by id, of all its variants and editions."""
        return {one.id: one for one in self.program.gathered.inputs}

    @cached_property
    def outputs(self) -> Mapping[str, Type]:
        """The types of the outputs by id."""
        found: dict[str, Type] = {}
        for part in self.program.whole:
            for step in part.plan.steps:
                if isinstance(step, Output):
                    found[step.id] = _either(found.get(step.id, step.op.type), step.op.type)
        return found

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """What is known before anything is assessed: columns of the key, then single inputs."""
        single = [id_ for id_, one in self.inputs.items() if not isinstance(one.domain, ListDomain)]
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
        """Why a name can't be read, as the middle of a sentence; empty where it can."""
        if name in RESULTS:
            return "" if name in self.results else "is nothing that there is in"
        if name in self.columns or name.removeprefix(GIVEN) in self.outputs:
            return ""
        return "is a list of" if name in self.inputs else "is neither key, input nor output of"

    def is_ambiguous(self, name: str) -> bool:
        """Whether a name is that of a column and of an output."""
        return name in self.columns and name in self.outputs

    def type_of(self, name: str) -> Type | None:
        """The type of what is read; None for a column that is no input, which holds any single value."""
        if name in ("score", "exact_score"):
            return NUMBER.optional
        if name == "band":
            assert self.program.gathered.bands is not None, "it was looked at before"
            return Type("choice", tuple(one.id for one in self.program.gathered.bands.levels)).optional
        if name == "status":
            return Type("choice", self.statuses)
        if name in self.columns:
            return self.inputs[name].type if name in self.inputs else None
        return self.outputs[name.removeprefix(GIVEN)].optional

    @cached_property
    def statuses(self) -> tuple[str, ...]:
        """Every status that an assessment may have."""
        rulebook = self.program.gathered
        exempt = [one.status for one in rulebook.exemptions]
        unrated = [str(one.target) for one in rulebook.overrides if one.kind == "unrated"]
        undecided = ["undecided"] if rulebook.cohort is not None else []
        return tuple(dict.fromkeys((*EVERY_STATUS, *exempt, *unrated, *undecided)))

    def reader(self, name: str) -> Reader:
        """What reads a name of a row and its assessment."""
        if name in RESULTS:
            return lambda row, assessment: getattr(assessment, name)
        if name in self.columns:
            return lambda row, assessment: _given(name, row, assessment)
        output = name.removeprefix(GIVEN)
        return lambda row, assessment: assessment.outputs.get(output)

    def column(self, name: str) -> Callable[[Mapping[str, Any]], Any]:
        """What reads a column of a row; an absent input is its default."""
        default = self.inputs[name].default if name in self.inputs else None

        def found(row: Mapping[str, Any]) -> Any:
            value = row.get(name)
            return default if value is None or value is UNKNOWN else _exact(value)

        return found

    def told(self, name: str, row: Mapping[str, Any], *, is_broken: bool) -> Any:
        """A column of a row that could not be assessed; None where it is absent by right, or `UNKNOWN`.

        Args:
            name: of the column.
            row: by column.
            is_broken: True where the file of the row could not be followed.
        """
        value = row.get(name)
        if value is UNKNOWN or (value is None and is_broken):
            return UNKNOWN
        if key_text(value) is None and (name in self.stage.key or name not in self.inputs):
            # Every row has a key, also where one that is not assessed may be without it.
            return UNKNOWN
        if name not in self.inputs:
            return _exact(value)
        # Variants and editions may declare it otherwise; which is meant the row need not tell.
        for part in self.program.whole:
            own = [one for one in part.rulebook.inputs if one.id == name]
            values = take(own, {name: value}, is_whole=False)
            if name in values.given:
                return values.given[name]
        return UNKNOWN


def _given(name: str, row: Mapping[str, Any], assessment: Assessment) -> Any:
    """A column of a row that was assessed; an absent input is the default that it took."""
    value = row.get(name)
    return assessment.assumed.get(name) if value is None or value is UNKNOWN else _exact(value)


def _either(one: Type, other: Type) -> Type:
    """The type of an output that variants may give otherwise: a choice with the options of both."""
    if one.kind != "choice" or other.kind != "choice":
        return one
    return evolve(one, options=tuple(dict.fromkeys((*one.options, *other.options))))


def _exact(value: Any) -> Any:
    """A value as it is given on: numbers exactly, the beginning of a day as that day, anything else as it is."""
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
    """A value as the text by which rows are told apart and matched; None where it has none.

    Args:
        value: of a column or an assessment.

    >>> key_text("An"), key_text(1), key_text(Decimal("1.0")), key_text(True), key_text(date(2026, 1, 31))
    ('An', '1', '1', 'true', '2026-01-31')
    """
    if type(value) is str:
        return value or None
    value = _exact(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        # A missing instant of pandas equals nothing.
        return value.isoformat() if value == value else None
    if isinstance(value, str):
        return str.__str__(value) or None
    number = from_value(value)
    return None if number is None else to_text(number)


def order_of(key: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    """What orders keys: whole numbers by their size and before texts, texts by their characters.

    Args:
        key: its texts.

    >>> sorted([("b", "10"), ("b", "9"), ("a", "x")], key=order_of)
    [('a', 'x'), ('b', '9'), ('b', '10')]
    """
    return tuple(map(_order_of_part, key))


def _order_of_part(part: str) -> tuple[int, str]:
    """Digits without leading zeros are as large as they are many; no text of digits is as long as the others."""
    if part.isascii() and part.isdigit():
        digits = part.lstrip("0")
        return len(digits), digits
    return sys.maxsize, part


def reads_as(text: Any, domain: Domain) -> Any:
    """A column of a key that is no input, as the input takes it that it fills: keys are texts by nature.

    Args:
        text: the value of the column.
        domain: of the input or field.

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
