"""Many subjects at once: from a table to the same kind of table, with a rating in every row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, partial
from math import inf, isinf
from typing import Any, Protocol, TypeVar, overload

from attrs import evolve, frozen

from ..diagnostics import Diagnostic, Report, did_you_mean, listed
from ..diagnostics.report import MOST_REPORTED, OTHER_FORM, cut_short, same_letters
from ..errors import FaultError, KpirulesError, SubjectError
from ..kernel.exact import widened
from ..kernel.widths import half_character
from ..language.model import Input, ListDomain, Rulebook, by_id, ids_by_column
from ..plan.steps import Output
from ..record import Assessment
from .assessing import assess
from .assessing.together import COHORT_IN_ERROR, Entrant, Outcome, are_together, rate_together, told_cohort
from .by_columns import NoColumnForm, by_columns
from .columns import Column, columns_of, usual_columns
from .program import Program

__all__ = ["Subject", "assess_table", "read_table", "rows_of"]

ENGINES = ("columns", "scalar", "reference")

FEWEST_ROWS = 1_000
"""Minimum rows of a table that is rated by columns unless they are asked for."""

ERROR = "error"
"""The column for the reasons why a row could not be rated."""

Joined = Mapping[str, Mapping[tuple[Any, ...], list[dict[str, Any]]]]
"""The records of each row by its key, by list input."""


class Frame(Protocol):
    """A data frame of pandas, Polars, PyArrow or Modin."""

    @property
    def columns(self) -> Any:
        """Its columns, or their names."""


FrameT = TypeVar("FrameT", bound=Frame)


@overload
def assess_table(
    program: Program,
    table: Iterable[Mapping[str, Any]],
    *,
    key: str | Sequence[str] = ...,
    ignore: str | Sequence[str] = ...,
    records: Mapping[str, Any] | None = ...,
    columns: Sequence[str] | None = ...,
    language: str | None = ...,
    on_error: str = ...,
    allocate: bool = ...,
    engine: str | None = ...,
) -> list[dict[str, Any]]: ...


@overload
def assess_table(
    program: Program,
    table: FrameT,
    *,
    key: str | Sequence[str] = ...,
    ignore: str | Sequence[str] = ...,
    records: Mapping[str, Any] | None = ...,
    columns: Sequence[str] | None = ...,
    language: str | None = ...,
    on_error: str = ...,
    allocate: bool = ...,
    engine: str | None = ...,
) -> FrameT: ...


def assess_table(
    program: Program,
    table: Any,
    *,
    key: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
    columns: Sequence[str] | None = None,
    language: str | None = None,
    on_error: str = "raise",
    allocate: bool = True,
    engine: str | None = None,
) -> Any:
    """Rate every row of a table, and return the table with the ratings.

    Rows that the rulebook compares, or that share a quota, are rated together: the table must hold all of them. If
    one can't be assessed, its cohort stays unrated, because a quota without one member is a different quota.

    Args:
        program: a compiled rulebook.
        table: subjects: an iterable of mappings, or a data frame of pandas, Polars, PyArrow or Modin. Each column is
            an input, or in `key` or `ignore`. Missing values of a data frame are absent.
        key: the columns that identify rows; they are inputs only if the rulebook has such. Without it, messages
            refer to rows by index.
        ignore: columns that are not inputs.
        records: by list input, a second table with one record a row, joined by the columns of `key`. A row without
            records gets an empty list.
        columns: the columns to add, in order: `status`, `score`, `band`, `exact_score`, `band_label`, `margin_up`,
            `margin_down`, `margin_up_open`, `margin_down_open`, `rounding_decided`, `because`, `overrides` (all that
            fired), `decided_by` (the deciding ones), `quotas` (that moved the row, or left it undecided),
            `points.ID`, `share.ID`, `let.ID`, `outputs.ID`. By default `status`, and `score` and `band` if the
            rulebook has them.
        language: a tag such as `vi`: `band` then has the label of the band in this language, or its id without one,
            and `band_label` is in this language.
        on_error: `raise`, or `column`: a row that can't be assessed has the reason in the column `error` and no
            rating; the others of its cohort name that row (KR857).
        allocate: whether the rulebook's quotas apply; if not, bands are those before quotas.
        engine: `columns` rates the columns of a data frame at once, which is faster, and gives equal ratings; rows
            that it can't rate exactly go to the scalar engine. `scalar` and `reference` rate row by row, as for
            `assess`. By default `columns` if the table has a column form (`Program.column_plan`) and enough rows to
            gain by it, else `scalar`.

    Returns:
        A list of dicts, or a data frame of the given kind. Numbers are exact in lists; in a data frame each is the
        nearest double, which ratings never depend on.

    Raises:
        SubjectError: if rows can't be assessed, with every problem of each; its path begins with the row, counted
            from 0.
        FaultError: if the rows are valid, and a number of one has no value.
        RulebookError: if nothing chooses the edition of the rows.
        ValueError: if a column is neither an input nor named, or has the name of an added column; if records are
            both in a row and in a table; if a number is too large for a data frame; if `columns` is asked for and
            impossible.
        TypeError: if the table is neither rows nor a data frame, or a key is not hashable.
        ImportError: if a data frame is given without the extra `table`.

    >>> from kpirules import load
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 7}},
    ...     "criteria": {"work": {"max": 100, "rate": "done / 7"}},
    ...     "score": {"round": {"places": 1}, "band_on": "rounded"},
    ...     "bands": {"good": {"from": 50}, "poor": {"from": 0}},
    ... })
    >>> for row in assess_table(program, [{"name": "An", "done": 3}, {"name": "Bình", "done": 4}], key="name"):
    ...     print(row["name"], row["score"], row["band"])
    An 42.9 poor
    Bình 57.1 good
    """
    if on_error not in ("raise", "column"):
        raise ValueError(f'on_error is "raise" or "column", not {on_error!r}')
    if engine not in (None, *ENGINES):
        raise ValueError(f"there is no engine `{engine}`: there are {listed(ENGINES, 'and')}")
    rulebook = program.settled().gathered
    asked = _Asked(
        rulebook, _names(key), _names(ignore), _chosen(rulebook, columns, language), on_error == "column", allocate
    )
    frame = _frame(table)
    if engine == "columns" or (engine is None and frame is not None and len(frame) >= FEWEST_ROWS):
        try:
            return asked.by_columns(program, frame, records, is_asked=engine is not None).to_native()
        except NoColumnForm as found:
            if engine == "columns":
                raise ValueError(f"the table can't be rated by columns: {found}") from None
    if engine == "reference" and are_together(program, is_allocated=allocate):
        raise ValueError("the reference engine rates no table whose rows are rated together")
    rows = _rows(table) if frame is None else _frame_rows(frame)
    asked.check_columns(_columns_in(rows, frame), "the table")
    joined = {id_: asked.records(id_, part) for id_, part in (records or {}).items()}
    added = asked.added(program, rows, joined, engine or "scalar")
    if frame is None:
        return [{**row, **values} for row, values in zip(rows, added, strict=True)]
    kinds = _kinds(program)
    series = [_series(column, kinds.get(column.name, column.kind), added, frame) for column in asked.columns]
    return frame.with_columns(*series).to_native()


@frozen
class Subject:
    """A row of a table.

    Args:
        key: the values of its key.
        given: its inputs, with its records.
        row: all its columns.
        read: returns the values as a rulebook's inputs read them; None if all rulebooks read them alike.
    """

    key: tuple[Any, ...]
    given: Mapping[str, Any]
    row: Mapping[str, Any]
    read: Callable[[Rulebook], Mapping[str, Any]] | None = None

    def by(self, rulebook: Rulebook) -> Mapping[str, Any]:
        """Return the values as a rulebook's inputs read them.

        Args:
            rulebook: a rulebook that may declare another type for a cell.
        """
        return self.given if self.read is None else self.read(rulebook)


def read_table(
    rulebook: Rulebook,
    table: Any,
    *,
    key: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
) -> list[Subject]:
    """Return the subjects of a table, unrated; the table is as for `assess_table`.

    Args:
        rulebook: the rulebook whose inputs columns may be.
        table: subjects, a row each.
        key, ignore: as for `assess_table`.
        records: by list input, a table with one record a row.
    """
    asked = _Asked(rulebook, _names(key), _names(ignore), ())
    frame, rows = _read(table)
    asked.check_columns(_columns_in(rows, frame), "the table")
    return list(asked.subjects(rows, {id_: asked.records(id_, part) for id_, part in (records or {}).items()}))


@frozen(slots=False)
class _Asked:
    """The options of a table.

    Args:
        rulebook: the rules.
        key, ignore: named columns.
        chosen: the columns to add.
        keeps_errors: whether a row may have no rating.
        is_allocated: whether quotas apply.
    """

    rulebook: Rulebook
    key: tuple[str, ...]
    ignore: tuple[str, ...]
    chosen: tuple[Column, ...]
    keeps_errors: bool = False
    is_allocated: bool = True

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return (*self.chosen, *([Column(ERROR, lambda _: None, "text")] if self.keeps_errors else []))

    def by_columns(self, program: Program, frame: Any, records: Mapping[str, Any] | None, *, is_asked: bool) -> Any:
        """Return a data frame rated by columns.

        Args:
            program: the rules.
            frame: the table, as narwhals has it.
            records: the tables of records.
            is_asked: whether the caller asks for columns, however few rows there are.

        Raises:
            NoColumnForm: if it, or the rules, have none.
        """
        if frame is None:
            raise NoColumnForm("it is not a data frame")
        self.check_columns(list(frame.columns), "the table")
        if records:
            raise NoColumnForm("records are in a table of their own")
        if are_together(program, is_allocated=self.is_allocated):
            raise NoColumnForm("rows are rated together")
        inputs = {
            self._columns_of_inputs.get(name, name): name for name in frame.columns if name not in self._left_out
        }
        if len(inputs) + len(self._left_out.intersection(frame.columns)) < len(frame.columns):
            raise NoColumnForm("an input has two columns")
        if frame.implementation.is_pandas() and self.key:
            self._check_keys(_frame_rows(frame.select(self.key)), {})
        rated = by_columns(program, frame, inputs, self.chosen, is_asked=is_asked)
        others = _frame_rows(frame[list(rated.refused)]) if rated.refused else []
        total = range(len(frame))
        added = self._added(program, list(zip(rated.refused, others, strict=True)), total, {}, "scalar")
        kinds, order = _kinds(program), _order(len(frame), rated.refused)
        found = []
        for column in self.columns:
            if column.name == ERROR and self.keeps_errors:
                series = _series(column, "text", [{ERROR: None}] * len(frame), frame)
            else:
                word = None if column.word is None else partial(column.word, program.legend)
                series = rated.series(column.result, column.name, word)
            if added:
                part = _series(column, kinds.get(column.name, column.kind), added, frame)
                series = _with_rows(series, part, order)
            found.append(series)
        return frame.with_columns(*found)

    def added(
        self, program: Program, rows: list[dict[str, Any]], joined: Joined, engine: str
    ) -> list[dict[str, Any]]:
        """Return the values of the columns to add, row by row."""
        self._check_keys(rows, joined)
        return self._added(program, list(enumerate(rows)), range(len(rows)), joined, engine)

    def _added(
        self,
        program: Program,
        numbered: list[tuple[int, dict[str, Any]]],
        total: range,
        joined: Joined,
        engine: str,
    ) -> list[dict[str, Any]]:
        """Return the values of the columns to add for some rows of a table.

        Args:
            program: the rules.
            numbered: the rows with their indexes.
            total: the indexes of all rows.
            joined: records by row.
            engine: as for `assess`.
        """
        rows = [row for _, row in numbered]
        found: list[dict[str, Any]] = []
        problems: list[Diagnostic] = []
        told_of: dict[int, Diagnostic] = {}
        has_invalid = False
        outcomes = self._outcomes(program, rows, joined, engine)
        for (number, row), outcome in zip(numbered, outcomes, strict=False):
            if isinstance(outcome, Assessment):
                found.append({column.name: column.of(outcome) for column in self.columns})
                continue
            told = " · ".join(
                f"{diagnostic.code} {diagnostic.message}" + (f" ({diagnostic.help})" if diagnostic.help else "")
                for diagnostic in outcome
            )
            found.append({column.name: None for column in self.chosen} | ({ERROR: told} if self.keeps_errors else {}))
            if not self.keeps_errors:
                # The row that leaves others unrated has the reason.
                own = [
                    diagnostic
                    for diagnostic in outcome
                    if diagnostic.code != COHORT_IN_ERROR and id(diagnostic) not in told_of
                ]
                # A diagnostic about a whole cohort is the same object in each of its rows.
                told_of |= {id(diagnostic): diagnostic for diagnostic in own}
                has_invalid |= any(diagnostic.span is None for diagnostic in own)
                problems += [_of_row(diagnostic, number, row, self.key) for diagnostic in own]
                if len(problems) >= MOST_REPORTED:
                    if number + 1 < len(total):
                        cut_short(problems, _place(number, row, self.key))
                    break
        if problems:
            raise (SubjectError if has_invalid else FaultError)(Report(tuple(problems)))
        return found

    def _outcomes(
        self, program: Program, rows: list[dict[str, Any]], joined: Joined, engine: str
    ) -> Iterator[Outcome]:
        """Yield the outcome of each row."""
        if not are_together(program, is_allocated=self.is_allocated):
            for row in rows:
                try:
                    yield assess(program, self.given(row, joined), engine=engine)
                except KpirulesError as refusal:
                    yield refusal.report
            return
        members = []
        for name, row in zip(self._member_names(rows), rows, strict=True):
            given = self.given(row, joined)
            cohort = told_cohort(program, given)
            members.append(Entrant(name, program, given, cohort, cohort))
        rate_together(program, members, is_allocated=self.is_allocated)
        yield from (member.outcome for member in members)

    def _member_names(self, rows: list[dict[str, Any]]) -> list[str]:
        """Return the names of rows for quotas: their keys if unique, else their indexes."""
        names = [", ".join(map(str, self._key(row))) for row in rows]
        return names if len(set(names)) == len(names) else [f"rows[{number}]" for number in range(len(rows))]

    @cached_property
    def _left_out(self) -> frozenset[str]:
        """Columns that are not inputs."""
        declared = {*(one.id for one in self.rulebook.inputs), *self._columns_of_inputs}
        return frozenset((*self.ignore, *(name for name in self.key if name not in declared)))

    @cached_property
    def _columns_of_inputs(self) -> Mapping[str, str]:
        return ids_by_column(self.rulebook.inputs)

    def given(self, row: dict[str, Any], joined: Joined) -> dict[str, Any]:
        """The inputs that a row gives by their ids, with its records."""
        given = {name: value for name, value in row.items() if name not in self._left_out}
        given = dict(by_id(given, self._columns_of_inputs))
        for id_, by_key in joined.items():
            given[id_] = by_key.get(self._key(row), [])
        return given

    def subjects(self, rows: list[dict[str, Any]], joined: Joined) -> Iterator[Subject]:
        self._check_keys(rows, joined)
        for row in rows:
            yield Subject(self._key(row), self.given(row, joined), row)

    def _key(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row.get(name) for name in self.key)

    def check_columns(self, names: Sequence[str], what: str, fields: Sequence[Input] | None = None) -> None:
        """Refuse unknown columns, and columns whose names are taken."""
        for name in names:
            _check_name(name, what)
        inputs = self.rulebook.inputs if fields is None else fields
        known = [*(one.id for one in inputs), *ids_by_column(inputs)]
        for name in names:
            if name not in known and name not in self.key and name not in self.ignore:
                way_out = did_you_mean(name, known, "if that is intended, name it in `key` or `ignore`")
                raise ValueError(f"{what} has a column `{name}`, which is not an input; {way_out}")
        for name in self.key:
            if names and name not in names:
                same = same_letters(name, names)
                alike = f"; it has `{same}`: {OTHER_FORM}" if same else ""
                raise ValueError(f"{what} has no column `{name}`, which `key` names{alike}")
        if fields is None:
            for column in self.columns:
                if column.name in names:
                    raise ValueError(f"{what} already has a column `{column.name}`; rename it, or choose `columns`")

    def _check_keys(self, rows: list[dict[str, Any]], joined: Joined) -> None:
        """Refuse unusable keys, and records that match no row, several rows, or a row with its own."""
        for number, row in enumerate(rows):
            for name in self.key:
                _check_whole(name, row.get(name), number)
        if not joined:
            return
        seen: dict[tuple[Any, ...], int] = {}
        for number, row in enumerate(rows):
            for name in self.key:
                _check_finding(name, row.get(name), number)
            first = seen.setdefault(self._key(row), number)
            if first != number:
                raise ValueError(f"rows {first} and {number} have the same key {_told(self._key(row))}")
        for id_, by_key in joined.items():
            strangers = [record_key for record_key in by_key if record_key not in seen]
            if strangers:
                more = f", and {len(strangers) - 1} more keys" if len(strangers) > 1 else ""
                same = same_letters(_told(strangers[0]), map(_told, seen))
                alike = f"; there is {same}: {OTHER_FORM}" if same else ""
                raise ValueError(f"records of `{id_}` match no row: {_told(strangers[0])}{more}{alike}")
            names = [id_, *(name for name, own in self._columns_of_inputs.items() if own == id_)]
            for number, row in enumerate(rows):
                if any(row.get(name) is not None for name in names):
                    place = _place(number, row, self.key)
                    raise ValueError(f"{place}: `{id_}` is given both here and by `records`; give it once")

    def records(self, id_: str, table: Any) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
        """Return the records of a list by the key of their row."""
        lists = {input_.id: input_.domain for input_ in self.rulebook.inputs if isinstance(input_.domain, ListDomain)}
        if id_ not in lists:
            otherwise = f"there are {listed(lists, 'and')}" if lists else "there is none"
            raise ValueError(f"records: `{id_}` is not a list input; {did_you_mean(id_, lists, otherwise)}")
        if not self.key:
            raise ValueError("records need `key`: the columns that join records to rows")
        fields = lists[id_].fields
        declared = {*(one.id for one in fields), *ids_by_column(fields)}
        frame, rows = _read(table)
        self.check_columns(_columns_in(rows, frame), f"the table of `{id_}`", fields)
        by_key: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
        for number, row in enumerate(rows):
            for name in self.key:
                _check_finding(name, row.get(name), number, f" of the table of `{id_}`")
            left_out = {*self.ignore, *(name for name in self.key if name not in declared)}
            by_key[self._key(row)].append({name: value for name, value in row.items() if name not in left_out})
        return dict(by_key)


def _check_name(name: object, what: str) -> None:
    """Refuse a column that no rulebook can name."""
    if not isinstance(name, str):
        raise ValueError(f"{what} has a column {name!r}, whose name is not a text; rename it")


def _check_whole(name: str, value: Any, number: int) -> None:
    """Refuse a part of a key that no file can hold."""
    if isinstance(value, str) and (half := half_character(value)):
        raise ValueError(f"rows[{number}]: `{name}` is part of the key, but has {half}")


def _check_finding(name: str, value: Any, number: int, of: str = "") -> None:
    """Refuse a part of a key that can't be looked up."""
    try:
        hash(value)
    except TypeError:
        kind = type(value).__name__
        raise TypeError(f"rows[{number}]{of}: `{name}` is part of the key, but {kind} is not hashable") from None


