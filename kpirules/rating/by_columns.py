"""Rates a data frame by columns if the rules and the frame have a column form."""

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


ROWS_PER_STEP = 10
"""Rows for each step of the rules from which columns are faster than rows."""


def by_columns(
    program: Program, frame: Any, inputs: Mapping[str, str], wanted: Sequence[Column], *, is_asked: bool
) -> Rated:
    """Rate a data frame by columns.

    Args:
        program: the rules, which rate each row by itself.
        frame: the data frame, by narwhals.
        inputs: the columns of the frame by input.
        wanted: the columns to add.
        is_asked: whether the caller asks for columns, however few rows there are.

    Raises:
        NoColumnForm: if the rules, a wanted column, or a column of the frame have no column form; if it is not asked
            for and takes longer than row by row.
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
    plan = program.column_plan()
    if obstacles := plan.against(results):
        raise NoColumnForm("; ".join(map(str, obstacles)))
    if not is_asked and len(frame) < ROWS_PER_STEP * plan.steps:
        raise NoColumnForm("the table has few rows for so many steps")
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
