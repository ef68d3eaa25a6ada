"""Writes the arguments of the scalar engine as plain data, without building the values first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..engines.scalar import Mark
from ..kernel.exact import TEXTS
from ..language.model import ListDomain, NumberDomain
from ..plan import Plan
from ..plan.steps import Variable
from ..record.plain import write_value

__all__ = ["DefaultsWritten", "Writer", "writers"]

MAX_KEPT = 1_000
"""Texts that are kept of one input."""

Writer = Callable[[Any], Any]
"""From an argument to plain data, as `write_value` gives it for the value."""


def writers(plan: Plan) -> dict[str, Writer]:
    """Return the writer of each input by its id."""
    return {variable.id: _writer(variable, plan) for variable in plan.inputs}


def _writer(variable: Variable, plan: Plan) -> Writer:
    match variable.domain:
        case NumberDomain(denominator=denominator):
            return _Texts(denominator).__getitem__
        case ListDomain():
            fields = plan.records[variable.id].fields
            ids, written = [field.id for field in fields], [_writer(field, plan) for field in fields]
            return lambda records: [
                {id_: write(part) for id_, write, part in zip(ids, written, record, strict=True)}
                for record in records
            ]
        case _:
            return write_value


class _Texts(dict[int | None, str | None]):
    """A cache of the texts of numbers with one denominator, by numerator; None has no text.

    Args:
        denominator: the denominator of all the numbers.
    """

    def __init__(self, denominator: int) -> None:
        super().__init__({None: None})
        self._denominator = denominator

    def __missing__(self, numerator: int) -> str:
        text = TEXTS[numerator, self._denominator]
        if len(self) < MAX_KEPT:
            self[numerator] = text
        return text


class DefaultsWritten(dict[Mark, tuple[str, Any]]):
    """The defaults that inputs took, as plain data, by their marks in `Defaults`.

    Args:
        defaults: the path of an input and its default, by mark.
    """

    def __init__(self, defaults: Mapping[Mark, tuple[str, Any]]) -> None:
        super().__init__()
        self._defaults = defaults

    def __missing__(self, mark: Mark) -> tuple[str, Any]:
        path, value = self._defaults[mark]
        self[mark] = path, write_value(value)
        return self[mark]