def _names(written: str | Sequence[str]) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else tuple(written)


def _chosen(rulebook: Rulebook, names: Sequence[str] | None, language: str | None) -> tuple[Column, ...]:
    known = columns_of(rulebook, language)
    if language is not None:
        known["band"] = evolve(known["band_label"], name="band")
    wanted = usual_columns(rulebook) if names is None else _names(names)
    for name in wanted:
        if name not in known:
            raise ValueError(
                f"there is no column `{name}`; {did_you_mean(name, known, f'there are {listed(known)}')}"
            )
    return tuple(known[name] for name in dict.fromkeys(wanted))


def _of_row(diagnostic: Diagnostic, number: int, row: Mapping[str, Any], key: tuple[str, ...]) -> Diagnostic:
    """Return a diagnostic about a row."""
    return diagnostic.about(_place(number, row, key))


def _place(number: int, row: Mapping[str, Any], key: tuple[str, ...]) -> str:
    return f"rows[{number}]" + (f" {_told(tuple(row.get(name) for name in key))}" if key else "")


def _told(key: tuple[Any, ...]) -> str:
    return f"({', '.join(map(str, key))})"


# -- tables ---------------------------------------------------------------------------------------


def rows_of(table: Any) -> list[dict[str, Any]]:
    """Return the rows of an iterable of mappings, or of a data frame, with None for missing values.

    Args:
        table: an iterable or a data frame.
    """
    return _read(table)[1]


