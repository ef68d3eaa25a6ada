"""Rates a data frame by columns if the rules and the frame have a column form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ...errors import SubjectError
from ...language.model import ListDomain, Rulebook, ids_by_column
from ..assessing import part_of
from ..program import Program
from .series import in_one_series, row_numbers

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from ...engines.columns.rating import Rated
    from ...engines.columns.records import Listed
    from ...engines.integers import IntegerProgram

__all__ = ["NoColumnForm", "RecordTable", "by_columns", "rows_by_part"]


@frozen
class RecordTable:
    """A table with one record a row.

    Args:
        frame: the table.
        key: the columns that it shares with the subjects.
        fields: the id of each field by the name of its column.
    """

    frame: Any
    key: tuple[str, ...]
    fields: Mapping[str, str]

    def fits(self, rulebook: Rulebook, id_: str) -> bool:
        """Return whether a variant or edition reads the table: it has the list, and all these fields.

        Args:
            rulebook: the variant or edition.
            id_: the list.
        """
        for input_ in rulebook.inputs:
            if input_.id == id_ and isinstance(input_.domain, ListDomain):
                own = field_names(input_.domain)
                return all(own.get(name) == field for name, field in self.fields.items())
        return False


def field_names(domain: ListDomain) -> dict[str, str]:
    """Return the id of each field of a list by every name that a column of it may have."""
    return {one.id: one.id for one in domain.fields} | dict(ids_by_column(domain.fields))


class NoColumnForm(Exception):
    """The table can't be rated by columns; the argument says why."""


ROWS_PER_STEP = 10
"""Rows for each step of the rules from which columns are faster than rows."""


def by_columns(
    program: Program,
    frame: Any,
    inputs: Mapping[str, str],
    results: Sequence[str],
    listed: Mapping[str, Listed],
    *,
    is_asked: bool,
    integers: IntegerProgram | None = None,
) -> Rated:
    """Rate a data frame by columns.

    Args:
        program: the rules, which rate each row by itself.
        frame: the data frame, by narwhals.
        inputs: the columns of the frame by input.
        results: the names of the results.
        listed: the records of tables of their own, by list input.
        is_asked: whether the caller asks for columns, however few rows there are.
        integers: the rules as steps on integers, if others than those of the program.

    Raises:
        NoColumnForm: if the rules, a result, or a column of the frame have no column form; if it is not asked
            for and takes longer than row by row.
    """
    from ...engines.columns import plan_of_columns
    from ...engines.columns.entering import Unreadable
    from ...engines.columns.rating import rated

    implementation = frame.implementation
    if not (implementation.is_polars() or implementation.is_pandas() or implementation.is_pyarrow()):
        raise NoColumnForm("the data frame is not of Polars, pandas or PyArrow")
    if not frame.columns:
        raise NoColumnForm("the data frame has no columns")
    results = list(dict.fromkeys(results))
    plan = program.column_plan() if integers is None else plan_of_columns(integers)
    integers = program.column_integers if integers is None else integers
    if obstacles := plan.against(results):
        raise NoColumnForm("; ".join(map(str, obstacles)))
    if not is_asked and len(frame) < ROWS_PER_STEP * plan.steps:
        raise NoColumnForm("the table has few rows for so many steps")
    missing = [
        variable.id
        for variable in integers.inputs
        if variable.id not in inputs
        and variable.id not in listed
        and variable.default is None
        and not variable.type.is_optional
    ]
    if missing:
        raise NoColumnForm(f"the table has no column `{missing[0]}`")
    try:
        return rated(integers, frame, inputs, results, _lists(program, frame, inputs, listed))
    except Unreadable as unreadable:
        raise NoColumnForm(str(unreadable)) from None


def rows_by_part(
    program: Program, frame: Any, inputs: Mapping[str, str]
) -> tuple[list[tuple[Program, nw.Series[Any]]], list[int]]:
    """Return the rows that each variant and edition rates, and those that the scalar engine must read.

    Args:
        program: a program of several variants or editions.
        frame: the data frame, by narwhals.
        inputs: the columns of the frame by input.
    """
    choosing = {id_: inputs[id_] for id_ in (program.variant_by, program.edition_by) if id_ in inputs}
    by_part: dict[int, tuple[Program, list[nw.Series[Any]]]] = {}
    others: list[int] = []
    for choice, rows in _rows_by_choice(frame, list(choosing.values())):
        try:
            part, _ = part_of(program, dict(zip(choosing, choice, strict=True)))
        except SubjectError:
            others += rows.to_list()
            continue
        by_part.setdefault(id(part), (part, []))[1].append(rows)
    found = []
    for part, pieces in by_part.values():
        rows = in_one_series(pieces).sort() if len(pieces) > 1 else pieces[0]
        own = {input_.id for input_ in part.rulebook.inputs}
        for name in (name for id_, name in inputs.items() if id_ not in own):
            is_foreign = ~frame[name][rows].is_null()
            if is_foreign.any():  # a value that this part does not read
                others += rows.filter(is_foreign).to_list()
                rows = rows.filter(~is_foreign)
        if len(rows):
            found.append((part, rows))
    return found, sorted(others)


def _rows_by_choice(frame: Any, names: list[str]) -> Iterable[tuple[tuple[Any, ...], nw.Series[Any]]]:
    """Yield the indexes of rows with the same cells in some columns, with these cells."""
    whole = row_numbers(range(len(frame)), frame)
    if not names:
        yield (), whole
    elif frame.implementation.is_polars() and not any(frame[name].dtype.is_nested() for name in names):
        keys = {f"key {place}": frame[name] for place, name in enumerate(names)}
        native = frame.select(**keys).with_columns(whole).to_native()
        grouped = native.group_by(*keys, maintain_order=True).agg(whole.name)
        for place in range(len(grouped)):
            yield tuple(grouped[key][place] for key in keys), row_numbers(grouped[whole.name][place], frame)
    else:
        found: dict[tuple[Any, ...], list[int]] = {}
        for row, choice in enumerate(zip(*(frame[name].to_list() for name in names), strict=True)):
            found.setdefault(choice, []).append(row)
        for choice, rows in found.items():
            yield choice, row_numbers(rows, frame)


def _lists(
    program: Program, frame: Any, inputs: Mapping[str, str], listed: Mapping[str, Listed]
) -> dict[str, Listed]:
    """Return the records of all list inputs."""
    from ...engines.columns.records import absent, from_column

    found: dict[str, Listed] = {}
    for input_ in program.rulebook.inputs:
        id_, domain = input_.id, input_.domain
        if not isinstance(domain, ListDomain):
            continue
        if find_spec("polars") is None:
            raise NoColumnForm("records by columns need Polars")
        if id_ in listed:
            found[id_] = listed[id_]
        elif id_ in inputs:
            found[id_] = from_column(frame[inputs[id_]], field_names(domain))
        else:
            found[id_] = absent(len(frame))
    return found
