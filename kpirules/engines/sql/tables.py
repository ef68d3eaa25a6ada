"""Common table expressions, and the text of a query of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from attrs import field, frozen

from .dialects import Dialect
from .words import name_in, one_line

__all__ = ["Source", "Table", "broken", "lines_of"]

MOST_WIDTH = 100
"""Characters of a choice on one line."""


@frozen
class Source:
    """The table to rate.

    Args:
        table: its name, with a schema before a point.
        key: the columns to return beside the ratings; all inputs if empty.
        absent: inputs that the table has no column for.
        records: by list input, the table of its records, and the columns that both tables have.
        is_dbt: whether the query is a model of dbt, which names its tables by `ref` and `source`.
    """

    table: str
    key: tuple[str, ...] = ()
    absent: frozenset[str] = frozenset()
    records: Mapping[str, tuple[str, tuple[str, ...]]] = field(factory=dict)
    is_dbt: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of all tables."""
        return self.table, *(table for table, _ in self.records.values())

    def reference(self, dialect: Dialect, table: str) -> str:
        """Return a table as the query names it.

        Args:
            dialect: the forms of the database.
            table: its name, with a schema before a point.
        """
        schema, _, name = table.rpartition(".")
        if self.is_dbt:
            return f"{{{{ source('{schema}', '{name}') }}}}" if schema else f"{{{{ ref('{name}') }}}}"
        return ".".join(name_in(dialect, part) for part in table.split("."))

    def finished(self, dialect: Dialect, text: str) -> str:
        """Return the text of a query as a statement, or as a model.

        Args:
            dialect: the forms of the database.
            text: without a semicolon.
        """
        if not self.is_dbt:
            return f"{text};\n"
        references = [self.reference(dialect, table) for table in self.tables]
        # Signs of a template in the texts of a rulebook are no template.
        signs = re.compile("|".join([*map(re.escape, references), r"\{[{%#]"]))
        return signs.sub(lambda found: found[0] if found[0] in references else f"{{{{ '{found[0]}' }}}}", text) + "\n"


@frozen
class Table:
    """A common table expression.

    Args:
        name: its name.
        columns: its columns with their expressions.
        note: the comment above it.
        notes: the comments above columns.
        start: the columns of other tables before its own; empty for none.
        source: what it reads, if that is not the table before it.
        groups: the columns that its rows are grouped by.
    """

    name: str
    columns: dict[str, str] = field(factory=dict)
    note: str = ""
    notes: dict[str, str] = field(factory=dict)
    start: str = "*"
    source: str = ""
    groups: tuple[str, ...] = ()


def lines_of(dialect: Dialect, tables: Sequence[Table]) -> Iterator[str]:
    """Yield the lines of a query before its last SELECT.

    Args:
        dialect: the forms of the database.
        tables: in order; each reads the one before it, unless it names another.
    """
    before = ""
    for number, table in enumerate(tables):
        yield from (f"-- {one_line(line)}" for line in table.note.split("\n") if line)
        start = "WITH " if number == 0 else ""
        yield f"{start}{name_in(dialect, table.name)} AS {dialect.fence}("
        columns = (_column(dialect, table, name) for name in table.columns)
        yield "  SELECT\n    " + ",\n    ".join([*filter(None, [table.start]), *columns])
        yield f"  FROM {table.source or before}"
        if table.groups:
            yield f"  GROUP BY {', '.join(name_in(dialect, name) for name in table.groups)}"
        yield ")," if number < len(tables) - 1 else ")"
        before = name_in(dialect, table.name)


def _column(dialect: Dialect, table: Table, name: str) -> str:
    """Return a column with its comment."""
    expression, column = table.columns[name], name_in(dialect, name)
    if expression != column:
        column = f"{broken(expression, 4)} AS {column}"
    note = one_line(table.notes.get(name, ""))
    return f"-- {note}\n    {column}" if note else column


def broken(expression: str, indent: int) -> str:
    """Return an expression with each case of a long choice on its own line.

    Args:
        expression: of a column.
        indent: the blanks before its line.
    """
    if len(expression) <= MOST_WIDTH or not expression.startswith("CASE"):
        return expression
    parts, depth, is_text = [], 0, False
    for word in re.split(r"( |'|\(|\))", expression):
        if word == "'":
            is_text = not is_text
        if is_text:
            parts.append(word)
            continue
        depth += {"(": 1, "CASE": 1, ")": -1}.get(word, 0)
        if depth == 1 and word in ("WHEN", "ELSE", "END") and parts and parts[-1] == " ":
            parts[-1] = "\n" + " " * (indent + (0 if word == "END" else 2))
        depth -= word == "END"
        parts.append(word)
    return "".join(parts)