def _read(table: Any) -> tuple[Any, list[dict[str, Any]]]:
    """Return a table as a data frame (None if it is not one), and its rows."""
    frame = _frame(table)
    return frame, _rows(table) if frame is None else _frame_rows(frame)


def _rows(table: Any) -> list[dict[str, Any]]:
    """Return the rows of an iterable of mappings."""
    if isinstance(table, Mapping | str | bytes) or not isinstance(table, Iterable):
        raise TypeError(f"a table is an iterable of mappings or a data frame, not {type(table).__name__}")
    rows = []
    for number, row in enumerate(table):
        if not isinstance(row, Mapping):
            raise TypeError(f"rows[{number}] must be a mapping, not {type(row).__name__}")
        rows.append(dict(row))
    return rows


def _columns_in(rows: list[dict[str, Any]], frame: Any) -> list[str]:
    """Return the names of all columns, for an iterable in order of appearance."""
    return list(frame.columns if frame is not None else dict.fromkeys(name for row in rows for name in row))


def _frame(table: Any) -> Any:
    """Return a data frame of any kind with one interface, None for anything else."""
    if not any(hasattr(type(table), name) for name in ("__dataframe__", "columns", "collect_schema")):
        return None
    try:
        import narwhals.stable.v2 as nw
    except ImportError:
        raise ImportError('data frames need an extra: pip install "kpirules[table]"') from None
    try:
        frame = nw.from_native(table)
    except nw.exceptions.DuplicateError as error:
        raise ValueError(f"a table names each column once: {' '.join(str(error).split())}; rename them") from None
    if isinstance(frame, nw.LazyFrame):
        raise TypeError("a lazy frame has no rows yet: give `frame.collect()`")
    for name in frame.columns:
        _check_name(name, "the table")
    return frame


