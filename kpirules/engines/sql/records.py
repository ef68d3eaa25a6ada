"""Reading the records of a list, and gathering them by subject."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

from ...language.model import ListDomain, TextDomain
from ...language.model.allowed import allowed
from ...plan.steps import Variable
from ..integers import OVER_RECORDS, IntegerProgram, Obstacle
from .cells import Reading, column_of, filled, read_cell, reading
from .dialects import NARROW_BITS
from .levels import Levels, slug
from .obstacles import NoSqlForm
from .tables import Table
from .terms import Terms

__all__ = ["Records"]


@define(eq=False)
class Records:
    """The records of a list.

    Args:
        levels: prints steps.
        variable: the list input, with its `domain`.
        table: the table of its records, as the query names it.
        keys: the columns that this table and that of the subjects have.
        tables: the tables so far; the last one has the subjects.
        listed: the problems of records: the condition of each, and its text.
        read: how the cells of records are read.
        raws: the columns with their cells, by field.
    """

    levels: Levels
    variable: Variable
    domain: ListDomain
    table: str
    keys: tuple[str, ...]
    tables: list[Table]
    listed: list[tuple[str, str]]
    read: Reading = field(init=False)
    raws: dict[str, str] = field(factory=dict)

    @property
    def terms(self) -> Terms:
        return self.levels.terms

    @property
    def program(self) -> IntegerProgram:
        return self.levels.terms.program

    def gather(self) -> None:
        """Print the tables that read the records, and gather them by subject.

        This is long since each table reads columns that the tables before it have named.
        """
        id_, terms = self.variable.id, self.terms
        own = [number for number in terms.numbers if self.program.steps[number].records == id_]
        over = [
            number
            for number in terms.numbers
            if self.program.steps[number].operation in OVER_RECORDS and self.program.steps[number].value == id_
        ]
        outer = self._outer(own, over)
        self._print(outer)
        subjects = terms.name(self.tables[-1].name)
        joined = self._read_cells()
        on = " AND ".join(
            terms.dialect.joins.format(x=self._key(f"{subjects}.{terms.name(key)}"), y=f"{{0}}.{terms.name(name)}")
            for key, name in joined.items()
        )
        equal = self._repeated(list(joined.values())) if self.domain.unique else ""
        last = terms.name(self.tables[-1].name)
        if outer:
            join = f"{last} JOIN {subjects} ON {on.format(last)}"
            self.tables.append(
                Table(terms.unused_table(f"{id_}_of_subjects"), start=f"{last}.*, {subjects}.*", source=join)
            )
        self.tables += self.levels.tables(own, over)
        totals = Table(
            terms.unused_table(f"{id_}_totals"),
            {name: terms.name(name) for name in joined.values()},
            f"{id_}: what the records of a subject give.",
            start="",
            groups=tuple(joined.values()),
        )
        right = terms.name(totals.name)
        gathered = Table(
            terms.unused_table(f"with_{id_}"),
            start=f"{subjects}.*",
            source=f"{subjects} LEFT JOIN {right} ON {on.format(right)}",
        )
        self._gather(over, totals, gathered)
        self._problems(totals, gathered)
        if equal:
            repeated = terms.unused(f"{id_}_repeated")
            totals.columns[repeated] = f"MAX({terms.name(equal)})"
            gathered.columns[repeated] = terms.name(repeated)
            fields = "`, `".join(self.domain.unique)
            message = f"KR607 two records of `{id_}` have the same `{fields}`"
            self.listed.append((f"{terms.name(repeated)} > 1", message))
        rows = terms.unused(f"{id_}_rows")
        partition = ", ".join(self._key(f"{subjects}.{terms.name(key)}") for key in self.keys)
        gathered.columns[rows] = f"COUNT(*) OVER (PARTITION BY {partition})"
        message = f"KR607 `{', '.join(self.keys)}` is the key of several rows"
        self.listed.append((f"{terms.name(rows)} > 1", message))
        self.tables += [totals, gathered]

    def _read_cells(self) -> dict[str, str]:
        """Print the tables that read the cells of records; return the columns that join them, by key."""
        id_, terms = self.variable.id, self.terms
        note = f"{id_}: each field of a record as an integer; one beyond those allowed if it is missing or not valid."
        self.read = reading(terms, id_, self.table, note)
        joined = {key: terms.unused(f"{id_}_{key}") for key in self.keys}
        for key, name in joined.items():
            self.read.read.columns[name] = self._key(terms.name(key))
        for one in self.program.records[id_]:
            cell, column = terms.name(column_of(one)), terms.unused(f"{id_}_{one.id}")
            self.read.read.columns[column] = cell
            self.raws[one.id] = column
            read_cell(terms, one, f"{id_}.{one.id}", cell, column, self.read)
        self.tables += self.read.tables
        return joined

    def _key(self, cell: str) -> str:
        return self.terms.dialect.key.format(cell=cell)

    def _outer(self, own: list[int], over: list[int]) -> list[int]:
        """Return the steps of subjects that steps of records read."""
        return [
            operand
            for number in (*own, *over)
            for operand in self.program.steps[number].operands
            if not self.program.steps[operand].records and self.program.steps[operand].operation != "constant"
        ]

    def _print(self, outer: list[int]) -> None:
        """Add the tables that compute steps of subjects, before records read them."""
        found = {number for number in outer if number not in self.terms.known}
        waiting = list(found)
        while waiting:
            step = self.program.steps[waiting.pop()]
            if step.operation in (*OVER_RECORDS, "length"):
                raise NoSqlForm([Obstacle(step.path, "a record reads what all records give")])
            new = {number for number in step.operands if number not in self.terms.known} - found
            found |= new
            waiting += new
        later = [
            one for number in self.terms.numbers if number not in found for one in self.program.steps[number].operands
        ]
        self.tables += self.levels.tables(sorted(found), [*self.levels.wanted.shown, *later])

    def _gather(self, over: list[int], totals: Table, gathered: Table) -> None:
        """Add the columns that combine records by subject. This is long since it has one case for each aggregate."""
        domain, id_ = self.domain, self.variable.id
        counted = self.terms.unused(f"{id_}_count")
        totals.columns[counted] = "COUNT(*)"
        length, least = self.terms.unused(f"{id_}_length"), self.terms.as_integer("0")
        gathered.columns[length] = f"COALESCE({self.terms.name(counted)}, {least})"
        limits = [f"{self.terms.name(length)} > {domain.max_items}"]
        limits += [f"{self.terms.name(length)} < {domain.min_items}"] if domain.min_items else []
        self.listed.append(
            (" OR ".join(limits), f"KR608 `{id_}` has too few or too many records (allowed: {allowed(domain)})")
        )
        for number in self.terms.numbers:
            step = self.program.steps[number]
            if step.operation == "length" and step.value == id_:
                within = self.terms.unused(f"{id_}_number")
                number_of_records = f"COALESCE({self.terms.name(counted)}, 0)"
                gathered.columns[within] = (
                    f"CASE WHEN {number_of_records} <= {step.high} THEN {number_of_records} ELSE {step.high} END"
                )
                self.terms.make_column(number, within)
            elif step.operation == "given" and step.value == id_:
                self.terms.known[number] = self.terms.flag_literal(True), 9, 0
        for number in over:
            step = self.program.steps[number]
            column = self.terms.unused(f"{slug(step.path)}_{step.operation}")
            asked = self.terms.within(step.operands[0], 0)
            if step.operation == "any":
                totals.columns[column] = f"MAX(CASE WHEN {asked} THEN 1 ELSE 0 END)"
                used = self.terms.unused(f"{column}_used")
                gathered.columns[used] = f"COALESCE({self.terms.name(column)}, 0)"
                self.terms.columns[number] = used
                self.terms.known[number] = f"{self.terms.name(used)} = 1", 5, 0
                continue
            value = self.terms.within(step.operands[1], 0)
            if self.terms.is_small(step.operands[1]):
                value = self.terms.as_integer(value)
            type_ = self.terms.dialect.wide if step.bits > NARROW_BITS else self.terms.dialect.integer
            if step.operation == "sum":
                added = f"SUM(CASE WHEN {asked} THEN {value} ELSE 0 END)"
                # More records than are allowed could be too much for an integer.
                added = f"CASE WHEN COUNT(*) <= {domain.max_items} THEN {added} ELSE 0 END"
                fallback = 0
            else:
                added = f"{'MIN' if step.operation == 'least' else 'MAX'}(CASE WHEN {asked} THEN {value} END)"
                fallback = step.low
            totals.columns[column] = f"CAST({added} AS {type_})"
            used = self.terms.unused(f"{column}_used")
            gathered.columns[used] = f"COALESCE({self.terms.name(column)}, {self.terms.literal(fallback)})"
            self.terms.make_column(number, used)

    def _problems(self, totals: Table, gathered: Table) -> None:
        """Add the first problem of the cells of records."""
        id_, read = self.variable.id, self.read
        problems = [*read.invalid, *read.missing, *(one for found in read.wrong for one in found)]
        if not problems:
            return
        column = self.terms.unused(f"{id_}_problem")
        cases = "".join(f" WHEN {one.asked} THEN {place}" for place, one in enumerate(problems))
        totals.columns[column] = f"MIN(CASE{cases} END)"
        gathered.columns[column] = self.terms.name(column)
        for place, one in enumerate(problems):
            self.listed.append((f"{self.terms.name(column)} = {place}", one.text(f" in a record of `{id_}`")))

    def _repeated(self, keys: Sequence[str]) -> str:
        """Add the number of records with the same values in the unique fields of a list; return the column's name."""
        domain, id_ = self.domain, self.variable.id
        parts = list(map(self.terms.name, keys))
        for one in self.program.records[id_]:
            if one.id in domain.unique and isinstance(one.domain, TextDomain):
                cell = self.terms.name(self.raws[one.id])
                if isinstance(one.default, str):
                    cell = f"COALESCE({cell}, {self.terms.text_literal(one.default)})"
                parts.append(self.terms.dialect.same.partition(" = ")[0].format(cell=cell))
            elif one.id in domain.unique:
                own = self.read.values[f"{id_}.{one.id}"]
                parts.append(own if one.default is None else filled(self.terms, one, own, None))
        column, table = self.terms.unused(f"{id_}_equal"), self.terms.unused_table(f"{id_}_counted")
        self.tables.append(Table(table, {column: f"COUNT(*) OVER (PARTITION BY {', '.join(parts)})"}))
        return column
