"""Prints integer programs as one query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from attrs import field, frozen

from ...language.model import BooleanDomain, ChoiceDomain, DateDomain, ListDomain, NumberDomain
from ...language.model.allowed import allowed
from ...plan.steps import Variable
from ..integers import IntegerProgram
from .alike import common, leading
from .answers import choice_of, missing_value, problems, refused, shown
from .cells import Problem, Reading, column_of, read_absent, read_as, read_cell, read_chosen, reading, value_of
from .cohorts import Cohorts
from .comparing import Bound, Early, bind, compare
from .dialects import Dialect
from .levels import Levels
from .obstacles import NoSqlForm, obstacles
from .quotas import act, shown_after
from .records import Records
from .stages import staged, used_later
from .tables import Source, Table, broken, lines_of
from .terms import Terms
from .together import Together
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
        together: what rows of a cohort share, if they are rated together.
    """

    program: IntegerProgram
    names: Mapping[str, str]
    notes: Mapping[str, str]
    title: str = ""
    variant: tuple[str, str] | None = None
    days: tuple[str, date, date] | None = None
    foreign: Mapping[str, str] = field(factory=dict)
    together: Together | None = None

    @property
    def wanted(self) -> Wanted:
        """The results that the query needs."""
        return Wanted(self.program, self.names, () if self.together is None else self.together.steps)

    @property
    def compared(self) -> tuple[Wanted, ...]:
        """The results that the query needs before any row is rated."""
        early = None if self.together is None else self.together.early
        return () if early is None else (early.wanted,)

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
    compared = [one for part in parts for one in part.compared]
    if found := [one for part in (*compared, *wanted) for one in obstacles(part, dialect, source)]:
        raise NoSqlForm(found)
    return _Query(parts, dialect, source, choosing).text(wanted, heading)


@frozen
class _Subjects:
    """The rows of a part, and the tables that read them.

    Args:
        terms: the expressions so far.
        levels: prints steps.
        read: how cells are read.
        tables: the tables so far.
        listed: the problems of records.
    """

    terms: Terms
    levels: Levels
    read: Reading
    tables: list[Table]
    listed: list[tuple[str, str]]