def _frame_rows(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a data frame, with None for missing values."""
    if not frame.columns:
        return [{} for _ in range(len(frame))]
    columns = {}
    for name in frame.columns:
        series = frame[name]
        values, missing, read = series.to_list(), series.is_null().to_list(), _reader(series.dtype) or _plain
        columns[name] = [
            None if is_missing else read(value) for value, is_missing in zip(values, missing, strict=True)
        ]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _reader(dtype: Any) -> Callable[[Any], Any] | None:
    """Return a function that restores 16-bit and 32-bit floats from doubles, None for a column without any."""
    import narwhals.stable.v2 as nw

    if dtype in (nw.Float16, nw.Float32):
        bits = 16 if dtype == nw.Float16 else 32
        return lambda value: widened(value, bits) if isinstance(value, float) else value
    if isinstance(dtype, nw.List | nw.Array) and (read := _reader(dtype.inner)) is not None:
        return lambda values: [None if value is None else read(value) for value in values]
    if isinstance(dtype, nw.Struct):
        readers = {field.name: reader for field in dtype.fields if (reader := _reader(field.dtype)) is not None}
        if readers:
            return lambda record: {
                name: readers[name](value) if name in readers and value is not None else value
                for name, value in record.items()
            }
    return None


def _plain(value: Any) -> Any:
    """Return a value; lists of records may be stored as an array."""
    return value.tolist() if hasattr(value, "tolist") and getattr(value, "ndim", 0) == 1 else value


def _series(column: Column, kind: str, rows: list[dict[str, Any]], frame: Any) -> Any:
    """Return a column of a data frame."""
    import narwhals.stable.v2 as nw

    values = [_stored(row[column.name], column.name) for row in rows]
    if kind in _OF_PANDAS and frame.implementation.is_pandas_like():
        native = frame.implementation.to_native_namespace()
        return nw.from_native(native.Series(values, name=column.name, dtype=_OF_PANDAS[kind]), series_only=True)
    types: dict[str, Any] = {"number": nw.Float64, "boolean": nw.Boolean, "date": nw.Date}
    return nw.new_series(column.name, values, types.get(kind, nw.String), backend=frame.implementation)


def _order(count: int, places: Sequence[int]) -> list[int]:
    """Return the order of rows in which further ones take some places.

    Args:
        count: the number of rows.
        places: the index that each further row takes.
    """
    order = list(range(count)) if places else []
    for number, place in enumerate(places):
        order[place] = count + number
    return order


def _with_rows(series: Any, rows: Any, order: list[int]) -> Any:
    """Return a series in which further rows take their places."""
    import narwhals.stable.v2 as nw

    whole = nw.concat([series.to_frame(), rows.to_frame()])[series.name]
    if whole.implementation.is_pandas():
        return nw.from_native(whole.to_native().iloc[order].reset_index(drop=True), series_only=True)
    return whole[order]


_OF_PANDAS = {"boolean": "boolean", "date": "object"}
"""Plain booleans of pandas have no missing value, and it has dates only with PyArrow."""


def _stored(value: Any, column: str) -> Any:
    """Return a value for a data frame; a number as the nearest double."""
    if not isinstance(value, Decimal | Fraction):
        return value
    try:
        found = float(value)
    except OverflowError:
        found = inf
    if isinf(found):
        raise ValueError(
            f"a number of `{column}` exceeds 1.8e308, the largest that a data frame can hold; "
            "give the rows as a list of mappings, which has exact numbers"
        )
    return found


def _kinds(program: Program) -> dict[str, str]:
    """Return the types of named values and outputs, by column."""
    kinds: dict[str, str] = {}
    for plan in (part.plan for part in program.whole):
        steps = [step for step in plan.steps if isinstance(step, Output)]
        own = {f"outputs.{step.id}": step.op.type.kind for step in steps}
        own |= {f"let.{id_}": value.op.type.kind for id_, value in plan.let.items()}
        for name, kind in own.items():
            # A value with different types in variants is written as text.
            kinds[name] = kind if kinds.get(name, kind) == kind else "text"
    return kinds
