"""A data frame rated by columns, as far as the rules and the frame have a column form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .columns import Column
from .program import Program

if TYPE_CHECKING:
    from ..engines.columns.rating import Rated

__all__ = ["NoColumnForm", "by_columns"]


class NoColumnForm(Exception):
    """The table can't be rated by columns; the argument says why."""


def by_columns(program: Program, frame: Any, inputs: Mapping[str, str], wanted: Sequence[Column]) -> Rated:
    """Rate a data frame by columns.

    Args:
        program: rates each row by itself.
        frame: of narwhals.
        inputs: the columns of the frame, by input.
        wanted: the columns to add.

    Raises:
        NoColumnForm: if the rules, a wanted column, or a column of the frame have no column form.
    """
    from ..engines.columns.entering import Unreadable
    from ..engines.columns.rating import rated

    if program.parts:
        raise NoColumnForm("each row chooses its variant or edition")
    implementation = frame.implementation
    if not (implementation.is_polars() or implementation.is_pandas() or implementation.is_pyarrow()):
        raise NoColumnForm("the data frame is not of Polars, pandas or PyArrow")
    if not frame.columns:
        raise NoColumnForm("the data frame has no columns")
    results = list(dict.fromkeys(column.result for column in wanted))
    obstacles = program.column_plan().against(results)
    if obstacles:
        raise NoColumnForm("; ".join(map(str, obstacles)))
    missing = [
        variable.id
        for variable in program.integers.inputs
        if variable.id not in inputs and variable.default is None and not variable.type.is_optional
    ]
    if missing:
        raise NoColumnForm(f"the table has no column `{missing[0]}`")
    try:
        return rated(program.integers, frame, inputs, results)
    except Unreadable as unreadable:
        raise NoColumnForm(str(unreadable)) from None
