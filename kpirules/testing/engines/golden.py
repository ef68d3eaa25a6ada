"""The golden corpora: rulebooks, tables and their ratings, which every engine must reproduce exactly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from attrs import frozen

from ...loading.loading import loads
from ...rating.program import Program
from ...rating.tables import assess_table
from .databases import DATABASES, Absent, Tables, arrow_table, opened

__all__ = ["CORPORA", "ENGINES", "KEY", "Corpus", "Verdict", "corpus", "is_same", "tried"]

CORPORA = ("golden", "quotas", "compared")
"""The corpora: rows by themselves, under quotas, and compared with each other."""

FRAMES = ("polars", "pandas", "pyarrow")

ENGINES = (*FRAMES, *DATABASES)
"""Data frames and databases that can be tried."""

KEY = "row"

Ratings = tuple[str, str, list[dict[str, Any]]]
"""The name of a corpus, the version of an engine, and the rows that it rated."""


@frozen
class Corpus:
    """A golden corpus.

    Args:
        program: the rules.
        tables: the table `subjects`, and the table `tasks` of records if there is one.
        expected: the ratings of the subjects, in order: numbers as fractions, and `error` if there is none.
    """

    program: Program
    tables: Tables
    expected: tuple[Mapping[str, Any], ...]

    @property
    def columns(self) -> list[str]:
        """The columns to add, but `error`."""
        return [name for name in self.expected[0] if name != "error"]

    @property
    def lists(self) -> list[str]:
        """The tables of records."""
        return [name for name in self.tables if name != "subjects"]


@frozen
class Verdict:
    """Whether an engine reproduces the corpora.

    Args:
        name: the engine.
        version: its version; empty if it is not installed.
        differences: what it computes otherwise; if it is not installed, how to install it.
    """

    name: str
    version: str
    differences: tuple[str, ...]

    @property
    def is_installed(self) -> bool:
        return bool(self.version)


@cache
def corpus(name: str = "golden") -> Corpus:
    """Return a golden corpus.

    Args:
        name: of `CORPORA`.
    """
    here = files(__package__)
    data = json.loads((here / f"{name}.json").read_text(encoding="utf-8"))
    tables: dict[str, Any] = {}
    for title, table in data["tables"].items():
        kinds = table["kinds"]
        tables[title] = kinds, [list(map(_cell, kinds.values(), row)) for row in table["rows"]]
    expected = tuple({column: _value(value) for column, value in row.items()} for row in data["expected"])
    return Corpus(loads((here / f"{name}.kpi.yaml").read_text(encoding="utf-8")), tables, expected)


def _cell(kind: str, written: Any) -> Any:
    if written is None:
        return None
    if kind.startswith("decimal"):
        return Decimal(written)
    if kind == "date":
        return date.fromisoformat(written)
    return float(written) if kind in ("double", "real") else written


def _value(written: Any) -> Any:
    return Fraction(written["number"]) if isinstance(written, dict) else written


def tried(name: str) -> Verdict:
    """Run an engine on the corpora, and return the verdict.

    Args:
        name: of `ENGINES`.
    """
    found, version = [], ""
    try:
        for title, of_engine, rows in _by_frames(name) if name in FRAMES else _by_database(name):
            version = of_engine
            found += [f"{title}, {difference}" for difference in _differences(corpus(title), rows)]
    except Absent as absent:
        return Verdict(name, "", (str(absent),))
    return Verdict(name, version, tuple(found))


def _differences(whole: Corpus, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the differences between ratings and those of a corpus."""
    for number, (row, expected) in enumerate(zip(rows, whole.expected, strict=True)):
        for column, value in expected.items():
            cell = row[column]
            is_equal = (cell is None) == (value is None) if column == "error" else is_same(cell, value)
            if not is_equal:
                yield f"row {number}: {column} is {cell!r}, not {value!r}"


def is_same(cell: Any, value: Any) -> bool:
    """Return whether a cell has an exact value; a double, the nearest double of a number.

    Args:
        cell: from an engine.
        value: a value of kpirules.
    """
    if value is None or cell is None:
        return cell is None and value is None
    if isinstance(value, bool):
        return bool(cell) is value and cell in (0, 1)
    if isinstance(value, int | Decimal | Fraction):
        if isinstance(cell, float):
            return cell == float(Fraction(value))
        return Fraction(cell) == Fraction(value)
    return str(cell) == str(value)


def _by_database(name: str) -> Iterator[Ratings]:
    with opened(name) as database:
        for title in CORPORA:
            whole = corpus(title)
            records = {list_: f"{list_}:{KEY}" for list_ in whole.lists}
            query = whole.program.sql(dialect=name, table="subjects", key=KEY, records=records, columns=whole.columns)
            rows = sorted(database.run(whole.tables, query), key=lambda row: row[KEY])
            yield title, database.version, rows


def _by_frames(name: str) -> Iterator[Ratings]:
    try:
        arrow, module = import_module("pyarrow"), import_module(name)
        import_module("narwhals")
    except ImportError:
        raise Absent(f'pip install "kpirules[table]" pyarrow {name}') from None
    for title in CORPORA:
        yield title, module.__version__, _rows_of_frame(name, arrow, module, corpus(title))


def _rows_of_frame(name: str, arrow: Any, module: Any, whole: Corpus) -> list[dict[str, Any]]:
    made = {table: arrow_table(arrow, kinds, rows) for table, (kinds, rows) in whole.tables.items()}
    if name == "polars":
        made = {table: module.from_arrow(found) for table, found in made.items()}
    elif name == "pandas":
        # NumPy has no missing integers, so pandas keeps the types of Arrow.
        made = {table: found.to_pandas(types_mapper=module.ArrowDtype) for table, found in made.items()}
    rated = assess_table(
        whole.program,
        made["subjects"],
        key=KEY,
        records={list_: made[list_] for list_ in whole.lists},
        columns=whole.columns,
        on_error="report",
        engine="columns",
    )
    found: list[dict[str, Any]]
    if name == "polars":
        found = rated.to_dicts()
    elif name == "pandas":
        found = rated.astype(object).where(rated.notna(), None).to_dict("records")
    else:
        found = rated.to_pylist()
    return found
