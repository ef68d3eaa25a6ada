"""How the arguments of the scalar engine are written as plain data, without making the values first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..kernel.exact import TEXTS
from ..language.model import ListDomain, NumberDomain
from ..plan import Plan
from ..plan.steps import Variable
from ..record.plain import write_value

__all__ = ["Writer", "writers"]

Writer = Callable[[Any], Any]
"""From an argument to plain data, as `write_value` gives it for the value."""


def writers(plan: Plan) -> dict[str, Writer]:
    """Return the writer of each input by its id."""
    return {variable.id: _writer(variable, plan) for variable in plan.inputs}


def _writer(variable: Variable, plan: Plan) -> Writer:
    match variable.domain:
        case NumberDomain(denominator=denominator):
            return lambda value: None if value is None else TEXTS[value, denominator]
        case ListDomain():
            fields = [(field.id, _writer(field, plan)) for field in plan.records[variable.id].fields]
            return lambda records: [
                {id_: write(part) for (id_, write), part in zip(fields, record, strict=True)} for record in records
            ]
        case _:
            return write_value
