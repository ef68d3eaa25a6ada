"""Prints integer programs as one query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from attrs import field, frozen

from ...language.model import ListDomain
from ...language.model.allowed import allowed
from ...plan.steps import Variable
from ..integers import IntegerProgram
from .answers import missing_value, problems, shown
from .cells import Problem, Reading, column_of, read_absent, read_cell, reading, value_of
from .cohorts import Cohorts
from .dialects import Dialect
from .levels import Levels
from .obstacles import NoSqlForm, obstacles
from .quotas import Quotas, act, shown_after
from .records import Records
from .tables import Source, Table, broken, lines_of
from .terms import Terms
from .wanted import Wanted, is_required
from .words import name_in, one_line, text_in

__all__ = ["Part", "query"]

PART = "kpirules_part"
"""The column with the number of the rules of a row."""


@frozen
class Part:
    """The rules of some rows.

    Args:
        program: the rules.
        names: the results to return, by column.
        notes: the comments on parts of the rulebook, by path.
        title: what the names of its tables begin with, if there are several parts.
        variant: the column that chooses it, and the text there.
        days: the column that chooses it, with the first and the last day.
        foreign: the columns that must be empty, by input of other parts.
        quotas: the quotas that decide who keeps a band, if there are any.
    """

    program: IntegerProgram
    names: Mapping[str, str]
    notes: Mapping[str, str]
    title: str = ""
    variant: tuple[str, str] | None = None
    days: tuple[str, date, date] | None = None
    foreign: Mapping[str, str] = field(factory=dict)
    quotas: Quotas | None = None

    @property
    def wanted(self) -> Wanted:
        """What a query wants of it."""
        return Wanted(self.program, self.names, () if self.quotas is None else self.quotas.steps)

    @property
    def is_chosen(self) -> bool:
        """Whether cells of a row choose it."""
        return self.variant is not None or self.days is not None


def query(
    parts: Sequence[Part],
    dialect: Dialect,
    source: Source,
    choosing: Sequence[Variable] = (),
    heading: Sequence[str] = (),
) -> str:
    """Return the query for some results.

    Args:
        parts: the rules; of several, a row's cells choose.
        dialect: the forms of the database.
        source: the table.
        choosing: the inputs by which a row chooses.
        heading: the lines above the query.

    Raises:
        NoSqlForm: if a result has no form in this dialect.
    """
    wanted = [part.wanted for part in parts]
    if refused := [one for part in wanted for one in obstacles(part, dialect, source)]:
        raise NoSqlForm(refused)
    return _Query(parts, dialect, source, choosing).text(wanted, heading)


class _Query:
    def __init__(self, parts: Sequence[Part], dialect: Dialect, source: Source, choosing: Sequence[Variable]) -> None:
        self.parts, self.dialect, self.source, self.choosing = parts, dialect, source, choosing
        inputs = [variable for part in parts for variable in part.program.inputs]
        lists = {id_ for part in parts for id_ in part.program.records}
        columns = [column_of(one) for one in inputs if one.id not in {*source.absent, *lists}]
        self.keys = source.key or tuple(dict.fromkeys(columns))
        tables = (name.rpartition(".")[2] for name in source.tables)
        self.names = {name.lower() for name in (*self.keys, *columns, *tables)}
        """The names in use by the tables of the database."""
        self.tables: list[Table] = []

    def text(self, wanted: Sequence[Wanted], heading: Sequence[str]) -> str:
        """Return the query."""
        if self.choosing:
            self.tables.append(self._chosen())
        kinds = {name: result.kind for part in wanted for name, result in part.results.items()}
        selects = [
            self._select(number, part, one, kinds)
            for number, (part, one) in enumerate(zip(self.parts, wanted, strict=True), 1)
        ]
        if self.choosing:
            selects.append(self._of_no_part(wanted[0], kinds))
        lines = [f"-- {one_line(line)}" for line in heading]
        lines += lines_of(self.dialect, self.tables)
        lines.append("\nUNION ALL\n".join(selects))
        lines += [self.dialect.ending] if self.dialect.ending else []
        return self.source.finished(self.dialect, "\n".join(lines))

    # -- the choice of rules ----------------------------------------------------------------------

    def _chosen(self) -> Table:
        """Return the table that chooses the rules of each row."""
        cases = [
            f" WHEN {' AND '.join(self._conditions(part))} THEN {number}" for number, part in enumerate(self.parts, 1)
        ]
        name = "rows_by_rules"
        self.names |= {name, PART}
        table = self.source.reference(self.dialect, self.source.table)
        return Table(name, {PART: f"CASE{''.join(cases)} END"}, "The rules of each row.", source=table)

    def _conditions(self, part: Part) -> Iterator[str]:
        if part.variant is not None:
            column, text = part.variant
            yield self.dialect.same.format(cell=name_in(self.dialect, column), text=text_in(self.dialect, text))
        if part.days is not None:
            column, first, last = part.days
            cell = name_in(self.dialect, column)
            yield f"{self.dialect.day.format(cell=cell, low=first.isoformat(), high=last.isoformat())} IS NOT NULL"

    def _of_no_part(self, wanted: Wanted, kinds: Mapping[str, str]) -> str:
        """Return the SELECT of rows that choose no rules."""
        terms = Terms(wanted.program, self.dialect, wanted.numbers, set(self.names))
        problems = []
        for variable in self.choosing:
            cell, told = terms.name(column_of(variable)), allowed(variable.domain)
            problems.append(Problem(f"{cell} IS NULL", variable.id, "KR602", told))
            problems.append(Problem(f"{value_of(terms, variable, cell, [])} IS NULL", variable.id, "KR604", told))
        cases = "".join(f" WHEN {one.asked} THEN {terms.text_literal(one.text())}" for one in problems)
        days = [part.days[0] for part in self.parts if part.days is not None]
        other = terms.text_literal(f"KR536 the rulebook is not in force on `{days[0]}`") if days else "NULL"
        returned = [missing_value(self.dialect, kind) for kind in kinds.values()]
        error = broken(f"CASE{cases} ELSE {other} END", 2)
        return self._selected(dict(zip(kinds, returned, strict=True)), error, f"{self._rows()} WHERE {PART} IS NULL")

    def _rows(self) -> str:
        return name_in(self.dialect, self.tables[0].name)

    # -- one part ---------------------------------------------------------------------------------

    def _select(self, number: int, part: Part, wanted: Wanted, kinds: Mapping[str, str]) -> str:
        """Add the tables of a part; return its SELECT."""
        program = part.program
        used = {table.name.lower() for table in self.tables}
        terms = Terms(program, self.dialect, wanted.numbers, self.names | used, part.title)
        for one in wanted.numbers:
            if program.steps[one].operation == "constant":
                terms.known[one] = terms.expression(one)
        levels = Levels(terms, wanted, part.notes)
        rows = self.source.reference(self.dialect, self.source.table)
        rows = f"{self._rows()} WHERE {PART} = {number}" if part.is_chosen else rows
        read = self._read(terms, part, rows)
        tables = read.tables
        listed = [
            (f"{terms.name(column)} IS NOT NULL", f"KR601 the rulebook has no input `{id_}`")
            for id_, column in part.foreign.items()
        ]
        for variable in program.inputs:
            if variable.id in self.source.records and isinstance(variable.domain, ListDomain):
                table, keys = self.source.records[variable.id]
                table = self.source.reference(self.dialect, table)
                Records(levels, variable, variable.domain, table, keys, tables, listed).gather()
        quotas = part.quotas
        if quotas is None:
            numbers = [one for one in wanted.numbers if not program.steps[one].records]
            tables += levels.tables(numbers, wanted.shown)
        else:
            tables += levels.tables(quotas.stages(wanted)[0], quotas.shown(wanted))
        problem = ""
        found = list(problems(terms, wanted, read, listed))
        if found or quotas:
            cases = [f" WHEN {asked} THEN {told}" for asked, told in found]
            problem, note = terms.unused("problem"), "What is wrong with a row."
            told = f"CASE{''.join(cases)} END" if cases else self.dialect.no_text
            tables.append(Table(terms.unused_table("rated"), {problem: told}, note))
        returned = {name: missing_value(self.dialect, kind) for name, kind in kinds.items()}
        if quotas is None:
            values = {name: shown(terms, one, problem) for name, one in wanted.results.items()}
        else:
            cohorts = Cohorts(terms, read, self.source.absent, quotas.within, quotas.max_members)
            final = act(levels, quotas, cohorts, problem, tables)
            problem = final.problem
            values = {name: shown_after(terms, name, one, final) for name, one in wanted.results.items()}
        returned |= {name: broken(value, 2) for name, value in values.items()}
        self.tables += tables
        return self._selected(returned, problem or self.dialect.no_text, terms.name(tables[-1].name))

    def _selected(self, returned: Mapping[str, str], error: str, source: str) -> str:
        """Return a SELECT of the keys, the results and the error."""
        columns = [name_in(self.dialect, key) for key in self.keys]
        columns += [f"{told} AS {name_in(self.dialect, name)}" for name, told in returned.items()]
        columns.append(f"{error} AS {name_in(self.dialect, 'error')}")
        return "SELECT\n  " + ",\n  ".join(columns) + f"\nFROM {source}"

    def _read(self, terms: Terms, part: Part, rows: str) -> Reading:
        """Return the tables that read the cells of subjects."""
        source = self.source
        read = reading(terms, "", rows, "Each input as an integer; NULL if it is not valid.")
        own = [one for one in terms.program.inputs if one.id not in {*source.absent, *terms.program.records}]
        joins = [key for id_, (_, by) in source.records.items() if id_ in terms.program.records for key in by]
        for name in dict.fromkeys((*self.keys, *joins, *map(column_of, own), *part.foreign.values())):
            read.read.columns[name] = terms.name(name)
        for variable in terms.program.inputs:
            if variable.id in source.absent:
                read_absent(terms, variable)
                if is_required(variable):
                    read.missing.append(Problem("1 = 1", variable.id, "KR602", allowed(variable.domain)))
            elif variable.id not in source.records:
                name = column_of(variable)
                read_cell(terms, variable, variable.id, terms.name(name), name, read)
        return read