@frozen
class _Before:
    """The columns that are computed before any row is rated.

    Args:
        carried: its columns.
        bound: the columns of each function.
        problems: the faults of the values that rows are compared by.
    """

    carried: tuple[str, ...] = ()
    bound: tuple[Bound, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


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
        self.before: dict[str, str] = {}
        """The columns with the integers of inputs that all rules read alike, by input."""
        self.alike: list[tuple[str, str]] = []
        """The problems of cells that all rules find before any others."""
        self.rows, self.problem_of_cells = "rows_by_rules", ""
        """The table with the rules of each row, and its column with those problems."""
        self.tables: list[Table] = []

    def text(self, wanted: Sequence[Wanted], heading: Sequence[str]) -> str:
        """Return the query."""
        if self.choosing:
            self.tables.append(self._chosen())
            self._find_alike()
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
        self.names |= {self.rows, PART}
        table = self.source.reference(self.dialect, self.source.table)
        note = "The rules of each row, and the inputs that all of them read alike, as integers."
        columns = {PART: f"CASE{''.join(cases)} END"}
        terms = Terms(self.parts[0].program, self.dialect, [], self.names)
        for variable in self._shared():
            self.before[variable.id] = terms.unused(f"{variable.id}_value")
            cell = terms.name(column_of(variable))
            columns[self.before[variable.id]] = read_as(terms, variable, cell, [])
        return Table(self.rows, columns, note if self.before else "The rules of each row.", source=table)

    def _shared(self) -> Iterator[Variable]:
        """Yield the inputs that several rules read alike; texts are left out, since rules number them differently."""
        found: dict[str, list[Variable]] = {}
        for part in self.parts:
            for variable in part.program.inputs:
                found.setdefault(variable.id, []).append(variable)
        for id_, (first, *others) in found.items():
            is_plain = isinstance(first.domain, NumberDomain | BooleanDomain | DateDomain)
            is_alike = all((one.domain, one.column) == (first.domain, first.column) for one in others)
            if others and is_plain and is_alike and id_ not in self.source.absent:
                yield first

    def _find_alike(self) -> None:
        """Add a table with the problems of cells that all rules find first, if there are any."""
        own = [leading(self.dialect, part.program, self.before, self._skipped(part)) for part in self.parts]
        self.alike = common(own)
        if self.alike:
            terms = Terms(self.parts[0].program, self.dialect, [], self.names)
            self.rows, self.problem_of_cells = terms.unused("rows_with_problems"), terms.unused("problem_of_cells")
            columns = {self.problem_of_cells: choice_of(self.alike)}
            self.tables.append(Table(self.rows, columns, "What is wrong with the cells of a row by any rules."))

    def _skipped(self, part: Part) -> set[str]:
        """Return the inputs whose cells a part does not read."""
        chosen = [one.id for one in part.program.inputs if part.variant and column_of(one) == part.variant[0]]
        return {*self.source.absent, *part.program.records, *chosen}

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
            cell, allowed_values = terms.name(column_of(variable)), allowed(variable.domain)
            problems.append(Problem(f"{cell} IS NULL", variable.id, "KR602", allowed_values))
            problems.append(
                Problem(f"{value_of(terms, variable, cell, [])} IS NULL", variable.id, "KR604", allowed_values)
            )
        cases = "".join(f" WHEN {one.asked} THEN {terms.text_literal(one.text())}" for one in problems)
        days = [part.days[0] for part in self.parts if part.days is not None]
        other = terms.text_literal(f"KR536 the rulebook is not in force on `{days[0]}`") if days else "NULL"
        returned = [missing_value(self.dialect, kind) for kind in kinds.values()]
        error = broken(f"CASE{cases} ELSE {other} END", 2)
        return self._selected(dict(zip(kinds, returned, strict=True)), error, f"{self._rows()} WHERE {PART} IS NULL")

    def _rows(self) -> str:
        return name_in(self.dialect, self.rows)

    # -- one part ---------------------------------------------------------------------------------

    def _select(self, number: int, part: Part, wanted: Wanted, kinds: Mapping[str, str]) -> str:
        """Add the tables of a part; return its SELECT."""
        rows = self.source.reference(self.dialect, self.source.table)
        rows = f"{self._rows()} WHERE {PART} = {number}" if part.is_chosen else rows
        together = part.together
        windows = () if together is None else together.windows
        before = _Before()
        if together is not None and together.early is not None:
            rows, before = self._compared(part, together, together.early, rows)
        carried = (*before.carried, *([self.problem_of_cells] if self.alike else []))
        subjects = self._subjects(part, wanted, part.title, rows, carried)
        terms, levels, tables = subjects.terms, subjects.levels, subjects.tables
        if together is not None and together.early is not None:
            bind(terms, together.early.comparisons, before.bound)
        self._gather(subjects)
        stages = staged(wanted, windows)
        used = used_later(wanted, stages)
        tables += levels.tables(stages[0], used)
        if together is not None and together.late:
            cohorts = self._cohorts(subjects, together)
            bind(terms, together.late, compare(terms, cohorts, together.late, tables))
            tables += levels.tables(stages[1], used)
        problem = self._problem(subjects, wanted, before.problems, is_needed=together is not None)
        final = None
        if together is not None:
            cohorts = self._cohorts(subjects, together)
            problem = cohorts.settle(problem, tables)
            if together.quotas is not None:
                final = act(levels, together.quotas, cohorts, problem, tables, stages[2:], used)
                problem = final.problem
        returned = {name: missing_value(self.dialect, kind) for name, kind in kinds.items()}
        for name, one in wanted.results.items():
            expression = shown(terms, one, problem) if final is None else shown_after(terms, name, one, final)
            returned[name] = broken(expression, 2)
        self.tables += tables
        return self._selected(returned, problem or self.dialect.no_text, terms.name(tables[-1].name))

    def _problem(
        self, subjects: _Subjects, wanted: Wanted, compared: Sequence[tuple[str, str]], *, is_needed: bool
    ) -> str:
        """Add the table with the problem of each row; return its column, or nothing if no row can have one."""
        terms = subjects.terms
        found = list(problems(terms, wanted, subjects.read, subjects.listed, compared))
        if self.alike and found[: len(self.alike)] == self.alike:
            if len(found) == len(self.alike):
                return self.problem_of_cells
            found[: len(self.alike)] = [(f"{self.problem_of_cells} IS NOT NULL", self.problem_of_cells)]
        if not found and not is_needed:
            return ""
        problem, name = terms.unused("problem"), terms.unused_table("rated")
        columns = {problem: choice_of(found) if found else self.dialect.no_text}
        subjects.tables.append(Table(name, columns, "What is wrong with a row."))
        return problem

    def _subjects(self, part: Part, wanted: Wanted, title: str, rows: str, carried: Sequence[str] = ()) -> _Subjects:
        """Return the subjects of a part, read from some rows."""
        used = {table.name.lower() for table in self.tables}
        terms = Terms(wanted.program, self.dialect, wanted.numbers, self.names | used, title)
        for number in wanted.numbers:
            if wanted.program.steps[number].operation == "constant":
                terms.known[number] = terms.expression(number)
        read = self._read(terms, part, rows, carried)
        listed = [
            (f"{terms.name(column)} IS NOT NULL", f"KR601 the rulebook has no input `{id_}`")
            for id_, column in part.foreign.items()
        ]
        return _Subjects(terms, Levels(terms, wanted, part.notes), read, read.tables, listed)

    def _gather(self, subjects: _Subjects) -> None:
        """Add the tables of records."""
        for variable in subjects.terms.program.inputs:
            if variable.id in self.source.records and isinstance(variable.domain, ListDomain):
                table, keys = self.source.records[variable.id]
                table = self.source.reference(self.dialect, table)
                Records(
                    subjects.levels, variable, variable.domain, table, keys, subjects.tables, subjects.listed
                ).gather()

    def _cohorts(self, subjects: _Subjects, together: Together) -> Cohorts:
        return Cohorts(
            subjects.terms,
            subjects.read,
            self.source.absent,
            together.within,
            together.max_members,
            together.is_compared,
        )

    def _compared(self, part: Part, together: Together, early: Early, rows: str) -> tuple[str, _Before]:
        """Add the tables that compare rows before any is rated; return the last table, and its new columns."""
        wanted = early.wanted
        subjects = self._subjects(part, wanted, f"{part.title}compared_", rows)
        terms, tables = subjects.terms, subjects.tables
        self._gather(subjects)
        tables += subjects.levels.tables(staged(wanted, ())[0], wanted.shown)
        bound = compare(terms, self._cohorts(subjects, together), early.comparisons, tables)
        carried, found = [*tables[-1].columns] if bound else [], []
        faults = [refused(terms, refusal) for refusal in wanted.refusals]
        if faults:
            problem = terms.unused("compared_problem")
            tables.append(Table(terms.unused_table("faults"), {problem: choice_of(faults)}))
            carried.append(problem)
            found.append((f"{problem} IS NOT NULL", problem))
        self.names |= {name.lower() for name in carried}
        self.tables += tables
        return terms.name(tables[-1].name), _Before(tuple(carried), tuple(bound), tuple(found))

    def _selected(self, returned: Mapping[str, str], error: str, source: str) -> str:
        """Return a SELECT of the keys, the results and the error."""
        columns = [name_in(self.dialect, key) for key in self.keys]
        columns += [f"{expression} AS {name_in(self.dialect, name)}" for name, expression in returned.items()]
        columns.append(f"{error} AS {name_in(self.dialect, 'error')}")
        return "SELECT\n  " + ",\n  ".join(columns) + f"\nFROM {source}"

    def _read(self, terms: Terms, part: Part, rows: str, carried: Sequence[str]) -> Reading:
        """Return the tables that read the cells of subjects."""
        source = self.source
        note = "Each input as an integer; one beyond those allowed if it is missing or not valid."
        read = reading(terms, "", rows, note, self.before)
        own = [one for one in terms.program.inputs if one.id not in {*source.absent, *terms.program.records}]
        joins = [key for id_, (_, by) in source.records.items() if id_ in terms.program.records for key in by]
        for name in dict.fromkeys((*self.keys, *joins, *map(column_of, own), *part.foreign.values(), *carried)):
            read.read.columns[name] = terms.name(name)
        for variable in terms.program.inputs:
            if variable.id in source.absent:
                read_absent(terms, variable)
                if is_required(variable):
                    read.missing.append(Problem("1 = 1", variable.id, "KR602", allowed(variable.domain)))
            elif variable.id not in source.records:
                name = column_of(variable)
                column, text = part.variant or ("", "")
                if name == column and isinstance(variable.domain, ChoiceDomain) and text in variable.domain.options:
                    read_chosen(terms, variable, text, read)
                else:
                    read_cell(terms, variable, variable.id, terms.name(name), name, read)
        return read
