"""Groups the rows of a data frame by the values of some inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ...diagnostics import Report
from ...errors import SubjectError
from ..assessing.values import take
from ..program import Program

__all__ = ["NotByColumns", "alike", "merged_by_value"]


class NotByColumns(Exception):
    """Columns can't rate the cohorts of some rows.

    Args:
        rows: the indexes of these rows; none if it may be any.
    """

    def __init__(self, rows: Sequence[int] = ()) -> None:
        super().__init__(rows)
        self.rows = rows


def alike(frame: Any, inputs: Mapping[str, str], ids: Sequence[str], numbers: Iterable[int]) -> list[list[int]]:
    """Return groups of rows that have the same cells for some inputs, ordered by their first rows.

    Args:
        frame: the table.
        inputs: its columns by input.
        ids: the inputs.
        numbers: the indexes of the rows to group.
    """
    names = [inputs[id_] for id_ in ids if id_ in inputs]
    if not names:
        return [same] if (same := list(numbers)) else []
    cells = list(zip(*(frame[name].to_list() for name in names), strict=True))
    found: dict[tuple[Any, ...], list[int]] = {}
    for i in numbers:
        found.setdefault(cells[i], []).append(i)
    return list(found.values())


def merged_by_value(
    program: Program,
    ids: Sequence[str],
    groups: Sequence[Sequence[int]],
    given: Callable[[list[int]], Sequence[Mapping[str, Any]]],
) -> list[list[int]]:
    """Return groups of rows with equal values of some inputs, merging groups whose cells differ in form only.

    Args:
        program: the rules.
        ids: the inputs.
        groups: rows with the same cells.
        given: returns the values of rows.

    Raises:
        SubjectError: if a value is not valid.
    """
    declared = [input_ for input_ in program.rulebook.inputs if input_.id in ids]
    found: dict[tuple[Any, ...], list[int]] = {}
    for group, own in zip(groups, given([group[0] for group in groups]), strict=True):
        values = take(declared, {id_: own.get(id_) for id_ in ids}, is_whole=False)
        if problems := (*values.problems, *values.missing):
            raise SubjectError(Report(problems))
        found.setdefault(tuple(values.given.get(id_) for id_ in ids), []).extend(group)
    return list(found.values())
