"""Compares the rows of a data frame by columns: the values of cohorts become columns of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ...errors import KpirulesError
from ...kernel.mappings import FrozenMap
from ...language.model import DEFAULT_MAX_MEMBERS
from ...plan import Plan
from ...plan.steps import CohortValue
from ..program import Program
from .groups import NotByColumns, alike, merged_by_value

if TYPE_CHECKING:
    from ...engines.columns.rating import Rated
    from ...engines.integers import IntegerProgram
    from ...engines.integers.compared import Pairs

__all__ = ["Rate", "Together", "ready_to_rate"]

Rate = Callable[["IntegerProgram", Any, Mapping[str, str], Sequence[str]], "Rated"]
"""Rates a frame, whose columns are given by input, by an integer program; the last argument names the results."""

Given = Callable[[list[int]], Sequence[Mapping[str, Any]]]
"""Returns the values of some rows."""

WIDEST = 1 << 62
"""A number below this fits the columns for values of cohorts."""


@frozen
class Together:
    """Rows whose cohort values are known, ready to be rated.

    Args:
        integers: the rules, which read the values of cohorts as inputs.
        frame: the table, with these values.
        inputs: its columns by input.
        known: the values of the cohort for each row, by id.
    """

    integers: IntegerProgram
    frame: Any
    inputs: Mapping[str, str]
    known: Mapping[str, Pairs] = FrozenMap()


def ready_to_rate(program: Program, frame: Any, inputs: Mapping[str, str], given: Given, rate: Rate) -> Together:
    """Compare all rows, and return them with the values of their cohorts, ready to be rated.

    Args:
        program: rules that compare rows, one variant and one edition.
        frame: the table.
        inputs: its columns by input.
        given: returns the values of rows.
        rate: rates the table by columns.

    Raises:
        NotByColumns: if columns can't rate a row, or can't hold what is compared.
    """
    from ...engines.integers import integer_program
    from ...engines.integers.compared import parts_of

    if any(name in frame.columns for value in program.plan.cohort for name in parts_of(value)):
        raise NotByColumns
    try:
        known = _Comparing(program, frame, inputs, given, rate).known()
    except KpirulesError:
        raise NotByColumns from None
    plan, extended, names = _with(program.plan, frame, inputs, known)
    return Together(integer_program(plan), extended, names, known)


def _with(
    plan: Plan, frame: Any, inputs: Mapping[str, str], known: Mapping[str, Pairs]
) -> tuple[Plan, Any, dict[str, str]]:
    """Return a plan with values of the cohort as inputs, the frame with their columns, and its columns by input."""
    from ...engines.integers.compared import parts_of, with_cohort

    plan, series = with_cohort(plan, known), []
    by_id = {variable.id: variable for variable in plan.inputs}
    for value in plan.cohort:
        for place, name in enumerate(parts_of(value)):
            cells = [pair[place] for pair in known[value.id]]
            if not by_id[name].type.is_optional:
                some = next((cell for cell in cells if cell is not None), 0)
                cells = [some if cell is None else cell for cell in cells]  # of those who are not compared
            series.append(_integers(name, cells, frame))
    return plan, frame.with_columns(*series), {**inputs, **{one.name: one.name for one in series}}


def _integers(name: str, cells: list[int | None], frame: Any) -> Any:
    """Return a column of whole numbers, some of which may be missing."""
    import narwhals.stable.v2 as nw

    if not frame.implementation.is_pandas():
        return nw.new_series(name, cells, nw.Int64, backend=frame.implementation)
    native = frame.implementation.to_native_namespace()
    series = native.Series(cells, name=name, dtype="Int64", index=frame.to_native().index)
    return nw.from_native(series, series_only=True)


@frozen
class _Comparing:
    """The comparison of the rows of a table; arguments are those of `ready_to_rate`."""

    program: Program
    frame: Any
    inputs: Mapping[str, str]
    given: Given
    rate: Rate

    def known(self) -> dict[str, Pairs]:
        """Return the values of the cohort for each row, by id."""
        from ...engines.integers import integer_program

        scalar, cohort = self.program.scalar, self.program.plan.cohort
        early, late = ([one for one in cohort if one.is_rated is is_rated] for is_rated in (False, True))
        known: dict[str, Pairs] = {}
        members, values = self.compared(integer_program(scalar.comparing.plan), self.frame, self.inputs, early)
        groups = self.cohorts(members)
        self.fill(known, early, groups, values)
        _check_held(known)
        if late and scalar.rating is not None:
            plan, frame, inputs = _with(scalar.rating.plan, self.frame, self.inputs, known)
            members, values = self.compared(integer_program(plan), frame, inputs, late)
            rated = set(members)
            self.fill(known, late, [[i for i in group if i in rated] for group in groups], values)
            _check_held(known)
        return known

    def compared(
        self, integers: IntegerProgram, frame: Any, inputs: Mapping[str, str], cohort: Sequence[CohortValue]
    ) -> tuple[list[int], dict[str, Pairs]]:
        """Return the rows that are rated, and their compared values by id."""
        from ...engines.integers.compared import with_fractions

        names = [f"outputs.{one.id}" for one in cohort]
        if not {"status", *names} <= integers.results.keys():
            raise NotByColumns  # every row ends its assessment before it is compared
        integers, parts = with_fractions(integers, names)
        rated = self.rate(integers, frame, inputs, ["status", *(name for names in parts.values() for name in names)])
        if rated.refused:
            raise NotByColumns(rated.refused)
        # No compared value is undefined, so that only exemptions leave rows without one.
        status = rated.texts.index("rated")
        members = [i for i, code in enumerate(rated.frame["status"].to_list()) if code == status]
        columns = ([rated.frame[name].to_list() for name in names] for names in parts.values())
        return members, {one.id: _pairs(*cells) for one, cells in zip(cohort, columns, strict=True)}

    def cohorts(self, members: Sequence[int]) -> list[list[int]]:
        """Return the members of each cohort, none of which may be too large."""
        declared = self.program.rulebook.cohort
        within, most = ((), DEFAULT_MAX_MEMBERS) if declared is None else (declared.within, declared.max_members)
        groups = merged_by_value(self.program, within, alike(self.frame, self.inputs, within, members), self.given)
        if max(map(len, groups), default=0) > most:
            raise NotByColumns
        return groups

    def fill(
        self,
        known: dict[str, Pairs],
        cohort: Sequence[CohortValue],
        groups: Sequence[Sequence[int]],
        values: Mapping[str, Pairs],
    ) -> None:
        """Add the values of functions over each cohort."""
        from ...engines.scalar import comparison

        for function in cohort:
            pairs: list[Any] = [(None, 1)] * len(self.frame)
            for group in groups:
                found = comparison(function.function, [values[function.id][i] for i in group], function.constants)
                own = found if isinstance(found, list) else [found] * len(group)
                for i, pair in zip(group, own, strict=True):
                    pairs[i] = pair
            known[function.id] = pairs


def _check_held(known: Mapping[str, Pairs]) -> None:
    """Refuse values that 64-bit integers do not hold."""
    parts = (part for pairs in known.values() for pair in pairs for part in pair)
    if not all(part is None or abs(part) < WIDEST for part in parts):
        raise NotByColumns


def _pairs(above: Sequence[Any], below: Sequence[Any] | None = None) -> Pairs:
    """Return the numerators and denominators of a number, or those of a condition, -1 if it is absent."""
    if below is None:
        return [(None if cell < 0 else int(cell), 1) for cell in above]
    return [(None, 1) if n is None else (int(n), int(d)) for n, d in zip(above, below, strict=True)]
